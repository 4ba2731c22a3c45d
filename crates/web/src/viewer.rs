use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use espalier_access::{Action, Decision, Kind, Permit, Policy, Record, Relation, Relations, State, Terms};
use espalier_kernel::{Date, Id, Moment, Secret, words};
use espalier_store::{Fault, FromRow, Row, Statement, Tx};
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::WebError;

/// The secret that a request carries, as it is kept: hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// How it came.
    pub kind: PassageKind,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub hash: String,
}

/// How a secret came with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassageKind {
    /// In the cookie of a browser.
    SignIn,
    /// As a bearer token of a program.
    Token,
}

impl Passage {
    /// The passage for a secret as text. Only the hash is kept.
    #[must_use]
    pub fn new(kind: PassageKind, secret: &str) -> Self {
        Self { kind, hash: Self::hash_of(secret) }
    }

    /// How a secret is kept.
    #[must_use]
    pub fn hash_of(secret: &str) -> String {
        Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// How a fresh secret is kept.
    #[must_use]
    pub fn hash_of_secret(secret: &Secret) -> String {
        Self::hash_of(&secret.reveal())
    }
}

words! {
    /// What an API token may be used for.
    pub enum Scope {
        /// Only reading.
        Read = "read",
        /// Reading and changing.
        Write = "write",
    }
}

/// Who is asking, on which day of theirs.
#[derive(Clone)]
pub struct Viewer {
    /// The person.
    pub person: Id,
    /// Their name.
    pub name: String,
    /// Whether they are a guest from outside.
    pub is_guest: bool,
    /// The relations that hold whatever the subject: administrator, framework owner and the like, for menus only.
    pub roles: Relations,
    /// Where they are in time.
    pub zone: TimeZone,
    /// The day it is where they are.
    pub today: Date,
    /// What time it is.
    pub now: Moment,
    /// The sign-in or token they came with.
    pub passage: Id,
    /// What a token may do; sign-ins may write.
    pub scope: Scope,
    /// When they last proved who they are.
    pub proved_at: Moment,
    /// The secret against forged forms.
    pub form_token: String,
    /// The rules that come with them.
    pub access: Access,
}

/// The rules and lookups that come with a viewer, and what they read so far.
#[derive(Clone)]
pub struct Access {
    policy: Arc<Policy>,
    lookups: Arc<Lookups>,
    reads: Reads,
}

impl Access {
    /// The rules, and nothing read yet.
    #[must_use]
    pub fn new(policy: Arc<Policy>, lookups: Arc<Lookups>) -> Self {
        Self { policy, lookups, reads: Reads::default() }
    }

    /// The same, writing down reads where somebody waits to keep them.
    #[must_use]
    pub fn noting(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }
}

/// What was read during one request, to be kept before the answer leaves.
#[derive(Clone, Debug, Default)]
pub struct Reads(Arc<Mutex<Vec<Read>>>);

impl Reads {
    /// Takes what was noted.
    #[must_use]
    pub fn take(&self) -> Vec<Read> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, read: Read) {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !reads.contains(&read) {
            reads.push(read);
        }
    }
}

/// Somebody read something about somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// When.
    pub at: Moment,
    /// Who read.
    pub reader: Id,
    /// About whom.
    pub subject: Id,
    /// The kind of record.
    pub kind: &'static str,
    /// The rule that allowed it.
    pub rule: &'static str,
}

/// What somebody asks about: whose it is and, where rules look at single records, which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The person or thing it is about.
    pub subject: Id,
    /// The record, for relations that hold to one record only: shares, talks.
    pub record: Option<Id>,
}

impl About {
    /// One record of somebody's.
    #[must_use]
    pub const fn record(subject: Id, record: Id) -> Self {
        Self { subject, record: Some(record) }
    }
}

impl From<Id> for About {
    fn from(subject: Id) -> Self {
        Self { subject, record: None }
    }
}

/// One statement for each kind that finds the viewer's relations to a subject, made from the policy when the
/// application starts.
#[derive(Debug)]
pub struct Lookups {
    by_kind: HashMap<&'static str, Lookup>,
}

#[derive(Debug)]
struct Lookup {
    relations: Vec<Relation>,
    statement: Statement,
}

