//! What people do, told as stories with our cast, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::{Method, StatusCode};
use common::routes::Things;
use common::story::import;
use common::{House, Visitor};
use espalier_people::trail;
use espalier_store::Statement;

async fn draft(house: &House) -> (String, String) {
    let mut tx = house.store.read().await.unwrap();
    let sql = "select a.id, min(w.statement) from assessment a join answer w on w.assessment = a.id \
               where a.state = 'draft' group by a.id";
    tx.first(&Statement { name: "STORY", sql }, &[]).await.unwrap().unwrap()
}

#[tokio::test]
async fn two_windows_lose_no_word() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let (assessment, statement) = draft(&house).await;
        let path = format!("/me/assessments/{assessment}/answers/{statement}");
        let json = [("accept", "application/json")];
        let send = async |note: &str, version: i64| {
            let form = format!("form_token={}&state=meeting&version={version}&note={note}", ada.form_token());
            ada.send(Method::POST, &path, Some(&form), &json).await
        };
        // Both windows were opened at revision 1 and type on.
        let first = send("from+the+first+window", 1).await;
        assert_eq!(first.status, StatusCode::OK, "{}: {}", house.engine, first.body);
        let second = send("from+the+second+window", 1).await;
        assert!(second.body.contains("both texts are kept"), "{}: {}", house.engine, second.body);
        let page = ada.get(&format!("/me/assessments/{assessment}")).await.body;
        assert!(page.contains("from the first window") && page.contains("from the second window"));
    }
}

#[tokio::test]
async fn a_finished_self_assessment_never_changes() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let (assessment, statement) = draft(&house).await;
        let finish = ada.post(&format!("/me/assessments/{assessment}/completion"), "").await;
        assert_eq!(finish.status, StatusCode::SEE_OTHER);
        let answer = format!("/me/assessments/{assessment}/answers/{statement}");
        for (path, form) in [
            (answer, "state=meeting&version=1&note=later"),
            (format!("/me/assessments/{assessment}/completion"), ""),
            (format!("/me/assessments/{assessment}/end"), ""),
            (format!("/me/assessments/{assessment}/points/facilitation"), "low=strong"),
        ] {
            let refused = ada.post(&path, form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {path}", house.engine);
            assert!(refused.body.contains("stays as it is"), "{}", refused.body);
        }
    }
}

