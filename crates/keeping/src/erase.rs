use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, Tx};
use sha2::{Digest as _, Sha256};

use crate::ask::{Ask, Given};
use crate::{Fate, Keeping, Part, Purpose, Table};

/// What becomes of some rows, and how many there are.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// What they are kept for.
    pub purpose: &'static Purpose,
    /// What becomes of them.
    pub part: &'static Part,
    /// How many.
    pub rows: i64,
}

#[derive(Debug)]
pub(crate) struct Ready {
    purpose: &'static Purpose,
    part: &'static Part,
    count: Ask,
    act: Option<Ask>,
}

impl Ready {
    pub(crate) fn new(purpose: &'static Purpose, table: &'static Table, part: &'static Part) -> Self {
        let (name, rows) = (table.name, part.rows);
        let count = Ask::new(name, &format!("select cast(count(*) as bigint) from {name} where {rows}"));
        let act = match part.fate {
            Fate::Goes => Some(format!("delete from {name} where {rows}")),
            Fate::Becomes(values) => Some(format!("update {name} set {values} where {rows}")),
            Fate::Stays => None,
        };
        Self { purpose, part, count, act: act.map(|sql| Ask::new(name, &sql)) }
    }

    pub(crate) fn asks(&self) -> impl Iterator<Item = &Ask> {
        std::iter::once(&self.count).chain(&self.act)
    }
}

/// How the ledger of erasures knows somebody: by a hash of their id, which holds 80 bits of chance and so cannot be
/// guessed from a name.
#[must_use]
pub fn hash_of(person: &str) -> String {
    Sha256::digest(format!("erased {person}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Keeping {
    /// What would become of everything about somebody. Nothing is changed.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn foresee(&self, tx: &mut Tx, person: Id, now: Moment) -> Result<Vec<Outcome>, Fault> {
        let given = given(person, now);
        let mut outcomes = Vec::with_capacity(self.parts.len());
        for Ready { purpose, part, count, .. } in &self.parts {
            let found: Option<(i64,)> = tx.first(&count.statement, &count.values(&given)).await?;
            outcomes.push(Outcome { purpose, part, rows: found.map_or(0, |(rows,)| rows) });
        }
        Ok(outcomes)
    }

    /// Erases somebody within a transaction. A tombstone without a name stays, so that what others own keeps whole.
    ///
    /// # Errors
    ///
    /// When the database fails; then the transaction is of no more use.
    pub async fn erase(&self, tx: &mut Tx, person: Id, now: Moment) -> Result<(), Fault> {
        let given = given(person, now);
        for ask in self.parts.iter().filter_map(|ready| ready.act.as_ref()) {
            tx.run(&ask.statement, &ask.values(&given)).await?;
        }
        Ok(())
    }
}

fn given(person: Id, now: Moment) -> Given<'static> {
    let today: Date = now.date();
    Given { person, today, now, before: "", most: 0 }
}
