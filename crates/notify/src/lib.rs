//! Notices that reach people: an inbox for each, and mail, chat and calendar as they chose. Rooms tell people in the
//! transaction of whatever happened; what leaves the house is sent later, at least once, under a name that stays.
//!
//! What it never does: send content or names. A notice is a kind whose words stand in the source, and a link.

pub mod access;
pub mod attempt;
pub mod calendar;
pub mod chat;
pub mod choices;
mod delivery_pages;
mod feed;
pub mod keeping;
mod mail;
pub mod notice;
mod pages;
pub mod queries;
pub mod sender;
mod tell;

use std::sync::Arc;

use espalier_store::Migration;

pub use notice::{Kinds, Need, NoticeKind, Pace};
pub use sender::{Directory, MailServer, Recipient, Sender};
pub use tell::{
    Appointment, appoint, call_off_all, health, moved, open_channels, send, tell, unread, untell,
};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] =
    &[Migration { name: "notify-0001", sql: include_str!("../migrations/notify-0001.sql") }];

/// The statements of this room, for the test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<espalier_store::Statement> {
    queries::STATEMENTS.to_vec()
}

/// What the doors of this room need beside the kit.
#[derive(Clone)]
pub struct Outside {
    /// All kinds of notices.
    pub kinds: Kinds,
    /// Whoever knows the people.
    pub directory: Arc<dyn Directory>,
    /// Where chat may be told.
    pub hosts: chat::Hosts,
}

/// The doors of this room.
pub fn doors(outside: Outside) -> espalier_web::Doors {
    espalier_web::Doors::new()
        .merge(pages::doors())
        .merge(feed::doors())
        .merge(delivery_pages::doors())
        .layer(axum::Extension(outside))
}
