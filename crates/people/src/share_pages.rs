//! The page of what one shares and of what others share with one.

use askama::Template;
use axum::response::Redirect;
use axum::routing::{get, post};
use espalier_web::{Door, Doors, Form, Frame, Page, Path, WebError, day_in_words};
use serde::Deserialize;

use crate::shares::{self, ShareId, ShareLine};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/me/shares", get(show_shares)).route("/me/shares/{id}/end", post(end_share))
}

#[derive(Debug, Template)]
#[template(path = "shares.html")]
struct SharesPage {
    frame: Frame,
    given: Vec<ShareView>,
    received: Vec<ShareView>,
}

#[derive(Debug)]
struct ShareView {
    line: ShareLine,
    title: &'static str,
    last_day: String,
}

async fn show_shares(mut door: Door) -> Result<Page<SharesPage>, WebError> {
    let frame = door.frame("Shared", "growth");
    let Door { viewer, tx, .. } = &mut door;
    let view = |line: ShareLine| ShareView {
        title: viewer.policy().title_of(&line.kind).unwrap_or("record"),
        last_day: day_in_words(line.until_on.plus_days(-1), viewer.today),
        line,
    };
    let given = shares::given(tx, viewer).await?.into_iter().map(view).collect();
    let received = shares::received(tx, viewer).await?.into_iter().map(view).collect();
    Ok(Page(SharesPage { frame, given, received }))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end_share(
    mut door: Door,
    Path(id): Path<ShareId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    shares::end(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/shares"))
}
