//! The pages of one's own way so far.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use espalier_access::{Action, State};
use espalier_charts::{Chart, Event, Heading, Timeline};
use espalier_framework::Framework;
use espalier_governance::library;
use espalier_governance::matrix::competency_name;
use espalier_kernel::Date;
use espalier_people::access::Level;
use espalier_people::person::{LevelEntry, PersonId};
use espalier_store::Tx;
use espalier_web::{
    Door, Doors, Frame, Kit, Page, Query, Rung, Viewer, WebError, count_of, day_in_words, month_in_words,
};
use serde::Deserialize;

use super::queries::{self, Assessed, Talked};
use super::{Beside, Entry, Moment, Place, Said, Snapshot, Year, beside, by_year};
use crate::access::SelfAssessment;
use crate::actions;
use crate::assessment::AssessmentId;
use crate::evidence::access::Evidence;
use crate::talk::access::Talk;
use crate::talk::prepare::{Item, items};
use crate::talk::{self, Outcome, TalkId, TalkState};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/me/history", get(show_history)).route("/me/history/compare", get(show_compare))
}

/// How many years stand in one drawing.
const YEARS: usize = 3;

#[derive(Debug, Template)]
#[template(path = "history.html")]
struct HistoryPage {
    frame: Frame,
    chart: Option<Chart>,
    years: Vec<Year>,
    /// Years that stand on other pages: the words and the year a page ends with.
    others: Vec<(String, String)>,
    moments: Vec<(String, String)>,
    is_long: bool,
}

