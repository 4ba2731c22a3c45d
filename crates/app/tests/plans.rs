//! Growth plans, goals and feedback from the first word to the last, and whom they reach, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::{Method, StatusCode};
use common::story::{count, done, one, refused, run};
use common::{House, Visitor};

/// The statements of the framework.
fn statements() -> Vec<String> {
    let framework = espalier_framework::sample();
    framework.statements.iter().filter(|one| one.parent.is_none()).map(|one| one.id.to_string()).collect()
}

/// Begins to write a step, and gives its path.
async fn step(visitor: &Visitor, to: &str) -> String {
    done(&visitor.post("/me/plan", &format!("to={to}")).await)
}

const WORDS: &str = "why=Whyword&much_less=Nothing&less=Sometimes&expected=Monthly&more=Weekly&much_more=Daily\
                     &evidence=Notes&first_step=Ask+Cy&first_step_on=2026-03-05&stop_rule=After+two+tries";

/// Everything that is needed before the work begins.
async fn written(visitor: &Visitor, path: &str) {
    done(&visitor.post(path, &format!("{WORDS}&version=1")).await);
    done(&visitor.post(&format!("{path}/actions"), "kind=exposure&words=Watch+Cy").await);
    done(&visitor.post(&format!("{path}/checkpoints"), "due_on=2026-04-02").await);
}

async fn begun(visitor: &Visitor, to: &str) -> String {
    let path = step(visitor, to).await;
    written(visitor, &path).await;
    done(&visitor.post(&format!("{path}/beginning"), "").await);
    path
}

#[tokio::test]
async fn the_ladder_is_written_before_the_work_and_stays() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let ids = statements();
        assert!(bo.get("/me/plan").await.body.contains("no open step"));
        let path = step(&bo, &ids[0]).await;
        assert_eq!(step(&bo, &ids[0]).await, path, "{}: a second click finds the first", house.engine);
        // Nothing is written yet, and each thing that is missing is said.
        let early = bo.post(&format!("{path}/beginning"), "").await;
        for sentence in
            ["Say why now", "five rungs", "at least one action", "next seven days", "when you would stop"]
        {
            refused(&early, sentence);
        }
        refused(&bo.post(&format!("{path}/ratings"), "reached=0").await, "Begin the step first");
        for (form, sentence) in [
            ("first_step_on=2026-03-10&version=1", "within the next seven days"),
            ("first_step_on=2026-03-01&version=1", "within the next seven days"),
            ("first_step_on=soon&version=1", "is not a date"),
            ("from=no-such-statement&version=1", "no such statement"),
        ] {
            refused(&bo.post(&path, form).await, sentence);
        }
        written(&bo, &path).await;
        for _ in 0..2 {
            done(&bo.post(&format!("{path}/actions"), "kind=exposure&words=Watch+Cy").await);
            done(&bo.post(&format!("{path}/checkpoints"), "due_on=2026-04-02").await);
        }
        assert_eq!(count(&house, "select count(*) from plan_deed where words = 'Watch Cy'").await, 1);
        refused(&bo.post(&format!("{path}/checkpoints"), "due_on=2026-03-01").await, "from today on");
        done(&bo.post(&format!("{path}/beginning"), "").await);
        done(&bo.post(&format!("{path}/beginning"), "").await);
        // What was written before the work stays; the rest may still change.
        let page = bo.get(&path).await.body;
        assert!(!page.contains("name=\"expected\"") && page.contains("The mix: one of exposure"), "{page}");
        refused(&bo.post(&path, "expected=Never&version=2").await, "stay as they were written");
        refused(&bo.post(&path, &format!("from={}&version=2", ids[1])).await, "stay as they were written");
        done(&bo.post(&path, "why=Otherwise&first_step_on=2026-03-05&version=2").await);
        let page = bo.get(&path).await.body;
        assert!(page.contains("Otherwise") && page.contains("Monthly"), "{}: {page}", house.engine);

        done(&bo.post(&format!("{path}/first-step"), "").await);
        for reached in ["-1", "1"] {
            done(
                &bo.post(&format!("{path}/ratings"), &format!("reached={reached}&words=seen+{reached}"))
                    .await,
            );
        }
        refused(&bo.post(&format!("{path}/ratings"), "reached=3").await, "where it stands on the ladder");
        let page = bo.get(&path).await.body;
        assert!(page.contains("seen 1") && !page.contains("seen -1"), "one word a day: {page}");
        let plan = bo.get("/me/plan").await.body;
        assert!(
            plan.contains("T value of <strong>60</strong>") && plan.contains("What it does not mean"),
            "{plan}"
        );

        refused(&bo.post(&format!("{path}/closure"), "words=x").await, "Choose how it ended");
        done(&bo.post(&format!("{path}/closure"), "outcome=changed&words=Somewhere+else").await);
        for (door, form) in [
            (path.clone(), "why=later&version=3"),
            (format!("{path}/ratings"), "reached=0"),
            (format!("{path}/closure"), "outcome=reached"),
            (format!("{path}/actions"), "words=more"),
        ] {
            refused(&bo.post(&door, form).await, "closed and stays as it is");
        }
        let page = bo.get(&path).await.body;
        assert!(
            page.contains("Somewhere else") && page.contains("Otherwise") && !page.contains("<textarea"),
            "{page}"
        );
        assert!(bo.get("/me/plan").await.body.contains("changed into something else"));
    }
}

