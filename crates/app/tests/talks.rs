//! A development talk from planning to both signatures, and all that may come between, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::StatusCode;
use common::story::{done, import, open, plan, points, refused, run};
use common::{Answer, Visitor};

/// Somebody signs what the page shows.
async fn sign(visitor: &Visitor, talk: &str) -> Answer {
    let form = common::signing(visitor, talk).await;
    visitor.post(&format!("{talk}/signature"), &form).await
}

#[tokio::test]
async fn both_prepare_sealed_and_open_together() {
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let path = plan(&ada, "due_on=2026-03-20").await;
        let preparation = format!("{path}/preparation");
        let point = &points(&ada.get(&preparation).await.body)[0];
        done(&ada.post(&format!("{preparation}/{point}"), "state=meeting&version=0&note=Adawort").await);
        // With one point of many, the page asks back, and nothing is handed in.
        let asked = ada.post(&format!("{path}/preparation-completion"), "").await;
        refused(&asked, "You have rated 1 of ");
        assert!(asked.body.contains("Hand it in anyway?") && asked.body.contains("It is not handed in yet."));
        assert!(cy.get(&path).await.body.contains("Ada Marsh is not done yet"));
        done(&ada.post(&format!("{path}/preparation-completion"), "anyway=yes").await);
        // Sealed is sealed, for oneself too.
        let late = ada.post(&format!("{preparation}/{point}"), "state=not-yet&version=1&note=later").await;
        refused(&late, "stays as it is until the talk opens");

        // The other learns that she is done, and not a word.
        let page = cy.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{}: {}", house.engine, page.body);
        assert!(page.body.contains("Ada Marsh is done") && !page.body.contains("Adawort"), "{}", page.body);
        assert!(!cy.get(&preparation).await.body.contains("Adawort"));
        for path in [format!("{path}/meeting"), format!("{path}/sheet")] {
            let early = cy.get(&path).await;
            assert!(early.status != StatusCode::OK && !early.body.contains("Adawort"), "{path}");
        }
        // Nothing to hand in is not handed in.
        refused(&cy.post(&format!("{path}/preparation-completion"), "").await, "at least one point");

        done(&cy.post(&format!("{preparation}/{point}"), "state=not-yet&version=0&note=Cywort").await);
        assert!(!ada.get(&path).await.body.contains("Cywort"));
        done(&cy.post(&format!("{path}/preparation-completion"), "anyway=yes").await);
        for visitor in [&ada, &cy] {
            let page = visitor.get(&path).await.body;
            assert!(page.contains("Adawort") && page.contains("Cywort"), "{}: {page}", house.engine);
            let first = page.find("Where you see it differently").expect("differences are named");
            assert!(first < page.find("What neither spoke about").unwrap());
        }
        // Nobody else: neither HR, nor the line above, nor administrators, nor a colleague.
        let absent = house.persona("gus").await.get("/talks/00000000-0000-7000-8000-000000000000").await;
        for slug in ["di", "eve", "fay", "gus", "bo"] {
            let page = house.persona(slug).await.get(&path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{slug}");
            assert_eq!(page.body.len(), absent.body.len(), "{slug}");
        }
    }
}

#[tokio::test]
async fn two_people_writing_at_once_both_keep_their_words() {
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let path = plan(&cy, "due_on=2026-03-20&person=ada@demo.example").await;
        let points = open(&ada, &cy, &path).await;
        let item = format!("{path}/items/{}", points[0]);
        done(&ada.post(&item, "outcome=differ&version=0&person_words=Ada+writes&holder_words=").await);
        // His page still shows revision 0.
        let late = cy.post(&item, "outcome=differ&version=0&person_words=&holder_words=Cy+writes").await;
        done(&late);
        let note = format!("{path}/notes/notes");
        done(&ada.post(&note, "version=0&words=We+said+much").await);
        done(&cy.post(&note, "version=0&words=And+laughed").await);
        let page = ada.get(&path).await.body;
        for words in ["Ada writes", "Cy writes", "We said much", "And laughed"] {
            assert!(page.contains(words), "{}: {words} in {page}", house.engine);
        }
        let strange = cy.post(&format!("{path}/items/no-such-point"), "outcome=agreed&agreed=meeting").await;
        refused(&strange, "does not belong to the level");
        let long = "a".repeat(1_000_000);
        let pasted = cy.post(&note, &format!("version=2&words={long}")).await;
        refused(&pasted, "at most 10,000 characters");
        assert!(cy.get(&path).await.body.contains("And laughed"));
    }
}

