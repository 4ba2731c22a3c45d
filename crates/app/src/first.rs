//! The first administrator: somebody without a name yet, to whom a new installation gives a link.

use espalier_kernel::{Mint, Moment, Secret, folded};
use espalier_people::account;
use espalier_people::person::{PersonId, Role};
use espalier_people::queries as people;
use espalier_store::{Fault, Statement, Store, Tx};

const ADMINISTRATOR: Statement = Statement {
    name: "ADMINISTRATOR",
    sql: "select g.person from role_grant g join account a on a.person = g.person where g.role = 'administrator' \
          and g.standing = 'confirmed' and g.until_on is null and a.state = 'active' limit 1",
};

/// Finds a row when an organisation lives here: somebody who said who they are, or a framework.
pub const LIVES_HERE: Statement = Statement {
    name: "LIVES_HERE",
    sql: "select cast(1 as bigint) from person where email <> 'first-administrator@invalid' \
          union all select cast(1 as bigint) from framework_version limit 1",
};

const ADD_ADMINISTRATOR: Statement = Statement {
    name: "ADD_ADMINISTRATOR",
    sql: "insert into person (id, name, sort_key, kind, email, pronouns, job_title, team, location, time_zone, \
          working_hours, languages, started_on, left_on, version) \
          values ($1, $2, $3, 'member', $4, '', 'Administrator', null, '', 'UTC', '', '', null, null, 1)",
};

/// Whether some administrator can sign in.
///
/// # Errors
///
/// When the database fails.
pub async fn is_there(store: &Store) -> Result<bool, Fault> {
    let mut tx = store.read().await?;
    Ok(tx.first::<(PersonId,)>(&ADMINISTRATOR, &[]).await?.is_some())
}

/// Whether an organisation lives here, or only what a server writes when it starts.
///
/// # Errors
///
/// When the database fails.
pub async fn is_inhabited(tx: &mut Tx) -> Result<bool, Fault> {
    Ok(tx.first::<(i64,)>(&LIVES_HERE, &[]).await?.is_some())
}

/// A new secret that makes its bearer the administrator; one given before opens nothing any more.
///
/// # Errors
///
/// When the database fails.
pub async fn invite(store: &Store, mint: &Mint, now: Moment) -> Result<Secret, Fault> {
    let mut tx = store.write().await?;
    let known: Option<(PersonId, String)> = tx.first(&people::BY_EMAIL, &[&account::NO_ADDRESS]).await?;
    let person = match known {
        Some((person, _)) => person,
        None => {
            let person = PersonId::new(mint.id(now));
            let name = "First administrator";
            tx.run(&ADD_ADMINISTRATOR, &[&person, &name, &folded(name), &account::NO_ADDRESS]).await?;
            let nothing: Option<String> = None;
            for role in [Role::Administrator, Role::FrameworkOwner] {
                let grant = mint.id(now);
                tx.run(&people::ADD_ROLE, &[&grant, &person, &role, &nothing, &now.date(), &nothing]).await?;
            }
            person
        }
    };
    let secret = account::invite(&mut tx, mint, person, now).await?;
    tx.commit().await?;
    Ok(secret)
}
