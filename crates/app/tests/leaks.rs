//! Nothing said in confidence is found anywhere but with those who may read it: a word nobody would guess is planted
//! in every field, and the whole house is walked through as each visitor.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::{BTreeSet, VecDeque};
use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::http::{Method, StatusCode};
use common::server::Server;
use common::{House, Visitor};
use espalier_store::Database;

const NOTE: &str = "Zeitgeistkanarie";
const LEVEL: &str = "kanarielevel";
/// What two people said in their talks, what one of them prepared sealed, and what a partner is still writing.
const TALK: &str = "Talkanarie";
const SEALED: &str = "Siegelkanarie";
const INPUT: &str = "Partnerkanarie";
/// What Bo is asked to confirm, and what he said: he and Ada read it.
const ASKED: &str = "Flussuferkanarie";
/// A step of Ada's own and one that she agreed on with Cy, and what she wants to come of her work.
const OWN_STEP: &str = "Eigenkanarie";
const AGREED: &str = "Zweierkanarie";
const GOAL: &str = "Zielkanarie";
/// Feedback from Gus that Ada has read, from Bo that she has not opened, and what Gus is still writing for her.
const FEEDBACK: &str = "Lobkanarie";
const UNOPENED: &str = "Umschlagkanarie";
const UNGIVEN: &str = "Entwurfkanarie";
const PASSWORD: &str = "kanarie-in-a-cage";

