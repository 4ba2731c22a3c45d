//! Which level, pillar and competency of one version is which of the other, and what happened to them.

use super::{Bump, Change, Changed, NodeKind, wording::is_mended};
use crate::{
    ids::{NodeId, StatementId},
    lookups::Asked,
    model::{Framework, Rule, Statement, Subject, Where},
    words::folded,
};
use std::collections::{BTreeMap, BTreeSet};

/// Which node of the old version is which node of the new one.
#[derive(Debug, Clone, Default)]
pub struct Maps {
    pub levels: BTreeMap<NodeId, NodeId>,
    pub subjects: BTreeMap<Subject, Subject>,
    /// Old levels that became several, or became part of one.
    pub splits: BTreeMap<NodeId, Vec<NodeId>>,
    pub merges: BTreeMap<NodeId, NodeId>,
}

/// How many shared statements lead from an old node to a new one.
type Evidence<T> = BTreeMap<T, BTreeMap<T, usize>>;

impl Maps {
    pub fn of(old: &Framework, new: &Framework, pairs: &BTreeMap<StatementId, StatementId>) -> Maps {
        let mut levels: Evidence<NodeId> = BTreeMap::new();
        let mut subjects: Evidence<Subject> = BTreeMap::new();
        let news: BTreeMap<&StatementId, _> = new.statements.iter().map(|s| (&s.id, s)).collect();
        for statement in old.statements.iter().filter(|s| s.parent.is_none()) {
            let Some(other) = pairs.get(&statement.id).and_then(|id| news.get(id)) else { continue };
            if let (Where::Level(a), Where::Level(b)) = (&statement.at.location, &other.at.location) {
                *levels.entry(a.clone()).or_default().entry(b.clone()).or_default() += 1;
            }
            let found = subjects.entry(statement.at.subject.clone()).or_default();
            *found.entry(other.at.subject.clone()).or_default() += 1;
        }
        let mut maps = Maps::default();
        maps.map_subjects(old, new, &subjects);
        maps.map_levels(old, new, &levels);
        maps
    }

    fn map_subjects(&mut self, old: &Framework, new: &Framework, evidence: &Evidence<Subject>) {
        let all = |f: &Framework| -> Vec<(Subject, String)> {
            let pillars = f.pillars.iter().map(|p| (Subject::Pillar(p.id.clone()), folded(&p.name)));
            pillars
                .chain(f.competencies.iter().map(|c| (Subject::Competency(c.id.clone()), folded(&c.name))))
                .collect()
        };
        let (olds, news) = (all(old), all(new));
        let mut taken: BTreeSet<Subject> = BTreeSet::new();
        self.subjects.insert(Subject::None, Subject::None);
        for (subject, name) in &olds {
            let by_id = news.iter().find(|(other, _)| other == subject);
            // The same words about it, or the same name for it: names of subjects, unlike levels, carry their meaning.
            let by_words = evidence.get(subject).and_then(|found| {
                let total: usize = found.values().sum();
                let (best, count) = found.iter().max_by_key(|(_, count)| **count)?;
                (count * 2 > total && *count >= 2)
                    .then(|| news.iter().find(|(other, _)| other == best))
                    .flatten()
            });
            let by_name = news
                .iter()
                .find(|(other, known)| known == name && !name.is_empty() && same_sort(other, subject));
            // An id that stayed with another name may have been given to something else: then the words decide.
            let kept = by_id.filter(|(_, known)| known == name || by_words.is_none());
            let found = kept.or(by_words).or(by_id).or(by_name);
            if let Some((other, _)) = found.filter(|(other, _)| !taken.contains(other)) {
                taken.insert(other.clone());
                self.subjects.insert(subject.clone(), other.clone());
            }
        }
    }

    fn map_levels(&mut self, old: &Framework, new: &Framework, evidence: &Evidence<NodeId>) {
        let said = |f: &Framework, level: &NodeId| {
            f.statements
                .iter()
                .filter(|s| s.parent.is_none() && s.at.location == Where::Level(level.clone()))
                .count()
        };
        let mut claims: Vec<(usize, bool, NodeId, NodeId)> = Vec::new();
        for (from, found) in evidence {
            let total: usize = found.values().sum();
            for (to, count) in found {
                // Enough of what was said there, and most of what is still said at all.
                if *count * 2 > total && *count * 10 >= said(old, from) * 3 {
                    claims.push((*count, from == to, from.clone(), to.clone()));
                }
            }
        }
        let (olds, news) = (asked_for(old, Some(self)), asked_for(new, None));
        for (from, a) in &olds {
            for (to, b) in &news {
                let shared = a.intersection(b).count();
                // Nearly nothing in common proves nothing; everything in common does.
                if shared >= 2 && shared == a.len().max(b.len()) {
                    claims.push((shared, from == to, from.clone(), to.clone()));
                }
            }
        }
        claims.sort_by(|a, b| (b.0, b.1, &a.2, &a.3).cmp(&(a.0, a.1, &b.2, &b.3)));
        let mut taken: BTreeSet<NodeId> = BTreeSet::new();
        for (_, _, from, to) in &claims {
            if !self.levels.contains_key(from) && taken.insert(to.clone()) {
                self.levels.insert(from.clone(), to.clone());
            }
        }
        // The id is the identity, unless what was said at the level is now said at another one.
        for level in old.levels.iter().map(|level| &level.id) {
            let elsewhere = evidence.get(level).is_some_and(|found| {
                let total: usize = found.values().sum();
                let here = found.get(level).copied().unwrap_or(0);
                total >= 2 && here * 2 < total && total * 2 >= said(old, level)
            });
            if !self.levels.contains_key(level)
                && !elsewhere
                && new.level(level.as_str()).is_some()
                && taken.insert(level.clone())
            {
                self.levels.insert(level.clone(), level.clone());
            }
        }
        self.splits_and_merges(old, new, evidence, &taken);
    }

