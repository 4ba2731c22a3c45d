use std::collections::{BTreeSet, HashMap, HashSet};

use espalier_kernel::Date;
use jiff::tz::TimeZone;

use super::{BadRow, Field, Mapping, Sheet};

/// What a row says about one person. `None` where the file has no such column: then it stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The line in the file.
    pub line: u64,
    /// The e-mail address, in small letters.
    pub email: String,
    /// The cells, by field, as they will be kept.
    pub cells: HashMap<Field, String>,
}

impl Row {
    /// What the row says about a field; `None` where the file has no such column.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&str> {
        self.cells.get(&field).map(String::as_str)
    }
}

/// What is known about one person before the import, in the words of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Existing {
    /// What each column would say.
    pub cells: HashMap<Field, String>,
}

/// One thing that would change about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub field: Field,
    /// As it is.
    pub from: String,
    /// As it would be.
    pub to: String,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// People who are not here yet.
    pub new: Vec<Row>,
    /// People about whom something changes.
    pub changed: Vec<(Row, Vec<Change>)>,
    /// How many stay as they are.
    pub unchanged: usize,
    /// Rows that cannot be taken.
    pub bad: Vec<BadRow>,
}

impl Plan {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty()
    }
}

/// Holds a sheet against who is here. Bad rows are left out of what would change; whether that is wanted is for
/// somebody to decide.
#[must_use]
pub fn plan<S: std::hash::BuildHasher>(
    sheet: &Sheet,
    mapping: &Mapping,
    existing: &HashMap<String, Existing, S>,
) -> Plan {
    let mut plan = Plan::default();
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for (line, cells) in &sheet.rows {
        match read_row(*line, cells, mapping) {
            Ok(row) => rows.push(row),
            Err(reason) => plan.bad.push(BadRow { line: *line, reason }),
        }
    }
    leave_out_duplicates(&mut rows, &mut plan.bad);
    leave_out_unknown_managers(&mut rows, &mut plan.bad, existing);
    leave_out_cycles(&mut rows, &mut plan.bad, existing);
    // Leaving out a cycle's rows can take away somebody's manager who was new.
    leave_out_unknown_managers(&mut rows, &mut plan.bad, existing);
    plan.bad.sort_by_key(|bad| bad.line);

    for row in rows {
        match existing.get(&row.email) {
            None => plan.new.push(row),
            Some(before) => {
                let changes = changes(&row, before);
                if changes.is_empty() {
                    plan.unchanged += 1;
                } else {
                    plan.changed.push((row, changes));
                }
            }
        }
    }
    plan
}

fn changes(row: &Row, before: &Existing) -> Vec<Change> {
    let nothing = String::new();
    let mut changes: Vec<Change> = Field::ALL
        .iter()
        .filter_map(|&field| {
            let to = row.get(field)?;
            let from = before.cells.get(&field).unwrap_or(&nothing);
            (from != to).then(|| Change { field, from: from.clone(), to: to.to_owned() })
        })
        .collect();
    // A level without a date keeps the date it has.
    if row.get(Field::LevelSince) == Some("") {
        changes.retain(|change| change.field != Field::LevelSince);
    }
    // A framework or track alone, without a level, says nothing about a person.
    if row.get(Field::Level).unwrap_or_default().is_empty() {
        changes.retain(|change| {
            !matches!(change.field, Field::Framework | Field::Track | Field::Level | Field::LevelSince)
        });
    }
    // An empty cell for member or guest means what is already so.
    changes.retain(|change| !(change.field == Field::Kind && change.to.is_empty()));
    changes
}

