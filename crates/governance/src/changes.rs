//! What became of a framework from one version to the next: first for the people at one level, then for everybody.

use askama::Template;
use axum::routing::get;
use espalier_framework::NodeId;
use espalier_framework::diff::{Changed, Diff, NodeKind, whats_new};
use espalier_people::actions::own_level;
use espalier_web::{Door, Doors, Frame, Page, Path, Query, WebError, full_day};

use crate::library::{self, Copy};
use crate::matrix::title;
use crate::pages::{Cover, Reading, take};
use crate::queries::VersionState;
use crate::shelf;

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/frameworks/{framework}/changes", get(show_changes))
}

/// Changes of one kind.
#[derive(Debug)]
struct Group {
    name: &'static str,
    sentences: Vec<String>,
}

/// The version before, and what became of it.
#[derive(Debug)]
struct Step {
    version: String,
    day: String,
    link: String,
    groups: Vec<Group>,
    mended: Vec<String>,
}

/// What is new at one level.
#[derive(Debug)]
struct AtLevel {
    id: String,
    name: String,
    is_own: bool,
    news: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "changes.html")]
struct ChangesPage {
    frame: Frame,
    cover: Cover,
    version: String,
    since: String,
    levels: Vec<(String, String, bool)>,
    level: Option<AtLevel>,
    step: Option<Step>,
}

async fn show_changes(
    mut door: Door,
    Path(framework): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Page<ChangesPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let frame = door.frame(format!("What changed in {}", copy.framework().name), "frameworks");
    let Door { viewer, tx, .. } = &mut door;
    let before = match reading.since {
        Some(id) => Some(library::take(tx, viewer, &framework, Some(id), None).await?),
        None => library::before(tx, viewer, &copy.line).await?,
    };
    let own = own_level(tx, viewer).await?.filter(|own| own.framework == framework);
    let cover = Cover::new(&copy, &reading, "changes");
    let since = reading.since.map(|id| id.to_string()).unwrap_or_default();
    let version = copy.line.version.clone();
    let Some(before) = before.filter(|before| before.line.id != copy.line.id) else {
        return Ok(Page(ChangesPage {
            frame,
            cover,
            version,
            since,
            levels: Vec::new(),
            level: None,
            step: None,
        }));
    };
    // Nobody else waits while two long versions are held beside each other for the first time.
    let (old, new) = (before.edition.clone(), copy.edition.clone());
    let digests = (before.line.digest.clone(), copy.line.digest.clone());
    let diff = tokio::task::spawn_blocking(move || shelf::diff(&digests, &old.framework, &new.framework))
        .await
        .map_err(WebError::fault)?;
    let own = own.and_then(|own| level_now(&copy, &diff, &own.level));
    let level = level_now(&copy, &diff, &reading.level).or_else(|| own.clone()).map(|id| AtLevel {
        name: copy.framework().level(id.as_str()).map(title).unwrap_or_default(),
        is_own: own.as_ref() == Some(&id),
        news: whats_new(&diff, &id),
        id: id.to_string(),
    });
    let levels = copy
        .framework()
        .all_levels()
        .into_iter()
        .map(|one| {
            (one.id.to_string(), title(one), level.as_ref().is_some_and(|chosen| one.id == *chosen.id))
        })
        .collect();
    let day = before.line.published_at.unwrap_or(before.line.made_at).date_in(&viewer.zone);
    let step = Step {
        day: full_day(day),
        link: format!("/frameworks/{framework}/matrix?version={}", before.line.id),
        groups: groups(&diff),
        mended: diff.changes.iter().filter(|one| one.editorial).map(Changed::sentence).collect(),
        version: before.line.version,
    };
    Ok(Page(ChangesPage { frame, cover, version, since, levels, level, step: Some(step) }))
}

/// The level of this version that is meant: by its own id, or by the id it had before.
fn level_now(copy: &Copy, diff: &Diff, asked: &str) -> Option<NodeId> {
    let before = || diff.levels.iter().find(|(id, _)| id.as_str() == asked).map(|(_, now)| now);
    // What it was before comes first: the same id may have been given to another level.
    let id = before().map_or(asked, NodeId::as_str);
    copy.framework().level(id).or_else(|| copy.framework().level(asked)).map(|level| level.id.clone())
}

/// Everything but mended words, by what it is about.
fn groups(diff: &Diff) -> Vec<Group> {
    const NAMES: [(&str, &[NodeKind]); 8] = [
        ("The framework", &[NodeKind::Framework, NodeKind::Licence]),
        ("Levels and tracks", &[NodeKind::Level, NodeKind::Track, NodeKind::Path]),
        (
            "Pillars and competencies",
            &[NodeKind::Pillar, NodeKind::Competency, NodeKind::Scale, NodeKind::Point],
        ),
        ("What is expected", &[NodeKind::Statement]),
        ("What levels ask for", &[NodeKind::Requirement, NodeKind::Rule]),
        ("Examples and explanations", &[NodeKind::Detail]),
        ("Archetypes and titles", &[NodeKind::Archetype, NodeKind::Emphasis, NodeKind::Band]),
        ("Pages and translations", &[NodeKind::Doc, NodeKind::Translation]),
    ];
    NAMES
        .into_iter()
        .map(|(name, kinds)| {
            let here = diff.changes.iter().filter(|one| !one.editorial && kinds.contains(&one.kind));
            Group { name, sentences: here.map(Changed::sentence).collect() }
        })
        .filter(|group| !group.sentences.is_empty())
        .collect()
}
