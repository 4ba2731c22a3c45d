//! The commands that need neither server nor database. They are given files and give back words, files and an exit
//! status; reading and writing the disk is somebody else's.

use crate::{
    checks, diff, exchange,
    files::Files,
    import::{self, Format, Import, Mapping},
    model::{Framework, Level},
    report::{Finding, Severity, Unreadable},
    text,
    words::folded,
};

/// What a command leaves behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// For standard output.
    pub out: String,
    /// For standard error.
    pub err: String,
    /// Files to write; none when something went wrong.
    pub files: Files,
    /// The exit status.
    pub code: u8,
}

/// How a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// What an import may be told.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// The dialect; recognised when left out.
    pub format: Option<Format>,
    /// The name and content of a mapping file, for sheets.
    pub mapping: Option<(String, String)>,
    /// How the report is shown.
    pub report: Shown,
}

fn refused(unreadable: &Unreadable) -> Outcome {
    Outcome { err: format!("{unreadable}\n"), code: 1, ..Outcome::default() }
}

fn as_json<T: serde::Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads the text format, the JSON, or anything an importer reads.
pub fn read_any(files: &Files) -> Result<Import, Unreadable> {
    import::import(files, None, None)
}

/// `espalier framework check PATH`: everything that stands in the way of publishing. Exit status 1 when something does.
pub fn check(files: &Files) -> Outcome {
    let import = match read_any(files) {
        Ok(import) => import,
        Err(unreadable) => return refused(&unreadable),
    };
    let mut findings = import.report.findings;
    findings.extend(checks::check(&import.framework).into_iter().map(|finding| located(files, finding)));
    let count = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut out: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    let f = &import.framework;
    out.push_str(&format!(
        "{} {}: {} levels, {} competencies, {} statements. {errors} errors, {warnings} warnings.\n",
        f.name,
        f.version,
        f.levels.len(),
        f.competencies.len(),
        f.statements.len()
    ));
    Outcome { out, code: u8::from(errors > 0), ..Outcome::default() }
}

/// A finding about a node, with the file and line where the node stands in the text format.
fn located(files: &Files, finding: Finding) -> Finding {
    let Some((kind, id)) = finding.file.split_once('/') else { return finding };
    let (path, mark) = match kind {
        "statement" => {
            let mark = format!("{{#{id}");
            let stands = |path: &&str| {
                !path.starts_with("i18n/") && files.text(path).is_ok_and(|text| text.contains(&mark))
            };
            (files.paths().find(stands).map(str::to_owned), mark)
        }
        "competency" => (Some(format!("competencies/{id}.md")), "id:".to_owned()),
        "archetype" => (Some(format!("archetypes/{id}.md")), "emphasis:".to_owned()),
        "level" | "pillar" | "track" | "scale" | "rule" | "band" => {
            (Some(text::HEAD_FILE.to_owned()), format!("id: {id}"))
        }
        "requirement" => (Some(text::HEAD_FILE.to_owned()), "requires:".to_owned()),
        "i18n" => {
            let (locale, node) = id.split_once('/').unwrap_or((id, ""));
            let inner = match node.split_once('/') {
                Some(("competency", id)) => (format!("i18n/{locale}/competencies/{id}.md"), "of:".to_owned()),
                Some(("statement", id)) => {
                    let mark = format!("{{#{id}");
                    let stands = |path: &&str| {
                        path.starts_with(&format!("i18n/{locale}/"))
                            && files.text(path).is_ok_and(|text| text.contains(&mark))
                    };
                    (files.paths().find(stands).unwrap_or_default().to_owned(), mark)
                }
                _ => (format!("i18n/{locale}/framework.yaml"), node.to_owned()),
            };
            (Some(inner.0), inner.1)
        }
        _ => return finding,
    };
    let Some((path, text)) = path.and_then(|path| files.text(&path).ok().map(|text| (path, text))) else {
        return finding;
    };
    let line = text.lines().position(|line| line.contains(&mark)).map(|at| at + 1);
    Finding { file: path, line, ..finding }
}

