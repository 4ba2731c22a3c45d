//! Feedback from one colleague to another, asked for or not, at any time: a situation, what somebody did, what came of
//! it. The receiver alone decides who may read it beyond the two. No clock, no database.
//!
//! What it never does: travel without a name, count anything, or reach anybody whom the receiver did not choose.

pub mod access;
pub mod actions;
pub mod api;
pub mod demo;
pub mod keeping;
pub mod notices;
pub mod pages;
pub mod queries;

use espalier_access::State;
use espalier_kernel::{id, words};

id! {
    /// Feedback.
    pub struct FeedbackId;
}

words! {
    /// Where feedback stands.
    pub enum FeedbackState {
        /// Asked for, or begun; only whoever writes it knows a word of it.
        Draft = "draft",
        /// It was given.
        Given = "given",
        /// It was asked for, and they would rather not.
        Declined = "declined",
        /// It was given, and taken back before it was read.
        TakenBack = "taken-back",
    }
}

impl FeedbackState {
    /// How the rules call it.
    #[must_use]
    pub const fn access(self, is_read: bool) -> State {
        match self {
            Self::Draft => State::Draft,
            Self::Given if is_read => State::Open,
            Self::Given => State::Sealed,
            Self::Declined => State::Ended,
            Self::TakenBack => State::Withdrawn,
        }
    }

    /// What whoever asked reads behind a name.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            // What was taken back before it was read was never there.
            Self::Draft | Self::TakenBack => "is asked",
            Self::Given => "has answered",
            Self::Declined => "would rather not",
        }
    }
}

/// The longest text of one field.
pub const LONGEST: usize = 10_000;
/// The longest question.
pub const LONGEST_QUESTION: usize = 1_000;
/// The most statements that feedback is tied to.
pub const MOST_STATEMENTS: usize = 10;

/// Why something cannot be done with feedback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was read.
    #[error("This has been read, so it stays. Talk with each other, or give more feedback.")]
    Read,
    /// It was given or answered.
    #[error("You have answered this; it stays as it is.")]
    Over,
    /// Nothing said.
    #[error("Write what they did; everything else helps and is not needed.")]
    NoWords,
    /// Too long.
    #[error("Use at most 10,000 characters.")]
    TooLong,
    /// No such statement.
    #[error("There is no such statement in your framework.")]
    StrangeStatement,
    /// Too many.
    #[error("Feedback is tied to at most 10 statements. Choose those for which it says the most.")]
    TooManyStatements,
}

/// Feedback as somebody wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// In which situation.
    pub situation: String,
    /// What they did.
    pub behaviour: String,
    /// What came of it.
    pub effect: String,
}

impl Written {
    /// Whether it can be kept.
    ///
    /// # Errors
    ///
    /// When something is too long.
    pub fn check(&self) -> Result<(), Refusal> {
        let parts = [&self.situation, &self.behaviour, &self.effect];
        if parts.iter().any(|part| part.chars().count() > LONGEST) { Err(Refusal::TooLong) } else { Ok(()) }
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.situation, &self.behaviour, &self.effect].iter().all(|part| part.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_back_looks_as_if_it_had_never_been_given() {
        assert_eq!(FeedbackState::TakenBack.said(), FeedbackState::Draft.said());
        assert_eq!(FeedbackState::Given.access(false), State::Sealed);
        assert_eq!(FeedbackState::Given.access(true), State::Open);
    }

    #[test]
    fn long_words_are_refused_and_blanks_are_no_words() {
        assert!(Written { behaviour: " \n".to_owned(), ..Written::default() }.is_empty());
        let long = Written { effect: "ä".repeat(LONGEST + 1), ..Written::default() };
        assert_eq!(long.check(), Err(Refusal::TooLong));
        assert_eq!(Written { effect: "ä".repeat(LONGEST), ..Written::default() }.check(), Ok(()));
    }
}
