//! The HTTP kit that every room's doors are made of: who stands at the door and in which transaction
//! ([`Door`]), forms that keep what was typed ([`Form`], [`Problems`]), pages in one frame ([`Frame`],
//! [`Page`]), errors that never say more than they must ([`WebError`]), and the served files.
//!
//! What it never does: know a room, hold a rule, keep anything between two requests.

mod api;
mod assets;
mod door;
mod error;
mod form;
mod kit;
mod page;
mod remembered;
mod sent;
mod serve;
mod viewer;
mod words;

pub use api::{Operation, describe};
pub use assets::asset_path;
pub use door::{Door, Lobby, Path, Query, client_address, session_cookie};
pub use error::{Problem, WebError};
pub use form::{Form, Problems, Upload, form_token};
pub use kit::{Gate, Kit, Later, Rung, RungTitle, Settings, Titles};
pub use page::{Frame, NavItem, Page, VisibleTo};
pub use remembered::Remembered;
pub use sent::Sent;
pub use serve::{Doors, finish};
pub use viewer::{About, Access, Lookups, Passage, PassageKind, Read, Reads, Scope, Viewer};
pub use words::{count_of, day_in_words, full_day, month_in_words};
