//! Where somebody is asked to confirm evidence, and where they answer: in the app, or by a link without an account.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::Action;
use espalier_kernel::Moment;
use espalier_people::trail;
use espalier_web::{Door, Doors, Form, Frame, Lobby, Page, Path, Read, WebError, full_day};
use serde::Deserialize;

use super::access::EVIDENCE;
use super::confirm::{self, Asked, Opened};
use super::queries::RequestRow;
use super::{CorroborationId, EvidenceId, Refusal, Reply, pages};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/evidence/{id}/corroborations", post(create_request))
        .route("/evidence/{id}/corroborations/end", post(end_request))
        .route("/corroborations/{id}", get(show_request).post(create_answer))
        .route("/confirm/{secret}", get(show_opened).post(create_opened_answer))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AskForm {
    who: String,
}

async fn create_request(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(form): Form<AskForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let base = kit.settings.base_url.clone();
    match confirm::ask(tx, viewer, &kit.mint, id, &form.who).await? {
        Err(problems) => {
            let typed = pages::Typed { problems, who: form.who, ..pages::Typed::default() };
            Ok(Page(pages::piece(&mut door, id, typed).await?).refused())
        }
        Ok(Asked { secret: None, .. }) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/evidence/{id}#confirm")).into_response())
        }
        // The link stands on this one answer; only its hash is kept.
        Ok(Asked { name, secret: Some(secret) }) => {
            let link = format!("{base}/confirm/{}", secret.reveal());
            let typed = pages::Typed { link: Some((name, link)), ..pages::Typed::default() };
            let page = pages::piece(&mut door, id, typed).await?;
            door.tx.commit().await?;
            Ok(Page(page).into_response())
        }
    }
}

#[derive(Debug, Deserialize)]
struct UnaskForm {
    request: CorroborationId,
}

async fn end_request(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(form): Form<UnaskForm>,
) -> Result<Redirect, WebError> {
    confirm::unask(&mut door.tx, &door.viewer, id, form.request).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/evidence/{id}#confirm")))
}

#[derive(Debug, Template)]
#[template(path = "evidence-confirm.html")]
struct RequestPage {
    frame: Frame,
    row: RequestRow,
    /// Whether it is answered by a link, without an account.
    is_by_link: bool,
    action: String,
    day: String,
    last_day: String,
    is_late: bool,
}

impl RequestPage {
    fn new(frame: Frame, row: RequestRow, now: Moment, action: String, is_by_link: bool) -> Self {
        Self {
            day: full_day(row.asked_on),
            last_day: full_day(row.expires_at.date()),
            is_late: row.expires_at <= now,
            frame,
            row,
            is_by_link,
            action,
        }
    }
}

async fn show_request(
    mut door: Door,
    Path(id): Path<CorroborationId>,
) -> Result<Page<RequestPage>, WebError> {
    let row = confirm::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let frame = door.frame(format!("{} asks you to confirm", row.owner_name), "growth");
    Ok(Page(RequestPage::new(frame, row, door.viewer.now, format!("/corroborations/{id}"), false)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    reply: String,
    words: String,
}

async fn create_answer(
    mut door: Door,
    Path(id): Path<CorroborationId>,
    Form(form): Form<AnswerForm>,
) -> Result<Redirect, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let row = confirm::find_for(tx, viewer, Action::Write, id).await?;
    confirm::answer(tx, viewer.now, &row, &form.reply, &crate::saved::lines(&form.words)).await?;
    // Nobody is reminded of what they have answered, not even by a mail that waits for the morning.
    let path = format!("/corroborations/{id}");
    espalier_notify::untell(tx, viewer.person, &crate::again::CORROBORATION, &path).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&path))
}

#[derive(Debug, Template)]
#[template(path = "evidence-closed.html")]
struct ClosedPage {
    frame: Frame,
    /// What was answered; nothing when the time ran out before.
    answer: Option<(Reply, String)>,
}

async fn show_opened(mut lobby: Lobby, Path(secret): Path<String>) -> Result<Response, WebError> {
    let now = lobby.kit.now();
    match confirm::opened(&mut lobby.tx, &secret, now).await? {
        Opened::Waiting(row, owner) => {
            // On disk before it is shown, as every read. Whoever has no account goes by the request itself.
            let reader = lobby.viewer.as_ref().map_or(row.id.id(), |viewer| viewer.person);
            if reader != owner {
                let read =
                    Read { at: now, reader, subject: owner, kind: EVIDENCE.name, rule: trail::BY_LINK };
                lobby.kit.gate.record_reads(vec![read]).await?;
            }
            let frame = lobby.frame(format!("{} asks you to confirm", row.owner_name));
            Ok(Page(RequestPage::new(frame, *row, now, format!("/confirm/{secret}"), true)).into_response())
        }
        Opened::Answered(reply, words) => {
            let frame = lobby.frame("Thank you");
            Ok(Page(ClosedPage { frame, answer: Some((reply, words)) }).into_response())
        }
        Opened::RunOut => {
            let frame = lobby.frame("This request has run out");
            Ok(Page(ClosedPage { frame, answer: None }).into_response())
        }
    }
}

async fn create_opened_answer(
    mut lobby: Lobby,
    Path(secret): Path<String>,
    Form(form): Form<AnswerForm>,
) -> Result<Redirect, WebError> {
    let now = lobby.kit.now();
    let row = match confirm::opened(&mut lobby.tx, &secret, now).await? {
        Opened::Waiting(row, _) => row,
        Opened::Answered(..) => return Err(Refusal::Answered.into()),
        Opened::RunOut => return Err(Refusal::RunOut.into()),
    };
    confirm::answer(&mut lobby.tx, now, &row, &form.reply, &crate::saved::lines(&form.words)).await?;
    lobby.tx.commit().await?;
    Ok(Redirect::to(&format!("/confirm/{secret}")))
}
