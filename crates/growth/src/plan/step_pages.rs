//! The page of one step: writing it before the work, then what was done, seen and reached.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, Relation};
use espalier_kernel::Date;
use espalier_people::shares::{self, ShareForm, ShareLine};
use espalier_people::visible::visible_also;
use espalier_web::{
    About, Door, Doors, Form, Frame, Page, Path, Problems, VisibleTo, WebError, day_in_words, full_day,
};
use serde::Deserialize;

use super::access::{AGREED_STEP, AgreedStep, OWN_STEP, OwnStep};
use super::actions::{self, Sent};
use super::attainment::Step;
use super::queries::{self, DeedRow, StepRow};
use super::view::{self, CheckpointView, StatementView, Versions};
use super::{
    CheckpointId, DeedId, DeedKind, FIRST_STEP_DAYS, Origin, Outcome, RUNGS, StepId, StepState, Written, mix,
};
use crate::saved::{Saved, lines};
use crate::talk::actions::find_for as find_talk;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/plan/{id}", get(show_step).post(save_step))
        .route("/plan/{id}/support", post(save_support))
        .route("/plan/{id}/actions", post(create_deed))
        .route("/plan/{id}/actions/state", post(save_deed))
        .route("/plan/{id}/actions/end", post(end_deed))
        .route("/plan/{id}/checkpoints", post(create_checkpoint))
        .route("/plan/{id}/checkpoints/completion", post(create_checkpoint_completion))
        .route("/plan/{id}/checkpoints/end", post(end_checkpoint))
        .route("/plan/{id}/beginning", post(create_beginning))
        .route("/plan/{id}/first-step", post(create_first_step))
        .route("/plan/{id}/ratings", post(create_rating))
        .route("/plan/{id}/shares", post(create_share))
        .route("/plan/{id}/closure", post(create_closure))
}

/// What was typed into the forms of a step and could not be taken.
#[derive(Debug, Default)]
struct Typed {
    problems: Problems,
    form: Option<StepForm>,
    support: Option<String>,
    with: String,
}

#[derive(Debug, Template)]
#[template(path = "plan-step.html")]
struct StepPage {
    frame: Frame,
    seen: VisibleTo,
    row: StepRow,
    is_own: bool,
    may_write: bool,
    from: StatementView,
    to: StatementView,
    footholds: Vec<(String, String)>,
    rungs: Vec<Rung>,
    first_day: String,
    first_step_day: Option<String>,
    earliest: String,
    latest: String,
    deeds: Vec<DeedRow>,
    mix: String,
    checkpoints: Vec<CheckpointView>,
    ratings: Vec<RatingView>,
    begun: Option<String>,
    ended: Option<String>,
    shares: Vec<ShareLine>,
    support: String,
    typed: Typed,
}

impl StepPage {
    fn is_draft(&self) -> bool {
        self.row.state == StepState::Draft
    }

    fn is_begun(&self) -> bool {
        self.row.state == StepState::Begun
    }

    fn is_agreed(&self) -> bool {
        self.row.origin() == Origin::Agreed
    }

    /// The day on which somebody who writes here should have looked at it.
    fn looks_due(&self) -> Option<&CheckpointView> {
        self.checkpoints.iter().find(|one| one.is_due && self.is_begun() && self.may_write)
    }
}

/// A rung of the ladder.
#[derive(Debug)]
struct Rung {
    name: &'static str,
    number: i8,
    title: &'static str,
    text: String,
}

/// Where it stood on a day.
#[derive(Debug)]
struct RatingView {
    day: String,
    title: &'static str,
    words: String,
    name: String,
}

async fn show_step(mut door: Door, Path(id): Path<StepId>) -> Result<Page<StepPage>, WebError> {
    step_page(&mut door, id, Typed::default()).await.map(Page)
}

