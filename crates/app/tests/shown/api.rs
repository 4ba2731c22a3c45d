//! Every operation of the API is asked once, in the order in which a program would: its answer is what its description
//! says, no more and no less, and stands in `snapshots/`. What its description forbids is refused.

use std::fmt::Write as _;

use axum::http::{Method, StatusCode};
use boon::{Compiler, Schemas};
use espalier_web::Operation;
use serde_json::{Value, json};

use crate::common::routes::Things;
use crate::common::{self, Answer, House, Visitor};
use crate::without_ids;

/// So many entries of a list are shown; the rest look alike.
const SHOWN: usize = 2;

/// Whether a value is as described; else all that is wrong with it.
fn check(schema: &Value, value: &Value) -> Result<(), String> {
    let mut compiler = Compiler::new();
    compiler.enable_format_assertions();
    compiler.add_resource("house:schema", schema.clone()).map_err(|error| format!("{error:#}"))?;
    let mut schemas = Schemas::new();
    let place = compiler.compile("house:schema", &mut schemas).map_err(|error| format!("{error:#}"))?;
    schemas.validate(value, place).map_err(|error| format!("{error:#}"))
}

/// Programs must bear with what comes later, so answers are open; here nothing may be said that is not described.
fn closed(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(map) = schema.as_object_mut() {
        for (_, part) in map.iter_mut().filter(|(key, _)| *key != "properties") {
            if part.is_object() {
                *part = closed(part);
            }
        }
        if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) {
            for part in properties.values_mut() {
                *part = closed(part);
            }
            map.entry("additionalProperties").or_insert(json!(false));
        }
    }
    schema
}

/// The objects in a schema that describe fields.
fn objects(schema: &Value) -> Vec<&Value> {
    let inner = schema.as_object().into_iter().flat_map(|map| map.values()).flat_map(|part| match part {
        Value::Object(_) => objects(part),
        _ => Vec::new(),
    });
    let own = schema.get("properties").is_some_and(Value::is_object).then_some(schema);
    own.into_iter().chain(inner).collect()
}

fn read(schema: &str) -> Value {
    serde_json::from_str(schema).unwrap()
}

/// What a program sends to each operation that takes something.
fn sent(operation: &Operation) -> Option<Value> {
    match (operation.method, operation.path) {
        ("post", "/api/v1/me/assessments") => {
            Some(json!({ "framework": "agile-coaching", "level": "senior" }))
        }
        ("post", "/api/v1/talks/rounds" | "/api/v1/talks/rounds/preview") => {
            Some(json!({ "name": "By the weir", "due_on": "2026-06-20", "item_kind": "competency" }))
        }
        ("post", "/api/v1/me/talks") => Some(json!({ "due_on": "2026-03-20" })),
        ("put", "/api/v1/talks/{id}/items/{item}") => Some(
            json!({ "outcome": "agreed", "agreed": "meeting", "person_words": "By the weir.", "revision": 9 }),
        ),
        ("post", "/api/v1/talks/{id}/signature") => Some(json!({ "revision": 0 })),
        ("put", "/api/v1/talks/{id}/notes/{part}") => Some(json!({ "words": "By the weir.", "revision": 9 })),
        ("post", "/api/v1/me/evidence") => Some(json!({
            "happened_on": "2026-03-01", "situation": "A flood.", "deed": "I opened the weir.", "effect": "",
            "link": "https://wiki.example/weir", "statements": ["sco2"]
        })),
        ("put", "/api/v1/me/evidence/{id}") => Some(json!({
            "happened_on": "2026-03-01", "situation": "", "deed": "By the weir.", "effect": "", "link": "",
            "revision": 1
        })),
        ("post", "/api/v1/me/plan") => Some(json!({ "to": "sco2", "talk": null })),
        ("put", "/api/v1/plan/{id}") => {
            Some(json!({ "why": "By the weir.", "first_step": "Look at it.", "revision": 2 }))
        }
        ("post", "/api/v1/plan/{id}/ratings") => Some(json!({ "reached": 1, "words": "By the weir." })),
        ("post", "/api/v1/me/goals") => Some(json!({
            "title": "Fewer floods", "why": "", "measure": "floods a year", "from": "3", "to": "1",
            "by_on": "2026-06-01"
        })),
        ("post", "/api/v1/goals/{id}/values") => {
            Some(json!({ "measured_on": "2026-03-01", "value": "2", "words": "By the weir." }))
        }
        ("post", "/api/v1/me/feedback") => Some(json!({
            "to": "bo@demo.example", "situation": "A flood.", "behaviour": "You opened the weir.", "effect": "",
            "statements": ["sco2"]
        })),
        ("post", "/api/v1/me/feedback/questions") => {
            Some(json!({ "from": "cy@demo.example", "question": "What of the weir?" }))
        }
        ("put", _) => Some(json!({ "state": "meeting", "note": "By the weir.", "revision": 1 })),
        _ => None,
    }
}

async fn ask(visitor: &Visitor, operation: &Operation, path: &str, body: Option<&Value>) -> Answer {
    let method: Method = operation.method.to_uppercase().parse().unwrap();
    let body = body.map(ToString::to_string);
    visitor.send(method, path, body.as_deref(), &[("content-type", "application/json")]).await
}

/// What a program sends that has read the talk a moment before, so that it signs what stands there.
async fn as_read(ada: &Visitor, operation: &Operation, path: &str) -> Option<Value> {
    let mut body = sent(operation)?;
    if let Some(talk) = path.strip_suffix("/signature") {
        let talk: Value = serde_json::from_str(&ada.get(talk).await.body).unwrap();
        body["revision"] = talk["revision"].clone();
    }
    Some(body)
}

