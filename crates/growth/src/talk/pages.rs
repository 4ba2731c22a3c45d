//! The pages of a talk: one's talks, one talk in each of its states, and the doors of what both do in it.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, Relation};
use espalier_governance::library;
use espalier_people::shares::{self, ShareForm, ShareLine};
use espalier_people::visible::visible_also;
use espalier_web::{
    About, Door, Doors, Form, Frame, Page, Path, Problems, VisibleTo, WebError, day_in_words,
};
use serde::Deserialize;

use super::access::{TALK, Talk};
use super::actions::{self, WrittenItem};
use super::cycle_pages;
use super::queries::{self, TalkLine};
use super::view::{self, Group, InputView, local_moment, moment_in_words};
use super::{ItemKind, Outcome, Part, Refusal, Side, TalkId, TalkState, is_overdue, prepare};
use crate::assessment::Answer;
use crate::plan::view::StepCard;
use crate::plan::{self, StepId};
use crate::saved::{Saved, lines};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/talks", get(show_talks).post(create_talk))
        .route("/talks/{id}", get(show_talk))
        .route("/talks/{id}/level", post(save_level))
        .route("/talks/{id}/holder", post(save_holder))
        .route("/talks/{id}/handover", post(create_handover))
        .route("/talks/{id}/meeting-time", post(save_meeting_time))
        .route("/talks/{id}/end", post(end_talk))
        .route("/talks/{id}/items/{item}", post(save_item))
        .route("/talks/{id}/notes/{part}", post(save_note))
        .route("/talks/{id}/signature", post(create_signature))
        .route("/talks/{id}/signature/end", post(end_signature))
        .route("/talks/{id}/shares", post(create_share))
}

#[derive(Debug, Template)]
#[template(path = "talks.html")]
struct TalksPage {
    frame: Frame,
    own: Vec<TalkView>,
    held: Vec<TalkView>,
    asked: Vec<(String, String)>,
    steps: Vec<(StepId, String)>,
    makes_rounds: bool,
    leads_leads: bool,
    problems: Problems,
    typed: PlanForm,
}

/// A talk in a list.
#[derive(Debug)]
struct TalkView {
    line: TalkLine,
    due: String,
    is_overdue: bool,
    /// Whether the viewer has something to do before the other.
    waits: bool,
}

impl TalkView {
    fn new(line: TalkLine, viewer: espalier_kernel::Id, today: espalier_kernel::Date) -> Self {
        let has_done = |side| match line.state {
            TalkState::Planned => line.is_done(side),
            _ => line.has_signed(side),
        };
        Self {
            waits: !line.state.is_over() && line.side_of(viewer).is_some_and(|side| !has_done(side)),
            due: day_in_words(line.due_on, today),
            is_overdue: is_overdue(line.state, line.due_on, today),
            line,
        }
    }
}

async fn show_talks(mut door: Door) -> Result<Page<TalksPage>, WebError> {
    let typed = PlanForm { due_on: door.viewer.today.plus_days(14).to_string(), ..PlanForm::default() };
    talks_page(&mut door, Problems::none(), typed).await.map(Page)
}

