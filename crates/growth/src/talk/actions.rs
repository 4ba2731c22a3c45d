//! What the two of a talk do together: plan it, open it, agree or agree to differ, sign.

use espalier_access::{Action, Permit, State};
use espalier_governance::library::{self, Copy};
use espalier_kernel::{Date, Id, Mint, Moment};
use espalier_people::access::{ORGANISATION, Profile};
use espalier_people::shares;
use espalier_store::Tx;
use espalier_web::{About, Viewer, WebError};

use super::access::Talk;
use super::queries::{self, ItemRow, NoteRow, TalkLine};
use super::{CycleId, ItemKind, LONGEST, Outcome, Part, Refusal, Side, TalkId, TalkState, notices, prepare};
use crate::assessment::{Answer, both_notes};

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// A talk, for an action, and the side the viewer is on; nobody's side for somebody it is shared with.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is none for this viewer; a refusal when it is over and the action would change
/// it.
pub async fn find_for(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: TalkId,
) -> Result<(Permit<Talk>, TalkLine, Option<Side>), WebError> {
    // What is found must still be so when it is changed.
    tx.lock(&format!("talk {id}")).await?;
    let (person, state) = queries::facts(tx, id).await?.ok_or(WebError::NotFound)?;
    let about = About::record(person, id.id());
    let permit = match viewer.try_permit::<Talk>(tx, action, about, state.access()).await? {
        Some(permit) => permit,
        // Whoever may read it may know why it cannot be changed.
        None => {
            viewer.permit::<Talk>(tx, Action::Read, about, state.access()).await?;
            return Err(if state.is_over() { Refusal::Over.into() } else { WebError::NotFound });
        }
    };
    let line = queries::one(tx, &permit, id, viewer.today).await?.ok_or(WebError::NotFound)?;
    let side = line.side_of(viewer.person);
    Ok((permit, line, side))
}

/// The same for somebody on one of the two sides.
async fn find_sided(
    tx: &mut Tx,
    viewer: &Viewer,
    action: Action,
    id: TalkId,
) -> Result<(TalkLine, Side), WebError> {
    let (_, line, side) = find_for(tx, viewer, action, id).await?;
    Ok((line, side.ok_or(WebError::NotFound)?))
}

/// The talks of the viewer, newest first, and those they hold with others, the next due first.
///
/// # Errors
///
/// When the database fails.
pub async fn lists(tx: &mut Tx, viewer: &Viewer) -> Result<(Vec<TalkLine>, Vec<TalkLine>), WebError> {
    viewer.permit::<Talk>(tx, Action::Discover, viewer.person, State::Open).await?;
    let own = tx.all(&queries::OF_PERSON, &[&viewer.person, &viewer.today]).await?;
    // Who holds a talk is decided by the same facts as the relation of that name.
    let held = tx.all(&queries::HELD, &[&viewer.person, &viewer.today]).await?;
    Ok((own, held))
}

/// Plans one talk outside of a round: one's own, or of somebody one leads.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such person for this viewer to hold a talk with.
pub async fn plan(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    person: Id,
    due_on: Date,
    item_kind: ItemKind,
) -> Result<TalkId, WebError> {
    // Talks are for members; nobody here leads a guest.
    viewer.permit::<Profile>(tx, Action::Discover, ORGANISATION, State::Open).await?;
    if person != viewer.person {
        viewer.permit::<Profile>(tx, Action::Read, person, State::Open).await?;
        let leads: Option<(Id,)> =
            tx.first(&espalier_people::queries::LEADER, &[&person, &viewer.today]).await?;
        if leads != Some((viewer.person,)) {
            return Err(WebError::NotFound);
        }
    }
    // A second click finds what the first one planned.
    tx.lock(&format!("talks of {person}")).await?;
    let same: Option<(TalkId,)> = tx.first(&queries::SAME, &[&person, &due_on, &item_kind]).await?;
    if let Some((same,)) = same {
        return Ok(same);
    }
    let id = TalkId::new(mint.id(viewer.now));
    let level = prepare::level_of(tx, viewer, person).await?;
    let pinned = level.as_ref();
    tx.run(
        &queries::ADD,
        &[
            &id,
            &person,
            &pinned.map(|pin| pin.version),
            &pinned.map_or("", |pin| pin.framework.as_str()),
            &pinned.map_or("", |pin| pin.framework_name.as_str()),
            &pinned.map_or("", |pin| pin.level.as_str()),
            &pinned.map_or("", |pin| pin.level_name.as_str()),
            &item_kind,
            &due_on,
            &viewer.now,
            &None::<CycleId>,
        ],
    )
    .await?;
    if person != viewer.person {
        notices::tell(tx, mint, viewer.now, person, &notices::PLANNED, id).await?;
    }
    Ok(id)
}

