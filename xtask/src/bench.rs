//! `cargo xtask bench`: measurements, each a program of the package `espalier-bench`.

use std::path::Path;

use crate::browser::build;
use crate::needs;
use crate::place::{Trouble, cargo, show};
use crate::postgres::{Durability, Server};

const LIST: &str = "\
cargo xtask bench http [--sizes 1000,10000,100000] [--engines sqlite,postgres] [FLAGS]
    Pages of the release build over HTTP, with a demonstration organisation of each size on each database:
    requests per second, median and 99th percentile, processor and memory, time to the first answer, and the
    ceiling of the same HTML from memory. Prints Markdown.
    FLAGS: --seconds 5  --warm-up 1  --connections 32  --persona ada  --page NAME=PATH (may be repeated)
";

/// Runs one measurement, or lists them.
pub fn run(words: &[&str]) -> Result<(), Trouble> {
    match words {
        [] => {
            print!("{LIST}");
            Ok(())
        }
        ["http", flags @ ..] => http(&Http::read(flags)?),
        [other, ..] => Err(Trouble::new(format!("There is no measurement called {other}.\n\n{LIST}"))),
    }
}

/// What was asked of the measurement over HTTP.
#[derive(Debug, PartialEq, Eq)]
struct Http {
    sizes: Vec<u32>,
    engines: Vec<String>,
    /// Handed on as they are.
    rest: Vec<String>,
}

impl Http {
    fn read(flags: &[&str]) -> Result<Self, Trouble> {
        let mut http = Self {
            sizes: vec![1_000, 10_000, 100_000],
            engines: vec!["sqlite".to_owned(), "postgres".to_owned()],
            rest: Vec::new(),
        };
        let mut flags = flags.iter().copied();
        while let Some(flag) = flags.next() {
            let value =
                flags.next().ok_or_else(|| Trouble::new(format!("{flag} needs a value.\n\n{LIST}")))?;
            match flag {
                "--sizes" => {
                    let sizes: Result<Vec<u32>, _> = value.split(',').map(str::parse).collect();
                    http.sizes =
                        sizes.map_err(|_| Trouble::new(format!("“{value}” is not a list of sizes.")))?;
                }
                "--engines" => {
                    http.engines = value.split(',').map(str::to_owned).collect();
                    if let Some(other) =
                        http.engines.iter().find(|engine| !["sqlite", "postgres"].contains(&engine.as_str()))
                    {
                        return Err(Trouble::new(format!("“{other}” is neither sqlite nor postgres.")));
                    }
                }
                _ => http.rest.extend([flag.to_owned(), value.to_owned()]),
            }
        }
        Ok(http)
    }
}

fn http(request: &Http) -> Result<(), Trouble> {
    let program = build(&["--release"], "release")?;
    show(cargo().args(["build", "--release", "--package", "espalier-bench"]))?;
    let folder = Folder::new()?;
    let server = if request.engines.iter().any(|engine| engine == "postgres") {
        // A measurement pays for durability, as real use does.
        Some(Server::start(&needs::postgres().map_err(Trouble::new)?, Durability::Real)?)
    } else {
        None
    };

    let mut bench = cargo();
    bench
        .args(["run", "--release", "--quiet", "--package", "espalier-bench", "--", "http", "--program"])
        .arg(&program);
    for people in &request.sizes {
        for engine in &request.engines {
            let database = match &server {
                Some(server) if engine == "postgres" => {
                    server.create_database(&format!("people_{people}"))?
                }
                Some(_) | None => {
                    format!("sqlite:{}", folder.0.join(format!("people-{people}.db")).display())
                }
            };
            bench.args(["--run", &people.to_string(), &database]);
        }
    }
    show(bench.args(&request.rest))
}

/// A folder that is gone afterwards.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Result<Self, Trouble> {
        let folder = std::env::temp_dir().join(format!("espalier-bench-{}", std::process::id()));
        let made = std::fs::create_dir_all(&folder);
        made.map_err(|error| Trouble::new(format!("A folder for databases could not be made: {error}.")))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let path: &Path = &self.0;
        if let Err(error) = std::fs::remove_dir_all(path) {
            eprintln!("{} is left over: {error}.", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_engines_are_ours_and_the_rest_is_handed_on() {
        let http = Http::read(&["--sizes", "10,20", "--engines", "sqlite", "--seconds", "1"]).unwrap();
        assert_eq!((http.sizes, http.engines), (vec![10, 20], vec!["sqlite".to_owned()]));
        assert_eq!(http.rest, ["--seconds", "1"]);
        assert!(Http::read(&["--engines", "oracle"]).is_err());
        assert!(Http::read(&["--sizes"]).is_err());
    }
}
