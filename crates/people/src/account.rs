//! How somebody gets in: invitations, passwords, sign-ins, tokens. Secrets are kept as hashes only.

use espalier_kernel::{Date, Id, Mint, Moment, Secret};
use espalier_store::{Fault, FromRow, Row, Tx, queries};
use espalier_web::{Passage, Scope};

use crate::person::{PersonId, PersonKind};

/// Signed out after so long without a page.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// Signed out after so long in any case.
pub const LONGEST_SECONDS: i64 = 12 * 60 * 60;
/// An invitation opens for so long.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 60 * 60;
/// Failed attempts count for so long.
const ATTEMPT_SECONDS: i64 = 15 * 60;
/// So many failed attempts for one e-mail address, then a pause.
const MOST_ATTEMPTS_EMAIL: i64 = 10;
/// So many from one network address: a whole office may share one.
const MOST_ATTEMPTS_ADDRESS: i64 = 100;
/// The shortest password.
pub const SHORTEST_PASSWORD: usize = 12;

queries! {
    /// Who carries the secret of a sign-in.
    BY_SIGN_IN = "select s.id, p.id, p.name, p.kind, p.time_zone, s.proved_at, s.seen_at, 'write', \
                  coalesce((select string_agg(g.role, ' ') from role_grant g where g.person = p.id \
                  and g.standing = 'confirmed' and g.from_on <= $4 and (g.until_on is null or g.until_on > $4)), '') \
                  from sign_in s join person p on p.id = s.person left join account a on a.person = p.id \
                  where s.secret_hash = $1 and s.ended_at is null and s.expires_at > $2 and s.seen_at > $3 \
                  and (a.state is null or a.state = 'active') and (p.left_on is null or p.left_on > $4)";
    /// Who carries the secret of an API token.
    BY_TOKEN = "select s.id, p.id, p.name, p.kind, p.time_zone, s.made_at, $3, s.scope, \
                coalesce((select string_agg(g.role, ' ') from role_grant g where g.person = p.id \
                and g.standing = 'confirmed' and g.from_on <= $4 and (g.until_on is null or g.until_on > $4)), '') \
                from api_token s join person p on p.id = s.person left join account a on a.person = p.id \
                where s.secret_hash = $1 and s.ended_at is null and s.expires_at > $2 \
                and (a.state is null or a.state = 'active') and (p.left_on is null or p.left_on > $4)";
    /// A sign-in was used.
    SEEN = "update sign_in set seen_at = $2 where id = $1 and seen_at < $2";
    /// Who signs in with an address.
    CREDENTIALS = "select p.id, p.name, a.password from person p join account a on a.person = p.id \
                   where p.email = $1 and a.state = 'active' and (p.left_on is null or p.left_on > $2)";
    /// A new sign-in.
    ADD_SIGN_IN = "insert into sign_in (id, secret_hash, person, device, proved_at, seen_at, expires_at, ended_at) \
                   values ($1, $2, $3, $4, $5, $5, $6, null)";
    /// One sign-in ended.
    END_SIGN_IN = "update sign_in set ended_at = $3 where id = $1 and person = $2 and ended_at is null";
    /// All sign-ins ended but one.
    END_OTHER_SIGN_INS = "update sign_in set ended_at = $3 where person = $1 and id <> $2 and ended_at is null";
    /// Open sign-ins of a person.
    SIGN_INS = "select id, device, proved_at, seen_at from sign_in where person = $1 and ended_at is null \
                and expires_at > $2 and seen_at > $3 order by seen_at desc limit 50";
    /// Open tokens of a person.
    TOKENS = "select id, name, scope, made_at, expires_at from api_token where person = $1 and ended_at is null \
              and expires_at > $2 order by made_at desc limit 50";
    /// A new token.
    ADD_TOKEN = "insert into api_token (id, secret_hash, person, name, scope, made_at, expires_at, ended_at) \
                 values ($1, $2, $3, $4, $5, $6, $7, null)";
    /// A token ended.
    END_TOKEN = "update api_token set ended_at = $3 where id = $1 and person = $2 and ended_at is null";
    /// All tokens of a person ended.
    END_TOKENS = "update api_token set ended_at = $2 where person = $1 and ended_at is null";
    /// A new invitation.
    ADD_INVITATION = "insert into invitation (id, secret_hash, person, made_at, expires_at, used_at) \
                      values ($1, $2, $3, $4, $5, null)";
    /// Earlier invitations of a person open nothing any more.
    END_INVITATIONS = "update invitation set used_at = $2 where person = $1 and used_at is null";
    /// Whom an invitation is for.
    INVITED = "select i.id, p.id, p.name, p.email from invitation i join person p on p.id = i.person \
               where i.secret_hash = $1 and i.used_at is null and i.expires_at > $2 \
               and (p.left_on is null or p.left_on > $3)";
    /// An invitation used, by the first who comes.
    USE_INVITATION = "update invitation set used_at = $2 where id = $1 and used_at is null";
    /// A password set.
    SET_PASSWORD = "insert into account (person, password, state, changed_at) values ($1, $2, 'active', $3) \
                    on conflict (person) do update set password = excluded.password, changed_at = excluded.changed_at";
    /// The password of a person.
    PASSWORD = "select password from account where person = $1";
    /// An account opened or closed.
    SET_STATE = "insert into account (person, password, state, changed_at) values ($1, null, $2, $3) \
                 on conflict (person) do update set state = excluded.state, changed_at = excluded.changed_at";
    /// Whether an account is open.
    STATE = "select state from account where person = $1";
    /// Name and address that the first administrator gives themselves.
    SET_IDENTITY = "update person set name = $2, sort_key = $3, email = $4, time_zone = $5, version = version + 1 \
                    where id = $1";
    /// A failed attempt.
    ADD_ATTEMPT = "insert into sign_in_attempt (id, key, at) values ($1, $2, $3)";
    /// Failed attempts with a key since a moment.
    ATTEMPTS = "select cast(count(*) as bigint) from sign_in_attempt where key = $1 and at > $2";
    /// Attempts that no longer count.
    FORGET_ATTEMPTS = "delete from sign_in_attempt where at < $1";
    /// An attempt that was right.
    TAKE_BACK = "delete from sign_in_attempt where id = $1";
}

