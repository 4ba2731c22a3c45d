//! What happened to archetypes' profiles and to titles.

use super::{Change, Changed, NodeKind, node_changes::changed, nodes::Maps};
use crate::{
    ids::NodeId,
    model::{Archetype, Band, Emphasis, Framework, Subject},
};

/// What archetypes aim at, from which level, in which words; and what levels and rules are called.
pub fn changes(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    let mut out = Vec::new();
    for before in &old.archetypes {
        if let Some(now) = new.archetypes.iter().find(|now| now.id == before.id) {
            profile(old, new, maps, (before, now), &mut out);
        }
    }
    bands(old, new, maps, &mut out);
    out
}

fn profile(
    old: &Framework,
    new: &Framework,
    maps: &Maps,
    (before, now): (&Archetype, &Archetype),
    out: &mut Vec<Changed>,
) {
    if before.text != now.text {
        let sides = (Some((before.id.as_str(), &*before.text)), Some((now.id.as_str(), &*now.text)));
        out.push(changed(Change::Reworded, NodeKind::Archetype, sides.0, sides.1));
    }
    let mapped: Vec<&NodeId> = before.levels.iter().map(|id| maps.level(id).unwrap_or(id)).collect();
    if mapped.iter().any(|id| !now.levels.contains(id)) || now.levels.iter().any(|id| !mapped.contains(&id)) {
        let (from, to) = (levels_in_words(old, &before.levels), levels_in_words(new, &now.levels));
        let sides = (Some((before.id.as_str(), from.as_str())), Some((now.id.as_str(), to.as_str())));
        let mut change = changed(Change::Moved, NodeKind::Archetype, sides.0, sides.1);
        change.subject.clone_from(&now.name);
        out.push(change);
    }
    let area_now = |area: &NodeId| match maps.subjects.get(&Subject::Competency(area.clone())) {
        Some(Subject::Competency(to)) => to.clone(),
        _ => area.clone(),
    };
    let id_in = |archetype: &Archetype, area: &NodeId| format!("{}/{area}", archetype.id);
    for (area, aim) in &before.emphasis {
        let to = area_now(area);
        let from_words = aim_in_words(old, area, aim);
        let from_id = id_in(before, area);
        let from = Some((from_id.as_str(), from_words.as_str()));
        let mut change = match now.emphasis.get(&to) {
            Some(other) if other == aim => continue,
            Some(other) => {
                let (id, words) = (id_in(now, &to), aim_in_words(new, &to, other));
                changed(Change::Moved, NodeKind::Emphasis, from, Some((&id, &words)))
            }
            None => changed(Change::Retired, NodeKind::Emphasis, from, None),
        };
        change.subject = place(new, now, &to);
        out.push(change);
    }
    let known: Vec<NodeId> = before.emphasis.keys().map(area_now).collect();
    for (area, aim) in now.emphasis.iter().filter(|(area, _)| !known.contains(area)) {
        let (id, words) = (id_in(now, area), aim_in_words(new, area, aim));
        let mut change = changed(Change::Added, NodeKind::Emphasis, None, Some((&id, &words)));
        change.subject = place(new, now, area);
        out.push(change);
    }
}

fn place(framework: &Framework, archetype: &Archetype, area: &NodeId) -> String {
    let name =
        framework.competency(area.as_str()).map(|one| one.name.as_str()).filter(|name| !name.is_empty());
    format!("{} of {}", name.unwrap_or(area.as_str()), archetype.name)
}

fn aim_in_words(framework: &Framework, area: &NodeId, aim: &Emphasis) -> String {
    match aim {
        Emphasis::Weight(weight) => format!("weight {weight}"),
        Emphasis::Point(point) => framework
            .competency(area.as_str())
            .and_then(|competency| framework.point_of(competency, point.as_str()))
            .map(|(_, point)| point.name.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| point.to_string()),
    }
}

fn levels_in_words(framework: &Framework, levels: &[NodeId]) -> String {
    let names: Vec<&str> = levels
        .iter()
        .map(|id| framework.level(id.as_str()).map_or(id.as_str(), |level| level.name.as_str()))
        .collect();
    if names.is_empty() { "any level".to_owned() } else { names.join(", ") }
}

fn bands(old: &Framework, new: &Framework, maps: &Maps, out: &mut Vec<Changed>) {
    for before in &old.bands {
        let id = before.id.as_str();
        let Some(now) = new.bands.iter().find(|now| now.id == before.id) else {
            out.push(changed(Change::Retired, NodeKind::Band, Some((id, &before.name)), None));
            continue;
        };
        if before.name != now.name {
            let sides = (Some((id, &*before.name)), Some((id, &*now.name)));
            out.push(changed(Change::Renamed, NodeKind::Band, sides.0, sides.1));
        }
        let level = before.level.as_ref().map(|level| maps.level(level).unwrap_or(level));
        if level != now.level.as_ref() || before.rule != now.rule || before.grade != now.grade {
            let (from, to) = (yields(old, before), yields(new, now));
            out.push(changed(Change::Moved, NodeKind::Band, Some((id, &from)), Some((id, &to))));
        }
    }
    for band in new.bands.iter().filter(|band| !old.bands.iter().any(|other| other.id == band.id)) {
        out.push(changed(Change::Added, NodeKind::Band, None, Some((band.id.as_str(), &band.name))));
    }
}

/// A title with what yields it: "Lead (Senior, grade 7)".
fn yields(framework: &Framework, band: &Band) -> String {
    let level = band
        .level
        .as_ref()
        .map(|id| framework.level(id.as_str()).map_or_else(|| id.to_string(), |level| level.name.clone()));
    let rule = band.rule.as_ref().map(|id| format!("rule {id}"));
    let grade = band.grade.as_ref().map(|grade| format!("grade {grade}"));
    let by: Vec<String> = [level, rule, grade].into_iter().flatten().collect();
    if by.is_empty() { band.name.clone() } else { format!("{} ({})", band.name, by.join(", ")) }
}
