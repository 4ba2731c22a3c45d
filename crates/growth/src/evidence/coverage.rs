//! How much evidence there is for each statement of a level.

use askama::Template;
use axum::routing::get;
use espalier_governance::library;
use espalier_governance::matrix::{Line, title};
use espalier_people::visible::visible_to;
use espalier_store::Tx;
use espalier_web::{Door, Doors, Frame, Page, Query, Viewer, VisibleTo, WebError, count_of};
use serde::Deserialize;

use super::access::EVIDENCE;
use super::claims::{asked_by_pillar, backing, ground};
use super::support::Amount;
use crate::assessment::Answer;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/me/evidence/coverage", get(show_coverage))
}

#[derive(Debug, Template)]
#[template(path = "evidence-coverage.html")]
struct CoveragePage {
    frame: Frame,
    seen: VisibleTo,
    framework: String,
    level_name: String,
    levels: Vec<(String, String, bool)>,
    pillars: Vec<(String, Vec<Covered>)>,
    enough: usize,
    total: usize,
}

/// One statement with its evidence.
#[derive(Debug)]
pub(super) struct Covered {
    pub(super) line: Line,
    pub(super) amount: Amount,
    pieces: String,
}

impl Covered {
    pub(super) const fn suffices(&self, answer: Answer) -> bool {
        self.amount.suffices(answer)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CoverageQuery {
    level: String,
}

async fn show_coverage(
    mut door: Door,
    Query(query): Query<CoverageQuery>,
) -> Result<Page<CoveragePage>, WebError> {
    let frame = door.frame("What evidence covers", "growth");
    let Door { viewer, tx, .. } = &mut door;
    let seen =
        visible_to(tx, viewer, &EVIDENCE, espalier_access::State::Open, viewer.person, &viewer.name).await?;
    let Coverage { framework, level, levels, pillars } = coverage(tx, viewer, &query.level).await?;
    let all = || pillars.iter().flat_map(|(_, covered)| covered);
    Ok(Page(CoveragePage {
        frame,
        seen,
        framework,
        level_name: level.1,
        levels,
        enough: all().filter(|one| one.suffices(Answer::Meeting)).count(),
        total: all().count(),
        pillars,
    }))
}

/// How much evidence of the viewer there is for each statement of a level. All is empty where they have no framework.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    pub(super) framework: String,
    /// The id of the level, and its name.
    pub(super) level: (String, String),
    levels: Vec<(String, String, bool)>,
    pub(super) pillars: Vec<(String, Vec<Covered>)>,
}

/// What the viewer's evidence covers, beside a level named with its framework or, with none named, their own.
///
/// # Errors
///
/// [`WebError::NotFound`] for a level that is not there.
pub(super) async fn coverage(tx: &mut Tx, viewer: &Viewer, level: &str) -> Result<Coverage, WebError> {
    let Some(ground) = ground(tx, viewer).await? else { return Ok(Coverage::default()) };
    // The level may be one of another framework: then it is named with it.
    let (copy, wanted) = match level.split_once('/') {
        Some((framework, level)) if framework != ground.copy.line.framework => {
            (library::take(tx, viewer, framework, None, None).await?, Some(level.to_owned()))
        }
        Some((_, level)) => (ground.copy, Some(level.to_owned())),
        None => (ground.copy, ground.level),
    };
    let framework = copy.framework();
    let levels = framework.all_levels();
    let level = match wanted {
        Some(wanted) => framework.level(&wanted).ok_or(WebError::NotFound)?,
        None => levels.first().copied().ok_or(WebError::NotFound)?,
    };
    let behind = backing(tx, viewer, &copy.line.framework).await?;
    let pillars = asked_by_pillar(framework, level.id.as_str())
        .into_iter()
        .map(|(name, statements)| {
            let covered = statements.into_iter().map(|statement| {
                let amount = behind.of(statement.id.as_str());
                let pieces = count_of(amount.pieces, "piece", "pieces");
                Covered { line: Line::of(&copy.edition, statement), amount, pieces }
            });
            (name, covered.collect())
        })
        .collect();
    Ok(Coverage {
        level: (level.id.to_string(), title(level)),
        levels: levels
            .iter()
            .map(|one| (format!("{}/{}", copy.line.framework, one.id), title(one), one.id == level.id))
            .collect(),
        framework: copy.line.framework.clone(),
        pillars,
    })
}
