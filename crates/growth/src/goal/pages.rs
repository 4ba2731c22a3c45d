//! The pages of goals: writing one, and one with what was measured and asked.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_kernel::Date;
use espalier_people::shares::{self, ShareForm, ShareLine};
use espalier_people::visible::visible_also;
use espalier_web::{
    About, Door, Doors, Form, Frame, Page, Path, Problems, VisibleTo, WebError, day_in_words, full_day,
};
use serde::Deserialize;

use super::access::{GOAL, Goal};
use super::queries::{self, GoalRow};
use super::{GoalId, GoalState, Written, actions};
use crate::feedback::queries::{FeedbackLine, Topic};
use crate::feedback::{self, FeedbackState};
use crate::plan::Outcome;
use crate::saved::lines;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/goals", post(create_goal))
        .route("/me/goals/new", get(show_new))
        .route("/goals/{id}", get(show_goal).post(save_goal))
        .route("/goals/{id}/values", post(create_value))
        .route("/goals/{id}/questions", post(create_question))
        .route("/goals/{id}/shares", post(create_share))
        .route("/goals/{id}/closure", post(create_closure))
}

/// A goal as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct GoalForm {
    title: String,
    why: String,
    measure: String,
    from_value: String,
    to_value: String,
    by_on: String,
    version: i64,
}

impl GoalForm {
    fn of(row: &GoalRow) -> Self {
        let written = row.written.clone();
        Self {
            title: written.title,
            why: written.why,
            measure: written.measure,
            from_value: written.from_value,
            to_value: written.to_value,
            by_on: written.by_on.to_string(),
            version: row.revision,
        }
    }

    fn written(&self) -> Result<Written, Problems> {
        let by_on = self.by_on.trim().parse::<Date>();
        Ok(Written {
            title: self.title.trim().to_owned(),
            why: lines(&self.why),
            measure: self.measure.trim().to_owned(),
            from_value: self.from_value.trim().to_owned(),
            to_value: self.to_value.trim().to_owned(),
            by_on: by_on.map_err(|fault| Problems::one("by_on", format!("{fault}.")))?,
        })
    }
}

#[derive(Debug, Template)]
#[template(path = "goal-new.html")]
struct NewPage {
    frame: Frame,
    form: GoalForm,
    problems: Problems,
}

async fn show_new(mut door: Door) -> Result<Page<NewPage>, WebError> {
    let form = GoalForm { by_on: door.viewer.today.plus_days(91).to_string(), ..GoalForm::default() };
    new_page(&mut door, form, Problems::none()).await.map(Page)
}

async fn new_page(door: &mut Door, form: GoalForm, problems: Problems) -> Result<NewPage, WebError> {
    let frame = door.frame("A new goal", "growth");
    let Door { viewer, tx, .. } = door;
    viewer.permit::<Goal>(tx, Action::Discover, viewer.person, State::Open).await?;
    Ok(NewPage { frame, form, problems })
}

async fn create_goal(mut door: Door, Form(form): Form<GoalForm>) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let added = match form.written() {
        Ok(written) => actions::add(tx, viewer, &kit.mint, &written).await?,
        Err(problems) => Err(problems),
    };
    match added {
        Ok(id) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/goals/{id}")).into_response())
        }
        Err(problems) => Ok(Page(new_page(&mut door, form, problems).await?).refused()),
    }
}

/// What was typed into the forms of a goal and could not be taken.
#[derive(Debug, Default)]
struct Typed {
    problems: Problems,
    form: Option<GoalForm>,
    from: String,
    question: Option<String>,
    with: String,
}

#[derive(Debug, Template)]
#[template(path = "goal.html")]
struct GoalPage {
    frame: Frame,
    seen: VisibleTo,
    row: GoalRow,
    form: GoalForm,
    is_own: bool,
    by: String,
    today: String,
    values: Vec<ValueView>,
    asked: Vec<FeedbackLine>,
    shares: Vec<ShareLine>,
    ended: Option<String>,
    question: String,
    typed: Typed,
}

impl GoalPage {
    fn is_open(&self) -> bool {
        self.row.state == GoalState::Open
    }
}

/// What was measured, for a page.
#[derive(Debug)]
struct ValueView {
    day: String,
    value: String,
    words: String,
}

async fn show_goal(mut door: Door, Path(id): Path<GoalId>) -> Result<Page<GoalPage>, WebError> {
    goal_page(&mut door, id, Typed::default()).await.map(Page)
}

