use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use espalier_kernel::{Bind, Shape, Value};
use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;
use tokio::sync::Notify;

use crate::fault::DriverError;
use crate::file::Connected;
use crate::{Fault, FaultKind, FromRow, Row, Statement};

/// Whether a transaction may change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It sees one moment and changes nothing.
    Read,
    /// It may change things; on SQLite it is alone while it lasts.
    Write,
}

/// What a store's transactions have in common: how much was asked, and when a test wants something to fail.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    pub(crate) asked: AtomicU64,
    pub(crate) fails_at: AtomicI64,
    pub(crate) is_lost: AtomicBool,
    pub(crate) losses: Notify,
}

impl Watch {
    /// Looks at a fault on its way out: when the disk lost something, all who wait for that hear of it.
    fn told(&self, fault: Fault) -> Fault {
        if fault.kind() == FaultKind::Lost {
            self.is_lost.store(true, Ordering::Release);
            self.losses.notify_waiters();
        }
        fault
    }
}

/// A transaction: what happens in it happens wholly or not at all. Dropped without [`commit`](Tx::commit), it
/// never was.
pub struct Tx {
    pub(crate) inner: Engine,
    mode: Mode,
    asked: u32,
    /// Once a statement failed, nothing more is done and nothing is kept.
    has_failed: bool,
    watch: Arc<Watch>,
}

