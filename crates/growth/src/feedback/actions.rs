//! What people do with feedback: ask, write, give, decline, take back, open.

use espalier_access::{Action, State};
use espalier_kernel::{Id, Mint, Moment};
use espalier_people::person::PersonId;
use espalier_people::shares;
use espalier_store::Tx;
use espalier_web::{About, Problems, Viewer, WebError};

use super::access::{Feedback, WrittenFeedback};
use super::queries::{self, FeedbackLine, FeedbackPermit, FeedbackRow, Topic};
use super::{FeedbackId, FeedbackState, LONGEST_QUESTION, MOST_STATEMENTS, Refusal, Written, notices};
use crate::again;
use crate::assessment::both_notes;
use crate::evidence::claims;

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// What somebody finds behind an address.
#[derive(Debug)]
pub enum Found {
    /// They may read it.
    Readable(FeedbackPermit, Box<FeedbackRow>),
    /// It is for them, and they have not opened it.
    Unopened,
}

type Facts = (Id, Id, FeedbackState, Option<Moment>);

async fn facts(tx: &mut Tx, id: FeedbackId) -> Result<Facts, WebError> {
    let facts: Option<Facts> = tx.first(&queries::FACTS, &[&id]).await?;
    facts.ok_or(WebError::NotFound)
}