async fn step_page(door: &mut Door, id: StepId, typed: Typed) -> Result<StepPage, WebError> {
    let (permit, mut row) = actions::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let is_own = row.person == door.viewer.person;
    let title = if is_own {
        "A step of my plan".to_owned()
    } else {
        format!("A step of {}’s plan", row.person_name)
    };
    let frame = door.frame(title, "growth");
    let Door { viewer, tx, .. } = door;
    let about = About::record(row.person, id.id());
    let mut holder = Vec::new();
    // Whoever holds the talk is named to the two of it.
    if let Some(talk) = row.talk
        && let Ok((_, line, _)) = find_talk(tx, viewer, Action::Read, talk).await
    {
        holder.extend(line.holder.zip(line.holder_name).map(|(id, name)| (Relation::Holder, id, name)));
    }
    let kind = if row.talk.is_some() { &AGREED_STEP } else { &OWN_STEP };
    let seen = visible_also(tx, viewer, kind, row.state.access(), about, &row.person_name, &holder).await?;
    let may_write = actions::may(tx, viewer, Action::Write, about, row.talk, row.state).await?.is_some();
    let parts = queries::parts(tx, &permit, id).await?;
    let mut versions = Versions::default();
    let pin = (row.framework.as_str(), row.version);
    let from = versions.statement(tx, viewer, pin, &row.written.from).await?;
    let to = versions.statement(tx, viewer, pin, &row.to).await?;
    let footholds = match row.state {
        StepState::Draft => view::footholds(versions.pinned(tx, row.version).await?.framework(), &row.to),
        StepState::Begun | StepState::Ended => Vec::new(),
    };
    let shares = if is_own { shares::of_record(tx, viewer, id.id()).await? } else { Vec::new() };
    // What was typed and could not be taken stands in the form again.
    let mut first_day = row.written.first_step_on.map(|day| day.to_string()).unwrap_or_default();
    if let Some(form) = &typed.form {
        first_day.clone_from(&form.first_step_on);
        row.written = form.shown(&row.written);
    }
    let rungs = RUNGS.into_iter().zip(Step::ALL).zip(row.written.ladder.clone());
    Ok(StepPage {
        rungs: rungs
            .map(|((name, step), text)| Rung { name, number: step.number(), title: step.title(), text })
            .collect(),
        first_step_day: row.written.first_step_on.map(|day| day_in_words(day, viewer.today)),
        earliest: viewer.today.to_string(),
        latest: viewer.today.plus_days(FIRST_STEP_DAYS).to_string(),
        mix: mix(&parts.deeds.iter().map(|deed| deed.kind).collect::<Vec<_>>()),
        deeds: parts.deeds,
        checkpoints: parts
            .checkpoints
            .into_iter()
            .map(|one| CheckpointView::new(one, viewer.today))
            .collect(),
        ratings: parts
            .ratings
            .into_iter()
            .rev()
            .map(|one| RatingView {
                day: full_day(one.rated_on),
                title: Step::new(one.reached).map_or("", Step::title),
                words: one.words,
                name: one.name,
            })
            .collect(),
        begun: row.begun_at.map(|at| day_in_words(at.date_in(&viewer.zone), viewer.today)),
        ended: row.ended_at.map(|at| day_in_words(at.date_in(&viewer.zone), viewer.today)),
        support: typed.support.clone().or_else(|| row.support.clone()).unwrap_or_default(),
        frame,
        seen,
        is_own,
        may_write,
        from,
        to,
        footholds,
        first_day,
        shares,
        typed,
        row,
    })
}

/// A step as it was typed. Fields that a page left out are not sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct StepForm {
    from: Option<String>,
    why: String,
    much_less: Option<String>,
    less: Option<String>,
    expected: Option<String>,
    more: Option<String>,
    much_more: Option<String>,
    evidence: String,
    first_step: String,
    first_step_on: String,
    stop_rule: String,
    version: i64,
}

impl StepForm {
    fn sent(&self) -> Result<Sent, Problems> {
        let first_step_on = match self.first_step_on.trim() {
            "" => None,
            typed => Some(
                typed.parse::<Date>().map_err(|fault| Problems::one("first_step_on", format!("{fault}.")))?,
            ),
        };
        let rung = |text: &Option<String>| text.as_deref().map(lines);
        Ok(Sent {
            from: self.from.clone(),
            ladder: [&self.much_less, &self.less, &self.expected, &self.more, &self.much_more].map(rung),
            rest: Written {
                why: lines(&self.why),
                evidence: lines(&self.evidence),
                first_step: lines(&self.first_step),
                first_step_on,
                stop_rule: lines(&self.stop_rule),
                ..Written::default()
            },
            revision: self.version,
        })
    }

    /// What was typed over what was kept.
    fn shown(&self, kept: &Written) -> Written {
        let mut shown = kept.clone();
        let typed = [&self.much_less, &self.less, &self.expected, &self.more, &self.much_more];
        for (rung, typed) in shown.ladder.iter_mut().zip(typed) {
            if let Some(typed) = typed {
                rung.clone_from(typed);
            }
        }
        shown.why.clone_from(&self.why);
        shown.evidence.clone_from(&self.evidence);
        shown.first_step.clone_from(&self.first_step);
        shown.stop_rule.clone_from(&self.stop_rule);
        shown
    }
}

fn back(id: StepId, part: &str) -> String {
    format!("/plan/{id}{part}")
}

