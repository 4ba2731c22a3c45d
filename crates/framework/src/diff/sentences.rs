//! Changes in words, for the people they concern.

use super::{Bump, Change, Changed, Diff, NodeKind};
use crate::ids::NodeId;

fn place(changed: &Changed) -> String {
    if changed.subject.is_empty() { String::new() } else { format!(" in {}", changed.subject) }
}

fn quoted(text: &str) -> String {
    format!("\u{201c}{}\u{201d}", text.replace('\n', " "))
}

/// A long page is told by its beginning.
fn begun(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim_start_matches('#').trim().chars().take(80).collect()
}

impl Changed {
    /// Its words in the old version; empty where it was added.
    pub fn old_words(&self) -> &str {
        self.old_text.as_deref().unwrap_or_default()
    }

    /// Its words in the new version; empty where it was retired.
    pub fn new_words(&self) -> &str {
        self.new_text.as_deref().unwrap_or_default()
    }

    /// The change in one sentence.
    pub fn sentence(&self) -> String {
        // Words that end a sentence of their own need no second full stop.
        let mut out = self.plain_sentence();
        if [".\u{201d}.", "!\u{201d}.", "?\u{201d}."].iter().any(|end| out.ends_with(end)) {
            out.pop();
        }
        if self.editorial {
            out.push_str(" (editorial)");
        }
        if self.suggested {
            out.push_str(" (by resemblance; please confirm)");
        }
        out
    }

    fn plain_sentence(&self) -> String {
        let at = |name: &str| if name.is_empty() { String::new() } else { format!(" at {name}") };
        let (old_level, new_level) = (at(&self.level_names.0), at(&self.level_names.1));
        let (old, new) = (quoted(self.old_words()), quoted(self.new_words()));
        let what = self.kind.word();
        if let Some(sentence) = self.sentence_beside() {
            return sentence;
        }
        match self.change {
            Change::Same => format!("The {what} {new} is the same."),
            Change::Reworded => {
                format!("The {what}{new_level}{} was reworded: {old} became {new}.", place(self))
            }
            Change::Moved if self.kind == NodeKind::Requirement => {
                format!("The requirement{new_level}{} changed from {old} to {new}.", place(self))
            }
            Change::Moved => {
                let from = if self.level_names.0.is_empty() {
                    String::new()
                } else {
                    format!(" from {}", self.level_names.0)
                };
                let to =
                    if self.level_names.1.is_empty() { "another place" } else { self.level_names.1.as_str() };
                format!("The {what} {new} moved{from} to {to}{}.", place(self))
            }
            Change::Renamed if self.old_text == self.new_text => format!(
                "The {what} {new} has another id: {} became {}.",
                self.old_id.as_deref().unwrap_or_default(),
                self.new_id.as_deref().unwrap_or_default()
            ),
            Change::Renamed => format!("The {what} {old}{} is now called {new}.", place(self)),
            Change::Split => format!("The {what} {old} was split; {new} is a part of it."),
            Change::Merged => format!("The {what} {old} is now part of {new}."),
            Change::Retired => format!("The {what} {old}{old_level}{} is no longer there.", place(self)),
            Change::Added => {
                let level = if self.kind == NodeKind::Level { "" } else { new_level.as_str() };
                format!("New {what}{level}{}: {new}.", place(self))
            }
        }
    }

