//! What is asked about talks. Reading contents wants a permit.

use espalier_access::Permit;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use super::access::{Preparation, Talk};
use super::{CycleId, InputId, ItemKind, Outcome, Part, Side, TalkId, TalkState};
use crate::assessment::Answer;

/// Whoever leads the person of a talk `t` on the day `$2`.
macro_rules! leads {
    () => {
        "(select l.manager from reporting_line l where l.person = t.person and l.from_on <= $2 \
         and (l.until_on is null or l.until_on > $2) order by l.from_on desc limit 1)"
    };
}
/// A talk is there when nobody is still staging its round.
macro_rules! is_there {
    () => {
        "(t.cycle is null or exists (select 1 from talk_cycle c where c.id = t.cycle and c.state <> 'staged'))"
    };
}
/// The columns of a [`TalkLine`].
macro_rules! line {
    () => {
        concat!(
            "select t.id, t.cycle, t.person, p.name, h.id, h.name, w.id, w.name, t.is_chosen, ",
            leads!(),
            ", t.version, t.framework, t.framework_name, t.level, t.level_name, t.item_kind, t.state, t.due_on, \
             t.meets_at, t.opened_at, t.person_signed_at, t.holder_signed_at, t.ended_at, \
             cast(case when exists (select 1 from preparation z where z.talk = t.id and z.author = t.person \
             and z.sealed_at is not null) then 1 else 0 end as bigint), \
             cast(case when exists (select 1 from preparation z where z.talk = t.id and z.author = h.id \
             and z.sealed_at is not null) then 1 else 0 end as bigint) from talk t join person p on p.id = t.person left join person w on w.id = t.opened_with \
             left join person h on h.id = coalesce(t.holder, ",
            leads!(),
            ") where "
        )
    };
}

