//! The table as a whole: what holds for any rules that the rooms may declare.

use espalier_access::{
    Action, Class, Effect, Kind, Policy, PolicyFault, Relation, RelationSql, Relations, Rule, State, Terms,
};

static DIARY: Kind =
    Kind { name: "diary", title: "a diary", class: Class::C3, states: &[State::Draft, State::Open] };
static BALLOT: Kind = Kind { name: "ballot", title: "a ballot", class: Class::C4, states: &[State::Open] };

static OWN: Rule = Rule {
    id: "own",
    kind: &DIARY,
    actions: &[Action::Discover, Action::Read, Action::Write],
    when: &[Relation::Oneself],
    states: &[],
    effect: Effect::Allow,
    because: "it is yours",
};
static SHARED: Rule = Rule {
    id: "shared",
    kind: &DIARY,
    actions: &[Action::Read],
    when: &[Relation::Mentor, Relation::Grantee],
    states: &[State::Open],
    effect: Effect::Allow,
    because: "the owner shared it",
};
static NEVER: Rule = Rule {
    id: "never",
    kind: &DIARY,
    actions: &[Action::Read],
    when: &[Relation::Manager],
    states: &[],
    effect: Effect::Deny,
    because: "a manager never reads a diary",
};

macro_rules! sql {
    ($($name:ident $relation:ident $text:literal)*) => {
        $(static $name: RelationSql = RelationSql { relation: Relation::$relation, holds: $text };)*
        static SQL: &[&RelationSql] = &[$(&$name),*];
    };
}
sql! {
    SELF Oneself "{viewer} = {subject}"
    MANAGER Manager "m({viewer}, {subject}, {today})"
    MENTOR Mentor "n({viewer}, {subject})"
    GRANTEE Grantee "g({viewer}, {record})"
    SUSPENDED Suspended "s({viewer})"
}

fn policy() -> Policy {
    Policy::join([&DIARY], [&OWN, &SHARED, &NEVER], SQL.iter().copied()).expect("the table is sound")
}

#[test]
fn what_no_rule_opens_stays_closed() {
    let policy = policy();
    for relations in Relations::subsets(&Relation::ALL) {
        let own = relations.has(Relation::Oneself) && !relations.has(Relation::Suspended);
        assert_eq!(
            policy.decide(&DIARY, Action::Write, relations, State::Draft).allows(),
            own,
            "{relations:?}"
        );
        assert!(!policy.decide(&DIARY, Action::Share, relations, State::Open).allows());
        assert!(
            !policy.decide(&DIARY, Action::Read, relations, State::Signed).allows(),
            "a state it is never in"
        );
    }
}

#[test]
fn a_denial_wins_over_every_permission() {
    let both = [Relation::Oneself, Relation::Manager].into_iter().collect();
    let decision = policy().decide(&DIARY, Action::Read, both, State::Open);
    assert!(!decision.allows());
    assert_eq!(decision.rule.map(|rule| rule.id), Some("never"));
}

#[test]
fn a_rule_with_two_relations_needs_both() {
    let policy = policy();
    let mentor = Relations::NONE.with(Relation::Mentor);
    assert!(!policy.decide(&DIARY, Action::Read, mentor, State::Open).allows());
    assert!(policy.decide(&DIARY, Action::Read, mentor.with(Relation::Grantee), State::Open).allows());
    assert!(!policy.decide(&DIARY, Action::Read, mentor.with(Relation::Grantee), State::Draft).allows());
}

#[test]
fn a_table_that_contradicts_itself_is_refused() {
    static OPEN: Rule = Rule { id: "open", when: &[], ..copy(&OWN) };
    static STRANGE: Rule = Rule { id: "strange", states: &[State::Signed], ..copy(&OWN) };
    static PEEK: Rule = Rule { id: "peek", kind: &BALLOT, states: &[], ..copy(&OWN) };
    static CHAIN: Rule = Rule { id: "chain", when: &[Relation::Chain], ..copy(&OWN) };
    let join = |rules: &[&'static Rule]| {
        Policy::join([&DIARY, &BALLOT], rules.iter().copied(), SQL.iter().copied()).err()
    };
    assert_eq!(join(&[&OWN, &OWN]), Some(PolicyFault::RuleTwice("own")));
    assert_eq!(join(&[&OPEN]), Some(PolicyFault::OpenToTheWorld("open")));
    assert_eq!(join(&[&STRANGE]), Some(PolicyFault::StrangeState("strange")));
    assert_eq!(join(&[&PEEK]), Some(PolicyFault::OpensC4("peek")));
    assert_eq!(join(&[&CHAIN]), Some(PolicyFault::NoSql("chain")));
    assert_eq!(Policy::join([&DIARY, &DIARY], [], []).err(), Some(PolicyFault::KindTwice("diary")));
}

const fn copy(rule: &Rule) -> Rule {
    Rule {
        id: rule.id,
        kind: rule.kind,
        actions: rule.actions,
        when: rule.when,
        states: rule.states,
        effect: rule.effect,
        because: rule.because,
    }
}

#[test]
fn the_sql_says_what_the_table_says() {
    let terms = Terms { viewer: "$1", subject: "d.owner", record: "d.id", today: "$2", state: "d.state" };
    assert_eq!(
        policy().sql(&DIARY, Action::Read, terms),
        "(not (s($1)) and d.state in ('draft', 'open') and not (((m($1, d.owner, $2)))) \
         and ((($1 = d.owner)) or (d.state in ('open') and (n($1, d.owner)) and (g($1, d.id)))))"
    );
    assert!(policy().sql(&DIARY, Action::Share, terms).contains("(1 = 0)"));
}
