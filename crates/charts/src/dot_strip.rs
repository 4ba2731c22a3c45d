use crate::heading::Heading;
use crate::pen::{Anchor, Label, Pen, Point, number};
use crate::scale::{NotDrawable, Scale, Value, as_f64};
use crate::text::{shorten, width, wrap};
use crate::{Chart, Table};

const WIDE: f64 = 340.0;
const EDGE: f64 = 4.0;
/// Where the first and the last step stand.
const FROM: f64 = 14.0;
const TO: f64 = WIDE - 14.0;
const AREA_SIZE: f64 = 15.5;
const WORDS_SIZE: f64 = 14.5;
const STEP_SIZE: f64 = 13.5;
const LINE: f64 = 19.0;

/// A profile of any number of areas, one under another, narrow enough for a phone.
///
/// A disc is the level reached, a bar between two ends is where it may be, a hollow bar over the whole scale
/// is not known, a dashed ring is a claim that nothing supports yet, a small point is where nothing is reached yet, and
/// an upright stroke is the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DotStrip {
    /// What the chart is called.
    pub heading: Heading,
    /// The steps that every row has.
    pub scale: Scale,
    /// The areas, under the pillars they belong to.
    pub pillars: Vec<Pillar>,
}

/// Areas that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pillar {
    /// The name over the rows; empty when there is only one pillar and it has no name.
    pub name: String,
    /// The areas, in the order of the framework.
    pub rows: Vec<Row>,
}

/// One area of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the area is called.
    pub area: String,
    /// The level reached.
    pub reached: Value,
    /// What the level rests on.
    pub support: Support,
    /// The step aimed at, if one was agreed.
    pub target: Option<usize>,
}

/// Whether a level rests on more than somebody's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Support {
    /// Enough evidence supports it.
    Evidence,
    /// It is claimed, and the evidence does not support it yet.
    ClaimOnly,
    /// Nothing is reached yet, so nothing needs support: the place below the first level.
    NotNeeded,
}

impl DotStrip {
    /// Draws the chart.
    ///
    /// # Errors
    ///
    /// When there is no row, or a value is off the scale.
    pub fn draw(&self) -> Result<Chart, NotDrawable> {
        self.check()?;
        let mut strip = Strip { scale: &self.scale, pen: Pen::default(), labels: Vec::new(), y: EDGE };
        strip.draw_steps();
        for pillar in &self.pillars {
            strip.draw_pillar(pillar);
        }
        strip.labels.iter().for_each(|label| strip.pen.label(label));
        let svg = strip.pen.finish(&self.heading, &self.description(), "dot-strip", (WIDE, strip.y));
        Ok(Chart { svg, table: self.table() })
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.pillars.iter().flat_map(|pillar| &pillar.rows)
    }

    fn check(&self) -> Result<(), NotDrawable> {
        if self.rows().next().is_none() {
            return Err(NotDrawable::Nothing);
        }
        for row in self.rows() {
            self.scale.check(row.reached)?;
            if let Some(target) = row.target {
                self.scale.check(Value::Known(target))?;
            }
        }
        Ok(())
    }

    fn description(&self) -> String {
        let said: Vec<String> =
            self.rows().map(|row| format!("{}: {}.", row.area, words(&self.scale, row))).collect();
        said.join(" ")
    }

    fn table(&self) -> Table {
        let head = ["Pillar", "Area", "Level", "Rests on", "Target"].map(str::to_owned).to_vec();
        let rows = self.pillars.iter().flat_map(|pillar| {
            pillar.rows.iter().map(|row| {
                let target =
                    row.target.map_or_else(|| "none".to_owned(), |step| self.scale.words(Value::Known(step)));
                let level = self.scale.words(row.reached);
                vec![pillar.name.clone(), row.area.clone(), level, rests_on(row).to_owned(), target]
            })
        });
        Table { caption: self.heading.title.clone(), head, rows: rows.collect() }
    }
}

/// The standing of a row in words, as it is printed beside it.
fn words(scale: &Scale, row: &Row) -> String {
    let mut words = scale.words(row.reached);
    if row.support == Support::ClaimOnly && !matches!(row.reached, Value::Unknown | Value::Nothing) {
        words.push_str(", claimed");
    }
    if let Some(target) = row.target {
        words.push_str(", target ");
        words.push_str(&scale.words(Value::Known(target)));
    }
    words
}

