//! Who may see a goal: its owner, and whom they share it with.

use espalier_access::{Action, Class, Effect, Kind, Relation, Rule, State, records};

/// What somebody wants to come of their work.
pub static GOAL: Kind =
    Kind { name: "goal", title: "goal", class: Class::C2, states: &[State::Open, State::Ended] };

records! {
    /// Proof about a goal.
    Goal = GOAL;
}

/// The kinds of goals.
pub static KINDS: &[&Kind] = &[&GOAL];

const fn allow(
    id: &'static str,
    actions: &'static [Action],
    when: &'static [Relation],
    states: &'static [State],
    because: &'static str,
) -> Rule {
    Rule { id, kind: &GOAL, actions, when, states, effect: Effect::Allow, because }
}

/// The rules of goals.
pub static RULES: &[&Rule] = &[
    &allow(
        "goal-own",
        &[Action::Discover, Action::Read, Action::Share],
        &[Relation::Oneself],
        &[],
        "it is yours",
    ),
    &allow(
        "goal-change",
        &[Action::Write, Action::Decide],
        &[Relation::Oneself],
        &[State::Open],
        "it is yours",
    ),
    &allow("goal-shared", &[Action::Discover, Action::Read], &[Relation::Grantee], &[], "you share it"),
];
