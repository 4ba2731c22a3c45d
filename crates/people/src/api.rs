//! People as JSON: the same actions as the pages, for programs.

use axum::Json;
use axum::routing::get;
use espalier_access::{Action, State};
use espalier_web::{Door, Doors, Operation, Path, Query, WebError};
use serde::{Deserialize, Serialize};

use crate::access::{Level, ORGANISATION, Profile};
use crate::actions;
use crate::person::{Person, PersonId, PersonLine};
use crate::queries::{self, Place};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/people", get(list_people))
        .route("/api/v1/people/{id}", get(show_person))
        .route("/api/v1/people/{id}/levels", get(list_levels))
        .route("/api/v1/me", get(show_me))
}

const PERSON: &str = r#"{"type":"object","required":["id","name","kind","email","pronouns","job_title","team",
    "location","time_zone","working_hours","languages"],"properties":{"id":{"type":"string"},"name":{"type":"string"},
    "kind":{"enum":["member","guest"]},"email":{"type":"string"},"pronouns":{"type":"string"},
    "job_title":{"type":"string"},"team":{"type":["string","null"]},"location":{"type":"string"},
    "time_zone":{"type":"string"},"working_hours":{"type":"string"},"languages":{"type":"string"}}}"#;

const fn get_of(path: &'static str, summary: &'static str, answer: &'static str) -> Operation {
    Operation { method: "get", path, summary, query: &[], body: None, status: 200, answer }
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        query: &[
            ("q", "the start of names, titles or addresses"),
            ("after", "where the last answer said to go on"),
        ],
        ..get_of(
            "/api/v1/people",
            "The directory in the order of names, or the first people found.",
            r#"{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{
                "type":"object","required":["id","name","job_title","team","location"],"properties":{
                "id":{"type":"string"},"name":{"type":"string"},"job_title":{"type":"string"},
                "team":{"type":["string","null"]},"location":{"type":"string"}}}},"next":{"type":["string","null"]}}}"#,
        )
    },
    get_of("/api/v1/people/{id}", "One person.", PERSON),
    get_of(
        "/api/v1/people/{id}/levels",
        "The levels of a person, newest first.",
        r#"{"type":"object","required":["items","next"],"properties":{"items":{"type":"array","items":{
            "type":"object","required":["framework","track","level","since"],"properties":{
            "framework":{"type":"string"},"track":{"type":"string"},"level":{"type":"string"},
            "since":{"type":"string","format":"date"}}}},"next":{"type":["string","null"]}}}"#,
    ),
    get_of("/api/v1/me", "The person the token belongs to.", PERSON),
];

/// A person as JSON.
#[derive(Debug, Serialize)]
pub struct PersonJson {
    id: PersonId,
    name: String,
    kind: String,
    email: String,
    pronouns: String,
    job_title: String,
    team: Option<String>,
    location: String,
    time_zone: String,
    working_hours: String,
    languages: String,
}

impl From<Person> for PersonJson {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            name: person.name,
            kind: person.kind.word().to_owned(),
            email: person.email,
            pronouns: person.pronouns,
            job_title: person.job_title,
            team: person.team_name,
            location: person.location,
            time_zone: person.time_zone,
            working_hours: person.working_hours,
            languages: person.languages,
        }
    }
}

/// A person in a list as JSON.
#[derive(Debug, Serialize)]
pub struct PersonLineJson {
    id: PersonId,
    name: String,
    job_title: String,
    team: Option<String>,
    location: String,
}

impl From<PersonLine> for PersonLineJson {
    fn from(line: PersonLine) -> Self {
        Self {
            id: line.id,
            name: line.name,
            job_title: line.job_title,
            team: line.team_name,
            location: line.location,
        }
    }
}

/// A part of a list and where it goes on.
#[derive(Debug, Serialize)]
pub struct ListJson<T> {
    items: Vec<T>,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListQuery {
    q: String,
    after: String,
}

/// `GET /api/v1/people`: the directory in the order of names, or the first people found by `q`.
async fn list_people(
    mut door: Door,
    Query(query): Query<ListQuery>,
) -> Result<Json<ListJson<PersonLineJson>>, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<Profile>(tx, Action::Discover, ORGANISATION, State::Open).await?;
    if !query.q.trim().is_empty() {
        let found = queries::search(tx, &permit, &query.q, viewer.today).await?;
        return Ok(Json(ListJson { items: found.into_iter().map(Into::into).collect(), next: None }));
    }
    let place = match query.after.rsplit_once('~') {
        Some((sort_key, id)) => Place { sort_key: sort_key.to_owned(), id: id.to_owned() },
        None => Place::default(),
    };
    let screen = queries::directory(tx, &permit, &place, viewer.today).await?;
    let next = screen
        .has_more
        .then(|| screen.lines.last().map(|line| format!("{}~{}", line.sort_key, line.id)))
        .flatten();
    Ok(Json(ListJson { items: screen.lines.into_iter().map(Into::into).collect(), next }))
}

/// `GET /api/v1/people/{id}`: one person.
async fn show_person(mut door: Door, Path(id): Path<PersonId>) -> Result<Json<PersonJson>, WebError> {
    let person = actions::find_person(&mut door.tx, &door.viewer, id).await?;
    Ok(Json(person.into()))
}

/// `GET /api/v1/me`: the person the token belongs to.
async fn show_me(mut door: Door) -> Result<Json<PersonJson>, WebError> {
    let id = PersonId::new(door.viewer.person);
    let person = actions::find_person(&mut door.tx, &door.viewer, id).await?;
    Ok(Json(person.into()))
}

/// A level as JSON.
#[derive(Debug, Serialize)]
pub struct LevelJson {
    framework: String,
    track: String,
    level: String,
    since: espalier_kernel::Date,
}

/// `GET /api/v1/people/{id}/levels`: the levels of a person, newest first.
async fn list_levels(
    mut door: Door,
    Path(id): Path<PersonId>,
) -> Result<Json<ListJson<LevelJson>>, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<Level>(tx, Action::Read, id.id(), State::Open).await?;
    let entries = queries::levels(tx, &permit, id).await?;
    let items = entries
        .into_iter()
        .map(|entry| LevelJson {
            framework: entry.framework,
            track: entry.track,
            level: entry.level,
            since: entry.since_on,
        })
        .collect();
    Ok(Json(ListJson { items, next: None }))
}
