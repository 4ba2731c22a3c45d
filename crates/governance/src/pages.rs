//! The pages about frameworks.

use askama::Template;
use axum::routing::get;
use espalier_access::{Action, Relation, State};
use espalier_framework::{Framework, Where};
use espalier_web::{Door, Doors, Frame, Page, Path, Query, WebError, full_day};
use serde::Deserialize;

use crate::access::FrameworkRecord;
use crate::library::{self, Copy};
use crate::matrix::{Cell, Line, Matrix, competency_name, title};
use crate::prose;
use crate::queries::{self, VersionId, VersionLine, VersionState};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/frameworks", get(show_library))
        .route("/frameworks/{framework}", get(show_matrix))
        .route("/frameworks/{framework}/matrix", get(show_matrix))
        .route("/frameworks/{framework}/levels/{level}", get(show_level))
        .route("/frameworks/{framework}/competencies/{competency}", get(show_competency))
        .route("/frameworks/{framework}/search", get(show_search))
        .route("/frameworks/{framework}/about", get(show_about))
        .route("/frameworks/{framework}/docs/{*path}", get(show_doc))
}

/// What the pages of a framework take from their address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Reading {
    pub(crate) version: Option<VersionId>,
    pub(crate) lang: Option<String>,
    pub(crate) track: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) q: String,
    pub(crate) since: Option<VersionId>,
    pub(crate) level: String,
}

impl Reading {
    /// One version, in its own language.
    pub(crate) fn of_version(id: VersionId) -> Self {
        Self { version: Some(id), ..Self::default() }
    }
}

/// What stands above every page of a framework.
#[derive(Debug)]
pub(crate) struct Cover {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) version_id: VersionId,
    pub(crate) state: VersionState,
    pub(crate) here: &'static str,
    pub(crate) suffix: String,
    pub(crate) locales: Vec<(String, bool)>,
    pub(crate) is_translated: bool,
    pub(crate) stale: usize,
    pub(crate) missing: usize,
    pub(crate) has_archetypes: bool,
}

impl Cover {
    pub(crate) fn new(copy: &Copy, reading: &Reading, here: &'static str) -> Self {
        let framework = copy.framework();
        let mut suffix = String::new();
        for (key, value) in [
            ("version", reading.version.map(|id| id.to_string())),
            ("lang", reading.lang.clone()),
            ("track", Some(reading.track.clone()).filter(|track| !track.is_empty())),
        ] {
            if let Some(value) = value {
                suffix.push(if suffix.is_empty() { '?' } else { '&' });
                suffix.push_str(key);
                suffix.push('=');
                // Ids of tracks and names of languages are plain words; anything else was made up and is left out.
                suffix.extend(
                    value.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')),
                );
            }
        }
        let edition = &copy.edition;
        Self {
            id: framework.id.to_string(),
            name: framework.name.clone(),
            version: copy.line.version.clone(),
            version_id: copy.line.id,
            state: copy.line.state,
            here,
            suffix,
            locales: if edition.locales.len() > 1 {
                edition.locales.iter().map(|locale| (locale.clone(), *locale == edition.locale)).collect()
            } else {
                Vec::new()
            },
            is_translated: edition.locales.first() != Some(&edition.locale),
            stale: edition.stale,
            missing: edition.missing,
            has_archetypes: !framework.archetypes.is_empty(),
        }
    }

    /// The address of a page of this framework, in the same version, language and track.
    pub(crate) fn to(&self, page: &str) -> String {
        format!("/frameworks/{}/{page}{}", self.id, self.suffix)
    }

    pub(crate) fn level_link(&self, level: &str) -> String {
        self.to(&format!("levels/{level}"))
    }

    pub(crate) fn competency_link(&self, competency: &str) -> String {
        self.to(&format!("competencies/{competency}"))
    }

    pub(crate) fn compare_link(&self, from: &str, to: &str) -> String {
        let mark = if self.suffix.is_empty() { '?' } else { '&' };
        format!("{}{mark}from={from}&to={to}", self.to("compare"))
    }

    /// The matrix of another track, in the same version and language.
    pub(crate) fn track_link(&self, track: &str) -> String {
        let kept = self
            .suffix
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.starts_with("track=") && !pair.is_empty());
        let pairs: Vec<String> = kept.map(str::to_owned).chain([format!("track={track}")]).collect();
        format!("/frameworks/{}/matrix?{}", self.id, pairs.join("&"))
    }

    /// The page to which a change of language leads: the same where the address alone names it.
    pub(crate) fn page(&self) -> &'static str {
        match self.here {
            "compare" | "archetypes" | "search" | "about" | "versions" => self.here,
            _ => "matrix",
        }
    }
}

