//! `cargo xtask bench matching`: our solver and OR-tools on the same instances, one after the other on one machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::place::{Trouble, cargo, show};

/// What is measured: a name, and what the generator is told.
const INSTANCES: [(&str, &[&str]); 11] = [
    ("S", &["--size", "S"]),
    ("S, two", &["--size", "S", "--two", "0.1"]),
    ("M", &["--size", "M"]),
    ("L", &["--size", "L"]),
    ("L, two", &["--size", "L", "--two", "0.1"]),
    ("L uniform", &["--size", "L", "--family", "uniform"]),
    ("L common", &["--size", "L", "--family", "common"]),
    ("L ties", &["--size", "L", "--family", "ties"]),
    ("50,000 x 14,000", &["--size", "50000x14000"]),
    ("50,000 x 25,000", &["--size", "50000x25000"]),
    ("XL", &["--size", "XL"]),
];

const RUNS: usize = 5;

/// Where the program that measures stands, and what it is compared with.
struct Bench {
    measure: PathBuf,
    python: String,
    generator: PathBuf,
    beside: PathBuf,
    folder: PathBuf,
    has_peer: bool,
}

/// Measures everything, or what is named.
pub fn run(words: &[&str]) -> Result<(), Trouble> {
    let mut bench = Bench::new()?;
    let mut names: Option<Vec<String>> = None;
    let mut words = words.iter().copied();
    while let Some(flag) = words.next() {
        let value = words.next().ok_or_else(|| Trouble::new(format!("{flag} needs a value.")))?;
        match flag {
            "--python" => value.clone_into(&mut bench.python),
            "--folder" => bench.folder = value.into(),
            "--only" => names = Some(value.split(';').map(str::to_owned).collect()),
            _ => return Err(Trouble::new(format!("{flag} is not known to this measurement."))),
        }
    }
    show(cargo().args(["build", "--release", "--package", "espalier-matching", "--example", "measure"]))?;
    bench.has_peer = bench.knows_ortools();
    if !bench.has_peer {
        println!("Skipped OR-tools: {} has no numpy and ortools; --python names another.\n", bench.python);
    }
    println!(
        "| instance | matched | net fit | solve s | certificate s | draw s | bytes an edge | OR-tools s | times |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (name, arguments) in INSTANCES {
        if names.as_ref().is_none_or(|names| names.iter().any(|one| one == name)) {
            bench.measure(name, arguments)?;
        }
    }
    if names.is_none() {
        bench.repair()?;
        let taken = bench.ask(&["scoring", "50000", "18000"])?;
        println!(
            "\nFit scoring, 50,000 x 18,000, edges, seconds on the wall and of the busier thread: {taken}"
        );
    }
    Ok(())
}

impl Bench {
    fn new() -> Result<Self, Trouble> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let fixtures = std::env::var_os("ESPALIER_FIXTURES")
            .map_or_else(|| root.join("../shared/fixtures"), PathBuf::from);
        let generator = fixtures.join("../bench/matching/gen.py");
        if !generator.is_file() {
            return Err(Trouble::new(format!(
                "The generator of instances is not at {}; ESPALIER_FIXTURES may say where it is.",
                generator.display()
            )));
        }
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self {
            measure: target.join("release/examples/measure"),
            python: "python3".to_owned(),
            generator,
            beside: root.join("bench/matching/ortools_beside.py"),
            folder: std::env::temp_dir().join("espalier-matching"),
            has_peer: false,
        })
    }

    fn knows_ortools(&self) -> bool {
        let asked = Command::new(&self.python).args(["-c", "import numpy, ortools"]).output();
        asked.is_ok_and(|answer| answer.status.success())
    }

    /// The folder of an instance, made when it is not there.
    fn instance(&self, name: &str, arguments: &[&str]) -> Result<PathBuf, Trouble> {
        let folder = self.folder.join(name.replace([' ', ','], ""));
        if !folder.join("inst.npz").is_file() {
            let mut make = Command::new(&self.python);
            answer(make.arg(&self.generator).args(arguments).arg("--out").arg(&folder))?;
        }
        Ok(folder)
    }

    fn measure(&self, name: &str, arguments: &[&str]) -> Result<(), Trouble> {
        let folder = self.instance(name, arguments)?;
        let place = folder.display().to_string();
        let ours = self.ask(&["solve", &place, &RUNS.to_string()])?;
        let ours: Vec<&str> = ours.split_whitespace().collect();
        let [_, _, matched, net, solving, proving, drawing, bytes] = ours[..] else {
            return Err(Trouble::new("The measurement answered with something else."));
        };
        let mut theirs = String::from(" | ");
        if self.has_peer {
            let mut least = f64::MAX;
            for _ in 0..RUNS.min(if name == "XL" { 2 } else { RUNS }) {
                let said = answer(Command::new(&self.python).arg(&self.beside).arg(&folder))?;
                let words: Vec<&str> = said.split_whitespace().collect();
                if words.get(..2) != Some(&[matched, net]) {
                    return Err(Trouble::new(format!("OR-tools found {said}, we found {matched} {net}.")));
                }
                least = least.min(number(words.get(2).copied())?);
            }
            let both = number(Some(solving))? + number(Some(proving))?;
            theirs = format!("{least:.3} | {:.1}", least / both);
        }
        println!("| {name} | {matched} | {net} | {solving} | {proving} | {drawing} | {bytes} | {theirs} |");
        Ok(())
    }

    fn repair(&self) -> Result<(), Trouble> {
        let folder = self.instance("L", &["--size", "L"])?;
        let taken = self.ask(&["repair", &folder.display().to_string(), "200"])?;
        println!(
            "\n200 of 18,000 mentors leave L one by one, milliseconds (median, 90 of 100, most) and people moved: {taken}"
        );
        Ok(())
    }

    fn ask(&self, words: &[&str]) -> Result<String, Trouble> {
        answer(Command::new(&self.measure).args(words))
    }
}

/// What a program prints, when it ends well.
fn answer(command: &mut Command) -> Result<String, Trouble> {
    let said = command.output().map_err(|error| {
        Trouble::new(format!("{} did not start: {error}.", command.get_program().display()))
    })?;
    if said.status.success() {
        Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    } else {
        Err(Trouble::new(String::from_utf8_lossy(&said.stderr).into_owned()))
    }
}

fn number(word: Option<&str>) -> Result<f64, Trouble> {
    word.and_then(|word| word.parse().ok()).ok_or_else(|| Trouble::new("A figure is missing."))
}
