use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use espalier_governance::mydata::ledger;
use espalier_kernel::Clock;
use espalier_store::Store;

use super::{DEFAULT_DATABASE, Fault, Place, make_folder, say};
use crate::{first, house};

/// Write everything into one file, while others go on working.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; it appears only when it is whole
    file: PathBuf,
    /// Replace a file of this name; without it, an earlier backup is never written over
    #[arg(long)]
    replace: bool,
}

impl Backup {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// When the database or the file fails, or the file is there already.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        if !self.replace && self.file.exists() {
            return Err(format!(
                "there is a file at {} already; choose another name, or say --replace",
                self.file.display()
            )
            .into());
        }
        let store = place.store().await?;
        let summary = store.backup(&self.file, &house::migrations()).await?;
        // Afterwards, so that the ledger knows at least what the backup lacks.
        let mut tx = store.read().await?;
        let lines = ledger::all(&mut tx).await?;
        drop(tx);
        ledger::write(&ledger::beside(&self.file), &lines)?;
        store.close().await;
        say(format_args!("{} rows of {} tables, digest {}", summary.rows, summary.tables, summary.digest));
        Ok(ExitCode::SUCCESS)
    }
}

/// Read a backup into an empty database.
#[derive(Debug, Args)]
pub struct Restore {
    /// The file that `espalier backup` wrote
    file: PathBuf,
    /// One more ledger of erasures, beside the one in the folder of the backup
    #[arg(long)]
    erasures: Option<PathBuf>,
}

impl Restore {
    /// Reads the file, and erases again whom the ledgers name.
    ///
    /// # Errors
    ///
    /// When the file is not a whole backup, a ledger cannot be read, or the database is not empty or fails.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        // Before anything is written: a ledger that is broken must not be noticed too late.
        let beside = ledger::beside(&self.file);
        let has_ledger = beside.exists() || self.erasures.is_some();
        let mut lines = ledger::read(&beside)?;
        if let Some(path) = &self.erasures {
            if !path.exists() {
                return Err(format!("there is no ledger at {}", path.display()).into());
            }
            lines.extend(ledger::read(path)?);
        }
        let keeping = house::keeping(&house::policy()?);
        let database = place.database(DEFAULT_DATABASE)?;
        make_folder(&database)?;
        let store = Store::open(&database).await?;
        let summary = store.restore(&self.file, &house::migrations(), &first::LIVES_HERE).await?;
        let erased = ledger::apply(&store, &keeping, &lines, Clock::System.now()).await.map_err(|fault| {
            format!(
                "the backup is back, but those who were erased since could not be erased again ({fault}); empty the \
                 database and restore once more before anybody uses it"
            )
        })?;
        store.close().await;
        say(format_args!("{} rows of {} tables, digest {}", summary.rows, summary.tables, summary.digest));
        if !has_ledger {
            say("No ledger of erasures was found beside it: whoever was erased since is back.");
        } else {
            say(format_args!("Erased again: {erased} of {} in the ledger", lines.len()));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Write who was erased, as hashes, into a file that a restore reads.
#[derive(Debug, Args)]
pub struct Erasures {
    /// The file to write; what it knows already stays
    file: PathBuf,
}

impl Erasures {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// When the database or the file fails.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        let store = place.store().await?;
        let mut tx = store.read().await?;
        let lines = ledger::all(&mut tx).await?;
        drop(tx);
        let known = ledger::write(&self.file, &lines)?;
        store.close().await;
        say(format_args!("The ledger knows {known} erasures"));
        Ok(ExitCode::SUCCESS)
    }
}
