//! People from a file, in the browser: upload, look at what each column means and what would change, then take it
//! or leave it.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_kernel::Id;
use espalier_store::{Statement, queries};
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Problems, Upload, WebError};
use serde::Deserialize;

use crate::access::{ORGANISATION, People};
use crate::actions;
use crate::import::{self, Field, Mapping, Plan, Sheet};

queries! {
    /// A file somebody wants looked at.
    KEEP = "insert into upload (id, person, purpose, file_name, content, made_at) values ($1, $2, 'people', $3, $4, $5)";
    /// Files of more than a day ago.
    FORGET_OLD = "delete from upload where made_at < $1";
    /// One's own file.
    MINE = "select file_name, content from upload where id = $1 and person = $2 and purpose = 'people'";
    /// A file that was taken or left.
    FORGET = "delete from upload where id = $1 and person = $2";
}

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/admin/people", get(show_upload).post(keep_upload))
        .route("/admin/people/{id}", get(show_preview).post(show_mapped))
        .route("/admin/people/{id}/import", post(take))
}

#[derive(Debug, Template)]
#[template(path = "people-upload.html")]
struct UploadPage {
    frame: Frame,
    problems: Problems,
}

async fn show_upload(mut door: Door) -> Result<Page<UploadPage>, WebError> {
    may_import(&mut door).await?;
    Ok(Page(UploadPage { frame: door.frame("Import people", "people"), problems: Problems::none() }))
}

async fn may_import(door: &mut Door) -> Result<(), WebError> {
    door.viewer.permit::<People>(&mut door.tx, Action::Read, ORGANISATION, State::Open).await.map(drop)
}

async fn keep_upload(mut door: Door, upload: Upload) -> Result<Response, WebError> {
    may_import(&mut door).await?;
    let Some((file_name, content)) = upload.files.into_iter().next() else {
        let problems = Problems::one("file", "Choose a file.");
        return Ok(Page(UploadPage { frame: door.frame("Import people", "people"), problems }).refused());
    };
    if let Err(fault) = Sheet::read(&content) {
        let problems = Problems::one("file", format!("The file cannot be used: {fault}."));
        return Ok(Page(UploadPage { frame: door.frame("Import people", "people"), problems }).refused());
    }
    let Door { viewer, mut tx, kit } = door;
    tx.run(&FORGET_OLD, &[&viewer.now.plus_seconds(-86_400)]).await?;
    let id = kit.mint.id(viewer.now);
    tx.run(&KEEP, &[&id, &viewer.person, &file_name, &content.to_vec(), &viewer.now]).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/admin/people/{id}")).into_response())
}

#[derive(Debug, Template)]
#[template(path = "people-preview.html")]
struct PreviewPage {
    frame: Frame,
    id: Id,
    file_name: String,
    columns: Vec<ColumnView>,
    problem: Option<String>,
    plan: Plan,
    sample: Vec<Vec<String>>,
}

impl PreviewPage {
    /// Whether somebody leaves by it.
    fn has_last_days(&self) -> bool {
        let changed = self.plan.changed.iter().flat_map(|(_, changes)| changes);
        changed.into_iter().any(|change| change.field == Field::LeftOn && !change.to.is_empty())
    }
}

#[derive(Debug)]
struct ColumnView {
    place: usize,
    head: String,
    example: String,
    choices: Vec<(&'static str, &'static str, bool)>,
}

/// What each column holds, as the form says it: one word for each column, in order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MappingForm {
    column: Vec<String>,
    skip: Option<String>,
}

impl MappingForm {
    fn mapping(&self) -> Mapping {
        Mapping(self.column.iter().map(|word| word.parse().ok()).collect())
    }
}

async fn show_preview(mut door: Door, Path(id): Path<Id>) -> Result<Page<PreviewPage>, WebError> {
    preview(&mut door, id, None).await.map(Page)
}

async fn show_mapped(
    mut door: Door,
    Path(id): Path<Id>,
    Form(form): Form<MappingForm>,
) -> Result<Page<PreviewPage>, WebError> {
    preview(&mut door, id, Some(form.mapping())).await.map(Page)
}

async fn sheet_of(door: &mut Door, id: Id) -> Result<(String, Sheet), WebError> {
    may_import(door).await?;
    let statement: &Statement = &MINE;
    let (file_name, content): (String, Vec<u8>) =
        door.tx.first(statement, &[&id, &door.viewer.person]).await?.ok_or(WebError::NotFound)?;
    let sheet = Sheet::read(&content).map_err(|fault| WebError::Refused(format!("{fault}.")))?;
    Ok((file_name, sheet))
}

async fn preview(door: &mut Door, id: Id, mapping: Option<Mapping>) -> Result<PreviewPage, WebError> {
    let (file_name, sheet) = sheet_of(door, id).await?;
    let mapping = mapping.unwrap_or_else(|| Mapping::guess(&sheet.head));
    let problem = mapping.check().err().map(|fault| format!("{fault}."));
    let plan = if problem.is_none() {
        let existing = import::existing(&mut door.tx).await?;
        import::plan(&sheet, &mapping, &existing)
    } else {
        Plan::default()
    };
    let first = sheet.rows.first().map(|(_, cells)| cells.clone()).unwrap_or_default();
    let columns = sheet
        .head
        .iter()
        .enumerate()
        .map(|(place, head)| ColumnView {
            place,
            head: head.clone(),
            example: first.get(place).cloned().unwrap_or_default(),
            choices: Field::ALL
                .iter()
                .map(|field| {
                    (field.word(), field.title(), mapping.0.get(place).copied().flatten() == Some(*field))
                })
                .collect(),
        })
        .collect();
    let sample = plan
        .new
        .iter()
        .take(5)
        .map(|row| {
            [Field::Name, Field::Email, Field::Team, Field::Manager]
                .map(|field| row.get(field).unwrap_or_default().to_owned())
                .to_vec()
        })
        .collect();
    let frame = door.frame("Import people", "people");
    Ok(PreviewPage { frame, id, file_name, columns, problem, plan, sample })
}

async fn take(
    mut door: Door,
    Path(id): Path<Id>,
    Form(form): Form<MappingForm>,
) -> Result<Response, WebError> {
    let (_, sheet) = sheet_of(&mut door, id).await?;
    let mapping = form.mapping();
    mapping.check().map_err(|fault| WebError::Refused(format!("{fault}.")))?;
    let existing = import::existing(&mut door.tx).await?;
    let plan = import::plan(&sheet, &mapping, &existing);
    if !plan.bad.is_empty() && form.skip.is_none() {
        return Ok(Page(preview(&mut door, id, Some(mapping)).await?).refused());
    }
    let Door { viewer, tx, kit } = &mut door;
    actions::import_people(tx, viewer, &kit.mint, &plan).await?;
    tx.run(&FORGET, &[&id, &viewer.person]).await?;
    door.tx.commit().await?;
    door.kit.store.learn().await?;
    Ok(Redirect::to("/people").into_response())
}
