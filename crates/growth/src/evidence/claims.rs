//! Which statements evidence supports: chosen from the person's own framework, found by words. And what that makes of
//! self-assessments: the evidence behind each claim, as of today or as of the day an assessment was finished.

use std::collections::BTreeSet;

use espalier_access::{Action, State};
use espalier_framework::{Framework, Statement, Subject};
use espalier_governance::library::{self, Copy};
use espalier_governance::matrix::Line;
use espalier_governance::queries::VersionId;
use espalier_kernel::Id;
use espalier_people::actions::own_level;
use espalier_store::{Fault, Tx};
use espalier_web::{Viewer, WebError};

use super::access::Evidence;
use super::queries;
use super::support::{Backing, since};
use super::{EvidenceId, MOST_STATEMENTS, Refusal, actions};
use crate::actions::asked;
use crate::assessment::AssessmentId;
use crate::queries::AssessmentLine;
use crate::talk::prepare::LogRow;

/// How many statements a search shows.
const SHOWN: usize = 40;

/// What somebody's evidence is held beside: the framework of their level, or the first in force.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The version in force.
    pub copy: Copy,
    /// Their level in it.
    pub level: Option<String>,
}

impl Ground {
    /// What people call the level.
    #[must_use]
    pub fn level_name(&self) -> Option<String> {
        let level = self.level.as_deref()?;
        self.copy.framework().level(level).map(espalier_governance::matrix::title)
    }

    /// The statements that a search offers: in which all words stand, or what one's own level asks for.
    #[must_use]
    pub fn offered(&self, typed: &str) -> Vec<&Statement> {
        let framework = self.copy.framework();
        if typed.trim().is_empty() {
            let level = self.level.as_deref();
            return level
                .map(|level| framework.everything_at(level))
                .unwrap_or_default()
                .into_iter()
                .filter(|one| is_claimable(one))
                .take(SHOWN)
                .collect();
        }
        let found = self.copy.edition.search(typed, usize::MAX);
        found.into_iter().filter(|one| is_claimable(one)).take(SHOWN).collect()
    }
}

fn is_claimable(statement: &Statement) -> bool {
    statement.kind == espalier_framework::StatementKind::Expectation && statement.parent.is_none()
}

