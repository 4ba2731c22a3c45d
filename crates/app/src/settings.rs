use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use espalier_notify::calendar;
use espalier_notify::sender::{CONNECTIONS, MailServer, NoMailServer};
use serde::Deserialize;

/// What the operator chooses: on the command line, else in the environment, else in a settings file.
#[derive(Debug, Clone, Default, Args)]
pub struct Choices {
    /// Where the data live: sqlite:PATH or postgres://USER@HOST/NAME
    /// [default: sqlite:espalier-data/espalier.db]
    #[arg(long, env = "ESPALIER_DATABASE", hide_env_values = true, global = true)]
    pub database: Option<String>,
    /// A settings file in TOML with `database`, `listen`, `base_url`, `smtp`, `smtp_connections`,
    /// `mail_from`, `chat_hosts` and `proxy`
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
    /// The mail server.
    pub smtp: Option<String>,
    /// How many connections to it there may be at the same time.
    pub smtp_connections: Option<u16>,
    /// From whom mail comes.
    pub mail_from: Option<String>,
    /// The hosts at which chat may be told.
    pub chat_hosts: Option<String>,
    /// The servers in front of this one.
    pub proxy: Option<String>,
}

/// How notices leave the house.
#[derive(Clone, Default, Args)]
pub struct WaysOut {
    /// The mail server: smtp://HOST:25, smtp://NAME:PASSWORD@HOST:587?tls=required or
    /// smtps://NAME:PASSWORD@HOST [default: none; everything stays in people's inboxes]
    #[arg(long, env = "ESPALIER_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    /// How many connections to the mail server there may be at the same time, from 1 to 100 [default: 12]
    #[arg(long, env = "ESPALIER_SMTP_CONNECTIONS", value_parser = clap::value_parser!(u16).range(1..=100))]
    smtp_connections: Option<u16>,
    /// From whom mail comes [default: Espalier <espalier@HOST>, the host of the base URL]
    #[arg(long, env = "ESPALIER_MAIL_FROM")]
    mail_from: Option<String>,
    /// Hosts at which people may be told in chat, with commas between: hooks.slack.com, or
    /// inside:HOST:PORT for one in your own network [default: none]
    #[arg(long, env = "ESPALIER_CHAT_HOSTS")]
    chat_hosts: Option<String>,
}

impl std::fmt::Debug for WaysOut {
    /// The address of a mail server may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaysOut").finish_non_exhaustive()
    }
}

impl WaysOut {
    /// The mail server, if one is set.
    ///
    /// # Errors
    ///
    /// When it is not understood.
    pub fn mail(&self, file: &SettingsFile, base_url: &str) -> Result<Option<MailServer>, NoMailServer> {
        let Some(url) = self.smtp.as_ref().or(file.smtp.as_ref()).filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let otherwise = format!("Espalier <espalier@{}>", calendar::host_of(base_url));
        let from = self.mail_from.as_ref().or(file.mail_from.as_ref()).unwrap_or(&otherwise);
        let connections = self.smtp_connections.or(file.smtp_connections).unwrap_or(CONNECTIONS);
        MailServer::new(url, from, connections.min(100)).map(Some)
    }

    /// The hosts at which chat may be told, as they were written.
    pub fn chat_hosts(&self, file: &SettingsFile) -> String {
        self.chat_hosts.clone().or_else(|| file.chat_hosts.clone()).unwrap_or_default()
    }
}

/// Reads the addresses of the servers in front of this one: with commas between, as it was given, else as the settings
/// file has it.
///
/// # Errors
///
/// When one is no address.
pub fn proxies(given: Option<&str>, file: &SettingsFile) -> Result<Vec<IpAddr>, NotAnAddress> {
    let text = given.or(file.proxy.as_deref()).unwrap_or_default();
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_err(|_| NotAnAddress(part.to_owned())))
        .map(|address: Result<IpAddr, _>| address.map(|address| address.to_canonical()))
        .collect()
}

/// A proxy is not named by its address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no address; name a proxy as 10.0.0.1 or 2001:db8::1, several with commas between")]
pub struct NotAnAddress(String);

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

    #[tokio::test]
    async fn a_mail_server_that_is_not_understood_is_refused_without_repeating_its_password() {
        let ways = |smtp: &str| WaysOut { smtp: Some(smtp.to_owned()), ..WaysOut::default() };
        let file = SettingsFile::default();
        assert!(WaysOut::default().mail(&file, "https://x.example").unwrap().is_none());
        assert!(ways("smtps://me:secret@mail.example").mail(&file, "https://x.example").unwrap().is_some());
        let refusal = ways("pop://me:secret@mail.example").mail(&file, "https://x.example").unwrap_err();
        assert!(!refusal.to_string().contains("secret"));
    }

    #[test]
    fn proxies_are_addresses_with_commas_between() {
        let file = SettingsFile { proxy: Some("10.0.0.9".to_owned()), ..SettingsFile::default() };
        let given = proxies(Some("10.0.0.1, ::1"), &file).unwrap();
        assert_eq!(given, ["10.0.0.1".parse::<IpAddr>().unwrap(), "::1".parse().unwrap()]);
        assert_eq!(proxies(None, &file).unwrap().len(), 1);
        assert!(proxies(None, &SettingsFile::default()).unwrap().is_empty());
        assert_eq!(proxies(Some("proxy.local"), &file), Err(NotAnAddress("proxy.local".to_owned())));
    }

    #[test]
    fn an_unknown_key_in_the_settings_file_is_refused() {
        assert!(toml::from_str::<SettingsFile>("listn = '127.0.0.1:1'").is_err());
        let read: SettingsFile = toml::from_str("listen = '127.0.0.1:1'").unwrap();
        assert_eq!(read.listen.as_deref(), Some("127.0.0.1:1"));
    }
}
