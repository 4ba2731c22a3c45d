//! What is told reaches people, and nothing else does: through a mail server in every mood, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use common::House;
use common::peer::{self, Mood, PostOffice};
use common::story::import;
use espalier_kernel::Moment;
use espalier_store::{FromRow, Statement};

async fn rows<T: FromRow>(house: &House, sql: &'static str) -> Vec<T> {
    let mut tx = house.store.read().await.unwrap();
    tx.all(&Statement { name: "STORY", sql }, &[]).await.unwrap()
}

/// How many deliveries are in each state.
async fn states(house: &House) -> Vec<(String, i64)> {
    rows(house, "select state, cast(count(*) as bigint) from delivery group by state order by state").await
}

fn state(word: &str, count: i64) -> (String, i64) {
    (word.to_owned(), count)
}

/// Cy plans one more talk with Bo, and Bo is told.
async fn plan(house: &House) -> String {
    let cy = house.persona("cy").await;
    // Each on a day of its own: the same talk is not planned twice.
    let before = rows::<(String,)>(house, "select id from talk").await.len();
    let planned = cy.post("/talks", &format!("person=bo@demo.example&due_on=2026-06-{}", 20 + before)).await;
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.body);
    planned.location().to_owned()
}

fn later(seconds: i64) -> Moment {
    common::story_time().plus_seconds(seconds)
}

#[tokio::test]
async fn whoever_somebody_plans_a_talk_with_hears_of_it_in_the_inbox_and_by_mail() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let talk = plan(&house).await;
        let sender = office.sender(&house, later(1));
        assert_eq!(sender.drain().await.unwrap(), 1, "{}", house.engine);
        assert_eq!(sender.drain().await.unwrap(), 0, "what was sent is not sent again");

        let letters = office.take();
        let [letter] = &letters[..] else { panic!("{letters:?}") };
        assert_eq!(letter.to, "bo@demo.example");
        assert_eq!(letter.head("Subject"), "A development talk is planned with you");
        assert_eq!(letter.head("Auto-Submitted"), "auto-generated");
        assert!(letter.words().contains(&format!("Look at the talk: http://espalier.test{talk}")));

        let bo = house.persona("bo").await;
        assert!(bo.get("/").await.body.contains("One notice you have not read"));
        let inbox = bo.get("/me/inbox").await.body;
        assert!(inbox.contains("A development talk is planned with you"), "{inbox}");
        let reading = inbox.split('"').find(|part| part.ends_with("/reading") && part.len() > 30).unwrap();
        assert_eq!(bo.post(reading, "").await.location(), talk);
        assert!(!bo.get("/").await.body.contains("you have not read"));
        assert_eq!(house.persona("ada").await.post(reading, "").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_same_about_the_same_is_told_once_a_day() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let person = house.id_of("bo").await.parse().unwrap();
        let kind = &espalier_growth::talk::notices::PLANNED;
        for seconds in [0, 1, 80_000, 86_401, 86_402] {
            let mut tx = house.store.write().await.unwrap();
            espalier_notify::tell(&mut tx, &house.kit.mint, later(seconds), person, kind, "/talks/1")
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        let told: Vec<(String,)> = rows(&house, "select made_at from notice order by made_at").await;
        assert_eq!(told.len(), 2, "{}: {told:?}", house.engine);
    }
}

#[tokio::test]
async fn what_did_not_happen_is_told_to_nobody() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let cy = house.persona("cy").await;
        let mut stops = 0;
        for nth in 1.. {
            house.store.fail_statement(nth);
            let answer = cy.post("/talks", "person=bo@demo.example&due_on=2026-06-20").await;
            house.store.fail_statement(0);
            let told: Vec<(i64, i64, i64)> = rows(
                &house,
                "select cast((select count(*) from talk where due_on = '2026-06-20') as bigint), \
                 cast((select count(*) from notice) as bigint), cast((select count(*) from delivery) as bigint)",
            )
            .await;
            if answer.status == StatusCode::SEE_OTHER {
                assert_eq!(told, [(1, 1, 1)], "{}", house.engine);
                break;
            }
            assert_eq!(told, [(0, 0, 0)], "{}: stopped at statement {nth}", house.engine);
            stops += 1;
        }
        assert!(stops >= 8, "{}: {stops}", house.engine);
    }
}

