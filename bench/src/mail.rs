//! How quickly what waits drains into a mail server on the same machine: a round of talks is begun for a whole
//! organisation, everybody is told, and the letters are counted as they arrive.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::Trouble;
use crate::persona::Persona;
use crate::plan::Run;
use crate::program::Program;

pub const USAGE: &str = "\
mail --program FILE --run PEOPLE DATABASE [--run …]
";

/// Nothing more comes when nothing has come for so long.
const SILENCE: Duration = Duration::from_secs(45);

/// What is to be measured.
pub struct Mail {
    program: PathBuf,
    runs: Vec<Run>,
}

/// Letters as they arrive.
#[derive(Default)]
struct Counter {
    letters: AtomicU64,
}

impl Mail {
    pub fn read(words: &[&str]) -> Result<Self, Trouble> {
        let mut mail = Self { program: PathBuf::new(), runs: Vec::new() };
        let mut words = words.iter().copied();
        while let Some(flag) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{flag} needs a value.\n\n{USAGE}"));
            match flag {
                "--program" => mail.program = PathBuf::from(value()?),
                "--run" => {
                    let people = value()?;
                    let people = people.parse().map_err(|_| format!("“{people}” is no number"))?;
                    mail.runs.push(Run { people, database: value()?.to_owned() });
                }
                _ => return Err(format!("{flag} is not known.\n\n{USAGE}")),
            }
        }
        Ok(mail)
    }

    pub async fn measure(&self) -> Result<(), Trouble> {
        println!("| people | database | letters | seconds | letters/s |\n|---:|---|---:|---:|---:|");
        for run in &self.runs {
            let (letters, took) = self.drain(run).await?;
            let rate = letters as f64 / took.as_secs_f64();
            println!(
                "| {} | {} | {letters} | {:.1} | {rate:.0} |",
                run.people,
                run.engine(),
                took.as_secs_f64()
            );
        }
        Ok(())
    }

    /// How many letters came, and the time from the first to the last.
    async fn drain(&self, run: &Run) -> Result<(u64, Duration), Trouble> {
        let counter = Arc::new(Counter::default());
        let office = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
        let smtp = format!("smtp://{}", office.local_addr().map_err(|error| error.to_string())?);
        let counting = counter.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = office.accept().await {
                let counter = counting.clone();
                // Whoever goes away in the middle of a letter is not counted; that is all there is to do.
                tokio::spawn(async move { serve(stream, &counter).await.unwrap_or_default() });
            }
        });
        let people = run.people.to_string();
        // A mail server of one's own takes as many.
        let flags = ["--demo", "--people", &people, "--smtp", &smtp, "--smtp-connections", "48"];
        let (program, _) = Program::serve(&self.program, &run.database, &flags).await?;
        begin_round(&program).await?;
        let (mut first, mut last, mut seen) = (None, Instant::now(), 0);
        loop {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let letters = counter.letters.load(Ordering::Relaxed);
            if letters > seen {
                last = Instant::now();
                first.get_or_insert(last);
                seen = letters;
            }
            if last.elapsed() > SILENCE {
                break;
            }
        }
        program.stop().await?;
        let first = first.ok_or("no letter came")?;
        Ok((seen, last.duration_since(first)))
    }
}

/// HR begins a round for everybody.
async fn begin_round(program: &Program) -> Result<(), Trouble> {
    let di = Persona::sign_in(program, "di").await?;
    let wanted = [
        ("name", "Bench"),
        ("team", ""),
        ("due_on", "2099-06-20"),
        ("item_kind", "statement"),
        ("step", "begin"),
    ];
    di.send("/talks/rounds", &wanted).await.map(drop)
}

/// As much of a mail server as it takes to be handed letters.
async fn serve(stream: TcpStream, counter: &Counter) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 counter\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                while lines.next_line().await?.is_some_and(|line| line != ".") {}
                counter.letters.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            "QUIT" => return writer.write_all(b"221 bye\r\n").await,
            _ => b"250 fine\r\n",
        };
        writer.write_all(answer).await?;
    }
    Ok(())
}
