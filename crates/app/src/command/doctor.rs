use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use espalier_governance::mydata::expiry;
use espalier_people::trail;
use espalier_store::Database;

use super::{DEFAULT_DATABASE, Fault, Place, say};
use crate::{first, house};

/// Check the database, the files around it and the trail.
#[derive(Debug, Args)]
pub struct Doctor {}

impl Doctor {
    /// Checks, and says what it found; the exit code is 1 when something is broken.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened at all.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        let store = place.store().await?;
        let database = place.database(DEFAULT_DATABASE)?;
        let mut broken = 0;
        say(format_args!("Database: {}, {}", database, store.engine().await?));
        let faults = store.integrity().await?;
        if faults.is_empty() {
            say("Data: whole");
        }
        for fault in faults {
            broken += 1;
            say(format_args!("Data: {fault}"));
        }
        trail::seal(&store).await?;
        let mut tx = store.read().await?;
        match trail::verify(&mut tx).await? {
            Ok(sealed) => say(format_args!("Trail: unbroken, {sealed} sealed entries")),
            Err(at) => {
                broken += 1;
                say(format_args!("Trail: broken at place {at}; somebody changed the database by hand"));
            }
        }
        if !first::is_inhabited(&mut tx).await? {
            say(
                "People: nobody is in this database, and no framework. If a restore was stopped, run it once more",
            );
        }
        let (has_mail, dead) = espalier_notify::health(&mut tx).await?;
        if has_mail {
            say("Mail: sent through the server that was set when Espalier was last started");
        } else {
            say("Mail: no server is set, so everything stays in people’s inboxes; see --smtp");
        }
        if dead > 0 {
            say(format_args!(
                "Warning: {dead} messages were not taken; an administrator finds them under /admin/deliveries"
            ));
        }
        let choices = expiry::choices(&mut tx).await?;
        drop(tx);
        for purpose in house::keeping(&house::policy()?).purposes() {
            say(format_args!("Kept: {}, {}", purpose.title, expiry::in_words(purpose, &choices)));
        }
        let base_url = place.file.base_url.clone().unwrap_or_default();
        for warning in warnings(&database, &base_url) {
            say(format_args!("Warning: {warning}"));
        }
        store.close().await;
        Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// What an operator should know about the surroundings.
pub fn warnings(database: &Database, base_url: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Database::Sqlite(path) = database
        && let Some(mode) = open_to_others(path)
    {
        warnings.push(format!(
            "others on this machine can read {} (mode {mode:o}); make it private with: chmod 600 {}",
            path.display(),
            path.display()
        ));
    }
    let is_here = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|here| base_url.starts_with(here));
    if base_url.starts_with("http://") && !is_here {
        warnings.push(format!(
            "{base_url} is not encrypted; put a server with HTTPS in front and set --base-url"
        ));
    }
    warnings
}

/// The mode of a file that others than its owner may read.
fn open_to_others(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
        // A folder closed to others protects what is in it.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder_mode = std::fs::metadata(folder).ok()?.permissions().mode() & 0o777;
        (mode & 0o044 != 0 && folder_mode & 0o011 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unencrypted_address_that_others_use_is_warned_about() {
        let database = Database::Postgres("postgres://x@y/z".to_owned());
        assert!(warnings(&database, "http://127.0.0.1:8080").is_empty());
        assert!(warnings(&database, "https://espalier.example").is_empty());
        assert_eq!(warnings(&database, "http://espalier.example").len(), 1);
    }
}
