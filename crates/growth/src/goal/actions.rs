//! What people do with their goals: write them, measure, ask somebody about them, close them.

use espalier_access::{Action, Permit, State};
use espalier_kernel::{Date, Id, Mint};
use espalier_store::Tx;
use espalier_web::{About, Problems, Viewer, WebError};

use super::access::Goal;
use super::queries::{self, GoalRow};
use super::{GoalId, GoalState, LONGEST, MOST_OPEN, Refusal, Written, number_of};
use crate::assessment::both_notes;
use crate::feedback::queries::FeedbackLine;
use crate::plan::Outcome;

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// A goal, for an action.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer; a refusal when it is closed and the action would change it.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: GoalId,
) -> Result<(Permit<Goal>, GoalRow), WebError> {
    let facts: Option<(Id, GoalState)> = tx.first(&queries::FACTS, &[&id]).await?;
    let (person, state) = facts.ok_or(WebError::NotFound)?;
    let about = About::record(person, id.id());
    let permit = match viewer.try_permit::<Goal>(tx, action, about, state.access()).await? {
        Some(permit) => permit,
        None => {
            viewer.permit::<Goal>(tx, action, about, State::Open).await?;
            return Err(Refusal::Over.into());
        }
    };
    let row = queries::one(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok((permit, row))
}

/// The viewer's own goals, those that are open first.
///
/// # Errors
///
/// When the database fails.
pub async fn own(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<GoalRow>, WebError> {
    viewer.permit::<Goal>(tx, Action::Read, viewer.person, State::Open).await?;
    Ok(tx.all(&queries::OF_PERSON, &[&viewer.person]).await?)
}

fn problems(written: &Written, before: Option<Date>, today: Date) -> Problems {
    let mut problems = Problems::none();
    for (field, sentence) in written.wrong(before, today) {
        problems.add(field, sentence);
    }
    problems
}

/// A new goal.
///
/// # Errors
///
/// What is wrong with the form, inside; a refusal when twenty are open.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    written: &Written,
) -> Result<Result<GoalId, Problems>, WebError> {
    viewer.permit::<Goal>(tx, Action::Write, viewer.person, State::Open).await?;
    let problems = problems(written, None, viewer.today);
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    tx.lock(&format!("goals of {}", viewer.person)).await?;
    // A second click finds what the first one wrote.
    let same: Option<(GoalId,)> =
        tx.first(&queries::SAME, &[&viewer.person, &written.title, &written.measure, &written.by_on]).await?;
    if let Some((same,)) = same {
        return Ok(Ok(same));
    }
    let open: Option<(i64,)> = tx.first(&queries::OPEN, &[&viewer.person]).await?;
    if open.is_some_and(|(open,)| usize::try_from(open).unwrap_or(usize::MAX) >= MOST_OPEN) {
        return Err(Refusal::TooMany.into());
    }
    let id = GoalId::new(mint.id(viewer.now));
    tx.run(
        &queries::ADD,
        &[
            &id,
            &viewer.person,
            &written.title,
            &written.why,
            &written.measure,
            &written.from_value,
            &written.to_value,
            &written.by_on,
            &viewer.now,
        ],
    )
    .await?;
    Ok(Ok(id))
}

/// A goal that could not be kept as it was typed.
#[derive(Debug)]
pub struct Unsaved {
    /// What is wrong, or what another window wrote.
    pub problems: Problems,
    /// What was typed, with the longer texts of both windows.
    pub written: Written,
    /// The revision that whoever has read all this writes on from.
    pub revision: i64,
}

/// Writes on. Where another window was faster, longer texts are kept both; of a line, a number or a day there is one, so
/// where both wrote it is not saved before somebody has seen both and chosen.
///
/// # Errors
///
/// What is wrong with the form, or what another window wrote, inside.
pub async fn write(
    tx: &mut Tx,
    viewer: &Viewer,
    id: GoalId,
    mut written: Written,
    revision: i64,
) -> Result<Result<GoalRow, Unsaved>, WebError> {
    tx.lock(&format!("goal {id}")).await?;
    let (_, kept) = find_for(tx, viewer, Action::Write, id).await?;
    let mut problems = problems(&written, Some(kept.written.by_on), viewer.today);
    if kept.revision != revision {
        written.why = both_notes(&kept.written.why, &written.why);
        for (field, there) in written.apart(&kept.written) {
            problems.add(
                field,
                format!("Another window wrote “{there}” here. Leave the one that holds, and save once more."),
            );
        }
    }
    if !problems.is_empty() {
        return Ok(Err(Unsaved { problems, written, revision: kept.revision }));
    }
    if written == kept.written {
        return Ok(Ok(kept));
    }
    let revision = kept.revision + 1;
    tx.run(
        &queries::CHANGE,
        &[
            &id,
            &written.title,
            &written.why,
            &written.measure,
            &written.from_value,
            &written.to_value,
            &written.by_on,
            &revision,
            &viewer.now,
        ],
    )
    .await?;
    Ok(Ok(GoalRow { written, revision, ..kept }))
}

/// What was measured on a day.
///
/// # Errors
///
/// A refusal for what is no number, or a day to come.
pub async fn measure(
    tx: &mut Tx,
    viewer: &Viewer,
    id: GoalId,
    on: Date,
    (value, words): (&str, &str),
) -> Result<(), WebError> {
    tx.lock(&format!("goal {id}")).await?;
    find_for(tx, viewer, Action::Write, id).await?;
    let (value, words) = (value.trim(), words.trim());
    if number_of(value).is_none() {
        return Err(Refusal::NoNumber.into());
    }
    if on > viewer.today {
        return Err(Refusal::NotYet.into());
    }
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    tx.run(&queries::MEASURE, &[&id, &on, &value, &words, &viewer.now]).await?;
    Ok(())
}

/// It is over, and stays readable.
///
/// # Errors
///
/// A refusal without an outcome.
pub async fn close(
    tx: &mut Tx,
    viewer: &Viewer,
    id: GoalId,
    outcome: Option<Outcome>,
    words: &str,
) -> Result<(), WebError> {
    tx.lock(&format!("goal {id}")).await?;
    find_for(tx, viewer, Action::Decide, id).await?;
    let outcome = outcome.ok_or(Refusal::NoOutcome)?;
    let words = words.trim();
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    tx.run(&queries::END, &[&id, &outcome, &words, &viewer.now]).await?;
    Ok(())
}

/// The feedback that the viewer asked for about a goal of theirs, without what it says.
///
/// # Errors
///
/// When the database fails.
pub async fn asked(tx: &mut Tx, viewer: &Viewer, id: GoalId) -> Result<Vec<FeedbackLine>, WebError> {
    Ok(tx.all(&crate::feedback::queries::OF_GOAL, &[&id, &viewer.person]).await?)
}