/// Somebody whom nobody leads chooses with whom they hold their talk.
///
/// # Errors
///
/// A sentence about what was typed, inside; a refusal when somebody leads them.
pub async fn choose_holder(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: TalkId,
    typed: &str,
) -> Result<Result<(), &'static str>, WebError> {
    let (line, side) = find_sided(tx, viewer, Action::Write, id).await?;
    if side != Side::Person {
        return Err(WebError::NotFound);
    }
    if line.leads_now.is_some() && !line.is_chosen {
        return Err(Refusal::HasManager.into());
    }
    if line.state != TalkState::Planned {
        return Err(Refusal::AlreadyOpen.into());
    }
    let holder = match shares::pick(tx, viewer, typed).await? {
        Ok(one) if one.id() == viewer.person => return Ok(Err("Choose somebody else than yourself.")),
        Ok(one) => one,
        Err(sentence) => return Ok(Err(sentence)),
    };
    tx.run(&queries::CHOOSE_HOLDER, &[&id, &holder]).await?;
    notices::tell(tx, mint, viewer.now, holder.id(), &notices::PLANNED, id).await?;
    if line.meets_at.is_some() {
        let line = TalkLine { holder: Some(holder.id()), ..line };
        notices::appoint(tx, mint, viewer.now, &line, line.meets_at).await?;
    }
    Ok(Ok(()))
}

/// The person lets an open talk go on with whoever leads them now, with everything that is in it.
///
/// # Errors
///
/// A refusal when the talk is not one that was left behind.
pub async fn hand_over(tx: &mut Tx, viewer: &Viewer, mint: &Mint, id: TalkId) -> Result<(), WebError> {
    let (line, side) = find_sided(tx, viewer, Action::Decide, id).await?;
    match (side, line.is_orphaned(), line.leads_now) {
        (Side::Person, true, Some(next)) => {
            tx.run(&queries::HAND_OVER, &[&id, &next]).await?;
            notices::tell(tx, mint, viewer.now, next, &notices::PLANNED, id).await?;
            if line.meets_at.is_some() {
                let line = TalkLine { holder: Some(next), ..line };
                notices::appoint(tx, mint, viewer.now, &line, line.meets_at).await?;
            }
            Ok(())
        }
        _ => Err(WebError::NotFound),
    }
}

/// When the two meet, or that they have not said when.
///
/// # Errors
///
/// When the database fails or the talk is over.
pub async fn meet(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: TalkId,
    at: Option<Moment>,
) -> Result<(), WebError> {
    let (line, _) = find_sided(tx, viewer, Action::Write, id).await?;
    tx.run(&queries::MEET, &[&id, &at]).await?;
    notices::appoint(tx, mint, viewer.now, &line, at).await?;
    Ok(())
}

