//! Measures the program from outside: over HTTP, as its readers meet it, and its imports, as commands. Started by `cargo xtask bench`, which
//! builds the program and makes the databases.
//!
//! What it never does: guess. What could not be measured is said, and the run then ends as failed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to whoever started it")]

mod bare;
mod client;
mod growth;
mod http;
mod imports;
mod load;
mod mail;
mod pages;
mod persona;
mod plan;
mod program;
mod report;
mod scene;

use std::process::ExitCode;

/// What went wrong, in a sentence.
type Trouble = String;

// One thread is enough to ask, and leaves the other cores to the program that is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["http", rest @ ..] => http::measure(rest).await,
        ["growth", rest @ ..] => growth::measure(rest).await,
        ["imports", rest @ ..] => imports(rest).await,
        ["mail", rest @ ..] => mail(rest).await,
        _ => Err(format!(
            "Started by `cargo xtask bench`.\n\n{}{}{}{}",
            plan::USAGE,
            growth::USAGE,
            imports::USAGE,
            mail::USAGE
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn imports(words: &[&str]) -> Result<(), Trouble> {
    imports::Imports::read(words)?.measure().await
}

async fn mail(words: &[&str]) -> Result<(), Trouble> {
    mail::Mail::read(words)?.measure().await
}
