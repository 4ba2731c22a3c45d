//! What a page says about one level: its headings are pillars and competencies, its bullets statements.

use super::{
    blocks::{Block, Cell, Kind, Section, Table, bare, lead},
    builder::{Builder, Said},
};
use crate::{
    ids::{NodeId, StatementId},
    model::{Place, StatementKind, Subject, Where},
};

/// Reads everything below a section as said at a place.
pub struct Areas<'a> {
    pub b: &'a mut Builder,
    pub file: &'a str,
    pub location: Where,
}

impl Areas<'_> {
    /// Reads a section: its own words about the subject, its sub-sections as pillars and competencies.
    pub fn section(&mut self, section: &Section, subject: &Subject) {
        let pillar = match subject {
            Subject::Pillar(id) => Some(id.clone()),
            Subject::None | Subject::Competency(_) => None,
        };
        self.blocks(&section.blocks, subject, pillar.as_ref());
        for child in &section.sections {
            self.child(child, pillar.as_ref());
        }
    }

    fn child(&mut self, section: &Section, pillar: Option<&NodeId>) {
        if !section.has_content() {
            self.b.note(
                self.file,
                section.line,
                format!("\"{}\" stands here without content.", section.title),
            );
        }
        let title = bare(&section.title);
        let holds_more = !section.sections.is_empty() || has_names(&section.blocks);
        let known = self.b.framework.pillars.iter().any(|p| p.name == title && p.parent.as_ref() == pillar);
        if holds_more || known {
            let id = self.b.pillar_named(&title, pillar);
            self.section(section, &Subject::Pillar(id));
        } else {
            let id = self.b.competency_named(&title, pillar);
            self.section(section, &Subject::Competency(id));
        }
    }

    fn blocks(&mut self, blocks: &[Block], subject: &Subject, pillar: Option<&NodeId>) {
        let mut subject = subject.clone();
        let has_bullets = blocks.iter().any(|block| matches!(block.kind, Kind::Bullet { .. }));
        let mut parents: Vec<StatementId> = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            if !matches!(block.kind, Kind::Bullet { .. }) {
                parents.clear();
            }
            match &block.kind {
                Kind::Bullet { depth, text } => {
                    parents.truncate(*depth);
                    let parent = parents.last().cloned();
                    let kind =
                        if parent.is_some() { StatementKind::Example } else { StatementKind::Expectation };
                    if let Some(id) = self.say(text, kind, parent, &subject) {
                        parents.push(id);
                    }
                }
                Kind::Para(text) => match (lead(text), blocks.get(at + 1).map(|next| &next.kind)) {
                    // A bold name before a list is a heading that was not made one.
                    (Some((name, rest)), Some(Kind::Bullet { depth: 0, .. })) => {
                        let id = self.b.competency_named(&bare(name), pillar);
                        self.describe(&id, rest);
                        subject = Subject::Competency(id);
                    }
                    _ => {
                        let kind =
                            if has_bullets { StatementKind::Summary } else { StatementKind::Expectation };
                        self.say(text, kind, None, &subject);
                    }
                },
                Kind::Quote(text) => {
                    self.say(text, StatementKind::Note, None, &subject);
                }
                Kind::Table(table) => self.table(table, &subject, pillar),
                Kind::Raw(text) => self.raw(block, text, &subject),
                Kind::Heading { .. } => {}
            }
        }
    }

    fn raw(&mut self, block: &Block, text: &str, subject: &Subject) {
        let shown = text.trim();
        let silent = shown.is_empty() || shown.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
        if silent {
            return;
        }
        let pictures = ["<picture", "<img", "<!--", "<br", "<p align", "<div align"];
        if pictures.iter().any(|start| shown.starts_with(start)) {
            self.b.note(
                self.file,
                block.line,
                "A picture or comment stands here; it is kept with the level.",
            );
            if self.keep_with_level(shown) {
                return;
            }
        } else {
            self.b.note(self.file, block.line, "This block is not understood; it is kept as a note.");
        }
        self.say(shown, StatementKind::Note, None, subject);
    }

    /// Pictures say nothing people are held to; they stay as unknown keys of the level.
    fn keep_with_level(&mut self, raw: &str) -> bool {
        let Where::Level(level) = &self.location else { return false };
        let Some(node) = self.b.framework.levels.iter_mut().find(|node| node.id == *level) else {
            return false;
        };
        let kept = node.ext.entry("pictures").or_insert_with(|| serde_json::Value::Array(Vec::new()));
        if let serde_json::Value::Array(kept) = kept {
            kept.push(super::builder::safe(raw).into());
        }
        true
    }

    fn say(
        &mut self,
        text: &str,
        kind: StatementKind,
        parent: Option<StatementId>,
        subject: &Subject,
    ) -> Option<StatementId> {
        let at = Place { subject: subject.clone(), location: self.location.clone() };
        self.b.say(Said { text, kind, parent, at, ..Said::default() })
    }

    /// The words beside a name describe the competency; other words at another level are kept with the level.
    fn describe(&mut self, id: &NodeId, words: &str) {
        let words = words.trim().trim_matches('*').trim();
        if words.is_empty() {
            return;
        }
        if let Some(competency) =
            self.b.framework.competencies.iter_mut().find(|competency| competency.id == *id)
        {
            if competency.summary.is_empty() {
                words.clone_into(&mut competency.summary);
            }
            if competency.summary == words {
                return;
            }
        }
        self.say(words, StatementKind::Summary, None, &Subject::Competency(id.clone()));
    }

    /// A table names its rows, or its columns, or neither.
    pub fn table(&mut self, table: &Table, subject: &Subject, pillar: Option<&NodeId>) {
        match shape(table) {
            Shape::Rows { first } => {
                for row in &table.rows[..first] {
                    self.heads(row, pillar);
                }
                for row in &table.rows[first..] {
                    let Some((name, cells)) = row.split_first() else { continue };
                    if name.name().is_empty() {
                        self.loose(row, subject);
                        continue;
                    }
                    let id = self.competency(name, pillar);
                    for cell in cells.iter().filter(|cell| !cell.is_spanned) {
                        self.cell(cell, &Subject::Competency(id.clone()));
                    }
                }
            }
            Shape::Columns => {
                let (heads, rows) = table.rows.split_at(1);
                let ids: Vec<NodeId> = heads[0].iter().map(|head| self.competency(head, pillar)).collect();
                for (at, id) in ids.iter().enumerate() {
                    for cell in rows.iter().filter_map(|row| row.get(at)).filter(|cell| !cell.is_spanned) {
                        self.cell(cell, &Subject::Competency(id.clone()));
                    }
                }
            }
            Shape::Neither => {
                for row in &table.rows {
                    self.loose(row, subject);
                }
            }
        }
    }

    fn competency(&mut self, cell: &Cell, pillar: Option<&NodeId>) -> NodeId {
        let text = cell.texts.first().map(String::as_str).unwrap_or_default();
        let (name, rest) = lead(text).unwrap_or((text, ""));
        let id = self.b.competency_named(&bare(name), pillar);
        let mut words = vec![rest];
        words.extend(cell.texts.iter().skip(1).map(String::as_str));
        self.describe(&id, words.join("\n").trim());
        id
    }

    /// The words above the columns say how the table is made; they are kept with the pillar.
    fn heads(&mut self, row: &[Cell], pillar: Option<&NodeId>) {
        let words: Vec<String> =
            row.iter().filter(|cell| !cell.is_spanned).map(|cell| bare(&cell.text())).collect();
        let words = words.join(" | ");
        match pillar.and_then(|id| self.b.framework.pillars.iter_mut().find(|p| p.id == *id)) {
            Some(pillar) => {
                pillar.ext.entry("table-head").or_insert(words.into());
            }
            None => {
                self.b.framework.ext.entry("table-head").or_insert(words.into());
            }
        }
    }

    fn cell(&mut self, cell: &Cell, subject: &Subject) {
        let kind = if cell.items.is_empty() { StatementKind::Expectation } else { StatementKind::Summary };
        for text in &cell.texts {
            self.say(text, kind, None, subject);
        }
        self.items(cell, subject);
    }

    fn items(&mut self, cell: &Cell, subject: &Subject) {
        let mut parents: Vec<StatementId> = Vec::new();
        for (depth, text) in &cell.items {
            parents.truncate(*depth);
            let parent = parents.last().cloned();
            let kind = if parent.is_some() { StatementKind::Example } else { StatementKind::Expectation };
            if let Some(id) = self.say(text, kind, parent, subject) {
                parents.push(id);
            }
        }
    }

    /// A row that fits nowhere is kept as one note.
    fn loose(&mut self, row: &[Cell], subject: &Subject) {
        let words: Vec<String> =
            row.iter().filter(|cell| !cell.is_spanned).map(Cell::text).filter(|t| !t.is_empty()).collect();
        if words.is_empty() {
            return;
        }
        let line = row.first().map(|cell| cell.line);
        self.b.note(self.file, line, "This row of a table is kept as a note.");
        self.say(&words.join(" | "), StatementKind::Note, None, subject);
    }
}

