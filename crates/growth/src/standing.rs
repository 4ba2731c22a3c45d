//! Where somebody stands, as charts and sentences: from what they said, by the framework's own rules. No averages.

use std::collections::BTreeMap;

use espalier_charts::{Chart, DotStrip, Heading, Pillar, Radar, Row, Scale, Series, Support, Value};
use espalier_framework::archetypes::{self, Held, Ranking};
use espalier_framework::position::{
    Answers, Claim, Coverage, PointClaim, Standing, View, coverage, level_reached,
};
use espalier_framework::{Emphasis, Framework, NodeId, StatementId};
use espalier_governance::beside::areas_of;
use espalier_governance::matrix::{competency_name, title};

use crate::assessment::Answer;
use crate::evidence::claims::of_competency;
use crate::queries::{AssessmentLine, Said};

/// What was said, as positions are computed from it, and whether evidence stands behind it. A point of a scale rests on
/// the evidence for the statements of its competency.
#[must_use]
pub fn answers(framework: &Framework, said: &Said) -> Answers {
    let mut answers = Answers::default();
    for row in &said.answers {
        if let Ok(id) = StatementId::new(row.statement.clone()) {
            let supported = said.behind.of(&row.statement).suffices(row.state);
            answers.statements.insert(id, Claim { state: row.state.state(), supported });
        }
    }
    for (competency, low, high) in &said.points {
        if let (Ok(competency), Ok(low), Ok(high)) =
            (NodeId::new(competency.clone()), NodeId::new(low.clone()), NodeId::new(high.clone()))
        {
            let statements = of_competency(framework, competency.as_str());
            let supported = said.behind.of_all(&statements).suffices(Answer::Meeting);
            answers.points.insert(competency, PointClaim { low, high, supported });
        }
    }
    answers.archetypes = said.archetypes.iter().filter_map(|id| NodeId::new(id.clone()).ok()).collect();
    answers
}

/// Where somebody stands.
#[derive(Debug)]
pub struct Position {
    /// How much of the level was rated.
    pub coverage: Coverage,
    /// The level held in every pillar, by name.
    pub holds: Option<String>,
    /// How many claims of meeting or more have enough evidence.
    pub supported: usize,
    /// How many such claims there are.
    pub claims: usize,
    /// Pillar by pillar: name, sentence, what is missing.
    pub pillars: Vec<PillarView>,
    /// The profile over pillars.
    pub profile: Option<Chart>,
    /// The craft areas against the archetype aimed at.
    pub craft: Option<Chart>,
    /// Archetypes by how far away they are.
    pub shapes: Vec<ShapeView>,
    /// Whether one is clearly closest.
    pub is_clear: bool,
}

/// One pillar of a position.
#[derive(Debug)]
pub struct PillarView {
    /// What people call it.
    pub name: String,
    /// Where one stands in it.
    pub sentence: String,
    /// The statements that are missing for the next level.
    pub missing: Vec<String>,
    /// The scale points that are missing.
    pub points: Vec<String>,
    /// Conditions that only people can confirm.
    pub conditions: Vec<String>,
}

/// How far one is from an archetype.
#[derive(Debug)]
pub struct ShapeView {
    /// What people call it.
    pub name: String,
    /// "1 to 5 steps short, 1 area not assessed".
    pub sentence: String,
    /// Whether it was chosen.
    pub is_chosen: bool,
    /// Whether it is among the nearest.
    pub is_nearest: bool,
    /// Area by area: name, steps short in words, steps beyond.
    pub areas: Vec<(String, String, usize)>,
}

/// Where somebody stands by one assessment.
#[must_use]
pub fn position(framework: &Framework, line: &AssessmentLine, said: &Said) -> Position {
    let answers = answers(framework, said);
    let backed = level_reached(framework, &line.track, &answers, View::Agreed);
    let standing = level_reached(framework, &line.track, &answers, View::Mine);
    let met = espalier_framework::position::State::Meeting;
    let claims = answers.statements.values().filter(|claim| claim.state >= met);
    let held = held_areas(framework, &answers);
    let ranking = archetypes::ranking(framework, &held);
    Position {
        supported: claims.clone().filter(|claim| claim.supported).count(),
        claims: claims.count(),
        coverage: coverage(framework, &line.level, &answers),
        holds: standing.holds.as_ref().and_then(|id| framework.level(id.as_str())).map(title),
        profile: profile(
            framework,
            line,
            (&standing, &backed),
            said.answers.is_empty() && said.points.is_empty(),
        ),
        craft: craft(framework, &answers, &held),
        pillars: standing.pillars.iter().map(|pillar| pillar_view(framework, pillar)).collect(),
        is_clear: ranking.is_clear(),
        shapes: shapes(framework, &answers, &ranking),
    }
}

fn pillar_name(framework: &Framework, id: Option<&NodeId>) -> String {
    id.and_then(|id| framework.pillar(id.as_str()))
        .map_or_else(|| "In general".to_owned(), |one| one.name.clone())
}

