//! The page "My data": one's own book, and asking to be erased.

use askama::Template;
use axum::Extension;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_people::trail;
use espalier_web::{Door, Doors, Form, Frame, Page, Problems, WebError, day_in_words, full_day};
use serde::Deserialize;

use super::erasure::{self, Subject};
use super::erasure_pages::{Fates, fates};
use super::{Kept, book, expiry, proof};
use crate::access::{BOOK, OwnBook};

/// What somebody types before they ask to be erased.
const PHRASE: &str = "erase what is mine";

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/data", get(show_data))
        .route("/me/data/book", post(create_book))
        .route("/me/data/erasure", post(create_request))
        .route("/me/data/erasure/end", post(end_request))
}

#[derive(Debug, Template)]
#[template(path = "my-data.html")]
struct DataPage {
    frame: Frame,
    needs_password: bool,
    asked: Option<String>,
    fates: Fates,
    backups: String,
    phrase: &'static str,
    problems: Problems,
}

async fn show_data(mut door: Door, Extension(kept): Extension<Kept>) -> Result<Page<DataPage>, WebError> {
    page(&mut door, &kept, Problems::none()).await.map(Page)
}

async fn page(door: &mut Door, kept: &Kept, problems: Problems) -> Result<DataPage, WebError> {
    let frame = door.frame("My data", "");
    let Door { viewer, tx, kit } = door;
    viewer.permit::<OwnBook>(tx, Action::Read, viewer.person, State::Open).await?;
    let Subject { asked_at, .. } = erasure::find(tx, viewer, Action::Read, viewer.person).await?;
    let asked = asked_at.map(|at| day_in_words(at.date_in(&viewer.zone), viewer.today));
    let fates = fates(&kept.0.foresee(tx, viewer.person, viewer.now).await?);
    let choices = expiry::choices(tx).await?;
    let backups = kept
        .0
        .purposes()
        .iter()
        .find(|one| one.key == "backups")
        .map(|one| last_backup(one, &choices, viewer.today))
        .unwrap_or_default();
    let needs_password = proof::is_needed(tx, kit, viewer).await?;
    Ok(DataPage { frame, needs_password, asked, fates, backups, phrase: PHRASE, problems })
}

/// The day by which the last backup that still holds today is overwritten.
fn last_backup(
    purpose: &espalier_keeping::Purpose,
    choices: &expiry::Choices,
    today: espalier_kernel::Date,
) -> String {
    let espalier_keeping::Keep::Months { months, .. } = purpose.keep else { return String::new() };
    let months = choices.get(purpose.key).copied().unwrap_or(months);
    let months = i32::try_from(months).unwrap_or_default();
    full_day(today.plus_days(months * 31))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Proof {
    password: String,
    phrase: String,
}

async fn create_book(
    parts: Parts,
    door: Door,
    Extension(kept): Extension<Kept>,
    Form(form): Form<Proof>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = door;
    // Nobody waits for the database while a password is compared and a book is written.
    drop(tx);
    if let Some(sentence) = proof::is_wrong(&kit, &viewer, &parts, form.password).await? {
        let mut door = Door { viewer, tx: kit.store.read().await?, kit };
        return Ok(Page(page(&mut door, &kept, Problems::one("password", sentence)).await?).refused());
    }
    let mut tx = kit.store.write().await?;
    viewer.permit::<OwnBook>(&mut tx, Action::Read, viewer.person, State::Open).await?;
    trail::note(&mut tx, &kit.mint, &viewer, "take-book", &BOOK, viewer.person).await?;
    tx.commit().await?;
    let mut tx = kit.store.read().await?;
    let written = book::write(&mut tx, &viewer, &kept.0).await?;
    drop(tx);
    let archive = tokio::task::spawn_blocking(move || written.archive()).await.map_err(WebError::fault)??;
    let headers =
        [(CONTENT_TYPE, "application/zip"), (CONTENT_DISPOSITION, "attachment; filename=\"my-book.zip\"")];
    Ok((headers, archive).into_response())
}

async fn create_request(
    parts: Parts,
    door: Door,
    Extension(kept): Extension<Kept>,
    Form(form): Form<Proof>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = door;
    drop(tx);
    let mut problems = Problems::none();
    if form.phrase.trim().to_lowercase() != PHRASE {
        problems.add("phrase", format!("Type “{PHRASE}” to say that you mean it."));
    }
    if let Some(sentence) = proof::is_wrong(&kit, &viewer, &parts, form.password).await? {
        problems.add("erasure-password", sentence);
    }
    if !problems.is_empty() {
        let mut door = Door { viewer, tx: kit.store.read().await?, kit };
        return Ok(Page(page(&mut door, &kept, problems).await?).refused());
    }
    let mut tx = kit.store.write().await?;
    erasure::ask(&mut tx, &viewer, &kit.mint).await?;
    tx.commit().await?;
    Ok(Redirect::to("/me/data").into_response())
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end_request(mut door: Door, Form(Nothing {}): Form<Nothing>) -> Result<Redirect, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    erasure::take_back(tx, viewer, &kit.mint).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/data"))
}
