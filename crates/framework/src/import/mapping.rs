//! Which column of a sheet is what: a small YAML file, or a guess from the words of the header.

use super::blocks::sounds_like_level;
use crate::{
    report::{Finding, Unreadable},
    words::folded,
    yaml::{self, Kind, Node},
};
use std::collections::BTreeMap;

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The role or ladder.
    Track,
    /// The level.
    Level,
    /// What the level is about.
    LevelSummary,
    /// The pillar.
    Pillar,
    /// The competency.
    Competency,
    /// What the competency is about.
    CompetencySummary,
    /// The point of a scale the level asks for.
    Point,
    /// The words people are held to.
    Statement,
    /// What they may look like.
    Example,
    /// A question that helps to find out.
    Question,
    /// A remark.
    Note,
    /// The statement's own id.
    Id,
}

const COLUMNS: [(Column, &str, &[&str]); 12] = [
    (Column::Point, "point", &["skill level", "proficiency", "point", "required level", "skill proficiency"]),
    (
        Column::LevelSummary,
        "level-summary",
        &["level description", "role level description", "level summary"],
    ),
    (Column::CompetencySummary, "competency-summary", &["skill description", "competency description"]),
    (
        Column::Track,
        "track",
        &["role", "track", "ladder", "job family", "family", "discipline", "job title", "role name"],
    ),
    (
        Column::Level,
        "level",
        &["level", "grade", "band", "step", "role level", "niveau", "niva", "nivå", "stufe"],
    ),
    (
        Column::Pillar,
        "pillar",
        &["pillar", "area", "theme", "category", "dimension", "group", "domain", "bereich", "område"],
    ),
    (
        Column::Competency,
        "competency",
        &["competency", "competence", "skill", "capability", "topic", "skill name", "kompetens", "kompetenz"],
    ),
    (Column::Example, "example", &["example", "examples", "for example", "beispiel", "exempel"]),
    (Column::Question, "question", &["question", "questions"]),
    (Column::Id, "id", &["id", "key"]),
    (Column::Note, "note", &["note", "notes", "comment", "comments"]),
    (
        Column::Statement,
        "statement",
        &[
            "statement",
            "statements",
            "description",
            "expectation",
            "expectations",
            "behaviour",
            "behavior",
            "behaviours",
            "behaviors",
            "criteria",
            "criterion",
            "text",
            "what we expect",
            "responsibilities",
            "beschreibung",
            "beskrivning",
        ],
    ),
];

/// Whether levels stand on rows or in columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// Each row names its level.
    #[default]
    Down,
    /// Each level has a column.
    Across,
}

/// How the words of a cell are parted into statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Split {
    /// At each line.
    #[default]
    Lines,
    /// At each dash or dot that begins a line.
    Bullets,
    /// At each empty line.
    Paragraphs,
    /// Not at all.
    None,
}

/// Which column of a sheet is what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mapping {
    /// The framework's id.
    pub id: Option<String>,
    /// The framework's name.
    pub name: Option<String>,
    /// The sheets to read; all when empty.
    pub sheets: Vec<String>,
    /// The row of the header, from 1.
    pub header: Option<usize>,
    /// Where levels stand.
    pub orientation: Option<Orientation>,
    /// The columns by what they are: a name from the header, a letter or a number.
    pub columns: BTreeMap<Column, String>,
    /// The levels in their order; in a sheet with levels across, their columns.
    pub levels: Vec<String>,
    /// The points of the scale in their order.
    pub points: Vec<String>,
    /// How cells are parted.
    pub split: Split,
    /// Words that mean nothing, such as "NOT IN USE".
    pub ignore: Vec<String>,
}

