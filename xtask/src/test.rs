//! `cargo xtask test`: every test there is, on both databases and in a browser.

use crate::browser;
use crate::needs::{self, Found, Missing};
use crate::place::{Trouble, cargo, is_ci, show};
use crate::postgres::{Durability, Server};

/// What was asked for.
pub struct Request {
    pub missing: Missing,
    /// Keeps the tests whose names contain it.
    pub filter: Option<String>,
}

impl Request {
    pub fn read(words: &[&str]) -> Result<Self, Trouble> {
        let mut request = Self { missing: Missing::Say, filter: None };
        for word in words {
            match *word {
                "--install" => request.missing = Missing::Install,
                flag if flag.starts_with('-') => {
                    return Err(Trouble::new(format!(
                        "`cargo xtask test` knows no {flag}; it knows --install."
                    )));
                }
                filter if request.filter.is_none() => request.filter = Some(filter.to_owned()),
                _ => return Err(Trouble::new("`cargo xtask test` takes one filter at most.")),
            }
        }
        Ok(request)
    }
}

/// One part of the run, and how it ended.
struct Part {
    name: &'static str,
    end: End,
}

enum End {
    Passed,
    Failed(String),
    Skipped(String),
}

/// Runs everything, also after something failed, and says at the end how each part went.
pub fn run(request: &Request) -> Result<(), Trouble> {
    let found = needs::find(request.missing)?;
    let mut parts = Vec::new();

    let server = start_postgres(&found, &mut parts);
    let address = server.as_ref().map(Server::url).or_else(|| std::env::var("ESPALIER_TEST_POSTGRES").ok());
    parts.push(Part { name: "Rust tests", end: end_of(rust_tests(&found, request, address.as_deref())) });
    if let Err(missing) = &found.strace {
        parts.push(Part { name: "tests with a failing disk", end: End::Skipped(missing.clone()) });
    }
    if let Err(missing) = &found.peers {
        parts.push(Part { name: "mail and calendars read by others", end: End::Skipped(missing.clone()) });
    }
    parts.push(Part { name: "documentation tests", end: end_of(doc_tests(request, address.as_deref())) });
    // Stopped before the browser tests: what they start lives in SQLite.
    drop(server);
    let in_browser = match &found.browser {
        Ok(found) => end_of(browser::test(found, request.filter.as_deref())),
        Err(missing) => End::Skipped(missing.clone()),
    };
    parts.push(Part { name: "browser tests", end: in_browser });

    sum_up(&parts)
}

fn start_postgres(found: &Found, parts: &mut Vec<Part>) -> Option<Server> {
    let name = "tests on PostgreSQL";
    if std::env::var_os("ESPALIER_TEST_POSTGRES").is_some() {
        eprintln!("PostgreSQL: the server named in ESPALIER_TEST_POSTGRES is used.");
        return None;
    }
    let programs = match &found.postgres {
        Ok(programs) => programs,
        Err(missing) => {
            parts.push(Part { name, end: End::Skipped(missing.clone()) });
            return None;
        }
    };
    match Server::start(programs, Durability::None) {
        Ok(server) => {
            eprintln!("PostgreSQL: a new server from {} at {}.", programs.display(), server.url());
            Some(server)
        }
        Err(trouble) => {
            parts.push(Part { name, end: End::Failed(trouble.to_string()) });
            None
        }
    }
}

fn rust_tests(found: &Found, request: &Request, postgres: Option<&str>) -> Result<(), Trouble> {
    let mut tests = cargo();
    match &found.nextest {
        Ok(()) => tests.args(["nextest", "run", "--workspace", "--no-tests=pass"]),
        Err(missing) => {
            eprintln!("{missing}, so `cargo test` runs the same tests.");
            tests.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"])
        }
    };
    tests.args(request.filter.as_deref());
    tests.envs(postgres.map(|address| ("ESPALIER_TEST_POSTGRES", address)));
    show(&mut tests)
}

fn doc_tests(request: &Request, postgres: Option<&str>) -> Result<(), Trouble> {
    let mut tests = cargo();
    tests.args(["test", "--doc", "--workspace", "--quiet"]).args(request.filter.as_deref());
    tests.envs(postgres.map(|address| ("ESPALIER_TEST_POSTGRES", address)));
    show(&mut tests)
}

fn end_of(outcome: Result<(), Trouble>) -> End {
    match outcome {
        Ok(()) => End::Passed,
        Err(trouble) => End::Failed(trouble.to_string()),
    }
}

fn sum_up(parts: &[Part]) -> Result<(), Trouble> {
    println!("\nSummary");
    for Part { name, end } in parts {
        match end {
            End::Passed => println!("  passed   {name}"),
            End::Failed(why) => println!("  FAILED   {name}: {why}"),
            End::Skipped(why) => println!("  SKIPPED  {name}: {why}"),
        }
    }
    let skipped = parts.iter().any(|part| matches!(part.end, End::Skipped(_)));
    if skipped {
        println!("`cargo xtask test --install` fetches what is missing.");
    }
    if parts.iter().any(|part| matches!(part.end, End::Failed(_))) {
        return Err(Trouble::new("Some tests failed."));
    }
    if skipped && is_ci() {
        return Err(Trouble::new("Some tests were skipped, and in CI that is a failure."));
    }
    println!("{}", if skipped { "What ran passed." } else { "Everything ran and passed." });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_flag_and_a_filter() {
        let request = Request::read(&["pairs", "--install"]).unwrap();
        assert_eq!(request.missing, Missing::Install);
        assert_eq!(request.filter.as_deref(), Some("pairs"));
        assert!(Request::read(&["--fast"]).is_err());
        assert!(Request::read(&["one", "two"]).is_err());
    }

    #[test]
    fn one_failed_part_fails_the_run() {
        let passed = || Part { name: "a", end: End::Passed };
        assert!(sum_up(&[passed(), passed()]).is_ok());
        assert!(sum_up(&[passed(), Part { name: "b", end: End::Failed("no".to_owned()) }]).is_err());
    }
}
