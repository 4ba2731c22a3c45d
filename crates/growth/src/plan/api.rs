//! The plan as JSON, for the programs of those who may read it.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use espalier_access::Action;
use espalier_governance::queries::VersionId;
use espalier_kernel::Date;
use espalier_web::{Door, Doors, Operation, Path, WebError};
use serde::{Deserialize, Serialize};

use super::actions::{self, Sent};
use super::attainment::Step;
use super::queries::{self, StepRow};
use super::{CheckpointId, DeedId, DeedKind, Origin, Outcome, StepId, StepState, Written};
use crate::talk::TalkId;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/me/plan", get(list_steps).post(create_step))
        .route("/api/v1/plan/{id}", get(show_step).put(save_step))
        .route("/api/v1/plan/{id}/ratings", post(create_rating))
}

/// The fields of a step; a schema is put together where it is used, so that it stands whole in the description.
macro_rules! step {
    ($required:expr, $more:expr) => {
        concat!(
            r#"{"type":"object","required":["id","origin","framework","version","from","to","why","ladder","evidence",
            "first_step","first_step_on","stop_rule","support","state","outcome","revision""#,
            $required,
            r#"],"properties":{"id":{"type":"string"},"origin":{"enum":["own","agreed"]},"framework":{"type":"string"},
            "version":{"type":"string"},"from":{"type":"string"},"to":{"type":"string"},"why":{"type":"string"},
            "ladder":{"type":"array","minItems":5,"maxItems":5,"items":{"type":"string"}},"evidence":{"type":"string"},
            "first_step":{"type":"string"},"first_step_on":{"type":["string","null"],"format":"date"},
            "stop_rule":{"type":"string"},"support":{"type":["string","null"]},
            "state":{"enum":["draft","begun","ended"]},"outcome":{"enum":["reached","changed","dropped",null]},
            "revision":{"type":"integer"}"#,
            $more,
            "}}"
        )
    };
}

macro_rules! whole {
    () => {
        step!(
            r#","actions","checkpoints","ratings""#,
            r#","actions":{"type":"array","items":{"type":"object","required":["id","kind","words","done"],"properties":{
            "id":{"type":"string"},"kind":{"enum":["experience","exposure","education"]},"words":{"type":"string"},
            "done":{"type":"boolean"}}}},
            "checkpoints":{"type":"array","items":{"type":"object","required":["id","due_on","words","held"],"properties":{
            "id":{"type":"string"},"due_on":{"type":"string","format":"date"},"words":{"type":"string"},
            "held":{"type":"boolean"}}}},
            "ratings":{"type":"array","items":{"type":"object","required":["rated_on","reached","words","by"],"properties":{
            "rated_on":{"type":"string","format":"date"},"reached":{"type":"integer","minimum":-2,"maximum":2},
            "words":{"type":"string"},"by":{"type":"string"}}}}"#
        )
    };
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/me/plan",
        summary: "The steps of one's own plan, those that are open first.",
        query: &[],
        body: None,
        status: 200,
        answer: concat!(
            r#"{"type":"object","required":["items"],"properties":{"items":{"type":"array","items":"#,
            step!("", ""),
            "}}}"
        ),
    },
    Operation {
        method: "post",
        path: "/api/v1/me/plan",
        summary: "Begins to write a step towards a statement, of one's own or agreed in a talk. At most three are open.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["to"],"additionalProperties":false,"properties":{
            "to":{"type":"string"},"talk":{"type":["string","null"]}}}"#,
        ),
        status: 201,
        answer: whole!(),
    },
    Operation {
        method: "get",
        path: "/api/v1/plan/{id}",
        summary: "One step with its actions, checkpoints and ratings.",
        query: &[],
        body: None,
        status: 200,
        answer: whole!(),
    },
    Operation {
        method: "put",
        path: "/api/v1/plan/{id}",
        summary: "Writes on. Once the work has begun, from and ladder stay. With an older revision, the words of both are kept.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["revision"],"additionalProperties":false,"properties":{"from":{"type":"string"},
            "why":{"type":"string"},"ladder":{"type":"array","minItems":5,"maxItems":5,"items":{"type":"string"}},
            "evidence":{"type":"string"},"first_step":{"type":"string"},
            "first_step_on":{"type":["string","null"],"format":"date"},"stop_rule":{"type":"string"},
            "revision":{"type":"integer"}}}"#,
        ),
        status: 200,
        answer: whole!(),
    },
    Operation {
        method: "post",
        path: "/api/v1/plan/{id}/ratings",
        summary: "Says where it stands on its ladder today; said again on the same day, it takes the place of what was said.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["reached"],"additionalProperties":false,"properties":{
            "reached":{"type":"integer","minimum":-2,"maximum":2},"words":{"type":"string"}}}"#,
        ),
        status: 201,
        answer: whole!(),
    },
];

#[derive(Debug, Serialize)]
struct StepJson {
    id: StepId,
    origin: Origin,
    framework: String,
    version: VersionId,
    from: String,
    to: String,
    why: String,
    ladder: [String; 5],
    evidence: String,
    first_step: String,
    first_step_on: Option<Date>,
    stop_rule: String,
    support: Option<String>,
    state: StepState,
    outcome: Option<Outcome>,
    revision: i64,
}

