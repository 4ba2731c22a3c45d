//! One version of a career framework: what it says, and where it says it.
//!
//! A level is not a point of a scale: a statement may stand at either, and a [`Requirement`] joins the two.
//! Every node keeps the keys it was given and nobody understood (`ext`), word for word.

use crate::ids::{NodeId, StatementId};
pub use crate::kinds::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Keys a source carried that have no place in the model, kept verbatim.
pub type Ext = serde_json::Map<String, serde_json::Value>;

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

macro_rules! nodes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $kind:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $kind,)*
            /// Keys that were not understood, kept word for word.
            #[serde(flatten)]
            pub ext: Ext,
        }
    )+};
}

nodes! {
    /// One version of a framework. Immutable once published.
    Framework {
        /// The framework's id, the same in all its versions.
        id: NodeId,
        /// What people call it.
        name: String,
        /// What it is for, in a paragraph.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
        /// The language its texts were written in.
        #[serde(default = "english")]
        locale: String,
        /// The licence of this version's texts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        licence: Option<String>,
        /// Who looks after it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        owners: Vec<String>,
        /// The version, as text.
        #[serde(default = "first_version")]
        version: String,
        /// Where this version stands in its life.
        #[serde(default)]
        status: Status,
        /// The first day it is in force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_from: Option<String>,
        /// The last day it is in force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effective_until: Option<String>,
        /// What changed, in Markdown.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        changelog: String,
        /// The scales in use.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scales: Vec<Scale>,
        /// Families, roles and ladders.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tracks: Vec<Track>,
        /// The levels of all tracks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        levels: Vec<Level>,
        /// How levels follow each other; a graph.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        paths: Vec<Path>,
        /// The big headings, at any depth.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pillars: Vec<Pillar>,
        /// What people are good at, or become good at.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        competencies: Vec<Competency>,
        /// Every single sentence with its own identity.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statements: Vec<Statement>,
        /// What a level asks for in a competency, as a point of its scale.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        requirements: Vec<Requirement>,
        /// Rules as data, with their prose.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rules: Vec<Rule>,
        /// Shapes people may choose.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        archetypes: Vec<Archetype>,
        /// Titles that a level or rule yields.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bands: Vec<Band>,
        /// Pages carried along.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        docs: Vec<Doc>,
        /// The same words in other languages.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        translations: Vec<Translation>,
        /// What became of the ids of another version, as people wrote it down.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        migrations: Vec<Migration>,
    }

    /// A scale with its points, lowest first.
    Scale {
        /// Its id.
        id: NodeId,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// What it measures.
        #[serde(default)]
        kind: ScaleKind,
        /// Whether a point includes those below it.
        #[serde(default, skip_serializing_if = "is_default")]
        cumulative: bool,
        /// The points, lowest first.
        #[serde(default)]
        points: Vec<Point>,
    }

    /// One point of a scale; its rank is its place in the list.
    Point {
        /// Its id, unique in its scale.
        id: NodeId,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// What it means.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
        /// What it counts for, where points are added up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<f64>,
    }

    /// A family, role or ladder.
    Track {
        /// Its id.
        id: NodeId,
        /// The family it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<NodeId>,
        /// What it groups.
        #[serde(default)]
        kind: TrackKind,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// What it is about.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
    }

    /// A level of a track.
    Level {
        /// Its id.
        id: NodeId,
        /// The track it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        track: Option<NodeId>,
        /// Its height, where it is known. Never used to recognise a level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<i64>,
        /// The pay grade or the like.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<String>,
        /// A short code such as IC3. Never used to recognise a level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The title.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// What the level is about.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
        /// Levels that share expectations, such as the two halves of a senior level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    }

    /// One level after another.
    Path {
        /// The level left.
        from: NodeId,
        /// The level reached.
        to: NodeId,
        /// How.
        #[serde(default, skip_serializing_if = "is_default")]
        kind: PathKind,
        /// What it takes, in prose.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    }

    /// A big heading; pillars may stand inside pillars.
    Pillar {
        /// Its id.
        id: NodeId,
        /// The pillar around it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<NodeId>,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// What it is about.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
    }

    /// Something people are, or become, good at.
    Competency {
        /// Its id.
        id: NodeId,
        /// The pillar it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pillar: Option<NodeId>,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// What it is about.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        summary: String,
        /// The scale it is measured on, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<NodeId>,
        /// A more general competency whose statements count here as well, level by level of the same rank.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inherits: Option<NodeId>,
    }

    /// One sentence of the framework.
    Statement {
        /// Its identity through all versions.
        id: StatementId,
        /// Its words, in Markdown.
        text: String,
        /// What it is for.
        #[serde(default, skip_serializing_if = "is_default")]
        kind: StatementKind,
        /// The statement it explains.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<StatementId>,
        /// Its place among its neighbours, from 0.
        #[serde(default)]
        order: u32,
        /// Whether the level needs it. Expectations do unless they say otherwise.
        #[serde(default)]
        must: bool,
        /// How well, in the source's own word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proficiency: Option<String>,
        /// Where it stands.
        #[serde(default)]
        at: Place,
        /// For whom it counts.
        #[serde(default, skip_serializing_if = "OnlyFor::is_everyone")]
        only_for: OnlyFor,
    }

    /// What a level asks for in a competency.
    Requirement {
        /// The level that asks.
        level: NodeId,
        /// The competencies it asks about.
        of: Selector,
        /// The least point of their scale.
        point: NodeId,
        /// Whether it is one of several to choose from.
        #[serde(default, skip_serializing_if = "is_default")]
        optional: bool,
        /// How heavily it counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight: Option<f64>,
        /// Words that stand here instead of the point's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    }

    /// A rule as data, with the prose it came from.
    Rule {
        /// Its id.
        id: NodeId,
        /// The level it decides; none means every level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<NodeId>,
        /// What it asks for.
        #[serde(default)]
        kind: RuleKind,
        /// The competencies it speaks of.
        #[serde(default)]
        of: Selector,
        /// How many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        k: Option<u32>,
        /// Up to which point.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<NodeId>,
        /// At least this much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<f64>,
        /// At most this much.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<f64>,
        /// For this long.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months: Option<u32>,
        /// How heavily each competency or pillar counts.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        weights: BTreeMap<NodeId, f64>,
        /// Advice, not a gate.
        #[serde(default, skip_serializing_if = "is_default")]
        advisory: bool,
        /// The prose it came from.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    }

    /// A shape a person may choose: a target profile over craft areas.
    Archetype {
        /// Its id.
        id: NodeId,
        /// What people call it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// The levels from which it may be chosen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        levels: Vec<NodeId>,
        /// What it aims at.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        emphasis: BTreeMap<NodeId, Emphasis>,
        /// What it looks like in life.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    }

    /// A title that a level or a rule yields.
    Band {
        /// Its id.
        id: NodeId,
        /// The title, possibly with placeholders.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// The level that yields it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<NodeId>,
        /// The rule that yields it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<NodeId>,
        /// The grade it belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grade: Option<String>,
    }

    /// A page carried along untouched.
    Doc {
        /// Its path below `docs/`.
        path: String,
        /// Its words.
        markdown: String,
        /// The node it belongs to, such as `level/senior`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        node: Option<String>,
    }

    /// A framework's words in another language.
    Translation {
        /// The language.
        locale: String,
        /// The texts that have been translated.
        #[serde(default)]
        texts: Vec<Text>,
    }

    /// What became of each id on the step from one version to another, kept letter by letter.
    Migration {
        /// Its path below `migrations/`.
        path: String,
        /// Its YAML, as it was written.
        text: String,
    }

    /// One translated text.
    Text {
        /// The node, such as `level/senior`, `statement/fac1`, `point/craft/baseline` or `framework`.
        node: String,
        /// Which of its texts: `name`, `summary`, `text` or `markdown`.
        field: String,
        /// The words.
        text: String,
        /// The short digest of the words it was translated from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    }
}

fn english() -> String {
    "en".to_owned()
}

fn first_version() -> String {
    "0.1.0".to_owned()
}
