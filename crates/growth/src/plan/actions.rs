//! What people do with their plan: begin a step, write it, start the work, say where it stands, close it.

use espalier_access::{Action, State};
use espalier_governance::library;
use espalier_kernel::{Date, Id, Mint};
use espalier_people::shares;
use espalier_store::{Fault, Tx};
use espalier_web::{About, Problems, Viewer, WebError};

use super::access::{AgreedStep, OwnStep};
use super::attainment::Step;
use super::queries::{self, DeedRow, Parts, StepPermit, StepRow};
use super::{
    CheckpointId, DeedId, DeedKind, LONGEST, LONGEST_LINE, Ladder, MOST_CHECKPOINTS, MOST_DEEDS, Outcome,
    Refusal, StepId, StepState, Written, admit,
};
use crate::evidence::claims;
use crate::talk::{self, Side, TalkId};

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// The proof for a step of either kind, where the viewer may.
///
/// # Errors
///
/// When the database fails.
pub async fn may(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    about: About,
    talk: Option<TalkId>,
    state: StepState,
) -> Result<Option<StepPermit>, Fault> {
    let state = state.access();
    Ok(match talk {
        None => viewer.try_permit::<OwnStep>(tx, action, about, state).await?.map(StepPermit::Own),
        Some(_) => viewer.try_permit::<AgreedStep>(tx, action, about, state).await?.map(StepPermit::Agreed),
    })
}