fn read_row(line: u64, cells: &[String], mapping: &Mapping) -> Result<Row, String> {
    let mut row = Row { line, ..Row::default() };
    for (place, field) in mapping.0.iter().enumerate() {
        let Some(field) = *field else { continue };
        let cell = cells.get(place).map(String::as_str).unwrap_or_default();
        let kept = read_cell(field, cell)?;
        row.cells.insert(field, kept);
    }
    row.email = row.get(Field::Email).unwrap_or_default().to_owned();
    if row.email.is_empty() {
        return Err("The e-mail address is missing; people are told apart by it.".to_owned());
    }
    if row.get(Field::Name).unwrap_or_default().is_empty() {
        return Err("The name is missing.".to_owned());
    }
    if row.get(Field::Manager) == Some(row.email.as_str()) {
        return Err("They are named as their own manager.".to_owned());
    }
    if let (Some(started), Some(left)) = (row.get(Field::StartedOn), row.get(Field::LeftOn))
        && !started.is_empty()
        && !left.is_empty()
        && left < started
    {
        return Err(format!("They left on {left}, before they started on {started}."));
    }
    let has_level = !row.get(Field::Level).unwrap_or_default().is_empty();
    if has_level && row.get(Field::Framework).unwrap_or_default().is_empty() {
        return Err("There is a level but no framework; say which framework the level belongs to.".to_owned());
    }
    Ok(row)
}

fn read_cell(field: Field, cell: &str) -> Result<String, String> {
    // A cell that a spreadsheet would run as a formula is either an attack or a mistake.
    if cell.starts_with(['=', '+', '@', '\t']) || (cell.starts_with('-') && cell.len() > 1) {
        return Err(format!(
            "The {} begins with “{}”, which a spreadsheet would run as a formula; write it as plain text.",
            field.title().to_lowercase(),
            cell.chars().next().unwrap_or_default()
        ));
    }
    if cell.chars().count() > 300 {
        return Err(format!("The {} is longer than 300 characters.", field.title().to_lowercase()));
    }
    match field {
        Field::Email | Field::Manager => {
            let email = cell.to_lowercase();
            if email.is_empty() || is_address(&email) {
                Ok(email)
            } else {
                Err(format!("“{cell}” is not an e-mail address."))
            }
        }
        Field::StartedOn | Field::LeftOn | Field::LevelSince => {
            if cell.is_empty() {
                return Ok(String::new());
            }
            cell.parse::<Date>().map(|date| date.to_string()).map_err(|error| format!("{error}."))
        }
        Field::TimeZone => {
            if cell.is_empty() || TimeZone::get(cell).is_ok() {
                Ok(cell.to_owned())
            } else {
                Err(format!("“{cell}” is not a time zone; use an IANA name such as Europe/Stockholm."))
            }
        }
        Field::WorkingHours => {
            if cell.is_empty() || is_hours(cell) {
                Ok(cell.to_owned())
            } else {
                Err(format!("“{cell}” are not working hours; write them as 09:00-17:00."))
            }
        }
        Field::Kind => match cell.to_lowercase().as_str() {
            kind @ ("" | "member" | "guest") => Ok(kind.to_owned()),
            _ => Err(format!("“{cell}” is neither “member” nor “guest”.")),
        },
        Field::Team => Ok(team_path(cell).join(" / ")),
        Field::Framework | Field::Track | Field::Level => Ok(cell.to_owned()),
        Field::Name | Field::JobTitle | Field::Pronouns | Field::Location | Field::Languages => {
            Ok(cell.split_whitespace().collect::<Vec<_>>().join(" "))
        }
    }
}

/// The names of a team and those around it, outermost first.
#[must_use]
pub(super) fn team_path(cell: &str) -> Vec<String> {
    cell.split(['/', '>'])
        .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|name| !name.is_empty())
        .collect()
}

/// Something before an @, something behind it, nothing else. Whether mail arrives shows when it is sent.
#[must_use]
pub(crate) fn is_address(text: &str) -> bool {
    let Some((before, behind)) = text.rsplit_once('@') else { return false };
    let is_plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == ',')
    };
    is_plain(before) && is_plain(behind) && !behind.starts_with('.') && !behind.ends_with('.')
}

/// `09:00-17:00`.
#[must_use]
pub(crate) fn is_hours(text: &str) -> bool {
    let is_time = |text: &str| {
        text.len() == 5
            && text.is_ascii()
            && text.parse::<jiff::civil::Time>().is_ok_and(|time| time.second() == 0)
    };
    text.split_once('-').is_some_and(|(from, until)| is_time(from) && is_time(until) && from < until)
}

