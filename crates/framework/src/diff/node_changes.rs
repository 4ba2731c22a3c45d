//! What happened to levels, pillars, competencies, requirements and rules.

use super::{Bump, Change, Changed, NodeKind, nodes::Maps, wording::is_mended};
use crate::{
    ids::NodeId,
    lookups::Asked,
    model::{Framework, Rule, Statement, Subject, Where},
    words::folded,
};
use std::collections::{BTreeMap, BTreeSet};

/// A node before or after: its id and its words.
pub(super) type Side<'a> = Option<(&'a str, &'a str)>;

pub(super) fn changed(change: Change, kind: NodeKind, old: Side<'_>, new: Side<'_>) -> Changed {
    let words = |side: Side<'_>| side.map_or("", |(_, words)| words).to_owned();
    Changed {
        change,
        kind,
        old_id: old.map(|(id, _)| id.to_owned()),
        new_id: new.map(|(id, _)| id.to_owned()),
        old_text: old.map(|(_, words)| words.to_owned()),
        new_text: new.map(|(_, words)| words.to_owned()),
        old_level: None,
        new_level: None,
        subject: String::new(),
        editorial: matches!(change, Change::Renamed | Change::Reworded)
            && is_mended(&words(old), &words(new)),
        suggested: false,
        asks: Bump::None,
        level_names: Default::default(),
    }
}

/// What happened to levels, pillars, competencies, scales, requirements, rules and archetypes.
pub fn changes(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    let mut out = levels(old, new, maps);
    out.extend(subjects(old, new, maps));
    out.extend(by_id(
        NodeKind::Track,
        &named(&old.tracks, |t| (&t.id, &t.name)),
        &named(&new.tracks, |t| (&t.id, &t.name)),
    ));
    out.extend(by_id(
        NodeKind::Scale,
        &named(&old.scales, |s| (&s.id, &s.name)),
        &named(&new.scales, |s| (&s.id, &s.name)),
    ));
    out.extend(by_id(
        NodeKind::Archetype,
        &named(&old.archetypes, |a| (&a.id, &a.name)),
        &named(&new.archetypes, |a| (&a.id, &a.name)),
    ));
    out.extend(requirements(old, new, maps));
    out.extend(rules(old, new));
    out
}

fn named<'a, T>(
    nodes: &'a [T],
    name: impl Fn(&'a T) -> (&'a NodeId, &'a String),
) -> BTreeMap<&'a str, &'a str> {
    nodes.iter().map(name).map(|(id, name)| (id.as_str(), name.as_str())).collect()
}

fn by_id(kind: NodeKind, old: &BTreeMap<&str, &str>, new: &BTreeMap<&str, &str>) -> Vec<Changed> {
    let mut out = Vec::new();
    for (id, name) in old {
        match new.get(id) {
            Some(other) if other == name => {}
            Some(other) => out.push(changed(Change::Renamed, kind, Some((id, name)), Some((id, other)))),
            None => out.push(changed(Change::Retired, kind, Some((id, name)), None)),
        }
    }
    for (id, name) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
        out.push(changed(Change::Added, kind, None, Some((id, name))));
    }
    out
}

fn levels(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    let mut out = Vec::new();
    let name =
        |f: &Framework, id: &NodeId| f.level(id.as_str()).map(|level| level.name.clone()).unwrap_or_default();
    let split: BTreeSet<&NodeId> = maps.splits.values().flatten().collect();
    for level in &old.levels {
        let id = &level.id;
        let before = Some((id.as_str(), level.name.as_str()));
        if let Some(parts) = maps.splits.get(id) {
            for part in parts {
                let name = name(new, part);
                let part = Some((part.as_str(), name.as_str()));
                out.push(changed(Change::Split, NodeKind::Level, before, part));
            }
        } else if let Some(to) = maps.merges.get(id) {
            let name = name(new, to);
            out.push(changed(Change::Merged, NodeKind::Level, before, Some((to.as_str(), &name))));
        } else if let Some(to) = maps.levels.get(id) {
            let Some(other) = new.level(to.as_str()) else { continue };
            if other.name != level.name || id != to {
                let now = Some((to.as_str(), other.name.as_str()));
                let mut change = changed(Change::Renamed, NodeKind::Level, before, now);
                // Another id alone tells people nothing new, but addresses must be redirected.
                change.editorial |= other.name == level.name;
                out.push(change);
            }
            if other.summary != level.summary {
                out.push(changed(
                    Change::Reworded,
                    NodeKind::Level,
                    Some((id.as_str(), &level.summary)),
                    Some((to.as_str(), &other.summary)),
                ));
            }
        } else {
            out.push(changed(Change::Retired, NodeKind::Level, before, None));
        }
    }
    let known: BTreeSet<&NodeId> = maps.levels.values().chain(maps.merges.values()).collect();
    for level in new.levels.iter().filter(|level| !known.contains(&level.id) && !split.contains(&level.id)) {
        out.push(changed(Change::Added, NodeKind::Level, None, Some((level.id.as_str(), &level.name))));
    }
    for change in &mut out {
        change.old_level = change.old_id.as_ref().and_then(|id| NodeId::new(id.as_str()).ok());
        change.new_level = change.new_id.as_ref().and_then(|id| NodeId::new(id.as_str()).ok());
    }
    out
}

