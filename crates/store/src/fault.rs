use std::borrow::Cow;

/// Something went wrong between us and the database. Ours to mend, never the reader's: logged once, at the door.
/// Its text names the statement and never a value.
#[derive(Debug, thiserror::Error)]
#[error("{what} failed")]
pub struct Fault {
    what: Cow<'static, str>,
    kind: FaultKind,
    #[source]
    source: Option<sqlx::Error>,
}

/// What a door may want to treat differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// A row like this is already there.
    AlreadyThere,
    /// A row that this one points to is missing, or still pointed to.
    Dangling,
    /// The disk is full; reading goes on.
    Full,
    /// Somebody else held the database for too long; trying again helps.
    Busy,
    /// The disk did not keep what it was given. Whether it ever will is unknown, so nothing may be acknowledged any
    /// more: the process ends, and what is on disk is read anew.
    Lost,
    /// A stored value is not what the type expects.
    Unreadable,
    /// Anything else.
    Other,
}

impl Fault {
    pub(crate) fn new(what: impl Into<Cow<'static, str>>, source: sqlx::Error) -> Self {
        let kind = kind_of(&source);
        Self { what: what.into(), kind, source: Some(source) }
    }

    pub(crate) fn unreadable(what: impl Into<Cow<'static, str>>) -> Self {
        Self { what: what.into(), kind: FaultKind::Unreadable, source: None }
    }

    /// Something that must be there is not.
    #[must_use]
    pub fn missing(what: &'static str) -> Self {
        Self { what: Cow::Borrowed(what), kind: FaultKind::Unreadable, source: None }
    }

    /// The part that does this has stopped.
    #[must_use]
    pub fn closed(what: &'static str) -> Self {
        Self { what: Cow::Borrowed(what), kind: FaultKind::Other, source: None }
    }

    /// Something was lost before, so nothing more is written.
    pub(crate) const fn lost(what: &'static str) -> Self {
        Self { what: Cow::Borrowed(what), kind: FaultKind::Lost, source: None }
    }

    /// The same fault for somebody else who waited for the same thing; its source was told once.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { what: self.what.clone(), kind: self.kind, source: None }
    }

    /// What kind of fault it is.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }
}

fn kind_of(error: &sqlx::Error) -> FaultKind {
    match error {
        sqlx::Error::PoolTimedOut => FaultKind::Busy,
        sqlx::Error::Database(database) if database.is_unique_violation() => FaultKind::AlreadyThere,
        sqlx::Error::Database(database) if database.is_foreign_key_violation() => FaultKind::Dangling,
        sqlx::Error::Database(database) => match database.code().as_deref() {
            // SQLITE_FULL, and PostgreSQL's disk_full.
            Some("13" | "53100") => FaultKind::Full,
            // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC; a PostgreSQL server ends itself.
            Some("1034" | "1290") => FaultKind::Lost,
            // SQLITE_BUSY with its variants; PostgreSQL's serialization_failure and deadlock_detected.
            Some("5" | "261" | "517" | "40001" | "40P01") => FaultKind::Busy,
            _ => FaultKind::Other,
        },
        _ => FaultKind::Other,
    }
}