fn leave_out_duplicates(rows: &mut Vec<Row>, bad: &mut Vec<BadRow>) {
    let mut first_line: HashMap<String, u64> = HashMap::with_capacity(rows.len());
    rows.retain(|row| match first_line.get(&row.email) {
        None => {
            first_line.insert(row.email.clone(), row.line);
            true
        }
        Some(first) => {
            bad.push(BadRow {
                line: row.line,
                reason: format!("The e-mail address “{}” already stands on line {first}.", row.email),
            });
            false
        }
    });
}

/// Leaves out rows whose manager is nowhere, again and again, since each may have been somebody's manager.
fn leave_out_unknown_managers<S: std::hash::BuildHasher>(
    rows: &mut Vec<Row>,
    bad: &mut Vec<BadRow>,
    existing: &HashMap<String, Existing, S>,
) {
    loop {
        let known: HashSet<String> = rows.iter().map(|row| row.email.clone()).collect();
        let before = rows.len();
        rows.retain(|row| {
            let manager = row.get(Field::Manager).unwrap_or_default();
            let is_known = manager.is_empty() || known.contains(manager) || existing.contains_key(manager);
            if !is_known {
                bad.push(BadRow {
                    line: row.line,
                    reason: format!(
                        "The manager “{manager}” is neither here nor in a good row of the file; add them, or leave the \
                         manager empty."
                    ),
                });
            }
            is_known
        });
        if rows.len() == before {
            return;
        }
    }
}

