//! A real server in a process of its own, and somebody who asks it over the network.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;

/// A real server in a process of its own.
pub struct Server {
    pub child: Child,
    pub address: String,
}

impl Server {
    pub fn start(database: &str) -> Self {
        Self::start_with_log(database, Stdio::null())
    }

    /// The same, with all that it logs, down to the smallest thing, going somewhere.
    pub fn start_with_log(database: &str, log: impl Into<Stdio>) -> Self {
        Self::start_with(database, log, &[])
    }

    /// The same, with a mail server.
    pub fn start_with_mail(database: &str, smtp: &str) -> Self {
        Self::start_with(database, Stdio::null(), &["--smtp", smtp])
    }

    fn start_with(database: &str, log: impl Into<Stdio>, flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_espalier"))
            .args(["serve", "--demo", "--people", "12", "--listen", "127.0.0.1:0", "--database", database])
            .args(flags)
            .stdout(Stdio::piped())
            .env("ESPALIER_LOG", "trace")
            .stderr(log)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (say, hear) = mpsc::channel();
        // What it prints later is read too, so that it never waits for a reader.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("Espalier is at http://") {
                    say.send(address.to_owned()).ok();
                }
            }
        });
        let address = hear.recv().expect("the server says where it is");
        Self { child, address }
    }

    /// One request on a connection of its own; nothing when the server died under it.
    pub fn request(&self, method: &str, path: &str, cookie: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer))
    }

    pub fn sign_in(&self, persona: &str) -> (String, String) {
        let (_, answer) = self.request("POST", "/demo/sign-in", "", &format!("persona={persona}")).unwrap();
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        let secret = cookie.split_once('=').unwrap().1;
        (cookie.clone(), espalier_web::form_token(&espalier_web::Passage::hash_of(secret)))
    }

    /// Its process, as text.
    pub fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
