//! What people are owed: their own book, and to know what is kept about them.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{House, Visitor};
use espalier_app::house;
use espalier_keeping::Keeping;
use espalier_kernel::{Id, Mint, Value};
use espalier_people::account;
use espalier_store::{Statement, Store};
use http_body_util::BodyExt as _;
use serde_json::Value as Json;
use tower::ServiceExt as _;

fn keeping() -> Keeping {
    house::keeping(&house::policy().unwrap())
}

/// All rows of a database, by table: column and value as text.
type Rows = BTreeMap<String, Vec<BTreeMap<String, Json>>>;

async fn rows(store: &Store, folder: &std::path::Path) -> Rows {
    let file = folder.join("walk.jsonl");
    store.backup(&file, &house::migrations()).await.unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut rows = Rows::new();
    let (mut table, mut columns): (String, Vec<String>) = (String::new(), Vec::new());
    for line in text.lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        match line["line"].as_str().unwrap() {
            "table" => {
                table = line["name"].as_str().unwrap().to_owned();
                columns = line["columns"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|one| one[0].as_str().unwrap().to_owned())
                    .collect();
                rows.entry(table.clone()).or_default();
            }
            "row" => {
                let values = line["values"].as_array().unwrap().iter().cloned();
                rows.get_mut(&table).unwrap().push(columns.iter().cloned().zip(values).collect());
            }
            _ => {}
        }
    }
    rows
}

