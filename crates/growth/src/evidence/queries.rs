//! What is asked about evidence. Lists go along an index from the newest to the oldest and begin where the page before
//! ended, so that they cost the same however long a log is.

use espalier_access::Permit;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Date, Id, Moment};
use espalier_store::{Fault, FromRow, Row, Statement, Tx, queries};

use super::access::Evidence;
use super::support::{Backing, Piece};
use super::{CorroborationId, EvidenceId, Reply, Standing, Written};

/// The columns of a piece of evidence `e`: also how far it is confirmed, as the highest number that holds.
macro_rules! columns {
    () => {
        "e.id, e.happened_on, e.situation, e.deed, e.effect, e.link, e.revision, \
         coalesce((select cast(max(case when k.standing = 'confirmed' and k.asked_revision = e.revision then 4 \
         when k.standing = 'amended' and k.asked_revision = e.revision then 3 \
         when k.standing in ('confirmed', 'amended') then 2 when k.standing = 'asked' then 1 else 0 end) as bigint) \
         from corroboration k where k.evidence = e.id), 0), \
         (select count(*) from evidence_claim c where c.evidence = e.id)"
    };
}

queries! {
    /// Whose it is: all that is known before asking whether the viewer may.
    OWNER = "select e.person, p.name from evidence e join person p on p.id = e.person where e.id = $1";
    /// One piece.
    ONE = concat!("select ", columns!(), " from evidence e where e.id = $1");
    /// A page of somebody's log.
    PAGE = concat!(
        "select ", columns!(), " from evidence e where e.person = $1 and e.happened_on >= $2 \
         and (e.happened_on, e.id) < ($3, $4) order by e.happened_on desc, e.id desc limit $5"
    );
    /// A page of what supports a statement.
    PAGE_OF_STATEMENT = concat!(
        "select ", columns!(), " from (select evidence, happened_on from evidence_claim where person = $1 \
         and framework = $6 and statement = $7 and happened_on >= $2 and (happened_on, evidence) < ($3, $4) \
         order by happened_on desc, evidence desc limit $5) found join evidence e on e.id = found.evidence \
         order by found.happened_on desc, found.evidence desc"
    );
    /// A page of what supports any statement of a pillar.
    PAGE_OF_PILLAR = concat!(
        "select ", columns!(), " from (select distinct happened_on, evidence from evidence_claim where person = $1 \
         and framework = $6 and pillar = $7 and happened_on >= $2 and (happened_on, evidence) < ($3, $4) \
         order by happened_on desc, evidence desc limit $5) found join evidence e on e.id = found.evidence \
         order by found.happened_on desc, found.evidence desc"
    );
    /// A new piece.
    ADD = "insert into evidence (id, person, happened_on, situation, deed, effect, link, revision, made_at, changed_at) \
           values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)";
    /// It reads otherwise now.
    CHANGE = "update evidence set happened_on = $2, situation = $3, deed = $4, effect = $5, link = $6, revision = $7, \
              changed_at = $8 where id = $1";
    /// Its claims follow its day.
    MOVE_CLAIMS = "update evidence_claim set happened_on = $2 where evidence = $1";
    /// It goes.
    DROP = "delete from evidence where id = $1";
    /// What it supports.
    CLAIMS = "select framework, version, statement from evidence_claim where evidence = $1 order by framework, statement";
    /// It supports one more statement.
    ADD_CLAIM = "insert into evidence_claim (evidence, person, framework, version, statement, pillar, happened_on) \
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict (evidence, framework, statement) do nothing";
    /// One statement less.
    DROP_CLAIM = "delete from evidence_claim where evidence = $1 and framework = $2 and statement = $3";
    /// The statements that somebody has evidence for.
    CLAIMED = "select distinct framework, statement from evidence_claim where person = $1 and framework = $2 \
               order by framework, statement limit 1000";
    /// The evidence behind the statements of a framework, between two days.
    BACKING = "select c.statement, c.happened_on, cast(case when exists (select 1 from corroboration k \
               where k.evidence = c.evidence and k.asked_revision = e.revision \
               and k.standing in ('confirmed', 'amended')) then 1 else 0 end as bigint) \
               from evidence_claim c join evidence e on e.id = c.evidence where c.person = $1 and c.framework = $2 \
               and c.happened_on >= $3 and c.happened_on <= $4";
    /// The same, kept with a self-assessment that is finished.
    KEEP_BACKING = "insert into assessment_evidence (assessment, statement, evidence, happened_on, is_corroborated) \
                    select $1, c.statement, c.evidence, c.happened_on, cast(case when exists (select 1 \
                    from corroboration k where k.evidence = c.evidence and k.asked_revision = e.revision \
                    and k.standing in ('confirmed', 'amended')) then 1 else 0 end as bigint) \
                    from evidence_claim c join evidence e on e.id = c.evidence where c.person = $2 \
                    and c.framework = $3 and c.happened_on >= $4 and c.happened_on <= $5";
    /// As it was kept.
    KEPT_BACKING = "select statement, happened_on, is_corroborated from assessment_evidence where assessment = $1";
    /// The evidence of somebody for the statements of a framework, in words, since a day.
    BESIDE = "select c.statement, e.id, e.happened_on, e.situation, e.deed, e.effect, e.link, \
              coalesce((select max(k.standing) from corroboration k where k.evidence = e.id \
              and k.asked_revision = e.revision and k.standing in ('confirmed', 'amended')), '') \
              from evidence_claim c join evidence e on e.id = c.evidence \
              where c.person = $1 and c.framework = $2 and c.happened_on >= $3 \
              order by c.statement, c.happened_on desc, e.id limit 1000";
    /// A whole log, oldest first.
    WHOLE = concat!(
        "select ", columns!(), " from evidence e where e.person = $1 order by e.happened_on, e.id"
    );
    /// What a whole log supports.
    WHOLE_CLAIMS = "select evidence, framework, statement from evidence_claim where person = $1 \
                    order by evidence, framework, statement";

    /// What somebody is called.
    NAME = "select name from person where id = $1";
    /// Somebody is asked to confirm it.
    ASK = "insert into corroboration (id, evidence, secret_hash, name, email, person, asked_revision, asked_on, \
           asked_words, asked_link, standing, words, asked_at, expires_at, answered_at) \
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'asked', '', $11, $12, null)";
    /// Who is asked about a piece, and what they said.
    ASKED = "select k.id, k.name, k.standing, k.words, k.asked_revision, k.asked_at, k.expires_at, k.answered_at \
             from corroboration k where k.evidence = $1 order by k.asked_at, k.id limit 50";
    /// Which colleague was asked.
    WHOM = "select person from corroboration where id = $1 and evidence = $2";
    /// A request that was not answered is taken back.
    UNASK = "delete from corroboration where id = $1 and evidence = $2 and standing = 'asked'";
    /// Whom a request is put to, and how far it is.
    REQUEST_FACTS = "select person, standing from corroboration where id = $1";
    /// The request that a secret opens: how far it is, and about whose evidence.
    BY_SECRET = "select k.id, k.standing, k.words, k.expires_at, k.answered_at, e.person from corroboration k \
                 join evidence e on e.id = k.evidence where k.secret_hash = $1 and k.person is null";
    /// What somebody is asked to confirm, as it read when they were asked.
    REQUEST = "select k.id, p.name, k.asked_on, k.asked_words, k.asked_link, k.standing, k.words, k.asked_at, \
               k.expires_at from corroboration k join evidence e on e.id = k.evidence join person p on p.id = e.person \
               where k.id = $1";
    /// What a colleague is asked to confirm and has not answered.
    WAITING = "select k.id, p.name from corroboration k join evidence e on e.id = k.evidence \
               join person p on p.id = e.person where k.person = $1 and k.standing = 'asked' and k.expires_at > $2 \
               order by k.asked_at, k.id limit 50";
    /// An answer.
    ANSWER = "update corroboration set standing = $2, words = $3, answered_at = $4 where id = $1 and standing = 'asked'";

    /// A file somebody wants looked at.
    KEEP_FILE = "insert into upload (id, person, purpose, file_name, content, made_at) \
                 values ($1, $2, 'evidence', $3, $4, $5)";
    /// Files of more than a day ago.
    FORGET_OLD_FILES = "delete from upload where made_at < $1";
    /// One's own file.
    OWN_FILE = "select file_name, content from upload where id = $1 and person = $2 and purpose = 'evidence'";
    /// A file that was taken or left.
    FORGET_FILE = "delete from upload where id = $1 and person = $2";
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Its id.
    pub id: EvidenceId,
    /// What it says.
    pub written: Written,
    /// Raised with each change.
    pub revision: i64,
    /// How far it is confirmed.
    pub standing: Standing,
    /// How many statements it supports.
    pub claims: i64,
}

