use std::f64::consts::TAU;

use super::Radar;
use crate::pen::{Anchor, Area, Label, Pen, Point, number};
use crate::scale::{Value, as_f64};
use crate::text::{shorten, width, wrap};

pub(super) const WIDE: f64 = 424.0;
pub(super) const REACH: f64 = 86.0;
const EDGE: f64 = 4.0;
const LINE: f64 = 17.0;
const AXIS_SIZE: f64 = 13.5;
const STEP_SIZE: f64 = 11.5;
const NAME_SIZE: f64 = 12.5;
/// How a series' line is broken, so that three of them can be told apart in grey.
const DASHES: [&str; 3] = ["none", "7 3", "2 3"];
/// The classes of the name beside its outline.
const NAMES: [&str; 3] = ["name halo named-1", "name halo named-2", "name halo named-3"];

/// Where everything on one radar stands.
pub(super) struct Board<'a> {
    radar: &'a Radar,
    pub centre: Point,
    pub axis_labels: Vec<Label>,
}

impl<'a> Board<'a> {
    pub fn new(radar: &'a Radar) -> Self {
        let mut board = Self { radar, centre: Point { x: WIDE / 2.0, y: 0.0 }, axis_labels: Vec::new() };
        let labels = board.label_axes();
        let top = labels.iter().map(|label| label.area().top).fold(-REACH, f64::min);
        // Labels were placed around a centre at nought; now that their height is known, everything moves down.
        board.centre.y = EDGE - top;
        let down = board.centre.y;
        board.axis_labels = labels
            .into_iter()
            .map(|label| Label { at: Point { x: label.at.x, y: label.at.y + down }, ..label })
            .collect();
        board
    }

    fn axes(&self) -> usize {
        self.radar.axes.len()
    }

    /// The direction of an axis: the first points up, the others follow clockwise.
    fn direction(&self, axis: usize) -> Point {
        let angle = TAU * as_f64(axis) / as_f64(self.axes());
        Point { x: angle.sin(), y: -angle.cos() }
    }

    pub fn at(&self, axis: usize, distance: f64, aside: f64) -> Point {
        let ray = self.direction(axis);
        Point {
            x: self.centre.x + ray.x * distance - ray.y * aside,
            y: self.centre.y + ray.y * distance + ray.x * aside,
        }
    }

    pub fn distance(&self, step: usize) -> f64 {
        REACH * self.radar.scale.share(step)
    }

    /// The step through which the outline of a series runs on an axis.
    fn certain(&self, series: usize, axis: usize) -> Option<usize> {
        match self.radar.series[series].values[axis] {
            Value::Known(step) | Value::Between(step, _) => Some(step),
            Value::Unknown | Value::Nothing => None,
        }
    }

    /// Series that share a step, and bars that share an axis, stand side by side.
    fn aside(&self, series: usize, axis: usize) -> f64 {
        let values = || self.radar.series.iter().map(|other| other.values[axis]);
        let crowded = |other: Value| match self.radar.series[series].values[axis] {
            Value::Known(step) => {
                other == Value::Known(step) || matches!(other, Value::Between(low, _) if low == step)
            }
            Value::Between(..) | Value::Unknown => true,
            Value::Nothing => false,
        };
        let beside = values().filter(|other| crowded(*other)).count();
        let before = values().take(series).filter(|other| crowded(*other)).count();
        (as_f64(before) - (as_f64(beside) - 1.0) / 2.0) * 9.0
    }

    pub fn point(&self, series: usize, axis: usize) -> Option<Point> {
        // Where nothing is asked the outline goes through the centre, which stands for nothing.
        if self.radar.series[series].values[axis] == Value::Nothing {
            return Some(self.centre);
        }
        let step = self.certain(series, axis)?;
        Some(self.at(axis, self.distance(step), self.aside(series, axis)))
    }

