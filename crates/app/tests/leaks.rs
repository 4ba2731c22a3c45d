//! Nothing said in confidence is found anywhere but with those who may read it: a word nobody would guess is planted
//! in every field, and the whole house is walked through as each visitor.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::{BTreeSet, VecDeque};

use axum::http::StatusCode;
use common::{House, Visitor};

const NOTE: &str = "Zeitgeistkanarie";
const LEVEL: &str = "kanarielevel";

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

async fn plant(house: &House) -> Vec<String> {
    let mut tx = house.store.write().await.unwrap();
    for sql in [
        format!("update answer set note = '{NOTE}'"),
        format!(
            "update level_entry set level = '{LEVEL}' where person in \
             (select id from person where email = 'ada@demo.example')"
        ),
    ] {
        tx.run(&espalier_store::Statement::compose("PLANT", sql), &[]).await.unwrap();
    }
    let assessments: Vec<(String,)> = tx
        .all(&espalier_store::Statement { name: "STORY", sql: "select id from assessment" }, &[])
        .await
        .unwrap();
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
        "/me/read-log",
        "/me/account",
        "/api/v1/me",
        "/api/v1/people",
        "/api/v1/me/assessments",
        "/admin/people",
        "/people?q=kanarie",
        "/people?q=zeitgeist",
        "/frameworks/agile-coaching/search?q=zeitgeist",
    ]
    .map(str::to_owned)
    .into();
    guesses.push(format!("/people/{ada}"));
    guesses.push(format!("/api/v1/people/{ada}/levels"));
    for (id,) in assessments {
        guesses.push(format!("/me/assessments/{id}"));
        guesses.push(format!("/me/assessments/{id}/position"));
        guesses.push(format!("/api/v1/me/assessments/{id}"));
    }
    guesses
}

#[tokio::test]
async fn words_said_in_confidence_reach_only_those_who_may_read_them() {
    for house in common::houses().await {
        let guesses = plant(&house).await;
        for (slug, reads_note, reads_level) in [
            ("ada", true, true),
            ("bo", false, false),
            ("cy", false, true),
            ("eve", false, true),
            ("di", false, true),
            ("gus", false, false),
            ("fay", false, false),
        ] {
            let seen = walk(&house.persona(slug).await, &guesses).await.to_lowercase();
            assert_eq!(
                seen.contains(&NOTE.to_lowercase()),
                reads_note,
                "{}: {slug} and the note",
                house.engine
            );
            assert_eq!(seen.contains(LEVEL), reads_level, "{}: {slug} and the level", house.engine);
        }
        let nobody = walk(&house.nobody(), &guesses).await.to_lowercase();
        assert!(!nobody.contains(&NOTE.to_lowercase()) && !nobody.contains(LEVEL), "{}", house.engine);
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
