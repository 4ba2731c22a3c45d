//! Evidence from a quick note to what it makes of a self-assessment, and whom it reaches, on every engine.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use axum::http::{Method, StatusCode};
use common::story::{done, one, refused, run};
use common::{Answer, House, Visitor};
use espalier_kernel::{Bind as _, Date, Mint, Value};
use espalier_store::Statement;

/// Notes something down, and gives its path.
async fn note(visitor: &Visitor, form: &str) -> String {
    done(&visitor.post("/me/evidence", form).await)
}

/// Saves a piece as its page does by itself.
async fn save(visitor: &Visitor, path: &str, form: &str) -> Answer {
    let form = format!("form_token={}&{form}", visitor.form_token());
    visitor.send(Method::POST, path, Some(&form), &[("accept", "application/json")]).await
}

#[tokio::test]
async fn one_sentence_is_enough_and_the_rest_follows() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        assert!(bo.get("/me/evidence").await.body.contains("Your log is empty"));
        let menu = bo.get("/").await.body;
        assert!(menu.contains("accesskey=\"e\""), "{menu}");
        let path = note(&bo, "deed=I+led+the+retro").await;
        let page = bo.get(&path).await.body;
        assert!(page.contains("value=\"2026-03-02\""), "{}: today is meant: {page}", house.engine);
        for (form, sentence) in [
            ("deed=+", "Write what you did"),
            ("deed=x&happened_on=2026-03-03", "has not come yet"),
            ("deed=x&happened_on=yesterday", "is not a date"),
            ("deed=x&link=javascript:alert(1)", "begins with https://"),
        ] {
            refused(&bo.post("/me/evidence", form).await, sentence);
        }
        let long = "a".repeat(900_000);
        refused(&bo.post("/me/evidence", &format!("deed={long}")).await, "at most 10,000 characters");
        // Two windows opened at revision 1 and typed on.
        let first =
            save(&bo, &path, "version=1&happened_on=2026-02-27&deed=I+led+the+retro&effect=They+ran+it")
                .await;
        assert!(first.body.contains("\"version\":\"2\""), "{}", first.body);
        let second =
            save(&bo, &path, "version=1&happened_on=2026-02-27&deed=I+led+it&effect=They+laughed").await;
        assert!(second.body.contains("both texts are kept"), "{}", second.body);
        let page = bo.get(&path).await.body;
        for words in ["I led the retro", "They ran it", "They laughed", "2026-02-27"] {
            assert!(page.contains(words), "{}: {words} in {page}", house.engine);
        }
        // Script is text.
        let path = note(&bo, "deed=%3Cscript%3Ealert(1)%3C/script%3E").await;
        assert!(!bo.get(&path).await.body.contains("<script>alert"));
        assert!(!bo.get("/me/evidence").await.body.contains("<script>alert"));
        done(&bo.post(&format!("{path}/end"), "").await);
        assert_eq!(bo.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn statements_are_found_by_their_words_and_stay_readable_when_they_are_withdrawn() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let path = note(&bo, "deed=I+led+the+retro").await;
        let found = bo.get(&format!("{path}?q=team")).await.body;
        let offered: Vec<&str> = found
            .split("name=\"statement\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert!(offered.len() >= 2, "{}: {found}", house.engine);
        let form = format!("statement={}&statement={}", offered[0], offered[1]);
        done(&bo.post(&format!("{path}/statements"), &form).await);
        // The same twice is the same.
        done(&bo.post(&format!("{path}/statements"), &form).await);
        assert!(bo.get("/me/evidence").await.body.contains("2 statements"));
        refused(&bo.post(&format!("{path}/statements"), "statement=nothing").await, "no such statement");
        let end = format!("framework=agile-coaching&statement={}", offered[1]);
        done(&bo.post(&format!("{path}/statements/end"), &end).await);
        assert!(bo.get("/me/evidence").await.body.contains("1 statement<"));

        // A newer version leaves the statement out; what it said is read in the version where it was chosen.
        let mut framework = espalier_framework::sample();
        framework.statements.retain(|one| one.id.as_str() != offered[0]);
        framework.version = "9.0.0".to_owned();
        let mut tx = house.store.write().await.unwrap();
        let now = common::story_time();
        espalier_governance::actions::install(&mut tx, &Mint::seeded(9), &framework, now).await.unwrap();
        tx.commit().await.unwrap();
        let page = bo.get(&path).await.body;
        assert!(page.contains("no longer asked for; last in version"), "{}: {page}", house.engine);
        let gone = format!("framework=agile-coaching&statement={}", offered[0]);
        done(&bo.post(&format!("{path}/statements/end"), &gone).await);
    }
}

