//! `docs/asvs.csv` says of each requirement of the OWASP ASVS 5.0.0 that was looked at whether it is met. Nothing counts
//! as met that no test holds.

use std::collections::BTreeSet;
use std::fs;

use espalier_house::{root, texts};

struct Row {
    id: String,
    level: String,
    status: String,
    test: String,
    words: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/asvs.csv")).expect("there is a list");
    text.lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.splitn(5, ',').map(|cell| cell.trim_matches('"').to_owned());
            let mut cell = || cells.next().unwrap_or_default();
            Row { id: cell(), level: cell(), status: cell(), test: cell(), words: cell() }
        })
        .collect()
}

/// The names of all tests: functions marked as such, and what the browser tests are called.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for text in texts() {
        if text.is(".rs") {
            let mut is_marked = false;
            for line in text.words.lines().map(str::trim) {
                let name = line.trim_start_matches("async ").strip_prefix("fn ");
                match name.and_then(|rest| rest.split_once('(')) {
                    Some((name, _)) if is_marked => {
                        names.insert(name.to_owned());
                        is_marked = false;
                    }
                    _ => {
                        is_marked = line == "#[test]"
                            || line == "#[tokio::test]"
                            || is_marked && line.starts_with('#');
                    }
                }
            }
        } else if text.is(".test.mjs") {
            names.extend(
                text.words
                    .split("\ntest('")
                    .skip(1)
                    .filter_map(|rest| Some(rest.split('\'').next()?.to_owned())),
            );
        }
    }
    names
}

#[test]
fn nothing_counts_as_met_that_no_test_holds() {
    let tests = tests();
    let mut wrong = Vec::new();
    for Row { id, status, test, words, .. } in rows() {
        match status.as_str() {
            "met" if !tests.contains(&test) => {
                wrong.push(format!("{id} is met by “{test}”, which is no test"));
            }
            "met" => {}
            "not met" | "later" | "not applicable" if !test.is_empty() => {
                wrong.push(format!("{id} is {status} and names a test"));
            }
            "not met" | "later" | "not applicable" if words.len() > 5 => {}
            "not met" | "later" | "not applicable" => {
                wrong.push(format!("{id} is {status} and does not say why"));
            }
            other => wrong.push(format!("{id} has the status “{other}”")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_requirement_stands_there_once_and_in_order() {
    let rows = rows();
    assert!(rows.len() > 200, "{} requirements", rows.len());
    let places: Vec<Vec<u32>> = rows
        .iter()
        .map(|row| {
            assert!(["1", "2", "3"].contains(&row.level.as_str()), "{} has the level {}", row.id, row.level);
            let place: Vec<u32> =
                row.id.trim_start_matches('V').split('.').filter_map(|part| part.parse().ok()).collect();
            assert!(row.id.starts_with('V') && place.len() == 3, "{} is no requirement", row.id);
            place
        })
        .collect();
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "the list is in order, without doubles");
}

#[test]
fn a_function_that_is_no_test_is_not_taken_for_one() {
    let tests = tests();
    assert!(tests.contains("a_function_that_is_no_test_is_not_taken_for_one"));
    assert!(tests.contains("a good page passes everything"));
    assert!(!tests.contains("rows") && !tests.contains("texts"));
}
