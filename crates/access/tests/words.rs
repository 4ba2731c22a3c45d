//! What the table says about itself: the matrix that is reviewed, the reasons that pages show, the proof that queries
//! ask for.

use espalier_access::{
    Action, Class, Effect, Kind, Policy, Record, Relation, RelationSql, Relations, Rule, State,
};

static DIARY: Kind = Kind { name: "diary", title: "a diary", class: Class::C3, states: &[State::Open] };
static LIST: Kind = Kind { name: "list", title: "a list", class: Class::C1, states: &[State::Open] };
struct Diary;
impl Record for Diary {
    const KIND: &'static Kind = &DIARY;
}

const fn rule(id: &'static str, kind: &'static Kind, when: &'static [Relation]) -> Rule {
    Rule {
        id,
        kind,
        actions: &[Action::Read],
        when,
        states: &[],
        effect: Effect::Allow,
        because: "so it was agreed",
    }
}
static OWN: Rule = Rule {
    actions: &[Action::Read, Action::Write],
    because: "it is yours",
    ..rule("own", &DIARY, &[Relation::Oneself])
};
static BOTH: Rule = rule("both", &DIARY, &[Relation::Mentor, Relation::Grantee]);
static NEVER: Rule =
    Rule { effect: Effect::Deny, because: "never", ..rule("never", &DIARY, &[Relation::Manager]) };
static SEEN: Rule = rule("seen", &LIST, &[Relation::Member]);

static SQL: [&RelationSql; 6] = [
    &RelationSql { relation: Relation::Oneself, holds: "o" },
    &RelationSql { relation: Relation::Mentor, holds: "n" },
    &RelationSql { relation: Relation::Grantee, holds: "g" },
    &RelationSql { relation: Relation::Manager, holds: "m" },
    &RelationSql { relation: Relation::Member, holds: "b" },
    &RelationSql { relation: Relation::Suspended, holds: "s" },
];

fn policy() -> Policy {
    Policy::join([&DIARY, &LIST], [&OWN, &BOTH, &NEVER, &SEEN], SQL).expect("the table is sound")
}

#[test]
fn the_matrix_says_who_may_and_which_rules_need_more_than_one_relation_or_forbid() {
    let expected = "diary (C3): a diary
    open      discover  -
    open      read      self
    open      comment   -
    open      write     self
    open      decide    -
    open      share     -
    mentor+grantee may read (both)
    manager never read (never)

list (C1): a list
    open      discover  -
    open      read      member
    open      comment   -
    open      write     -
    open      decide    -
    open      share     -

";
    assert_eq!(policy().matrix(), expected);
}

#[test]
fn a_kind_has_a_title_and_a_rule_has_a_reason() {
    let policy = policy();
    let names: Vec<&str> = policy.kinds().iter().map(|kind| kind.name).collect();
    assert_eq!(names, ["diary", "list"]);
    assert_eq!(policy.title_of("list"), Some("a list"));
    assert_eq!(policy.title_of("ballot"), None);
    assert_eq!(policy.because_of("own"), Some("it is yours"));
    assert_eq!(policy.because_of("seen"), Some("so it was agreed"));
    assert_eq!(policy.because_of("open"), None);
}

#[test]
fn reads_of_what_is_confidential_are_logged_and_no_others() {
    let logged = [Class::C0, Class::C1, Class::C2, Class::C3, Class::C4].map(Class::reads_are_logged);
    assert_eq!(logged, [false, false, true, true, true]);
}

#[test]
fn a_permit_names_the_action_and_the_rule_that_gave_it() {
    let policy = policy();
    let own = Relations::NONE.with(Relation::Oneself);
    let permit = policy.permit::<Diary>(Action::Write, own, State::Open).expect("one may write one's own");
    assert_eq!((permit.action(), permit.rule().id), (Action::Write, "own"));
    for (action, relations) in [
        (Action::Share, own),
        (Action::Read, Relations::NONE),
        (Action::Read, own.with(Relation::Manager)),
        (Action::Read, own.with(Relation::Suspended)),
    ] {
        assert!(policy.permit::<Diary>(action, relations, State::Open).is_none(), "{action:?} {relations:?}");
    }
}

#[test]
fn who_can_see_this_is_told_by_the_rules_that_allow_it() {
    let policy = policy();
    let ids = |kind, action| -> Vec<&str> {
        policy.readers(kind, action, State::Open).map(|rule| rule.id).collect()
    };
    assert_eq!(ids(&DIARY, Action::Read), ["own", "both"]);
    assert_eq!(ids(&DIARY, Action::Write), ["own"]);
    assert_eq!(ids(&LIST, Action::Read), ["seen"]);
}

#[test]
fn a_kind_is_decided_by_the_relations_that_its_rules_name_and_no_others() {
    let mut diary = policy().relations_of(&DIARY);
    diary.sort_unstable();
    let mut named =
        vec![Relation::Oneself, Relation::Mentor, Relation::Grantee, Relation::Manager, Relation::Suspended];
    named.sort_unstable();
    assert_eq!(diary, named);
    assert!(!policy().relations_of(&LIST).contains(&Relation::Oneself));
}

#[test]
fn a_relation_said_twice_is_still_there() {
    let twice = Relations::NONE.with(Relation::Mentor).with(Relation::Mentor);
    assert!(twice.has(Relation::Mentor));
    assert_eq!(format!("{twice:?}"), "{Mentor}");
}

#[test]
fn the_subsets_begin_with_a_stranger() {
    let subsets: Vec<Relations> = Relations::subsets(&[Relation::Oneself, Relation::Mentor]).collect();
    assert_eq!(subsets[0], Relations::NONE);
    assert_eq!(subsets[1], Relations::NONE.with(Relation::Oneself));
}
