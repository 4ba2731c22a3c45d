//! Every chart on one page, for looking at: `cargo run -p espalier-charts --example gallery > gallery.html`.
#![expect(clippy::print_stdout, reason = "the page is this program's only result")]

use espalier_charts::{
    Chart, DotStrip, Event, Heading, NotDrawable, Pillar, Radar, Row, STYLESHEET, Scale, Series, Support,
    Timeline, Value,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let charts = [
        radar("one", &[("Bo", &[1, 2, 9, 1, 0])])?,
        radar("two", &[("Bo", &[1, 2, 1, 1, 0]), ("Target", &[2, 3, 2, 2, 2])])?,
        radar(
            "three",
            &[("Bo", &[1, 2, 9, 1, 8, 3, 2, 1]), ("Cy", &[1, 1, 1, 2, 1, 9, 2, 2]), ("Target", &[3; 8])],
        )?,
        strip()?,
        timeline()?,
    ];
    let figures: String = charts.iter().map(figure).collect();
    println!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Charts</title><style>{STYLESHEET}
:root {{ color-scheme: light dark; --chart-ink: light-dark(#22241f, #e8e6df); --chart-quiet: light-dark(#595c53, #a9aca2);
--chart-paper: light-dark(#fbfaf6, #1b1d1a); --chart-series-1: light-dark(#2f6b3a, #8cc79a);
--chart-series-2: light-dark(#8a4b2a, #dba27f); --chart-series-3: light-dark(#44546a, #a9b9cf); }}
body {{ background: var(--chart-paper); color: var(--chart-ink); font-family: system-ui; }}
main {{ display: flex; flex-wrap: wrap; gap: 2rem; }} h1 {{ width: 100%; }} figure {{ margin: 0; }}
table {{ font-size: .8rem; }}</style><main><h1>Charts</h1>{figures}</main>"
    );
    Ok(())
}

fn figure(chart: &Chart) -> String {
    let rows: String =
        chart.table.rows.iter().map(|row| format!("<tr><td>{}</tr>", row.join("<td>"))).collect();
    let head = chart.table.head.join("<th>");
    format!(
        "<figure>{}<details><summary>Numbers</summary><table><tr><th>{head}</tr>{rows}</table></details></figure>",
        chart.svg
    )
}

fn scale() -> Result<Scale, NotDrawable> {
    Scale::new(["Junior", "Mid", "Senior", "Staff"])
}

/// Step 8 stands for a value in between, 9 for the unknown.
fn radar(id: &str, series: &[(&str, &[usize])]) -> Result<Chart, NotDrawable> {
    let areas = ["Delivery", "Technical craft", "Communication and collaboration", "Ownership"];
    let more = ["Mentoring and developing others", "Systems thinking", "Product sense", "Leadership"];
    let series: Vec<Series> = series
        .iter()
        .map(|(name, steps)| {
            let value = |step: &usize| match step {
                8 => Value::Between(1, 2),
                9 => Value::Unknown,
                step => Value::Known(*step),
            };
            Series { name: (*name).to_owned(), values: steps.iter().map(value).collect() }
        })
        .collect();
    let axes = areas.iter().chain(&more).take(series[0].values.len()).map(ToString::to_string).collect();
    Radar { heading: Heading::new(id, "Where Bo stands"), scale: scale()?, axes, series }.draw()
}

fn strip() -> Result<Chart, NotDrawable> {
    let row = |area: &str, reached, support, target| Row { area: area.to_owned(), reached, support, target };
    let craft = vec![
        row("Delivery", Value::Known(1), Support::Evidence, Some(2)),
        row("Testing", Value::Known(1), Support::Evidence, Some(1)),
        row("Debugging", Value::Unknown, Support::Evidence, Some(2)),
        row(
            "Systems thinking across organisational boundaries",
            Value::Between(1, 2),
            Support::ClaimOnly,
            Some(3),
        ),
    ];
    let people = vec![
        row("Mentoring", Value::Known(2), Support::ClaimOnly, None),
        row("Hiring", Value::Between(0, 1), Support::Evidence, None),
    ];
    let pillars = vec![
        Pillar { name: "Craft".to_owned(), rows: craft },
        Pillar { name: "People".to_owned(), rows: people },
    ];
    DotStrip { heading: Heading::new("strip", "Bo's profile"), scale: scale()?, pillars }.draw()
}

fn timeline() -> Result<Chart, Box<dyn std::error::Error>> {
    let mut events = Vec::new();
    for (on, what) in [
        ("2025-03-03", "Joined as a junior engineer"),
        ("2025-09-15", "First development talk with Cy, and a plan for autumn"),
        ("2025-09-22", "Ada became Bo's mentor"),
        ("2026-03-02", "Level Mid confirmed"),
        ("2026-09-14", "Development talk"),
    ] {
        events.push(Event { on: on.parse()?, what: what.to_owned() });
    }
    let heading = Heading::new("time", "Bo's way so far");
    Ok(Timeline { heading, today: Some("2026-04-20".parse()?), events }.draw()?)
}