/// Somebody who carries a secret that opens a door.
#[derive(Debug)]
pub struct Bearer {
    /// The sign-in or token.
    pub passage: Id,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Member or guest.
    pub kind: PersonKind,
    /// Their time zone.
    pub time_zone: String,
    /// When they last proved who they are.
    pub proved_at: Moment,
    /// When it was last used.
    pub seen_at: Moment,
    /// What it may do.
    pub scope: Scope,
    /// The roles they hold, with spaces between.
    pub roles: String,
}

impl FromRow for Bearer {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            passage: row.take()?,
            person: row.take()?,
            name: row.take()?,
            kind: row.take()?,
            time_zone: row.take()?,
            proved_at: row.take()?,
            seen_at: row.take()?,
            scope: row.take()?,
            roles: row.take()?,
        })
    }
}

/// An open sign-in, for the person's own list.
#[derive(Debug, Clone)]
pub struct SignInLine {
    /// Its id.
    pub id: Id,
    /// The browser, in a few words.
    pub device: String,
    /// Since when.
    pub proved_at: Moment,
    /// Last used.
    pub seen_at: Moment,
}

impl FromRow for SignInLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { id: row.take()?, device: row.take()?, proved_at: row.take()?, seen_at: row.take()? })
    }
}

/// An open token, for the person's own list.
#[derive(Debug, Clone)]
pub struct TokenLine {
    /// Its id.
    pub id: Id,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// Since when.
    pub made_at: Moment,
    /// Until when.
    pub expires_at: Moment,
}

impl FromRow for TokenLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            name: row.take()?,
            scope: row.take()?,
            made_at: row.take()?,
            expires_at: row.take()?,
        })
    }
}

/// Somebody who holds an invitation.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The invitation.
    pub invitation: Id,
    /// Whom it is for.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
}

impl FromRow for Invited {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { invitation: row.take()?, person: row.take()?, name: row.take()?, email: row.take()? })
    }
}

/// The address of somebody who has not said yet who they are: the first administrator.
pub const NO_ADDRESS: &str = "first-administrator@invalid";

impl Invited {
    /// Whether they still have to say who they are.
    #[must_use]
    pub fn is_first_administrator(&self) -> bool {
        self.email == NO_ADDRESS
    }
}

/// What is wrong with a new password, if anything.
#[must_use]
pub fn password_problem(password: &str, name: &str, email: &str) -> Option<&'static str> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Some("Use at least 12 characters. Three or four words that do not belong together are good.");
    }
    if password.len() > 1000 {
        return Some("Use at most 1,000 characters.");
    }
    let small = password.to_lowercase();
    let is_guessable = small == email.to_lowercase()
        || small.replace(' ', "") == name.to_lowercase().replace(' ', "")
        || small.chars().all(|c| small.starts_with(c))
        || ["password", "123456789012", "qwertyuiop", "espalier"]
            .iter()
            .any(|known| small.starts_with(known));
    is_guessable.then_some("This password is easy to guess. Take one that nobody would think of.")
}

/// An attempt to prove who somebody is. It counts from before anything is compared, so that many at the same moment
/// count as many; one that was right is taken back.
#[derive(Debug)]
#[must_use]
pub struct Attempt([Id; 2]);

