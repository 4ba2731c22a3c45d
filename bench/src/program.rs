//! The program as a process: started, asked about itself, stopped.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Trouble;
use crate::client::Connection;
use crate::plan::{Plan, Run};

/// How long a program may take to make its organisation.
const PATIENCE: Duration = Duration::from_secs(1800);
/// Linux counts processor time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// A running program.
pub struct Program {
    child: Child,
    address: String,
}

impl Program {
    /// Starts the program and waits for its first answer; gives the time that took.
    pub async fn start(plan: &Plan, run: &Run) -> Result<(Self, Duration), Trouble> {
        let people = run.people.to_string();
        Self::serve(&plan.program, &run.database, &["--demo", "--people", &people]).await
    }

    /// The same for any flags of `serve`.
    pub async fn serve(program: &Path, database: &str, flags: &[&str]) -> Result<(Self, Duration), Trouble> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = port.map_err(|error| format!("there is no free port: {error}"))?.to_string();
        let began = Instant::now();
        let child = Command::new(program)
            .arg("serve")
            .args(flags)
            .args(["--listen", &address, "--database", database])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("{} could not be started: {error}", program.display()))?;
        let mut program = Self { child, address };
        loop {
            if let Ok(mut connection) = Connection::open(&program.address).await
                && connection.ask(request("/", None).as_slice()).await.is_ok()
            {
                return Ok((program, began.elapsed()));
            }
            if let Ok(Some(status)) = program.child.try_wait() {
                return Err(format!("the program ended before it answered: {status}"));
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("the program did not answer within {} minutes", PATIENCE.as_secs() / 60));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Signs somebody of the demonstration in, and gives the cookie to carry.
    pub async fn sign_in(&self, persona: &str) -> Result<String, Trouble> {
        let form = format!("persona={persona}");
        let request = format!(
            "POST /demo/sign-in HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {1}\r\n\r\n{form}",
            self.address,
            form.len()
        );
        let mut connection = Connection::open(&self.address).await?;
        let answer = connection.ask(request.as_bytes()).await?;
        let cookie = connection.header_of(&answer, "set-cookie");
        let cookie = cookie.as_deref().and_then(|cookie| cookie.split(';').next());
        match (answer.status, cookie) {
            (303, Some(cookie)) => Ok(cookie.to_owned()),
            (status, _) => Err(format!("“{persona}” could not sign in: {status}")),
        }
    }

    /// Resident memory in KiB: now, and the most it ever was.
    pub fn memory(&self) -> Result<(u64, u64), Trouble> {
        let status = self.told_by_kernel("status")?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().split(' ').next()?.parse().ok()
        };
        of("VmRSS").zip(of("VmHWM")).ok_or_else(|| "the kernel tells nothing about memory".to_owned())
    }

    /// Processor time of all its threads so far.
    pub fn processor_time(&self) -> Result<Duration, Trouble> {
        let stat = self.told_by_kernel("stat")?;
        // The name of the program stands in brackets and may hold spaces; the numbers come behind it.
        let numbers: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |place: usize| numbers.get(place).and_then(|ticks| ticks.parse::<u32>().ok());
        let (user, system) =
            ticks(11).zip(ticks(12)).ok_or("the kernel tells nothing about processor time")?;
        Ok(TICK * (user + system))
    }

    /// Asks the program to end, as a service manager would, and waits for it.
    pub async fn stop(mut self) -> Result<(), Trouble> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        asked.map_err(|error| format!("the program could not be stopped: {error}"))?;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            if let Ok(Some(_)) = self.child.try_wait() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the program did not end within 30 seconds of being asked to".to_owned())
    }

    fn told_by_kernel(&self, file: &str) -> Result<String, Trouble> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).map_err(|error| format!("{path} could not be read: {error}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nothing to say when it has ended by itself.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// A request for a page, by somebody or by a visitor.
pub fn request(path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie.map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n{cookie}\r\n").into_bytes()
}
