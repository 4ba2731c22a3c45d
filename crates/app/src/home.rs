//! Today: one screen, one next step.

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_governance::library;
use espalier_governance::queries::VersionLine;
use espalier_growth::today::{self, Step};
use espalier_web::{Door, Doors, Frame, Page, WebError};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/", get(show_today)).route("/api/openapi.json", get(show_api))
}

/// `GET /api/openapi.json`: the description of the API, for anybody.
async fn show_api() -> Json<serde_json::Value> {
    Json(espalier_web::describe(&crate::house::operations(), env!("CARGO_PKG_VERSION")))
}

#[derive(Debug, Template)]
#[template(path = "today.html")]
struct TodayPage {
    frame: Frame,
    name: String,
    next: Option<Step>,
    waiting: Vec<Step>,
    has_finished: bool,
    framework: Option<VersionLine>,
    is_guest: bool,
    unread: i64,
}

async fn show_today(door: Option<Door>) -> Result<Response, WebError> {
    let Some(mut door) = door else { return Ok(Redirect::to("/sign-in").into_response()) };
    let frame = door.frame("Today", "today");
    let Door { viewer, tx, .. } = &mut door;
    if viewer.is_guest {
        let name = viewer.name.clone();
        let page = TodayPage {
            frame,
            name,
            next: None,
            waiting: Vec::new(),
            has_finished: false,
            framework: None,
            is_guest: true,
            unread: 0,
        };
        return Ok(Page(page).into_response());
    }
    let (steps, has_finished) = today::steps(tx, viewer).await?;
    let mut steps = steps.into_iter();
    let (next, waiting) = (steps.next(), steps.collect());
    let framework = library::all(tx, viewer).await?.into_iter().next();
    let name = viewer.name.clone();
    let unread = espalier_notify::unread(tx, viewer.person).await?;
    let page = TodayPage { frame, name, next, waiting, has_finished, framework, is_guest: false, unread };
    Ok(Page(page).into_response())
}
