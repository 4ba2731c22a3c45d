//! Reads the workspace as files, for the tests of the house itself in `tests/`.
//! What it never does: build, run or change anything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map_or_else(PathBuf::new, Path::to_path_buf)
}

/// One text of the project, as kept in git or about to be.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its path from the root, with forward slashes.
    pub path: String,
    /// What it says.
    pub words: String,
}

impl Text {
    /// Whether its name ends like this.
    #[must_use]
    pub fn is(&self, ending: &str) -> bool {
        self.path.ends_with(ending)
    }
}

/// Every text that git keeps or would keep; pictures and other bytes are left out.
///
/// # Panics
///
/// When git does not answer: then nothing could be said about anything.
#[must_use]
pub fn texts() -> Vec<Text> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git lists the files of the project");
    assert!(
        listed.status.success(),
        "git could not list the files: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    let paths: BTreeSet<String> = String::from_utf8_lossy(&listed.stdout)
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    // A file may be listed and just have been removed.
    paths
        .into_iter()
        .filter_map(|path| fs::read_to_string(root().join(&path)).ok().map(|words| Text { path, words }))
        .collect()
}

/// One package of the house.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its folder under `crates/`.
    pub folder: String,
    /// Its manifest.
    pub manifest: String,
    /// What it is built with, from its dependencies and build dependencies; what its tests need does not count.
    pub built_with: BTreeSet<String>,
}

/// The packages under `crates/`.
///
/// # Panics
///
/// When the folder cannot be read.
#[must_use]
pub fn packages() -> Vec<Package> {
    let folders = fs::read_dir(root().join("crates")).expect("the house has a folder of packages");
    let mut packages: Vec<Package> = folders
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let manifest = fs::read_to_string(entry.path().join("Cargo.toml")).ok()?;
            let folder = entry.file_name().into_string().ok()?;
            Some(Package { folder, built_with: built_with(&manifest), manifest })
        })
        .collect();
    packages.sort_by(|one, other| one.folder.cmp(&other.folder));
    packages
}

/// The dependencies that a manifest names, apart from those of tests.
#[must_use]
pub fn built_with(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in dependency_lines(manifest) {
        if line.section.contains("dev-dependencies") {
            continue;
        }
        names.insert(line.name);
    }
    names
}

/// One line that brings in a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyLine {
    /// The table it stands in.
    pub section: String,
    /// What is brought in.
    pub name: String,
    /// The line as written.
    pub line: String,
    /// The comment above the line, when the line before it is one.
    pub above: String,
}

/// Every line of a manifest that brings in a dependency, in any table of dependencies.
#[must_use]
pub fn dependency_lines(manifest: &str) -> Vec<DependencyLine> {
    let mut lines = Vec::new();
    let mut section = String::new();
    let mut above = String::new();
    for line in manifest.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            section = trimmed.trim_matches(['[', ']']).to_owned();
            // `[dependencies.name]` is a table of its own.
            if let Some((_, name)) = section.split_once("dependencies.") {
                let (section, name) = (section.clone(), name.to_owned());
                lines.push(DependencyLine { section, name, line: line.to_owned(), above: above.clone() });
            }
        } else if section.ends_with("dependencies")
            && !trimmed.starts_with('#')
            && let Some((name, _)) = trimmed.split_once(['=', '.'])
            && !name.contains(['"', '{', '[', ']'])
        {
            let name = name.trim().to_owned();
            lines.push(DependencyLine {
                section: section.clone(),
                name,
                line: line.to_owned(),
                above: above.clone(),
            });
        }
        above = if trimmed.starts_with('#') { trimmed.to_owned() } else { String::new() };
    }
    lines
}

/// Who brings in whom, as resolved in `Cargo.lock`.
///
/// # Panics
///
/// When there is no lock file.
#[must_use]
pub fn locked() -> BTreeMap<String, BTreeSet<String>> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("the workspace has a lock file");
    let mut packages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in lock.lines() {
        if let Some(name) = line.strip_prefix("name = ") {
            current = name.trim_matches('"').to_owned();
            packages.entry(current.clone()).or_default();
        } else if let Some(dependency) = line.strip_prefix(" \"") {
            // A name, and a version behind it when there are several.
            let name = dependency.trim_end_matches(['"', ',']).split(' ').next().unwrap_or_default();
            packages.entry(current.clone()).or_default().insert(name.to_owned());
        }
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nname = \"x\"\n\n[dependencies]\nserde.workspace = true\n# For dates.\njiff = \"0.2\"\n\n\
         [dependencies.tokio]\nversion = \"1\"\n\n[dev-dependencies]\ntempfile = \"3\" # folders\n";

    #[test]
    fn dependencies_are_read_in_every_spelling() {
        let names: Vec<String> = dependency_lines(MANIFEST).into_iter().map(|line| line.name).collect();
        assert_eq!(names, ["serde", "jiff", "tokio", "tempfile"]);
        assert_eq!(dependency_lines(MANIFEST)[1].above, "# For dates.");
    }

    #[test]
    fn what_only_tests_need_is_not_built_with() {
        assert_eq!(built_with(MANIFEST).into_iter().collect::<Vec<_>>(), ["jiff", "serde", "tokio"]);
    }
}