#[tokio::test]
async fn signed_by_both_it_never_changes() {
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let path = plan(&ada, "due_on=2026-03-20&item_kind=competency").await;
        let points = open(&ada, &cy, &path).await;
        let item = format!("{path}/items/{}", points[0]);
        let signature = format!("{path}/signature");
        done(&cy.post(&item, "outcome=agreed&agreed=not-observed&version=0").await);
        refused(&sign(&cy, &path).await, "Choose what you agree on");
        done(&cy.post(&item, "outcome=differ&version=1&person_words=mine").await);
        refused(&sign(&cy, &path).await, "write both views");
        // What stands there is signed as it was read, not as somebody else has made it since.
        let read = common::signing(&ada, &path).await;
        done(&cy.post(&item, "outcome=differ&version=2&person_words=not+mine&holder_words=yours").await);
        let answer = ada.post(&signature, &read).await;
        refused(&answer, "has changed since you opened it");
        assert!(answer.body.contains("not mine"), "{}", answer.body);
        refused(&ada.post(&signature, "").await, "has changed since you opened it");
        let read = common::signing(&cy, &path).await;
        done(&ada.post(&format!("{path}/notes/notes"), "words=A+note&version=0").await);
        refused(&cy.post(&signature, &read).await, "has changed since you opened it");
        done(&cy.post(&item, "outcome=agreed&agreed=developing&version=3").await);
        done(&sign(&cy, &path).await);
        // What one has signed does not change under the signature.
        refused(
            &ada.post(&item, "outcome=agreed&agreed=exceeding&version=4").await,
            "Take the signature back",
        );
        done(&cy.post(&format!("{signature}/end"), "").await);
        done(&ada.post(&item, "outcome=agreed&agreed=meeting&version=4").await);
        done(&sign(&cy, &path).await);
        done(&sign(&ada, &path).await);
        let page = ada.get(&path).await.body;
        assert!(page.contains("Signed by both") && page.contains("<strong>Meeting</strong>"), "{page}");
        for (door, form) in [
            (item.clone(), "outcome=agreed&agreed=exceeding&version=4"),
            (format!("{path}/notes/notes"), "version=0&words=later"),
            (signature.clone(), ""),
            (format!("{signature}/end"), ""),
            (format!("{path}/end"), ""),
            (format!("{path}/meeting-time"), "value=2026-03-20T10:00"),
            (format!("{path}/preparation-completion/end"), ""),
        ] {
            refused(&ada.post(&door, form).await, "This talk is over and stays as it is.");
        }
        // Signing twice with one click more changes nothing.
        assert_eq!(ada.get(&path).await.body, page, "{}", house.engine);
    }
}

