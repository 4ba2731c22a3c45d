//! What was understood, what was not, and where it stands.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to know; nothing is missing.
    Note,
    /// Worth a look before publishing.
    Warning,
    /// Must be mended first.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One thing somebody should know, with the file and line it concerns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The file, or the node where there is no file.
    pub file: String,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// A whole sentence.
    pub message: String,
}

impl Finding {
    /// Good to know.
    pub fn note(file: &str, line: impl Into<Option<usize>>, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Note, file: file.into(), line: line.into(), message: message.into() }
    }

    /// Worth a look.
    pub fn warning(file: &str, line: impl Into<Option<usize>>, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, ..Finding::note(file, line, message) }
    }

    /// Must be mended.
    pub fn error(file: &str, line: impl Into<Option<usize>>, message: impl Into<String>) -> Finding {
        Finding { severity: Severity::Error, ..Finding::note(file, line, message) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}: {}", self.file, self.severity, self.message),
            None => write!(f, "{}: {}: {}", self.file, self.severity, self.message),
        }
    }
}

/// Why a source could not be read. Nothing has been changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Unreadable {
    /// Every fault found, with file and line.
    pub faults: Vec<Finding>,
}

impl Unreadable {
    /// One fault about a whole file.
    pub fn because(file: &str, line: impl Into<Option<usize>>, message: impl Into<String>) -> Unreadable {
        Unreadable { faults: vec![Finding::error(file, line, message)] }
    }
}

impl From<Finding> for Unreadable {
    fn from(fault: Finding) -> Unreadable {
        Unreadable { faults: vec![fault] }
    }
}
