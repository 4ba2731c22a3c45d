use std::fmt;
use std::str::FromStr;

use crate::heading::Heading;
use crate::pen::{Anchor, Label, Pen, Point, number};
use crate::scale::{NotDrawable, as_f64};
use crate::text::wrap;
use crate::{Chart, Table};

const WIDE: f64 = 360.0;
const EDGE: f64 = 4.0;
/// Where the line of time stands, and where the words about it begin.
const TIME: f64 = 52.0;
const WORDS: f64 = 84.0;
const DATE_SIZE: f64 = 11.0;
const WORDS_SIZE: f64 = 13.0;
const LINE: f64 = 16.0;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Dated events down a page, earliest first, at distances that are true to time.
///
/// What is still to come is drawn hollow, below a stroke for today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// What the chart is called.
    pub heading: Heading,
    /// The reader's day; nothing is told apart from what is to come without it.
    pub today: Option<Day>,
    /// What happened or will happen, in any order.
    pub events: Vec<Event>,
}

/// Something that happened, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub on: Day,
    /// What, in a few words.
    pub what: String,
}

/// A day of the calendar, written `2026-03-02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: i32,
    month: u8,
    day: u8,
}

/// The text is not a day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotADay(String);

impl fmt::Display for NotADay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” is not a date; write it as year, month and day, for example 2026-03-02.", self.0)
    }
}