#[tokio::test]
async fn a_change_of_manager_hands_over_cleanly() {
    for house in common::houses().await {
        let (ada, cy, eve) =
            (house.persona("ada").await, house.persona("cy").await, house.persona("eve").await);
        let planned = plan(&ada, "due_on=2026-03-20").await;
        let opened = plan(&ada, "due_on=2026-03-21").await;
        let signed = plan(&ada, "due_on=2026-03-22").await;
        open(&ada, &cy, &opened).await;
        open(&ada, &cy, &signed).await;
        for visitor in [&ada, &cy] {
            done(&sign(visitor, &signed).await);
        }
        let point = points(&cy.get(&format!("{planned}/preparation")).await.body)[0].clone();
        done(
            &cy.post(&format!("{planned}/preparation/{point}"), "state=meeting&version=0&note=Cygeheim")
                .await,
        );

        let (ada_id, eve_id) = (house.id_of("ada").await, house.id_of("eve").await);
        run(&house, "update reporting_line set until_on = '2026-03-02' where person = $1", &[&ada_id]).await;
        run(
            &house,
            "insert into reporting_line (id, person, manager, from_on) values ('story-line', $1, $2, '2026-03-02')",
            &[&ada_id, &eve_id],
        )
        .await;

        // From the next request on, who led her reads nothing of hers.
        for path in [&planned, &opened, &signed] {
            assert_eq!(cy.get(path).await.status, StatusCode::NOT_FOUND, "{} {path}", house.engine);
        }
        // The new one holds what had not opened, reads nothing that the other wrote for it, and nothing older.
        let page = eve.get(&planned).await;
        assert!(page.status == StatusCode::OK && page.body.contains("Prepare"), "{}", page.body);
        assert!(!eve.get(&format!("{planned}/preparation")).await.body.contains("Cygeheim"));
        for path in [&opened, &signed] {
            assert_eq!(eve.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        // She decides about the open one; it goes on with all that is in it.
        assert!(ada.get(&opened).await.body.contains("Somebody else leads you now"));
        assert_eq!(eve.post(&format!("{opened}/handover"), "").await.status, StatusCode::NOT_FOUND);
        done(&ada.post(&format!("{opened}/handover"), "").await);
        let page = eve.get(&opened).await.body;
        assert!(page.contains("Cywort") && page.contains("prepared by Cy Okafor"), "{page}");
        // An older one by her share, until she takes it back.
        done(&ada.post(&format!("{signed}/shares"), "with=Eve+Lindqvist").await);
        assert_eq!(eve.get(&signed).await.status, StatusCode::OK);
        assert_eq!(
            eve.post(&format!("{signed}/shares"), "with=Gus+M%C3%B8ller").await.status,
            StatusCode::NOT_FOUND
        );
        let shares = ada.get("/me/shares").await.body;
        let share = shares.split("/me/shares/").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        done(&ada.post(&format!("/me/shares/{share}/end"), "").await);
        assert_eq!(eve.get(&signed).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn whom_nobody_leads_chooses_with_whom() {
    for house in common::houses().await {
        let (eve, gus) = (house.persona("eve").await, house.persona("gus").await);
        let eve_id = house.id_of("eve").await;
        run(&house, "update reporting_line set until_on = '2026-03-01' where person = $1", &[&eve_id]).await;
        let path = plan(&eve, "due_on=2026-03-20").await;
        let nobody = eve.post(&format!("{path}/holder"), "value=No+Such+Name").await;
        refused(&nobody, "Nobody here has this name");
        refused(&eve.post(&format!("{path}/holder"), "value=eve@demo.example").await, "somebody else");
        assert_eq!(gus.get(&path).await.status, StatusCode::NOT_FOUND);
        done(&eve.post(&format!("{path}/holder"), "value=gus@demo.example").await);
        assert_eq!(gus.get(&path).await.status, StatusCode::OK, "{}", house.engine);
    }
}

#[tokio::test]
async fn a_partner_says_what_they_see_because_they_were_asked() {
    for house in common::houses().await {
        let (ada, cy, gus) =
            (house.persona("ada").await, house.persona("cy").await, house.persona("gus").await);
        let path = plan(&ada, "due_on=2026-03-20").await;
        done(&ada.post(&format!("{path}/inputs"), "partner=gus@demo.example&question=What+helps%3F").await);
        refused(
            &ada.post(&format!("{path}/inputs"), "partner=cy@demo.example").await,
            "they prepare it anyway",
        );
        assert_eq!(
            cy.post(&format!("{path}/inputs"), "partner=gus@demo.example").await.status,
            StatusCode::NOT_FOUND
        );
        let waiting = gus.get("/talks").await.body;
        let input = waiting.split("/talks/inputs/").last().and_then(|rest| rest.split('"').next()).unwrap();
        let input = format!("/talks/inputs/{input}");
        assert_eq!(
            ada.get(&input).await.status,
            StatusCode::NOT_FOUND,
            "what is being written is the writer's"
        );
        done(&gus.post(&input, "version=0&words=Guswort").await);
        done(&gus.post(&format!("{input}/completion"), "").await);
        refused(&gus.post(&input, "version=1&words=later").await, "over");
        assert!(!ada.get(&path).await.body.contains("Guswort"), "it waits for the talk to open");
        open(&ada, &cy, &path).await;
        for visitor in [&ada, &cy] {
            assert!(visitor.get(&path).await.body.contains("Guswort"), "{}", house.engine);
        }
    }
}

#[tokio::test]
async fn an_hour_that_the_clocks_leave_out_is_not_taken() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let id = house.id_of("ada").await;
        run(&house, "update person set time_zone = 'Europe/Berlin' where id = $1", &[&id]).await;
        let path = plan(&ada, "due_on=2026-03-29").await;
        let gap = ada.post(&format!("{path}/meeting-time"), "value=2026-03-29T02:30").await;
        refused(&gap, "This hour does not exist where you are");
        done(&ada.post(&format!("{path}/meeting-time"), "value=2026-10-25T02:30").await);
        assert!(ada.get(&path).await.body.contains("25 October 2026, 02:30"), "{}", house.engine);
        refused(&ada.post("/talks", "due_on=2026-02-30").await, "is not a date");
        refused(&ada.post("/talks", "due_on=2026-03-01").await, "today or a later day");
    }
}

/// The path of the round that was begun.
async fn begin_round(hr: &Visitor, form: &str) -> String {
    let begun = hr.post("/talks/rounds", &format!("{form}&step=begin")).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    begun.location().to_owned()
}

#[tokio::test]
async fn a_round_is_looked_at_first_and_then_there_for_all_at_once() {
    for house in common::houses().await {
        // Gus has no talk under way.
        let (gus, di) = (house.persona("gus").await, house.persona("di").await);
        let form = "name=Summer+2026&due_on=2026-05-30";
        let looked = di.post("/talks/rounds", form).await;
        assert!(looked.body.contains("This would plan"), "{}: {}", house.engine, looked.body);
        let before = gus.get("/talks").await.body;
        let path = begin_round(&di, form).await;
        assert_eq!(
            begin_round(&di, form).await,
            path,
            "{}: a second click begins no second round",
            house.engine
        );
        // Staged: nobody has a talk yet, and HR sees how far the making is.
        assert!(di.get(&path).await.body.contains("The talks are being planned"));
        assert_eq!(gus.get("/talks").await.body, before);
        let mint = espalier_kernel::Mint::seeded(3);
        let made =
            espalier_growth::talk::cycle::make_all(&house.store, &mint, common::story_time()).await.unwrap();
        assert!(made > 5, "{}: {made}", house.engine);
        assert!(gus.get("/talks").await.body.contains("due 30 May 2026"));
        // Who has a talk under way gets no second one.
        assert!(di.post("/talks/rounds", form).await.body.contains("This would plan no talks"));
        let page = di.get(&path).await.body;
        assert!(page.contains("planned (") && page.contains("Gus Møller"), "{page}");
        // HR reads states, never talks; never of themselves or of those above them.
        assert!(!page.contains(">Di Fontaine</a>") && !page.contains("overdue"), "{page}");
        let talk = gus.get("/talks").await.body;
        let talk = talk
            .split("/talks/")
            .find_map(|rest| rest.split('"').next().filter(|id| id.len() == 26))
            .unwrap();
        assert_eq!(di.get(&format!("/talks/{talk}")).await.status, StatusCode::NOT_FOUND);
        for slug in ["ada", "cy", "gus", "fay"] {
            let visitor = house.persona(slug).await;
            assert_eq!(visitor.get("/talks/rounds").await.status, StatusCode::NOT_FOUND, "{slug}");
            assert_eq!(visitor.get(&path).await.status, StatusCode::NOT_FOUND, "{slug}");
            assert_eq!(visitor.post("/talks/rounds", form).await.status, StatusCode::NOT_FOUND, "{slug}");
        }
        done(&di.post(&format!("{path}/end"), "").await);
    }
}

#[tokio::test]
async fn rounds_come_twice_a_year_and_whoever_began_one_is_told_once_when_it_is_time() {
    use espalier_growth::talk::cadence;

    for house in common::houses().await {
        let di = house.persona("di").await;
        let mint = espalier_kernel::Mint::seeded(3);
        let spring = begin_round(&di, "name=Spring&due_on=2026-05-30").await;
        begin_round(&di, "name=Once&due_on=2026-05-20&months=0").await;
        espalier_growth::talk::cycle::make_all(&house.store, &mint, common::story_time()).await.unwrap();
        let page = di.get("/talks/rounds").await.body;
        assert!(page.contains("twice a year, next by 30 November 2026"), "{}: {page}", house.engine);
        let days = |days: i64| common::story_time().plus_seconds(days * 86_400);
        // 30 November is 273 days away; eight weeks before it is the 217th.
        for (day, told) in [(216, 0), (217, 1), (218, 0), (260, 0)] {
            let found = cadence::remind(&house.store, &mint, days(day)).await.unwrap();
            assert_eq!(found, told, "{}: on day {day}", house.engine);
        }
        let id = spring.trim_start_matches("/talks/rounds/");
        let after = format!("/talks/rounds?after={id}");
        assert!(di.get("/me/inbox").await.body.contains("Time to plan the next round"));
        assert!(
            !page.contains("16 September"),
            "{}: after the earlier one there is another: {page}",
            house.engine
        );
        let filled = di.get(&after).await.body;
        assert!(filled.contains("value=\"2026-11-30\""), "{filled}");
        assert_eq!(house.persona("gus").await.get(&after).await.status, StatusCode::NOT_FOUND);
        // Somebody who has begun the next one is not told to.
        let other = begin_round(&di, "name=Quarter&due_on=2026-06-30&months=3").await;
        begin_round(&di, "name=Next+quarter&due_on=2026-09-30&months=0").await;
        espalier_growth::talk::cycle::make_all(&house.store, &mint, common::story_time()).await.unwrap();
        assert_eq!(cadence::remind(&house.store, &mint, days(160)).await.unwrap(), 0, "{other}");
    }
}

#[tokio::test]
async fn a_round_counts_whom_hr_may_read_and_nobody_else() {
    for house in common::houses().await {
        let di = house.persona("di").await;
        let path = begin_round(&di, "name=Spring&due_on=2026-05-30").await;
        let mint = espalier_kernel::Mint::seeded(3);
        let made =
            espalier_growth::talk::cycle::make_all(&house.store, &mint, common::story_time()).await.unwrap();
        let figures = async || {
            let page = di.get(&path).await.body;
            let counted: usize = page
                .split("planned (")
                .nth(1)
                .and_then(|rest| rest.split(')').next())
                .unwrap()
                .parse()
                .unwrap();
            (page.matches("<span class=\"main\"><a href=\"/people/").count(), counted)
        };
        // Neither Di nor those above Di.
        let (listed, counted) = figures().await;
        assert!(listed == counted && counted + 1 < made, "{}: {listed}, {counted}, {made}", house.engine);
        // Gus left before the round began, as is written down now.
        let left = "name,email,left_on\nGus,gus@demo.example,2026-02-27\n";
        assert_eq!(import(&house, left).await, (0, 1, 0, 0), "{}", house.engine);
        assert_eq!(figures().await, (listed - 1, counted - 1), "{}: who left is not counted", house.engine);
        // Nor somebody above Di who is new there.
        let bo = house.id_of("bo").await;
        let di_id = house.id_of("di").await;
        run(&house, "update reporting_line set manager = $1 where person = $2", &[&bo, &di_id]).await;
        let (listed, counted) = figures().await;
        assert_eq!(listed, counted, "{}", house.engine);
        assert!(!di.get(&path).await.body.contains(&format!("/people/{bo}\"")), "{}", house.engine);

        // Many talks are read another way and are the same.
        let policy = espalier_app::house::policy().unwrap();
        let [few, many, all_few, all_many, ..] = espalier_growth::talk::cycle_pages::composed(&policy);
        let round = path.rsplit('/').next().unwrap();
        let today = common::story_time().date();
        let mut read = Vec::new();
        for statement in [few, many, all_few, all_many] {
            let mut tx = house.store.read().await.unwrap();
            let rows: Vec<(String, String, String, String)> =
                tx.all(&statement, &[&di_id, &today, &round, &"", &"", &""]).await.unwrap();
            read.push(rows);
        }
        assert!(
            !read[0].is_empty() && read.iter().all(|rows| *rows == read[0]),
            "{}: {read:?}",
            house.engine
        );
    }
}

#[tokio::test]
async fn leads_see_counts_of_five_or_more() {
    for house in common::houses().await {
        let eve = house.persona("eve").await;
        let page = eve.get("/talks/below").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for row in page.body.split("<tr><th scope=\"row\">").skip(1) {
            let people: i64 = row
                .split("data-label=\"People\">")
                .nth(1)
                .and_then(|cell| cell.split('<').next())
                .unwrap()
                .parse()
                .unwrap();
            assert!(people >= 5, "{}: {row}", house.engine);
        }
        assert_eq!(house.persona("ada").await.get("/talks/below").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn today_says_one_next_step_and_who_waits_comes_first() {
    for house in common::houses().await {
        let (bo, cy) = (house.persona("bo").await, house.persona("cy").await);
        // In the demo Cy has prepared Bo's talk and waits.
        let today = bo.get("/").await.body;
        assert!(today.contains("Cy Okafor has prepared your talk"), "{}: {today}", house.engine);
        let next = |body: &str| {
            body.split("<h2 id=\"next\">").nth(1).and_then(|rest| rest.split('<').next()).map(str::to_owned)
        };
        assert_eq!(next(&cy.get("/").await.body).as_deref(), Some("Talk with Ada Marsh"), "{}", house.engine);
        assert!(
            next(&house.persona("gus").await.get("/").await.body)
                .unwrap()
                .contains("Ada Marsh asks how you see")
        );
        // Whom Cy leads, Cy has more to do for; each is one line.
        plan(&cy, "due_on=2026-03-05&person=ada@demo.example").await;
        let today = cy.get("/").await.body;
        assert_eq!(next(&today).as_deref(), Some("Prepare your talk with Ada Marsh"), "{}", house.engine);
        assert!(today.contains("After that") && today.contains("Talk with Ada Marsh"), "{today}");
    }
}

#[tokio::test]
async fn a_share_passes_on_no_word_of_a_partner() {
    for house in common::houses().await {
        let (ada, gus, eve) =
            (house.persona("ada").await, house.persona("gus").await, house.persona("eve").await);
        // In the demo Ada's open talk waits for Gus.
        let today = gus.get("/talks").await.body;
        let input = today.split("/talks/inputs/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let input = format!("/talks/inputs/{input}");
        done(&gus.post(&input, "version=0&words=Guswort").await);
        done(&gus.post(&format!("{input}/completion"), "").await);
        let path = common::routes::Things::find(&house).await.path("/talks/{id}");
        assert!(ada.get(&path).await.body.contains("Guswort"), "{}", house.engine);
        done(&ada.post(&format!("{path}/shares"), "with=eve@demo.example").await);
        for part in ["", "/meeting", "/sheet"] {
            let page = eve.get(&format!("{path}{part}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            assert!(!page.body.contains("Guswort"), "{} {part}", house.engine);
        }
    }
}

#[tokio::test]
async fn what_was_said_before_a_talk_was_called_off_stays_with_its_two() {
    for house in common::houses().await {
        let (ada, cy) = (house.persona("ada").await, house.persona("cy").await);
        let path = plan(&ada, "due_on=2026-03-20").await;
        open(&ada, &cy, &path).await;
        done(&cy.post(&format!("{path}/end"), "").await);
        for visitor in [&ada, &cy] {
            let page = visitor.get(&path).await.body;
            assert!(
                page.contains("Called off") && page.contains("Adawort") && page.contains("Cywort"),
                "{page}"
            );
        }
        refused(&ada.post(&format!("{path}/notes/notes"), "version=0&words=later").await, "over");
        assert_eq!(house.persona("eve").await.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_second_click_plans_no_second_talk() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let first = plan(&ada, "due_on=2026-03-20").await;
        assert_eq!(plan(&ada, "due_on=2026-03-20").await, first, "{}", house.engine);
        assert_ne!(plan(&ada, "due_on=2026-03-21").await, first, "{}", house.engine);
    }
}

#[tokio::test]
async fn hr_sees_how_far_all_are_team_by_team_and_how_many_have_begun() {
    for house in common::houses().await {
        let di = house.persona("di").await;
        begin_round(&di, "name=Spring&due_on=2026-05-30").await;
        let mint = espalier_kernel::Mint::seeded(3);
        espalier_growth::talk::cycle::make_all(&house.store, &mint, common::story_time()).await.unwrap();
        let page = di.get("/talks/overview").await;
        assert_eq!(page.status, StatusCode::OK, "{}: {}", house.engine, page.body);
        let rows = |body: &str| -> Vec<Vec<i64>> {
            let table = body.split("aria-label=\"How far talks are\"").nth(1).unwrap();
            let table = table.split("</table>").next().unwrap();
            let cells = |row: &str| {
                let cells = row.split("<td class=\"number\"").skip(1);
                cells.map(|cell| cell.split(['>', '<']).nth(1).unwrap().parse().unwrap()).collect()
            };
            table.split("<tr>").skip(2).map(cells).collect()
        };
        for row in rows(&page.body) {
            assert!(row[0] >= 5, "{}: {row:?}", house.engine);
            assert_eq!(row[0], row[1..].iter().sum::<i64>(), "{}: {row:?}", house.engine);
        }
        assert!(page.body.contains("fewer than five") && page.body.contains("March 2026"), "{}", page.body);
        // What is below Engineering is Engineering, in groups again.
        let link = page.body.split("href=\"/talks/overview?team=").nth(1).unwrap().split('"').next().unwrap();
        let path = format!("/talks/overview?team={link}");
        let inside = di.get(&path).await;
        assert_eq!(inside.status, StatusCode::OK, "{}", inside.body);
        assert!(inside.body.contains("Engineering") && !rows(&inside.body).is_empty(), "{}", inside.body);
        // Di and those above Di are in nobody's table: of those there is no count at all.
        let all: i64 = rows(&page.body).iter().map(|row| row[0]).sum();
        assert!(all < 59, "{}: {all}", house.engine);

        for slug in ["ada", "cy", "eve", "fay", "gus"] {
            let other = house.persona(slug).await;
            assert_eq!(other.get("/talks/overview").await.status, StatusCode::NOT_FOUND, "{slug}");
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{slug}");
        }
        assert_eq!(di.get("/talks/overview?team=nothing").await.status, StatusCode::NOT_FOUND);
    }
}
