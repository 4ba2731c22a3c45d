//! Every door against every kind of visitor: who gets in stands in `access/doors.txt`, reviewed like a contract. The
//! doors are found in the source, so that a new one cannot be left out.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use axum::http::{Method, StatusCode};
use common::routes::{Things, declared};
use common::{Answer, Visitor};

/// Nobody, then the people of the demo by what they are to Ada.
const VISITORS: [(&str, &str); 7] = [
    ("nobody", ""),
    ("self", "ada"),
    ("manager", "cy"),
    ("chain", "eve"),
    ("colleague", "gus"),
    ("hr", "di"),
    ("admin", "fay"),
];

async fn knock(visitor: &Visitor, method: &str, path: &str) -> Answer {
    match method {
        "GET" => visitor.get(path).await,
        "PUT" => {
            let json = [("content-type", "application/json")];
            visitor.send(Method::PUT, path, Some("{\"state\":\"meeting\"}"), &json).await
        }
        _ if path.starts_with("/api/") => {
            let json = [("content-type", "application/json")];
            visitor.send(Method::POST, path, Some("{}"), &json).await
        }
        _ => visitor.post(path, "").await,
    }
}

/// One word for what happened: the status, or where somebody was sent.
fn outcome(answer: &Answer) -> String {
    match answer.status {
        StatusCode::SEE_OTHER if answer.location().starts_with("/sign-in") => "sign-in".to_owned(),
        status => status.as_u16().to_string(),
    }
}

/// A house is used up by visitors who may change things, so each door is knocked at in an order that leaves the
/// decisive things in place: reading first, then writing, then ending.
fn in_order(routes: BTreeSet<(String, String)>) -> Vec<(String, String)> {
    let mut routes: Vec<(String, String)> = routes.into_iter().collect();
    routes.sort_by_key(|(method, path)| {
        let ends = ["/end", "/completion", "/signature", "/refusal"].iter().any(|end| path.ends_with(end));
        let closes = path.ends_with("/closure") || path.ends_with("/reopening");
        // What belongs to a thing is ended before the thing itself.
        let deeper = std::cmp::Reverse(if ends { path.matches('/').count() } else { 0 });
        // Whoever loses a role stands before closed doors afterwards.
        (method != "GET", closes, ends, path.starts_with("/roles"), deeper, path.clone())
    });
    routes
}

#[tokio::test]
async fn every_door_lets_in_whom_the_reviewed_table_says() {
    let mut tables: Vec<String> = Vec::new();
    for house in common::houses().await {
        let things = Things::find(&house).await;
        let mut table: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (method, route) in in_order(declared()) {
            // Those that end the visitor's own sign-in are told in a story of their own.
            if route == "/sign-out" || route == "/demo/sign-in" {
                continue;
            }
            let path = things.path(&route);
            let mut row = Vec::new();
            for (_, slug) in VISITORS {
                let visitor = if slug.is_empty() { house.nobody() } else { house.persona(slug).await };
                row.push(outcome(&knock(&visitor, &method, &path).await));
            }
            table.insert((route, method), row);
        }
        let mut text = format!("{:<58}", "");
        for (name, _) in VISITORS {
            let _ = write!(text, "{name:<11}");
        }
        for ((route, method), row) in table {
            let _ = write!(text, "\n{:<58}", format!("{method:<5}{route}"));
            for outcome in row {
                let _ = write!(text, "{outcome:<11}");
            }
        }
        let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        tables.push(text);
    }
    assert!(tables.windows(2).all(|pair| pair[0] == pair[1]), "the engines disagree:\n{}", tables.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../access/doors.txt");
    if std::env::var_os("ESPALIER_BLESS").is_some() {
        std::fs::write(&path, &tables[0]).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(tables[0] == reviewed, "access/doors.txt is not what the doors do:\n{}", tables[0]);
}

/// An id of the right form that nobody has.
const NOBODYS: &str = "01zzzzzzzzzzzzzzzzzzzzzzzz";

#[tokio::test]
async fn what_one_may_not_see_looks_to_the_byte_like_what_is_not_there() {
    for house in common::houses().await {
        let things = Things::find(&house).await;
        let gus = house.persona("gus").await;
        for (method, route) in declared() {
            if !route.contains("{id}") || method == "PUT" {
                continue;
            }
            let there = knock(&gus, &method, &things.path(&route)).await;
            let strange = Things {
                ada: NOBODYS.into(),
                assessment: NOBODYS.into(),
                version: NOBODYS.into(),
                role: NOBODYS.into(),
                evidence: NOBODYS.into(),
                request: NOBODYS.into(),
                team: NOBODYS.into(),
                talk: NOBODYS.into(),
                planned: NOBODYS.into(),
                input: NOBODYS.into(),
                round: NOBODYS.into(),
                step: NOBODYS.into(),
                goal: NOBODYS.into(),
                feedback: NOBODYS.into(),
                statement: things.statement.clone(),
            };
            let absent = knock(&gus, &method, &strange.path(&route)).await;
            if there.status == StatusCode::NOT_FOUND {
                assert_eq!(there.status, absent.status, "{} {method} {route}", house.engine);
                assert_eq!(there.body, absent.body, "{} {method} {route}", house.engine);
                assert_eq!(there.headers, absent.headers, "{} {method} {route}", house.engine);
            }
        }
    }
}

#[tokio::test]
async fn a_form_from_another_site_or_without_its_secret_changes_nothing() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let body = format!("form_token={}&name=x&scope=read&days=3", ada.form_token());
        for (forged, headers) in [
            (body.as_str(), vec![("sec-fetch-site", "cross-site")]),
            (body.as_str(), vec![("origin", "https://evil.example")]),
            ("name=x&scope=read&days=3", vec![]),
            ("form_token=00000000000000000000000000000000&name=x&scope=read&days=3", vec![]),
        ] {
            let answer = ada.send(Method::POST, "/me/account/tokens", Some(forged), &headers).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{} {forged} {headers:?}", house.engine);
        }
        assert!(ada.get("/me/account").await.body.contains("You have no tokens."));
        let answer = ada
            .send(Method::POST, "/me/account/tokens", Some(&body), &[("sec-fetch-site", "same-origin")])
            .await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[test]
fn every_door_of_the_api_is_described_and_nothing_else() {
    let there: BTreeSet<(String, String)> =
        declared().into_iter().filter(|(_, path)| path.starts_with("/api/v1/")).collect();
    let described: BTreeSet<(String, String)> = espalier_app::house::operations()
        .iter()
        .map(|operation| (operation.method.to_uppercase(), operation.path.to_owned()))
        .collect();
    assert_eq!(there, described);
    let whole = espalier_web::describe(&espalier_app::house::operations(), "0");
    assert_eq!(
        whole["paths"].as_object().unwrap().len(),
        described.iter().map(|(_, path)| path).collect::<BTreeSet<_>>().len()
    );
}
