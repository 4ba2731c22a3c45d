use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use espalier_store::Store;

use super::{DEFAULT_DATABASE, Fault, Place, make_folder, say};
use crate::house;

/// Write everything into one file, while others go on working.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write; it appears only when it is whole
    file: PathBuf,
}

impl Backup {
    /// Writes the file.
    ///
    /// # Errors
    ///
    /// When the database or the file fails.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        let store = place.store().await?;
        let summary = store.backup(&self.file, &house::migrations()).await?;
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
}

impl Restore {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// When the file is not a whole backup, or the database is not empty or fails.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        let database = place.database(DEFAULT_DATABASE)?;
        make_folder(&database)?;
        let store = Store::open(&database).await?;
        let summary = store.restore(&self.file, &house::migrations()).await?;
        store.close().await;
        say(format_args!("{} rows of {} tables, digest {}", summary.rows, summary.tables, summary.digest));
        Ok(ExitCode::SUCCESS)
    }
}
