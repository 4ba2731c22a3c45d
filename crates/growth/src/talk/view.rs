//! What the pages of a talk show: items in the order of the talk with both views side by side, and days and times as
//! people say them.

use espalier_governance::library::Copy;
use espalier_governance::matrix::{Line, competency_name};
use espalier_governance::shelf::Edition;
use espalier_kernel::Moment;
use espalier_web::{Viewer, day_in_words};

use super::prepare::{Item, items};
use super::queries::{CitedRow, Contents, ItemRow, Prepared, TalkLine};
use super::{Outcome, Reason, weight};
use crate::assessment::Answer;

/// Items that are worth talking about for the same reason.
#[derive(Debug)]
pub struct Group {
    /// Why.
    pub reason: Reason,
    /// The items.
    pub items: Vec<ItemView>,
}

/// One item with what both said, what came of it, and the evidence.
#[derive(Debug)]
pub struct ItemView {
    /// The statement or competency.
    pub id: String,
    /// The pillar it belongs to.
    pub pillar: String,
    /// Safe HTML.
    pub html: String,
    /// Examples and signals of a statement, or the statements of a competency.
    pub more: Vec<Line>,
    /// What the person said.
    pub person: Said,
    /// What the holder said.
    pub holder: Said,
    /// The person's evidence.
    pub cited: Vec<CitedView>,
    /// What came of it.
    pub came: ItemRow,
    /// Its place in the talk, from 1.
    pub place: usize,
}

impl ItemView {
    /// Whether nothing came of it yet.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        self.came.outcome == Outcome::Unsaid
    }
}

/// What one side said.
#[derive(Debug)]
pub struct Said {
    /// The rating.
    pub state: Answer,
    /// The words.
    pub note: String,
}

impl Said {
    fn of(prepared: &Prepared, item: &str) -> Self {
        Self {
            state: prepared.state_of(item),
            note: prepared.about(item).map(|row| row.note.clone()).unwrap_or_default(),
        }
    }
}

/// A piece of evidence as it read.
#[derive(Debug, Clone)]
pub struct CitedView {
    /// Its day.
    pub day: String,
    /// What it says.
    pub words: String,
    /// Where more is found.
    pub link: String,
    /// Who stands behind it.
    pub standing: &'static str,
}

impl CitedView {
    /// A piece of evidence for a page.
    #[must_use]
    pub fn new(day: espalier_kernel::Date, words: String, link: String, standing: &str) -> Self {
        let standing = match standing {
            "confirmed" => "confirmed by somebody who was there",
            "amended" => "confirmed with a remark",
            _ => "",
        };
        Self { day: espalier_web::full_day(day), words, link, standing }
    }
}

impl From<&CitedRow> for CitedView {
    fn from(row: &CitedRow) -> Self {
        Self::new(row.happened_on, row.words.clone(), row.link.clone(), &row.standing)
    }
}

/// How an item reads: its pillar, safe HTML, and what explains it.
#[must_use]
pub fn wording(edition: &Edition, line: &TalkLine, item: Item<'_>) -> (String, String, Vec<Line>) {
    let framework = &edition.framework;
    let pillar = item.pillar(framework);
    match item {
        Item::Statement(statement) => {
            let shown = Line::of(edition, statement);
            (pillar, shown.html, shown.more)
        }
        Item::Competency(competency) => {
            let subject = espalier_framework::Subject::Competency(competency.id.clone());
            let more = crate::actions::asked(framework, &line.level)
                .into_iter()
                .filter(|one| one.at.subject == subject)
                .map(|one| Line::of(edition, one))
                .collect();
            let name = askama::filters::escape(competency_name(competency), askama::filters::Html);
            (pillar, name.map(|safe| safe.to_string()).unwrap_or_default(), more)
        }
    }
}

/// All items of an open talk, in the order in which they are worth talking about.
#[must_use]
pub fn groups(copy: &Copy, line: &TalkLine, contents: &Contents) -> Vec<Group> {
    let [person, holder] = &contents.prepared;
    let mut views: Vec<(Reason, u8, ItemView)> = items(copy.framework(), line)
        .into_iter()
        .map(|item| {
            let id = item.id().to_owned();
            let (reason, rank) = weight(person.state_of(&id), holder.state_of(&id));
            let (pillar, html, more) = wording(&copy.edition, line, item);
            let view = ItemView {
                person: Said::of(person, &id),
                holder: Said::of(holder, &id),
                cited: person.cited.iter().filter(|row| row.item == id).map(CitedView::from).collect(),
                came: contents.items.iter().find(|row| row.item == id).cloned().unwrap_or_else(|| ItemRow {
                    item: id.clone(),
                    outcome: Outcome::Unsaid,
                    agreed: Answer::NotObserved,
                    person_words: String::new(),
                    holder_words: String::new(),
                    revision: 0,
                }),
                place: 0,
                id,
                pillar,
                html,
                more,
            };
            (reason, rank, view)
        })
        .collect();
    views.sort_by_key(|(reason, rank, _)| (*reason, *rank));
    let mut groups: Vec<Group> = Vec::new();
    for (place, (reason, _, mut view)) in views.into_iter().enumerate() {
        view.place = place + 1;
        match groups.last_mut().filter(|group| group.reason == reason) {
            Some(group) => group.items.push(view),
            None => groups.push(Group { reason, items: vec![view] }),
        }
    }
    groups
}

/// What a partner said because the person asked.
#[derive(Debug)]
pub struct InputView {
    /// Who.
    pub name: String,
    /// What they were asked.
    pub question: String,
    /// What they say.
    pub words: String,
    /// When they handed it in.
    pub day: String,
}

/// What partners said about the person of a talk.
#[must_use]
pub fn inputs(given: Vec<(String, String, String, Moment)>, viewer: &Viewer) -> Vec<InputView> {
    given
        .into_iter()
        .map(|(name, question, words, at)| InputView {
            name,
            question,
            words,
            day: day_in_words(at.date_in(&viewer.zone), viewer.today),
        })
        .collect()
}

/// A moment as a field of a form wants it, in the viewer's own time zone.
#[must_use]
pub fn local_moment(at: Moment, viewer: &Viewer) -> String {
    viewer.zone.to_datetime(at.timestamp()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A moment as people say it, in the viewer's own time zone.
#[must_use]
pub fn moment_in_words(at: Moment, viewer: &Viewer) -> String {
    let time = viewer.zone.to_datetime(at.timestamp()).strftime("%H:%M");
    format!("{}, {time}", day_in_words(at.date_in(&viewer.zone), viewer.today))
}

/// The moment that somebody typed in their own time zone; nothing for an empty field. An hour that comes twice when
/// clocks go back is taken the first time.
///
/// # Errors
///
/// A sentence where there is no such moment: in the night when clocks go forward an hour is left out.
pub fn moment_typed(typed: &str, viewer: &Viewer) -> Result<Option<Moment>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let civil: jiff::civil::DateTime =
        typed.parse().map_err(|_| "Write day and time, for example 2026-03-02 14:30.".to_owned())?;
    let at = viewer.zone.to_ambiguous_timestamp(civil);
    if matches!(at.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return Err(
            "This hour does not exist where you are: the clocks go forward that night. Choose another."
                .to_owned(),
        );
    }
    let at = at.earlier().map_err(|_| "This day is too far away.".to_owned())?;
    Ok(Some(at.into()))
}