#[tokio::test]
async fn two_windows_lose_no_word_and_a_megabyte_is_refused_in_words() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let path = step(&bo, &statements()[0]).await;
        done(&bo.post(&path, "why=From+the+kitchen&expected=Once&version=1").await);
        let form = format!("form_token={}&why=From+the+train&expected=Twice&version=1", bo.form_token());
        let late = bo.send(Method::POST, &path, Some(&form), &[("accept", "application/json")]).await;
        assert!(late.body.contains("both texts are kept"), "{}", late.body);
        let page = bo.get(&path).await.body;
        for words in ["From the kitchen", "From the train", "Once", "Twice"] {
            assert!(page.contains(words), "{}: {words} in {page}", house.engine);
        }
        let long = "a".repeat(1_000_000);
        refused(&bo.post(&path, &format!("why={long}&version=3")).await, "at most 10,000 characters");
        refused(
            &bo.post(&format!("{path}/actions"), &format!("words={long}")).await,
            "at most 1,000 characters",
        );
        let script = "why=%3Cscript%3Ealert(1)%3C%2Fscript%3E+%5Bx%5D(javascript:alert(1))&version=3";
        done(&bo.post(&path, script).await);
        let page = bo.get(&path).await.body;
        assert!(!page.contains("<script>alert") && !page.contains("href=\"javascript"), "{page}");
        assert!(page.contains("alert(1)"));
    }
}

#[tokio::test]
async fn three_steps_are_open_and_no_more_even_when_two_come_at_once() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let ids = statements();
        step(&bo, &ids[0]).await;
        let second = step(&bo, &ids[1]).await;
        let forms: Vec<String> = ids[2..6].iter().map(|id| format!("to={id}")).collect();
        let (one, other, third, fourth) = tokio::join!(
            bo.post("/me/plan", &forms[0]),
            bo.post("/me/plan", &forms[1]),
            bo.post("/me/plan", &forms[2]),
            bo.post("/me/plan", &forms[3]),
        );
        let answers = [one, other, third, fourth];
        let taken = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(taken, 1, "{}: {answers:?}", house.engine);
        for answer in answers.iter().filter(|answer| answer.status != StatusCode::SEE_OTHER) {
            refused(answer, "three is what a person can hold");
        }
        let open = "select count(*) from plan_step s join person p on p.id = s.person \
                    where p.email = 'bo@demo.example' and s.state <> 'ended'";
        assert_eq!(count(&house, open).await, 3);
        assert!(!bo.get("/me/plan").await.body.contains("A new step"));
        done(&bo.post(&format!("{second}/closure"), "outcome=dropped").await);
        step(&bo, &ids[7]).await;
        refused(&bo.post("/me/plan", "to=").await, "Choose which statement");
        refused(&bo.post("/me/plan", "to=no-such-statement").await, "no such statement");
    }
}

/// An open talk of Ada and Cy, and a point of it.
async fn open_talk(house: &House) -> (String, String) {
    let talk = one(house, "select id from talk where state = 'open'").await;
    let page = house.persona("ada").await.get(&format!("/talks/{talk}")).await.body;
    let points: Vec<&str> = page.split("id=\"i-").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    (talk, points[6].to_owned())
}

