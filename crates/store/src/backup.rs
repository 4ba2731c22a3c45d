use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use espalier_kernel::{Bind, Shape, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::connect::private_file;
use crate::tx::Engine;
use crate::{Fault, Migration, MigrationFault, Statement, Store, Tx};

/// Why a backup could not be made or brought back. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupFault {
    /// The file system failed.
    #[error("the file {} could not be read or written", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] Fault),
    /// The schema could not be made.
    #[error("the schema could not be made")]
    Schema(#[from] MigrationFault),
    /// The file is no backup, or not a whole one.
    #[error("{}, line {line}: {why}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// There are data in the database already.
    #[error("this database already has an organisation in it; restore into an empty one")]
    NotEmpty,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSummary {
    /// How many tables.
    pub tables: usize,
    /// How many rows.
    pub rows: u64,
    /// SHA-256 of everything before the last line: two databases with the same content have the same.
    pub digest: String,
}

/// The lines of a backup: one head, then each table followed by its rows, then the end.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
enum Line {
    Head { format: u32, steps: Vec<String> },
    Table { name: String, columns: Vec<(String, Column)> },
    Row { values: Vec<serde_json::Value> },
    End { rows: u64, digest: String },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Column {
    Text,
    Whole,
    Double,
    Bytes,
}

impl Column {
    fn of(declared: &str) -> Self {
        match declared {
            "bigint" => Self::Whole,
            "double precision" => Self::Double,
            "bytea" => Self::Bytes,
            _ => Self::Text,
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Text => Shape::Text,
            Self::Whole => Shape::Whole,
            Self::Double => Shape::Double,
            Self::Bytes => Shape::Bytes,
        }
    }
}

/// The format of the file, raised when the lines change.
const FORMAT: u32 = 1;

impl Store {
    /// Writes everything into one text file that either engine can read back, as it was at one moment, while
    /// others go on working. The file appears under its name only when it is whole and on disk.
    ///
    /// # Errors
    ///
    /// When the database or the file system fails.
    pub async fn backup(&self, path: &Path, migrations: &[Migration]) -> Result<BackupSummary, BackupFault> {
        let failed = |error| BackupFault::File(path.to_owned(), error);
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        // What a backup that was stopped left behind.
        match std::fs::remove_file(&partial) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            Ok(()) | Err(_) => {}
        }
        let file = private_file(&partial).map_err(failed)?;
        let mut out = Digested { file: BufWriter::with_capacity(1 << 20, file), digest: Sha256::new() };

        let mut tx = self.read().await?;
        let steps = migrations.iter().map(|migration| migration.name.to_owned()).collect();
        out.line(&Line::Head { format: FORMAT, steps }).map_err(failed)?;
        let (mut tables, mut rows) = (0, 0);
        for table in migrations.iter().flat_map(Migration::tables) {
            let columns = tx.columns(table).await?;
            out.line(&Line::Table { name: table.to_owned(), columns: columns.clone() }).map_err(failed)?;
            rows += tx.dump(table, &columns, &mut out).await?.map_err(failed)?;
            tables += 1;
        }
        let digest = hex(&out.digest.clone().finalize());
        out.line(&Line::End { rows, digest: digest.clone() }).map_err(failed)?;
        let file = out.file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        std::fs::rename(&partial, path).map_err(failed)?;
        // The name, too, is on disk when this returns.
        if let Some(folder) = path.parent() {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(BackupSummary { tables, rows, digest })
    }

    /// Reads a backup into an empty database: first the whole file is checked, then everything comes back in one
    /// transaction, then newer steps of the schema are applied. A database is empty when `lives_here` finds nothing;
    /// what a server or a restore that was stopped left in it otherwise is replaced.
    ///
    /// # Errors
    ///
    /// When the file is not a whole backup, the database is not empty, or either fails.
    pub async fn restore(
        &self,
        path: &Path,
        migrations: &[Migration],
        lives_here: &Statement,
    ) -> Result<BackupSummary, BackupFault> {
        let summary = verify(path)?;
        let steps = head_of(path)?;
        let known: Vec<Migration> = migrations
            .iter()
            .filter(|migration| steps.iter().any(|step| step == migration.name))
            .copied()
            .collect();
        if let Some(newer) = steps.iter().find(|step| !known.iter().any(|migration| migration.name == **step))
        {
            return Err(MigrationFault::Newer(newer.clone()).into());
        }
        self.migrate(&known).await?;
        let mut tx = self.write().await?;
        if tx.first::<(i64,)>(lives_here, &[]).await?.is_some() {
            return Err(BackupFault::NotEmpty);
        }
        for table in known.iter().flat_map(Migration::tables) {
            let statement = Statement::compose("EMPTY_TABLE", format!("delete from {table}"));
            tx.run(&statement, &[]).await?;
        }
        tx.fill(path).await?;
        tx.commit().await?;
        self.migrate(migrations).await?;
        self.learn().await?;
        Ok(summary)
    }
}

impl Tx {
    async fn columns(&mut self, table: &'static str) -> Result<Vec<(String, Column)>, Fault> {
        const SQLITE: Statement = Statement {
            name: "COLUMNS",
            sql: "select name, lower(type) from pragma_table_info($1) order by cid",
        };
        const POSTGRES: Statement = Statement {
            name: "COLUMNS",
            sql: "select cast(column_name as text), cast(data_type as text) from information_schema.columns \
                  where table_schema = current_schema() and table_name = $1 order by ordinal_position",
        };
        let statement = if matches!(self.inner, Engine::Sqlite(_)) { SQLITE } else { POSTGRES };
        let columns: Vec<(String, String)> = self.all(&statement, &[&table]).await?;
        Ok(columns.into_iter().map(|(name, declared)| (name, Column::of(&declared))).collect())
    }

    async fn dump(
        &mut self,
        table: &str,
        columns: &[(String, Column)],
        out: &mut Digested,
    ) -> Result<std::io::Result<u64>, Fault> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        // Keys stand first in every table, so the first columns put rows into one order on both engines.
        let order: Vec<String> = (1..=names.len().min(3)).map(|place| place.to_string()).collect();
        let sql = format!("select {} from {table} order by {}", names.join(", "), order.join(", "));
        let statement = Statement::compose("BACKUP_TABLE", sql);
        let mut rows = 0;
        let mut written = Ok(());
        self.each(&statement, &[], |row| {
            if written.is_err() {
                return Ok(());
            }
            let values = columns.iter().enumerate().map(|(place, (_, column))| {
                Ok(match row.value(place, column.shape())? {
                    Value::Null(_) => serde_json::Value::Null,
                    Value::Text(text) => text.into(),
                    Value::Whole(number) => number.into(),
                    Value::Double(number) => number.into(),
                    Value::Bytes(bytes) => hex(&bytes).into(),
                })
            });
            written = out.line(&Line::Row { values: values.collect::<Result<_, Fault>>()? });
            rows += 1;
            Ok(())
        })
        .await?;
        Ok(written.map(|()| rows))
    }

    async fn fill(&mut self, path: &Path) -> Result<(), BackupFault> {
        let broken = |line, why| BackupFault::Broken { path: path.to_owned(), line, why };
        let file = File::open(path).map_err(|error| BackupFault::File(path.to_owned(), error))?;
        let mut insert: Option<(Statement, Vec<Column>)> = None;
        for (place, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(|error| BackupFault::File(path.to_owned(), error))?;
            match serde_json::from_str(&line).map_err(|_| broken(place + 1, "this line is not readable"))? {
                Line::Head { .. } | Line::End { .. } => {}
                Line::Table { name, columns } => {
                    let plain = |word: &str| {
                        word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                    };
                    if !plain(&name) || !columns.iter().all(|(column, _)| plain(column)) {
                        return Err(broken(place + 1, "this is not the name of a table"));
                    }
                    let names: Vec<&str> = columns.iter().map(|(column, _)| column.as_str()).collect();
                    let marks: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
                    let sql =
                        format!("insert into {name} ({}) values ({})", names.join(", "), marks.join(", "));
                    let columns = columns.iter().map(|(_, column)| *column).collect();
                    insert = Some((Statement::compose("RESTORE_ROW", sql), columns));
                }
                Line::Row { values } => {
                    let (statement, columns) =
                        insert.as_ref().ok_or_else(|| broken(place + 1, "a row without its table"))?;
                    let values: Option<Vec<Kept>> = values
                        .into_iter()
                        .zip(columns)
                        .map(|(value, &column)| Kept::of(value, column))
                        .collect();
                    let values =
                        values.ok_or_else(|| broken(place + 1, "a value is not of its column's kind"))?;
                    let values: Vec<&dyn Bind> = values.iter().map(|value| value as &dyn Bind).collect();
                    self.run(statement, &values).await?;
                }
            }
        }
        Ok(())
    }
}

/// A value on its way back from a file.
struct Kept(Value<'static>);

impl Kept {
    fn of(value: serde_json::Value, column: Column) -> Option<Self> {
        Some(Self(match (value, column) {
            (serde_json::Value::Null, column) => Value::Null(column.shape()),
            (serde_json::Value::String(text), Column::Text) => Value::Text(text.into()),
            (serde_json::Value::String(text), Column::Bytes) => Value::Bytes(unhex(&text)?.into()),
            (serde_json::Value::Number(number), Column::Whole) => Value::Whole(number.as_i64()?),
            (serde_json::Value::Number(number), Column::Double) => Value::Double(number.as_f64()?),
            _ => return None,
        }))
    }
}

impl Bind for Kept {
    fn bind(&self) -> Value<'_> {
        self.0.clone()
    }
}

struct Digested {
    file: BufWriter<File>,
    digest: Sha256,
}

impl Digested {
    fn line(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.digest.update(&text);
        self.file.write_all(text.as_bytes())
    }
}

/// Reads the whole file once and checks that nothing is missing or changed.
fn verify(path: &Path) -> Result<BackupSummary, BackupFault> {
    let file = File::open(path).map_err(|error| BackupFault::File(path.to_owned(), error))?;
    let broken = |line, why| BackupFault::Broken { path: path.to_owned(), line, why };
    let mut digest = Sha256::new();
    let (mut tables, mut rows, mut last) = (0, 0, 0);
    for (place, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|error| BackupFault::File(path.to_owned(), error))?;
        last = place + 1;
        match serde_json::from_str(&line).map_err(|_| broken(last, "this line is not readable"))? {
            Line::Head { format, .. } if place == 0 && format != FORMAT => {
                return Err(broken(last, "this backup was made by a newer version"));
            }
            Line::Head { .. } if place == 0 => {}
            Line::Head { .. } => return Err(broken(last, "a second beginning")),
            Line::Table { .. } => tables += 1,
            Line::Row { .. } => rows += 1,
            Line::End { rows: said, digest: expected } => {
                let digest = hex(&digest.finalize());
                if said != rows || digest != expected {
                    return Err(broken(last, "the content does not match its digest; the file was changed"));
                }
                return Ok(BackupSummary { tables, rows, digest });
            }
        }
        digest.update(&line);
        digest.update("\n");
    }
    Err(broken(last, "the file ends before its end; it is not a whole backup"))
}

fn head_of(path: &Path) -> Result<Vec<String>, BackupFault> {
    let failed = |error| BackupFault::File(path.to_owned(), error);
    let mut line = String::new();
    BufReader::new(File::open(path).map_err(failed)?).read_line(&mut line).map_err(failed)?;
    match serde_json::from_str(&line) {
        Ok(Line::Head { steps, .. }) => Ok(steps),
        _ => Err(BackupFault::Broken {
            path: path.to_owned(),
            line: 1,
            why: "this is not a backup of espalier",
        }),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
