//! One's own way so far: assessments, talks, the plan, goals, feedback, evidence and levels on a line of time, and two
//! moments side by side. Each keeps the version of the framework it was made with; the past is never computed again.

pub mod api;
mod grown;
pub mod pages;
pub mod queries;

use espalier_kernel::{Date, Id};

use crate::assessment::Answer;

/// Something on the line of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was, or will be.
    pub on: Date,
    /// What it was, in a few words.
    pub what: String,
    /// The framework and its version then; empty where none belongs to it.
    pub version: String,
    /// Where it is read; empty where there is no page.
    pub path: String,
    /// How it stands in time.
    pub place: Place,
}

/// How an entry stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On its day, and in the drawing.
    Landmark,
    /// On its day. There are many of its sort, and a drawing would drown in them.
    Day,
    /// Somewhere in its month.
    Month,
}

impl Entry {
    /// Its day in words; a month of evidence has none.
    #[must_use]
    pub fn day(&self) -> String {
        match self.place {
            Place::Landmark | Place::Day => espalier_web::full_day(self.on),
            Place::Month => String::new(),
        }
    }
}

/// The entries of one calendar year, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: String,
    /// What happened.
    pub entries: Vec<Entry>,
}

impl Year {
    /// What has its day.
    pub fn days(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.place != Place::Month)
    }

    /// Months of evidence. There are many, and they would bury the rest.
    pub fn months(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.place == Place::Month)
    }
}

/// As many of one kind stand on the line of time at most, the newest.
pub const MOST: usize = 500;

/// Whether as much stands on the line of time as may, of any kind: then there may be more.
#[must_use]
pub fn is_long(entries: &[Entry]) -> bool {
    let kinds = ["/me/assessments/", "/talks/", "/plan/", "/goals/", "/feedback/", "/me/evidence"];
    kinds.iter().any(|kind| entries.iter().filter(|entry| entry.path.starts_with(kind)).count() >= MOST)
}

/// Entries by year, newest first; entries of one day stay in the order in which they were given.
#[must_use]
pub fn by_year(mut entries: Vec<Entry>) -> Vec<Year> {
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.on));
    let mut years: Vec<Year> = Vec::new();
    for entry in entries {
        let year = entry.on.to_string().chars().take(4).collect::<String>();
        match years.last_mut() {
            Some(last) if last.year == year => last.entries.push(entry),
            _ => years.push(Year { year, entries: vec![entry] }),
        }
    }
    years
}

/// About how many entries stand on one page of the API.
const PAGE: usize = 100;

/// The newest entries before a day, and the day before which the next ones are; a day is never cut in two.
#[must_use]
pub fn page_before(mut entries: Vec<Entry>, before: Option<Date>) -> (Vec<Entry>, Option<Date>) {
    entries.retain(|entry| before.is_none_or(|before| entry.on < before));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.on));
    let Some(last) = entries.get(PAGE - 1).map(|entry| entry.on) else { return (entries, None) };
    let end = entries.partition_point(|entry| entry.on >= last);
    let next = (end < entries.len()).then_some(last);
    entries.truncate(end);
    (entries, next)
}

/// What was said at one moment about the items of a framework.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Item by item, in the order of the framework: the item, its pillar, its words then, and what was said.
    pub items: Vec<(String, String, String, Said)>,
}

/// What was said about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// By oneself, or by both.
    Alike(Answer),
    /// The two of a talk saw it differently.
    Differently,
}

impl Said {
    /// The word for it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Alike(answer) => answer.title(),
            Self::Differently => "Seen differently",
        }
    }
}

/// One item before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The pillar it belongs to.
    pub pillar: String,
    /// Its words in the later moment, or in the earlier where it is gone.
    pub words: String,
    /// Its words in the earlier moment, where they were others.
    pub words_before: String,
    /// What was said then; nothing where it was not asked.
    pub before: Option<Said>,
    /// What was said later.
    pub after: Option<Said>,
}

impl Beside {
    /// Whether something was said both times, and it differs.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.before.is_some() && self.after.is_some() && self.before != self.after
    }
}

/// Two moments item by item, in the order of the later; what only the earlier had stands at the end. Items are the same
/// by their id alone: what only resembles is not put side by side.
#[must_use]
pub fn beside(before: &Snapshot, after: &Snapshot) -> Vec<Beside> {
    let earlier = |id: &str| before.items.iter().find(|(known, ..)| known == id);
    let mut rows: Vec<Beside> = after
        .items
        .iter()
        .map(|(id, pillar, words, said)| {
            let was = earlier(id);
            Beside {
                pillar: pillar.clone(),
                words: words.clone(),
                words_before: was
                    .filter(|(_, _, then, _)| then != words)
                    .map(|(_, _, then, _)| then.clone())
                    .unwrap_or_default(),
                before: was.map(|(.., said)| *said),
                after: Some(*said),
            }
        })
        .collect();
    let gone = before.items.iter().filter(|(id, ..)| !after.items.iter().any(|(known, ..)| known == id));
    rows.extend(gone.map(|(_, pillar, words, said)| Beside {
        pillar: pillar.clone(),
        words: words.clone(),
        words_before: String::new(),
        before: Some(*said),
        after: None,
    }));
    rows
}

