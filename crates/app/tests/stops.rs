//! What has several steps is done wholly or not at all. Each operation is stopped at its N-th statement, for N from 1
//! until it runs through; what was stopped must leave nothing behind, on either engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::StatusCode;
use common::story::one;
use common::{Answer, House, Visitor};
use espalier_app::{first, house};
use espalier_kernel::Mint;
use espalier_store::Store;
use tempfile::TempDir;

/// All that a database holds, as one digest.
async fn digest(store: &Store, folder: &TempDir) -> String {
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    store.backup(&folder.path().join("state.jsonl"), &house::migrations()).await.unwrap().digest
}

/// Stops an operation at each of its statements in turn, and then lets it run through. Says at how many it was stopped.
async fn stop_at_each<T, E>(
    (engine, what): (&str, &str),
    (store, folder): (&Store, &TempDir),
    mut operation: impl AsyncFnMut() -> Result<T, E>,
) -> (T, i64) {
    let before = digest(store, folder).await;
    let mut nth = 1;
    let done = loop {
        store.fail_statement(nth);
        let outcome = operation().await;
        store.fail_statement(0);
        let now = digest(store, folder).await;
        match outcome {
            Ok(done) => {
                assert_ne!(now, before, "{engine}: {what} is said to be done");
                break done;
            }
            Err(_) => assert_eq!(now, before, "{engine}: {what} was stopped at statement {nth}"),
        }
        // The first fifty one by one, then in strides: what is longer repeats itself.
        nth += if nth < 50 { 1 } else { 7 };
    };
    (done, nth - 1)
}

/// The same for what somebody does at a door.
async fn stop_at_door(house: &House, what: &str, visitor: &Visitor, path: &str, form: &str) -> Answer {
    let (answer, stops) = stop_at_each((house.engine, what), (&house.store, &house.folder), async || {
        let answer = visitor.post(path, form).await;
        match answer.status {
            StatusCode::SEE_OTHER => Ok(answer),
            status => {
                assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{what}: {}", answer.body);
                assert!(answer.body.contains("nothing was half saved"), "{what}: {}", answer.body);
                Err(())
            }
        }
    })
    .await;
    assert!(stops >= 3, "{}: {what} has several steps, {stops} were stopped", house.engine);
    answer
}

#[tokio::test]
async fn filling_the_demo_leaves_nothing_behind_when_it_is_stopped() {
    for (engine, store, folder) in common::stores().await {
        store.migrate(&house::migrations()).await.unwrap();
        let mint = Mint::seeded(3);
        let ((), stops) = stop_at_each((engine, "the demo"), (&store, &folder), async || {
            espalier_app::demo::fill(&store, &mint, common::story_time(), 9).await
        })
        .await;
        assert!(stops > 20, "{engine}: {stops}");
    }
}

#[tokio::test]
async fn taking_in_people_leaves_nothing_behind_when_it_is_stopped() {
    for house in common::houses().await {
        let fay = house.persona("fay").await;
        let file = include_str!("../../../examples/people.csv");
        let kept = fay.upload("/admin/people", "people.csv", file).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
        let head = file.lines().next().unwrap();
        let form: Vec<String> = head.split(',').map(|column| format!("column={column}")).collect();
        let path = format!("{}/import", kept.location());
        stop_at_door(&house, "taking in people", &fay, &path, &form.join("&")).await;
        assert!(fay.get("/people?q=ida").await.body.contains("Ida Norén"));
    }
}

#[tokio::test]
async fn publishing_leaves_nothing_behind_when_it_is_stopped() {
    for house in common::houses().await {
        let cy = house.persona("cy").await;
        let mut framework = espalier_framework::sample();
        framework.version = "1.1.0".to_owned();
        let json = espalier_framework::to_json(&framework);
        let (draft, stops) =
            stop_at_each((house.engine, "bringing in a draft"), (&house.store, &house.folder), async || {
                let answer = cy.upload("/frameworks/new", "agile-coaching.json", &json).await;
                if answer.status == StatusCode::SEE_OTHER { Ok(answer) } else { Err(()) }
            })
            .await;
        assert!(stops >= 3, "{stops}");
        let path = format!("{}/publication", draft.location());
        stop_at_door(&house, "publishing", &cy, &path, "").await;
        assert!(cy.get("/frameworks/agile-coaching/versions").await.body.contains("1.1.0"));
    }
}

#[tokio::test]
async fn restoring_leaves_an_empty_database_when_it_is_stopped() {
    for house in common::houses().await {
        let steps = house::migrations();
        let file = house.folder.path().join("backup.jsonl");
        let backup = house.store.backup(&file, &steps).await.unwrap();
        for (engine, store, folder) in common::stores().await {
            let mut nth = 1;
            let mut was_empty = 0;
            loop {
                store.fail_statement(nth);
                let outcome = store.restore(&file, &steps, &first::LIVES_HERE).await;
                store.fail_statement(0);
                if outcome.is_ok() {
                    break;
                }
                // Before the tables are there, there is nothing to look at; afterwards it is all or nothing.
                if let Ok(now) = store.backup(&folder.path().join("now.jsonl"), &steps).await {
                    if now.digest == backup.digest {
                        break;
                    }
                    assert_eq!(now.rows, 0, "{engine}: stopped at statement {nth}");
                    was_empty += 1;
                }
                nth += if nth < 50 { 1 } else { 7 };
            }
            assert!(was_empty > 20, "{engine}: {was_empty}");
            assert_eq!(digest(&store, &folder).await, backup.digest, "{engine}");
        }
    }
}