#[tokio::test]
async fn what_two_agreed_on_both_write_and_what_is_ones_own_nobody_else_knows() {
    for house in common::houses().await {
        let (ada, cy, eve) =
            (house.persona("ada").await, house.persona("cy").await, house.persona("eve").await);
        run(&house, "delete from plan_step", &[]).await;
        let (talk, point) = open_talk(&house).await;
        let offer = format!("/me/plan/new?talk={talk}&amp;to={point}");
        assert!(ada.get(&format!("/talks/{talk}")).await.body.contains(&offer), "{}", house.engine);
        assert!(!cy.get(&format!("/talks/{talk}")).await.body.contains("/me/plan/new"));
        let form = format!("to={point}&talk={talk}");
        assert_eq!(
            cy.post("/me/plan", &form).await.status,
            StatusCode::NOT_FOUND,
            "the person makes it a step"
        );
        let agreed = done(&ada.post("/me/plan", &form).await);
        let own = step(&ada, statements().iter().find(|id| **id != point).unwrap()).await;

        // The holder finds the agreed one in the talk, reads it and writes in it; of the other he learns nothing.
        assert!(cy.get(&format!("/talks/{talk}")).await.body.contains(&agreed));
        let page = cy.get(&agreed).await;
        assert!(
            page.status == StatusCode::OK && !page.body.contains("Let somebody read it"),
            "{}",
            page.body
        );
        done(&cy.post(&agreed, "why=Cywort&version=1").await);
        written(&ada, &agreed).await;
        done(&cy.post(&format!("{agreed}/beginning"), "").await);
        done(&cy.post(&format!("{agreed}/ratings"), "reached=-1&words=Cysicht").await);
        assert!(ada.get(&agreed).await.body.contains("Cysicht"));
        // How it all adds up stands on her own page alone.
        assert!(ada.get("/me/plan").await.body.contains("T value of"));
        assert!(!cy.get(&agreed).await.body.contains("T value"));
        assert_eq!(
            cy.post(&format!("{agreed}/shares"), "with=gus@demo.example").await.status,
            StatusCode::NOT_FOUND
        );
        for slug in ["cy", "eve", "di", "fay", "gus", "bo"] {
            let stranger = house.persona(slug).await;
            let path = if slug == "cy" { &own } else { &agreed };
            let seen = stranger.get(path).await;
            assert_eq!(seen.status, StatusCode::NOT_FOUND, "{slug}");
            assert_eq!(
                seen.body.len(),
                house.persona(slug).await.get("/plan/01zzzzzzzzzzzzzzzzzzzzzzzz").await.body.len()
            );
            for door in ["", "/ratings", "/closure", "/actions", "/beginning", "/shares"] {
                let written =
                    stranger.post(&format!("{path}{door}"), "reached=1&outcome=dropped&words=x").await;
                assert_eq!(written.status, StatusCode::NOT_FOUND, "{slug} {door}");
            }
        }

        // A share opens reading to one, and is taken back.
        let gus = house.persona("gus").await;
        done(&ada.post(&format!("{own}/shares"), "with=gus@demo.example").await);
        let page = gus.get(&own).await;
        assert!(page.status == StatusCode::OK && !page.body.contains("<textarea"), "{}", page.body);
        assert_eq!(gus.post(&own, "why=x&version=1").await.status, StatusCode::NOT_FOUND);
        let shares = ada.get("/me/shares").await.body;
        let share = shares.split("/me/shares/").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        done(&ada.post(&format!("/me/shares/{share}/end"), "").await);
        assert_eq!(gus.get(&own).await.status, StatusCode::NOT_FOUND);
        // A talk that is shared does not carry the steps that were agreed in it.
        done(&ada.post(&format!("/talks/{talk}/shares"), "with=gus@demo.example").await);
        let shared = gus.get(&format!("/talks/{talk}")).await;
        assert!(shared.status == StatusCode::OK && !shared.body.contains(&agreed), "{}", house.engine);
        assert_eq!(gus.get(&agreed).await.status, StatusCode::NOT_FOUND);

        // With the manager's term ends what he reads; the next one begins with her own.
        let (ada_id, eve_id) = (house.id_of("ada").await, house.id_of("eve").await);
        run(&house, "update reporting_line set until_on = '2026-03-02' where person = $1", &[&ada_id]).await;
        run(
            &house,
            "insert into reporting_line (id, person, manager, from_on) values ('story-line', $1, $2, '2026-03-02')",
            &[&ada_id, &eve_id],
        )
        .await;
        for visitor in [&cy, &eve] {
            assert_eq!(visitor.get(&agreed).await.status, StatusCode::NOT_FOUND, "{}", house.engine);
        }
        done(&ada.post(&format!("/talks/{talk}/handover"), "").await);
        assert_eq!(eve.get(&agreed).await.status, StatusCode::OK, "the talk goes on with all that is in it");
    }
}

