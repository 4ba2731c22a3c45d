//! SQLite: connections of one file, some that read and one that writes. A statement runs where it is asked, on the thread
//! of whoever asks: the answer of a page is a matter of microseconds, and handing it from thread to thread costs more
//! than finding it.

use std::fmt;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use espalier_kernel::{Bind, Value};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, Row};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::DriverError;
use crate::{Fault, Mode, Statement};

/// How many statements a connection keeps prepared.
const PREPARED: usize = 512;
/// How long a connection waits for another process that writes. Tens of thousands of people who are taken in at once hold
/// the file for longer than everything else does.
pub(crate) const PATIENCE_OF_WRITERS: Duration = Duration::from_secs(30);

/// About how many steps of SQLite's machine take a millisecond.
const A_MILLISECOND: i32 = 20_000;

/// What every connection is told first.
const MANNERS: &str = "pragma journal_mode = wal; \
                       pragma synchronous = full; \
                       pragma foreign_keys = on; \
                       pragma secure_delete = on; \
                       pragma trusted_schema = off; \
                       pragma cache_size = -6000;";

/// Some connections of one file, handed out in the order in which they are asked for.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    path: PathBuf,
    mode: Mode,
    most: u32,
    patience: Duration,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    lookout: Lookout,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("mode", &self.0.mode).field("most", &self.0.most).finish_non_exhaustive()
    }
}

impl Pool {
    /// So many connections for reading or for writing, and how long to wait for a free one. One is opened at once, so that
    /// a file that cannot be used is known at once.
    pub(crate) fn open(
        path: PathBuf,
        mode: Mode,
        most: u32,
        patience: Duration,
    ) -> Result<Self, DriverError> {
        let permits = Arc::new(Semaphore::new(most as usize));
        let inner =
            Inner { path, mode, most, patience, permits, idle: Mutex::default(), lookout: Lookout::post() };
        let first = inner.connect()?;
        inner.idle().push(first);
        Ok(Self(Arc::new(inner)))
    }

    /// Begins a transaction on the next free connection.
    pub(crate) async fn begin(&self) -> Result<Connected, DriverError> {
        let permit = tokio::time::timeout(self.0.patience, self.0.permits.clone().acquire_owned())
            .await
            .map_err(|_| DriverError::Busy)?
            .map_err(|_| DriverError::Closed)?;
        let idle = self.0.idle().pop();
        let connection = idle.map_or_else(|| aside(|| self.0.connect()), Ok)?;
        let connected = Connected { connection: Some(connection), pool: self.0.clone(), _permit: permit };
        match self.0.mode {
            Mode::Read => connected.say("begin")?,
            Mode::Write => aside(|| connected.say("begin immediate"))?,
        }
        Ok(connected)
    }

    /// Waits for all connections and closes them, so that SQLite folds its log into the file.
    pub(crate) async fn close(&self) {
        // Closed already: somebody else has waited.
        let _all = self.0.permits.acquire_many(self.0.most).await;
        self.0.permits.close();
        aside(|| self.0.idle().clear());
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> Result<Connection, DriverError> {
        // The file is there already, made for its owner alone.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(PATIENCE_OF_WRITERS)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        // A statement is planned once, whatever it is asked with.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.execute_batch(MANNERS)?;
        let lookout = self.lookout.clone();
        connection.progress_handler(
            A_MILLISECOND,
            Some(move || {
                lookout.wake();
                false
            }),
        )?;
        if self.mode == Mode::Read {
            connection.execute_batch("pragma query_only = on")?;
        }
        Ok(connection)
    }
}

/// A connection with a transaction. Dropped before [`commit`](Connected::commit), the transaction never was.
pub(crate) struct Connected {
    connection: Option<Connection>,
    pool: Arc<Inner>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Connected {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let roll_back = || connection.prepare_cached("rollback")?.raw_execute();
        let rolled_back = match self.pool.mode {
            // When its disk is full or fails, SQLite ends a transaction by itself.
            _ if connection.is_autocommit() => true,
            Mode::Read => roll_back().is_ok(),
            Mode::Write => aside(roll_back).is_ok(),
        };
        // What cannot be rolled back is not used again.
        if rolled_back {
            self.pool.idle().push(connection);
        }
    }
}

impl Connected {
    fn connection(&self) -> Result<&Connection, DriverError> {
        self.connection.as_ref().ok_or(DriverError::Closed)
    }

    fn say(&self, word: &'static str) -> Result<(), DriverError> {
        Ok(self.connection()?.prepare_cached(word)?.raw_execute().map(drop)?)
    }

