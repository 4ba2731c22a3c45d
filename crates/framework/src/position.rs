//! Where a person stands: per top-level pillar, by the framework's own rules, never as an averaged number.

use crate::{
    ids::{NodeId, StatementId},
    model::{Competency, Framework, Level, Rule, RuleKind, Selector, Statement, Subject, Where},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a person, or two people together, say about one statement.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has had a chance to see it.
    #[default]
    NotObserved,
    /// Not there yet.
    NotYet,
    /// With support, or not every time.
    Developing,
    /// Consistently, without prompting, in normal conditions.
    Meeting,
    /// Meeting, and repeatedly showing what the next level asks for.
    Exceeding,
}

/// A state, and whether enough evidence stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// What is said.
    pub state: State,
    /// Whether the evidence suffices.
    pub supported: bool,
}

/// A point of a scale, as an interval where two views differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointClaim {
    /// The lower of the views.
    pub low: NodeId,
    /// The higher of the views.
    pub high: NodeId,
    /// Whether the evidence suffices.
    pub supported: bool,
}

/// Everything said about one person on one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// About single statements.
    pub statements: BTreeMap<StatementId, Claim>,
    /// About competencies as a whole.
    pub points: BTreeMap<NodeId, PointClaim>,
    /// The archetypes the person chose.
    pub archetypes: BTreeSet<NodeId>,
}

/// Whose level is asked for. The two are never mixed and always labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// Own ratings; unsupported claims count.
    Mine,
    /// What the last signed talk agreed on; unsupported claims do not count.
    Agreed,
}

/// How much has been rated at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Statements with a rating.
    pub rated: usize,
    /// Statements that apply.
    pub applicable: usize,
}

/// A competency that has not reached the point a level asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointShort {
    /// The competency.
    pub competency: NodeId,
    /// The point the person stands at, if any.
    pub has: Option<NodeId>,
    /// The point asked for.
    pub asked: NodeId,
}

/// What is missing for a level in a pillar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Short {
    /// Must statements that are not met.
    pub statements: Vec<StatementId>,
    /// Scale points that are not reached.
    pub points: Vec<PointShort>,
    /// Rules that do not hold.
    pub rules: Vec<NodeId>,
}

impl Short {
    /// Whether nothing is missing.
    pub fn is_nothing(&self) -> bool {
        self.statements.is_empty() && self.points.is_empty() && self.rules.is_empty()
    }
}

/// Where a person stands in one pillar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PillarStanding {
    /// The top-level pillar; none for what belongs to no pillar.
    pub pillar: Option<NodeId>,
    /// The highest level held.
    pub reached: Option<NodeId>,
    /// The level after that.
    pub next: Option<NodeId>,
    /// What is missing for it.
    pub short: Short,
    /// Conditions of the next level that only people can confirm: time and process.
    pub conditions: Vec<NodeId>,
}

/// Where a person stands on a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whose view it is.
    pub view: View,
    /// The highest level held in every pillar.
    pub holds: Option<NodeId>,
    /// Pillar by pillar.
    pub pillars: Vec<PillarStanding>,
    /// Statements rated without enough evidence behind them.
    pub unsupported: Vec<StatementId>,
}

/// Where a person stands on a track, pillar by pillar.
pub fn level_reached(framework: &Framework, track: &str, answers: &Answers, view: View) -> Standing {
    let levels = framework.levels_of(track);
    let person = Person { framework, answers, view };
    let pillars: Vec<PillarStanding> =
        buckets(framework).into_iter().map(|pillar| person.standing(pillar, &levels)).collect();
    let reaches = |pillar: &PillarStanding, level: &Level| {
        let under = |held: &NodeId| framework.up_to(held.as_str()).iter().any(|below| below.id == level.id);
        pillar.reached.as_ref().is_some_and(under)
    };
    let holds = levels
        .iter()
        .rev()
        .find(|level| !pillars.is_empty() && pillars.iter().all(|pillar| reaches(pillar, level)));
    let unsupported = (answers.statements.iter())
        .filter(|(_, claim)| claim.state >= State::Meeting && !claim.supported)
        .map(|(id, _)| id.clone())
        .collect();
    Standing { view, holds: holds.map(|level| level.id.clone()), pillars, unsupported }
}

/// What applies at a level: its coverage is counted over these.
pub fn applicable<'a>(
    framework: &'a Framework,
    level: &str,
    answers: &Answers,
) -> impl Iterator<Item = &'a Statement> {
    framework.everything_at(level).into_iter().filter(|s| s.must && counts_for(s, answers))
}

