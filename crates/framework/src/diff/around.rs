//! What happened around what is expected: to the framework's own face, its tracks, its scales and its paths.

use super::{Change, Changed, NodeKind, node_changes::changed, nodes::Maps};
use crate::{
    ids::NodeId,
    model::{Framework, Path, Scale, Track},
    words::folded,
};
use std::collections::BTreeMap;

/// What happened to the framework as a whole, to tracks, points of scales and paths.
pub fn changes(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    let mut out = face(old, new);
    for (before, now) in both(&old.tracks, &new.tracks, |track| &track.id) {
        track(before, now, &mut out);
    }
    for (before, now) in both(&old.scales, &new.scales, |scale| &scale.id) {
        points(before, now, &mut out);
    }
    out.extend(paths(old, new, maps));
    out
}

/// The nodes that are in both, by id.
fn both<'a, T>(
    old: &'a [T],
    new: &'a [T],
    id: impl Fn(&T) -> &NodeId + Copy,
) -> impl Iterator<Item = (&'a T, &'a T)> {
    old.iter().filter_map(move |before| Some((before, new.iter().find(|now| id(now) == id(before))?)))
}

fn face(old: &Framework, new: &Framework) -> Vec<Changed> {
    let id = (old.id.as_str(), new.id.as_str());
    let mut out = Vec::new();
    if old.name != new.name {
        let sides = (Some((id.0, old.name.as_str())), Some((id.1, new.name.as_str())));
        out.push(changed(Change::Renamed, NodeKind::Framework, sides.0, sides.1));
    }
    if folded(&old.summary) != folded(&new.summary) {
        let sides = (Some((id.0, old.summary.as_str())), Some((id.1, new.summary.as_str())));
        out.push(changed(Change::Reworded, NodeKind::Framework, sides.0, sides.1));
    }
    let side = |at, licence: &'_ Option<String>| licence.clone().map(|words| (at, words));
    let (before, now) = (side(id.0, &old.licence), side(id.1, &new.licence));
    let change = match (&before, &now) {
        (Some((_, before)), Some((_, now))) if before == now => None,
        (Some(_), Some(_)) => Some(Change::Reworded),
        (Some(_), None) => Some(Change::Retired),
        (None, Some(_)) => Some(Change::Added),
        (None, None) => None,
    };
    if let Some(change) = change {
        let [before, now] =
            [&before, &now].map(|side| side.as_ref().map(|(id, words)| (*id, words.as_str())));
        let mut licence = changed(change, NodeKind::Licence, before, now);
        // Another licence is never a slip of the pen.
        licence.editorial = false;
        out.push(licence);
    }
    out
}

fn track(before: &Track, now: &Track, out: &mut Vec<Changed>) {
    let id = before.id.as_str();
    if folded(&before.summary) != folded(&now.summary) {
        let sides = (Some((id, before.summary.as_str())), Some((id, now.summary.as_str())));
        let mut change = changed(Change::Reworded, NodeKind::Track, sides.0, sides.1);
        change.subject.clone_from(&now.name);
        out.push(change);
    }
    if before.parent != now.parent {
        let sides = (Some((id, before.name.as_str())), Some((id, now.name.as_str())));
        out.push(changed(Change::Moved, NodeKind::Track, sides.0, sides.1));
    }
}

