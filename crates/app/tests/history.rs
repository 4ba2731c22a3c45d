//! One's own way so far, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::StatusCode;
use common::House;
use espalier_store::Statement;

/// The ids of somebody's records, the oldest first.
async fn ids(house: &House, sql: &'static str, person: &str) -> Vec<String> {
    let mut tx = house.store.read().await.unwrap();
    let rows: Vec<(String,)> = tx.all(&Statement { name: "STORY", sql }, &[&person]).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

const ASSESSMENTS: &str = "select id from assessment where person = $1 order by started_at";
const TALKS: &str = "select id from talk where person = $1 order by made_at";

#[tokio::test]
async fn everything_stands_on_its_day_beside_the_version_of_that_day() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let page = ada.get("/me/history").await;
        assert_eq!(page.status, StatusCode::OK, "{}: {}", house.engine, page.body);
        for words in [
            "Looked at myself beside Agile Coach",
            "Signed a talk about Agile Coach",
            "Opened a talk about Agile Coach",
            "Level: Agile Coach",
            "of evidence in February 2026",
            "version 1.0.0",
        ] {
            assert!(page.body.contains(words), "{}: {words}\n{}", house.engine, page.body);
        }
        // A month leads to its pieces, as many as it says.
        let month = page.body.split("of evidence in February 2026").next().unwrap();
        let link = month.rsplit("<a href=\"").next().unwrap();
        let (path, count) = link.split_once("\">").unwrap();
        let count: usize = count.split(' ').next().unwrap().parse().unwrap();
        let log = ada.get(&path.replace("&#38;", "&").replace("&amp;", "&")).await.body;
        assert_eq!(log.matches("<a href=\"/evidence/").count(), count, "{}: {path}\n{log}", house.engine);
        // Each drawing holds three years; the link to earlier ones leads there.
        assert!(page.body.contains("<svg") && page.body.contains("2026</h2>"), "{}", page.body);

        // Whoever begins has nothing behind them but a level.
        let gus = house.persona("gus").await.get("/me/history").await;
        assert_eq!(gus.status, StatusCode::OK);
        assert!(gus.body.contains("will stand here"), "{}: {}", house.engine, gus.body);
    }
}

#[tokio::test]
async fn two_moments_stand_side_by_side_and_nobody_elses() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let id = house.id_of("ada").await;
        let assessments = ids(&house, ASSESSMENTS, &id).await;
        let talks = ids(&house, TALKS, &id).await;
        let path = |before: &str, after: &str| format!("/me/history/compare?before={before}&after={after}");
        let finished = format!("a-{}", assessments[0]);
        let signed = format!("t-{}", talks[0]);
        let page = ada.get(&path(&finished, &signed)).await;
        assert_eq!(page.status, StatusCode::OK, "{}: {}", house.engine, page.body);
        assert!(page.body.contains("as I saw myself") && page.body.contains("as we saw it in a talk"));
        assert!(page.body.contains("Seen differently"), "{}: {}", house.engine, page.body);
        // Whichever was chosen first.
        let other = ada.get(&path(&signed, &finished)).await;
        let body = |page: &str| page.split("<main").nth(1).unwrap().to_owned();
        assert_eq!(body(&page.body), body(&other.body), "{}", house.engine);

        // What the framework says since then changes nothing of it.
        let mut tx = house.store.write().await.unwrap();
        let sql = "update framework_version set state = 'withdrawn' where state = 'published'";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let later = ada.get(&path(&finished, &signed)).await;
        assert_eq!(later.status, StatusCode::OK, "{}", house.engine);
        assert_eq!(body(&page.body), body(&later.body), "{}", house.engine);

        // A draft is no moment yet, a talk that has not opened neither.
        let draft = format!("a-{}", assessments[1]);
        assert_eq!(ada.get(&path(&draft, &signed)).await.status, StatusCode::NOT_FOUND);
        for wrong in ["", "a-", "x-1", "a-01khdp1pm0v33xs65vdmvefzn'"] {
            let refused = ada.get(&path(wrong, &signed)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}: {}", refused.body);
        }
        // Cy held the talk, and still has no such history; Gus knows of nothing.
        for slug in ["cy", "gus", "di", "fay"] {
            let other = house.persona(slug).await;
            assert_eq!(other.get(&path(&signed, &signed)).await.status, StatusCode::NOT_FOUND, "{slug}");
            assert_eq!(other.get(&path(&finished, &finished)).await.status, StatusCode::NOT_FOUND, "{slug}");
        }
    }
}

#[tokio::test]
async fn ten_years_are_read_with_as_many_questions_as_one() {
    for house in common::houses().await {
        let (ada, id) = (house.persona("ada").await, house.id_of("ada").await);
        ada.get("/me/history").await;
        let before = house.store.asked();
        ada.get("/me/history").await;
        let few = house.store.asked() - before;
        let mut tx = house.store.write().await.unwrap();
        for month in 0..120 {
            let day = format!("{}-{:02}-03", 2016 + month / 12, 1 + month % 12);
            let sql = "insert into evidence (id, person, happened_on, situation, deed, effect, link, revision, made_at, changed_at) \
                       values ($1, $2, $3, '', 'Something.', '', '', 1, $4, $4)";
            let new = house.kit.mint.id(common::story_time());
            let at = common::story_time();
            tx.run(&Statement { name: "STORY", sql }, &[&new, &id, &day, &at]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let before = house.store.asked();
        let page = ada.get("/me/history").await;
        assert_eq!(house.store.asked() - before, few, "{}", house.engine);
        assert!(page.body.contains("2021 to 2023") && !page.body.contains("January 2020"), "{}", page.body);
        let earlier = ada.get("/me/history?until=2020").await.body;
        assert!(earlier.contains("January 2020") && !earlier.contains("January 2024"), "{}", house.engine);
    }
}
