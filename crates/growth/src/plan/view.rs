//! What the pages of a plan show: statements in the version they were chosen in, the next day of a step, and how far
//! goals were reached.

use std::collections::{BTreeMap, HashMap};

use espalier_framework::{Framework, Statement, StatementKind, Where};
use espalier_governance::library::{self, Copy};
use espalier_governance::matrix::{Line, title};
use espalier_governance::queries::VersionId;
use espalier_kernel::Date;
use espalier_store::Tx;
use espalier_web::{Viewer, WebError, day_in_words, full_day};

use super::attainment::{self, Rated, Step};
use super::queries::{self, CheckpointRow, StepRow};
use super::{StepId, StepState};

/// A statement as it read when it was chosen.
#[derive(Debug, Clone, Default)]
pub struct StatementView {
    /// Its id.
    pub id: String,
    /// Safe HTML.
    pub html: String,
    /// Its first line, without markup of ours.
    pub text: String,
    /// The version, where the one in force no longer has it.
    pub last_in: Option<String>,
}

/// The versions that a page reads, each fetched once.
#[derive(Debug, Default)]
pub struct Versions {
    pinned: HashMap<String, Copy>,
    current: HashMap<String, Option<Copy>>,
}

impl Versions {
    /// The version that something is pinned to.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pinned(&mut self, tx: &mut Tx, version: VersionId) -> Result<Copy, WebError> {
        let key = version.to_string();
        if let Some(copy) = self.pinned.get(&key) {
            return Ok(copy.clone());
        }
        let copy = library::pinned(tx, version).await?;
        self.pinned.insert(key, copy.clone());
        Ok(copy)
    }

    /// A statement in the words of its version, and whether the version in force still has it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn statement(
        &mut self,
        tx: &mut Tx,
        viewer: &Viewer,
        (framework, version): (&str, VersionId),
        id: &str,
    ) -> Result<StatementView, WebError> {
        let copy = self.pinned(tx, version).await?;
        if !self.current.contains_key(framework) {
            let current = match library::take(tx, viewer, framework, None, None).await {
                Ok(copy) => Some(copy),
                Err(WebError::NotFound) => None,
                Err(error) => return Err(error),
            };
            self.current.insert(framework.to_owned(), current);
        }
        let is_current = self
            .current
            .get(framework)
            .and_then(Option::as_ref)
            .is_some_and(|copy| copy.framework().statement(id).is_some());
        let known = copy.framework().statement(id);
        Ok(StatementView {
            id: id.to_owned(),
            html: known.map(|one| Line::of(&copy.edition, one).html).unwrap_or_default(),
            text: known.map(|one| short(&one.text)).unwrap_or_default(),
            last_in: (!is_current).then(|| copy.line.version.to_string()),
        })
    }
}

/// Where one may stand before a statement is met: the statement itself, said with support or not every time, and
/// whatever else the framework says about the same thing. Id and a short text.
#[must_use]
pub fn footholds(framework: &Framework, to: &str) -> Vec<(String, String)> {
    let Some(target) = framework.statement(to) else { return Vec::new() };
    let is_near = |one: &&Statement| {
        one.id == target.id
            || one.at.subject == target.at.subject
                && one.kind == StatementKind::Expectation
                && one.parent.is_none()
    };
    framework
        .statements
        .iter()
        .filter(is_near)
        .take(60)
        .map(|one| {
            let level = match &one.at.location {
                Where::Level(level) | Where::Path { to: level, .. } => {
                    framework.level(level.as_str()).map(title)
                }
                Where::None | Where::All | Where::Point(_) => None,
            };
            let text = short(&one.text);
            let said = match level {
                Some(level) => format!("{level}: {text}"),
                None => text,
            };
            (one.id.to_string(), said)
        })
        .collect()
}

/// The first line of a text, cut at a word.
#[must_use]
pub fn short(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    if line.chars().count() <= 110 {
        return line.to_owned();
    }
    let cut: String = line.chars().take(110).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(cut, _)| cut);
    format!("{cut} …")
}

/// A step in a list.
#[derive(Debug)]
pub struct StepCard {
    /// The step.
    pub row: StepRow,
    /// What it grows towards.
    pub to: StatementView,
    /// What comes next, or how it ended.
    pub next: String,
}

