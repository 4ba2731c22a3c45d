//! A calendar that somebody's own program reads, behind a secret in its address.

use axum::Extension;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_kernel::{Id, Moment};
use espalier_store::Tx;
use espalier_web::{Door, Doors, Form, Lobby, Page, Passage, Path, Viewer, WebError};
use serde::Deserialize;

use crate::access::Notice;
use crate::calendar::{self, Method};
use crate::queries::{self, AppointmentLine};
use crate::{Outside, pages};

/// How far back a feed goes.
const BACK: i64 = 90 * 24 * 60 * 60;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/calendar/{feed}", get(show_feed))
        .route("/me/notices/feed", post(create_feed))
        .route("/me/notices/feed/end", post(end_feed))
}

/// Since when the viewer has a feed.
pub(crate) async fn since(tx: &mut Tx, viewer: &Viewer) -> Result<Option<Moment>, WebError> {
    viewer.permit::<Notice>(tx, Action::Read, viewer.person, State::Open).await?;
    let found: Option<(Moment,)> = tx.first(&queries::FEED, &[&viewer.person]).await?;
    Ok(found.map(|(at,)| at))
}

/// `GET /calendar/{secret}.ics`: whoever holds the secret is the person, as long as they are here.
async fn show_feed(
    lobby: Lobby,
    Extension(outside): Extension<Outside>,
    Path(feed): Path<String>,
) -> Result<Response, WebError> {
    let Lobby { mut tx, kit, .. } = lobby;
    let secret = feed.strip_suffix(".ics").ok_or(WebError::NotFound)?;
    let found: Option<(Id,)> = tx.first(&queries::FEED_PERSON, &[&Passage::hash_of(secret)]).await?;
    let (person,) = found.ok_or(WebError::NotFound)?;
    let now = kit.now();
    let here = outside.directory.find(&mut tx, &[person], now).await?;
    if !here.iter().any(|one| one.is_here) {
        return Err(WebError::NotFound);
    }
    let agenda: Vec<AppointmentLine> = tx.all(&queries::AGENDA, &[&person, &now.plus_seconds(-BACK)]).await?;
    let text = calendar::write(Method::Publish, &kit.settings.base_url, &agenda);
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}

#[derive(Debug, Deserialize)]
struct Nothing {}

/// A new feed; the address of an earlier one leads nowhere from now on. It is shown once.
async fn create_feed(
    mut door: Door,
    Extension(outside): Extension<Outside>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    viewer.permit::<Notice>(tx, Action::Write, viewer.person, State::Open).await?;
    let secret = kit.mint.secret();
    let hash = Passage::hash_of_secret(&secret);
    tx.run(&queries::SET_FEED, &[&viewer.person, &hash, &viewer.now]).await?;
    let address = format!("{}/calendar/{}.ics", kit.settings.base_url, secret.reveal());
    let page = pages::choices_page(&mut door, &outside, pages::Shown::feed(address)).await?;
    door.tx.commit().await?;
    Ok(Page(page).into_response())
}

async fn end_feed(mut door: Door, Form(Nothing {}): Form<Nothing>) -> Result<Redirect, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Notice>(tx, Action::Write, viewer.person, State::Open).await?;
    tx.run(&queries::END_FEED, &[&viewer.person]).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/notices"))
}
