//! What browsers are told with each answer, and how long a sign-in lasts.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::{Method, StatusCode, header};
use common::{House, Visitor, routes};
use espalier_kernel::Mint;
use espalier_people::account;
use espalier_store::Statement;
use tempfile::TempDir;

/// The same house, some seconds later or under another address.
fn seen_from(house: &House, seconds: i64, base_url: &str) -> House {
    let at = (common::story_time().plus_seconds(seconds), base_url);
    common::open_at(house.engine, house.store.clone(), TempDir::new().unwrap(), Mint::seeded(7), at)
}

/// Whether somebody is still signed in, so many seconds later.
async fn is_in(house: &House, visitor: &Visitor, seconds: i64) -> bool {
    let later = seen_from(house, seconds, "http://espalier.test");
    let visitor = Visitor { router: later.router.clone(), cookie: visitor.cookie.clone() };
    visitor.get("/people").await.status == StatusCode::OK
}

#[tokio::test]
async fn a_sign_in_ends_when_it_is_left_alone_and_at_the_latest_after_half_a_day() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        // The later time first: being there counts as not being away.
        assert!(!is_in(&house, &ada, account::IDLE_SECONDS + 1).await, "{}", house.engine);
        assert!(is_in(&house, &ada, account::IDLE_SECONDS - 1).await, "{}", house.engine);
        // Somebody who is there all day.
        let ada = house.persona("ada").await;
        let busy = common::story_time().plus_seconds(account::LONGEST_SECONDS - 60);
        let mut tx = house.store.write().await.unwrap();
        let sql = "update sign_in set seen_at = $1";
        tx.run(&Statement { name: "STORY", sql }, &[&busy]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(is_in(&house, &ada, account::LONGEST_SECONDS - 30).await, "{}", house.engine);
        assert!(!is_in(&house, &ada, account::LONGEST_SECONDS + 1).await, "{}", house.engine);
    }
}

#[tokio::test]
async fn every_sign_in_has_a_secret_of_its_own_and_signing_out_ends_it() {
    for house in common::houses().await {
        let (one, two) = (house.persona("ada").await, house.persona("ada").await);
        assert_ne!(one.cookie, two.cookie);
        assert_eq!(one.post("/sign-out", "").await.status, StatusCode::SEE_OTHER);
        assert!(one.get("/people").await.location().starts_with("/sign-in"));
        assert_eq!(two.get("/people").await.status, StatusCode::OK);
        // A sign-in over an old one ends the old one.
        let again = two.post("/demo/sign-in", "persona=gus").await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert!(two.get("/people").await.location().starts_with("/sign-in"), "{}", house.engine);
    }
}

#[tokio::test]
async fn the_cookie_belongs_to_this_host_alone_and_no_script_reads_it() {
    let house = common::houses().await.remove(0);
    let secure = seen_from(&house, 0, "https://espalier.example");
    for (house, starts) in [(&house, "espalier="), (&secure, "__Host-espalier=")] {
        let answer = house.nobody().send(Method::POST, "/demo/sign-in", Some("persona=ada"), &[]).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with(starts) && cookie.len() < 4096, "{cookie}");
        for part in ["; Path=/;", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie} has no {part}");
        }
        assert_eq!(cookie.contains("; Secure"), starts.starts_with("__Host-"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_strict() {
    let house = common::houses().await.remove(0);
    let secure = seen_from(&house, 0, "https://espalier.example");
    let things = routes::Things::find(&house).await;
    let ada = house.persona("ada").await;
    for (method, route) in routes::declared() {
        if method != "GET" {
            continue;
        }
        let path = things.path(&route);
        let answer = ada.get(&path).await;
        let said = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap());
        let policy = said("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(part), "{route}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{route}: {policy}");
        assert_eq!(said("x-content-type-options"), "nosniff", "{route}");
        assert_eq!(said("referrer-policy"), "no-referrer", "{route}");
        assert_eq!(said("cross-origin-opener-policy"), "same-origin", "{route}");
        assert_eq!(said("cross-origin-resource-policy"), "same-origin", "{route}");
        assert_eq!(said("access-control-allow-origin"), "", "{route}");
        assert_eq!(said("server"), "", "{route}");
        assert_eq!(said("cache-control"), "no-store", "{route}");
        if !answer.body.is_empty() {
            let kind = said("content-type");
            assert!(kind.contains("json") || kind.ends_with("charset=utf-8"), "{route}: {kind}");
        }
        let strict = secure.nobody().get(&path).await;
        let strict = strict.headers[header::STRICT_TRANSPORT_SECURITY].to_str().unwrap();
        assert_eq!(strict, "max-age=31536000; includeSubDomains", "{route}");
    }
}

#[tokio::test]
async fn a_method_that_no_door_takes_is_answered_like_what_is_not_there() {
    let house = common::houses().await.remove(0);
    let ada = house.persona("ada").await;
    for method in ["TRACE", "DELETE", "PATCH", "CONNECT"] {
        let method: Method = method.parse().unwrap();
        for path in ["/people", "/me/account", "/api/v1/me"] {
            let answer = ada.send(method.clone(), path, None, &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn nobody_learns_from_a_failed_sign_in_who_is_here() {
    for house in common::houses().await {
        let form = |email: &str| format!("email={email}&password=a+cart+of+blue+onions&back=/");
        let here = house.nobody().post("/sign-in", &form("ada@demo.example")).await;
        let nobody = house.nobody().post("/sign-in", &form("eda@demo.example")).await;
        assert_eq!(here.status, nobody.status);
        assert_eq!(here.body.replace("ada@", "eda@"), nobody.body, "{}", house.engine);
    }
}
