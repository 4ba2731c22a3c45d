//! Feedback as JSON, for the programs of its two sides.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use espalier_kernel::Moment;
use espalier_web::{Door, Doors, Operation, Path, Sent, WebError};
use serde::{Deserialize, Serialize};

use super::actions::{self, Found};
use super::queries::{self, FeedbackLine, FeedbackRow, Topic};
use super::{FeedbackId, FeedbackState, Written};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/me/feedback", get(list_feedback).post(create_feedback))
        .route("/api/v1/me/feedback/questions", post(create_question))
        .route("/api/v1/feedback/{id}", get(show_feedback))
        .route("/api/v1/feedback/{id}/reading", post(create_reading))
}

macro_rules! line {
    () => {
        r#"{"type":"object","required":["id","from","to","question","state","read"],"properties":{"id":{"type":"string"},
        "from":{"type":"string"},"to":{"type":"string"},"question":{"type":"string"},
        "state":{"enum":["draft","given","declined","taken-back"]},"read":{"type":"boolean"}}}"#
    };
}

const FEEDBACK: &str = r#"{"type":"object","required":["id","from","to","question","situation","behaviour","effect","state","given_at"],
    "properties":{"id":{"type":"string"},"from":{"type":"string"},"to":{"type":"string"},"question":{"type":"string"},
    "situation":{"type":"string"},"behaviour":{"type":"string"},"effect":{"type":"string"},
    "state":{"enum":["draft","given","declined","taken-back"]},"given_at":{"type":["string","null"],"format":"date-time"}}}"#;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/me/feedback",
        summary: "Who gave or asked what, newest first; what it says is read one by one.",
        query: &[],
        body: None,
        status: 200,
        answer: concat!(
            r#"{"type":"object","required":["written","received"],"properties":{"written":{"type":"array","items":"#,
            line!(),
            r#"},"received":{"type":"array","items":"#,
            line!(),
            "}}}"
        ),
    },
    Operation {
        method: "post",
        path: "/api/v1/me/feedback",
        summary: "Gives feedback to a colleague, named by e-mail address or full name.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["to","behaviour"],"additionalProperties":false,"properties":{
            "to":{"type":"string"},"situation":{"type":"string"},"behaviour":{"type":"string"},"effect":{"type":"string"},
            "statements":{"type":"array","items":{"type":"string"}}}}"#,
        ),
        status: 201,
        answer: FEEDBACK,
    },
    Operation {
        method: "post",
        path: "/api/v1/me/feedback/questions",
        summary: "Asks a colleague for feedback.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["from","question"],"additionalProperties":false,"properties":{
            "from":{"type":"string"},"question":{"type":"string"}}}"#,
        ),
        status: 201,
        answer: r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}"#,
    },
    Operation {
        method: "get",
        path: "/api/v1/feedback/{id}",
        summary: "One, for its giver, for its receiver once they have opened it, and for those they chose.",
        query: &[],
        body: None,
        status: 200,
        answer: FEEDBACK,
    },
    Operation {
        method: "post",
        path: "/api/v1/feedback/{id}/reading",
        summary: "Its receiver opens it; from then on it cannot be taken back.",
        query: &[],
        body: None,
        status: 200,
        answer: FEEDBACK,
    },
];

#[derive(Debug, Serialize)]
struct LineJson {
    id: FeedbackId,
    from: String,
    to: String,
    question: String,
    state: FeedbackState,
    read: bool,
}

impl LineJson {
    fn written(line: FeedbackLine) -> Self {
        Self {
            id: line.id,
            from: line.giver,
            to: line.receiver,
            question: line.question,
            state: line.state,
            read: line.read_at.is_some(),
        }
    }

    fn received(line: FeedbackLine) -> Self {
        // What was taken back before it was read was never there.
        let state = match line.state {
            FeedbackState::TakenBack => FeedbackState::Draft,
            state => state,
        };
        Self { state, ..Self::written(line) }
    }
}

#[derive(Debug, Serialize)]
struct ListsJson {
    written: Vec<LineJson>,
    received: Vec<LineJson>,
}

