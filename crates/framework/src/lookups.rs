//! Questions a framework answers about itself.

use crate::{
    ids::NodeId,
    model::{
        Competency, Framework, Level, PathKind, Pillar, Point, Requirement, Scale, Selector, Statement,
        Subject, Track, Where,
    },
    words,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a level asks for in one competency, with the selectors resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked<'a> {
    /// The competency asked about.
    pub competency: &'a Competency,
    /// The requirement that asks.
    pub requirement: &'a Requirement,
}

impl Framework {
    /// An empty first draft.
    pub fn new(id: NodeId, name: impl Into<String>) -> Framework {
        Framework {
            id,
            name: name.into(),
            locale: "en".into(),
            version: "0.1.0".into(),
            ..Framework::default()
        }
    }

    /// The track with this id.
    pub fn track(&self, id: &str) -> Option<&Track> {
        self.tracks.iter().find(|track| track.id == *id)
    }

    /// The level with this id.
    pub fn level(&self, id: &str) -> Option<&Level> {
        self.levels.iter().find(|level| level.id == *id)
    }

    /// The pillar with this id.
    pub fn pillar(&self, id: &str) -> Option<&Pillar> {
        self.pillars.iter().find(|pillar| pillar.id == *id)
    }

    /// The competency with this id.
    pub fn competency(&self, id: &str) -> Option<&Competency> {
        self.competencies.iter().find(|competency| competency.id == *id)
    }

