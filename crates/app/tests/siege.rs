//! What somebody with two accounts, or with none, tries against the house.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::ConnectInfo;
use axum::http::{Method, StatusCode};
use common::{House, Visitor};
use espalier_people::{account, hashing};
use espalier_store::Statement;
use tokio::task::JoinSet;

/// The first column of what is found, as text.
async fn found(house: &House, sql: &'static str) -> Vec<String> {
    let mut tx = house.store.read().await.unwrap();
    let rows: Vec<(String,)> = tx.all(&Statement { name: "STORY", sql }, &[]).await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
}

/// Somebody of the demo gets a password, as if they had used an invitation.
async fn give_password(house: &House, slug: &str, password: &str) {
    let person = house.id_of(slug).await;
    let hash = Some(hashing::hash_password(password));
    let mut tx = house.store.write().await.unwrap();
    tx.run(&account::SET_PASSWORD, &[&person, &hash, &common::story_time()]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_record_that_is_read_on_a_form_that_comes_back_is_written_down_as_well() {
    for house in common::houses().await {
        let (di, ada) = (house.persona("di").await, house.id_of("ada").await);
        let answer = di.post(&format!("/people/{ada}/levels"), "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        let reads = found(&house, "select subject from read_log where kind = 'level'").await;
        assert!(reads.contains(&ada), "{}: {reads:?}", house.engine);
        // Whoever is turned away saw nothing, and nothing is written down.
        let before = found(&house, "select id from read_log").await.len();
        assert_eq!(di.get("/people/nobody").await.status, StatusCode::NOT_FOUND);
        assert_eq!(found(&house, "select id from read_log").await.len(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_attempts_at_the_same_moment_are_no_more_than_ten() {
    for house in common::houses().await {
        give_password(&house, "ada", "a cart of blue onions").await;
        let mut attempts = JoinSet::new();
        for _ in 0..60 {
            let nobody = house.nobody();
            attempts.spawn(async move {
                let form = "email=ada@demo.example&password=not+the+password&back=/";
                nobody.post("/sign-in", form).await.status
            });
        }
        let statuses = attempts.join_all().await;
        let compared = statuses.iter().filter(|&&status| status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert!((1..=10).contains(&compared), "{}: {compared} of 60 were compared", house.engine);
        let form = "email=ada@demo.example&password=a+cart+of+blue+onions&back=/";
        let late = house.nobody().post("/sign-in", form).await.status;
        assert_eq!(late, StatusCode::TOO_MANY_REQUESTS, "{}", house.engine);
    }
}

#[tokio::test]
async fn an_attempt_that_was_right_does_not_count() {
    for house in common::houses().await {
        give_password(&house, "ada", "a cart of blue onions").await;
        for _ in 0..12 {
            let form = "email=ada@demo.example&password=a+cart+of+blue+onions&back=/";
            let answer = house.nobody().send(Method::POST, "/sign-in", Some(form), &[]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {}", house.engine, answer.body);
        }
        assert!(found(&house, "select id from sign_in_attempt").await.is_empty());
        // Nor is the password of an open account guessed from the page where it is changed.
        let ada = house.persona("ada").await;
        let form = "current=not+the+password&password=a+cart+of+red+onions&again=a+cart+of+red+onions";
        for _ in 0..10 {
            let status = ada.post("/me/account/password", form).await.status;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.engine);
        }
        let status = ada.post("/me/account/password", form).await.status;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "{}", house.engine);
    }
}

/// The same house, asked from a network address.
fn from(house: &House, address: &str) -> Visitor {
    let peer = SocketAddr::new(address.parse().unwrap(), 4000);
    Visitor { router: house.router.clone().layer(Extension(ConnectInfo(peer))), cookie: None }
}

#[tokio::test]
async fn behind_a_proxy_one_visitor_does_not_shut_the_door_for_all() {
    let house = common::houses().await.remove(0);
    let wrong = async |visitor: &Visitor, name: usize, told: &str| {
        let form = format!("form_token=&email=n{name}@demo.example&password=not+the+password&back=/");
        let headers = [("x-forwarded-for", told)];
        visitor.send(Method::POST, "/sign-in", Some(&form), &headers).await.status
    };
    let (proxy, stranger) = (from(&house, "10.0.0.1"), from(&house, "203.0.113.9"));
    for name in 0..100 {
        // Whatever somebody writes into the header before, the proxy writes where they are at its end.
        let told = format!("10.9.9.{name}, 198.51.100.1");
        assert_eq!(wrong(&proxy, name, &told).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&proxy, 100, "198.51.100.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(wrong(&proxy, 100, "198.51.100.2").await, StatusCode::UNPROCESSABLE_ENTITY);
    // A stranger who comes past the proxy may write what they like: they are where they are.
    for name in 200..300 {
        let told = format!("198.51.100.{}", name - 100);
        assert_eq!(wrong(&stranger, name, &told).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&stranger, 300, "198.51.100.201").await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_new_password_ends_the_tokens_that_the_old_one_made() {
    for house in common::houses().await {
        give_password(&house, "ada", "a cart of blue onions").await;
        let ada = house.persona("ada").await;
        let token = async || {
            let page = ada.post("/me/account/tokens", "name=Notes&scope=read&days=9").await.body;
            page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
        };
        let opens = async |token: &str| {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str())];
            house.nobody().send(Method::GET, "/api/v1/me", None, &headers).await.status == StatusCode::OK
        };
        let old = token().await;
        assert!(opens(&old).await, "{}", house.engine);
        let form = "current=a+cart+of+blue+onions&password=a+cart+of+red+onions&again=a+cart+of+red+onions";
        assert_eq!(ada.post("/me/account/password", form).await.status, StatusCode::SEE_OTHER);
        assert!(!opens(&old).await, "{}", house.engine);

        let old = token().await;
        assert!(opens(&old).await, "{}", house.engine);
        let link = invite(&house, "ada").await;
        choose_password(&house, &link).await;
        assert!(!opens(&old).await, "{}", house.engine);
    }
}

/// The administrator makes a link for somebody.
async fn invite(house: &House, slug: &str) -> String {
    let person = house.id_of(slug).await;
    let page = house.persona("fay").await.post(&format!("/people/{person}/invitations"), "").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let link = page.body.split("http://espalier.test").find(|rest| rest.starts_with("/invitations/"));
    link.unwrap().split(['<', '"', ' ']).next().unwrap().to_owned()
}

async fn choose_password(house: &House, link: &str) {
    let form = "password=a+cart+of+green+onions&again=a+cart+of+green+onions";
    let answer = house.nobody().send(Method::POST, link, Some(form), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn nobody_gets_a_new_way_into_an_account_in_use_without_its_owner_hearing_of_it() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        // Somebody who is invited for the first time is told nothing but the invitation.
        let link = invite(&house, "ada").await;
        assert!(!ada.get("/me/inbox").await.body.contains("a new way into your account"));
        choose_password(&house, &link).await;
        let ada = house.persona("ada").await;
        assert!(!ada.get("/me/inbox").await.body.contains("new way into your account"));

        let link = invite(&house, "ada").await;
        let inbox = ada.get("/me/inbox").await.body;
        assert!(inbox.contains("Somebody made a new way into your account"), "{}: {inbox}", house.engine);
        let log = ada.get("/me/read-log").await.body;
        assert!(log.contains("made a new way into your account") && log.contains("Fay"), "{log}");
        choose_password(&house, &link).await;
        let ada = house.persona("ada").await;
        let inbox = ada.get("/me/inbox").await.body;
        assert!(inbox.contains("A new way into your account was used"), "{}: {inbox}", house.engine);
        let log = ada.get("/me/read-log").await.body;
        assert!(log.contains("chose a new password for your account"), "{log}");
        // A second one on the same day is told as well.
        let told = inbox.matches("Somebody made a new way into your account").count();
        invite(&house, "ada").await;
        let inbox = ada.get("/me/inbox").await.body;
        assert_eq!(inbox.matches("Somebody made a new way into your account").count(), told + 1);
    }
}