fn subjects(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    struct View<'a> {
        kind: NodeKind,
        id: &'a NodeId,
        name: &'a str,
        summary: &'a str,
        above: Option<Subject>,
    }
    fn all(f: &Framework) -> BTreeMap<Subject, View<'_>> {
        let pillars = f.pillars.iter().map(|p| {
            let above = p.parent.clone().map(Subject::Pillar);
            (
                Subject::Pillar(p.id.clone()),
                View { kind: NodeKind::Pillar, id: &p.id, name: &p.name, summary: &p.summary, above },
            )
        });
        let competencies = f.competencies.iter().map(|c| {
            let above = c.pillar.clone().map(Subject::Pillar);
            let view =
                View { kind: NodeKind::Competency, id: &c.id, name: &c.name, summary: &c.summary, above };
            (Subject::Competency(c.id.clone()), view)
        });
        pillars.chain(competencies).collect()
    }
    let (olds, news) = (all(old), all(new));
    let mut out = Vec::new();
    for (subject, node) in &olds {
        let Some((other_subject, other)) = maps.subjects.get(subject).and_then(|to| news.get_key_value(to))
        else {
            out.push(changed(Change::Retired, node.kind, Some((node.id.as_str(), node.name)), None));
            continue;
        };
        let names = (Some((node.id.as_str(), node.name)), Some((other.id.as_str(), other.name)));
        if node.name != other.name {
            out.push(changed(Change::Renamed, other.kind, names.0, names.1));
        } else if subject != other_subject {
            let mut change = changed(Change::Renamed, other.kind, names.0, names.1);
            change.editorial = true;
            out.push(change);
        }
        if node.summary != other.summary {
            out.push(changed(
                Change::Reworded,
                other.kind,
                Some((node.id.as_str(), node.summary)),
                Some((other.id.as_str(), other.summary)),
            ));
        }
        let above = node
            .above
            .as_ref()
            .map(|above| maps.subjects.get(above).cloned().unwrap_or_else(|| above.clone()));
        if above != other.above {
            out.push(changed(Change::Moved, other.kind, names.0, names.1));
        }
    }
    let known: BTreeSet<&Subject> = maps.subjects.values().collect();
    for (_, node) in news.iter().filter(|(subject, _)| !known.contains(subject)) {
        out.push(changed(Change::Added, node.kind, None, Some((node.id.as_str(), node.name))));
    }
    out
}

/// What a level asks for in words: the point's name with its own words, or with those that stand in for them.
fn asked_words(f: &Framework, asked: &Asked<'_>) -> String {
    let point = &asked.requirement.point;
    let found = f.point_of(asked.competency, point.as_str()).map(|(_, point)| point.name.clone());
    let name = found.filter(|name| !name.is_empty()).unwrap_or_else(|| point.to_string());
    let subject = Subject::Competency(asked.competency.id.clone());
    let own = || {
        let here = |s: &&Statement| {
            s.parent.is_none() && s.at.subject == subject && s.at.location == Where::Point(point.clone())
        };
        let words: Vec<&str> = f.statements.iter().filter(here).map(|s| s.text.as_str()).collect();
        words.join(" / ")
    };
    let words = asked.requirement.text.clone().unwrap_or_else(own);
    if words.is_empty() { name } else { format!("{name}: {words}") }
}

