//! Charts as SVG text, each with the table of the numbers it shows.
//!
//! Three are here: a [`Radar`] for three to eight areas, a [`DotStrip`] for more areas or a narrow screen,
//! and a [`Timeline`] of dated events. What is not known is drawn hollow over everything it might be, and
//! never as the lowest step. Series differ by marker and line pattern before they differ by colour, so a
//! chart reads in grey and on paper; [`STYLESHEET`] gives it the colours of a page.
//!
//! What it never does: compute a score, average steps, or put a style attribute or a script into a page.

mod dot_strip;
mod heading;
mod pen;
mod radar;
mod scale;
mod text;
mod timeline;

pub use dot_strip::{DotStrip, Pillar, Row, Support};
pub use heading::Heading;
pub use radar::{Radar, Series};
pub use scale::{NotDrawable, Scale, Value};
pub use timeline::{Day, Event, NotADay, Timeline};

/// Colours and hairlines for the classes that the charts carry, in custom properties that a page may set:
/// `--chart-ink`, `--chart-quiet`, `--chart-paper` and `--chart-series-1` to `--chart-series-3`.
/// Without it a chart is drawn in the colour of the text around it.
pub const STYLESHEET: &str = include_str!("charts.css");

/// A drawing and the numbers in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// One `svg` element, ready to stand in a page.
    pub svg: String,
    /// The same facts in rows, to stand one click or keypress away.
    pub table: Table,
}

/// The numbers of a chart, as plain text: whoever prints them escapes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the table shows; the title of the chart.
    pub caption: String,
    /// One name for each column.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}
