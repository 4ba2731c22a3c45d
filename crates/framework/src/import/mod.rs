//! Reading the frameworks other people have: one reader per dialect, each with a report of what it did not understand.
//!
//! Nothing is dropped: what has no place in the model is kept as a page or as an unknown key, and said so.
//! A source in which nothing was understood is an error. Imported text is untrusted: scripts are left out, links
//! that run code are cut, and whoever shows the words must still treat them as text.

mod areas;
mod blocks;
mod builder;
mod families;
mod html;
mod html_table;
mod ladders;
mod mapping;
mod markdown;
mod pages;
mod points;
mod references;
mod sheet_rules;
mod sheets;
mod topics;
mod workbook;

pub use mapping::{Column, Mapping, Orientation, Split};

use crate::{
    exchange,
    files::{Files, ending},
    model::{Framework, StatementKind},
    report::{Finding, Severity, Unreadable},
    text, yaml,
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The dialects that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Our own text format.
    Text,
    /// Our own JSON.
    Json,
    /// YAML lists of competencies by level and theme, as the Financial Times keeps them, in three shapes.
    FtYaml,
    /// Markdown files whose front matter is the framework, as Monzo keeps them.
    Monzo,
    /// Roles that refer to competencies in JSON, as MyUNiDAYS keeps them.
    References,
    /// Markdown by role or by area, with lists and tables.
    Markdown,
    /// Spreadsheets, CSV or XLSX, with or without a mapping.
    Sheet,
    /// Web pages, one per role and level, as Dropbox published them.
    Html,
}

impl Format {
    /// All dialects.
    pub const ALL: [Format; 8] = [
        Format::Text,
        Format::Json,
        Format::FtYaml,
        Format::Monzo,
        Format::References,
        Format::Markdown,
        Format::Sheet,
        Format::Html,
    ];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::FtYaml => "ft-yaml",
            Format::Monzo => "monzo",
            Format::References => "references",
            Format::Markdown => "markdown",
            Format::Sheet => "sheet",
            Format::Html => "html",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Format, String> {
        Format::ALL.into_iter().find(|format| format.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
            format!("\"{text}\" is not a format; there are {}.", names.join(", "))
        })
    }
}

/// How much was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Understood {
    /// Tracks.
    pub tracks: usize,
    /// Levels.
    pub levels: usize,
    /// Pillars.
    pub pillars: usize,
    /// Competencies.
    pub competencies: usize,
    /// Statements people are held to.
    pub statements: usize,
    /// Examples, questions and the like.
    pub details: usize,
    /// Requirements.
    pub requirements: usize,
    /// Rules.
    pub rules: usize,
    /// Pages carried along.
    pub pages: usize,
}

/// What an import ends with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The dialect that was read.
    pub format: Format,
    /// How much was understood.
    pub understood: Understood,
    /// What was not, and what was done about it.
    pub findings: Vec<Finding>,
}

/// An imported framework and its report.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The framework, in canonical arrangement.
    pub framework: Framework,
    /// What was understood and what was not.
    pub report: Report,
}

/// Recognises the dialect of a source by its content.
pub fn detect(files: &Files) -> Option<Format> {
    if files.has(text::HEAD_FILE) {
        return Some(Format::Text);
    }
    if families::recognises(files) {
        return Some(Format::FtYaml);
    }
    if references::recognises(files) {
        return Some(Format::References);
    }
    if topics::recognises(files) {
        return Some(Format::Monzo);
    }
    let has = |wanted: &[&str]| files.paths().any(|path| wanted.contains(&ending(path).as_str()));
    if sheets::recognises(files) {
        return Some(Format::Sheet);
    }
    if pages::recognises(files) {
        return Some(Format::Html);
    }
    if ladders::recognises(files) {
        return Some(Format::Markdown);
    }
    if has(&["json"]) && files.len() == 1 {
        return Some(Format::Json);
    }
    None
}

