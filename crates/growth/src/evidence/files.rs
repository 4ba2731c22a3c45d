//! A log as a file: taken in after a look at what would change, and given out as CSV and JSON.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::Json;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_access::{Action, State};
use espalier_kernel::{Bind as _, Date, Id, Value};
use espalier_people::import::Sheet;
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Problems, Upload, WebError};
use serde::{Deserialize, Serialize};

use super::access::Evidence;
use super::claims::{ground, pillar_of};
use super::queries::{self, EvidenceRow};
use super::sheet::{self, Plan};
use super::{EvidenceId, api::ClaimJson};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/evidence/imports", get(show_upload).post(keep_upload))
        .route("/me/evidence/imports/{id}", get(show_preview).post(take))
        .route("/me/evidence/export.csv", get(export_csv))
        .route("/me/evidence/export.json", get(export_json))
}

#[derive(Debug, Template)]
#[template(path = "evidence-upload.html")]
struct UploadPage {
    frame: Frame,
    problems: Problems,
}

async fn show_upload(door: Door) -> Page<UploadPage> {
    Page(UploadPage { frame: door.frame("Evidence from a file", "growth"), problems: Problems::none() })
}

async fn keep_upload(mut door: Door, upload: Upload) -> Result<Response, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Evidence>(tx, Action::Write, viewer.person, State::Open).await?;
    let refused = |door: &Door, sentence: String| {
        let problems = Problems::one("file", sentence);
        Page(UploadPage { frame: door.frame("Evidence from a file", "growth"), problems }).refused()
    };
    let Some((file_name, content)) = upload.files.into_iter().next() else {
        return Ok(refused(&door, "Choose a file.".to_owned()));
    };
    if let Err(fault) = Sheet::read(&content) {
        return Ok(refused(&door, format!("The file cannot be used: {fault}.")));
    }
    let Door { viewer, mut tx, kit } = door;
    tx.run(&queries::FORGET_OLD_FILES, &[&viewer.now.plus_seconds(-86_400)]).await?;
    let id = kit.mint.id(viewer.now);
    tx.run(&queries::KEEP_FILE, &[&id, &viewer.person, &file_name, &content.to_vec(), &viewer.now]).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/me/evidence/imports/{id}")).into_response())
}

#[derive(Debug, Template)]
#[template(path = "evidence-preview.html")]
struct PreviewPage {
    frame: Frame,
    file_name: String,
    problem: Option<String>,
    plan: Plan,
}

async fn show_preview(mut door: Door, Path(id): Path<Id>) -> Result<Page<PreviewPage>, WebError> {
    preview(&mut door, id).await.map(Page)
}

async fn preview(door: &mut Door, id: Id) -> Result<PreviewPage, WebError> {
    let (file_name, plan) = planned(door, id).await?;
    let (plan, problem) = match plan {
        Ok(plan) => (plan, None),
        Err(sentence) => (Plan::default(), Some(sentence)),
    };
    let frame = door.frame("Evidence from a file", "growth");
    Ok(PreviewPage { frame, file_name, problem, plan })
}