/// What goes with what, as the schema says it: child, its columns, parent, its columns.
fn cascades() -> Vec<(String, Vec<String>, String, Vec<String>)> {
    let words = |text: &str| -> Vec<String> { text.split(',').map(|word| word.trim().to_owned()).collect() };
    let inside = |text: &str| text.split_once('(').unwrap().1.split_once(')').unwrap().0.to_owned();
    let mut found = Vec::new();
    for step in house::migrations() {
        for table in step.sql.split("create table ").skip(1) {
            let name = table.split_whitespace().next().unwrap();
            for line in table.lines().filter(|line| line.contains("on delete cascade")) {
                let (own, parent) = line.split_once("references ").unwrap();
                let own = own.trim();
                let own = if own.starts_with("foreign key") {
                    words(&inside(own))
                } else {
                    vec![own.split_whitespace().next().unwrap().to_owned()]
                };
                let other = parent.split_whitespace().next().unwrap().to_owned();
                found.push((name.to_owned(), own, other, words(&inside(parent))));
            }
        }
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// Every row that refers to somebody, straight or as a part of a row that does, with the columns through which.
fn about(rows: &Rows, person: &str) -> BTreeMap<(String, usize), BTreeSet<String>> {
    let mut found: BTreeMap<(String, usize), BTreeSet<String>> = BTreeMap::new();
    for (table, lines) in rows {
        for (place, row) in lines.iter().enumerate() {
            for (column, _) in row.iter().filter(|(_, value)| value.as_str() == Some(person)) {
                found.entry((table.clone(), place)).or_default().insert(column.clone());
            }
        }
    }
    let cascades = cascades();
    loop {
        let before: usize = found.values().map(BTreeSet::len).sum();
        for (child, own, parent, theirs) in &cascades {
            let parents: Vec<Vec<Json>> = rows[parent]
                .iter()
                .enumerate()
                .filter(|(place, _)| found.contains_key(&(parent.clone(), *place)))
                .map(|(_, row)| theirs.iter().map(|column| row[column].clone()).collect())
                .collect();
            for (place, row) in rows[child].iter().enumerate() {
                let key: Vec<Json> = own.iter().map(|column| row[column].clone()).collect();
                if parents.contains(&key) {
                    found.entry((child.clone(), place)).or_default().insert(own[0].clone());
                }
            }
        }
        if before == found.values().map(BTreeSet::len).sum::<usize>() {
            return found;
        }
    }
}

fn key_of(row: &BTreeMap<String, Json>, key: &[&str]) -> String {
    key.iter().map(|column| row[*column].as_str().unwrap_or_default()).collect::<Vec<_>>().join(" ")
}

/// Sends a form and takes whatever bytes come back.
async fn bytes(visitor: &Visitor, path: &str, form: &str) -> (StatusCode, Vec<u8>) {
    let form = format!("form_token={}&{form}", visitor.form_token());
    let request = Request::post(path)
        .header(header::HOST, "espalier.test")
        .header(header::COOKIE, visitor.cookie.as_deref().unwrap())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let (parts, body) = visitor.router.clone().oneshot(request).await.unwrap().into_parts();
    (parts.status, body.collect().await.unwrap().to_bytes().to_vec())
}

fn opened(archive: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

async fn book_of(house: &House, slug: &str) -> BTreeMap<String, String> {
    let (status, archive) = bytes(&house.persona(slug).await, "/me/data/book", "").await;
    assert_eq!(status, StatusCode::OK, "{slug}");
    opened(archive)
}

async fn run(store: &Store, sql: &'static str) -> u64 {
    let mut tx = store.write().await.unwrap();
    let changed = tx.run(&Statement { name: "STORY", sql }, &[]).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

async fn one(store: &Store, sql: &'static str) -> String {
    let mut tx = store.read().await.unwrap();
    tx.first::<(String,)>(&Statement { name: "STORY", sql }, &[]).await.unwrap().unwrap().0
}

/// Somebody has something in every table: what the demo lacks is done at the doors, or written where no door does it.
async fn live(house: &House) {
    let (ada, bo, cy) = (house.persona("ada").await, house.persona("bo").await, house.persona("cy").await);
    let talk = format!("/talks/{}", one(&house.store, "select id from talk where state = 'open'").await);
    let evidence = one(&house.store, "select max(id) from evidence").await;
    for (visitor, path, form) in [
        (&ada, "/me/account/tokens".to_owned(), "name=Notes&scope=read&days=9"),
        (&ada, format!("{talk}/shares"), "with=gus@demo.example"),
        (&ada, format!("/evidence/{evidence}/corroborations"), "who=maria@partner.example"),
        (&ada, format!("/people/{}/leave", house.id_of("ada").await), "from=2026-04-01&until=2026-04-09"),
        (&ada, "/me/notices".to_owned(), "mail=off&chat=off&calendar=off&quiet_from=20:00&quiet_until=07:00"),
        (&bo, "/me/data/erasure".to_owned(), "phrase=erase+what+is+mine"),
    ] {
        let answer = visitor.post(&path, form).await;
        assert!(
            answer.status.is_redirection() || answer.status == StatusCode::OK,
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
    let file = "date,action,link\n2026-02-10,I led the retro.,\n";
    assert_eq!(ada.upload("/me/evidence/imports", "notes.csv", file).await.status, StatusCode::SEE_OTHER);
    // Cy reads what is Ada's, so that she can see it.
    assert_eq!(cy.get(&talk).await.status, StatusCode::OK);
    let ada_id = house.id_of("ada").await;
    let assessment = one(&house.store, "select id from assessment where state = 'draft'").await;
    let mut tx = house.store.write().await.unwrap();
    let now = common::story_time();
    for sql in [
        "insert into invitation (id, secret_hash, person, made_at, expires_at, used_at) values ('i', 'hash-of-an-invitation', $1, $2, $2, $2)",
        "insert into notice (id, person, kind, path, made_on, made_at, read_at) select 'n', $1, 'talk-open', '/talks', '2026-03-01', $2, null",
        "insert into preparation_evidence (talk, author, item, evidence, happened_on, words, link, standing) \
         select z.talk, z.author, 'x', 'e', '2026-01-01', 'I led the retro.', '', '' from preparation z where z.author = $1 and $2 <> '' limit 1",
        "insert into calendar_feed (person, secret_hash, made_at) values ($1, 'hash-of-a-feed', $2)",
        "insert into unsubscribe_key (person, key) values ($1, 'key-' || $2)",
        "insert into appointment (id, path, starts_at, minutes, sequence, called_off_at, changed_at) select 'a', '/talks/' || $1, $2, 60, 0, null, $2",
        "insert into appointment_guest (appointment, person, ended_at) select 'a', $1, null where $2 <> ''",
        "insert into account (person, password, state, changed_at) values ($1, null, 'active', $2) on conflict (person) do nothing",
    ] {
        let statement = Statement { name: "STORY", sql };
        tx.run(&statement, &[&ada_id, &now]).await.unwrap();
    }
    for sql in [
        "insert into point_answer (assessment, competency, low, high, changed_at) values ($1, 'facilitation', 'b', 'c', '2026-03-01T00:00:00Z') on conflict do nothing",
        "insert into chosen_archetype (assessment, archetype) values ($1, 'facilitator') on conflict do nothing",
    ] {
        tx.run(&Statement { name: "STORY", sql }, &[&assessment]).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[test]
fn every_table_says_what_it_is_kept_for_and_what_becomes_of_it() {
    let keeping = keeping();
    let made: Vec<&str> =
        house::migrations().iter().flat_map(|step| step.tables().collect::<Vec<_>>()).collect();
    let told: Vec<&str> = keeping.tables().map(|table| table.name).collect();
    for table in &made {
        let times = told.iter().filter(|name| *name == table).count();
        assert_eq!(
            times, 1,
            "the table {table} stands {times} times in what the rooms keep: declare it in the room's keeping.rs, with its \
             chapter in the book or a reason, and what becomes of it when somebody is erased"
        );
    }
    for table in &told {
        assert!(made.contains(table), "{table} is kept and does not exist");
    }
}

#[test]
fn every_kind_of_record_stands_in_the_register() {
    let (policy, keeping) = (house::policy().unwrap(), keeping());
    for kind in policy.kinds() {
        let told =
            keeping.purposes().iter().filter(|one| one.kinds.iter().any(|known| std::ptr::eq(*known, *kind)));
        assert!(told.count() >= 1, "no purpose in the register speaks of {}", kind.name);
    }
    let mut keys: Vec<&str> = keeping.purposes().iter().map(|one| one.key).collect();
    keys.sort_unstable();
    let count = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), count, "two purposes share a word");
}

#[tokio::test]
async fn every_row_about_somebody_is_in_their_book_or_has_a_reason() {
    for house in common::houses().await {
        live(&house).await;
        let keeping = keeping();
        let rows = rows(&house.store, house.folder.path()).await;
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for slug in ["ada", "bo", "cy", "di", "eve", "fay", "gus"] {
            let person = house.id_of(slug).await;
            let mut tx = house.store.read().await.unwrap();
            let now = common::story_time();
            let book = keeping.read(&mut tx, person.parse().unwrap(), now.date(), now).await.unwrap();
            for filled in book.chapters.iter().filter(|one| !one.entries.is_empty()) {
                told.insert(filled.table.name);
            }
            for ((name, place), through) in about(&rows, &person) {
                let table = keeping.tables().find(|table| table.name == name).unwrap();
                let key = key_of(&rows[&name][place], table.key);
                let excused =
                    through.iter().all(|column| table.left_out.iter().any(|(known, _)| known == column));
                assert!(
                    excused || book.holds(&name, &key),
                    "{}: the row of {name} that refers to {slug} by {through:?} is not in the book, and no reason is given",
                    house.engine
                );
            }
        }
        let empty: Vec<&str> = keeping
            .tables()
            .filter(|table| !table.chapters.is_empty() && !told.contains(table.name))
            .map(|table| table.name)
            .collect();
        assert!(empty.is_empty(), "{}: nobody in the story has anything in {empty:?}", house.engine);
    }
}

#[tokio::test]
async fn a_book_opens_without_espalier_and_holds_no_secret_and_nothing_sealed() {
    for house in common::houses().await {
        live(&house).await;
        // What Cy prepares for Bo is Cy's alone until both are ready.
        let sealed = "update preparation_answer set note = 'sealed-canary' where author = (select id from person \
                      where email = 'cy@demo.example') and talk in (select id from talk where state = 'planned')";
        assert!(run(&house.store, sealed).await > 0, "Cy has prepared for Bo");
        let (of_bo, of_cy) = (book_of(&house, "bo").await, book_of(&house, "cy").await);
        assert!(of_cy["book.json"].contains("sealed-canary") && of_cy["book.html"].contains("sealed-canary"));
        assert!(
            !of_bo["book.json"].contains("sealed-canary") && !of_bo["book.html"].contains("sealed-canary")
        );

        let of_ada = book_of(&house, "ada").await;
        assert_eq!(of_ada.keys().collect::<Vec<_>>(), ["book.html", "book.json"]);
        let html = &of_ada["book.html"];
        for outside in ["<script", "<link", "src=", "@import", "url("] {
            assert!(!html.contains(outside), "{}: {outside}", house.engine);
        }
        assert!(html.contains("Who read what is yours") && html.contains("prefers-color-scheme: dark"));
        let json: Json = serde_json::from_str(&of_ada["book.json"]).unwrap();
        assert_eq!((json["format"].as_str(), json["shape"].as_u64()), (Some("espalier-book"), Some(1)));
        let answers =
            json["chapters"].as_array().unwrap().iter().find(|one| one["chapter"] == "answers").unwrap();
        assert!(answers["entries"][0]["statement_words"].as_str().unwrap().len() > 10, "{answers}");
        for (table, lines) in rows(&house.store, house.folder.path()).await {
            for row in lines {
                for column in ["secret_hash", "password", "key"] {
                    let Some(secret) = row.get(column).and_then(Json::as_str) else { continue };
                    assert!(!of_ada["book.json"].contains(secret), "{}: {table}.{column}", house.engine);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_book_wants_the_password_once_more() {
    for house in common::houses().await {
        let ada = house.persona("ada").await;
        let person: Id = house.id_of("ada").await.parse().unwrap();
        let hash = Some(espalier_people::hashing::hash_password("a cart of blue onions"));
        let mut tx = house.store.write().await.unwrap();
        tx.run(&account::SET_PASSWORD, &[&person, &hash, &common::story_time()]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(ada.get("/me/data").await.body.contains("Your password"));
        for (path, form) in [
            ("/me/data/book", "password=nothing+like+it"),
            ("/me/data/erasure", "phrase=erase+what+is+mine&password=nothing+like+it"),
        ] {
            let answer = ada.post(path, form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(answer.body.contains("This is not your password."), "{path}");
        }
        let (status, archive) = bytes(&ada, "/me/data/book", "password=a+cart+of+blue+onions").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(opened(archive).len(), 2);
        assert!(
            one(&house.store, "select max(action) from audit_entry where action = 'take-book'").await
                == "take-book"
        );
        for _ in 0..10 {
            ada.post("/me/data/book", "password=nothing+like+it").await;
        }
        let (status, _) = bytes(&ada, "/me/data/book", "password=a+cart+of+blue+onions").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn a_life_of_ten_thousand_pieces_fits_into_a_book() {
    for house in common::houses().await {
        let ada: Id = house.id_of("ada").await.parse().unwrap();
        let mint = Mint::seeded(7);
        let now = common::story_time();
        let text = |text: String| Value::Text(text.into());
        let pieces: Vec<Vec<Value<'static>>> = (0..10_000)
            .map(|place| {
                vec![
                    text(mint.id(now).to_string()),
                    text(ada.to_string()),
                    text(now.date().plus_days(-place % 3_000).to_string()),
                    text("The release was near and two teams waited for each other.".to_owned()),
                    text(format!("I brought them to one table, the {place}th time.")),
                    text("They agreed on an order and shipped in the same week.".to_owned()),
                    text(String::new()),
                    Value::Whole(1),
                    text(now.to_string()),
                    text(now.to_string()),
                ]
            })
            .collect();
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
        let mut tx = house.store.write().await.unwrap();
        tx.insert_many("evidence", &columns, &pieces).await.unwrap();
        tx.commit().await.unwrap();
        let began = std::time::Instant::now();
        let book = book_of(&house, "ada").await;
        eprintln!("{}: a book of 10,000 pieces took {} ms", house.engine, began.elapsed().as_millis());
        assert_eq!(book["book.json"].matches("I brought them to one table").count(), 10_000);
        assert_eq!(book["book.html"].matches("I brought them to one table").count(), 10_000);
    }
}

/// Kept here so that the page of a book is looked at as it leaves the house.
#[tokio::test]
async fn a_book_names_who_it_belongs_to_and_when_it_was_made() {
    for house in common::houses().await {
        let html = &book_of(&house, "ada").await["book.html"];
        assert!(html.contains("<h1>The book of Ada") && html.contains("2 March 2026"), "{}", house.engine);
    }
}