#[tokio::test]
async fn a_server_that_says_later_is_asked_again_with_the_same_message() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        plan(&house).await;
        office.be(Mood::Refuses("451 not now"));
        assert_eq!(office.sender(&house, later(1)).drain().await.unwrap(), 1);
        assert_eq!(states(&house).await, [state("waiting", 1)], "{}", house.engine);
        assert_eq!(
            office.sender(&house, later(30)).drain().await.unwrap(),
            0,
            "it waits before it asks again"
        );

        // It takes the letter and goes away: nobody knows whether it was taken, so it comes again as the same.
        office.be(Mood::Drops);
        assert_eq!(office.sender(&house, later(120)).drain().await.unwrap(), 1);
        assert_eq!(states(&house).await, [state("waiting", 1)], "{}", house.engine);
        office.be(Mood::Takes);
        assert_eq!(office.sender(&house, later(4_000)).drain().await.unwrap(), 1);
        assert_eq!(states(&house).await, [state("sent", 1)], "{}", house.engine);
        let letters = office.take();
        assert_eq!(letters.len(), 2);
        assert_eq!(letters[0].head("Message-ID"), letters[1].head("Message-ID"));
    }
}

#[tokio::test]
async fn a_server_that_is_silent_or_gone_holds_up_nobody_for_long() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let gone = "127.0.0.1:1";
        plan(&house).await;
        office.be(Mood::Silent);
        assert_eq!(office.sender(&house, later(1)).drain().await.unwrap(), 1);
        assert_eq!(peer::sender_to(&house, later(120), gone, "").drain().await.unwrap(), 1);
        assert_eq!(states(&house).await, [state("waiting", 1)], "{}", house.engine);
        let answers: Vec<(String, i64)> = rows(&house, "select answer, attempts from delivery").await;
        assert_eq!(answers, [("lost".to_owned(), 2)], "{}", house.engine);
        // After four days it is given up, and an administrator sees it.
        assert_eq!(peer::sender_to(&house, later(400_000), gone, "").drain().await.unwrap(), 1);
        assert_eq!(states(&house).await, [state("dead", 1)], "{}", house.engine);
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_seen_by_an_administrator_who_can_send_it_again() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let talk = plan(&house).await;
        office.be(Mood::Refuses("550 nobody of this name"));
        office.sender(&house, later(1)).drain().await.unwrap();
        assert_eq!(states(&house).await, [state("dead", 1)], "{}", house.engine);

        let fay = house.persona("fay").await;
        let page = fay.get("/admin/deliveries").await.body;
        assert!(page.contains("for Bo Achterberg, by mail"), "{page}");
        assert!(page.contains("the other side answered 550"), "{page}");
        for secret in ["bo@demo.example", &talk, "nobody of this name"] {
            assert!(!page.contains(secret), "{secret}\n{page}");
        }
        let again = page.split('"').find(|part| part.ends_with("/attempts")).unwrap().to_owned();
        let cy = house.persona("cy").await;
        assert_eq!(cy.get("/admin/deliveries").await.status, StatusCode::NOT_FOUND);
        assert_eq!(cy.post(&again, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(fay.post(&again, "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(fay.post(&again, "").await.status, StatusCode::NOT_FOUND, "it waits already");
        office.be(Mood::Takes);
        office.sender(&house, later(2)).drain().await.unwrap();
        assert_eq!(office.take().len(), 1);
    }
}

#[tokio::test]
async fn two_who_send_at_once_send_each_message_once() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let person = house.id_of("bo").await.parse().unwrap();
        let kind = &espalier_growth::talk::notices::PLANNED;
        let mut tx = house.store.write().await.unwrap();
        for nth in 0..500 {
            let path = format!("/talks/{nth}");
            espalier_notify::tell(&mut tx, &house.kit.mint, later(0), person, kind, &path).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (one, other) = (office.sender(&house, later(1)), office.sender(&house, later(1)));
        let (one, other) = tokio::join!(one.drain(), other.drain());
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one + other, 500, "{}", house.engine);
        assert!(one > 0 && other > 0, "{}: both had something to do: {one}, {other}", house.engine);
        let letters = office.take();
        let names: BTreeSet<&str> = letters.iter().map(|letter| letter.head("Message-ID")).collect();
        assert_eq!((letters.len(), names.len()), (500, 500), "{}", house.engine);
    }
}

