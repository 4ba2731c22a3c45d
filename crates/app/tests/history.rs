//! One's own way so far, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::StatusCode;
use common::House;
use common::story::done;
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
        let mut tx = house.store.write().await.unwrap();
        let sql =
            "delete from feedback where giver in (select id from person where email = 'gus@demo.example')";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
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
            let sql = "insert into feedback (id, giver, receiver, question, about, goal, asked_at, situation, behaviour, \
                       effect, state, revision, made_at, changed_at, given_at, read_at, ended_at) select $1, g.id, $2, '', '', \
                       null, null, '', 'Wehrwort', '', 'given', 1, $3, $3, $3, $3, null from person g \
                       where g.email = 'cy@demo.example'";
            let (new, at) = (house.kit.mint.id(common::story_time()), format!("{day}T09:00:00.000000Z"));
            tx.run(&Statement { name: "STORY", sql }, &[&new, &id, &at]).await.unwrap();
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

#[tokio::test]
async fn goals_steps_and_feedback_stand_there_for_their_owner_and_feedback_only_once_it_was_opened() {
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let form = "title=Wehrziel&why=Sleep&measure=calls&from_value=9&to_value=2&by_on=2026-06-01";
        let goal = done(&ada.post("/me/goals", form).await);
        done(&ada.post(&format!("{goal}/closure"), "outcome=dropped").await);
        let gift = done(&cy.post("/me/feedback", "to=ada@demo.example").await);
        done(&cy.post(&gift, "behaviour=Wehrwort&version=0").await);
        let page = ada.get("/me/history").await.body;
        for words in ["Wrote a goal: Wehrziel", "Goal let go: Wehrziel", "Began a step of my plan"] {
            assert!(page.contains(words), "{}: {words}\n{page}", house.engine);
        }
        assert!(page.contains(&format!("href=\"{goal}\"")) && page.contains("href=\"/plan/"), "{page}");
        let line = format!("href=\"{gift}\"");
        assert!(!cy.get("/me/history").await.body.contains(&line), "{}: it is being written", house.engine);

        // Given, it stands in the history of its giver; for its receiver only when they have opened it.
        done(&cy.post(&format!("{gift}/completion"), "").await);
        let given = cy.get("/me/history").await.body;
        assert!(given.contains("Gave feedback to Ada") && given.contains(&line), "{}: {given}", house.engine);
        let unread = ada.get("/me/history").await.body;
        let told = ada.get("/api/v1/me/history").await.body;
        assert!(!unread.contains(&line) && !told.contains(&gift), "{}: {unread}", house.engine);
        done(&ada.post(&format!("{gift}/reading"), "").await);
        let read = ada.get("/me/history").await.body;
        assert!(read.contains("Read feedback from Cy Okafor") && read.contains(&line), "{read}");
        assert!(
            !read.contains("Wehrwort") && !given.contains("Wehrwort"),
            "{}: not a word of it",
            house.engine
        );
        // A goal that somebody else keeps is theirs alone.
        assert!(!cy.get("/me/history").await.body.contains("Wehrziel"), "{}", house.engine);
    }
}

#[tokio::test]
async fn programs_read_ten_years_page_by_page_with_every_entry_once() {
    for house in common::houses().await {
        let (ada, id) = (house.persona("ada").await, house.id_of("ada").await);
        let mut tx = house.store.write().await.unwrap();
        for nth in 0..240 {
            let (new, at) = (house.kit.mint.id(common::story_time()), common::story_time());
            let made = at.plus_seconds(-nth * 15 * 86_400);
            let title = format!("Goal {nth}");
            let sql = "insert into goal (id, person, title, why, measure, from_value, to_value, by_on, state, outcome, \
                       outcome_words, revision, made_at, changed_at, ended_at) values ($1, $2, $3, '', 'x', '1', '2', \
                       '2026-06-01', 'ended', 'reached', '', 1, $4, $4, $4)";
            tx.run(&Statement { name: "STORY", sql }, &[&new, &id, &title, &made]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (mut path, mut seen, mut pages) = ("/api/v1/me/history".to_owned(), Vec::new(), 0);
        let few = loop {
            let before = house.store.asked();
            let answer = ada.get(&path).await;
            let asked = house.store.asked() - before;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let page: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            for item in page["items"].as_array().unwrap() {
                seen.push((
                    item["on"].as_str().unwrap().to_owned(),
                    item["what"].as_str().unwrap().to_owned(),
                ));
            }
            pages += 1;
            match page["next"].as_str() {
                Some(next) => path = format!("/api/v1/me/history?before={next}"),
                None => break asked,
            }
        };
        assert!(pages > 4 && few < 40, "{}: {pages} pages, {few} questions", house.engine);
        assert!(seen.windows(2).all(|pair| pair[0].0 >= pair[1].0), "{}: {seen:?}", house.engine);
        for nth in 0..240 {
            for what in [format!("Wrote a goal: Goal {nth}"), format!("Goal reached: Goal {nth}")] {
                assert_eq!(
                    seen.iter().filter(|(_, one)| *one == what).count(),
                    1,
                    "{}: {what}",
                    house.engine
                );
            }
        }
        assert_eq!(ada.get("/api/v1/me/history?before=soon").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