async fn planned(door: &mut Door, id: Id) -> Result<(String, Result<Plan, String>), WebError> {
    let Door { viewer, tx, .. } = door;
    let permit = viewer.permit::<Evidence>(tx, Action::Read, viewer.person, State::Open).await?;
    let (file_name, content): (String, Vec<u8>) =
        tx.first(&queries::OWN_FILE, &[&id, &viewer.person]).await?.ok_or(WebError::NotFound)?;
    let sheet = Sheet::read(&content).map_err(|fault| WebError::Refused(format!("{fault}.")))?;
    let log: HashSet<(Date, String)> = queries::whole(tx, &permit, viewer.person)
        .await?
        .iter()
        .map(|row| sheet::key(&row.written))
        .collect();
    let ground = ground(tx, viewer).await?;
    let is_statement =
        |id: &str| ground.as_ref().is_some_and(|ground| ground.copy.framework().statement(id).is_some());
    Ok((file_name, sheet::plan(&sheet, viewer.today, &log, is_statement)))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn take(
    mut door: Door,
    Path(id): Path<Id>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, WebError> {
    let (_, plan) = planned(&mut door, id).await?;
    let plan = plan.map_err(WebError::Refused)?;
    if !plan.bad.is_empty() {
        return Ok(Page(preview(&mut door, id).await?).refused());
    }
    let Door { viewer, tx, kit } = &mut door;
    viewer.permit::<Evidence>(tx, Action::Write, viewer.person, State::Open).await?;
    let ground = ground(tx, viewer).await?;
    let (mut pieces, mut claims): (Vec<Vec<Value<'static>>>, Vec<Vec<Value<'static>>>) = (vec![], vec![]);
    for row in &plan.new {
        let piece = EvidenceId::new(kit.mint.id(viewer.now));
        let one = &row.written;
        pieces.push(vec![
            piece.bind().into_owned(),
            viewer.person.bind().into_owned(),
            one.happened_on.bind().into_owned(),
            one.situation.bind().into_owned(),
            one.deed.bind().into_owned(),
            one.effect.bind().into_owned(),
            one.link.bind().into_owned(),
            1_i64.bind().into_owned(),
            viewer.now.bind().into_owned(),
            viewer.now.bind().into_owned(),
        ]);
        let Some(ground) = &ground else { continue };
        let framework = ground.copy.framework();
        for statement in row.statements.iter().filter_map(|id| framework.statement(id)) {
            claims.push(vec![
                piece.bind().into_owned(),
                viewer.person.bind().into_owned(),
                ground.copy.line.framework.bind().into_owned(),
                ground.copy.line.id.bind().into_owned(),
                statement.id.as_str().bind().into_owned(),
                pillar_of(framework, statement).bind().into_owned(),
                one.happened_on.bind().into_owned(),
            ]);
        }
    }
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
    tx.insert_many("evidence", &columns, &pieces).await?;
    let columns = ["evidence", "person", "framework", "version", "statement", "pillar", "happened_on"];
    tx.insert_many("evidence_claim", &columns, &claims).await?;
    tx.run(&queries::FORGET_FILE, &[&id, &viewer.person]).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/evidence").into_response())
}

/// The whole log of the viewer with what each piece supports.
async fn whole(door: &mut Door) -> Result<Vec<(EvidenceRow, Vec<ClaimJson>)>, WebError> {
    let Door { viewer, tx, .. } = door;
    let permit = viewer.permit::<Evidence>(tx, Action::Read, viewer.person, State::Open).await?;
    let mut claims: HashMap<EvidenceId, Vec<ClaimJson>> = HashMap::new();
    for (piece, framework, statement) in
        tx.all::<(EvidenceId, String, String)>(&queries::WHOLE_CLAIMS, &[&viewer.person]).await?
    {
        claims.entry(piece).or_default().push(ClaimJson { framework, statement });
    }
    let rows = queries::whole(tx, &permit, viewer.person).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let claims = claims.remove(&row.id).unwrap_or_default();
            (row, claims)
        })
        .collect())
}

async fn export_csv(mut door: Door) -> Result<Response, WebError> {
    let rows = whole(&mut door).await?;
    let file = sheet::written(rows.iter().map(|(row, claims)| {
        let ids: Vec<&str> = claims.iter().map(|claim| claim.statement.as_str()).collect();
        (&row.written, ids.join(" "), row.standing.word())
    }));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"evidence.csv\""),
    ];
    Ok((headers, file).into_response())
}

#[derive(Debug, Serialize)]
struct WholeJson {
    items: Vec<super::api::EvidenceJson>,
}

async fn export_json(mut door: Door) -> Result<Response, WebError> {
    let rows = whole(&mut door).await?;
    let items = rows.into_iter().map(|(row, claims)| super::api::EvidenceJson::new(row, claims)).collect();
    let headers = [(CONTENT_DISPOSITION, "attachment; filename=\"evidence.json\"")];
    Ok((headers, Json(WholeJson { items })).into_response())
}
