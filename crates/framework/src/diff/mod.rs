//! What changed between two versions, in meaning: reformatting, renamed files and another order are no change.
//!
//! Identity is by id, then by words. Levels are never recognised by code, number, rank or name alone: what is said
//! at a level decides which level of the other version it is. What only resembles is a suggestion.

mod around;
mod beside;
mod decided;
mod node_changes;
mod nodes;
mod sentences;
mod shapes;
mod statements;
mod wording;

use crate::{
    ids::{NodeId, StatementId},
    model::{Framework, Place, Statement, Subject, Where},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub use sentences::{news_at, whats_new};
pub(crate) use wording::{Bag, Vocabulary};

/// What happened to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Nothing.
    Same,
    /// Other words in the same place.
    Reworded,
    /// The same words in another place.
    Moved,
    /// Another name for the same thing.
    Renamed,
    /// One became several.
    Split,
    /// Several became one.
    Merged,
    /// No longer there.
    Retired,
    /// New.
    Added,
}

impl Change {
    /// The word used on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Change::Same => "same",
            Change::Reworded => "reworded",
            Change::Moved => "moved",
            Change::Renamed => "renamed",
            Change::Split => "split",
            Change::Merged => "merged",
            Change::Retired => "retired",
            Change::Added => "added",
        }
    }
}

/// What kind of node changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// The framework as a whole: its name and what it is for.
    Framework,
    /// The licence of its texts.
    Licence,
    /// A track.
    Track,
    /// A level.
    Level,
    /// A pillar.
    Pillar,
    /// A competency.
    Competency,
    /// A scale.
    Scale,
    /// A point of a scale.
    Point,
    /// How one level follows another.
    Path,
    /// A statement people are held to.
    Statement,
    /// An example, a question and the like.
    Detail,
    /// What a level asks for in a competency.
    Requirement,
    /// A rule.
    Rule,
    /// An archetype.
    Archetype,
    /// What an archetype aims at in a craft area.
    Emphasis,
    /// A title that a level or rule yields.
    Band,
    /// A page carried along.
    Doc,
    /// A text in another language.
    Translation,
}

impl NodeKind {
    /// The word used on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            NodeKind::Framework => "framework",
            NodeKind::Licence => "licence",
            NodeKind::Track => "track",
            NodeKind::Level => "level",
            NodeKind::Pillar => "pillar",
            NodeKind::Competency => "competency",
            NodeKind::Scale => "scale",
            NodeKind::Point => "point",
            NodeKind::Path => "path",
            NodeKind::Statement => "statement",
            NodeKind::Detail => "detail",
            NodeKind::Requirement => "requirement",
            NodeKind::Rule => "rule",
            NodeKind::Archetype => "archetype",
            NodeKind::Emphasis => "emphasis",
            NodeKind::Band => "band",
            NodeKind::Doc => "doc",
            NodeKind::Translation => "translation",
        }
    }
}

/// How far a version number should move, by one rule: major requires something new of a person to reach the level
/// above; minor clarifies or deletes; patch mends words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    /// Nothing changed in meaning.
    #[default]
    None,
    /// Typos and editorial changes.
    Patch,
    /// Clarification or deletion.
    Minor,
    /// Something new is required.
    Major,
}

impl Bump {
    /// The word used on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Bump::None => "none",
            Bump::Patch => "patch",
            Bump::Minor => "minor",
            Bump::Major => "major",
        }
    }
}

/// One change, from one node to one node. A split or a merge is one change for each pair of a whole and its part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// What happened.
    pub change: Change,
    /// To what kind of node.
    pub kind: NodeKind,
    /// Its id in the old version; none where it was added.
    pub old_id: Option<String>,
    /// Its id in the new version; none where it was retired.
    pub new_id: Option<String>,
    /// Its words in the old version.
    pub old_text: Option<String>,
    /// Its words in the new version.
    pub new_text: Option<String>,
    /// The level it stood at.
    pub old_level: Option<NodeId>,
    /// The level it stands at.
    pub new_level: Option<NodeId>,
    /// The pillar or competency it belongs to, by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Only words were mended or a term replaced everywhere: no answer goes stale, translations do.
    #[serde(default)]
    pub editorial: bool,
    /// The match rests on resemblance; a person decides.
    #[serde(default)]
    pub suggested: bool,
    /// How far this change alone would move the version.
    pub asks: Bump,
    /// What the two levels are called, for sentences.
    #[serde(skip)]
    pub(crate) level_names: (String, String),
}

/// The difference between two versions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Diff {
    /// What changed; nothing that stayed the same.
    pub changes: Vec<Changed>,
    /// The proposed step of the version number.
    pub proposed: Bump,
    /// Terms that were replaced everywhere.
    pub replaced_terms: Vec<(String, String)>,
    /// Which level of the old version is which level of the new one.
    pub levels: BTreeMap<NodeId, NodeId>,
    /// Which statement of the old version is which statement of the new one, by id or by words.
    pub statements: BTreeMap<StatementId, StatementId>,
}