#[tokio::test]
async fn whoever_dies_between_taking_and_sending_loses_nothing() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        plan(&house).await;
        office.be(Mood::Holds);
        let sender = office.sender(&house, later(1));
        // The one that sends is gone while the server keeps the line open.
        let dying = tokio::spawn(async move { sender.drain().await.map(drop) });
        while office.letters().is_empty() {
            tokio::task::yield_now().await;
        }
        dying.abort();
        dying.await.unwrap_err();
        office.be(Mood::Takes);
        assert_eq!(office.sender(&house, later(600)).drain().await.unwrap(), 0, "it is still somebody's");
        assert_eq!(office.sender(&house, later(1_000)).drain().await.unwrap(), 1, "{}", house.engine);
        let letters = office.take();
        assert_eq!(letters.len(), 2);
        assert_eq!(letters[0].head("Message-ID"), letters[1].head("Message-ID"));
        assert_eq!(states(&house).await, [state("sent", 1)]);
    }
}

#[tokio::test]
async fn one_click_turns_mail_off_and_looking_does_not() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        plan(&house).await;
        office.sender(&house, later(1)).drain().await.unwrap();
        let letter = office.take().remove(0);
        assert_eq!(letter.head("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let link = letter.head("List-Unsubscribe").trim_matches(['<', '>']).to_owned();
        let path = link.strip_prefix("http://espalier.test").unwrap();
        let nobody = house.nobody();
        assert_eq!(nobody.get(path).await.status, StatusCode::OK);

        plan(&house).await;
        assert_eq!(office.sender(&house, later(2)).drain().await.unwrap(), 1, "looking turned nothing off");
        plan(&house).await;
        let done = nobody.send(Method::POST, path, Some("List-Unsubscribe=One-Click"), &[]).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert_eq!(
            office.sender(&house, later(3)).drain().await.unwrap(),
            0,
            "what waited is not sent either"
        );
        plan(&house).await;
        assert_eq!(office.sender(&house, later(4)).drain().await.unwrap(), 0, "{}", house.engine);
        assert_eq!(rows::<(String,)>(&house, "select id from notice").await.len(), 4, "the inbox has it all");
        assert_eq!(nobody.get("/unsubscribe/nothing").await.status, StatusCode::NOT_FOUND);
        // What is essential is still sent.
        let fay = house.persona("fay").await;
        fay.post(&format!("/people/{}/invitations", house.id_of("bo").await), "").await;
        assert_eq!(office.sender(&house, later(5)).drain().await.unwrap(), 1, "{}", house.engine);
    }
}

#[tokio::test]
async fn quiet_hours_and_digests_are_kept() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let bo = house.persona("bo").await;
        // It is ten in the morning where Bo is.
        let form = "mail=at-once&calendar=on&quiet_from=09:00&quiet_until=11:30";
        assert_eq!(bo.post("/me/notices", form).await.status, StatusCode::SEE_OTHER);
        plan(&house).await;
        assert_eq!(office.sender(&house, later(1)).drain().await.unwrap(), 0, "{}", house.engine);
        assert_eq!(office.sender(&house, later(5_399)).drain().await.unwrap(), 0, "{}", house.engine);
        // Quiet hours chosen since count as well.
        let form = "mail=at-once&calendar=on&quiet_from=09:00&quiet_until=12:00";
        assert_eq!(bo.post("/me/notices", form).await.status, StatusCode::SEE_OTHER);
        office.sender(&house, later(5_401)).drain().await.unwrap();
        assert_eq!(office.take().len(), 0, "{}", house.engine);
        office.sender(&house, later(7_200)).drain().await.unwrap();
        assert_eq!(office.take().len(), 1, "{}", house.engine);

        assert_eq!(bo.post("/me/notices", "mail=daily&calendar=on").await.status, StatusCode::SEE_OTHER);
        let talks = [plan(&house).await, plan(&house).await];
        assert_eq!(office.sender(&house, later(8 * 3600)).drain().await.unwrap(), 0, "{}", house.engine);
        assert_eq!(office.sender(&house, later(24 * 3600)).drain().await.unwrap(), 1, "{}", house.engine);
        let letters = office.take();
        let [digest] = &letters[..] else { panic!("{letters:?}") };
        assert_eq!(digest.head("Subject"), "What is new for you");
        assert!(talks.iter().all(|talk| digest.words().contains(talk.as_str())), "{}", digest.words());

        for wrong in [
            "quiet_from=09:00",
            "quiet_from=09:00&quiet_until=09:00",
            "mail=hourly",
            "chat=on&chat_url=http://127.0.0.1/",
        ] {
            assert_eq!(
                bo.post("/me/notices", wrong).await.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{wrong}"
            );
        }
    }
}

