//! People are reminded of their talks, both sides and nobody else, each once; and whatever is told, nothing of what
//! anybody wrote leaves the house.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use common::House;
use common::peer::{self, Mood, PostOffice};
use common::server::Server;
use espalier_growth::talk::notices;
use espalier_kernel::{Clock, Mint};
use espalier_store::{Database, FromRow, Statement, Store};

async fn rows<T: FromRow>(store: &Store, sql: &'static str) -> Vec<T> {
    let mut tx = store.read().await.unwrap();
    tx.all(&Statement { name: "STORY", sql }, &[]).await.unwrap()
}

async fn plan(house: &House, due_on: &str) -> String {
    let planned = house.persona("bo").await.post("/talks", &format!("due_on={due_on}")).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    planned.location().to_owned()
}

/// Who was told what about a talk, with the words of the kinds.
async fn told(house: &House, talk: &str) -> Vec<(String, String)> {
    let all: Vec<(String, String, String)> = rows(
        &house.store,
        "select n.kind, p.name, n.path from notice n join person p on p.id = n.person order by n.kind, p.name",
    )
    .await;
    all.into_iter().filter(|(_, _, path)| path == talk).map(|(kind, name, _)| (kind, name)).collect()
}

#[tokio::test]
async fn both_are_reminded_two_weeks_and_three_days_before_and_once_after() {
    for house in common::houses().await {
        let talk = plan(&house, "2026-04-30").await;
        let mut expected: Vec<(String, String)> = Vec::new();
        for (day, word) in [
            ("2026-04-15", ""),
            ("2026-04-16", "talk-soon"),
            ("2026-04-26", ""),
            ("2026-04-27", "talk-near"),
            ("2026-04-30", ""),
            ("2026-05-01", "talk-overdue"),
            ("2026-05-20", ""),
        ] {
            let now = format!("{day}T06:00:00Z").parse().unwrap();
            for _ in 0..2 {
                notices::remind(&house.store, &house.kit.mint, now).await.unwrap();
            }
            if !word.is_empty() {
                expected
                    .extend(["Bo Achterberg", "Cy Okafor"].map(|name| (word.to_owned(), name.to_owned())));
            }
            expected.sort();
            assert_eq!(told(&house, &talk).await, expected, "{}: {day}", house.engine);
        }
    }
}

#[tokio::test]
async fn a_talk_that_is_over_or_of_somebody_who_left_reminds_nobody() {
    for house in common::houses().await {
        let (over, left) = (plan(&house, "2026-04-29").await, plan(&house, "2026-04-30").await);
        assert_eq!(
            house.persona("bo").await.post(&format!("{over}/end"), "").await.status,
            StatusCode::SEE_OTHER
        );
        let mut tx = house.store.write().await.unwrap();
        let sql = "update person set left_on = '2026-04-01' where email = 'bo@demo.example'";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let now = "2026-05-01T06:00:00Z".parse().unwrap();
        notices::remind(&house.store, &house.kit.mint, now).await.unwrap();
        for talk in [over, left] {
            assert_eq!(told(&house, &talk).await, [], "{}", house.engine);
        }
    }
}

#[tokio::test]
async fn reminding_that_is_broken_off_goes_on_and_tells_nobody_twice() {
    for house in common::houses().await {
        for day in 10..30 {
            plan(&house, &format!("2026-04-{day}")).await;
        }
        let now = "2026-04-30T06:00:00Z".parse().unwrap();
        let mut stops = 0;
        for nth in (1..).step_by(9) {
            house.store.fail_statement(nth);
            let outcome = notices::remind(&house.store, &house.kit.mint, now).await;
            house.store.fail_statement(0);
            if outcome.is_ok() {
                break;
            }
            stops += 1;
        }
        assert!(stops > 3, "{}: {stops}", house.engine);
        let counts: Vec<(i64,)> = rows(
            &house.store,
            "select cast(count(*) as bigint) from notice where kind = 'talk-overdue' group by person, path",
        )
        .await;
        assert!(
            counts.len() >= 40 && counts.iter().all(|(count,)| *count == 1),
            "{}: {counts:?}",
            house.engine
        );
    }
}