/// A step, for an action.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer; a refusal when it is closed and the action would change it.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: StepId,
) -> Result<(StepPermit, StepRow), WebError> {
    let facts: Option<(Id, Option<TalkId>, StepState)> = tx.first(&queries::FACTS, &[&id]).await?;
    let (person, talk, state) = facts.ok_or(WebError::NotFound)?;
    let about = About::record(person, id.id());
    let permit = match may(tx, viewer, action, about, talk, state).await? {
        Some(permit) => permit,
        // Whoever could change it were it open may know why it cannot be changed.
        None => {
            let could = may(tx, viewer, action, about, talk, StepState::Begun).await?.is_some();
            return Err(if could { Refusal::Over.into() } else { WebError::NotFound });
        }
    };
    let row = queries::one(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok((permit, row))
}

/// The same while nobody else writes into it.
async fn find_to_change(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: StepId,
) -> Result<(StepPermit, StepRow), WebError> {
    tx.lock(&format!("step {id}")).await?;
    find_for(tx, viewer, action, id).await
}

/// The viewer's own steps, those that are open first.
///
/// # Errors
///
/// When the database fails.
pub async fn own(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<StepRow>, WebError> {
    viewer.permit::<OwnStep>(tx, Action::Read, viewer.person, State::Open).await?;
    viewer.permit::<AgreedStep>(tx, Action::Read, viewer.person, State::Open).await?;
    Ok(tx.all(&queries::OF_PERSON, &[&viewer.person]).await?)
}

/// The open steps that were agreed in talks which the viewer holds: which, and whose.
///
/// # Errors
///
/// When the database fails.
pub async fn held(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<(StepId, String)>, WebError> {
    viewer.permit::<AgreedStep>(tx, Action::Discover, viewer.person, State::Open).await?;
    // Who holds a talk is decided by the same facts as the relation of that name.
    Ok(tx.all(&queries::HELD, &[&viewer.person, &viewer.today]).await?)
}

/// Something that the viewer's plan asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The first step, whose day has come.
    FirstStep {
        /// Of which.
        step: StepId,
        /// Its day.
        on: Date,
    },
    /// A checkpoint whose day has come.
    Checkpoint {
        /// Of which.
        step: StepId,
        /// Its day.
        on: Date,
    },
    /// A step that is being written.
    Unfinished {
        /// Which.
        step: StepId,
    },
}

impl Due {
    /// The step.
    #[must_use]
    pub const fn step(&self) -> StepId {
        match self {
            Self::FirstStep { step, .. } | Self::Checkpoint { step, .. } | Self::Unfinished { step } => *step,
        }
    }
}

/// What the viewer's plan asks for today, by its day.
///
/// # Errors
///
/// When the database fails.
pub async fn due(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<Due>, WebError> {
    viewer.permit::<OwnStep>(tx, Action::Discover, viewer.person, State::Open).await?;
    viewer.permit::<AgreedStep>(tx, Action::Discover, viewer.person, State::Open).await?;
    let rows: Vec<(StepId, String, String)> = tx.all(&queries::DUE, &[&viewer.person, &viewer.today]).await?;
    let (mut due, mut unfinished) = (Vec::new(), None);
    for (step, on, what) in rows {
        match (what.as_str(), on.parse()) {
            ("first", Ok(on)) => due.push(Due::FirstStep { step, on }),
            ("checkpoint", Ok(on)) => due.push(Due::Checkpoint { step, on }),
            // One at a time: the oldest.
            _ => unfinished = unfinished.or(Some(Due::Unfinished { step })),
        }
    }
    due.extend(unfinished);
    Ok(due)
}

/// The steps that were agreed in a talk, for its two sides. Whoever reads the talk by a share learns nothing of them.
///
/// # Errors
///
/// When the database fails.
pub async fn of_talk(
    tx: &mut Tx,
    viewer: &Viewer,
    person: Id,
    talk: TalkId,
) -> Result<Vec<StepRow>, WebError> {
    let about = About::record(person, talk.id());
    if viewer.try_permit::<AgreedStep>(tx, Action::Write, about, State::Open).await?.is_none() {
        return Ok(Vec::new());
    }
    let permit = viewer.permit::<AgreedStep>(tx, Action::Read, about, State::Open).await?;
    Ok(queries::of_talk(tx, &permit, talk).await?)
}

/// The viewer begins to write a step towards a statement: of their own, or agreed in a talk of theirs. Only the person
/// does so, whoever else agreed: how many steps they have is theirs to know.
///
/// # Errors
///
/// A refusal when three are open, or there is no such statement.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    to: &str,
    talk: Option<TalkId>,
) -> Result<StepId, WebError> {
    let copy = match talk {
        None => {
            viewer.permit::<OwnStep>(tx, Action::Write, viewer.person, State::Draft).await?;
            claims::ground(tx, viewer).await?.ok_or(Refusal::StrangeStatement)?.copy
        }
        Some(talk) => {
            let (_, line, side) = talk::actions::find_for(tx, viewer, Action::Read, talk).await?;
            viewer.permit::<AgreedStep>(tx, Action::Write, viewer.person, State::Draft).await?;
            if side != Some(Side::Person) {
                return Err(WebError::NotFound);
            }
            if !line.has_opened() {
                return Err(talk::Refusal::NotOpen.into());
            }
            talk::actions::framework(tx, &line).await?
        }
    };
    if to.is_empty() {
        return Err(Refusal::NoStatement.into());
    }
    if copy.framework().statement(to).is_none() {
        return Err(Refusal::StrangeStatement.into());
    }
    tx.lock(&format!("plan of {}", viewer.person)).await?;
    // A second click finds what the first one began.
    let of = talk.map(|talk| talk.to_string()).unwrap_or_default();
    let same: Option<(StepId,)> =
        tx.first(&queries::SAME, &[&viewer.person, &copy.line.framework, &to, &of]).await?;
    if let Some((same,)) = same {
        return Ok(same);
    }
    let open: Option<(i64,)> = tx.first(&queries::OPEN, &[&viewer.person]).await?;
    admit(open.map_or(0, |(open,)| usize::try_from(open).unwrap_or(usize::MAX)))?;
    let id = StepId::new(mint.id(viewer.now));
    tx.run(
        &queries::ADD,
        &[&id, &viewer.person, &talk, &copy.line.framework, &copy.line.id, &to, &to, &viewer.now],
    )
    .await?;
    Ok(id)
}

/// What was sent about a step. What was locked when the work began may be left out, and must not be sent otherwise.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// The statement they stand on.
    pub from: Option<String>,
    /// The five rungs from the lowest.
    pub ladder: [Option<String>; 5],
    /// Everything else; from and ladder of it count for nothing.
    pub rest: Written,
    /// The revision that was on the page.
    pub revision: i64,
}

/// Writes on. Where another window or the other of the two was faster, the words of both are kept.
///
/// # Errors
///
/// What is wrong with the form, inside; a refusal when the work has begun and from or the ladder would change.
pub async fn write(
    tx: &mut Tx,
    viewer: &Viewer,
    id: StepId,
    sent: Sent,
) -> Result<Result<StepRow, Problems>, WebError> {
    let (_, kept) = find_to_change(tx, viewer, Action::Write, id).await?;
    let before = &kept.written;
    let from = sent.from.filter(|from| !from.is_empty()).unwrap_or_else(|| before.from.clone());
    let mut ladder: Ladder = before.ladder.clone();
    for (rung, sent) in ladder.iter_mut().zip(sent.ladder) {
        if let Some(sent) = sent {
            *rung = sent;
        }
    }
    if kept.state == StepState::Begun && (from != before.from || ladder != before.ladder) {
        return Err(Refusal::Locked.into());
    }
    if from != before.from {
        let copy = library::pinned(tx, kept.version).await?;
        copy.framework().statement(&from).ok_or(Refusal::StrangeStatement)?;
    }
    let mut written = Written { from, ladder, ..sent.rest };
    if sent.revision != kept.revision {
        written = written.merged(before);
    }
    let mut problems = Problems::none();
    for (field, sentence) in written.wrong(before.first_step_on, viewer.today) {
        problems.add(field, sentence);
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    if written == *before {
        return Ok(Ok(kept));
    }
    let revision = kept.revision + 1;
    let [much_less, less, expected, more, much_more] = &written.ladder;
    tx.run(
        &queries::CHANGE,
        &[
            &id,
            &written.from,
            &written.why,
            much_less,
            less,
            expected,
            more,
            much_more,
            &written.evidence,
            &written.first_step,
            &written.first_step_on,
            &written.stop_rule,
            &revision,
            &viewer.now,
        ],
    )
    .await?;
    Ok(Ok(StepRow { written, revision, ..kept }))
}

/// Says who helps; an empty text takes them off.
///
/// # Errors
///
/// A sentence about what was typed, inside.
pub async fn set_support(
    tx: &mut Tx,
    viewer: &Viewer,
    id: StepId,
    typed: &str,
) -> Result<Result<(), &'static str>, WebError> {
    let (_, row) = find_to_change(tx, viewer, Action::Write, id).await?;
    let who = if typed.trim().is_empty() {
        None
    } else {
        match shares::pick(tx, viewer, typed).await? {
            Ok(one) if one.id() == row.person => return Ok(Err("Name somebody else than whose step it is.")),
            Ok(one) => Some(one),
            Err(sentence) => return Ok(Err(sentence)),
        }
    };
    tx.run(&queries::SUPPORT, &[&id, &who, &viewer.now]).await?;
    Ok(Ok(()))
}

fn line_of(words: &str) -> Result<&str, Refusal> {
    let words = words.trim();
    match words.chars().count() {
        0 => Err(Refusal::NoWords),
        count if count > LONGEST_LINE => Err(Refusal::LineTooLong),
        _ => Ok(words),
    }
}

/// One more action.
///
/// # Errors
///
/// A refusal when it says nothing, or there are twelve.
pub async fn add_deed(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: StepId,
    kind: DeedKind,
    words: &str,
) -> Result<(), WebError> {
    let (permit, _) = find_to_change(tx, viewer, Action::Write, id).await?;
    let words = line_of(words)?;
    let same: Option<(DeedId,)> = tx.first(&queries::SAME_DEED, &[&id, &kind, &words]).await?;
    if same.is_some() {
        return Ok(());
    }
    if queries::parts(tx, &permit, id).await?.deeds.len() >= MOST_DEEDS {
        return Err(Refusal::TooManyDeeds.into());
    }
    let deed = DeedId::new(mint.id(viewer.now));
    tx.run(&queries::ADD_DEED, &[&deed, &id, &kind, &words, &viewer.now]).await?;
    Ok(())
}

/// An action is done, or not yet after all.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such action.
pub async fn turn_deed(tx: &mut Tx, viewer: &Viewer, id: StepId, deed: DeedId) -> Result<(), WebError> {
    let (permit, _) = find_to_change(tx, viewer, Action::Write, id).await?;
    let known = queries::parts(tx, &permit, id).await?.deeds.into_iter().find(|one| one.id == deed);
    let DeedRow { done_at, .. } = known.ok_or(WebError::NotFound)?;
    let done_at = if done_at.is_some() { None } else { Some(viewer.now) };
    tx.run(&queries::SET_DEED, &[&deed, &id, &done_at]).await?;
    Ok(())
}

/// One action less.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such action.
pub async fn drop_deed(tx: &mut Tx, viewer: &Viewer, id: StepId, deed: DeedId) -> Result<(), WebError> {
    find_to_change(tx, viewer, Action::Write, id).await?;
    match tx.run(&queries::DROP_DEED, &[&deed, &id]).await? {
        0 => Err(WebError::NotFound),
        _ => Ok(()),
    }
}

/// One more checkpoint.
///
/// # Errors
///
/// A refusal for a day that is past or far, or one too many.
pub async fn add_checkpoint(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: StepId,
    due_on: Date,
) -> Result<(), WebError> {
    let (permit, _) = find_to_change(tx, viewer, Action::Write, id).await?;
    if !(0..=366).contains(&due_on.days_since(viewer.today)) {
        return Err(Refusal::StrangeDay.into());
    }
    let known = queries::parts(tx, &permit, id).await?.checkpoints;
    if known.len() >= MOST_CHECKPOINTS && known.iter().all(|one| one.due_on != due_on) {
        return Err(Refusal::TooManyCheckpoints.into());
    }
    let checkpoint = CheckpointId::new(mint.id(viewer.now));
    tx.run(&queries::ADD_CHECKPOINT, &[&checkpoint, &id, &due_on]).await?;
    Ok(())
}

/// What was seen at a checkpoint.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none that waits.
pub async fn hold_checkpoint(
    tx: &mut Tx,
    viewer: &Viewer,
    id: StepId,
    checkpoint: CheckpointId,
    words: &str,
) -> Result<(), WebError> {
    let (_, row) = find_to_change(tx, viewer, Action::Write, id).await?;
    if row.state != StepState::Begun {
        return Err(Refusal::NotBegun.into());
    }
    let words = words.trim();
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    match tx.run(&queries::HOLD, &[&checkpoint, &id, &words, &viewer.now]).await? {
        0 => Err(WebError::NotFound),
        _ => Ok(()),
    }
}

/// One checkpoint less, where it was not held.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none that waits.
pub async fn drop_checkpoint(
    tx: &mut Tx,
    viewer: &Viewer,
    id: StepId,
    checkpoint: CheckpointId,
) -> Result<(), WebError> {
    find_to_change(tx, viewer, Action::Write, id).await?;
    match tx.run(&queries::DROP_CHECKPOINT, &[&checkpoint, &id]).await? {
        0 => Err(WebError::NotFound),
        _ => Ok(()),
    }
}

/// The work begins: from here on from, to and the ladder stay. A second click changes nothing.
///
/// # Errors
///
/// What is missing, inside.
pub async fn begin(tx: &mut Tx, viewer: &Viewer, id: StepId) -> Result<Result<(), Problems>, WebError> {
    let (permit, row) = find_to_change(tx, viewer, Action::Decide, id).await?;
    if row.state == StepState::Begun {
        return Ok(Ok(()));
    }
    let Parts { deeds, checkpoints, .. } = queries::parts(tx, &permit, id).await?;
    let mut problems = Problems::none();
    for (field, sentence) in row.written.missing(deeds.len(), checkpoints.len(), viewer.today) {
        problems.add(field, sentence);
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    tx.run(&queries::BEGIN, &[&id, &viewer.now]).await?;
    Ok(Ok(()))
}

/// The first step was taken.
///
/// # Errors
///
/// A refusal before the work begins.
pub async fn take_first_step(tx: &mut Tx, viewer: &Viewer, id: StepId) -> Result<(), WebError> {
    let (_, row) = find_to_change(tx, viewer, Action::Write, id).await?;
    if row.state != StepState::Begun {
        return Err(Refusal::NotBegun.into());
    }
    tx.run(&queries::FIRST_STEP, &[&id, &viewer.now]).await?;
    Ok(())
}

/// Where it stands on its ladder today, as the viewer sees it.
///
/// # Errors
///
/// A refusal before the work begins, or without a rung.
pub async fn rate(
    tx: &mut Tx,
    viewer: &Viewer,
    id: StepId,
    reached: Option<Step>,
    words: &str,
) -> Result<(), WebError> {
    let (_, row) = find_to_change(tx, viewer, Action::Write, id).await?;
    if row.state != StepState::Begun {
        return Err(Refusal::NotBegun.into());
    }
    let reached = i64::from(reached.ok_or(Refusal::NoRung)?.number());
    let words = words.trim();
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    tx.run(&queries::RATE, &[&id, &viewer.person, &viewer.today, &reached, &words, &viewer.now]).await?;
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
    id: StepId,
    outcome: Option<Outcome>,
    words: &str,
) -> Result<(), WebError> {
    find_to_change(tx, viewer, Action::Decide, id).await?;
    let outcome = outcome.ok_or(Refusal::NoOutcome)?;
    let words = words.trim();
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    tx.run(&queries::END, &[&id, &outcome, &words, &viewer.now]).await?;
    Ok(())
}
