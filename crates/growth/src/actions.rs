//! What people do with their self-assessments.

use std::collections::HashSet;

use espalier_access::{Action, Permit, State};
use espalier_framework::{Framework, StatementKind};
use espalier_governance::library::{self, Copy};
use espalier_kernel::Mint;
use espalier_people::actions::own_level;
use espalier_store::Tx;
use espalier_web::{Viewer, WebError};

use crate::access::SelfAssessment;
use crate::assessment::{Answer, AssessmentId, LONGEST_NOTE, Refusal, both_notes};
use crate::evidence::claims;
use crate::queries::{self, AnswerRow, AssessmentLine};

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// One's own assessments, newest first.
///
/// # Errors
///
/// When the database fails.
pub async fn own(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<AssessmentLine>, WebError> {
    let permit = viewer.permit::<SelfAssessment>(tx, Action::Read, viewer.person, State::Draft).await?;
    Ok(queries::of_person(tx, &permit, viewer.person).await?)
}

/// An assessment, for an action, or nothing.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer; a refusal when it is finished and the action would
/// change it.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: AssessmentId,
) -> Result<(Permit<SelfAssessment>, AssessmentLine), WebError> {
    // What is found must still be so when it is changed.
    tx.lock(&format!("assessment {id}")).await?;
    let (owner, state) = queries::owner(tx, id).await?.ok_or(WebError::NotFound)?;
    let permit = match viewer.try_permit::<SelfAssessment>(tx, action, owner, state).await? {
        Some(permit) => permit,
        // Whoever may read it may know why it cannot be changed.
        None => {
            viewer.permit::<SelfAssessment>(tx, Action::Read, owner, state).await?;
            return Err(Refusal::Finished.into());
        }
    };
    let line = queries::one(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok((permit, line))
}

/// Begins an assessment against a level of the version in force.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such framework or level.
pub async fn begin(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    framework: &str,
    level: &str,
) -> Result<AssessmentId, WebError> {
    viewer.permit::<SelfAssessment>(tx, Action::Write, viewer.person, State::Draft).await?;
    let copy = library::take(tx, viewer, framework, None, None).await?;
    let level = copy.framework().level(level).ok_or(WebError::NotFound)?;
    let own = own_level(tx, viewer).await?;
    let is_own = own.is_some_and(|own| own.framework == framework && own.level == level.id.as_str());
    let id = AssessmentId::new(mint.id(viewer.now));
    let track = level.track.as_ref().map(ToString::to_string).unwrap_or_default();
    tx.run(
        &queries::ADD,
        &[
            &id,
            &viewer.person,
            &copy.line.id,
            &framework,
            &copy.framework().name,
            &track,
            &level.id.as_str(),
            &espalier_governance::matrix::title(level),
            &is_own,
            &viewer.now,
        ],
    )
    .await?;
    Ok(id)
}

/// The viewer's newest draft beside a level, if one is being written.
///
/// # Errors
///
/// When the database fails.
pub async fn draft_of(
    tx: &mut Tx,
    viewer: &Viewer,
    framework: &str,
    level: &str,
) -> Result<Option<AssessmentLine>, WebError> {
    let mut own = own(tx, viewer).await?.into_iter();
    Ok(own.find(|one| one.finished_at.is_none() && one.framework == framework && one.level == level))
}

/// What was typed about one statement.
#[derive(Debug, Clone)]
pub struct Written {
    /// The statement.
    pub statement: String,
    /// What is said.
    pub state: Answer,
    /// In which words.
    pub note: String,
    /// The revision that was on the page.
    pub revision: i64,
}

/// An answer given or changed. When another window was faster, both notes are kept.
///
/// # Errors
///
/// A refusal when the assessment is finished or the statement is not one of its level.
pub async fn answer(
    tx: &mut Tx,
    viewer: &Viewer,
    id: AssessmentId,
    written: Written,
) -> Result<AnswerRow, WebError> {
    let (_, line) = find_for(tx, viewer, Action::Write, id).await?;
    let copy = library::pinned(tx, line.version).await?;
    if !is_asked(copy.framework(), &line.level, &written.statement) {
        return Err(Refusal::StrangeStatement.into());
    }
    if !Answer::offered(line.is_own_level).contains(&written.state) {
        return Err(Refusal::NotOffered.into());
    }
    if written.note.chars().count() > LONGEST_NOTE {
        return Err(Refusal::NoteTooLong.into());
    }
    let kept: Option<AnswerRow> = tx.first(&queries::ANSWER, &[&id, &written.statement]).await?;
    let note = match &kept {
        Some(kept) if kept.revision != written.revision && kept.note != written.note => {
            both_notes(&kept.note, &written.note)
        }
        _ => written.note,
    };
    let row = AnswerRow {
        statement: written.statement,
        state: written.state,
        note,
        revision: kept.map_or(0, |kept| kept.revision) + 1,
    };
    tx.run(&queries::SET_ANSWER, &[&id, &row.statement, &row.state, &row.note, &row.revision, &viewer.now])
        .await?;
    tx.run(&queries::TOUCH, &[&id, &viewer.now]).await?;
    Ok(row)
}

/// Whether a statement is one that a level asks about: an expectation that stands there.
fn is_asked(framework: &Framework, level: &str, statement: &str) -> bool {
    asked(framework, level).iter().any(|one| one.id.as_str() == statement)
}

/// What a level asks about: its own statements, then those of the levels on the way to it, nearest first. A level is
/// only held with all below it.
#[must_use]
pub fn asked<'a>(framework: &'a Framework, level: &str) -> Vec<&'a espalier_framework::Statement> {
    let mut known = HashSet::new();
    framework
        .up_to(level)
        .into_iter()
        .rev()
        .flat_map(|level| framework.everything_at(level.id.as_str()))
        .filter(|one| one.kind == StatementKind::Expectation && one.parent.is_none())
        .filter(|one| known.insert(one.id.as_str()))
        .collect()
}