    fn splits_and_merges(
        &mut self,
        old: &Framework,
        new: &Framework,
        evidence: &Evidence<NodeId>,
        taken: &BTreeSet<NodeId>,
    ) {
        for level in new.levels.iter().map(|level| &level.id).filter(|id| !taken.contains(*id)) {
            let sources = evidence.iter().filter_map(|(from, found)| Some((from, *found.get(level)?)));
            let Some((from, count)) = sources.max_by_key(|(_, count)| *count) else { continue };
            let total: usize = evidence.get(from).map(|found| found.values().sum()).unwrap_or(0);
            if count >= 2 && count * 4 >= total {
                self.splits.entry(from.clone()).or_default().push(level.clone());
            }
        }
        for (from, more) in &mut self.splits {
            if let Some(main) = self.levels.get(from) {
                more.insert(0, main.clone());
            }
        }
        self.splits.retain(|_, parts| parts.len() >= 2);
        for level in old.levels.iter().map(|level| &level.id) {
            if self.levels.contains_key(level) || self.splits.contains_key(level) {
                continue;
            }
            let Some(found) = evidence.get(level) else { continue };
            let total: usize = found.values().sum();
            if let Some((to, count)) = found.iter().max_by_key(|(_, count)| **count)
                && *count >= 2
                && *count * 2 > total
            {
                self.merges.insert(level.clone(), to.clone());
            }
        }
    }

    /// The new level an old one became, alone or with others.
    pub fn level(&self, old: &NodeId) -> Option<&NodeId> {
        self.levels.get(old).or_else(|| self.merges.get(old))
    }

    /// Whether a new level is one an old level became.
    pub fn became(&self, old: &NodeId, new: &NodeId) -> bool {
        self.level(old) == Some(new) || self.splits.get(old).is_some_and(|parts| parts.contains(new))
    }
}

fn same_sort(a: &Subject, b: &Subject) -> bool {
    matches!(
        (a, b),
        (Subject::Pillar(_), Subject::Pillar(_)) | (Subject::Competency(_), Subject::Competency(_))
    )
}

/// What each level asks for: competency, point and the words that stand in for the point's own.
fn asked_for(f: &Framework, maps: Option<&Maps>) -> BTreeMap<NodeId, BTreeSet<(Subject, String)>> {
    let asked = |level: &NodeId| {
        let asked = f.asked_at(level.as_str()).into_iter().map(|asked| {
            let subject = Subject::Competency(asked.competency.id.clone());
            let mapped = maps.and_then(|maps| maps.subjects.get(&subject)).cloned();
            (mapped.unwrap_or(subject), asked.requirement.point.to_string())
        });
        asked.collect()
    };
    f.levels.iter().map(|level| (level.id.clone(), asked(&level.id))).collect()
}