/// Feedback, as the viewer has it.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer.
pub async fn find(tx: &mut Tx, viewer: &Viewer, id: FeedbackId) -> Result<Found, WebError> {
    let (giver, receiver, state, read_at) = facts(tx, id).await?;
    let access = state.access(read_at.is_some());
    let by = About::record(giver, id.id());
    let permit = match viewer.try_permit::<WrittenFeedback>(tx, Action::Read, by, access).await? {
        Some(permit) => FeedbackPermit::Giver(permit),
        None if state != FeedbackState::Given => return Err(WebError::NotFound),
        None => {
            let about = About::record(receiver, id.id());
            match viewer.try_permit::<Feedback>(tx, Action::Read, about, access).await? {
                Some(permit) => FeedbackPermit::Receiver(permit),
                None => {
                    viewer.permit::<Feedback>(tx, Action::Discover, about, access).await?;
                    return Ok(Found::Unopened);
                }
            }
        }
    };
    let row = queries::one(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok(Found::Readable(permit, Box::new(row)))
}

/// What the viewer writes, for an action.
///
/// # Errors
///
/// [`WebError::NotFound`] for everybody else; a refusal when it is given or answered.
pub async fn find_written(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: FeedbackId,
) -> Result<(FeedbackPermit, FeedbackRow), WebError> {
    let (giver, _, state, read_at) = facts(tx, id).await?;
    let about = About::record(giver, id.id());
    let state = state.access(read_at.is_some());
    let permit = match viewer.try_permit::<WrittenFeedback>(tx, action, about, state).await? {
        Some(permit) => FeedbackPermit::Giver(permit),
        None => {
            let could =
                viewer.try_permit::<WrittenFeedback>(tx, action, about, State::Draft).await?.is_some();
            return Err(match (could, state) {
                (true, State::Open) => Refusal::Read.into(),
                (true, _) => Refusal::Over.into(),
                (false, _) => WebError::NotFound,
            });
        }
    };
    let row = queries::one(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok((permit, row))
}

/// All that concerns the viewer: what they wrote or are asked, and what is for them or they asked for.
///
/// # Errors
///
/// When the database fails.
pub async fn lists(tx: &mut Tx, viewer: &Viewer) -> Result<(Vec<FeedbackLine>, Vec<FeedbackLine>), WebError> {
    viewer.permit::<WrittenFeedback>(tx, Action::Discover, viewer.person, State::Open).await?;
    viewer.permit::<Feedback>(tx, Action::Discover, viewer.person, State::Open).await?;
    let written = tx.all(&queries::OF_GIVER, &[&viewer.person]).await?;
    let received = tx.all(&queries::OF_RECEIVER, &[&viewer.person]).await?;
    Ok((written, received))
}

/// What the viewer is asked and has not answered.
///
/// # Errors
///
/// When the database fails.
pub async fn waiting(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<FeedbackLine>, WebError> {
    viewer.permit::<WrittenFeedback>(tx, Action::Discover, viewer.person, State::Draft).await?;
    Ok(tx.all(&queries::WAITING, &[&viewer.person]).await?)
}

/// A colleague by name or address, who is not the viewer.
async fn colleague(
    tx: &mut Tx,
    viewer: &Viewer,
    typed: &str,
) -> Result<Result<PersonId, &'static str>, WebError> {
    Ok(match shares::pick(tx, viewer, typed).await? {
        Ok(one) if one.id() == viewer.person => Err("Choose somebody else than yourself."),
        other => other,
    })
}

async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    (giver, receiver): (Id, Id),
    asked: Option<(&str, &Topic)>,
) -> Result<FeedbackId, WebError> {
    let id = FeedbackId::new(mint.id(viewer.now));
    let (question, about, goal, at) = match asked {
        Some((question, topic)) => (question, topic.words.as_str(), topic.goal, Some(viewer.now)),
        None => ("", "", None, None),
    };
    tx.run(&queries::ADD, &[&id, &giver, &receiver, &question, &about, &goal, &at, &viewer.now]).await?;
    Ok(id)
}

/// The viewer begins to write to a colleague.
///
/// # Errors
///
/// What is wrong with the form, inside.
pub async fn begin(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    typed: &str,
) -> Result<Result<FeedbackId, Problems>, WebError> {
    viewer.permit::<WrittenFeedback>(tx, Action::Write, viewer.person, State::Draft).await?;
    let receiver = match colleague(tx, viewer, typed).await? {
        Ok(one) => one.id(),
        Err(sentence) => return Ok(Err(Problems::one("to", sentence))),
    };
    tx.lock(&format!("feedback by {}", viewer.person)).await?;
    let same: Option<(FeedbackId,)> = tx.first(&queries::SAME_DRAFT, &[&viewer.person, &receiver]).await?;
    match same {
        Some((same,)) => Ok(Ok(same)),
        None => Ok(Ok(add(tx, viewer, mint, (viewer.person, receiver), None).await?)),
    }
}

/// The viewer asks a colleague, who is told that somebody asks.
///
/// # Errors
///
/// What is wrong with the form, inside.
pub async fn ask(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    typed: &str,
    question: &str,
    topic: &Topic,
) -> Result<Result<FeedbackId, Problems>, WebError> {
    viewer.permit::<Feedback>(tx, Action::Discover, viewer.person, State::Open).await?;
    // Asking puts something on another's list: a program that may only read does not.
    viewer.permit::<WrittenFeedback>(tx, Action::Write, viewer.person, State::Draft).await?;
    let question = question.trim();
    let mut problems = Problems::none();
    match question.chars().count() {
        0 => problems.add("question", "Write what you would like to know."),
        count if count > LONGEST_QUESTION => problems.add("question", "Use at most 1,000 characters."),
        _ => {}
    }
    let giver = match colleague(tx, viewer, typed).await? {
        Ok(one) => one.id(),
        Err(sentence) => {
            problems.add("from", sentence);
            return Ok(Err(problems));
        }
    };
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    tx.lock(&format!("questions of {}", viewer.person)).await?;
    let same: Option<(FeedbackId,)> =
        tx.first(&queries::SAME_ASK, &[&giver, &viewer.person, &question]).await?;
    if let Some((same,)) = same {
        return Ok(Ok(same));
    }
    let id = add(tx, viewer, mint, (giver, viewer.person), Some((question, topic))).await?;
    let path = format!("/feedback/{id}");
    espalier_notify::tell(tx, mint, viewer.now, giver, &notices::ASKED, &path).await?;
    Ok(Ok(id))
}

/// Writes on. Where another window was faster, the words of both are kept.
///
/// # Errors
///
/// A refusal when it is given, answered or too long.
pub async fn write(
    tx: &mut Tx,
    viewer: &Viewer,
    id: FeedbackId,
    mut written: Written,
    revision: i64,
) -> Result<FeedbackRow, WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    let (_, kept) = find_written(tx, viewer, Action::Write, id).await?;
    if kept.revision != revision {
        written.situation = both_notes(&kept.written.situation, &written.situation);
        written.behaviour = both_notes(&kept.written.behaviour, &written.behaviour);
        written.effect = both_notes(&kept.written.effect, &written.effect);
    }
    written.check()?;
    if written == kept.written {
        return Ok(kept);
    }
    let revision = kept.revision + 1;
    tx.run(
        &queries::CHANGE,
        &[&id, &written.situation, &written.behaviour, &written.effect, &revision, &viewer.now],
    )
    .await?;
    Ok(FeedbackRow { written, revision, ..kept })
}

