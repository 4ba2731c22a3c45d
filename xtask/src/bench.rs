//! `cargo xtask bench`: measurements, each a program of the package `espalier-bench`.

use std::path::{Path, PathBuf};
use std::process::Command;

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
cargo xtask bench imports [--sizes 100000] [--engines sqlite,postgres]
    People imported from CSV into each database, the same file again, and a backup; and every public framework
    imported, each the quickest of five, from ../shared/fixtures or where ESPALIER_FIXTURES points.
cargo xtask bench growth [--sizes 100000] [--engines sqlite,postgres] [FLAGS]
    An open talk of 70 statements and 40 pieces of evidence, a timeline of ten years, and rounds of talks for a team of
    about 5,000, for everybody without a talk under way, and, last of all, for as many newcomers again: how long the
    talks of a round take to be there, and the pages under load, as with http. All is done over HTTP, as people do it; the
    pages wait until everybody has been told of their talk. The overview team by team is asked for by one connection alone.
    FLAGS: --seconds 5  --warm-up 1  --connections 32
cargo xtask bench mail [--sizes 10000] [--engines sqlite,postgres]
    A round of talks for a whole organisation, and how many letters a second drain into a mail server on this machine.
cargo xtask bench matching [--python PYTHON] [--folder FOLDER] [--only \"L;XL\"]
    The matching of generated instances: processor time of one thread, the quickest of five, with OR-tools beside it
    where PYTHON has numpy and ortools; memory by the allocator; repair; fit scoring. Instances are made in FOLDER by
    the generator beside ../shared/fixtures, or beside where ESPALIER_FIXTURES points.
";

/// Runs one measurement, or lists them.
pub fn run(words: &[&str]) -> Result<(), Trouble> {
    match words {
        [] => {
            print!("{LIST}");
            Ok(())
        }
        ["http", flags @ ..] => http(&Asked::read(flags, &[1_000, 10_000, 100_000])?),
        ["growth", flags @ ..] => growth(&Asked::read(flags, &[100_000])?),
        ["mail", flags @ ..] => mail(&Asked::read(flags, &[10_000])?),
        ["matching", flags @ ..] => crate::matching::run(flags),
        ["imports", flags @ ..] => imports(&Asked::read(flags, &[100_000])?),
        [other, ..] => Err(Trouble::new(format!("There is no measurement called {other}.\n\n{LIST}"))),
    }
}

/// What was asked of a measurement.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    sizes: Vec<u32>,
    engines: Vec<String>,
    /// Handed on as they are.
    rest: Vec<String>,
}

impl Asked {
    fn read(flags: &[&str], sizes: &[u32]) -> Result<Self, Trouble> {
        let mut asked = Self {
            sizes: sizes.to_vec(),
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
                    asked.sizes =
                        sizes.map_err(|_| Trouble::new(format!("“{value}” is not a list of sizes.")))?;
                }
                "--engines" => {
                    asked.engines = value.split(',').map(str::to_owned).collect();
                    if let Some(other) =
                        asked.engines.iter().find(|engine| !["sqlite", "postgres"].contains(&engine.as_str()))
                    {
                        return Err(Trouble::new(format!("“{other}” is neither sqlite nor postgres.")));
                    }
                }
                _ => asked.rest.extend([flag.to_owned(), value.to_owned()]),
            }
        }
        Ok(asked)
    }
}

fn http(asked: &Asked) -> Result<(), Trouble> {
    let place = Place::new(asked)?;
    show(place.bench("http", asked)?.args(&asked.rest))
}

fn growth(asked: &Asked) -> Result<(), Trouble> {
    let place = Place::new(asked)?;
    show(place.bench("growth", asked)?.args(&asked.rest))
}

fn mail(asked: &Asked) -> Result<(), Trouble> {
    let place = Place::new(asked)?;
    show(place.bench("mail", asked)?.args(&asked.rest))
}

fn imports(asked: &Asked) -> Result<(), Trouble> {
    let place = Place::new(asked)?;
    let mut bench = place.bench("imports", asked)?;
    bench.arg("--folder").arg(&place.folder.0).args(&asked.rest);
    let fixtures =
        std::env::var_os("ESPALIER_FIXTURES").map_or_else(|| "../shared/fixtures".into(), PathBuf::from);
    let frameworks = fixtures.join("frameworks");
    if frameworks.is_dir() {
        bench.arg("--frameworks").arg(frameworks);
    } else {
        println!(
            "Skipped: no frameworks are at {}; ESPALIER_FIXTURES may say where they are.",
            frameworks.display()
        );
    }
    show(&mut bench)
}

/// The programs to measure with, and room for databases.
struct Place {
    program: PathBuf,
    folder: Folder,
    server: Option<Server>,
}

impl Place {
    fn new(asked: &Asked) -> Result<Self, Trouble> {
        let program = build(&["--release"], "release")?;
        show(cargo().args(["build", "--release", "--package", "espalier-bench"]))?;
        let server = if asked.engines.iter().any(|engine| engine == "postgres") {
            // A measurement pays for durability, as real use does.
            Some(Server::start(&needs::postgres().map_err(Trouble::new)?, Durability::Real)?)
        } else {
            None
        };
        Ok(Self { program, folder: Folder::new()?, server })
    }

    /// The measuring program, told what to measure and in which databases.
    fn bench(&self, name: &str, asked: &Asked) -> Result<Command, Trouble> {
        let mut bench = cargo();
        bench.args(["run", "--release", "--quiet", "--package", "espalier-bench", "--", name, "--program"]);
        bench.arg(&self.program);
        for people in &asked.sizes {
            for engine in &asked.engines {
                let database = match &self.server {
                    Some(server) if engine == "postgres" => {
                        server.create_database(&format!("people_{people}"))?
                    }
                    Some(_) | None => {
                        format!("sqlite:{}", self.folder.0.join(format!("people-{people}.db")).display())
                    }
                };
                bench.args(["--run", &people.to_string(), &database]);
            }
        }
        Ok(bench)
    }
}

/// A folder that is gone afterwards.
struct Folder(PathBuf);

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
        let asked =
            Asked::read(&["--sizes", "10,20", "--engines", "sqlite", "--seconds", "1"], &[1]).unwrap();
        assert_eq!((asked.sizes, asked.engines), (vec![10, 20], vec!["sqlite".to_owned()]));
        assert_eq!(asked.rest, ["--seconds", "1"]);
        assert!(Asked::read(&["--engines", "oracle"], &[1]).is_err());
        assert!(Asked::read(&["--sizes"], &[1]).is_err());
    }
}