/// All addresses of this house that a page links to.
fn links(body: &str) -> Vec<String> {
    body.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with('/') && !link.starts_with("/assets/"))
        .map(|link| link.split('#').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

/// Everything a visitor can reach by following links, and every page somebody might guess.
async fn walk(visitor: &Visitor, guesses: &[String]) -> String {
    let mut open: VecDeque<String> = guesses.iter().cloned().collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut everything = String::new();
    while let Some(path) = open.pop_front() {
        if seen.len() > 400 || !seen.insert(path.clone()) {
            continue;
        }
        let answer = visitor.get(&path).await;
        assert!(answer.status.as_u16() < 500, "{path} is {}", answer.status);
        everything.push_str(&answer.body);
        for (name, value) in &answer.headers {
            everything.push_str(name.as_str());
            everything.push_str(value.to_str().unwrap_or_default());
        }
        open.extend(links(&answer.body));
    }
    everything
}

fn plan_step(word: &str, talk: &str) -> String {
    format!(
        "update plan_step set why = '{word}', much_less = '{word}', less = '{word}', expected = '{word}', \
         more = '{word}', much_more = '{word}', evidence = '{word}', first_step = '{word}', stop_rule = '{word}', \
         outcome_words = '{word}' where talk {talk}"
    )
}

fn part_of_plan(table: &str, word: &str, talk: &str) -> String {
    format!("update {table} set words = '{word}' where step in (select id from plan_step where talk {talk})")
}

fn feedback(word: &str, which: &str) -> String {
    format!("update feedback set situation = '{word}', behaviour = '{word}', effect = '{word}' where {which}")
}

async fn plant(house: &House) -> Vec<String> {
    let mut tx = house.store.write().await.unwrap();
    for sql in [
        format!("update answer set note = '{NOTE}'"),
        format!("update evidence set situation = '{NOTE}', deed = '{NOTE}', effect = '{NOTE}'"),
        format!("update corroboration set asked_words = '{ASKED}', words = '{ASKED}'"),
        format!(
            "update level_entry set level = '{LEVEL}' where person in \
             (select id from person where email = 'ada@demo.example')"
        ),
        // All talks that have opened are Ada's, with Cy; the sealed preparation is Cy's, for Bo.
        format!("update talk_item set person_words = '{TALK}', holder_words = '{TALK}'"),
        format!("update talk_note set words = '{TALK}'"),
        format!("update preparation_answer set note = '{TALK}'"),
        format!(
            "update preparation_answer set note = '{SEALED}' where talk in \
             (select id from talk where state = 'planned')"
        ),
        format!("update talk_input set words = '{INPUT}'"),
        plan_step(OWN_STEP, "is null"),
        plan_step(AGREED, "is not null"),
        part_of_plan("plan_deed", OWN_STEP, "is null"),
        part_of_plan("plan_deed", AGREED, "is not null"),
        part_of_plan("plan_checkpoint", AGREED, "is not null"),
        part_of_plan("plan_rating", AGREED, "is not null"),
        part_of_plan("plan_rating", OWN_STEP, "is null"),
        format!("update goal set title = '{GOAL}', why = '{GOAL}', measure = '{GOAL}'"),
        format!("update goal_value set words = '{GOAL}'"),
        feedback(FEEDBACK, "read_at is not null"),
        feedback(
            UNOPENED,
            "state = 'given' and giver in (select id from person where email = 'bo@demo.example')",
        ),
        feedback(
            UNGIVEN,
            "state = 'draft' and giver in (select id from person where email = 'gus@demo.example')",
        ),
    ] {
        tx.run(&espalier_store::Statement::compose("PLANT", sql), &[]).await.unwrap();
    }
    let assessments: Vec<(String,)> = tx
        .all(&espalier_store::Statement { name: "STORY", sql: "select id from assessment" }, &[])
        .await
        .unwrap();
    let sql = "select id from talk";
    let talks: Vec<(String,)> = tx.all(&espalier_store::Statement { name: "STORY", sql }, &[]).await.unwrap();
    let ids = "select '/evidence/' || id from evidence union all select '/api/v1/me/evidence/' || id from evidence \
               union all select '/corroborations/' || id from corroboration \
               union all select '/plan/' || id from plan_step union all select '/api/v1/plan/' || id from plan_step \
               union all select '/goals/' || id from goal union all select '/api/v1/goals/' || id from goal \
               union all select '/feedback/' || id from feedback \
               union all select '/api/v1/feedback/' || id from feedback order by 1";
    let paths: Vec<(String,)> =
        tx.all(&espalier_store::Statement { name: "STORY", sql: ids }, &[]).await.unwrap();
    tx.commit().await.unwrap();
    let ada = house.id_of("ada").await;
    let mut guesses: Vec<String> = [
        "/",
        "/people",
        "/people?q=ada",
        "/teams",
        "/chart",
        "/frameworks",
        "/me/growth",
        "/me/evidence",
        "/me/evidence/coverage",
        "/me/evidence/export.csv",
        "/me/evidence/export.json",
        "/api/v1/me/evidence",
        "/me/plan",
        "/me/plan/new",
        "/api/v1/me/plan",
        "/api/v1/me/goals",
        "/me/feedback",
        "/api/v1/me/feedback",
        "/me/read-log",
        "/me/account",
        "/api/v1/me",
        "/api/v1/people",
        "/api/v1/me/assessments",
        "/talks",
        "/talks/rounds",
        "/talks/below",
        "/me/shares",
        "/admin/people",
        "/people?q=kanarie",
        "/people?q=zeitgeist",
        "/frameworks/agile-coaching/search?q=zeitgeist",
    ]
    .map(str::to_owned)
    .into();
    guesses.extend(paths.into_iter().map(|(path,)| path));
    guesses.push(format!("/people/{ada}"));
    guesses.push(format!("/api/v1/people/{ada}/levels"));
    for (id,) in assessments {
        guesses.push(format!("/me/assessments/{id}"));
        guesses.push(format!("/me/assessments/{id}/position"));
        guesses.push(format!("/api/v1/me/assessments/{id}"));
    }
    for (id,) in talks {
        for part in ["", "/preparation", "/meeting", "/meeting?at=2", "/sheet"] {
            guesses.push(format!("/talks/{id}{part}"));
        }
    }
    guesses
}

#[tokio::test]
async fn words_said_in_confidence_reach_only_those_who_may_read_them() {
    for house in common::houses().await {
        let guesses = plant(&house).await;
        let readers: [(&str, &[&str]); 12] = [
            (NOTE, &["ada"]),
            (LEVEL, &["ada", "cy", "di", "eve"]),
            (TALK, &["ada", "cy"]),
            (SEALED, &["cy"]),
            (INPUT, &["gus"]),
            (ASKED, &["ada", "bo"]),
            (OWN_STEP, &["ada"]),
            (AGREED, &["ada", "cy"]),
            (GOAL, &["ada"]),
            (FEEDBACK, &["ada", "gus"]),
            (UNOPENED, &["bo"]),
            (UNGIVEN, &["gus"]),
        ];
        for slug in ["ada", "bo", "cy", "di", "eve", "fay", "gus", ""] {
            let visitor = if slug.is_empty() { house.nobody() } else { house.persona(slug).await };
            let seen = walk(&visitor, &guesses).await.to_lowercase();
            for (word, readers) in readers {
                let reads = seen.contains(&word.to_lowercase());
                assert_eq!(reads, readers.contains(&slug), "{}: “{slug}” and {word}", house.engine);
            }
        }
    }
}

#[tokio::test]
async fn who_read_a_level_stands_in_its_owners_log_and_nowhere_else() {
    for house in common::houses().await {
        let ada = house.id_of("ada").await;
        let log = |body: &str| body.matches("read your").count();
        let before = house.persona("ada").await.get("/me/read-log").await.body;
        assert_eq!(log(&before), 0);
        // A colleague sees no level, so there is nothing to log; the manager and HR do.
        for slug in ["gus", "cy", "di"] {
            assert_eq!(house.persona(slug).await.get(&format!("/people/{ada}")).await.status, StatusCode::OK);
        }
        house.persona("ada").await.get(&format!("/people/{ada}")).await;
        let after = house.persona("ada").await.get("/me/read-log").await.body;
        assert!(after.contains("Cy Okafor") && after.contains("Di Fontaine"), "{}", house.engine);
        assert!(!after.contains("Gus") && !after.contains("<strong>Ada"), "{}: {after}", house.engine);
        assert_eq!(log(&house.persona("gus").await.get("/me/read-log").await.body), 0);
    }
}

/// All that was logged, down to the smallest thing.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn begin() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).to_lowercase()
    }
}

