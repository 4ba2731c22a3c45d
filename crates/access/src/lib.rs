//! Who may do what.
//!
//! Rooms declare kinds of records and the rules about them as data; the application joins them into one
//! [`Policy`]. From that one table come the decision ([`Policy::decide`]), the SQL that narrows lists
//! ([`Policy::sql`]), the matrix kept in git ([`Policy::matrix`]) and the line on each page that says who can
//! see it ([`Policy::readers`]).
//!
//! What it never does: ask a database, look at a clock, remember an earlier answer.

mod permit;
mod policy;
mod relation;
mod sql;

pub use permit::{Permit, Record};
pub use policy::{Decision, Effect, Kind, Policy, PolicyFault, Rule};
pub use relation::{Relation, Relations, Standing};
pub use sql::{RelationSql, Terms};

/// What somebody wants to do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Know that it exists.
    Discover,
    /// Read what it says.
    Read,
    /// Add their own part to it.
    Comment,
    /// Change it.
    Write,
    /// Decide about it: publish, sign, end.
    Decide,
    /// Let somebody else read it.
    Share,
}

impl Action {
    /// All of them, in the order of the matrix.
    pub const ALL: [Self; 6] =
        [Self::Discover, Self::Read, Self::Comment, Self::Write, Self::Decide, Self::Share];

    /// The word in the matrix and the audit log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Discover => "discover",
            Self::Read => "read",
            Self::Comment => "comment",
            Self::Write => "write",
            Self::Decide => "decide",
            Self::Share => "share",
        }
    }
}

/// Where a record stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Being written by its owner.
    Draft,
    /// Handed in, unreadable to others until all are in.
    Sealed,
    /// Readable by those it is for.
    Open,
    /// Agreed by all and never changed again.
    Signed,
    /// Taken back by its owner.
    Withdrawn,
    /// Kept for the record, out of daily use.
    Archived,
    /// Kept against erasure for a legal reason.
    Held,
    /// Over.
    Ended,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Draft,
        Self::Sealed,
        Self::Open,
        Self::Signed,
        Self::Withdrawn,
        Self::Archived,
        Self::Held,
        Self::Ended,
    ];

    /// The word in the matrix and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sealed => "sealed",
            Self::Open => "open",
            Self::Signed => "signed",
            Self::Withdrawn => "withdrawn",
            Self::Archived => "archived",
            Self::Held => "held",
            Self::Ended => "ended",
        }
    }
}

/// How much harm a leak would do, from public to never readable by anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// For every member: the framework.
    C0,
    /// For colleagues: names, teams.
    C1,
    /// For those it concerns: levels, talks. Reads by others are logged.
    C2,
    /// Personal: drafts, notes, profiles. Reads by others are logged.
    C3,
    /// Nobody, ever: single anonymous answers.
    C4,
}

impl Class {
    /// The word in the matrix.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::C0 => "C0",
            Self::C1 => "C1",
            Self::C2 => "C2",
            Self::C3 => "C3",
            Self::C4 => "C4",
        }
    }

    /// Whether somebody else's read is written into the read log that the owner sees.
    #[must_use]
    pub const fn reads_are_logged(self) -> bool {
        match self {
            Self::C0 | Self::C1 => false,
            Self::C2 | Self::C3 | Self::C4 => true,
        }
    }
}
