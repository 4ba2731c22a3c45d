//! Which statement of one version is which of the other: by id, then by words; what only resembles is a suggestion.

use super::{
    Bump, Change, Changed,
    decided::Step,
    kind_of, level_of,
    nodes::Maps,
    subject_name,
    wording::{Bag, Vocabulary, is_mended},
};
use crate::{
    ids::StatementId,
    model::{Framework, Statement, Where},
    words::folded,
};
use std::collections::{BTreeMap, BTreeSet};

/// Resemblance, in thousandths, from which a rewording is suggested.
const ALIKE: usize = 640;

/// What belongs to what.
#[derive(Default)]
pub struct Matched {
    /// By id or by words.
    pub pairs: BTreeMap<StatementId, StatementId>,
    /// By resemblance.
    pub suggested: BTreeMap<StatementId, StatementId>,
    pub splits: BTreeMap<StatementId, Vec<StatementId>>,
    pub merges: BTreeMap<StatementId, Vec<StatementId>>,
    /// Old statements of which a person has said what became of them.
    pub decided: BTreeSet<StatementId>,
    /// New statements of which a person has said where they come from.
    pub known: BTreeSet<StatementId>,
}

/// Pairs as a person decided, then by id, then by the same words.
pub fn matched(old: &Framework, new: &Framework, steps: &[Step]) -> Matched {
    let mut matched = Matched::default();
    let mut free: BTreeMap<&StatementId, &Statement> = new.statements.iter().map(|s| (&s.id, s)).collect();
    for step in steps {
        let known = |f: &Framework, ids: &[String]| -> Vec<StatementId> {
            ids.iter().filter_map(|id| f.statement(id)).map(|statement| statement.id.clone()).collect()
        };
        let (from, to) = (known(old, &step.from), known(new, &step.to));
        match (from.as_slice(), to.as_slice()) {
            ([one], [other]) if !step.is_merge => {
                matched.pairs.insert(one.clone(), other.clone());
            }
            ([one], [_, _, ..]) => {
                matched.splits.insert(one.clone(), to.clone());
            }
            ([_, ..], [into]) => matched.merges.entry(into.clone()).or_default().extend(from.clone()),
            _ => {}
        }
        for id in &to {
            free.remove(id);
        }
        matched.known.extend(to);
        matched.decided.extend(from);
    }
    for statement in old.statements.iter().filter(|s| !matched.decided.contains(&s.id)) {
        if free.remove(&statement.id).is_some() {
            matched.pairs.insert(statement.id.clone(), statement.id.clone());
        }
    }
    let mut by_words: BTreeMap<(bool, String), Vec<&Statement>> = BTreeMap::new();
    for statement in new.statements.iter().filter(|s| free.contains_key(&s.id)) {
        by_words.entry((statement.parent.is_some(), folded(&statement.text))).or_default().push(statement);
    }
    let open: Vec<&Statement> = (old.statements.iter())
        .filter(|s| !matched.pairs.contains_key(&s.id) && !matched.decided.contains(&s.id))
        .collect();
    // First those in the very same place, then any other: the same words often stand in several places.
    for same_place in [true, false] {
        for statement in &open {
            if matched.pairs.contains_key(&statement.id) {
                continue;
            }
            let key = (statement.parent.is_some(), folded(&statement.text));
            let Some(candidates) = by_words.get_mut(&key) else { continue };
            let nearest = candidates
                .iter()
                .enumerate()
                .filter(|(_, other)| !same_place || other.at == statement.at)
                .max_by_key(|(at, other)| {
                    let subject = other.at.subject == statement.at.subject;
                    let location = other.at.location == statement.at.location;
                    (location, subject, std::cmp::Reverse(*at))
                })
                .map(|(at, _)| at);
            if let Some(at) = nearest {
                let other = candidates.remove(at);
                matched.pairs.insert(statement.id.clone(), other.id.clone());
            }
        }
    }
    matched
}

/// Whether two statements could be one, and if so whether subject and level agree.
type Near<'a> = dyn Fn(&Statement, &Statement) -> Option<(bool, bool)> + 'a;

struct Open<'a> {
    statement: &'a Statement,
    bag: Bag,
    used: bool,
}

