//! The matrix of a framework as a page shows it: pillars and competencies down, levels across. Where a level asks
//! for a point of a scale, the point stands there, and its statements where the point is asked for first.

use std::collections::HashSet;

use espalier_framework::{Competency, Framework, Level, Pillar, Statement, StatementKind, Subject, Where};

use crate::shelf::Edition;

/// The matrix of one track.
#[derive(Debug, Default)]
pub struct Matrix {
    /// Id and name of each column.
    pub levels: Vec<(String, String)>,
    /// Whether some statements hold at all levels and have a column of their own.
    pub has_all: bool,
    /// The blocks, one for each pillar that has something to say.
    pub blocks: Vec<Block>,
}

/// A pillar and what belongs to it.
#[derive(Debug)]
pub struct Block {
    /// The pillar's id.
    pub id: String,
    /// What people call it; empty for what belongs to no pillar.
    pub name: String,
    /// What it is about.
    pub summary: String,
    /// How many pillars are around it.
    pub depth: usize,
    /// Its competencies.
    pub rows: Vec<Row>,
}

/// A competency, or the pillar itself.
#[derive(Debug)]
pub struct Row {
    /// The competency's id; empty for a row about the pillar itself.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What holds at all levels.
    pub all: Cell,
    /// One cell for each level.
    pub cells: Vec<Cell>,
}

impl Row {
    /// What the row is about, for places where its head is not beside it.
    #[must_use]
    pub fn area(&self) -> &str {
        if self.id.is_empty() { "In general" } else { &self.name }
    }
}

/// What is said in one place.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The point of a scale that is asked for.
    pub asked: Option<String>,
    /// The statements.
    pub lines: Vec<Line>,
}

impl Cell {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.asked.is_none() && self.lines.is_empty()
    }

    /// The same words, whoever says them.
    fn without_ids(&self) -> Self {
        fn bare(line: &Line) -> Line {
            Line { id: String::new(), more: line.more.iter().map(bare).collect(), ..line.clone() }
        }
        Self { asked: self.asked.clone(), lines: self.lines.iter().map(bare).collect() }
    }
}

/// A statement ready for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Safe HTML.
    pub html: String,
    /// The word of its kind, where it is not an expectation.
    pub kind: Option<&'static str>,
    /// Whether the level can be held without it.
    pub is_optional: bool,
    /// Whether its translation lags behind.
    pub is_stale: bool,
    /// For whom alone it counts.
    pub only_for: Vec<String>,
    /// Examples, signals, questions.
    pub more: Vec<Line>,
}

impl Line {
    /// A statement with what explains it.
    #[must_use]
    pub fn of(edition: &Edition, statement: &Statement) -> Self {
        let framework = &edition.framework;
        let more = framework
            .children_of(statement.id.as_str())
            .into_iter()
            .map(|child| Self::of(edition, child))
            .collect();
        let archetypes = statement.only_for.archetypes.iter().map(|id| {
            let known = framework.archetypes.iter().find(|archetype| archetype.id == *id);
            known.map_or_else(|| id.to_string(), |archetype| archetype.name.clone())
        });
        Self {
            id: statement.id.to_string(),
            html: edition.html(&statement.id).to_owned(),
            kind: (statement.kind != StatementKind::Expectation).then(|| statement.kind.word()),
            is_optional: statement.kind == StatementKind::Expectation && !statement.must,
            is_stale: edition.is_stale(&statement.id),
            only_for: archetypes.collect(),
            more,
        }
    }
}

fn is_on_top(statement: &Statement) -> bool {
    statement.parent.is_none()
}

fn lines<'a>(edition: &Edition, statements: impl IntoIterator<Item = &'a Statement>) -> Vec<Line> {
    statements
        .into_iter()
        .filter(|statement| is_on_top(statement))
        .map(|one| Line::of(edition, one))
        .collect()
}

impl Matrix {
    /// The matrix of a track of this edition.
    #[must_use]
    pub fn new(edition: &Edition, track: &str) -> Self {
        let framework = &edition.framework;
        let levels = levels_of(framework, track);
        let mut matrix = Self {
            levels: levels.iter().map(|level| (level.id.to_string(), title(level))).collect(),
            ..Self::default()
        };
        let general = Row {
            id: String::new(),
            name: String::new(),
            all: cell_of_all(edition, &Subject::None),
            cells: levels
                .iter()
                .map(|level| cell_at(edition, framework.general_statements_at(level.id.as_str())))
                .collect(),
        };
        matrix.push("", "", "", 0, vec![general]);
        for pillar in in_order(framework) {
            let own = Row {
                id: String::new(),
                name: String::new(),
                all: cell_of_all(edition, &Subject::Pillar(pillar.id.clone())),
                cells: levels
                    .iter()
                    .map(|level| {
                        cell_at(
                            edition,
                            framework.pillar_statements_at(pillar.id.as_str(), level.id.as_str()),
                        )
                    })
                    .collect(),
            };
            let inside = framework.competencies.iter().filter(|one| one.pillar.as_ref() == Some(&pillar.id));
            let rows = std::iter::once(own).chain(inside.map(|one| row(edition, one, &levels))).collect();
            let depth = depth(framework, pillar);
            matrix.push(pillar.id.as_str(), &pillar.name, &pillar.summary, depth, rows);
        }
        let outside = framework.competencies.iter().filter(|one| one.pillar.is_none());
        matrix.push("", "", "", 0, outside.map(|one| row(edition, one, &levels)).collect());
        // Some sources say the same under one name in several tracks; it is shown once.
        for block in &mut matrix.blocks {
            let mut shown: Vec<(String, Cell, Vec<Cell>)> = Vec::new();
            block.rows.retain(|row| {
                let words = (
                    row.name.clone(),
                    row.all.without_ids(),
                    row.cells.iter().map(Cell::without_ids).collect(),
                );
                let is_new = !shown.contains(&words);
                shown.push(words);
                is_new
            });
        }
        matrix.has_all = matrix.blocks.iter().flat_map(|block| &block.rows).any(|row| !row.all.is_empty());
        matrix
    }

