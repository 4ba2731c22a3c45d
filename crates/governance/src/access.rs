//! Who may read and keep frameworks. A framework is "about" itself: relations are looked up for its id.

use espalier_access::{Action, Class, Effect, Kind, Record, Relation, Rule, State};
use espalier_kernel::Id;
use sha2::{Digest as _, Sha256};

/// A version of a framework: a draft, in force, or kept for those who were assessed against it.
pub static FRAMEWORK: Kind = Kind {
    name: "framework",
    title: "career framework",
    class: Class::C0,
    states: &[State::Draft, State::Open, State::Archived, State::Withdrawn],
};

/// Proof about a framework.
#[derive(Debug)]
pub struct FrameworkRecord;

impl Record for FrameworkRecord {
    const KIND: &'static Kind = &FRAMEWORK;
}

/// The kinds of this room.
pub static KINDS: &[&Kind] = &[&FRAMEWORK];

/// The rules of this room.
pub static RULES: &[&Rule] = &[
    &Rule {
        id: "framework-member",
        kind: &FRAMEWORK,
        actions: &[Action::Discover, Action::Read],
        when: &[Relation::Member],
        states: &[State::Open, State::Archived],
        effect: Effect::Allow,
        because: "the framework is for everybody",
    },
    &Rule {
        id: "framework-owner",
        kind: &FRAMEWORK,
        actions: &[Action::Discover, Action::Read, Action::Write, Action::Decide],
        when: &[Relation::FrameworkOwner],
        states: &[],
        effect: Effect::Allow,
        because: "looks after the framework",
    },
];

/// The id under which relations to a framework are looked up: frameworks name themselves in words, relations are
/// asked for by id.
#[must_use]
pub fn subject_of(framework: &str) -> Id {
    let digest = Sha256::digest(format!("framework {framework}"));
    let mut bits = [0_u8; 16];
    bits.copy_from_slice(&digest[..16]);
    // Ids are written with 26 letters of which the first is at most 7: all 128 bits fit.
    Id::from_bits(u128::from_be_bytes(bits))
}