    /// The scale with this id.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|scale| scale.id == *id)
    }

    /// The statement with this id.
    pub fn statement(&self, id: &str) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.id == *id)
    }

    /// The scale a competency is measured on.
    pub fn scale_of(&self, competency: &Competency) -> Option<&Scale> {
        competency.scale.as_ref().and_then(|id| self.scale(id.as_str()))
    }

    /// The levels of a track, from the first to the last: by paths where there are any, else by rank, else as
    /// they are listed.
    pub fn levels_of(&self, track: &str) -> Vec<&Level> {
        let mine: Vec<&Level> =
            self.levels.iter().filter(|level| level.track.as_ref().is_some_and(|id| id == track)).collect();
        self.in_order(mine)
    }

    /// The ids of a track's levels, lowest first.
    pub fn level_order(&self, track: &str) -> Vec<NodeId> {
        self.levels_of(track).into_iter().map(|level| level.id.clone()).collect()
    }

    /// All levels, lowest first within their tracks; levels without a track come last.
    pub fn all_levels(&self) -> Vec<&Level> {
        let mut out: Vec<&Level> =
            self.tracks.iter().flat_map(|track| self.levels_of(track.id.as_str())).collect();
        let known: BTreeSet<&str> = self.tracks.iter().map(|track| track.id.as_str()).collect();
        let loose = self
            .levels
            .iter()
            .filter(|level| level.track.as_ref().is_none_or(|track| !known.contains(track.as_str())));
        out.extend(self.in_order(loose.collect()));
        out
    }

    /// A stable topological order: a level comes after all that lead up to it.
    fn in_order<'a>(&'a self, mut levels: Vec<&'a Level>) -> Vec<&'a Level> {
        levels.sort_by_key(|level| level.rank.unwrap_or(i64::MAX));
        let inside: BTreeSet<&str> = levels.iter().map(|level| level.id.as_str()).collect();
        let mut below: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for path in self.paths.iter().filter(|path| path.kind == PathKind::Promotion && path.from != path.to)
        {
            if inside.contains(path.from.as_str()) && inside.contains(path.to.as_str()) {
                below.entry(path.to.as_str()).or_default().insert(path.from.as_str());
            }
        }
        let mut placed: Vec<&Level> = Vec::with_capacity(levels.len());
        let mut done: BTreeSet<&str> = BTreeSet::new();
        while !levels.is_empty() {
            // A circle of paths is a mistake that the checks report; here it must only not hang.
            let next = levels
                .iter()
                .position(|level| {
                    below.get(level.id.as_str()).is_none_or(|ids| ids.iter().all(|id| done.contains(id)))
                })
                .unwrap_or(0);
            let level = levels.remove(next);
            done.insert(level.id.as_str());
            placed.push(level);
        }
        placed
    }

    /// The level and all below it, lowest first. Paths decide; without any, the order of the track does.
    pub fn up_to(&self, level: &str) -> Vec<&Level> {
        let Some(top) = self.level(level) else { return Vec::new() };
        let mut seen: BTreeSet<&str> = BTreeSet::from([top.id.as_str()]);
        let mut open = vec![top.id.as_str()];
        while let Some(id) = open.pop() {
            for path in self.paths.iter().filter(|path| path.kind == PathKind::Promotion && path.to == *id) {
                if seen.insert(path.from.as_str()) {
                    open.push(path.from.as_str());
                }
            }
        }
        if seen.len() > 1 || self.paths.iter().any(|path| path.from == *level) {
            return self.all_levels().into_iter().filter(|level| seen.contains(level.id.as_str())).collect();
        }
        let peers = match &top.track {
            Some(track) => self.levels_of(track.as_str()),
            None => self.all_levels().into_iter().filter(|level| level.track.is_none()).collect(),
        };
        let end = peers.iter().position(|peer| peer.id == top.id).unwrap_or(0);
        peers.into_iter().take(end + 1).collect()
    }

    /// The levels directly above a level.
    pub fn next_levels(&self, level: &str) -> Vec<&Level> {
        let by_path: Vec<&Level> = self
            .paths
            .iter()
            .filter(|path| path.kind == PathKind::Promotion && path.from == *level)
            .filter_map(|path| self.level(path.to.as_str()))
            .collect();
        if !by_path.is_empty() {
            return by_path;
        }
        let Some(track) = self.level(level).and_then(|level| level.track.as_ref()) else { return Vec::new() };
        let peers = self.levels_of(track.as_str());
        let at = peers.iter().position(|peer| peer.id == *level);
        at.and_then(|at| peers.get(at + 1).copied()).into_iter().collect()
    }

    /// The outermost pillar around a competency.
    pub fn top_pillar(&self, competency: &str) -> Option<&Pillar> {
        self.top_of(self.competency(competency)?.pillar.as_ref()?.as_str())
    }

    /// The outermost pillar around a pillar; itself when nothing is around it.
    pub fn top_of(&self, pillar: &str) -> Option<&Pillar> {
        let mut at = self.pillar(pillar)?;
        // Never longer than there are pillars, so that a circle cannot hang it.
        for _ in 0..self.pillars.len() {
            match at.parent.as_ref().and_then(|parent| self.pillar(parent.as_str())) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        Some(at)
    }

    /// The pillars that stand inside no other.
    pub fn top_pillars(&self) -> Vec<&Pillar> {
        self.pillars.iter().filter(|pillar| pillar.parent.is_none()).collect()
    }

    /// Whether `pillar` is `outer` or stands inside it.
    pub fn is_within(&self, pillar: &str, outer: &str) -> bool {
        let mut at = self.pillar(pillar);
        for _ in 0..=self.pillars.len() {
            match at {
                Some(here) if here.id == *outer => return true,
                Some(here) => at = here.parent.as_ref().and_then(|parent| self.pillar(parent.as_str())),
                None => return false,
            }
        }
        false
    }

    /// The competencies a selector means.
    pub fn selected(&self, selector: &Selector) -> Vec<&Competency> {
        self.competencies.iter().filter(|competency| self.selects(selector, competency)).collect()
    }

    /// Whether a selector means this competency.
    pub fn selects(&self, selector: &Selector, competency: &Competency) -> bool {
        match selector {
            Selector::All => true,
            Selector::Competency(id) => competency.id == *id,
            Selector::Pillar(outer) => competency
                .pillar
                .as_ref()
                .is_some_and(|pillar| pillar == outer || self.is_within(pillar.as_str(), outer.as_str())),
        }
    }

    /// What a level asks for, competency by competency. Where several requirements speak of the same
    /// competency, the one that names it most closely counts.
    pub fn asked_at(&self, level: &str) -> Vec<Asked<'_>> {
        let at: Vec<&Requirement> = self.requirements.iter().filter(|r| r.level == *level).collect();
        self.competencies
            .iter()
            .filter_map(|competency| {
                at.iter()
                    .filter(|r| self.selects(&r.of, competency))
                    .max_by_key(|r| closeness(&r.of))
                    .map(|requirement| Asked { competency, requirement })
            })
            .collect()
    }

    /// The point of its scale a level asks for in a competency, with its rank.
    pub fn asked_point(&self, level: &str, competency: &str) -> Option<(usize, &Point)> {
        let competency = self.competency(competency)?;
        let asked = (self.requirements.iter())
            .filter(|requirement| requirement.level == *level && self.selects(&requirement.of, competency))
            .max_by_key(|requirement| closeness(&requirement.of))?;
        self.point_of(competency, asked.point.as_str())
    }

    /// A point of a competency's scale, with its rank.
    pub fn point_of(&self, competency: &Competency, point: &str) -> Option<(usize, &Point)> {
        self.scale_of(competency)?.points.iter().enumerate().find(|(_, candidate)| candidate.id == *point)
    }

    /// The competency and those it inherits from, nearest first.
    fn lineage(&self, competency: &str) -> Vec<&Competency> {
        let mut out: Vec<&Competency> = Vec::new();
        let mut at = self.competency(competency);
        while let Some(here) = at {
            if out.iter().any(|seen| seen.id == here.id) {
                break;
            }
            out.push(here);
            at = here.inherits.as_ref().and_then(|id| self.competency(id.as_str()));
        }
        out
    }

    /// What is said about a competency at a level: there, at all levels, at the scale points the level asks
    /// for, and by the competency it inherits from at a level of the same rank.
    pub fn statements_at(&self, competency: &str, level: &str) -> Vec<&Statement> {
        let lineage = self.lineage(competency);
        let rank = self.level(level).and_then(|level| level.rank);
        self.statements
            .iter()
            .filter(|statement| {
                let Subject::Competency(subject) = &statement.at.subject else { return false };
                let Some(depth) = lineage.iter().position(|member| member.id == *subject) else {
                    return false;
                };
                let here = match &statement.at.location {
                    Where::All => true,
                    Where::Level(id) if depth == 0 => id == level,
                    Where::Level(id) => {
                        id == level
                            || (rank.is_some()
                                && self.level(id.as_str()).and_then(|level| level.rank) == rank)
                    }
                    Where::Point(point) => self.point_counts(level, lineage[depth], point.as_str()),
                    Where::Path { to, .. } => to == level,
                    Where::None => false,
                };
                here && self.counts_on(statement, level)
            })
            .collect()
    }

    fn point_counts(&self, level: &str, competency: &Competency, point: &str) -> bool {
        let Some((asked, _)) = self.asked_point(level, competency.id.as_str()) else { return false };
        let cumulative = self.scale_of(competency).is_some_and(|scale| scale.cumulative);
        match self.point_of(competency, point) {
            Some((rank, _)) if cumulative => rank <= asked,
            Some((rank, _)) => rank == asked,
            None => false,
        }
    }

    fn counts_on(&self, statement: &Statement, level: &str) -> bool {
        statement.only_for.tracks.is_empty()
            || self
                .level(level)
                .and_then(|level| level.track.as_ref())
                .is_none_or(|track| statement.only_for.tracks.contains(track))
    }

    /// What is said about a pillar itself at a level, competencies aside.
    pub fn pillar_statements_at(&self, pillar: &str, level: &str) -> Vec<&Statement> {
        self.said_at(level, |subject| matches!(subject, Subject::Pillar(id) if id == pillar))
    }

    /// What is said about a level as a whole.
    pub fn general_statements_at(&self, level: &str) -> Vec<&Statement> {
        self.said_at(level, |subject| *subject == Subject::None)
    }

    fn said_at(&self, level: &str, about: impl Fn(&Subject) -> bool) -> Vec<&Statement> {
        self.statements
            .iter()
            .filter(|statement| about(&statement.at.subject))
            .filter(|statement| match &statement.at.location {
                Where::All => true,
                Where::Level(id) => id == level,
                Where::Path { to, .. } => to == level,
                Where::Point(_) | Where::None => false,
            })
            .filter(|statement| self.counts_on(statement, level))
            .collect()
    }

    /// Everything said at a level, whatever it is about.
    pub fn everything_at(&self, level: &str) -> Vec<&Statement> {
        let mut out = self.general_statements_at(level);
        for pillar in &self.pillars {
            out.extend(self.pillar_statements_at(pillar.id.as_str(), level));
        }
        for competency in &self.competencies {
            for statement in self.statements_at(competency.id.as_str(), level) {
                if !out.iter().any(|seen| seen.id == statement.id) {
                    out.push(statement);
                }
            }
        }
        out
    }

    /// What explains a statement: its examples, signals and questions.
    pub fn children_of(&self, statement: &str) -> Vec<&Statement> {
        self.statements.iter().filter(|s| s.parent.as_ref().is_some_and(|p| p == statement)).collect()
    }

    /// The languages this framework can be read in, its own first.
    pub fn locales(&self) -> Vec<&str> {
        let mut out = vec![self.locale.as_str()];
        out.extend(self.translations.iter().map(|translation| translation.locale.as_str()));
        out
    }

    /// This version as one canonical JSON text: the same content always gives the same bytes.
    pub fn canonical_json(&self) -> String {
        let tidy = self.clone().tidied();
        let value = serde_json::to_value(&tidy).unwrap_or_default();
        sorted(value).to_string()
    }

    /// The SHA-256 digest of the canonical JSON, in hexadecimal.
    pub fn digest(&self) -> String {
        words::digest(&self.canonical_json())
    }
}

/// How closely a selector names what it means.
fn closeness(of: &Selector) -> u8 {
    match of {
        Selector::All => 0,
        Selector::Pillar(_) => 1,
        Selector::Competency(_) => 2,
    }
}

fn sorted(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(map) => {
            let tree: BTreeMap<String, serde_json::Value> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            serde_json::Value::Object(tree.into_iter().collect())
        }
        serde_json::Value::Array(items) => serde_json::Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
