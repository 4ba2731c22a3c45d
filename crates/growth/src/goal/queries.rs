//! What is asked about goals. Reading one wants a permit.

use espalier_access::Permit;
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use super::access::Goal;
use super::{GoalId, GoalState, Written};
use crate::plan::Outcome;

macro_rules! row {
    () => {
        "select g.id, g.person, p.name, g.title, g.why, g.measure, g.from_value, g.to_value, g.by_on, g.state, g.outcome, \
         g.outcome_words, g.revision, g.ended_at, (select v.value from goal_value v where v.goal = g.id \
         order by v.measured_on desc limit 1) from goal g join person p on p.id = g.person where "
    };
}

queries! {
    /// Whose it is and where it stands: all that is known before asking whether the viewer may.
    FACTS = "select person, state from goal where id = $1";
    /// One goal.
    ONE = concat!(row!(), "g.id = $1");
    /// The goals of somebody: those that are open first, the next due before.
    OF_PERSON = concat!(
        row!(),
        "g.person = $1 order by case when g.state = 'open' then 0 else 1 end, g.by_on, g.id limit 100"
    );
    /// How many are open.
    OPEN = "select count(*) from goal where person = $1 and state = 'open'";
    /// An open goal with the same words.
    SAME = "select id from goal where person = $1 and title = $2 and measure = $3 and by_on = $4 and state = 'open' \
            order by id limit 1";
    /// A new goal.
    ADD = "insert into goal (id, person, title, why, measure, from_value, to_value, by_on, state, outcome, outcome_words, \
           revision, made_at, changed_at, ended_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', null, '', 1, $9, $9, null)";
    /// It reads otherwise now.
    CHANGE = "update goal set title = $2, why = $3, measure = $4, from_value = $5, to_value = $6, by_on = $7, \
              revision = $8, changed_at = $9 where id = $1 and state = 'open'";
    /// It is over.
    END = "update goal set state = 'ended', outcome = $2, outcome_words = $3, ended_at = $4, changed_at = $4 \
           where id = $1 and state = 'open'";
    /// What was measured, the oldest first.
    VALUES = "select measured_on, value, words from goal_value where goal = $1 order by measured_on limit 400";
    /// One value for a day; measured again, it takes the place of what stood there.
    MEASURE = "insert into goal_value (goal, measured_on, value, words, measured_at) values ($1, $2, $3, $4, $5) \
               on conflict (goal, measured_on) do update set value = excluded.value, words = excluded.words, \
               measured_at = excluded.measured_at";
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalRow {
    /// Its id.
    pub id: GoalId,
    /// Whose it is.
    pub person: Id,
    /// Their name.
    pub person_name: String,
    /// What it says.
    pub written: Written,
    /// Where it stands.
    pub state: GoalState,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// In which words.
    pub outcome_words: String,
    /// Raised with each change.
    pub revision: i64,
    /// When it was closed.
    pub ended_at: Option<Moment>,
    /// What was measured last.
    pub latest: Option<String>,
}

impl FromRow for GoalRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            person: row.take()?,
            person_name: row.take()?,
            written: Written {
                title: row.take()?,
                why: row.take()?,
                measure: row.take()?,
                from_value: row.take()?,
                to_value: row.take()?,
                by_on: row.take()?,
            },
            state: row.take()?,
            outcome: row.take()?,
            outcome_words: row.take()?,
            revision: row.take()?,
            ended_at: row.take()?,
            latest: row.take()?,
        })
    }
}

/// What was measured on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRow {
    /// The day.
    pub measured_on: Date,
    /// The number as it was written.
    pub value: String,
    /// What there is to say about it.
    pub words: String,
}

impl FromRow for ValueRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { measured_on: row.take()?, value: row.take()?, words: row.take()? })
    }
}

/// One goal.
///
/// # Errors
///
/// When the database fails.
pub async fn one(tx: &mut Tx, _: &Permit<Goal>, id: GoalId) -> Result<Option<GoalRow>, Fault> {
    tx.first(&ONE, &[&id]).await
}

/// What was measured.
///
/// # Errors
///
/// When the database fails.
pub async fn values(tx: &mut Tx, _: &Permit<Goal>, id: GoalId) -> Result<Vec<ValueRow>, Fault> {
    tx.all(&VALUES, &[&id]).await
}