#[tokio::test]
async fn a_statement_that_a_newer_version_leaves_out_is_read_in_the_version_it_was_chosen_in() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let framework = espalier_framework::sample();
        let mut newer = framework.clone();
        let gone = newer.statements.iter().position(|one| one.parent.is_none()).unwrap();
        let gone = newer.statements.remove(gone);
        newer.statements.retain(|one| one.parent.as_ref() != Some(&gone.id));
        let path = step(&bo, gone.id.as_str()).await;
        let words = bo.get(&path).await.body;
        assert!(!words.contains("no longer asked for"));
        let mut tx = house.store.write().await.unwrap();
        newer.version = "99.0.0".to_owned();
        let now = common::story_time().plus_seconds(60);
        espalier_governance::actions::install(&mut tx, &house.kit.mint, &newer, now).await.unwrap();
        tx.commit().await.unwrap();
        for page in [&path, "/me/plan"] {
            let page = bo.get(page).await.body;
            assert!(page.contains("no longer asked for; last in version"), "{}: {page}", house.engine);
        }
    }
}

#[tokio::test]
async fn today_offers_the_first_step_and_the_checkpoint_and_a_notice_comes_once() {
    for house in common::houses().await {
        let gus = house.persona("gus").await;
        let path = begun(&gus, &statements()[0]).await;
        assert!(!gus.get("/").await.body.contains(&path), "its day has not come");
        run(&house, "update plan_step set first_step_on = '2026-03-01' where why = 'Whyword'", &[]).await;
        assert!(gus.get("/").await.body.contains("Take the first step of your plan"), "{}", house.engine);
        done(&gus.post(&format!("{path}/first-step"), "").await);
        assert!(!gus.get("/").await.body.contains("Take the first step of your plan"));
        run(&house, "update plan_checkpoint set due_on = '2026-03-02' where due_on = '2026-04-02'", &[])
            .await;
        assert!(gus.get("/").await.body.contains("Look at where a step of your plan stands"));

        let mint = &house.kit.mint;
        for _ in 0..2 {
            espalier_growth::plan::notices::remind(&house.store, mint, common::story_time()).await.unwrap();
        }
        let told = "select count(*) from notice n join person p on p.id = n.person \
                    where n.kind = 'plan-checkpoint' and p.email = 'gus@demo.example'";
        assert_eq!(count(&house, told).await, 1, "{}", house.engine);
        let page = gus.get(&path).await.body;
        let checkpoint =
            page.split("name=\"checkpoint\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let form = format!("checkpoint={checkpoint}&words=Halfway");
        done(&gus.post(&format!("{path}/checkpoints/completion"), &form).await);
        assert_eq!(
            gus.post(&format!("{path}/checkpoints/completion"), &form).await.status,
            StatusCode::NOT_FOUND
        );
        assert!(gus.get(&path).await.body.contains("Halfway"));
        assert!(!gus.get("/").await.body.contains("Look at where a step"));

        // To say where it stands settles the day too; and where somebody was faster, no word is lost.
        done(&gus.post(&format!("{path}/checkpoints"), "due_on=2026-04-03").await);
        run(&house, "update plan_checkpoint set due_on = '2026-03-01' where due_on = '2026-04-03'", &[])
            .await;
        assert!(gus.get("/me/plan").await.body.contains("look at it, due yesterday"));
        let page = gus.get(&path).await.body;
        let checkpoint =
            page.split("name=\"checkpoint\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        for words in ["Ladderword", "Latestword"] {
            let form = format!("reached=0&words={words}&checkpoint={checkpoint}");
            done(&gus.post(&format!("{path}/ratings"), &form).await);
        }
        assert!(gus.get(&path).await.body.contains("Latestword"), "{}", house.engine);
        assert!(!gus.get("/me/plan").await.body.contains("look at it, due"));
    }
}

#[tokio::test]
async fn programs_write_the_plan_as_pages_do() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let json = [("content-type", "application/json")];
        let body = format!("{{\"to\":\"{}\"}}", statements()[0]);
        let made = bo.send(Method::POST, "/api/v1/me/plan", Some(&body), &json).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let id = made.body.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let path = format!("/api/v1/plan/{id}");
        let body = "{\"ladder\":[\"a\",\"b\",\"c\",\"d\",\"e\"],\"why\":\"w\",\"revision\":1}";
        let saved = bo.send(Method::PUT, &path, Some(body), &json).await;
        assert!(saved.status == StatusCode::OK && saved.body.contains("\"d\""), "{}", saved.body);
        let early = bo.send(Method::POST, &format!("{path}/ratings"), Some("{\"reached\":0}"), &json).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.body);
        assert!(bo.get("/api/v1/me/plan").await.body.contains(&id), "{}", house.engine);
        assert_eq!(house.persona("cy").await.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

/// What happens to a plan: somebody wants another step, or closes the one at a place.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Add(usize),
    Close(usize),
}

