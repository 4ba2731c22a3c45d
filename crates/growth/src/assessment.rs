//! The rules of a self-assessment. No clock, no database.

use espalier_framework::position::State;
use espalier_kernel::{id, words};

id! {
    /// A self-assessment.
    pub struct AssessmentId;
}

words! {
    /// What somebody says about one statement, relative to the level they look at.
    pub enum Answer {
        /// No chance to show it yet, or not thought about.
        NotObserved = "not-observed",
        /// Not there yet.
        NotYet = "not-yet",
        /// With support, or not every time.
        Developing = "developing",
        /// Consistently, without prompting, in normal conditions.
        Meeting = "meeting",
        /// Meeting, and repeatedly showing what the next level asks for.
        Exceeding = "exceeding",
    }
}

impl Answer {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotObserved => "Not observed",
            Self::NotYet => "Not yet",
            Self::Developing => "Developing",
            Self::Meeting => "Meeting",
            Self::Exceeding => "Exceeding",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NotObserved => "There was no chance to show it, or I do not know.",
            Self::NotYet => "I do not do this yet.",
            Self::Developing => "I do it with support, or not every time.",
            Self::Meeting => "I do it consistently, without prompting, in normal conditions.",
            Self::Exceeding => "I do it, and more than once I showed what the next level asks for.",
        }
    }

    /// What it means when somebody says it of another.
    #[must_use]
    pub const fn meaning_of_other(self) -> &'static str {
        match self {
            Self::NotObserved => "I had no chance to see it, or I do not know.",
            Self::NotYet => "They do not do this yet.",
            Self::Developing => "They do it with support, or not every time.",
            Self::Meeting => "They do it consistently, without prompting, in normal conditions.",
            Self::Exceeding => "They do it, and more than once they showed what the next level asks for.",
        }
    }

    /// The state that positions are computed from.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::NotObserved => State::NotObserved,
            Self::NotYet => State::NotYet,
            Self::Developing => State::Developing,
            Self::Meeting => State::Meeting,
            Self::Exceeding => State::Exceeding,
        }
    }

    /// The answers that make sense: exceeding is said of one's own level only.
    #[must_use]
    pub const fn offered(is_own_level: bool) -> &'static [Self] {
        const ALL: [Answer; 5] =
            [Answer::NotObserved, Answer::NotYet, Answer::Developing, Answer::Meeting, Answer::Exceeding];
        if is_own_level { &ALL } else { ALL.split_at(4).0 }
    }
}

/// The longest note.
pub const LONGEST_NOTE: usize = 10_000;

/// Why an answer cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The assessment is kept as it was.
    #[error("This self-assessment is finished and stays as it is. Begin a new one to say something new.")]
    Finished,
    /// There is no such statement at this level.
    #[error("This statement does not belong to the level you are looking at.")]
    StrangeStatement,
    /// Exceeding is for one's own level.
    #[error("“Exceeding” can only be said of your own level.")]
    NotOffered,
    /// Too long.
    #[error("Use at most 10,000 characters for a note.")]
    NoteTooLong,
}

/// What is kept when two windows wrote a note for the same statement: both texts, the earlier first. A text that
/// already holds the other is kept alone.
#[must_use]
pub fn both_notes(kept: &str, written: &str) -> String {
    let (kept, written) = (kept.trim_end(), written.trim_end());
    if kept.is_empty() || written.contains(kept) {
        return written.to_owned();
    }
    if written.is_empty() || kept.contains(written) {
        return kept.to_owned();
    }
    format!("{kept}\n\n— written in another window: —\n{written}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceeding_is_offered_for_the_own_level_only() {
        assert!(Answer::offered(true).contains(&Answer::Exceeding));
        assert!(!Answer::offered(false).contains(&Answer::Exceeding));
        assert_eq!(Answer::offered(false).len(), 4);
    }

    #[test]
    fn two_windows_lose_no_word() {
        let both = both_notes("I led the planning day.", "I wrote the guide.");
        assert!(both.contains("I led the planning day.") && both.contains("I wrote the guide."));
        assert_eq!(both_notes("I led", "I led the planning day."), "I led the planning day.");
        assert_eq!(both_notes("kept", ""), "kept");
        assert_eq!(both_notes("", "new"), "new");
    }
}