pub(crate) enum Engine {
    Sqlite(Connected),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) const fn new(inner: Engine, mode: Mode, watch: Arc<Watch>) -> Self {
        Self { inner, mode, asked: 0, has_failed: false, watch }
    }

    /// Counts a statement, and stops it when one before it failed, the disk lost something, or a test asked for that.
    fn count(&mut self, name: &'static str) -> Result<(), Fault> {
        self.asked += 1;
        self.watch.asked.fetch_add(1, Ordering::Relaxed);
        self.check(name)?;
        if self.watch.fails_at.load(Ordering::Relaxed) > 0
            && self.watch.fails_at.fetch_sub(1, Ordering::Relaxed) == 1
        {
            return Err(self.failed(Fault::new(name, DriverError::Closed)));
        }
        Ok(())
    }

    pub(crate) fn check(&self, name: &'static str) -> Result<(), Fault> {
        match self.mode {
            Mode::Write if self.watch.is_lost.load(Ordering::Acquire) => Err(Fault::lost(name)),
            Mode::Write if self.has_failed => Err(Fault::new(name, DriverError::Failed)),
            Mode::Read | Mode::Write => Ok(()),
        }
    }

    /// Remembers that something went wrong; what that is, somebody else says.
    fn failed(&mut self, fault: Fault) -> Fault {
        self.has_failed = true;
        self.watch.told(fault)
    }

    /// Whether it may change anything.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// How many statements it ran so far, so that a test can find a page that asks once for each row.
    #[must_use]
    pub const fn asked(&self) -> u32 {
        self.asked
    }

    /// All rows of the answer.
    ///
    /// # Errors
    ///
    /// When the database fails or a value is unreadable.
    pub async fn all<T: FromRow>(
        &mut self,
        statement: &Statement,
        values: &[&dyn Bind],
    ) -> Result<Vec<T>, Fault> {
        let mut all = Vec::new();
        self.each(statement, values, |row| {
            all.push(T::from_row(row)?);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// Hands each row of the answer over as it comes.
    pub(crate) async fn each(
        &mut self,
        statement: &Statement,
        values: &[&dyn Bind],
        mut each: impl FnMut(&mut Row<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.count(statement.name)?;
        let name = statement.name;
        let done = match &mut self.inner {
            Engine::Sqlite(connected) => connected.rows(statement, values, |row| {
                each(&mut Row::sqlite(row, name))?;
                Ok(ControlFlow::Continue(()))
            }),
            Engine::Postgres(tx) => {
                let mut rows = postgres(statement, values).fetch(&mut **tx);
                loop {
                    match rows.try_next().await {
                        Ok(Some(row)) => match each(&mut Row::postgres(&row, name)) {
                            Ok(()) => {}
                            Err(fault) => break Err(fault),
                        },
                        Ok(None) => break Ok(()),
                        Err(source) => break Err(Fault::new(name, source)),
                    }
                }
            }
        };
        done.map_err(|fault| self.failed(fault))
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    ///
    /// When the database fails or a value is unreadable.
    pub async fn first<T: FromRow>(
        &mut self,
        statement: &Statement,
        values: &[&dyn Bind],
    ) -> Result<Option<T>, Fault> {
        self.count(statement.name)?;
        let name = statement.name;
        let mut first = None;
        let done = match &mut self.inner {
            Engine::Sqlite(connected) => connected.rows(statement, values, |row| {
                first = Some(T::from_row(&mut Row::sqlite(row, name))?);
                Ok(ControlFlow::Break(()))
            }),
            Engine::Postgres(tx) => match postgres(statement, values).fetch_optional(&mut **tx).await {
                Ok(Some(row)) => T::from_row(&mut Row::postgres(&row, name)).map(|row| first = Some(row)),
                Ok(None) => Ok(()),
                Err(source) => Err(Fault::new(name, source)),
            },
        };
        done.map_err(|fault| self.failed(fault))?;
        Ok(first)
    }

    /// Runs a statement that changes rows, and says how many it changed.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn run(&mut self, statement: &Statement, values: &[&dyn Bind]) -> Result<u64, Fault> {
        self.count(statement.name)?;
        let done: Result<u64, DriverError> = match &mut self.inner {
            Engine::Sqlite(connected) => connected.run(statement.sql, values),
            Engine::Postgres(tx) => {
                let done = postgres(statement, values).execute(&mut **tx).await;
                done.map(|done| done.rows_affected()).map_err(DriverError::from)
            }
        };
        done.map_err(|source| self.failed(Fault::new(statement.name, source)))
    }

    /// Inserts many rows in few statements.
    ///
    /// # Errors
    ///
    /// When the database fails; then the transaction is of no more use.
    pub async fn insert_many(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: &[Vec<Value<'static>>],
    ) -> Result<(), Fault> {
        // Both engines take more, but longer statements gain nothing.
        const PARAMETERS: usize = 800;
        let most = (PARAMETERS / columns.len()).max(1);
        for chunk in rows.chunks(most) {
            let marks: Vec<String> = (0..chunk.len())
                .map(|row| {
                    let marks: Vec<String> = (1..=columns.len())
                        .map(|place| match &self.inner {
                            // Numbered, each would be looked for among all of them.
                            Engine::Sqlite(_) => "?".to_owned(),
                            Engine::Postgres(_) => format!("${}", row * columns.len() + place),
                        })
                        .collect();
                    format!("({})", marks.join(", "))
                })
                .collect();
            let sql = format!("insert into {table} ({}) values {}", columns.join(", "), marks.join(", "));
            let values = chunk.iter().flatten();
            self.count(table)?;
            let done: Result<(), DriverError> = match &mut self.inner {
                Engine::Sqlite(connected) => connected.run_with(&sql, &values.collect::<Vec<_>>()),
                Engine::Postgres(tx) => {
                    let query = values.cloned().fold(sqlx::query(sqlx::AssertSqlSafe(sql)), bind_postgres);
                    query.execute(&mut **tx).await.map(drop).map_err(DriverError::from)
                }
            };
            done.map_err(|source| self.failed(Fault::new(format!("inserting into {table}"), source)))?;
        }
        Ok(())
    }

    /// Checks that the database understands a statement, without running it.
    ///
    /// # Errors
    ///
    /// When it does not.
    pub async fn prepare(&mut self, statement: &Statement) -> Result<(), Fault> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        let done: Result<(), DriverError> = match &mut self.inner {
            Engine::Sqlite(connected) => connected.prepare(statement.sql),
            Engine::Postgres(tx) => {
                let sql = sqlx::AssertSqlSafe(statement.sql).into_sql_str();
                (&mut **tx).prepare(sql).await.map(drop).map_err(DriverError::from)
            }
        };
        done.map_err(|source| Fault::new(statement.name, source))
    }

    /// Waits until nobody else holds this name, and holds it until the transaction ends. On PostgreSQL whoever changes
    /// what they have read locks it first, since others may change it in between; on SQLite a writing transaction is
    /// alone anyway. A transaction that only reads waits for nobody.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn lock(&mut self, name: &str) -> Result<(), Fault> {
        const LOCK: Statement = Statement {
            name: "LOCK",
            sql: "select cast(pg_advisory_xact_lock(hashtextextended($1, 0)) as text)",
        };
        if self.mode == Mode::Write && matches!(self.inner, Engine::Postgres(_)) {
            self.first::<(Option<String>,)>(&LOCK, &[&name]).await?;
        }
        Ok(())
    }

    /// Makes everything that was done here last. When this returns, it is on disk.
    ///
    /// # Errors
    ///
    /// When the database fails; then nothing was done.
    pub async fn commit(self) -> Result<(), Fault> {
        const COMMITTING: &str = "committing";
        self.check(COMMITTING)?;
        let Self { inner, watch, .. } = self;
        match inner {
            // Whether the disk kept it is known before anybody else can write.
            Engine::Sqlite(connected) => {
                connected.commit().map_err(|source| watch.told(Fault::new(COMMITTING, source)))
            }
            Engine::Postgres(tx) => tx.commit().await.map_err(|source| Fault::new(COMMITTING, source)),
        }
    }
}

fn postgres(statement: &Statement, values: &[&dyn Bind]) -> Query<'static, Postgres, PgArguments> {
    values.iter().fold(sqlx::query(statement.sql), |query, value| bind_postgres(query, owned(value.bind())))
}

fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null(shape) => Value::Null(shape),
        Value::Text(text) => Value::Text(text.into_owned().into()),
        Value::Whole(number) => Value::Whole(number),
        Value::Double(number) => Value::Double(number),
        Value::Bytes(bytes) => Value::Bytes(bytes.into_owned().into()),
    }
}

fn bind_postgres<'q>(
    query: Query<'q, Postgres, PgArguments>,
    value: Value<'static>,
) -> Query<'q, Postgres, PgArguments> {
    match value {
        Value::Null(Shape::Text) => query.bind(Option::<String>::None),
        Value::Null(Shape::Whole) => query.bind(Option::<i64>::None),
        Value::Null(Shape::Double) => query.bind(Option::<f64>::None),
        Value::Null(Shape::Bytes) => query.bind(Option::<Vec<u8>>::None),
        Value::Text(text) => query.bind(text.into_owned()),
        Value::Whole(number) => query.bind(number),
        Value::Double(number) => query.bind(number),
        Value::Bytes(bytes) => query.bind(bytes.into_owned()),
    }
}