pub(crate) async fn take(door: &mut Door, framework: &str, reading: &Reading) -> Result<Copy, WebError> {
    library::take(&mut door.tx, &door.viewer, framework, reading.version, reading.lang.as_deref()).await
}

#[derive(Debug, Template)]
#[template(path = "library.html")]
struct LibraryPage {
    frame: Frame,
    frameworks: Vec<VersionLine>,
    drafts: Vec<VersionLine>,
    may_import: bool,
}

async fn show_library(mut door: Door) -> Result<Page<LibraryPage>, WebError> {
    let frame = door.frame("Frameworks", "frameworks");
    let Door { viewer, tx, .. } = &mut door;
    let frameworks = library::all(tx, viewer).await?;
    let may_import = viewer.roles.has(Relation::FrameworkOwner);
    let mut drafts = Vec::new();
    if may_import {
        for draft in tx.all::<VersionLine>(&queries::DRAFTS, &[]).await? {
            let permit =
                viewer.try_permit::<FrameworkRecord>(tx, Action::Read, draft.subject(), State::Draft).await?;
            if permit.is_some() {
                drafts.push(draft);
            }
        }
    }
    Ok(Page(LibraryPage { frame, frameworks, drafts, may_import }))
}

#[derive(Debug, Template)]
#[template(path = "matrix.html")]
struct MatrixPage {
    frame: Frame,
    cover: Cover,
    summary: String,
    tracks: Vec<(String, String, bool)>,
    matrix: Matrix,
    before: Option<String>,
}

async fn show_matrix(
    mut door: Door,
    Path(framework): Path<String>,
    Query(mut reading): Query<Reading>,
) -> Result<Page<MatrixPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let before = library::line_before(&mut door.tx, &copy.line).await?.map(|line| line.version);
    let framework = copy.framework();
    let track = track_of(framework, &reading.track);
    reading.track.clone_from(&track);
    let tracks: Vec<(String, String, bool)> = framework
        .tracks
        .iter()
        .filter(|one| !framework.levels_of(one.id.as_str()).is_empty())
        .map(|one| {
            let name = if one.name.is_empty() { one.id.to_string() } else { one.name.clone() };
            (one.id.to_string(), name, one.id.as_str() == track)
        })
        .collect();
    let frame = door.frame(framework.name.clone(), "frameworks");
    Ok(Page(MatrixPage {
        frame,
        summary: framework.summary.clone(),
        tracks,
        matrix: Matrix::new(&copy.edition, &track),
        before,
        cover: Cover::new(&copy, &reading, "matrix"),
    }))
}

/// The track asked for, else the first that has levels, else none.
#[must_use]
pub fn track_of(framework: &Framework, asked: &str) -> String {
    let has_levels = |id: &str| !framework.levels_of(id).is_empty();
    if framework.track(asked).is_some() && has_levels(asked) {
        return asked.to_owned();
    }
    framework
        .tracks
        .iter()
        .find(|track| has_levels(track.id.as_str()))
        .map(|track| track.id.to_string())
        .unwrap_or_default()
}

/// A competency at one level.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) cell: Cell,
}

#[derive(Debug)]
pub(crate) struct PartsOfPillar {
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug, Template)]
#[template(path = "level.html")]
struct LevelPage {
    frame: Frame,
    cover: Cover,
    name: String,
    summary: String,
    id: String,
    below: Option<(String, String)>,
    above: Vec<(String, String)>,
    rules: Vec<(String, bool)>,
    pillars: Vec<PartsOfPillar>,
}

async fn show_level(
    mut door: Door,
    Path((framework, level)): Path<(String, String)>,
    Query(reading): Query<Reading>,
) -> Result<Page<LevelPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let framework = copy.framework();
    let level = framework.level(&level).ok_or(WebError::NotFound)?;
    let frame = door.frame(title(level), "frameworks");
    let way_up = framework.up_to(level.id.as_str());
    let below = way_up.iter().rev().nth(1).map(|below| (below.id.to_string(), title(below)));
    let above = framework.next_levels(level.id.as_str()).into_iter().map(|up| (up.id.to_string(), title(up)));
    let rules = framework
        .rules
        .iter()
        .filter(|rule| rule.level.as_ref().is_none_or(|one| *one == level.id) && !rule.text.is_empty())
        .map(|rule| (prose::line(&rule.text), rule.advisory))
        .collect();
    Ok(Page(LevelPage {
        frame,
        cover: Cover::new(&copy, &reading, "level"),
        name: title(level),
        summary: prose::page(&level.summary),
        id: level.id.to_string(),
        below,
        above: above.collect(),
        rules,
        pillars: parts_at(&copy, level.id.as_str()),
    }))
}