async fn talks_page(door: &mut Door, problems: Problems, typed: PlanForm) -> Result<TalksPage, WebError> {
    let frame = door.frame("Development talks", "talks");
    let Door { viewer, tx, .. } = door;
    let (own, held) = actions::lists(tx, viewer).await?;
    let asked = super::inputs::waiting(tx, viewer)
        .await?
        .into_iter()
        .map(|row| (format!("/talks/inputs/{}", row.id), row.person_name))
        .collect();
    let steps = plan::actions::held(tx, viewer).await?;
    let view = |line| TalkView::new(line, viewer.person, viewer.today);
    let makes_rounds = viewer.roles.has(Relation::HrPartner);
    let leads_leads = cycle_pages::leads_leads(tx, viewer).await?;
    Ok(TalksPage {
        frame,
        own: own.into_iter().map(view).collect(),
        held: held.into_iter().map(view).collect(),
        asked,
        steps,
        makes_rounds,
        leads_leads,
        problems,
        typed,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PlanForm {
    due_on: String,
    /// Somebody the viewer leads; nothing for themselves.
    person: String,
    item_kind: String,
}

async fn create_talk(mut door: Door, Form(form): Form<PlanForm>) -> Result<Response, WebError> {
    let mut problems = Problems::none();
    let due_on = match form.due_on.trim().parse::<espalier_kernel::Date>() {
        Ok(day) if day < door.viewer.today => {
            problems.add("due_on", "Choose today or a later day.");
            None
        }
        Ok(day) => Some(day),
        Err(fault) => {
            problems.add("due_on", format!("{fault}."));
            None
        }
    };
    let item_kind = form.item_kind.parse().unwrap_or(ItemKind::Statement);
    let person = if form.person.trim().is_empty() {
        Some(door.viewer.person)
    } else {
        match shares::pick(&mut door.tx, &door.viewer, &form.person).await? {
            Ok(person) => Some(person.id()),
            Err(sentence) => {
                problems.add("person", sentence);
                None
            }
        }
    };
    if let (Some(due_on), Some(person)) = (due_on, person) {
        let Door { viewer, tx, kit } = &mut door;
        match actions::plan(tx, viewer, &kit.mint, person, due_on, item_kind).await {
            Ok(id) => {
                door.tx.commit().await?;
                return Ok(Redirect::to(&format!("/talks/{id}")).into_response());
            }
            Err(WebError::NotFound) => {
                problems.add("person", "You can plan a talk for yourself and for those you lead.");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(Page(talks_page(&mut door, problems, form).await?).refused())
}

/// A talk in any of its states.
#[derive(Debug, Template)]
#[template(path = "talk.html")]
pub(super) struct TalkPage {
    frame: Frame,
    seen: VisibleTo,
    line: TalkLine,
    side: Option<Side>,
    due: String,
    is_overdue: bool,
    meets: Option<String>,
    meets_typed: String,
    own_done: bool,
    other_done: bool,
    other_name: String,
    levels: Vec<(String, String)>,
    groups: Vec<Group>,
    ratings: &'static [Answer],
    notes: Vec<NoteView>,
    inputs: Vec<InputView>,
    asked: Vec<(String, &'static str)>,
    shares: Vec<ShareLine>,
    steps: Vec<StepCard>,
    /// Of what stands here.
    revision: i64,
    unsaid: usize,
    ended: Option<String>,
    problems: Problems,
    typed: String,
}

impl TalkPage {
    /// Whether this viewer may write into the open talk now.
    fn is_writable(&self) -> bool {
        self.side.is_some() && self.line.is_writable()
    }

    fn is_person(&self) -> bool {
        self.side == Some(Side::Person)
    }

    fn has_signed(&self) -> bool {
        self.side.is_some_and(|side| self.line.has_signed(side))
    }

    fn has_other_signed(&self) -> bool {
        self.side.is_some_and(|side| self.line.has_signed(side.other()))
    }
}

/// A part of the shared notes.
#[derive(Debug)]
struct NoteView {
    part: Part,
    words: String,
    revision: i64,
}

async fn show_talk(mut door: Door, Path(id): Path<TalkId>) -> Result<Page<TalkPage>, WebError> {
    talk_page(&mut door, id, Problems::none(), String::new()).await.map(Page)
}

pub(super) async fn talk_page(
    door: &mut Door,
    id: TalkId,
    problems: Problems,
    typed: String,
) -> Result<TalkPage, WebError> {
    let (permit, line, side) = actions::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let title = if side == Some(Side::Person) {
        "My development talk".to_owned()
    } else {
        format!("Development talk with {}", line.person_name)
    };
    let frame = door.frame(title, "talks");
    let Door { viewer, tx, .. } = door;
    let holder: Vec<_> = line
        .holder
        .zip(line.holder_name.clone())
        .map(|(id, name)| (Relation::Holder, id, name))
        .into_iter()
        .collect();
    let about = About::record(line.person, id.id());
    let seen =
        visible_also(tx, viewer, &TALK, line.state.access(), about, &line.person_name, &holder).await?;
    let mut page = TalkPage {
        due: day_in_words(line.due_on, viewer.today),
        is_overdue: side.is_some() && is_overdue(line.state, line.due_on, viewer.today),
        meets: line.meets_at.map(|at| moment_in_words(at, viewer)),
        meets_typed: line.meets_at.map(|at| local_moment(at, viewer)).unwrap_or_default(),
        own_done: side.is_some_and(|side| line.is_done(side)),
        other_done: side.is_some_and(|side| line.is_done(side.other())),
        other_name: match side {
            Some(Side::Holder) => line.person_name.clone(),
            _ => line.holder_name.clone().unwrap_or_default(),
        },
        levels: Vec::new(),
        groups: Vec::new(),
        ratings: Answer::offered(true),
        notes: Vec::new(),
        inputs: Vec::new(),
        asked: Vec::new(),
        shares: Vec::new(),
        steps: Vec::new(),
        revision: 0,
        unsaid: 0,
        ended: line.ended_at.map(|at| day_in_words(at.date_in(&viewer.zone), viewer.today)),
        frame,
        seen,
        side,
        problems,
        typed,
        line,
    };
    if page.line.has_opened() {
        let copy = actions::framework(tx, &page.line).await?;
        let contents = queries::contents(tx, &permit, &page.line, side).await?;
        page.groups = view::groups(&copy, &page.line, &contents);
        page.revision = queries::revision(&contents.items, &contents.notes);
        page.unsaid =
            page.groups.iter().flat_map(|group| &group.items).filter(|item| item.is_unsaid()).count();
        page.notes = Part::ALL
            .iter()
            .map(|&part| match contents.notes.iter().find(|row| row.part == part) {
                Some(row) => NoteView { part, words: row.words.clone(), revision: row.revision },
                None => NoteView { part, words: String::new(), revision: 0 },
            })
            .collect();
        page.inputs = view::inputs(contents.inputs, viewer);
        let steps = plan::actions::of_talk(tx, viewer, page.line.person, id).await?;
        page.steps = plan::view::cards(tx, viewer, steps).await?;
    } else if page.line.state == TalkState::Planned && page.line.version.is_none() {
        page.levels = level_choices(tx, viewer).await?;
    }
    if page.is_person() {
        page.asked = super::inputs::asked(tx, id).await?;
        page.shares = shares::of_record(tx, viewer, id.id()).await?;
    }
    Ok(page)
}

/// All levels of all frameworks in force: `framework/level` and a title.
async fn level_choices(
    tx: &mut espalier_store::Tx,
    viewer: &espalier_web::Viewer,
) -> Result<Vec<(String, String)>, WebError> {
    let mut levels = Vec::new();
    for line in library::all(tx, viewer).await? {
        let copy = library::take(tx, viewer, &line.framework, None, None).await?;
        levels.extend(copy.framework().all_levels().into_iter().map(|level| {
            let title = espalier_governance::matrix::title(level);
            (format!("{}/{}", line.framework, level.id), format!("{title}, {}", line.name))
        }));
    }
    Ok(levels)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OneField {
    value: String,
}

async fn save_level(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<OneField>,
) -> Result<Response, WebError> {
    let Some((framework, level)) = form.value.split_once('/') else {
        let problems = Problems::one("value", "Choose a level to look at.");
        return Ok(Page(talk_page(&mut door, id, problems, String::new()).await?).refused());
    };
    prepare::choose_level(&mut door.tx, &door.viewer, id, framework, level).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/{id}")).into_response())
}

async fn save_holder(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<OneField>,
) -> Result<Response, WebError> {
    match actions::choose_holder(&mut door.tx, &door.viewer, &door.kit.mint, id, &form.value).await? {
        Ok(()) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/talks/{id}")).into_response())
        }
        Err(sentence) => {
            let problems = Problems::one("holder", sentence);
            Ok(Page(talk_page(&mut door, id, problems, form.value).await?).refused())
        }
    }
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_handover(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::hand_over(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/{id}")))
}

async fn save_meeting_time(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<OneField>,
) -> Result<Response, WebError> {
    match view::moment_typed(&form.value, &door.viewer) {
        Ok(at) => {
            actions::meet(&mut door.tx, &door.viewer, &door.kit.mint, id, at).await?;
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/talks/{id}")).into_response())
        }
        Err(sentence) => {
            let problems = Problems::one("meets_at", sentence);
            let mut page = talk_page(&mut door, id, problems, String::new()).await?;
            page.meets_typed = form.value;
            Ok(Page(page).refused())
        }
    }
}

async fn end_talk(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::call_off(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/talks"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ItemForm {
    outcome: String,
    agreed: String,
    person_words: String,
    holder_words: String,
    version: i64,
    /// Where a page without script goes on.
    back: String,
}

async fn save_item(
    headers: HeaderMap,
    mut door: Door,
    Path((id, item)): Path<(TalkId, String)>,
    Form(form): Form<ItemForm>,
) -> Result<Response, WebError> {
    let (person_words, holder_words) = (lines(&form.person_words), lines(&form.holder_words));
    let written = WrittenItem {
        item: item.clone(),
        outcome: form.outcome.parse().unwrap_or(Outcome::Unsaid),
        agreed: form.agreed.parse().unwrap_or(Answer::NotObserved),
        person_words: person_words.clone(),
        holder_words: holder_words.clone(),
        revision: form.version,
    };
    let row = actions::set_item(&mut door.tx, &door.viewer, id, written).await?;
    door.tx.commit().await?;
    let back = match form.back.parse::<usize>() {
        Ok(place) => format!("/talks/{id}/meeting?at={place}"),
        Err(_) => format!("/talks/{id}#i-{item}"),
    };
    Ok(Saved::at(row.revision)
        .with("person_words", &person_words, row.person_words)
        .with("holder_words", &holder_words, row.holder_words)
        .answer(&headers, &back))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NoteForm {
    words: String,
    version: i64,
}

async fn save_note(
    headers: HeaderMap,
    mut door: Door,
    Path((id, part)): Path<(TalkId, String)>,
    Form(form): Form<NoteForm>,
) -> Result<Response, WebError> {
    let part: Part = part.parse().map_err(|_| WebError::NotFound)?;
    let words = lines(&form.words);
    let row = actions::set_note(&mut door.tx, &door.viewer, id, part, words.clone(), form.version).await?;
    door.tx.commit().await?;
    let back = format!("/talks/{id}#{}", part.word());
    Ok(Saved::at(row.revision).with("words", &words, row.words).answer(&headers, &back))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SignatureForm {
    /// The revision that was on the page.
    read: i64,
}

async fn create_signature(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<SignatureForm>,
) -> Result<Response, WebError> {
    match actions::sign(&mut door.tx, &door.viewer, &door.kit.mint, id, form.read).await {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/talks/{id}")).into_response())
        }
        Err(WebError::Refused(sentence))
            if [Refusal::BothWordings, Refusal::NoRating, Refusal::Changed]
                .iter()
                .any(|one| one.to_string() == sentence) =>
        {
            let problems = Problems::one("sign", sentence);
            Ok(Page(talk_page(&mut door, id, problems, String::new()).await?).refused())
        }
        Err(other) => Err(other),
    }
}

async fn end_signature(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::take_back_signature(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/talks/{id}")))
}

async fn create_share(
    mut door: Door,
    Path(id): Path<TalkId>,
    Form(form): Form<ShareForm>,
) -> Result<Response, WebError> {
    let (_, line, _) = actions::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let Door { viewer, tx, kit } = &mut door;
    let (about, state) = (About::record(line.person, id.id()), line.state.access());
    let given =
        shares::give::<Talk>(tx, viewer, &kit.mint, about, state, &format!("/talks/{id}"), &form).await?;
    match given {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/talks/{id}#shares")).into_response())
        }
        Err(problems) => Ok(Page(talk_page(&mut door, id, problems, form.with).await?).refused()),
    }
}
