//! The outline of every page, as somebody who may see it. The people of the demo are the sample of each: a page that
//! shows nothing of them has no sample, and the test says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::http::{Method, StatusCode};

use crate::common::routes::{Things, declared};
use crate::common::{self, House};
use crate::outline;

/// Doors that answer without a page.
const NO_PAGES: [&str; 3] = ["/health", "/assets/{digest}/{name}", "/api/openapi.json"];

/// The texts, and with which words the paths in each begin; the first that fits takes the page.
const TEXTS: [(&str, &[&str]); 6] = [
    ("pages-of-talks", &["/talks"]),
    ("pages-of-me", &["/me"]),
    ("pages-of-people", &["/people", "/teams", "/chart"]),
    ("pages-of-frameworks", &["/frameworks", "/versions"]),
    ("pages-of-administration", &["/admin"]),
    ("pages-for-all", &["/"]),
];

/// Who looks at a page; everybody else's pages are Ada's.
fn who(route: &str) -> &'static str {
    match route {
        "/sign-in" | "/demo" | "/invitations/{secret}" => "",
        "/frameworks/new" | "/versions/{id}" => "cy",
        "/talks/inputs/{id}" => "gus",
        "/talks/{id}/preparation" => "bo",
        route if route.starts_with("/admin") => "fay",
        _ => "ada",
    }
}

/// A talk of Ada and Cy that is open, and one of Bo and Cy that is planned, for which Gus is asked to write something.
struct Talks {
    open: String,
    planned: String,
    input: String,
}

impl Talks {
    async fn begin(house: &House) -> Self {
        let done = |answer: common::Answer| {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            answer.location().to_owned()
        };
        let (ada, bo, cy) =
            (house.persona("ada").await, house.persona("bo").await, house.persona("cy").await);
        let open = done(ada.post("/talks", "due_on=2026-03-20").await);
        let point = ada.get(&format!("{open}/preparation")).await.body;
        let point = point.split("id=\"i-").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for visitor in [&ada, &cy] {
            let form = "state=meeting&version=0&note=By+the+weir";
            done(visitor.post(&format!("{open}/preparation/{point}"), form).await);
            done(visitor.post(&format!("{open}/preparation-completion"), "").await);
        }
        let planned = done(bo.post("/talks", "due_on=2026-03-27").await);
        done(bo.post(&format!("{planned}/inputs"), "partner=gus@demo.example&question=What+helps").await);
        let waiting = house.persona("gus").await.get("/talks").await.body;
        let input = waiting.split('"').find(|link| link.starts_with("/talks/inputs/")).unwrap().to_owned();
        Self { open, planned, input }
    }
}

/// What a page needs that the demo has not lying about: a plan of an import, an invitation, a talk.
async fn prepared(house: &House, talks: &Talks, route: &str, path: &str) -> String {
    let fay = house.persona("fay").await;
    match route {
        "/admin/people/{id}" => {
            let answer = fay
                .upload("/admin/people", "people.csv", include_str!("../../../../examples/people.csv"))
                .await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            answer.location().to_owned()
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
        "/talks/inputs/{id}" => talks.input.clone(),
        "/talks/{id}/preparation" => format!("{}/preparation", talks.planned),
        route if route.starts_with("/talks/{id}") => route.replace("/talks/{id}", &talks.open),
        _ => path.to_owned(),
    }
}

/// All pages of a house as texts, in the order of `TEXTS`.
async fn texts(house: &House) -> Vec<String> {
    let things = Things::find(house).await;
    let talks = Talks::begin(house).await;
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
        let path = prepared(house, &talks, &route, &things.path(&route)).await;
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
