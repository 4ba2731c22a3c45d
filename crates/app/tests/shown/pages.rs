//! The outline of every page, as somebody who may see it. The people of the demo are the sample of each: a page that
//! shows nothing of them has no sample, and the test says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::http::{Method, StatusCode};

use crate::common::routes::{Things, declared};
use crate::common::{self, House};
use crate::outline;

/// Doors that answer without a page.
const NO_PAGES: [&str; 8] = [
    "/calendar/{feed}",
    "/health",
    "/assets/{digest}/{name}",
    "/api/openapi.json",
    "/me/evidence/export.csv",
    "/me/evidence/export.json",
    "/admin/register.csv",
    "/admin/register.json",
];

/// The texts, and with which words the paths in each begin; the first that fits takes the page.
const TEXTS: [(&str, &[&str]); 9] = [
    ("pages-of-talks", &["/talks"]),
    ("pages-of-evidence", &["/me/evidence", "/evidence", "/corroborations", "/confirm"]),
    ("pages-of-plans", &["/me/plan", "/plan", "/me/goals", "/goals"]),
    ("pages-of-feedback", &["/me/feedback", "/feedback"]),
    ("pages-of-me", &["/me"]),
    ("pages-of-people", &["/people", "/teams", "/chart"]),
    ("pages-of-frameworks", &["/frameworks", "/versions"]),
    ("pages-of-administration", &["/admin"]),
    ("pages-for-all", &["/"]),
];

/// Who looks at a page; everybody else's pages are Ada's.
fn who(route: &str) -> &'static str {
    match route {
        "/sign-in" | "/demo" | "/unsubscribe/{key}" | "/invitations/{secret}" | "/confirm/{secret}" => "",
        "/corroborations/{id}" => "bo",
        "/frameworks/new" | "/versions/{id}" => "cy",
        "/talks/inputs/{id}" => "gus",
        "/talks/below" => "eve",
        "/talks/overview" => "di",
        route if route.starts_with("/talks/rounds") => "di",
        "/talks/{id}/preparation" => "bo",
        route if route.starts_with("/admin") => "fay",
        _ => "ada",
    }
}

/// What a page needs that the demo has not lying about: a plan of an import, an invitation.
async fn prepared(house: &House, things: &Things, route: &str) -> String {
    let fay = house.persona("fay").await;
    match route {
        "/admin/people/{id}" => {
            let answer = fay
                .upload("/admin/people", "people.csv", include_str!("../../../../examples/people.csv"))
                .await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            answer.location().to_owned()
        }
        "/admin/erasures/{id}" => {
            let page = fay.get("/admin/erasures").await.body;
            let link = page.split("href=\"").find(|rest| rest.starts_with("/admin/erasures/")).unwrap();
            link.split('"').next().unwrap().to_owned()
        }
        "/invitations/{secret}" => {
            let gus = house.id_of("gus").await;
            let answer = fay.post(&format!("/people/{gus}/invitations"), "").await;
            let link =
                answer.body.split("http://espalier.test").find(|rest| rest.starts_with("/invitations/"));
            link.unwrap().split(['<', '"', ' ']).next().unwrap().to_owned()
        }
        "/frameworks/{framework}/docs/{*path}" => {
            let about = house.persona("ada").await.get("/frameworks/agile-coaching/about").await.body;
            let link = about.split("href=\"").find(|rest| rest.contains("/docs/")).unwrap();
            link.split('"').next().unwrap().to_owned()
        }
        "/me/evidence/imports/{id}" => {
            let file = "date,action,link\n2026-02-10,I led the retro.,\n2026-02-11,,x\n";
            let answer = house.persona("ada").await.upload("/me/evidence/imports", "notes.csv", file).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            answer.location().to_owned()
        }
        "/confirm/{secret}" => {
            let ada = house.persona("ada").await;
            let asks = things.path("/evidence/{id}/corroborations");
            let answer = ada.post(&asks, "who=maria@partner.example").await;
            let link = answer.body.split("http://espalier.test").find(|rest| rest.starts_with("/confirm/"));
            link.unwrap().split(['<', '"', ' ']).next().unwrap().to_owned()
        }
        "/me/history/compare" => {
            let history = house.persona("ada").await.get("/me/history").await.body;
            let link = history.split("href=\"").find(|rest| rest.starts_with("/me/history/compare")).unwrap();
            link.split('"').next().unwrap().replace("&amp;", "&")
        }
        "/unsubscribe/{key}" => unsubscribe_path(house).await,
        "/talks/{id}/preparation" => format!("/talks/{}/preparation", things.planned),
        _ => things.path(route),
    }
}

/// The address at the end of a mail.
async fn unsubscribe_path(house: &House) -> String {
    let person: espalier_kernel::Id = house.id_of("bo").await.parse().unwrap();
    let key = house.kit.mint.secret().reveal();
    let mut tx = house.store.write().await.unwrap();
    tx.run(&espalier_notify::queries::ADD_KEY, &[&person, &key]).await.unwrap();
    tx.commit().await.unwrap();
    format!("/unsubscribe/{key}")
}

/// All pages of a house as texts, in the order of `TEXTS`.
async fn texts(house: &House) -> Vec<String> {
    let things = Things::find(house).await;
    let ada = house.persona("ada").await;
    let mut texts = vec![String::new(); TEXTS.len()];
    let pages: BTreeSet<String> = declared()
        .into_iter()
        .filter(|(method, route)| method == "GET" && !route.starts_with("/api/v1/"))
        .map(|(_, route)| route)
        .filter(|route| !NO_PAGES.contains(&route.as_str()))
        .collect();
    for route in pages {
        let slug = who(&route);
        let visitor = match slug {
            "" => house.nobody(),
            "ada" => ada.clone(),
            slug => house.persona(slug).await,
        };
        let path = prepared(house, &things, &route).await;
        let answer = visitor.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {route} has no sample for “{slug}”", house.engine);
        let outline = if route == "/" { outline::of(&answer.body) } else { outline::of_main(&answer.body) };
        for expected in ["title ", "main", "h1 "] {
            assert!(
                outline.lines().any(|line| line.trim_start().starts_with(expected)),
                "{route} has no {expected}:\n{outline}"
            );
        }
        let place =
            TEXTS.iter().position(|(_, starts)| starts.iter().any(|start| route.starts_with(start))).unwrap();
        let slug = if slug.is_empty() { "nobody" } else { slug };
        let _ = writeln!(texts[place], "=== {route} for {slug}\n{outline}");
    }
    let last = texts.last_mut().unwrap();
    for (what, answer) in [
        ("what is not there", ada.get("/people/nobody").await),
        ("a form that is not filled in", ada.post("/me/account/tokens", "").await),
        (
            "a form without its secret",
            ada.send(Method::POST, "/me/account/tokens", Some("name=x"), &[]).await,
        ),
    ] {
        let _ = writeln!(last, "=== {what}: {}\n{}", answer.status, outline::of_main(&answer.body));
    }
    texts
}

#[tokio::test]
async fn every_page_keeps_its_outline() {
    let mut engines: Vec<(&str, Vec<String>)> = Vec::new();
    for house in common::houses().await {
        engines.push((house.engine, texts(&house).await));
    }
    for ((name, _), text) in TEXTS.iter().zip(&engines[0].1) {
        insta::assert_snapshot!(*name, text);
    }
    for (engine, texts) in &engines[1..] {
        assert_eq!(*texts, engines[0].1, "{engine} shows other pages");
    }
}
