//! The pages of a preparation, which only its author reads, and of the talk held on a shared screen or on paper.

use std::collections::HashSet;

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_governance::matrix::Line;
use espalier_people::visible::visible_to;
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Query, VisibleTo, WebError, full_day};
use serde::Deserialize;

use super::access::PREPARATION;
use super::prepare::{self, Written, item_of, items};
use super::queries::{self, TalkLine};
use super::view::{self, CitedView, Group, ItemView, wording};
use super::{Outcome, Part, Refusal, Side, TalkId, TalkState, actions};
use crate::assessment::Answer;
use crate::evidence::support::{Backing, Piece, since};
use crate::saved::{Saved, lines};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/talks/{id}/preparation", get(show_preparation))
        .route("/talks/{id}/preparation/{item}", post(save_answer))
        .route("/talks/{id}/preparation-completion", post(create_completion))
        .route("/talks/{id}/preparation-completion/end", post(end_completion))
        .route("/talks/{id}/meeting", get(show_meeting))
        .route("/talks/{id}/sheet", get(show_sheet))
}

#[derive(Debug, Template)]
#[template(path = "talk-preparation.html")]
struct PreparationPage {
    frame: Frame,
    seen: VisibleTo,
    line: TalkLine,
    side: Side,
    is_open: bool,
    answers: &'static [Answer],
    pillars: Vec<(String, Vec<ItemForm>)>,
    rated: usize,
    applicable: usize,
    /// Whether it was to be handed in with little in it, and the page asks whether that is meant.
    is_asked_back: bool,
}

impl PreparationPage {
    /// Whether something is said, and less than half of what could be.
    fn is_thin(&self) -> bool {
        let mut items = self.pillars.iter().flat_map(|(_, items)| items);
        self.rated * 2 < self.applicable
            && items.any(|item| item.state != Answer::NotObserved || !item.note.trim().is_empty())
    }
}

/// One item with what its author says, and the evidence in their log.
#[derive(Debug)]
struct ItemForm {
    id: String,
    html: String,
    more: Vec<Line>,
    state: Answer,
    note: String,
    revision: i64,
    evidence: Vec<CitedView>,
    /// What is missing for what the person says of themselves; empty when nothing is.
    missing: &'static str,
}

async fn show_preparation(mut door: Door, Path(id): Path<TalkId>) -> Result<Page<PreparationPage>, WebError> {
    preparation_page(&mut door, id).await.map(Page)
}

