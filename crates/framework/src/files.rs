//! A set of files in memory: what importers read and what the text format writes.

use crate::report::Finding;
use std::collections::BTreeMap;

/// Paths and their bytes, sorted by path. Paths are relative, with `/`, and never leave the set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    entries: BTreeMap<String, Vec<u8>>,
    total: usize,
}

/// Why a file was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The file alone is too big.
    #[error("{path}: {size} bytes is more than the {limit} bytes a single file may have")]
    FileTooBig {
        /// The file.
        path: String,
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// All files together are too big.
    #[error("{path}: with this file the source has more than {limit} bytes in total")]
    SourceTooBig {
        /// The file that was too much.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// There are too many files.
    #[error("{path}: a source may have at most {limit} files")]
    TooManyFiles {
        /// The file that was too much.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// The path points outside the set.
    #[error("{path}: a path must be relative and stay inside its folder")]
    PathLeaves {
        /// The path.
        path: String,
    },
}

impl Files {
    /// The most bytes one file may have.
    pub const FILE_LIMIT: usize = 20 * 1024 * 1024;
    /// The most bytes all files may have together.
    pub const TOTAL_LIMIT: usize = 64 * 1024 * 1024;
    /// The most files.
    pub const COUNT_LIMIT: usize = 5_000;

    /// No files yet.
    pub fn new() -> Files {
        Files::default()
    }

    /// Takes a file in, within the limits.
    pub fn add(&mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Result<(), NotTaken> {
        let bytes = bytes.into();
        let clean = path.replace('\\', "/");
        let clean = clean.trim_start_matches("./").to_owned();
        let leaves = clean.is_empty()
            || clean.starts_with('/')
            || clean.contains('\0')
            || clean.split('/').any(|part| part.is_empty() || part == ".." || part == ".")
            || clean.get(1..2) == Some(":");
        if leaves {
            return Err(NotTaken::PathLeaves { path: path.to_owned() });
        }
        if bytes.len() > Files::FILE_LIMIT {
            return Err(NotTaken::FileTooBig { path: clean, size: bytes.len(), limit: Files::FILE_LIMIT });
        }
        if self.entries.len() >= Files::COUNT_LIMIT {
            return Err(NotTaken::TooManyFiles { path: clean, limit: Files::COUNT_LIMIT });
        }
        let before = self.entries.get(&clean).map_or(0, Vec::len);
        let total = self.total - before + bytes.len();
        if total > Files::TOTAL_LIMIT {
            return Err(NotTaken::SourceTooBig { path: clean, limit: Files::TOTAL_LIMIT });
        }
        self.total = total;
        self.entries.insert(clean, bytes);
        Ok(())
    }

    /// The same with the file, for building sets in one expression. What does not fit is left out.
    #[must_use]
    pub fn with(mut self, path: &str, text: &str) -> Files {
        // Only texts of our own making come this way; they are far below the limits.
        let _taken = self.add(path, text.as_bytes());
        self
    }

    /// The bytes of a file.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.entries.get(path).map(Vec::as_slice)
    }

    /// The text of a file: UTF-8, without a byte order mark. Says where another encoding shows.
    pub fn text(&self, path: &str) -> Result<&str, Finding> {
        let bytes = self.bytes(path).ok_or_else(|| Finding::error(path, None, "There is no such file."))?;
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(Finding::error(path, 1, "This file is UTF-16; save it as UTF-8 and try again."));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                if let Some(at) = text.find('\0') {
                    let line = text[..at].matches('\n').count() + 1;
                    return Err(Finding::error(path, line, "This file holds zero bytes; it is not a text."));
                }
                Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
            }
            Err(error) => {
                let at = error.valid_up_to();
                let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
                Err(Finding::error(
                    path,
                    line,
                    format!(
                        "This file is not UTF-8: byte {} does not fit. Save it as UTF-8 and try again.",
                        at + 1
                    ),
                ))
            }
        }
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Paths and bytes, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.entries.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Whether a file is there.
    pub fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The files below a folder, with paths relative to it.
    #[must_use]
    pub fn below(&self, folder: &str) -> Files {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let entries: BTreeMap<String, Vec<u8>> = (self.entries.iter())
            .filter_map(|(path, bytes)| {
                path.strip_prefix(&prefix).map(|rest| (rest.to_owned(), bytes.clone()))
            })
            .collect();
        let total = entries.values().map(Vec::len).sum();
        Files { entries, total }
    }
}

/// The ending of a path in lower case, without the dot.
pub(crate) fn ending(path: &str) -> String {
    match path.rsplit('/').next().unwrap_or(path).rsplit_once('.') {
        Some((_, ending)) => ending.to_ascii_lowercase(),
        None => String::new(),
    }
}

/// The file's name without folders and ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leaves_its_folder() {
        let mut files = Files::new();
        for path in ["../x", "/etc/passwd", "a/../../b", "C:/x", "a//b", "..\\x", ""] {
            assert!(files.add(path, "x").is_err(), "{path}");
        }
        assert!(files.add("a/b.md", "x").is_ok());
    }

    #[test]
    fn a_file_of_a_hundred_megabytes_is_refused() {
        let refused = Files::new().add("big.csv", vec![b'a'; 100 * 1024 * 1024]);
        assert!(matches!(refused, Err(NotTaken::FileTooBig { .. })));
    }

    #[test]
    fn another_encoding_is_named_with_its_place() {
        let mut files = Files::new();
        files.add("a.yml", b"name: ok\nname: caf\xe9\n".to_vec()).unwrap();
        let fault = files.text("a.yml").unwrap_err();
        assert_eq!(fault.line, Some(2));
        assert!(fault.message.contains("byte 19"), "{fault}");
    }
}
