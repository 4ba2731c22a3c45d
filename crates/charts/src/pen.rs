//! Writing SVG, and knowing where its texts stand.

use crate::heading::Heading;
use crate::text::{escape, width};

/// A place in a drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub x: f64,
    pub y: f64,
}

/// A rectangle in a drawing, for finding out what stands on what.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    /// The square around a point.
    pub fn around(centre: Point, reach: f64) -> Self {
        Self {
            left: centre.x - reach,
            top: centre.y - reach,
            right: centre.x + reach,
            bottom: centre.y + reach,
        }
    }

    /// The same with a margin on every side.
    pub fn with_margin(&self, margin: f64) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Whether a straight line runs through: the part of it inside is found by clipping it at each side.
    pub fn is_crossed_by(&self, from: Point, to: Point) -> bool {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        for (slope, room) in [
            (-dx, from.x - self.left),
            (dx, self.right - from.x),
            (-dy, from.y - self.top),
            (dy, self.bottom - from.y),
        ] {
            if slope == 0.0 {
                if room < 0.0 {
                    return false;
                }
            } else if slope < 0.0 {
                enters = enters.max(room / slope);
            } else {
                leaves = leaves.min(room / slope);
            }
        }
        enters <= leaves
    }
}

/// Where a line of text begins from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// One line of text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub text: String,
    pub at: Point,
    pub anchor: Anchor,
    pub size: f64,
    /// Classes; the word `quiet` also makes the text lighter where there is no stylesheet.
    pub class: &'static str,
}

impl Label {
    /// The room that the text takes.
    pub fn area(&self) -> Area {
        let wide = width(&self.text, self.size);
        let left = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - wide / 2.0,
            Anchor::End => self.at.x - wide,
        };
        Area {
            left,
            top: self.at.y - self.size * 0.85,
            right: left + wide,
            bottom: self.at.y + self.size * 0.25,
        }
    }
}

/// Collects the elements of one drawing.
#[derive(Debug, Default)]
pub(crate) struct Pen {
    body: String,
}

impl Pen {
    /// An element with attributes that are already safe.
    pub fn element(&mut self, name: &str, attributes: &[(&str, String)]) {
        self.open(name, attributes, "/>");
    }

    /// An element that says what it is when it is pointed at.
    pub fn told_element(&mut self, name: &str, attributes: &[(&str, String)], words: &str) {
        self.open(name, attributes, ">");
        self.body.push_str(&format!("<title>{}</title></{name}>", escape(words)));
    }

    pub fn line(&mut self, class: &str, from: Point, to: Point, opacity: &str) {
        self.element(
            "line",
            &[
                ("class", class.to_owned()),
                ("x1", number(from.x)),
                ("y1", number(from.y)),
                ("x2", number(to.x)),
                ("y2", number(to.y)),
                ("stroke", "currentColor".to_owned()),
                ("stroke-opacity", opacity.to_owned()),
            ],
        );
    }

    /// A label, and behind it a halo that keeps the lines under it from striking it through.
    pub fn label(&mut self, label: &Label) {
        let mut text = vec![
            ("class", label.class.to_owned()),
            ("x", number(label.at.x)),
            ("y", number(label.at.y)),
            ("font-size", number(label.size)),
            ("text-anchor", label.anchor.name().to_owned()),
            ("fill", "currentColor".to_owned()),
        ];
        if label.class.split(' ').any(|class| class == "quiet") {
            text.push(("opacity", "0.75".to_owned()));
        }
        if label.class.split(' ').any(|class| class == "halo") {
            text.push(("stroke", "currentColor".to_owned()));
            text.push(("stroke-opacity", "0".to_owned()));
            text.push(("stroke-width", "3".to_owned()));
            text.push(("stroke-linejoin", "round".to_owned()));
            text.push(("paint-order", "stroke".to_owned()));
        }
        self.open("text", &text, ">");
        self.body.push_str(&escape(&label.text));
        self.body.push_str("</text>");
    }

    /// The whole drawing, named and described for those who do not see it.
    pub fn finish(self, heading: &Heading, description: &str, class: &str, size: (f64, f64)) -> String {
        self.finish_between(heading, description, class, (0.0, size.0, size.1))
    }

    /// The same, cut off at the left and at the right where nothing stands.
    pub fn finish_between(
        self,
        heading: &Heading,
        description: &str,
        class: &str,
        (left, right, high): (f64, f64, f64),
    ) -> String {
        let id = heading.safe_id();
        let (left, wide, high) = (number(left), number(right - left), number(high));
        format!(
            "<svg class=\"chart {class}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{left} 0 {wide} {high}\" \
             width=\"{wide}\" height=\"{high}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"sans-serif\" fill=\"none\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>{}</svg>",
            escape(&heading.title),
            escape(description),
            self.body
        )
    }

    fn open(&mut self, name: &str, attributes: &[(&str, String)], end: &str) {
        self.body.push('<');
        self.body.push_str(name);
        for (key, value) in attributes {
            self.body.push_str(&format!(" {key}=\"{value}\""));
        }
        self.body.push_str(end);
    }
}

/// A number to a tenth, without a trailing nought and without a negative nought.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_nought() {
        assert_eq!(number(12.04), "12");
        assert_eq!(number(12.06), "12.1");
        assert_eq!(number(-0.01), "0");
    }

    #[test]
    fn a_line_beside_an_area_does_not_cross_it() {
        let area = Area { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        let point = |x, y| Point { x, y };
        assert!(area.is_crossed_by(point(-5.0, 5.0), point(15.0, 5.0)));
        assert!(area.is_crossed_by(point(2.0, 2.0), point(3.0, 3.0)));
        assert!(!area.is_crossed_by(point(-5.0, 11.0), point(15.0, 11.0)));
        assert!(!area.is_crossed_by(point(-9.0, 5.0), point(-2.0, 5.0)));
        assert!(!area.is_crossed_by(point(8.0, -5.0), point(15.0, 4.0)));
    }
}
