//! What is asked about frameworks.

use espalier_kernel::{Id, Moment, id, words};
use espalier_store::{Fault, FromRow, Row, queries};

id! {
    /// One version of a framework.
    pub struct VersionId;
}

words! {
    /// Where a version stands.
    pub enum VersionState {
        /// Being prepared.
        Draft = "draft",
        /// In force.
        Published = "published",
        /// No longer in force, kept for those who were assessed against it.
        Legacy = "legacy",
        /// Published by mistake and taken back.
        Withdrawn = "withdrawn",
    }
}

queries! {
    /// The frameworks that have a version in force.
    LIBRARY = "select f.id, f.name, v.id, v.version, v.state, v.digest, v.made_at, v.published_at from framework f \
               join framework_version v on v.id = f.current order by f.sort_key, f.id";
    /// Drafts of all frameworks, newest first.
    DRAFTS = "select f.id, f.name, v.id, v.version, v.state, v.digest, v.made_at, v.published_at from framework_version v \
              join framework f on f.id = v.framework where v.state = 'draft' order by v.made_at desc, v.id desc limit 100";
    /// The versions of one framework, newest first.
    VERSIONS = "select f.id, f.name, v.id, v.version, v.state, v.digest, v.made_at, v.published_at from framework_version v \
                join framework f on f.id = v.framework where f.id = $1 order by v.made_at desc, v.id desc limit 200";
    /// The version in force.
    CURRENT = "select f.id, f.name, v.id, v.version, v.state, v.digest, v.made_at, v.published_at from framework f \
               join framework_version v on v.id = f.current where f.id = $1";
    /// The version that was in force before another.
    BEFORE = "select f.id, f.name, v.id, v.version, v.state, v.digest, v.made_at, v.published_at from framework_version v \
              join framework f on f.id = v.framework where v.framework = $1 and v.id <> $2 and v.published_at <= $3 \
              and v.state in ('legacy', 'published') order by v.published_at desc, v.made_at desc, v.id desc limit 1";
    /// One version by its id.
    BY_ID = "select f.id, f.name, v.id, v.version, v.state, v.digest, v.made_at, v.published_at from framework_version v \
             join framework f on f.id = v.framework where v.id = $1";
    /// The text of a version.
    DOCUMENT = "select document from framework_version where id = $1";
    /// What its import had to say.
    REPORT = "select report from framework_version where id = $1";
    /// A framework is known.
    ADD_FRAMEWORK = "insert into framework (id, name, sort_key, current) values ($1, $2, $3, null) \
                     on conflict (id) do nothing";
    /// A new draft.
    ADD_DRAFT = "insert into framework_version (id, framework, version, state, digest, document, report, made_at, \
                 made_by, published_at, published_by) values ($1, $2, $3, 'draft', $4, $5, $6, $7, $8, null, null)";
    /// A draft nobody wants.
    DROP_DRAFT = "delete from framework_version where id = $1 and state = 'draft'";
    /// A draft becomes a version.
    PUBLISH = "update framework_version set state = 'published', published_at = $2, published_by = $3 \
               where id = $1 and state = 'draft'";
    /// The version before it is kept.
    RETIRE = "update framework_version set state = 'legacy' where framework = $1 and state = 'published' and id <> $2";
    /// What people read from now on.
    SET_CURRENT = "update framework set current = $2, name = $3, sort_key = $4 where id = $1";
    /// Whether a version of this name was published before.
    TAKEN = "select id from framework_version where framework = $1 and version = $2 and state <> 'draft'";
}

/// A version without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// The framework.
    pub framework: String,
    /// Its name.
    pub name: String,
    /// The version's id.
    pub id: VersionId,
    /// What it is called: `2.0.0`.
    pub version: String,
    /// Where it stands.
    pub state: VersionState,
    /// The digest of its text.
    pub digest: String,
    /// When it was made.
    pub made_at: Moment,
    /// When it was published.
    pub published_at: Option<Moment>,
}

impl FromRow for VersionLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            framework: row.take()?,
            name: row.take()?,
            id: row.take()?,
            version: row.take()?,
            state: row.take()?,
            digest: row.take()?,
            made_at: row.take()?,
            published_at: row.take()?,
        })
    }
}

impl VersionLine {
    /// The state that rules speak of.
    #[must_use]
    pub const fn access_state(&self) -> espalier_access::State {
        match self.state {
            VersionState::Draft => espalier_access::State::Draft,
            VersionState::Published => espalier_access::State::Open,
            VersionState::Legacy => espalier_access::State::Archived,
            VersionState::Withdrawn => espalier_access::State::Withdrawn,
        }
    }

    /// The id under which relations to its framework are looked up.
    #[must_use]
    pub fn subject(&self) -> Id {
        crate::access::subject_of(&self.framework)
    }
}