/// Whether names stand among the blocks that lead lists of their own.
fn has_names(blocks: &[Block]) -> bool {
    let named_list = blocks.windows(2).any(|pair| match (&pair[0].kind, &pair[1].kind) {
        (Kind::Para(text), Kind::Bullet { depth: 0, .. }) => lead(text).is_some(),
        _ => false,
    });
    let named_table = blocks
        .iter()
        .any(|block| matches!(&block.kind, Kind::Table(table) if !matches!(shape(table), Shape::Neither)));
    named_list || named_table
}

/// What a table names.
pub enum Shape {
    /// The first column names the rows, from this row on.
    Rows { first: usize },
    /// The first row names the columns.
    Columns,
    /// Nothing can be said.
    Neither,
}

/// Tells what a table names: lists never stand in names.
pub fn shape(table: &Table) -> Shape {
    let has_list = |cell: &Cell| !cell.items.is_empty();
    let Some(head) = table.rows.first() else { return Shape::Neither };
    if table.rows.len() < 2 || head.len() < 2 {
        return Shape::Neither;
    }
    let body = &table.rows[1..];
    let is_name = |cell: &Cell| !has_list(cell) && cell.text().chars().count() < 200;
    let row_names = body
        .iter()
        .filter(|row| row.first().is_some_and(|cell| is_name(cell) && !cell.is_empty() && !cell.is_spanned))
        .count();
    let listed = body.iter().filter(|row| row.iter().skip(1).any(has_list)).count();
    if head.iter().all(is_name) && body.iter().any(|row| row.first().is_some_and(has_list)) {
        return Shape::Columns;
    }
    if row_names == body.len() && listed * 2 > body.len() {
        let first = usize::from(!head.iter().skip(1).any(has_list));
        return Shape::Rows { first };
    }
    Shape::Neither
}
