use std::borrow::Cow;

/// Something went wrong between us and the database. Ours to mend, never the reader's: logged once, at the door.
/// Its text names the statement and never a value.
#[derive(Debug, thiserror::Error)]
#[error("{what} failed")]
pub struct Fault {
    what: Cow<'static, str>,
    kind: FaultKind,
    #[source]
    source: Option<DriverError>,
}

/// What the drivers say. Their texts name tables and columns and never a value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DriverError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error(transparent)]
    Postgres(#[from] sqlx::Error),
    #[error("the file cannot be made")]
    File(#[from] std::io::Error),
    #[error("no connection was free for too long")]
    Busy,
    #[error("the database is closed")]
    Closed,
    #[error("something in this transaction failed before")]
    Failed,
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
    pub(crate) fn new(what: impl Into<Cow<'static, str>>, source: impl Into<DriverError>) -> Self {
        let source = source.into();
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

fn kind_of(error: &DriverError) -> FaultKind {
    match error {
        DriverError::Busy | DriverError::Postgres(sqlx::Error::PoolTimedOut) => FaultKind::Busy,
        DriverError::Sqlite(error) => {
            error.sqlite_error().map_or(FaultKind::Other, |error| of_sqlite(error.extended_code))
        }
        DriverError::Postgres(sqlx::Error::Database(error)) => {
            error.code().map_or(FaultKind::Other, |code| of_postgres(&code))
        }
        DriverError::Postgres(_) | DriverError::File(_) | DriverError::Closed | DriverError::Failed => {
            FaultKind::Other
        }
    }
}

fn of_sqlite(code: i32) -> FaultKind {
    use rusqlite::ffi;
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => FaultKind::AlreadyThere,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => FaultKind::Dangling,
        ffi::SQLITE_FULL => FaultKind::Full,
        ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => FaultKind::Lost,
        // With its variants, whose lowest byte is the same.
        _ if code & 0xff == ffi::SQLITE_BUSY => FaultKind::Busy,
        _ => FaultKind::Other,
    }
}

/// A PostgreSQL server whose disk did not keep something ends itself.
fn of_postgres(code: &str) -> FaultKind {
    match code {
        "23505" => FaultKind::AlreadyThere,
        "23503" => FaultKind::Dangling,
        "53100" => FaultKind::Full,
        // serialization_failure and deadlock_detected.
        "40001" | "40P01" => FaultKind::Busy,
        _ => FaultKind::Other,
    }
}
