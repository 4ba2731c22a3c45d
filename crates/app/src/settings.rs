use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

/// What the operator chooses: on the command line, else in the environment, else in a settings file.
#[derive(Debug, Clone, Default, Args)]
pub struct Choices {
    /// Where the data live: sqlite:PATH or postgres://USER@HOST/NAME
    /// [default: sqlite:espalier-data/espalier.db]
    #[arg(long, env = "ESPALIER_DATABASE", hide_env_values = true, global = true)]
    pub database: Option<String>,
    /// A settings file in TOML with `database`, `listen` and `base_url`
    #[arg(long, env = "ESPALIER_CONFIG", global = true)]
    pub config: Option<PathBuf>,
}

/// The settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsFile {
    /// Where the data live.
    pub database: Option<String>,
    /// Where to listen.
    pub listen: Option<String>,
    /// The address under which people reach the server.
    pub base_url: Option<String>,
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The file cannot be read.
    #[error("the settings file {} cannot be read", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The file has a key or value that is not understood.
    #[error("the settings file {} is not understood", .0.display())]
    Content(PathBuf, #[source] toml::de::Error),
}

impl SettingsFile {
    /// Reads the file, or nothing where there is none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or has an unknown key.
    pub fn read(path: Option<&Path>) -> Result<Self, SettingsFault> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text =
            std::fs::read_to_string(path).map_err(|error| SettingsFault::File(path.to_owned(), error))?;
        toml::from_str(&text).map_err(|error| SettingsFault::Content(path.to_owned(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_in_the_settings_file_is_refused() {
        assert!(toml::from_str::<SettingsFile>("listn = '127.0.0.1:1'").is_err());
        let read: SettingsFile = toml::from_str("listen = '127.0.0.1:1'").unwrap();
        assert_eq!(read.listen.as_deref(), Some("127.0.0.1:1"));
    }
}
