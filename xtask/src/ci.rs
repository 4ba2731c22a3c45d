//! `cargo xtask ci`: what must hold before a change is anybody else's.

use crate::needs::Missing;
use crate::place::{Trouble, ask, cargo, show};
use crate::test::{self, Request};

/// Formatting, lints, licences and sources, then every test. The first that fails ends it.
pub fn run(missing: Missing) -> Result<(), Trouble> {
    show(cargo().args(["fmt", "--all", "--check"]))?;
    show(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--"]).args([
        "-D",
        "warnings",
        "-D",
        "missing_docs",
    ]))?;
    if ask(cargo().args(["deny", "--version"])).is_err() {
        return Err(Trouble::new("cargo-deny is missing (`cargo install --locked cargo-deny`)."));
    }
    // Advisories need the network, so they are not asked here.
    show(cargo().args(["deny", "--locked", "check", "licenses", "bans", "sources"]))?;
    test::run(&Request { missing, filter: None })
}