async fn preparation_page(door: &mut Door, id: TalkId) -> Result<PreparationPage, WebError> {
    let own = prepare::own(&mut door.tx, &door.viewer, id).await?;
    let frame = door.frame("Preparing a talk", "talks");
    let Door { viewer, tx, .. } = door;
    let copy = actions::framework(tx, &own.line).await?;
    let is_sealed = own.begun.is_some_and(|begun| begun.sealed_at.is_some());
    let state = if is_sealed { State::Sealed } else { State::Draft };
    let seen = visible_to(tx, viewer, &PREPARATION, state, viewer.person, &viewer.name).await?;
    let log = if own.side == Side::Person && own.line.state == TalkState::Planned {
        prepare::log(tx, viewer, &own.line).await?
    } else {
        Vec::new()
    };
    let mut behind = Backing::default();
    for row in log.iter().filter(|row| row.happened_on >= since(viewer.today)) {
        if let Some(item) = item_of(copy.framework(), &own.line, &row.statement) {
            behind.add(item, Piece { on: row.happened_on, is_corroborated: !row.standing.is_empty() });
        }
    }
    let is_own = own.side == Side::Person && own.line.state == TalkState::Planned;
    let mut pillars: Vec<(String, Vec<ItemForm>)> = Vec::new();
    let (mut rated, mut applicable) = (0, 0);
    for item in items(copy.framework(), &own.line) {
        let (pillar, html, more) = wording(&copy.edition, &own.line, item);
        let said = own.prepared.about(item.id());
        applicable += 1;
        rated += usize::from(said.is_some_and(|row| row.state != Answer::NotObserved));
        let mut known = HashSet::new();
        let form = ItemForm {
            missing: match said {
                Some(row) if is_own => behind.of(item.id()).missing(row.state),
                _ => "",
            },
            html,
            more,
            state: said.map_or(Answer::NotObserved, |row| row.state),
            note: said.map(|row| row.note.clone()).unwrap_or_default(),
            revision: said.map_or(0, |row| row.revision),
            evidence: log
                .iter()
                .filter(|row| {
                    item_of(copy.framework(), &own.line, &row.statement).as_deref() == Some(item.id())
                })
                .filter(|row| known.insert(row.evidence))
                .map(|row| CitedView::new(row.happened_on, row.words(), row.link.clone(), &row.standing))
                .collect(),
            id: item.id().to_owned(),
        };
        match pillars.iter_mut().find(|(name, _)| *name == pillar) {
            Some((_, forms)) => forms.push(form),
            None => pillars.push((pillar, vec![form])),
        }
    }
    Ok(PreparationPage {
        frame,
        seen,
        side: own.side,
        is_open: own.line.state == TalkState::Planned && !is_sealed,
        answers: Answer::offered(true),
        pillars,
        rated,
        applicable,
        is_asked_back: false,
        line: own.line,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    state: String,
    note: String,
    version: i64,
}

async fn save_answer(
    headers: HeaderMap,
    mut door: Door,
    Path((id, item)): Path<(TalkId, String)>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, WebError> {
    let note = lines(&form.note);
    let written = Written {
        item: item.clone(),
        state: form.state.parse().unwrap_or(Answer::NotObserved),
        note: note.clone(),
        revision: form.version,
    };
    let row = prepare::answer(&mut door.tx, &door.viewer, id, written).await?;
    door.tx.commit().await?;
    let back = format!("/talks/{id}/preparation#i-{item}");
    Ok(Saved::at(row.revision).with("note", &note, row.note).answer(&headers, &back))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CompletionForm {
    /// Said when the page has asked whether little is enough.
    anyway: String,
}

async fn create_completion(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<CompletionForm>,
) -> Result<Response, WebError> {
    if form.anyway.is_empty() {
        let page = preparation_page(&mut door, id).await?;
        if page.is_open && page.is_thin() {
            return Ok(Page(PreparationPage { is_asked_back: true, ..page }).refused());
        }
    }
    prepare::seal(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/{id}")).into_response())
}

async fn end_completion(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    prepare::unseal(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/{id}/preparation")))
}

/// An open talk, read for the screen or for paper.
struct Opened {
    line: TalkLine,
    groups: Vec<Group>,
    notes: Vec<queries::NoteRow>,
    is_writable: bool,
}

async fn opened(door: &mut Door, id: TalkId) -> Result<Opened, WebError> {
    let Door { viewer, tx, .. } = door;
    let (permit, line, side) = actions::find_for(tx, viewer, Action::Read, id).await?;
    if !line.has_opened() {
        return Err(Refusal::NotOpen.into());
    }
    let copy = actions::framework(tx, &line).await?;
    let contents = queries::contents(tx, &permit, &line, side).await?;
    let groups = view::groups(&copy, &line, &contents);
    let is_writable = side.is_some() && line.is_writable();
    Ok(Opened { line, groups, notes: contents.notes, is_writable })
}

/// One item of an open talk, large.
#[derive(Debug, Template)]
#[template(path = "talk-meeting.html")]
struct MeetingPage {
    frame: Frame,
    line: TalkLine,
    reason: &'static str,
    item: Option<ItemView>,
    total: usize,
    ratings: &'static [Answer],
    is_writable: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MeetingQuery {
    at: Option<usize>,
}

async fn show_meeting(
    mut door: Door,
    Path(id): Path<TalkId>,
    Query(query): Query<MeetingQuery>,
) -> Result<Page<MeetingPage>, WebError> {
    let opened = opened(&mut door, id).await?;
    let frame = door.frame("The talk, point by point", "talks");
    let total = opened.groups.iter().map(|group| group.items.len()).sum();
    let at = query.at.unwrap_or(1);
    let mut found = None;
    for group in opened.groups {
        if let Some(item) = group.items.into_iter().find(|item| item.place == at) {
            found = Some((group.reason.title(), item));
        }
    }
    let (reason, item) = found.map_or(("", None), |(reason, item)| (reason, Some(item)));
    if item.is_none() && total > 0 {
        return Err(WebError::NotFound);
    }
    Ok(Page(MeetingPage {
        frame,
        reason,
        item,
        total,
        ratings: Answer::offered(true),
        is_writable: opened.is_writable,
        line: opened.line,
    }))
}

/// A talk on paper.
#[derive(Debug, Template)]
#[template(path = "talk-sheet.html")]
struct SheetPage {
    frame: Frame,
    line: TalkLine,
    groups: Vec<Group>,
    notes: Vec<(&'static str, String)>,
    day: String,
}

async fn show_sheet(mut door: Door, Path(id): Path<TalkId>) -> Result<Page<SheetPage>, WebError> {
    let opened = opened(&mut door, id).await?;
    let frame = door.frame("The talk on paper", "talks");
    let notes = Part::ALL
        .iter()
        .map(|&part| {
            let words = opened.notes.iter().find(|row| row.part == part).map(|row| row.words.clone());
            (part.title(), words.unwrap_or_default())
        })
        .collect();
    // On paper no day is far or near.
    let day = full_day(opened.line.due_on);
    Ok(Page(SheetPage { frame, line: opened.line, groups: opened.groups, notes, day }))
}
