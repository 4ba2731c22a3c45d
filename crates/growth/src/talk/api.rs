//! Talks as JSON, for the programs of their two sides.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use espalier_access::Action;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Date, Moment};
use espalier_people::shares;
use espalier_web::{Door, Doors, Operation, Path, Sent, WebError};
use serde::{Deserialize, Serialize};

use super::actions::{self, WrittenItem};
use super::prepare::{self, Written};
use super::queries::{self, ItemRow, NoteRow, PreparedRow, TalkLine};
use super::{ItemKind, Outcome, Part, TalkId, TalkState};
use crate::assessment::Answer;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/me/talks", get(list_talks).post(create_talk))
        .route("/api/v1/talks/{id}", get(show_talk))
        .route("/api/v1/talks/{id}/preparation", get(show_preparation))
        .route("/api/v1/talks/{id}/preparation/{item}", put(save_answer))
        .route("/api/v1/talks/{id}/preparation-completion", post(create_completion))
        .route("/api/v1/talks/{id}/items/{item}", put(save_item))
        .route("/api/v1/talks/{id}/notes/{part}", put(save_note))
        .route("/api/v1/talks/{id}/signature", post(create_signature))
}

const TALK: &str = r#"{"type":"object","required":["id","person","holder","level","version","item_kind","state","due_on","meets_at"],
    "properties":{"id":{"type":"string"},"person":{"type":"string"},"holder":{"type":["string","null"]},
    "level":{"type":"string"},"version":{"type":["string","null"]},"item_kind":{"enum":["statement","competency"]},
    "state":{"enum":["planned","open","signed","called-off"]},"due_on":{"type":"string","format":"date"},
    "meets_at":{"type":["string","null"],"format":"date-time"}}}"#;
const TALKS: &str = r#"{"type":"object","required":["items"],"properties":{"items":{"type":"array","items":
    {"type":"object","required":["id","person","holder","level","version","item_kind","state","due_on","meets_at"],
    "properties":{"id":{"type":"string"},"person":{"type":"string"},"holder":{"type":["string","null"]},
    "level":{"type":"string"},"version":{"type":["string","null"]},"item_kind":{"enum":["statement","competency"]},
    "state":{"enum":["planned","open","signed","called-off"]},"due_on":{"type":"string","format":"date"},
    "meets_at":{"type":["string","null"],"format":"date-time"}}}}}}"#;
const WHOLE_TALK: &str = r#"{"type":"object",
    "required":["id","person","holder","level","version","item_kind","state","due_on","meets_at","revision","views","outcomes","notes"],
    "properties":{"id":{"type":"string"},"person":{"type":"string"},"holder":{"type":["string","null"]},
    "level":{"type":"string"},"version":{"type":["string","null"]},"item_kind":{"enum":["statement","competency"]},
    "state":{"enum":["planned","open","signed","called-off"]},"due_on":{"type":"string","format":"date"},
    "meets_at":{"type":["string","null"],"format":"date-time"},"revision":{"type":"integer"},
    "views":{"type":"array","items":{"type":"object","required":["item","side","state","note"],"properties":{
    "item":{"type":"string"},"side":{"enum":["person","holder"]},
    "state":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},"note":{"type":"string"}}}},
    "outcomes":{"type":"array","items":{"type":"object","required":["item","outcome","agreed","person_words","holder_words","revision"],
    "properties":{"item":{"type":"string"},"outcome":{"enum":["unsaid","agreed","differ"]},
    "agreed":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
    "person_words":{"type":"string"},"holder_words":{"type":"string"},"revision":{"type":"integer"}}}},
    "notes":{"type":"array","items":{"type":"object","required":["part","words","revision"],"properties":{
    "part":{"enum":["notes","path"]},"words":{"type":"string"},"revision":{"type":"integer"}}}}}}"#;
const ANSWER: &str = r#"{"type":"object","required":["item","state","note","revision"],"properties":{"item":{"type":"string"},
    "state":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},"note":{"type":"string"},
    "revision":{"type":"integer"}}}"#;
