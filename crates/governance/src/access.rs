//! Who may read and keep frameworks. A framework is "about" itself: relations are looked up for its id.

use espalier_access::{Action, Class, Effect, Kind, Relation, Rule, State, records};
use espalier_kernel::Id;
use sha2::{Digest as _, Sha256};

/// A version of a framework: a draft, in force, or kept for those who were assessed against it.
pub static FRAMEWORK: Kind = Kind {
    name: "framework",
    title: "career framework",
    class: Class::C0,
    states: &[State::Draft, State::Open, State::Archived, State::Withdrawn],
};

records! {
    /// Proof about a framework.
    FrameworkRecord = FRAMEWORK;
}

/// Everything that is somebody's or about them, as one file.
pub static BOOK: Kind = Kind { name: "book", title: "own book", class: Class::C3, states: &[State::Open] };
/// Everything about somebody goes: nothing asked, asked by them, or they have left.
pub static ERASURE: Kind = Kind {
    name: "erasure",
    title: "erasure of a person",
    class: Class::C2,
    states: &[State::Open, State::Draft, State::Ended],
};
/// What is kept about people, what for and how long. It is "about" the house as a whole.
pub static REGISTER: Kind =
    Kind { name: "register", title: "register of purposes", class: Class::C0, states: &[State::Open] };

records! {
    /// Proof about somebody's own book.
    OwnBook = BOOK;
    /// Proof about an erasure.
    Erasure = ERASURE;
    /// Proof about the register.
    Register = REGISTER;
}

/// The kinds of this room.
pub static KINDS: &[&Kind] = &[&FRAMEWORK, &BOOK, &ERASURE, &REGISTER];

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
    &Rule::allow(
        "book-own",
        &BOOK,
        &[Action::Discover, Action::Read],
        &[Relation::Oneself],
        &[],
        "it is yours",
    ),
    &Rule::allow(
        "erasure-own",
        &ERASURE,
        &[Action::Discover, Action::Read, Action::Write],
        &[Relation::Oneself],
        &[State::Open, State::Draft],
        "it is about you",
    ),
    // Nobody is erased whom neither they asked for nor the organisation let go.
    &Rule::allow(
        "erasure-admin",
        &ERASURE,
        &[Action::Discover, Action::Decide],
        &[Relation::Administrator],
        &[State::Draft, State::Ended],
        "carries out what people asked for",
    ),
    &Rule::allow(
        "register-member",
        &REGISTER,
        &[Action::Discover, Action::Read],
        &[Relation::Member],
        &[],
        "everybody may know what is kept about them",
    ),
    &Rule::allow(
        "register-admin",
        &REGISTER,
        &[Action::Discover, Action::Read, Action::Write],
        &[Relation::Administrator],
        &[],
        "keeps to the times",
    ),
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
