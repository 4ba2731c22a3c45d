//! Somebody is erased: asked for by them, or because they have left; carried out by an administrator, wholly or not at
//! all.

use espalier_access::{Action, State};
use espalier_keeping::{Keeping, Outcome, hash_of};
use espalier_kernel::{Date, Id, Mint, Moment};
use espalier_people::trail;
use espalier_store::{Fault, Tx};
use espalier_web::{Viewer, WebError};

use super::queries;
use crate::access::{ERASURE, Erasure};

/// Somebody who may be erased.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Who.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Since when they are gone.
    pub left_on: Option<Date>,
    /// When they asked.
    pub asked_at: Option<Moment>,
}

impl Subject {
    /// The state that rules speak of.
    fn state(&self, today: Date) -> State {
        match (self.asked_at, self.left_on) {
            (Some(_), _) => State::Draft,
            (None, Some(left)) if left <= today => State::Ended,
            (None, _) => State::Open,
        }
    }
}

/// Somebody, for an action.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such person for this viewer and action.
pub async fn find(tx: &mut Tx, viewer: &Viewer, action: Action, id: Id) -> Result<Subject, WebError> {
    let found: Option<(String, String, Option<Date>, Option<Moment>)> =
        tx.first(&queries::SUBJECT, &[&id]).await?;
    let (name, email, left_on, asked_at) = found.ok_or(WebError::NotFound)?;
    let subject = Subject { id, name, email, left_on, asked_at };
    if is_erased(&subject.email) {
        return Err(WebError::NotFound);
    }
    viewer.permit::<Erasure>(tx, action, id, subject.state(viewer.today)).await?;
    Ok(subject)
}

/// Whether an address is that of somebody who was erased.
#[must_use]
pub fn is_erased(email: &str) -> bool {
    email.ends_with("@erased.invalid")
}

/// Somebody asks to be erased, or asks no longer.
///
/// # Errors
///
/// When the database fails.
pub async fn ask(tx: &mut Tx, viewer: &Viewer, mint: &Mint) -> Result<(), WebError> {
    find(tx, viewer, Action::Write, viewer.person).await?;
    tx.run(&queries::ASK, &[&viewer.person, &viewer.now]).await?;
    trail::note(tx, mint, viewer, "ask-erasure", &ERASURE, viewer.person).await?;
    Ok(())
}

/// They ask no longer.
///
/// # Errors
///
/// When the database fails.
pub async fn take_back(tx: &mut Tx, viewer: &Viewer, mint: &Mint) -> Result<(), WebError> {
    find(tx, viewer, Action::Write, viewer.person).await?;
    if tx.run(&queries::UNASK, &[&viewer.person]).await? > 0 {
        trail::note(tx, mint, viewer, "take-back-erasure", &ERASURE, viewer.person).await?;
    }
    Ok(())
}

/// An administrator erases somebody who asked, or who has left.
///
/// # Errors
///
/// A refusal for oneself; [`WebError::NotFound`] where nobody asked and nobody left.
pub async fn carry_out(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    keeping: &Keeping,
    id: Id,
) -> Result<(), WebError> {
    find(tx, viewer, Action::Decide, id).await?;
    if id == viewer.person {
        return Err(WebError::Refused(
            "Nobody erases themselves; another administrator has to carry it out.".to_owned(),
        ));
    }
    erase(tx, mint, keeping, viewer.now, (viewer.person, id)).await?;
    Ok(())
}

/// Erases somebody and enters it into the ledger, in one transaction.
///
/// # Errors
///
/// When the database fails; then the transaction is of no more use.
pub async fn erase(
    tx: &mut Tx,
    mint: &Mint,
    keeping: &Keeping,
    now: Moment,
    (actor, person): (Id, Id),
) -> Result<(), Fault> {
    let outcomes: Vec<Outcome> = keeping.foresee(tx, person, now).await?;
    let mut kinds: Vec<&str> =
        outcomes.iter().filter(|one| one.rows > 0).map(|one| one.purpose.key).collect();
    kinds.dedup();
    // While it is still known who comes.
    espalier_notify::call_off_all(tx, mint, now, person).await?;
    keeping.erase(tx, person, now).await?;
    tx.run(&queries::ENTER, &[&hash_of(&person.to_string()), &kinds.join(","), &now]).await?;
    trail::note_by(tx, mint, now, actor, "erase", &ERASURE, person).await?;
    Ok(())
}
