//! Career frameworks as data: the model, its text format, importers, checks, differences and positions.
//!
//! What it never does: read a disk, a clock or chance. Files come in as a set of bytes and go out the same way;
//! ids are derived from the content, so that the same source always gives the same framework.

pub mod archetypes;
mod checks;
pub mod command;
pub mod diff;
mod exchange;
mod files;
mod ids;
pub mod import;
mod kinds;
mod lookups;
mod model;
pub mod position;
mod report;
mod sample;
pub mod text;
mod tidied;
mod translated;
mod words;
pub mod yaml;
mod yaml_write;

pub use checks::check;
pub use exchange::{from_json, to_json};
pub use files::{Files, NotTaken};
pub use ids::{NodeId, NotAnId, StatementId};
pub use lookups::Asked;
pub use model::*;
pub use report::{Finding, Severity, Unreadable};
pub use sample::{sample, sample_files};
pub use translated::{Keeping, Translated};
pub use words::{folded, short_digest, tidy};