#[derive(Debug, Serialize)]
struct FeedbackJson {
    id: FeedbackId,
    from: String,
    to: String,
    question: String,
    situation: String,
    behaviour: String,
    effect: String,
    state: FeedbackState,
    given_at: Option<Moment>,
}

impl From<FeedbackRow> for FeedbackJson {
    fn from(row: FeedbackRow) -> Self {
        Self {
            id: row.id,
            from: row.giver_name,
            to: row.receiver_name,
            question: row.question,
            situation: row.written.situation,
            behaviour: row.written.behaviour,
            effect: row.written.effect,
            state: row.state,
            given_at: row.given_at,
        }
    }
}

/// `GET /api/v1/me/feedback`: who gave or asked what.
async fn list_feedback(mut door: Door) -> Result<Json<ListsJson>, WebError> {
    let (written, received) = actions::lists(&mut door.tx, &door.viewer).await?;
    Ok(Json(ListsJson {
        written: written.into_iter().map(LineJson::written).collect(),
        received: received.into_iter().map(LineJson::received).collect(),
    }))
}

async fn whole(door: &mut Door, id: FeedbackId) -> Result<Json<FeedbackJson>, WebError> {
    match actions::find(&mut door.tx, &door.viewer, id).await? {
        Found::Readable(_, row) => Ok(Json((*row).into())),
        Found::Unopened => {
            Err(WebError::Refused("Open it first; until then its giver may take it back.".to_owned()))
        }
    }
}

fn refused(problems: &espalier_web::Problems) -> WebError {
    let sentences: Vec<String> =
        problems.all().iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
    WebError::Refused(sentences.join(" "))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFeedback {
    to: String,
    #[serde(default)]
    situation: String,
    behaviour: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    statements: Vec<String>,
}

/// `POST /api/v1/me/feedback`: gives feedback. The same words to the same person within a day are given once.
async fn create_feedback(
    mut door: Door,
    Sent(new): Sent<NewFeedback>,
) -> Result<(StatusCode, Json<FeedbackJson>), WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let begun = actions::begin(tx, viewer, &kit.mint, &new.to).await?;
    let id = begun.map_err(|problems| refused(&problems))?;
    let written = Written { situation: new.situation, behaviour: new.behaviour, effect: new.effect };
    let row = actions::write(tx, viewer, id, written.clone(), 0).await?;
    let since = viewer.now.plus_seconds(-86_400);
    let same: Option<(FeedbackId,)> = tx
        .first(
            &queries::SAME_GIVEN,
            &[&viewer.person, &row.receiver, &written.situation, &written.behaviour, &written.effect, &since],
        )
        .await?;
    if let Some((same,)) = same {
        actions::decline(tx, viewer, id).await?;
        let json = whole(&mut door, same).await?;
        door.tx.commit().await?;
        return Ok((StatusCode::CREATED, json));
    }
    actions::tie(tx, viewer, id, &new.statements).await?;
    actions::give(tx, viewer, &kit.mint, id).await?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, json))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewQuestion {
    from: String,
    question: String,
}

#[derive(Debug, Serialize)]
struct QuestionJson {
    id: FeedbackId,
}

/// `POST /api/v1/me/feedback/questions`: asks a colleague.
async fn create_question(
    mut door: Door,
    Sent(new): Sent<NewQuestion>,
) -> Result<(StatusCode, Json<QuestionJson>), WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let asked = actions::ask(tx, viewer, &kit.mint, &new.from, &new.question, &Topic::default()).await?;
    let id = asked.map_err(|problems| refused(&problems))?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, Json(QuestionJson { id })))
}

/// `GET /api/v1/feedback/{id}`: one.
async fn show_feedback(mut door: Door, Path(id): Path<FeedbackId>) -> Result<Json<FeedbackJson>, WebError> {
    whole(&mut door, id).await
}

/// `POST /api/v1/feedback/{id}/reading`: its receiver opens it.
async fn create_reading(mut door: Door, Path(id): Path<FeedbackId>) -> Result<Json<FeedbackJson>, WebError> {
    actions::open(&mut door.tx, &door.viewer, id).await?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok(json)
}
