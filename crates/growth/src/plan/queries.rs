//! What is asked about plans. Reading a step wants a permit.

use espalier_access::Permit;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use super::access::{AgreedStep, OwnStep};
use super::{CheckpointId, DeedId, DeedKind, Origin, Outcome, StepId, StepState, Written};
use crate::talk::TalkId;

/// The columns of a [`StepRow`].
macro_rules! row {
    () => {
        "select s.id, s.person, p.name, s.talk, s.framework, s.version, s.to_statement, s.from_statement, s.why, \
         s.much_less, s.less, s.expected, s.more, s.much_more, s.evidence, s.first_step, s.first_step_on, s.stop_rule, \
         h.name, s.first_step_done_at, s.state, s.outcome, s.outcome_words, s.revision, s.made_at, s.begun_at, s.ended_at \
         from plan_step s join person p on p.id = s.person left join person h on h.id = s.support where "
    };
}

queries! {
    /// Whose it is, where it was agreed and where it stands: all that is known before asking whether the viewer may.
    FACTS = "select person, talk, state from plan_step where id = $1";
    /// One step.
    ONE = concat!(row!(), "s.id = $1");
    /// The steps of somebody: those that are open first, then what is over, the newest first.
    OF_PERSON = concat!(
        row!(),
        "s.person = $1 order by case when s.state = 'ended' then 1 else 0 end, s.made_at desc, s.id desc limit 60"
    );
    /// The steps that were agreed in a talk.
    OF_TALK = concat!(row!(), "s.talk = $1 order by s.made_at, s.id limit 20");
    /// The open steps that were agreed in talks which somebody holds now: whose, and nothing of what they say.
    HELD = "select s.id, p.name from plan_step s join person p on p.id = s.person join talk k on k.id = s.talk \
            where s.state <> 'ended' and (p.left_on is null or p.left_on > $2) and k.person = s.person \
            and k.id in (select t.id from talk t where t.holder = $1 and t.is_chosen = 1 \
            union select t.id from reporting_line l join talk t on t.person = l.person where l.manager = $1 \
            and l.from_on <= $2 and (l.until_on is null or l.until_on > $2) and t.is_chosen = 0 \
            and (t.holder is null or t.holder = $1)) order by p.sort_key, s.made_at, s.id limit 200";
    /// How many steps of somebody are open.
    OPEN = "select count(*) from plan_step where person = $1 and state <> 'ended'";
    /// An open step of one's own, or of the same talk, towards the same statement.
    SAME = "select id from plan_step where person = $1 and framework = $2 and to_statement = $3 and coalesce(talk, '') = $4 \
            and state <> 'ended' order by id limit 1";
    /// A new step.
    ADD = "insert into plan_step (id, person, talk, framework, version, from_statement, to_statement, why, much_less, less, \
           expected, more, much_more, support, evidence, first_step, first_step_on, first_step_done_at, stop_rule, state, \
           outcome, outcome_words, revision, made_at, changed_at, begun_at, ended_at) values ($1, $2, $3, $4, $5, $6, $7, \
           '', '', '', '', '', '', null, '', '', null, null, '', 'draft', null, '', 1, $8, $8, null, null)";
    /// It reads otherwise now.
    CHANGE = "update plan_step set from_statement = $2, why = $3, much_less = $4, less = $5, expected = $6, more = $7, \
              much_more = $8, evidence = $9, first_step = $10, first_step_on = $11, stop_rule = $12, revision = $13, \
              changed_at = $14 where id = $1 and state <> 'ended'";
    /// Who helps.
    SUPPORT = "update plan_step set support = $2, changed_at = $3 where id = $1 and state <> 'ended'";
    /// The work begins.
    BEGIN = "update plan_step set state = 'begun', begun_at = $2, changed_at = $2 where id = $1 and state = 'draft'";
    /// The first step was taken.
    FIRST_STEP = "update plan_step set first_step_done_at = $2 where id = $1 and state = 'begun' \
                  and first_step_done_at is null";
    /// It is over.
    END = "update plan_step set state = 'ended', outcome = $2, outcome_words = $3, ended_at = $4, changed_at = $4 \
           where id = $1 and state <> 'ended'";

    /// The actions of a step.
    DEEDS = "select id, kind, words, done_at from plan_deed where step = $1 order by made_at, id";
    /// The actions of all open steps of somebody, for the mix.
    DEEDS_OF_PERSON = "select d.step, d.kind from plan_deed d join plan_step s on s.id = d.step where s.person = $1 \
                       order by d.made_at, d.id limit 1000";
    /// The same action, said twice.
    SAME_DEED = "select id from plan_deed where step = $1 and kind = $2 and words = $3 limit 1";
    /// One more.
    ADD_DEED = "insert into plan_deed (id, step, kind, words, made_at, done_at) values ($1, $2, $3, $4, $5, null)";
    /// Done, or not yet after all.
    SET_DEED = "update plan_deed set done_at = $3 where id = $1 and step = $2";
    /// One less.
    DROP_DEED = "delete from plan_deed where id = $1 and step = $2";

    /// The checkpoints of a step.
    CHECKPOINTS = "select id, due_on, words, held_at from plan_checkpoint where step = $1 order by due_on";
    /// The latest talk of somebody that both signed.
    SIGNED_TALK = "select id from talk where person = $1 and state = 'signed' order by due_on desc, id limit 1";
    /// One more; a day stands there once.
    ADD_CHECKPOINT = "insert into plan_checkpoint (id, step, due_on, words, held_at, told_at) \
                      values ($1, $2, $3, '', null, null) on conflict (step, due_on) do nothing";
    /// What was seen on it.
    HOLD = "update plan_checkpoint set words = $3, held_at = $4 where id = $1 and step = $2 and held_at is null";
    /// One that was not held goes.
    DROP_CHECKPOINT = "delete from plan_checkpoint where id = $1 and step = $2 and held_at is null";
    /// What is due for somebody until a day: first steps and checkpoints; and what they are still writing.
    DUE = "select s.id, s.first_step_on, 'first' from plan_step s where s.person = $1 and s.state = 'begun' \
           and s.first_step_done_at is null and s.first_step_on <= $2 union all \
           select s.id, min(c.due_on), 'checkpoint' from plan_step s join plan_checkpoint c on c.step = s.id \
           where s.person = $1 and s.state = 'begun' and c.held_at is null and c.due_on <= $2 group by s.id \
           union all select s.id, '', 'draft' from plan_step s where s.person = $1 and s.state = 'draft' order by 2, 1";
    /// Checkpoints whose day has come and that nobody was told about.
    TO_REMIND = "select c.id, s.id, s.person from plan_checkpoint c join plan_step s on s.id = c.step \
                 join person p on p.id = s.person where c.due_on >= $1 and c.due_on <= $2 and c.held_at is null \
                 and c.told_at is null and s.state = 'begun' and (p.left_on is null or p.left_on > $2) \
                 order by c.due_on, c.id limit 100";
    /// Somebody was told.
    TOLD = "update plan_checkpoint set told_at = $2 where id = $1";

    /// How a step was rated, the oldest first.
    RATINGS = "select r.rated_on, r.reached, r.words, p.name from plan_rating r join person p on p.id = r.rater \
               where r.step = $1 order by r.rated_on, r.rated_at, r.rater";
    /// How the steps that somebody works on were rated, the oldest first.
    RATINGS_OF_PERSON = "select r.step, r.rated_on, r.reached from plan_rating r join plan_step s on s.id = r.step \
                         where s.person = $1 and s.state = 'begun' order by r.rated_on, r.rated_at, r.rater limit 2000";
    /// One word of each on each day: said again, it takes the place of what was said before.
    RATE = "insert into plan_rating (step, rater, rated_on, reached, words, rated_at) values ($1, $2, $3, $4, $5, $6) \
            on conflict (step, rater, rated_on) do update set reached = excluded.reached, words = excluded.words, \
            rated_at = excluded.rated_at";
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// Its id.
    pub id: StepId,
    /// Whose it is.
    pub person: Id,
    /// Their name.
    pub person_name: String,
    /// The talk it was agreed in.
    pub talk: Option<TalkId>,
    /// The framework.
    pub framework: String,
    /// Its version.
    pub version: VersionId,
    /// The statement to grow towards.
    pub to: String,
    /// What was written.
    pub written: Written,
    /// Who helps.
    pub support: Option<String>,
    /// When the first step was taken.
    pub first_step_done_at: Option<Moment>,
    /// Where it stands.
    pub state: StepState,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// In which words.
    pub outcome_words: String,
    /// Raised with each change.
    pub revision: i64,
    /// Since when.
    pub made_at: Moment,
    /// When the work began.
    pub begun_at: Option<Moment>,
    /// When it was closed.
    pub ended_at: Option<Moment>,
}