const ITEM: &str = r#"{"type":"object","required":["item","outcome","agreed","person_words","holder_words","revision"],
    "properties":{"item":{"type":"string"},"outcome":{"enum":["unsaid","agreed","differ"]},
    "agreed":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
    "person_words":{"type":"string"},"holder_words":{"type":"string"},"revision":{"type":"integer"}}}"#;
const NOTE: &str = r#"{"type":"object","required":["part","words","revision"],"properties":{
    "part":{"enum":["notes","path"]},"words":{"type":"string"},"revision":{"type":"integer"}}}"#;
const STATE: &str = r#"{"type":"object","required":["state"],"properties":{
    "state":{"enum":["planned","open","signed","called-off"]}}}"#;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/me/talks",
        summary: "One's own talks, newest first, then those one holds, the next due first.",
        query: &[],
        body: None,
        status: 200,
        answer: TALKS,
    },
    Operation {
        method: "post",
        path: "/api/v1/me/talks",
        summary: "Plans a talk: one's own, or of somebody one leads, named by e-mail address.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["due_on"],"additionalProperties":false,"properties":{
                "due_on":{"type":"string","format":"date"},"person":{"type":"string"},
                "item_kind":{"enum":["statement","competency"]}}}"#,
        ),
        status: 201,
        answer: TALK,
    },
    Operation {
        method: "get",
        path: "/api/v1/talks/{id}",
        summary: "One with the views of both sides once it has opened, what came of each point, and the notes.",
        query: &[],
        body: None,
        status: 200,
        answer: WHOLE_TALK,
    },
    Operation {
        method: "get",
        path: "/api/v1/talks/{id}/preparation",
        summary: "One's own preparation.",
        query: &[],
        body: None,
        status: 200,
        answer: r#"{"type":"object","required":["items","sealed_at"],"properties":{
            "sealed_at":{"type":["string","null"],"format":"date-time"},
            "items":{"type":"array","items":{"type":"object","required":["item","state","note","revision"],"properties":{
            "item":{"type":"string"},"state":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
            "note":{"type":"string"},"revision":{"type":"integer"}}}}}}"#,
    },
    Operation {
        method: "put",
        path: "/api/v1/talks/{id}/preparation/{item}",
        summary: "Says something about a point, before the talk opens. With an older revision, both notes are kept.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["state"],"additionalProperties":false,"properties":{
                "state":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
                "note":{"type":"string"},"revision":{"type":"integer"}}}"#,
        ),
        status: 200,
        answer: ANSWER,
    },
    Operation {
        method: "post",
        path: "/api/v1/talks/{id}/preparation-completion",
        summary: "Hands one's preparation in, sealed. The talk opens when both have.",
        query: &[],
        body: None,
        status: 200,
        answer: STATE,
    },
    Operation {
        method: "put",
        path: "/api/v1/talks/{id}/items/{item}",
        summary: "Says what came of a point of an open talk. With an older revision, the words of both are kept.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["outcome"],"additionalProperties":false,"properties":{
                "outcome":{"enum":["unsaid","agreed","differ"]},
                "agreed":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
                "person_words":{"type":"string"},"holder_words":{"type":"string"},"revision":{"type":"integer"}}}"#,
        ),
        status: 200,
        answer: ITEM,
    },
    Operation {
        method: "put",
        path: "/api/v1/talks/{id}/notes/{part}",
        summary: "Writes a part of the shared notes. With an older revision, both texts are kept.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["words"],"additionalProperties":false,"properties":{
                "words":{"type":"string"},"revision":{"type":"integer"}}}"#,
        ),
        status: 200,
        answer: NOTE,
    },
    Operation {
        method: "post",
        path: "/api/v1/talks/{id}/signature",
        summary: "Signs an open talk as it was read, which its revision tells. With both signatures it never changes again.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["revision"],"additionalProperties":false,"properties":{
                "revision":{"type":"integer"}}}"#,
        ),
        status: 200,
        answer: STATE,
    },
];

/// A talk as JSON.
#[derive(Debug, Serialize)]
pub struct TalkJson {
    id: TalkId,
    person: String,
    holder: Option<String>,
    level: String,
    version: Option<VersionId>,
    item_kind: ItemKind,
    state: TalkState,
    due_on: Date,
    meets_at: Option<Moment>,
}