#[tokio::test]
async fn whatever_somebody_does_no_plan_has_more_than_three_open_steps() {
    use proptest::strategy::{Strategy as _, ValueTree as _};
    let ids = statements();
    let turn = proptest::prop_oneof![
        3 => (0..ids.len()).prop_map(Turn::Add),
        1 => (0..3_usize).prop_map(Turn::Close),
    ];
    let turns = proptest::collection::vec(turn, 1..20);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let mut refusals = 0;
        for _ in 0..6 {
            run(&house, "delete from plan_step", &[]).await;
            // The plan as it should be: path and statement of each open step.
            let mut open: Vec<(String, usize)> = Vec::new();
            for turn in turns.new_tree(&mut runner).unwrap().current() {
                match turn {
                    Turn::Add(place) => {
                        let answer = bo.post("/me/plan", &format!("to={}", ids[place])).await;
                        let known = open.iter().find(|(_, known)| *known == place).cloned();
                        match known {
                            Some((path, _)) => assert_eq!(done(&answer), path),
                            None if open.len() == 3 => {
                                refused(&answer, "three is what a person can hold");
                                refusals += 1;
                            }
                            None => open.push((done(&answer), place)),
                        }
                    }
                    Turn::Close(place) if place < open.len() => {
                        let (path, _) = open.remove(place);
                        done(&bo.post(&format!("{path}/closure"), "outcome=dropped").await);
                    }
                    Turn::Close(_) => {}
                }
                let there = count(&house, "select count(*) from plan_step where state <> 'ended'").await;
                assert_eq!(there, i64::try_from(open.len()).unwrap(), "{}: {turn:?}", house.engine);
            }
        }
        assert!(refusals > 3, "{}: the limit was met: {refusals}", house.engine);
    }
}

