//! The text format people edit: Markdown for the words, YAML for the structure, one file per competency.
//!
//! `framework.yaml` holds the structure; `competencies/<id>.md` the words, one heading for each level or scale
//! point; `archetypes/*.md`, `docs/**` and `i18n/<locale>/…` the rest. A statement's id stands at the end of its
//! bullet and is written by the tool when it is missing. What was written is read back the same.

mod attributes;
mod head;
mod page;
mod places;
mod prose;
mod read;
mod words;
mod write;

pub use head::FILE as HEAD_FILE;
pub(crate) use head::sorted_requirements;
pub(crate) use read::fresh_id;
pub use read::{Read, read};
pub use write::{View, write, write_as};
