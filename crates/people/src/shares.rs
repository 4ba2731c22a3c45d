//! What people share: one record, with one named colleague, until a day, and taken back at once when they like.
//!
//! What it never does: share a share, share with a group, or let anybody ask for one.

use espalier_access::{Action, Record, State};
use espalier_kernel::{Date, Id, Mint, folded, id};
use espalier_store::{Fault, FromRow, Row, Tx, queries};
use espalier_web::{About, Problems, Viewer, WebError};

use crate::access::{ORGANISATION, Profile};
use crate::person::PersonId;
use crate::trail;

id! {
    /// A share.
    pub struct ShareId;
}

/// The longest a share lasts; it can be given again.
pub const LONGEST: i32 = 90;

queries! {
    /// A share given.
    ADD = "insert into share (id, owner, grantee, kind, record, path, from_on, until_on, ended_at) \
           values ($1, $2, $3, $4, $5, $6, $7, $8, null)";
    /// The shares of one record that are in force, by the name of who reads.
    OF_RECORD = "select s.id, s.kind, s.path, p.id, p.name, s.from_on, s.until_on from share s \
                 join person p on p.id = s.grantee where s.record = $1 and s.owner = $2 and s.ended_at is null \
                 and s.until_on > $3 order by p.sort_key, s.id limit 100";
    /// All that somebody shares, newest first.
    BY_OWNER = "select s.id, s.kind, s.path, p.id, p.name, s.from_on, s.until_on from share s \
                join person p on p.id = s.grantee where s.owner = $1 and s.ended_at is null and s.until_on > $2 \
                order by s.from_on desc, s.id desc limit 200";
    /// All that is shared with somebody, newest first.
    BY_GRANTEE = "select s.id, s.kind, s.path, p.id, p.name, s.from_on, s.until_on from share s \
                  join person p on p.id = s.owner where s.grantee = $1 and s.ended_at is null and s.until_on > $2 \
                  order by s.from_on desc, s.id desc limit 200";
    /// A share taken back by its owner.
    END = "update share set ended_at = $3 where id = $1 and owner = $2 and ended_at is null";
    /// An active member by address.
    MEMBER = "select id from person where email = $1 and kind = 'member' and (left_on is null or left_on > $2)";
    /// Active members with a name.
    NAMED = "select id from person where sort_key = $1 and kind = 'member' and (left_on is null or left_on > $2) \
             order by id limit 2";
}

/// A share as one side sees it: with whom, or from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLine {
    /// The share.
    pub id: ShareId,
    /// The kind of what is shared.
    pub kind: String,
    /// Where it is read.
    pub path: String,
    /// The other person.
    pub other: PersonId,
    /// Their name.
    pub name: String,
    /// The first day.
    pub from_on: Date,
    /// The first day on which it is over.
    pub until_on: Date,
}

impl FromRow for ShareLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            kind: row.take()?,
            path: row.take()?,
            other: row.take()?,
            name: row.take()?,
            from_on: row.take()?,
            until_on: row.take()?,
        })
    }
}

/// What is shared, with whom and until when, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct ShareForm {
    /// An e-mail address or a full name.
    pub with: String,
    /// The last day, or nothing for the longest time.
    pub until: String,
    /// The secret of the form.
    #[serde(rename = "form_token")]
    pub token: String,
}

/// Finds the colleague that somebody typed: by address, or by full name where only one has it.
///
/// # Errors
///
/// A sentence for the person who typed, inside; [`WebError::NotFound`] for those who may not search the directory.
pub async fn pick(
    tx: &mut Tx,
    viewer: &Viewer,
    typed: &str,
) -> Result<Result<PersonId, &'static str>, WebError> {
    viewer.permit::<Profile>(tx, Action::Discover, ORGANISATION, State::Open).await?;
    let (typed, today) = (typed.trim(), viewer.today);
    if typed.is_empty() {
        return Ok(Err("Write the e-mail address or the full name of a colleague."));
    }
    let found: Vec<(PersonId,)> = if typed.contains('@') {
        tx.all(&MEMBER, &[&typed.to_lowercase(), &today]).await?
    } else {
        tx.all(&NAMED, &[&folded(typed), &today]).await?
    };
    Ok(match found.as_slice() {
        [(one,)] => Ok(*one),
        [] => Err("Nobody here has this name or address. Write the full name as the directory shows it."),
        _ => Err("Several colleagues have this name. Write the e-mail address instead."),
    })
}

/// Shares one record, which must be the viewer's own, with one colleague.
///
/// # Errors
///
/// [`WebError::NotFound`] when it is not theirs to share; what is wrong with the form, inside.
pub async fn give<R: Record>(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    about: About,
    state: State,
    path: &str,
    form: &ShareForm,
) -> Result<Result<ShareId, Problems>, WebError> {
    viewer.permit::<R>(tx, Action::Share, about, state).await?;
    let record = about.record.ok_or(WebError::NotFound)?;
    let mut problems = Problems::none();
    let longest = viewer.today.plus_days(LONGEST);
    let until = match form.until.trim() {
        "" => longest,
        typed => match typed.parse::<Date>() {
            // The last day is one on which it can still be read.
            Ok(day) if day >= viewer.today && day < longest => day.plus_days(1),
            Ok(_) => {
                problems.add("until", "Choose a day between today and 90 days from now.");
                longest
            }
            Err(fault) => {
                problems.add("until", format!("{fault}."));
                longest
            }
        },
    };
    let grantee = match pick(tx, viewer, &form.with).await? {
        Ok(one) if one.id() == viewer.person => {
            problems.add("with", "This is yours already. Choose somebody else.");
            None
        }
        Ok(one) => Some(one),
        Err(sentence) => {
            problems.add("with", sentence);
            None
        }
    };
    let Some(grantee) = grantee.filter(|_| problems.is_empty()) else { return Ok(Err(problems)) };
    let id = ShareId::new(mint.id(viewer.now));
    tx.run(&ADD, &[&id, &viewer.person, &grantee, &R::KIND.name, &record, &path, &viewer.today, &until])
        .await?;
    trail::note(tx, mint, viewer, "share", R::KIND, viewer.person).await?;
    Ok(Ok(id))
}

/// Who may read a record because its owner, the viewer, shares it.
///
/// # Errors
///
/// When the database fails.
pub async fn of_record(tx: &mut Tx, viewer: &Viewer, record: Id) -> Result<Vec<ShareLine>, Fault> {
    tx.all(&OF_RECORD, &[&record, &viewer.person, &viewer.today]).await
}

/// Everything that the viewer shares.
///
/// # Errors
///
/// When the database fails.
pub async fn given(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<ShareLine>, Fault> {
    tx.all(&BY_OWNER, &[&viewer.person, &viewer.today]).await
}

/// Everything that others share with the viewer.
///
/// # Errors
///
/// When the database fails.
pub async fn received(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<ShareLine>, Fault> {
    tx.all(&BY_GRANTEE, &[&viewer.person, &viewer.today]).await
}

/// The viewer takes a share back; from the next request on the other reads nothing.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such share of theirs.
pub async fn end(tx: &mut Tx, viewer: &Viewer, id: ShareId) -> Result<(), WebError> {
    match tx.run(&END, &[&id, &viewer.person, &viewer.now]).await? {
        0 => Err(WebError::NotFound),
        _ => Ok(()),
    }
}