/// Steps for a list.
///
/// # Errors
///
/// When the database fails.
pub async fn cards(tx: &mut Tx, viewer: &Viewer, rows: Vec<StepRow>) -> Result<Vec<StepCard>, WebError> {
    let mut versions = Versions::default();
    let mut cards = Vec::new();
    for row in rows {
        let to = versions.statement(tx, viewer, (&row.framework, row.version), &row.to).await?;
        let next = match (row.state, row.written.first_step_on, row.ended_at) {
            (StepState::Draft, ..) => "being written".to_owned(),
            // One whose day has come is said beside it, where it is the viewer's.
            (StepState::Begun, Some(day), _) if row.first_step_done_at.is_none() && day > viewer.today => {
                format!("first step {}", day_in_words(day, viewer.today))
            }
            (StepState::Begun, ..) => "at work".to_owned(),
            (StepState::Ended, _, Some(at)) => {
                let how = row.outcome.map_or("closed", super::Outcome::title);
                format!("{how}, {}", day_in_words(at.date_in(&viewer.zone), viewer.today))
            }
            (StepState::Ended, ..) => "closed".to_owned(),
        };
        cards.push(StepCard { row, to, next });
    }
    Ok(cards)
}

/// How far the steps that somebody works on are reached: days and T values.
#[derive(Debug, Clone, PartialEq)]
pub struct Attainment {
    /// On how many steps it rests.
    pub steps: usize,
    /// Day by day, the latest last.
    pub days: Vec<(String, String)>,
    /// The latest.
    pub now: String,
}

/// What follows from all ratings, the oldest first: each day the latest word about each step counts, and all weigh the
/// same.
#[must_use]
pub fn attainment(ratings: &[(StepId, Date, i64)]) -> Option<Attainment> {
    let mut latest: BTreeMap<String, Rated> = BTreeMap::new();
    let mut days: Vec<(Date, f64)> = Vec::new();
    for (step, day, reached) in ratings {
        let Some(reached) = Step::new(*reached) else { continue };
        latest.insert(step.to_string(), Rated { step: reached, weight: 1.0 });
        let goals: Vec<Rated> = latest.values().copied().collect();
        let Some(value) = attainment::t_value(&goals) else { continue };
        match days.last_mut().filter(|(known, _)| known == day) {
            Some((_, last)) => *last = value,
            None => days.push((*day, value)),
        }
    }
    let (_, now) = *days.last()?;
    let skip = days.len().saturating_sub(24);
    Some(Attainment {
        steps: latest.len(),
        now: format!("{now:.0}"),
        days: days
            .into_iter()
            .skip(skip)
            .map(|(day, value)| (full_day(day), format!("{value:.0}")))
            .collect(),
    })
}

/// How far the viewer’s own steps are reached. Nobody else is ever shown this.
///
/// # Errors
///
/// When the database fails.
pub async fn own_attainment(tx: &mut Tx, viewer: &Viewer) -> Result<Option<Attainment>, WebError> {
    let ratings: Vec<(StepId, Date, i64)> = tx.all(&queries::RATINGS_OF_PERSON, &[&viewer.person]).await?;
    Ok(attainment(&ratings))
}

/// A checkpoint for a page.
#[derive(Debug)]
pub struct CheckpointView {
    /// It.
    pub row: CheckpointRow,
    /// Its day in words.
    pub day: String,
    /// Whether its day has come and nobody looked.
    pub is_due: bool,
}

impl CheckpointView {
    /// A checkpoint as of today.
    #[must_use]
    pub fn new(row: CheckpointRow, today: Date) -> Self {
        Self {
            day: day_in_words(row.due_on, today),
            is_due: row.held_at.is_none() && row.due_on <= today,
            row,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_the_latest_word_about_each_step_counts() {
        let day = |day: &str| -> Date { day.parse().unwrap() };
        let mint = espalier_kernel::Mint::seeded(1);
        let at: espalier_kernel::Moment = "2026-03-02T09:00:00Z".parse().unwrap();
        let steps: Vec<StepId> = (0..3).map(|_| StepId::new(mint.id(at))).collect();
        let ratings = [
            (steps[0], day("2026-01-05"), -1),
            (steps[0], day("2026-02-02"), 1),
            (steps[1], day("2026-02-02"), 1),
            (steps[2], day("2026-02-02"), 0),
            (steps[2], day("2026-02-02"), 1),
        ];
        let found = attainment(&ratings).unwrap();
        assert_eq!((found.steps, found.now.as_str()), (3, "64"));
        assert_eq!(found.days[0], ("5 January 2026".to_owned(), "40".to_owned()));
        assert_eq!(found.days.len(), 2);
        assert_eq!(attainment(&[]), None);
    }

    #[test]
    fn one_stands_on_the_statement_itself_or_on_another_about_the_same() {
        let framework = espalier_framework::sample();
        let to = framework.statements.iter().find(|one| one.parent.is_none()).unwrap();
        let found = footholds(&framework, to.id.as_str());
        assert!(found.iter().any(|(id, _)| *id == to.id.as_str()));
        assert!(found.len() > 1 && found.iter().all(|(_, text)| !text.is_empty()));
        assert_eq!(footholds(&framework, "no-such-statement"), []);
    }
}