fn changed(change: Change, kind: NodeKind, old: &[&str], new: &[&str], texts: (&str, &str)) -> Changed {
    Changed {
        change,
        kind,
        old_id: old.iter().map(ToString::to_string).collect(),
        new_id: new.iter().map(ToString::to_string).collect(),
        old_text: texts.0.to_owned(),
        new_text: texts.1.to_owned(),
        old_level: None,
        new_level: None,
        subject: String::new(),
        editorial: matches!(change, Change::Renamed | Change::Reworded) && is_mended(texts.0, texts.1),
        suggested: false,
        asks: Bump::None,
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
            Some(other) => out.push(changed(Change::Renamed, kind, &[id], &[id], (name, other))),
            None => out.push(changed(Change::Retired, kind, &[id], &[], (name, ""))),
        }
    }
    for (id, name) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
        out.push(changed(Change::Added, kind, &[], &[id], ("", name)));
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
        if let Some(parts) = maps.splits.get(id) {
            let names: Vec<String> = parts.iter().map(|part| name(new, part)).collect();
            let ids: Vec<&str> = parts.iter().map(NodeId::as_str).collect();
            out.push(changed(
                Change::Split,
                NodeKind::Level,
                &[id.as_str()],
                &ids,
                (&level.name, &names.join(" / ")),
            ));
        } else if let Some(to) = maps.merges.get(id) {
            let mut change = changed(
                Change::Merged,
                NodeKind::Level,
                &[id.as_str()],
                &[to.as_str()],
                (&level.name, &name(new, to)),
            );
            change.old_level = Some(id.clone());
            out.push(change);
        } else if let Some(to) = maps.levels.get(id) {
            let Some(other) = new.level(to.as_str()) else { continue };
            if other.name != level.name || id != to {
                let mut change = changed(
                    Change::Renamed,
                    NodeKind::Level,
                    &[id.as_str()],
                    &[to.as_str()],
                    (&level.name, &other.name),
                );
                // Another id alone tells people nothing new, but addresses must be redirected.
                change.editorial |= other.name == level.name;
                out.push(change);
            }
            if other.summary != level.summary {
                out.push(changed(
                    Change::Reworded,
                    NodeKind::Level,
                    &[id.as_str()],
                    &[to.as_str()],
                    (&level.summary, &other.summary),
                ));
            }
        } else {
            out.push(changed(Change::Retired, NodeKind::Level, &[id.as_str()], &[], (&level.name, "")));
        }
    }
    let known: BTreeSet<&NodeId> = maps.levels.values().chain(maps.merges.values()).collect();
    for level in new.levels.iter().filter(|level| !known.contains(&level.id) && !split.contains(&level.id)) {
        out.push(changed(Change::Added, NodeKind::Level, &[], &[level.id.as_str()], ("", &level.name)));
    }
    for change in &mut out {
        change.old_level = change.old_id.first().and_then(|id| NodeId::new(id.as_str()).ok());
        change.new_level = change.new_id.first().and_then(|id| NodeId::new(id.as_str()).ok());
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
            out.push(changed(Change::Retired, node.kind, &[node.id.as_str()], &[], (node.name, "")));
            continue;
        };
        let ids = ([node.id.as_str()], [other.id.as_str()]);
        if node.name != other.name {
            out.push(changed(Change::Renamed, other.kind, &ids.0, &ids.1, (node.name, other.name)));
        } else if subject != other_subject {
            let mut change = changed(Change::Renamed, other.kind, &ids.0, &ids.1, (node.name, other.name));
            change.editorial = true;
            out.push(change);
        }
        if node.summary != other.summary {
            out.push(changed(Change::Reworded, other.kind, &ids.0, &ids.1, (node.summary, other.summary)));
        }
        let above = node
            .above
            .as_ref()
            .map(|above| maps.subjects.get(above).cloned().unwrap_or_else(|| above.clone()));
        if above != other.above {
            out.push(changed(Change::Moved, other.kind, &ids.0, &ids.1, (node.name, other.name)));
        }
    }
    let known: BTreeSet<&Subject> = maps.subjects.values().collect();
    for (_, node) in news.iter().filter(|(subject, _)| !known.contains(subject)) {
        out.push(changed(Change::Added, node.kind, &[], &[node.id.as_str()], ("", node.name)));
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
                None => changed(Change::Added, NodeKind::Requirement, &[], &[&key], ("", &new_words)),
                Some(was) => {
                    let old_words = asked_words(old, was);
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
                        changed(
                            Change::Reworded,
                            NodeKind::Requirement,
                            &[&key],
                            &[&key],
                            (&old_words, &new_words),
                        )
                    } else {
                        let mut change = changed(
                            Change::Moved,
                            NodeKind::Requirement,
                            &[&key],
                            &[&key],
                            (&old_words, &new_words),
                        );
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
                let key = format!("{}/{}", to.id, was.competency.id);
                let words = asked_words(old, &was);
                let mut change = changed(Change::Retired, NodeKind::Requirement, &[&key], &[], (&words, ""));
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
                    &[rule.id.as_str()],
                    &[other.id.as_str()],
                    (&words(rule), &words(other)),
                );
                let alike = Rule { text: String::new(), ..rule.clone() }
                    == Rule { text: String::new(), ..other.clone() };
                change.editorial = alike && is_mended(&rule.text, &other.text);
                out.push(change);
            }
            None => out.push(changed(
                Change::Retired,
                NodeKind::Rule,
                &[rule.id.as_str()],
                &[],
                (&words(rule), ""),
            )),
        }
    }
    for rule in new.rules.iter().filter(|rule| !old.rules.iter().any(|other| other.id == rule.id)) {
        let mut change = changed(Change::Added, NodeKind::Rule, &[], &[rule.id.as_str()], ("", &words(rule)));
        change.asks = if rule.advisory { Bump::Minor } else { Bump::Major };
        out.push(change);
    }
    out
}