#[tokio::test]
async fn the_first_administrator_is_there_wholly_or_not_at_all() {
    for (engine, store, folder) in common::stores().await {
        store.migrate(&house::migrations()).await.unwrap();
        let mint = Mint::seeded(3);
        let (secret, stops) = stop_at_each((engine, "the link"), (&store, &folder), async || {
            first::invite(&store, &mint, common::story_time()).await
        })
        .await;
        assert!(stops >= 4, "{engine}: {stops}");
        let house = common::open(engine, store, folder, mint);
        assert!(!first::is_there(&house.store).await.unwrap());
        let path = format!("/invitations/{}", secret.reveal());
        let form = "name=Ida+First&email=ida@example.org&time_zone=Europe/Oslo&password=a+cart+of+blue+onions\
                    &again=a+cart+of+blue+onions";
        stop_at_door(&house, "setting up the administrator", &house.nobody(), &path, form).await;
        assert!(first::is_there(&house.store).await.unwrap());
    }
}

#[tokio::test]
async fn accepting_an_invitation_leaves_nothing_behind_when_it_is_stopped() {
    for house in common::houses().await {
        let fay = house.persona("fay").await;
        let answer = fay.post(&format!("/people/{}/invitations", house.id_of("gus").await), "").await;
        let path = answer.body.split("http://espalier.test").find(|rest| rest.starts_with("/invitations/"));
        let path = path.unwrap().split(['<', '"', ' ']).next().unwrap();
        let form = "password=a+cart+of+blue+onions&again=a+cart+of+blue+onions";
        stop_at_door(&house, "accepting an invitation", &house.nobody(), path, form).await;
        assert_eq!(house.nobody().get(path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_answer_and_a_level_leave_nothing_behind_when_they_are_stopped() {
    for house in common::houses().await {
        let (ada, di) = (house.persona("ada").await, house.persona("di").await);
        let assessment = one(&house, "select id from assessment where state = 'draft'").await;
        let statement = one(&house, "select statement from answer order by statement limit 1").await;
        let path = format!("/me/assessments/{assessment}");
        let form = "state=developing&version=1&note=By+the+weir";
        stop_at_door(&house, "an answer", &ada, &format!("{path}/answers/{statement}"), form).await;
        stop_at_door(&house, "finishing", &ada, &format!("{path}/completion"), "").await;
        let level = format!("/people/{}/levels", house.id_of("ada").await);
        let form = "framework=agile-coaching&track=coach&level=senior&since=2026-03-01";
        stop_at_door(&house, "a level set by hand", &di, &level, form).await;
        let leave = format!("/people/{}/leave", house.id_of("ada").await);
        stop_at_door(&house, "leave", &ada, &leave, "from=2026-04-01&until=2026-04-09").await;
    }
}

#[tokio::test]
async fn a_talk_is_opened_and_signed_wholly_or_not_at_all() {
    for house in common::houses().await {
        let (bo, ada, cy) =
            (house.persona("bo").await, house.persona("ada").await, house.persona("cy").await);
        let statement = one(&house, "select item from preparation_answer order by item limit 1").await;
        let planned = format!("/talks/{}", one(&house, "select id from talk where state = 'planned'").await);
        let form = "state=developing&version=0&note=By+the+weir";
        stop_at_door(&house, "preparing", &bo, &format!("{planned}/preparation/{statement}"), form).await;
        stop_at_door(&house, "opening", &bo, &format!("{planned}/preparation-completion"), "anyway=yes")
            .await;
        let talk = "select id from talk where state = 'open' and opened_at = (select min(opened_at) from talk \
                    where state = 'open')";
        let talk = format!("/talks/{}", one(&house, talk).await);
        let form = "outcome=differ&version=9&person_words=mine&holder_words=yours";
        stop_at_door(&house, "an outcome", &cy, &format!("{talk}/items/{statement}"), form).await;
        stop_at_door(&house, "a share", &ada, &format!("{talk}/shares"), "with=gus@demo.example").await;
        let signature = format!("{talk}/signature");
        for (what, visitor) in [("the first signature", &cy), ("the second signature", &ada)] {
            let form = common::signing(visitor, &talk).await;
            stop_at_door(&house, what, visitor, &signature, &form).await;
        }
    }
}

#[tokio::test]
async fn somebody_is_erased_wholly_or_not_at_all() {
    for house in common::houses().await {
        let (bo, fay) = (house.persona("bo").await, house.persona("fay").await);
        stop_at_door(&house, "asking to be erased", &bo, "/me/data/erasure", "phrase=erase+what+is+mine")
            .await;
        let path = format!("/admin/erasures/{}", house.id_of("bo").await);
        stop_at_door(&house, "erasing", &fay, &path, "address=bo@demo.example").await;
        assert_eq!(fay.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}
