//! Where things are, how programs are started, and what is said when it goes wrong.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something went wrong, in whole sentences for the person at the terminal.
#[derive(Debug)]
pub struct Trouble(String);

impl Trouble {
    pub fn new(said: impl Into<String>) -> Self {
        Self(said.into())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The folder with the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The cargo that started this program.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    // What cargo told this program about itself is not meant for the programs that are built next.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// A command at the root of the workspace.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a command where the person can watch it; no input, so that nothing waits for an answer in CI.
pub fn show(command: &mut Command) -> Result<(), Trouble> {
    let said = words_of(command);
    eprintln!("\n$ {said}");
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Trouble::new(format!("`{said}` ended with {status}."))),
        Err(error) => Err(Trouble::new(format!("`{said}` could not be started: {error}."))),
    }
}

/// Runs a command quietly and gives back what it printed, or all it said when it failed.
pub fn ask(command: &mut Command) -> Result<String, Trouble> {
    let said = words_of(command);
    let answer = command.stdin(Stdio::null()).output();
    let answer = answer.map_err(|error| Trouble::new(format!("`{said}` could not be started: {error}.")))?;
    let printed = String::from_utf8_lossy(&answer.stdout).into_owned();
    if answer.status.success() {
        return Ok(printed);
    }
    let complaint = String::from_utf8_lossy(&answer.stderr);
    Err(Trouble::new(format!("`{said}` ended with {}.\n{printed}{complaint}", answer.status)))
}

/// The first program of this name that the shell would find.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Whether this runs where nobody watches and nothing may be left out.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// Whether this runs as the administrator of the machine.
pub fn is_root() -> bool {
    ask(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn words_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
