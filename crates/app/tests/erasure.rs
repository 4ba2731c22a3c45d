//! What people are owed: being erased, and a time after which things go.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use common::House;
use espalier_app::{first, house};
use espalier_governance::mydata::{expiry, ledger};
use espalier_keeping::Keeping;
use espalier_kernel::{Mint, Moment, Value};
use espalier_people::trail;
use espalier_store::{Bind, Statement, Store};
use serde_json::Value as Json;

fn keeping() -> Keeping {
    house::keeping(&house::policy().unwrap())
}

async fn run(store: &Store, sql: &'static str) -> u64 {
    let mut tx = store.write().await.unwrap();
    let changed = tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

async fn one(store: &Store, sql: &'static str) -> String {
    let mut tx = store.read().await.unwrap();
    tx.first::<(String,)>(&Statement { name: "STORY", sql }, &[]).await.unwrap().unwrap().0
}

/// Puts a word of Bo's own into everything that Bo can write.
async fn speak(house: &House) {
    let bo = house.id_of("bo").await;
    let talk = one(&house.store, "select id from talk where state = 'planned'").await;
    let other = one(&house.store, "select id from talk where state = 'signed'").await;
    let mut tx = house.store.write().await.unwrap();
    // A talk of Bo's that both signed, beside the one that is planned.
    for (sql, values) in [
        ("update talk set person = $1 where id = $2", [&bo, &other]),
        (
            "update preparation_answer set note = 'bo-canary' where author in (select person from talk where id = $2) and talk = $2 and $1 <> ''",
            [&bo, &other],
        ),
        (
            "insert into preparation (talk, author, side, begun_at, sealed_at) values ($2, $1, 'person', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z') on conflict do nothing",
            [&bo, &other],
        ),
        (
            "insert into preparation_answer (talk, author, item, state, note, revision, changed_at) values ($2, $1, 'x', 'meeting', 'bo-canary', 1, '2026-01-01T00:00:00Z')",
            [&bo, &other],
        ),
        (
            "insert into preparation_evidence (talk, author, item, evidence, happened_on, words, link, standing) values ($2, $1, 'x', 'e', '2026-01-01', 'bo-canary', 'https://bo-canary.example', '')",
            [&bo, &other],
        ),
        (
            "update talk_item set person_words = 'bo-canary', holder_words = 'a word of the other' where talk = $2 and $1 <> ''",
            [&bo, &other],
        ),
        (
            "insert into talk_item (talk, item, outcome, agreed, person_words, holder_words, revision, changed_at) values ($2, 'x' || $1, 'differ', 'meeting', 'bo-canary', 'a word of the other', 1, '2026-01-01T00:00:00Z')",
            [&bo, &other],
        ),
        (
            "insert into talk_note (talk, part, words, revision, changed_at) values ($2, 'x' || $1, 'bo-canary', 1, '2026-01-01T00:00:00Z')",
            [&bo, &other],
        ),
        (
            "insert into talk_input (id, talk, partner, question, words, revision, asked_at, given_at, declined_at) values ('bi', $2, $1, 'bo-canary', '', 1, '2026-01-01T00:00:00Z', null, null)",
            [&bo, &talk],
        ),
        (
            "insert into evidence (id, person, happened_on, situation, deed, effect, link, revision, made_at, changed_at) values ('be' || $2, $1, '2026-01-01', 'bo-canary', 'bo-canary', 'bo-canary', 'https://bo-canary.example', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
            [&bo, &talk],
        ),
        (
            "insert into corroboration (id, evidence, secret_hash, name, email, person, asked_revision, asked_on, asked_words, asked_link, standing, words, asked_at, expires_at, answered_at) values ('bk' || $1, 'be' || $2, null, 'x', 'x', null, 1, '2026-01-01', 'bo-canary', 'bo-canary', 'asked', 'bo-canary', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', null)",
            [&bo, &talk],
        ),
        (
            "insert into plan_step (id, person, talk, framework, version, from_statement, to_statement, why, much_less, less, expected, more, much_more, support, evidence, first_step, first_step_on, first_step_done_at, stop_rule, state, outcome, outcome_words, revision, made_at, changed_at, begun_at, ended_at) select 'bs', $1, $2, 'x', min(v.id), 'x', 'y', 'bo-canary', 'bo-canary', 'bo-canary', 'bo-canary', 'bo-canary', 'bo-canary', null, 'bo-canary', 'bo-canary', null, null, 'bo-canary', 'begun', null, 'bo-canary', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', null, null from framework_version v",
            [&bo, &other],
        ),
        (
            "insert into plan_deed (id, step, kind, words, made_at, done_at) select 'bd', 'bs', 'experience', 'bo-canary', '2026-01-01T00:00:00Z', null where $1 <> $2",
            [&bo, &talk],
        ),
        (
            "insert into plan_checkpoint (id, step, due_on, words, held_at, told_at) select 'bc', 'bs', '2026-02-01', 'bo-canary', null, null where $1 <> $2",
            [&bo, &talk],
        ),
        (
            "insert into plan_rating (step, rater, rated_on, reached, words, rated_at) select 'bs', $1, '2026-02-01', 1, 'bo-canary', '2026-02-01T00:00:00Z' where $2 <> ''",
            [&bo, &talk],
        ),
        (
            "update plan_step set support = $1 where id = (select min(s.id) from plan_step s where s.id <> 'bs') and $2 <> ''",
            [&bo, &talk],
        ),
        (
            "insert into goal (id, person, title, why, measure, from_value, to_value, by_on, state, outcome, outcome_words, revision, made_at, changed_at, ended_at) select 'bz', $1, 'bo-canary', 'bo-canary', 'bo-canary', '1', '2', '2026-09-01', 'open', null, 'bo-canary', 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', null where $2 <> ''",
            [&bo, &talk],
        ),
        (
            "insert into goal_value (goal, measured_on, value, words, measured_at) select 'bz', '2026-02-01', '2', 'bo-canary', '2026-02-01T00:00:00Z' where $1 <> $2",
            [&bo, &talk],
        ),
        (
            "update feedback set question = 'bo-canary', about = 'bo-canary', situation = 'bo-canary', behaviour = 'bo-canary', effect = 'bo-canary' where (receiver = $1 or (giver = $1 and state <> 'given')) and $2 <> ''",
            [&bo, &talk],
        ),
        (
            "update feedback set effect = 'a gift of feedback' where giver = $1 and state = 'given' and $2 <> ''",
            [&bo, &talk],
        ),
        (
            "insert into api_token (id, secret_hash, person, name, scope, made_at, expires_at, ended_at) values ('bt', 'bt' || $2, $1, 'bo-canary', 'read', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', null)",
            [&bo, &talk],
        ),
        (
            "insert into notice_choice (person, mail, chat, chat_url, calendar, quiet_from, quiet_until, time_zone, changed_at) values ($1, null, 'x', 'https://bo-canary.example/' || $2, 'x', null, null, 'x', 'x') on conflict (person) do update set chat_url = excluded.chat_url",
            [&bo, &talk],
        ),
        (
            "update person set pronouns = 'bo-canary', job_title = 'bo-canary', location = 'bo-canary', working_hours = 'bo-canary', languages = 'bo-canary' where id = $1 and $2 <> ''",
            [&bo, &talk],
        ),
    ] {
        let statement = Statement { name: "STORY", sql };
        let values: Vec<&dyn Bind> = values.iter().map(|value| *value as &dyn Bind).collect();
        tx.run(&statement, &values).await.unwrap_or_else(|fault| {
            panic!("{sql}: {:?}", std::error::Error::source(&fault).map(ToString::to_string))
        });
    }
    let upload = Statement {
        name: "STORY",
        sql: "insert into upload (id, person, purpose, file_name, content, made_at) \
              values ('bu', $1, 'evidence', 'bo-canary', $2, '2026-01-01T00:00:00Z')",
    };
    tx.run(&upload, &[&bo, &b"bo-canary".to_vec()]).await.unwrap();
    // What Bo gave to others: it is theirs.
    let given = Statement {
        name: "STORY",
        sql: "insert into talk_input (id, talk, partner, question, words, revision, asked_at, given_at, declined_at) \
              select 'bg', t.id, $1, 'How is it?', 'a gift of words', 1, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', null \
              from talk t where t.state = 'open' and t.person <> $1 order by t.id limit 1",
    };
    tx.run(&given, &[&bo]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Everything that a database holds, as its backup.
async fn text(store: &Store, folder: &std::path::Path) -> String {
    let file = folder.join("everything.jsonl");
    store.backup(&file, &house::migrations()).await.unwrap();
    std::fs::read_to_string(&file).unwrap()
}

/// Bo asks, and Fay carries it out.
async fn erase_bo(house: &House) {
    let (bo, fay) = (house.persona("bo").await, house.persona("fay").await);
    let page = format!("/admin/erasures/{}", house.id_of("bo").await);
    assert_eq!(fay.get(&page).await.status, StatusCode::NOT_FOUND, "nobody asked, nobody left");
    assert_eq!(fay.post(&page, "address=bo@demo.example").await.status, StatusCode::NOT_FOUND);
    assert_eq!(bo.post("/me/data/erasure", "phrase=please").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bo.post("/me/data/erasure", "phrase=erase+what+is+mine").await.status, StatusCode::SEE_OTHER);
    assert!(bo.get("/me/data").await.body.contains("You asked to be erased"));
    assert_eq!(bo.post("/me/data/erasure/end", "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(fay.get(&page).await.status, StatusCode::NOT_FOUND, "Bo asks no longer");
    bo.post("/me/data/erasure", "phrase=erase+what+is+mine").await;
    assert!(fay.get("/admin/erasures").await.body.contains(&page));
    let foreseen = fay.get(&page).await.body;
    assert!(foreseen.contains("evidence log") && !foreseen.contains("bo-canary"), "{foreseen}");
    for slug in ["ada", "cy", "di", "bo"] {
        let visitor = house.persona(slug).await;
        assert_eq!(visitor.get(&page).await.status, StatusCode::NOT_FOUND, "{slug}");
        let answer = visitor.post(&page, "address=bo@demo.example").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{slug}");
    }
    assert_eq!(fay.post(&page, "address=ada@demo.example").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = fay.post(&page, "address=bo@demo.example").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(fay.get(&page).await.status, StatusCode::NOT_FOUND, "nobody is erased twice");
    assert!(bo.get("/me/data").await.status != StatusCode::OK, "Bo is signed out");
}

#[tokio::test]
async fn after_erasure_no_word_of_the_person_is_left_and_what_others_own_stays() {
    for house in common::houses().await {
        speak(&house).await;
        let name = one(&house.store, "select name from person where email = 'bo@demo.example'").await;
        let people = one(&house.store, "select cast(count(*) as text) from person").await;
        let before = text(&house.store, house.folder.path()).await;
        assert!(before.contains("bo-canary") && before.contains(&name));
        let cy = house.persona("cy").await;
        erase_bo(&house).await;
        let after = text(&house.store, house.folder.path()).await;
        for word in ["bo-canary", "bo@demo.example", name.as_str(), "626f2d63616e617279"] {
            let found: Vec<&str> = after.lines().filter(|line| line.contains(word)).collect();
            assert!(found.is_empty(), "{}: {word} is left in {found:?}", house.engine);
        }
        for kept in ["a gift of words", "a word of the other", "a gift of feedback"] {
            assert!(after.contains(kept), "{}: {kept} is another’s, and gone", house.engine);
        }
        assert_eq!(
            one(&house.store, "select cast(count(*) as text) from person").await,
            people,
            "counts stay"
        );
        for path in ["/people?q=bo", "/people", "/chart", "/talks"] {
            assert!(!cy.get(path).await.body.contains(&name), "{}: {path}", house.engine);
        }
        assert_eq!(house.store.integrity().await.unwrap(), Vec::<String>::new());
        trail::seal(&house.store).await.unwrap();
        let mut tx = house.store.read().await.unwrap();
        assert!(trail::verify(&mut tx).await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn an_old_backup_that_comes_back_forgets_again_whom_the_ledger_names() {
    for house in common::houses().await {
        speak(&house).await;
        let old = house.folder.path().join("old.jsonl");
        house.store.backup(&old, &house::migrations()).await.unwrap();
        erase_bo(&house).await;
        let mut tx = house.store.read().await.unwrap();
        let lines = ledger::all(&mut tx).await.unwrap();
        drop(tx);
        let file = ledger::beside(&old);
        assert_eq!(ledger::write(&file, &lines).unwrap(), 1);
        assert_eq!(ledger::write(&file, &[]).unwrap(), 1, "a ledger only grows");
        let known = std::fs::read_to_string(&file).unwrap();
        assert!(!known.contains(&house.id_of_erased().await) && !known.contains("bo"), "{known}");
        let lines = ledger::read(&file).unwrap();
        for (engine, store, folder) in common::stores().await {
            store.restore(&old, &house::migrations(), &first::LIVES_HERE).await.unwrap();
            assert!(text(&store, folder.path()).await.contains("bo-canary"));
            let now = common::story_time();
            assert_eq!(ledger::apply(&store, &keeping(), &lines, now).await.unwrap(), 1, "{engine}");
            let after = text(&store, folder.path()).await;
            assert!(!after.contains("bo-canary") && !after.contains("bo@demo.example"), "{engine}");
            assert_eq!(ledger::apply(&store, &keeping(), &lines, now).await.unwrap(), 0, "{engine}");
        }
    }
}

impl House {
    /// The id of the one who was erased.
    async fn id_of_erased(&self) -> String {
        one(&self.store, "select id from person where email like '%@erased.invalid'").await
    }
}

#[tokio::test]
async fn nobody_erases_themselves_and_a_leaver_need_not_ask() {
    for house in common::houses().await {
        let fay = house.persona("fay").await;
        fay.post("/me/data/erasure", "phrase=erase+what+is+mine").await;
        let own = format!("/admin/erasures/{}", house.id_of("fay").await);
        let answer = fay.post(&own, "address=fay@demo.example").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("Nobody erases themselves"), "{}", answer.body);
        run(&house.store, "update person set left_on = '2026-02-01' where email = 'gus@demo.example'").await;
        let page = format!("/admin/erasures/{}", house.id_of("gus").await);
        assert!(fay.get("/admin/erasures").await.body.contains(&page));
        assert_eq!(fay.post(&page, "address=gus@demo.example").await.status, StatusCode::SEE_OTHER);
    }
}

/// Lets time pass, and whatever goes by itself.
async fn expire(house: &House, at: &str) -> BTreeMap<&'static str, u64> {
    let at: Moment = at.parse().unwrap();
    let expired = expiry::expire(&house.store, &keeping(), at, &house.kit.mint).await.unwrap();
    expired.into_iter().map(|one| (one.key, one.rows)).collect()
}

async fn count(house: &House, sql: &'static str) -> i64 {
    one(&house.store, sql).await.parse().unwrap()
}

#[tokio::test]
async fn what_was_kept_long_enough_goes_by_itself_and_not_a_day_earlier() {
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let talk = format!("/talks/{}", one(&house.store, "select id from talk where state = 'open'").await);
        assert_eq!(cy.get(&talk).await.status, StatusCode::OK);
        assert_eq!(
            ada.post(&format!("{talk}/shares"), "with=gus@demo.example").await.status,
            StatusCode::SEE_OTHER
        );
        trail::seal(&house.store).await.unwrap();
        run(&house.store, "update person set left_on = '2026-02-28' where email = 'ada@demo.example'").await;
        let (reads, deeds) = (
            "select cast(count(*) as text) from read_log",
            "select cast(count(*) as text) from audit_entry where place is not null",
        );
        let evidence = "select cast(count(*) as text) from evidence e join person p on p.id = e.person where p.left_on is not null";
        let before = [count(&house, reads).await, count(&house, deeds).await, count(&house, evidence).await];
        assert!(before.iter().all(|rows| *rows > 0), "{before:?}");

        // On the day twelve months later all of it is still there; a day after, what was noted goes.
        expire(&house, "2027-03-02T09:00:00Z").await;
        assert_eq!(count(&house, deeds).await, before[1], "{}", house.engine);
        let gone = expire(&house, "2027-03-03T09:00:00Z").await;
        assert_eq!(count(&house, reads).await, 0, "{}: {gone:?}", house.engine);
        assert_eq!(count(&house, deeds).await, 0, "{}: {gone:?}", house.engine);
        assert_eq!(i64::try_from(gone["audit"]).unwrap(), before[1]);
        let mut tx = house.store.read().await.unwrap();
        assert!(
            trail::verify(&mut tx).await.unwrap().is_ok(),
            "{}: the rest of the chain holds",
            house.engine
        );
        drop(tx);
        assert_eq!(count(&house, evidence).await, before[2], "employment, and two years");
        expire(&house, "2028-02-28T09:00:00Z").await;
        assert_eq!(count(&house, evidence).await, before[2], "{}", house.engine);
        let gone = expire(&house, "2028-03-01T09:00:00Z").await;
        assert_eq!(count(&house, evidence).await, 0, "{}: {gone:?}", house.engine);
        assert!(text(&house.store, house.folder.path()).await.contains("ada@demo.example"));
        let gone = expire(&house, "2031-03-01T09:00:00Z").await;
        assert!(gone["profile"] >= 1, "{gone:?}");
        assert!(!text(&house.store, house.folder.path()).await.contains("ada@demo.example"));
        assert_eq!(house.store.integrity().await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_administrator_changes_a_time_within_its_bounds_and_everybody_reads_it() {
    for house in common::houses().await {
        let (ada, fay) = (house.persona("ada").await, house.persona("fay").await);
        let register = ada.get("/admin/register").await;
        assert!(register.body.contains("12 months after it was read"), "{}", register.body);
        assert!(!register.body.contains("Change the time"));
        assert_eq!(ada.get("/admin/register/read-log").await.status, StatusCode::NOT_FOUND);
        assert_eq!(ada.post("/admin/register/read-log", "months=7").await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            fay.post("/admin/register/read-log", "months=1").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(fay.post("/admin/register/read-log", "months=7").await.status, StatusCode::SEE_OTHER);
        assert!(ada.get("/admin/register").await.body.contains("7 months after it was read"));
        assert!(ada.get("/admin/register.csv").await.body.contains("7 months after it was read"));
        let json: Json = serde_json::from_str(&ada.get("/admin/register.json").await.body).unwrap();
        assert!(json.as_array().unwrap().iter().any(|line| line["key"] == "evidence"));
        let cy = house.persona("cy").await;
        let talk = format!("/talks/{}", one(&house.store, "select id from talk where state = 'open'").await);
        assert_eq!(cy.get(&talk).await.status, StatusCode::OK);
        expire(&house, "2026-10-03T09:00:00Z").await;
        assert_eq!(
            count(&house, "select cast(count(*) as text) from read_log").await,
            0,
            "seven months, not twelve"
        );
    }
}

#[tokio::test]
async fn what_goes_goes_in_chunks_also_when_two_processes_do_it() {
    for house in common::houses().await {
        let mint = Mint::seeded(9);
        let now = common::story_time();
        let text = |text: String| Value::Text(text.into());
        let reads: Vec<Vec<Value<'static>>> = (0..5_000)
            .map(|_| {
                let id = mint.id(now).to_string();
                vec![
                    text(id.clone()),
                    text(id.clone()),
                    text(id),
                    text("talk".into()),
                    text("x".into()),
                    text(now.to_string()),
                ]
            })
            .collect();
        let mut tx = house.store.write().await.unwrap();
        tx.insert_many("read_log", &["id", "subject", "reader", "kind", "rule", "at"], &reads).await.unwrap();
        tx.commit().await.unwrap();
        let (one_side, other_side) =
            tokio::join!(expire(&house, "2027-06-01T00:00:00Z"), expire(&house, "2027-06-01T00:00:00Z"));
        assert_eq!(one_side["read-log"] + other_side["read-log"], 5_000, "{}", house.engine);
    }
}
