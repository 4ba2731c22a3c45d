//! Who may see what of a development talk. What one side writes before the talk opens is theirs alone; the talk
//! belongs to both; HR in scope learns how far talks are, never what they say.

use espalier_access::{Action, Class, Kind, Relation, RelationSql, Rule, State, records};

/// A talk: what both opened, agreed on and signed.
pub static TALK: Kind = Kind {
    name: "talk",
    title: "development talk",
    class: Class::C2,
    states: &[State::Draft, State::Open, State::Signed, State::Withdrawn],
};
/// What one side writes before the talk. It is about whoever writes it: nobody else knows a word of it.
pub static PREPARATION: Kind = Kind {
    name: "preparation",
    title: "preparation of a talk",
    class: Class::C3,
    states: &[State::Draft, State::Sealed],
};
/// How far a talk is: planned, open or signed, and nothing more.
pub static TALK_STATE: Kind =
    Kind { name: "talk-state", title: "how far a talk is", class: Class::C1, states: &[State::Open] };
/// Talks made for many at once.
pub static TALK_CYCLE: Kind = Kind {
    name: "talk-cycle",
    title: "round of talks",
    class: Class::C1,
    states: &[State::Draft, State::Open, State::Ended],
};
/// What a partner says because the person asked them, until they hand it in.
pub static TALK_INPUT: Kind = Kind {
    name: "talk-input",
    title: "what a partner says",
    class: Class::C3,
    states: &[State::Draft, State::Open],
};

records! {
    /// Proof about a talk.
    Talk = TALK;
    /// Proof about a preparation.
    Preparation = PREPARATION;
    /// Proof about how far a talk is.
    TalkProgress = TALK_STATE;
    /// Proof about a round of talks.
    TalkCycle = TALK_CYCLE;
    /// Proof about what a partner says.
    TalkInput = TALK_INPUT;
}

/// The kinds of talks.
pub static KINDS: &[&Kind] = &[&TALK, &PREPARATION, &TALK_STATE, &TALK_CYCLE, &TALK_INPUT];

const SEE: &[Action] = &[Action::Discover, Action::Read];
const CHANGE: &[Action] = &[Action::Write, Action::Decide];
const LIVE: &[State] = &[State::Draft, State::Open];
const READABLE: &[State] = &[State::Open, State::Signed];

/// The rules of talks.
pub static RULES: &[&Rule] = &[
    &Rule::allow("talk-own", &TALK, SEE, &[Relation::Oneself], &[], "it is about you"),
    &Rule::allow("talk-own-change", &TALK, CHANGE, &[Relation::Oneself], LIVE, "it is about you"),
    &Rule::allow(
        "talk-own-share",
        &TALK,
        &[Action::Share],
        &[Relation::Oneself],
        READABLE,
        "it is about you",
    ),
    &Rule::allow("talk-holder", &TALK, SEE, &[Relation::Holder], &[], "holds this talk"),
    &Rule::allow("talk-holder-change", &TALK, CHANGE, &[Relation::Holder], LIVE, "holds this talk"),
    &Rule::allow("talk-shared", &TALK, SEE, &[Relation::Grantee], READABLE, "you share it"),
    &Rule::allow("preparation-own", &PREPARATION, SEE, &[Relation::Oneself], &[], "you wrote it"),
    &Rule::allow(
        "preparation-write",
        &PREPARATION,
        CHANGE,
        &[Relation::Oneself],
        &[State::Draft],
        "you are writing it",
    ),
    &Rule::allow(
        "talk-state-hr",
        &TALK_STATE,
        SEE,
        &[Relation::HrPartner],
        &[],
        "HR partner for this part of the organisation",
    ),
    &Rule::allow(
        "talk-cycle-hr",
        &TALK_CYCLE,
        &[Action::Discover, Action::Read, Action::Write, Action::Decide],
        &[Relation::HrPartner],
        &[],
        "HR partner for this part of the organisation",
    ),
    &Rule::allow("talk-input-own", &TALK_INPUT, SEE, &[Relation::Oneself], &[], "you were asked"),
    &Rule::allow(
        "talk-input-write",
        &TALK_INPUT,
        CHANGE,
        &[Relation::Oneself],
        &[State::Draft],
        "you are writing it",
    ),
];

/// Who holds a talk: whom the person chose, or whoever leads them, as long as they do. A talk that has not opened
/// belongs to whoever leads the person today; one that has stays with whom it was opened. Whoever holds a talk holds
/// the steps that were agreed in it.
pub static SQL: &[&RelationSql] = &[&RelationSql {
    relation: Relation::Holder,
    holds: "exists (select 1 from talk k where (k.id = {record} or k.id = (select i.talk from plan_step i \
            where i.id = {record} and i.person = {subject})) and k.person = {subject} and ( \
            (k.is_chosen = 1 and k.holder = {viewer}) or (k.is_chosen = 0 and (k.holder is null or k.holder = {viewer}) \
            and exists (select 1 from reporting_line l where l.person = k.person and l.manager = {viewer} \
            and l.from_on <= {today} and (l.until_on is null or l.until_on > {today})))))",
}];
