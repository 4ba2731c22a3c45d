//! What frameworks, tracks and levels are called, for rooms of lower floors that know them by id only.

use std::collections::HashMap;

use espalier_store::Tx;
use espalier_web::{Later, Rung, RungTitle, Titles, Viewer, WebError};

use crate::library::{self, Copy};
use crate::matrix::title;

/// Knows titles by the versions in force.
#[derive(Debug)]
pub struct LibraryTitles;

impl Titles for LibraryTitles {
    fn titles<'a>(
        &'a self,
        viewer: &'a Viewer,
        tx: &'a mut Tx,
        rungs: &'a [Rung<'a>],
    ) -> Later<'a, Result<Vec<RungTitle>, WebError>> {
        Box::pin(async move {
            let mut copies: HashMap<&str, Option<Copy>> = HashMap::new();
            let mut titles = Vec::with_capacity(rungs.len());
            for rung in rungs {
                if !copies.contains_key(rung.framework) {
                    let copy = match library::take(tx, viewer, rung.framework, None, None).await {
                        Ok(copy) => Some(copy),
                        Err(WebError::NotFound) => None,
                        Err(error) => return Err(error),
                    };
                    copies.insert(rung.framework, copy);
                }
                let copy = copies.get(rung.framework).and_then(Option::as_ref);
                titles.push(copy.map(|copy| title_in(copy, rung)).unwrap_or_default());
            }
            Ok(titles)
        })
    }
}

fn title_in(copy: &Copy, rung: &Rung<'_>) -> RungTitle {
    let framework = copy.framework();
    let known = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    RungTitle {
        framework: known(&framework.name),
        track: framework.track(rung.track).and_then(|track| known(&track.name)),
        level: framework.level(rung.level).map(title),
    }
}
