//! Today: one screen, one next step; and the page of help, which is the same for everybody.

use std::sync::LazyLock;

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_governance::queries::VersionLine;
use espalier_governance::{library, prose};
use espalier_growth::today::{self, Step};
use espalier_web::{Door, Doors, Frame, Lobby, Page, WebError};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/", get(show_today))
        .route("/help", get(show_help))
        .route("/api/openapi.json", get(show_api))
}

/// `GET /api/openapi.json`: the description of the API, for anybody.
async fn show_api() -> Json<serde_json::Value> {
    Json(espalier_web::describe(&crate::house::operations(), env!("CARGO_PKG_VERSION")))
}

/// The words of the house, as the book explains them.
static WORDS: LazyLock<String> = LazyLock::new(|| prose::page(include_str!("../../../docs/words.md")));

#[derive(Debug, Template)]
#[template(path = "help.html")]
struct HelpPage {
    frame: Frame,
    words: &'static str,
}

/// `GET /help`: what words mean and where to find what, for anybody.
async fn show_help(lobby: Lobby) -> Page<HelpPage> {
    Page(HelpPage { frame: lobby.frame("Help and words"), words: &WORDS })
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