fn requirements(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    let mut out = Vec::new();
    for to in &new.levels {
        let from = old.levels.iter().find(|level| maps.level(&level.id) == Some(&to.id));
        let before = from.map(|level| old.asked_at(level.id.as_str())).unwrap_or_default();
        let now = new.asked_at(to.id.as_str());
        for asked in &now {
            let id = asked.competency.id.as_str();
            let was = before.iter().find(|was| {
                maps.subjects.get(&Subject::Competency(was.competency.id.clone()))
                    == Some(&Subject::Competency(asked.competency.id.clone()))
            });
            let new_words = asked_words(new, asked);
            let key = format!("{}/{id}", to.id);
            let mut change = match was {
                // A new level is told as one change; what it asks for is part of it.
                None if from.is_none() => continue,
                None => changed(Change::Added, NodeKind::Requirement, None, Some((&key, &new_words))),
                Some(was) => {
                    let old_words = asked_words(old, was);
                    let old_key = format!(
                        "{}/{}",
                        from.map_or(to.id.as_str(), |level| level.id.as_str()),
                        was.competency.id
                    );
                    let sides = (
                        Some((old_key.as_str(), old_words.as_str())),
                        Some((key.as_str(), new_words.as_str())),
                    );
                    let rank = |f: &Framework, id: &str, point: &NodeId| {
                        Some(f.point_of(f.competency(id)?, point.as_str())?.0)
                    };
                    let then = rank(old, was.competency.id.as_str(), &was.requirement.point);
                    let after = rank(new, id, &asked.requirement.point);
                    let stricter = after > then || (was.requirement.optional && !asked.requirement.optional);
                    if then == after && was.requirement.optional == asked.requirement.optional {
                        // The point's own words are told with its statements.
                        let own = was.requirement.text.is_none() && asked.requirement.text.is_none();
                        if own || folded(&old_words) == folded(&new_words) {
                            continue;
                        }
                        changed(Change::Reworded, NodeKind::Requirement, sides.0, sides.1)
                    } else {
                        let mut change = changed(Change::Moved, NodeKind::Requirement, sides.0, sides.1);
                        change.asks = if stricter { Bump::Major } else { Bump::Minor };
                        change
                    }
                }
            };
            change.new_level = Some(to.id.clone());
            change.old_level = from.map(|level| level.id.clone());
            change.subject.clone_from(&asked.competency.name);
            out.push(change);
        }
        for was in before {
            let mapped = maps.subjects.get(&Subject::Competency(was.competency.id.clone()));
            let still =
                now.iter().any(|asked| Some(&Subject::Competency(asked.competency.id.clone())) == mapped);
            if !still && mapped.is_some() {
                let key = format!(
                    "{}/{}",
                    from.map_or(to.id.as_str(), |level| level.id.as_str()),
                    was.competency.id
                );
                let words = asked_words(old, &was);
                let mut change = changed(Change::Retired, NodeKind::Requirement, Some((&key, &words)), None);
                change.new_level = Some(to.id.clone());
                change.old_level = from.map(|level| level.id.clone());
                change.subject.clone_from(&was.competency.name);
                out.push(change);
            }
        }
    }
    out
}

fn rules(old: &Framework, new: &Framework) -> Vec<Changed> {
    let mut out = Vec::new();
    let words = |rule: &Rule| if rule.text.is_empty() { rule.id.to_string() } else { rule.text.clone() };
    for rule in &old.rules {
        match new.rules.iter().find(|other| other.id == rule.id) {
            Some(other) if other == rule => {}
            Some(other) => {
                let mut change = changed(
                    Change::Reworded,
                    NodeKind::Rule,
                    Some((rule.id.as_str(), &words(rule))),
                    Some((other.id.as_str(), &words(other))),
                );
                let alike = Rule { text: String::new(), ..rule.clone() }
                    == Rule { text: String::new(), ..other.clone() };
                change.editorial = alike && is_mended(&rule.text, &other.text);
                out.push(change);
            }
            None => out.push(changed(
                Change::Retired,
                NodeKind::Rule,
                Some((rule.id.as_str(), &words(rule))),
                None,
            )),
        }
    }
    for rule in new.rules.iter().filter(|rule| !old.rules.iter().any(|other| other.id == rule.id)) {
        let mut change = changed(Change::Added, NodeKind::Rule, None, Some((rule.id.as_str(), &words(rule))));
        change.asks = if rule.advisory { Bump::Minor } else { Bump::Major };
        out.push(change);
    }
    out
}