impl FromRow for StepRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            person: row.take()?,
            person_name: row.take()?,
            talk: row.take()?,
            framework: row.take()?,
            version: row.take()?,
            to: row.take()?,
            written: Written {
                from: row.take()?,
                why: row.take()?,
                ladder: [row.take()?, row.take()?, row.take()?, row.take()?, row.take()?],
                evidence: row.take()?,
                first_step: row.take()?,
                first_step_on: row.take()?,
                stop_rule: row.take()?,
            },
            support: row.take()?,
            first_step_done_at: row.take()?,
            state: row.take()?,
            outcome: row.take()?,
            outcome_words: row.take()?,
            revision: row.take()?,
            made_at: row.take()?,
            begun_at: row.take()?,
            ended_at: row.take()?,
        })
    }
}

impl StepRow {
    /// Whether it was agreed in a talk.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        match self.talk {
            Some(_) => Origin::Agreed,
            None => Origin::Own,
        }
    }
}

/// Proof about a step of either kind.
#[derive(Debug)]
pub enum StepPermit {
    /// One’s own.
    Own(Permit<OwnStep>),
    /// Agreed in a talk.
    Agreed(Permit<AgreedStep>),
}

/// Something that is done to get there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeedRow {
    /// Its id.
    pub id: DeedId,
    /// In which way.
    pub kind: DeedKind,
    /// What.
    pub words: String,
    /// When it was done.
    pub done_at: Option<Moment>,
}