#[tokio::test]
async fn a_colleague_confirms_what_they_read_and_nothing_later() {
    for house in common::houses().await {
        let (ada, gus) = (house.persona("ada").await, house.persona("gus").await);
        let path = note(&ada, "deed=I+opened+the+weir&situation=Floodword").await;
        let ask = format!("{path}/corroborations");
        refused(&ada.post(&ask, "who=").await, "Write the e-mail address");
        refused(&ada.post(&ask, "who=ada@demo.example").await, "somebody else than yourself");
        refused(&ada.post(&ask, "who=Nobody+Known").await, "Nobody here has this name");
        done(&ada.post(&ask, "who=gus@demo.example").await);
        refused(&ada.post(&ask, "who=gus@demo.example").await, "asked them already");

        let waiting = gus.get("/me/evidence").await.body;
        let request =
            waiting.split('"').find(|link| link.starts_with("/corroborations/")).unwrap().to_owned();
        // She changes it before he reads: he reads what he was asked about.
        let changed = "version=1&happened_on=2026-03-01&situation=Otherword&deed=I+opened+the+weir";
        assert_eq!(save(&ada, &path, changed).await.status, StatusCode::OK);
        let page = gus.get(&request).await.body;
        assert!(page.contains("Floodword") && !page.contains("Otherword"), "{}: {page}", house.engine);
        for slug in ["ada", "cy", "di", "fay", "bo"] {
            let strange = house.persona(slug).await.get(&request).await;
            assert_eq!(strange.status, StatusCode::NOT_FOUND, "{slug}");
        }
        assert_eq!(gus.get(&path).await.status, StatusCode::NOT_FOUND, "asked is not shared");

        refused(&gus.post(&request, "").await, "Choose one of the three");
        refused(&gus.post(&request, "reply=asked").await, "Choose one of the three");
        refused(&gus.post(&request, "reply=amended&words=+").await, "what you would add");
        done(&gus.post(&request, "reply=confirmed").await);
        refused(&gus.post(&request, "reply=declined").await, "answered this already");
        let page = ada.get(&path).await.body;
        assert!(page.contains("changed since it was confirmed"), "{}: {page}", house.engine);
        assert!(!gus.get("/me/evidence").await.body.contains("/corroborations/"));

        // As it read when he was asked, it is confirmed.
        let other = note(&ada, "deed=I+closed+the+weir").await;
        done(&ada.post(&format!("{other}/corroborations"), "who=gus@demo.example").await);
        let waiting = gus.get("/me/evidence").await.body;
        let request =
            waiting.split('"').find(|link| link.starts_with("/corroborations/")).unwrap().to_owned();
        done(&gus.post(&request, "reply=amended&words=We+did+it+together").await);
        let page = ada.get(&other).await.body;
        assert!(page.contains("confirmed with a remark") && page.contains("We did it together"), "{page}");
    }
}