#[tokio::test]
async fn an_invitation_goes_by_mail_and_its_secret_is_kept_nowhere() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let office = PostOffice::open().await;
        let fay = house.persona("fay").await;
        let answer = fay.post(&format!("/people/{}/invitations", house.id_of("gus").await), "").await;
        assert!(answer.body.contains("A link is on its way to Gus"), "{}", answer.body);
        assert!(!answer.body.contains("/invitations/0"), "{}", answer.body);
        office.be(Mood::Drops);
        office.sender(&house, later(1)).drain().await.unwrap();
        office.be(Mood::Takes);
        office.sender(&house, later(120)).drain().await.unwrap();
        let letters = office.take();
        assert_eq!(letters.len(), 2);
        assert!(!letters[0].text.contains("List-Unsubscribe"));
        let paths: Vec<String> = letters
            .iter()
            .map(|letter| {
                let words = letter.words();
                let link = words.split("http://espalier.test").find(|rest| rest.starts_with("/invitations/"));
                link.unwrap().split(['\r', '"', ' ']).next().unwrap().to_owned()
            })
            .collect();
        let kept = house.folder.path().join("all.jsonl");
        house.store.backup(&kept, &espalier_app::house::migrations()).await.unwrap();
        let kept = std::fs::read_to_string(kept).unwrap();
        for path in &paths {
            assert_eq!(house.nobody().get(path).await.status, StatusCode::OK, "each mail opens");
            assert!(!kept.contains(path.trim_start_matches("/invitations/")));
        }
        let form = "password=a+cart+of+blue+onions&again=a+cart+of+blue+onions";
        assert_eq!(house.nobody().post(&paths[0], form).await.status, StatusCode::SEE_OTHER);
        for path in &paths {
            assert_eq!(house.nobody().get(path).await.status, StatusCode::NOT_FOUND, "{}", house.engine);
        }
    }
}

#[tokio::test]
async fn somebody_who_left_is_told_nothing_and_no_mail_server_means_the_inbox_alone() {
    for house in common::houses().await {
        plan(&house).await;
        assert_eq!(states(&house).await, [], "{}", house.engine);
        peer::open_ways(&house).await;
        plan(&house).await;
        let mut tx = house.store.write().await.unwrap();
        let sql = "update person set left_on = '2026-03-02' where email = 'bo@demo.example'";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let office = PostOffice::open().await;
        office.sender(&house, later(1)).drain().await.unwrap();
        assert_eq!(office.take().len(), 0);
        assert_eq!(states(&house).await, [state("dropped", 1)], "{}", house.engine);
    }
}

#[tokio::test]
async fn a_mail_server_that_others_wrote_takes_the_mail_and_reads_both_its_forms() {
    let Some(python) = peer::python_with("aiosmtpd") else { return };
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let folder = house.folder.path().join("box");
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let address = format!("127.0.0.1:{port}");
        let mut server = std::process::Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-l", &address, "-c", "aiosmtpd.handlers.Mailbox"])
            .arg(&folder)
            .spawn()
            .unwrap();
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            assert!(server.try_wait().unwrap().is_none(), "the server goes on");
            tokio::task::yield_now().await;
        }
        let talk = plan(&house).await;
        peer::sender_to(&house, later(1), &address, "").drain().await.unwrap();
        assert_eq!(states(&house).await, [state("sent", 1)], "{}", house.engine);
        server.kill().unwrap();
        server.wait().unwrap();
        let program = "import sys, mailbox, email.policy\n\
                       for name, kept in mailbox.Maildir(sys.argv[1]).items():\n    \
                       mail = email.message_from_bytes(kept.as_bytes(), policy=email.policy.default)\n    \
                       print(mail['Subject'], mail['To'], [part.get_content_type() for part in mail.iter_parts()])\n    \
                       print(all(sys.argv[2] in part.get_content() for part in mail.iter_parts()), mail.defects)\n";
        let read = std::process::Command::new(python).args(["-c", program]).arg(&folder).arg(&talk).output();
        assert_eq!(
            String::from_utf8(read.unwrap().stdout).unwrap(),
            "A development talk is planned with you bo@demo.example ['text/plain', 'text/html']\nTrue []\n"
        );
    }
}

