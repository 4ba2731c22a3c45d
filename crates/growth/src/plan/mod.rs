//! The growth plan: at most three open steps, each from a statement to a statement, with a ladder that is written before
//! the work and locked when it begins. No clock, no database.
//!
//! What it never does: score the mix of a plan, rank people, or show a T value to anybody but its owner.

pub mod access;
pub mod actions;
pub mod api;
pub mod attainment;
pub mod demo;
pub mod keeping;
pub mod notices;
pub mod pages;
pub mod queries;
pub mod step_pages;
pub mod view;

use espalier_access::State;
use espalier_kernel::{Date, id, words};

use crate::assessment::both_notes;

id! {
    /// A step of a growth plan.
    pub struct StepId;
}

id! {
    /// Something somebody does to get there.
    pub struct DeedId;
}

id! {
    /// A day on which somebody looks at where they are.
    pub struct CheckpointId;
}

words! {
    /// Whose step it is.
    pub enum Origin {
        /// The person's own: nobody else knows of it.
        Own = "own",
        /// The two of a talk agreed on it.
        Agreed = "agreed",
    }
}

words! {
    /// Where a step stands.
    pub enum StepState {
        /// It is being written.
        Draft = "draft",
        /// The work has begun; from and to and the ladder stay.
        Begun = "begun",
        /// It is over, and stays readable.
        Ended = "ended",
    }
}

impl StepState {
    /// How the rules call it.
    #[must_use]
    pub const fn access(self) -> State {
        match self {
            Self::Draft => State::Draft,
            Self::Begun => State::Open,
            Self::Ended => State::Ended,
        }
    }
}

words! {
    /// How a step ended.
    pub enum Outcome {
        /// It is where it should be.
        Reached = "reached",
        /// Something else took its place.
        Changed = "changed",
        /// It was let go.
        Dropped = "dropped",
    }
}

impl Outcome {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Changed => "changed into something else",
            Self::Dropped => "let go",
        }
    }
}

words! {
    /// In which way somebody grows.
    pub enum DeedKind {
        /// By doing the work itself.
        Experience = "experience",
        /// By being near somebody who does it.
        Exposure = "exposure",
        /// By learning about it.
        Education = "education",
    }
}

impl DeedKind {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Experience => "Experience",
            Self::Exposure => "Exposure",
            Self::Education => "Education",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Experience => "do it in real work",
            Self::Exposure => "be near somebody who does it",
            Self::Education => "read, learn, practise",
        }
    }
}

/// The mix of a plan in words. It is never weighed against an ideal.
#[must_use]
pub fn mix(kinds: &[DeedKind]) -> String {
    let count = |kind| kinds.iter().filter(|one| **one == kind).count();
    let parts: Vec<String> = DeedKind::ALL
        .iter()
        .filter(|&&kind| count(kind) > 0)
        .map(|&kind| match count(kind) {
            1 => format!("one of {}", kind.word()),
            2 => format!("two of {}", kind.word()),
            3 => format!("three of {}", kind.word()),
            more => format!("{more} of {}", kind.word()),
        })
        .collect();
    match parts.as_slice() {
        [] => "No actions yet.".to_owned(),
        [only] => format!("The mix: {only}."),
        [all @ .., last] => format!("The mix: {} and {last}.", all.join(", ")),
    }
}

/// The most steps that are open at once.
pub const MOST_OPEN: usize = 3;
/// The longest text of one field.
pub const LONGEST: usize = 10_000;
/// The longest text of one line: an action, a rung of a ladder.
pub const LONGEST_LINE: usize = 1_000;
/// The most actions of a step.
pub const MOST_DEEDS: usize = 12;
/// The most checkpoints of a step.
pub const MOST_CHECKPOINTS: usize = 12;
/// The first step is taken within so many days.
pub const FIRST_STEP_DAYS: i32 = 7;

