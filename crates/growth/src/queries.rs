//! What is asked about self-assessments. Every function but the first wants a permit.

use espalier_access::{Permit, State};
use espalier_governance::queries::VersionId;
use espalier_kernel::{Id, Moment};
use espalier_store::{Fault, FromRow, Row, Tx, queries};

use crate::access::SelfAssessment;
use crate::assessment::{Answer, AssessmentId};
use crate::evidence::support::Backing;

queries! {
    /// Whose it is, and where it stands: all that is known before asking whether the viewer may.
    OWNER = "select person, state from assessment where id = $1";
    /// One assessment.
    ONE = "select id, version, framework, framework_name, track, level, level_name, is_own_level, started_at, \
           changed_at, finished_at from assessment where id = $1";
    /// The assessments of a person, newest first.
    OF_PERSON = "select id, version, framework, framework_name, track, level, level_name, is_own_level, started_at, \
                 changed_at, finished_at from assessment where person = $1 order by started_at desc, id desc limit 200";
    /// A new assessment.
    ADD = "insert into assessment (id, person, version, framework, framework_name, track, level, level_name, \
           is_own_level, state, started_at, changed_at, finished_at) \
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10, $10, null)";
    /// Something in it changed.
    TOUCH = "update assessment set changed_at = $2 where id = $1";
    /// It is finished.
    FINISH = "update assessment set state = 'archived', finished_at = $2, changed_at = $2 \
              where id = $1 and state = 'draft'";
    /// A draft goes.
    DROP = "delete from assessment where id = $1 and state = 'draft'";
    /// Its answers.
    ANSWERS = "select statement, state, note, revision from answer where assessment = $1 order by statement";
    /// One answer.
    ANSWER = "select statement, state, note, revision from answer where assessment = $1 and statement = $2";
    /// An answer given or changed.
    SET_ANSWER = "insert into answer (assessment, statement, state, note, revision, changed_at) \
                  values ($1, $2, $3, $4, $5, $6) on conflict (assessment, statement) do update \
                  set state = excluded.state, note = excluded.note, revision = excluded.revision, \
                  changed_at = excluded.changed_at";
    /// Its scale points.
    POINTS = "select competency, low, high from point_answer where assessment = $1 order by competency";
    /// A scale point given or changed.
    SET_POINT = "insert into point_answer (assessment, competency, low, high, changed_at) values ($1, $2, $3, $4, $5) \
                 on conflict (assessment, competency) do update set low = excluded.low, high = excluded.high, \
                 changed_at = excluded.changed_at";
    /// A scale point taken back.
    DROP_POINT = "delete from point_answer where assessment = $1 and competency = $2";
    /// The archetypes chosen.
    ARCHETYPES = "select archetype from chosen_archetype where assessment = $1 order by archetype";
    /// An archetype chosen.
    CHOOSE = "insert into chosen_archetype (assessment, archetype) values ($1, $2)";
    /// All choices taken back.
    CHOOSE_NONE = "delete from chosen_archetype where assessment = $1";
}

/// An assessment without its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessmentLine {
    /// Its id.
    pub id: AssessmentId,
    /// The version it is pinned to.
    pub version: VersionId,
    /// The framework.
    pub framework: String,
    /// Its name then.
    pub framework_name: String,
    /// The track looked at.
    pub track: String,
    /// The level looked at.
    pub level: String,
    /// Its name then.
    pub level_name: String,
    /// Whether it was the person's own level.
    pub is_own_level: bool,
    /// When it began.
    pub started_at: Moment,
    /// When it was last changed.
    pub changed_at: Moment,
    /// When it was finished.
    pub finished_at: Option<Moment>,
}

impl FromRow for AssessmentLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            version: row.take()?,
            framework: row.take()?,
            framework_name: row.take()?,
            track: row.take()?,
            level: row.take()?,
            level_name: row.take()?,
            is_own_level: row.take()?,
            started_at: row.take()?,
            changed_at: row.take()?,
            finished_at: row.take()?,
        })
    }
}

/// What was said about one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// The statement.
    pub statement: String,
    /// What was said.
    pub state: Answer,
    /// In whose words.
    pub note: String,
    /// Raised with each change.
    pub revision: i64,
}

impl FromRow for AnswerRow {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { statement: row.take()?, state: row.take()?, note: row.take()?, revision: row.take()? })
    }
}

/// Whose it is and where it stands.
///
/// # Errors
///
/// When the database fails.
pub async fn owner(tx: &mut Tx, id: AssessmentId) -> Result<Option<(Id, State)>, Fault> {
    let found: Option<(Id, String)> = tx.first(&OWNER, &[&id]).await?;
    Ok(found.map(|(person, state)| (person, if state == "draft" { State::Draft } else { State::Archived })))
}

/// One assessment.
///
/// # Errors
///
/// When the database fails.
pub async fn one(
    tx: &mut Tx,
    _: &Permit<SelfAssessment>,
    id: AssessmentId,
) -> Result<Option<AssessmentLine>, Fault> {
    tx.first(&ONE, &[&id]).await
}

/// The assessments of a person, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn of_person(
    tx: &mut Tx,
    _: &Permit<SelfAssessment>,
    person: Id,
) -> Result<Vec<AssessmentLine>, Fault> {
    tx.all(&OF_PERSON, &[&person]).await
}

/// Everything said in an assessment.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// About statements.
    pub answers: Vec<AnswerRow>,
    /// About competencies: competency, lower point, higher point.
    pub points: Vec<(String, String, String)>,
    /// The archetypes chosen.
    pub archetypes: Vec<String>,
    /// The evidence behind it.
    pub behind: Backing,
}

/// Everything said in an assessment; the evidence behind it is looked up by whoever may see that too.
///
/// # Errors
///
/// When the database fails.
pub async fn said(tx: &mut Tx, _: &Permit<SelfAssessment>, id: AssessmentId) -> Result<Said, Fault> {
    let archetypes: Vec<(String,)> = tx.all(&ARCHETYPES, &[&id]).await?;
    Ok(Said {
        answers: tx.all(&ANSWERS, &[&id]).await?,
        points: tx.all(&POINTS, &[&id]).await?,
        archetypes: archetypes.into_iter().map(|(archetype,)| archetype).collect(),
        behind: Backing::default(),
    })
}