/// Suggests what was split, merged and reworded among what is left.
pub fn resembling(old: &Framework, new: &Framework, maps: &Maps, matched: &mut Matched) {
    let mut vocabulary = Vocabulary::default();
    let taken: BTreeSet<&StatementId> = matched.pairs.values().collect();
    let mut open = |f: &'_ Framework, known: &dyn Fn(&StatementId) -> bool| -> Vec<(usize, Bag)> {
        (f.statements.iter().enumerate())
            .filter(|(_, s)| !known(&s.id))
            .map(|(at, s)| (at, vocabulary.bag(&s.text)))
            .collect()
    };
    let olds = open(old, &|id| matched.pairs.contains_key(id) || matched.decided.contains(id));
    let news = open(new, &|id| taken.contains(id) || matched.known.contains(id));
    let mut olds: Vec<Open> =
        olds.into_iter().map(|(at, bag)| Open { statement: &old.statements[at], bag, used: false }).collect();
    let mut news: Vec<Open> =
        news.into_iter().map(|(at, bag)| Open { statement: &new.statements[at], bag, used: false }).collect();
    let near = |a: &Statement, b: &Statement| {
        let subject = maps.subjects.get(&a.at.subject) == Some(&b.at.subject);
        let level = match (&a.at.location, &b.at.location) {
            (Where::Level(a), Where::Level(b)) => maps.became(a, b),
            (a, b) => a == b,
        };
        (a.parent.is_some() == b.parent.is_some()).then_some((subject, level))
    };
    parts(&mut olds, &mut news, &|a, b| near(a, b), &mut matched.splits);
    parts(&mut news, &mut olds, &|a, b| near(b, a), &mut matched.merges);
    let mut alike: Vec<(usize, (bool, bool), usize, usize)> = Vec::new();
    for (i, a) in olds.iter().enumerate().filter(|(_, open)| !open.used) {
        for (j, b) in news.iter().enumerate().filter(|(_, open)| !open.used) {
            let (short, long) = (a.bag.len().min(b.bag.len()), a.bag.len().max(b.bag.len()));
            if short * 2 < long || long < 3 {
                continue;
            }
            let resemblance = a.bag.resemblance(&b.bag);
            if resemblance >= ALIKE
                && let Some(place) = near(a.statement, b.statement)
            {
                alike.push((resemblance, place, i, j));
            }
        }
    }
    alike.sort_by(|a, b| (b.0, b.1, a.2, a.3).cmp(&(a.0, a.1, b.2, b.3)));
    for (_, _, i, j) in alike {
        if !olds[i].used && !news[j].used {
            olds[i].used = true;
            news[j].used = true;
            matched.suggested.insert(olds[i].statement.id.clone(), news[j].statement.id.clone());
        }
    }
}

