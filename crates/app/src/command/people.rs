use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use espalier_kernel::{Clock, Id, Mint};
use espalier_people::access::{ORGANISATION, PEOPLE};
use espalier_people::import::{self, Mapping, Plan, Sheet};
use espalier_people::trail;

use super::{Fault, Place, say};

/// People from files.
#[derive(Debug, Subcommand)]
pub enum People {
    /// Take people in from a CSV file; nothing of a file with errors, unless told to skip them
    Import(Import),
}

/// What to take in, and how.
#[derive(Debug, Args)]
pub struct Import {
    /// A CSV file in UTF-8 with a head line; `examples/people.csv` shows all columns
    file: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out the rows that cannot be taken, and take the rest
    #[arg(long)]
    skip_bad_rows: bool,
}

impl People {
    /// Runs the verb.
    ///
    /// # Errors
    ///
    /// When the file or the database cannot be read.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        let Self::Import(import) = self;
        import.run(place).await
    }
}

impl Import {
    async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        let bytes = std::fs::read(&self.file).map_err(|error| format!("{}: {error}", self.file.display()))?;
        let sheet = Sheet::read(&bytes).map_err(|fault| format!("{}: {fault}", self.file.display()))?;
        let mapping = Mapping::guess(&sheet.head);
        mapping.check().map_err(|fault| format!("{}: {fault}", self.file.display()))?;
        let store = place.store().await?;
        let mut tx = store.write().await?;
        let plan = import::plan(&sheet, &mapping, &import::existing(&mut tx).await?);
        self.report(&sheet, &mapping, &plan);
        let is_refused = !plan.bad.is_empty() && !self.skip_bad_rows;
        if self.dry_run {
            say("Dry run: nothing was changed.");
            return Ok(if is_refused { ExitCode::FAILURE } else { ExitCode::SUCCESS });
        }
        if is_refused {
            say("Nothing was taken in. Mend the rows, or leave them out with --skip-bad-rows.");
            return Ok(ExitCode::FAILURE);
        }
        let (now, mint) = (Clock::System.now(), Mint::from_system());
        let applied = import::apply(&mut tx, &plan, &mint, now, None).await?;
        trail::note_by(&mut tx, &mint, now, Id::from_bits(0), "import", &PEOPLE, ORGANISATION).await?;
        tx.commit().await?;
        store.learn().await?;
        store.close().await;
        say(format_args!(
            "Done: {} added, {} changed, {} new teams.",
            applied.new, applied.changed, applied.teams
        ));
        Ok(ExitCode::SUCCESS)
    }

    fn report(&self, sheet: &Sheet, mapping: &Mapping, plan: &Plan) {
        for (head, field) in sheet.head.iter().zip(&mapping.0) {
            if field.is_none() {
                say(format_args!("The column “{head}” is not understood and left out."));
            }
        }
        for bad in &plan.bad {
            say(format_args!("{}:{}: {}", self.file.display(), bad.line, bad.reason));
        }
        if self.dry_run {
            for (row, changes) in &plan.changed {
                for change in changes {
                    let (field, from, to) = (change.field.title(), &change.from, &change.to);
                    say(format_args!("{}: {field} “{from}” becomes “{to}”", row.email));
                }
            }
        }
        say(format_args!(
            "{} new, {} changed, {} unchanged, {} rows that cannot be taken.",
            plan.new.len(),
            plan.changed.len(),
            plan.unchanged,
            plan.bad.len()
        ));
    }
}