/// What must stand in no log: what was said in confidence, and what opens doors.
fn assert_silent(what: &str, said: &str, secrets: &[&str]) {
    let said = said.to_lowercase();
    for secret in [NOTE, LEVEL, TALK, SEALED, INPUT, ASKED, PASSWORD].iter().chain(secrets) {
        let line = said.lines().find(|line| line.contains(&secret.to_lowercase()));
        assert!(line.is_none(), "{what}: {}", line.unwrap_or_default());
    }
}

#[tokio::test]
async fn what_is_said_in_confidence_stands_in_no_log() {
    let (log, _guard) = Log::begin();
    for house in common::houses().await {
        let guesses = plant(&house).await;
        let (ada, nobody) = (house.persona("ada").await, house.nobody());
        let cookie = ada.cookie.clone().unwrap();
        let secret = cookie.split_once('=').unwrap().1;
        walk(&ada, &guesses).await;
        walk(&house.persona("cy").await, &guesses).await;
        let sign_in = format!("email=ada@demo.example&password={PASSWORD}");
        nobody.post("/sign-in", &sign_in).await;
        let bearer = format!("Bearer {PASSWORD}");
        nobody.send(Method::GET, "/api/v1/me", None, &[("authorization", &bearer)]).await;
        nobody.get(&format!("/invitations/{PASSWORD}")).await;
        let assessment = guesses.iter().rfind(|path| path.starts_with("/api/v1/me/assessments/")).unwrap();
        let (statement,): (String,) = {
            let mut tx = house.store.read().await.unwrap();
            let sql = "select min(statement) from answer";
            tx.first(&espalier_store::Statement { name: "STORY", sql }, &[]).await.unwrap().unwrap()
        };
        let json = [("content-type", "application/json")];
        for body in [
            format!("{{\"state\":\"{NOTE}\"}}"),
            format!("{{\"state\":\"meeting\",\"note\":\"{NOTE}\",\"{NOTE}\":1}}"),
            format!("{{\"state\":\"meeting\",\"note\":\"{NOTE}"),
        ] {
            let path = format!("{assessment}/answers/{statement}");
            ada.send(Method::PUT, &path, Some(&body), &json).await;
        }
        // A fault at every statement of a page, of an answer and of a sign-in: what is logged then is the most there is.
        let page = guesses.iter().rfind(|path| path.starts_with("/me/assessments/")).unwrap().clone();
        let page = page.trim_end_matches("/position");
        for nth in 1..12 {
            for (path, form) in [
                (format!("{page}/answers/{statement}"), format!("state=meeting&version=1&note={NOTE}")),
                ("/me/evidence".to_owned(), format!("deed={NOTE}&situation={NOTE}")),
                ("/me/account/password".to_owned(), format!("password={PASSWORD}&again={PASSWORD}")),
                ("/sign-in".to_owned(), sign_in.clone()),
            ] {
                house.store.fail_statement(nth);
                let answer = ada.post(&path, &form).await;
                house.store.fail_statement(0);
                if answer.status == StatusCode::INTERNAL_SERVER_ERROR {
                    assert_silent("the page of a fault", &answer.body, &[secret]);
                }
            }
        }
        let said = log.text();
        assert!(said.contains("a door failed"), "the log is heard");
        assert_silent(house.engine, &said, &[secret]);
    }
}

