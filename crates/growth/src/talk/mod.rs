//! The rules of a development talk: both sides prepare alone and sealed, open together, look at differences and
//! strengths first, agree or agree to differ, and sign. No clock, no database.

pub mod access;
pub mod actions;
pub mod api;
pub mod cadence;
pub mod cycle;
pub mod cycle_api;
pub mod cycle_pages;
pub mod demo;
pub mod groups;
pub mod inputs;
pub mod keeping;
pub mod notices;
pub mod overview;
pub mod pages;
pub mod prepare;
pub mod prepare_pages;
pub mod queries;
pub mod view;

use espalier_access::State;
use espalier_kernel::{Date, id, words};

use crate::assessment::Answer;

id! {
    /// A development talk.
    pub struct TalkId;
}

id! {
    /// Talks made for many at once.
    pub struct CycleId;
}

id! {
    /// What a partner was asked to say.
    pub struct InputId;
}

words! {
    /// Which of the two.
    pub enum Side {
        /// Whom the talk is about.
        Person = "person",
        /// Who holds it with them.
        Holder = "holder",
    }
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Person => Self::Holder,
            Self::Holder => Self::Person,
        }
    }
}

words! {
    /// What is looked at one by one.
    pub enum ItemKind {
        /// Each statement of the level.
        Statement = "statement",
        /// Each competency of the framework.
        Competency = "competency",
    }
}

words! {
    /// Where a talk stands.
    pub enum TalkState {
        /// Both prepare, alone.
        Planned = "planned",
        /// Both read what the other wrote.
        Open = "open",
        /// Both signed; it never changes again.
        Signed = "signed",
        /// It will not take place.
        CalledOff = "called-off",
    }
}

impl TalkState {
    /// How the rules call it.
    #[must_use]
    pub const fn access(self) -> State {
        match self {
            Self::Planned => State::Draft,
            Self::Open => State::Open,
            Self::Signed => State::Signed,
            Self::CalledOff => State::Withdrawn,
        }
    }

    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Open => "open",
            Self::Signed => "signed",
            Self::CalledOff => "called off",
        }
    }

    /// Whether it is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Signed | Self::CalledOff)
    }
}

words! {
    /// What came of one item in the talk.
    pub enum Outcome {
        /// Nothing yet.
        Unsaid = "unsaid",
        /// Both see it alike now.
        Agreed = "agreed",
        /// Each keeps their own view, in their own words.
        Differ = "differ",
    }
}

words! {
    /// The parts of the shared notes.
    pub enum Part {
        /// What was said.
        Notes = "notes",
        /// Where to grow from here.
        Path = "path",
    }
}

impl Part {
    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Notes => "Notes of the talk",
            Self::Path => "The way from here",
        }
    }
}

/// The longest text of one field.
pub const LONGEST: usize = 10_000;

/// Why something cannot be done in a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What one side sealed stays.
    #[error("You have handed in your preparation; it stays as it is until the talk opens.")]
    Sealed,
    /// The two are past preparing.
    #[error(
        "This talk is open: you read each other’s preparation now. Write what you agree on beside each point."
    )]
    AlreadyOpen,
    /// The two have not opened it.
    #[error("This talk opens when both have handed in their preparation.")]
    NotOpen,
    /// It is over.
    #[error("This talk is over and stays as it is.")]
    Over,
    /// Somebody signed what stands there.
    #[error("One of you has signed what stands here. Take the signature back before you change it.")]
    SignedByOne,
    /// Without a level there is nothing to look at.
    #[error("Choose first which level you look at in this talk.")]
    NoLevel,
    /// The level stays once anybody has written.
    #[error("You have begun to write about this level; it stays for this talk.")]
    LevelFixed,
    /// Nobody holds it.
    #[error("Nobody leads you at the moment. Choose first with whom you hold this talk.")]
    NoHolder,
    /// With a manager there is nothing to choose.
    #[error("You hold this talk with the person who leads you.")]
    HasManager,
    /// It is about another level.
    #[error("This does not belong to the level that the talk looks at.")]
    StrangeItem,
    /// Too long.
    #[error("Use at most 10,000 characters.")]
    TooLong,
    /// Both wordings are needed.
    #[error("To agree to differ, write both views: yours and the other’s, each in its own words.")]
    BothWordings,
    /// An agreement has a rating.
    #[error("Choose what you agree on.")]
    NoRating,
    /// The other wrote meanwhile.
    #[error("Something in this talk has changed since you opened it. Read it once more, then sign.")]
    Changed,
    /// Nothing was said yet.
    #[error("Say something about at least one point before you hand it in.")]
    Empty,
}