async fn save_step(
    headers: HeaderMap,
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let saved = match form.sent() {
        Ok(sent) => {
            let typed = sent.clone();
            actions::write(&mut door.tx, &door.viewer, id, sent).await?.map(|row| (typed, row))
        }
        Err(problems) => Err(problems),
    };
    match saved {
        Ok((sent, row)) => {
            door.tx.commit().await?;
            let kept = row.written;
            let mut saved = Saved::at(row.revision)
                .with("why", &sent.rest.why, kept.why)
                .with("evidence", &sent.rest.evidence, kept.evidence)
                .with("first_step", &sent.rest.first_step, kept.first_step)
                .with("stop_rule", &sent.rest.stop_rule, kept.stop_rule);
            for ((name, sent), kept) in RUNGS.into_iter().zip(&sent.ladder).zip(kept.ladder) {
                if let Some(sent) = sent {
                    saved = saved.with(name, sent, kept);
                }
            }
            Ok(saved.answer(&headers, &back(id, "")))
        }
        Err(problems) => {
            let typed = Typed { problems, form: Some(form), ..Typed::default() };
            Ok(Page(step_page(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SupportForm {
    support: String,
}

async fn save_support(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<SupportForm>,
) -> Result<Response, WebError> {
    match actions::set_support(&mut door.tx, &door.viewer, id, &form.support).await? {
        Ok(()) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&back(id, "#support")).into_response())
        }
        Err(sentence) => {
            let problems = Problems::one("support", sentence);
            let typed = Typed { problems, support: Some(form.support), ..Typed::default() };
            Ok(Page(step_page(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DeedForm {
    kind: String,
    words: String,
}

async fn create_deed(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<DeedForm>,
) -> Result<Redirect, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let kind = form.kind.parse().unwrap_or(DeedKind::Experience);
    actions::add_deed(tx, viewer, &kit.mint, id, kind, &lines(&form.words)).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "#actions")))
}

#[derive(Debug, Deserialize)]
struct OneDeed {
    action: DeedId,
}

async fn save_deed(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<OneDeed>,
) -> Result<Redirect, WebError> {
    actions::turn_deed(&mut door.tx, &door.viewer, id, form.action).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "#actions")))
}

async fn end_deed(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<OneDeed>,
) -> Result<Redirect, WebError> {
    actions::drop_deed(&mut door.tx, &door.viewer, id, form.action).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "#actions")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DayForm {
    due_on: String,
}

async fn create_checkpoint(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<DayForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    actions::find_for(tx, viewer, Action::Write, id).await?;
    match form.due_on.trim().parse::<Date>() {
        Ok(day) => {
            actions::add_checkpoint(tx, viewer, &kit.mint, id, day).await?;
            door.tx.commit().await?;
            Ok(Redirect::to(&back(id, "#checkpoints")).into_response())
        }
        Err(fault) => {
            let typed = Typed { problems: Problems::one("due_on", format!("{fault}.")), ..Typed::default() };
            Ok(Page(step_page(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Deserialize)]
struct OneCheckpoint {
    checkpoint: CheckpointId,
    #[serde(default)]
    words: String,
}

async fn create_checkpoint_completion(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<OneCheckpoint>,
) -> Result<Redirect, WebError> {
    let words = lines(&form.words);
    actions::hold_checkpoint(&mut door.tx, &door.viewer, id, form.checkpoint, &words).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "#checkpoints")))
}

async fn end_checkpoint(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<OneCheckpoint>,
) -> Result<Redirect, WebError> {
    actions::drop_checkpoint(&mut door.tx, &door.viewer, id, form.checkpoint).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "#checkpoints")))
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_beginning(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, WebError> {
    match actions::begin(&mut door.tx, &door.viewer, id).await? {
        Ok(()) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&back(id, "")).into_response())
        }
        Err(problems) => {
            let typed = Typed { problems, ..Typed::default() };
            Ok(Page(step_page(&mut door, id, typed).await?).refused())
        }
    }
}

async fn create_first_step(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::take_first_step(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RatingForm {
    reached: String,
    words: String,
    /// The day to look at it that this settles.
    checkpoint: Option<CheckpointId>,
}

async fn create_rating(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<RatingForm>,
) -> Result<Redirect, WebError> {
    let reached = form.reached.parse().ok().and_then(Step::new);
    let words = lines(&form.words);
    actions::rate(&mut door.tx, &door.viewer, id, reached, &words).await?;
    if let Some(checkpoint) = form.checkpoint {
        match actions::hold_checkpoint(&mut door.tx, &door.viewer, id, checkpoint, &words).await {
            // Somebody has looked meanwhile: what is said now stands all the same.
            Ok(()) | Err(WebError::NotFound) => {}
            Err(other) => return Err(other),
        }
    }
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "#reached")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClosureForm {
    outcome: String,
    words: String,
}

async fn create_closure(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<ClosureForm>,
) -> Result<Redirect, WebError> {
    let outcome: Option<Outcome> = form.outcome.parse().ok();
    actions::close(&mut door.tx, &door.viewer, id, outcome, &lines(&form.words)).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&back(id, "")))
}

async fn create_share(
    mut door: Door,
    Path(id): Path<StepId>,
    Form(form): Form<ShareForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let (_, row) = actions::find_for(tx, viewer, Action::Share, id).await?;
    let (about, state, path) = (About::record(row.person, id.id()), row.state.access(), back(id, ""));
    let given = match row.origin() {
        Origin::Own => shares::give::<OwnStep>(tx, viewer, &kit.mint, about, state, &path, &form).await?,
        Origin::Agreed => {
            shares::give::<AgreedStep>(tx, viewer, &kit.mint, about, state, &path, &form).await?
        }
    };
    match given {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&back(id, "#shares")).into_response())
        }
        Err(problems) => {
            let typed = Typed { problems, with: form.with, ..Typed::default() };
            Ok(Page(step_page(&mut door, id, typed).await?).refused())
        }
    }
}
