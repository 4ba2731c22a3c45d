//! What the tests need from the machine, found or fetched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Trouble, ask, cargo, command, find_program, is_root, root, show};

/// The oldest Node that the browser tests are written for.
const OLDEST_NODE: u32 = 20;

/// What to do about what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Say so, and leave out what needs it.
    Say,
    /// Fetch it from Debian, npm or crates.io.
    Install,
}

/// What a machine has of all that the tests can use; what it has not is said in a sentence.
pub struct Found {
    /// Runs the Rust tests; without it `cargo test` does, only slower.
    pub nextest: Result<(), String>,
    /// The folder with `initdb` and its kin.
    pub postgres: Result<PathBuf, String>,
    /// Everything for the tests in a browser.
    pub browser: Result<Browser, String>,
    /// Lets system calls fail, as those of a full or broken disk do.
    pub strace: Result<(), String>,
    /// A mail server and readers of calendars that others wrote.
    pub peers: Result<(), String>,
}

/// A browser and what drives it.
pub struct Browser {
    /// Where Chromium is.
    pub chromium: PathBuf,
}

/// Looks for everything, and fetches what is missing when asked to.
pub fn find(missing: Missing) -> Result<Found, Trouble> {
    if missing == Missing::Install {
        install()?;
    }
    Ok(Found {
        nextest: nextest(),
        postgres: postgres(),
        browser: browser(),
        strace: strace(),
        peers: peers(),
    })
}

/// The program `cargo nextest`.
fn nextest() -> Result<(), String> {
    let answer = ask(cargo().args(["nextest", "--version"]));
    answer
        .map(|_| ())
        .map_err(|_| "cargo-nextest is missing (`cargo install --locked cargo-nextest`)".to_owned())
}

/// The program `strace`. Where it is not permitted, the tests that use it say so themselves.
fn strace() -> Result<(), String> {
    if find_program("strace").is_some() || !cfg!(target_os = "linux") {
        return Ok(());
    }
    Err("strace is missing (Debian: `apt-get install strace`)".to_owned())
}

/// What others wrote to take mail and to read calendars, as Debian's packages.
const PEERS: [&str; 4] = ["python3-aiosmtpd", "python3-icalendar", "khal", "vdirsyncer"];

/// Python with a mail server and a reader of calendars, a calendar program, and one that pulls calendars.
fn peers() -> Result<(), String> {
    let reads = |module: &str| {
        let words = ["-c", &format!("import {module}")].map(str::to_owned);
        ["python3", "/usr/bin/python3"].iter().any(|python| ask(Command::new(python).args(&words)).is_ok())
    };
    let finds = |program: &str| find_program(program).is_some();
    let missing: Vec<&str> = [reads("aiosmtpd"), reads("icalendar"), finds("khal"), finds("vdirsyncer")]
        .into_iter()
        .zip(PEERS)
        .filter_map(|(is_there, package)| (!is_there).then_some(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("{0} are missing (Debian: `apt-get install {0}`)", missing.join(" ")))
}

/// The newest PostgreSQL server: Debian keeps its programs away from the path.
pub fn postgres() -> Result<PathBuf, String> {
    let mut folders: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    folders.sort();
    let on_path = find_program("initdb").and_then(|program| Some(program.parent()?.to_path_buf()));
    on_path
        .into_iter()
        .chain(folders.into_iter().rev().map(|(_, folder)| folder))
        .find(|folder| {
            ["initdb", "pg_ctl", "postgres", "createdb"].iter().all(|program| folder.join(program).is_file())
        })
        .ok_or_else(|| "the PostgreSQL server is missing (Debian: `apt-get install postgresql`)".to_owned())
}

/// A browser, Node and the npm packages.
pub fn browser() -> Result<Browser, String> {
    let chromium = chromium();
    let missing: Vec<String> = [chromium.as_ref().err(), node().err().as_ref(), packages().err().as_ref()]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    match chromium {
        Ok(chromium) if missing.is_empty() => Ok(Browser { chromium }),
        Ok(_) | Err(_) => Err(missing.join("; ")),
    }
}

fn chromium() -> Result<PathBuf, String> {
    let chosen = std::env::var_os("ESPALIER_CHROMIUM").map(PathBuf::from);
    chosen
        .or_else(|| ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find_program))
        .ok_or_else(|| "Chromium is missing (Debian: `apt-get install chromium`)".to_owned())
}

fn node() -> Result<(), String> {
    let wanted = format!("Node {OLDEST_NODE} or newer is missing");
    let version = ask(Command::new("node").arg("--version")).map_err(|_| wanted.clone())?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        Some(_) | None => Err(format!("{wanted} (found {})", version.trim())),
    }
}

/// The npm packages are there when they were installed from the lock file as it is now.
fn packages() -> Result<(), String> {
    let folder = e2e();
    let same = fs::read(folder.join("package-lock.json"))
        .and_then(|lock| Ok(lock == fs::read(installed_lock(&folder))?))
        .unwrap_or(false);
    if same { Ok(()) } else { Err("the npm packages of tests/e2e are missing (`npm ci` there)".to_owned()) }
}

/// The folder of the browser tests.
pub fn e2e() -> PathBuf {
    root().join("tests/e2e")
}

/// The lock file that the installed packages came from, kept beside them.
fn installed_lock(folder: &Path) -> PathBuf {
    folder.join("node_modules/.installed-from-package-lock.json")
}

fn install() -> Result<(), Trouble> {
    let mut debian = Vec::new();
    if postgres().is_err() {
        debian.push("postgresql");
    }
    if chromium().is_err() {
        debian.push("chromium");
    }
    if strace().is_err() {
        debian.push("strace");
    }
    if peers().is_err() {
        debian.extend(PEERS);
    }
    if node().is_err() {
        debian.extend(["nodejs", "npm"]);
    }
    if !debian.is_empty() {
        install_from_debian(&debian)?;
    }
    if packages().is_err() {
        let folder = e2e();
        show(command("npm").current_dir(&folder).args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ]))?;
        fs::copy(folder.join("package-lock.json"), installed_lock(&folder)).map_err(|error| {
            Trouble::new(format!("The npm packages could not be marked as installed: {error}."))
        })?;
    }
    if nextest().is_err() {
        show(cargo().args(["install", "--locked", "cargo-nextest"]))?;
    }
    Ok(())
}

fn install_from_debian(packages: &[&str]) -> Result<(), Trouble> {
    if find_program("apt-get").is_none() {
        return Err(Trouble::new(format!(
            "Only Debian packages can be installed here. Please install these yourself: {}.",
            packages.join(", ")
        )));
    }
    let apt = || {
        let mut apt = if is_root() { command("apt-get") } else { command("sudo") };
        if !is_root() {
            apt.arg("apt-get");
        }
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    show(apt().args(["update", "-qq"]))?;
    show(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}