/// Everything a level says, by pillar and competency.
pub(crate) fn parts_at(copy: &Copy, level: &str) -> Vec<PartsOfPillar> {
    let edition = &copy.edition;
    let framework = copy.framework();
    let on_top = |statements: Vec<&espalier_framework::Statement>| -> Vec<Line> {
        statements.into_iter().filter(|one| one.parent.is_none()).map(|one| Line::of(edition, one)).collect()
    };
    let part = |competency: &espalier_framework::Competency| Part {
        id: competency.id.to_string(),
        name: competency_name(competency).to_owned(),
        cell: Cell {
            asked: framework.asked_point(level, competency.id.as_str()).map(|(_, point)| {
                if point.name.is_empty() { point.id.to_string() } else { point.name.clone() }
            }),
            lines: on_top(framework.statements_at(competency.id.as_str(), level)),
        },
    };
    let loose =
        |lines: Vec<Line>| Part { id: String::new(), name: String::new(), cell: Cell { asked: None, lines } };
    let mut pillars = vec![PartsOfPillar {
        name: String::new(),
        parts: vec![loose(on_top(framework.general_statements_at(level)))],
    }];
    for pillar in &framework.pillars {
        let mut parts = vec![loose(on_top(framework.pillar_statements_at(pillar.id.as_str(), level)))];
        parts.extend(
            framework.competencies.iter().filter(|one| one.pillar.as_ref() == Some(&pillar.id)).map(part),
        );
        pillars.push(PartsOfPillar { name: pillar.name.clone(), parts });
    }
    pillars[0].parts.extend(framework.competencies.iter().filter(|one| one.pillar.is_none()).map(part));
    for pillar in &mut pillars {
        pillar.parts.retain(|part| !part.cell.is_empty());
    }
    pillars.retain(|pillar| !pillar.parts.is_empty());
    pillars
}

#[derive(Debug)]
struct Stop {
    name: String,
    link: Option<String>,
    cell: Cell,
}

#[derive(Debug, Template)]
#[template(path = "competency.html")]
struct CompetencyPage {
    frame: Frame,
    cover: Cover,
    name: String,
    pillar: Option<String>,
    summary: String,
    all: Vec<Line>,
    stops: Vec<Stop>,
}

async fn show_competency(
    mut door: Door,
    Path((framework, competency)): Path<(String, String)>,
    Query(reading): Query<Reading>,
) -> Result<Page<CompetencyPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let framework = copy.framework();
    let edition = &copy.edition;
    let competency = framework.competency(&competency).ok_or(WebError::NotFound)?;
    let cover = Cover::new(&copy, &reading, "competency");
    let frame = door.frame(competency_name(competency).to_owned(), "frameworks");
    let own = |wanted: &dyn Fn(&Where) -> bool| -> Vec<Line> {
        framework
            .statements
            .iter()
            .filter(|one| {
                one.parent.is_none()
                    && one.at.subject == espalier_framework::Subject::Competency(competency.id.clone())
                    && wanted(&one.at.location)
            })
            .map(|one| Line::of(edition, one))
            .collect()
    };
    let mut stops = Vec::new();
    if let Some(scale) = framework.scale_of(competency) {
        for point in &scale.points {
            let lines = own(&|at| *at == Where::Point(point.id.clone()));
            let asked_by: Vec<String> = framework
                .levels
                .iter()
                .filter(|level| {
                    framework
                        .asked_point(level.id.as_str(), competency.id.as_str())
                        .is_some_and(|(_, asked)| asked.id == point.id)
                })
                .map(title)
                .collect();
            let name = if point.name.is_empty() { point.id.to_string() } else { point.name.clone() };
            let asked = (!asked_by.is_empty()).then(|| format!("asked for by {}", asked_by.join(", ")));
            stops.push(Stop { name, link: None, cell: Cell { asked, lines } });
        }
    }
    for level in framework.all_levels() {
        let lines = own(&|at| match at {
            Where::Level(id) => *id == level.id,
            Where::Path { to, .. } => *to == level.id,
            Where::All | Where::None | Where::Point(_) => false,
        });
        if !lines.is_empty() {
            let link = Some(cover.to(&format!("levels/{}", level.id)));
            stops.push(Stop { name: title(level), link, cell: Cell { asked: None, lines } });
        }
    }
    let pillar = competency.pillar.as_ref().and_then(|id| framework.pillar(id.as_str()));
    Ok(Page(CompetencyPage {
        frame,
        name: competency_name(competency).to_owned(),
        pillar: pillar.map(|pillar| pillar.name.clone()),
        summary: prose::page(&competency.summary),
        all: own(&|at| matches!(at, Where::All | Where::None)),
        stops,
        cover,
    }))
}

