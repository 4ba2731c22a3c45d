//! Changes in words, for the people they concern.

use super::{Bump, Change, Changed, Diff, NodeKind};
use crate::ids::NodeId;

fn place(changed: &Changed) -> String {
    if changed.subject.is_empty() { String::new() } else { format!(" in {}", changed.subject) }
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{}\u{201d}", text.replace('\n', " "))
}

impl Changed {
    /// The change in one sentence.
    pub fn sentence(&self) -> String {
        let level = |level: &Option<NodeId>| level.as_ref().map(|id| format!(" at {id}")).unwrap_or_default();
        let what = self.kind.word();
        let mut out = match self.change {
            Change::Same => format!("The {what} {} is the same.", quoted(&self.new_text)),
            Change::Reworded => format!(
                "The {what}{}{} was reworded: {} became {}.",
                level(&self.new_level),
                place(self),
                quoted(&self.old_text),
                quoted(&self.new_text)
            ),
            Change::Moved if self.kind == NodeKind::Requirement => format!(
                "The requirement{}{} changed from {} to {}.",
                level(&self.new_level),
                place(self),
                quoted(&self.old_text),
                quoted(&self.new_text)
            ),
            Change::Moved => format!(
                "The {what} {} moved{} to{}{}.",
                quoted(&self.new_text),
                self.old_level.as_ref().map(|id| format!(" from {id}")).unwrap_or_default(),
                self.new_level
                    .as_ref()
                    .map(|id| format!(" {id}"))
                    .unwrap_or_else(|| " another place".to_owned()),
                place(self)
            ),
            Change::Renamed if self.old_text == self.new_text => format!(
                "The {what} {} has another id: {} became {}.",
                quoted(&self.new_text),
                self.old_id.join(", "),
                self.new_id.join(", ")
            ),
            Change::Renamed => {
                format!("The {what} {} is now called {}.", quoted(&self.old_text), quoted(&self.new_text))
            }
            Change::Split => {
                format!("The {what} {} was split: {}.", quoted(&self.old_text), quoted(&self.new_text))
            }
            Change::Merged => {
                format!("{} were merged into the {what} {}.", quoted(&self.old_text), quoted(&self.new_text))
            }
            Change::Retired => {
                format!(
                    "The {what} {}{}{} is no longer there.",
                    quoted(&self.old_text),
                    level(&self.old_level),
                    place(self)
                )
            }
            Change::Added => {
                let at = if self.kind == NodeKind::Level { String::new() } else { level(&self.new_level) };
                format!("New {what}{at}{}: {}.", place(self), quoted(&self.new_text))
            }
        };
        if self.editorial {
            out.push_str(" (editorial)");
        }
        if self.suggested {
            out.push_str(" (by resemblance; please confirm)");
        }
        out
    }
}

impl Diff {
    /// The whole difference in words.
    pub fn in_words(&self) -> String {
        if self.is_empty() {
            return "Nothing changed in meaning.\n".to_owned();
        }
        let mut out = String::new();
        for changed in &self.changes {
            out.push_str(&changed.sentence());
            out.push('\n');
        }
        for (from, to) in &self.replaced_terms {
            out.push_str(&format!(
                "{} was replaced by {} throughout; no answer goes stale.\n",
                quoted(from),
                quoted(to)
            ));
        }
        let why = match self.proposed {
            Bump::None => "",
            Bump::Patch => "only words were mended",
            Bump::Minor => "something was clarified or deleted, nothing new is required",
            Bump::Major => "something new is required of a person",
        };
        out.push_str(&format!("Proposed: {} ({why}).\n", self.proposed.word()));
        out
    }
}

/// What is new for somebody at a level of the new version, most important first. Editorial changes are not told.
pub fn whats_new(diff: &Diff, level: &NodeId) -> Vec<String> {
    let mut told: Vec<(u8, String)> = Vec::new();
    for changed in diff.changes.iter().filter(|changed| !changed.editorial) {
        let here = changed.new_level.as_ref() == Some(level);
        let was_here = changed.old_level.as_ref().is_some_and(|old| diff.levels.get(old) == Some(level));
        let sentence = match (changed.kind, changed.change) {
            (NodeKind::Level, Change::Added) if here => (0, "This level is new.".to_owned()),
            (NodeKind::Level, Change::Renamed) if here => (
                0,
                format!(
                    "This level was called {} and is now called {}.",
                    quoted(&changed.old_text),
                    quoted(&changed.new_text)
                ),
            ),
            (NodeKind::Level, Change::Split) if was_here || here => (
                0,
                format!(
                    "The level {} was split into {}.",
                    quoted(&changed.old_text),
                    quoted(&changed.new_text)
                ),
            ),
            (NodeKind::Level, Change::Merged) if here => {
                (0, format!("The level {} is now part of this one.", quoted(&changed.old_text)))
            }
            (NodeKind::Statement, Change::Added) if here => {
                (1, format!("New{}: {}", place(changed), changed.new_text))
            }
            (NodeKind::Statement, Change::Moved) if here => {
                let from = changed.old_level.as_ref().map(|id| format!(" from {id}")).unwrap_or_default();
                (2, format!("Moved here{from}{}: {}", place(changed), changed.new_text))
            }
            (NodeKind::Statement, Change::Moved) if was_here => {
                (5, format!("Moved away{}: {}", place(changed), changed.new_text))
            }
            (NodeKind::Requirement, Change::Added | Change::Moved) if here => {
                let before = if changed.old_text.is_empty() {
                    String::new()
                } else {
                    format!(", before {}", changed.old_text)
                };
                (2, format!("Asked for{}: {}{before}", place(changed), changed.new_text))
            }
            (NodeKind::Requirement, Change::Retired) if here => {
                (5, format!("No longer asked for{}: {}", place(changed), changed.old_text))
            }
            (NodeKind::Statement, Change::Reworded) if here => (
                3,
                format!("Reworded{}: {} (before: {})", place(changed), changed.new_text, changed.old_text),
            ),
            (NodeKind::Statement, Change::Split | Change::Merged) if here => (
                4,
                format!("Rearranged{}: {} (before: {})", place(changed), changed.new_text, changed.old_text),
            ),
            (NodeKind::Statement, Change::Retired) if was_here => {
                (5, format!("No longer expected{}: {}", place(changed), changed.old_text))
            }
            _ => continue,
        };
        told.push(sentence);
    }
    told.sort_by_key(|(order, _)| *order);
    told.into_iter().map(|(_, sentence)| sentence).collect()
}