impl Mapping {
    /// Reads a mapping file. Everything in it must be known: a slip of the pen would lose words.
    pub fn read(file: &str, source: &str) -> Result<Mapping, Unreadable> {
        let root = yaml::read(source).map_err(|bad| Finding::error(file, bad.line, bad.message))?;
        let mut mapping = Mapping::default();
        let mut faults = Vec::new();
        for (key, line, node) in root.map().unwrap_or_default() {
            let text = node.text().map(str::to_owned);
            let list = || -> Vec<String> {
                match &node.kind {
                    Kind::List(items) => items.iter().filter_map(Node::text).map(str::to_owned).collect(),
                    _ => text.iter().cloned().collect(),
                }
            };
            let mut wrong = |words: String| faults.push(Finding::error(file, *line, words));
            match key.as_str() {
                "id" => mapping.id = text,
                "name" => mapping.name = text,
                "sheets" | "sheet" => mapping.sheets = list(),
                "header" => match text.as_deref().map(str::parse) {
                    Some(Ok(row)) if row > 0 => mapping.header = Some(row),
                    _ => wrong("\"header\" is the number of a row, from 1.".into()),
                },
                "orientation" => match text.as_deref() {
                    Some("down") => mapping.orientation = Some(Orientation::Down),
                    Some("across") => mapping.orientation = Some(Orientation::Across),
                    _ => wrong("\"orientation\" is down or across.".into()),
                },
                "split" => match text.as_deref() {
                    Some("lines") => mapping.split = Split::Lines,
                    Some("bullets") => mapping.split = Split::Bullets,
                    Some("paragraphs") => mapping.split = Split::Paragraphs,
                    Some("none") => mapping.split = Split::None,
                    _ => wrong("\"split\" is lines, bullets, paragraphs or none.".into()),
                },
                "levels" => mapping.levels = list(),
                "points" => mapping.points = list(),
                "ignore" => mapping.ignore = list(),
                "columns" => {
                    for (name, line, column) in node.map().unwrap_or_default() {
                        let known = COLUMNS.iter().find(|(_, word, _)| word == name);
                        match (known, column.text()) {
                            (Some((kind, ..)), Some(text)) => {
                                mapping.columns.insert(*kind, text.to_owned());
                            }
                            _ => faults.push(Finding::error(
                                file,
                                *line,
                                format!(
                                    "\"{name}\" is not a column; there are {}.",
                                    COLUMNS.map(|(_, word, _)| word).join(", ")
                                ),
                            )),
                        }
                    }
                }
                _ => wrong(format!("\"{key}\" is not known in a mapping.")),
            }
        }
        if faults.is_empty() { Ok(mapping) } else { Err(Unreadable { faults }) }
    }

    /// Whether a cell says nothing that counts.
    pub fn ignores(&self, text: &str) -> bool {
        let low = folded(text);
        low.is_empty() || self.ignore.iter().any(|word| folded(word) == low)
    }
}

/// The header of a sheet: its row, what each column is, and the columns that are levels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Header {
    /// The row, from 0.
    pub row: usize,
    pub columns: BTreeMap<Column, usize>,
    pub levels: Vec<(usize, String)>,
}

/// Finds the header a mapping speaks of, or the first row that looks like one.
pub fn header(rows: &[Vec<String>], mapping: &Mapping) -> Result<Option<Header>, String> {
    let candidates: Vec<usize> = match mapping.header {
        Some(row) => vec![row - 1],
        None => (0..rows.len().min(20)).collect(),
    };
    for at in candidates {
        let Some(row) = rows.get(at) else { return Err(format!("There is no row {}.", at + 1)) };
        let header = if mapping.columns.is_empty() && mapping.levels.is_empty() {
            guessed(at, row, mapping)
        } else {
            named(at, row, mapping).transpose()
        };
        match header {
            Some(Ok(header)) => return Ok(Some(header)),
            Some(Err(error)) if mapping.header.is_some() => return Err(error),
            _ => {}
        }
    }
    if mapping.columns.is_empty() {
        Ok(None)
    } else {
        Err("No row has the columns the mapping names.".into())
    }
}