impl From<StepRow> for StepJson {
    fn from(row: StepRow) -> Self {
        Self {
            id: row.id,
            origin: row.origin(),
            framework: row.framework,
            version: row.version,
            from: row.written.from,
            to: row.to,
            why: row.written.why,
            ladder: row.written.ladder,
            evidence: row.written.evidence,
            first_step: row.written.first_step,
            first_step_on: row.written.first_step_on,
            stop_rule: row.written.stop_rule,
            support: row.support,
            state: row.state,
            outcome: row.outcome,
            revision: row.revision,
        }
    }
}

#[derive(Debug, Serialize)]
struct DeedJson {
    id: DeedId,
    kind: DeedKind,
    words: String,
    done: bool,
}

#[derive(Debug, Serialize)]
struct CheckpointJson {
    id: CheckpointId,
    due_on: Date,
    words: String,
    held: bool,
}

#[derive(Debug, Serialize)]
struct RatingJson {
    rated_on: Date,
    reached: i64,
    words: String,
    by: String,
}

#[derive(Debug, Serialize)]
struct WholeStep {
    #[serde(flatten)]
    step: StepJson,
    actions: Vec<DeedJson>,
    checkpoints: Vec<CheckpointJson>,
    ratings: Vec<RatingJson>,
}

#[derive(Debug, Serialize)]
struct StepsJson {
    items: Vec<StepJson>,
}

/// `GET /api/v1/me/plan`: one's own steps.
async fn list_steps(mut door: Door) -> Result<Json<StepsJson>, WebError> {
    let rows = actions::own(&mut door.tx, &door.viewer).await?;
    Ok(Json(StepsJson { items: rows.into_iter().map(Into::into).collect() }))
}

async fn whole(door: &mut Door, id: StepId) -> Result<Json<WholeStep>, WebError> {
    let (permit, row) = actions::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let parts = queries::parts(&mut door.tx, &permit, id).await?;
    Ok(Json(WholeStep {
        step: row.into(),
        actions: parts
            .deeds
            .into_iter()
            .map(|one| DeedJson { id: one.id, kind: one.kind, words: one.words, done: one.done_at.is_some() })
            .collect(),
        checkpoints: parts
            .checkpoints
            .into_iter()
            .map(|one| CheckpointJson {
                id: one.id,
                due_on: one.due_on,
                words: one.words,
                held: one.held_at.is_some(),
            })
            .collect(),
        ratings: parts
            .ratings
            .into_iter()
            .map(|one| RatingJson {
                rated_on: one.rated_on,
                reached: one.reached,
                words: one.words,
                by: one.name,
            })
            .collect(),
    }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStep {
    to: String,
    #[serde(default)]
    talk: Option<TalkId>,
}

/// `POST /api/v1/me/plan`: begins to write a step.
async fn create_step(
    mut door: Door,
    espalier_web::Sent(new): espalier_web::Sent<NewStep>,
) -> Result<(StatusCode, Json<WholeStep>), WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let id = actions::add(tx, viewer, &kit.mint, &new.to, new.talk).await?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, json))
}

/// `GET /api/v1/plan/{id}`: one step.
async fn show_step(mut door: Door, Path(id): Path<StepId>) -> Result<Json<WholeStep>, WebError> {
    whole(&mut door, id).await
}

/// What is left out stays as it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedStep {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    ladder: Option<[String; 5]>,
    #[serde(default)]
    evidence: Option<String>,
    #[serde(default)]
    first_step: Option<String>,
    #[serde(default)]
    first_step_on: Option<Date>,
    #[serde(default)]
    stop_rule: Option<String>,
    revision: i64,
}

/// `PUT /api/v1/plan/{id}`: writes on.
async fn save_step(
    mut door: Door,
    Path(id): Path<StepId>,
    espalier_web::Sent(new): espalier_web::Sent<ChangedStep>,
) -> Result<Json<WholeStep>, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let (_, kept) = actions::find_for(tx, viewer, Action::Write, id).await?;
    let kept = kept.written;
    let sent = Sent {
        from: new.from,
        ladder: new.ladder.map_or_else(Default::default, |ladder| ladder.map(Some)),
        rest: Written {
            why: new.why.unwrap_or(kept.why),
            evidence: new.evidence.unwrap_or(kept.evidence),
            first_step: new.first_step.unwrap_or(kept.first_step),
            first_step_on: new.first_step_on.or(kept.first_step_on),
            stop_rule: new.stop_rule.unwrap_or(kept.stop_rule),
            ..Written::default()
        },
        revision: new.revision,
    };
    if let Err(problems) = actions::write(tx, viewer, id, sent).await? {
        let sentences: Vec<String> =
            problems.all().iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
        return Err(WebError::Refused(sentences.join(" ")));
    }
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok(json)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRating {
    reached: i64,
    #[serde(default)]
    words: String,
}

/// `POST /api/v1/plan/{id}/ratings`: where it stands today.
async fn create_rating(
    mut door: Door,
    Path(id): Path<StepId>,
    espalier_web::Sent(new): espalier_web::Sent<NewRating>,
) -> Result<(StatusCode, Json<WholeStep>), WebError> {
    actions::rate(&mut door.tx, &door.viewer, id, Step::new(new.reached), &new.words).await?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, json))
}
