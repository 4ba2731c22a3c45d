//! What somebody with two accounts, or with none, tries against the house.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::StatusCode;
use common::House;
use espalier_store::Statement;

/// The first column of what is found, as text.
async fn found(house: &House, sql: &'static str) -> Vec<String> {
    let mut tx = house.store.read().await.unwrap();
    let rows: Vec<(String,)> = tx.all(&Statement { name: "STORY", sql }, &[]).await.unwrap();
    rows.into_iter().map(|(text,)| text).collect()
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