impl Diff {
    /// Whether nothing changed in meaning.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many changes of a kind there are.
    pub fn count(&self, change: Change, kind: NodeKind) -> usize {
        self.changes.iter().filter(|changed| changed.change == change && changed.kind == kind).count()
    }
}

/// The semantic difference between two versions.
pub fn diff(old: &Framework, new: &Framework) -> Diff {
    let (old, new) = (&old.clone().tidied(), &new.clone().tidied());
    let decided = decided::Decided::between(old, new);
    let mut matched = statements::matched(old, new, &decided.statements);
    let maps = nodes::Maps::of(old, new, &matched.pairs, &decided);
    statements::resembling(old, new, &maps, &mut matched);
    let mut changes = node_changes::changes(old, new, &maps);
    changes.extend(statements::changes(old, new, &maps, &matched));
    changes.extend(shapes::changes(old, new, &maps));
    changes.extend(around::changes(old, new, &maps));
    changes.extend(beside::changes(old, new, &maps, &matched.pairs));
    let replaced_terms = wording::mark_replaced_terms(&mut changes);
    for changed in &mut changes {
        changed.asks = asks(changed, old, new, &maps);
        changed.level_names = (level_name(old, &changed.old_level), level_name(new, &changed.new_level));
    }
    changes.sort_by_key(|changed| (changed.kind, changed.change));
    let proposed = changes.iter().map(|changed| changed.asks).max().unwrap_or_default();
    Diff { changes, proposed, replaced_terms, levels: maps.levels, statements: matched.pairs }
}

fn asks(changed: &Changed, old: &Framework, new: &Framework, maps: &nodes::Maps) -> Bump {
    if changed.editorial {
        return Bump::Patch;
    }
    match (changed.kind, changed.change) {
        (_, Change::Same) => Bump::None,
        // Other languages say the same; whoever reads the original meets nothing new.
        (NodeKind::Translation, _) => Bump::Patch,
        (NodeKind::Statement, Change::Added) => {
            let must = changed.new_id.iter().any(|id| new.statement(id).is_some_and(|s| s.must));
            if must { Bump::Major } else { Bump::Minor }
        }
        (NodeKind::Statement, Change::Moved) if is_earlier(changed, new, maps) => Bump::Major,
        (NodeKind::Statement, Change::Reworded | Change::Moved) => {
            let must = |f: &Framework, id: &Option<String>| {
                id.iter().any(|id| f.statement(id).is_some_and(|s| s.must))
            };
            if must(new, &changed.new_id) && !must(old, &changed.old_id) { Bump::Major } else { Bump::Minor }
        }
        (NodeKind::Requirement, Change::Added) => Bump::Major,
        // Requirements that ask for more are marked as moved up when they are compared.
        (NodeKind::Requirement, Change::Moved) => changed.asks,
        (NodeKind::Rule, Change::Added) => changed.asks,
        // An empty level asks nothing of anybody yet.
        (NodeKind::Level, Change::Added) => {
            let asks = |id: &String| {
                new.everything_at(id).iter().any(|s| s.must && s.at.location != Where::All)
                    || !new.asked_at(id).is_empty()
            };
            if changed.new_id.iter().any(asks) { Bump::Major } else { Bump::Minor }
        }
        _ => Bump::Minor,
    }
}

/// Whether a statement is now expected at a lower level than before.
fn is_earlier(changed: &Changed, new: &Framework, maps: &nodes::Maps) -> bool {
    let (Some(before), Some(now)) = (&changed.old_level, &changed.new_level) else {
        return changed.old_level.is_none() && changed.new_level.is_some();
    };
    let Some(before) = maps.levels.get(before) else { return true };
    before != now && new.up_to(before.as_str()).iter().any(|level| level.id == *now)
}

fn level_name(framework: &Framework, level: &Option<NodeId>) -> String {
    let Some(id) = level else { return String::new() };
    let name = framework.level(id.as_str()).map(|level| level.name.clone()).unwrap_or_default();
    if name.is_empty() { id.to_string() } else { name }
}

fn level_of(place: &Place) -> Option<NodeId> {
    match &place.location {
        Where::Level(id) => Some(id.clone()),
        Where::Path { to, .. } => Some(to.clone()),
        Where::None | Where::All | Where::Point(_) => None,
    }
}

fn subject_name(framework: &Framework, subject: &Subject) -> String {
    match subject {
        Subject::None => String::new(),
        Subject::Pillar(id) => {
            framework.pillar(id.as_str()).map(|pillar| pillar.name.clone()).unwrap_or_default()
        }
        Subject::Competency(id) => {
            framework.competency(id.as_str()).map(|c| c.name.clone()).unwrap_or_default()
        }
    }
}

fn kind_of(statement: &Statement) -> NodeKind {
    if statement.parent.is_none() && statement.kind == crate::model::StatementKind::Expectation {
        NodeKind::Statement
    } else {
        NodeKind::Detail
    }
}