/// The talk will not take place.
///
/// # Errors
///
/// A refusal when it is over.
pub async fn call_off(tx: &mut Tx, viewer: &Viewer, mint: &Mint, id: TalkId) -> Result<(), WebError> {
    let (line, _) = find_sided(tx, viewer, Action::Decide, id).await?;
    tx.run(&queries::CALL_OFF, &[&id, &viewer.now]).await?;
    notices::appoint(tx, mint, viewer.now, &line, None).await?;
    Ok(())
}

/// An open talk that nobody has signed, for writing.
async fn find_open(tx: &mut Tx, viewer: &Viewer, id: TalkId) -> Result<(TalkLine, Side), WebError> {
    let (line, side) = find_sided(tx, viewer, Action::Write, id).await?;
    if line.state != TalkState::Open {
        return Err(Refusal::NotOpen.into());
    }
    if !line.is_writable() {
        return Err(Refusal::SignedByOne.into());
    }
    Ok((line, side))
}

/// The framework that a talk is pinned to.
///
/// # Errors
///
/// A refusal when no level was chosen yet.
pub async fn framework(tx: &mut Tx, line: &TalkLine) -> Result<Copy, WebError> {
    let version = line.version.ok_or(Refusal::NoLevel)?;
    library::pinned(tx, version).await
}

/// What was typed about one item.
#[derive(Debug, Clone)]
pub struct WrittenItem {
    /// The statement or competency.
    pub item: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What both agree on.
    pub agreed: Answer,
    /// The person's words.
    pub person_words: String,
    /// The holder's words.
    pub holder_words: String,
    /// The revision that was on the page.
    pub revision: i64,
}

/// What came of one item, written or changed. Where the other was faster, the words of both are kept.
///
/// # Errors
///
/// A refusal when the talk is not open, is signed, or does not look at this item.
pub async fn set_item(
    tx: &mut Tx,
    viewer: &Viewer,
    id: TalkId,
    written: WrittenItem,
) -> Result<ItemRow, WebError> {
    let (line, _) = find_open(tx, viewer, id).await?;
    let copy = framework(tx, &line).await?;
    if !prepare::is_asked(&copy, &line, &written.item) {
        return Err(Refusal::StrangeItem.into());
    }
    if [&written.person_words, &written.holder_words].iter().any(|words| words.chars().count() > LONGEST) {
        return Err(Refusal::TooLong.into());
    }
    let kept: Option<ItemRow> = tx.first(&queries::ITEM, &[&id, &written.item]).await?;
    let merge = |before: Option<&str>, typed: String| match before {
        Some(before)
            if kept.as_ref().is_some_and(|kept| kept.revision != written.revision) && before != typed =>
        {
            both_notes(before, &typed)
        }
        _ => typed,
    };
    let row = ItemRow {
        person_words: merge(kept.as_ref().map(|kept| kept.person_words.as_str()), written.person_words),
        holder_words: merge(kept.as_ref().map(|kept| kept.holder_words.as_str()), written.holder_words),
        item: written.item,
        outcome: written.outcome,
        agreed: if written.outcome == Outcome::Agreed { written.agreed } else { Answer::NotObserved },
        revision: kept.as_ref().map_or(0, |kept| kept.revision) + 1,
    };
    tx.run(
        &queries::SET_ITEM,
        &[
            &id,
            &row.item,
            &row.outcome,
            &row.agreed,
            &row.person_words,
            &row.holder_words,
            &row.revision,
            &viewer.now,
        ],
    )
    .await?;
    Ok(row)
}

/// A part of the shared notes, written or changed. Where the other was faster, the words of both are kept.
///
/// # Errors
///
/// A refusal when the talk is not open or is signed.
pub async fn set_note(
    tx: &mut Tx,
    viewer: &Viewer,
    id: TalkId,
    part: Part,
    words: String,
    revision: i64,
) -> Result<NoteRow, WebError> {
    find_open(tx, viewer, id).await?;
    if words.chars().count() > LONGEST {
        return Err(Refusal::TooLong.into());
    }
    let kept: Option<NoteRow> = tx.first(&queries::NOTE, &[&id, &part]).await?;
    let words = match &kept {
        Some(kept) if kept.revision != revision && kept.words != words => both_notes(&kept.words, &words),
        _ => words,
    };
    let row = NoteRow { part, words, revision: kept.map_or(0, |kept| kept.revision) + 1 };
    tx.run(&queries::SET_NOTE, &[&id, &part, &row.words, &row.revision, &viewer.now]).await?;
    Ok(row)
}