/// How much of what applies at a level has been rated.
pub fn coverage(framework: &Framework, level: &str, answers: &Answers) -> Coverage {
    let mut out = Coverage::default();
    for statement in applicable(framework, level, answers) {
        out.applicable += 1;
        let state = answers.statements.get(&statement.id).map_or(State::NotObserved, |claim| claim.state);
        out.rated += usize::from(state != State::NotObserved);
    }
    out
}

impl PillarStanding {
    /// The standing in words: "Senior Agile Coach; 2 statements short of Staff Agile Coach in Craft".
    pub fn sentence(&self, framework: &Framework) -> String {
        let name = |id: &NodeId| {
            framework
                .level(id.as_str())
                .map(|level| level.name.clone())
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| id.to_string())
        };
        let held = self
            .reached
            .as_ref()
            .map_or_else(|| "No level yet".to_owned(), |id| format!("Holds {}", name(id)));
        let pillar = self.pillar.as_ref().and_then(|id| framework.pillar(id.as_str()));
        let place = pillar.map(|pillar| format!(" in {}", pillar.name)).unwrap_or_default();
        let Some(next) = &self.next else { return format!("{held}{place}.") };
        let some = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let parts: Vec<String> = [
            some(self.short.statements.len(), "statement", "statements"),
            some(self.short.points.len(), "scale point", "scale points"),
            some(self.short.rules.len(), "rule", "rules"),
        ]
        .into_iter()
        .flatten()
        .collect();
        format!("{held}; {} short of {}{place}.", parts.join(" and "), name(next))
    }
}

/// The top-level pillars, and one more for what belongs to none.
fn buckets(framework: &Framework) -> Vec<Option<&NodeId>> {
    let mut out: Vec<Option<&NodeId>> =
        framework.top_pillars().into_iter().map(|pillar| Some(&pillar.id)).collect();
    let loose = framework.competencies.iter().any(|c| framework.top_pillar(c.id.as_str()).is_none())
        || framework.statements.iter().any(|s| s.must && s.at.subject == Subject::None);
    if loose {
        out.push(None);
    }
    out
}

fn counts_for(statement: &Statement, answers: &Answers) -> bool {
    let only = &statement.only_for.archetypes;
    only.is_empty() || only.iter().any(|archetype| answers.archetypes.contains(archetype))
}

struct Person<'a> {
    framework: &'a Framework,
    answers: &'a Answers,
    view: View,
}

impl<'a> Person<'a> {
    fn standing(&self, pillar: Option<&NodeId>, levels: &[&Level]) -> PillarStanding {
        let mut held: BTreeSet<&NodeId> = BTreeSet::new();
        let mut reached: Option<&Level> = None;
        for level in levels {
            let below = self.framework.up_to(level.id.as_str());
            let stands =
                below.iter().all(|b| b.id == level.id || held.contains(&b.id) || !levels.contains(b));
            if stands && self.says_anything(pillar, level) && self.short_of(pillar, level).is_nothing() {
                held.insert(&level.id);
                reached = Some(level);
            }
        }
        let next = match reached {
            Some(level) => {
                let above = self.framework.next_levels(level.id.as_str());
                above.into_iter().find(|next| next.track == level.track)
            }
            None => levels.first().copied(),
        };
        let short = next.map(|next| self.short_of(pillar, next)).unwrap_or_default();
        let conditions = next
            .map(|next| {
                let rules = self.framework.rules.iter();
                rules
                    .filter(|rule| matches!(rule.kind, RuleKind::TimeInLevel | RuleKind::Process))
                    .filter(|rule| rule.level.as_ref().is_none_or(|level| *level == next.id))
                    .map(|rule| rule.id.clone())
                    .collect()
            })
            .unwrap_or_default();
        PillarStanding {
            pillar: pillar.cloned(),
            reached: reached.map(|level| level.id.clone()),
            next: next.map(|level| level.id.clone()),
            short,
            conditions,
        }
    }

    /// A level that neither it nor any below it asks anything in a pillar cannot be reached there.
    fn says_anything(&self, pillar: Option<&NodeId>, level: &Level) -> bool {
        self.framework.up_to(level.id.as_str()).iter().any(|level| {
            !self.must_at(pillar, level).is_empty()
                || self
                    .framework
                    .asked_at(level.id.as_str())
                    .iter()
                    .any(|asked| self.belongs(asked.competency, pillar))
                || !self.gates(pillar, level).is_empty()
        })
    }