/// Gives it. From here on its receiver decides who reads it.
///
/// # Errors
///
/// A refusal when it says nothing, or is given already.
pub async fn give(tx: &mut Tx, viewer: &Viewer, mint: &Mint, id: FeedbackId) -> Result<(), WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    let (_, row) = find_written(tx, viewer, Action::Write, id).await?;
    if row.written.behaviour.trim().is_empty() {
        return Err(Refusal::NoWords.into());
    }
    tx.run(&queries::GIVE, &[&id, &viewer.now]).await?;
    let path = format!("/feedback/{id}");
    espalier_notify::untell(tx, viewer.person, &again::FEEDBACK, &path).await?;
    espalier_notify::tell(tx, mint, viewer.now, row.receiver, &notices::GIVEN, &path).await?;
    Ok(())
}

/// They would rather not; what nobody asked for is thrown away.
///
/// # Errors
///
/// A refusal when it is given or answered.
pub async fn decline(tx: &mut Tx, viewer: &Viewer, id: FeedbackId) -> Result<(), WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    let (_, row) = find_written(tx, viewer, Action::Write, id).await?;
    if row.asked_at.is_some() {
        tx.run(&queries::DECLINE, &[&id, &viewer.now]).await?;
        espalier_notify::untell(tx, viewer.person, &again::FEEDBACK, &format!("/feedback/{id}")).await?;
    } else {
        tx.run(&queries::DROP, &[&id]).await?;
    }
    Ok(())
}

/// The giver takes it back, before it is read. They keep reading it; for its receiver it was never there.
///
/// # Errors
///
/// A refusal when it was read.
pub async fn take_back(tx: &mut Tx, viewer: &Viewer, id: FeedbackId) -> Result<(), WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    let (_, row) = find_written(tx, viewer, Action::Decide, id).await?;
    if row.state == FeedbackState::Draft {
        return Err(WebError::NotFound);
    }
    if tx.run(&queries::TAKE_BACK, &[&id, &viewer.now]).await? == 0 {
        return Err(Refusal::Read.into());
    }
    espalier_notify::untell(tx, row.receiver, &notices::GIVEN, &format!("/feedback/{id}")).await?;
    Ok(())
}

/// The receiver opens it; from here on it stays. A second click changes nothing.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer.
pub async fn open(tx: &mut Tx, viewer: &Viewer, id: FeedbackId) -> Result<(), WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    let (_, receiver, state, read_at) = facts(tx, id).await?;
    if state != FeedbackState::Given {
        return Err(WebError::NotFound);
    }
    let about = About::record(receiver, id.id());
    viewer.permit::<Feedback>(tx, Action::Decide, about, State::Sealed).await?;
    if read_at.is_none() {
        tx.run(&queries::OPEN, &[&id, &viewer.now]).await?;
    }
    Ok(())
}

/// Ties it to statements of the giver's framework.
///
/// # Errors
///
/// A refusal for a statement that is not in it, or one too many.
pub async fn tie(tx: &mut Tx, viewer: &Viewer, id: FeedbackId, chosen: &[String]) -> Result<(), WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    let (permit, _) = find_written(tx, viewer, Action::Write, id).await?;
    if chosen.is_empty() {
        return Ok(());
    }
    let ground = claims::ground(tx, viewer).await?.ok_or(Refusal::StrangeStatement)?;
    let kept = queries::statements(tx, &permit, id).await?;
    let fresh: Vec<&String> =
        chosen.iter().filter(|one| kept.iter().all(|(_, _, known)| known != *one)).collect();
    if kept.len() + fresh.len() > MOST_STATEMENTS {
        return Err(Refusal::TooManyStatements.into());
    }
    for statement in fresh {
        ground.copy.framework().statement(statement).ok_or(Refusal::StrangeStatement)?;
        tx.run(&queries::ADD_STATEMENT, &[&id, &ground.copy.line.framework, statement, &ground.copy.line.id])
            .await?;
    }
    Ok(())
}

/// One statement less.
///
/// # Errors
///
/// [`WebError::NotFound`] when it is not theirs.
pub async fn untie(
    tx: &mut Tx,
    viewer: &Viewer,
    id: FeedbackId,
    (framework, statement): (&str, &str),
) -> Result<(), WebError> {
    tx.lock(&format!("feedback {id}")).await?;
    find_written(tx, viewer, Action::Write, id).await?;
    tx.run(&queries::DROP_STATEMENT, &[&id, &framework, &statement]).await?;
    Ok(())
}
