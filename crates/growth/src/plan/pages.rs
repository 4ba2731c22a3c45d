//! The pages of one’s own plan: all its steps, and where a new one leads.

use std::collections::HashSet;

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_access::{Action, State};
use espalier_framework::Framework;
use espalier_governance::library::Copy;
use espalier_governance::matrix::Line;
use espalier_kernel::Date;
use espalier_web::{Door, Doors, Form, Frame, Page, Problems, Query, WebError, day_in_words};
use serde::Deserialize;

use super::access::OwnStep;
use super::actions::Due;
use super::queries;
use super::view::{self, Attainment, StepCard};
use super::{DeedKind, MOST_OPEN, Refusal, StepId, StepState, actions, mix};
use crate::evidence::claims;
use crate::goal::{self, GoalState, queries::GoalRow};
use crate::talk::{self, TalkId};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/me/plan", get(show_plan).post(create_step)).route("/me/plan/new", get(show_new))
}

#[derive(Debug, Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    open: Vec<StepCard>,
    ended: Vec<StepCard>,
    mix: String,
    goals: Vec<GoalView>,
    attainment: Option<Attainment>,
    /// What asks for something today, by its step.
    due: Vec<Due>,
    today: Date,
}

/// A goal in the list.
#[derive(Debug)]
struct GoalView {
    row: GoalRow,
    by: String,
}

impl PlanPage {
    fn is_full(&self) -> bool {
        self.open.len() >= MOST_OPEN
    }

    /// What a step asks for today.
    fn hint(&self, card: &StepCard) -> Option<String> {
        let day = |on: &Date| day_in_words(*on, self.today);
        self.due.iter().filter(|due| due.step() == card.row.id).find_map(|due| match due {
            Due::FirstStep { on, .. } => Some(format!("first step due {}", day(on))),
            Due::Checkpoint { on, .. } => Some(format!("look at it, due {}", day(on))),
            Due::Unfinished { .. } => None,
        })
    }
}

async fn show_plan(mut door: Door) -> Result<Page<PlanPage>, WebError> {
    let frame = door.frame("My plan", "growth");
    let Door { viewer, tx, .. } = &mut door;
    let rows = actions::own(tx, viewer).await?;
    let live: HashSet<String> =
        rows.iter().filter(|row| row.state != StepState::Ended).map(|row| row.id.to_string()).collect();
    let deeds: Vec<(StepId, DeedKind)> = tx.all(&queries::DEEDS_OF_PERSON, &[&viewer.person]).await?;
    let kinds: Vec<DeedKind> = deeds
        .into_iter()
        .filter(|(step, _)| live.contains(&step.to_string()))
        .map(|(_, kind)| kind)
        .collect();
    let attainment = view::own_attainment(tx, viewer).await?;
    let cards = view::cards(tx, viewer, rows).await?;
    let (ended, open) = cards.into_iter().partition(|card| card.row.state == StepState::Ended);
    let goals = goal::actions::own(tx, viewer).await?;
    let goals = goals
        .into_iter()
        .map(|row| GoalView { by: day_in_words(row.written.by_on, viewer.today), row })
        .collect();
    let due = actions::due(tx, viewer).await?;
    let today = viewer.today;
    Ok(Page(PlanPage { frame, open, ended, mix: mix(&kinds), goals, attainment, due, today }))
}

#[derive(Debug, Template)]
#[template(path = "plan-new.html")]
struct NewPage {
    frame: Frame,
    typed: NewForm,
    offered: Vec<Line>,
    level_name: Option<String>,
    has_framework: bool,
    problems: Problems,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewForm {
    /// Words of a statement.
    q: String,
    /// The statement to grow towards.
    to: String,
    /// The talk it was agreed in.
    talk: String,
}

impl NewForm {
    fn talk(&self) -> Result<Option<TalkId>, WebError> {
        match self.talk.as_str() {
            "" => Ok(None),
            talk => talk.parse().map(Some).map_err(|_| WebError::NotFound),
        }
    }
}

async fn show_new(mut door: Door, Query(form): Query<NewForm>) -> Result<Page<NewPage>, WebError> {
    new_page(&mut door, form, Problems::none()).await.map(Page)
}

/// The statements about a competency that a talk by competency looks at.
fn of_item<'a>(framework: &'a Framework, item: &str) -> Vec<&'a espalier_framework::Statement> {
    let known = claims::of_competency(framework, item);
    framework
        .statements
        .iter()
        .filter(|one| one.parent.is_none() && known.contains(one.id.as_str()))
        .take(40)
        .collect()
}

async fn new_page(door: &mut Door, typed: NewForm, problems: Problems) -> Result<NewPage, WebError> {
    let frame = door.frame("A new step", "growth");
    let Door { viewer, tx, .. } = door;
    viewer.permit::<OwnStep>(tx, Action::Discover, viewer.person, State::Draft).await?;
    let lines = |copy: &Copy, found: Vec<&espalier_framework::Statement>| -> Vec<Line> {
        found.into_iter().map(|one| Line::of(&copy.edition, one)).collect()
    };
    let (mut offered, mut level_name, mut has_framework) = (Vec::new(), None, false);
    if let Some(id) = typed.talk()? {
        let (_, line, side) = talk::actions::find_for(tx, viewer, Action::Read, id).await?;
        if side != Some(talk::Side::Person) || !line.has_opened() {
            return Err(WebError::NotFound);
        }
        let copy = talk::actions::framework(tx, &line).await?;
        has_framework = true;
        offered = match copy.framework().statement(&typed.to) {
            Some(one) => lines(&copy, vec![one]),
            None => lines(&copy, of_item(copy.framework(), &typed.to)),
        };
    } else if let Some(ground) = claims::ground(tx, viewer).await? {
        has_framework = true;
        offered = lines(&ground.copy, ground.offered(&typed.q));
        level_name = ground.level_name();
    }
    Ok(NewPage { frame, typed, offered, level_name, has_framework, problems })
}

async fn create_step(mut door: Door, Form(form): Form<NewForm>) -> Result<Response, WebError> {
    let talk = form.talk()?;
    let Door { viewer, tx, kit } = &mut door;
    if form.to.is_empty() {
        let problems = Problems::one("to", Refusal::NoStatement.to_string());
        return Ok(Page(new_page(&mut door, form, problems).await?).refused());
    }
    let id = actions::add(tx, viewer, &kit.mint, &form.to, talk).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/plan/{id}")).into_response())
}