    fn push(&mut self, id: &str, name: &str, summary: &str, depth: usize, mut rows: Vec<Row>) {
        rows.retain(|row| !row.all.is_empty() || row.cells.iter().any(|cell| !cell.is_empty()));
        if rows.is_empty() && (summary.is_empty() || id.is_empty()) {
            return;
        }
        self.blocks.push(Block {
            id: id.to_owned(),
            name: name.to_owned(),
            summary: summary.to_owned(),
            depth,
            rows,
        });
    }

    /// How many columns the table has.
    #[must_use]
    pub fn columns(&self) -> usize {
        1 + usize::from(self.has_all) + self.levels.len()
    }

    /// Whether nothing is said at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| block.rows.is_empty())
    }
}

/// The levels of a track, or all levels where the framework has no tracks.
#[must_use]
pub fn levels_of<'a>(framework: &'a Framework, track: &str) -> Vec<&'a Level> {
    if track.is_empty() { framework.all_levels() } else { framework.levels_of(track) }
}

/// What a level is called, with its code where it has one.
#[must_use]
pub fn title(level: &Level) -> String {
    let name = if level.name.is_empty() { level.id.as_str() } else { &level.name };
    match &level.code {
        Some(code) if !name.contains(code.as_str()) => format!("{code} {name}"),
        _ => name.to_owned(),
    }
}

/// What a competency is called.
#[must_use]
pub fn competency_name(competency: &Competency) -> &str {
    if competency.name.is_empty() { competency.id.as_str() } else { &competency.name }
}

/// Pillars as a reader meets them: each followed by those inside it.
fn in_order(framework: &Framework) -> Vec<&Pillar> {
    fn walk<'a>(framework: &'a Framework, pillar: &'a Pillar, depth: usize, out: &mut Vec<&'a Pillar>) {
        out.push(pillar);
        // Deeper than any real framework: a circle of pillars ends here.
        if depth < 12 {
            for inner in framework.pillars.iter().filter(|inner| inner.parent.as_ref() == Some(&pillar.id)) {
                walk(framework, inner, depth + 1, out);
            }
        }
    }
    let mut out = Vec::with_capacity(framework.pillars.len());
    for pillar in framework.top_pillars() {
        walk(framework, pillar, 0, &mut out);
    }
    out
}

fn depth(framework: &Framework, pillar: &Pillar) -> usize {
    let mut depth = 0;
    let mut at = pillar.parent.as_ref();
    while let Some(around) = at.and_then(|id| framework.pillar(id.as_str())) {
        depth += 1;
        at = around.parent.as_ref().filter(|_| depth < 12);
    }
    depth
}

fn row(edition: &Edition, competency: &Competency, levels: &[&Level]) -> Row {
    let framework = &edition.framework;
    let mut cells = Vec::with_capacity(levels.len());
    let mut said: HashSet<&str> = HashSet::new();
    for level in levels {
        let asked = framework.asked_point(level.id.as_str(), competency.id.as_str());
        let statements: Vec<&Statement> = framework
            .statements_at(competency.id.as_str(), level.id.as_str())
            .into_iter()
            .filter(|statement| match statement.at.location {
                Where::All | Where::None => false,
                // A point's statements stand where the point is asked for first.
                Where::Point(_) => statement.parent.is_some() || said.insert(statement.id.as_str()),
                Where::Level(_) | Where::Path { .. } => true,
            })
            .collect();
        let asked = asked.map(
            |(_, point)| {
                if point.name.is_empty() { point.id.to_string() } else { point.name.clone() }
            },
        );
        cells.push(Cell { asked, lines: lines(edition, statements) });
    }
    Row {
        id: competency.id.to_string(),
        name: competency_name(competency).to_owned(),
        all: cell_of_all(edition, &Subject::Competency(competency.id.clone())),
        cells,
    }
}

fn cell_of_all(edition: &Edition, subject: &Subject) -> Cell {
    let all = edition.framework.statements.iter().filter(|statement| {
        statement.at.subject == *subject && matches!(statement.at.location, Where::All | Where::None)
    });
    Cell { asked: None, lines: lines(edition, all) }
}

fn cell_at(edition: &Edition, statements: Vec<&Statement>) -> Cell {
    let here =
        statements.into_iter().filter(|statement| !matches!(statement.at.location, Where::All | Where::None));
    Cell { asked: None, lines: lines(edition, here) }
}