impl From<TalkLine> for TalkJson {
    fn from(line: TalkLine) -> Self {
        Self {
            id: line.id,
            person: line.person_name,
            holder: line.holder_name,
            level: line.level,
            version: line.version,
            item_kind: line.item_kind,
            state: line.state,
            due_on: line.due_on,
            meets_at: line.meets_at,
        }
    }
}

/// A list as JSON.
#[derive(Debug, Serialize)]
pub struct List<T> {
    items: Vec<T>,
}

/// `GET /api/v1/me/talks`: one's own talks, and those one holds.
async fn list_talks(mut door: Door) -> Result<Json<List<TalkJson>>, WebError> {
    let (own, held) = actions::lists(&mut door.tx, &door.viewer).await?;
    Ok(Json(List { items: own.into_iter().chain(held).map(Into::into).collect() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTalk {
    due_on: Date,
    #[serde(default)]
    person: String,
    item_kind: Option<ItemKind>,
}

/// `POST /api/v1/me/talks`: plans one.
async fn create_talk(
    mut door: Door,
    Sent(new): Sent<NewTalk>,
) -> Result<(StatusCode, Json<TalkJson>), WebError> {
    if new.due_on < door.viewer.today {
        return Err(WebError::Refused("Choose today or a later day.".to_owned()));
    }
    let Door { viewer, tx, kit } = &mut door;
    let person = match new.person.trim() {
        "" => viewer.person,
        typed => {
            let found = shares::pick(tx, viewer, typed).await?;
            found.map_err(|sentence| WebError::Refused(sentence.to_owned()))?.id()
        }
    };
    let item_kind = new.item_kind.unwrap_or(ItemKind::Statement);
    let id = actions::plan(tx, viewer, &kit.mint, person, new.due_on, item_kind).await?;
    let (_, line, _) = actions::find_for(tx, viewer, Action::Read, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, Json(line.into())))
}

/// What one side said about a point as JSON.
#[derive(Debug, Serialize)]
pub struct ViewJson {
    item: String,
    side: super::Side,
    state: Answer,
    note: String,
}

/// What came of a point as JSON.
#[derive(Debug, Serialize)]
pub struct ItemJson {
    item: String,
    outcome: Outcome,
    agreed: Answer,
    person_words: String,
    holder_words: String,
    revision: i64,
}

impl From<ItemRow> for ItemJson {
    fn from(row: ItemRow) -> Self {
        let ItemRow { item, outcome, agreed, person_words, holder_words, revision } = row;
        Self { item, outcome, agreed, person_words, holder_words, revision }
    }
}

/// A part of the notes as JSON.
#[derive(Debug, Serialize)]
pub struct NoteJson {
    part: Part,
    words: String,
    revision: i64,
}

impl From<NoteRow> for NoteJson {
    fn from(NoteRow { part, words, revision }: NoteRow) -> Self {
        Self { part, words, revision }
    }
}

/// A talk with all that both may read, as JSON.
#[derive(Debug, Serialize)]
pub struct WholeTalkJson {
    #[serde(flatten)]
    talk: TalkJson,
    /// Raised with each change of outcomes and notes.
    revision: i64,
    views: Vec<ViewJson>,
    outcomes: Vec<ItemJson>,
    notes: Vec<NoteJson>,
}

/// `GET /api/v1/talks/{id}`: one with all that both may read.
async fn show_talk(mut door: Door, Path(id): Path<TalkId>) -> Result<Json<WholeTalkJson>, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let (permit, line, side) = actions::find_for(tx, viewer, Action::Read, id).await?;
    let sides = [super::Side::Person, super::Side::Holder];
    let contents = queries::contents(tx, &permit, &line, side).await?;
    let views = sides
        .into_iter()
        .zip(contents.prepared)
        .flat_map(|(side, prepared)| {
            prepared.answers.into_iter().map(move |row| ViewJson {
                item: row.item,
                side,
                state: row.state,
                note: row.note,
            })
        })
        .collect();
    Ok(Json(WholeTalkJson {
        talk: line.into(),
        revision: queries::revision(&contents.items, &contents.notes),
        views,
        outcomes: contents.items.into_iter().map(Into::into).collect(),
        notes: contents.notes.into_iter().map(Into::into).collect(),
    }))
}

/// What somebody prepared about a point as JSON.
#[derive(Debug, Serialize)]
pub struct AnswerJson {
    item: String,
    state: Answer,
    note: String,
    revision: i64,
}

impl From<PreparedRow> for AnswerJson {
    fn from(PreparedRow { item, state, note, revision }: PreparedRow) -> Self {
        Self { item, state, note, revision }
    }
}

/// One's own preparation as JSON.
#[derive(Debug, Serialize)]
pub struct PreparationJson {
    sealed_at: Option<Moment>,
    items: Vec<AnswerJson>,
}

/// `GET /api/v1/talks/{id}/preparation`: one's own preparation.
async fn show_preparation(mut door: Door, Path(id): Path<TalkId>) -> Result<Json<PreparationJson>, WebError> {
    let own = prepare::own(&mut door.tx, &door.viewer, id).await?;
    Ok(Json(PreparationJson {
        sealed_at: own.begun.and_then(|begun| begun.sealed_at),
        items: own.prepared.answers.into_iter().map(Into::into).collect(),
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAnswer {
    state: Answer,
    #[serde(default)]
    note: String,
    /// The revision that was read; leave it out for the first answer.
    #[serde(default)]
    revision: i64,
}

/// `PUT /api/v1/talks/{id}/preparation/{item}`: says something about a point.
async fn save_answer(
    mut door: Door,
    Path((id, item)): Path<(TalkId, String)>,
    Sent(new): Sent<NewAnswer>,
) -> Result<Json<AnswerJson>, WebError> {
    let written = Written { item, state: new.state, note: new.note, revision: new.revision };
    let row = prepare::answer(&mut door.tx, &door.viewer, id, written).await?;
    door.tx.commit().await?;
    Ok(Json(row.into()))
}

/// Where a talk stands as JSON.
#[derive(Debug, Serialize)]
pub struct StateJson {
    state: TalkState,
}

/// `POST /api/v1/talks/{id}/preparation-completion`: hands one's preparation in.
async fn create_completion(mut door: Door, Path(id): Path<TalkId>) -> Result<Json<StateJson>, WebError> {
    let state = prepare::seal(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Json(StateJson { state }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewItem {
    outcome: Outcome,
    agreed: Option<Answer>,
    #[serde(default)]
    person_words: String,
    #[serde(default)]
    holder_words: String,
    #[serde(default)]
    revision: i64,
}

/// `PUT /api/v1/talks/{id}/items/{item}`: says what came of a point.
async fn save_item(
    mut door: Door,
    Path((id, item)): Path<(TalkId, String)>,
    Sent(new): Sent<NewItem>,
) -> Result<Json<ItemJson>, WebError> {
    let written = WrittenItem {
        item,
        outcome: new.outcome,
        agreed: new.agreed.unwrap_or(Answer::NotObserved),
        person_words: new.person_words,
        holder_words: new.holder_words,
        revision: new.revision,
    };
    let row = actions::set_item(&mut door.tx, &door.viewer, id, written).await?;
    door.tx.commit().await?;
    Ok(Json(row.into()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNote {
    words: String,
    #[serde(default)]
    revision: i64,
}

/// `PUT /api/v1/talks/{id}/notes/{part}`: writes a part of the shared notes.
async fn save_note(
    mut door: Door,
    Path((id, part)): Path<(TalkId, String)>,
    Sent(new): Sent<NewNote>,
) -> Result<Json<NoteJson>, WebError> {
    let part = part.parse().map_err(|_| WebError::NotFound)?;
    let row = actions::set_note(&mut door.tx, &door.viewer, id, part, new.words, new.revision).await?;
    door.tx.commit().await?;
    Ok(Json(row.into()))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSignature {
    revision: i64,
}

/// `POST /api/v1/talks/{id}/signature`: signs.
async fn create_signature(
    mut door: Door,
    Path(id): Path<TalkId>,
    Sent(new): Sent<NewSignature>,
) -> Result<Json<StateJson>, WebError> {
    let state = actions::sign(&mut door.tx, &door.viewer, &door.kit.mint, id, new.revision).await?;
    door.tx.commit().await?;
    Ok(Json(StateJson { state }))
}