/// Every text of the demo that somebody wrote, and every name.
async fn written(store: &Store) -> BTreeSet<String> {
    let texts: Vec<(String,)> = rows(
        store,
        "select note from answer union select note from preparation_answer union select words from talk_note \
         union select person_words from talk_item union select holder_words from talk_item \
         union select words from talk_input union select question from talk_input \
         union select situation from evidence union select deed from evidence union select effect from evidence \
         union select why from plan_step union select expected from plan_step union select first_step from plan_step \
         union select words from plan_deed union select words from plan_rating union select words from plan_checkpoint \
         union select title from goal union select why from goal union select question from feedback \
         union select about from feedback union select situation from feedback union select behaviour from feedback \
         union select effect from feedback \
         union select name from person union select name from team union select job_title from person \
         union select level_name from talk union select framework_name from talk union select name from talk_cycle",
    )
    .await;
    texts.into_iter().map(|(text,)| text).filter(|text| text.trim().len() > 3).collect()
}

#[tokio::test]
async fn no_word_and_no_name_of_anybody_leaves_the_house() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let (office, chat) = (PostOffice::open().await, peer::Chat::open(&["200 fine"]).await);
        let hosts = format!("inside:{}", chat.address);
        let sql = "insert into notice_choice (person, mail, chat, chat_url, calendar, quiet_from, quiet_until, time_zone, \
                   changed_at) select id, 'at-once', 'on', $1, 'on', null, null, 'UTC', '2026-03-02T09:00:00.000000Z' from person";
        let mut tx = house.store.write().await.unwrap();
        let url = format!("http://{}/hooks/x", chat.address);
        tx.run(&Statement { name: "STORY", sql }, &[&url]).await.unwrap();
        tx.commit().await.unwrap();

        let (bo, cy) = (house.persona("bo").await, house.persona("cy").await);
        let done = |answer: common::Answer| {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            answer.location().to_owned()
        };
        let talk = done(cy.post("/talks", "person=bo@demo.example&due_on=2026-04-30").await);
        done(bo.post(&format!("{talk}/inputs"), "partner=gus@demo.example&question=Kanarienfrage").await);
        done(bo.post(&format!("{talk}/meeting-time"), "value=2026-03-20T10:00").await);
        let page = bo.get(&format!("{talk}/preparation")).await.body;
        let point = page.split("id=\"i-").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for visitor in [&bo, &cy] {
            let form = "state=meeting&version=0&note=Kanarienwort";
            done(visitor.post(&format!("{talk}/preparation/{point}"), form).await);
            done(visitor.post(&format!("{talk}/preparation-completion"), "anyway=yes").await);
        }
        done(cy.post(&format!("{talk}/signature"), "").await);
        done(bo.post("/me/feedback/questions", "from=cy@demo.example&question=Kanarienfrage").await);
        let given = done(bo.post("/me/feedback", "to=cy@demo.example").await);
        done(bo.post(&given, "behaviour=Kanarienlob&version=0").await);
        done(bo.post(&format!("{given}/completion"), "").await);
        house
            .persona("fay")
            .await
            .post(&format!("/people/{}/invitations", house.id_of("gus").await), "")
            .await;
        for day in ["2026-04-16", "2026-04-27", "2026-05-01"] {
            let now = format!("{day}T06:00:00Z").parse().unwrap();
            notices::remind(&house.store, &house.kit.mint, now).await.unwrap();
        }
        // A checkpoint of the plan in the demo came yesterday.
        let now = common::story_time();
        espalier_growth::plan::notices::remind(&house.store, &house.kit.mint, now).await.unwrap();
        let now = "2026-05-02T06:00:00Z".parse().unwrap();
        peer::sender_to(&house, now, &office.address, &hosts).drain().await.unwrap();
        let feed = bo.post("/me/notices/feed", "").await.body;
        let feed = feed.split("http://espalier.test").find(|rest| rest.starts_with("/calendar/")).unwrap();
        let feed = house.nobody().get(feed.split('<').next().unwrap()).await.body;

        let (letters, mut told) = (office.take(), chat.told.lock().unwrap().clone());
        let kinds: BTreeSet<String> =
            letters.iter().map(|letter| letter.head("Subject").to_owned()).collect();
        assert!(kinds.len() >= 12, "{}: nearly every kind is there: {kinds:?}", house.engine);
        assert!(told.len() > 10 && feed.contains("VEVENT"), "{}", house.engine);
        told.extend(letters.iter().map(common::peer::Letter::words));
        told.push(feed);
        let written = written(&house.store).await;
        for known in ["Kanarienwort", "Kanarienfrage", "Kanarienlob", "Bo Achterberg"] {
            assert!(written.contains(known), "{known} is looked for");
        }
        for text in &told {
            let leaked = written.iter().find(|word| text.contains(word.as_str()));
            assert_eq!(leaked, None, "{}:\n{text}", house.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_it_sends_loses_nothing_and_the_next_sends_the_same() {
    let office = PostOffice::open().await;
    office.be(Mood::Holds);
    let folder = tempfile::TempDir::new().unwrap();
    let place = Database::Sqlite(folder.path().join("espalier.db"));
    // The server learns of the mail server from its surroundings, as it would from an operator's.
    let mut server = {
        let (place, address) = (place.to_string(), office.address.clone());
        tokio::task::spawn_blocking(move || Server::start_with_mail(&place, &format!("smtp://{address}")))
            .await
            .unwrap()
    };
    server = tokio::task::spawn_blocking(move || {
        let (cookie, token) = server.sign_in("cy");
        let form = format!("form_token={token}&person=bo%40demo.example&due_on=2099-06-20");
        assert_eq!(server.request("POST", "/talks", &cookie, &form).unwrap().0, 303);
        server
    })
    .await
    .unwrap();
    let is_there = |letters: &[peer::Letter]| letters.iter().any(|letter| letter.to == "bo@demo.example");
    while !is_there(&office.letters()) {
        tokio::task::yield_now().await;
    }
    server.kill();
    office.be(Mood::Takes);
    let before = office.take();

    let store = Store::open(&place).await.unwrap();
    let waiting: Vec<(String,)> = rows(&store, "select id from delivery where state = 'waiting'").await;
    assert!(!waiting.is_empty());
    let clock = Clock::System;
    let house =
        common::open_at("SQLite", store, folder, Mint::from_system(), (clock.now(), "http://espalier.test"));
    office.sender(&house, clock.now().plus_seconds(1_000)).drain().await.unwrap();
    let after = office.take();
    let names = |letters: &[peer::Letter]| -> BTreeSet<String> {
        letters.iter().map(|letter| letter.head("Message-ID").split('@').next().unwrap().to_owned()).collect()
    };
    assert_eq!(after.len(), waiting.len(), "each that waited came");
    assert!(names(&before).is_subset(&names(&after)), "under the same name as before");
}

#[tokio::test]
async fn a_question_that_waits_is_spoken_of_once_more_after_a_week_and_not_after_an_answer() {
    for house in common::houses().await {
        let (eve, gus, bo) =
            (house.persona("eve").await, house.persona("gus").await, house.persona("bo").await);
        // What the demo has asked before this story is not part of it.
        let mut tx = house.store.write().await.unwrap();
        for sql in [
            "update talk_input set asked_at = '2026-01-01T00:00:00.000000Z'",
            "update feedback set asked_at = '2026-01-01T00:00:00.000000Z' where asked_at is not null",
            "update corroboration set asked_at = '2026-01-01T00:00:00.000000Z'",
        ] {
            tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        }
        tx.commit().await.unwrap();

        // Two of each: one is answered, one is not.
        for (question, deed) in [
            ("Erstfrage", "select id from evidence where deed = 'Erstfrage'"),
            ("Zweitfrage", "select id from evidence where deed = 'Zweitfrage'"),
        ] {
            let asked = format!("from=gus@demo.example&question={question}");
            assert_eq!(eve.post("/me/feedback/questions", &asked).await.status, StatusCode::SEE_OTHER);
            let form = format!("happened_on=2026-03-01&deed={question}");
            let piece = bo.post("/me/evidence", &form).await;
            assert_eq!(piece.status, StatusCode::SEE_OTHER, "{}", piece.body);
            let piece: Vec<(String,)> = rows(&house.store, deed).await;
            let asked =
                bo.post(&format!("/evidence/{}/corroborations", piece[0].0), "who=gus@demo.example").await;
            assert!(
                asked.status == StatusCode::SEE_OTHER || asked.status == StatusCode::OK,
                "{}",
                asked.body
            );
        }
        let talk = plan(&house, "2026-06-20").await;
        for partner in ["gus@demo.example", "di@demo.example"] {
            let asked =
                bo.post(&format!("{talk}/inputs"), &format!("partner={partner}&question=Drittfrage")).await;
            assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        }
        type Ids = Vec<(String,)>;
        let questions: Ids =
            rows(&house.store, "select id from feedback where question like '%frage' order by id").await;
        let requests: Ids =
            rows(&house.store, "select id from corroboration where asked_at > '2026-02' order by id").await;
        let inputs: Ids = rows(
            &house.store,
            "select i.id from talk_input i join person p on p.id = i.partner where i.question = 'Drittfrage' \
             order by case when p.email like 'gus%' then 0 else 1 end",
        )
        .await;
        // Whoever is asked to confirm something hears of it, and no longer when the question is taken back.
        let asked = async || -> Vec<(String,)> {
            rows(&house.store, "select path from notice where kind = 'evidence-asked' order by path").await
        };
        assert_eq!(asked().await.len(), 2);
        let piece: Ids = rows(&house.store, "select id from evidence where deed = 'Erstfrage'").await;
        let third = format!("/evidence/{}/corroborations", piece[0].0);
        bo.post(&third, "who=cy@demo.example").await;
        assert_eq!(asked().await.len(), 3);
        let cys = "select k.id from corroboration k join person p on p.id = k.person \
                   where k.asked_at > '2026-02' and p.email like 'cy%'";
        let request: Ids = rows(&house.store, cys).await;
        let back = bo.post(&format!("{third}/end"), &format!("request={}", request[0].0)).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
        assert_eq!(asked().await.len(), 2);
        let both = |ids: &Ids| -> [String; 2] { [ids[0].0.clone(), ids[1].0.clone()] };
        let ([q, q2], [k, k2], [i, i2]) = (both(&questions), both(&requests), both(&inputs));
        assert_eq!(gus.post(&format!("/feedback/{q}/refusal"), "").await.status, StatusCode::SEE_OTHER);
        let confirmed = gus.post(&format!("/corroborations/{k}"), "reply=confirmed&words=").await;
        assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.body);
        assert_eq!(gus.post(&format!("/talks/inputs/{i}/refusal"), "").await.status, StatusCode::SEE_OTHER);

        let again = async || -> Vec<(String, String)> {
            rows(&house.store, "select kind, path from notice where kind like '%-again' order by kind").await
        };
        let expected = vec![
            ("evidence-asked-again".to_owned(), format!("/corroborations/{k2}")),
            ("feedback-asked-again".to_owned(), format!("/feedback/{q2}")),
            ("talk-asked-again".to_owned(), format!("/talks/inputs/{i2}")),
        ];
        let week = common::story_time().plus_seconds(7 * 86_400);
        for (now, count) in [
            (week.plus_seconds(-60), 0),
            (week.plus_seconds(60), 3),
            (week.plus_seconds(120), 3),
            (week.plus_seconds(3 * 86_400), 3),
            (week.plus_seconds(30 * 86_400), 3),
        ] {
            let before = again().await.len();
            let spoken = espalier_growth::again::remind(&house.store, &house.kit.mint, now).await.unwrap();
            assert_eq!(before + spoken, count, "{}: {now:?}", house.engine);
        }
        assert_eq!(again().await, expected, "{}", house.engine);
        // Whoever answers now is reminded by nothing that still waits.
        assert_eq!(gus.post(&format!("/feedback/{q2}/refusal"), "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(again().await.len(), 2, "{}", house.engine);
    }
}
