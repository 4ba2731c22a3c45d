use std::collections::HashMap;

use espalier_kernel::{Clock, Date, Id, Moment};
use espalier_store::{Fault, Store, Tx};
use jiff::ToSpan as _;

use crate::ask::{Ask, Given};
use crate::{Keep, Keeping, Purpose, Sweep};

/// The first chunk; later ones are as large as the time for one allows.
const FIRST: i64 = 100;
/// The most in one chunk.
const MOST: i64 = 2_000;
/// For how long one chunk should hold the write lock, in milliseconds: half of what others may have to wait.
const HOLDS: i64 = 50;

/// How many rows went, for one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// What they were kept for.
    pub key: &'static str,
    /// How many.
    pub rows: u64,
}

#[derive(Debug)]
pub(crate) struct Ready {
    purpose: &'static Purpose,
    sweep: &'static Sweep,
    ask: Option<Ask>,
}

impl Ready {
    pub(crate) fn all(purpose: &'static Purpose) -> impl Iterator<Item = Self> {
        let sweeps: &[Sweep] = match purpose.keep {
            Keep::Months { sweeps, .. } | Keep::Days(_, _, sweeps) => sweeps,
            Keep::With(_) | Keep::Fixed(_) => &[],
        };
        sweeps.iter().map(move |sweep| {
            let ask = match sweep {
                Sweep::Rows(table, key, over) => {
                    let key = key.join(", ");
                    let sql = format!(
                        "delete from {table} where ({key}) in (select {key} from {table} where {over} limit {{most}})"
                    );
                    Some(Ask::new(table, &sql))
                }
                Sweep::Erase(query) => {
                    Some(Ask::new("OVERDUE_PERSONS", &format!("{query} limit {{most}}")))
                }
                Sweep::Run(_) => None,
            };
            Self { purpose, sweep, ask }
        })
    }

    pub(crate) fn ask(&self) -> Option<&Ask> {
        self.ask.as_ref()
    }
}

/// The first day that is kept, some months before another.
fn months_before(day: Date, months: i64) -> Date {
    day.civil().checked_sub(months.months()).map_or(day, Date::from)
}

impl Keeping {
    /// Lets go what has been kept long enough, in chunks so that nobody waits long behind one. Processes of one database
    /// take turns. Persons are left to [`Keeping::overdue`].
    ///
    /// # Errors
    ///
    /// When the database fails; what went before stays gone.
    pub async fn expire(
        &self,
        store: &Store,
        now: Moment,
        chosen: &HashMap<String, i64>,
    ) -> Result<Vec<Expired>, Fault> {
        let mut expired: Vec<Expired> = Vec::new();
        for ready in &self.sweeps {
            if matches!(ready.sweep, Sweep::Erase(_)) {
                continue;
            }
            let before = ready.before(now, chosen);
            let mut most = FIRST;
            let mut rows = 0;
            loop {
                let mut tx = store.write().await?;
                tx.lock("keeping").await?;
                let began = Clock::System.now();
                let gone = ready.chunk(&mut tx, now, &before, most).await?;
                if gone == 0 {
                    break;
                }
                tx.commit().await?;
                rows += gone;
                let took = (Clock::System.now().as_millisecond() - began.as_millisecond()).max(1);
                most = (most * HOLDS / took).clamp(1, (most * 2).min(MOST));
            }
            let key = ready.purpose.key;
            match expired.iter_mut().find(|one| one.key == key) {
                Some(one) => one.rows += rows,
                None => expired.push(Expired { key, rows }),
            }
        }
        Ok(expired)
    }

    /// Persons whose time is over, some at a time, for whom what they are kept for is erasing them whole.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn overdue(
        &self,
        store: &Store,
        now: Moment,
        chosen: &HashMap<String, i64>,
    ) -> Result<Vec<Id>, Fault> {
        let mut overdue = Vec::new();
        for ready in &self.sweeps {
            let (Sweep::Erase(_), Some(ask)) = (ready.sweep, &ready.ask) else { continue };
            let before = ready.before(now, chosen);
            let given = given(now, &before, FIRST);
            let mut tx = store.read().await?;
            let found: Vec<(Id,)> = tx.all(&ask.statement, &ask.values(&given)).await?;
            overdue.extend(found.into_iter().map(|(person,)| person));
        }
        Ok(overdue)
    }
}

impl Ready {
    /// The first day that is kept.
    fn before(&self, now: Moment, chosen: &HashMap<String, i64>) -> String {
        match self.purpose.keep {
            Keep::Months { months, least, most, .. } => {
                let months = chosen.get(self.purpose.key).copied().unwrap_or(months).clamp(least, most);
                months_before(now.date(), months).to_string()
            }
            Keep::Days(_, days, _) => now.plus_seconds(-i64::from(days) * 24 * 60 * 60).to_string(),
            Keep::With(_) | Keep::Fixed(_) => String::new(),
        }
    }

    async fn chunk(&self, tx: &mut Tx, now: Moment, before: &str, most: i64) -> Result<u64, Fault> {
        match (self.sweep, &self.ask) {
            (Sweep::Run(run), _) => run(tx, before, most).await,
            (Sweep::Rows(..), Some(ask)) => {
                tx.run(&ask.statement, &ask.values(&given(now, before, most))).await
            }
            (Sweep::Rows(..) | Sweep::Erase(_), _) => Ok(0),
        }
    }
}

fn given(now: Moment, before: &str, most: i64) -> Given<'_> {
    Given { person: Id::from_bits(0), today: now.date(), now, before, most }
}
