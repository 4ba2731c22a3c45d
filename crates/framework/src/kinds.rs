//! The small words of the model: states, kinds, selectors and places.

use crate::ids::NodeId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where a version stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Still being written.
    #[default]
    Draft,
    /// Open for comments, not yet in force.
    InReview,
    /// In force and immutable.
    Published,
    /// Readable, and used by those who have not moved yet.
    Legacy,
    /// Taken back; assessments made on it are offered the next version.
    Withdrawn,
}

/// What a scale measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScaleKind {
    /// How well a person does something.
    #[default]
    Proficiency,
    /// How far a person's work reaches.
    Reach,
    /// How people answer in an assessment.
    Assessment,
}

/// What a track groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrackKind {
    /// A family of tracks; has no levels of its own.
    Group,
    /// Individual contributors.
    #[default]
    Ic,
    /// People managers.
    Manager,
    /// Both in one ladder.
    Mixed,
    /// A badge or certificate beside the ladder.
    Badge,
}

/// How one level follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathKind {
    /// Upwards.
    #[default]
    Promotion,
    /// Sideways, into another track.
    Lateral,
    /// Where people come in.
    Entry,
}

impl PathKind {
    /// The step in plain words.
    pub fn words(self) -> &'static str {
        match self {
            PathKind::Promotion => "upwards",
            PathKind::Lateral => "sideways",
            PathKind::Entry => "as a way in",
        }
    }
}

/// What a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatementKind {
    /// Something a person does at this place.
    #[default]
    Expectation,
    /// The gist of the place in a sentence or two.
    Summary,
    /// What it may look like.
    Example,
    /// A sign that it is there.
    Signal,
    /// A question that helps to find out.
    Question,
    /// Something to read or to visit.
    Resource,
    /// What it is not.
    Not,
    /// A remark beside the expectations.
    Note,
}

impl StatementKind {
    /// All kinds, in the order they are offered.
    pub const ALL: [StatementKind; 8] = [
        StatementKind::Expectation,
        StatementKind::Summary,
        StatementKind::Example,
        StatementKind::Signal,
        StatementKind::Question,
        StatementKind::Resource,
        StatementKind::Not,
        StatementKind::Note,
    ];

    /// The word used in the text format and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            StatementKind::Expectation => "expectation",
            StatementKind::Summary => "summary",
            StatementKind::Example => "example",
            StatementKind::Signal => "signal",
            StatementKind::Question => "question",
            StatementKind::Resource => "resource",
            StatementKind::Not => "not",
            StatementKind::Note => "note",
        }
    }

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<StatementKind> {
        StatementKind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// Everything selected is met, or stands at the named point.
    #[default]
    AllOf,
    /// At least `k` of the selected are met, or stand at the named point.
    AtLeastK,
    /// Each of the selected stands at the named point or has at least `min` of its value.
    MinEach,
    /// The point values of the selected add up to at least `min`.
    TotalPoints,
    /// The weighted mean of the point values is at least `min` (and, as a title, at most `max`).
    WeightedBand,
    /// No "not yet" among the answers, and at most `k` "developing".
    Answers,
    /// A time spent at the level below, in `months`.
    TimeInLevel,
    /// A step people take: an interview, a panel.
    Process,
}

/// Which competencies a requirement or rule speaks of: `facilitation`, all of a pillar `craft/*`, or all `*`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Selector {
    /// Every competency.
    #[default]
    All,
    /// Those of one pillar, at any depth.
    Pillar(NodeId),
    /// One competency.
    Competency(NodeId),
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Selector::All => f.write_str("*"),
            Selector::Pillar(id) => write!(f, "{id}/*"),
            Selector::Competency(id) => write!(f, "{id}"),
        }
    }
}

impl std::str::FromStr for Selector {
    type Err = crate::ids::NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "*" => Ok(Selector::All),
            _ => match text.strip_suffix("/*") {
                Some(pillar) => NodeId::new(pillar).map(Selector::Pillar),
                None => NodeId::new(text).map(Selector::Competency),
            },
        }
    }
}

impl Serialize for Selector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The level as a whole.
    #[default]
    None,
    /// A pillar.
    Pillar(NodeId),
    /// A competency.
    Competency(NodeId),
}

/// Where on the ladder or scale a statement stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// Nowhere in particular: it describes the subject itself.
    #[default]
    None,
    /// At every level, growing with the person.
    All,
    /// At one level.
    Level(NodeId),
    /// At one point of the scale of its competency.
    Point(NodeId),
    /// On the way from one level to the next.
    Path {
        /// The level left.
        from: NodeId,
        /// The level reached.
        to: NodeId,
    },
}

/// The address of a statement: a subject and a place on the ladder or scale.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Place {
    /// What it is about.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subject: Subject,
    /// Where it stands.
    #[serde(default, rename = "where", skip_serializing_if = "is_default")]
    pub location: Where,
}

/// For whom a statement counts; empty lists mean everyone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct OnlyFor {
    /// These tracks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<NodeId>,
    /// People who chose one of these archetypes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archetypes: Vec<NodeId>,
    /// These disciplines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disciplines: Vec<NodeId>,
}

impl OnlyFor {
    /// Whether the statement counts for everyone.
    pub fn is_everyone(&self) -> bool {
        *self == OnlyFor::default()
    }
}

/// What an archetype aims at in one competency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Emphasis {
    /// How heavily the area counts.
    Weight(f64),
    /// The point of the area's scale it aims at.
    Point(NodeId),
}