/// Why something cannot be done with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Three are enough.
    #[error(
        "Your plan has three open steps. Close one before you begin another: three is what a person can hold."
    )]
    Full,
    /// The work has begun.
    #[error("The work on this step has begun: from, to and the ladder stay as they were written.")]
    Locked,
    /// It is over.
    #[error("This step is closed and stays as it is.")]
    Over,
    /// Nothing to rate yet.
    #[error("Begin the step first. Where it stands is said on a ladder that was written before the work.")]
    NotBegun,
    /// No such statement.
    #[error("There is no such statement in your framework.")]
    StrangeStatement,
    /// No choice.
    #[error("Choose which statement you grow towards.")]
    NoStatement,
    /// No rung.
    #[error("Choose where it stands on the ladder.")]
    NoRung,
    /// No outcome.
    #[error("Choose how it ended.")]
    NoOutcome,
    /// Nothing said.
    #[error("Write in a few words what you do.")]
    NoWords,
    /// Too long.
    #[error("Use at most 10,000 characters.")]
    TooLong,
    /// Too long for a line.
    #[error("Use at most 1,000 characters.")]
    LineTooLong,
    /// Too many.
    #[error("A step has at most 12 actions. A few that happen are worth more.")]
    TooManyDeeds,
    /// Too many.
    #[error("A step has at most 12 checkpoints.")]
    TooManyCheckpoints,
    /// Not a day ahead.
    #[error("Choose a day from today on, at most a year ahead.")]
    StrangeDay,
}

/// A ladder: five texts from much less than expected to much more.
pub type Ladder = [String; 5];

/// What somebody writes about a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The statement they stand on.
    pub from: String,
    /// Why now.
    pub why: String,
    /// The five rungs from the lowest.
    pub ladder: Ladder,
    /// The evidence that will count.
    pub evidence: String,
    /// What happens first.
    pub first_step: String,
    /// On which day.
    pub first_step_on: Option<Date>,
    /// When to stop.
    pub stop_rule: String,
}

/// The fields of the rungs, from the lowest.
pub const RUNGS: [&str; 5] = ["much_less", "less", "expected", "more", "much_more"];

/// What is said of a rung that is not written yet.
const EMPTY_RUNGS: [&str; 5] = [
    "Write the lowest rung of the ladder: much less than hoped.",
    "Write the second rung: less than hoped.",
    "Write the middle rung: what you hope for.",
    "Write the fourth rung: more than hoped.",
    "Write the highest rung: much more than hoped.",
];

impl Written {
    /// What is wrong with it: field and sentence. Nothing when it can be kept, however unfinished.
    #[must_use]
    pub fn wrong(&self, before: Option<Date>, today: Date) -> Vec<(&'static str, &'static str)> {
        let mut wrong = Vec::new();
        let texts = [("why", &self.why), ("evidence", &self.evidence), ("stop_rule", &self.stop_rule)];
        for (field, text) in texts {
            if text.chars().count() > LONGEST {
                wrong.push((field, "Use at most 10,000 characters."));
            }
        }
        let lines = RUNGS.into_iter().zip(&self.ladder).chain([("first_step", &self.first_step)]);
        for (field, text) in lines {
            if text.chars().count() > LONGEST_LINE {
                wrong.push((field, "Use at most 1,000 characters."));
            }
        }
        // A day that was kept stays, also when it has passed since.
        if let Some(day) = self.first_step_on.filter(|day| before != Some(*day))
            && !is_near(day, today)
        {
            wrong.push(("first_step_on", "Choose a day within the next seven days."));
        }
        wrong
    }

    /// What is missing before the work can begin: field and sentence.
    #[must_use]
    pub fn missing(
        &self,
        deeds: usize,
        checkpoints: usize,
        today: Date,
    ) -> Vec<(&'static str, &'static str)> {
        let mut missing = Vec::new();
        let mut want = |holds: bool, field, sentence| {
            if !holds {
                missing.push((field, sentence));
            }
        };
        want(!self.why.trim().is_empty(), "why", "Say why now.");
        for ((field, sentence), rung) in RUNGS.into_iter().zip(EMPTY_RUNGS).zip(&self.ladder) {
            want(!rung.trim().is_empty(), field, sentence);
        }
        let said: Vec<&str> =
            self.ladder.iter().map(|rung| rung.trim()).filter(|rung| !rung.is_empty()).collect();
        let differ = said.iter().enumerate().all(|(place, rung)| !said[..place].contains(rung));
        want(differ, "expected", "Two rungs of the ladder read the same. Each says something else.");
        want(deeds > 0, "words", "Write at least one action.");
        want(!self.evidence.trim().is_empty(), "evidence", "Say which evidence will count.");
        want(!self.first_step.trim().is_empty(), "first_step", "Say what you do first.");
        want(
            self.first_step_on.is_some_and(|day| is_near(day, today)),
            "first_step_on",
            "Choose a day within the next seven days for your first step.",
        );
        want(checkpoints > 0, "due_on", "Choose at least one day on which you look at where you are.");
        want(!self.stop_rule.trim().is_empty(), "stop_rule", "Say when you would stop.");
        missing
    }

