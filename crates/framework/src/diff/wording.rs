//! What a change of words amounts to: the same words, a typo, a term replaced everywhere, or another meaning.

use super::{Change, Changed, NodeKind};
use crate::words::folded;
use std::collections::{BTreeMap, BTreeSet};

/// Interned words of a text, sorted, for comparing many texts quickly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bag(Vec<u32>);

/// Gives each word a number.
#[derive(Default)]
pub struct Vocabulary(BTreeMap<String, u32>);

impl Vocabulary {
    pub fn bag(&mut self, text: &str) -> Bag {
        let mut words = Vec::new();
        for word in folded(text).split(' ').filter(|word| !word.is_empty()) {
            let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
            words.push(*self.0.entry(word.to_owned()).or_insert(next));
        }
        words.sort_unstable();
        Bag(words)
    }
}

impl Bag {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// How many words both have.
    pub fn common(&self, other: &Bag) -> usize {
        let (mut a, mut b, mut common) = (0, 0, 0);
        while a < self.0.len() && b < other.0.len() {
            match self.0[a].cmp(&other.0[b]) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    a += 1;
                    b += 1;
                }
            }
        }
        common
    }

    /// Resemblance in thousandths: twice the common words over all words.
    pub fn resemblance(&self, other: &Bag) -> usize {
        let all = self.len() + other.len();
        (2_000 * self.common(other)).checked_div(all).unwrap_or(0)
    }

    /// How much of this one, in thousandths, is in the other.
    pub fn share_in(&self, other: &Bag) -> usize {
        if self.0.is_empty() { 0 } else { 1_000 * self.common(other) / self.len() }
    }

    /// All words of several bags in one.
    pub fn together<'a>(bags: impl IntoIterator<Item = &'a Bag>) -> Bag {
        let mut words: Vec<u32> = bags.into_iter().flat_map(|bag| bag.0.iter().copied()).collect();
        words.sort_unstable();
        Bag(words)
    }
}

/// Whether only spelling, case or punctuation changed.
pub fn is_mended(old: &str, new: &str) -> bool {
    let (old, new) = (folded(old), folded(new));
    if old == new {
        return true;
    }
    let runs = replaced_runs(&old, &new);
    !runs.is_empty() && runs.len() <= 2 && runs.iter().all(|(a, b)| is_typo(a, b))
}

/// A word with a letter or two mended. Short words and numbers mean something else when a letter changes.
fn is_typo(a: &str, b: &str) -> bool {
    let joined = |text: &str| text.replace(' ', "");
    if joined(a) == joined(b) {
        return true;
    }
    let plain = |text: &str| !text.contains(' ') && !text.chars().any(|c| c.is_ascii_digit());
    plain(a) && plain(b) && a.len().min(b.len()) >= 5 && distance(a, b) <= 2
        && a.chars().next() == b.chars().next()
        // A negation is no typo.
        && !b.starts_with("un") && !b.starts_with("in") && !b.starts_with("dis")
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

/// The runs of words that were replaced, old and new, found by the longest common sequence.
fn replaced_runs(old: &str, new: &str) -> Vec<(String, String)> {
    let a: Vec<&str> = old.split(' ').collect();
    let b: Vec<&str> = new.split(' ').collect();
    if a.len() > 400 || b.len() > 400 {
        return vec![(old.to_owned(), new.to_owned())];
    }
    let mut table = vec![vec![0_u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i][j] =
                if a[i] == b[j] { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut from, mut to): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut out = Vec::new();
    let mut flush = |from: &mut Vec<&str>, to: &mut Vec<&str>| {
        if !from.is_empty() || !to.is_empty() {
            out.push((from.join(" "), to.join(" ")));
            from.clear();
            to.clear();
        }
    };
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            flush(&mut from, &mut to);
            i += 1;
            j += 1;
        } else if j >= b.len() || (i < a.len() && table[i + 1][j] >= table[i][j + 1]) {
            from.push(a[i]);
            i += 1;
        } else {
            to.push(b[j]);
            j += 1;
        }
    }
    flush(&mut from, &mut to);
    out
}

/// Marks the changes that only replace a term which was replaced in at least three places.
pub fn mark_replaced_terms(changes: &mut [Changed]) -> Vec<(String, String)> {
    let runs: Vec<Option<Vec<(String, String)>>> = changes
        .iter()
        .map(|changed| {
            // A page or another language does not show what was replaced in the framework itself.
            let is_own = !matches!(changed.kind, NodeKind::Doc | NodeKind::Translation);
            let (old, new) = (changed.old_text.as_deref()?, changed.new_text.as_deref()?);
            (changed.change == Change::Reworded && !changed.editorial && is_own)
                .then(|| replaced_runs(&folded(old), &folded(new)))
        })
        .collect();
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    for runs in runs.iter().flatten() {
        let distinct: BTreeSet<&(String, String)> = runs.iter().collect();
        for (from, to) in distinct {
            let short = |text: &String| !text.is_empty() && text.split(' ').count() <= 3;
            if short(from) && short(to) && !is_weight(from) && !is_weight(to) {
                *seen.entry((from.clone(), to.clone())).or_default() += 1;
            }
        }
    }
    let terms: Vec<(String, String)> =
        seen.into_iter().filter(|(_, count)| *count >= 3).map(|(term, _)| term).collect();
    for (changed, runs) in changes.iter_mut().zip(runs) {
        if let Some(runs) = runs {
            changed.editorial = !runs.is_empty() && runs.iter().all(|run| terms.contains(run));
        }
    }
    terms
}

/// Words that make a demand heavier or lighter: replacing them everywhere changes what is asked.
fn is_weight(run: &str) -> bool {
    run.split(' ').any(|word| {
        word.chars().any(|c| c.is_ascii_digit())
            || matches!(
                word,
                "may"
                    | "might"
                    | "can"
                    | "could"
                    | "should"
                    | "must"
                    | "shall"
                    | "will"
                    | "not"
                    | "never"
                    | "always"
                    | "sometimes"
                    | "often"
                    | "rarely"
                    | "some"
                    | "all"
                    | "any"
                    | "every"
                    | "most"
                    | "few"
                    | "many"
                    | "no"
                    | "with"
                    | "without"
                    | "beginning"
                    | "independently"
                    | "team"
                    | "company"
                    | "organisation"
                    | "organization"
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mending_is_told_from_changing() {
        assert!(is_mended("Writes code.", "writes  code"));
        assert!(is_mended("Contantly innovating", "Constantly innovating"));
        assert!(is_mended("Uses postmortem notes", "Uses post-mortem notes"));
        assert!(!is_mended("Leads 2 teams", "Leads 3 teams"));
        assert!(!is_mended("Is able to lead", "Is unable to lead"));
        assert!(!is_mended("Writes code", "Writes good code"));
    }

    #[test]
    fn replaced_runs_are_found_wherever_they_stand() {
        assert_eq!(
            replaced_runs("writes an rfc and reads an rfc", "writes a proposal and reads a proposal"),
            [("an rfc".to_owned(), "a proposal".to_owned()), ("an rfc".to_owned(), "a proposal".to_owned())]
        );
    }
}
