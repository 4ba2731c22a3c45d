//! Everything a developer starts besides the program itself. CI runs the same commands.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to whoever started it")]

mod bench;
mod browser;
mod ci;
mod matching;
mod needs;
mod place;
mod postgres;
mod shots;
mod test;

use std::process::ExitCode;

use place::Trouble;

const USAGE: &str = "\
cargo xtask COMMAND

  test [--install] [FILTER]    every test: Rust on SQLite and PostgreSQL, documentation, a real browser
                               --install fetches what is missing (Debian and npm packages, cargo-nextest)
                               FILTER keeps the tests, and the pages, whose names contain it
  shots [NAME]                 screenshots of every page in tests/e2e/pages.json, into shots/
  bench [NAME [FLAGS]]         measurements; without a name, the list of them
  ci [--install]               formatting, lints, licences, then test; what CI runs
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", rest @ ..] => test::Request::read(rest).and_then(|request| test::run(&request)),
        ["shots"] => shots::run(None),
        ["shots", name] if !name.starts_with('-') => shots::run(Some(name)),
        ["bench", rest @ ..] => bench::run(rest),
        ["ci"] => ci::run(needs::Missing::Say),
        ["ci", "--install"] => ci::run(needs::Missing::Install),
        // Started by `postgres::Server`, never by hand.
        ["guard-postgres", pg_ctl, folder] => postgres::guard(pg_ctl.as_ref(), folder.as_ref()),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(Trouble::new(format!("This is not a command of xtask.\n\n{USAGE}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
