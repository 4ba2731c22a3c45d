use espalier_access::{Action, Policy, Terms};
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx};

use crate::ask::{Ask, Given};
use crate::{Chapter, Keeping, Table};

/// Everything that is somebody's or about them and that they may see.
#[derive(Debug, Clone)]
pub struct Book {
    /// Chapter by chapter, in the order of the rooms; those without entries too.
    pub chapters: Vec<Filled>,
}

impl Book {
    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chapters.iter().map(|one| one.entries.len()).sum()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row is in it.
    #[must_use]
    pub fn holds(&self, table: &str, key: &str) -> bool {
        self.chapters
            .iter()
            .filter(|one| one.table.name == table)
            .any(|one| one.entries.iter().any(|entry| entry.key == key))
    }
}

/// A chapter with its entries.
#[derive(Debug, Clone)]
pub struct Filled {
    /// What it is.
    pub chapter: &'static Chapter,
    /// Where it comes from.
    pub table: &'static Table,
    /// What stands in it.
    pub entries: Vec<Entry>,
}

/// One row of a chapter.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key, with spaces between the columns.
    pub key: String,
    /// A value for each column of the chapter.
    pub values: Vec<Option<String>>,
}

impl FromRow for Entry {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        let key = row.take()?;
        let values = (1..row.width()).map(|_| row.take()).collect::<Result<_, _>>()?;
        Ok(Self { key, values })
    }
}

/// A chapter with its statement.
#[derive(Debug)]
pub(crate) struct Ready {
    chapter: &'static Chapter,
    table: &'static Table,
    pub(crate) ask: Ask,
}

impl Ready {
    pub(crate) fn new(policy: &Policy, table: &'static Table, chapter: &'static Chapter) -> Self {
        let alias = chapter.from.split_whitespace().nth(1).unwrap_or(table.name);
        let key: Vec<String> = table.key.iter().map(|column| format!("{alias}.{column}")).collect();
        let columns: String =
            chapter.columns.iter().map(|column| format!(", cast({} as text)", column.sql)).collect();
        let may = policy.sql(
            chapter.kind,
            Action::Read,
            Terms {
                viewer: "{person}",
                subject: chapter.subject,
                record: chapter.record,
                today: "{today}",
                state: chapter.state,
            },
        );
        let sql = format!(
            "select {}{columns} from {} where ({}) and {may} order by {}",
            key.join(" || ' ' || "),
            chapter.from,
            chapter.rows,
            chapter.order
        );
        Self { chapter, table, ask: Ask::new(table.name, &sql) }
    }
}

impl Keeping {
    /// Reads somebody's book: for that person, who has just proved who they are.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn read(&self, tx: &mut Tx, person: Id, today: Date, now: Moment) -> Result<Book, Fault> {
        let given = Given { person, today, now, before: "", most: 0 };
        let mut chapters = Vec::with_capacity(self.chapters.len());
        for ready in &self.chapters {
            let entries = tx.all(&ready.ask.statement, &ready.ask.values(&given)).await?;
            chapters.push(Filled { chapter: ready.chapter, table: ready.table, entries });
        }
        Ok(Book { chapters })
    }
}