/// One side signs what they have read, which is what stood there at a revision. With the second signature the talk never
/// changes again.
///
/// # Errors
///
/// A refusal when something in it is half said, or has changed since they read it.
pub async fn sign(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    id: TalkId,
    read: i64,
) -> Result<TalkState, WebError> {
    let (line, side) = find_sided(tx, viewer, Action::Decide, id).await?;
    if line.state != TalkState::Open {
        return Err(Refusal::NotOpen.into());
    }
    let items: Vec<ItemRow> = tx.all(&queries::ITEMS, &[&id]).await?;
    let notes: Vec<NoteRow> = tx.all(&queries::NOTES, &[&id]).await?;
    if queries::revision(&items, &notes) != read {
        return Err(Refusal::Changed.into());
    }
    items.iter().try_for_each(check_item)?;
    let statement = match side {
        Side::Person => &queries::SIGN_PERSON,
        Side::Holder => &queries::SIGN_HOLDER,
    };
    tx.run(statement, &[&id, &Some(viewer.now)]).await?;
    if let Some(other) = line.other_than(side) {
        notices::tell(tx, mint, viewer.now, other, &notices::SIGNED, id).await?;
    }
    let closed = tx.run(&queries::CLOSE, &[&id, &viewer.now]).await?;
    Ok(if closed == 0 { TalkState::Open } else { TalkState::Signed })
}

/// Whether what came of an item can be signed.
fn check_item(row: &ItemRow) -> Result<(), Refusal> {
    match row.outcome {
        Outcome::Differ if row.person_words.trim().is_empty() || row.holder_words.trim().is_empty() => {
            Err(Refusal::BothWordings)
        }
        Outcome::Agreed if row.agreed == Answer::NotObserved => Err(Refusal::NoRating),
        Outcome::Unsaid | Outcome::Agreed | Outcome::Differ => Ok(()),
    }
}

/// One side takes its signature back, as long as the other has not signed.
///
/// # Errors
///
/// A refusal when both have signed.
pub async fn take_back_signature(tx: &mut Tx, viewer: &Viewer, id: TalkId) -> Result<(), WebError> {
    let (line, side) = find_sided(tx, viewer, Action::Decide, id).await?;
    if line.state != TalkState::Open {
        return Err(Refusal::NotOpen.into());
    }
    let statement = match side {
        Side::Person => &queries::SIGN_PERSON,
        Side::Holder => &queries::SIGN_HOLDER,
    };
    tx.run(statement, &[&id, &None::<Moment>]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_half_said_is_not_signed() {
        let row = |outcome, agreed, person: &str, holder: &str| ItemRow {
            item: "s".to_owned(),
            outcome,
            agreed,
            person_words: person.to_owned(),
            holder_words: holder.to_owned(),
            revision: 1,
        };
        use Answer::{Meeting, NotObserved};
        assert_eq!(check_item(&row(Outcome::Unsaid, NotObserved, "", "")), Ok(()));
        assert_eq!(check_item(&row(Outcome::Agreed, Meeting, "", "")), Ok(()));
        assert_eq!(check_item(&row(Outcome::Agreed, NotObserved, "", "")), Err(Refusal::NoRating));
        assert_eq!(check_item(&row(Outcome::Differ, NotObserved, "mine", "")), Err(Refusal::BothWordings));
        assert_eq!(check_item(&row(Outcome::Differ, NotObserved, "mine", " yours ")), Ok(()));
    }
}
