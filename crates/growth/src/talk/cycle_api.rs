//! Rounds of talks as JSON, for the programs of those who may make them.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use espalier_access::Action;
use espalier_kernel::Date;
use espalier_web::{Door, Doors, Operation, Path, Sent, WebError};
use serde::{Deserialize, Serialize};

use super::cadence::CADENCES;
use super::cycle::{self, CycleLine, CycleState, Wanted};
use super::cycle_pages::{self, RoundForm};
use super::{CycleId, ItemKind};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/talks/rounds", get(list_rounds).post(create_round))
        .route("/api/v1/talks/rounds/preview", post(create_preview))
        .route("/api/v1/talks/rounds/{id}", get(show_round))
}

macro_rules! round {
    ($required:expr, $more:expr) => {
        concat!(
            r#"{"type":"object","required":["id","name","team","due_on","item_kind","months","state","talks","made""#,
            $required,
            r#"],"properties":{"id":{"type":"string"},"name":{"type":"string"},"team":{"type":["string","null"]},
            "due_on":{"type":"string","format":"date"},"item_kind":{"enum":["statement","competency"]},"months":{"type":"integer"},
            "state":{"enum":["staged","open","closed"]},"talks":{"type":"integer"},"made":{"type":"integer"}"#,
            $more,
            "}}"
        )
    };
}

const WANTED: &str = r#"{"type":"object","required":["name","due_on"],"additionalProperties":false,"properties":{
    "name":{"type":"string"},"team":{"type":"string"},"due_on":{"type":"string","format":"date"},
    "item_kind":{"enum":["statement","competency"]},"months":{"enum":[0,3,4,6,12]}}}"#;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/talks/rounds",
        summary: "The rounds of talks that one may follow, newest first.",
        query: &[],
        body: None,
        status: 200,
        answer: concat!(
            r#"{"type":"object","required":["items"],"properties":{"items":{"type":"array","items":"#,
            round!("", ""),
            "}}}"
        ),
    },
    Operation {
        method: "post",
        path: "/api/v1/talks/rounds/preview",
        summary: "What a round would do, for a team by its id or for everybody; nothing is changed.",
        query: &[],
        body: Some(WANTED),
        status: 200,
        answer: r#"{"type":"object","required":["talks","without_manager","without_level"],"properties":{
            "talks":{"type":"integer"},"without_manager":{"type":"integer"},"without_level":{"type":"integer"}}}"#,
    },
    Operation {
        method: "post",
        path: "/api/v1/talks/rounds",
        summary: "Begins a round. Its talks are made in the background, and nobody sees any before all are there.",
        query: &[],
        body: Some(WANTED),
        status: 201,
        answer: round!("", ""),
    },
    Operation {
        method: "get",
        path: "/api/v1/talks/rounds/{id}",
        summary: "One round, with how many of the talks that one may follow are how far; no counts before all are made.",
        query: &[],
        body: None,
        status: 200,
        answer: round!(
            r#","counts""#,
            r#","counts":{"type":["object","null"],"required":["planned","open","signed"],"properties":{
            "planned":{"type":"integer"},"open":{"type":"integer"},"signed":{"type":"integer"}}}"#
        ),
    },
];

/// A round as JSON.
#[derive(Debug, Serialize)]
struct RoundJson {
    id: CycleId,
    name: String,
    team: Option<String>,
    due_on: Date,
    item_kind: ItemKind,
    /// After how many the next is due; none for once.
    months: i64,
    state: CycleState,
    talks: i64,
    made: i64,
}

impl From<CycleLine> for RoundJson {
    fn from(line: CycleLine) -> Self {
        Self {
            id: line.id,
            name: line.name,
            team: line.team.map(|_| line.team_name),
            due_on: line.due_on,
            item_kind: line.item_kind,
            months: line.months,
            state: line.state,
            talks: line.planned,
            made: line.made,
        }
    }
}

#[derive(Debug, Serialize)]
struct RoundsJson {
    items: Vec<RoundJson>,
}