fn pillar_view(framework: &Framework, standing: &espalier_framework::position::PillarStanding) -> PillarView {
    let rule_text = |id: &NodeId| {
        let rule = framework.rules.iter().find(|rule| rule.id == *id);
        rule.map(|rule| rule.text.clone()).filter(|text| !text.is_empty()).unwrap_or_else(|| id.to_string())
    };
    let points = standing.short.points.iter().map(|short| {
        let competency = framework.competency(short.competency.as_str());
        let name = competency.map_or(short.competency.as_str(), competency_name);
        let point = |id: &NodeId| {
            competency
                .and_then(|one| framework.point_of(one, id.as_str()))
                .map_or_else(|| id.to_string(), |(_, point)| point.name.clone())
        };
        match &short.has {
            Some(has) => {
                format!("{name}: {} is asked for, you see yourself at {}", point(&short.asked), point(has))
            }
            None => format!("{name}: {} is asked for, you have not said where you are", point(&short.asked)),
        }
    });
    PillarView {
        name: pillar_name(framework, standing.pillar.as_ref()),
        sentence: standing.sentence(framework),
        missing: standing
            .short
            .statements
            .iter()
            .filter_map(|id| framework.statement(id.as_str()))
            .map(|statement| statement.text.clone())
            .collect(),
        points: points.chain(standing.short.rules.iter().map(rule_text)).collect(),
        conditions: standing.conditions.iter().map(rule_text).collect(),
    }
}

/// The level reached pillar by pillar, beside the level looked at. What nobody said is drawn as unknown.
fn profile(
    framework: &Framework,
    line: &AssessmentLine,
    (standing, backed): (&Standing, &Standing),
    nothing_said: bool,
) -> Option<Chart> {
    let levels = espalier_governance::matrix::levels_of(framework, &line.track);
    let place = |id: &str| levels.iter().position(|level| level.id.as_str() == id);
    let rows = standing
        .pillars
        .iter()
        .map(|pillar| Row {
            area: pillar_name(framework, pillar.pillar.as_ref()),
            reached: match pillar.reached.as_ref().and_then(|id| place(id.as_str())) {
                Some(place) => Value::Known(place + 1),
                None if nothing_said => Value::Unknown,
                None => Value::Known(0),
            },
            // Drawn full only where evidence alone reaches the same level.
            support: if pillar.reached.is_none() {
                Support::NotNeeded
            } else if backed
                .pillars
                .iter()
                .any(|one| one.pillar == pillar.pillar && one.reached == pillar.reached)
            {
                Support::Evidence
            } else {
                Support::ClaimOnly
            },
            target: place(&line.level).map(|place| place + 1),
        })
        .collect();
    DotStrip {
        heading: Heading::new("profile", "Level reached, pillar by pillar"),
        // Below the first level stands a step of its own: holding none yet is known, having said nothing is not.
        scale: Scale::new(
            std::iter::once("None yet".to_owned()).chain(levels.iter().map(|level| title(level))),
        )
        .ok()?,
        pillars: vec![Pillar { name: String::new(), rows }],
    }
    .draw()
    .ok()
}

/// Where somebody sees themselves in the craft areas, as ranks from 1.
fn held_areas(framework: &Framework, answers: &Answers) -> BTreeMap<NodeId, Held> {
    areas_of(framework)
        .into_iter()
        .filter_map(|area| {
            let claim = answers.points.get(&area.id)?;
            let (low, _) = framework.point_of(area, claim.low.as_str())?;
            let (high, _) = framework.point_of(area, claim.high.as_str())?;
            Some((area.id.clone(), Held { low: low + 1, high: high + 1 }))
        })
        .collect()
}

fn craft(framework: &Framework, answers: &Answers, held: &BTreeMap<NodeId, Held>) -> Option<Chart> {
    let areas = areas_of(framework);
    let scale = areas.first().and_then(|area| framework.scale_of(area))?;
    let mine = areas
        .iter()
        .map(|area| match held.get(&area.id) {
            None => Value::Unknown,
            Some(held) if held.low == held.high => Value::Known(held.low - 1),
            Some(held) => Value::Between(held.low - 1, held.high - 1),
        })
        .collect();
    let mut series = vec![Series { name: "You".to_owned(), values: mine }];
    let chosen = framework.archetypes.iter().filter(|one| answers.archetypes.contains(&one.id)).take(2);
    for archetype in chosen {
        let values = areas
            .iter()
            .map(|area| match archetype.emphasis.get(&area.id) {
                Some(Emphasis::Point(point)) => framework
                    .point_of(area, point.as_str())
                    .map_or(Value::Unknown, |(place, _)| Value::Known(place)),
                Some(Emphasis::Weight(_)) => Value::Unknown,
                None => Value::Nothing,
            })
            .collect();
        series.push(Series { name: archetype.name.clone(), values });
    }
    Radar {
        heading: Heading::new("craft", "Craft areas"),
        scale: Scale::new(scale.points.iter().map(|point| point.name.clone())).ok()?,
        axes: areas.iter().map(|area| competency_name(area).to_owned()).collect(),
        series,
    }
    .draw()
    .ok()
}

fn shapes(framework: &Framework, answers: &Answers, ranking: &Ranking) -> Vec<ShapeView> {
    ranking
        .order
        .iter()
        .map(|distance| {
            let archetype = framework.archetypes.iter().find(|one| one.id == distance.archetype);
            let areas = distance.areas.iter().map(|area| {
                let name = framework.competency(area.competency.as_str());
                let name = name.map_or(area.competency.as_str(), competency_name).to_owned();
                let short = match (area.held, area.short.low, area.short.high) {
                    (None, _, _) => "not assessed".to_owned(),
                    (Some(_), 0, 0) => "there".to_owned(),
                    (Some(_), low, high) if low == high => {
                        espalier_web::count_of(low, "step short", "steps short")
                    }
                    (Some(_), low, high) => format!("{low} to {high} steps short"),
                };
                (name, short, area.surplus)
            });
            ShapeView {
                name: archetype.map_or_else(|| distance.archetype.to_string(), |one| one.name.clone()),
                sentence: distance.sentence(),
                is_chosen: answers.archetypes.contains(&distance.archetype),
                is_nearest: ranking.nearest.contains(&distance.archetype),
                areas: areas.collect(),
            }
        })
        .collect()
}
