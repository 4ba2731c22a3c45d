//! Files on their way in, and what a draft means beside the version in force.

use espalier_framework::{Files, Finding, Framework, Unreadable};

/// Reads a framework from files of any kind we know, with what was not understood.
///
/// # Errors
///
/// When nothing was understood, or a file is broken; each fault names its file and line.
pub fn read(files: &Files) -> Result<(Framework, Vec<Finding>), Unreadable> {
    let import = espalier_framework::import::import(files, None, None)?;
    Ok((import.framework, import.report.findings))
}

/// What should be mended before a draft is published.
#[must_use]
pub fn findings(framework: &Framework) -> Vec<Finding> {
    espalier_framework::check(framework)
}

/// What a draft changes, in words, and the kind of version it would be.
#[must_use]
pub fn news(before: &Framework, after: &Framework) -> (Vec<String>, Option<String>) {
    let diff = espalier_framework::diff::diff(before, after);
    let sentences = diff.changes.iter().map(espalier_framework::diff::Changed::sentence).collect();
    let proposed = (!diff.is_empty()).then(|| diff.proposed.word().to_owned());
    (sentences, proposed)
}
