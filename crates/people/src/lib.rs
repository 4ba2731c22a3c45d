//! Who works here: persons, nested teams, reporting lines with their history, leave, guests and leavers, levels
//! with their history; how people get in (invitation, password, sign-ins, tokens); the import of all of it; and
//! the trail of who read and did what.
//!
//! What it never does: rank people, delete somebody's history because they left, or let a role be given by
//! those who hold it to themselves.

pub mod access;
pub mod account;
pub mod actions;
pub mod api;
pub mod demo;
pub mod gate;
pub mod hashing;
pub mod import;
pub mod incoming;
pub mod keeping;
pub mod pages;
pub mod person;
pub mod queries;
pub mod reach;
pub mod share_pages;
pub mod shares;
pub mod signin;
pub mod teams;
pub mod trail;
pub mod visible;

use espalier_store::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "people-0001", sql: include_str!("../migrations/people-0001.sql") },
    Migration { name: "people-0002", sql: include_str!("../migrations/people-0002.sql") },
];

/// The statements of this room, for the test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<espalier_store::Statement> {
    [
        queries::STATEMENTS,
        account::STATEMENTS,
        trail::STATEMENTS,
        import::STATEMENTS,
        incoming::STATEMENTS,
        shares::STATEMENTS,
        &reach::statements(),
    ]
    .concat()
}
