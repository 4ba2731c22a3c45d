//! What rooms do: tell somebody, send something without which they cannot get in, say when people meet. All of it
//! happens in the transaction of whatever caused it.

use std::collections::BTreeSet;

use espalier_kernel::{Id, Mint, Moment};
use espalier_store::{Fault, Tx};

use crate::choices::Due;
use crate::notice::{Need, NoticeKind};
use crate::queries::{self, AppointmentLine, Choosing, DeliveryId, NoticeId};

/// The same is told once within so many seconds: a day.
const ONCE_WITHIN: i64 = 24 * 60 * 60;

/// The words of channels in the database.
pub(crate) const MAIL: &str = "mail";
pub(crate) const CHAT: &str = "chat";
pub(crate) const CALENDAR: &str = "calendar";
/// The words of what is sent and is no notice.
pub(crate) const DIGEST: &str = "digest";
pub(crate) const REQUEST: &str = "request";
pub(crate) const CANCEL: &str = "cancel";
/// What an essential delivery is about: it stays when mail is turned off.
pub(crate) const ESSENTIAL: &str = "essential";

/// Tells somebody: in their inbox, and by mail and chat as they chose. The same about the same is told once a day.
///
/// # Errors
///
/// When the database fails; then nothing of the transaction happened.
pub async fn tell(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    person: Id,
    kind: &'static NoticeKind,
    path: &str,
) -> Result<(), Fault> {
    let notice = NoticeId::new(mint.id(now));
    let since = now.plus_seconds(-ONCE_WITHIN);
    let added = tx
        .run(&queries::ADD_NOTICE, &[&notice, &person, &kind.word, &path, &now.date(), &now, &since])
        .await?;
    if added == 0 {
        return Ok(());
    }
    let choosing = choosing(tx, person).await?;
    let mail = choosing.choices.mail_due(kind, now).filter(|_| choosing.has_mail);
    let chat = choosing.choices.chat_due(kind, now).filter(|_| choosing.has_chat);
    for (channel, due) in [(MAIL, mail), (CHAT, chat)] {
        let Some(Due { at, bundle }) = due else { continue };
        let id = DeliveryId::new(mint.id(now));
        let about = if kind.need == Need::Essential { ESSENTIAL } else { "" };
        let word = if bundle.is_some() { DIGEST } else { kind.word };
        let bundle = bundle.unwrap_or_else(|| id.to_string());
        // A digest has been due since it is due, however long it was gathered.
        tx.run(&queries::ADD_DELIVERY, &[&id, &person, &channel, &word, &bundle, &about, &at, &at]).await?;
        tx.run(&queries::ADD_TO_BUNDLE, &[&person, &channel, &bundle, &notice]).await?;
    }
    Ok(())
}

/// Takes back what was told, with all that waits to tell it: what it was about is not there any more. What was sent, or
/// is on its way at this moment, cannot be called back.
///
/// # Errors
///
/// When the database fails.
pub async fn untell(tx: &mut Tx, person: Id, kind: &'static NoticeKind, path: &str) -> Result<(), Fault> {
    tx.run(&queries::UNSEND, &[&person, &kind.word, &path]).await?;
    tx.run(&queries::UNTELL, &[&person, &kind.word, &path]).await.map(drop)
}

/// Sends something that somebody needs to get in, by mail alone. Says whether it can be sent.
///
/// # Errors
///
/// When the database fails.
pub async fn send(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    person: Id,
    kind: &'static NoticeKind,
) -> Result<bool, Fault> {
    if !choosing(tx, person).await?.has_mail {
        return Ok(false);
    }
    let id = DeliveryId::new(mint.id(now));
    let bundle = id.to_string();
    tx.run(&queries::ADD_DELIVERY, &[&id, &person, &MAIL, &kind.word, &bundle, &ESSENTIAL, &now, &now])
        .await?;
    Ok(true)
}

/// What somebody chose.
pub(crate) async fn choosing(tx: &mut Tx, person: Id) -> Result<Choosing, Fault> {
    Ok(tx.first(&queries::CHOOSING, &[&person]).await?.unwrap_or_default())
}

/// Somebody is in another time zone now: their quiet hours are those of where they are, and what waits for them comes
/// when it is loud and morning there.
///
/// # Errors
///
/// When the database fails.
pub async fn moved(tx: &mut Tx, now: Moment, person: Id, zone: &str) -> Result<(), Fault> {
    if tx.run(&queries::MOVE, &[&person, &zone]).await? == 0 {
        return Ok(());
    }
    let choices = choosing(tx, person).await?.choices;
    let waiting: Vec<(DeliveryId, String, Moment)> = tx.all(&queries::UNTRIED, &[&person]).await?;
    for (id, bundle, due) in waiting {
        let at = choices.due_again(&bundle, now);
        if at != due {
            tx.run(&queries::MOVE_DUE, &[&id, &at]).await?;
        }
    }
    Ok(())
}

