//! The scale points an area is written in.

use super::{
    areas::{Shape, shape},
    blocks::{Cell, Kind, Section, bare, lead, sounds_like_level},
};
use crate::words::folded;
use std::collections::{BTreeMap, BTreeSet};

/// The steps that the areas below a section share: titles that stand in at least two of them, if half of them sound
/// like levels. Not every step does: "Engineer" stands between "Junior engineer" and "Senior engineer".
pub fn shared_steps(parent: &Section) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for area in parent.sections.iter().filter(|area| !sounds_like_level(&area.title)) {
        let titles: BTreeSet<String> = area.sections.iter().map(|sub| folded(&sub.title)).collect();
        for title in titles {
            *seen.entry(title).or_default() += 1;
        }
    }
    let steps: BTreeSet<String> =
        seen.into_iter().filter(|(_, count)| *count >= 2).map(|(title, _)| title).collect();
    let like_levels = steps.iter().filter(|title| sounds_like_level(title)).count();
    if like_levels >= 2 && like_levels * 2 >= steps.len() { steps } else { BTreeSet::new() }
}

/// A scale point with the texts that stand at it.
pub struct Points {
    pub name: String,
    pub texts: Vec<(usize, String)>,
}

/// The points of an area: a list of bold names, a table whose head names points, or sub-headings that sound like levels.
pub fn points_of(area: &Section, steps: &BTreeSet<String>) -> Option<Vec<Points>> {
    let top: Vec<&str> = area.bullets().collect();
    let leads: Vec<(&str, &str)> = top.iter().filter_map(|text| lead(text)).collect();
    // "**Name**: words", at least three of them and nothing else, below a heading that is no level itself.
    if leads.len() >= 3
        && leads.len() == top.len()
        && area.sections.is_empty()
        && !sounds_like_level(&area.title)
    {
        return Some(
            leads
                .into_iter()
                .map(|(name, words)| Points { name: bare(name), texts: vec![(0, words.to_owned())] })
                .collect(),
        );
    }
    for table in area.tables() {
        let head = table.rows.first()?;
        if head.len() >= 2 && table.rows.len() >= 2 && matches!(shape(table), Shape::Columns) {
            let points = head.iter().enumerate().map(|(at, cell)| {
                let mut texts = Vec::new();
                for cell in
                    table.rows[1..].iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_spanned)
                {
                    texts.extend(cell.texts.iter().map(|text| (0, text.clone())));
                    texts.extend(cell.items.iter().cloned());
                }
                Points { name: cell.name(), texts }
            });
            return Some(points.collect());
        }
    }
    let subs = &area.sections;
    let is_step = |sub: &Section| steps.contains(&folded(&sub.title)) || sounds_like_level(&sub.title);
    if subs.len() >= 2
        && subs.iter().all(is_step)
        && !sounds_like_level(&area.title)
        && subs.iter().all(|sub| sub.sections.is_empty())
    {
        let points = subs.iter().map(|sub| {
            let texts = sub.blocks.iter().filter_map(|block| match &block.kind {
                Kind::Bullet { depth, text } => Some((*depth, text.clone())),
                Kind::Para(text) | Kind::Quote(text) | Kind::Raw(text) => Some((0, text.clone())),
                Kind::Table(table) => {
                    Some((0, table.rows.iter().flatten().map(Cell::text).collect::<Vec<_>>().join(" | ")))
                }
                Kind::Heading { .. } => None,
            });
            Points { name: bare(&sub.title), texts: texts.collect() }
        });
        return Some(points.collect());
    }
    None
}
