use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::tx::{Engine, Watch};
use crate::{Fault, Mode, Tx};

/// Where an organisation's data lives.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file, and the two that SQLite keeps beside it.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(String),
}

/// The address names no database that we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a database is named as sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct NotADatabase;

impl FromStr for Database {
    type Err = NotADatabase;

    fn from_str(text: &str) -> Result<Self, NotADatabase> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            _ => Err(NotADatabase),
        }
    }
}

/// The engine and, for a file, where it is. A PostgreSQL address may hold a password, so it is not shown.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pools: Pools,
    watch: Arc<Watch>,
}

#[derive(Clone, Debug)]
pub(crate) enum Pools {
    /// Readers beside one writer, which is how SQLite works best.
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    /// A pool of sessions.
    Postgres(PgPool),
}

/// Readers beside the writer on SQLite: more than the cores of a small machine, few enough to stay small.
const READERS: u32 = 4;
/// Sessions of one process on PostgreSQL.
const SESSIONS: u32 = 12;
/// How long to wait for the database before saying that it is busy.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a change waits for the one before it on SQLite. Tens of thousands of people who are taken in at once hold the
/// file for longer than everything else does.
const PATIENCE_OF_WRITERS: Duration = Duration::from_secs(30);

impl Store {
    /// Opens a database, and makes the file if there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or sorts text in another way than by its bytes.
    pub async fn open(database: &Database) -> Result<Self, Fault> {
        match database {
            Database::Sqlite(path) => open_sqlite(path.clone()).await,
            Database::Postgres(address) => open_postgres(address).await,
        }
        .map_err(|source| Fault::new("opening the database", source))
    }

    /// Makes an empty database on a PostgreSQL server, sorted by bytes as we need it, and says how to open it.
    ///
    /// # Errors
    ///
    /// When the server refuses, or has one of that name.
    pub async fn make_database(server: &str, name: &str) -> Result<Database, Fault> {
        let fault = |source| Fault::new("making a database", source);
        let is_plain =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !is_plain {
            return Err(Fault::missing("a plain name for the database"));
        }
        let options = PgConnectOptions::from_str(server).map_err(fault)?;
        let mut connection = sqlx::PgConnection::connect_with(&options).await.map_err(fault)?;
        let sql =
            format!("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.map_err(fault)?;
        connection.close().await.map_err(fault)?;
        let (before, query) = server.split_once('?').map_or((server, ""), |(before, query)| (before, query));
        let base = before.rsplit_once('/').filter(|(base, _)| base.contains("://") && !base.ends_with('/'));
        let base = base.map_or(before, |(base, _)| base).trim_end_matches('/');
        let mark = if query.is_empty() { "" } else { "?" };
        Ok(Database::Postgres(format!("{base}/{name}{mark}{query}")))
    }

    /// Begins a transaction that only reads, and sees one moment throughout.
    ///
    /// # Errors
    ///
    /// When the database fails or stays busy.
    pub async fn read(&self) -> Result<Tx, Fault> {
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.begin().await.map(Engine::Sqlite),
            Pools::Postgres(pool) => {
                pool.begin_with("begin isolation level repeatable read read only").await.map(Engine::Postgres)
            }
        };
        inner
            .map(|inner| Tx::new(inner, Mode::Read, self.watch.clone()))
            .map_err(|source| Fault::new("beginning to read", source))
    }