/// Leaves out rows whose reporting lines go round in a circle, counting lines that are already here.
fn leave_out_cycles<S: std::hash::BuildHasher>(
    rows: &mut Vec<Row>,
    bad: &mut Vec<BadRow>,
    existing: &HashMap<String, Existing, S>,
) {
    let mut manager_of: HashMap<&str, &str> = existing
        .iter()
        .filter_map(|(email, person)| Some((email.as_str(), person.cells.get(&Field::Manager)?.as_str())))
        .collect();
    for row in rows.iter() {
        if let Some(manager) = row.get(Field::Manager) {
            manager_of.insert(&row.email, manager);
        }
    }
    let mut settled: HashSet<&str> = HashSet::with_capacity(manager_of.len());
    let mut circles: HashMap<String, String> = HashMap::new();
    for row in rows.iter() {
        let mut way: Vec<&str> = Vec::new();
        let mut on_way: BTreeSet<&str> = BTreeSet::new();
        let mut here = row.email.as_str();
        while !here.is_empty() && !settled.contains(here) {
            if !on_way.insert(here) {
                let start = way.iter().position(|&person| person == here).unwrap_or(0);
                let circle = way[start..].iter().chain([&here]).copied().collect::<Vec<_>>().join(" → ");
                for person in &way[start..] {
                    circles.insert((*person).to_owned(), circle.clone());
                }
                break;
            }
            way.push(here);
            here = manager_of.get(here).copied().unwrap_or_default();
        }
        settled.extend(way);
    }
    rows.retain(|row| match circles.get(&row.email) {
        None => true,
        Some(circle) => {
            bad.push(BadRow {
                line: row.line,
                reason: format!("The reporting lines go round in a circle: {circle}."),
            });
            false
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(text: &str) -> Plan {
        planned_with(text, &HashMap::new())
    }

    fn planned_with(text: &str, existing: &HashMap<String, Existing>) -> Plan {
        let sheet = Sheet::read(text.as_bytes()).unwrap();
        plan(&sheet, &Mapping::guess(&sheet.head), existing)
    }

    fn reasons(plan: &Plan) -> Vec<(u64, &str)> {
        plan.bad.iter().map(|bad| (bad.line, bad.reason.as_str())).collect()
    }

    #[test]
    fn every_bad_row_is_named_with_its_line_and_reason() {
        let plan = planned(
            "name,email,manager,time_zone,started_on,working_hours\n\
             Ada,ada@x.org,,Europe/Paris,2024-01-01,09:00-17:00\n\
             Bo,bo@x.org,nobody@x.org,,,\n\
             Cy,ada@x.org,,,,\n\
             Di,di@x.org,,Mars/Base,,\n\
             Ed,ed@x.org,,,1.2.2024,\n\
             =cmd,fy@x.org,,,,\n\
             ,gi@x.org,,,,\n\
             Hu,hu-at-x,,,,\n\
             Io,io@x.org,,,,9-17\n\
             Jo,jo@x.org,jo@x.org,,,\n",
        );
        assert_eq!(plan.new.len(), 1);
        assert_eq!(
            reasons(&plan),
            [
                (
                    3,
                    "The manager “nobody@x.org” is neither here nor in a good row of the file; add them, or leave the \
                     manager empty."
                ),
                (4, "The e-mail address “ada@x.org” already stands on line 2."),
                (5, "“Mars/Base” is not a time zone; use an IANA name such as Europe/Stockholm."),
                (6, "“1.2.2024” is not a date; write it as year, month and day, for example 2026-03-02."),
                (
                    7,
                    "The name begins with “=”, which a spreadsheet would run as a formula; write it as plain text."
                ),
                (8, "The name is missing."),
                (9, "“hu-at-x” is not an e-mail address."),
                (10, "“9-17” are not working hours; write them as 09:00-17:00."),
                (11, "They are named as their own manager."),
            ]
        );
    }

    #[test]
    fn a_circle_of_managers_is_shown_whole() {
        let plan = planned("name,email,manager\nA,a@x,b@x\nB,b@x,c@x\nC,c@x,a@x\nD,d@x,a@x\n");
        assert!(plan.new.is_empty(), "D's manager is left out with the circle");
        assert_eq!(reasons(&plan)[0].1, "The reporting lines go round in a circle: a@x → b@x → c@x → a@x.");
        assert_eq!(plan.bad.len(), 4);
    }

    #[test]
    fn a_circle_through_people_who_are_already_here_is_found() {
        let boss = Existing { cells: [(Field::Manager, "b@x".to_owned())].into() };
        let plan = planned_with("name,email,manager\nB,b@x,a@x\n", &[("a@x".to_owned(), boss)].into());
        assert_eq!(plan.bad.len(), 1);
    }

    #[test]
    fn the_same_file_again_changes_nothing() {
        let text = "name,email,team,level,framework\nAda  Marsh,ADA@x.org,Eng/Platform,senior,coaching\n";
        let first = planned(text);
        let here = Existing { cells: first.new[0].cells.clone() };
        let again = planned_with(text, &[("ada@x.org".to_owned(), here)].into());
        assert!(again.is_empty());
        assert_eq!(again.unchanged, 1);
    }

    #[test]
    fn only_what_differs_is_a_change_and_missing_columns_change_nothing() {
        let here = Existing {
            cells: [
                (Field::Name, "Ada Marsh".to_owned()),
                (Field::Email, "a@x".to_owned()),
                (Field::JobTitle, "Engineer".to_owned()),
                (Field::Location, "Oslo".to_owned()),
            ]
            .into(),
        };
        let plan =
            planned_with("name,email,title\nAda Marsh,a@x,Coach\n", &[("a@x".to_owned(), here)].into());
        let change = Change { field: Field::JobTitle, from: "Engineer".to_owned(), to: "Coach".to_owned() };
        assert_eq!(plan.changed[0].1, [change]);
    }

    #[test]
    fn a_hundred_thousand_rows_in_one_long_line_of_managers_are_planned_in_linear_time() {
        use std::fmt::Write as _;
        let mut text = "name,email,manager\nP0,p0@x,\n".to_owned();
        for person in 1..100_000 {
            let _ = writeln!(text, "P{person},p{person}@x,p{}@x", person - 1);
        }
        assert_eq!(planned(&text).new.len(), 100_000);
    }
}