/// Somebody is erased: the meetings that they would have come to are called off, and whoever else comes hears of it from
/// their calendar.
///
/// # Errors
///
/// When the database fails.
pub async fn call_off_all(tx: &mut Tx, mint: &Mint, now: Moment, person: Id) -> Result<(), Fault> {
    let ahead: Vec<(Id,)> = tx.all(&queries::AHEAD, &[&person, &now]).await?;
    for (record,) in ahead {
        let guests: Vec<(Id,)> = tx.all(&queries::GUESTS, &[&record]).await?;
        tx.run(&queries::CALL_OFF, &[&record, &now]).await?;
        // They stay guests of a meeting that is off: a meeting without guests goes, and no calendar could be told of it.
        for (guest,) in guests.into_iter().filter(|(guest,)| *guest != person) {
            invite(tx, mint, now, record, guest, CANCEL).await?;
        }
    }
    Ok(())
}

/// A meeting: which record it is about, where that is, when and how long, and who comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment<'a> {
    /// The record.
    pub record: Id,
    /// Where it is.
    pub path: &'a str,
    /// When it begins; nothing when it does not take place.
    pub starts_at: Option<Moment>,
    /// How long it takes.
    pub minutes: i64,
    /// Who comes.
    pub guests: &'a [Id],
}

/// Says when people meet, or that they do not. Whoever newly comes, or comes at another time, is invited; whoever does
/// not come any more is told so. Their calendars know the meeting by the same name throughout.
///
/// # Errors
///
/// When the database fails.
pub async fn appoint(tx: &mut Tx, mint: &Mint, now: Moment, wanted: &Appointment<'_>) -> Result<(), Fault> {
    let record = wanted.record;
    let kept: Option<AppointmentLine> = tx.first(&queries::APPOINTMENT, &[&record]).await?;
    let before: Vec<(Id,)> = tx.all(&queries::GUESTS, &[&record]).await?;
    let before: BTreeSet<Id> = before.into_iter().map(|(person,)| person).collect();
    let after: BTreeSet<Id> = match wanted.starts_at {
        Some(_) => wanted.guests.iter().copied().collect(),
        None => BTreeSet::new(),
    };
    let starts = kept.as_ref().filter(|kept| kept.called_off_at.is_none()).map(|kept| kept.starts_at);
    if starts == wanted.starts_at && before == after {
        return Ok(());
    }
    match wanted.starts_at {
        Some(at) => {
            tx.run(&queries::SET_APPOINTMENT, &[&record, &wanted.path, &at, &wanted.minutes, &now]).await?;
        }
        None => {
            tx.run(&queries::CALL_OFF, &[&record, &now]).await?;
        }
    }
    for &person in &after {
        tx.run(&queries::ADD_GUEST, &[&record, &person]).await?;
        invite(tx, mint, now, record, person, REQUEST).await?;
    }
    for &person in before.difference(&after) {
        tx.run(&queries::END_GUEST, &[&record, &person, &now]).await?;
        invite(tx, mint, now, record, person, CANCEL).await?;
    }
    Ok(())
}

async fn invite(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    record: Id,
    person: Id,
    method: &'static str,
) -> Result<(), Fault> {
    tx.run(&queries::DROP_INVITATIONS, &[&record, &person, &now]).await?;
    let choosing = choosing(tx, person).await?;
    if !choosing.has_mail || !choosing.choices.is_calendar_on {
        return Ok(());
    }
    let id = DeliveryId::new(mint.id(now));
    let (bundle, about) = (id.to_string(), record.to_string());
    tx.run(&queries::ADD_DELIVERY, &[&id, &person, &CALENDAR, &method, &bundle, &about, &now, &now])
        .await
        .map(drop)
}

/// Which ways out of the house are open from now on. What waits on a closed one stays in the inbox.
///
/// # Errors
///
/// When the database fails.
pub async fn open_channels(tx: &mut Tx, now: Moment, has_mail: bool, has_chat: bool) -> Result<(), Fault> {
    for (channel, is_open) in [(MAIL, has_mail), (CHAT, has_chat)] {
        if is_open {
            tx.run(&queries::OPEN_CHANNEL, &[&channel, &now]).await?;
        } else {
            tx.run(&queries::CLOSE_CHANNEL, &[&channel]).await?;
            tx.run(&queries::DROP_CHANNEL, &[&channel, &now]).await?;
        }
    }
    if !has_mail {
        tx.run(&queries::DROP_CHANNEL, &[&CALENDAR, &now]).await?;
    }
    Ok(())
}

/// Whether mail can be sent, and how many messages were not taken.
///
/// # Errors
///
/// When the database fails.
pub async fn health(tx: &mut Tx) -> Result<(bool, i64), Fault> {
    let channels: Vec<(String, Moment)> = tx.all(&queries::CHANNELS, &[]).await?;
    let dead: Option<(i64,)> = tx.first(&queries::COUNT_DEAD, &[]).await?;
    Ok((channels.iter().any(|(name, _)| name == MAIL), dead.map_or(0, |(count,)| count)))
}

/// How many notices somebody has not read, up to a hundred.
///
/// # Errors
///
/// When the database fails.
pub async fn unread(tx: &mut Tx, person: Id) -> Result<i64, Fault> {
    let found: Option<(i64,)> = tx.first(&queries::UNREAD, &[&person]).await?;
    Ok(found.map_or(0, |(count,)| count))
}