fn guessed(at: usize, row: &[String], mapping: &Mapping) -> Option<Result<Header, String>> {
    let levels: Vec<(usize, String)> = row
        .iter()
        .enumerate()
        .filter(|(_, cell)| {
            sounds_like_level(cell)
                && !COLUMNS.iter().any(|(_, _, words)| words.contains(&folded(cell).as_str()))
        })
        .map(|(column, cell)| (column, cell.clone()))
        .collect();
    // Between and after columns that sound like levels, other names are levels too, unless they say what they are.
    let first = levels.first().map_or(usize::MAX, |(column, _)| *column);
    let is_known = |cell: &str| COLUMNS.iter().any(|(_, _, words)| words.contains(&folded(cell).as_str()));
    let levels: Vec<(usize, String)> = match levels.len() {
        0 | 1 => levels,
        _ => (row.iter().enumerate().skip(first))
            .filter(|(_, cell)| !cell.trim().is_empty() && !is_known(cell))
            .map(|(column, cell)| (column, cell.clone()))
            .collect(),
    };
    if levels.len() >= 2 && mapping.orientation != Some(Orientation::Down) {
        let mut columns = BTreeMap::new();
        let before: Vec<usize> = (0..levels[0].0).filter(|column| !row[*column].trim().is_empty()).collect();
        match before.as_slice() {
            [] => {}
            [one] => {
                columns.insert(Column::Competency, *one);
            }
            [.., pillar, competency] => {
                columns.insert(Column::Pillar, *pillar);
                columns.insert(Column::Competency, *competency);
            }
        }
        return Some(Ok(Header { row: at, columns, levels }));
    }
    let mut columns = BTreeMap::new();
    for (kind, _, words) in COLUMNS {
        let found = row.iter().position(|cell| words.contains(&folded(cell).as_str()));
        if let Some(column) = found.filter(|column| !columns.values().any(|taken| taken == column)) {
            columns.insert(kind, column);
        }
    }
    let says = columns.contains_key(&Column::Statement) || columns.contains_key(&Column::Point);
    (says && columns.len() >= 2).then_some(Ok(Header { row: at, columns, levels: Vec::new() }))
}

fn named(at: usize, row: &[String], mapping: &Mapping) -> Result<Option<Header>, String> {
    let mut columns = BTreeMap::new();
    for (kind, name) in &mapping.columns {
        columns.insert(*kind, column(row, name).ok_or_else(|| format!("There is no column \"{name}\"."))?);
    }
    let mut levels = Vec::new();
    if mapping.orientation == Some(Orientation::Across) {
        if mapping.levels.is_empty() {
            let taken: Vec<usize> = columns.values().copied().collect();
            let free =
                row.iter().enumerate().filter(|(at, cell)| !taken.contains(at) && !cell.trim().is_empty());
            levels.extend(free.map(|(at, cell)| (at, cell.clone())));
        }
        for name in &mapping.levels {
            let at = column(row, name).ok_or_else(|| format!("There is no column \"{name}\"."))?;
            levels.push((at, row[at].clone()));
        }
    }
    Ok(Some(Header { row: at, columns, levels }))
}

/// A column by its name in the header, by its letter, or by its number from 1.
fn column(row: &[String], name: &str) -> Option<usize> {
    let wanted = folded(name);
    if let Some(at) = row
        .iter()
        .position(|cell| !cell.trim().is_empty() && (cell.trim() == name.trim() || folded(cell) == wanted))
    {
        return Some(at);
    }
    let at = match name.trim().parse::<usize>() {
        Ok(number) => number.checked_sub(1)?,
        Err(_) if (1..=2).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase()) => {
            name.bytes().fold(0, |sum, b| sum * 26 + usize::from(b - b'A') + 1) - 1
        }
        Err(_) => return None,
    };
    (at < row.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_with_a_slip_of_the_pen_is_refused_with_its_line() {
        let error = Mapping::read("m.yaml", "split: lines\ncolumns:\n  levle: Stufe\n").unwrap_err();
        assert_eq!(error.faults[0].line, Some(3));
        assert!(Mapping::read("m.yaml", "splitt: lines\n").is_err());
    }

    #[test]
    fn columns_are_found_by_name_letter_and_number() {
        let row: Vec<String> = ["Role", "Level", "Text"].map(String::from).to_vec();
        assert_eq!(
            (column(&row, "level"), column(&row, "C"), column(&row, "1")),
            (Some(1), Some(2), Some(0))
        );
        assert_eq!(column(&row, "Z"), None);
    }
}