impl Lookups {
    /// Makes the statements.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        let terms = Terms { viewer: "$1", subject: "$2", record: "$4", today: "$3", state: "''" };
        let by_kind = policy
            .kinds()
            .iter()
            .map(|kind| {
                let relations = policy.relations_of(kind);
                let columns: Vec<String> = relations
                    .iter()
                    .map(|&relation| {
                        format!(
                            "cast(case when {} then 1 else 0 end as bigint)",
                            policy.relation_sql(relation, terms)
                        )
                    })
                    .collect();
                // All parameters stand in the statement, whichever relations do, and have a type.
                let sql = format!(
                    "select {} from (select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text)) \
                     as asked",
                    columns.join(", ")
                );
                let lookup = Lookup { relations, statement: Statement::compose(kind.name, sql) };
                (kind.name, lookup)
            })
            .collect();
        Self { by_kind }
    }

    /// The statements, for the test that prepares each on both engines.
    pub fn statements(&self) -> impl Iterator<Item = Statement> {
        self.by_kind.values().map(|lookup| lookup.statement)
    }

    /// The viewer's relations to a subject and a record of theirs, as far as they decide about a kind.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn relations(
        &self,
        tx: &mut Tx,
        kind: &Kind,
        viewer: Id,
        about: About,
        today: Date,
    ) -> Result<Relations, Fault> {
        let Some(lookup) = self.by_kind.get(kind.name) else { return Ok(Relations::NONE) };
        let record = about.record.map(|record| record.to_string()).unwrap_or_default();
        let found: Option<Flags> =
            tx.first(&lookup.statement, &[&viewer, &about.subject, &today, &record]).await?;
        let flags = found.map(|Flags(bits)| bits).unwrap_or_default();
        Ok(lookup
            .relations
            .iter()
            .enumerate()
            .filter(|(place, _)| flags >> place & 1 == 1)
            .map(|(_, &relation)| relation)
            .collect())
    }
}

/// A row of yes and no, as bits from the left.
struct Flags(u64);

impl FromRow for Flags {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        let mut bits = 0;
        for place in 0..row.width() {
            bits |= u64::from(row.take::<bool>()?) << place;
        }
        Ok(Self(bits))
    }
}

impl Viewer {
    /// Asks whether this viewer may do something with a record of kind `R` about `subject`. Without permission
    /// the record does not exist for them.
    ///
    /// # Errors
    ///
    /// [`WebError::NotFound`] when they may not; a fault when the database fails.
    pub async fn permit<R: Record>(
        &self,
        tx: &mut Tx,
        action: Action,
        about: impl Into<About>,
        state: State,
    ) -> Result<Permit<R>, WebError> {
        self.try_permit(tx, action, about, state).await?.ok_or(WebError::NotFound)
    }

    /// The same, where "no" only means that a part of the page is left out.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn try_permit<R: Record>(
        &self,
        tx: &mut Tx,
        action: Action,
        about: impl Into<About>,
        state: State,
    ) -> Result<Option<Permit<R>>, Fault> {
        let about = about.into();
        if self.scope == Scope::Read && !matches!(action, Action::Read | Action::Discover) {
            return Ok(None);
        }
        let relations = self.access.lookups.relations(tx, R::KIND, self.person, about, self.today).await?;
        let permit = self.access.policy.permit::<R>(action, relations, state);
        if let Some(permit) = &permit
            && action == Action::Read
            && R::KIND.class.reads_are_logged()
            && about.subject != self.person
        {
            self.note_read(about.subject, R::KIND, permit.rule().id);
        }
        Ok(permit)
    }

    /// The decision alone, for a page that explains it. Nothing is read, nothing is logged.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn decide(
        &self,
        tx: &mut Tx,
        kind: &Kind,
        action: Action,
        about: impl Into<About>,
        state: State,
    ) -> Result<Decision, Fault> {
        let relations =
            self.access.lookups.relations(tx, kind, self.person, about.into(), self.today).await?;
        Ok(self.access.policy.decide(kind, action, relations, state))
    }

    /// The rules of the house.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.access.policy
    }

    fn note_read(&self, subject: Id, kind: &'static Kind, rule: &'static str) {
        let read = Read { at: self.now, reader: self.person, subject, kind: kind.name, rule };
        self.access.reads.note(read);
    }
}
