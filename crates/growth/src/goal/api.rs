//! Goals as JSON, for the programs of those who may read them.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use espalier_access::Action;
use espalier_kernel::Date;
use espalier_web::{Door, Doors, Operation, Path, Sent, WebError};
use serde::{Deserialize, Serialize};

use super::queries::{self, GoalRow};
use super::{GoalId, GoalState, Written, actions};
use crate::plan::Outcome;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/me/goals", get(list_goals).post(create_goal))
        .route("/api/v1/goals/{id}", get(show_goal))
        .route("/api/v1/goals/{id}/values", post(create_value))
}

macro_rules! goal {
    ($required:expr, $more:expr) => {
        concat!(
            r#"{"type":"object","required":["id","title","why","measure","from","to","by_on","state","outcome""#,
            $required,
            r#"],"properties":{"id":{"type":"string"},"title":{"type":"string"},"why":{"type":"string"},
            "measure":{"type":"string"},"from":{"type":"string"},"to":{"type":"string"},
            "by_on":{"type":"string","format":"date"},"state":{"enum":["open","ended"]},
            "outcome":{"enum":["reached","changed","dropped",null]}"#,
            $more,
            "}}"
        )
    };
}

macro_rules! whole {
    () => {
        goal!(
            r#","values""#,
            r#","values":{"type":"array","items":{"type":"object","required":["measured_on","value","words"],"properties":{
            "measured_on":{"type":"string","format":"date"},"value":{"type":"string"},"words":{"type":"string"}}}}"#
        )
    };
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/me/goals",
        summary: "One's own goals, those that are open first.",
        query: &[],
        body: None,
        status: 200,
        answer: concat!(
            r#"{"type":"object","required":["items"],"properties":{"items":{"type":"array","items":"#,
            goal!("", ""),
            "}}}"
        ),
    },
    Operation {
        method: "post",
        path: "/api/v1/me/goals",
        summary: "Writes a goal. Numbers are kept as they were written.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["title","measure","from","to","by_on"],"additionalProperties":false,
            "properties":{"title":{"type":"string"},"why":{"type":"string"},"measure":{"type":"string"},
            "from":{"type":"string"},"to":{"type":"string"},"by_on":{"type":"string","format":"date"}}}"#,
        ),
        status: 201,
        answer: whole!(),
    },
    Operation {
        method: "get",
        path: "/api/v1/goals/{id}",
        summary: "One goal with what was measured, the oldest first.",
        query: &[],
        body: None,
        status: 200,
        answer: whole!(),
    },
    Operation {
        method: "post",
        path: "/api/v1/goals/{id}/values",
        summary: "What was measured on a day; measured again, it takes the place of what stood there.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["measured_on","value"],"additionalProperties":false,"properties":{
            "measured_on":{"type":"string","format":"date"},"value":{"type":"string"},"words":{"type":"string"}}}"#,
        ),
        status: 201,
        answer: whole!(),
    },
];

#[derive(Debug, Serialize)]
struct GoalJson {
    id: GoalId,
    title: String,
    why: String,
    measure: String,
    from: String,
    to: String,
    by_on: Date,
    state: GoalState,
    outcome: Option<Outcome>,
}

impl From<GoalRow> for GoalJson {
    fn from(row: GoalRow) -> Self {
        Self {
            id: row.id,
            title: row.written.title,
            why: row.written.why,
            measure: row.written.measure,
            from: row.written.from_value,
            to: row.written.to_value,
            by_on: row.written.by_on,
            state: row.state,
            outcome: row.outcome,
        }
    }
}

#[derive(Debug, Serialize)]
struct ValueJson {
    measured_on: Date,
    value: String,
    words: String,
}

#[derive(Debug, Serialize)]
struct WholeGoal {
    #[serde(flatten)]
    goal: GoalJson,
    values: Vec<ValueJson>,
}

#[derive(Debug, Serialize)]
struct GoalsJson {
    items: Vec<GoalJson>,
}

/// `GET /api/v1/me/goals`: one's own goals.
async fn list_goals(mut door: Door) -> Result<Json<GoalsJson>, WebError> {
    let rows = actions::own(&mut door.tx, &door.viewer).await?;
    Ok(Json(GoalsJson { items: rows.into_iter().map(Into::into).collect() }))
}

async fn whole(door: &mut Door, id: GoalId) -> Result<Json<WholeGoal>, WebError> {
    let (permit, row) = actions::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let values = queries::values(&mut door.tx, &permit, id).await?;
    let values = values
        .into_iter()
        .map(|one| ValueJson { measured_on: one.measured_on, value: one.value, words: one.words })
        .collect();
    Ok(Json(WholeGoal { goal: row.into(), values }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGoal {
    title: String,
    #[serde(default)]
    why: String,
    measure: String,
    from: String,
    to: String,
    by_on: Date,
}

/// `POST /api/v1/me/goals`: writes a goal.
async fn create_goal(
    mut door: Door,
    Sent(new): Sent<NewGoal>,
) -> Result<(StatusCode, Json<WholeGoal>), WebError> {
    let written = Written {
        title: new.title.trim().to_owned(),
        why: new.why,
        measure: new.measure.trim().to_owned(),
        from_value: new.from.trim().to_owned(),
        to_value: new.to.trim().to_owned(),
        by_on: new.by_on,
    };
    let Door { viewer, tx, kit } = &mut door;
    let id = actions::add(tx, viewer, &kit.mint, &written).await?.map_err(|problems| {
        let sentences: Vec<String> =
            problems.all().iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
        WebError::Refused(sentences.join(" "))
    })?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, json))
}

/// `GET /api/v1/goals/{id}`: one goal.
async fn show_goal(mut door: Door, Path(id): Path<GoalId>) -> Result<Json<WholeGoal>, WebError> {
    whole(&mut door, id).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewValue {
    measured_on: Date,
    value: String,
    #[serde(default)]
    words: String,
}

/// `POST /api/v1/goals/{id}/values`: what was measured.
async fn create_value(
    mut door: Door,
    Path(id): Path<GoalId>,
    Sent(new): Sent<NewValue>,
) -> Result<(StatusCode, Json<WholeGoal>), WebError> {
    actions::measure(&mut door.tx, &door.viewer, id, new.measured_on, (&new.value, &new.words)).await?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, json))
}
