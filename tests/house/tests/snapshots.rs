//! Each text in a `snapshots` folder is what some test compares with; one that no test names any more is taken away.

use std::fs;

use espalier_house::{root, texts};

/// What `name` of `module` is compared with stands in `TEST__MODULE__NAME.snap`; the name is written in the module.
fn is_named(folder: &str, file: &str) -> bool {
    let Some(stem) = file.strip_suffix(".snap") else { return false };
    let (modules, name) = stem.rsplit_once("__").unwrap_or(("", stem));
    let module = modules.rsplit("__").next().unwrap_or_default();
    let folder = root().join(folder).join("..");
    fs::read_to_string(folder.join(format!("{module}.rs")))
        .is_ok_and(|source| source.contains(&format!("\"{name}\"")))
}

#[test]
fn every_snapshot_is_named_by_a_test() {
    let mut found = 0;
    let mut unused = Vec::new();
    for text in texts() {
        let Some((folder, file)) = text.path.rsplit_once('/') else { continue };
        if folder.ends_with("/snapshots") {
            found += 1;
            if !is_named(folder, file) {
                unused.push(text.path.clone());
            }
        }
    }
    assert!(found > 5, "only {found} snapshots were found");
    assert!(unused.is_empty(), "No test compares with these any more:\n{}", unused.join("\n"));
}

#[test]
fn a_snapshot_that_no_test_names_is_noticed() {
    let folder = "crates/app/tests/shown/snapshots";
    assert!(is_named(folder, "shown__commands__help.snap"));
    assert!(!is_named(folder, "shown__commands__heap.snap"));
    assert!(!is_named(folder, "shown__gone__help.snap"));
}