/// Reads a source in the given dialect, or in the one it seems to be written in.
pub fn import(
    files: &Files,
    format: Option<Format>,
    mapping: Option<&Mapping>,
) -> Result<Import, Unreadable> {
    let format = format.or(mapping.map(|_| Format::Sheet));
    let Some(format) = format.or_else(|| detect(files)) else {
        return Err(Unreadable::because(
            "(source)",
            None,
            "No dialect was recognised here. Name one with --format, or bring the content into a sheet.",
        ));
    };
    let import = match format {
        Format::Text => {
            let read = text::read(files)?;
            counted(read.framework, format, read.findings)
        }
        Format::Json => {
            let path = only(files, "json")?;
            counted(exchange::from_json(path, files.text(path)?)?, format, Vec::new())
        }
        Format::FtYaml => families::import(files)?,
        Format::Monzo => topics::import(files)?,
        Format::References => references::import(files)?,
        Format::Markdown => ladders::import(files)?,
        Format::Html => pages::import(files)?,
        Format::Sheet => sheets::import(files, mapping.unwrap_or(&Mapping::default()))?,
    };
    if import.report.understood.statements == 0 && format != Format::Json && format != Format::Text {
        let mut faults = import.report.findings;
        faults.push(Finding::error(
            "(source)",
            None,
            format!("Not a single statement was understood as {format}; nothing was imported."),
        ));
        faults.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        return Err(Unreadable { faults });
    }
    Ok(import)
}

fn only<'a>(files: &'a Files, wanted: &str) -> Result<&'a str, Unreadable> {
    files
        .paths()
        .find(|path| ending(path) == wanted)
        .ok_or_else(|| Unreadable::because("(source)", None, format!("There is no .{wanted} file here.")))
}

/// The framework in canonical arrangement with its counts.
fn counted(framework: Framework, format: Format, mut findings: Vec<Finding>) -> Import {
    let framework = framework.tidied();
    findings.sort();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let statements = framework.statements.iter().filter(|s| s.parent.is_none());
    let expectations =
        statements.filter(|s| matches!(s.kind, StatementKind::Expectation | StatementKind::Summary)).count();
    let understood = Understood {
        tracks: framework.tracks.len(),
        levels: framework.levels.len(),
        pillars: framework.pillars.len(),
        competencies: framework.competencies.len(),
        statements: expectations,
        details: framework.statements.len() - expectations,
        requirements: framework.requirements.len(),
        rules: framework.rules.len(),
        pages: framework.docs.len(),
    };
    Import { framework, report: Report { format, understood, findings } }
}

/// A YAML file as a tree, or a fault with its line.
fn yaml_of(files: &Files, path: &str) -> Result<yaml::Node, Unreadable> {
    Ok(yaml::read(files.text(path)?).map_err(|bad| Finding::error(path, bad.line, bad.message))?)
}

/// The folder of a path; empty at the top.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Of several copies of a framework in one source, the one nearest to the top.
fn shallowest<'a>(folders: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    folders
        .min_by_key(|folder| (if folder.is_empty() { 0 } else { folder.matches('/').count() + 1 }, *folder))
}

impl Report {
    /// The report in words.
    pub fn in_words(&self) -> String {
        let u = &self.understood;
        let mut out = format!(
            "Read as {}: {} tracks, {} levels, {} pillars, {} competencies, {} statements with {} details, \
             {} requirements, {} rules, {} pages.\n",
            self.format,
            u.tracks,
            u.levels,
            u.pillars,
            u.competencies,
            u.statements,
            u.details,
            u.requirements,
            u.rules,
            u.pages
        );
        if self.findings.is_empty() {
            out.push_str("Everything was understood.\n");
        }
        for finding in &self.findings {
            out.push_str(&format!("{finding}\n"));
        }
        let warnings = self.findings.iter().filter(|finding| finding.severity >= Severity::Warning).count();
        if warnings > 0 {
            out.push_str(&format!("{warnings} to look at.\n"));
        }
        out
    }
}