impl std::error::Error for NotADay {}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let read = || {
            let bytes = text.as_bytes();
            if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
                return None;
            }
            let digits = |from: usize, to: usize| {
                let part = text.get(from..to)?;
                part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
            };
            let year = i32::from(digits(0, 4)?);
            let (month, day) = (u8::try_from(digits(5, 7)?).ok()?, u8::try_from(digits(8, 10)?).ok()?);
            let exists = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
            exists.then_some(Self { year, month, day })
        };
        read().ok_or_else(|| NotADay(text.to_owned()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Day {
    /// As people write it: 2 March 2026.
    fn words(self) -> String {
        format!("{} {} {}", self.day, MONTHS[usize::from(self.month) - 1], self.year)
    }

    /// Days since a day long ago, for distances only.
    fn number(self) -> i32 {
        // Years begin in March, so that a leap day is the last of its year.
        let (year, month) = if self.month > 2 {
            (self.year, i32::from(self.month) - 3)
        } else {
            (self.year - 1, i32::from(self.month) + 9)
        };
        let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        year * 365 + leaps + (month * 153 + 2) / 5 + i32::from(self.day)
    }

    fn first_of(year: i32) -> Self {
        Self { year, month: 1, day: 1 }
    }
}

fn days_in(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Timeline {
    /// Draws the chart.
    ///
    /// # Errors
    ///
    /// When there is no event.
    pub fn draw(&self) -> Result<Chart, NotDrawable> {
        let events = self.in_order();
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return Err(NotDrawable::Nothing);
        };
        let notes = Notes::new(self, &events, (first.on, last.on));
        let mut pen = Pen::default();
        notes.draw_time(&mut pen);
        for (event, note) in events.iter().zip(&notes.notes) {
            draw_event(&mut pen, note, &format!("{}: {}", event.on.words(), event.what));
        }
        notes.labels().for_each(|label| pen.label(label));
        let svg = pen.finish(&self.heading, &self.description(&events), "timeline", (WIDE, notes.high));
        Ok(Chart { svg, table: self.table(&events) })
    }

    fn in_order(&self) -> Vec<&Event> {
        let mut events: Vec<&Event> = self.events.iter().collect();
        // Events of one day keep the order they were given in.
        events.sort_by_key(|event| event.on);
        events
    }

    fn is_to_come(&self, event: &Event) -> bool {
        self.today.is_some_and(|today| event.on > today)
    }

    fn description(&self, events: &[&Event]) -> String {
        let said: Vec<String> = events
            .iter()
            .map(|event| {
                let planned = if self.is_to_come(event) { ", to come" } else { "" };
                format!("{}{planned}: {}.", event.on.words(), event.what)
            })
            .collect();
        said.join(" ")
    }

    fn table(&self, events: &[&Event]) -> Table {
        let mut head = vec!["Date".to_owned(), "What".to_owned()];
        if self.today.is_some() {
            head.push("When".to_owned());
        }
        let rows = events.iter().map(|event| {
            let mut row = vec![event.on.to_string(), event.what.clone()];
            if self.today.is_some() {
                row.push(if self.is_to_come(event) { "to come" } else { "done" }.to_owned());
            }
            row
        });
        Table { caption: self.heading.title.clone(), head, rows: rows.collect() }
    }
}

/// One event with its place in time and the place of its words, which may stand lower.
struct Note {
    at: f64,
    beside: f64,
    labels: Vec<Label>,
    to_come: bool,
}

/// Where everything on a timeline stands.
struct Notes {
    notes: Vec<Note>,
    years: Vec<Label>,
    today: Option<(f64, Label)>,
    from: f64,
    to: f64,
    high: f64,
}

impl Notes {
    fn new(timeline: &Timeline, events: &[&Event], ends: (Day, Day)) -> Self {
        let today = timeline.today;
        let (first, last) =
            (today.map_or(ends.0, |day| day.min(ends.0)), today.map_or(ends.1, |day| day.max(ends.1)));
        let blocks: Vec<Vec<String>> =
            events.iter().map(|event| wrap(&event.what, WIDE - WORDS - EDGE, WORDS_SIZE, 3)).collect();
        let full: f64 = blocks.iter().map(|lines| block_height(lines.len())).sum();
        let from = EDGE + 14.0;
        let length = full.max(120.0);
        let days = f64::from((last.number() - first.number()).max(1));
        let place = |day: Day| from + length * f64::from(day.number() - first.number()) / days;

        let mut notes: Vec<Note> = Vec::new();
        let mut free = EDGE;
        for (event, lines) in events.iter().zip(blocks) {
            let at = place(event.on);
            let top = free.max(at - DATE_SIZE);
            free = top + block_height(lines.len());
            let mut labels = vec![line(event.on.words(), top + DATE_SIZE, DATE_SIZE, "date quiet")];
            for (index, text) in lines.into_iter().enumerate() {
                labels.push(line(text, top + DATE_SIZE + LINE * as_f64(index + 1), WORDS_SIZE, "what"));
            }
            notes.push(Note {
                at,
                beside: top + DATE_SIZE - 4.0,
                labels,
                to_come: timeline.is_to_come(event),
            });
        }

        let today = today.map(|day| (place(day), at_time(place(day), "today".to_owned(), "today")));
        let years = label_years((first, last), place, today.as_ref().map(|(_, label)| label));
        let to = from + length;
        Self { notes, years, today, from, to, high: free.max(to + 10.0) + EDGE }
    }

    fn labels(&self) -> impl Iterator<Item = &Label> {
        let today = self.today.iter().map(|(_, label)| label);
        self.notes.iter().flat_map(|note| &note.labels).chain(&self.years).chain(today)
    }

    fn draw_time(&self, pen: &mut Pen) {
        pen.line("grid", Point { x: TIME, y: self.from }, Point { x: TIME, y: self.to }, "0.4");
        for year in &self.years {
            let y = year.at.y - 4.0;
            pen.line("grid", Point { x: TIME - 4.0, y }, Point { x: TIME + 4.0, y }, "0.4");
        }
        if let Some((y, _)) = self.today {
            pen.line("today series-2", Point { x: TIME - 9.0, y }, Point { x: TIME + 9.0, y }, "1");
        }
    }
}

fn block_height(lines: usize) -> f64 {
    DATE_SIZE + LINE * as_f64(lines) + 12.0
}

fn line(text: String, y: f64, size: f64, class: &'static str) -> Label {
    Label { text, at: Point { x: WORDS, y }, anchor: Anchor::Start, size, class }
}

/// A label at the left of the line of time.
fn at_time(y: f64, text: String, class: &'static str) -> Label {
    Label { text, at: Point { x: TIME - 12.0, y: y + 4.0 }, anchor: Anchor::End, size: DATE_SIZE, class }
}

/// The first of January of every year in between, where it does not touch the year before or today.
fn label_years(ends: (Day, Day), place: impl Fn(Day) -> f64, today: Option<&Label>) -> Vec<Label> {
    let mut years: Vec<Label> = Vec::new();
    for year in ends.0.year..=ends.1.year {
        let first = Day::first_of(year);
        if first < ends.0 || first > ends.1 {
            continue;
        }
        let label = at_time(place(first), year.to_string(), "year quiet");
        let touches = |other: &Label| other.area().meets(&label.area());
        if !years.last().is_some_and(touches) && !today.is_some_and(touches) {
            years.push(label);
        }
    }
    years
}

fn draw_event(pen: &mut Pen, note: &Note, words: &str) {
    // A hairline leads from the day to its words when they had to stand lower.
    let bend = Point { x: TIME + 14.0, y: note.at };
    pen.line("grid", Point { x: TIME + 5.0, y: note.at }, bend, "0.4");
    pen.line("grid", bend, Point { x: WORDS - 4.0, y: note.beside }, "0.4");
    let mut paint = vec![
        ("cx", number(TIME)),
        ("cy", number(note.at)),
        ("r", "4.5".to_owned()),
        ("fill", "currentColor".to_owned()),
    ];
    if note.to_come {
        paint.extend([
            ("class", "event to-come hollow series-1".to_owned()),
            ("fill-opacity", "0".to_owned()),
            ("stroke", "currentColor".to_owned()),
            ("stroke-width", "1.5".to_owned()),
        ]);
    } else {
        paint.push(("class", "event solid series-1".to_owned()));
    }
    pen.told_element("circle", &paint, words);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn timeline(today: Option<&str>, events: &[(&str, &str)]) -> Timeline {
        let events = events.iter().map(|(on, what)| Event { on: day(on), what: (*what).to_owned() });
        Timeline { heading: Heading::new("t", "Bo's year"), today: today.map(day), events: events.collect() }
    }

    fn notes(timeline: &Timeline) -> Notes {
        let events = timeline.in_order();
        Notes::new(timeline, &events, (events[0].on, events[events.len() - 1].on))
    }

    #[test]
    fn a_day_is_a_day_of_the_calendar() {
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
        for wrong in
            ["2023-02-29", "2026-13-01", "2026-00-10", "2026-4-1", "2026-04-31", "+026-01-01", "é026-01-0"]
        {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
        assert_eq!(day("2024-03-01").number() - day("2024-02-28").number(), 2);
        assert_eq!(day("2026-01-01").number() - day("2025-01-01").number(), 365);
        assert_eq!(day("2025-01-01").number() - day("2024-01-01").number(), 366);
    }

    #[test]
    fn events_stand_in_order_at_distances_true_to_time() {
        let timeline =
            timeline(None, &[("2026-01-21", "last"), ("2026-01-01", "first"), ("2026-01-11", "middle")]);
        let at: Vec<f64> = notes(&timeline).notes.iter().map(|note| note.at).collect();
        assert!((at[1] - at[0] - (at[2] - at[1])).abs() < 0.001);
        let table = timeline.draw().unwrap().table;
        assert_eq!(table.rows[0], ["2026-01-01", "first"]);
        assert_eq!(table.head, ["Date", "What"]);
    }

    #[test]
    fn what_is_to_come_is_hollow() {
        let chart = timeline(Some("2026-03-02"), &[("2026-02-01", "Began"), ("2026-06-01", "Review")])
            .draw()
            .unwrap();
        assert_eq!(chart.svg.matches("class=\"event solid").count(), 1);
        assert_eq!(chart.svg.matches("class=\"event to-come hollow").count(), 1);
        assert_eq!(chart.table.rows[1], ["2026-06-01", "Review", "to come"]);
        assert!(chart.svg.contains("1 June 2026, to come: Review."));
    }

    #[test]
    fn labels_stay_inside_and_off_each_other_however_close_the_days() {
        let long = "A long conversation about the promotion packet, its evidence and what comes after the summer break";
        let events: Vec<(&str, &str)> =
            ["2019-12-31", "2020-01-01", "2020-01-01", "2025-12-31", "2026-01-02"]
                .map(|on| (on, long))
                .to_vec();
        let timeline = timeline(Some("2026-01-01"), &events);
        let notes = notes(&timeline);
        let labels: Vec<&Label> = notes.labels().collect();
        for (index, label) in labels.iter().enumerate() {
            let area = label.area();
            assert!(
                area.left >= 0.0 && area.right <= WIDE && area.top >= 0.0 && area.bottom <= notes.high,
                "{label:?}"
            );
            for other in &labels[index + 1..] {
                assert!(!area.meets(&other.area()), "{label:?} stands on {other:?}");
            }
        }
    }

    #[test]
    fn nothing_is_not_drawn() {
        assert_eq!(timeline(None, &[]).draw(), Err(NotDrawable::Nothing));
    }

    #[test]
    fn words_cannot_become_markup() {
        let svg = timeline(None, &[("2026-01-01", "<script>1</script>")]).draw().unwrap().svg;
        assert!(!svg.contains("<script"));
        assert!(!svg.contains(" style="));
    }

    #[test]
    fn the_same_facts_are_always_drawn_the_same() {
        let timeline = timeline(Some("2026-03-02"), &[("2026-02-01", "a"), ("2026-02-01", "b")]);
        assert_eq!(timeline.draw(), timeline.draw());
    }
}
