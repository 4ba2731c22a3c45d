//! What the command line says: one text for each group of commands.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::without_ids;

/// Somebody at a terminal, in a folder of their own with the examples of the project in it.
struct Terminal {
    folder: TempDir,
    transcript: String,
}

impl Terminal {
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        copy(&project.join("examples"), &folder.path().join("examples"));
        copy(&project.join("crates/framework/sample"), &folder.path().join("sample"));
        copy(&project.join("crates/framework/samples/monzo"), &folder.path().join("monzo"));
        Self { folder, transcript: String::new() }
    }

    /// Runs `espalier` with these words and writes down all that it says.
    fn run(&mut self, line: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_espalier"));
        command.current_dir(self.folder.path()).args(line.split(' ').filter(|word| !word.is_empty()));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ESPALIER_") {
                command.env_remove(name);
            }
        }
        let answer = command.output().unwrap();
        let _ = writeln!(self.transcript, "$ espalier {line}");
        for said in [&answer.stdout, &answer.stderr] {
            self.transcript.push_str(&String::from_utf8_lossy(said));
        }
        let code = answer.status.code().unwrap();
        let _ = writeln!(self.transcript, "(exit code {code})\n");
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// All that was said, without what differs from run to run.
    fn said(self) -> String {
        let said = without_ids(&self.transcript.replace(&*self.folder.path().to_string_lossy(), "{folder}"));
        // The version of the bundled SQLite is no text of ours.
        let lines = said.lines().map(|line| match line.split_once(", SQLite ") {
            Some((before, _)) => format!("{before}, SQLite {{version}}"),
            None => line.trim_end().to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn every_command_explains_itself() {
    use clap::CommandFactory as _;
    let mut terminal = Terminal::open();
    let mut open = vec![(String::new(), espalier_app::command::CommandLine::command())];
    while !open.is_empty() {
        let (name, command) = open.remove(0);
        terminal.run(format!("{name} --help").trim());
        let verbs = command.get_subcommands().filter(|verb| verb.get_name() != "help");
        open.extend(
            verbs.map(|verb| (format!("{name} {}", verb.get_name()).trim().to_owned(), verb.clone())),
        );
    }
    insta::assert_snapshot!("help", terminal.said());
}

#[test]
fn frameworks_are_checked_imported_exported_and_compared() {
    let mut terminal = Terminal::open();
    terminal.run("framework check sample");
    terminal.write("broken/framework.yaml", "id: broken\nname: Broken\nlevels:\n\t- id: one\n");
    terminal.run("framework check broken");
    terminal.run("framework check nowhere");
    terminal.run("framework import monzo --out imported");
    terminal.run("framework import monzo --out imported-again --report json");
    terminal
        .run("framework import examples/framework.csv --mapping examples/framework-mapping.yaml --out sheet");
    terminal.write("nothing/notes.txt", "Nobody's framework.");
    terminal.run("framework import nothing --out empty");
    terminal.run("framework export sample --out whole.json");
    terminal.run("framework diff sample whole.json");
    let text = fs::read_to_string(terminal.folder.path().join("whole.json")).unwrap();
    let first = text.split("\"statements\"").nth(1).unwrap().split("\"text\":").nth(1).unwrap();
    let first = first.split('"').nth(1).unwrap();
    terminal
        .write("reworded.json", &text.replace(first, "Says what is meant, in words that everybody knows."));
    terminal.run("framework diff whole.json reworded.json");
    terminal.run("framework diff whole.json reworded.json --format json");
    insta::assert_snapshot!("framework", terminal.said());
}

#[test]
fn people_are_taken_in_and_bad_rows_are_named() {
    let mut terminal = Terminal::open();
    let database = "--database sqlite:espalier.db";
    terminal.run(&format!("people import examples/people.csv {database}"));
    terminal.write("empty.jsonl", "");
    // A database is made by `serve`, or by what was backed up; here an empty file is enough.
    terminal.write("espalier.db", "");
    terminal.run(&format!("people import examples/people.csv --dry-run {database}"));
    terminal.run(&format!("people import examples/people.csv {database}"));
    terminal.run(&format!("people import examples/people.csv {database}"));
    let head = "name,email,manager,started_on,time_zone,shoe_size\n";
    let rows = [
        "Jon Abbott,jon@example.org,ida@example.org,2023-02-01,Europe/Oslo,43",
        "Max Low,max@example.org,nobody@example.org,2024-01-01,Europe/Oslo,",
        "Nia Low,nia@example.org,,2024-13-01,Europe/Oslo,",
        "Oda Low,oda@example.org,,2024-01-01,Middle/Earth,",
        "Oda Low,ida@example.org,,,,\nOda Low,ida@example.org,,,,",
        "=SUM(A1),pip@example.org,,,,",
        "Quin A,quin@example.org,rae@example.org,,,\nRae A,rae@example.org,quin@example.org,,,",
        ",sam@example.org,,,,",
    ];
    terminal.write("bad.csv", &format!("{head}{}\n", rows.join("\n")));
    terminal.run(&format!("people import bad.csv --dry-run {database}"));
    terminal.run(&format!("people import bad.csv {database}"));
    terminal.run(&format!("people import bad.csv --skip-bad-rows {database}"));
    terminal.write("strange.csv", "colour,shape\nred,round\n");
    terminal.run(&format!("people import strange.csv {database}"));
    fs::write(terminal.folder.path().join("latin.csv"), b"name,email\nIda Nor\xe9n,ida@example.org\n")
        .unwrap();
    terminal.run(&format!("people import latin.csv {database}"));
    terminal.run(&format!("people import nowhere.csv {database}"));
    insta::assert_snapshot!("people", terminal.said());
}

#[test]
fn data_are_checked_kept_and_brought_back() {
    let mut terminal = Terminal::open();
    let database = "--database sqlite:data/espalier.db";
    terminal.run(&format!("doctor {database}"));
    let path = terminal.write("data/espalier.db", "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    terminal.run(&format!("people import examples/people.csv {database}"));
    terminal.run(&format!("doctor {database}"));
    terminal.run(&format!("backup kept.jsonl {database}"));
    terminal.run(&format!("backup kept.jsonl {database}"));
    terminal.run(&format!("backup kept.jsonl --replace {database}"));
    terminal.run(&format!("serve --demo --listen 127.0.0.1:0 {database}"));
    terminal.run("restore kept.jsonl --database sqlite:again/espalier.db");
    terminal.run("restore kept.jsonl --database sqlite:again/espalier.db");
    terminal.write("cut.jsonl", "{\"espalier\":");
    terminal.run("restore cut.jsonl --database sqlite:third/espalier.db");
    terminal.run("doctor --database sqlite:third/espalier.db");
    terminal.run("restore kept.jsonl --database sqlite:third/espalier.db");
    terminal.write("settings.toml", "listn = '127.0.0.1:1'\n");
    terminal.run("doctor --config settings.toml");
    terminal.run("doctor --database mysql://somewhere");
    terminal.run("prune");
    insta::assert_snapshot!("data", terminal.said());
}