    /// The straight parts of the outline of a series; none next to what is not known.
    fn outline(&self, series: usize) -> Vec<(Point, Point)> {
        (0..self.axes())
            .filter_map(|axis| {
                Some((self.point(series, axis)?, self.point(series, (axis + 1) % self.axes())?))
            })
            .collect()
    }

    pub fn draw_grid(&self, pen: &mut Pen) {
        for step in 0..self.radar.scale.steps().len() {
            let ring: Vec<String> = (0..self.axes())
                .map(|axis| self.at(axis, self.distance(step), 0.0))
                .map(|point| format!("{},{}", number(point.x), number(point.y)))
                .collect();
            pen.element(
                "polygon",
                &[
                    ("class", "grid".to_owned()),
                    ("points", ring.join(" ")),
                    ("stroke", "currentColor".to_owned()),
                    ("stroke-opacity", "0.25".to_owned()),
                ],
            );
        }
        for axis in 0..self.axes() {
            // The rays begin at the lowest step: the centre stands for nothing, not for a level.
            pen.line("grid", self.at(axis, self.distance(0), 0.0), self.at(axis, REACH, 0.0), "0.25");
        }
    }

    pub fn draw_series(&self, pen: &mut Pen, series: usize) {
        let class = format!("series-{}", series + 1);
        for (from, to) in self.outline(series) {
            pen.element(
                "line",
                &[
                    ("class", format!("outline {class}")),
                    ("x1", number(from.x)),
                    ("y1", number(from.y)),
                    ("x2", number(to.x)),
                    ("y2", number(to.y)),
                    ("stroke", "currentColor".to_owned()),
                    ("stroke-width", "1.75".to_owned()),
                    ("stroke-dasharray", DASHES[series].to_owned()),
                ],
            );
        }
        for (axis, value) in self.radar.series[series].values.iter().enumerate() {
            let name = &self.radar.series[series].name;
            let words = format!("{name}, {}: {}", self.radar.axes[axis], self.radar.scale.words(*value));
            match *value {
                Value::Known(_) | Value::Nothing => {}
                Value::Between(low, high) => {
                    self.draw_bar(pen, (series, axis), (low, high), "between", &words);
                }
                Value::Unknown => {
                    self.draw_bar(pen, (series, axis), (0, self.radar.scale.last()), "unknown", &words);
                }
            }
            if *value != Value::Nothing
                && let Some(point) = self.point(series, axis)
            {
                draw_marker(pen, series, point, &words);
            }
        }
    }

    /// A hollow bar along an axis, over every step that it might be.
    fn draw_bar(&self, pen: &mut Pen, at: (usize, usize), steps: (usize, usize), class: &str, words: &str) {
        let (series, axis) = at;
        let (from, to) = (self.distance(steps.0) - 4.0, self.distance(steps.1) + 4.0);
        let middle = self.at(axis, f64::midpoint(from, to), self.aside(series, axis));
        let turn = 360.0 * as_f64(axis) / as_f64(self.axes());
        pen.told_element(
            "rect",
            &[
                ("class", format!("{class} hollow series-{}", series + 1)),
                ("x", number(middle.x - 3.5)),
                ("y", number(middle.y - (to - from) / 2.0)),
                ("width", "7".to_owned()),
                ("height", number(to - from)),
                ("rx", "3.5".to_owned()),
                ("transform", format!("rotate({} {} {})", number(turn), number(middle.x), number(middle.y))),
                ("fill", "currentColor".to_owned()),
                ("fill-opacity", "0".to_owned()),
                ("stroke", "currentColor".to_owned()),
                ("stroke-width", "1.25".to_owned()),
            ],
            words,
        );
    }