impl Attempt {
    /// It was right after all.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn take_back(self, tx: &mut Tx) -> Result<(), Fault> {
        for id in self.0 {
            tx.run(&TAKE_BACK, &[&id]).await?;
        }
        Ok(())
    }
}

/// Counts an attempt by hashes only, and remembers it for a while; or says how many seconds somebody has to wait before
/// the next one. Commit before comparing.
///
/// # Errors
///
/// When the database fails.
pub async fn count_attempt(
    tx: &mut Tx,
    mint: &Mint,
    email: &str,
    address: &str,
    now: Moment,
) -> Result<Result<Attempt, i64>, Fault> {
    let since = now.plus_seconds(-ATTEMPT_SECONDS);
    let keys = [email_key(email), address_key(address)];
    for (key, most) in keys.iter().zip([MOST_ATTEMPTS_EMAIL, MOST_ATTEMPTS_ADDRESS]) {
        // Nobody else counts the same until this transaction ends.
        tx.lock(key).await?;
        let count: Option<(i64,)> = tx.first(&ATTEMPTS, &[key, &since]).await?;
        if count.is_some_and(|(count,)| count >= most) {
            return Ok(Err(ATTEMPT_SECONDS));
        }
    }
    tx.run(&FORGET_ATTEMPTS, &[&since]).await?;
    let ids = [mint.id(now), mint.id(now)];
    for (id, key) in ids.iter().zip(&keys) {
        tx.run(&ADD_ATTEMPT, &[id, key, &now]).await?;
    }
    Ok(Ok(Attempt(ids)))
}

/// The key for attempts of somebody who is signed in already and proves once more who they are.
#[must_use]
pub fn proof_key(person: Id) -> String {
    format!("proof {person}")
}

fn email_key(email: &str) -> String {
    Passage::hash_of(&format!("email {}", email.trim().to_lowercase()))
}

fn address_key(address: &str) -> String {
    Passage::hash_of(&format!("address {address}"))
}

/// Opens a sign-in and gives the secret for the cookie.
///
/// # Errors
///
/// When the database fails.
pub async fn sign_in(
    tx: &mut Tx,
    mint: &Mint,
    person: PersonId,
    device: &str,
    now: Moment,
) -> Result<Secret, Fault> {
    let secret = mint.secret();
    let hash = Passage::hash_of_secret(&secret);
    let until = now.plus_seconds(LONGEST_SECONDS);
    tx.run(&ADD_SIGN_IN, &[&mint.id(now), &hash, &person, &device, &now, &until]).await?;
    Ok(secret)
}

/// One more invitation, beside earlier ones: each opens until one of them was used.
///
/// # Errors
///
/// When the database fails.
pub async fn add_invitation(
    tx: &mut Tx,
    mint: &Mint,
    person: PersonId,
    now: Moment,
) -> Result<Secret, Fault> {
    let secret = mint.secret();
    let until = now.plus_seconds(INVITATION_SECONDS);
    let hash = Passage::hash_of_secret(&secret);
    tx.run(&ADD_INVITATION, &[&mint.id(now), &hash, &person, &now, &until]).await?;
    Ok(secret)
}

/// Makes an invitation; earlier ones of the same person open nothing any more.
///
/// # Errors
///
/// When the database fails.
pub async fn invite(tx: &mut Tx, mint: &Mint, person: PersonId, now: Moment) -> Result<Secret, Fault> {
    tx.run(&END_INVITATIONS, &[&person, &now]).await?;
    add_invitation(tx, mint, person, now).await
}

/// Whom an invitation is for, if it still opens.
///
/// # Errors
///
/// When the database fails.
pub async fn invited(tx: &mut Tx, secret: &str, now: Moment, today: Date) -> Result<Option<Invited>, Fault> {
    tx.first(&INVITED, &[&Passage::hash_of(secret), &now, &today]).await
}

/// A browser in a few words, from what it says of itself.
#[must_use]
pub fn device_of(user_agent: &str) -> String {
    let browser = [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
        .iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map_or("A browser", |(_, name)| name);
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]
    .iter()
    .find(|(mark, _)| user_agent.contains(mark))
    .map_or("", |(_, name)| name);
    if system.is_empty() { browser.to_owned() } else { format!("{browser} on {system}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_passwords_are_refused_with_a_hint() {
        for guess in
            ["short", "aaaaaaaaaaaaaaa", "ada marsh", "Ada Marsh Xy", "password1234", "ada@example.org"]
        {
            let problem = password_problem(guess, "Ada Marsh Xy", "ada@example.org");
            assert!(problem.is_some(), "{guess}");
        }
        assert_eq!(password_problem("a cart of blue onions", "Ada Marsh", "ada@example.org"), None);
    }

    #[test]
    fn a_device_is_named_in_a_few_words() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604.1";
        assert_eq!(device_of(phone), "Safari on iPhone");
        assert_eq!(device_of("curl/8"), "A browser");
    }
}