impl FromRow for EvidenceRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            written: Written {
                happened_on: row.take()?,
                situation: row.take()?,
                deed: row.take()?,
                effect: row.take()?,
                link: row.take()?,
            },
            revision: row.take()?,
            standing: Standing::of(row.take()?),
            claims: row.take()?,
        })
    }
}

/// Somebody who is asked, for its owner.
#[derive(Debug, Clone)]
pub struct AskedRow {
    /// The request.
    pub id: CorroborationId,
    /// Whom.
    pub name: String,
    /// What became of it.
    pub reply: Reply,
    /// In which words.
    pub words: String,
    /// The revision they were asked about.
    pub revision: i64,
    /// When they were asked.
    pub asked_at: Moment,
    /// Until when they can answer.
    pub expires_at: Moment,
    /// When they answered.
    pub answered_at: Option<Moment>,
}

impl FromRow for AskedRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            name: row.take()?,
            reply: row.take()?,
            words: row.take()?,
            revision: row.take()?,
            asked_at: row.take()?,
            expires_at: row.take()?,
            answered_at: row.take()?,
        })
    }
}

/// A request that a secret opens, before anything of its content is read.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// The request.
    pub id: CorroborationId,
    /// What became of it.
    pub reply: Reply,
    /// In which words.
    pub words: String,
    /// Until when they can answer.
    pub expires_at: Moment,
    /// When they answered.
    pub answered_at: Option<Moment>,
    /// Whose evidence it is about.
    pub owner: Id,
}