    /// Every text, and the height of the drawing once they all have their place.
    pub fn draw_texts(&self, pen: &mut Pen) -> f64 {
        let steps = self.label_steps();
        for label in steps.iter().chain(&self.axis_labels) {
            pen.label(label);
        }
        let lowest = self.axis_labels.iter().map(|label| label.area().bottom);
        let mut bottom = lowest.fold(self.centre.y + REACH + 6.0, f64::max) + EDGE;

        if self.radar.series.len() == 1 {
            // One outline needs no name: the title says whose it is.
            return bottom;
        }
        match self.name_series(&steps) {
            Some(names) => names.iter().for_each(|name| pen.label(name)),
            None => bottom = self.draw_key(pen, bottom),
        }
        bottom
    }

    /// How far the drawing reaches, so that short names leave room for larger letters on a small screen. Names of
    /// series stand within the reach of the axes' names or of the middle part that is always kept.
    pub fn sides(&self) -> (f64, f64) {
        let kept = REACH + 62.0;
        let areas = || self.axis_labels.iter().map(Label::area);
        let left = areas().map(|area| area.left - EDGE).fold(self.centre.x - kept, f64::min);
        let right = areas().map(|area| area.right + EDGE).fold(self.centre.x + kept, f64::max);
        (left.max(0.0), right.min(WIDE))
    }

    fn label_axes(&self) -> Vec<Label> {
        let mut labels = Vec::new();
        for (axis, name) in self.radar.axes.iter().enumerate() {
            let ray = self.direction(axis);
            let at = self.at(axis, REACH + 13.0, 0.0);
            let (anchor, room) = if ray.x.abs() < 0.1 {
                (Anchor::Middle, 150.0)
            } else if ray.x > 0.0 {
                (Anchor::Start, WIDE - EDGE - at.x)
            } else {
                (Anchor::End, at.x - EDGE)
            };
            let lines = wrap(name, room, AXIS_SIZE, 3);
            let high = as_f64(lines.len()) * LINE;
            // The block of lines leans away from the centre: above the top axis, beside those at the sides.
            let first = at.y + ray.y * high / 2.0 - high / 2.0 + LINE * 0.78;
            for (line, text) in lines.into_iter().enumerate() {
                let at = Point { x: at.x, y: first + as_f64(line) * LINE };
                labels.push(Label { text, at, anchor, size: AXIS_SIZE, class: "axis halo" });
            }
        }
        labels
    }

    /// The names of the steps, along the first axis; every other one when they would touch.
    fn label_steps(&self) -> Vec<Label> {
        let steps = self.radar.scale.steps();
        let apart = REACH / as_f64(steps.len());
        let every = if apart < STEP_SIZE + 1.0 { 2 } else { 1 };
        let last = self.radar.scale.last();
        let labels = steps.iter().enumerate().filter(|(step, _)| (last - step).is_multiple_of(every)).map(
            |(step, name)| {
                let at = self.at(0, self.distance(step), 0.0);
                let at = Point { x: at.x + 9.0, y: at.y + 3.5 };
                let text = shorten(name, 72.0, STEP_SIZE);
                Label { text, at, anchor: Anchor::Start, size: STEP_SIZE, class: "step quiet halo" }
            },
        );
        labels.collect()
    }

    /// A place beside its outline for the name of every series, or none when one of them finds no room.
    fn name_series(&self, steps: &[Label]) -> Option<Vec<Label>> {
        let mut taken: Vec<Area> = steps.iter().chain(&self.axis_labels).map(Label::area).collect();
        for series in 0..self.radar.series.len() {
            let points = (0..self.axes()).filter_map(|axis| self.point(series, axis));
            taken.extend(points.map(|point| Area::around(point, 6.0)));
        }
        let lines: Vec<(Point, Point)> =
            (0..self.radar.series.len()).flat_map(|series| self.lines_of(series)).collect();

        let (left, right) = self.sides();
        let mut names = Vec::new();
        for series in 0..self.radar.series.len() {
            let stands = |label: &Label| {
                let area = label.area().with_margin(2.0);
                let inside = area.left >= left + EDGE && area.right <= right - EDGE;
                inside
                    && !taken.iter().any(|other| other.meets(&area))
                    && !lines.iter().any(|(from, to)| area.is_crossed_by(*from, *to))
            };
            let label = self.places_for_name(series).into_iter().find(stands)?;
            taken.push(label.area());
            names.push(label);
        }
        Some(names)
    }