    /// Hands the rows of an answer over, one by one, for as long as more are wanted.
    pub(crate) fn rows(
        &self,
        statement: &Statement,
        values: &[&dyn Bind],
        mut each: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, Fault>,
    ) -> Result<(), Fault> {
        let fault = |source| Fault::new(statement.name, source);
        let bound = self.bound(statement.sql, |place| values.get(place).map(|value| value.bind()));
        let mut prepared = bound.map_err(fault)?;
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(|source| fault(source.into()))? {
            if each(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Runs a statement that changes rows, and says how many.
    pub(crate) fn run(&self, sql: &str, values: &[&dyn Bind]) -> Result<u64, DriverError> {
        self.change(sql, |place| values.get(place).map(|value| value.bind()))
    }

    /// The same with values at hand.
    pub(crate) fn run_with(&self, sql: &str, values: &[&Value<'static>]) -> Result<(), DriverError> {
        self.change(sql, |place| values.get(place).map(|value| (*value).clone())).map(drop)
    }

    fn change<'v>(&self, sql: &str, value: impl Fn(usize) -> Option<Value<'v>>) -> Result<u64, DriverError> {
        aside(|| Ok(self.bound(sql, value)?.raw_execute()? as u64))
    }

    /// Runs several statements without values.
    pub(crate) fn script(&self, sql: &str) -> Result<(), DriverError> {
        aside(|| Ok(self.connection()?.execute_batch(sql)?))
    }

    /// Whether SQLite understands a statement.
    pub(crate) fn prepare(&self, sql: &str) -> Result<(), DriverError> {
        Ok(self.connection()?.prepare(sql).map(drop)?)
    }

    /// Makes what was done last; when this returns, it is on disk.
    pub(crate) fn commit(&self) -> Result<(), DriverError> {
        match self.pool.mode {
            Mode::Read => self.say("commit"),
            Mode::Write => aside(|| self.say("commit")),
        }
    }

    fn bound<'v>(
        &self,
        sql: &str,
        value: impl Fn(usize) -> Option<Value<'v>>,
    ) -> Result<CachedStatement<'_>, DriverError> {
        let mut prepared = self.connection()?.prepare_cached(sql)?;
        for place in 1..=prepared.parameter_count() {
            let number = number_of(&prepared, place);
            let value = value(number - 1).ok_or(rusqlite::Error::InvalidParameterCount(place, number))?;
            prepared.raw_bind_parameter(place, Bound(value))?;
        }
        Ok(prepared)
    }
}

/// Which value a parameter stands for: `$2` is the second wherever it stands, a bare `?` the next.
fn number_of(prepared: &CachedStatement<'_>, place: usize) -> usize {
    let name = prepared.parameter_name(place).and_then(|name| name.get(1..));
    name.and_then(|number| number.parse().ok()).filter(|number| *number > 0).unwrap_or(place)
}

struct Bound<'v>(Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0 {
            Value::Null(_) => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Whole(number) => ValueRef::Integer(*number),
            Value::Double(number) => ValueRef::Real(*number),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Does what waits for a disk or for another process, while others take over what else this thread would do.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Sees to it that somebody listens while a statement takes long. A thread of the runtime that is woken by the network
/// goes on to answer and leaves listening to whichever becomes idle next; when it then reads for long and all others
/// rest, nobody would listen. A task from outside wakes one of them, and it listens when it is done.
#[derive(Clone)]
struct Lookout(Option<std::sync::mpsc::SyncSender<()>>);

impl Lookout {
    /// Without a runtime, or in one of a single thread, there is nobody to wake.
    fn post() -> Self {
        let Ok(runtime) = Handle::try_current() else { return Self(None) };
        if runtime.runtime_flavor() != RuntimeFlavor::MultiThread {
            return Self(None);
        }
        let (wake, woken) = std::sync::mpsc::sync_channel(1);
        std::thread::spawn(move || {
            while woken.recv().is_ok() {
                runtime.spawn(async {});
            }
        });
        Self(Some(wake))
    }

    fn wake(&self) {
        if let Some(wake) = &self.0 {
            // Where it is full, the thread is woken already.
            wake.try_send(()).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use crate::{Database, Statement, Store};

    const LONG: Statement = Statement {
        name: "LONG",
        sql: "with recursive n (i) as (select 1 union all select i + 1 from n where i < 100000) select count(*) from n",
    };
    /// Turns of the long read after which nobody is waited for any more.
    const MOST: usize = 400;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_long_read_holds_up_nobody_who_comes_over_the_network() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Store::open(&Database::Sqlite(folder.path().join("e.db"))).await.unwrap();
        // Who listens when the long read begins is a matter of luck: a few times.
        for _ in 0..12 {
            let turns = turns_until_answered(store.clone()).await;
            assert!(turns < MOST, "twenty answers came only after the long read");
        }
    }

    /// How often the long read was done until somebody else had twenty answers.
    async fn turns_until_answered(store: Store) -> usize {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let has_heard = Arc::new(AtomicBool::new(false));
        let has_begun = Arc::new(AtomicBool::new(false));
        let (heard, begun) = (has_heard.clone(), has_begun.clone());
        // On a thread of its own, as somebody elsewhere would.
        let visitor = std::thread::spawn(move || {
            let [mut reads, mut echoes] = [0; 2].map(|_| TcpStream::connect(address).unwrap());
            let mut ask = || {
                echoes.write_all(b"y").unwrap();
                echoes.read_exact(&mut [0]).unwrap();
            };
            ask();
            reads.write_all(b"x").unwrap();
            while !begun.load(Ordering::Acquire) {
                std::thread::yield_now();
            }
            (0..20).for_each(|_| ask());
            heard.store(true, Ordering::Release);
        });
        let (mut reads, _) = listener.accept().await.unwrap();
        let (mut echoes, _) = listener.accept().await.unwrap();
        let echo = tokio::spawn(async move {
            while let Ok(byte) = echoes.read_u8().await {
                echoes.write_u8(byte).await.unwrap();
            }
        });
        // Whoever is woken by the first byte reads for long, without ever giving its thread back.
        let reader = tokio::spawn(async move {
            reads.read_u8().await.unwrap();
            let mut tx = store.read().await.unwrap();
            let mut turns = 0;
            while !has_heard.load(Ordering::Acquire) && turns < MOST {
                tx.first::<(i64,)>(&LONG, &[]).await.unwrap();
                turns += 1;
                has_begun.store(true, Ordering::Release);
            }
            turns
        });
        let turns = reader.await.unwrap();
        visitor.join().unwrap();
        echo.await.unwrap();
        turns
    }
}