queries! {
    /// Whose it is and where it stands: all that is known before asking whether the viewer may.
    FACTS = concat!("select t.person, t.state from talk t where t.id = $1 and ", is_there!());
    /// One talk, as of a day.
    ONE = concat!(line!(), "t.id = $1");
    /// The talks of a person, newest first.
    OF_PERSON = concat!(line!(), "t.person = $1 and ", is_there!(), " order by t.due_on desc, t.id desc limit 100");
    /// The talks that somebody holds now with those they lead or who chose them, the next due first. The state stands in
    /// a case, so that nobody's database goes through all open talks of the house to find a handful.
    HELD = concat!(
        line!(),
        "t.id in (select k.id from reporting_line r join talk k on k.person = r.person where r.manager = $1 \
         and r.from_on <= $2 and (r.until_on is null or r.until_on > $2) and k.is_chosen = 0 \
         and (k.holder is null or k.holder = $1) \
         union select k.id from talk k where k.holder = $1 and k.is_chosen = 1) and ",
        is_there!(),
        " and (p.left_on is null or p.left_on > $2) \
         and case t.state when 'planned' then 1 when 'open' then 1 else 0 end = 1 order by t.due_on, t.id limit 200"
    );
    /// A talk outside of rounds that is planned for the same person and day.
    SAME = "select id from talk where person = $1 and due_on = $2 and item_kind = $3 and state = 'planned' \
            and cycle is null order by id limit 1";
    /// A new talk.
    ADD = "insert into talk (id, cycle, person, holder, opened_with, is_chosen, version, framework, framework_name, level, level_name, \
           item_kind, state, due_on, meets_at, made_at, opened_at, person_signed_at, holder_signed_at, ended_at) \
           values ($1, $11, $2, null, null, 0, $3, $4, $5, $6, $7, $8, 'planned', $9, null, $10, null, null, null, null)";
    /// The level a talk looks at, once.
    PIN = "update talk set version = $2, framework = $3, framework_name = $4, level = $5, level_name = $6 \
           where id = $1 and version is null";
    /// With whom the person chose to hold it.
    CHOOSE_HOLDER = "update talk set holder = $2, is_chosen = 1 where id = $1 and state = 'planned'";
    /// Both are ready: it opens, with whoever prepared it.
    OPEN = "update talk set state = 'open', opened_at = $2, holder = $3, opened_with = $3 where id = $1 and state = 'planned'";
    /// It goes on with whoever leads the person now.
    HAND_OVER = "update talk set holder = $2, is_chosen = 0, person_signed_at = null, holder_signed_at = null \
                 where id = $1 and state = 'open'";
    /// When they meet.
    MEET = "update talk set meets_at = $2 where id = $1 and state in ('planned', 'open')";
    /// One side signs, or takes the signature back.
    SIGN_PERSON = "update talk set person_signed_at = $2 where id = $1 and state = 'open'";
    /// The other side.
    SIGN_HOLDER = "update talk set holder_signed_at = $2 where id = $1 and state = 'open'";
    /// Both have signed.
    CLOSE = "update talk set state = 'signed', ended_at = $2 where id = $1 and state = 'open' \
             and person_signed_at is not null and holder_signed_at is not null";
    /// It will not take place.
    CALL_OFF = "update talk set state = 'called-off', ended_at = $2 where id = $1 and state in ('planned', 'open')";

    /// Talks in a state that come due within some days and were not spoken of at this stage, from one on: whoever goes
    /// through thousands does not begin at the first each time.
    TO_REMIND = concat!(
        "select t.id, t.person, coalesce(t.holder, ",
        leads!(),
        "), t.due_on, t.made_at from talk t join person p on p.id = t.person where t.state = $5 \
         and t.due_on >= $1 and t.due_on <= $3 and (t.due_on, t.id) > ($6, $7) \
         and (p.left_on is null or p.left_on > $2) and ",
        is_there!(),
        " and not exists (select 1 from talk_reminder r where r.talk = t.id and r.stage = $4) \
         order by t.due_on, t.id limit 100"
    );
    /// Talks of rounds of which nobody was told that they are planned.
    TO_ANNOUNCE = concat!(
        "select t.id, t.person, null, t.due_on, t.made_at from talk t join person p on p.id = t.person \
         where t.state = $5 and t.due_on >= $1 and t.due_on <= $3 and (t.due_on, t.id) > ($6, $7) \
         and (p.left_on is null or p.left_on > $2) and t.cycle is not null and ",
        is_there!(),
        " and not exists (select 1 from talk_reminder r where r.talk = t.id and r.stage = $4) \
         order by t.due_on, t.id limit 100"
    );
    /// A stage of a talk that was spoken of.
    REMINDED = "insert into talk_reminder (talk, stage, told_at) values ($1, $2, $3) on conflict (talk, stage) do nothing";

    /// One's own preparation: since when, and when it was handed in.
    PREPARATION = "select side, begun_at, sealed_at from preparation where talk = $1 and author = $2";
    /// A preparation begins.
    BEGIN = "insert into preparation (talk, author, side, begun_at, sealed_at) values ($1, $2, $3, $4, null) \
             on conflict (talk, author) do nothing";
    /// It is handed in.
    SEAL = "update preparation set sealed_at = $3 where talk = $1 and author = $2 and sealed_at is null";
    /// It is taken back, before the other is done.
    UNSEAL = "update preparation set sealed_at = null where talk = $1 and author = $2";
    /// Whether somebody handed theirs in.
    IS_SEALED = "select author from preparation where talk = $1 and author = $2 and sealed_at is not null";
    /// What somebody prepared.
    ANSWERS = "select item, state, note, revision from preparation_answer where talk = $1 and author = $2 order by item";
    /// What somebody prepared about one item.
    ANSWER = "select item, state, note, revision from preparation_answer where talk = $1 and author = $2 and item = $3";
    /// Prepared or changed.
    SET_ANSWER = "insert into preparation_answer (talk, author, item, state, note, revision, changed_at) \
                  values ($1, $2, $3, $4, $5, $6, $7) on conflict (talk, author, item) do update \
                  set state = excluded.state, note = excluded.note, revision = excluded.revision, \
                  changed_at = excluded.changed_at";
    /// Evidence kept with a preparation as it read when that was handed in.
    EVIDENCE = "select item, evidence, happened_on, words, link, standing from preparation_evidence \
                where talk = $1 and author = $2 order by item, happened_on desc, evidence";
    /// Evidence no longer kept, because the preparation was taken back.
    FORGET_EVIDENCE = "delete from preparation_evidence where talk = $1 and author = $2";
    /// The evidence of a person for the statements of a framework, since a day.
    LOG = "select c.statement, e.id, e.happened_on, e.situation, e.deed, e.effect, e.link, \
           coalesce((select max(k.standing) from corroboration k where k.evidence = e.id \
           and k.asked_revision = e.revision and k.standing in ('confirmed', 'amended')), '') \
           from evidence_claim c join evidence e on e.id = c.evidence \
           where c.person = $1 and c.framework = $2 and c.happened_on >= $3 \
           order by c.statement, c.happened_on desc, e.id limit 1000";

    /// What came of each item.
    ITEMS = "select item, outcome, agreed, person_words, holder_words, revision from talk_item where talk = $1 order by item";
    /// What came of one.
    ITEM = "select item, outcome, agreed, person_words, holder_words, revision from talk_item where talk = $1 and item = $2";
    /// Written or changed.
    SET_ITEM = "insert into talk_item (talk, item, outcome, agreed, person_words, holder_words, revision, changed_at) \
                values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (talk, item) do update set outcome = excluded.outcome, \
                agreed = excluded.agreed, person_words = excluded.person_words, holder_words = excluded.holder_words, \
                revision = excluded.revision, changed_at = excluded.changed_at";
    /// The shared notes.
    NOTES = "select part, words, revision from talk_note where talk = $1 order by part";
    /// One part of them.
    NOTE = "select part, words, revision from talk_note where talk = $1 and part = $2";
    /// Written or changed.
    SET_NOTE = "insert into talk_note (talk, part, words, revision, changed_at) values ($1, $2, $3, $4, $5) \
                on conflict (talk, part) do update set words = excluded.words, revision = excluded.revision, \
                changed_at = excluded.changed_at";

    /// A partner is asked.
    ASK = "insert into talk_input (id, talk, partner, question, words, revision, asked_at, given_at, declined_at) \
           values ($1, $2, $3, $4, '', 0, $5, null, null)";
    /// Whom the person asked, and how far each is.
    ASKED = "select p.name, i.given_at, i.declined_at from talk_input i join person p on p.id = i.partner \
             where i.talk = $1 order by i.asked_at, i.id limit 50";
    /// What partners handed in.
    GIVEN = "select p.name, i.question, i.words, i.given_at from talk_input i join person p on p.id = i.partner \
             where i.talk = $1 and i.given_at is not null order by i.given_at, i.id";
    /// Whom a question was put to, and whether they answered.
    INPUT_FACTS = "select i.partner, i.given_at, i.declined_at, t.state from talk_input i join talk t on t.id = i.talk \
                   where i.id = $1";
    /// One question, as the partner reads it.
    INPUT = "select i.id, i.talk, p.name, i.question, i.words, i.revision, i.given_at, i.declined_at from talk_input i \
             join talk t on t.id = i.talk join person p on p.id = t.person where i.id = $1";
    /// The questions put to somebody that wait for them.
    ASKED_OF = "select i.id, i.talk, p.name, i.question, i.words, i.revision, i.given_at, i.declined_at from talk_input i \
                join talk t on t.id = i.talk join person p on p.id = t.person where i.partner = $1 \
                and i.given_at is null and i.declined_at is null and t.state in ('planned', 'open') \
                order by i.asked_at, i.id limit 50";
    /// A partner writes.
    WRITE_INPUT = "update talk_input set words = $2, revision = revision + 1 where id = $1 and given_at is null";
    /// A partner hands it in.
    GIVE_INPUT = "update talk_input set given_at = $2 where id = $1 and given_at is null and declined_at is null";
    /// A partner would rather not.
    DECLINE_INPUT = "update talk_input set declined_at = $2, words = '' where id = $1 and given_at is null";
}

