//! What partners say for a talk: teams and leaders somebody works with, asked by the person. A source, never a rating.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_kernel::{Id, Mint, Moment};
use espalier_people::shares;
use espalier_store::{Fault, Tx};
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Problems, Viewer, WebError};
use serde::Deserialize;

use super::access::TalkInput;
use super::queries::{self, InputRow};
use super::{InputId, LONGEST, Refusal, Side, TalkId, TalkState, actions, notices};
use crate::again;
use crate::assessment::both_notes;
use crate::saved::{Saved, lines};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/talks/{id}/inputs", post(create_input))
        .route("/talks/inputs/{id}", get(show_input).post(save_input))
        .route("/talks/inputs/{id}/completion", post(create_completion))
        .route("/talks/inputs/{id}/refusal", post(create_refusal))
}

/// The questions put to the viewer that wait for them.
///
/// # Errors
///
/// When the database fails.
pub async fn waiting(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<InputRow>, WebError> {
    viewer.permit::<TalkInput>(tx, Action::Discover, viewer.person, State::Draft).await?;
    Ok(tx.all(&queries::ASKED_OF, &[&viewer.person]).await?)
}

/// Whom the person of a talk asked, and how far each is.
///
/// # Errors
///
/// When the database fails.
pub async fn asked(tx: &mut Tx, id: TalkId) -> Result<Vec<(String, &'static str)>, Fault> {
    let rows: Vec<(String, Option<Moment>, Option<Moment>)> = tx.all(&queries::ASKED, &[&id]).await?;
    Ok(rows
        .into_iter()
        .map(|(name, given, declined)| {
            let word = match (given, declined) {
                (Some(_), _) => "has answered",
                (None, Some(_)) => "would rather not",
                (None, None) => "is asked",
            };
            (name, word)
        })
        .collect())
}

/// The person asks a colleague for the talk.
///
/// # Errors
///
/// What is wrong with the form, inside.
pub async fn ask(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: TalkId,
    typed: &str,
    question: &str,
) -> Result<Result<(), Problems>, WebError> {
    let (_, line, side) = actions::find_for(tx, viewer, Action::Write, id).await?;
    if side != Some(Side::Person) {
        return Err(WebError::NotFound);
    }
    let question = question.trim();
    if question.chars().count() > 1_000 {
        return Ok(Err(Problems::one("question", "Use at most 1,000 characters.")));
    }
    let partner = match shares::pick(tx, viewer, typed).await? {
        Ok(one) if one.id() == viewer.person => Err("Choose somebody else than yourself."),
        Ok(one) if Some(one.id()) == line.holder => {
            Err("You hold this talk with them; they prepare it anyway.")
        }
        other => other,
    };
    match partner {
        Err(sentence) => Ok(Err(Problems::one("partner", sentence))),
        Ok(partner) => {
            let asked = InputId::new(mint.id(viewer.now));
            tx.run(&queries::ASK, &[&asked, &id, &partner, &question, &viewer.now]).await?;
            let path = format!("/talks/inputs/{asked}");
            espalier_notify::tell(tx, mint, viewer.now, partner.id(), &notices::ASKED, &path).await?;
            Ok(Ok(()))
        }
    }
}

async fn find_for(tx: &mut Tx, viewer: &Viewer, action: Action, id: InputId) -> Result<InputRow, WebError> {
    let facts: Option<(Id, Option<Moment>, Option<Moment>, TalkState)> =
        tx.first(&queries::INPUT_FACTS, &[&id]).await?;
    let (partner, given, declined, talk) = facts.ok_or(WebError::NotFound)?;
    let state =
        if given.is_some() || declined.is_some() || talk.is_over() { State::Open } else { State::Draft };
    if viewer.try_permit::<TalkInput>(tx, action, partner, state).await?.is_none() {
        viewer.permit::<TalkInput>(tx, Action::Read, partner, state).await?;
        return Err(Refusal::Over.into());
    }
    tx.first(&queries::INPUT, &[&id]).await?.ok_or(WebError::NotFound)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AskForm {
    partner: String,
    question: String,
}

async fn create_input(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<AskForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    match ask(tx, viewer, &kit.mint, id, &form.partner, &lines(&form.question)).await? {
        Ok(()) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/talks/{id}#partners")).into_response())
        }
        Err(problems) => {
            Ok(Page(super::pages::talk_page(&mut door, id, problems, form.partner).await?).refused())
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "talk-input.html")]
struct InputPage {
    frame: Frame,
    row: InputRow,
    is_open: bool,
}

async fn show_input(mut door: Door, Path(id): Path<InputId>) -> Result<Page<InputPage>, WebError> {
    let row = find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let frame = door.frame(format!("For {}", row.person_name), "talks");
    let is_open = row.given_at.is_none() && row.declined_at.is_none();
    Ok(Page(InputPage { frame, row, is_open }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InputForm {
    words: String,
    version: i64,
}

async fn save_input(
    headers: HeaderMap,
    mut door: Door,
    Path(id): Path<InputId>,
    Form(form): Form<InputForm>,
) -> Result<Response, WebError> {
    let kept = find_for(&mut door.tx, &door.viewer, Action::Write, id).await?;
    let sent = lines(&form.words);
    if sent.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    let words = if kept.revision == form.version { sent.clone() } else { both_notes(&kept.words, &sent) };
    door.tx.run(&queries::WRITE_INPUT, &[&id, &words]).await?;
    door.tx.commit().await?;
    Ok(Saved::at(kept.revision + 1)
        .with("words", &sent, words)
        .answer(&headers, &format!("/talks/inputs/{id}")))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_completion(
    mut door: Door,
    Path(id): Path<InputId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    let row = find_for(&mut door.tx, &door.viewer, Action::Decide, id).await?;
    if row.words.trim().is_empty() {
        return Err(WebError::Refused("Write a few words before you hand it in.".to_owned()));
    }
    door.tx.run(&queries::GIVE_INPUT, &[&id, &door.viewer.now]).await?;
    answered(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/inputs/{id}")))
}

async fn create_refusal(
    mut door: Door,
    Path(id): Path<InputId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    find_for(&mut door.tx, &door.viewer, Action::Decide, id).await?;
    door.tx.run(&queries::DECLINE_INPUT, &[&id, &door.viewer.now]).await?;
    answered(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/talks"))
}

/// Nobody is reminded of what they have answered, not even by a mail that waits for the morning.
async fn answered(tx: &mut Tx, viewer: &Viewer, id: InputId) -> Result<(), Fault> {
    espalier_notify::untell(tx, viewer.person, &again::INPUT, &format!("/talks/inputs/{id}")).await
}
