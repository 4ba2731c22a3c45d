//! The one door to the database. Only this crate knows which engine answers and which driver speaks to it.
//!
//! A [`Store`] opens transactions; a [`Tx`] runs [`Statement`]s, written once for both engines, and reads rows
//! into types. What it never does: know what a table means, or decide who may read a row.

mod backup;
mod connect;
mod fault;
mod file;
mod migrate;
mod row;
mod statement;
mod tx;

pub use backup::{BackupFault, BackupSummary};
pub use connect::{Database, NotADatabase, Store};
pub use espalier_kernel::Bind;
pub use fault::{Fault, FaultKind};
pub use migrate::{Migration, MigrationFault};
pub use row::{FromRow, Row};
pub use statement::Statement;
pub use tx::{Mode, Tx};