/// The path of an operation. What is prepared is a talk that Ada planned a moment ago.
async fn path_of(things: &Things, ada: &Visitor, operation: &Operation) -> String {
    if !operation.path.starts_with("/api/v1/talks/{id}/preparation") {
        return things.path(operation.path);
    }
    let talks = ada.get("/api/v1/me/talks").await.body;
    let talks: Value = serde_json::from_str(&talks).unwrap();
    let planned = talks["items"].as_array().unwrap().iter().find(|talk| talk["state"] == "planned").unwrap();
    things.path(&operation.path.replace("{id}", planned["id"].as_str().unwrap()))
}

/// Cuts long lists short.
fn shortened(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let more = items.len().saturating_sub(SHOWN);
            let mut items: Vec<Value> = items.into_iter().take(SHOWN).map(shortened).collect();
            if more > 0 {
                items.push(json!(format!("… {more} more")));
            }
            items.into()
        }
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, shortened(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

async fn walk(house: &House) -> String {
    let things = Things::find(house).await;
    let (ada, di) = (house.persona("ada").await, house.persona("di").await);
    let mut text = String::new();
    for operation in espalier_app::house::operations() {
        let path = path_of(&things, &ada, &operation).await;
        let name = format!("{} {}", operation.method.to_uppercase(), operation.path);
        let body = as_read(&ada, &operation, &path).await;
        assert_eq!(body.is_some(), operation.body.is_some(), "{name} takes something, or does not");
        let asking = if operation.path.contains("/rounds") { &di } else { &ada };
        let answer = ask(asking, &operation, &path, body.as_ref()).await;
        assert_eq!(answer.status.as_u16(), operation.status, "{}: {name}: {}", house.engine, answer.body);
        let value: Value = serde_json::from_str(&answer.body).unwrap();
        check(&closed(&read(operation.answer)), &value).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        let shown = serde_json::to_string_pretty(&shortened(value)).unwrap();
        let _ = writeln!(text, "=== {name}: {}\n{}\n", answer.status, without_ids(&shown));
    }
    text
}

#[tokio::test]
async fn every_answer_of_the_api_is_as_described() {
    let mut engines: Vec<(&str, String)> = Vec::new();
    for house in common::houses().await {
        engines.push((house.engine, walk(&house).await));
    }
    insta::assert_snapshot!("api", engines[0].1);
    for (engine, text) in &engines[1..] {
        assert_eq!(*text, engines[0].1, "{engine} answers otherwise");
    }
}

#[tokio::test]
async fn what_a_description_forbids_is_refused_and_changes_nothing() {
    let problem = espalier_web::describe(&[], "0")["components"]["schemas"]["Problem"].clone();
    let house = common::houses().await.remove(0);
    let things = Things::find(&house).await;
    let (ada, di) = (house.persona("ada").await, house.persona("di").await);
    for operation in espalier_app::house::operations() {
        let asking = if operation.path.contains("/rounds") { &di } else { &ada };
        let Some(schema) = operation.body.map(read) else { continue };
        let path = path_of(&things, &ada, &operation).await;
        let body = as_read(&ada, &operation, &path).await.unwrap();
        check(&schema, &body).unwrap();
        let mut wrong = vec![json!([]), json!(null), json!("text")];
        let with = |key: &str, value: Value| {
            let mut body = body.clone();
            body[key] = value;
            body
        };
        wrong.push(with("unheard_of", json!(true)));
        for (key, part) in schema["properties"].as_object().unwrap() {
            wrong.push(with(key, json!({ "unheard": "of" })));
            if part.get("enum").is_some() {
                wrong.push(with(key, json!("unheard-of")));
            }
        }
        for key in schema["required"].as_array().unwrap() {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(key.as_str().unwrap());
            wrong.push(without);
        }
        let before = ada.get("/api/v1/me/assessments").await.body;
        for wrong in wrong {
            assert!(check(&schema, &wrong).is_err(), "{} describes {wrong} as right", operation.path);
            let answer = ask(asking, &operation, &path, Some(&wrong)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{} {wrong}: {}", operation.path, answer.body);
            check(&problem, &serde_json::from_str(&answer.body).unwrap()).unwrap();
        }
        assert_eq!(ada.get("/api/v1/me/assessments").await.body, before);
        // And what is left out because it may be is taken.
        let mut least = body.clone();
        let required = schema["required"].as_array().unwrap();
        least.as_object_mut().unwrap().retain(|key, _| required.iter().any(|one| one == key));
        // A talk with a point that is half said is not signed, whatever is sent.
        if !operation.path.ends_with("/signature") {
            let answer = ask(asking, &operation, &path, Some(&least)).await;
            assert_eq!(answer.status.as_u16(), operation.status, "{}: {}", operation.path, answer.body);
        }
    }
}

#[test]
fn a_description_says_of_each_field_whether_it_is_always_there() {
    for operation in espalier_app::house::operations() {
        let answer = read(operation.answer);
        for object in objects(&answer) {
            assert!(object["required"].is_array(), "{}: {object}", operation.path);
        }
        let Some(body) = operation.body.map(read) else { continue };
        for object in objects(&body) {
            assert_eq!(object["additionalProperties"], json!(false), "{}: {object}", operation.path);
        }
    }
}

#[test]
fn a_value_that_is_not_as_described_is_noticed() {
    let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } });
    assert!(check(&closed(&schema), &json!({ "a": "x" })).is_ok());
    assert!(check(&closed(&schema), &json!({ "a": "x", "b": 1 })).is_err());
    assert!(check(&closed(&schema), &json!({})).is_err());
    assert!(check(&closed(&schema), &json!({ "a": 1 })).is_err());
}