/// `espalier framework import SOURCE --out DIR`: the source in the text format, and a report. Exit status 1 and no
/// files when nothing was understood or a file is broken.
pub fn import(files: &Files, request: &ImportRequest) -> Outcome {
    let mapping =
        match request.mapping.as_ref().map(|(name, content)| Mapping::read(name, content)).transpose() {
            Ok(mapping) => mapping,
            Err(unreadable) => return refused(&unreadable),
        };
    match import::import(files, request.format, mapping.as_ref()) {
        Ok(Import { framework, report }) => {
            let out = match request.report {
                Shown::Text => report.in_words(),
                Shown::Json => as_json(&report),
            };
            Outcome { out, files: text::write(&framework), ..Outcome::default() }
        }
        Err(unreadable) => match request.report {
            Shown::Text => refused(&unreadable),
            Shown::Json => {
                let out = as_json(&serde_json::json!({ "findings": unreadable.faults }));
                Outcome { out, ..refused(&unreadable) }
            }
        },
    }
}

/// `espalier framework export DIR --out FILE.json`: the one-file JSON, under the name given.
pub fn export(files: &Files, name: &str) -> Outcome {
    match read_any(files) {
        Ok(import) => {
            let json = exchange::to_json(&import.framework);
            let mut files = Files::new();
            match files.add(name, json) {
                Ok(()) => {
                    let digest = import.framework.digest();
                    Outcome { out: format!("{name}: sha256 {digest}\n"), files, ..Outcome::default() }
                }
                Err(error) => Outcome { err: format!("{error}\n"), code: 1, ..Outcome::default() },
            }
        }
        Err(unreadable) => refused(&unreadable),
    }
}

/// `espalier framework diff OLD NEW`: what changed in meaning, for everybody or for people at one level of the new
/// version. The exit status is 0 with or without differences.
pub fn diff(old: &Files, new: &Files, shown: Shown, level: Option<&str>) -> Outcome {
    let read = |files: &Files| read_any(files).map(|import| import.framework);
    let both: Result<(Framework, Framework), Unreadable> = read(old).and_then(|old| Ok((old, read(new)?)));
    match both {
        Ok((old, new)) => {
            let diff = diff::diff(&old, &new);
            match (level, shown) {
                (None, Shown::Text) => Outcome { out: diff.in_words(), ..Outcome::default() },
                (None, Shown::Json) => Outcome { out: as_json(&diff.changes), ..Outcome::default() },
                (Some(level), shown) => at_level(&new, &diff, level, shown),
            }
        }
        Err(unreadable) => refused(&unreadable),
    }
}

/// The same, told to people at one level: by its id now or before, or by its name where only one has it.
fn at_level(new: &Framework, diff: &diff::Diff, asked: &str, shown: Shown) -> Outcome {
    let named: Vec<&Level> = new.levels.iter().filter(|level| folded(&level.name) == folded(asked)).collect();
    let before = || diff.levels.iter().find(|(id, _)| id.as_str() == asked);
    let level = new
        .level(asked)
        .or_else(|| before().and_then(|(_, id)| new.level(id.as_str())))
        .or_else(|| named.first().copied().filter(|_| named.len() == 1));
    let Some(level) = level else {
        let known: Vec<&str> = new.levels.iter().map(|level| level.id.as_str()).collect();
        let err = format!("There is no level {asked} in the new version; it has {}.\n", known.join(", "));
        return Outcome { err, code: 1, ..Outcome::default() };
    };
    let news = diff::news_at(diff, &level.id);
    let name = if level.name.is_empty() { level.id.as_str() } else { &level.name };
    let out = match shown {
        Shown::Json => as_json(&news.iter().map(|(changed, _)| changed).collect::<Vec<_>>()),
        Shown::Text if news.is_empty() => format!("Nothing is new at {name}.\n"),
        Shown::Text => {
            let lines: String = news.iter().map(|(_, sentence)| format!("- {sentence}\n")).collect();
            format!("What is new at {name}:\n{lines}")
        }
    };
    Outcome { out, ..Outcome::default() }
}
