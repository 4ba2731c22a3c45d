//! Things side by side: two levels, and the shapes of archetypes.

use std::collections::HashSet;

use askama::Template;
use axum::routing::get;
use espalier_charts::{Chart, Heading, Radar, Scale, Series, Value};
use espalier_framework::{Archetype, Emphasis, Framework};
use espalier_web::{Door, Doors, Frame, Page, Path, Query, WebError};

use crate::library::Copy;
use crate::matrix::{Line, competency_name, levels_of, title};
use crate::pages::{Cover, PartsOfPillar, Reading, parts_at, take, track_of};
use crate::prose;
use crate::queries::VersionState;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/frameworks/{framework}/compare", get(show_comparison))
        .route("/frameworks/{framework}/archetypes", get(show_archetypes))
}

#[derive(Debug)]
struct Contrast {
    name: String,
    asked: Option<(String, String)>,
    new: Vec<Line>,
    same: Vec<Line>,
    gone: Vec<Line>,
}

#[derive(Debug, Template)]
#[template(path = "compare.html")]
struct ComparisonPage {
    frame: Frame,
    cover: Cover,
    levels: Vec<(String, String)>,
    from: String,
    to: String,
    from_name: String,
    to_name: String,
    contrasts: Vec<Contrast>,
}

async fn show_comparison(
    mut door: Door,
    Path(framework): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Page<ComparisonPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let framework = copy.framework();
    let frame = door.frame("What is new at the next level", "frameworks");
    let track = track_of(framework, &reading.track);
    let all = levels_of(framework, &track);
    let or = |asked: &str, otherwise: usize| {
        framework.level(asked).or_else(|| all.get(otherwise).copied()).or_else(|| all.last().copied())
    };
    let (Some(from), Some(to)) = (or(&reading.from, 0), or(&reading.to, 1)) else {
        return Err(WebError::NotFound);
    };
    let contrasts = contrasts(&copy, from.id.as_str(), to.id.as_str());
    let levels =
        framework.all_levels().into_iter().map(|level| (level.id.to_string(), title(level))).collect();
    Ok(Page(ComparisonPage {
        frame,
        levels,
        from: from.id.to_string(),
        to: to.id.to_string(),
        from_name: title(from),
        to_name: title(to),
        contrasts,
        cover: Cover::new(&copy, &reading, "compare"),
    }))
}

fn contrasts(copy: &Copy, from: &str, to: &str) -> Vec<Contrast> {
    let before = parts_at(copy, from);
    let parts = |pillars: &[PartsOfPillar], id: &str, name: &str| -> (Option<String>, Vec<Line>) {
        pillars
            .iter()
            .flat_map(|pillar| &pillar.parts)
            .find(|part| part.id == id && part.name == name && !id.is_empty())
            .map(|part| (part.cell.asked.clone(), part.cell.lines.clone()))
            .unwrap_or_default()
    };
    let mut out = Vec::new();
    for pillar in parts_at(copy, to) {
        for part in pillar.parts {
            let (asked_before, lines_before) = parts(&before, &part.id, &part.name);
            // The same words count as the same, whatever their ids: some frameworks repeat themselves level by level.
            let known: HashSet<&str> = lines_before.iter().map(|line| line.html.as_str()).collect();
            let here: HashSet<String> = part.cell.lines.iter().map(|line| line.html.clone()).collect();
            let (same, new): (Vec<Line>, Vec<Line>) =
                part.cell.lines.into_iter().partition(|line| known.contains(line.html.as_str()));
            let gone: Vec<Line> =
                lines_before.iter().filter(|line| !here.contains(&line.html)).cloned().collect();
            let asked = match (asked_before, part.cell.asked) {
                (before, Some(now)) if before.as_ref() != Some(&now) => {
                    Some((before.unwrap_or_else(|| "nothing".to_owned()), now))
                }
                _ => None,
            };
            let name = if part.name.is_empty() { pillar.name.clone() } else { part.name };
            out.push(Contrast { name, asked, new, same, gone });
        }
    }
    out
}

#[derive(Debug)]
struct Shape {
    name: String,
    text: String,
    levels: Vec<String>,
    chart: Option<Chart>,
}

#[derive(Debug, Template)]
#[template(path = "archetypes.html")]
struct ArchetypesPage {
    frame: Frame,
    cover: Cover,
    shapes: Vec<Shape>,
}

async fn show_archetypes(
    mut door: Door,
    Path(framework): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Page<ArchetypesPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let framework = copy.framework();
    let frame = door.frame("Archetypes", "frameworks");
    let shapes = framework
        .archetypes
        .iter()
        .map(|archetype| Shape {
            name: archetype.name.clone(),
            text: prose::page(&archetype.text),
            levels: archetype
                .levels
                .iter()
                .filter_map(|id| framework.level(id.as_str()))
                .map(title)
                .collect(),
            chart: target_chart(framework, archetype),
        })
        .collect();
    Ok(Page(ArchetypesPage { frame, shapes, cover: Cover::new(&copy, &reading, "archetypes") }))
}

/// An archetype as a shape over its craft areas, where they share a scale and are three to eight.
fn target_chart(framework: &Framework, archetype: &Archetype) -> Option<Chart> {
    let areas = areas_of(framework);
    let scale = areas.first().and_then(|area| framework.scale_of(area))?;
    let values = areas
        .iter()
        .map(|area| match archetype.emphasis.get(&area.id) {
            Some(Emphasis::Point(point)) => framework
                .point_of(area, point.as_str())
                .map_or(Value::Unknown, |(rank, _)| Value::Known(rank)),
            // A weight says how heavily an area counts, not which step is aimed at.
            Some(Emphasis::Weight(_)) => Value::Unknown,
            None => Value::Nothing,
        })
        .collect();
    Radar {
        heading: Heading::new(format!("shape-{}", archetype.id), archetype.name.clone()),
        scale: Scale::new(scale.points.iter().map(|point| point.name.clone())).ok()?,
        axes: areas.iter().map(|area| competency_name(area).to_owned()).collect(),
        series: vec![Series { name: archetype.name.clone(), values }],
    }
    .draw()
    .ok()
}

/// The craft areas that archetypes speak of: the competencies some archetype aims at, on the scale of the first.
#[must_use]
pub fn areas_of(framework: &Framework) -> Vec<&espalier_framework::Competency> {
    let mut areas: Vec<_> = framework
        .competencies
        .iter()
        .filter(|area| framework.archetypes.iter().any(|archetype| archetype.emphasis.contains_key(&area.id)))
        .collect();
    let scale = areas.first().and_then(|area| area.scale.clone());
    areas.retain(|area| area.scale == scale && scale.is_some());
    areas
}