#[tokio::test]
async fn exceeding_cannot_be_said_of_another_level() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let begun = ada.post("/me/assessments", "target=agile-coaching/senior&again=yes").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}: {}", house.engine, begun.body);
        let page = ada.get(begun.location()).await.body;
        assert!(!page.contains("value=\"exceeding\""));
        let statement = page.split("/answers/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let path = format!("{}/answers/{statement}", begun.location());
        assert_eq!(ada.post(&path, "state=exceeding").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(ada.post(&path, "state=developing").await.status, StatusCode::SEE_OTHER);
        let strange = format!("{}/answers/no-such-statement", begun.location());
        assert_eq!(ada.post(&strange, "state=meeting").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn what_is_taken_away_is_closed_at_the_next_request() {
    for house in common::houses().await {
        let (ada_id, cy_id) = (house.id_of("ada").await, house.id_of("cy").await);
        let (ada, cy, di, fay) = (
            house.persona("ada").await,
            house.persona("cy").await,
            house.persona("di").await,
            house.persona("fay").await,
        );
        let ada_page = format!("/people/{ada_id}");
        let shows_level =
            async |visitor: &Visitor| visitor.get(&ada_page).await.body.contains("id=\"level\"");

        // An HR partner whose role ends.
        assert!(shows_level(&di).await);
        let mut tx = house.store.read().await.unwrap();
        let sql = "select id from role_grant where role = 'hr'";
        let (grant,): (String,) = tx.first(&Statement { name: "STORY", sql }, &[]).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(fay.post(&format!("/roles/{grant}/end"), "").await.status, StatusCode::SEE_OTHER);
        assert!(!shows_level(&di).await, "{}", house.engine);

        // A manager whose line ends.
        assert!(shows_level(&cy).await);
        let mut tx = house.store.write().await.unwrap();
        let sql = "update reporting_line set until_on = '2026-03-02' where person = $1";
        tx.run(&Statement { name: "STORY", sql }, &[&ada_id]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!shows_level(&cy).await, "{}", house.engine);

        // A token that is ended, and one that may only read.
        let made = ada.post("/me/account/tokens", "name=script&scope=read&days=3").await.body;
        let token = made.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let bearer = format!("Bearer {token}");
        let program = house.nobody();
        let with = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        assert_eq!(program.send(Method::GET, "/api/v1/me", None, &with).await.status, StatusCode::OK);
        let body = "{\"framework\":\"agile-coaching\",\"level\":\"senior\"}";
        let refused = program.send(Method::POST, "/api/v1/me/assessments", Some(body), &with).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}: {}", house.engine, refused.body);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        assert!(refused.body.contains("This token may only read."), "{}", refused.body);
        let end = made.split("/me/account/tokens/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(ada.post(&format!("/me/account/tokens/{end}"), "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            program.send(Method::GET, "/api/v1/me", None, &with).await.status,
            StatusCode::UNAUTHORIZED
        );

        // An account that is closed.
        assert_eq!(cy.get("/people").await.status, StatusCode::OK);
        assert_eq!(fay.post(&format!("/people/{cy_id}/closure"), "").await.status, StatusCode::SEE_OTHER);
        assert!(cy.get("/people").await.location().starts_with("/sign-in"), "{}", house.engine);

        // Somebody who left.
        let mut tx = house.store.write().await.unwrap();
        let sql = "update person set left_on = '2026-03-02' where id = $1";
        tx.run(&Statement { name: "STORY", sql }, &[&ada_id]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(ada.get("/").await.location().starts_with("/sign-in"), "{}", house.engine);
    }
}

#[tokio::test]
async fn nobody_gives_a_role_to_themselves() {
    for house in common::houses().await {
        let fay = house.persona("fay").await;
        let own = format!("/people/{}/roles", house.id_of("fay").await);
        assert_eq!(fay.post(&own, "role=hr").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gus = format!("/people/{}/roles", house.id_of("gus").await);
        assert_eq!(fay.post(&gus, "role=hr").await.status, StatusCode::SEE_OTHER);
        let cy = house.persona("cy").await;
        assert_eq!(cy.post(&gus, "role=hr").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_invitation_opens_once_and_a_password_afterwards() {
    for house in common::houses().await {
        let fay = house.persona("fay").await;
        let bo = house.id_of("bo").await;
        let page = fay.post(&format!("/people/{bo}/invitations"), "").await.body;
        let link = page.split("http://espalier.test").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let guest = house.nobody();
        assert!(guest.get(&link).await.body.contains("Bo Achterberg"));
        let short = guest.post(&link, "password=short&again=short").await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.body.contains("at least 12 characters"));
        let form = "password=a+cart+of+blue+onions&again=a+cart+of+blue+onions";
        assert_eq!(guest.post(&link, form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(guest.get(&link).await.status, StatusCode::NOT_FOUND, "{}", house.engine);
        let right =
            guest.post("/sign-in", "email=BO@demo.example&password=a+cart+of+blue+onions&back=/people").await;
        assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/people"));
        let wrong = guest.post("/sign-in", "email=bo@demo.example&password=a+cart+of+red+onions").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("bo@demo.example"), "what was typed is kept");
    }
}

#[tokio::test]
async fn whoever_guesses_passwords_has_to_wait() {
    for house in common::houses().await {
        let guest = house.nobody();
        let mut statuses = Vec::new();
        for _ in 0..11 {
            statuses.push(guest.post("/sign-in", "email=ada@demo.example&password=guess").await.status);
        }
        assert_eq!(statuses[9], StatusCode::UNPROCESSABLE_ENTITY, "{}", house.engine);
        assert_eq!(statuses[10], StatusCode::TOO_MANY_REQUESTS, "{}", house.engine);
    }
}

#[tokio::test]
async fn a_draft_framework_is_published_once_and_then_stays() {
    for house in common::houses().await {
        let (cy, ada) = (house.persona("cy").await, house.persona("ada").await);
        let mut framework = espalier_framework::sample();
        framework.version = "1.1.0".to_owned();
        framework.statements[0].text = "Says plainly what is known and what is only hoped.".to_owned();
        let json = espalier_framework::to_json(&framework);
        let boundary = "story";
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\n{}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"f.json\"\r\n\r\n{json}\r\n\
             --{boundary}--\r\n",
            cy.form_token()
        );
        let kind = [("content-type", "multipart/form-data; boundary=story")];
        let taken = cy.send(Method::POST, "/frameworks/new", Some(&body), &kind).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}: {}", house.engine, taken.body);
        let draft = taken.location().to_owned();
        assert_eq!(ada.get(&draft).await.status, StatusCode::NOT_FOUND);
        let id = draft.trim_start_matches("/versions/").to_owned();
        assert_eq!(
            ada.get(&format!("/frameworks/agile-coaching/matrix?version={id}")).await.status,
            StatusCode::NOT_FOUND
        );
        assert!(!ada.get("/frameworks/agile-coaching").await.body.contains("only hoped"));
        assert_eq!(ada.post(&format!("{draft}/publication"), "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(cy.post(&format!("{draft}/publication"), "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            cy.post(&format!("{draft}/publication"), "").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(cy.post(&format!("{draft}/end"), "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(ada.get("/frameworks/agile-coaching/versions").await.body.contains("1.1.0"));
        // Whoever reads it learns what became of the version before.
        assert!(ada.get("/frameworks/agile-coaching").await.body.contains("took the place of 1.0.0"));
        // Ada's earlier assessment still reads the version it was made against.
        let (assessment, _) = self::draft(&house).await;
        let position = ada.get(&format!("/me/assessments/{assessment}/position")).await.body;
        assert!(position.contains("version 1.0.0"), "{}", house.engine);
        let link = position.split("href=\"").find(|rest| rest.contains("/changes?")).unwrap();
        let link = link.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let changes = ada.get(&link).await;
        assert_eq!(changes.status, StatusCode::OK, "{}: {link}", house.engine);
        assert!(changes.body.contains("only hoped"), "{}", changes.body);
    }
}

#[tokio::test]
async fn what_is_new_is_told_for_one_s_own_level_and_for_any_other() {
    for house in common::houses().await {
        let (cy, ada) = (house.persona("cy").await, house.persona("ada").await);
        let first = ada.get("/frameworks/agile-coaching/changes").await.body;
        assert!(first.contains("is the first one here"), "{}", house.engine);
        let mut framework = espalier_framework::sample();
        framework.version = "2.0.0".to_owned();
        let statement = framework.statements.iter_mut().find(|one| one.id == "sco2").unwrap();
        statement.text = "Moves whole departments forward.".to_owned();
        let mint = &house.kit.mint;
        let mut tx = house.store.write().await.unwrap();
        let later = common::story_time().plus_seconds(60);
        let mut line = async |framework: &espalier_framework::Framework| {
            espalier_governance::actions::install(&mut tx, mint, framework, later).await.unwrap()
        };
        line(&framework).await;
        tx.commit().await.unwrap();
        // Ada is an Agile Coach.
        let own = ada.get("/frameworks/agile-coaching/changes").await.body;
        let (news, rest) = own.split_once("Everything that changed").unwrap();
        assert!(news.contains("What is new at Agile Coach, your level"), "{}: {news}", house.engine);
        assert!(news.contains("Moves whole departments forward."), "{news}");
        assert!(rest.contains("Moves whole departments forward."));
        let other = ada.get("/frameworks/agile-coaching/changes?level=staff").await.body;
        let (news, _) = other.split_once("Everything that changed").unwrap();
        assert!(news.contains("Nothing. What is expected at"), "{news}");
        // Cy has no level written down in this framework, or another: the page stands all the same.
        assert_eq!(cy.get("/frameworks/agile-coaching/changes").await.status, StatusCode::OK);
        let strange = "/frameworks/agile-coaching/changes?since=01zzzzzzzzzzzzzzzzzzzzzzzz";
        assert_eq!(ada.get(strange).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn levels_are_called_what_their_framework_calls_them() {
    let text = "name,email,manager,team,framework,track,level,level_since\n\
                Ada Marsh,ada@demo.example,,,old-ladder,,staff-engineer,2019-03-01\n";
    for house in common::houses().await {
        assert_eq!(import(&house, text).await, (0, 1, 0, 0), "{}", house.engine);
        let path = format!("/people/{}", house.id_of("ada").await);
        let page = house.persona("ada").await.get(&path).await.body;
        let block = page.split("id=\"level\"").nth(1).unwrap();
        assert!(block.contains("Agile Coach</span>") && block.contains("Agile Coaching"), "{block}");
        // A level that no framework here knows is told by its id in words.
        assert!(block.contains("Staff engineer") && block.contains("Old ladder"), "{block}");
    }
}

#[tokio::test]
async fn a_guest_is_told_what_they_can_see_and_every_way_on_is_open_to_them() {
    for house in common::houses().await {
        let mut tx = house.store.write().await.unwrap();
        let sql = "update person set kind = 'guest' where email = 'gus@demo.example'";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let gus = house.persona("gus").await;
        let today = gus.get("/").await.body;
        assert!(today.contains("You come from outside, as a guest."), "{}: {today}", house.engine);
        let main = today.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
        let ways: Vec<&str> =
            main.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(ways, ["/me/profile", "/me/read-log", "/me/account"]);
        for way in ways {
            assert_eq!(gus.get(way).await.status, StatusCode::OK, "{} {way}", house.engine);
        }
        for closed in [
            "/people",
            "/people?q=ada",
            "/teams",
            "/chart",
            "/frameworks",
            "/api/v1/people",
            "/api/v1/people?q=ada",
        ] {
            assert_eq!(gus.get(closed).await.status, StatusCode::NOT_FOUND, "{} {closed}", house.engine);
        }
    }
}

#[tokio::test]
async fn somebody_of_the_directory_covers_for_somebody_away() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let page = format!("/people/{}", house.id_of("ada").await);
        let path = format!("{page}/leave");
        for (cover, sentence) in [
            ("nobody+of+that+name", "Nobody here has this name"),
            ("ada%40demo.example", "Nobody covers for themselves"),
        ] {
            let form = format!("from=2026-03-04&until=2026-03-09&cover={cover}");
            let refused = ada.post(&path, &form).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.engine);
            assert!(refused.body.contains(sentence), "{}", refused.body);
            assert!(refused.body.contains("value=\"2026-03-04\""), "what was typed is kept");
        }
        let form = "from=2026-03-04&until=2026-03-09&cover=Bo+Achterberg";
        assert_eq!(ada.post(&path, form).await.status, StatusCode::SEE_OTHER, "{}", house.engine);
        assert!(ada.get(&page).await.body.contains("Bo Achterberg covers"), "{}", house.engine);
    }
}

#[tokio::test]
async fn the_same_people_file_twice_changes_nothing_the_second_time() {
    let text = "name,email,manager,team,framework,track,level,level_since\n\
                Ada Marsh,ada@demo.example,cy@demo.example,Engineering / Ways of Working,agile-coaching,coach,senior,2026-03-01\n\
                New Person,new@demo.example,ada@demo.example,Engineering / New,,,,\n";
    for house in common::houses().await {
        let counts = [import(&house, text).await, import(&house, text).await];
        assert_eq!(counts, [(1, 1, 0, 0), (0, 0, 2, 0)], "{}", house.engine);
        let ada = house.persona("ada").await.get(&format!("/people/{}", house.id_of("ada").await)).await.body;
        assert!(ada.contains("Senior") && ada.contains("Coach"), "the history keeps both levels");
        assert!(ada.contains("New Person"));
    }
}

#[tokio::test]
async fn any_change_to_the_trail_by_hand_shows() {
    for house in common::houses().await {
        let fay = house.persona("fay").await;
        for slug in ["ada", "bo", "gus"] {
            fay.post(&format!("/people/{}/roles", house.id_of(slug).await), "role=auditor").await;
        }
        assert_eq!(trail::seal(&house.store).await.unwrap(), 3, "{}", house.engine);
        assert_eq!(trail::seal(&house.store).await.unwrap(), 0);
        let verdict = async || {
            let mut tx = house.store.read().await.unwrap();
            trail::verify(&mut tx).await.unwrap()
        };
        assert_eq!(verdict().await, Ok(3));
        for (tamper, mend) in [
            (
                "update audit_entry set action = 'x' where place = 2",
                "update audit_entry set action = 'give-role' where place = 2",
            ),
            (
                "update audit_entry set place = 9 where place = 2",
                "update audit_entry set place = 2 where place = 9",
            ),
            ("update audit_head set place = 2", "update audit_head set place = 3"),
        ] {
            for (sql, is_whole) in [(tamper, false), (mend, true)] {
                let mut tx = house.store.write().await.unwrap();
                tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(verdict().await.is_ok(), is_whole, "{} {sql}", house.engine);
            }
        }
        let mut tx = house.store.write().await.unwrap();
        let sql = "delete from audit_entry where place = 3";
        tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(verdict().await.is_err(), "{}: the end cannot be cut off", house.engine);
    }
}

#[tokio::test]
async fn no_page_asks_once_for_each_row() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let (assessment, _) = draft(&house).await;
        let things = Things::find(&house).await;
        for (path, most) in [
            ("/people".to_owned(), 3),
            ("/people?q=a".to_owned(), 3),
            (format!("/people/{}", house.id_of("gus").await), 10),
            ("/frameworks/agile-coaching".to_owned(), 5),
            ("/frameworks/agile-coaching/changes".to_owned(), 6),
            (format!("/me/assessments/{assessment}/position"), 14),
            (format!("/people/{}", house.id_of("ada").await), 20),
            (format!("/me/assessments/{assessment}"), 13),
            ("/me/growth".to_owned(), 9),
            ("/me/history".to_owned(), 20),
            ("/chart".to_owned(), 7),
            ("/".to_owned(), 16),
            ("/talks".to_owned(), 9),
            (things.path("/talks/{id}"), 18),
            (things.path("/talks/{id}/preparation"), 11),
            (things.path("/talks/{id}/meeting"), 12),
            ("/me/plan".to_owned(), 15),
            (things.path("/plan/{id}"), 21),
            (things.path("/goals/{id}"), 11),
            ("/me/feedback".to_owned(), 8),
            (things.path("/feedback/{id}"), 12),
            ("/me/shares".to_owned(), 4),
            ("/me/evidence".to_owned(), 12),
            ("/me/evidence/coverage".to_owned(), 9),
            ("/me/evidence/export.json".to_owned(), 6),
        ] {
            // The first visit may take a framework from the shelf.
            ada.get(&path).await;
            let before = house.store.asked();
            assert_eq!(ada.get(&path).await.status, StatusCode::OK);
            let asked = house.store.asked() - before;
            assert!(
                asked <= most,
                "{}: {path} asks {asked} times, at most {most} are expected",
                house.engine
            );
        }
    }
}
