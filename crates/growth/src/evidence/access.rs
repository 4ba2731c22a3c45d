//! Who may see evidence: its owner, and whom they share a piece with. Whoever is asked to confirm sees what they were
//! asked about, as it read then, and nothing else.

use espalier_access::{Action, Class, Kind, Relation, Rule, State, records};

/// What somebody did and what came of it, kept by themselves.
pub static EVIDENCE: Kind =
    Kind { name: "evidence", title: "evidence", class: Class::C3, states: &[State::Open] };
/// What somebody is asked to confirm. It is about whoever is asked.
pub static CORROBORATION: Kind = Kind {
    name: "corroboration",
    title: "what somebody is asked to confirm",
    class: Class::C3,
    states: &[State::Draft, State::Ended],
};

records! {
    /// Proof about a piece of evidence.
    Evidence = EVIDENCE;
    /// Proof about a request to confirm.
    Corroboration = CORROBORATION;
}

/// The kinds of evidence.
pub static KINDS: &[&Kind] = &[&EVIDENCE, &CORROBORATION];

const SEE: &[Action] = &[Action::Discover, Action::Read];

/// The rules of evidence.
pub static RULES: &[&Rule] = &[
    &Rule::allow(
        "evidence-own",
        &EVIDENCE,
        &[Action::Discover, Action::Read, Action::Write, Action::Decide, Action::Share],
        &[Relation::Oneself],
        &[],
        "it is yours",
    ),
    &Rule::allow("evidence-shared", &EVIDENCE, SEE, &[Relation::Grantee], &[], "you share it"),
    &Rule::allow("corroboration-asked", &CORROBORATION, SEE, &[Relation::Oneself], &[], "you were asked"),
    &Rule::allow(
        "corroboration-answer",
        &CORROBORATION,
        &[Action::Write, Action::Decide],
        &[Relation::Oneself],
        &[State::Draft],
        "you were asked",
    ),
];