fn rests_on(row: &Row) -> &'static str {
    match (row.reached, row.support) {
        (Value::Unknown | Value::Nothing, _) | (_, Support::NotNeeded) => "nothing yet",
        (Value::Known(_) | Value::Between(..), Support::Evidence) => "evidence",
        (Value::Known(_) | Value::Between(..), Support::ClaimOnly) => "a claim only",
    }
}

/// The drawing as it grows downwards.
struct Strip<'a> {
    scale: &'a Scale,
    pen: Pen,
    labels: Vec<Label>,
    y: f64,
}

impl Strip<'_> {
    fn x(&self, step: usize) -> f64 {
        if self.scale.last() == 0 {
            return f64::midpoint(FROM, TO);
        }
        FROM + (TO - FROM) * as_f64(step) / as_f64(self.scale.last())
    }

    /// The names of the steps over the first row: all of them when they have room, otherwise the two ends.
    fn draw_steps(&mut self) {
        let all: Vec<usize> = (0..self.scale.steps().len()).collect();
        let ends = if self.scale.last() == 0 { vec![0] } else { vec![0, self.scale.last()] };
        let label = |step: usize, text: String| {
            let x = self.x(step);
            let (anchor, x) = if step == 0 && self.scale.last() > 0 {
                (Anchor::Start, EDGE)
            } else if step == self.scale.last() && self.scale.last() > 0 {
                (Anchor::End, WIDE - EDGE)
            } else {
                (Anchor::Middle, x)
            };
            Label { text, at: Point { x, y: EDGE + 12.0 }, anchor, size: STEP_SIZE, class: "step quiet" }
        };
        let labels: Vec<Label> =
            all.iter().map(|step| label(*step, self.scale.steps()[*step].clone())).collect();
        let apart = labels.windows(2).all(|pair| pair[0].area().right + 6.0 <= pair[1].area().left);
        let inside = labels.iter().all(|label| label.area().left >= 0.0 && label.area().right <= WIDE);
        if apart && inside {
            self.labels.extend(labels);
        } else {
            let room = if ends.len() == 1 { WIDE - EDGE * 2.0 } else { WIDE / 2.0 - EDGE - 6.0 };
            let ends =
                ends.iter().map(|step| label(*step, shorten(&self.scale.steps()[*step], room, STEP_SIZE)));
            let ends: Vec<Label> = ends.collect();
            self.labels.extend(ends);
        }
        self.y = EDGE + 22.0;
    }

    fn draw_pillar(&mut self, pillar: &Pillar) {
        if !pillar.name.is_empty() {
            self.y += 12.0;
            for line in wrap(&pillar.name, WIDE - EDGE * 2.0, 16.5, 2) {
                self.y += 20.0;
                let at = Point { x: EDGE, y: self.y - 3.0 };
                self.labels.push(Label {
                    text: line,
                    at,
                    anchor: Anchor::Start,
                    size: 16.5,
                    class: "pillar",
                });
            }
        }
        for row in &pillar.rows {
            self.draw_row(row);
        }
    }

    fn draw_row(&mut self, row: &Row) {
        self.y += 8.0;
        self.write_row(row);
        let y = self.y + 9.0;
        self.draw_scale(y);
        let words = format!("{}: {}", row.area, words(self.scale, row));
        match row.reached {
            Value::Known(_) | Value::Nothing => {}
            Value::Between(low, high) => self.draw_bar((low, high), y, ("between", row.support), &words),
            Value::Unknown => {
                self.draw_bar((0, self.scale.last()), y, ("unknown", Support::Evidence), &words);
            }
        }
        // The target stands on a bar, and under a level that reached it.
        if let Some(target) = row.target {
            self.draw_target(target, y, &words);
        }
        if let Value::Known(step) = row.reached {
            self.draw_dot(step, y, row.support, &words);
        }
        self.y = y + 10.0;
    }

    /// The area at the left and its standing at the right, on one line when both fit.
    fn write_row(&mut self, row: &Row) {
        let room = WIDE - EDGE * 2.0;
        let standing = words(self.scale, row);
        let beside = width(&row.area, AREA_SIZE) + 12.0 + width(&standing, WORDS_SIZE) <= room;
        let area = if beside { vec![row.area.clone()] } else { wrap(&row.area, room, AREA_SIZE, 2) };
        for line in area {
            self.y += LINE;
            let at = Point { x: EDGE, y: self.y - 3.0 };
            self.labels.push(Label { text: line, at, anchor: Anchor::Start, size: AREA_SIZE, class: "area" });
        }
        let standing = if beside { vec![standing] } else { wrap(&standing, room, WORDS_SIZE, 2) };
        for line in standing {
            if !beside {
                self.y += LINE;
            }
            let (x, anchor) = if beside { (WIDE - EDGE, Anchor::End) } else { (EDGE, Anchor::Start) };
            let at = Point { x, y: self.y - 3.0 };
            self.labels.push(Label { text: line, at, anchor, size: WORDS_SIZE, class: "standing quiet" });
        }
    }

    fn draw_scale(&mut self, y: f64) {
        self.pen.line("grid", Point { x: self.x(0), y }, Point { x: self.x(self.scale.last()), y }, "0.3");
        for step in 0..self.scale.steps().len() {
            let x = self.x(step);
            self.pen.line("grid", Point { x, y: y - 3.0 }, Point { x, y: y + 3.0 }, "0.3");
        }
    }

    fn draw_target(&mut self, step: usize, y: f64, words: &str) {
        let x = self.x(step);
        self.pen.told_element(
            "rect",
            &[
                ("class", "target solid series-2".to_owned()),
                ("x", number(x - 1.5)),
                ("y", number(y - 10.0)),
                ("width", "3".to_owned()),
                ("height", "20".to_owned()),
                ("fill", "currentColor".to_owned()),
            ],
            words,
        );
    }

    fn draw_dot(&mut self, step: usize, y: f64, support: Support, words: &str) {
        let mut paint = vec![("cx", number(self.x(step))), ("cy", number(y))];
        match support {
            Support::Evidence => paint.extend([
                ("class", "reached solid series-1".to_owned()),
                ("r", "6".to_owned()),
                ("fill", "currentColor".to_owned()),
            ]),
            Support::ClaimOnly => paint.extend([
                ("class", "reached unsupported hollow series-1".to_owned()),
                ("r", "6".to_owned()),
                ("fill", "currentColor".to_owned()),
                ("fill-opacity", "0".to_owned()),
                ("stroke", "currentColor".to_owned()),
                ("stroke-width", "1.5".to_owned()),
                ("stroke-dasharray", "2.5 2".to_owned()),
            ]),
            Support::NotNeeded => paint.extend([
                ("class", "none-yet solid series-3".to_owned()),
                ("r", "2.5".to_owned()),
                ("fill", "currentColor".to_owned()),
            ]),
        }
        self.pen.told_element("circle", &paint, words);
    }

    /// A bar over every step that it might be.
    fn draw_bar(&mut self, steps: (usize, usize), y: f64, what: (&str, Support), words: &str) {
        let (class, support) = what;
        let (from, to) = (self.x(steps.0) - 6.0, self.x(steps.1) + 6.0);
        let mut paint = vec![
            ("x", number(from)),
            ("y", number(y - 5.0)),
            ("width", number(to - from)),
            ("height", "10".to_owned()),
            ("rx", "5".to_owned()),
            ("fill", "currentColor".to_owned()),
            ("fill-opacity", "0".to_owned()),
            ("stroke", "currentColor".to_owned()),
            ("stroke-width", "1.25".to_owned()),
        ];
        match support {
            Support::Evidence | Support::NotNeeded => {
                paint.push(("class", format!("{class} hollow series-1")));
            }
            Support::ClaimOnly => {
                paint.push(("class", format!("{class} unsupported hollow series-1")));
                paint.push(("stroke-dasharray", "2.5 2".to_owned()));
            }
        }
        self.pen.told_element("rect", &paint, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(area: &str, reached: Value) -> Row {
        Row { area: area.to_owned(), reached, support: Support::Evidence, target: None }
    }

    fn strip(steps: &[&str], rows: Vec<Row>) -> DotStrip {
        DotStrip {
            heading: Heading::new("profile", "Bo's profile"),
            scale: Scale::new(steps.iter().copied()).unwrap(),
            pillars: vec![Pillar { name: "Craft".to_owned(), rows }],
        }
    }

    #[test]
    fn level_target_claim_and_unknown_each_have_their_own_mark() {
        let mut aimed = row("Delivery", Value::Known(1));
        aimed.target = Some(2);
        let claimed = Row { support: Support::ClaimOnly, ..row("Testing", Value::Known(0)) };
        let chart = strip(
            &["Junior", "Mid", "Senior"],
            vec![aimed, claimed, row("Debugging", Value::Unknown), row("Design", Value::Between(0, 1))],
        );
        let chart = chart.draw().unwrap();
        assert_eq!(chart.svg.matches("class=\"target solid").count(), 1);
        assert_eq!(chart.svg.matches("class=\"reached solid").count(), 1);
        assert_eq!(chart.svg.matches("class=\"reached unsupported hollow").count(), 1);
        assert_eq!(chart.svg.matches("class=\"unknown hollow").count(), 1);
        assert_eq!(chart.svg.matches("class=\"between hollow").count(), 1);
        assert_eq!(chart.table.rows[0], ["Craft", "Delivery", "Mid", "evidence", "Senior"]);
        assert_eq!(chart.table.rows[1], ["Craft", "Testing", "Junior", "a claim only", "none"]);
        assert_eq!(chart.table.rows[2], ["Craft", "Debugging", "not known", "nothing yet", "none"]);
        assert!(!chart.svg.contains(" style="));
    }

    #[test]
    fn none_yet_is_a_small_point_and_no_level() {
        let none = Row { support: Support::NotNeeded, ..row("Delivery", Value::Known(0)) };
        let chart = strip(&["None yet", "Junior"], vec![none]).draw().unwrap();
        assert!(
            chart.svg.contains("class=\"none-yet solid") && chart.svg.contains(" r=\"2.5\""),
            "{}",
            chart.svg
        );
        assert!(!chart.svg.contains("class=\"reached"));
        assert_eq!(chart.table.rows[0], ["Craft", "Delivery", "None yet", "nothing yet", "none"]);
    }

    #[test]
    fn the_unknown_covers_the_whole_scale_and_stands_on_no_step() {
        let svg =
            strip(&["Junior", "Mid", "Senior"], vec![row("Delivery", Value::Unknown)]).draw().unwrap().svg;
        assert!(!svg.contains("<circle"));
        assert!(svg.contains("width=\"324\" height=\"10\""), "{svg}");
    }

    #[test]
    fn every_label_stays_inside() {
        let long = "Systems thinking across organisational boundaries and the delivery of lasting outcomes";
        let many: Vec<Row> =
            (0..12).map(|_| Row { target: Some(8), ..row(long, Value::Between(0, 7)) }).collect();
        let steps: Vec<String> = (1..=9).map(|step| format!("Senior principal engineer {step}")).collect();
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let chart = strip(&steps, many);
        let mut strip = Strip { scale: &chart.scale, pen: Pen::default(), labels: Vec::new(), y: EDGE };
        strip.draw_steps();
        strip.draw_pillar(&chart.pillars[0]);
        for label in &strip.labels {
            let area = label.area();
            assert!(
                area.left >= 0.0 && area.right <= WIDE && area.top >= 0.0 && area.bottom <= strip.y,
                "{label:?}"
            );
        }
        for (index, label) in strip.labels.iter().enumerate() {
            for other in &strip.labels[index + 1..] {
                assert!(!label.area().meets(&other.area()), "{label:?} stands on {other:?}");
            }
        }
    }

    #[test]
    fn a_scale_of_one_step_can_be_drawn() {
        let chart = strip(&["Only"], vec![row("Delivery", Value::Known(0)), row("Craft", Value::Unknown)]);
        assert!(chart.draw().unwrap().svg.contains("cx=\"170\""));
    }

    #[test]
    fn an_empty_profile_is_not_drawn() {
        assert_eq!(strip(&["Junior"], vec![]).draw(), Err(NotDrawable::Nothing));
    }

    #[test]
    fn a_target_off_the_scale_is_refused() {
        let chart = strip(&["Junior"], vec![Row { target: Some(1), ..row("Delivery", Value::Known(0)) }]);
        assert_eq!(chart.draw(), Err(NotDrawable::OffTheScale { step: 1, steps: 1 }));
    }

    #[test]
    fn names_cannot_become_markup() {
        let mut chart = strip(&["<i>", "b"], vec![row("<script>", Value::Known(0))]);
        chart.pillars[0].name = "a & b".to_owned();
        let svg = chart.draw().unwrap().svg;
        assert!(!svg.contains("<script") && !svg.contains("<i>"));
        assert!(svg.contains("a &amp; b"));
    }

    #[test]
    fn the_same_facts_are_always_drawn_the_same() {
        let chart = strip(&["Junior", "Mid"], vec![row("Delivery", Value::Known(1))]);
        assert_eq!(chart.draw(), chart.draw());
    }
}