impl HistoryPage {
    /// The first moment and the newest.
    fn ends(&self) -> Option<(&str, &str)> {
        Some((self.moments.last()?.0.as_str(), self.moments.first()?.0.as_str()))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HistoryQuery {
    /// The last year shown.
    until: String,
}

async fn show_history(
    mut door: Door,
    Query(query): Query<HistoryQuery>,
) -> Result<Page<HistoryPage>, WebError> {
    let frame = door.frame("My history", "growth");
    let Door { viewer, tx, kit } = &mut door;
    let marks = marks(tx, viewer).await?;
    let entries = entries(tx, viewer, kit, &marks).await?;
    let (assessed, talked) = marks;
    let is_long = super::is_long(&entries);
    let years = by_year(entries);
    let starts: Vec<&[Year]> = years.chunks(YEARS).collect();
    let shown =
        starts.iter().position(|chunk| chunk.iter().any(|year| year.year == query.until)).unwrap_or_default();
    let others = starts
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != shown)
        .filter_map(|(_, chunk)| {
            let (newest, oldest) = (&chunk.first()?.year, &chunk.last()?.year);
            let words = if newest == oldest { newest.clone() } else { format!("{oldest} to {newest}") };
            Some((words, newest.clone()))
        })
        .collect();
    let years = starts.get(shown).map(|chunk| chunk.to_vec()).unwrap_or_default();
    Ok(Page(HistoryPage {
        frame,
        chart: draw(&years, viewer.today),
        years,
        others,
        moments: moments(&assessed, &talked, viewer),
        is_long,
    }))
}

/// Everything on the viewer's line of time, in no order: one question for each kind.
pub(super) async fn entries(
    tx: &mut Tx,
    viewer: &Viewer,
    kit: &Kit,
    (assessed, talked): &Marks,
) -> Result<Vec<Entry>, WebError> {
    let mut entries: Vec<Entry> = assessed.iter().map(|one| of_assessment(one, viewer)).collect();
    entries.extend(talked.iter().map(|one| of_talk(one, viewer)));
    entries.extend(levels(tx, viewer, kit).await?);
    entries.extend(noted(tx, viewer).await?);
    entries.extend(super::grown::grown(tx, viewer).await?);
    Ok(entries)
}

/// Assessments and talks: what can be held side by side.
type Marks = (Vec<Assessed>, Vec<Talked>);

/// What can be held side by side.
pub(super) async fn marks(tx: &mut Tx, viewer: &Viewer) -> Result<Marks, WebError> {
    let person = viewer.person;
    let permit = viewer.permit::<SelfAssessment>(tx, Action::Read, person, State::Archived).await?;
    let assessed = queries::assessed(tx, &permit, person).await?;
    let permit = viewer.permit::<Talk>(tx, Action::Discover, person, State::Open).await?;
    let talked = queries::talked(tx, &permit, person).await?;
    Ok((assessed, talked))
}

pub(super) fn beside_version(framework: &str, version: &str) -> String {
    match (framework, version) {
        ("", _) => String::new(),
        (framework, "") => framework.to_owned(),
        (framework, version) => format!("{framework}, version {version}"),
    }
}

fn of_assessment(one: &Assessed, viewer: &Viewer) -> Entry {
    Entry {
        on: one.at.date_in(&viewer.zone),
        what: format!("Looked at myself beside {}", one.level),
        version: beside_version(&one.framework, &one.version),
        path: format!("/me/assessments/{}/position", one.id),
        place: Place::Landmark,
    }
}

/// A talk stands where it was signed, one that is open where it opened, one to come where it is due.
fn of_talk(one: &Talked, viewer: &Viewer) -> Entry {
    let about = if one.level.is_empty() { String::new() } else { format!(" about {}", one.level) };
    let day = |at: espalier_kernel::Moment| at.date_in(&viewer.zone);
    let (on, what) = match (one.state, one.opened_at.map(day), one.ended_at.map(day)) {
        (TalkState::Signed, _, Some(signed)) => (signed, format!("Signed a talk{about}")),
        (TalkState::CalledOff, Some(opened), _) => {
            (opened, format!("Opened a talk{about}, later called off"))
        }
        (_, Some(opened), _) => (opened, format!("Opened a talk{about}")),
        (_, None, _) => (one.due_on, format!("Talk planned{about}")),
    };
    Entry {
        on,
        what,
        version: beside_version(&one.framework, &one.version),
        path: format!("/talks/{}", one.id),
        place: Place::Landmark,
    }
}

/// Each change of level, with the framework's own title where one in force knows it.
async fn levels(tx: &mut Tx, viewer: &Viewer, kit: &Kit) -> Result<Vec<Entry>, WebError> {
    let permit = viewer.permit::<Level>(tx, Action::Read, viewer.person, State::Open).await?;
    let history = espalier_people::queries::levels(tx, &permit, PersonId::new(viewer.person)).await?;
    let rungs: Vec<Rung<'_>> = history
        .iter()
        .map(|LevelEntry { framework, track, level, .. }| Rung { framework, track, level })
        .collect();
    let titles = kit.titles.titles(viewer, tx, &rungs).await?;
    let entries = history.iter().zip(titles).map(|(entry, title)| {
        let level = title.level.unwrap_or_else(|| entry.level.clone());
        Entry {
            on: entry.since_on,
            what: format!("Level: {level}"),
            version: title.framework.unwrap_or_else(|| entry.framework.clone()),
            path: String::new(),
            place: Place::Landmark,
        }
    });
    Ok(entries.collect())
}

async fn noted(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<Entry>, WebError> {
    let permit = viewer.permit::<Evidence>(tx, Action::Discover, viewer.person, State::Open).await?;
    let months = queries::months(tx, &permit, viewer.person).await?;
    let entries = months.into_iter().filter_map(|(month, count)| {
        let first: Date = format!("{month}-01").parse().ok()?;
        let last = Date::from(first.civil().last_of_month());
        let count = count_of(usize::try_from(count).ok()?, "piece", "pieces");
        Some(Entry {
            on: first,
            what: format!("{count} of evidence in {}", month_in_words(first)),
            version: String::new(),
            path: format!("/me/evidence?from={first}&until={last}"),
            place: Place::Month,
        })
    });
    Ok(entries.collect())
}

fn draw(years: &[Year], today: Date) -> Option<Chart> {
    let landmarks =
        years.iter().flat_map(|year| &year.entries).filter(|entry| entry.place == Place::Landmark);
    let events = landmarks
        .filter_map(|entry| Some(Event { on: entry.on.to_string().parse().ok()?, what: entry.what.clone() }))
        .collect();
    let today = today.to_string().parse().ok();
    Timeline { heading: Heading::new("history", "My way so far"), today, events }.draw().ok()
}

/// What can be held side by side, newest first: its address and its words.
fn moments(assessed: &[Assessed], talked: &[Talked], viewer: &Viewer) -> Vec<(String, String)> {
    let mut moments: Vec<(espalier_kernel::Moment, String, String)> = Vec::new();
    let day = |at: espalier_kernel::Moment| day_in_words(at.date_in(&viewer.zone), viewer.today);
    let words =
        |kind: &str, at, level: &str, version: String| format!("{kind}, {}: {level} ({version})", day(at));
    for one in assessed {
        let version = beside_version(&one.framework, &one.version);
        let words = words("Self-assessment", one.at, &one.level, version);
        moments.push((one.at, Moment::Assessment(one.id).to_string(), words));
    }
    for one in talked {
        if let Some(at) = one.opened_at {
            let words = words("Talk", at, &one.level, beside_version(&one.framework, &one.version));
            moments.push((at, Moment::Talk(one.id).to_string(), words));
        }
    }
    moments.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    moments.into_iter().map(|(_, id, words)| (id, words)).collect()
}

#[derive(Debug, Template)]
#[template(path = "history-compare.html")]
struct ComparePage {
    frame: Frame,
    before: Side,
    after: Side,
    differing: Vec<Beside>,
    alike: Vec<Beside>,
    /// What only one of the two asked.
    only: Vec<Beside>,
}

/// One of two moments.
#[derive(Debug)]
struct Side {
    words: String,
    version: String,
    path: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CompareQuery {
    before: String,
    after: String,
}

async fn show_compare(mut door: Door, Query(query): Query<CompareQuery>) -> Result<Response, WebError> {
    let (Ok(before), Ok(after)) = (query.before.parse::<Moment>(), query.after.parse::<Moment>()) else {
        return Err(WebError::Refused("Choose two moments on your history page.".to_owned()));
    };
    let frame = door.frame("Before and after", "growth");
    let Door { viewer, tx, .. } = &mut door;
    let one = snapshot(tx, viewer, before).await?;
    let other = snapshot(tx, viewer, after).await?;
    // Whichever was chosen first, the earlier stands first.
    let ((_, before, first), (_, after, second)) = if one.0 <= other.0 { (one, other) } else { (other, one) };
    let rows = beside(&first, &second);
    let (differing, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(Beside::differs);
    let (alike, only) = rest.into_iter().partition(|row| row.before.is_some() && row.after.is_some());
    Ok(Page(ComparePage { frame, before, after, differing, alike, only }).into_response())
}

/// What was said at a moment, in the words of the version it was said beside.
async fn snapshot(
    tx: &mut Tx,
    viewer: &Viewer,
    moment: Moment,
) -> Result<(espalier_kernel::Moment, Side, Snapshot), WebError> {
    match moment {
        Moment::Assessment(id) => {
            let (line, copy, said) = actions::open(tx, viewer, AssessmentId::new(id)).await?;
            let at = line.finished_at.ok_or(WebError::NotFound)?;
            let rows = actions::asked(copy.framework(), &line.level).into_iter().filter_map(|statement| {
                let row = said.answers.iter().find(|row| row.statement == statement.id.as_str())?;
                Some(worded(copy.framework(), Item::Statement(statement), Said::Alike(row.state)))
            });
            let snapshot = Snapshot { items: rows.collect() };
            let words = format!("{}, as I saw myself", line.level_name);
            let side = side(viewer, at, &words, &copy.line.version, format!("/me/assessments/{id}/position"));
            Ok((at, side, snapshot))
        }
        Moment::Talk(id) => {
            let id = TalkId::new(id);
            let (permit, line, own) = talk::actions::find_for(tx, viewer, Action::Read, id).await?;
            let (Some(at), Some(version)) = (line.opened_at, line.version) else {
                return Err(WebError::NotFound);
            };
            // It is a history of one's own.
            if line.person != viewer.person {
                return Err(WebError::NotFound);
            }
            let contents = talk::queries::contents(tx, &permit, &line, own).await?;
            let copy = library::pinned(tx, version).await?;
            let rows = items(copy.framework(), &line).into_iter().filter_map(|item| {
                let came = contents.items.iter().find(|row| row.item == item.id())?;
                let said = match came.outcome {
                    Outcome::Unsaid => return None,
                    Outcome::Agreed => Said::Alike(came.agreed),
                    Outcome::Differ => Said::Differently,
                };
                Some(worded(copy.framework(), item, said))
            });
            let snapshot = Snapshot { items: rows.collect() };
            let words = format!("{}, as we saw it in a talk", line.level_name);
            let side = side(viewer, at, &words, &copy.line.version, format!("/talks/{id}"));
            Ok((at, side, snapshot))
        }
    }
}

fn side(viewer: &Viewer, at: espalier_kernel::Moment, words: &str, version: &str, path: String) -> Side {
    let day = day_in_words(at.date_in(&viewer.zone), viewer.today);
    Side { words: format!("{day}: {words}"), version: version.to_owned(), path }
}

fn worded(framework: &Framework, item: Item<'_>, said: Said) -> (String, String, String, Said) {
    let pillar = item.pillar(framework);
    let words = match item {
        Item::Statement(statement) => statement.text.clone(),
        Item::Competency(competency) => competency_name(competency).to_owned(),
    };
    (item.id().to_owned(), pillar, words, said)
}
