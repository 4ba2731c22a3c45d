//! Matching as somebody at a terminal meets it: files in, files out, and a proof that others can check.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Bo, Cy and Di ask; Ada takes one of them and Ed two. Whoever takes the second costs Ed 150.
fn cast() -> TempDir {
    let folder = TempDir::new().unwrap();
    put(&folder, "mentees.csv", "mentee,demand\n10,1\n11,1\n12,2\n");
    put(
        &folder,
        "mentors.csv",
        "mentor,capacity,load1,load2,load3,load4,load5\n1,1,0,150,400,800,1400\n2,2,0,150,400,800,1400\n",
    );
    put(&folder, "edges.csv", "mentee,mentor,weight\n10,1,9000\n11,1,8000\n11,2,500\n12,1,7000\n12,2,6000\n");
    folder
}

fn put(folder: &TempDir, name: &str, text: &str) {
    std::fs::write(folder.path().join(name), text).unwrap();
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_espalier"));
    command.current_dir(folder).arg("match").args(words).output().unwrap()
}

fn solve(folder: &TempDir, flags: &[&str]) -> (String, serde_json::Value) {
    let answer = run(folder.path(), &[&["solve", ".", "--out", "results"], flags].concat());
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let pairs = std::fs::read_to_string(folder.path().join("results/pairs.csv")).unwrap();
    let summary = std::fs::read(folder.path().join("results/summary.json")).unwrap();
    (pairs, serde_json::from_slice(&summary).unwrap())
}

/// What `verify` says, and whether it is proved.
fn verify(folder: &TempDir, flags: &[&str]) -> (String, bool) {
    let answer = run(folder.path(), &[&["verify", ".", "results"], flags].concat());
    let said =
        String::from_utf8_lossy(&answer.stdout).into_owned() + &String::from_utf8_lossy(&answer.stderr);
    (said, answer.status.success())
}

#[test]
fn everybody_who_can_has_a_mentor_and_the_proof_stands_without_a_database() {
    let folder = cast();
    let (pairs, summary) = solve(&folder, &[]);
    // Bo can only go to Ada. A second mentor for Di would cost Bo the only one.
    assert_eq!(pairs, "mentee,mentor\n10,1\n11,2\n12,2\n");
    assert_eq!((&summary["matched"], &summary["net_fit"]), (&3.into(), &15_350.into()));
    assert_eq!(summary["certified"], true);
    assert_eq!(summary["value"], summary["bound"]);
    assert!(summary["value"].as_str().unwrap().parse::<i128>().unwrap() > 15_350);
    assert!(summary["seconds"].as_f64().unwrap() > 0.0);
    assert!(summary["cpu_seconds"].as_f64().unwrap() > 0.0);
    assert!(summary["lottery"]["seconds"].as_f64().unwrap() > 0.0);

    let (said, is_proved) = verify(&folder, &[]);
    assert!(is_proved, "{said}");
    assert_eq!(said, "Proved: 3 mentees have a mentor and the net fit is 15350; no matching is better.\n");

    let mut there: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    there.sort();
    assert_eq!(there, ["edges.csv", "mentees.csv", "mentors.csv", "results"]);
}

#[test]
fn rules_are_what_was_asked_and_are_proved_as_such() {
    let folder = cast();
    let (pairs, summary) = solve(&folder, &["--mode", "score", "--reserve", "100", "--floor", "1000"]);
    // The pair of 500 is below the floor, and nobody has to have a mentor.
    assert_eq!(pairs, "mentee,mentor\n10,1\n12,2\n");
    assert_eq!(summary["below_floor"], 0);
    assert!(verify(&folder, &[]).1);
    // Proved under these rules, and no others.
    let (said, is_proved) = verify(&folder, &["--mode", "participation"]);
    assert!(!is_proved && said.starts_with("Not proved"), "{said}");

    put(&folder, "pins.csv", "mentee,mentor\n12,1\n");
    put(&folder, "blocks.csv", "mentee,mentor\n11,2\n");
    let (pairs, summary) = solve(&folder, &[]);
    assert_eq!(pairs, "mentee,mentor\n12,1\n12,2\n");
    assert_eq!(summary["matched"], 1);
    assert!(verify(&folder, &[]).1);
}

#[test]
fn a_pair_stays_together_when_that_is_worth_it() {
    let folder = cast();
    put(&folder, "edges.csv", "mentee,mentor,weight\n10,1,500\n10,2,550\n");
    assert_eq!(solve(&folder, &[]).0, "mentee,mentor\n10,2\n");
    put(&folder, "current.csv", "mentee,mentor\n10,1\n");
    assert_eq!(solve(&folder, &[]).0, "mentee,mentor\n10,2\n");
    let (pairs, summary) = solve(&folder, &["--stay", "100"]);
    assert_eq!(pairs, "mentee,mentor\n10,1\n");
    assert_eq!(summary["net_fit"], 500);
    assert!(verify(&folder, &[]).1);
}

