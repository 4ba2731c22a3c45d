//! What is asked about feedback. Reading what was written wants a permit; lines say who and how far, and nothing more.

use espalier_access::Permit;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use super::access::{Feedback, WrittenFeedback};
use super::{FeedbackId, FeedbackState, Written};
use crate::goal::GoalId;

macro_rules! line {
    () => {
        "select f.id, g.name, r.name, f.question, f.state, f.asked_at, f.made_at, f.given_at, f.read_at from feedback f \
         join person g on g.id = f.giver join person r on r.id = f.receiver where "
    };
}

queries! {
    /// From whom to whom, and where it stands: all that is known before asking whether the viewer may.
    FACTS = "select giver, receiver, state, read_at from feedback where id = $1";
    /// One, with what it says.
    ONE = "select f.id, f.giver, g.name, f.receiver, r.name, f.question, f.about, f.asked_at, f.situation, f.behaviour, \
           f.effect, f.state, f.revision, f.given_at, f.read_at from feedback f join person g on g.id = f.giver \
           join person r on r.id = f.receiver where f.id = $1";
    /// What somebody wrote or is asked to write, newest first.
    OF_GIVER = concat!(line!(), "f.giver = $1 order by f.made_at desc, f.id desc limit 100");
    /// What was given to somebody, and what they asked for, newest first.
    OF_RECEIVER = concat!(
        line!(),
        "f.receiver = $1 and (f.state = 'given' or f.asked_at is not null) order by f.made_at desc, f.id desc limit 100"
    );
    /// What somebody asked for about a goal of theirs.
    OF_GOAL = concat!(line!(), "f.goal = $1 and f.receiver = $2 order by f.made_at, f.id limit 50");
    /// What somebody is asked and has not answered, the oldest first.
    WAITING = concat!(
        line!(),
        "f.giver = $1 and f.asked_at is not null and f.state = 'draft' order by f.asked_at, f.id limit 50"
    );
    /// Begun for the same person, and still without a word.
    SAME_DRAFT = "select id from feedback where giver = $1 and receiver = $2 and state = 'draft' and asked_at is null \
                  and situation = '' and behaviour = '' and effect = '' order by id limit 1";
    /// The same question to the same person, not answered.
    SAME_ASK = "select id from feedback where giver = $1 and receiver = $2 and question = $3 and state = 'draft' \
                and asked_at is not null order by id limit 1";
    /// The same words to the same person, given since a moment.
    SAME_GIVEN = "select id from feedback where giver = $1 and receiver = $2 and situation = $3 and behaviour = $4 \
                  and effect = $5 and state = 'given' and given_at > $6 order by id limit 1";
    /// It begins: as a question, or by itself.
    ADD = "insert into feedback (id, giver, receiver, question, about, goal, asked_at, situation, behaviour, effect, state, \
           revision, made_at, changed_at, given_at, read_at, ended_at) values ($1, $2, $3, $4, $5, $6, $7, '', '', '', \
           'draft', 0, $8, $8, null, null, null)";
    /// It reads otherwise now.
    CHANGE = "update feedback set situation = $2, behaviour = $3, effect = $4, revision = $5, changed_at = $6 \
              where id = $1 and state = 'draft'";
    /// It is given.
    GIVE = "update feedback set state = 'given', given_at = $2, changed_at = $2 where id = $1 and state = 'draft'";
    /// They would rather not, and nothing of what they had begun stays.
    DECLINE = "update feedback set state = 'declined', situation = '', behaviour = '', effect = '', ended_at = $2 \
               where id = $1 and state = 'draft'";
    /// What nobody asked for is thrown away.
    DROP = "delete from feedback where id = $1 and state = 'draft' and asked_at is null";
    /// It is taken back, before it is read.
    TAKE_BACK = "update feedback set state = 'taken-back', ended_at = $2 where id = $1 and state = 'given' \
                 and read_at is null";
    /// The receiver opens it.
    OPEN = "update feedback set read_at = $2 where id = $1 and state = 'given' and read_at is null";
    /// What it is tied to.
    TIED = "select framework, version, statement from feedback_statement where feedback = $1 \
                  order by framework, statement";
    /// One more.
    ADD_STATEMENT = "insert into feedback_statement (feedback, framework, statement, version) values ($1, $2, $3, $4) \
                     on conflict (feedback, framework, statement) do nothing";
    /// One less.
    DROP_STATEMENT = "delete from feedback_statement where feedback = $1 and framework = $2 and statement = $3";
}

/// Feedback without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackLine {
    /// Its id.
    pub id: FeedbackId,
    /// From whom.
    pub giver: String,
    /// For whom.
    pub receiver: String,
    /// What was asked.
    pub question: String,
    /// Where it stands.
    pub state: FeedbackState,
    /// When it was asked for.
    pub asked_at: Option<Moment>,
    /// Since when it is there.
    pub made_at: Moment,
    /// When it was given.
    pub given_at: Option<Moment>,
    /// When it was read.
    pub read_at: Option<Moment>,
}

impl FromRow for FeedbackLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            giver: row.take()?,
            receiver: row.take()?,
            question: row.take()?,
            state: row.take()?,
            asked_at: row.take()?,
            made_at: row.take()?,
            given_at: row.take()?,
            read_at: row.take()?,
        })
    }
}

/// Feedback with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackRow {
    /// Its id.
    pub id: FeedbackId,
    /// From whom.
    pub giver: Id,
    /// Their name.
    pub giver_name: String,
    /// For whom.
    pub receiver: Id,
    /// Their name.
    pub receiver_name: String,
    /// What was asked.
    pub question: String,
    /// What the question was about, as it read then.
    pub about: String,
    /// When it was asked for.
    pub asked_at: Option<Moment>,
    /// What it says.
    pub written: Written,
    /// Where it stands.
    pub state: FeedbackState,
    /// Raised with each change.
    pub revision: i64,
    /// When it was given.
    pub given_at: Option<Moment>,
    /// When it was read.
    pub read_at: Option<Moment>,
}

impl FromRow for FeedbackRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            giver: row.take()?,
            giver_name: row.take()?,
            receiver: row.take()?,
            receiver_name: row.take()?,
            question: row.take()?,
            about: row.take()?,
            asked_at: row.take()?,
            written: Written { situation: row.take()?, behaviour: row.take()?, effect: row.take()? },
            state: row.take()?,
            revision: row.take()?,
            given_at: row.take()?,
            read_at: row.take()?,
        })
    }
}

/// Proof that feedback may be read: by whoever wrote it, or by whoever it is for and whom they chose.
#[derive(Debug)]
pub enum FeedbackPermit {
    /// By its giver.
    Giver(Permit<WrittenFeedback>),
    /// By its receiver and their readers.
    Receiver(Permit<Feedback>),
}

/// One, with what it says.
///
/// # Errors
///
/// When the database fails.
pub async fn one(tx: &mut Tx, _: &FeedbackPermit, id: FeedbackId) -> Result<Option<FeedbackRow>, Fault> {
    tx.first(&ONE, &[&id]).await
}

/// What it is tied to.
///
/// # Errors
///
/// When the database fails.
pub async fn statements(
    tx: &mut Tx,
    _: &FeedbackPermit,
    id: FeedbackId,
) -> Result<Vec<(String, VersionId, String)>, Fault> {
    tx.all(&TIED, &[&id]).await
}

/// What a question is about.
#[derive(Debug, Clone, Default)]
pub struct Topic {
    /// In words, as they read now.
    pub words: String,
    /// The goal.
    pub goal: Option<GoalId>,
}
