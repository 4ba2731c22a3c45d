//! Finding the public frameworks, where they are at hand.
#![allow(
    dead_code,
    clippy::print_stderr,
    reason = "each test file uses its own part, and skipping is said aloud"
)]

pub mod texts;

use espalier_framework::Files;
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

fn root() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let base = std::env::var_os("ESPALIER_FIXTURES")
        .map_or_else(|| workspace.join("../shared/fixtures"), PathBuf::from);
    base.join("frameworks")
}

/// The files of one public framework; nothing, and a loud word, where they are not at hand.
pub fn fixture(name: &str) -> Option<Files> {
    let folder = root().join(name);
    if !folder.is_dir() {
        eprintln!(
            "SKIPPED: {} is not here; set ESPALIER_FIXTURES to the folder that holds frameworks/.",
            folder.display()
        );
        return None;
    }
    Some(folder_files(&folder))
}

/// A sample of ours, in our own words.
pub fn own_sample(name: &str) -> Files {
    folder_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name))
}

pub fn folder_files(folder: &Path) -> Files {
    let mut files = Files::new();
    collect(folder, folder, &mut files);
    assert!(!files.is_empty(), "{} has no files", folder.display());
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.add(&name, std::fs::read(&path).unwrap()).unwrap();
        }
    }
}

/// The best of a few tries should stay under a tenth of a second, and is told aloud when it does not. A busy machine
/// may slow all of them down, so only far more than that is a failure.
pub fn timed<T>(what: &str, work: impl Fn() -> T) -> T {
    let (wanted, limit) = (Duration::from_millis(100), Duration::from_millis(400));
    let mut best = Duration::MAX;
    for tries in 1.. {
        let start = Instant::now();
        let done = work();
        best = best.min(start.elapsed());
        if best < wanted || tries == 5 {
            let slow = if best < wanted { "" } else { " SLOW" };
            eprintln!("{what}: {best:?}{slow}");
            assert!(best < limit, "{what} took {best:?} at best");
            return done;
        }
    }
    unreachable!("the fifth try is the last");
}