#[tokio::test]
async fn somebody_outside_confirms_by_a_link_that_is_shown_once_and_runs_out() {
    for house in common::houses().await {
        let (ada, nobody) = (house.persona("ada").await, house.nobody());
        let path = note(&ada, "deed=I+opened+the+weir").await;
        let asked = ada.post(&format!("{path}/corroborations"), "who=Maria@Partner.example").await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        let link =
            asked.body.split("http://espalier.test").find(|rest| rest.starts_with("/confirm/")).unwrap();
        let link = link.split('<').next().unwrap().to_owned();
        let secret = link.rsplit('/').next().unwrap().to_owned();
        assert!(!ada.get(&path).await.body.contains(&secret), "the link is shown once");
        assert!(one(&house, "select max(secret_hash) from corroboration").await != secret);

        let page = nobody.get(&link).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("I opened the weir") && !page.body.contains("/me/"), "{}", page.body);
        let log = ada.get("/me/read-log").await.body;
        assert!(
            log.contains("Somebody with your link") && log.contains("a link that you passed on"),
            "{log}"
        );
        done(&nobody.post(&link, "reply=declined").await);
        // The answer closes the link: what it was about is no longer shown, and after a day nothing is.
        let page = nobody.get(&link).await.body;
        assert!(page.contains("You would rather not say") && !page.contains("weir"), "{page}");
        refused(&nobody.post(&link, "reply=confirmed").await, "answered this already");
        assert!(ada.get(&path).await.body.contains("would rather not say"));
        assert!(!ada.get(&path).await.body.contains("confirmed by somebody"));
        run(
            &house,
            "update corroboration set answered_at = $1 where standing = 'declined'",
            &["2026-03-01T08:59:59.000000Z"],
        )
        .await;
        assert_eq!(nobody.get(&link).await.status, StatusCode::NOT_FOUND);
        for wrong in ["/confirm/nothing".to_owned(), format!("/confirm/{}", "0".repeat(64))] {
            assert_eq!(nobody.get(&wrong).await.status, StatusCode::NOT_FOUND);
        }

        // After 30 days nothing is taken any more, and what was taken back opens nothing.
        let ask = async |who: &str| {
            let asked = ada.post(&format!("{path}/corroborations"), &format!("who={who}")).await.body;
            let link =
                asked.split("http://espalier.test").find(|rest| rest.starts_with("/confirm/")).unwrap();
            link.split('<').next().unwrap().to_owned()
        };
        let link = ask("tom@partner.example").await;
        run(
            &house,
            "update corroboration set expires_at = $1 where standing = 'asked'",
            &["2026-03-02T09:00:00.000000Z"],
        )
        .await;
        let page = nobody.get(&link).await.body;
        assert!(page.contains("has run out") && !page.contains("weir"), "{page}");
        refused(&nobody.post(&link, "reply=confirmed").await, "has run out");
        let link = ask("ann@partner.example").await;
        let page = ada.get(&path).await.body;
        // Both were asked at the same moment, so either may stand first.
        let is_anns = |line: &&str| line.contains("ann@partner.example") && line.contains("name=\"request\"");
        let anns = page.split("<li>").find(is_anns).unwrap();
        let request = anns.rsplit("name=\"request\" value=\"").next().unwrap().split('"').next().unwrap();
        done(&ada.post(&format!("{path}/corroborations/end"), &format!("request={request}")).await);
        assert_eq!(nobody.get(&link).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn one_piece_is_shared_with_one_colleague_and_the_log_with_nobody() {
    for house in common::houses().await {
        let (ada, gus) = (house.persona("ada").await, house.persona("gus").await);
        let path = note(&ada, "deed=I+opened+the+weir").await;
        let other = note(&ada, "deed=I+closed+it").await;
        for slug in ["cy", "di", "eve", "fay", "gus"] {
            assert_eq!(house.persona(slug).await.get(&path).await.status, StatusCode::NOT_FOUND, "{slug}");
        }
        done(&ada.post(&format!("{path}/shares"), "with=gus@demo.example").await);
        let page = gus.get(&path).await.body;
        assert!(page.contains("I opened the weir") && !page.contains("Who was there?"), "{page}");
        assert_eq!(gus.get(&other).await.status, StatusCode::NOT_FOUND);
        for (door, form) in [
            ("", "deed=x&version=1"),
            ("/end", ""),
            ("/shares", "with=bo@demo.example"),
            ("/corroborations", "who=a@b.example"),
        ] {
            let strange = gus.post(&format!("{path}{door}"), form).await;
            assert_eq!(strange.status, StatusCode::NOT_FOUND, "{door}");
        }
        let id = path.rsplit('/').next().unwrap();
        assert_eq!(gus.get(&format!("/api/v1/me/evidence/{id}")).await.status, StatusCode::NOT_FOUND);
        let shares = ada.get(&path).await.body;
        let end = shares.split('"').find(|link| link.starts_with("/me/shares/")).unwrap().to_owned();
        done(&ada.post(&end, "").await);
        assert_eq!(gus.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_second_draft_beside_the_same_level_does_not_begin_silently() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let form = "target=agile-coaching/associate";
        let begun = done(&bo.post("/me/assessments", form).await);
        let asked = bo.post("/me/assessments", form).await;
        refused(&asked, "You are already looking at");
        assert!(asked.body.contains(&format!("href=\"{begun}\"")), "{}: {}", house.engine, asked.body);
        // Beside another level, or when it is meant, it begins.
        done(&bo.post("/me/assessments", "target=agile-coaching/coach").await);
        assert_ne!(done(&bo.post("/me/assessments", &format!("{form}&again=yes")).await), begun);
    }
}

#[tokio::test]
async fn a_claim_without_enough_evidence_is_marked_and_a_finished_assessment_keeps_what_it_had() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let begun = done(&bo.post("/me/assessments", "target=agile-coaching/associate").await);
        let page = bo.get(&begun).await.body;
        let statement = page.split("/answers/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        done(&bo.post(&format!("{begun}/answers/{statement}"), "state=meeting&version=0").await);
        let page = bo.get(&begun).await.body;
        assert!(page.contains("not yet supported: two pieces"), "{}: {page}", house.engine);
        let supports = format!("statement={statement}");
        note(&bo, &format!("deed=Deedword&happened_on=2026-02-01&{supports}")).await;
        // The same day, and a day too long ago, do not make a second.
        note(&bo, &format!("deed=b&happened_on=2026-02-01&{supports}")).await;
        note(&bo, &format!("deed=c&happened_on=2025-06-01&{supports}")).await;
        let page = bo.get(&begun).await.body;
        assert!(page.contains("one more piece") && page.contains("Deedword"), "{}: {page}", house.engine);
        let coverage = bo.get("/me/evidence/coverage?level=agile-coaching/associate").await.body;
        assert!(coverage.contains(">1 piece<"), "{coverage}");
        let second = note(&bo, &format!("deed=d&happened_on=2026-02-02&{supports}")).await;
        assert!(!bo.get(&begun).await.body.contains("not yet supported"));
        let position = format!("{begun}/position");
        assert!(bo.get(&position).await.body.contains("1 of 1 statements"));
        done(&bo.post(&format!("{begun}/completion"), "").await);
        // The past is not recomputed.
        done(&bo.post(&format!("{second}/end"), "").await);
        assert!(bo.get(&position).await.body.contains("1 of 1 statements"), "{}", house.engine);
        assert!(!bo.get(&begun).await.body.contains("not yet supported"));
    }
}

#[tokio::test]
async fn a_log_pages_by_keys_and_is_filtered() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let bo_id = house.id_of("bo").await;
        fill(&house, &bo_id, 120, &one(&house, "select id from framework_version").await).await;
        let mut path = "/me/evidence".to_owned();
        let mut seen = std::collections::BTreeSet::new();
        let mut pages = 0;
        loop {
            let page = bo.get(&path).await.body;
            pages += 1;
            for link in page.split('"').filter(|link| link.starts_with("/evidence/")) {
                assert!(seen.insert(link.to_owned()), "{link} stands on two pages");
            }
            let next =
                page.split('"').find(|link| link.starts_with("/me/evidence?before=")).map(str::to_owned);
            let Some(next) = next else { break };
            path = next.replace("&amp;", "&").replace("&#38;", "&");
        }
        assert_eq!((pages, seen.len()), (3, 120), "{}", house.engine);
        let api = bo.get("/api/v1/me/evidence?from=2025-12-01&until=2025-12-31").await.body;
        let value: serde_json::Value = serde_json::from_str(&api).unwrap();
        let days: Vec<&str> = value["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["happened_on"].as_str().unwrap())
            .collect();
        assert_eq!(days.len(), 31, "{api}");
        assert!(days.iter().all(|day| day.starts_with("2025-12")) && days.is_sorted_by(|a, b| a >= b));
        for filter in ["statement=agile-coaching/s1", "pillar=agile-coaching/p1"] {
            let api = bo.get(&format!("/api/v1/me/evidence?{filter}")).await.body;
            let value: serde_json::Value = serde_json::from_str(&api).unwrap();
            assert_eq!(value["items"].as_array().unwrap().len(), 12, "{}: {filter}", house.engine);
        }
        assert_eq!(bo.get("/api/v1/me/evidence?before=x").await.status, StatusCode::BAD_REQUEST);
        // What makes no sense as a filter is no fault.
        for odd in ["before=x", "from=x&until=", "statement=x", "pillar=%3Cscript%3E/x"] {
            assert_eq!(bo.get(&format!("/me/evidence?{odd}")).await.status, StatusCode::OK, "{odd}");
        }
    }
}

/// So many pieces, a day apart; each tenth supports two statements of one pillar, `s1` and `s2` of `p1`.
async fn fill(house: &House, person: &str, count: i32, version: &str) {
    let mint = &house.kit.mint;
    let now = common::story_time();
    let last: Date = "2026-03-01".parse().unwrap();
    let (mut pieces, mut claims): (Vec<Vec<Value<'static>>>, Vec<Vec<Value<'static>>>) = (vec![], vec![]);
    let text = |text: &str| text.to_owned().bind().into_owned();
    for place in 0..count {
        let (id, on) = (mint.id(now), last.plus_days(-(place % 3_000)));
        let day = on.bind().into_owned();
        pieces.push(vec![
            id.bind().into_owned(),
            text(person),
            day.clone(),
            text(""),
            text("I did it."),
            text(""),
            text(""),
            1_i64.bind().into_owned(),
            now.bind().into_owned(),
            now.bind().into_owned(),
        ]);
        for statement in ["s1", "s2"].into_iter().filter(|_| place % 10 == 0) {
            claims.push(vec![
                id.bind().into_owned(),
                text(person),
                text("agile-coaching"),
                text(version),
                text(statement),
                text("p1"),
                day.clone(),
            ]);
        }
    }
    let mut tx = house.store.write().await.unwrap();
    let columns = [
        "id",
        "person",
        "happened_on",
        "situation",
        "deed",
        "effect",
        "link",
        "revision",
        "made_at",
        "changed_at",
    ];
    tx.insert_many("evidence", &columns, &pieces).await.unwrap();
    let columns = ["evidence", "person", "framework", "version", "statement", "pillar", "happened_on"];
    tx.insert_many("evidence_claim", &columns, &claims).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_list_of_evidence_looks_at_a_whole_table() {
    use espalier_growth::evidence::queries as evidence;
    for house in common::houses().await {
        let version = one(&house, "select id from framework_version").await;
        let everybody: Vec<(String,)> = {
            let mut tx = house.store.read().await.unwrap();
            tx.all(&Statement { name: "STORY", sql: "select id from person order by id" }, &[]).await.unwrap()
        };
        assert!(everybody.len() >= 30);
        for (person,) in &everybody {
            fill(&house, person, 1_000, &version).await;
        }
        house.store.learn().await.unwrap();
        let bo = house.id_of("bo").await;
        let (from, day, last, most) = ("2020-01-01", "2026-02-01", "", 51_i64);
        let (framework, statement, now) = ("agile-coaching", "s1", common::story_time());
        let page: Vec<&dyn espalier_kernel::Bind> = vec![&bo, &from, &day, &last, &most];
        let mut filtered = page.clone();
        filtered.extend([&framework as &dyn espalier_kernel::Bind, &statement]);
        let mut by_pillar = page.clone();
        by_pillar.extend([&framework as &dyn espalier_kernel::Bind, &"p1"]);
        let mut tx = house.store.read().await.unwrap();
        for (statement, values) in [
            (evidence::PAGE, page),
            (evidence::PAGE_OF_STATEMENT, filtered),
            (evidence::PAGE_OF_PILLAR, by_pillar),
            (evidence::BACKING, vec![&bo as _, &framework, &"2025-06-02", &"2026-03-02"]),
            (evidence::BESIDE, vec![&bo as _, &framework, &"2025-06-02"]),
            (evidence::WAITING, vec![&bo as _, &now]),
            (evidence::CLAIMED, vec![&bo as _, &framework]),
        ] {
            let is_sqlite = house.engine == "SQLite";
            let explain = if is_sqlite { "explain query plan " } else { "explain " };
            let asked = Statement::compose("PLAN", format!("{explain}{}", statement.sql));
            let plan: Vec<String> = if is_sqlite {
                let rows: Vec<(i64, i64, i64, String)> = tx.all(&asked, &values).await.unwrap();
                rows.into_iter().map(|(_, _, _, detail)| detail).collect()
            } else {
                let rows: Vec<(String,)> = tx.all(&asked, &values).await.unwrap();
                rows.into_iter().map(|(line,)| line).collect()
            };
            let text = plan.join("\n");
            assert!(!plan.is_empty());
            for table in ["evidence e", "evidence_claim", "e\n", "c\n", "evidence\n"] {
                for scan in [format!("Seq Scan on {table}"), format!("SCAN {table}")] {
                    assert!(
                        !format!("{text}\n").contains(&scan),
                        "{}: {} scans:\n{text}",
                        house.engine,
                        statement.name
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_file_is_taken_wholly_or_not_at_all_and_comes_back_as_it_went() {
    for house in common::houses().await {
        let bo = house.persona("bo").await;
        let bring = async |text: &str| {
            let path = done(&bo.upload("/me/evidence/imports", "notes.csv", text).await);
            (bo.get(&path).await.body, path)
        };
        let bad = "date,action,statements\n2026-02-01,I led it,\n2026-02-02,\"=cmd|x\",\n2026-02-40,I did,\n";
        let (page, path) = bring(bad).await;
        assert!(page.contains(">3<") && page.contains("begins like a formula"), "{}: {page}", house.engine);
        assert!(page.contains(">4<") && page.contains("is not a date") && !page.contains("Take them in"));
        refused(&bo.post(&path, "").await, "cannot be taken");
        assert!(bo.get("/me/evidence").await.body.contains("Your log is empty"));
        assert_eq!(house.persona("gus").await.get(&path).await.status, StatusCode::NOT_FOUND);

        let good = "date,situation,action,effect,link,statements\n\
                    2026-02-01,\"Two teams, one plan\",'=2 of us led it,+,https://wiki.example/x,\n";
        refused(&bo.post(&bring(good).await.1, "").await, "begins like a formula");
        let good = good.replace(",+,", ",done,");
        let (page, path) = bring(&good).await;
        assert!(page.contains("1 new"), "{page}");
        done(&bo.post(&path, "").await);
        assert!(bo.get("/me/evidence").await.body.contains("=2 of us led it"));
        let file = bo.get("/me/evidence/export.csv").await;
        assert!(file.headers["content-disposition"].to_str().unwrap().contains("evidence.csv"));
        assert!(file.body.contains("'=2 of us led it"), "{}", file.body);
        let (page, path) = bring(&file.body).await;
        assert!(page.contains("0 new") && page.contains("1 are in your log"), "{}: {page}", house.engine);
        done(&bo.post(&path, "").await);
        let whole: serde_json::Value =
            serde_json::from_str(&bo.get("/me/evidence/export.json").await.body).unwrap();
        assert_eq!(whole["items"].as_array().unwrap().len(), 1);
        assert_eq!(whole["items"][0]["deed"], "=2 of us led it");
        let refused_file = bo.upload("/me/evidence/imports", "x.xlsx", "PK\u{3}\u{4}").await;
        refused(&refused_file, "spreadsheet file");
    }
}
