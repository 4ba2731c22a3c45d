//! What exists is documented: every command and option, every setting, every door of the API.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

use std::path::Path;

use clap::CommandFactory as _;
use espalier_app::command::CommandLine;

fn book(page: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_command_and_option_stands_in_the_book() {
    let (commands, operating) = (book("commands.md"), book("operating.md"));
    let mut open = vec![(String::from("espalier"), CommandLine::command())];
    while let Some((name, command)) = open.pop() {
        let subcommands: Vec<_> =
            command.get_subcommands().filter(|one| one.get_name() != "help").cloned().collect();
        assert!(!subcommands.is_empty() || commands.contains(&name), "{name} is not in docs/commands.md");
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            let said = format!("--{option}");
            let is_known = commands.contains(&said) || operating.contains(&said);
            assert!(
                is_known || matches!(option, "help" | "version"),
                "{name} {said} is in no page of the book"
            );
        }
        for variable in command.get_arguments().filter_map(clap::Arg::get_env) {
            let variable = variable.to_str().unwrap();
            assert!(operating.contains(variable), "{variable} is not in docs/operating.md");
        }
        open.extend(subcommands.into_iter().map(|one| (format!("{name} {}", one.get_name()), one)));
    }
}

#[test]
fn the_help_of_each_command_is_a_whole_sentence_to_read() {
    let mut help = CommandLine::command().render_long_help().to_string();
    for verb in ["serve", "people", "framework", "backup", "restore", "erasures", "doctor"] {
        assert!(help.contains(verb), "{verb}");
    }
    help.retain(|c| c != '\n');
    assert!(help.contains("One binary, one file of data."));
}
