//! Who may see the steps of a growth plan. What the two of a talk agreed on belongs to both, as long as the other holds
//! that talk; what somebody plans for themselves is theirs, and read by those they share it with.

use espalier_access::{Action, Class, Kind, Relation, Rule, State, records};

/// A step that somebody plans for themselves.
pub static OWN_STEP: Kind = Kind {
    name: "own-step",
    title: "step of one’s own plan",
    class: Class::C2,
    states: &[State::Draft, State::Open, State::Ended],
};
/// A step that two agreed on in a talk.
pub static AGREED_STEP: Kind = Kind {
    name: "agreed-step",
    title: "step agreed in a talk",
    class: Class::C2,
    states: &[State::Draft, State::Open, State::Ended],
};

records! {
    /// Proof about a step of one's own.
    OwnStep = OWN_STEP;
    /// Proof about a step that was agreed.
    AgreedStep = AGREED_STEP;
}

/// The kinds of plans.
pub static KINDS: &[&Kind] = &[&OWN_STEP, &AGREED_STEP];

const SEE: &[Action] = &[Action::Discover, Action::Read];
const CHANGE: &[Action] = &[Action::Write, Action::Decide];
const SHARE: &[Action] = &[Action::Share];
const LIVE: &[State] = &[State::Draft, State::Open];

/// The rules of plans.
pub static RULES: &[&Rule] = &[
    &Rule::allow("own-step-own", &OWN_STEP, SEE, &[Relation::Oneself], &[], "it is yours"),
    &Rule::allow("own-step-change", &OWN_STEP, CHANGE, &[Relation::Oneself], LIVE, "it is yours"),
    &Rule::allow("own-step-share", &OWN_STEP, SHARE, &[Relation::Oneself], &[], "it is yours"),
    &Rule::allow("own-step-shared", &OWN_STEP, SEE, &[Relation::Grantee], &[], "you share it"),
    &Rule::allow("agreed-step-own", &AGREED_STEP, SEE, &[Relation::Oneself], &[], "it is about you"),
    &Rule::allow("agreed-step-change", &AGREED_STEP, CHANGE, &[Relation::Oneself], LIVE, "it is about you"),
    &Rule::allow("agreed-step-share", &AGREED_STEP, SHARE, &[Relation::Oneself], &[], "it is about you"),
    &Rule::allow(
        "agreed-step-holder",
        &AGREED_STEP,
        SEE,
        &[Relation::Holder],
        &[],
        "holds the talk it was agreed in",
    ),
    &Rule::allow(
        "agreed-step-holder-change",
        &AGREED_STEP,
        CHANGE,
        &[Relation::Holder],
        LIVE,
        "holds the talk it was agreed in",
    ),
    &Rule::allow("agreed-step-shared", &AGREED_STEP, SEE, &[Relation::Grantee], &[], "you share it"),
];
