//! The program in a real browser: tests and screenshots are Node programs in `tests/e2e`.

use std::path::PathBuf;
use std::process::Command;

use crate::needs::{Browser, e2e};
use crate::place::{Trouble, cargo, command, root, show, target};

/// Tells the scripts which browser to start.
const CHROMIUM: &str = "ESPALIER_CHROMIUM";

/// The package with the binary `espalier`.
pub const APP: &str = "espalier";

/// Tries the checks on pages that are known to be good and bad, then builds the program and checks its pages.
pub fn test(browser: &Browser, filter: Option<&str>) -> Result<(), Trouble> {
    show(
        command("node")
            .current_dir(e2e())
            .args(["--test", "checks.test.mjs"])
            .env(CHROMIUM, &browser.chromium),
    )?;
    let program = build(&[], "debug")?;
    show(script(browser, &program, "test.mjs").args(filter))
}

/// A script of `tests/e2e` that knows the browser and the program.
pub fn script(browser: &Browser, program: &PathBuf, name: &str) -> Command {
    let mut node = command("node");
    node.current_dir(e2e())
        .arg(name)
        .env(CHROMIUM, &browser.chromium)
        .env("ESPALIER_PROGRAM", program)
        .env("ESPALIER_SHOTS", root().join("shots"));
    node
}

/// Builds the program and says where it is.
pub fn build(flags: &[&str], profile: &str) -> Result<PathBuf, Trouble> {
    show(cargo().args(["build", "--package", APP, "--bin", "espalier"]).args(flags))?;
    Ok(target().join(profile).join("espalier"))
}
