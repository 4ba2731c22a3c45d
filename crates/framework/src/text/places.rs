//! Headings and the places they name.

use super::attributes::Attributes;
use crate::{
    ids::NodeId,
    model::{Competency, Framework, Subject, Where},
};
use std::collections::BTreeSet;

const ALL: &str = "All levels";
const GENERAL: &str = "General";

fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

fn id(text: Option<&str>) -> Option<NodeId> {
    text.and_then(|text| NodeId::new(text).ok())
}

/// The place a heading names on the page of a competency (or of something else).
pub fn place(
    framework: &Framework,
    competency: Option<&Competency>,
    title: &str,
    attributes: &Attributes,
) -> Result<Where, String> {
    if let Some(level) = id(attributes.get("level")) {
        return Ok(Where::Level(level));
    }
    if let Some(point) = id(attributes.get("point")) {
        return Ok(Where::Point(point));
    }
    if let (Some(from), Some(to)) = (id(attributes.get("from")), id(attributes.get("to"))) {
        return Ok(Where::Path { from, to });
    }
    match attributes.get("place") {
        Some("all") => return Ok(Where::All),
        Some("general") => return Ok(Where::None),
        _ => {}
    }
    let mut found: BTreeSet<Where> = BTreeSet::new();
    if same(title, ALL) {
        found.insert(Where::All);
    }
    if same(title, GENERAL) {
        found.insert(Where::None);
    }
    for level in &framework.levels {
        if same(&level.name, title) || level.id == *title {
            found.insert(Where::Level(level.id.clone()));
        }
    }
    for point in competency.and_then(|c| framework.scale_of(c)).iter().flat_map(|scale| &scale.points) {
        if same(&point.name, title) || point.id == *title {
            found.insert(Where::Point(point.id.clone()));
        }
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => Err(format!(
            "\"{title}\" names more than one level or point. Write {{level=...}} or {{point=...}} after it."
        )),
        (None, _) => Err(format!("No level or scale point is called \"{title}\".")),
    }
}

/// The heading of a place: its name, with a block where the name alone would not find it.
pub fn heading(framework: &Framework, competency: Option<&Competency>, place_to_name: &Where) -> String {
    let mut attributes = Attributes::default();
    let title = match place_to_name {
        Where::None => {
            attributes.push("place", "general");
            GENERAL.to_owned()
        }
        Where::All => {
            attributes.push("place", "all");
            ALL.to_owned()
        }
        Where::Level(level) => {
            attributes.push("level", level.as_str());
            framework.level(level.as_str()).map(|level| level.name.clone()).unwrap_or_default()
        }
        Where::Point(point) => {
            attributes.push("point", point.as_str());
            competency
                .and_then(|competency| framework.point_of(competency, point.as_str()))
                .map(|(_, point)| point.name.clone())
                .unwrap_or_default()
        }
        Where::Path { from, to } => {
            attributes.push("from", from.as_str());
            attributes.push("to", to.as_str());
            format!("From {from} to {to}")
        }
    };
    finished(&title, &attributes, |title| {
        place(framework, competency, title, &Attributes::default()).as_ref() == Ok(place_to_name)
    })
}

/// The subject a heading names on the page of a level.
pub fn subject(framework: &Framework, title: &str, attributes: &Attributes) -> Result<Subject, String> {
    if let Some(competency) = id(attributes.get("competency")) {
        return Ok(Subject::Competency(competency));
    }
    if let Some(pillar) = id(attributes.get("pillar")) {
        return Ok(Subject::Pillar(pillar));
    }
    if attributes.get("place") == Some("general") {
        return Ok(Subject::None);
    }
    let mut found: BTreeSet<Subject> = BTreeSet::new();
    if same(title, GENERAL) {
        found.insert(Subject::None);
    }
    for pillar in &framework.pillars {
        if same(&pillar.name, title) || pillar.id == *title {
            found.insert(Subject::Pillar(pillar.id.clone()));
        }
    }
    for competency in &framework.competencies {
        if same(&competency.name, title) || competency.id == *title {
            found.insert(Subject::Competency(competency.id.clone()));
        }
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(subject), None) => Ok(subject),
        (Some(_), Some(_)) => Err(format!(
            "\"{title}\" names more than one pillar or competency. Write {{competency=...}} or {{pillar=...}} after it."
        )),
        (None, _) => Err(format!("No pillar or competency is called \"{title}\".")),
    }
}

/// The heading of a subject on the page of a level.
pub fn subject_heading(framework: &Framework, about: &Subject) -> String {
    let mut attributes = Attributes::default();
    let title = match about {
        Subject::None => {
            attributes.push("place", "general");
            GENERAL.to_owned()
        }
        Subject::Pillar(id) => {
            attributes.push("pillar", id.as_str());
            framework.pillar(id.as_str()).map(|pillar| pillar.name.clone()).unwrap_or_default()
        }
        Subject::Competency(id) => {
            attributes.push("competency", id.as_str());
            framework.competency(id.as_str()).map(|competency| competency.name.clone()).unwrap_or_default()
        }
    };
    finished(&title, &attributes, |title| {
        subject(framework, title, &Attributes::default()).as_ref() == Ok(about)
    })
}

fn finished(title: &str, attributes: &Attributes, finds_it: impl Fn(&str) -> bool) -> String {
    let odd = title.is_empty() || title.contains(['{', '}', '#']) || title != title.trim();
    if !odd && finds_it(title) {
        return format!("## {title}");
    }
    let id = attributes.pairs.first().map(|(_, value)| value.as_str()).unwrap_or_default();
    let title = if odd { id } else { title };
    format!("## {title} {}", attributes.written())
}