impl FromRow for DeedRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { id: row.take()?, kind: row.take()?, words: row.take()?, done_at: row.take()? })
    }
}

/// A day on which somebody looks at where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// Its id.
    pub id: CheckpointId,
    /// The day.
    pub due_on: Date,
    /// What was seen.
    pub words: String,
    /// When they looked.
    pub held_at: Option<Moment>,
}

impl FromRow for CheckpointRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { id: row.take()?, due_on: row.take()?, words: row.take()?, held_at: row.take()? })
    }
}

/// Where a step stood on its ladder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingRow {
    /// On which day.
    pub rated_on: Date,
    /// Which rung.
    pub reached: i64,
    /// In which words.
    pub words: String,
    /// Who said so.
    pub name: String,
}

impl FromRow for RatingRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { rated_on: row.take()?, reached: row.take()?, words: row.take()?, name: row.take()? })
    }
}

/// What hangs on a step.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Actions.
    pub deeds: Vec<DeedRow>,
    /// Checkpoints, the next first.
    pub checkpoints: Vec<CheckpointRow>,
    /// Ratings, the oldest first.
    pub ratings: Vec<RatingRow>,
}

/// One step.
///
/// # Errors
///
/// When the database fails.
pub async fn one(tx: &mut Tx, _: &StepPermit, id: StepId) -> Result<Option<StepRow>, Fault> {
    tx.first(&ONE, &[&id]).await
}

/// What hangs on it.
///
/// # Errors
///
/// When the database fails.
pub async fn parts(tx: &mut Tx, _: &StepPermit, id: StepId) -> Result<Parts, Fault> {
    Ok(Parts {
        deeds: tx.all(&DEEDS, &[&id]).await?,
        checkpoints: tx.all(&CHECKPOINTS, &[&id]).await?,
        ratings: tx.all(&RATINGS, &[&id]).await?,
    })
}

/// The steps that were agreed in a talk.
///
/// # Errors
///
/// When the database fails.
pub async fn of_talk(tx: &mut Tx, _: &Permit<AgreedStep>, talk: TalkId) -> Result<Vec<StepRow>, Fault> {
    tx.all(&OF_TALK, &[&talk]).await
}
