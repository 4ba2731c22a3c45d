//! Self-assessments as JSON, for their owner's programs.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, put};
use espalier_governance::queries::VersionId;
use espalier_kernel::Moment;
use espalier_web::{Door, Doors, Operation, Path, WebError};
use serde::{Deserialize, Serialize};

use crate::actions::{self, Written};
use crate::assessment::{Answer, AssessmentId};
use crate::queries::AssessmentLine;
use crate::standing;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/me/assessments", get(list_assessments).post(create_assessment))
        .route("/api/v1/me/assessments/{id}", get(show_assessment))
        .route("/api/v1/me/assessments/{id}/answers/{statement}", put(save_answer))
        .route("/api/v1/me/assessments/{id}/position", get(show_position))
}

/// The fields of an assessment; a schema is put together where it is used, so that it stands whole in the description.
macro_rules! assessment {
    ($required:expr, $more:expr) => {
        concat!(
            r#"{"type":"object","required":["id","framework","version","level","started_at","changed_at","finished_at""#,
            $required,
            r#"],"properties":{"id":{"type":"string"},"framework":{"type":"string"},"version":{"type":"string"},
            "level":{"type":"string"},"started_at":{"type":"string","format":"date-time"},
            "changed_at":{"type":"string","format":"date-time"},
            "finished_at":{"type":["string","null"],"format":"date-time"}"#,
            $more,
            "}}"
        )
    };
}

macro_rules! answer {
    () => {
        r#"{"type":"object","required":["statement","state","note","revision"],"properties":{
        "statement":{"type":"string"},"state":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
        "note":{"type":"string"},"revision":{"type":"integer"}}}"#
    };
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/me/assessments",
        summary: "One's own self-assessments, newest first.",
        query: &[],
        body: None,
        status: 200,
        answer: concat!(
            r#"{"type":"object","required":["items"],"properties":{"items":{"type":"array","items":"#,
            assessment!("", ""),
            "}}}"
        ),
    },
    Operation {
        method: "post",
        path: "/api/v1/me/assessments",
        summary: "Begins a self-assessment against a level of the version in force.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["framework","level"],"additionalProperties":false,
                "properties":{"framework":{"type":"string"},"level":{"type":"string"}}}"#,
        ),
        status: 201,
        answer: assessment!("", ""),
    },
    Operation {
        method: "get",
        path: "/api/v1/me/assessments/{id}",
        summary: "One with everything said in it.",
        query: &[],
        body: None,
        status: 200,
        answer: assessment!(
            r#","answers""#,
            concat!(r#","answers":{"type":"array","items":"#, answer!(), "}")
        ),
    },
    Operation {
        method: "put",
        path: "/api/v1/me/assessments/{id}/answers/{statement}",
        summary: "Says something about a statement. With an older revision, both notes are kept.",
        query: &[],
        body: Some(
            r#"{"type":"object","required":["state"],"additionalProperties":false,"properties":{
                "state":{"enum":["not-observed","not-yet","developing","meeting","exceeding"]},
                "note":{"type":"string"},"revision":{"type":"integer"}}}"#,
        ),
        status: 200,
        answer: answer!(),
    },
    Operation {
        method: "get",
        path: "/api/v1/me/assessments/{id}/position",
        summary: "Where one stands by it, in one's own view: words, never a number for a person.",
        query: &[],
        body: None,
        status: 200,
        answer: r#"{"type":"object","required":["view","holds","rated","applicable","pillars"],"properties":{
            "view":{"const":"mine"},"holds":{"type":["string","null"]},
            "rated":{"type":"integer"},"applicable":{"type":"integer"},"pillars":{"type":"array","items":{
            "type":"object","required":["pillar","standing"],"properties":{"pillar":{"type":"string"},"standing":{"type":"string"}}}}}}"#,
    },
];

/// An assessment in a list as JSON.
#[derive(Debug, Serialize)]
pub struct AssessmentJson {
    id: AssessmentId,
    framework: String,
    version: VersionId,
    level: String,
    started_at: Moment,
    changed_at: Moment,
    finished_at: Option<Moment>,
}

