//! The whole table of rules: its golden file, the promises that hold over its finite domain, and that SQL decides
//! as the table does.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so by ending")]

mod common;

use std::path::Path;

use espalier_access::{Action, Class, Effect, Policy, Relation, Relations, State, Terms};
use espalier_app::house;
use espalier_kernel::{Date, Id, Mint};
use espalier_store::{Statement, Store, Tx};
use espalier_web::{About, Lookups};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

fn policy() -> Policy {
    house::policy().unwrap()
}

#[test]
fn the_matrix_is_the_one_that_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../access/matrix.txt");
    let now = policy().matrix();
    if std::env::var_os("ESPALIER_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        now == reviewed,
        "access/matrix.txt is not what the rules say. If the change is meant, write it anew with ESPALIER_BLESS=1 \
         and have it reviewed like a contract.\n{now}"
    );
}

/// Every kind, every set of the relations its rules name, every action, every state.
fn whole_domain(
    policy: &Policy,
    mut check: impl FnMut(&'static espalier_access::Kind, Action, Relations, State),
) {
    for &kind in policy.kinds() {
        for relations in Relations::subsets(&policy.relations_of(kind)) {
            for action in Action::ALL {
                for state in State::ALL {
                    check(kind, action, relations, state);
                }
            }
        }
    }
}

#[test]
fn the_suspended_and_the_unknown_may_do_nothing() {
    let policy = policy();
    whole_domain(&policy, |kind, action, relations, state| {
        let suspended = relations.with(Relation::Suspended);
        assert!(!policy.decide(kind, action, suspended, state).allows(), "{} {action:?}", kind.name);
        assert!(!policy.decide(kind, action, Relations::NONE, state).allows(), "{} {action:?}", kind.name);
    });
}

#[test]
fn an_administrator_reads_no_content_because_of_being_one() {
    let policy = policy();
    let admin = Relations::NONE.with(Relation::Administrator);
    for &kind in policy.kinds() {
        for &state in kind.states {
            if kind.class >= Class::C2 {
                assert!(!policy.decide(kind, Action::Read, admin, state).allows(), "{}", kind.name);
                assert!(!policy.decide(kind, Action::Share, admin, state).allows(), "{}", kind.name);
            }
        }
    }
}

#[test]
fn a_self_assessment_is_read_by_its_owner_alone() {
    let policy = policy();
    let kind = &espalier_growth::access::SELF_ASSESSMENT;
    for relations in Relations::subsets(&Relation::ALL) {
        for state in State::ALL {
            let decision = policy.decide(kind, Action::Read, relations, state);
            assert!(!decision.allows() || relations.has(Relation::Oneself), "{relations:?}");
        }
    }
}

#[test]
fn evidence_is_read_by_its_owner_and_whom_they_share_it_with() {
    let policy = policy();
    let kind = &espalier_growth::evidence::access::EVIDENCE;
    for relations in Relations::subsets(&Relation::ALL) {
        for state in State::ALL {
            let is_told = relations.has(Relation::Oneself) || relations.has(Relation::Grantee);
            let decision = policy.decide(kind, Action::Read, relations, state);
            assert!(!decision.allows() || is_told, "{relations:?}");
            for action in [Action::Write, Action::Decide, Action::Share] {
                let decision = policy.decide(kind, action, relations, state);
                assert!(!decision.allows() || relations.has(Relation::Oneself), "{relations:?}");
            }
        }
    }
}

/// For each kind, who may read it and who may change it, over the whole domain.
#[test]
fn plans_goals_and_feedback_reach_nobody_whom_their_owner_or_a_talk_did_not_choose() {
    use Relation::{Grantee, Holder, Oneself};
    use espalier_growth::{feedback, goal, plan};
    let policy = policy();
    let table: [(&'static espalier_access::Kind, &[Relation], &[Relation]); 5] = [
        (&plan::access::OWN_STEP, &[Oneself, Grantee], &[Oneself]),
        (&plan::access::AGREED_STEP, &[Oneself, Holder, Grantee], &[Oneself, Holder]),
        (&goal::access::GOAL, &[Oneself, Grantee], &[Oneself]),
        (&feedback::access::WRITTEN, &[Oneself], &[Oneself]),
        (&feedback::access::RECEIVED, &[Oneself, Grantee], &[Oneself]),
    ];
    for (kind, readers, writers) in table {
        for relations in Relations::subsets(&Relation::ALL) {
            let one_of = |allowed: &[Relation]| allowed.iter().any(|&one| relations.has(one));
            for state in State::ALL {
                let may = |action| policy.decide(kind, action, relations, state).allows();
                assert!(!may(Action::Read) || one_of(readers), "{} {relations:?}", kind.name);
                for action in [Action::Write, Action::Decide] {
                    assert!(!may(action) || one_of(writers), "{} {relations:?}", kind.name);
                }
                assert!(!may(Action::Share) || relations.has(Oneself), "{} {relations:?}", kind.name);
                // What is closed, given or read is changed by nobody.
                let is_over = matches!(state, State::Ended | State::Open)
                    && kind.name.starts_with("feedback")
                    || state == State::Ended;
                assert!(!is_over || !may(Action::Write) && !may(Action::Decide), "{} {state:?}", kind.name);
            }
        }
    }
}

#[test]
fn taking_a_relation_away_never_opens_anything() {
    let policy = policy();
    whole_domain(&policy, |kind, action, relations, state| {
        if policy.decide(kind, action, relations, state).allows() {
            return;
        }
        for relation in relations.iter() {
            let closes = relation == Relation::Suspended
                || policy.readers(kind, action, state).any(|rule| rule.effect == Effect::Deny);
            let fewer = relations.without(relation);
            assert!(
                closes || !policy.decide(kind, action, fewer, state).allows(),
                "{} {relation:?}",
                kind.name
            );
        }
    });
}

#[test]
fn relations_that_no_rule_names_change_nothing() {
    let policy = policy();
    for &kind in policy.kinds() {
        let named = policy.relations_of(kind);
        let others: Vec<Relation> = Relation::ALL.into_iter().filter(|one| !named.contains(one)).collect();
        for relations in Relations::subsets(&named) {
            for action in Action::ALL {
                for &state in kind.states {
                    let alone = policy.decide(kind, action, relations, state).allows();
                    let all = others.iter().fold(relations, |set, &other| set.with(other));
                    assert_eq!(policy.decide(kind, action, all, state).allows(), alone, "{}", kind.name);
                }
            }
        }
    }
}

/// An invented organisation of at most twelve, as plain facts.
#[derive(Debug, Clone)]
struct Facts {
    people: Vec<Fact>,
    /// Person, role, team of scope.
    grants: Vec<(usize, usize, Option<usize>, bool)>,
    /// Owner and reader of a share of the owner's record, and whether it is in force.
    shares: Vec<(usize, usize, bool)>,
    /// For each person, with whom their talk is: whoever leads them, whom it opened with, or whom they chose.
    talks: Vec<(Option<usize>, bool)>,
}

#[derive(Debug, Clone)]
struct Fact {
    manager: Option<usize>,
    team: Option<usize>,
    is_guest: bool,
    has_left: bool,
    is_suspended: bool,
    line_ended: bool,
}

const ROLES: [&str; 4] = ["administrator", "hr", "framework-owner", "auditor"];
/// Team 1 is inside team 0, team 2 inside team 1, team 3 stands alone.
const TEAM_PATHS: [&[usize]; 4] = [&[0], &[0, 1], &[0, 1, 2], &[3]];

fn facts() -> impl Strategy<Value = Facts> {
    let person = (
        proptest::option::of(0..12_usize),
        proptest::option::of(0..4_usize),
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.15),
        proptest::bool::weighted(0.15),
        proptest::bool::weighted(0.2),
    )
        .prop_map(|(manager, team, is_guest, has_left, is_suspended, line_ended)| Fact {
            manager,
            team,
            is_guest,
            has_left,
            is_suspended,
            line_ended,
        });
    let grant = (0..12_usize, 0..4_usize, proptest::option::of(0..4_usize), proptest::bool::weighted(0.8));
    let share = (0..12_usize, 0..12_usize, proptest::bool::weighted(0.7));
    let talk = (proptest::option::of(0..12_usize), proptest::bool::ANY);
    (
        proptest::collection::vec(person, 3..12),
        proptest::collection::vec(grant, 0..6),
        proptest::collection::vec(share, 0..8),
        proptest::collection::vec(talk, 12),
    )
        .prop_map(|(mut people, mut grants, mut shares, mut talks)| {
            let count = people.len();
            for (place, person) in people.iter_mut().enumerate() {
                person.manager =
                    person.manager.map(|manager| manager % count).filter(|&manager| manager != place);
            }
            for grant in &mut grants {
                grant.0 %= count;
                if ROLES[grant.1] != "hr" {
                    grant.2 = None;
                }
            }
            for (owner, reader, _) in &mut shares {
                (*owner, *reader) = (*owner % count, *reader % count);
            }
            talks.truncate(count);
            for (holder, _) in &mut talks {
                *holder = holder.map(|holder| holder % count);
            }
            Facts { people, grants, shares, talks }
        })
}

impl Facts {
    fn manager(&self, person: usize) -> Option<usize> {
        self.people[person].manager.filter(|_| !self.people[person].line_ended)
    }

    /// Who stands above, with the distances at which they do; a circle is walked once.
    fn above(&self, person: usize) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        let mut at = self.manager(person);
        let mut depth = 1;
        while let Some(manager) = at {
            if depth > 40 {
                break;
            }
            out.push((manager, depth));
            at = self.manager(manager);
            depth += 1;
        }
        out
    }

    /// The relations, worked out from the facts without any SQL.
    fn relations(&self, viewer: usize, subject: usize) -> Relations {
        let mut set = Relations::NONE;
        let me = &self.people[viewer];
        let above = self.above(subject);
        let holds = |role: &str| {
            self.grants.iter().any(|grant| grant.0 == viewer && ROLES[grant.1] == role && grant.3)
        };
        if viewer == subject {
            set = set.with(Relation::Oneself);
        }
        if self.manager(subject) == Some(viewer) {
            set = set.with(Relation::Manager);
        }
        if above.iter().any(|&(person, depth)| person == viewer && depth >= 2) {
            set = set.with(Relation::Chain);
        }
        let hr = self.grants.iter().any(|&(person, role, scope, confirmed)| {
            let reaches = match (scope, self.people[subject].team) {
                (None, _) => true,
                (Some(scope), Some(team)) => TEAM_PATHS[team].contains(&scope),
                (Some(_), None) => false,
            };
            person == viewer && ROLES[role] == "hr" && confirmed && reaches
        });
        if hr && viewer != subject && !self.above(viewer).iter().any(|&(person, _)| person == subject) {
            set = set.with(Relation::HrPartner);
        }
        if self.shares.contains(&(subject, viewer, true)) {
            set = set.with(Relation::Grantee);
        }
        let (holder, is_chosen) = self.talks[subject];
        let is_holder = match (holder, is_chosen) {
            (Some(holder), true) => holder == viewer,
            (None, true) => false,
            (Some(holder), false) => holder == viewer && self.manager(subject) == Some(viewer),
            (None, false) => self.manager(subject) == Some(viewer),
        };
        if is_holder {
            set = set.with(Relation::Holder);
        }
        if holds("administrator") {
            set = set.with(Relation::Administrator);
        }
        if holds("auditor") {
            set = set.with(Relation::Auditor);
        }
        if holds("framework-owner") {
            set = set.with(Relation::FrameworkOwner);
        }
        set = set.with(if me.is_guest { Relation::Guest } else { Relation::Member });
        if me.has_left || me.is_suspended {
            set = set.with(Relation::Suspended);
        }
        set
    }

    async fn write(&self, tx: &mut Tx, ids: &[Id], teams: &[Id]) {
        async fn run(tx: &mut Tx, sql: String) {
            tx.run(&Statement::compose("STORY", sql), &[]).await.unwrap();
        }
        for (place, path) in TEAM_PATHS.iter().enumerate() {
            let path: String = path.iter().map(|&team| format!("{}/", teams[team])).collect();
            run(
                tx,
                format!(
                    "insert into team (id, name, sort_key, path) values ('{}', 't', 't', '/{path}')",
                    teams[place]
                ),
            )
            .await;
        }
        for (place, person) in self.people.iter().enumerate() {
            let id = ids[place];
            let kind = if person.is_guest { "guest" } else { "member" };
            let team = person.team.map_or("null".to_owned(), |team| format!("'{}'", teams[team]));
            let left = if person.has_left { "'2026-01-01'" } else { "null" };
            run(tx, format!(
                "insert into person (id, name, sort_key, kind, email, pronouns, job_title, team, location, time_zone, \
                 working_hours, languages, left_on, version) values ('{id}', 'n', 'n', '{kind}', '{id}@x', '', '', {team}, '', \
                 'UTC', '', '', {left}, 1)"
            )).await;
            if person.is_suspended {
                run(
                    tx,
                    format!(
                        "insert into account (person, state, changed_at) values ('{id}', 'suspended', '')"
                    ),
                )
                .await;
            }
        }
        for (place, person) in self.people.iter().enumerate() {
            if let Some(manager) = person.manager {
                let until = if person.line_ended { "'2026-02-01'" } else { "null" };
                run(
                    tx,
                    format!(
                        "insert into reporting_line (id, person, manager, from_on, until_on) values \
                     ('line{place}', '{}', '{}', '2025-01-01', {until})",
                        ids[place], ids[manager]
                    ),
                )
                .await;
            }
        }
        // The record that is asked about has the id of its person.
        for (place, &(owner, reader, in_force)) in self.shares.iter().enumerate() {
            let ended = if in_force { "null" } else { "'2026-02-01T00:00:00.000000Z'" };
            run(
                tx,
                format!(
                    "insert into share (id, owner, grantee, kind, record, path, from_on, until_on, ended_at) values \
                     ('share{place}', '{}', '{}', 'talk', '{}', '/', '2026-01-01', '2026-04-01', {ended})",
                    ids[owner], ids[reader], ids[owner]
                ),
            )
            .await;
        }
        for (place, &(holder, is_chosen)) in self.talks.iter().enumerate() {
            let holder = holder.map_or("null".to_owned(), |holder| format!("'{}'", ids[holder]));
            run(
                tx,
                format!(
                    "insert into talk (id, person, holder, is_chosen, framework, framework_name, level, level_name, \
                     item_kind, state, due_on, made_at) values ('{0}', '{0}', {holder}, {1}, '', '', '', '', \
                     'statement', 'open', '2026-03-01', '2026-01-01')",
                    ids[place],
                    i64::from(is_chosen)
                ),
            )
            .await;
        }
        for (place, &(person, role, scope, confirmed)) in self.grants.iter().enumerate() {
            let scope = scope.map_or("null".to_owned(), |team| format!("'{}'", teams[team]));
            let standing = if confirmed { "confirmed" } else { "invited" };
            run(
                tx,
                format!(
                    "insert into role_grant (id, person, role, scope, standing, from_on) values \
                 ('grant{place}', '{}', '{}', {scope}, '{standing}', '2025-01-01')",
                    ids[person], ROLES[role]
                ),
            )
            .await;
        }
    }
}

