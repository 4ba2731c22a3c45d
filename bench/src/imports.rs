//! How long imports take, as the commands that people type: people into each database, and every framework of a
//! folder into the text format.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Trouble;
use crate::plan::Run;
use crate::program::Program;

pub const USAGE: &str = "\
imports --program FILE --folder FOLDER [--run PEOPLE DATABASE]… [--frameworks FOLDER]
";

/// A framework's import is timed this often; the quickest counts, since everything else is the machine's.
const TIMES: usize = 5;

/// What is to be imported, and where.
pub struct Imports {
    program: PathBuf,
    /// Where files may be written.
    folder: PathBuf,
    runs: Vec<Run>,
    frameworks: Option<PathBuf>,
}

impl Imports {
    pub fn read(words: &[&str]) -> Result<Self, Trouble> {
        let mut imports =
            Self { program: PathBuf::new(), folder: PathBuf::new(), runs: Vec::new(), frameworks: None };
        let mut words = words.iter().copied();
        while let Some(flag) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{flag} needs a value.\n\n{USAGE}"));
            match flag {
                "--program" => imports.program = PathBuf::from(value()?),
                "--folder" => imports.folder = PathBuf::from(value()?),
                "--frameworks" => imports.frameworks = Some(PathBuf::from(value()?)),
                "--run" => {
                    let people = value()?;
                    let people = people.parse().map_err(|_| format!("“{people}” is not a number."))?;
                    imports.runs.push(Run { people, database: value()?.to_owned() });
                }
                other => return Err(format!("{other} is not known here.\n\n{USAGE}")),
            }
        }
        if imports.program.as_os_str().is_empty() || imports.folder.as_os_str().is_empty() {
            return Err(format!("A program and a folder are needed.\n\n{USAGE}"));
        }
        Ok(imports)
    }

    /// Imports everything, and prints the tables.
    pub async fn measure(&self) -> Result<(), Trouble> {
        let mut out = String::new();
        if !self.runs.is_empty() {
            out.push_str("\n| people | database | import s | the same again s | backup s |\n|---:|---|---:|---:|---:|\n");
        }
        for run in &self.runs {
            eprintln!("{} people into {}", run.people, run.engine());
            // Started once, the program makes its tables.
            Program::serve(&self.program, &run.database, &[]).await?.0.stop().await?;
            let sheet = self.folder.join(format!("people-{}.csv", run.people));
            fs::write(&sheet, people(run.people)).map_err(|error| format!("a file of people: {error}"))?;
            let import = |program: &mut Command| {
                seconds(program.args(["people", "import"]).arg(&sheet).args(["--database", &run.database]))
            };
            let first = import(&mut self.espalier())?;
            let again = import(&mut self.espalier())?;
            let file = self.folder.join(format!("backup-{}-{}", run.engine(), run.people));
            let backup =
                seconds(self.espalier().arg("backup").arg(file).args(["--database", &run.database]))?;
            // Writing into a text cannot fail.
            let _written = writeln!(
                out,
                "| {} | {} | {:.1} | {:.1} | {:.1} |",
                run.people,
                run.engine(),
                first.as_secs_f64(),
                again.as_secs_f64(),
                backup.as_secs_f64()
            );
        }
        if let Some(frameworks) = &self.frameworks {
            out.push_str("\n| framework | files | KiB | import ms |\n|---|---:|---:|---:|\n");
            for framework in folders(frameworks)? {
                let (files, bytes) = size(&framework)?;
                let name = framework.file_name().unwrap_or_default().to_string_lossy();
                eprintln!("framework {name}");
                let time = self.framework(&framework)?;
                let _written = writeln!(
                    out,
                    "| {name} | {files} | {} | {:.0} |",
                    bytes / 1024,
                    time.as_secs_f64() * 1000.0
                );
            }
        }
        println!("{out}");
        Ok(())
    }

    fn espalier(&self) -> Command {
        Command::new(&self.program)
    }

    /// The quickest of some imports, the start of the program and the writing of the files in it.
    fn framework(&self, source: &Path) -> Result<Duration, Trouble> {
        let mut quickest = Duration::MAX;
        for time in 0..TIMES {
            let name = source.file_name().unwrap_or_default().to_string_lossy();
            let out = self.folder.join(format!("{name}-{time}"));
            let mut import = self.espalier();
            import.args(["framework", "import"]).arg(source).arg("--out").arg(out);
            quickest = quickest.min(seconds(&mut import)?);
        }
        Ok(quickest)
    }
}

/// Runs a command, and gives the time it took.
fn seconds(command: &mut Command) -> Result<Duration, Trouble> {
    let began = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} could not be started: {error}", command.get_program().display()))?;
    let took = began.elapsed();
    if output.status.success() {
        return Ok(took);
    }
    Err(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// A company as its personnel system would export it: eight reports to everybody who leads, a team for each who
/// leads, a level for everybody.
pub fn people(how_many: u32) -> String {
    let mut out =
        "name,email,manager,team,job_title,location,time_zone,started_on,framework,track,level,level_since\n"
            .to_owned();
    for number in 0..how_many {
        let lead = number.saturating_sub(1) / 8;
        let manager = if number == 0 { String::new() } else { format!("person{lead}@example.org") };
        let _written = writeln!(
            out,
            "Person{number} Family{family},person{number}@example.org,{manager},Division {division} / Team {lead},\
             Engineer {level},Town {town},Europe/Stockholm,20{year:02}-0{month}-15,example,engineer,level-{level},2025-01-01",
            family = number % 4_001,
            division = lead % 40,
            level = number % 5 + 1,
            town = number % 31,
            year = 10 + number % 15,
            month = number % 9 + 1,
        );
    }
    out
}

/// The folders in a folder, by name.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut folders: Vec<PathBuf> = entries(folder)?.into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let trouble = |error| format!("{} could not be read: {error}", folder.display());
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(trouble)?.collect();
    Ok(entries.map_err(trouble)?.into_iter().map(|entry| entry.path()).collect())
}

/// How many files a folder holds, and how many bytes.
fn size(folder: &Path) -> Result<(u64, u64), Trouble> {
    let mut sum = (0, 0);
    for entry in entries(folder)? {
        let (files, bytes) = if entry.is_dir() {
            size(&entry)?
        } else {
            (1, entry.metadata().map_err(|error| format!("{}: {error}", entry.display()))?.len())
        };
        sum = (sum.0 + files, sum.1 + bytes);
    }
    Ok(sum)
}