impl From<AssessmentLine> for AssessmentJson {
    fn from(line: AssessmentLine) -> Self {
        Self {
            id: line.id,
            framework: line.framework,
            version: line.version,
            level: line.level,
            started_at: line.started_at,
            changed_at: line.changed_at,
            finished_at: line.finished_at,
        }
    }
}

/// A list as JSON.
#[derive(Debug, Serialize)]
pub struct AssessmentsJson {
    items: Vec<AssessmentJson>,
}

/// `GET /api/v1/me/assessments`: one's own assessments, newest first.
async fn list_assessments(mut door: Door) -> Result<Json<AssessmentsJson>, WebError> {
    let lines = actions::own(&mut door.tx, &door.viewer).await?;
    Ok(Json(AssessmentsJson { items: lines.into_iter().map(Into::into).collect() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAssessment {
    framework: String,
    level: String,
}

/// `POST /api/v1/me/assessments`: begins one.
async fn create_assessment(
    mut door: Door,
    espalier_web::Sent(new): espalier_web::Sent<NewAssessment>,
) -> Result<(StatusCode, Json<AssessmentJson>), WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let id = actions::begin(tx, viewer, &kit.mint, &new.framework, &new.level).await?;
    let (line, _, _) = actions::open(tx, viewer, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, Json(line.into())))
}

/// What is said about one statement as JSON.
#[derive(Debug, Serialize)]
pub struct AnswerJson {
    statement: String,
    state: Answer,
    note: String,
    revision: i64,
}

/// An assessment with its answers as JSON.
#[derive(Debug, Serialize)]
pub struct WholeAssessmentJson {
    #[serde(flatten)]
    assessment: AssessmentJson,
    answers: Vec<AnswerJson>,
}

/// `GET /api/v1/me/assessments/{id}`: one with everything said in it.
async fn show_assessment(
    mut door: Door,
    Path(id): Path<AssessmentId>,
) -> Result<Json<WholeAssessmentJson>, WebError> {
    let (line, _, said) = actions::open(&mut door.tx, &door.viewer, id).await?;
    let answers = said.answers.into_iter().map(|row| AnswerJson {
        statement: row.statement,
        state: row.state,
        note: row.note,
        revision: row.revision,
    });
    Ok(Json(WholeAssessmentJson { assessment: line.into(), answers: answers.collect() }))
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

/// `PUT /api/v1/me/assessments/{id}/answers/{statement}`: says something about a statement.
async fn save_answer(
    mut door: Door,
    Path((id, statement)): Path<(AssessmentId, String)>,
    espalier_web::Sent(new): espalier_web::Sent<NewAnswer>,
) -> Result<Json<AnswerJson>, WebError> {
    let written = Written { statement, state: new.state, note: new.note, revision: new.revision };
    let row = actions::answer(&mut door.tx, &door.viewer, id, written).await?;
    door.tx.commit().await?;
    Ok(Json(AnswerJson {
        statement: row.statement,
        state: row.state,
        note: row.note,
        revision: row.revision,
    }))
}

/// Where somebody stands in a pillar as JSON.
#[derive(Debug, Serialize)]
pub struct PillarJson {
    pillar: String,
    standing: String,
}

/// Where somebody stands as JSON: words, never a number for a person.
#[derive(Debug, Serialize)]
pub struct PositionJson {
    view: &'static str,
    holds: Option<String>,
    rated: usize,
    applicable: usize,
    pillars: Vec<PillarJson>,
}

/// `GET /api/v1/me/assessments/{id}/position`: where one stands by an assessment, in one's own view.
async fn show_position(mut door: Door, Path(id): Path<AssessmentId>) -> Result<Json<PositionJson>, WebError> {
    let (line, copy, said) = actions::open(&mut door.tx, &door.viewer, id).await?;
    let position = standing::position(copy.framework(), &line, &said);
    let pillars =
        position.pillars.into_iter().map(|one| PillarJson { pillar: one.name, standing: one.sentence });
    Ok(Json(PositionJson {
        view: "mine",
        holds: position.holds,
        rated: position.coverage.rated,
        applicable: position.coverage.applicable,
        pillars: pillars.collect(),
    }))
}
