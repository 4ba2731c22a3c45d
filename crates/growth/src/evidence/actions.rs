//! What people do with their evidence: note it, write on, say what it supports, look through it.

use espalier_access::{Action, Permit, State};
use espalier_kernel::{Date, Id, Mint};
use espalier_store::Tx;
use espalier_web::{About, Problems, Viewer, WebError};

use super::access::Evidence;
use super::queries::{self, EvidenceRow};
use super::{EvidenceId, Refusal, Written};
use crate::assessment::both_notes;

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// How many pieces stand on a page.
pub const PAGE: usize = 50;

/// What is looked for in a log.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Framework and statement.
    pub statement: Option<(String, String)>,
    /// Framework and pillar; a statement says it already.
    pub pillar: Option<(String, String)>,
    /// From this day.
    pub from: Option<Date>,
    /// Until this day.
    pub until: Option<Date>,
    /// Older than this piece, where a page goes on.
    pub before: Option<(Date, EvidenceId)>,
}

/// A page of a log, and where the next one begins.
#[derive(Debug)]
pub struct Found {
    /// Newest first.
    pub rows: Vec<EvidenceRow>,
    /// The last piece here, when there are more.
    pub next: Option<(Date, EvidenceId)>,
}

/// A page of the viewer's own log.
///
/// # Errors
///
/// When the database fails.
pub async fn find(tx: &mut Tx, viewer: &Viewer, filter: &Filter) -> Result<Found, WebError> {
    viewer.permit::<Evidence>(tx, Action::Read, viewer.person, State::Open).await?;
    let from = filter.from.map_or_else(String::new, |day| day.to_string());
    // The first page begins after all days, or after all of the last one.
    let (day, last) = match (filter.before, filter.until) {
        (Some((day, id)), _) => (day.to_string(), id.to_string()),
        (None, Some(until)) => (until.plus_days(1).to_string(), String::new()),
        (None, None) => ("a".to_owned(), String::new()),
    };
    let most = i64::try_from(PAGE).unwrap_or(0) + 1;
    let person = viewer.person;
    let mut rows: Vec<EvidenceRow> = match (&filter.statement, &filter.pillar) {
        (Some((framework, statement)), _) => {
            tx.all(&queries::PAGE_OF_STATEMENT, &[&person, &from, &day, &last, &most, framework, statement])
                .await?
        }
        (None, Some((framework, pillar))) => {
            tx.all(&queries::PAGE_OF_PILLAR, &[&person, &from, &day, &last, &most, framework, pillar]).await?
        }
        (None, None) => tx.all(&queries::PAGE, &[&person, &from, &day, &last, &most]).await?,
    };
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| has_more).map(|row| (row.written.happened_on, row.id));
    Ok(Found { rows, next })
}

/// A piece, for an action, and whose it is.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: EvidenceId,
) -> Result<(Permit<Evidence>, EvidenceRow, (Id, String)), WebError> {
    let owner: Option<(Id, String)> = tx.first(&queries::OWNER, &[&id]).await?;
    let owner = owner.ok_or(WebError::NotFound)?;
    let permit = viewer.permit::<Evidence>(tx, action, About::record(owner.0, id.id()), State::Open).await?;
    let row = queries::one(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok((permit, row, owner))
}

/// What is wrong, for a form.
pub(super) fn problems(written: &Written, today: Date) -> Problems {
    let mut problems = Problems::none();
    for (field, sentence) in written.wrong(today) {
        problems.add(field, sentence);
    }
    problems
}

/// Notes something down.
///
/// # Errors
///
/// What is wrong with the form, inside.
pub async fn note(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    written: &Written,
) -> Result<Result<EvidenceId, Problems>, WebError> {
    viewer.permit::<Evidence>(tx, Action::Write, viewer.person, State::Open).await?;
    let problems = problems(written, viewer.today);
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let id = EvidenceId::new(mint.id(viewer.now));
    tx.run(
        &queries::ADD,
        &[
            &id,
            &viewer.person,
            &written.happened_on,
            &written.situation,
            &written.deed,
            &written.effect,
            &written.link,
            &viewer.now,
        ],
    )
    .await?;
    Ok(Ok(id))
}

/// Writes on. Where another window was faster, the words of both are kept.
///
/// # Errors
///
/// What is wrong with the form, inside.
pub async fn write(
    tx: &mut Tx,
    viewer: &Viewer,
    id: EvidenceId,
    mut written: Written,
    revision: i64,
) -> Result<Result<EvidenceRow, Problems>, WebError> {
    tx.lock(&format!("evidence {id}")).await?;
    let (_, kept, _) = find_for(tx, viewer, Action::Write, id).await?;
    if kept.revision != revision {
        written.situation = both_notes(&kept.written.situation, &written.situation);
        written.deed = both_notes(&kept.written.deed, &written.deed);
        written.effect = both_notes(&kept.written.effect, &written.effect);
        if written.link.is_empty() {
            written.link.clone_from(&kept.written.link);
        }
    }
    let problems = problems(&written, viewer.today);
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    // A save without a change leaves it confirmed.
    if written == kept.written {
        return Ok(Ok(kept));
    }
    let revision = kept.revision + 1;
    tx.run(
        &queries::CHANGE,
        &[
            &id,
            &written.happened_on,
            &written.situation,
            &written.deed,
            &written.effect,
            &written.link,
            &revision,
            &viewer.now,
        ],
    )
    .await?;
    if written.happened_on != kept.written.happened_on {
        tx.run(&queries::MOVE_CLAIMS, &[&id, &written.happened_on]).await?;
    }
    Ok(Ok(EvidenceRow { written, revision, ..kept }))
}

/// Takes a piece out of the log for good. Talks and self-assessments that rest on it keep what they cited.
///
/// # Errors
///
/// [`WebError::NotFound`] when it is not theirs.
pub async fn drop_piece(tx: &mut Tx, viewer: &Viewer, id: EvidenceId) -> Result<(), WebError> {
    find_for(tx, viewer, Action::Decide, id).await?;
    tx.run(&queries::DROP, &[&id]).await?;
    Ok(())
}