/// `GET /api/v1/talks/rounds`: the rounds that one may follow.
async fn list_rounds(mut door: Door) -> Result<Json<RoundsJson>, WebError> {
    let (rounds, _) = cycle_pages::listed(&mut door.tx, &door.viewer).await?;
    Ok(Json(RoundsJson { items: rounds.into_iter().map(Into::into).collect() }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRound {
    name: String,
    #[serde(default)]
    team: String,
    due_on: Date,
    item_kind: Option<ItemKind>,
    #[serde(default, deserialize_with = "a_cadence")]
    months: Option<i64>,
}

/// One of the known numbers of months.
fn a_cadence<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let months = i64::deserialize(from)?;
    let is_known = CADENCES.iter().any(|(known, _)| *known == months);
    is_known.then_some(Some(months)).ok_or_else(|| serde::de::Error::custom("months is 0, 3, 4, 6 or 12"))
}

impl NewRound {
    fn wanted(self, today: Date) -> Result<Wanted, WebError> {
        let form = RoundForm {
            name: self.name,
            team: self.team,
            due_on: self.due_on.to_string(),
            item_kind: self.item_kind.unwrap_or(ItemKind::Statement).to_string(),
            months: self.months.map(|months| months.to_string()).unwrap_or_default(),
            ..RoundForm::default()
        };
        cycle_pages::wanted(&form, today).map_err(|problems| {
            let sentences: Vec<&str> = problems.all().iter().map(|(_, sentence)| sentence.as_str()).collect();
            WebError::Refused(sentences.join(" "))
        })
    }
}

#[derive(Debug, Serialize)]
struct PreviewJson {
    talks: i64,
    without_manager: i64,
    without_level: i64,
}

/// `POST /api/v1/talks/rounds/preview`: what a round would do.
async fn create_preview(mut door: Door, Sent(new): Sent<NewRound>) -> Result<Json<PreviewJson>, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    // Whoever makes no rounds learns nothing of how to make one.
    cycle_pages::listed(tx, viewer).await?;
    let wanted = new.wanted(viewer.today)?;
    let preview = cycle::preview(tx, viewer, &wanted).await?;
    Ok(Json(PreviewJson {
        talks: preview.talks,
        without_manager: preview.without_manager,
        without_level: preview.without_level,
    }))
}

/// `POST /api/v1/talks/rounds`: begins one.
async fn create_round(
    mut door: Door,
    Sent(new): Sent<NewRound>,
) -> Result<(StatusCode, Json<RoundJson>), WebError> {
    let Door { viewer, tx, kit } = &mut door;
    cycle_pages::listed(tx, viewer).await?;
    let wanted = new.wanted(viewer.today)?;
    let id = cycle::start(tx, viewer, &kit.mint, &wanted).await?;
    let line = cycle::find_for(tx, viewer, Action::Read, id).await?;
    door.tx.commit().await?;
    Ok((StatusCode::CREATED, Json(line.into())))
}

#[derive(Debug, Serialize)]
struct CountsJson {
    planned: i64,
    open: i64,
    signed: i64,
}

#[derive(Debug, Serialize)]
struct WholeRoundJson {
    #[serde(flatten)]
    round: RoundJson,
    counts: Option<CountsJson>,
}

/// `GET /api/v1/talks/rounds/{id}`: one round by states, never by contents.
async fn show_round(mut door: Door, Path(id): Path<CycleId>) -> Result<Json<WholeRoundJson>, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let line = cycle::find_for(tx, viewer, Action::Read, id).await?;
    // What is being made exists for nobody yet.
    let counts = match line.state {
        CycleState::Staged => None,
        CycleState::Open | CycleState::Closed => {
            let [planned, open, signed] = cycle_pages::counts(tx, viewer, &line).await?;
            Some(CountsJson { planned, open, signed })
        }
    };
    Ok(Json(WholeRoundJson { round: line.into(), counts }))
}
