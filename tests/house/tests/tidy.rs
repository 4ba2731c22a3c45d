//! Nothing unfinished is called done, nothing long grows longer, and everything says what it is for.

use std::collections::BTreeMap;
use std::fs;

use espalier_house::{DependencyLine, Text, dependency_lines, packages, root, texts};

/// Past this many lines a file is listed, and may only become shorter.
const LONG: usize = 600;

/// This file and the list below name what they forbid.
fn is_about_tidiness(text: &Text) -> bool {
    text.path.starts_with("tests/house/")
}

/// Lock files are written by programs.
fn is_written_by_hand(text: &Text) -> bool {
    !text.is("Cargo.lock") && !text.is("package-lock.json") && !text.is("LICENSE")
}

/// The lines of all texts that hold one of the words, as `path:line: word`.
fn found<'a>(texts: impl Iterator<Item = &'a Text>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for text in texts {
        for (index, line) in text.words.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{}:{}: {word}", text.path, index + 1));
            }
        }
    }
    found
}

#[test]
fn nothing_unfinished_is_called_done() {
    let texts = texts();
    let code = texts.iter().filter(|text| text.is(".rs") && !is_about_tidiness(text));
    let left = found(code, &["todo!(", "unimplemented!(", "dbg!(", "#[ignore", "// FIXME"]);
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn nothing_tells_of_the_machine_it_was_written_on() {
    let texts = texts();
    let texts = texts.iter().filter(|text| is_written_by_hand(text) && !is_about_tidiness(text));
    let found = found(texts, &[concat!("/wo", "rk/"), "/root/", "/home/", "/Users/", "issue #", "Issue #"]);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn long_files_only_become_shorter() {
    let list =
        fs::read_to_string(root().join("tests/house/long-files.txt")).expect("there is a list of long files");
    let listed: BTreeMap<&str, usize> = list
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (lines, path) = line.split_once(' ').expect("a line of the list is a number and a path");
            (path, lines.parse().expect("a line of the list begins with a number"))
        })
        .collect();

    let texts = texts();
    let code =
        || texts.iter().filter(|text| [".rs", ".mjs", ".js", ".css", ".html"].iter().any(|end| text.is(end)));
    let mut wrong = Vec::new();
    for text in code() {
        let lines = text.words.lines().count();
        match listed.get(text.path.as_str()) {
            None if lines > LONG => {
                wrong.push(format!("{} has {lines} lines; past {LONG} it wants to be two", text.path));
            }
            Some(allowed) if lines > *allowed => {
                wrong.push(format!("{} grew from {allowed} to {lines} lines", text.path));
            }
            Some(allowed) if lines < *allowed => {
                wrong.push(format!("{} shrank to {lines} lines: please say so in long-files.txt", text.path));
            }
            None | Some(_) => {}
        }
    }
    for path in listed.keys().filter(|path| !code().any(|text| text.path == **path)) {
        wrong.push(format!("{path} is gone: please take it off long-files.txt"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_package_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for package in packages() {
        let source = |name: &str| {
            fs::read_to_string(root().join("crates").join(&package.folder).join("src").join(name))
        };
        let opening = source("lib.rs").or_else(|_| source("main.rs")).unwrap_or_default();
        let said: String = opening.lines().map_while(|line| line.strip_prefix("//!")).collect();
        if said.trim().len() < 25 {
            wrong.push(format!(
                "crates/{}: its first lines should say what it is for, and what it never does",
                package.folder
            ));
        }
        if !package.manifest.contains("\ndescription = ") {
            wrong.push(format!("crates/{}: Cargo.toml has no description", package.folder));
        }
        if !package.manifest.contains("[lints]\nworkspace = true") {
            wrong.push(format!(
                "crates/{}: Cargo.toml does not take the lints of the workspace",
                package.folder
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dependency_states_its_reason() {
    let mut wrong = Vec::new();
    for text in texts().iter().filter(|text| text.is("Cargo.toml")) {
        let own = |line: &DependencyLine| line.name.starts_with("espalier-");
        let by_workspace = |line: &DependencyLine| {
            line.line.contains(".workspace = true")
                || line.line.contains("workspace = true,")
                || line.line.contains("workspace = true }")
        };
        let reason = |line: &DependencyLine| {
            line.line.split_once('#').map_or(line.above.len(), |(_, why)| why.trim().len()) > 5
        };
        for line in dependency_lines(&text.words) {
            if !own(&line) && !by_workspace(&line) && !reason(&line) {
                wrong.push(format!("{}: {} gives no reason beside it", text.path, line.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_documents_of_the_house_are_there() {
    let missing: Vec<&str> =
        ["README.md", "ARCHITECTURE.md", "STYLE.md", "VOCABULARY.md", "CHANGELOG.md", "LICENSE"]
            .into_iter()
            .filter(|name| !root().join(name).is_file())
            .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for text in texts().iter().filter(|text| text.is(".md")) {
        let folder = root().join(&text.path).parent().expect("a file has a folder").to_owned();
        for link in links(&text.words) {
            let path = link.split(['#', '?']).next().unwrap_or_default();
            let elsewhere = link.contains("://") || link.starts_with("mailto:") || path.is_empty();
            if !elsewhere && !folder.join(path).exists() {
                wrong.push(format!("{}: {link}", text.path));
            }
        }
    }
    assert!(wrong.is_empty(), "These links lead nowhere:\n{}", wrong.join("\n"));
}

/// The targets of Markdown links, outside of blocks of code.
fn links(words: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut in_code = false;
    for line in words.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        let mut rest = line;
        while let Some((_, behind)) = rest.split_once("](") {
            let Some((link, after)) = behind.split_once(')') else { break };
            links.push(link.split(' ').next().unwrap_or_default());
            rest = after;
        }
    }
    links
}

#[test]
fn links_in_code_are_not_links() {
    assert_eq!(links("See [a](b.md) and [c](d/e.md#f).\n```\n[x](y)\n```\n"), ["b.md", "d/e.md#f"]);
}