impl FromRow for LinkRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            reply: row.take()?,
            words: row.take()?,
            expires_at: row.take()?,
            answered_at: row.take()?,
            owner: row.take()?,
        })
    }
}

/// What somebody is asked to confirm.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// The request.
    pub id: CorroborationId,
    /// Who asks.
    pub owner_name: String,
    /// The day it happened.
    pub asked_on: Date,
    /// How it read.
    pub asked_words: String,
    /// Where more was found.
    pub asked_link: String,
    /// What became of it.
    pub reply: Reply,
    /// In which words.
    pub words: String,
    /// When they were asked.
    pub asked_at: Moment,
    /// Until when they can answer.
    pub expires_at: Moment,
}

impl FromRow for RequestRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            owner_name: row.take()?,
            asked_on: row.take()?,
            asked_words: row.take()?,
            asked_link: row.take()?,
            reply: row.take()?,
            words: row.take()?,
            asked_at: row.take()?,
            expires_at: row.take()?,
        })
    }
}

/// One piece.
///
/// # Errors
///
/// When the database fails.
pub async fn one(tx: &mut Tx, _: &Permit<Evidence>, id: EvidenceId) -> Result<Option<EvidenceRow>, Fault> {
    tx.first(&ONE, &[&id]).await
}

/// A whole log, oldest first.
///
/// # Errors
///
/// When the database fails.
pub async fn whole(tx: &mut Tx, _: &Permit<Evidence>, person: Id) -> Result<Vec<EvidenceRow>, Fault> {
    tx.all(&WHOLE, &[&person]).await
}

/// What a piece supports.
///
/// # Errors
///
/// When the database fails.
pub async fn claims(
    tx: &mut Tx,
    _: &Permit<Evidence>,
    id: EvidenceId,
) -> Result<Vec<(String, VersionId, String)>, Fault> {
    tx.all(&CLAIMS, &[&id]).await
}

/// What stands behind statements, as rows of statement, day, and whether somebody confirmed it.
///
/// # Errors
///
/// When the database fails.
pub(super) async fn backing(
    tx: &mut Tx,
    statement: &Statement,
    values: &[&dyn espalier_kernel::Bind],
) -> Result<Backing, Fault> {
    let mut backing = Backing::default();
    for (statement, on, is_corroborated) in tx.all::<(String, Date, bool)>(statement, values).await? {
        backing.add(statement, Piece { on, is_corroborated });
    }
    Ok(backing)
}
