//! The command line.

mod data;
mod doctor;
mod framework;
mod matching;
mod people;
mod serve;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use espalier_store::{Database, Store};

use crate::settings::{Choices, SettingsFile};

/// Career frameworks that are really used, for organisations that grow people on purpose.
///
/// One binary, one file of data. `espalier serve --demo` shows an invented organisation; `espalier serve` starts your
/// own and prints a link for the first administrator.
#[derive(Debug, Parser)]
#[command(name = "espalier", version, max_term_width = 100)]
pub struct CommandLine {
    #[command(flatten)]
    choices: Choices,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve the pages and the API
    Serve(serve::Serve),
    /// Import people from a CSV file
    #[command(subcommand)]
    People(people::People),
    /// Check, import, export and compare frameworks as files, without a server
    #[command(subcommand)]
    Framework(framework::Framework),
    /// Match mentees and mentors as files, without a server, and prove that no matching is better
    #[command(subcommand)]
    Match(matching::Match),
    /// Write everything into one file, while others go on working
    Backup(data::Backup),
    /// Read a backup into an empty database
    Restore(data::Restore),
    /// Write who was erased, as hashes, into a file that a restore reads
    Erasures(data::Erasures),
    /// Check the database, the files around it and the trail
    Doctor(doctor::Doctor),
}

/// What goes wrong on a command line, in any room.
pub type Fault = Box<dyn Error>;

impl CommandLine {
    /// Runs the verb.
    ///
    /// # Errors
    ///
    /// When it cannot be done; the sentence says why.
    pub fn run(self) -> Result<ExitCode, Fault> {
        let file = SettingsFile::read(self.choices.config.as_deref())?;
        let place = Place { choices: self.choices, file };
        // Those who read a file hold a thread meanwhile; one for each core stays free.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = cores + Store::READERS as usize;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
        runtime.block_on(async {
            match self.verb {
                Verb::Serve(serve) => serve.run(&place).await,
                Verb::People(people) => people.run(&place).await,
                Verb::Framework(framework) => framework.run(),
                Verb::Match(matching) => matching.run(),
                Verb::Backup(backup) => backup.run(&place).await,
                Verb::Restore(restore) => restore.run(&place).await,
                Verb::Erasures(erasures) => erasures.run(&place).await,
                Verb::Doctor(doctor) => doctor.run(&place).await,
            }
        })
    }
}

/// Where the data live, as chosen.
#[derive(Debug)]
pub struct Place {
    choices: Choices,
    file: SettingsFile,
}

impl Place {
    /// The database: on the command line or in the environment, else in the settings file, else a file in a folder
    /// of its own.
    fn database(&self, otherwise: &str) -> Result<Database, Fault> {
        let text = self.choices.database.as_deref().or(self.file.database.as_deref()).unwrap_or(otherwise);
        Ok(text.parse()?)
    }

    /// Opens the database that is there, with its schema brought up to date.
    async fn store(&self) -> Result<Store, Fault> {
        let database = self.database(DEFAULT_DATABASE)?;
        if let Database::Sqlite(path) = &database
            && !path.exists()
        {
            return Err(format!("there is no database at {database}; `espalier serve` makes one").into());
        }
        let store = Store::open(&database).await?;
        store.migrate(&crate::house::migrations()).await?;
        Ok(store)
    }
}

const DEFAULT_DATABASE: &str = "sqlite:espalier-data/espalier.db";
const DEMO_DATABASE: &str = "sqlite:espalier-data/demo.db";

/// Makes the folder of a database file, readable to its owner only.
fn make_folder(database: &Database) -> std::io::Result<()> {
    let Database::Sqlite(path) = database else { return Ok(()) };
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
    else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Says something to whoever typed the command.
#[expect(clippy::print_stdout, reason = "the command line speaks to its user")]
fn say(text: impl std::fmt::Display) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
    }
}
