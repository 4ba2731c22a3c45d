//! The other side: a small mail server and a small chat, in the mood that a test wants them in.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use espalier_app::house;
use espalier_kernel::{Clock, Moment};
use espalier_notify::chat::Hosts;
use espalier_notify::sender::CONNECTIONS;
use espalier_notify::{MailServer, Sender};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::House;

/// How a mail server treats whoever comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes everything.
    Takes,
    /// It answers each recipient with this line.
    Refuses(&'static str),
    /// It never says a word.
    Silent,
    /// It takes a letter and then goes away without saying so.
    Drops,
    /// It takes a letter and then keeps the line open without saying so.
    Holds,
}

/// A mail server, and all letters that were handed to it, also those it never said yes to.
#[derive(Clone)]
pub struct PostOffice {
    pub address: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    mood: Arc<Mutex<Mood>>,
}

/// A letter as it came over the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub text: String,
}

impl Letter {
    /// A line of the head.
    pub fn head(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_else(|| panic!("the letter has no {name}:\n{head}"))
    }

    /// What it says, without the wrapping of the transport.
    pub fn words(&self) -> String {
        let text = self.text.replace("=\r\n", "");
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('=') {
            out.push_str(before);
            match after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()) {
                Some(byte) if byte.is_ascii() => {
                    out.push(char::from(byte));
                    rest = &after[2..];
                }
                _ => {
                    out.push('=');
                    rest = after;
                }
            }
        }
        out + rest
    }
}

impl PostOffice {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self {
            address: listener.local_addr().unwrap().to_string(),
            letters: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Takes)),
        };
        let serving = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let office = serving.clone();
                tokio::spawn(async move { office.serve(stream).await });
            }
        });
        office
    }

    pub fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// All letters so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    /// All letters since the last time somebody took them.
    pub fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.letters.lock().unwrap())
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mood = || self.mood.lock().unwrap().clone();
        if mood() == Mood::Silent {
            std::future::pending::<()>().await;
        }
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut say = async |line: &str| writer.write_all(format!("{line}\r\n").as_bytes()).await.ok();
        say("220 post office").await?;
        let mut to = String::new();
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" | "HELO" | "NOOP" | "RSET" | "MAIL" => say("250 fine").await?,
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    match mood() {
                        Mood::Refuses(answer) => say(answer).await?,
                        _ => say("250 fine").await?,
                    }
                }
                "DATA" => {
                    say("354 go on").await?;
                    let mut text = String::new();
                    loop {
                        let line = lines.next_line().await.ok()??;
                        if line == "." {
                            break;
                        }
                        text.push_str(&line);
                        text.push_str("\r\n");
                    }
                    self.letters.lock().unwrap().push(Letter { to: to.clone(), text });
                    match mood() {
                        Mood::Drops => return None,
                        Mood::Holds => std::future::pending::<()>().await,
                        _ => say("250 taken").await?,
                    }
                }
                "QUIT" => {
                    say("221 bye").await?;
                    return None;
                }
                _ => say("502 what").await?,
            }
        }
        None
    }

    /// Whoever sends what waits in a house, at a moment, through this office.
    pub fn sender(&self, house: &House, now: Moment) -> Sender {
        sender_to(house, now, &self.address, "")
    }
}

/// Whoever sends what waits in a house, at a moment, through a mail server, to chat at these hosts.
pub fn sender_to(house: &House, now: Moment, smtp: &str, hosts: &str) -> Sender {
    let outside = house::outside(&house.kit.settings);
    let from = "Espalier <espalier@espalier.test>";
    let patience = Duration::from_secs(3);
    let mail = MailServer::with_patience(&format!("smtp://{smtp}"), from, CONNECTIONS, patience).unwrap();
    Sender {
        store: house.store.clone(),
        clock: Clock::Fixed(now),
        mint: house.kit.mint.clone(),
        base_url: "http://espalier.test".to_owned(),
        kinds: outside.kinds,
        directory: outside.directory,
        mail: Some(mail),
        hosts: hosts.parse::<Hosts>().unwrap(),
    }
}

/// Opens the ways out of a house, as its start does.
pub async fn open_ways(house: &House) {
    let mut tx = house.store.write().await.unwrap();
    espalier_notify::open_channels(&mut tx, super::story_time(), true, true).await.unwrap();
    tx.commit().await.unwrap();
}

/// A Python that has a module; what is missing is said.
pub fn python_with(module: &str) -> Option<&'static str> {
    let has = |python: &&str| {
        let asked = std::process::Command::new(python).args(["-c", &format!("import {module}")]).output();
        asked.is_ok_and(|answer| answer.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
    if found.is_none() {
        eprintln!("SKIPPED: no Python here has {module}");
    }
    found
}

/// A chat that answers with a line for each that comes, the last line from then on, and what it was told.
pub struct Chat {
    pub address: String,
    pub told: Arc<Mutex<Vec<String>>>,
}

impl Chat {
    pub async fn open(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let chat = Self { address: listener.local_addr().unwrap().to_string(), told: Arc::default() };
        let told = chat.told.clone();
        let mut answers: VecDeque<&'static str> = answers.iter().copied().collect();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0] };
                let mut text = Vec::new();
                let mut buffer = [0; 4096];
                while !whole(&text) {
                    match stream.read(&mut buffer).await {
                        Ok(count) if count > 0 => text.extend(&buffer[..count]),
                        _ => break,
                    }
                }
                told.lock().unwrap().push(String::from_utf8(text).unwrap());
                let answer = format!(
                    "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nlocation: http://127.0.0.1:1/\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).await.ok();
            }
        });
        chat
    }
}

/// Whether a request is there with all of its body.
fn whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}
