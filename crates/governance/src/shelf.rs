//! Versions as they are read: parsed once, with their Markdown rendered. Published text never changes, so a parsed
//! version may be kept in memory under its digest without any process knowing more than another.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use espalier_framework::diff::Diff;
use espalier_framework::{Framework, Keeping, StatementId};
use espalier_kernel::folded;

use crate::prose;

/// One version in one language, ready to be read.
#[derive(Debug)]
pub struct Edition {
    /// The words.
    pub framework: Framework,
    /// The language they are in.
    pub locale: String,
    /// The languages it can be read in.
    pub locales: Vec<String>,
    /// How many texts lag behind the original, and how many were never translated.
    pub stale: usize,
    /// How many texts were never translated.
    pub missing: usize,
    html: HashMap<StatementId, Line>,
}

#[derive(Debug)]
struct Line {
    html: String,
    searched: String,
    is_stale: bool,
}

impl Edition {
    fn new(original: &Framework, locale: &str) -> Self {
        let translated = original.text_in(locale);
        let html = translated
            .framework
            .statements
            .iter()
            .map(|statement| {
                let keeping = translated.keeping(&format!("statement/{}", statement.id), "text");
                let line = Line {
                    html: prose::line(&statement.text),
                    searched: folded(&statement.text),
                    is_stale: keeping == Keeping::Stale,
                };
                (statement.id.clone(), line)
            })
            .collect();
        Self {
            locale: translated.framework.locale.clone(),
            locales: original.locales().into_iter().map(str::to_owned).collect(),
            stale: translated.count(Keeping::Stale),
            missing: translated.count(Keeping::Missing),
            framework: translated.framework,
            html,
        }
    }

    /// A statement as safe HTML.
    #[must_use]
    pub fn html(&self, id: &StatementId) -> &str {
        self.html.get(id).map(|line| line.html.as_str()).unwrap_or_default()
    }

    /// Whether a statement's translation lags behind the original.
    #[must_use]
    pub fn is_stale(&self, id: &StatementId) -> bool {
        self.html.get(id).is_some_and(|line| line.is_stale)
    }

    /// The statements in which all words stand, in the order of the framework.
    #[must_use]
    pub fn search(&self, typed: &str, most: usize) -> Vec<&espalier_framework::Statement> {
        let typed = folded(typed);
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.is_empty() {
            return Vec::new();
        }
        self.framework
            .statements
            .iter()
            .filter(|statement| {
                let line = self.html.get(&statement.id);
                line.is_some_and(|line| words.iter().all(|word| line.searched.contains(word)))
            })
            .take(most)
            .collect()
    }
}

/// How many editions are kept. A framework of 500 statements takes about half a megabyte.
const KEPT: usize = 24;

/// How many differences are kept.
const DIFFS_KEPT: usize = 8;

/// Two digests and the difference between their texts.
type Compared = ((String, String), Arc<Diff>);

#[derive(Default)]
struct Shelf {
    editions: Vec<((String, String), Arc<Edition>)>,
    diffs: Vec<Compared>,
}

static SHELF: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);

/// An edition that is on the shelf.
#[must_use]
pub fn find(digest: &str, locale: &str) -> Option<Arc<Edition>> {
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    let place = shelf.editions.iter().position(|((d, l), _)| d == digest && l == locale)?;
    // What was read last stands last, and what was not read for longest goes first.
    let found = shelf.editions.remove(place);
    let edition = found.1.clone();
    shelf.editions.push(found);
    Some(edition)
}

/// Puts an edition in a language on the shelf, under the word by which it was asked for.
#[must_use]
pub fn put(digest: &str, asked: &str, original: &Framework, locale: &str) -> Arc<Edition> {
    let edition = Arc::new(Edition::new(original, locale));
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    if shelf.editions.len() >= KEPT {
        shelf.editions.remove(0);
    }
    shelf.editions.push(((digest.to_owned(), asked.to_owned()), edition.clone()));
    edition
}

/// What changed between two versions, computed once for each pair of digests.
#[must_use]
pub fn diff(digests: &(String, String), old: &Framework, new: &Framework) -> Arc<Diff> {
    let find =
        |shelf: &Shelf| shelf.diffs.iter().find(|(key, _)| key == digests).map(|(_, diff)| diff.clone());
    if let Some(found) = find(&SHELF.lock().unwrap_or_else(PoisonError::into_inner)) {
        return found;
    }
    // Nobody else waits for the shelf meanwhile.
    let diff = Arc::new(espalier_framework::diff::diff(old, new));
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    if find(&shelf).is_none() {
        if shelf.diffs.len() >= DIFFS_KEPT {
            shelf.diffs.remove(0);
        }
        shelf.diffs.push((digests.clone(), diff.clone()));
    }
    diff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_finds_all_words_without_accents_or_capitals() {
        let sample = espalier_framework::sample();
        let edition = Edition::new(&sample, &sample.locale);
        let some = sample.statements.iter().find(|statement| statement.text.len() > 20).unwrap();
        let typed: String =
            some.text.to_uppercase().split_whitespace().take(3).collect::<Vec<_>>().join("  ");
        assert!(edition.search(&typed, 50).iter().any(|found| found.id == some.id));
        assert!(edition.search("", 50).is_empty());
        assert!(edition.search("qqqqqq", 50).is_empty());
    }
}