/// A moment that can be held beside another: a finished assessment or an opened talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// An assessment.
    Assessment(Id),
    /// A talk.
    Talk(Id),
}

impl std::str::FromStr for Moment {
    type Err = ();

    /// Reads `a-ID` and `t-ID`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, id) = text.split_once('-').ok_or(())?;
        let id = id.parse().map_err(|_| ())?;
        match kind {
            "a" => Ok(Self::Assessment(id)),
            "t" => Ok(Self::Talk(id)),
            _ => Err(()),
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Assessment(id) => write!(f, "a-{id}"),
            Self::Talk(id) => write!(f, "t-{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(on: &str, what: &str) -> Entry {
        let on = on.parse().unwrap();
        Entry {
            on,
            what: what.to_owned(),
            version: String::new(),
            path: String::new(),
            place: Place::Landmark,
        }
    }

    #[test]
    fn years_stand_newest_first_and_an_empty_life_has_none() {
        let years = by_year(vec![
            entry("2024-12-31", "last"),
            entry("2025-01-01", "first"),
            entry("2025-06-01", "summer"),
        ]);
        let names: Vec<&str> = years.iter().map(|year| year.year.as_str()).collect();
        assert_eq!(names, ["2025", "2024"]);
        assert_eq!(years[0].entries[0].what, "summer");
        assert!(by_year(Vec::new()).is_empty());
    }

    #[test]
    fn months_of_evidence_stand_apart_and_a_long_life_is_known_as_one() {
        let month = Entry { place: Place::Month, ..entry("2025-05-01", "2 pieces") };
        let years = by_year(vec![entry("2025-05-03", "a talk"), month]);
        let whats = |entries: Vec<&Entry>| entries.iter().map(|one| one.what.clone()).collect::<Vec<_>>();
        assert_eq!(whats(years[0].days().collect()), ["a talk"]);
        assert_eq!(whats(years[0].months().collect()), ["2 pieces"]);
        let goals =
            |count| vec![Entry { path: "/goals/1".to_owned(), ..entry("2025-05-03", "a goal") }; count];
        assert!(is_long(&goals(MOST)) && !is_long(&goals(MOST - 1)));
    }

    #[test]
    fn pages_of_the_line_of_time_hold_every_entry_once_and_whole_days() {
        let first: Date = "2020-01-01".parse().unwrap();
        // Two entries on each of 200 days, and 150 on one.
        let all: Vec<Entry> = (0..200)
            .flat_map(|day| std::iter::repeat_n(day, if day == 120 { 150 } else { 2 }))
            .enumerate()
            .map(|(nth, day)| entry(&first.plus_days(day).to_string(), &nth.to_string()))
            .collect();
        let (mut seen, mut before, mut pages) = (Vec::new(), None, 0);
        loop {
            let (page, next) = page_before(all.clone(), before);
            assert!(before.is_none_or(|before| page.iter().all(|entry| entry.on < before)));
            seen.extend(page);
            pages += 1;
            match next {
                Some(next) => before = Some(next),
                None => break,
            }
        }
        let mut names: Vec<&str> = seen.iter().map(|entry| entry.what.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), seen.len()), (all.len(), all.len()));
        assert!(seen.windows(2).all(|pair| pair[0].on >= pair[1].on) && pages > 3, "{pages}");
        assert_eq!(page_before(Vec::new(), None), (Vec::new(), None));
    }

    #[test]
    fn two_moments_are_beside_each_other_by_id_alone() {
        let item = |id: &str, words: &str, said| (id.to_owned(), "Craft".to_owned(), words.to_owned(), said);
        let (no, yes) = (Said::Alike(Answer::NotYet), Said::Alike(Answer::Meeting));
        let before = Snapshot { items: vec![item("x", "Bakes", no), item("gone", "Kneads", yes)] };
        let after = Snapshot { items: vec![item("new", "Kneads", yes), item("x", "Bakes bread", yes)] };
        let rows = beside(&before, &after);
        assert_eq!(rows.len(), 3);
        assert_eq!(
            (rows[0].before, rows[0].after),
            (None, Some(yes)),
            "the same words are not the same item"
        );
        assert!(rows[1].differs() && rows[1].words_before == "Bakes");
        assert_eq!((rows[2].before, rows[2].after), (Some(yes), None));
        assert!(!rows[2].differs() && !rows[0].differs());
    }

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        let id = Id::from_bits(7);
        for moment in [Moment::Assessment(id), Moment::Talk(id)] {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        for wrong in ["", "a", "a-", "x-00000000000000000000000007", "00000000000000000000000007"] {
            assert_eq!(wrong.parse::<Moment>(), Err(()), "{wrong}");
        }
    }
}
