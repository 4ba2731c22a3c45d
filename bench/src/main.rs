//! Measures the program from outside: over HTTP, as its readers meet it, and its imports, as commands. Started by `cargo xtask bench`, which
//! builds the program and makes the databases.
//!
//! What it never does: guess. What could not be measured is said, and the run then ends as failed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line talks to whoever started it")]

mod bare;
mod client;
mod imports;
mod load;
mod mail;
mod pages;
mod plan;
mod program;
mod report;

use std::process::ExitCode;

use plan::Plan;
use report::Report;

/// What went wrong, in a sentence.
type Trouble = String;

// One thread is enough to ask, and leaves the other cores to the program that is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["http", rest @ ..] => http(rest).await,
        ["imports", rest @ ..] => imports(rest).await,
        ["mail", rest @ ..] => mail(rest).await,
        _ => Err(format!(
            "Started by `cargo xtask bench`.\n\n{}{}{}",
            plan::USAGE,
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

async fn http(words: &[&str]) -> Result<(), Trouble> {
    let plan = Plan::read(words)?;
    let mut report = Report::default();
    for run in &plan.runs {
        if let Err(trouble) = measure(&plan, run, &mut report).await {
            report.missing(format!("{} people on {}: {trouble}", run.people, run.engine()));
        }
    }
    println!("{}", report.markdown(&plan));
    if report.is_complete() { Ok(()) } else { Err("Not everything could be measured.".to_owned()) }
}

async fn measure(plan: &Plan, run: &plan::Run, report: &mut Report) -> Result<(), Trouble> {
    eprintln!("{} people on {}: making the organisation", run.people, run.engine());
    let (first, filling) = program::Program::start(plan, run).await?;
    first.stop().await?;

    let (program, starting) = program::Program::start(plan, run).await?;
    let resting = program.memory()?;
    let cookie = program.sign_in(&plan.persona).await?;
    for page in pages::find(plan, program.address(), &cookie).await {
        let page = match page {
            Ok(page) => page,
            Err(trouble) => {
                report.missing(format!("{} people on {}: {trouble}", run.people, run.engine()));
                continue;
            }
        };
        eprintln!("{} people on {}: {}", run.people, run.engine(), page.name);
        let requests = page.requests(&cookie);
        load::warm_up(plan, program.address(), &requests).await?;
        let ticks = program.processor_time()?;
        let ours = load::measure(plan, program.address(), &requests).await?;
        let spent = program.processor_time()?.saturating_sub(ticks);
        let bare = bare::Server::start(&page.html).await?;
        load::warm_up(plan, bare.address(), &requests).await?;
        let ceiling = load::measure(plan, bare.address(), &requests).await?;
        report.page(run, &page, &report::Measured { ours, spent, ceiling });
    }
    report.program(run, &report::Sizes { filling, starting, resting, loaded: program.memory()? });
    program.stop().await
}