/// Finds the whole whose words are the words of several parts beside each other.
fn parts(
    wholes: &mut [Open<'_>],
    pieces: &mut [Open<'_>],
    near: &Near<'_>,
    out: &mut BTreeMap<StatementId, Vec<StatementId>>,
) {
    for whole in wholes.iter_mut().filter(|whole| !whole.used && whole.bag.len() >= 8) {
        let mut found: Vec<usize> = Vec::new();
        for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| !piece.used) {
            let fits = piece.bag.len() >= 3
                && piece.bag.len() * 10 <= whole.bag.len() * 8
                && piece.bag.share_in(&whole.bag) >= 800
                && near(whole.statement, piece.statement) == Some((true, true));
            if fits {
                found.push(at);
            }
        }
        let together = Bag::together(found.iter().map(|at| &pieces[*at].bag));
        if found.len() >= 2 && found.len() <= 6 && whole.bag.share_in(&together) >= 700 {
            whole.used = true;
            for at in &found {
                pieces[*at].used = true;
            }
            out.insert(
                whole.statement.id.clone(),
                found.iter().map(|at| pieces[*at].statement.id.clone()).collect(),
            );
        }
    }
}

/// What happened to the statements.
pub fn changes(old: &Framework, new: &Framework, maps: &Maps, matched: &Matched) -> Vec<Changed> {
    let mut out = Vec::new();
    let olds: BTreeMap<&StatementId, &Statement> = old.statements.iter().map(|s| (&s.id, s)).collect();
    let news: BTreeMap<&StatementId, &Statement> = new.statements.iter().map(|s| (&s.id, s)).collect();
    let merged: BTreeSet<&StatementId> = matched.merges.values().flatten().collect();
    for statement in &old.statements {
        let id = &statement.id;
        let suggested = matched.suggested.contains_key(id);
        if let Some(other) =
            matched.pairs.get(id).or_else(|| matched.suggested.get(id)).and_then(|id| news.get(id))
        {
            let mut change = said(old, new, Some(statement), Some(other));
            change.suggested = suggested;
            let (moved, reworded) = (has_moved(maps, statement, other), statement.text != other.text);
            let asked = statement.must != other.must || differs(&statement.proficiency, &other.proficiency);
            if reworded || (asked && !moved) {
                let mut change = change.clone();
                change.change = Change::Reworded;
                if !reworded {
                    let note = |s: &Statement| {
                        format!(
                            "{} ({}{})",
                            s.text,
                            if s.must { "must" } else { "may" },
                            s.proficiency.as_ref().map(|p| format!(", {p}")).unwrap_or_default()
                        )
                    };
                    change.old_text = Some(note(statement));
                    change.new_text = Some(note(other));
                } else if !asked {
                    change.editorial = is_mended(&statement.text, &other.text);
                }
                out.push(change);
            }
            if moved {
                change.change = Change::Moved;
                out.push(change);
            }
        } else if let Some(parts) = matched.splits.get(id) {
            for part in parts.iter().filter_map(|id| news.get(id).copied()) {
                let mut change = said(old, new, Some(statement), Some(part));
                change.change = Change::Split;
                change.suggested = !matched.decided.contains(id);
                out.push(change);
            }
        } else if !merged.contains(id) {
            let mut change = said(old, new, Some(statement), None);
            change.change = Change::Retired;
            out.push(change);
        }
    }
    for (whole, parts) in &matched.merges {
        for part in parts.iter().filter_map(|id| olds.get(id).copied()) {
            let mut change = said(old, new, Some(part), news.get(whole).copied());
            change.change = Change::Merged;
            change.suggested = !matched.decided.contains(&part.id);
            out.push(change);
        }
    }
    let known: BTreeSet<&StatementId> = (matched.pairs.values())
        .chain(matched.suggested.values())
        .chain(matched.splits.values().flatten())
        .chain(matched.merges.keys())
        .collect();
    for statement in new.statements.iter().filter(|statement| !known.contains(&statement.id)) {
        out.push(said(old, new, None, Some(statement)));
    }
    out
}

/// A proficiency that was not named before is told with its scale, not once for each statement.
fn differs(old: &Option<String>, new: &Option<String>) -> bool {
    matches!((old, new), (Some(old), Some(new)) if old != new)
}

fn has_moved(maps: &Maps, old: &Statement, new: &Statement) -> bool {
    // What explains a statement moves with it.
    if old.parent.is_some() && new.parent.is_some() {
        return false;
    }
    let subject = maps.subjects.get(&old.at.subject) != Some(&new.at.subject);
    let location = match (&old.at.location, &new.at.location) {
        (Where::Level(a), Where::Level(b)) => !maps.became(a, b),
        (Where::Path { from: a, to: b }, Where::Path { from: c, to: d }) => {
            !maps.became(a, c) || !maps.became(b, d)
        }
        (a, b) => a != b,
    };
    subject || location
}

fn said(old: &Framework, new: &Framework, before: Option<&Statement>, now: Option<&Statement>) -> Changed {
    let shown = now.or(before);
    let subject = match (now, before) {
        (Some(now), _) => subject_name(new, &now.at.subject),
        (None, Some(before)) => subject_name(old, &before.at.subject),
        (None, None) => String::new(),
    };
    Changed {
        change: Change::Added,
        kind: shown.map_or(super::NodeKind::Statement, kind_of),
        old_id: before.map(|s| s.id.to_string()),
        new_id: now.map(|s| s.id.to_string()),
        old_text: before.map(|s| s.text.clone()),
        new_text: now.map(|s| s.text.clone()),
        old_level: before.and_then(|s| level_of(&s.at)),
        new_level: now.and_then(|s| level_of(&s.at)),
        subject,
        editorial: false,
        suggested: false,
        asks: Bump::None,
        level_names: Default::default(),
    }
}