/// A talk without what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkLine {
    /// Its id.
    pub id: TalkId,
    /// The round it belongs to.
    pub cycle: Option<CycleId>,
    /// Whom it is about.
    pub person: Id,
    /// Their name.
    pub person_name: String,
    /// Who holds it with them.
    pub holder: Option<Id>,
    /// Their name.
    pub holder_name: Option<String>,
    /// Who had prepared it when it opened.
    pub opened_with: Option<Id>,
    /// Their name.
    pub opened_with_name: Option<String>,
    /// Whether the person chose the holder.
    pub is_chosen: bool,
    /// Who leads the person today.
    pub leads_now: Option<Id>,
    /// The version it is pinned to.
    pub version: Option<VersionId>,
    /// The framework.
    pub framework: String,
    /// Its name then.
    pub framework_name: String,
    /// The level looked at.
    pub level: String,
    /// Its name then.
    pub level_name: String,
    /// What is looked at one by one.
    pub item_kind: ItemKind,
    /// Where it stands.
    pub state: TalkState,
    /// By when it should be held.
    pub due_on: Date,
    /// When they meet.
    pub meets_at: Option<Moment>,
    /// When it opened.
    pub opened_at: Option<Moment>,
    /// When the person signed.
    pub person_signed_at: Option<Moment>,
    /// When the holder signed.
    pub holder_signed_at: Option<Moment>,
    /// When it was signed by both, or called off.
    pub ended_at: Option<Moment>,
    /// Whether the person has handed their preparation in.
    pub is_person_done: bool,
    /// Whether the holder has.
    pub is_holder_done: bool,
}