#[tokio::test]
async fn feedback_is_the_givers_until_it_is_given_and_the_receivers_to_share() {
    for house in common::houses().await {
        let (eve, gus, fay) =
            (house.persona("eve").await, house.persona("gus").await, house.persona("fay").await);
        for (to, sentence) in [
            ("eve@demo.example", "somebody else"),
            ("Nobody At All", "Nobody here has this name"),
            ("", "full name"),
        ] {
            refused(&eve.post("/me/feedback", &format!("to={to}")).await, sentence);
        }
        let path = done(&eve.post("/me/feedback", "to=gus@demo.example").await);
        assert_eq!(done(&eve.post("/me/feedback", "to=gus@demo.example").await), path, "one draft, not two");
        refused(&eve.post(&format!("{path}/completion"), "").await, "Write what they did");
        done(&eve.post(&path, "situation=On+Monday&behaviour=Evewort&version=0").await);
        done(&eve.post(&path, "situation=On+Monday&behaviour=Zweitwort&version=0").await);
        let long = "a".repeat(1_000_000);
        refused(&eve.post(&path, &format!("effect={long}&version=2")).await, "at most 10,000 characters");
        let form =
            "situation=On+Monday&behaviour=Evewort+Zweitwort+%3Cscript%3Ealert(1)%3C/script%3E&version=2";
        done(&eve.post(&path, form).await);
        let statement = statements()[0].clone();
        done(&eve.post(&format!("{path}/statements"), &format!("statement={statement}")).await);
        refused(&eve.post(&format!("{path}/statements"), "statement=no-such").await, "no such statement");
        assert_eq!(gus.get(&path).await.status, StatusCode::NOT_FOUND, "nobody knows of a draft");
        assert!(!gus.get("/me/feedback").await.body.contains("Eve Lindqvist"));

        // Given, its receiver learns that it is there, and the giver may still take it back.
        done(&eve.post(&format!("{path}/completion"), "").await);
        refused(&eve.post(&format!("{path}/completion"), "").await, "You have answered this");
        let list = gus.get("/me/feedback").await.body;
        assert!(list.contains("Eve Lindqvist has given you feedback"), "{}: {list}", house.engine);
        let page = gus.get(&path).await.body;
        assert!(page.contains("Open it") && !page.contains("Evewort"), "{page}");
        assert_eq!(
            gus.post(&format!("{path}/shares"), "with=fay@demo.example").await.status,
            StatusCode::NOT_FOUND
        );
        done(&eve.post(&format!("{path}/end"), "").await);
        assert_eq!(gus.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(gus.post(&format!("{path}/reading"), "").await.status, StatusCode::NOT_FOUND);
        assert!(eve.get(&path).await.body.contains("Evewort"), "the giver keeps their words");

        let path = done(&eve.post("/me/feedback", "to=gus@demo.example").await);
        done(&eve.post(&path, "behaviour=Evewort+%3Cscript%3Ealert(1)%3C/script%3E&version=0").await);
        done(&eve.post(&format!("{path}/completion"), "").await);
        for visitor in [&eve, &fay] {
            assert_eq!(visitor.post(&format!("{path}/reading"), "").await.status, StatusCode::NOT_FOUND);
        }
        for _ in 0..2 {
            done(&gus.post(&format!("{path}/reading"), "").await);
        }
        refused(&eve.post(&format!("{path}/end"), "").await, "has been read, so it stays");
        let page = gus.get(&path).await.body;
        assert!(page.contains("Evewort") && !page.contains("<script>alert"), "{}: {page}", house.engine);
        assert!(eve.get(&path).await.body.contains("Evewort"));
        // The receiver alone decides who else reads it.
        assert_eq!(
            eve.post(&format!("{path}/shares"), "with=fay@demo.example").await.status,
            StatusCode::NOT_FOUND
        );
        for slug in ["fay", "cy", "di", "bo"] {
            let stranger = house.persona(slug).await;
            let there = stranger.get(&path).await;
            let absent = stranger.get("/feedback/01zzzzzzzzzzzzzzzzzzzzzzzz").await;
            assert_eq!((there.status, &there.body), (StatusCode::NOT_FOUND, &absent.body), "{slug}");
        }
        done(&gus.post(&format!("{path}/shares"), "with=fay@demo.example").await);
        let page = fay.get(&path).await;
        assert!(
            page.body.contains("Evewort") && !page.body.contains("Let somebody read it"),
            "{}",
            page.body
        );
        let log = gus.get("/me/read-log").await.body;
        assert!(log.contains("Fay"), "{}: {log}", house.engine);
    }
}

#[tokio::test]
async fn feedback_that_is_asked_waits_and_may_be_declined_without_a_reason() {
    for house in common::houses().await {
        let (eve, gus) = (house.persona("eve").await, house.persona("gus").await);
        refused(
            &eve.post("/me/feedback/questions", "from=gus@demo.example").await,
            "Write what you would like",
        );
        let ask = "from=gus@demo.example&question=Frageneve";
        for _ in 0..2 {
            done(&eve.post("/me/feedback/questions", ask).await);
        }
        assert_eq!(count(&house, "select count(*) from feedback where question = 'Frageneve'").await, 1);
        let told = "select count(*) from notice where kind = 'feedback-asked'";
        assert_eq!(count(&house, told).await, 1, "{}", house.engine);
        let path = format!(
            "/feedback/{}",
            one(&house, "select id from feedback where question = 'Frageneve'").await
        );
        assert!(gus.get("/").await.body.contains("Eve Lindqvist asks for your feedback"), "{}", house.engine);
        assert!(eve.get("/me/feedback").await.body.contains("is asked"));
        assert_eq!(
            eve.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "what is being written is the writer’s"
        );
        done(&gus.post(&path, "behaviour=Halbwort&version=0").await);
        done(&gus.post(&format!("{path}/refusal"), "").await);
        refused(&gus.post(&format!("{path}/completion"), "").await, "You have answered this");
        let list = eve.get("/me/feedback").await.body;
        assert!(list.contains("would rather not") && !list.contains("Halbwort"), "{list}");
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND);
        assert!(!gus.get("/").await.body.contains(&path));
        assert_eq!(count(&house, "select count(*) from feedback where behaviour = 'Halbwort'").await, 0);
    }
}

