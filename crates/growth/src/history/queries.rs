//! What is asked about one's own way so far: one statement for each kind, whatever the number of years.

use espalier_access::Permit;
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use crate::access::SelfAssessment;
use crate::evidence::access::Evidence;
use crate::feedback::FeedbackId;
use crate::feedback::access::{Feedback, WrittenFeedback};
use crate::goal::GoalId;
use crate::goal::access::Goal;
use crate::plan::access::{AgreedStep, OwnStep};
use crate::plan::{Outcome, StepId};
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
    /// Steps of a plan that began or ended, with the version each was chosen in.
    PLANNED = "select s.id, v.version, s.outcome, s.begun_at, s.ended_at from plan_step s \
               join framework_version v on v.id = s.version where s.person = $1 \
               and (s.begun_at is not null or s.ended_at is not null) order by s.made_at desc, s.id desc limit 500";
    /// Goals.
    WANTED = "select g.id, g.title, g.outcome, g.made_at, g.ended_at from goal g where g.person = $1 \
              order by g.made_at desc, g.id desc limit 500";
    /// Feedback that its receiver has opened. What lies there unopened is not spoken of.
    READ = "select f.id, p.name, f.read_at from feedback f join person p on p.id = f.giver where f.receiver = $1 \
            and f.state = 'given' and f.read_at is not null order by f.read_at desc, f.id desc limit 500";
    /// Feedback that somebody gave.
    GIVEN = "select f.id, p.name, f.given_at from feedback f join person p on p.id = f.receiver where f.giver = $1 \
             and f.state = 'given' and f.given_at is not null order by f.given_at desc, f.id desc limit 500";
}

/// A step of a plan that began or ended.
#[derive(Debug)]
pub struct Planned {
    /// Its id.
    pub id: StepId,
    /// The version it was chosen in.
    pub version: String,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When the work began.
    pub begun_at: Option<Moment>,
    /// When it was closed.
    pub ended_at: Option<Moment>,
}

impl FromRow for Planned {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            version: row.take()?,
            outcome: row.take()?,
            begun_at: row.take()?,
            ended_at: row.take()?,
        })
    }
}

/// A goal.
#[derive(Debug)]
pub struct Wanted {
    /// Its id.
    pub id: GoalId,
    /// What should come of it.
    pub title: String,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was written.
    pub made_at: Moment,
    /// When it was closed.
    pub ended_at: Option<Moment>,
}

impl FromRow for Wanted {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            title: row.take()?,
            outcome: row.take()?,
            made_at: row.take()?,
            ended_at: row.take()?,
        })
    }
}

/// Feedback that was read or given: with whom and when, and not a word of it.
#[derive(Debug)]
pub struct Spoken {
    /// Its id.
    pub id: FeedbackId,
    /// The other of the two.
    pub other: String,
    /// When it was read, or given.
    pub at: Moment,
}

impl FromRow for Spoken {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { id: row.take()?, other: row.take()?, at: row.take()? })
    }
}

/// The steps of a person's plan that began or ended, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn planned(
    tx: &mut Tx,
    _: (&Permit<OwnStep>, &Permit<AgreedStep>),
    person: Id,
) -> Result<Vec<Planned>, Fault> {
    tx.all(&PLANNED, &[&person]).await
}

/// The goals of a person, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn wanted(tx: &mut Tx, _: &Permit<Goal>, person: Id) -> Result<Vec<Wanted>, Fault> {
    tx.all(&WANTED, &[&person]).await
}

/// The feedback that a person received and opened, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn read(tx: &mut Tx, _: &Permit<Feedback>, person: Id) -> Result<Vec<Spoken>, Fault> {
    tx.all(&READ, &[&person]).await
}

/// The feedback that a person gave, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn given(tx: &mut Tx, _: &Permit<WrittenFeedback>, person: Id) -> Result<Vec<Spoken>, Fault> {
    tx.all(&GIVEN, &[&person]).await
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
