//! What the house keeps about people, as one table of data: what for, on which ground, how long, how it gets into a
//! person's own book, and what becomes of it when they are erased. Each room declares its part beside its tables; the
//! application joins them into one [`Keeping`].
//!
//! From that one table come the book ([`Keeping::read`]), erasure ([`Keeping::erase`]), expiry ([`Keeping::expire`]) and
//! the register of purposes ([`Keeping::purposes`]).
//!
//! What it never does: read a row into the book that its owner could not read on a page. Each chapter is narrowed by the
//! access rules.

mod ask;
mod book;
mod erase;
mod expire;
mod table;

pub use book::{Book, Entry, Filled};
pub use erase::{Outcome, hash_of};
pub use expire::Expired;
pub use table::{Basis, Chapter, Column, Fate, Form, Keep, Part, Purpose, Run, Sweep, Table};

use espalier_access::Policy;
use espalier_store::Statement;

use ask::Ask;

/// The parts of all rooms, joined, with their statements written once for both engines.
#[derive(Debug)]
pub struct Keeping {
    purposes: Vec<&'static Purpose>,
    chapters: Vec<book::Ready>,
    parts: Vec<erase::Ready>,
    sweeps: Vec<expire::Ready>,
}

impl Keeping {
    /// Joins what the rooms declare. Erasure goes through the tables in this order, so rooms of upper floors come first
    /// and children before their parents.
    #[must_use]
    pub fn join(policy: &Policy, purposes: Vec<&'static Purpose>) -> Self {
        let tables =
            || purposes.iter().flat_map(|purpose| purpose.tables.iter().map(move |table| (*purpose, table)));
        let chapters = tables()
            .flat_map(|(_, table)| {
                table.chapters.iter().map(|chapter| book::Ready::new(policy, table, chapter))
            })
            .collect();
        let parts = tables()
            .flat_map(|(purpose, table)| {
                table.erasure.iter().map(|part| erase::Ready::new(purpose, table, part))
            })
            .collect();
        let sweeps = purposes.iter().flat_map(|purpose| expire::Ready::all(purpose)).collect();
        Self { purposes, chapters, parts, sweeps }
    }

    /// Everything that is kept, with its reason.
    #[must_use]
    pub fn purposes(&self) -> &[&'static Purpose] {
        &self.purposes
    }

    /// All tables that some room has an entry for.
    pub fn tables(&self) -> impl Iterator<Item = &'static Table> {
        self.purposes.iter().flat_map(|purpose| purpose.tables.iter())
    }

    /// All statements, for the test that prepares each on both engines.
    pub fn statements(&self) -> impl Iterator<Item = Statement> {
        let chapters = self.chapters.iter().map(|one| &one.ask);
        let parts = self.parts.iter().flat_map(|one| one.asks());
        chapters
            .chain(parts)
            .chain(self.sweeps.iter().filter_map(expire::Ready::ask))
            .map(|ask: &Ask| ask.statement)
    }
}
