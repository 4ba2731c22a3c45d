//! The library of career frameworks: a framework is imported as a draft, checked, published as an immutable
//! version, and read by everybody: as a matrix, level by level, competency by competency, side by side. And what the
//! organisation owes its people: their own book, being erased, the time after which things go, the register of purposes.
//!
//! What it never does: change a published version, or show a draft to those who do not look after it. Proposals
//! with advisers and decision, and the cut-over of people between versions, will live here too.

pub mod access;
pub mod actions;
pub mod api;
pub mod beside;
pub mod changes;
pub mod drafts;
pub mod incoming;
pub mod keeping;
pub(crate) mod languages;
pub mod library;
pub mod matrix;
pub mod mydata;
pub mod pages;
pub mod prose;
pub mod queries;
pub mod shelf;
pub mod titles;

use espalier_store::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "governance-0001", sql: include_str!("../migrations/governance-0001.sql") },
    Migration { name: "governance-0002", sql: include_str!("../migrations/governance-0002.sql") },
];

/// The statements of this room, for the test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<espalier_store::Statement> {
    [queries::STATEMENTS, mydata::queries::STATEMENTS].concat()
}
