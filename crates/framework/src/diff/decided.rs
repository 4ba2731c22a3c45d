//! What a person has decided about a step from one version to the next, in `migrations/<from>--<to>.yaml`.
//! Where somebody has said what became of an id, nothing is guessed.

use crate::{
    model::Framework,
    yaml::{self, Node},
};

/// What became of some ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// Whether the old one became part of another.
    pub is_merge: bool,
}

/// The decisions about one step, for each sort of node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    pub levels: Vec<Step>,
    pub pillars: Vec<Step>,
    pub competencies: Vec<Step>,
    pub statements: Vec<Step>,
}

impl Decided {
    /// What either version carries about the step between the two.
    pub fn between(old: &Framework, new: &Framework) -> Decided {
        new.migrations
            .iter()
            .chain(&old.migrations)
            .filter_map(|migration| yaml::read(&migration.text).ok())
            .find(|root| {
                root.text_at("from") == Some(&*old.version) && root.text_at("to") == Some(&*new.version)
            })
            .map(|root| Decided {
                levels: steps(&root, "levels"),
                pillars: steps(&root, "pillars"),
                competencies: steps(&root, "competencies"),
                statements: steps(&root, "statements"),
            })
            .unwrap_or_default()
    }
}

fn steps(root: &Node, key: &str) -> Vec<Step> {
    let entries = root.get(key).and_then(Node::list).unwrap_or_default();
    let step = |entry: &Node| Step {
        from: ids(entry.get("from")),
        to: ids(entry.get("to")),
        is_merge: entry.text_at("how") == Some("merged"),
    };
    entries.iter().map(step).filter(|step| !step.from.is_empty() || !step.to.is_empty()).collect()
}

/// One id or a list of them.
fn ids(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else { return Vec::new() };
    match (node.text(), node.list()) {
        (Some(id), _) => vec![id.to_owned()],
        (None, Some(items)) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
        (None, None) => Vec::new(),
    }
}
