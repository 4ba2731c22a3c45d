//! Versions on their way: bringing in files, looking at a draft, publishing or dropping it.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, Relation, State};
use espalier_framework::{Files, Finding, Severity, Status};
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Problems, Query, Upload, WebError, full_day};
use serde::Deserialize;

use crate::access::FrameworkRecord;
use crate::pages::{Cover, Reading, take};
use crate::queries::{self, VersionId, VersionLine, VersionState};
use crate::{actions, incoming, library};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/frameworks/new", get(show_upload).post(create_draft))
        .route("/frameworks/{framework}/versions", get(show_versions))
        .route("/versions/{id}", get(show_version))
        .route("/versions/{id}/publication", post(create_publication))
        .route("/versions/{id}/end", post(end_draft))
}

#[derive(Debug, Template)]
#[template(path = "versions.html")]
struct VersionsPage {
    frame: Frame,
    cover: Cover,
    versions: Vec<VersionView>,
}

#[derive(Debug)]
struct VersionView {
    line: VersionLine,
    day: String,
    has_earlier: bool,
}

async fn show_versions(
    mut door: Door,
    Path(framework): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Page<VersionsPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let frame = door.frame(format!("Versions of {}", copy.framework().name), "frameworks");
    let Door { viewer, tx, .. } = &mut door;
    let mut versions = Vec::new();
    let permit =
        viewer.try_permit::<FrameworkRecord>(tx, Action::Read, copy.line.subject(), State::Draft).await?;
    for line in tx.all::<VersionLine>(&queries::VERSIONS, &[&framework]).await? {
        let is_for_all = matches!(line.state, VersionState::Published | VersionState::Legacy);
        if is_for_all || permit.is_some() {
            let day = full_day(line.published_at.unwrap_or(line.made_at).date_in(&viewer.zone));
            versions.push(VersionView { line, day, has_earlier: false });
        }
    }
    // All but the first one ever published came after another.
    let has_come = |view: &VersionView| view.line.state != VersionState::Draft;
    if let Some(first) = versions.iter().rposition(has_come) {
        for view in &mut versions[..first] {
            view.has_earlier = view.line.state != VersionState::Withdrawn;
        }
    }
    Ok(Page(VersionsPage { frame, versions, cover: Cover::new(&copy, &reading, "versions") }))
}

#[derive(Debug, Template)]
#[template(path = "upload.html")]
struct UploadPage {
    frame: Frame,
    problems: Problems,
    findings: Vec<Finding>,
}

async fn show_upload(mut door: Door) -> Result<Page<UploadPage>, WebError> {
    may_import(&mut door).await?;
    let frame = door.frame("Bring in a framework", "frameworks");
    Ok(Page(UploadPage { frame, problems: Problems::none(), findings: Vec::new() }))
}

/// Whoever looks after no framework at all has no such page.
async fn may_import(door: &mut Door) -> Result<(), WebError> {
    if door.viewer.roles.has(Relation::FrameworkOwner) { Ok(()) } else { Err(WebError::NotFound) }
}

async fn create_draft(mut door: Door, upload: Upload) -> Result<Response, WebError> {
    may_import(&mut door).await?;
    let frame = door.frame("Bring in a framework", "frameworks");
    if upload.files.is_empty() {
        let problems = Problems::one("files", "Choose one or more files.");
        return Ok(Page(UploadPage { frame, problems, findings: Vec::new() }).refused());
    }
    let mut files = Files::new();
    for (name, content) in &upload.files {
        if let Err(error) = files.add(name, content.to_vec()) {
            let problems = Problems::one("files", error.to_string());
            return Ok(Page(UploadPage { frame, problems, findings: Vec::new() }).refused());
        }
    }
    // Nobody waits for the database while files are read.
    let Door { viewer, tx, kit } = door;
    drop(tx);
    let outcome =
        tokio::task::spawn_blocking(move || incoming::read(&files)).await.map_err(WebError::fault)?;
    let mut door = Door { viewer, tx: kit.store.write().await?, kit };
    match outcome {
        Err(unreadable) => {
            let problems = Problems::one("files", "Nothing was brought in. What is wrong stands below.");
            Ok(Page(UploadPage { frame, problems, findings: unreadable.faults }).refused())
        }
        Ok((mut framework, report)) => {
            framework.status = Status::Draft;
            let Door { viewer, tx, kit } = &mut door;
            let id = actions::take_in(tx, viewer, &kit.mint, &framework, &report).await?;
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/versions/{id}")).into_response())
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "version.html")]
struct VersionPage {
    frame: Frame,
    line: VersionLine,
    counts: Vec<(&'static str, usize)>,
    report: Vec<Finding>,
    findings: Vec<Finding>,
    errors: usize,
    news: Vec<String>,
    proposed: Option<String>,
    may_publish: bool,
}

async fn show_version(mut door: Door, Path(id): Path<VersionId>) -> Result<Page<VersionPage>, WebError> {
    let line: VersionLine = door.tx.first(&queries::BY_ID, &[&id]).await?.ok_or(WebError::NotFound)?;
    let frame = door.frame(format!("{} {}", line.name, line.version), "frameworks");
    let reading = Reading::of_version(id);
    let copy = take(&mut door, &line.framework, &reading).await?;
    let Door { viewer, tx, .. } = &mut door;
    let may_publish = line.state == VersionState::Draft
        && viewer
            .try_permit::<FrameworkRecord>(tx, Action::Decide, line.subject(), State::Draft)
            .await?
            .is_some();
    let report: Option<(String,)> = tx.first(&queries::REPORT, &[&id]).await?;
    let report: Vec<Finding> = report
        .and_then(|(report,)| serde_json::from_str(&report).ok())
        .filter(|_| may_publish)
        .unwrap_or_default();
    let framework = copy.framework();
    let findings = if may_publish { incoming::findings(framework) } else { Vec::new() };
    let current: Option<VersionLine> = tx.first(&queries::CURRENT, &[&line.framework]).await?;
    let (news, proposed) = match current.filter(|current| current.id != line.id) {
        Some(current) => {
            let before = library::pinned(tx, current.id).await?;
            incoming::news(before.framework(), framework)
        }
        None => (Vec::new(), None),
    };
    Ok(Page(VersionPage {
        frame,
        counts: vec![
            ("levels", framework.levels.len()),
            ("pillars", framework.pillars.len()),
            ("competencies", framework.competencies.len()),
            ("statements", framework.statements.len()),
        ],
        errors: findings.iter().filter(|finding| finding.severity == Severity::Error).count(),
        line,
        report,
        findings,
        news,
        proposed,
        may_publish,
    }))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_publication(
    mut door: Door,
    Path(id): Path<VersionId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let line = actions::publish(tx, viewer, &kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/frameworks/{}", line.framework)))
}

async fn end_draft(
    mut door: Door,
    Path(id): Path<VersionId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    actions::drop_draft(tx, viewer, &kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/frameworks"))
}