#[test]
fn a_server_and_its_doctor_say_nothing_of_what_was_said_in_confidence() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = Database::Sqlite(folder.path().join("espalier.db")).to_string();
    let log = folder.path().join("log");
    let server = Server::start_with_log(&database, std::fs::File::create(&log).unwrap());
    let (cookie, token) = server.sign_in("ada");
    let page = server.request("GET", "/me/growth", &cookie, "").unwrap().1;
    let page = page.split('"').find(|link| link.starts_with("/me/assessments/0")).unwrap().to_owned();
    let page = page.trim_end_matches("/position").to_owned();
    let statements = server.request("GET", &page, &cookie, "").unwrap().1;
    if let Some(path) = statements.split('"').find(|link| link.contains("/answers/")) {
        let body = format!("form_token={token}&state=meeting&version=1&note={NOTE}");
        assert_eq!(server.request("POST", path, &cookie, &body).unwrap().0, 303, "{path}");
    } else {
        panic!("there is nothing to answer on {page}");
    }
    server.request("POST", "/sign-in", "", &format!("email=ada@demo.example&password={PASSWORD}"));
    server.request("GET", &format!("/people?q={NOTE}"), &cookie, "");
    drop(server);
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(!said.is_empty(), "the log is heard");
    assert_silent("the log of the server", &said, &[cookie.split_once('=').unwrap().1, &token]);

    for words in [vec!["doctor"], vec!["backup", "kept.jsonl"], vec!["restore", "kept.jsonl"]] {
        let answer = Command::new(env!("CARGO_BIN_EXE_espalier"))
            .args(&words)
            .args(["--database", &database])
            .current_dir(folder.path())
            .env("ESPALIER_LOG", "trace")
            .output()
            .unwrap();
        let said = [answer.stdout, answer.stderr].concat();
        assert!(!said.is_empty());
        assert_silent(&words.join(" "), &String::from_utf8_lossy(&said), &[]);
    }
    assert!(std::fs::read_to_string(folder.path().join("kept.jsonl")).unwrap().contains(NOTE));
}
