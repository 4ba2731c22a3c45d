//! `cargo xtask shots`: how every page looks, at three widths, in light and dark.

use crate::browser::{build, script};
use crate::needs;
use crate::place::{Trouble, show};

/// Takes the pictures of all pages, or of those whose names contain the given text.
pub fn run(name: Option<&str>) -> Result<(), Trouble> {
    let browser = needs::browser().map_err(|missing| {
        Trouble::new(format!("No pictures: {missing}. `cargo xtask test --install` fetches what is missing."))
    })?;
    let program = build(&[], "debug")?;
    show(script(&browser, &program, "shots.mjs").args(name))
}
