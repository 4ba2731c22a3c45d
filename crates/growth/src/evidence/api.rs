//! Evidence as JSON, for its owner's programs.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::get;
use espalier_access::Action;
use espalier_kernel::Date;
use espalier_web::{Door, Doors, Operation, Path, Query, Sent, WebError};
use serde::{Deserialize, Serialize};

use super::actions::{self, Filter};
use super::queries::{self, EvidenceRow};
use super::{EvidenceId, Written, claims, coverage, pages};
use crate::assessment::Answer;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/me/evidence", get(list_pieces).post(create_piece))
        .route("/api/v1/me/evidence/coverage", get(show_coverage))
        .route("/api/v1/me/evidence/{id}", get(show_piece).put(save_piece))
}

/// The fields of a piece; a schema is put together where it is used, so that it stands whole in the description.
macro_rules! piece {
    ($required:expr, $more:expr) => {
        concat!(
            r#"{"type":"object","required":["id","happened_on","situation","deed","effect","link","revision","standing""#,
            $required,
            r#"],"properties":{"id":{"type":"string"},"happened_on":{"type":"string","format":"date"},
            "situation":{"type":"string"},"deed":{"type":"string"},"effect":{"type":"string"},"link":{"type":"string"},
            "revision":{"type":"integer"},
            "standing":{"enum":["unconfirmed","asked","changed-since","amended","confirmed"]}"#,
            $more,
            "}}"
        )
    };
}

macro_rules! statements {
    () => {
        r#","statements":{"type":"array","items":{"type":"object","required":["framework","statement"],
        "properties":{"framework":{"type":"string"},"statement":{"type":"string"}}}}"#
    };
}