#[tokio::test]
async fn a_goal_is_measured_over_time_and_others_are_asked_about_it() {
    for house in common::houses().await {
        let (bo, gus) = (house.persona("bo").await, house.persona("gus").await);
        let form = "title=Nachtziel&why=Sleep&measure=calls&from_value=9&to_value=2,5&by_on=2026-06-01";
        for (wrong, sentence) in [
            ("title=x&measure=x&from_value=1&to_value=2&by_on=2026-03-01", "today or a later day"),
            ("title=x&measure=x&from_value=1&to_value=2&by_on=soon", "is not a date"),
        ] {
            refused(&bo.post("/me/goals", wrong).await, sentence);
        }
        let path = done(&bo.post("/me/goals", form).await);
        assert_eq!(done(&bo.post("/me/goals", form).await), path, "a second click finds the first");
        let values = format!("{path}/values");
        done(&bo.post(&values, "value=7&measured_on=2026-02-20").await);
        done(&bo.post(&values, "value=6&words=Zwischenwort").await);
        done(&bo.post(&values, "value=5").await);
        refused(&bo.post(&values, "value=lots").await, "Write a number");
        refused(&bo.post(&values, "value=4&measured_on=2026-03-03").await, "has not come yet");
        let page = bo.get(&path).await.body;
        assert!(page.contains("<strong>5</strong>") && page.contains("<strong>7</strong>"), "{page}");
        assert!(!page.contains("Zwischenwort"), "one value a day: {page}");
        assert!(bo.get("/me/plan").await.body.contains("Nachtziel"));

        // Whoever is asked reads the goal in one line, and nothing else of it.
        done(&bo.post(&format!("{path}/questions"), "from=gus@demo.example&question=Wie+weiter").await);
        let asked = format!(
            "/feedback/{}",
            one(&house, "select id from feedback where question = 'Wie weiter'").await
        );
        assert!(gus.get(&asked).await.body.contains("Nachtziel: calls, from 9 to 2,5"), "{}", house.engine);
        assert_eq!(gus.get(&path).await.status, StatusCode::NOT_FOUND);
        done(&gus.post(&asked, "behaviour=Guswort&version=0").await);
        done(&gus.post(&format!("{asked}/completion"), "").await);
        let page = bo.get(&path).await.body;
        assert!(
            page.contains("has answered") && page.contains(&asked) && !page.contains("Guswort"),
            "{page}"
        );

        assert_eq!(
            house.persona("cy").await.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "own goals are one’s own"
        );
        done(&bo.post(&format!("{path}/shares"), "with=cy@demo.example").await);
        let page = house.persona("cy").await.get(&path).await;
        assert!(page.status == StatusCode::OK && !page.body.contains("What others see"), "{}", page.body);
        assert_eq!(house.persona("cy").await.post(&values, "value=1").await.status, StatusCode::NOT_FOUND);
        refused(&bo.post(&format!("{path}/closure"), "").await, "Choose how it ended");
        done(&bo.post(&format!("{path}/closure"), "outcome=reached&words=Endwort").await);
        refused(&bo.post(&values, "value=1").await, "closed and stays as it is");
        assert!(bo.get(&path).await.body.contains("Endwort"));
    }
}
