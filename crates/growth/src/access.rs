//! Who may read a self-assessment: its owner. Mentors, coaches and managers come with their own rooms and rules.

use espalier_access::{Action, Class, Effect, Kind, Relation, Rule, State, records};

/// What somebody says about themselves: being written, or kept as it was on a day.
pub static SELF_ASSESSMENT: Kind = Kind {
    name: "self-assessment",
    title: "self-assessment",
    class: Class::C3,
    states: &[State::Draft, State::Archived],
};

records! {
    /// Proof about a self-assessment.
    SelfAssessment = SELF_ASSESSMENT;
}

/// The kinds of this room.
pub static KINDS: &[&Kind] = &[&SELF_ASSESSMENT];

/// The rules of this room.
pub static RULES: &[&Rule] = &[
    &Rule {
        id: "self-assessment-own",
        kind: &SELF_ASSESSMENT,
        actions: &[Action::Discover, Action::Read],
        when: &[Relation::Oneself],
        states: &[],
        effect: Effect::Allow,
        because: "it is about you",
    },
    &Rule {
        id: "self-assessment-write",
        kind: &SELF_ASSESSMENT,
        actions: &[Action::Write, Action::Decide],
        when: &[Relation::Oneself],
        states: &[State::Draft],
        effect: Effect::Allow,
        because: "you are writing it",
    },
];