/// The framework that the viewer's evidence is held beside; nothing where none is in force.
///
/// # Errors
///
/// When the database fails.
pub async fn ground(tx: &mut Tx, viewer: &Viewer) -> Result<Option<Ground>, WebError> {
    if let Some(own) = own_level(tx, viewer).await? {
        match library::take(tx, viewer, &own.framework, None, None).await {
            Ok(copy) => {
                let level = copy.framework().level(&own.level).map(|level| level.id.to_string());
                return Ok(Some(Ground { copy, level }));
            }
            Err(WebError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let Some(line) = library::all(tx, viewer).await?.into_iter().next() else { return Ok(None) };
    let copy = library::take(tx, viewer, &line.framework, None, None).await?;
    Ok(Some(Ground { copy, level: None }))
}

/// The pillar on top of a statement; empty where it belongs to none.
#[must_use]
pub fn pillar_of(framework: &Framework, statement: &Statement) -> String {
    let pillar = match &statement.at.subject {
        Subject::None => None,
        Subject::Pillar(pillar) => framework.top_of(pillar.as_str()),
        Subject::Competency(competency) => framework.top_pillar(competency.as_str()),
    };
    pillar.map(|pillar| pillar.id.to_string()).unwrap_or_default()
}

/// A statement that a piece supports, as a page shows it.
#[derive(Debug)]
pub struct ClaimView {
    /// The framework.
    pub framework: String,
    /// The statement.
    pub statement: String,
    /// Safe HTML.
    pub html: String,
    /// The version that still had it, where the one in force does not.
    pub last_in: Option<String>,
}

/// The statements that a piece supports. What a newer version leaves out is read in the version where it was chosen.
///
/// # Errors
///
/// When the database fails.
pub async fn shown(
    tx: &mut Tx,
    viewer: &Viewer,
    claims: Vec<(String, VersionId, String)>,
) -> Result<Vec<ClaimView>, WebError> {
    let mut views = Vec::new();
    let mut current: Option<Copy> = None;
    for (framework, version, statement) in claims {
        if current.as_ref().is_none_or(|copy| copy.line.framework != framework) {
            current = match library::take(tx, viewer, &framework, None, None).await {
                Ok(copy) => Some(copy),
                Err(WebError::NotFound) => None,
                Err(error) => return Err(error),
            };
        }
        let line_in =
            |copy: &Copy| copy.framework().statement(&statement).map(|one| Line::of(&copy.edition, one).html);
        let (html, last_in) = match current.as_ref().and_then(line_in) {
            Some(html) => (html, None),
            None => {
                let pinned = library::pinned(tx, version).await?;
                (line_in(&pinned).unwrap_or_default(), Some(pinned.line.version))
            }
        };
        views.push(ClaimView { framework, statement, html, last_in });
    }
    Ok(views)
}

/// Says that a piece supports statements of the viewer's own framework.
///
/// # Errors
///
/// A refusal for a statement that is not in it, or one too many.
pub async fn add(tx: &mut Tx, viewer: &Viewer, id: EvidenceId, chosen: &[String]) -> Result<(), WebError> {
    let (permit, row, (owner, _)) = actions::find_for(tx, viewer, Action::Write, id).await?;
    if chosen.is_empty() {
        return Ok(());
    }
    let ground = ground(tx, viewer).await?.ok_or(Refusal::StrangeStatement)?;
    let framework = ground.copy.framework();
    let kept = queries::claims(tx, &permit, id).await?;
    let fresh: BTreeSet<&String> =
        chosen.iter().filter(|one| kept.iter().all(|(_, _, known)| known != *one)).collect();
    if kept.len() + fresh.len() > MOST_STATEMENTS {
        return Err(Refusal::TooManyStatements.into());
    }
    for statement in fresh {
        let known = framework.statement(statement).filter(|one| is_claimable(one));
        let known = known.ok_or(Refusal::StrangeStatement)?;
        tx.run(
            &queries::ADD_CLAIM,
            &[
                &id,
                &owner,
                &ground.copy.line.framework,
                &ground.copy.line.id,
                statement,
                &pillar_of(framework, known),
                &row.written.happened_on,
            ],
        )
        .await?;
    }
    Ok(())
}

/// One statement less.
///
/// # Errors
///
/// [`WebError::NotFound`] when the piece is not theirs.
pub async fn remove(
    tx: &mut Tx,
    viewer: &Viewer,
    id: EvidenceId,
    framework: &str,
    statement: &str,
) -> Result<(), WebError> {
    actions::find_for(tx, viewer, Action::Write, id).await?;
    tx.run(&queries::DROP_CLAIM, &[&id, &framework, &statement]).await?;
    Ok(())
}

/// The evidence behind the viewer's claims about a framework, as of today.
///
/// # Errors
///
/// When the database fails.
pub async fn backing(tx: &mut Tx, viewer: &Viewer, framework: &str) -> Result<Backing, WebError> {
    viewer.permit::<Evidence>(tx, Action::Read, viewer.person, State::Open).await?;
    let (from, until) = (since(viewer.today), viewer.today);
    Ok(queries::backing(tx, &queries::BACKING, &[&viewer.person, &framework, &from, &until]).await?)
}

/// The evidence behind a self-assessment of the viewer: as of today while it is written, and for good as of the day it
/// was finished.
///
/// # Errors
///
/// When the database fails.
pub async fn behind(tx: &mut Tx, viewer: &Viewer, line: &AssessmentLine) -> Result<Backing, WebError> {
    if line.finished_at.is_none() {
        return backing(tx, viewer, &line.framework).await;
    }
    viewer.permit::<Evidence>(tx, Action::Read, viewer.person, State::Open).await?;
    Ok(queries::backing(tx, &queries::KEPT_BACKING, &[&line.id]).await?)
}

/// Keeps the evidence behind a self-assessment with it, on the day it is finished.
///
/// # Errors
///
/// When the database fails.
pub async fn keep_behind(
    tx: &mut Tx,
    person: Id,
    (assessment, framework): (AssessmentId, &str),
    day: espalier_kernel::Date,
) -> Result<(), Fault> {
    tx.run(&queries::KEEP_BACKING, &[&assessment, &person, &framework, &since(day), &day]).await?;
    Ok(())
}

/// The viewer's evidence of the last nine months in words, to stand beside statements.
///
/// # Errors
///
/// When the database fails.
pub async fn beside(tx: &mut Tx, viewer: &Viewer, framework: &str) -> Result<Vec<LogRow>, WebError> {
    viewer.permit::<Evidence>(tx, Action::Read, viewer.person, State::Open).await?;
    Ok(tx.all(&queries::BESIDE, &[&viewer.person, &framework, &since(viewer.today)]).await?)
}

/// The statements of a competency that a level and those below it ask for.
#[must_use]
pub fn of_competency<'a>(framework: &'a Framework, competency: &str) -> BTreeSet<&'a str> {
    framework
        .statements
        .iter()
        .filter(|one| matches!(&one.at.subject, Subject::Competency(id) if id.as_str() == competency))
        .map(|one| one.id.as_str())
        .collect()
}

/// What a level asks about, by pillar.
#[must_use]
pub fn asked_by_pillar<'a>(framework: &'a Framework, level: &str) -> Vec<(String, Vec<&'a Statement>)> {
    let mut pillars: Vec<(String, Vec<&Statement>)> = Vec::new();
    for statement in asked(framework, level) {
        let id = pillar_of(framework, statement);
        let name = framework.pillar(&id).map_or_else(|| "In general".to_owned(), |one| one.name.clone());
        match pillars.iter_mut().find(|(known, _)| *known == name) {
            Some((_, statements)) => statements.push(statement),
            None => pillars.push((name, vec![statement])),
        }
    }
    pillars
}
