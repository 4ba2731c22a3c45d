//! What people are owed: everything that is theirs as one book, being erased, and knowing what is kept, what for and how
//! long.

pub mod book;
pub mod erasure;
pub mod erasure_pages;
pub mod expiry;
pub mod ledger;
mod pages;
mod proof;
pub mod queries;
pub mod register;

use std::sync::Arc;

use espalier_keeping::Keeping;

/// What the doors of this part need beside the kit: the parts of all rooms.
#[derive(Debug, Clone)]
pub struct Kept(pub Arc<Keeping>);

/// The doors of this part.
pub fn doors(kept: Kept) -> espalier_web::Doors {
    espalier_web::Doors::new()
        .merge(pages::doors())
        .merge(erasure_pages::doors())
        .merge(register::doors())
        .layer(axum::Extension(kept))
}