#[tokio::test]
async fn chat_is_told_a_title_and_a_link_and_nobody_is_followed_elsewhere() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        for (answers, ends) in [(["503 busy", "200 fine"], "sent"), (["302 over there", "200 fine"], "dead")]
        {
            let chat = peer::Chat::open(&answers).await;
            let hosts = format!("inside:{}", chat.address);
            let settings = espalier_web::Settings {
                base_url: "http://espalier.test".to_owned(),
                demo: true,
                chat_hosts: hosts.clone(),
                proxies: Vec::new(),
            };
            let clock = espalier_kernel::Clock::Fixed(common::story_time());
            let (router, _) =
                espalier_app::house::build(house.store.clone(), clock, house.kit.mint.clone(), settings)
                    .unwrap();
            let mut bo = house.persona("bo").await;
            bo.router = router;
            let form = format!("mail=off&chat=on&chat_url=http://{}/hooks/x", chat.address);
            let saved = bo.post("/me/notices", &form).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
            let talk = plan(&house).await;
            for seconds in [1, 1_000] {
                peer::sender_to(&house, later(seconds), "127.0.0.1:1", &hosts).drain().await.unwrap();
            }
            let told = chat.told.lock().unwrap().clone();
            let body = format!("A development talk is planned with you: http://espalier.test{talk}");
            assert!(told.iter().all(|one| one.contains(&body)), "{told:?}");
            let keys: BTreeSet<&str> = told
                .iter()
                .map(|one| one.lines().find(|line| line.starts_with("idempotency-key: ")).unwrap())
                .collect();
            assert_eq!(keys.len(), 1, "the other side can see that it is the same again");
            assert_eq!(told.len(), if ends == "sent" { 2 } else { 1 }, "{}", house.engine);
            assert!(states(&house).await.contains(&state(ends, 1)), "{}", house.engine);
        }
    }
}

#[tokio::test]
async fn whoever_is_moved_by_an_import_hears_what_waits_when_it_is_loud_where_they_are() {
    for house in common::houses().await {
        peer::open_ways(&house).await;
        let mut tx = house.store.write().await.unwrap();
        let sql = "insert into notice_choice (person, mail, chat, chat_url, calendar, quiet_from, quiet_until, time_zone, \
                   changed_at) select id, $1, 'off', '', 'on', 480, 1080, 'UTC', '2026-03-02T09:00:00.000000Z' from person \
                   where email = $2 on conflict (person) do update set mail = excluded.mail, quiet_from = 480, \
                   quiet_until = 1080, time_zone = 'UTC'";
        tx.run(&Statement { name: "STORY", sql }, &[&"at-once", &"bo@demo.example"]).await.unwrap();
        let sql = "update person set time_zone = 'UTC' where email = 'bo@demo.example'";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        plan(&house).await;
        let due = "select due_at, since_at from delivery where state = 'waiting'";
        let quiet: Vec<(Moment, Moment)> = rows(&house, due).await;
        let evening: Moment = "2026-03-02T18:00:00Z".parse().unwrap();
        assert_eq!(quiet, [(evening, evening)], "{}", house.engine);

        // In Auckland it is late in the evening now, and Bo is quiet by day.
        for (zone, at) in [
            ("Pacific/Auckland", common::story_time()),
            ("America/New_York", common::story_time()),
            ("Europe/Athens", "2026-03-02T16:00:00Z".parse().unwrap()),
        ] {
            let text = format!("name,email,time_zone\nBo Achterberg,bo@demo.example,{zone}\n");
            assert_eq!(import(&house, &text).await, (0, 1, 0, 0), "{}: {zone}", house.engine);
            assert_eq!(rows::<(Moment, Moment)>(&house, due).await, [(at, at)], "{}: {zone}", house.engine);
            let kept: Vec<(String,)> =
                rows(&house, "select time_zone from notice_choice where quiet_from = 480").await;
            assert_eq!(kept, [(zone.to_owned(),)], "{}", house.engine);
        }
    }
}
