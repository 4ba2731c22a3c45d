use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::fault::DriverError;
use crate::file::{PATIENCE_OF_WRITERS, Pool};
use crate::tx::{Engine, Watch};
use crate::{Fault, Mode, Statement, Tx};

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
    Sqlite { readers: Pool, writer: Pool },
    /// Connections to a server.
    Postgres(PgPool),
}

/// Connections of one process on PostgreSQL.
const SESSIONS: u32 = 12;
/// How long to wait for the database before saying that it is busy.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// How many may read a file at the same time: more than a small machine has cores, few enough to stay small. Each
    /// reads on a thread of the runtime, which wants so many more than it would have otherwise.
    pub const READERS: u32 = 4;

    /// Opens a database, and makes the file if there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or sorts text in another way than by its bytes.
    pub async fn open(database: &Database) -> Result<Self, Fault> {
        match database {
            Database::Sqlite(path) => open_sqlite(path.clone()),
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
        let inner: Result<Engine, DriverError> = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.begin().await.map(Engine::Sqlite),
            Pools::Postgres(pool) => {
                let begun = pool.begin_with("begin isolation level repeatable read read only").await;
                begun.map(Engine::Postgres).map_err(DriverError::from)
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
        const BEGINNING: &str = "beginning to write";
        if self.is_lost() {
            return Err(Fault::lost(BEGINNING));
        }
        let inner: Result<Engine, DriverError> = match &self.pools {
            Pools::Sqlite { writer, .. } => writer.begin().await.map(Engine::Sqlite),
            Pools::Postgres(pool) => pool.begin().await.map(Engine::Postgres).map_err(DriverError::from),
        };
        let inner = inner.map_err(|source| Fault::new(BEGINNING, source))?;
        let tx = Tx::new(inner, Mode::Write, self.watch.clone());
        // Something may have been lost while it waited.
        tx.check(BEGINNING)?;
        Ok(tx)
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
        let told = self.watch.losses.notified();
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
        let (name, statement) = match &self.pools {
            Pools::Sqlite { .. } => ("SQLite", "select sqlite_version()"),
            Pools::Postgres(_) => ("PostgreSQL", "select current_setting('server_version')"),
        };
        let statement = Statement { name: "VERSION", sql: statement };
        let version: Option<(String,)> = self.read().await?.first(&statement, &[]).await?;
        Ok(format!("{name} {}", version.map(|(version,)| version).unwrap_or_default()))
    }

    /// Checks that the file is whole: pages, indexes and references. PostgreSQL checks itself.
    ///
    /// # Errors
    ///
    /// When the database fails; what is broken comes back as sentences.
    pub async fn integrity(&self) -> Result<Vec<String>, Fault> {
        const PAGES: Statement = Statement { name: "INTEGRITY", sql: "select * from pragma_integrity_check" };
        const DANGLING: Statement =
            Statement { name: "DANGLING", sql: "select count(*) from pragma_foreign_key_check" };
        if matches!(self.pools, Pools::Postgres(_)) {
            return Ok(Vec::new());
        }
        let mut tx = self.read().await?;
        let lines: Vec<(String,)> = tx.all(&PAGES, &[]).await?;
        let mut broken: Vec<String> =
            lines.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect();
        let (dangling,) = tx.first::<(i64,)>(&DANGLING, &[]).await?.unwrap_or_default();
        if dangling > 0 {
            broken.push(format!("{dangling} rows point to rows that are not there"));
        }
        Ok(broken)
    }
}

fn open_sqlite(path: PathBuf) -> Result<Store, DriverError> {
    make_private(&path)?;
    // The writer first: it makes the file and its log.
    let writer = Pool::open(path.clone(), Mode::Write, 1, PATIENCE_OF_WRITERS)?;
    let readers = Pool::open(path, Mode::Read, Store::READERS, PATIENCE)?;
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

async fn open_postgres(address: &str) -> Result<Store, DriverError> {
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
        )
        .into());
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