    /// Begins a transaction that may change things.
    ///
    /// # Errors
    ///
    /// When the database fails or stays busy, or the disk lost something before.
    pub async fn write(&self) -> Result<Tx, Fault> {
        if self.is_lost() {
            return Err(Fault::lost("beginning to write"));
        }
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => writer.begin_with("begin immediate").await.map(Engine::Sqlite),
            Pools::Postgres(pool) => pool.begin().await.map(Engine::Postgres),
        };
        inner
            .map(|inner| Tx::new(inner, Mode::Write, self.watch.clone()))
            .map_err(|source| Fault::new("beginning to write", source))
    }

    /// Lets PostgreSQL look at how its tables are filled, so that it finds short ways through them; worth it after many
    /// rows came at once. SQLite finds better ways without: with its statistics the person page was measured seven
    /// times slower.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn learn(&self) -> Result<(), Fault> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres(pool) => sqlx::query("analyze").execute(pool).await.map(drop),
        }
        .map_err(|source| Fault::new("looking at the tables", source))
    }

    /// How many statements ran since it was opened, so that a test can find a page that asks once for each row.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.watch.asked.load(Ordering::Relaxed)
    }

    /// For tests: lets the N-th statement from now fail as if the database had gone; nought lets all pass.
    pub fn fail_statement(&self, nth: i64) {
        self.watch.fails_at.store(nth, Ordering::Relaxed);
    }

    /// Whether the disk did not keep what it was given. Nothing is written any more; the process should end.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.watch.is_lost.load(Ordering::Acquire)
    }

    /// Waits until the disk does not keep what it is given, which hopefully never comes.
    pub async fn lost(&self) {
        let told = self.watch.told.notified();
        if !self.is_lost() {
            told.await;
        }
    }

    /// Closes all connections, so that SQLite can fold its log into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// The engine's name and version, for `espalier doctor`.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn engine(&self) -> Result<String, Fault> {
        let version: Result<String, sqlx::Error> = match &self.pools {
            Pools::Sqlite { readers, .. } => sqlx::query_scalar("select sqlite_version()")
                .fetch_one(readers)
                .await
                .map(|version: String| format!("SQLite {version}")),
            Pools::Postgres(pool) => sqlx::query_scalar("select current_setting('server_version')")
                .fetch_one(pool)
                .await
                .map(|version: String| format!("PostgreSQL {version}")),
        };
        version.map_err(|source| Fault::new("asking for the version", source))
    }

    /// Checks that the file is whole: pages, indexes and references. PostgreSQL checks itself.
    ///
    /// # Errors
    ///
    /// When the database fails; what is broken comes back as sentences.
    pub async fn integrity(&self) -> Result<Vec<String>, Fault> {
        let Pools::Sqlite { readers, .. } = &self.pools else { return Ok(Vec::new()) };
        let fault = |source| Fault::new("checking the file", source);
        let lines: Vec<String> =
            sqlx::query_scalar("pragma integrity_check").fetch_all(readers).await.map_err(fault)?;
        let dangling = sqlx::query("pragma foreign_key_check").fetch_all(readers).await.map_err(fault)?;
        let mut broken: Vec<String> = lines.into_iter().filter(|line| line != "ok").collect();
        if !dangling.is_empty() {
            broken.push(format!("{} rows point to rows that are not there", dangling.len()));
        }
        Ok(broken)
    }
}

async fn open_sqlite(path: PathBuf) -> Result<Store, sqlx::Error> {
    make_private(&path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives a power cut, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE_OF_WRITERS)
        .statement_cache_capacity(512)
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        .pragma("cache_size", "-6000")
        .disable_statement_logging();
    let pool = |most, patience| {
        SqlitePoolOptions::new()
            .max_connections(most)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            // When its disk is full or fails, SQLite ends a transaction by itself, and the driver goes on believing in
            // it: such a connection would never begin another one.
            .after_release(|connection, _| {
                Box::pin(async move {
                    if connection.is_in_transaction() {
                        // Waits until what was asked for at the end of the transaction is done.
                        connection.ping().await?;
                    }
                    Ok(!connection.is_in_transaction())
                })
            })
    };
    // The writer first: it makes the file and its log.
    let writer = pool(1, PATIENCE_OF_WRITERS).connect_with(options.clone()).await?;
    let readers = pool(READERS, PATIENCE)
        .min_connections(READERS)
        .connect_with(options.pragma("query_only", "ON"))
        .await?;
    Ok(Store { pools: Pools::Sqlite { readers, writer }, watch: Arc::default() })
}

/// Makes the file if there is none, for its owner alone; SQLite gives the two beside it the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    match private_file(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

/// A file that was not there before, which only its owner may read.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

async fn open_postgres(address: &str) -> Result<Store, sqlx::Error> {
    let options = PgConnectOptions::from_str(address)?
        .application_name("espalier")
        .statement_cache_capacity(512)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(SESSIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    let collation: String =
        sqlx::query_scalar("select datcollate from pg_database where datname = current_database()")
            .fetch_one(&pool)
            .await?;
    if !matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
        return Err(sqlx::Error::Configuration(
            format!(
                "this database sorts text by the rules of “{collation}”; make one that sorts by bytes: \
                 create database NAME template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
            )
            .into(),
        ));
    }
    Ok(Store { pools: Pools::Postgres(pool), watch: Arc::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_engine() {
        assert_eq!("sqlite:data/e.db".parse(), Ok(Database::Sqlite("data/e.db".into())));
        assert_eq!("sqlite:///var/e.db".parse(), Ok(Database::Sqlite("/var/e.db".into())));
        assert_eq!("postgres://u@h/n".parse(), Ok(Database::Postgres("postgres://u@h/n".to_owned())));
        for wrong in ["", "sqlite:", "mysql://u@h/n", "e.db"] {
            assert_eq!(wrong.parse::<Database>(), Err(NotADatabase), "{wrong}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_files_of_a_new_database_are_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("e.db");
        let store = Store::open(&Database::Sqlite(path)).await.unwrap();
        store.migrate(&[]).await.unwrap();
        let mut seen = Vec::new();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            seen.push((entry.file_name().into_string().unwrap(), format!("{mode:o}")));
        }
        seen.sort();
        let private = ["e.db", "e.db-shm", "e.db-wal"].map(|name| (name.to_owned(), "600".to_owned()));
        assert_eq!(seen, private);
    }

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        let database: Database = "postgres://ada:secret@h/n".parse().unwrap();
        assert_eq!(format!("{database} {database:?}"), "PostgreSQL PostgreSQL");
    }
}
