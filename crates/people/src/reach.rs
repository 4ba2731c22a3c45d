//! Where people can be reached, asked at the moment something is sent to them.

use std::sync::LazyLock;

use espalier_kernel::{Bind, Id, Mint, Moment};
use espalier_notify::{Directory, Need, NoticeKind, Pace, Recipient};
use espalier_store::{Fault, FromRow, Row, Statement, Tx};
use espalier_web::Later;

use crate::account;
use crate::person::PersonId;

/// Somebody is invited, and gets a link to choose a password.
pub static INVITED: NoticeKind = NoticeKind {
    word: "invited",
    title: "You are invited to Espalier",
    sentence: "Somebody invites you to Espalier. Choose a password with this link; it works once, within seven days.",
    action: "Choose a password",
    need: Need::Essential,
    pace: Pace::AtOnce,
};

/// Somebody who has a password gets a new link.
pub static WAY_IN_MADE: NoticeKind = NoticeKind {
    word: "way-in-made",
    title: "Somebody made a new way into your account",
    sentence: "An administrator made a link with which a new password can be chosen for your account. If you did not \
               ask for one, talk to them soon.",
    action: "See who it was",
    need: Need::Essential,
    pace: Pace::AtOnce,
};

/// Somebody used it.
pub static WAY_IN_USED: NoticeKind = NoticeKind {
    word: "way-in-used",
    title: "A new way into your account was used",
    sentence: "Somebody chose a new password for your account. If it was not you, talk to an administrator whom you \
               trust at once.",
    action: "See when it was",
    need: Need::Essential,
    pace: Pace::AtOnce,
};

/// All kinds of notices of this room.
pub static NOTICES: &[&NoticeKind] = &[&INVITED, &WAY_IN_MADE, &WAY_IN_USED];

/// Where somebody reads who made a way into their account. Each is told for itself, so each has an address.
#[must_use]
pub fn way_in_path(way: Id) -> String {
    format!("/me/read-log#{way}")
}

/// How many are looked up at once.
const TOGETHER: usize = 50;

/// So many people, whether they have left or not.
static FIND: LazyLock<Statement> = LazyLock::new(|| {
    let places: Vec<String> = (0..TOGETHER).map(|place| format!("${}", place + 2)).collect();
    Statement::compose(
        "REACHABLE",
        format!(
            "select p.id, p.name, p.email, cast(case when (p.left_on is null or p.left_on > $1) and \
             (a.state is null or a.state = 'active') then 1 else 0 end as bigint) from person p \
             left join account a on a.person = p.id where p.id in ({})",
            places.join(", ")
        ),
    )
});

/// The statements of this file that are put together.
#[must_use]
pub fn statements() -> Vec<Statement> {
    vec![*FIND]
}

struct Found(Recipient);

impl FromRow for Found {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        let recipient =
            Recipient { person: row.take()?, name: row.take()?, email: row.take()?, is_here: row.take()? };
        Ok(Self(recipient))
    }
}

/// The people of this database, as whoever sends to them sees them.
#[derive(Debug, Clone, Copy)]
pub struct PeopleDirectory;

impl Directory for PeopleDirectory {
    fn find<'a>(
        &'a self,
        tx: &'a mut Tx,
        people: &'a [Id],
        now: Moment,
    ) -> Later<'a, Result<Vec<Recipient>, Fault>> {
        Box::pin(async move {
            let today = now.date();
            let mut all = Vec::with_capacity(people.len());
            for some in people.chunks(TOGETHER) {
                // The places that nobody needs ask for the first once more.
                let ids: Vec<Id> =
                    some.iter().copied().chain(std::iter::repeat(some[0])).take(TOGETHER).collect();
                let values: Vec<&dyn Bind> = std::iter::once(&today as &dyn Bind)
                    .chain(ids.iter().map(|id| id as &dyn Bind))
                    .collect();
                all.extend(tx.all::<Found>(&FIND, &values).await?.into_iter().map(|Found(one)| one));
            }
            Ok(all)
        })
    }

    fn make_door<'a>(
        &'a self,
        tx: &'a mut Tx,
        mint: &'a Mint,
        person: Id,
        now: Moment,
    ) -> Later<'a, Result<String, Fault>> {
        Box::pin(async move {
            let secret = account::add_invitation(tx, mint, PersonId::new(person), now).await?;
            Ok(format!("/invitations/{}", secret.reveal()))
        })
    }
}
