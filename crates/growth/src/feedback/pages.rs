//! The pages of feedback: all of it, and one as its giver, its receiver or somebody they chose has it.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::Action;
use espalier_governance::matrix::Line;
use espalier_kernel::Moment;
use espalier_people::shares::{self, ShareForm, ShareLine};
use espalier_people::visible::visible_also;
use espalier_web::{
    About, Door, Doors, Form, Frame, Page, Path, Problems, Query, Viewer, VisibleTo, WebError, day_in_words,
};
use serde::Deserialize;

use super::access::{Feedback, RECEIVED, WRITTEN};
use super::actions::{self, Found};
use super::queries::{self, FeedbackLine, FeedbackPermit, FeedbackRow, Topic};
use super::{FeedbackId, FeedbackState, Written};
use crate::evidence::claims::{self, ClaimView};
use crate::saved::{Saved, lines};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/feedback", get(show_all).post(create_feedback))
        .route("/me/feedback/questions", post(create_question))
        .route("/feedback/{id}", get(show_one).post(save_one))
        .route("/feedback/{id}/statements", post(add_statements))
        .route("/feedback/{id}/statements/end", post(end_statement))
        .route("/feedback/{id}/completion", post(create_completion))
        .route("/feedback/{id}/refusal", post(create_refusal))
        .route("/feedback/{id}/reading", post(create_reading))
        .route("/feedback/{id}/shares", post(create_share))
        .route("/feedback/{id}/end", post(end_feedback))
}

#[derive(Debug, Template)]
#[template(path = "feedback-all.html")]
struct AllPage {
    frame: Frame,
    waiting: Vec<LineView>,
    unopened: Vec<LineView>,
    received: Vec<LineView>,
    asked: Vec<LineView>,
    drafts: Vec<LineView>,
    given: Vec<LineView>,
    problems: Problems,
    to: String,
    from: String,
    question: String,
}

/// Feedback in a list.
#[derive(Debug)]
struct LineView {
    line: FeedbackLine,
    day: String,
}

impl LineView {
    fn new(line: FeedbackLine, viewer: &Viewer) -> Self {
        let at = line.given_at.unwrap_or(line.made_at);
        Self { day: day_of(at, viewer), line }
    }
}

fn day_of(at: Moment, viewer: &Viewer) -> String {
    day_in_words(at.date_in(&viewer.zone), viewer.today)
}

async fn show_all(mut door: Door) -> Result<Page<AllPage>, WebError> {
    all_page(&mut door, Problems::none()).await.map(Page)
}

