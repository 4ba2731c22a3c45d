//! Which level, pillar and competency of one version is which of the other, and what happened to them.

use super::decided::{Decided, Step};
use crate::{
    ids::{NodeId, StatementId},
    model::{Framework, Subject, Where},
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
    /// Nodes of the old and of the new version of which a person has said what happened.
    decided: (BTreeSet<Subject>, BTreeSet<Subject>),
    decided_levels: (BTreeSet<NodeId>, BTreeSet<NodeId>),
}

/// How many shared statements lead from an old node to a new one.
type Evidence<T> = BTreeMap<T, BTreeMap<T, usize>>;

impl Maps {
    pub fn of(
        old: &Framework,
        new: &Framework,
        pairs: &BTreeMap<StatementId, StatementId>,
        decided: &Decided,
    ) -> Maps {
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
        maps.take_decisions(old, new, decided);
        maps.map_subjects(old, new, &subjects);
        maps.map_levels(old, new, &levels);
        maps
    }

    /// Where a person has said what became of a level, a pillar or a competency, nothing is guessed.
    fn take_decisions(&mut self, old: &Framework, new: &Framework, decided: &Decided) {
        for step in &decided.levels {
            let known = |f: &Framework, ids: &[String]| -> Vec<NodeId> {
                ids.iter().filter_map(|id| f.level(id)).map(|level| level.id.clone()).collect()
            };
            let (from, to) = (known(old, &step.from), known(new, &step.to));
            match (from.as_slice(), to.as_slice()) {
                ([one], [other]) if !step.is_merge => {
                    self.levels.insert(one.clone(), other.clone());
                }
                ([one], parts @ [_, _, ..]) => {
                    self.splits.insert(one.clone(), parts.to_vec());
                    // The part that kept the id is still that level; otherwise nobody is put anywhere unasked.
                    if parts.contains(one) {
                        self.levels.insert(one.clone(), one.clone());
                    }
                }
                (all, [into]) => self.merges.extend(all.iter().map(|one| (one.clone(), into.clone()))),
                _ => {}
            }
            let is_merge = step.is_merge || from.len() > 1;
            self.decided_levels.0.extend(from);
            // What others became part of is still free to be what it was.
            if !is_merge {
                self.decided_levels.1.extend(to);
            }
        }
        type Named = fn(NodeId) -> Subject;
        let sorts: [(&[Step], Named); 2] =
            [(&decided.pillars, Subject::Pillar), (&decided.competencies, Subject::Competency)];
        for (steps, named) in sorts {
            let known = |f: &Framework, ids: &[String]| -> Vec<Subject> {
                let subjects = ids.iter().filter_map(|id| NodeId::new(id.as_str()).ok()).map(named);
                subjects.filter(|subject| is_there(f, subject)).collect()
            };
            for step in steps {
                let (from, to) = (known(old, &step.from), known(new, &step.to));
                if let ([one], [other]) = (from.as_slice(), to.as_slice()) {
                    self.subjects.insert(one.clone(), other.clone());
                }
                self.decided.0.extend(from);
                self.decided.1.extend(to);
            }
        }
    }

    fn map_subjects(&mut self, old: &Framework, new: &Framework, evidence: &Evidence<Subject>) {
        let all = |f: &Framework| -> Vec<(Subject, String)> {
            let pillars = f.pillars.iter().map(|p| (Subject::Pillar(p.id.clone()), folded(&p.name)));
            pillars
                .chain(f.competencies.iter().map(|c| (Subject::Competency(c.id.clone()), folded(&c.name))))
                .collect()
        };
        let (olds, news) = (all(old), all(new));
        let mut taken: BTreeSet<Subject> = self.decided.1.clone();
        self.subjects.insert(Subject::None, Subject::None);
        for (subject, name) in olds.iter().filter(|(subject, _)| !self.decided.0.contains(subject)) {
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
        let mut taken: BTreeSet<NodeId> = self.decided_levels.1.clone();
        for (_, _, from, to) in &claims {
            let is_open = !self.levels.contains_key(from) && !self.decided_levels.0.contains(from);
            if is_open && taken.insert(to.clone()) {
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
                && !self.decided_levels.0.contains(level)
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
            let sources = evidence
                .iter()
                .filter(|(from, _)| !self.decided_levels.0.contains(*from))
                .filter_map(|(from, found)| Some((from, *found.get(level)?)));
            let Some((from, count)) = sources.max_by_key(|(_, count)| *count) else { continue };
            let total: usize = evidence.get(from).map(|found| found.values().sum()).unwrap_or(0);
            if count >= 2 && count * 4 >= total {
                self.splits.entry(from.clone()).or_default().push(level.clone());
            }
        }
        for (from, more) in &mut self.splits {
            if let Some(main) = self.levels.get(from).filter(|_| !self.decided_levels.0.contains(from)) {
                more.insert(0, main.clone());
            }
        }
        self.splits.retain(|_, parts| parts.len() >= 2);
        for level in old.levels.iter().map(|level| &level.id) {
            if self.levels.contains_key(level)
                || self.splits.contains_key(level)
                || self.decided_levels.0.contains(level)
            {
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

fn is_there(f: &Framework, subject: &Subject) -> bool {
    match subject {
        Subject::None => true,
        Subject::Pillar(id) => f.pillar(id.as_str()).is_some(),
        Subject::Competency(id) => f.competency(id.as_str()).is_some(),
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
