//! Today: one screen, one next step.

use askama::Template;
use axum::Json;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_governance::library;
use espalier_governance::queries::VersionLine;
use espalier_growth::queries::AssessmentLine;
use espalier_web::{Door, Doors, Frame, Page, WebError, day_in_words};

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
    open: Option<(AssessmentLine, String)>,
    has_finished: bool,
    framework: Option<VersionLine>,
    is_guest: bool,
}

async fn show_today(door: Option<Door>) -> Result<Response, WebError> {
    let Some(mut door) = door else { return Ok(Redirect::to("/sign-in").into_response()) };
    let frame = door.frame("Today", "today");
    let Door { viewer, tx, .. } = &mut door;
    if viewer.is_guest {
        let name = viewer.name.clone();
        let page =
            TodayPage { frame, name, open: None, has_finished: false, framework: None, is_guest: true };
        return Ok(Page(page).into_response());
    }
    let assessments = espalier_growth::actions::own(tx, viewer).await?;
    let framework = library::all(tx, viewer).await?.into_iter().next();
    let has_finished = assessments.iter().any(|one| one.finished_at.is_some());
    let open = assessments.into_iter().find(|one| one.finished_at.is_none()).map(|one| {
        let day = day_in_words(one.changed_at.date_in(&viewer.zone), viewer.today);
        (one, day)
    });
    let name = viewer.name.clone();
    Ok(Page(TodayPage { frame, name, open, has_finished, framework, is_guest: false }).into_response())
}