    fn belongs(&self, competency: &Competency, pillar: Option<&NodeId>) -> bool {
        self.framework.top_pillar(competency.id.as_str()).map(|top| &top.id) == pillar
    }

    /// The rules of a level that decide about a pillar.
    fn gates(&self, pillar: Option<&NodeId>, level: &Level) -> Vec<&'a Rule> {
        let rules = self.framework.rules.iter();
        rules
            .filter(|rule| !rule.advisory && !matches!(rule.kind, RuleKind::TimeInLevel | RuleKind::Process))
            .filter(|rule| rule.level.as_ref().is_none_or(|id| *id == level.id))
            .filter(|rule| self.framework.selected(&rule.of).iter().any(|c| self.belongs(c, pillar)))
            .collect()
    }

    /// What is missing for this level alone; the levels below are asked for by themselves.
    fn short_of(&self, pillar: Option<&NodeId>, level: &Level) -> Short {
        let mut short = Short::default();
        let gates = self.gates(pillar, level);
        let asked: Vec<_> = self
            .framework
            .asked_at(level.id.as_str())
            .into_iter()
            .filter(|asked| !asked.requirement.optional && self.belongs(asked.competency, pillar))
            .collect();
        for asked in &asked {
            let competency = asked.competency;
            let Some((need, point)) = self.framework.point_of(competency, asked.requirement.point.as_str())
            else {
                continue;
            };
            let has = self.rank(competency);
            if has.is_none_or(|has| has < need) {
                let missing: Vec<StatementId> = self
                    .point_statements(competency, need)
                    .into_iter()
                    .filter(|s| !self.meets(s))
                    .map(|s| s.id.clone())
                    .collect();
                if missing.is_empty() || self.answers.points.contains_key(&competency.id) {
                    let points = self.framework.scale_of(competency).map(|scale| &scale.points);
                    let has = points.and_then(|points| points.get(has?)).map(|point| point.id.clone());
                    let asked = point.id.clone();
                    short.points.push(PointShort { competency: competency.id.clone(), has, asked });
                } else {
                    short.statements.extend(missing);
                }
            }
        }
        let ruled: BTreeSet<&NodeId> = gates
            .iter()
            .flat_map(|rule| self.framework.selected(&rule.of))
            .map(|competency| &competency.id)
            .collect();
        for statement in self.must_at(pillar, level) {
            let by_rule = matches!(&statement.at.subject, Subject::Competency(id) if ruled.contains(id));
            let by_point = matches!(statement.at.location, Where::Point(_));
            if !by_rule && !by_point && !self.meets(statement) {
                short.statements.push(statement.id.clone());
            }
        }
        short.rules =
            gates.into_iter().filter(|rule| !self.holds(rule, level)).map(|rule| rule.id.clone()).collect();
        short
    }

    fn must_at(&self, pillar: Option<&NodeId>, level: &Level) -> Vec<&'a Statement> {
        let framework = self.framework;
        let mut out: Vec<&Statement> = Vec::new();
        if pillar.is_none() {
            out.extend(framework.general_statements_at(level.id.as_str()));
        }
        for inner in &framework.pillars {
            if framework.top_of(inner.id.as_str()).map(|top| &top.id) == pillar {
                out.extend(framework.pillar_statements_at(inner.id.as_str(), level.id.as_str()));
            }
        }
        for competency in framework.competencies.iter().filter(|competency| self.belongs(competency, pillar))
        {
            out.extend(framework.statements_at(competency.id.as_str(), level.id.as_str()));
        }
        out.retain(|statement| statement.must && counts_for(statement, self.answers));
        let mut seen: BTreeSet<&StatementId> = BTreeSet::new();
        out.retain(|statement| seen.insert(&statement.id));
        out
    }

    fn meets(&self, statement: &Statement) -> bool {
        self.answers.statements.get(&statement.id).is_some_and(|claim| {
            claim.state >= State::Meeting && (self.view == View::Mine || claim.supported)
        })
    }

    /// The must statements of a competency at a point and, on a cumulative scale, below it.
    fn point_statements(&self, competency: &Competency, need: usize) -> Vec<&'a Statement> {
        let cumulative = self.framework.scale_of(competency).is_some_and(|scale| scale.cumulative);
        let counts = |statement: &&Statement| {
            let Where::Point(point) = &statement.at.location else { return false };
            let rank = self.framework.point_of(competency, point.as_str()).map(|(rank, _)| rank);
            statement.at.subject == Subject::Competency(competency.id.clone())
                && statement.must
                && counts_for(statement, self.answers)
                && rank.is_some_and(|rank| if cumulative { rank <= need } else { rank == need })
        };
        self.framework.statements.iter().filter(counts).collect()
    }

    /// The rank of the point a person stands at: as claimed, or as far as the statements of the points carry.
    fn rank(&self, competency: &Competency) -> Option<usize> {
        if let Some(claim) = self.answers.points.get(&competency.id) {
            if self.view == View::Agreed && !claim.supported {
                return None;
            }
            return self.framework.point_of(competency, claim.low.as_str()).map(|(rank, _)| rank);
        }
        let points = self.framework.scale_of(competency)?.points.len();
        let met = |rank: &usize| self.point_statements(competency, *rank).iter().all(|s| self.meets(s));
        let said = |rank: &usize| !self.point_statements(competency, *rank).is_empty();
        (0..points).take_while(met).filter(said).last()
    }

    fn holds(&self, rule: &Rule, level: &Level) -> bool {
        let framework = self.framework;
        let selected = framework.selected(&rule.of);
        let stands = |competency: &&&Competency| match &rule.point {
            Some(point) => {
                let need = framework.point_of(competency, point.as_str()).map(|(rank, _)| rank);
                need.is_some_and(|need| self.rank(competency).is_some_and(|has| has >= need))
            }
            None => self.all_met(competency, level),
        };
        let value = |competency: &Competency| {
            let point =
                self.rank(competency).and_then(|rank| framework.scale_of(competency)?.points.get(rank));
            point.and_then(|point| point.value).unwrap_or(0.0)
        };
        match rule.kind {
            RuleKind::AllOf => selected.iter().all(|c| stands(&c)),
            RuleKind::AtLeastK => {
                let k = rule.k.unwrap_or(1) as usize;
                selected.iter().filter(|c| stands(c)).count() >= k
            }
            RuleKind::MinEach => match rule.min {
                Some(min) if rule.point.is_none() => selected.iter().all(|c| value(c) >= min),
                _ => selected.iter().all(|c| stands(&c)),
            },
            RuleKind::TotalPoints => {
                selected.iter().map(|c| value(c)).sum::<f64>() >= rule.min.unwrap_or(0.0)
            }
            RuleKind::WeightedBand => {
                let weight = |c: &Competency| {
                    let own = rule.weights.get(&c.id);
                    own.or_else(|| rule.weights.get(c.pillar.as_ref()?)).copied().unwrap_or(0.0)
                };
                let total: f64 = selected.iter().map(|c| weight(c)).sum();
                let sum: f64 = selected.iter().map(|c| weight(c) * value(c)).sum();
                total > 0.0 && sum / total + 1e-9 >= rule.min.unwrap_or(0.0)
            }
            RuleKind::Answers => self.answers_hold(rule, &selected, level),
            // Only people can confirm these; they are listed, not computed.
            RuleKind::TimeInLevel | RuleKind::Process => true,
        }
    }

    fn all_met(&self, competency: &Competency, level: &Level) -> bool {
        let at = self.framework.statements_at(competency.id.as_str(), level.id.as_str());
        at.into_iter().filter(|s| s.must && counts_for(s, self.answers)).all(|s| self.meets(s))
    }

    /// None of the answers is "not yet" or missing, and at most `k` are "developing".
    fn answers_hold(&self, rule: &Rule, selected: &[&Competency], level: &Level) -> bool {
        let mut developing = 0;
        for competency in selected {
            let at = match (&rule.point, &rule.of) {
                (Some(point), _) => self.at_point(competency, point),
                (None, Selector::All | Selector::Pillar(_) | Selector::Competency(_)) => {
                    self.framework.statements_at(competency.id.as_str(), level.id.as_str())
                }
            };
            for statement in at.into_iter().filter(|s| s.must && counts_for(s, self.answers)) {
                match self
                    .answers
                    .statements
                    .get(&statement.id)
                    .map_or(State::NotObserved, |claim| claim.state)
                {
                    State::NotObserved | State::NotYet => return false,
                    State::Developing => developing += 1,
                    State::Meeting | State::Exceeding => developing += usize::from(!self.meets(statement)),
                }
            }
        }
        developing <= rule.k.unwrap_or(0) as usize
    }

    fn at_point(&self, competency: &Competency, point: &NodeId) -> Vec<&'a Statement> {
        let subject = Subject::Competency(competency.id.clone());
        let statements = self.framework.statements.iter();
        statements
            .filter(|s| s.at.subject == subject && s.at.location == Where::Point(point.clone()))
            .collect()
    }
}