async fn all_page(door: &mut Door, problems: Problems) -> Result<AllPage, WebError> {
    let frame = door.frame("Feedback", "growth");
    let Door { viewer, tx, .. } = door;
    let (written, received) = actions::lists(tx, viewer).await?;
    let mut page = AllPage {
        frame,
        waiting: Vec::new(),
        unopened: Vec::new(),
        received: Vec::new(),
        asked: Vec::new(),
        drafts: Vec::new(),
        given: Vec::new(),
        problems,
        to: String::new(),
        from: String::new(),
        question: "What do I do that helps you? What would help you more?".to_owned(),
    };
    for line in written {
        let list = match line.state {
            FeedbackState::Draft if line.asked_at.is_some() => &mut page.waiting,
            FeedbackState::Draft => &mut page.drafts,
            FeedbackState::Given | FeedbackState::TakenBack => &mut page.given,
            FeedbackState::Declined => continue,
        };
        list.push(LineView::new(line, viewer));
    }
    for line in received {
        let list = match line.state {
            FeedbackState::Given if line.read_at.is_some() => &mut page.received,
            FeedbackState::Given => &mut page.unopened,
            FeedbackState::Draft | FeedbackState::Declined | FeedbackState::TakenBack => &mut page.asked,
        };
        list.push(LineView::new(line, viewer));
    }
    Ok(page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ToForm {
    to: String,
}

async fn create_feedback(mut door: Door, Form(form): Form<ToForm>) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    match actions::begin(tx, viewer, &kit.mint, &form.to).await? {
        Ok(id) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/feedback/{id}")).into_response())
        }
        Err(problems) => {
            let page = AllPage { to: form.to, ..all_page(&mut door, problems).await? };
            Ok(Page(page).refused())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct QuestionForm {
    from: String,
    question: String,
}

async fn create_question(mut door: Door, Form(form): Form<QuestionForm>) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let question = lines(&form.question);
    match actions::ask(tx, viewer, &kit.mint, &form.from, &question, &Topic::default()).await? {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to("/me/feedback#asked").into_response())
        }
        Err(problems) => {
            let page =
                AllPage { from: form.from, question: form.question, ..all_page(&mut door, problems).await? };
            Ok(Page(page).refused())
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "feedback.html")]
struct OnePage {
    frame: Frame,
    seen: VisibleTo,
    id: FeedbackId,
    /// What it says; nothing before its receiver opens it.
    row: Option<FeedbackRow>,
    is_giver: bool,
    is_receiver: bool,
    day: String,
    supports: Vec<ClaimView>,
    offered: Vec<Line>,
    has_framework: bool,
    search: String,
    shares: Vec<ShareLine>,
    problems: Problems,
    with: String,
}

impl OnePage {
    fn is_draft(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == FeedbackState::Draft)
    }

    fn is_declined(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == FeedbackState::Declined)
    }

    fn is_unread(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == FeedbackState::Given && row.read_at.is_none())
    }

    fn is_taken_back(&self) -> bool {
        self.row.as_ref().is_some_and(|row| row.state == FeedbackState::TakenBack)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SearchQuery {
    q: String,
}

async fn show_one(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Query(query): Query<SearchQuery>,
) -> Result<Page<OnePage>, WebError> {
    one_page(&mut door, id, Problems::none(), query.q).await.map(Page)
}

async fn one_page(
    door: &mut Door,
    id: FeedbackId,
    problems: Problems,
    search: String,
) -> Result<OnePage, WebError> {
    let frame = door.frame("Feedback", "growth");
    let Door { viewer, tx, .. } = door;
    let mut page = OnePage {
        frame,
        seen: VisibleTo { summary: "You and whoever gave it".to_owned(), ..VisibleTo::default() },
        id,
        row: None,
        is_giver: false,
        is_receiver: true,
        day: String::new(),
        supports: Vec::new(),
        offered: Vec::new(),
        has_framework: false,
        search,
        shares: Vec::new(),
        problems,
        with: String::new(),
    };
    let Found::Readable(permit, row) = actions::find(tx, viewer, id).await? else { return Ok(page) };
    let row = *row;
    page.is_giver = matches!(permit, FeedbackPermit::Giver(_));
    page.is_receiver = row.receiver == viewer.person;
    page.frame.title = match (page.is_giver, page.is_receiver) {
        (true, _) => format!("Feedback for {}", row.receiver_name),
        (_, true) => format!("Feedback from {}", row.giver_name),
        (false, false) => format!("Feedback for {} from {}", row.receiver_name, row.giver_name),
    };
    page.day = day_of(row.given_at.or(row.asked_at).unwrap_or(viewer.now), viewer);
    let access = row.state.access(row.read_at.is_some());
    page.seen = if row.state == FeedbackState::Given {
        // Whoever gave it keeps reading it.
        let mut seen = visible_also(
            tx,
            viewer,
            &RECEIVED,
            espalier_access::State::Open,
            About::record(row.receiver, id.id()),
            &row.receiver_name,
            &[],
        )
        .await?;
        let giver = if page.is_giver { "You".to_owned() } else { row.giver_name.clone() };
        seen.summary = match seen.summary.as_str() {
            "Only you" => format!("You and {giver}"),
            all if page.is_giver => format!("You, {all} and whom they choose"),
            all => format!("{all}; {giver} keeps reading what they gave"),
        };
        seen.reasons.push((giver, "gave it".to_owned()));
        seen
    } else {
        let about = About::record(row.giver, id.id());
        visible_also(tx, viewer, &WRITTEN, access, about, &row.giver_name, &[]).await?
    };
    let kept = queries::statements(tx, &permit, id).await?;
    page.supports = claims::shown(tx, viewer, kept).await?;
    if page.is_giver
        && row.state == FeedbackState::Draft
        && let Some(ground) = claims::ground(tx, viewer).await?
    {
        page.has_framework = true;
        page.offered = ground
            .offered(&page.search)
            .into_iter()
            .filter(|one| page.supports.iter().all(|claim| claim.statement != one.id.as_str()))
            .map(|one| Line::of(&ground.copy.edition, one))
            .collect();
    }
    if page.is_receiver && row.read_at.is_some() {
        page.shares = shares::of_record(tx, viewer, id.id()).await?;
    }
    page.row = Some(row);
    Ok(page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WordsForm {
    situation: String,
    behaviour: String,
    effect: String,
    version: i64,
}

async fn save_one(
    headers: HeaderMap,
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(form): Form<WordsForm>,
) -> Result<Response, WebError> {
    let sent = Written {
        situation: lines(&form.situation),
        behaviour: lines(&form.behaviour),
        effect: lines(&form.effect),
    };
    let row = actions::write(&mut door.tx, &door.viewer, id, sent.clone(), form.version).await?;
    door.tx.commit().await?;
    Ok(Saved::at(row.revision)
        .with("situation", &sent.situation, row.written.situation)
        .with("behaviour", &sent.behaviour, row.written.behaviour)
        .with("effect", &sent.effect, row.written.effect)
        .answer(&headers, &format!("/feedback/{id}")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StatementsForm {
    statement: Vec<String>,
}

async fn add_statements(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(form): Form<StatementsForm>,
) -> Result<Redirect, WebError> {
    actions::tie(&mut door.tx, &door.viewer, id, &form.statement).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/feedback/{id}#supports")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StatementForm {
    framework: String,
    statement: String,
}

async fn end_statement(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(form): Form<StatementForm>,
) -> Result<Redirect, WebError> {
    actions::untie(&mut door.tx, &door.viewer, id, (&form.framework, &form.statement)).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/feedback/{id}#supports")))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_completion(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::give(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/feedback/{id}")))
}

async fn create_refusal(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::decline(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/feedback"))
}

async fn create_reading(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::open(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/feedback/{id}")))
}

async fn end_feedback(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::take_back(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/feedback/{id}")))
}

async fn create_share(
    mut door: Door,
    Path(id): Path<FeedbackId>,
    Form(form): Form<ShareForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let Found::Readable(_, row) = actions::find(tx, viewer, id).await? else {
        return Err(WebError::NotFound);
    };
    let about = About::record(row.receiver, id.id());
    let (state, path) = (row.state.access(row.read_at.is_some()), format!("/feedback/{id}"));
    viewer.permit::<Feedback>(tx, Action::Share, about, state).await?;
    match shares::give::<Feedback>(tx, viewer, &kit.mint, about, state, &path, &form).await? {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("{path}#shares")).into_response())
        }
        Err(problems) => {
            let page = OnePage { with: form.with, ..one_page(&mut door, id, problems, String::new()).await? };
            Ok(Page(page).refused())
        }
    }
}