/// For every viewer and subject of an invented organisation: what SQL finds is what the facts say, for lookups of
/// relations and for lists.
async fn compare(store: &Store, policy: &Policy, lookups: &Lookups, facts: &Facts, engine: &str) {
    let today: Date = "2026-03-02".parse().unwrap();
    let mint = Mint::seeded(7);
    let make = |count: usize| -> Vec<Id> { (0..count).map(|_| mint.id(common::story_time())).collect() };
    let (ids, teams) = (make(facts.people.len()), make(4));
    // The transaction is dropped at the end, and the database is empty for the next organisation.
    let mut tx = store.write().await.unwrap();
    facts.write(&mut tx, &ids, &teams).await;
    for &kind in policy.kinds() {
        let named = policy.relations_of(kind);
        for viewer in 0..ids.len() {
            let mut expected: Vec<Relations> = Vec::new();
            for subject in 0..ids.len() {
                let known: Relations =
                    facts.relations(viewer, subject).iter().filter(|one| named.contains(one)).collect();
                let found = lookups
                    .relations(&mut tx, kind, ids[viewer], About::record(ids[subject], ids[subject]), today)
                    .await
                    .unwrap();
                assert_eq!(found, known, "{engine}, {}, {viewer} to {subject} in {facts:?}", kind.name);
                expected.push(known);
            }
            for action in [Action::Discover, Action::Read, Action::Write] {
                for &state in kind.states {
                    let state_word = format!("'{}'", state.word());
                    let terms = Terms {
                        viewer: "$1",
                        subject: "p.id",
                        today: "$2",
                        state: &state_word,
                        record: "p.id",
                    };
                    let sql = format!(
                        "select p.id from person p where {} order by p.id",
                        policy.sql(kind, action, terms)
                    );
                    let listed: Vec<(Id,)> =
                        tx.all(&Statement::compose("LIST", sql), &[&ids[viewer], &today]).await.unwrap();
                    let mut allowed: Vec<Id> = (0..ids.len())
                        .filter(|&subject| policy.decide(kind, action, expected[subject], state).allows())
                        .map(|subject| ids[subject])
                        .collect();
                    allowed.sort_unstable();
                    let listed: Vec<Id> = listed.into_iter().map(|(id,)| id).collect();
                    assert_eq!(listed, allowed, "{engine}, {} {action:?} {state:?} in {facts:?}", kind.name);
                }
            }
        }
    }
}

#[tokio::test]
async fn sql_decides_as_the_table_does_for_any_organisation() {
    let policy = policy();
    let lookups = Lookups::new(&policy);
    let mut runner = TestRunner::deterministic();
    for (engine, store, _folder) in common::stores().await {
        store.migrate(&house::migrations()).await.unwrap();
        // PostgreSQL plans each of these long statements anew; the same organisations take it ten times as long.
        let organisations = if engine == "SQLite" { 500 } else { 60 };
        for _ in 0..organisations {
            let facts = facts().new_tree(&mut runner).unwrap().current();
            compare(&store, &policy, &lookups, &facts, engine).await;
        }
    }
}
