//! Who may see feedback. Whoever writes it keeps reading what they wrote; whoever it is for reads it once it is given and
//! they open it, and alone decides who else may.

use espalier_access::{Action, Class, Kind, Relation, Rule, State, records};

/// Feedback as its giver has it. It is about whoever writes it: nobody else knows a word of it before it is given.
pub static WRITTEN: Kind = Kind {
    name: "feedback-written",
    title: "feedback somebody writes",
    class: Class::C3,
    states: &[State::Draft, State::Sealed, State::Open, State::Withdrawn, State::Ended],
};
/// Feedback as its receiver has it: given and not opened yet, or read.
pub static RECEIVED: Kind =
    Kind { name: "feedback", title: "feedback", class: Class::C3, states: &[State::Sealed, State::Open] };

records! {
    /// Proof about feedback for its giver.
    WrittenFeedback = WRITTEN;
    /// Proof about feedback for its receiver and whom they chose.
    Feedback = RECEIVED;
}

/// The kinds of feedback.
pub static KINDS: &[&Kind] = &[&WRITTEN, &RECEIVED];

const SEE: &[Action] = &[Action::Discover, Action::Read];
const CHANGE: &[Action] = &[Action::Write, Action::Decide];
const OPEN: &[State] = &[State::Open];

/// The rules of feedback.
pub static RULES: &[&Rule] = &[
    &Rule::allow("feedback-written-own", &WRITTEN, SEE, &[Relation::Oneself], &[], "you wrote it"),
    &Rule::allow(
        "feedback-written-change",
        &WRITTEN,
        CHANGE,
        &[Relation::Oneself],
        &[State::Draft],
        "you are writing it",
    ),
    &Rule::allow(
        "feedback-written-take-back",
        &WRITTEN,
        &[Action::Decide],
        &[Relation::Oneself],
        &[State::Sealed],
        "you gave it, and it is not read",
    ),
    &Rule::allow(
        "feedback-known",
        &RECEIVED,
        &[Action::Discover],
        &[Relation::Oneself],
        &[],
        "it is for you",
    ),
    &Rule::allow(
        "feedback-open",
        &RECEIVED,
        &[Action::Decide],
        &[Relation::Oneself],
        &[State::Sealed],
        "it is for you",
    ),
    &Rule::allow(
        "feedback-own",
        &RECEIVED,
        &[Action::Read, Action::Share],
        &[Relation::Oneself],
        OPEN,
        "it is for you",
    ),
    &Rule::allow("feedback-shared", &RECEIVED, SEE, &[Relation::Grantee], OPEN, "you share it"),
];
