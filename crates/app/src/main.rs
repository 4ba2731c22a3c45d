//! The binary `espalier`.

use std::process::ExitCode;

use clap::Parser as _;
use espalier_app::command::CommandLine;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    match line.run() {
        Ok(code) => code,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the command line speaks to its user")]
            {
                eprintln!("espalier: {error}");
                let mut source = error.source();
                while let Some(cause) = source {
                    eprintln!("    because {cause}");
                    source = cause.source();
                }
            }
            ExitCode::FAILURE
        }
    }
}
