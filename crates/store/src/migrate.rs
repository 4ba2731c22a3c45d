use sha2::{Digest as _, Sha256};
use sqlx::Executor as _;

use crate::fault::DriverError;
use crate::tx::Engine;
use crate::{Fault, Statement, Store, Tx};

/// One step of the schema, forward only. Rooms list theirs; the application joins the lists in the order of
/// the floors.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its name, unique in the house: `people-0001`.
    pub name: &'static str,
    /// What it does, one text for both engines.
    pub sql: &'static str,
}

impl Migration {
    fn digest(&self) -> String {
        Sha256::digest(self.sql).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The tables it makes, in order.
    pub fn tables(&self) -> impl Iterator<Item = &'static str> {
        self.sql.split("create table ").skip(1).filter_map(|rest| rest.split_whitespace().next())
    }
}

/// Why the schema could not be brought up to date. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MigrationFault {
    /// A newer version of the program worked on this database.
    #[error(
        "this database has the step “{0}”, which this version of espalier does not know; use the newer version \
         that made it, or restore a backup"
    )]
    Newer(String),
    /// A step was changed after it had been applied.
    #[error("the step “{0}” was applied to this database with another text")]
    Changed(&'static str),
    /// The database failed.
    #[error("the schema could not be brought up to date")]
    Store(#[from] Fault),
}

const MAKE: Statement = Statement {
    name: "MIGRATION_TABLE",
    sql: "create table if not exists schema_step (name text primary key, digest text not null)",
};
const APPLIED: Statement =
    Statement { name: "APPLIED_STEPS", sql: "select name, digest from schema_step order by name" };
const RECORD: Statement =
    Statement { name: "RECORD_STEP", sql: "insert into schema_step (name, digest) values ($1, $2)" };

impl Store {
    /// Applies the steps that are missing, each in a transaction of its own, so that a crash leaves whole steps
    /// behind. Two processes that start together take turns. Says how many were applied.
    ///
    /// # Errors
    ///
    /// When the database has steps that this program does not know, or fails.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<usize, MigrationFault> {
        let mut applied = 0;
        loop {
            let mut tx = self.write().await?;
            tx.lock("schema").await?;
            tx.run(&MAKE, &[]).await?;
            let done: Vec<(String, String)> = tx.all(&APPLIED, &[]).await?;
            let Some(next) = next_step(migrations, &done)? else {
                tx.commit().await?;
                return Ok(applied);
            };
            tx.script(next).await?;
            tx.run(&RECORD, &[&next.name, &next.digest()]).await?;
            tx.commit().await?;
            applied += 1;
        }
    }
}

fn next_step<'a>(
    migrations: &'a [Migration],
    done: &[(String, String)],
) -> Result<Option<&'a Migration>, MigrationFault> {
    if let Some((unknown, _)) =
        done.iter().find(|(name, _)| !migrations.iter().any(|migration| migration.name == name))
    {
        return Err(MigrationFault::Newer(unknown.clone()));
    }
    for migration in migrations {
        match done.iter().find(|(name, _)| name == migration.name) {
            None => return Ok(Some(migration)),
            Some((_, digest)) if *digest != migration.digest() => {
                return Err(MigrationFault::Changed(migration.name));
            }
            Some(_) => {}
        }
    }
    Ok(None)
}

impl Tx {
    /// Runs the several statements of a step.
    async fn script(&mut self, migration: &Migration) -> Result<(), Fault> {
        let done: Result<(), DriverError> = match &mut self.inner {
            Engine::Sqlite(connected) => connected.script(migration.sql),
            Engine::Postgres(tx) => {
                tx.execute(sqlx::raw_sql(migration.sql)).await.map(drop).map_err(DriverError::from)
            }
        };
        done.map_err(|source| Fault::new(migration.name, source))
    }
}
