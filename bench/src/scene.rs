//! What growth pages are measured with: a framework of seventy statements at one level, evidence beside them, and
//! evidence of ten years.

use std::fmt::Write as _;

use espalier_kernel::Date;
use serde_json::{Value, json};

pub const FRAMEWORK: &str = "craft-of-seventy";
pub const TRACK: &str = "makers";
pub const LEVEL: &str = "seasoned";
/// How many statements stand at that level.
pub const STATEMENTS: usize = AREAS.len() * DEEDS.len();
/// How many pieces stand beside statements.
pub const CITED: usize = 40;
/// How many more there are over ten years.
pub const OLDER: usize = 480;

const AREAS: [(&str, &str); 7] = [
    ("reviews", "code reviews"),
    ("incidents", "incidents"),
    ("releases", "releases"),
    ("plans", "plans of the team"),
    ("interviews", "interviews"),
    ("handovers", "handovers"),
    ("retrospectives", "retrospectives"),
];

/// What is done about each area, which stands where the dash is.
const DEEDS: [&str; 10] = [
    "Explains – to newcomers in a way that they remember.",
    "Asks for help with – before time is lost.",
    "Notices when – cost more than they bring, and says so.",
    "Leaves – in a better shape than they were found in.",
    "Shares what was learned from – with the teams nearby.",
    "Keeps – small enough to be finished within a day or two.",
    "Listens to those who see – differently, and tries their way.",
    "Writes down what was decided about –, and why.",
    "Helps a colleague to take over – without worry.",
    "Looks back on – with the people who were there.",
];

/// The framework as one JSON file.
pub fn framework() -> String {
    let competencies: Vec<Value> = AREAS
        .iter()
        .map(|(id, name)| json!({ "id": id, "pillar": "work", "name": name, "summary": format!("How one goes about {name}.") }))
        .collect();
    let statements: Vec<Value> = (0..STATEMENTS)
        .map(|number| {
            let (area, name) = AREAS[number / DEEDS.len()];
            json!({
                "id": statement(number),
                "text": DEEDS[number % DEEDS.len()].replace('–', name),
                "order": number % DEEDS.len(),
                "must": true,
                "at": { "subject": { "competency": area }, "where": { "level": LEVEL } },
            })
        })
        .collect();
    json!({
        "schema": 1,
        "id": FRAMEWORK,
        "name": "A craft of seventy statements",
        "locale": "en",
        "licence": "CC0-1.0",
        "version": "1.0.0",
        "status": "published",
        "tracks": [{ "id": TRACK, "kind": "ic", "name": "Makers" }],
        "levels": [{ "id": LEVEL, "track": TRACK, "rank": 1, "name": "Seasoned" }],
        "pillars": [{ "id": "work", "name": "Work" }],
        "competencies": competencies,
        "statements": statements,
    })
    .to_string()
}

/// Evidence of the last months as a table, each piece beside two statements.
pub fn cited(today: Date) -> String {
    let mut csv = "date,situation,action,effect,statements\n".to_owned();
    for (number, day) in days(today, 5, 160, CITED) {
        let [one, other] = [statement(number), statement((number * 7 + 3) % STATEMENTS)];
        // Writing into a text cannot fail.
        let _written = writeln!(
            csv,
            "{day},The release was near and two teams waited for each other.,{},They agreed on an order.,{one} {other}",
            deed(number)
        );
    }
    csv
}

/// What was done in a piece that stands beside statements; no other reads the same.
pub fn deed(number: usize) -> String {
    format!("I brought them to one table on day {} of the release.", number + 1)
}

/// Evidence of ten years as a table, beside no statements.
pub fn years(today: Date) -> String {
    let mut csv = "date,situation,action,effect\n".to_owned();
    for (number, day) in days(today, 170, 3_650, OLDER) {
        let _written = writeln!(
            csv,
            "{day},A week with two releases.,I kept the log of week {number}.,The others could think."
        );
    }
    csv
}

/// So many days, spread evenly between two that lie before today.
fn days(today: Date, first: i32, last: i32, how_many: usize) -> impl Iterator<Item = (usize, Date)> {
    let steps = i32::try_from(how_many).unwrap_or(i32::MAX).max(2) - 1;
    let away = (0..=steps).map(move |step| first + (last - first) * step / steps);
    away.map(move |away| today.plus_days(-away)).enumerate()
}

fn statement(number: usize) -> String {
    format!("s{number}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn today() -> Date {
        "2026-03-02".parse().unwrap()
    }

    #[test]
    fn the_framework_has_seventy_different_statements_of_competencies_that_are_there() {
        let framework: Value = serde_json::from_str(&framework()).unwrap();
        let all = |list: &str, key: &str| -> BTreeSet<String> {
            let list = framework[list].as_array().unwrap().iter();
            list.map(|one| one.pointer(key).unwrap().as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(all("statements", "/id").len(), 70);
        assert_eq!(all("statements", "/text").len(), 70);
        assert!(all("statements", "/text").iter().all(|text| !text.contains('–')));
        assert_eq!(all("statements", "/at/subject/competency"), all("competencies", "/id"));
        assert_eq!(all("statements", "/at/where/level"), all("levels", "/id"));
    }

    #[test]
    fn evidence_stands_beside_statements_of_the_framework() {
        let csv = cited(today());
        let known: BTreeSet<String> = (0..STATEMENTS).map(statement).collect();
        let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), 40);
        for row in &rows {
            assert_eq!(row.len(), 5);
            assert!(row[4].split(' ').all(|id| known.contains(id)), "{}", row[4]);
        }
        let deeds: BTreeSet<&str> = rows.iter().map(|row| row[2]).collect();
        assert_eq!(deeds.len(), 40);
    }

    #[test]
    fn older_evidence_goes_back_ten_years() {
        let csv = years(today());
        let days: Vec<Date> = csv.lines().skip(1).map(|line| line[..10].parse().unwrap()).collect();
        assert_eq!(days.len(), 480);
        assert_eq!(days.iter().min().unwrap().days_since(today()), -3_650);
        assert_eq!(days.iter().collect::<BTreeSet<_>>().len(), 480);
    }
}
