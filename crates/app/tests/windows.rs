//! What happens when somebody writes while somebody else does: goals in two windows, feedback that is taken back, a
//! signature in between; on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::StatusCode;
use common::story::{count, done, open, plan, refused, run};
use espalier_store::Statement;

#[tokio::test]
async fn of_a_goal_that_two_windows_wrote_both_texts_are_shown_and_nothing_is_lost() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let first = "title=Nachtziel&why=Schlaf&measure=calls&from_value=9&to_value=2&by_on=2026-06-01";
        let path = done(&bo.post("/me/goals", first).await);
        let one = "title=Erstziel&why=Schlaf&measure=calls+a+week&from_value=9&to_value=3&by_on=2026-06-01&version=1";
        done(&bo.post(&path, one).await);
        // The other window still holds what stood there before, and writes something else.
        let other = "title=Zweitziel&why=Ruhe&measure=calls+a+month&from_value=9&to_value=4&by_on=2026-07-01&version=1";
        let answer = bo.post(&path, other).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", house.engine, answer.body);
        for words in [
            "Another window wrote “Erstziel” here",
            "Another window wrote “calls a week” here",
            "Another window wrote “3” here",
            "Another window wrote “2026-06-01” here",
            "value=\"Zweitziel\"",
            "value=\"calls a month\"",
            "value=\"4\"",
            "value=\"2026-07-01\"",
            "Schlaf\n\n— written in another window: —\nRuhe",
        ] {
            assert!(answer.body.contains(words), "{}: {words}\n{}", house.engine, answer.body);
        }
        assert!(!answer.body.contains("“9”"), "where both say the same nothing is asked: {}", answer.body);
        assert_eq!(
            count(&house, "select count(*) from goal where title = 'Erstziel' and to_value = '3'").await,
            1
        );
        // Pressed again with the same old version, it is asked again; once seen, what was chosen is kept.
        assert_eq!(bo.post(&path, other).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let chosen = "title=Zweitziel&why=Schlaf+Ruhe&measure=calls+a+week&from_value=9&to_value=4&by_on=2026-07-01&version=2";
        assert!(answer.body.contains("name=\"version\" value=\"2\""), "{}", answer.body);
        done(&bo.post(&path, chosen).await);
        let kept = "select count(*) from goal where title = 'Zweitziel' and measure = 'calls a week' and to_value = '4'";
        assert_eq!(count(&house, kept).await, 1, "{}", house.engine);
    }
}

#[tokio::test]
async fn feedback_that_was_taken_back_leaves_no_notice_and_no_mail_behind() {
    for house in common::houses().await {
        common::peer::open_ways(&house).await;
        let (eve, gus) = (house.persona("eve").await, house.persona("gus").await);
        let about = "select count(*) from notice where kind = 'feedback-given'";
        let waiting =
            "select count(*) from delivery where state = 'waiting' and kind in ('feedback-given', 'digest')";
        let inbox = gus.get("/me/notices").await.body.matches("There is feedback for you").count();
        let before = (count(&house, about).await, count(&house, waiting).await);
        let give = async |words: &str| {
            let path = done(&eve.post("/me/feedback", "to=gus@demo.example").await);
            done(&eve.post(&path, &format!("behaviour={words}&version=0")).await);
            done(&eve.post(&format!("{path}/completion"), "").await);
            path
        };
        let first = give("Erstwort").await;
        assert_eq!((count(&house, about).await, count(&house, waiting).await), (before.0 + 1, before.1 + 1));
        done(&eve.post(&format!("{first}/end"), "").await);
        assert_eq!((count(&house, about).await, count(&house, waiting).await), before, "{}", house.engine);
        let after = gus.get("/me/notices").await.body.matches("There is feedback for you").count();
        assert_eq!(after, inbox, "{}", house.engine);

        // A digest that tells of something else, too, still goes, and tells of that alone.
        run(
            &house,
            "insert into notice_choice (person, mail, chat, chat_url, calendar, quiet_from, quiet_until, time_zone, changed_at) \
             select id, 'daily', 'off', '', 'on', null, null, 'UTC', '2026-03-02T09:00:00.000000Z' from person \
             where email = 'gus@demo.example' on conflict (person) do update set mail = 'daily'",
            &[],
        )
        .await;
        let (second, third) = (give("Zweitwort").await, give("Drittwort").await);
        done(&eve.post(&format!("{second}/end"), "").await);
        let told = "select count(*) from delivery_notice n join delivery d on d.id = n.delivery where d.kind = 'digest'";
        assert_eq!(count(&house, told).await, 1, "{}", house.engine);
        assert_eq!(gus.get(&third).await.status, StatusCode::OK);
        // What was read cannot be taken back, and its notice stays.
        done(&gus.post(&format!("{third}/reading"), "").await);
        refused(&eve.post(&format!("{third}/end"), "").await, "This has been read");
        assert_eq!(count(&house, told).await, 1, "{}", house.engine);
    }
}

#[tokio::test]
async fn nobody_writes_under_a_signature_that_was_made_while_they_waited() {
    // How many wait for something that somebody else holds.
    const WAITING: Statement = Statement {
        name: "WAITING",
        sql: "select count(*) from pg_locks l join pg_database d on d.oid = l.database \
              where not l.granted and l.locktype = 'advisory' and d.datname = current_database()",
    };
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let path = plan(&cy, "due_on=2026-03-20&person=ada@demo.example").await;
        let points = open(&ada, &cy, &path).await;
        let item = format!("{path}/items/{}", points[0]);
        let id = path.rsplit('/').next().unwrap();
        let mut signing = house.store.write().await.unwrap();
        signing.lock(&format!("talk {id}")).await.unwrap();
        let writes =
            async { ada.post(&item, "outcome=differ&version=0&person_words=Late&holder_words=x").await };
        let signs = async {
            while house.engine == "PostgreSQL"
                && house.store.read().await.unwrap().first(&WAITING, &[]).await.unwrap() != Some((1_i64,))
            {
                tokio::task::yield_now().await;
            }
            let sign =
                Statement { name: "STORY", sql: "update talk set holder_signed_at = $2 where id = $1" };
            signing.run(&sign, &[&id, &common::story_time()]).await.unwrap();
            signing.commit().await.unwrap();
        };
        let (late, ()) = tokio::join!(writes, signs);
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {}", house.engine, late.body);
        assert!(!cy.get(&path).await.body.contains("Late"), "{}", house.engine);
    }
}