    /// The words of both, where another window was faster.
    #[must_use]
    pub fn merged(self, kept: &Self) -> Self {
        let mut ladder = self.ladder;
        for (rung, before) in ladder.iter_mut().zip(&kept.ladder) {
            *rung = both_notes(before, rung);
        }
        Self {
            why: both_notes(&kept.why, &self.why),
            ladder,
            evidence: both_notes(&kept.evidence, &self.evidence),
            first_step: both_notes(&kept.first_step, &self.first_step),
            first_step_on: self.first_step_on.or(kept.first_step_on),
            stop_rule: both_notes(&kept.stop_rule, &self.stop_rule),
            from: self.from,
        }
    }
}

fn is_near(day: Date, today: Date) -> bool {
    (0..=FIRST_STEP_DAYS).contains(&day.days_since(today))
}

/// Whether somebody with so many open steps may begin to write another.
///
/// # Errors
///
/// With three there is no more.
pub const fn admit(open: usize) -> Result<(), Refusal> {
    if open >= MOST_OPEN { Err(Refusal::Full) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        "2026-03-02".parse().unwrap()
    }

    fn whole() -> Written {
        Written {
            from: "a".to_owned(),
            why: "Two leads asked for it.".to_owned(),
            ladder: ["none", "one", "two", "three", "four"].map(str::to_owned),
            evidence: "Their notes.".to_owned(),
            first_step: "Ask Cy.".to_owned(),
            first_step_on: Some(today().plus_days(7)),
            stop_rule: "After two tries that nobody wanted.".to_owned(),
        }
    }

    #[test]
    fn three_steps_are_enough() {
        assert_eq!((admit(0), admit(2)), (Ok(()), Ok(())));
        assert_eq!((admit(3), admit(4)), (Err(Refusal::Full), Err(Refusal::Full)));
    }

    #[test]
    fn the_work_begins_when_everything_is_written_and_the_first_step_is_near() {
        assert_eq!(whole().missing(1, 1, today()), []);
        let fields = |written: &Written| -> Vec<&str> {
            written.missing(1, 1, today()).into_iter().map(|(field, _)| field).collect()
        };
        for (place, rung) in RUNGS.into_iter().enumerate() {
            let mut written = whole();
            written.ladder[place] = " ".to_owned();
            assert_eq!(fields(&written), [rung]);
        }
        let mut same = whole();
        same.ladder[4] = "two ".to_owned();
        assert_eq!(fields(&same), ["expected"]);
        for away in [-1, 8] {
            assert_eq!(
                fields(&Written { first_step_on: Some(today().plus_days(away)), ..whole() }),
                ["first_step_on"]
            );
        }
        assert_eq!(whole().missing(0, 0, today()).len(), 2);
        assert_eq!(Written::default().missing(0, 0, today()).len(), 12);
    }

    #[test]
    fn a_day_that_was_kept_stays_when_it_has_passed() {
        let past = today().plus_days(-3);
        let written = Written { first_step_on: Some(past), ..whole() };
        assert_eq!(written.wrong(Some(past), today()), []);
        assert_eq!(written.wrong(None, today())[0].0, "first_step_on");
        let long = Written { why: "ä".repeat(LONGEST + 1), ..whole() };
        assert_eq!(long.wrong(None, today())[0].0, "why");
    }

    #[test]
    fn the_mix_is_said_in_words() {
        use DeedKind::{Education, Experience, Exposure};
        assert_eq!(mix(&[]), "No actions yet.");
        assert_eq!(mix(&[Experience]), "The mix: one of experience.");
        assert_eq!(
            mix(&[Education, Experience, Experience, Exposure]),
            "The mix: two of experience, one of exposure and one of education."
        );
    }
}
