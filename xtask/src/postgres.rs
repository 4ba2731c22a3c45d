//! A PostgreSQL server for one run, in a folder that is gone afterwards.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::place::{Trouble, ask, find_program, is_root};

/// How much of what is written must survive a fall of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: tests start afresh each time.
    None,
    /// As a server in real use: measurements must pay for it.
    Real,
}

/// A running server. It stops when this value is dropped, and also when this program dies before that:
/// a guard in another process group waits for the end of a pipe that only this program holds open.
pub struct Server {
    guard: Child,
    programs: PathBuf,
    port: u16,
}

impl Server {
    /// Makes a new server and waits until it answers.
    pub fn start(programs: &Path, durability: Durability) -> Result<Self, Trouble> {
        let folder = std::env::temp_dir().join(format!("espalier-postgres-{}", std::process::id()));
        let _gone = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| trouble("make a folder for PostgreSQL", &error))?;
        if let Some(user) = server_user() {
            ask(Command::new("chown").arg(user).arg(&folder))?;
        }
        let pg_ctl = programs.join("pg_ctl");
        let guard = start_guard(&pg_ctl, &folder)?;
        let mut server = Self { guard, programs: programs.to_owned(), port: 0 };

        let data = folder.join("data");
        ask(as_server_user(&programs.join("initdb")).current_dir(&folder).arg("-D").arg(&data).args([
            "--username=espalier",
            "--auth=trust",
            "--locale=C",
            "--encoding=UTF8",
            "--no-sync",
        ]))?;
        // Somebody else may take the port between finding and using it, so a second and third are tried.
        let mut tries = 3;
        loop {
            server.port = free_port()?;
            let start = ask(as_server_user(&pg_ctl)
                .current_dir(&folder)
                .args(["start", "-w", "-t", "60", "-s", "-D"])
                .arg(&data)
                .arg("-l")
                .arg(folder.join("log"))
                .arg("-o")
                .arg(settings(&folder, server.port, durability)));
            tries -= 1;
            match start {
                Ok(_) => return Ok(server),
                Err(_) if tries > 0 => {}
                Err(trouble) => {
                    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                    return Err(Trouble::new(format!("{trouble}\n{log}")));
                }
            }
        }
    }

    /// The address of the database that every server has.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Makes an empty database and gives its address.
    pub fn create_database(&self, name: &str) -> Result<String, Trouble> {
        ask(Command::new(self.programs.join("createdb"))
            .args(["--host=127.0.0.1", "--username=espalier"])
            .arg(format!("--port={}", self.port))
            .arg(name))?;
        Ok(self.url_of(name))
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://espalier@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closing the pipe is the sign; waiting makes sure that nothing is left when this program ends.
        drop(self.guard.stdin.take());
        if let Err(error) = self.guard.wait() {
            eprintln!("Nobody knows whether PostgreSQL was stopped: {error}.");
        }
    }
}

/// The guard's whole life: wait for the end of the pipe, stop the server, remove its folder.
pub fn guard(pg_ctl: &Path, folder: &Path) -> Result<(), Trouble> {
    let mut nothing = Vec::new();
    std::io::stdin()
        .read_to_end(&mut nothing)
        .map_err(|error| trouble("wait for the end of the tests", &error))?;
    let data = folder.join("data");
    // The tests may have ended while the database was being made: then there is nothing to stop yet, but soon.
    let began = Instant::now();
    loop {
        let mut stop = as_server_user(pg_ctl);
        let stopped = if data.join("postmaster.pid").exists() {
            ask(stop.current_dir("/").args(["stop", "-s", "-w", "-m", "immediate", "-D"]).arg(&data))
                .map(|_| ())
        } else {
            Ok(())
        };
        let gone = stopped.and_then(|()| {
            fs::remove_dir_all(folder).map_err(|error| trouble("remove the folder of PostgreSQL", &error))
        });
        match gone {
            Err(_) if began.elapsed() < Duration::from_secs(60) => thread::sleep(Duration::from_millis(100)),
            gone => return gone,
        }
    }
}

fn start_guard(pg_ctl: &Path, folder: &Path) -> Result<Child, Trouble> {
    let this = std::env::current_exe().map_err(|error| trouble("find this program", &error))?;
    Command::new(this)
        .arg("guard-postgres")
        .args([pg_ctl, folder])
        // Ctrl-C goes to the group of whoever is at the terminal; the guard must outlive it.
        .process_group(0)
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|error| trouble("start the guard of PostgreSQL", &error))
}

fn settings(folder: &Path, port: u16, durability: Durability) -> String {
    let folder = folder.display();
    let common = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{folder}' -c max_connections=200"
    );
    match durability {
        Durability::None => {
            format!("{common} -c fsync=off -c synchronous_commit=off -c full_page_writes=off")
        }
        Durability::Real => common,
    }
}

/// PostgreSQL refuses to run as root, so there it runs as its own user or as nobody.
fn server_user() -> Option<&'static str> {
    if !is_root() {
        return None;
    }
    let exists = |user: &str| ask(Command::new("id").arg(user)).is_ok();
    Some(if exists("postgres") { "postgres" } else { "nobody" })
}

fn as_server_user(program: &Path) -> Command {
    let Some(user) = server_user() else { return Command::new(program) };
    let mut command = Command::new(find_program("runuser").unwrap_or_else(|| "runuser".into()));
    command.args(["-u", user, "--"]).arg(program);
    command
}

fn free_port() -> Result<u16, Trouble> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| trouble("find a free port", &error))
}

fn trouble(what: &str, error: &std::io::Error) -> Trouble {
    Trouble::new(format!("It was not possible to {what}: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_pay_nothing_for_durability_and_measurements_do() {
        assert!(settings(Path::new("/x"), 1, Durability::None).contains("fsync=off"));
        assert!(!settings(Path::new("/x"), 1, Durability::Real).contains("fsync"));
    }
}