/// What happened to the points of a scale; which comes after which is told once for the scale.
fn points(before: &Scale, now: &Scale, out: &mut Vec<Changed>) {
    let name = if now.name.is_empty() { now.id.as_str() } else { now.name.as_str() };
    let called = |id: &NodeId, name: &str| if name.is_empty() { id.to_string() } else { name.to_owned() };
    let mut tell = |change, old: Option<(&NodeId, &str)>, new: Option<(&NodeId, &str)>| {
        let addressed = |(id, words)| (format!("{}/{id}", now.id), words);
        let sides = [old, new].map(|side| side.map(addressed));
        let [old, new] = sides.each_ref().map(|side| side.as_ref().map(|(id, words)| (id.as_str(), *words)));
        let mut change = changed(change, NodeKind::Point, old, new);
        change.subject = name.to_owned();
        out.push(change);
    };
    for point in &before.points {
        let was = called(&point.id, &point.name);
        let Some(other) = now.points.iter().find(|other| other.id == point.id) else {
            tell(Change::Retired, Some((&point.id, &was)), None);
            continue;
        };
        let is = called(&other.id, &other.name);
        if was != is {
            tell(Change::Renamed, Some((&point.id, &was)), Some((&other.id, &is)));
        }
        if folded(&point.summary) != folded(&other.summary) {
            tell(Change::Reworded, Some((&point.id, &point.summary)), Some((&other.id, &other.summary)));
        }
    }
    for point in now.points.iter().filter(|point| !before.points.iter().any(|was| was.id == point.id)) {
        tell(Change::Added, None, Some((&point.id, &called(&point.id, &point.name))));
    }
    let shared = |of: &Scale, with: &Scale| -> Vec<NodeId> {
        let is_in = |id: &NodeId| with.points.iter().any(|point| point.id == *id);
        of.points.iter().map(|point| point.id.clone()).filter(is_in).collect()
    };
    if shared(before, now) != shared(now, before) {
        let order = |scale: &Scale| {
            scale.points.iter().map(|point| called(&point.id, &point.name)).collect::<Vec<_>>().join(" < ")
        };
        let (was, is) = (order(before), order(now));
        let sides = (Some((now.id.as_str(), was.as_str())), Some((now.id.as_str(), is.as_str())));
        let mut change = changed(Change::Moved, NodeKind::Scale, sides.0, sides.1);
        change.subject = name.to_owned();
        out.push(change);
    }
}

/// Which level follows which. Steps between levels that came or went are told with those.
fn paths(old: &Framework, new: &Framework, maps: &Maps) -> Vec<Changed> {
    type Steps<'a> = BTreeMap<(NodeId, NodeId), &'a Path>;
    let key = |path: &Path| (path.from.clone(), path.to.clone());
    let news: Steps<'_> = new.paths.iter().map(|path| (key(path), path)).collect();
    let id = |(from, to): &(NodeId, NodeId)| format!("{from}/{to}");
    let name = |f: &Framework, id: &NodeId| {
        let name = f.level(id.as_str()).map(|level| level.name.clone()).unwrap_or_default();
        if name.is_empty() { id.to_string() } else { name }
    };
    let words = |f: &Framework, path: &Path| {
        let kind = path.kind.words();
        let (from, to) = (name(f, &path.from), name(f, &path.to));
        let step = format!("from {from} to {to}, {kind}");
        if path.text.is_empty() { step } else { format!("{step}: {}", path.text) }
    };
    let mut out = Vec::new();
    let mut known = Vec::new();
    for path in &old.paths {
        let (Some(from), Some(to)) = (maps.level(&path.from), maps.level(&path.to)) else { continue };
        let (was, now_key) = (words(old, path), (from.clone(), to.clone()));
        let old_id = id(&key(path));
        match news.get(&now_key) {
            Some(now) => {
                if path.kind != now.kind || folded(&path.text) != folded(&now.text) {
                    let (is, new_id) = (words(new, now), id(&now_key));
                    let sides = (Some((old_id.as_str(), was.as_str())), Some((new_id.as_str(), is.as_str())));
                    out.push(changed(Change::Reworded, NodeKind::Path, sides.0, sides.1));
                }
                known.push(now_key);
            }
            // Two levels that became one have no step between them.
            None if from == to => {}
            None => out.push(changed(Change::Retired, NodeKind::Path, Some((&old_id, &was)), None)),
        }
    }
    let is_old = |level: &NodeId| old.levels.iter().any(|before| maps.level(&before.id) == Some(level));
    for (key, path) in &news {
        if !known.contains(key) && is_old(&key.0) && is_old(&key.1) {
            out.push(changed(Change::Added, NodeKind::Path, None, Some((&id(key), &words(new, path)))));
        }
    }
    out
}
