//! What is asked about one's own way so far: one statement for each kind, whatever the number of years.

use espalier_access::Permit;
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use crate::access::SelfAssessment;
use crate::evidence::access::Evidence;
use crate::talk::TalkState;
use crate::talk::access::Talk;

queries! {
    /// Finished self-assessments, with the version each was held beside.
    ASSESSED = "select a.id, a.level_name, a.framework_name, v.version, a.finished_at from assessment a \
                join framework_version v on v.id = a.version where a.person = $1 and a.finished_at is not null \
                order by a.finished_at desc, a.id desc limit 500";
    /// Talks that are planned or took place, with the version each was pinned to. One called off before it opened never was.
    TALKED = "select t.id, t.level_name, t.framework_name, coalesce(v.version, ''), t.state, t.due_on, t.opened_at, \
              t.ended_at from talk t left join framework_version v on v.id = t.version where t.person = $1 \
              and (t.state <> 'called-off' or t.opened_at is not null) \
              and (t.cycle is null or exists (select 1 from talk_cycle c where c.id = t.cycle and c.state <> 'staged')) \
              order by t.due_on desc, t.id desc limit 500";
    /// How many pieces of evidence each month has.
    MONTHS = "select substr(e.happened_on, 1, 7), cast(count(*) as bigint) from evidence e where e.person = $1 \
              group by substr(e.happened_on, 1, 7) order by 1 desc limit 500";
}

/// A finished self-assessment.
#[derive(Debug)]
pub struct Assessed {
    /// Its id.
    pub id: Id,
    /// The level looked at, as it was called.
    pub level: String,
    /// The framework, as it was called.
    pub framework: String,
    /// The version.
    pub version: String,
    /// When it was finished.
    pub at: Moment,
}

impl FromRow for Assessed {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            level: row.take()?,
            framework: row.take()?,
            version: row.take()?,
            at: row.take()?,
        })
    }
}

/// A talk.
#[derive(Debug)]
pub struct Talked {
    /// Its id.
    pub id: Id,
    /// The level looked at; empty before one is known.
    pub level: String,
    /// The framework, as it was called.
    pub framework: String,
    /// The version; empty before one is pinned.
    pub version: String,
    /// Where it stands.
    pub state: TalkState,
    /// By when it should be held.
    pub due_on: Date,
    /// When it opened.
    pub opened_at: Option<Moment>,
    /// When it was signed or called off.
    pub ended_at: Option<Moment>,
}

impl FromRow for Talked {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            level: row.take()?,
            framework: row.take()?,
            version: row.take()?,
            state: row.take()?,
            due_on: row.take()?,
            opened_at: row.take()?,
            ended_at: row.take()?,
        })
    }
}

/// The finished self-assessments of a person, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn assessed(tx: &mut Tx, _: &Permit<SelfAssessment>, person: Id) -> Result<Vec<Assessed>, Fault> {
    tx.all(&ASSESSED, &[&person]).await
}

/// The talks of a person, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn talked(tx: &mut Tx, _: &Permit<Talk>, person: Id) -> Result<Vec<Talked>, Fault> {
    tx.all(&TALKED, &[&person]).await
}

/// The months in which a person noted evidence, newest first, and how much: the month as `2026-03`.
///
/// # Errors
///
/// When the database fails.
pub async fn months(tx: &mut Tx, _: &Permit<Evidence>, person: Id) -> Result<Vec<(String, i64)>, Fault> {
    tx.all(&MONTHS, &[&person]).await
}