impl FromRow for TalkLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            cycle: row.take()?,
            person: row.take()?,
            person_name: row.take()?,
            holder: row.take()?,
            holder_name: row.take()?,
            opened_with: row.take()?,
            opened_with_name: row.take()?,
            is_chosen: row.take()?,
            leads_now: row.take()?,
            version: row.take()?,
            framework: row.take()?,
            framework_name: row.take()?,
            level: row.take()?,
            level_name: row.take()?,
            item_kind: row.take()?,
            state: row.take()?,
            due_on: row.take()?,
            meets_at: row.take()?,
            opened_at: row.take()?,
            person_signed_at: row.take()?,
            holder_signed_at: row.take()?,
            ended_at: row.take()?,
            is_person_done: row.take()?,
            is_holder_done: row.take()?,
        })
    }
}

impl TalkLine {
    /// Whether a side has handed its preparation in: all that the other may know of it.
    #[must_use]
    pub const fn is_done(&self, side: Side) -> bool {
        match side {
            Side::Person => self.is_person_done,
            Side::Holder => self.is_holder_done,
        }
    }

    /// Whether a side has signed.
    #[must_use]
    pub const fn has_signed(&self, side: Side) -> bool {
        match side {
            Side::Person => self.person_signed_at.is_some(),
            Side::Holder => self.holder_signed_at.is_some(),
        }
    }

    /// Whether both have handed theirs in, so that it was opened; called off afterwards, it stays readable.
    #[must_use]
    pub const fn has_opened(&self) -> bool {
        self.opened_with.is_some()
    }

    /// Whether a side may still write into it: it is open, and neither has signed.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.state == TalkState::Open && self.person_signed_at.is_none() && self.holder_signed_at.is_none()
    }

    /// Which side somebody is on.
    #[must_use]
    pub fn side_of(&self, person: Id) -> Option<Side> {
        if person == self.person {
            Some(Side::Person)
        } else if self.holder == Some(person) {
            Some(Side::Holder)
        } else {
            None
        }
    }

    /// Who is on the other side.
    #[must_use]
    pub const fn other_than(&self, side: Side) -> Option<Id> {
        match side {
            Side::Person => self.holder,
            Side::Holder => Some(self.person),
        }
    }

    /// Whether somebody else leads the person since it opened.
    #[must_use]
    pub fn is_orphaned(&self) -> bool {
        self.state == TalkState::Open && !self.is_chosen && self.leads_now != self.holder
    }
}

/// One's own preparation, without what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreparationLine {
    /// On which side.
    pub side: Side,
    /// Since when.
    pub begun_at: Moment,
    /// When it was handed in.
    pub sealed_at: Option<Moment>,
}

impl FromRow for PreparationLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { side: row.take()?, begun_at: row.take()?, sealed_at: row.take()? })
    }
}

/// What one side prepared about one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedRow {
    /// The statement or competency.
    pub item: String,
    /// What was said.
    pub state: Answer,
    /// In whose words.
    pub note: String,
    /// Raised with each change.
    pub revision: i64,
}

impl FromRow for PreparedRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { item: row.take()?, state: row.take()?, note: row.take()?, revision: row.take()? })
    }
}

/// A piece of evidence beside an item, as it read then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedRow {
    /// The statement or competency.
    pub item: String,
    /// The piece of evidence.
    pub evidence: Id,
    /// Its day.
    pub happened_on: Date,
    /// What it said.
    pub words: String,
    /// Where more is found.
    pub link: String,
    /// Whether somebody confirmed it.
    pub standing: String,
}

impl FromRow for CitedRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            item: row.take()?,
            evidence: row.take()?,
            happened_on: row.take()?,
            words: row.take()?,
            link: row.take()?,
            standing: row.take()?,
        })
    }
}

/// What came of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The statement or competency.
    pub item: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What both agree on; not observed where they do not.
    pub agreed: Answer,
    /// The person's words.
    pub person_words: String,
    /// The holder's words.
    pub holder_words: String,
    /// Raised with each change.
    pub revision: i64,
}

impl FromRow for ItemRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            item: row.take()?,
            outcome: row.take()?,
            agreed: row.take()?,
            person_words: row.take()?,
            holder_words: row.take()?,
            revision: row.take()?,
        })
    }
}

