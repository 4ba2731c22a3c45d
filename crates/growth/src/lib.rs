//! Where people stand and how they grow: the self-assessment against any level, statement by statement, and the position
//! that follows from it by the framework's own rules; evidence of what somebody did; development talks; the growth plan, goals and feedback.
//!
//! What it never does: average a level, put a score on a person, or let anybody but its owner see a draft.

pub mod access;
pub mod actions;
pub mod again;
pub mod api;
pub mod assessment;
pub mod demo;
pub mod evidence;
pub mod feedback;
pub mod goal;
pub mod history;
pub mod keeping;
pub mod life;
pub mod pages;
pub mod plan;
pub mod queries;
mod saved;
pub mod standing;
pub mod talk;
pub mod today;

use espalier_store::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "growth-0001", sql: include_str!("../migrations/growth-0001.sql") },
    Migration { name: "growth-0002", sql: include_str!("../migrations/growth-0002.sql") },
    Migration { name: "growth-reminders-0001", sql: include_str!("../migrations/growth-reminders-0001.sql") },
    Migration { name: "growth-0003", sql: include_str!("../migrations/growth-0003.sql") },
];

/// The doors of this room.
pub fn doors() -> espalier_web::Doors {
    espalier_web::Doors::new()
        .merge(pages::doors())
        .merge(api::doors())
        .merge(talk::pages::doors())
        .merge(talk::api::doors())
        .merge(talk::prepare_pages::doors())
        .merge(talk::inputs::doors())
        .merge(talk::cycle_pages::doors())
        .merge(talk::cycle_api::doors())
        .merge(talk::overview::doors())
        .merge(plan::pages::doors())
        .merge(plan::step_pages::doors())
        .merge(plan::api::doors())
        .merge(goal::pages::doors())
        .merge(goal::api::doors())
        .merge(feedback::pages::doors())
        .merge(feedback::api::doors())
        .merge(evidence::pages::doors())
        .merge(evidence::confirm_pages::doors())
        .merge(evidence::coverage::doors())
        .merge(evidence::files::doors())
        .merge(evidence::api::doors())
        .merge(history::pages::doors())
        .merge(history::api::doors())
}

/// The statements of this room, for the test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<espalier_store::Statement> {
    [
        queries::STATEMENTS,
        again::STATEMENTS,
        talk::queries::STATEMENTS,
        talk::cadence::STATEMENTS,
        talk::cycle::STATEMENTS,
        talk::cycle_pages::STATEMENTS,
        talk::overview::STATEMENTS,
        evidence::queries::STATEMENTS,
        history::queries::STATEMENTS,
        plan::queries::STATEMENTS,
        goal::queries::STATEMENTS,
        feedback::queries::STATEMENTS,
        life::STATEMENTS,
    ]
    .concat()
}

/// The operations of the API of this room.
#[must_use]
pub fn operations() -> Vec<espalier_web::Operation> {
    [
        api::OPERATIONS,
        evidence::api::OPERATIONS,
        talk::api::OPERATIONS,
        talk::cycle_api::OPERATIONS,
        plan::api::OPERATIONS,
        goal::api::OPERATIONS,
        feedback::api::OPERATIONS,
        history::api::OPERATIONS,
    ]
    .concat()
}