macro_rules! body {
    ($more:expr) => {
        concat!(
            r#"{"type":"object","required":["happened_on","deed"],"additionalProperties":false,"properties":{
            "happened_on":{"type":"string","format":"date"},"situation":{"type":"string"},"deed":{"type":"string"},
            "effect":{"type":"string"},"link":{"type":"string"}"#,
            $more,
            "}}"
        )
    };
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/me/evidence/coverage",
        summary: "How much of one's own evidence stands behind each statement of a level: independent pieces, how many \
                  of them are confirmed, and whether that is enough to say that it is met.",
        query: &[("level", "Framework and level with a slash between; one's own level when left out")],
        body: None,
        status: 200,
        answer: r#"{"type":"object","required":["framework","level","pillars"],"properties":{"framework":{"type":"string"},
            "level":{"type":"string"},"pillars":{"type":"array","items":{"type":"object","required":["name","statements"],
            "properties":{"name":{"type":"string"},"statements":{"type":"array","items":{"type":"object",
            "required":["statement","pieces","confirmed","enough"],"properties":{"statement":{"type":"string"},
            "pieces":{"type":"integer"},"confirmed":{"type":"integer"},"enough":{"type":"boolean"}}}}}}}}}"#,
    },
    Operation {
        method: "get",
        path: "/api/v1/me/evidence",
        summary: "One's own evidence, newest first, fifty at a time.",
        query: &[
            ("statement", "Only what supports this statement: framework and statement with a slash between"),
            ("pillar", "Only what supports this pillar: framework and pillar with a slash between"),
            ("from", "From this day"),
            ("until", "Until this day"),
            ("before", "Where the page before ended: its `next`"),
        ],
        body: None,
        status: 200,
        answer: concat!(
            r#"{"type":"object","required":["items","next"],"properties":{"next":{"type":["string","null"]},
            "items":{"type":"array","items":"#,
            piece!("", ""),
            "}}}"
        ),
    },
    Operation {
        method: "post",
        path: "/api/v1/me/evidence",
        summary: "Notes evidence, with the statements of one's own framework that it supports.",
        query: &[],
        body: Some(body!(r#","statements":{"type":"array","items":{"type":"string"}}"#)),
        status: 201,
        answer: piece!(r#","statements""#, statements!()),
    },
    Operation {
        method: "get",
        path: "/api/v1/me/evidence/{id}",
        summary: "One piece with what it supports.",
        query: &[],
        body: None,
        status: 200,
        answer: piece!(r#","statements""#, statements!()),
    },
    Operation {
        method: "put",
        path: "/api/v1/me/evidence/{id}",
        summary: "Writes on. With an older revision, the words of both are kept.",
        query: &[],
        body: Some(body!(r#","revision":{"type":"integer"}"#)),
        status: 200,
        answer: piece!(r#","statements""#, statements!()),
    },
];

/// A statement that a piece supports as JSON.
#[derive(Debug, Clone, Serialize)]
pub struct ClaimJson {
    /// The framework.
    pub framework: String,
    /// The statement.
    pub statement: String,
}

/// A piece in a list as JSON.
#[derive(Debug, Serialize)]
pub struct PieceJson {
    id: EvidenceId,
    happened_on: Date,
    situation: String,
    deed: String,
    effect: String,
    link: String,
    revision: i64,
    standing: &'static str,
}

impl From<EvidenceRow> for PieceJson {
    fn from(row: EvidenceRow) -> Self {
        let written = row.written;
        Self {
            id: row.id,
            happened_on: written.happened_on,
            situation: written.situation,
            deed: written.deed,
            effect: written.effect,
            link: written.link,
            revision: row.revision,
            standing: row.standing.word(),
        }
    }
}

/// A piece with what it supports as JSON.
#[derive(Debug, Serialize)]
pub struct EvidenceJson {
    #[serde(flatten)]
    piece: PieceJson,
    statements: Vec<ClaimJson>,
}

impl EvidenceJson {
    /// A piece with what it supports.
    #[must_use]
    pub fn new(row: EvidenceRow, statements: Vec<ClaimJson>) -> Self {
        Self { piece: row.into(), statements }
    }
}

#[derive(Debug, Serialize)]
struct PiecesJson {
    items: Vec<PieceJson>,
    next: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    statement: String,
    pillar: String,
    from: Option<Date>,
    until: Option<Date>,
    before: String,
}

fn pair(text: &str) -> Result<Option<(String, String)>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let (one, other) = text.split_once('/').ok_or_else(|| {
        WebError::Malformed("Write framework and statement or pillar with a slash between.".to_owned())
    })?;
    Ok(Some((one.to_owned(), other.to_owned())))
}

/// `GET /api/v1/me/evidence`: a page of one's own log.
async fn list_pieces(mut door: Door, Query(query): Query<ListQuery>) -> Result<Json<PiecesJson>, WebError> {
    let before = match query.before.as_str() {
        "" => None,
        text => Some(pages::place_of(text).ok_or_else(|| {
            WebError::Malformed("“before” takes the “next” of the page before.".to_owned())
        })?),
    };
    let filter = Filter {
        statement: pair(&query.statement)?,
        pillar: pair(&query.pillar)?,
        from: query.from,
        until: query.until,
        before,
    };
    let found = actions::find(&mut door.tx, &door.viewer, &filter).await?;
    Ok(Json(PiecesJson {
        next: found.next.map(pages::place),
        items: found.rows.into_iter().map(Into::into).collect(),
    }))
}

async fn whole(door: &mut Door, id: EvidenceId) -> Result<EvidenceJson, WebError> {
    let Door { viewer, tx, .. } = door;
    let (permit, row, (owner, _)) = actions::find_for(tx, viewer, Action::Read, id).await?;
    if owner != viewer.person {
        return Err(WebError::NotFound);
    }
    let claims = queries::claims(tx, &permit, id).await?;
    let claims = claims.into_iter().map(|(framework, _, statement)| ClaimJson { framework, statement });
    Ok(EvidenceJson::new(row, claims.collect()))
}

fn refused(problems: &espalier_web::Problems) -> WebError {
    let sentences: Vec<String> =
        problems.all().iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
    WebError::Refused(sentences.join(" "))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPiece {
    happened_on: Date,
    #[serde(default)]
    situation: String,
    deed: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    link: String,
    #[serde(default)]
    statements: Vec<String>,
}

/// `POST /api/v1/me/evidence`: notes evidence.
async fn create_piece(
    mut door: Door,
    Sent(new): Sent<NewPiece>,
) -> Result<(StatusCode, Json<EvidenceJson>), WebError> {
    let written = Written {
        happened_on: new.happened_on,
        situation: new.situation,
        deed: new.deed,
        effect: new.effect,
        link: new.link,
    };
    let Door { viewer, tx, kit } = &mut door;
    let id = actions::note(tx, viewer, &kit.mint, &written).await?.map_err(|problems| refused(&problems))?;
    claims::add(tx, viewer, id, &new.statements).await?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, Json(json)))
}

/// `GET /api/v1/me/evidence/{id}`: one piece.
async fn show_piece(mut door: Door, Path(id): Path<EvidenceId>) -> Result<Json<EvidenceJson>, WebError> {
    whole(&mut door, id).await.map(Json)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedPiece {
    happened_on: Date,
    #[serde(default)]
    situation: String,
    deed: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    link: String,
    /// The revision that was read.
    #[serde(default)]
    revision: i64,
}

/// `PUT /api/v1/me/evidence/{id}`: writes on.
async fn save_piece(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Sent(new): Sent<ChangedPiece>,
) -> Result<Json<EvidenceJson>, WebError> {
    let written = Written {
        happened_on: new.happened_on,
        situation: new.situation,
        deed: new.deed,
        effect: new.effect,
        link: new.link,
    };
    let Door { viewer, tx, .. } = &mut door;
    actions::find_for(tx, viewer, Action::Write, id).await?;
    actions::write(tx, viewer, id, written, new.revision).await?.map_err(|problems| refused(&problems))?;
    let json = whole(&mut door, id).await?;
    door.tx.commit().await?;
    Ok(Json(json))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CoverageQuery {
    level: String,
}

#[derive(Debug, Serialize)]
struct CoveredJson {
    statement: String,
    pieces: usize,
    confirmed: usize,
    enough: bool,
}

#[derive(Debug, Serialize)]
struct PillarJson {
    name: String,
    statements: Vec<CoveredJson>,
}

#[derive(Debug, Serialize)]
struct CoverageJson {
    framework: String,
    level: String,
    pillars: Vec<PillarJson>,
}

/// `GET /api/v1/me/evidence/coverage`: how much evidence there is for each statement of a level.
async fn show_coverage(
    mut door: Door,
    Query(query): Query<CoverageQuery>,
) -> Result<Json<CoverageJson>, WebError> {
    let found = coverage::coverage(&mut door.tx, &door.viewer, &query.level).await?;
    let pillars = found.pillars.into_iter().map(|(name, covered)| PillarJson {
        name,
        statements: covered
            .into_iter()
            .map(|one| CoveredJson {
                enough: one.suffices(Answer::Meeting),
                statement: one.line.id,
                pieces: one.amount.pieces,
                confirmed: one.amount.corroborated,
            })
            .collect(),
    });
    Ok(Json(CoverageJson { framework: found.framework, level: found.level.0, pillars: pillars.collect() }))
}
