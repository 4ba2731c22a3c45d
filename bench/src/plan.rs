use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::Trouble;

pub const USAGE: &str = "\
http --program FILE --run PEOPLE DATABASE [--run …]
     [--seconds 5] [--warm-up 1] [--connections 32] [--persona ada] [--page NAME=PATH]…
";

/// What is to be measured, and for how long.
#[derive(Clone)]
pub struct Plan {
    pub program: PathBuf,
    pub runs: Vec<Run>,
    pub duration: Duration,
    pub warm_up: Duration,
    pub connections: usize,
    /// Who asks: somebody of the demonstration.
    pub persona: String,
    /// Pages given by hand, in place of the usual ones.
    pub pages: Vec<(String, String)>,
}

/// One organisation on one database.
#[derive(Clone)]
pub struct Run {
    pub people: u32,
    pub database: String,
}

impl Run {
    pub fn engine(&self) -> &str {
        self.database.split(':').next().unwrap_or_default()
    }
}

/// How what goes on is told.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} people on {}", self.people, self.engine())
    }
}

impl Plan {
    pub fn read(words: &[&str]) -> Result<Self, Trouble> {
        let mut plan = Self {
            program: PathBuf::new(),
            runs: Vec::new(),
            duration: Duration::from_secs(5),
            warm_up: Duration::from_secs(1),
            connections: 32,
            persona: "ada".to_owned(),
            pages: Vec::new(),
        };
        let mut words = words.iter().copied();
        while let Some(flag) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{flag} needs a value.\n\n{USAGE}"));
            match flag {
                "--program" => plan.program = PathBuf::from(value()?),
                "--run" => {
                    let people = number(flag, value()?)?;
                    plan.runs.push(Run { people, database: value()?.to_owned() });
                }
                "--seconds" => plan.duration = Duration::from_secs(number(flag, value()?)?),
                "--warm-up" => plan.warm_up = Duration::from_secs(number(flag, value()?)?),
                "--connections" => plan.connections = number(flag, value()?)?,
                "--persona" => plan.persona = value()?.to_owned(),
                "--page" => {
                    let page = value()?;
                    let (name, path) =
                        page.split_once('=').ok_or_else(|| format!("“{page}” is not NAME=PATH."))?;
                    plan.pages.push((name.to_owned(), path.to_owned()));
                }
                other => return Err(format!("{other} is not known here.\n\n{USAGE}")),
            }
        }
        if plan.program.as_os_str().is_empty()
            || plan.runs.is_empty()
            || plan.connections == 0
            || plan.duration.is_zero()
        {
            return Err(format!("A program, a run, a connection and a second are needed.\n\n{USAGE}"));
        }
        Ok(plan)
    }
}

fn number<N: std::str::FromStr>(flag: &str, value: &str) -> Result<N, Trouble> {
    value.parse().map_err(|_| format!("{flag} needs a whole number, not “{value}”."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_from_flags() {
        let plan =
            Plan::read(&["--program", "p", "--run", "1000", "sqlite:/x.db", "--page", "home=/"]).unwrap();
        assert_eq!(plan.runs[0].people, 1000);
        assert_eq!(plan.runs[0].engine(), "sqlite");
        assert_eq!(plan.pages, [("home".to_owned(), "/".to_owned())]);
        assert_eq!(plan.connections, 32);
    }

    #[test]
    fn a_plan_without_a_run_is_refused() {
        assert!(Plan::read(&["--program", "p"]).is_err());
        assert!(Plan::read(&["--program", "p", "--run", "many", "x"]).is_err());
    }
}