#[test]
fn a_seed_decides_between_equals_and_always_the_same_way() {
    let folder = cast();
    let edges: String =
        (10..13).flat_map(|mentee| [1, 2].map(|mentor| format!("{mentee},{mentor},7\n"))).collect();
    put(&folder, "mentees.csv", "mentee,demand\n10,1\n11,1\n12,1\n");
    put(&folder, "edges.csv", &format!("mentee,mentor,weight\n{edges}"));
    let draws: Vec<String> =
        (0..8).map(|seed: u8| solve(&folder, &["--seed", &seed.to_string()]).0).collect();
    assert_eq!(solve(&folder, &["--seed", "3"]).0, draws[3]);
    assert!(draws.iter().any(|draw| *draw != draws[0]), "chance has a say");
    assert!(verify(&folder, &[]).1);
}

#[test]
fn what_was_changed_by_hand_is_not_proved() {
    let folder = cast();
    solve(&folder, &[]);
    let pairs = "mentee,mentor\n10,1\n12,2\n";
    put(&folder, "results/pairs.csv", pairs);
    let (said, is_proved) = verify(&folder, &[]);
    assert!(!is_proved && said.starts_with("Not proved"), "{said}");

    for (pairs, what) in [
        ("10,2", "no edge"),
        ("11,1\n10,1", "more mentees than they take"),
        ("10,1\n10,1", "stands there twice"),
    ] {
        put(&folder, "results/pairs.csv", &format!("mentee,mentor\n{pairs}\n"));
        let (said, is_proved) = verify(&folder, &[]);
        assert!(!is_proved && said.contains(what), "{said}");
    }
    solve(&folder, &[]);
    put(&folder, "results/prices.csv", "mentor,price\n1,0\n2,0\n");
    assert!(!verify(&folder, &[]).1);
    put(&folder, "results/prices.csv", "mentor,price\n1,0\n");
    assert!(verify(&folder, &[]).0.contains("not every mentor has a price"));
}

#[test]
fn a_bad_file_is_named_with_its_line_and_nothing_is_written() {
    let mentors = "mentor,capacity,load1,load2,load3,load4,load5\n";
    let cases = [
        ("mentees.csv", "mentee\n10\n", "mentees.csv:1: The column “demand” is missing."),
        (
            "mentees.csv",
            "mentee,demand\n10,3\n",
            "mentees.csv:2: The demand of mentee 10 is 3; it is 1 or 2.",
        ),
        ("mentees.csv", "mentee,demand\n10,1\n10,1\n", "mentees.csv:3: mentee 10 stands there twice."),
        ("mentees.csv", "", "mentees.csv:1: The file is empty"),
        (
            "mentors.csv",
            &format!("{mentors}1,-1,0,0,0,0,0\n"),
            "mentors.csv:2: The capacity of mentor 1 is negative.",
        ),
        (
            "mentors.csv",
            &format!("{mentors}1,21,0,0,0,0,0\n"),
            "mentors.csv:2: Mentor 1 takes more than 20 mentees.",
        ),
        ("mentors.csv", &format!("{mentors}1,2,0,5,4,5,6\n"), "mentors.csv:2: The loads of mentor 1 fall"),
        ("edges.csv", "mentee,mentor,weight\n99,1,5\n", "edges.csv:2: There is no mentee 99 in mentees.csv."),
        (
            "edges.csv",
            "mentee,mentor,weight\n10,99,5\n",
            "edges.csv:2: There is no mentor 99 in mentors.csv.",
        ),
        (
            "edges.csv",
            "mentee,mentor,weight\n10,1,5\n10,1,6\n",
            "edges.csv:3: Mentee 10 and mentor 1 stand there twice.",
        ),
        (
            "edges.csv",
            "mentee,mentor,weight\n11,1,5\n10,1,6\n11,1,6\n",
            "edges.csv:4: Mentee 11 and mentor 1 stand there twice.",
        ),
        (
            "edges.csv",
            "mentee,mentor,weight\n10,1,99999999999999999999\n",
            "edges.csv:2: “99999999999999999999” in the column “weight” is too large",
        ),
        ("edges.csv", "mentee,mentor,weight\n10,1,1000001\n", "edges.csv:2: The weight 1000001 is too large"),
        (
            "edges.csv",
            "mentee,mentor,weight\n10,1,0.5\n",
            "edges.csv:2: “0.5” in the column “weight” is not a whole number.",
        ),
        ("edges.csv", "mentee,mentor,weight\n10,1\n", "edges.csv:2: There are 2 cells instead of 3."),
        (
            "pins.csv",
            "mentee,mentor\n10,2\n",
            "pins.csv:2: Mentee 10 and mentor 2: the pair is pinned and has no edge.",
        ),
        (
            "pins.csv",
            "mentee,mentor\n10,1\n11,1\n",
            "pins.csv:3: Mentee 11 and mentor 1: the mentor is pinned to more mentees than they take.",
        ),
        ("blocks.csv", "mentee,mentor\n10,7\n", "blocks.csv:2: There is no mentor 7 in mentors.csv."),
    ];
    for (file, text, said) in cases {
        let folder = cast();
        put(&folder, file, text);
        let answer = run(folder.path(), &["solve", ".", "--out", "results"]);
        let error = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert!(error.contains(said), "{file}: {error}");
        assert_eq!(answer.status.code(), Some(1));
        assert!(!folder.path().join("results").exists());
    }
    let folder = cast();
    std::fs::remove_file(folder.path().join("edges.csv")).unwrap();
    let answer = run(folder.path(), &["solve", ".", "--out", "results"]);
    assert!(String::from_utf8_lossy(&answer.stderr).contains("edges.csv"));
}