/// Where an answer stands on the way from not yet to exceeding; nothing where it was not observed.
#[must_use]
pub const fn step(answer: Answer) -> Option<u8> {
    match answer {
        Answer::NotObserved => None,
        Answer::NotYet => Some(0),
        Answer::Developing => Some(1),
        Answer::Meeting => Some(2),
        Answer::Exceeding => Some(3),
    }
}

/// Why an item is worth talking about, in the order of the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The two are a step or more apart.
    Difference,
    /// Both see it met or more.
    Strength,
    /// Both see it alike, and on the way.
    Growing,
    /// Only one of them saw it.
    OneSided,
    /// Neither said anything.
    Unsaid,
}

impl Reason {
    /// All of them, in the order of the talk.
    pub const ALL: [Self; 5] =
        [Self::Difference, Self::Strength, Self::Growing, Self::OneSided, Self::Unsaid];

    /// What pages call the group.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Difference => "Where you see it differently",
            Self::Strength => "Strengths you both see",
            Self::Growing => "What you both see growing",
            Self::OneSided => "What only one of you saw",
            Self::Unsaid => "What neither spoke about",
        }
    }
}

/// Why an item is worth talking about, from what both said.
#[must_use]
pub fn reason(person: Answer, holder: Answer) -> Reason {
    match (step(person), step(holder)) {
        (None, None) => Reason::Unsaid,
        (None, Some(_)) | (Some(_), None) => Reason::OneSided,
        (Some(one), Some(other)) if one != other => Reason::Difference,
        (Some(both), Some(_)) if both >= 2 => Reason::Strength,
        (Some(_), Some(_)) => Reason::Growing,
    }
}

/// How the items of a talk are ordered: differences first and the widest of them before, then strengths with the
/// highest before; whatever is equal stays in the order of the framework.
#[must_use]
pub fn weight(person: Answer, holder: Answer) -> (Reason, u8) {
    let reason = reason(person, holder);
    let (one, other) = (step(person).unwrap_or(0), step(holder).unwrap_or(0));
    let rank = match reason {
        Reason::Difference => 3 - one.abs_diff(other),
        Reason::Strength => 3 - one,
        Reason::Growing | Reason::OneSided | Reason::Unsaid => 0,
    };
    (reason, rank)
}

/// Whether a talk is past its day: said to its two sides only.
#[must_use]
pub fn is_overdue(state: TalkState, due_on: Date, today: Date) -> bool {
    !state.is_over() && due_on < today
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_come_first_and_the_widest_before() {
        use Answer::{Developing, Exceeding, Meeting, NotObserved, NotYet};
        let mut pairs = vec![
            (NotObserved, NotObserved),
            (Developing, Developing),
            (Meeting, Meeting),
            (Exceeding, Exceeding),
            (NotObserved, Meeting),
            (Developing, Meeting),
            (Exceeding, NotYet),
        ];
        pairs.sort_by_key(|&(person, holder)| weight(person, holder));
        assert_eq!(
            pairs,
            [
                (Exceeding, NotYet),
                (Developing, Meeting),
                (Exceeding, Exceeding),
                (Meeting, Meeting),
                (Developing, Developing),
                (NotObserved, Meeting),
                (NotObserved, NotObserved),
            ]
        );
    }

    #[test]
    fn a_talk_is_overdue_the_day_after_and_never_once_it_is_over() {
        let day: Date = "2026-03-02".parse().unwrap();
        assert!(!is_overdue(TalkState::Planned, day, day));
        assert!(is_overdue(TalkState::Open, day, day.plus_days(1)));
        assert!(!is_overdue(TalkState::Signed, day, day.plus_days(400)));
        assert!(!is_overdue(TalkState::CalledOff, day, day.plus_days(400)));
    }
}
