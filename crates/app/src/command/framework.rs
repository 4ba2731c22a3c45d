use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use espalier_framework::Files;
use espalier_framework::command::{self, ImportRequest, Outcome, Shown};
use espalier_framework::import::Format;

use super::Fault;

/// Frameworks as files, without a server or a database.
#[derive(Debug, Subcommand)]
pub enum Framework {
    /// Say what stands in the way of publishing; exit code 1 when something does
    Check {
        /// A folder or file: our text format, our JSON, or anything that can be imported
        path: PathBuf,
    },
    /// Turn a framework from elsewhere into the text format, with a report of what was not understood
    Import(Import),
    /// Write a framework as one JSON file
    Export {
        /// A folder or file of any kind that can be read
        path: PathBuf,
        /// The file to write
        #[arg(long)]
        out: PathBuf,
    },
    /// Say what changed in meaning between two versions, and what kind of version the new one is
    Diff {
        /// The older version, of any kind that can be read
        old: PathBuf,
        /// The newer version
        new: PathBuf,
        /// Only what is new for people at this level of the newer version
        #[arg(long)]
        level: Option<String>,
        /// How to say it
        #[arg(long, value_enum, default_value = "text")]
        format: Voice,
    },
}

/// What to bring in, and how.
#[derive(Debug, Args)]
pub struct Import {
    /// A folder or file
    source: PathBuf,
    /// The folder to write the text format into
    #[arg(long)]
    out: PathBuf,
    /// The dialect: auto, or one of text, json, ft-yaml, monzo, references, markdown, html, sheet
    #[arg(long, default_value = "auto")]
    format: String,
    /// For tables: a small YAML file that says what each column is; `examples/` has one
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// How to say what was not understood
    #[arg(long, value_enum, default_value = "text")]
    report: Voice,
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Voice {
    /// For people
    Text,
    /// For programs
    Json,
}

impl From<Voice> for Shown {
    fn from(voice: Voice) -> Self {
        match voice {
            Voice::Text => Self::Text,
            Voice::Json => Self::Json,
        }
    }
}

impl Framework {
    /// Runs the verb.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or written.
    pub fn run(self) -> Result<ExitCode, Fault> {
        match self {
            Self::Check { path } => say_all(&command::check(&read(&path)?)),
            Self::Import(import) => import.run(),
            Self::Export { path, out } => {
                let name =
                    out.file_name().and_then(|name| name.to_str()).unwrap_or("framework.json").to_owned();
                let folder = out.parent().map_or_else(PathBuf::new, Path::to_owned);
                let outcome = command::export(&read(&path)?, &name);
                write(&outcome, &folder)?;
                say_all(&outcome)
            }
            Self::Diff { old, new, level, format } => {
                say_all(&command::diff(&read(&old)?, &read(&new)?, format.into(), level.as_deref()))
            }
        }
    }
}

impl Import {
    fn run(self) -> Result<ExitCode, Fault> {
        let format: Option<Format> =
            if self.format == "auto" { None } else { Some(self.format.parse().map_err(Fault::from)?) };
        let mapping = match &self.mapping {
            None => None,
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
                Some((path.display().to_string(), text))
            }
        };
        let request = ImportRequest { format, mapping, report: self.report.into() };
        let outcome = command::import(&read(&self.source)?, &request);
        write(&outcome, &self.out)?;
        say_all(&outcome)
    }
}

/// Reads a file, or all files below a folder. Hidden ones are not part of a framework.
fn read(path: &Path) -> Result<Files, Fault> {
    let mut files = Files::new();
    if path.is_dir() {
        let mut folders = vec![path.to_owned()];
        while let Some(folder) = folders.pop() {
            let mut entries: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
            entries.sort_by_key(std::fs::DirEntry::file_name);
            for entry in entries {
                let kind = entry.file_type()?;
                if entry.file_name().to_string_lossy().starts_with('.') {
                    continue;
                }
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let inside = entry.path().strip_prefix(path)?.to_string_lossy().replace('\\', "/");
                    add(&mut files, &entry.path(), &inside)?;
                }
            }
        }
    } else {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        add(&mut files, path, &name)?;
    }
    Ok(files)
}

/// Never more of a file is read than may be taken.
fn add(files: &mut Files, path: &Path, name: &str) -> Result<(), Fault> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(Files::FILE_LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    files.add(name, bytes)?;
    Ok(())
}

/// Writes what came out, and nothing when something went wrong.
fn write(outcome: &Outcome, folder: &Path) -> Result<(), Fault> {
    for (path, bytes) in outcome.files.iter() {
        let target = folder.join(path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&target, bytes).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line speaks to its user")]
fn say_all(outcome: &Outcome) -> Result<ExitCode, Fault> {
    print!("{}", outcome.out);
    eprint!("{}", outcome.err);
    Ok(ExitCode::from(outcome.code))
}