    /// Archetypes, titles, pages and other languages have ways of changing of their own.
    fn sentence_beside(&self) -> Option<String> {
        let (old, new) = (quoted(self.old_words()), quoted(self.new_words()));
        let path = self.new_id.as_deref().or(self.old_id.as_deref()).unwrap_or_default();
        Some(match (self.kind, self.change) {
            (NodeKind::Framework, Change::Reworded) => {
                format!("What the framework is for was reworded: {old} became {new}.")
            }
            (NodeKind::Licence, Change::Added) => format!("The licence is now named: {new}."),
            (NodeKind::Licence, Change::Retired) => format!("The licence is no longer named; it was {old}."),
            (NodeKind::Licence, _) => format!("The licence changed from {old} to {new}."),
            (NodeKind::Track, Change::Reworded) => {
                format!("What {} is about was reworded: {old} became {new}.", quoted(&self.subject))
            }
            (NodeKind::Track, Change::Moved) => format!("The track {new} now belongs to another family."),
            (NodeKind::Scale, Change::Moved) => {
                format!("The points of {} stand in another order: {new}, before {old}.", self.subject)
            }
            (NodeKind::Point, Change::Reworded) => {
                let point = self.new_id.as_deref().and_then(|id| id.rsplit('/').next()).unwrap_or_default();
                format!("What {point} means{} was reworded: {old} became {new}.", place(self))
            }
            (NodeKind::Path, Change::Added) => format!("New step {}.", self.new_words()),
            (NodeKind::Path, Change::Retired) => format!("There is no step {} any longer.", self.old_words()),
            (NodeKind::Path, _) => format!("The step {old} changed to {new}."),
            (NodeKind::Archetype, Change::Moved) => {
                format!("The archetype {} may now be chosen from {new}, before from {old}.", self.subject)
            }
            (NodeKind::Emphasis, Change::Added) => format!("New aim in {}: {new}.", self.subject),
            (NodeKind::Emphasis, Change::Retired) => {
                format!("No aim in {} any longer; it was {old}.", self.subject)
            }
            (NodeKind::Emphasis, _) => format!("The aim in {} changed from {old} to {new}.", self.subject),
            (NodeKind::Band, Change::Moved) => format!("The title {old} is now {new}."),
            (NodeKind::Doc, Change::Added) => {
                format!("New page {path}: {}.", quoted(&begun(self.new_words())))
            }
            (NodeKind::Doc, Change::Retired) => format!("The page {path} is no longer there."),
            (NodeKind::Doc, _) => format!("The page {path} was reworded."),
            (NodeKind::Translation, Change::Added) => format!("New translation {path}: {new}."),
            (NodeKind::Translation, Change::Retired) => {
                format!("The translation {path} is no longer there: {old}.")
            }
            (NodeKind::Translation, _) => {
                format!("The translation {path} was reworded: {old} became {new}.")
            }
            _ => return None,
        })
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
    news_at(diff, level).into_iter().map(|(_, sentence)| sentence).collect()
}

/// The changes that concern a level of the new version, most important first, each with its sentence.
pub fn news_at<'a>(diff: &'a Diff, level: &NodeId) -> Vec<(&'a Changed, String)> {
    let mut told: Vec<(u8, &Changed, String)> = diff
        .changes
        .iter()
        .filter(|changed| !changed.editorial)
        .filter_map(|changed| news(diff, level, changed).map(|(order, sentence)| (order, changed, sentence)))
        .collect();
    told.sort_by_key(|(order, _, _)| *order);
    told.into_iter().map(|(_, changed, sentence)| (changed, sentence)).collect()
}

fn news(diff: &Diff, level: &NodeId, changed: &Changed) -> Option<(u8, String)> {
    let here = changed.new_level.as_ref() == Some(level);
    let was_here = changed.old_level.as_ref().is_some_and(|old| diff.levels.get(old) == Some(level));
    let (old, new) = (changed.old_words(), changed.new_words());
    Some(match (changed.kind, changed.change) {
        (NodeKind::Level, Change::Added) if here => (0, "This level is new.".to_owned()),
        (NodeKind::Level, Change::Renamed) if here => {
            (0, format!("This level was called {} and is now called {}.", quoted(old), quoted(new)))
        }
        (NodeKind::Level, Change::Reworded) if here => {
            (0, format!("What this level is about was reworded: {new} (before: {old})"))
        }
        (NodeKind::Level, Change::Split) if was_here || here => {
            (0, format!("The level {} was split; {} is a part of it.", quoted(old), quoted(new)))
        }
        (NodeKind::Level, Change::Merged) if here => {
            (0, format!("The level {} is now part of this one.", quoted(old)))
        }
        (NodeKind::Statement, Change::Added) if here => (1, format!("New{}: {new}", place(changed))),
        (NodeKind::Statement, Change::Moved) if here => {
            let (from, _) = &changed.level_names;
            let from = if from.is_empty() { String::new() } else { format!(" from {from}") };
            (2, format!("Moved here{from}{}: {new}", place(changed)))
        }
        (NodeKind::Statement, Change::Moved) if was_here => {
            (5, format!("Moved away{}: {new}", place(changed)))
        }
        (NodeKind::Requirement, Change::Added | Change::Moved) if here => {
            let before = if old.is_empty() { String::new() } else { format!(", before {old}") };
            (2, format!("Asked for{}: {new}{before}", place(changed)))
        }
        (NodeKind::Requirement, Change::Reworded) if here => {
            (3, format!("Reworded{}: {new} (before: {old})", place(changed)))
        }
        (NodeKind::Requirement, Change::Retired) if here => {
            (5, format!("No longer asked for{}: {old}", place(changed)))
        }
        (NodeKind::Statement, Change::Reworded) if here => {
            (3, format!("Reworded{}: {new} (before: {old})", place(changed)))
        }
        (NodeKind::Statement, Change::Split | Change::Merged) if here => {
            (4, format!("Rearranged{}: {new} (before: {old})", place(changed)))
        }
        (NodeKind::Statement, Change::Retired) if was_here => {
            (5, format!("No longer expected{}: {old}", place(changed)))
        }
        _ => return None,
    })
}