async fn goal_page(door: &mut Door, id: GoalId, typed: Typed) -> Result<GoalPage, WebError> {
    let (permit, row) = actions::find_for(&mut door.tx, &door.viewer, Action::Read, id).await?;
    let is_own = row.person == door.viewer.person;
    let title = if is_own { "A goal of mine".to_owned() } else { format!("A goal of {}", row.person_name) };
    let frame = door.frame(title, "growth");
    let Door { viewer, tx, .. } = door;
    let about = About::record(row.person, id.id());
    let seen = visible_also(tx, viewer, &GOAL, row.state.access(), about, &row.person_name, &[]).await?;
    let values = queries::values(tx, &permit, id).await?;
    let (mut asked, mut shares) = (Vec::new(), Vec::new());
    if is_own {
        asked = actions::asked(tx, viewer, id).await?;
        shares = shares::of_record(tx, viewer, id.id()).await?;
    }
    let names: Vec<&str> = asked.iter().map(|one| one.giver.as_str()).collect();
    let seen = seen.and_asked(&names, "they read what it is called, beside your question");
    Ok(GoalPage {
        frame,
        seen,
        is_own,
        by: day_in_words(row.written.by_on, viewer.today),
        today: viewer.today.to_string(),
        values: values
            .into_iter()
            .rev()
            .map(|one| ValueView { day: full_day(one.measured_on), value: one.value, words: one.words })
            .collect(),
        asked,
        shares,
        ended: row.ended_at.map(|at| day_in_words(at.date_in(&viewer.zone), viewer.today)),
        form: typed.form.clone().unwrap_or_else(|| GoalForm::of(&row)),
        question: typed
            .question
            .clone()
            .unwrap_or_else(|| "What do you see of it? What would bring it further?".to_owned()),
        typed,
        row,
    })
}

async fn save_goal(
    mut door: Door,
    Path(id): Path<GoalId>,
    Form(form): Form<GoalForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let (problems, form) = match form.written() {
        Ok(written) => match actions::write(tx, viewer, id, written, form.version).await? {
            Ok(_) => {
                door.tx.commit().await?;
                return Ok(Redirect::to(&format!("/goals/{id}")).into_response());
            }
            Err(unsaved) => {
                (unsaved.problems, GoalForm { why: unsaved.written.why, version: unsaved.revision, ..form })
            }
        },
        Err(problems) => (problems, form),
    };
    let typed = Typed { problems, form: Some(form), ..Typed::default() };
    Ok(Page(goal_page(&mut door, id, typed).await?).refused())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ValueForm {
    value: String,
    measured_on: String,
    words: String,
}

async fn create_value(
    mut door: Door,
    Path(id): Path<GoalId>,
    Form(form): Form<ValueForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    actions::find_for(tx, viewer, Action::Write, id).await?;
    let on = match form.measured_on.trim() {
        "" => Ok(viewer.today),
        typed => typed.parse::<Date>().map_err(|fault| Problems::one("measured_on", format!("{fault}."))),
    };
    match on {
        Ok(on) => {
            actions::measure(tx, viewer, id, on, (&form.value, &lines(&form.words))).await?;
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/goals/{id}#values")).into_response())
        }
        Err(problems) => {
            let typed = Typed { problems, ..Typed::default() };
            Ok(Page(goal_page(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct QuestionForm {
    from: String,
    question: String,
}

async fn create_question(
    mut door: Door,
    Path(id): Path<GoalId>,
    Form(form): Form<QuestionForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let (_, row) = actions::find_for(tx, viewer, Action::Write, id).await?;
    let topic = Topic { words: row.written.words(), goal: Some(id) };
    let question = lines(&form.question);
    match feedback::actions::ask(tx, viewer, &kit.mint, &form.from, &question, &topic).await? {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/goals/{id}#asked")).into_response())
        }
        Err(problems) => {
            let typed =
                Typed { problems, from: form.from, question: Some(form.question), ..Typed::default() };
            Ok(Page(goal_page(&mut door, id, typed).await?).refused())
        }
    }
}

async fn create_share(
    mut door: Door,
    Path(id): Path<GoalId>,
    Form(form): Form<ShareForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let (_, row) = actions::find_for(tx, viewer, Action::Share, id).await?;
    let (about, path) = (About::record(row.person, id.id()), format!("/goals/{id}"));
    match shares::give::<Goal>(tx, viewer, &kit.mint, about, row.state.access(), &path, &form).await? {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("{path}#shares")).into_response())
        }
        Err(problems) => {
            let typed = Typed { problems, with: form.with, ..Typed::default() };
            Ok(Page(goal_page(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClosureForm {
    outcome: String,
    words: String,
}

async fn create_closure(
    mut door: Door,
    Path(id): Path<GoalId>,
    Form(form): Form<ClosureForm>,
) -> Result<Redirect, WebError> {
    let outcome: Option<Outcome> = form.outcome.parse().ok();
    actions::close(&mut door.tx, &door.viewer, id, outcome, &lines(&form.words)).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/goals/{id}")))
}