    /// The lines of a series that a name must not be struck through by: its outline and its bars.
    fn lines_of(&self, series: usize) -> Vec<(Point, Point)> {
        let mut lines = self.outline(series);
        for (axis, value) in self.radar.series[series].values.iter().enumerate() {
            let ends = match *value {
                Value::Known(_) | Value::Nothing => continue,
                Value::Between(low, high) => (low, high),
                Value::Unknown => (0, self.radar.scale.last()),
            };
            let aside = self.aside(series, axis);
            for edge in [aside - 4.0, aside + 4.0] {
                lines.push((
                    self.at(axis, self.distance(ends.0), edge),
                    self.at(axis, self.distance(ends.1), edge),
                ));
            }
        }
        lines
    }

    fn places_for_name(&self, series: usize) -> Vec<Label> {
        let text = shorten(&self.radar.series[series].name, 110.0, NAME_SIZE);
        let mut places = Vec::new();
        for axis in 0..self.axes() {
            let Some(point) = self.point(series, axis) else { continue };
            for (x, y, anchor) in [
                (9.0, 4.0, Anchor::Start),
                (-9.0, 4.0, Anchor::End),
                (7.0, -8.0, Anchor::Start),
                (-7.0, -8.0, Anchor::End),
                (7.0, 15.0, Anchor::Start),
                (-7.0, 15.0, Anchor::End),
                (0.0, -10.0, Anchor::Middle),
                (0.0, 18.0, Anchor::Middle),
            ] {
                let at = Point { x: point.x + x, y: point.y + y };
                places.push(Label { text: text.clone(), at, anchor, size: NAME_SIZE, class: NAMES[series] });
            }
        }
        places
    }

    /// The names under the drawing, each beside its marker: the last resort.
    fn draw_key(&self, pen: &mut Pen, top: f64) -> f64 {
        let (left, right) = self.sides();
        let from = left + EDGE + 8.0;
        let mut at = Point { x: from, y: top + 14.0 };
        for (index, series) in self.radar.series.iter().enumerate() {
            let text = shorten(&series.name, right - left - EDGE * 2.0 - 24.0, NAME_SIZE);
            let wide = 14.0 + width(&text, NAME_SIZE);
            if at.x + wide > right - EDGE && at.x > from {
                at = Point { x: from, y: at.y + LINE };
            }
            draw_marker(pen, index, Point { x: at.x, y: at.y - 4.0 }, &series.name);
            let place = Point { x: at.x + 10.0, y: at.y };
            pen.label(&Label { text, at: place, anchor: Anchor::Start, size: NAME_SIZE, class: "key" });
            at.x += wide + 18.0;
        }
        at.y + 8.0
    }
}

/// A disc, a square or a diamond: the series is told by its shape as well as by its colour.
fn draw_marker(pen: &mut Pen, series: usize, at: Point, words: &str) {
    let mut paint =
        vec![("class", format!("marker solid series-{}", series + 1)), ("fill", "currentColor".to_owned())];
    let name = match series {
        0 => {
            paint.extend([("cx", number(at.x)), ("cy", number(at.y)), ("r", "4.5".to_owned())]);
            "circle"
        }
        1 => {
            paint.extend([("x", number(at.x - 4.0)), ("y", number(at.y - 4.0))]);
            paint.extend([("width", "8".to_owned()), ("height", "8".to_owned())]);
            "rect"
        }
        _ => {
            let corner = |x: f64, y: f64| format!("{},{}", number(at.x + x), number(at.y + y));
            let corners = [corner(0.0, -5.5), corner(5.5, 0.0), corner(0.0, 5.5), corner(-5.5, 0.0)];
            paint.push(("points", corners.join(" ")));
            "polygon"
        }
    };
    pen.told_element(name, &paint, words);
}
