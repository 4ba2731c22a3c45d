//! What happened beside the framework's own words: to the pages carried along and to other languages.

use super::{Change, Changed, NodeKind, node_changes::changed, nodes::Maps};
use crate::{
    ids::{NodeId, StatementId},
    model::{Doc, Framework, Subject, Translation},
    words::folded,
};
use std::collections::{BTreeMap, BTreeSet};

/// What happened to pages and translations.
pub fn changes(
    old: &Framework,
    new: &Framework,
    maps: &Maps,
    pairs: &BTreeMap<StatementId, StatementId>,
) -> Vec<Changed> {
    let mut out = docs(&old.docs, &new.docs);
    let names = Names { new, maps, pairs };
    for before in &old.translations {
        match new.translations.iter().find(|now| now.locale == before.locale) {
            Some(now) => translation(old, &names, before, now, &mut out),
            None => {
                let words = texts_of(before);
                let gone = Some((before.locale.as_str(), words.as_str()));
                out.push(changed(Change::Retired, NodeKind::Translation, gone, None));
            }
        }
    }
    for now in &new.translations {
        if !old.translations.iter().any(|before| before.locale == now.locale) {
            let words = texts_of(now);
            let side = Some((now.locale.as_str(), words.as_str()));
            out.push(changed(Change::Added, NodeKind::Translation, None, side));
        }
    }
    out
}

/// A page is the same page under its path, or under another with the same words: renaming a file changes nothing.
fn docs(old: &[Doc], new: &[Doc]) -> Vec<Changed> {
    let words: Vec<String> = new.iter().map(|doc| folded(&doc.markdown)).collect();
    let mut known: BTreeSet<usize> = BTreeSet::new();
    let mut out = Vec::new();
    let mut left = Vec::new();
    for doc in old {
        match new.iter().position(|other| other.path == doc.path) {
            Some(at) => {
                known.insert(at);
                if words[at] != folded(&doc.markdown) {
                    let sides = (Some((&*doc.path, &*doc.markdown)), Some((&*doc.path, &*new[at].markdown)));
                    out.push(changed(Change::Reworded, NodeKind::Doc, sides.0, sides.1));
                }
            }
            None => left.push(doc),
        }
    }
    for doc in left {
        let words_before = folded(&doc.markdown);
        match (0..new.len()).find(|at| !known.contains(at) && words[*at] == words_before) {
            Some(at) => {
                known.insert(at);
            }
            None => {
                out.push(changed(Change::Retired, NodeKind::Doc, Some((&*doc.path, &*doc.markdown)), None));
            }
        }
    }
    for (_, doc) in new.iter().enumerate().filter(|(at, _)| !known.contains(at)) {
        out.push(changed(Change::Added, NodeKind::Doc, None, Some((&*doc.path, &*doc.markdown))));
    }
    out
}

fn texts_of(translation: &Translation) -> String {
    match translation.texts.len() {
        1 => "1 text".to_owned(),
        count => format!("{count} texts"),
    }
}

/// How nodes of the old version are called in the new one.
struct Names<'a> {
    new: &'a Framework,
    maps: &'a Maps,
    pairs: &'a BTreeMap<StatementId, StatementId>,
}

impl Names<'_> {
    /// The address of a node in the new version; none when the node itself is gone, which is told by itself.
    fn now(&self, node: &str) -> Option<String> {
        let Some((kind, id)) = node.split_once('/') else { return Some(node.to_owned()) };
        let id_of = |id: &str| NodeId::new(id).ok();
        match kind {
            "level" => self.maps.level(&id_of(id)?).map(|to| format!("level/{to}")),
            "statement" => {
                let to = self.pairs.get(&StatementId::new(id).ok()?)?;
                Some(format!("statement/{to}"))
            }
            "pillar" => match self.maps.subjects.get(&Subject::Pillar(id_of(id)?))? {
                Subject::Pillar(to) => Some(format!("pillar/{to}")),
                _ => None,
            },
            "competency" => match self.maps.subjects.get(&Subject::Competency(id_of(id)?))? {
                Subject::Competency(to) => Some(format!("competency/{to}")),
                _ => None,
            },
            "archetype" => self.new.archetypes.iter().any(|one| one.id == *id).then(|| node.to_owned()),
            _ => Some(node.to_owned()),
        }
    }
}

fn translation(
    old: &Framework,
    names: &Names<'_>,
    before: &Translation,
    now: &Translation,
    out: &mut Vec<Changed>,
) {
    let locale = &now.locale;
    let mut news: BTreeMap<(String, &str), &str> =
        now.texts.iter().map(|text| ((text.node.clone(), text.field.as_str()), text.text.as_str())).collect();
    for text in &before.texts {
        let Some(node) = names.now(&text.node) else { continue };
        let id = format!("{locale}/{}/{}", text.node, text.field);
        let from = Some((id.as_str(), text.text.as_str()));
        match news.remove(&(node.clone(), text.field.as_str())) {
            Some(words) if folded(words) == folded(&text.text) => {}
            Some(words) => {
                let id = format!("{locale}/{node}/{}", text.field);
                out.push(changed(Change::Reworded, NodeKind::Translation, from, Some((&id, words))));
            }
            None => out.push(changed(Change::Retired, NodeKind::Translation, from, None)),
        }
    }
    // What is new in the framework brings its translation along; only what was there without one is news.
    let mut there: BTreeSet<String> = BTreeSet::new();
    old.clone().each_text(&mut |node, _, _| {
        there.extend(names.now(node));
    });
    for ((node, field), words) in news.iter().filter(|((node, _), _)| there.contains(node)) {
        let id = format!("{locale}/{node}/{field}");
        out.push(changed(Change::Added, NodeKind::Translation, None, Some((&id, words))));
    }
}
