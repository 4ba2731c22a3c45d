//! When evidence stands behind a claim: two independent pieces of the last nine months for meeting, three for
//! exceeding, one of them confirmed by somebody else. Two notes about the same day are one piece. No clock.

use std::collections::{BTreeMap, BTreeSet};

use espalier_kernel::Date;
use jiff::ToSpan as _;

use crate::assessment::Answer;

/// A piece of evidence for a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The day it happened.
    pub on: Date,
    /// Whether somebody else confirmed it as it reads.
    pub is_corroborated: bool,
}

/// The first day that counts for a claim made on a day: nine months before.
#[must_use]
pub fn since(day: Date) -> Date {
    day.civil().saturating_sub(9.months()).into()
}

/// The evidence behind the statements of a framework, seen from a day.
#[derive(Debug, Clone, Default)]
pub struct Backing {
    pieces: BTreeMap<String, Vec<Piece>>,
}

/// How much evidence there is for one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Independent pieces: days.
    pub pieces: usize,
    /// How many of them somebody confirmed.
    pub corroborated: usize,
}

impl Amount {
    fn of<'a>(pieces: impl Iterator<Item = &'a Piece>) -> Self {
        let mut days: BTreeMap<Date, bool> = BTreeMap::new();
        for piece in pieces {
            *days.entry(piece.on).or_default() |= piece.is_corroborated;
        }
        Self { pieces: days.len(), corroborated: days.values().filter(|&&is| is).count() }
    }

    /// Whether it is enough for what is said.
    #[must_use]
    pub const fn suffices(self, answer: Answer) -> bool {
        match answer {
            // Who says that they are not there yet needs no proof of it.
            Answer::NotObserved | Answer::NotYet | Answer::Developing => true,
            Answer::Meeting => self.pieces >= 2,
            Answer::Exceeding => self.pieces >= 3 && self.corroborated >= 1,
        }
    }

    /// What is missing for what is said, as people say it.
    #[must_use]
    pub const fn missing(self, answer: Answer) -> &'static str {
        match answer {
            Answer::NotObserved | Answer::NotYet | Answer::Developing => "",
            Answer::Meeting if self.pieces >= 2 => "",
            Answer::Meeting if self.pieces == 1 => "not yet supported: one more piece of evidence is needed",
            Answer::Meeting => "not yet supported: two pieces of evidence of the last nine months are needed",
            Answer::Exceeding if self.suffices(Answer::Exceeding) => "",
            Answer::Exceeding if self.pieces >= 3 => "not yet supported: somebody needs to confirm one piece",
            Answer::Exceeding => {
                "not yet supported: three pieces of evidence of the last nine months are needed, one of them confirmed"
            }
        }
    }
}

impl Backing {
    /// One more piece for a statement.
    pub fn add(&mut self, statement: String, piece: Piece) {
        self.pieces.entry(statement).or_default().push(piece);
    }

    /// How much stands behind a statement.
    #[must_use]
    pub fn of(&self, statement: &str) -> Amount {
        Amount::of(self.pieces.get(statement).into_iter().flatten())
    }

    /// How much stands behind several together: a day counts once.
    #[must_use]
    pub fn of_all(&self, statements: &BTreeSet<&str>) -> Amount {
        let pieces = statements.iter().filter_map(|one| self.pieces.get(*one)).flatten();
        Amount::of(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn amount(pieces: &[(&str, bool)]) -> Amount {
        let mut backing = Backing::default();
        for (on, is_corroborated) in pieces {
            backing.add("s".to_owned(), Piece { on: day(on), is_corroborated: *is_corroborated });
        }
        backing.of("s")
    }

    #[test]
    fn meeting_wants_two_days_and_exceeding_three_with_one_confirmed() {
        let (one, two, three) = ("2026-01-01", "2026-01-02", "2026-01-03");
        assert!(!amount(&[]).suffices(Answer::Meeting));
        assert!(!amount(&[(one, true)]).suffices(Answer::Meeting));
        assert!(amount(&[(one, false), (two, false)]).suffices(Answer::Meeting));
        assert!(!amount(&[(one, true), (two, true)]).suffices(Answer::Exceeding));
        assert!(!amount(&[(one, false), (two, false), (three, false)]).suffices(Answer::Exceeding));
        assert!(amount(&[(one, false), (two, true), (three, false)]).suffices(Answer::Exceeding));
        assert!(amount(&[]).suffices(Answer::Developing));
    }

    #[test]
    fn two_notes_about_one_day_are_one_piece() {
        let same = amount(&[("2026-01-01", false), ("2026-01-01", true)]);
        assert_eq!(same, Amount { pieces: 1, corroborated: 1 });
        assert!(!same.suffices(Answer::Meeting));
    }

    #[test]
    fn nine_months_are_counted_by_the_calendar() {
        assert_eq!(since(day("2026-11-30")), day("2026-02-28"));
        assert_eq!(since(day("2026-03-02")), day("2025-06-02"));
    }

    #[test]
    fn what_is_said_and_what_is_missing_agree() {
        for answer in Answer::ALL {
            for pieces in 0..5 {
                for corroborated in 0..=pieces {
                    let amount = Amount { pieces, corroborated };
                    assert_eq!(amount.suffices(*answer), amount.missing(*answer).is_empty());
                }
            }
        }
    }

    #[test]
    fn a_competency_counts_each_day_of_its_statements_once() {
        let mut backing = Backing::default();
        let piece = |on: &str| Piece { on: day(on), is_corroborated: false };
        backing.add("a".to_owned(), piece("2026-01-01"));
        backing.add("b".to_owned(), piece("2026-01-01"));
        backing.add("b".to_owned(), piece("2026-01-02"));
        backing.add("c".to_owned(), piece("2026-01-03"));
        assert_eq!(backing.of_all(&BTreeSet::from(["a", "b", "x"])).pieces, 2);
    }
}