#[derive(Debug)]
struct Hit {
    line: Line,
    place: String,
    link: String,
}

#[derive(Debug, Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    cover: Cover,
    q: String,
    hits: Vec<Hit>,
}

async fn show_search(
    mut door: Door,
    Path(framework): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Page<SearchPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let framework = copy.framework();
    let cover = Cover::new(&copy, &reading, "search");
    let frame = door.frame("Search the framework", "frameworks");
    let hits = copy
        .edition
        .search(&reading.q, 100)
        .into_iter()
        .map(|statement| {
            let competency = match &statement.at.subject {
                espalier_framework::Subject::Competency(id) => framework.competency(id.as_str()),
                _ => None,
            };
            let pillar = match &statement.at.subject {
                espalier_framework::Subject::Pillar(id) => framework.pillar(id.as_str()),
                _ => None,
            };
            let level = match &statement.at.location {
                Where::Level(id) => framework.level(id.as_str()).map(title),
                Where::Path { to, .. } => framework.level(to.as_str()).map(title),
                Where::Point(id) => competency
                    .and_then(|one| framework.point_of(one, id.as_str()))
                    .map(|(_, point)| point.name.clone()),
                Where::All => Some("all levels".to_owned()),
                Where::None => None,
            };
            let about = competency.map(competency_name).or_else(|| pillar.map(|pillar| pillar.name.as_str()));
            let place: Vec<String> = about.map(str::to_owned).into_iter().chain(level).collect();
            let link = match (competency, &statement.at.location) {
                (Some(one), _) => cover.to(&format!("competencies/{}", one.id)),
                (None, Where::Level(id)) => cover.to(&format!("levels/{id}")),
                (None, _) => cover.to("matrix"),
            };
            Hit {
                link: format!("{link}#s-{}", statement.id),
                place: place.join(", "),
                line: Line::of(&copy.edition, statement),
            }
        })
        .collect();
    Ok(Page(SearchPage { frame, cover, q: reading.q, hits }))
}

#[derive(Debug, Template)]
#[template(path = "about.html")]
struct AboutPage {
    frame: Frame,
    cover: Cover,
    summary: String,
    licence: Option<String>,
    owners: Vec<String>,
    effective: Option<String>,
    changelog: String,
    counts: Vec<(&'static str, usize)>,
    scales: Vec<(String, Vec<(String, String)>)>,
    docs: Vec<(String, String)>,
}

async fn show_about(
    mut door: Door,
    Path(framework): Path<String>,
    Query(reading): Query<Reading>,
) -> Result<Page<AboutPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let framework = copy.framework();
    let cover = Cover::new(&copy, &reading, "about");
    let frame = door.frame(format!("About {}", framework.name), "frameworks");
    let scales = framework
        .scales
        .iter()
        .map(|scale| {
            let name = if scale.name.is_empty() { scale.id.to_string() } else { scale.name.clone() };
            (name, scale.points.iter().map(|point| (point.name.clone(), point.summary.clone())).collect())
        })
        .collect();
    let docs = framework
        .docs
        .iter()
        .map(|doc| (doc.path.clone(), cover.to(&format!("docs/{}", doc.path))))
        .collect();
    Ok(Page(AboutPage {
        frame,
        summary: prose::page(&framework.summary),
        licence: framework.licence.clone(),
        owners: framework.owners.clone(),
        effective: framework.effective_from.as_deref().and_then(|day| day.parse().ok()).map(full_day),
        changelog: prose::page(&framework.changelog),
        counts: vec![
            ("levels", framework.levels.len()),
            ("pillars", framework.pillars.len()),
            ("competencies", framework.competencies.len()),
            ("statements", framework.statements.len()),
        ],
        scales,
        docs,
        cover,
    }))
}

#[derive(Debug, Template)]
#[template(path = "doc.html")]
struct DocPage {
    frame: Frame,
    cover: Cover,
    path: String,
    html: String,
}

async fn show_doc(
    mut door: Door,
    Path((framework, path)): Path<(String, String)>,
    Query(reading): Query<Reading>,
) -> Result<Page<DocPage>, WebError> {
    let copy = take(&mut door, &framework, &reading).await?;
    let doc = copy.framework().docs.iter().find(|doc| doc.path == path).ok_or(WebError::NotFound)?;
    let frame = door.frame(doc.path.clone(), "frameworks");
    Ok(Page(DocPage {
        frame,
        path: doc.path.clone(),
        html: prose::page(&doc.markdown),
        cover: Cover::new(&copy, &reading, "about"),
    }))
}