/// Where somebody sees themselves on the scale of a competency: a point, a range, or nothing.
///
/// # Errors
///
/// A refusal when the assessment is finished or there is no such point.
pub async fn set_point(
    tx: &mut Tx,
    viewer: &Viewer,
    id: AssessmentId,
    competency: &str,
    low: &str,
    high: &str,
) -> Result<(), WebError> {
    let (_, line) = find_for(tx, viewer, Action::Write, id).await?;
    let copy = library::pinned(tx, line.version).await?;
    let framework = copy.framework();
    let known = framework.competency(competency).ok_or(WebError::NotFound)?;
    if low.is_empty() {
        tx.run(&queries::DROP_POINT, &[&id, &competency]).await?;
    } else {
        let high = if high.is_empty() { low } else { high };
        let place = |point: &str| framework.point_of(known, point).map(|(place, _)| place);
        let (Some(from), Some(to)) = (place(low), place(high)) else { return Err(WebError::NotFound) };
        // A range said the wrong way round is still the same range.
        let (low, high) = if from <= to { (low, high) } else { (high, low) };
        tx.run(&queries::SET_POINT, &[&id, &competency, &low, &high, &viewer.now]).await?;
    }
    tx.run(&queries::TOUCH, &[&id, &viewer.now]).await?;
    Ok(())
}

/// The archetypes somebody aims at: any number, also none.
///
/// # Errors
///
/// A refusal when the assessment is finished.
pub async fn choose_archetypes(
    tx: &mut Tx,
    viewer: &Viewer,
    id: AssessmentId,
    chosen: &[String],
) -> Result<(), WebError> {
    let (_, line) = find_for(tx, viewer, Action::Write, id).await?;
    let copy = library::pinned(tx, line.version).await?;
    tx.run(&queries::CHOOSE_NONE, &[&id]).await?;
    for archetype in &copy.framework().archetypes {
        if chosen.iter().any(|one| one == archetype.id.as_str()) {
            tx.run(&queries::CHOOSE, &[&id, &archetype.id.as_str()]).await?;
        }
    }
    tx.run(&queries::TOUCH, &[&id, &viewer.now]).await?;
    Ok(())
}

/// The assessment is finished and stays as it is, with the evidence behind it as of today.
///
/// # Errors
///
/// A refusal when it is finished already.
pub async fn finish(tx: &mut Tx, viewer: &Viewer, id: AssessmentId) -> Result<(), WebError> {
    let (_, line) = find_for(tx, viewer, Action::Decide, id).await?;
    claims::keep_behind(tx, viewer.person, (id, &line.framework), viewer.today).await?;
    if tx.run(&queries::FINISH, &[&id, &viewer.now]).await? == 0 {
        return Err(Refusal::Finished.into());
    }
    Ok(())
}

/// A draft that its owner no longer wants.
///
/// # Errors
///
/// A refusal when it is finished.
pub async fn drop_draft(tx: &mut Tx, viewer: &Viewer, id: AssessmentId) -> Result<(), WebError> {
    find_for(tx, viewer, Action::Write, id).await?;
    if tx.run(&queries::DROP, &[&id]).await? == 0 {
        return Err(Refusal::Finished.into());
    }
    Ok(())
}

/// An assessment with the version it is pinned to and everything said in it.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer.
pub async fn open(
    tx: &mut Tx,
    viewer: &Viewer,
    id: AssessmentId,
) -> Result<(AssessmentLine, Copy, queries::Said), WebError> {
    let (permit, line) = find_for(tx, viewer, Action::Read, id).await?;
    let copy = library::pinned(tx, line.version).await?;
    let mut said = queries::said(tx, &permit, id).await?;
    said.behind = claims::behind(tx, viewer, &line).await?;
    Ok((line, copy, said))
}