/// One part of the shared notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Which.
    pub part: Part,
    /// What it says.
    pub words: String,
    /// Raised with each change.
    pub revision: i64,
}

impl FromRow for NoteRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { part: row.take()?, words: row.take()?, revision: row.take()? })
    }
}

/// A question to a partner, as the partner reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputRow {
    /// Its id.
    pub id: InputId,
    /// The talk.
    pub talk: TalkId,
    /// Who asks.
    pub person_name: String,
    /// What they ask.
    pub question: String,
    /// What the partner wrote.
    pub words: String,
    /// Raised with each change.
    pub revision: i64,
    /// When it was handed in.
    pub given_at: Option<Moment>,
    /// When the partner declined.
    pub declined_at: Option<Moment>,
}

impl FromRow for InputRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            talk: row.take()?,
            person_name: row.take()?,
            question: row.take()?,
            words: row.take()?,
            revision: row.take()?,
            given_at: row.take()?,
            declined_at: row.take()?,
        })
    }
}

/// Whose it is and where it stands.
///
/// # Errors
///
/// When the database fails.
pub async fn facts(tx: &mut Tx, id: TalkId) -> Result<Option<(Id, TalkState)>, Fault> {
    tx.first(&FACTS, &[&id]).await
}

/// One talk, as of a day.
///
/// # Errors
///
/// When the database fails.
pub async fn one(tx: &mut Tx, _: &Permit<Talk>, id: TalkId, today: Date) -> Result<Option<TalkLine>, Fault> {
    tx.first(&ONE, &[&id, &today]).await
}

/// What one side prepared: about each item, and the evidence kept with it.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// About items.
    pub answers: Vec<PreparedRow>,
    /// Evidence, as it read when it was handed in.
    pub cited: Vec<CitedRow>,
}

impl Prepared {
    /// What was said about an item.
    #[must_use]
    pub fn about(&self, item: &str) -> Option<&PreparedRow> {
        self.answers.iter().find(|row| row.item == item)
    }

    /// What was said about an item, not observed where nothing was.
    #[must_use]
    pub fn state_of(&self, item: &str) -> Answer {
        self.about(item).map_or(Answer::NotObserved, |row| row.state)
    }
}

/// One's own preparation.
///
/// # Errors
///
/// When the database fails.
pub async fn prepared(
    tx: &mut Tx,
    _: &Permit<Preparation>,
    id: TalkId,
    author: Id,
) -> Result<Prepared, Fault> {
    read_prepared(tx, id, author).await
}

/// Everything that was said in a talk that has opened; nothing of one in preparation.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// What the person had prepared, and what the holder had.
    pub prepared: [Prepared; 2],
    /// What came of items.
    pub items: Vec<ItemRow>,
    /// The shared notes.
    pub notes: Vec<NoteRow>,
    /// What partners handed in: name, question, words, when.
    pub inputs: Vec<(String, String, String, Moment)>,
}

/// Raised with each change of what two sign.
#[must_use]
pub fn revision(items: &[ItemRow], notes: &[NoteRow]) -> i64 {
    items.iter().map(|one| one.revision).chain(notes.iter().map(|one| one.revision)).sum()
}

/// Everything that was said in a talk. Partners speak to its two sides alone: whoever reads it by a share reads none of
/// that.
///
/// # Errors
///
/// When the database fails.
pub async fn contents(
    tx: &mut Tx,
    _: &Permit<Talk>,
    line: &TalkLine,
    side: Option<Side>,
) -> Result<Contents, Fault> {
    // Whoever holds a permit for a talk in preparation still reads no word of the other.
    let Some(holder) = line.opened_with else { return Ok(Contents::default()) };
    let inputs = match side {
        Some(_) => tx.all(&GIVEN, &[&line.id]).await?,
        None => Vec::new(),
    };
    Ok(Contents {
        prepared: [read_prepared(tx, line.id, line.person).await?, read_prepared(tx, line.id, holder).await?],
        items: tx.all(&ITEMS, &[&line.id]).await?,
        notes: tx.all(&NOTES, &[&line.id]).await?,
        inputs,
    })
}

async fn read_prepared(tx: &mut Tx, id: TalkId, author: Id) -> Result<Prepared, Fault> {
    Ok(Prepared {
        answers: tx.all(&ANSWERS, &[&id, &author]).await?,
        cited: tx.all(&EVIDENCE, &[&id, &author]).await?,
    })
}
