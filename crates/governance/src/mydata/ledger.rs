//! The ledger of erasures: who was erased, as hashes. A backup from before an erasure still holds the person, so the
//! ledger goes beside the backups as a file of its own and is applied again whenever one of them comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use espalier_keeping::{Keeping, hash_of};
use espalier_kernel::{Id, Moment};
use espalier_store::{Fault, Store, Tx};
use serde::{Deserialize, Serialize};

use super::queries;

/// The name of the file beside backups.
pub const FILE: &str = "erasures.jsonl";

/// One erasure: no name, no id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The hash of an id.
    pub person: String,
    /// For what things had been kept, with commas between.
    pub kinds: String,
    /// When.
    pub at: Moment,
}

/// Why the file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFault {
    /// The file system failed.
    #[error("the file {} could not be read or written", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// It is no ledger.
    #[error("{}, line {line}: this is not a line of a ledger of erasures", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] Fault),
}

/// The ledger that belongs to the backups in a folder.
#[must_use]
pub fn beside(backup: &Path) -> PathBuf {
    backup.with_file_name(FILE)
}

/// All erasures that this database knows.
///
/// # Errors
///
/// When the database fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Line>, Fault> {
    let rows: Vec<(String, String, Moment)> = tx.all(&queries::LEDGER, &[]).await?;
    Ok(rows.into_iter().map(|(person, kinds, at)| Line { person, kinds, at }).collect())
}

/// Reads a file; one that is not there holds nothing.
///
/// # Errors
///
/// When it cannot be read or is no ledger.
pub fn read(path: &Path) -> Result<Vec<Line>, LedgerFault> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(LedgerFault::File(path.to_owned(), error)),
    };
    text.lines()
        .enumerate()
        .map(|(place, line)| {
            let broken = |_| LedgerFault::Broken { path: path.to_owned(), line: place + 1 };
            serde_json::from_str(line).map_err(broken)
        })
        .collect()
}

/// Writes what a database knows into a file, beside what the file knew already: a ledger only grows.
///
/// # Errors
///
/// When the file cannot be read or written.
pub fn write(path: &Path, lines: &[Line]) -> Result<usize, LedgerFault> {
    let failed = |error| LedgerFault::File(path.to_owned(), error);
    let known = read(path)?;
    let mut all: BTreeMap<&str, &Line> = BTreeMap::new();
    for line in known.iter().chain(lines) {
        all.entry(&line.person).or_insert(line);
    }
    let mut lines: Vec<&Line> = all.into_values().collect();
    lines.sort_by_key(|line| (line.at, line.person.clone()));
    let partial = path.with_extension("partial");
    let mut file = File::create(&partial).map_err(failed)?;
    for line in &lines {
        let text = serde_json::to_string(line).map_err(|error| failed(error.into()))?;
        writeln!(file, "{text}").map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    std::fs::rename(&partial, path).map_err(failed)?;
    Ok(lines.len())
}

/// Erases again whom a ledger names and this database still knows, in one transaction. Says how many.
///
/// # Errors
///
/// When the database fails; then nothing was done.
pub async fn apply(store: &Store, keeping: &Keeping, lines: &[Line], now: Moment) -> Result<usize, Fault> {
    let mut tx = store.write().await?;
    let hashes: BTreeSet<&str> = lines.iter().map(|line| line.person.as_str()).collect();
    let people: Vec<(Id,)> = tx.all(&queries::NAMED, &[]).await?;
    let mut erased = 0;
    for (person,) in people {
        if hashes.contains(hash_of(&person.to_string()).as_str()) {
            keeping.erase(&mut tx, person, now).await?;
            erased += 1;
        }
    }
    for line in lines {
        tx.run(&queries::ENTER, &[&line.person, &line.kinds, &line.at]).await?;
    }
    tx.commit().await?;
    Ok(erased)
}
