//! The small words every room speaks: ids (one type per kind), dates and moments, the clock as a value,
//! and chance as a value. Finished early and rarely touched: every crate above is compiled again when it changes.
//!
//! What it never does: reach a database, a network or the operating system's clock, except through
//! [`Clock::System`] and [`Mint::from_system`], which only the binary makes.

mod clock;
mod id;
mod mint;
mod text;
mod value;

pub use clock::{Clock, Date, Moment, NotADate, NotAMoment};
pub use id::{Id, NotAnId};
pub use mint::{Mint, Secret};
pub use text::{after_prefix, folded, words_of};
pub use value::{Bind, Shape, Stored, UnknownWord, Value};

#[doc(hidden)]
pub use serde as __serde;
