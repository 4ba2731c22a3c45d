//! Goals with an outcome that can be measured: from where, to where, by when, and what was measured on the way. No
//! clock, no database.
//!
//! What it never does: rank goals, add them up, or show them to anybody whom their owner did not choose.

pub mod access;
pub mod actions;
pub mod api;
pub mod demo;
pub mod keeping;
pub mod pages;
pub mod queries;

use espalier_access::State;
use espalier_kernel::{Date, id, words};

id! {
    /// A goal.
    pub struct GoalId;
}

words! {
    /// Where a goal stands.
    pub enum GoalState {
        /// Somebody works on it.
        Open = "open",
        /// It is over, and stays readable.
        Ended = "ended",
    }
}

impl GoalState {
    /// How the rules call it.
    #[must_use]
    pub const fn access(self) -> State {
        match self {
            Self::Open => State::Open,
            Self::Ended => State::Ended,
        }
    }
}

/// The longest text of one field.
pub const LONGEST: usize = 10_000;
/// The longest title or measure.
pub const LONGEST_LINE: usize = 300;
/// The most goals that are open at once.
pub const MOST_OPEN: usize = 20;

/// Why something cannot be done with a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is over.
    #[error("This goal is closed and stays as it is.")]
    Over,
    /// No number.
    #[error("Write a number, such as 12 or 3.5.")]
    NoNumber,
    /// A day to come.
    #[error("This day has not come yet. Choose the day on which you measured.")]
    NotYet,
    /// No outcome.
    #[error("Choose how it ended.")]
    NoOutcome,
    /// Too long.
    #[error("Use at most 10,000 characters.")]
    TooLong,
    /// Too many.
    #[error("Twenty goals are open. Close one before you write another.")]
    TooMany,
}

/// A number as somebody types it, with a point or a comma; kept as they wrote it.
#[must_use]
pub fn number_of(typed: &str) -> Option<f64> {
    let typed = typed.trim().replace(',', ".");
    let is_plain = !typed.is_empty()
        && typed.len() <= 20
        && typed.trim_start_matches(['-', '−']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    typed.replace('−', "-").parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

/// A goal as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What should come of it.
    pub title: String,
    /// Why, and for whom.
    pub why: String,
    /// What is measured.
    pub measure: String,
    /// Where it stands at the beginning.
    pub from_value: String,
    /// Where it should stand.
    pub to_value: String,
    /// By when.
    pub by_on: Date,
}

impl Written {
    /// What is wrong with it: field and sentence. A day that was kept stays.
    #[must_use]
    pub fn wrong(&self, before: Option<Date>, today: Date) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        if self.title.trim().is_empty() {
            wrong.push(("title", "Write what should come of it."));
        }
        if self.measure.trim().is_empty() {
            wrong.push(("measure", "Write what you measure."));
        }
        for (field, text) in [("title", &self.title), ("measure", &self.measure)] {
            if text.chars().count() > LONGEST_LINE {
                wrong.push((field, "Use at most 300 characters."));
            }
        }
        if self.why.chars().count() > LONGEST {
            wrong.push(("why", "Use at most 10,000 characters."));
        }
        for (field, text) in [("from_value", &self.from_value), ("to_value", &self.to_value)] {
            if number_of(text).is_none() {
                wrong.push((field, "Write a number, such as 12 or 3.5."));
            }
        }
        if number_of(&self.from_value).is_some() && number_of(&self.from_value) == number_of(&self.to_value) {
            wrong.push(("to_value", "From and to are the same. Write what should be different."));
        }
        if before != Some(self.by_on) && self.by_on < today {
            wrong.push(("by_on", "Choose today or a later day."));
        }
        wrong
    }

    /// The fields of which there can be only one, where two windows wrote something else: with what the other wrote.
    #[must_use]
    pub fn apart(&self, other: &Self) -> Vec<(&'static str, String)> {
        [
            ("title", &self.title, &other.title),
            ("measure", &self.measure, &other.measure),
            ("from_value", &self.from_value, &other.from_value),
            ("to_value", &self.to_value, &other.to_value),
            ("by_on", &self.by_on.to_string(), &other.by_on.to_string()),
        ]
        .into_iter()
        .filter(|(_, one, other)| one != other)
        .map(|(field, _, other)| (field, other.clone()))
        .collect()
    }

    /// It in one line, as somebody reads it who is asked about it.
    #[must_use]
    pub fn words(&self) -> String {
        format!(
            "{}: {}, from {} to {} by {}",
            self.title, self.measure, self.from_value, self.to_value, self.by_on
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        for (typed, number) in
            [("12", Some(12.0)), (" 3,5 ", Some(3.5)), ("−4", Some(-4.0)), ("-0.25", Some(-0.25))]
        {
            assert_eq!(number_of(typed), number, "{typed}");
        }
        for typed in ["", "many", "1e9", "NaN", "inf", "1.2.3", "12 %", "99999999999999999999999"] {
            assert_eq!(number_of(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_goal_changes_something_that_can_be_measured_by_a_day() {
        let today: Date = "2026-03-02".parse().unwrap();
        let goal = Written {
            title: "Fewer hand-offs".to_owned(),
            why: String::new(),
            measure: "hand-offs a week".to_owned(),
            from_value: "9".to_owned(),
            to_value: "4".to_owned(),
            by_on: today,
        };
        assert_eq!(goal.wrong(None, today), []);
        let fields = |goal: Written| -> Vec<&str> {
            goal.wrong(None, today).into_iter().map(|(field, _)| field).collect()
        };
        assert_eq!(fields(Written { to_value: "9.0".to_owned(), ..goal.clone() }), ["to_value"]);
        assert_eq!(fields(Written { from_value: "some".to_owned(), ..goal.clone() }), ["from_value"]);
        assert_eq!(fields(Written { by_on: today.plus_days(-1), ..goal.clone() }), ["by_on"]);
        assert_eq!(
            fields(Written { title: " ".to_owned(), measure: String::new(), ..goal.clone() }).len(),
            2
        );
        let past = Written { by_on: today.plus_days(-9), ..goal };
        assert_eq!(past.wrong(Some(past.by_on), today), []);
    }
}
