//! The invented organisation: a year and a half of it, believable, and the same each time.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use common::House;
use espalier_app::{demo, house};
use espalier_kernel::Mint;
use espalier_store::{Statement, Store};

const PEOPLE: usize = 240;

/// Houses in which the year and a half has happened.
async fn lived() -> Vec<House> {
    let mut houses = Vec::new();
    for (engine, store, folder) in common::stores().await {
        store.migrate(&house::migrations()).await.unwrap();
        fill(&store).await;
        houses.push(common::open(engine, store, folder, Mint::seeded(2)));
    }
    houses
}

async fn fill(store: &Store) {
    let mint = Mint::seeded(1);
    demo::fill(store, &mint, common::story_time(), PEOPLE).await.unwrap();
    demo::live(store, &mint, common::story_time()).await.unwrap();
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    let mut tx = store.read().await.unwrap();
    tx.first::<(i64,)>(&Statement { name: "COUNT", sql }, &[]).await.unwrap().unwrap().0
}

#[test]
fn the_framework_of_the_engineers_is_whole() {
    let framework = demo::engineering();
    assert_eq!(framework.level_order("engineer"), ["engineer", "experienced", "senior", "staff"]);
    assert_eq!((framework.top_pillars().len(), framework.competencies.len()), (3, 8));
    let faults = espalier_framework::check(&framework);
    assert!(faults.is_empty(), "{faults:?}");
}

#[tokio::test]
async fn every_part_of_work_life_has_happened_to_somebody() {
    for House { store, engine, .. } in lived().await {
        for (what, sql, least) in [
            ("rounds that are over", "select count(*) from talk_cycle where state = 'closed'", 3),
            ("signed talks", "select count(*) from talk where state = 'signed'", 300),
            ("open talks", "select count(*) from talk where state = 'open'", 20),
            ("talks to come", "select count(*) from talk where state = 'planned'", 40),
            ("talks called off", "select count(*) from talk where state = 'called-off'", 5),
            ("points that were agreed", "select count(*) from talk_item where outcome = 'agreed'", 2_000),
            ("points in both wordings", "select count(*) from talk_item where outcome = 'differ'", 20),
            ("pieces of evidence", "select count(*) from evidence", 3_000),
            ("confirmed pieces", "select count(*) from corroboration where standing = 'confirmed'", 100),
            ("finished self-assessments", "select count(*) from assessment where state = 'archived'", 300),
            ("steps at work", "select count(*) from plan_step where state = 'begun'", 20),
            ("steps that were reached", "select count(*) from plan_step where outcome = 'reached'", 20),
            ("goals", "select count(*) from goal", 20),
            ("feedback", "select count(*) from feedback where state = 'given'", 40),
            ("leavers", "select count(*) from person where left_on is not null", 5),
            ("changes of who leads", "select count(*) from reporting_line where until_on is not null", 20),
            ("teams that ended", "select count(*) from team where ended_on is not null", 1),
            ("people on leave", "select count(*) from leave", 2),
        ] {
            let found = count(&store, sql).await;
            assert!(found >= least, "{engine}: {found} {what}, at least {least} were expected");
        }
    }
}

#[tokio::test]
async fn nothing_happens_that_could_not() {
    for House { store, engine, .. } in lived().await {
        for (what, sql) in [
            (
                "talks of people who had not begun to work or had left",
                "select count(*) from talk t join person p on p.id = t.person where t.made_at < p.started_on \
                 or substr(t.made_at, 1, 10) > p.left_on",
            ),
            (
                "evidence from before the first or after the last day at work",
                "select count(*) from evidence e join person p on p.id = e.person where e.happened_on < p.started_on \
                 or e.happened_on > p.left_on",
            ),
            (
                "anything that has not happened yet",
                "select count(*) from (select signed.id from talk signed where signed.ended_at > '2026-03-02T23' \
                 union all select e.id from evidence e where e.happened_on > '2026-03-02' \
                 union all select r.step from plan_rating r where r.rated_on > '2026-03-02' \
                 union all select f.id from feedback f where f.read_at > '2026-03-02T23') q",
            ),
            (
                "signed talks without what both prepared",
                "select count(*) from talk t where t.state = 'signed' and t.version is not null and (select count(*) \
                 from preparation z where z.talk = t.id and z.sealed_at is not null) <> 2",
            ),
            ("talks held by the person themselves", "select count(*) from talk where holder = person"),
            (
                "people whom somebody still leads after their last day",
                "select count(*) from reporting_line l join person p on p.id = l.person where p.left_on is not null \
                 and (l.until_on is null or l.until_on > p.left_on)",
            ),
            (
                "people led by two at once",
                "select count(*) from reporting_line a join reporting_line b on b.person = a.person and b.id <> a.id \
                 where a.from_on <= b.from_on and (a.until_on is null or a.until_on > b.from_on)",
            ),
            (
                "more than three open steps",
                "select count(*) from (select s.person from plan_step s where s.state <> 'ended' group by s.person \
                 having count(*) > 3) q",
            ),
            (
                "rounds that count wrong",
                "select count(*) from talk_cycle c where c.made <> (select count(*) from talk t where t.cycle = c.id)",
            ),
            ("feedback to oneself", "select count(*) from feedback where giver = receiver"),
        ] {
            assert_eq!(count(&store, sql).await, 0, "{engine}: {what}");
        }
    }
}

/// Every table with its rows, as a backup has them.
async fn everything(house: &House) -> BTreeMap<String, Vec<String>> {
    let file = house.folder.path().join("everything.jsonl");
    house.store.backup(&file, &house::migrations()).await.unwrap();
    let mut tables = BTreeMap::new();
    let mut table = String::new();
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        match json["line"].as_str().unwrap() {
            "table" => table = json["name"].as_str().unwrap().to_owned(),
            "row" => tables.entry(table.clone()).or_insert_with(Vec::new).push(json["values"].to_string()),
            _ => {}
        }
    }
    tables
}

#[tokio::test]
async fn the_same_day_invents_the_same_life_on_every_engine() {
    let mut lives = Vec::new();
    for house in lived().await.into_iter().chain(lived().await) {
        lives.push((house.engine, everything(&house).await));
    }
    let (_, first) = &lives[0];
    assert!(first.len() > 30, "{:?}", first.keys());
    for (engine, life) in &lives[1..] {
        assert_eq!(first.keys().collect::<Vec<_>>(), life.keys().collect::<Vec<_>>(), "{engine}");
        for (table, rows) in first {
            // Which key opens what is drawn by chance also here; all that people see is not.
            assert!(life[table] == *rows, "{engine}: {table} is another");
        }
    }
}

#[tokio::test]
async fn the_pages_of_a_life_open() {
    for house in lived().await {
        for (slug, paths) in [
            ("di", &["/talks/rounds", "/talks/overview", "/people", "/frameworks"][..]),
            ("eve", &["/talks/below", "/talks", "/people"]),
            ("ada", &["/", "/me/history", "/talks", "/me/plan"]),
            ("fay", &["/admin/register", "/people"]),
        ] {
            let visitor = house.persona(slug).await;
            for path in paths {
                let answer = visitor.get(path).await;
                assert_eq!(answer.status, StatusCode::OK, "{}: {path} for {slug}", house.engine);
            }
        }
        let overview = house.persona("di").await.get("/talks/overview").await.body;
        assert!(overview.contains("at least"), "{}: {overview}", house.engine);
        // A year and a half, told in the months in which something changed.
        let lines = overview.matches("<th scope=\"row\">").count();
        assert!((5..18).contains(&lines), "{}: {lines} lines", house.engine);
    }
}
