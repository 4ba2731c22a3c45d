//! Spreadsheets: what companies really have. Levels down the rows or across the columns, with a mapping or a guess.

use super::{
    Format, Import,
    blocks::code_of,
    builder::{Builder, Said},
    mapping::{Column, Header, Mapping, Split, header},
    markdown::item,
    workbook::{Sheet, sheets},
};
use crate::{
    files::{Files, ending, stem},
    ids::{NodeId, slug},
    model::{
        Competency, Level, Place, Point, Requirement, Scale, ScaleKind, Selector, StatementKind, Subject,
        Track, Where,
    },
    report::Unreadable,
    words::folded,
};
use std::collections::BTreeMap;

fn is_sheet(path: &str) -> bool {
    matches!(ending(path).as_str(), "csv" | "tsv" | "xlsx" | "xlsm")
}

/// Whether a source holds sheets.
pub fn recognises(files: &Files) -> bool {
    files.paths().any(is_sheet)
}

/// Reads the sheets.
pub fn import(files: &Files, mapping: &Mapping) -> Result<Import, Unreadable> {
    let first = files.paths().find(|path| is_sheet(path)).unwrap_or("framework");
    let id = mapping.id.clone().unwrap_or_else(|| slug(stem(first)));
    let name = mapping.name.clone().unwrap_or_else(|| stem(first).replace(['-', '_'], " "));
    let mut reading = Sheets { b: Builder::new(&id, &name), mapping, answers: Vec::new(), skipped: 0 };
    for path in files.paths() {
        if is_sheet(path) {
            for sheet in sheets(files, path)? {
                let wanted = mapping.sheets.is_empty() || mapping.sheets.contains(&sheet.name);
                if wanted {
                    reading.sheet(&sheet)?;
                } else {
                    reading.keep(&sheet, "is not named in the mapping");
                }
            }
            continue;
        }
        match (ending(path).as_str(), files.text(path)) {
            ("md", Ok(text)) => {
                reading.b.note(path, 1, "This file stands beside the sheets; it is kept as a page.");
                reading.b.keep_page(path, text, None);
            }
            _ => reading.b.note(path, None, "This file was left aside."),
        }
    }
    reading.scale_of_answers();
    reading.level_ranks();
    if reading.skipped > 0 {
        let count = reading.skipped;
        reading.b.note("(source)", None, format!("{count} cells hold only words that the mapping ignores."));
    }
    reading.b.finish(Format::Sheet)
}

pub(super) struct Sheets<'a> {
    pub(super) b: Builder,
    pub(super) mapping: &'a Mapping,
    /// The words people answer with, from the lowest.
    pub(super) answers: Vec<String>,
    skipped: usize,
}

impl Sheets<'_> {
    fn sheet(&mut self, sheet: &Sheet) -> Result<(), Unreadable> {
        let found = header(&sheet.rows, self.mapping)
            .map_err(|message| Unreadable::because(&sheet.file, None, message))?;
        match found {
            None => self.keep(sheet, "has no header that was understood"),
            Some(header) if header.levels.is_empty() => self.down(sheet, &header),
            Some(header) => self.across(sheet, &header),
        }
        Ok(())
    }

    /// A sheet that was not understood is kept as a page.
    fn keep(&mut self, sheet: &Sheet, why: &str) {
        let mut page = format!("# {}\n\n", sheet.name);
        for (at, row) in sheet.rows.iter().enumerate() {
            let cells: Vec<String> = row
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let formula = sheet.formulas.iter().find(|(r, c, _)| (*r, *c) == (at, column));
                    let formula = formula.map(|(_, _, text)| format!(" `={text}`")).unwrap_or_default();
                    format!("{}{formula}", cell.replace('\n', "<br>").replace('|', "\\|"))
                })
                .collect();
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                page.push_str(&format!("| {} |\n", cells.join(" | ")));
            }
        }
        self.b.warn(&sheet.file, None, format!("The sheet \"{}\" {why}; it is kept as a page.", sheet.name));
        self.b.keep_page(&format!("{}.md", slug(&sheet.name)), &page, None);
    }

    fn track(&mut self, name: &str) -> NodeId {
        let known = self.b.framework.tracks.iter().find(|track| folded(&track.name) == folded(name));
        match known {
            Some(track) => track.id.clone(),
            None => {
                let wanted = if name.is_empty() { "main".to_owned() } else { slug(name) };
                self.b.add_track(Track { name: name.into(), ..Track::default() }, &wanted)
            }
        }
    }

    fn level(&mut self, track: &NodeId, name: &str) -> NodeId {
        let same =
            |level: &&Level| level.track.as_ref() == Some(track) && folded(&level.name) == folded(name);
        match self.b.framework.levels.iter().find(same) {
            Some(level) => level.id.clone(),
            None => {
                let level = Level {
                    track: Some(track.clone()),
                    code: code_of(name),
                    name: name.trim().into(),
                    ..Level::default()
                };
                self.b.add_level(level, &slug(name))
            }
        }
    }

    /// The statements of a cell.
    fn parted<'t>(&mut self, text: &'t str) -> Vec<&'t str> {
        if self.mapping.ignores(text) {
            self.skipped += usize::from(!folded(text).is_empty());
            return Vec::new();
        }
        let parts: Vec<&str> = match self.mapping.split {
            Split::None => vec![text],
            Split::Lines => text.split('\n').collect(),
            Split::Paragraphs => text.split("\n\n").collect(),
            Split::Bullets => {
                let mut starts: Vec<usize> = vec![0];
                let mut at = 0;
                for line in text.split_inclusive('\n') {
                    if at > 0 && item(line.trim()).is_some() {
                        starts.push(at);
                    }
                    at += line.len();
                }
                let ends = starts.iter().skip(1).copied().chain([text.len()]);
                starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
            }
        };
        let bare = |part: &'t str| {
            let part = part.trim();
            item(part).unwrap_or(part)
        };
        parts.into_iter().map(bare).filter(|part| !part.is_empty()).collect()
    }

    fn down(&mut self, sheet: &Sheet, header: &Header) {
        let head = sheet.rows.get(header.row).cloned().unwrap_or_default();
        let mapped: Vec<usize> = header.columns.values().copied().collect();
        let others: Vec<(usize, String)> = head
            .iter()
            .enumerate()
            .filter(|(at, name)| !mapped.contains(at) && !name.trim().is_empty())
            .map(|(at, name)| (at, name.clone()))
            .collect();
        for (_, name) in &others {
            let message = format!("The column \"{name}\" is not mapped; its words are kept as notes.");
            self.b.note(&sheet.file, header.row + 1, message);
        }
        self.before(sheet, header);
        // Merged cells hold their words in the first row only: the rows below mean the same.
        let mut last: BTreeMap<Column, String> = BTreeMap::new();
        let mut scales: BTreeMap<NodeId, Vec<String>> = BTreeMap::new();
        for (row, line) in sheet.rows.iter().zip(sheet.lines.iter().copied()).skip(header.row + 1) {
            if row.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let mut cells: BTreeMap<Column, String> = BTreeMap::new();
            for (kind, at) in &header.columns {
                let text = row.get(*at).map(|cell| cell.trim().to_owned()).unwrap_or_default();
                cells.insert(*kind, text);
            }
            for kind in [Column::Track, Column::Level, Column::Pillar, Column::Competency] {
                let Some(text) = cells.get(&kind).cloned() else { continue };
                if text.is_empty() {
                    if let Some(before) = last.get(&kind) {
                        cells.insert(kind, before.clone());
                    }
                } else if last.insert(kind, text.clone()).as_ref() != Some(&text) && kind == Column::Track {
                    last.remove(&Column::Level);
                }
            }
            self.row(sheet, line, row, &cells, &others, &mut scales);
        }
        self.shared_scale(&scales);
    }

    fn row(
        &mut self,
        sheet: &Sheet,
        line: usize,
        row: &[String],
        cells: &BTreeMap<Column, String>,
        others: &[(usize, String)],
        scales: &mut BTreeMap<NodeId, Vec<String>>,
    ) {
        let get = |kind: Column| cells.get(&kind).map(String::as_str).unwrap_or_default();
        let track = self.track(get(Column::Track));
        let level =
            (!self.mapping.ignores(get(Column::Level))).then(|| self.level(&track, get(Column::Level)));
        let pillar =
            (!get(Column::Pillar).is_empty()).then(|| self.b.pillar_named(get(Column::Pillar), None));
        let competency = (!get(Column::Competency).is_empty())
            .then(|| self.b.competency_named(get(Column::Competency), pillar.as_ref()));
        self.summaries(
            level.as_ref(),
            competency.as_ref(),
            get(Column::LevelSummary),
            get(Column::CompetencySummary),
        );
        let subject = match (&competency, &pillar) {
            (Some(competency), _) => Subject::Competency(competency.clone()),
            (None, Some(pillar)) => Subject::Pillar(pillar.clone()),
            (None, None) => Subject::None,
        };
        let mut location = level.clone().map_or(Where::None, Where::Level);
        let point = get(Column::Point);
        if !self.mapping.ignores(point)
            && let Some(competency) = &competency
        {
            let id = NodeId::from_title(point);
            let known = scales.entry(competency.clone()).or_default();
            if !known.contains(&point.to_owned()) {
                known.push(point.to_owned());
            }
            if let Some(level) = &level {
                let of = Selector::Competency(competency.clone());
                let requirement =
                    Requirement { level: level.clone(), of, point: id.clone(), ..Requirement::default() };
                if self.b.framework.requirements.contains(&requirement) {
                    self.b.note(&sheet.file, line, "This level asks for this point in another row already.");
                } else {
                    self.b.framework.requirements.push(requirement);
                }
            }
            location = Where::Point(id);
        }
        let at = Place { subject, location };
        let mut parent = None;
        let statement = get(Column::Statement).to_owned();
        for (count, text) in self.parted(&statement).into_iter().enumerate() {
            let known = matches!(at.location, Where::Point(_))
                && self
                    .b
                    .framework
                    .statements
                    .iter()
                    .any(|s| s.at == at && s.text == crate::words::tidy(text));
            if known {
                continue;
            }
            let id = (count == 0).then(|| get(Column::Id)).filter(|id| !id.is_empty());
            parent = self.b.say(Said { id, text, at: at.clone(), ..Said::default() });
        }
        for (column, kind) in [
            (Column::Example, StatementKind::Example),
            (Column::Question, StatementKind::Question),
            (Column::Note, StatementKind::Note),
        ] {
            let words = get(column).to_owned();
            for text in self.parted(&words) {
                self.b.say(Said { text, kind, parent: parent.clone(), at: at.clone(), ..Said::default() });
            }
        }
        for (column, name) in others {
            let text = row.get(*column).map(|cell| cell.trim()).unwrap_or_default();
            if !text.is_empty() {
                let text = format!("{name}: {text}");
                let kind = StatementKind::Note;
                self.b.say(Said {
                    text: &text,
                    kind,
                    parent: parent.clone(),
                    at: at.clone(),
                    ..Said::default()
                });
            }
        }
        if self.mapping.ignores(&statement) && self.mapping.ignores(point) {
            self.b.note(&sheet.file, line, "This row has no statement.");
        }
    }

    fn summaries(
        &mut self,
        level: Option<&NodeId>,
        competency: Option<&NodeId>,
        of_level: &str,
        of_competency: &str,
    ) {
        let levels = self.b.framework.levels.iter_mut();
        if let Some(level) =
            levels.into_iter().find(|node| Some(&node.id) == level && node.summary.is_empty())
        {
            of_level.clone_into(&mut level.summary);
        }
        let competencies = self.b.framework.competencies.iter_mut();
        if let Some(node) =
            competencies.into_iter().find(|node| Some(&node.id) == competency && node.summary.is_empty())
        {
            of_competency.clone_into(&mut node.summary);
        }
    }

    /// The points named in a sheet are one scale, in the order the mapping gives or in which they appear.
    fn shared_scale(&mut self, scales: &BTreeMap<NodeId, Vec<String>>) {
        if scales.is_empty() {
            return;
        }
        let mut names = self.mapping.points.clone();
        for name in scales.values().flatten() {
            if !names.iter().any(|known| folded(known) == folded(name)) {
                names.push(name.clone());
            }
        }
        if self.mapping.points.is_empty() {
            self.b.warn(
                "(source)",
                None,
                "The order of the points is the order of first use; name it with \"points\".",
            );
        }
        let id = self.b.fresh("scale", "points", "");
        let points = names.iter().map(|name| Point {
            id: NodeId::from_title(name),
            name: name.clone(),
            ..Point::default()
        });
        let kind = ScaleKind::Proficiency;
        self.b.framework.scales.push(Scale {
            id: id.clone(),
            kind,
            cumulative: true,
            points: points.collect(),
            ..Scale::default()
        });
        for competency in self.b.framework.competencies.iter_mut().filter(|c| scales.contains_key(&c.id)) {
            competency.scale = Some(id.clone());
        }
    }

    /// Words above the header are kept with the framework.
    fn before(&mut self, sheet: &Sheet, header: &Header) {
        let words: Vec<String> = sheet.rows[..header.row]
            .iter()
            .flatten()
            .map(|cell| cell.trim().to_owned())
            .filter(|cell| !cell.is_empty())
            .collect();
        if !words.is_empty() {
            self.b.note(&sheet.file, 1, "The words above the header are kept with the framework.");
            let text = words.join("\n\n");
            let summary = &mut self.b.framework.summary;
            if summary.is_empty() { *summary = text } else { summary.push_str(&format!("\n\n{text}")) }
        }
    }

    fn across(&mut self, sheet: &Sheet, header: &Header) {
        let track = self.track("");
        let levels: Vec<(usize, NodeId)> =
            header.levels.iter().map(|(column, name)| (*column, self.level(&track, name))).collect();
        let pillar_column = header.columns.get(&Column::Pillar).copied();
        let competency_column = header.columns.get(&Column::Competency).copied();
        // A sheet without names on its rows is about one competency: its title, or the name of the sheet.
        let whole =
            (pillar_column.is_none() && competency_column.is_none()).then(|| self.title(sheet, header));
        if whole.is_none() {
            self.before(sheet, header);
        }
        let answers = self.answer_columns(sheet, header, &levels);
        let computed: Vec<usize> = sheet.formulas.iter().map(|(row, _, _)| *row).collect();
        let has_words = |at: usize| {
            sheet.rows.get(at).is_some_and(|row| {
                levels.iter().any(|(column, _)| row.get(*column).is_some_and(|c| !c.trim().is_empty()))
            })
        };
        let described = has_words(header.row + 1) && !has_words(header.row + 2) && has_words(header.row + 3);
        let (mut pillar, mut competency) = (None, whole.clone());
        let mut left: Vec<String> = Vec::new();
        for (at, row) in sheet.rows.iter().enumerate().skip(header.row + 1) {
            let cell = |column: usize| row.get(column).map(|cell| cell.trim()).unwrap_or_default();
            if computed.contains(&at) {
                left.extend(row.iter().map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()));
                continue;
            }
            if let Some(name) = pillar_column.map(cell).filter(|name| !name.is_empty()) {
                pillar = Some(self.b.pillar_named(name, None));
                competency = None;
            }
            if let Some(name) = competency_column.map(cell).filter(|name| !name.is_empty()) {
                competency = Some(self.b.competency_named(name, pillar.as_ref()));
            }
            let subject = match (&competency, &pillar) {
                (Some(id), _) => Subject::Competency(id.clone()),
                (None, Some(id)) => Subject::Pillar(id.clone()),
                (None, None) => Subject::None,
            };
            let kind = if described && at == header.row + 1 {
                StatementKind::Summary
            } else {
                StatementKind::Expectation
            };
            for (column, level) in &levels {
                let text = cell(*column).to_owned();
                for text in self.parted(&text) {
                    let at = Place { subject: subject.clone(), location: Where::Level(level.clone()) };
                    self.b.say(Said { text, kind, at, ..Said::default() });
                }
            }
            for (column, text) in row.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
                let known = levels.iter().any(|(at, _)| *at == column)
                    || answers.contains(&column)
                    || header.columns.values().any(|at| *at == column);
                if !known {
                    self.b.note(
                        &sheet.file,
                        at + 1,
                        format!("A cell beside the levels is kept as a note in \"{}\".", sheet.name),
                    );
                    let at = Place { subject: subject.clone(), location: Where::None };
                    self.b.say(Said { text, kind: StatementKind::Note, at, ..Said::default() });
                }
            }
        }
        self.rules(sheet, &levels, whole.as_ref());
        let node = self.b.framework.competencies.iter_mut().find(|node| Some(&node.id) == whole.as_ref());
        if let Some(node) = node.filter(|_| !left.is_empty()) {
            left.dedup();
            node.ext.insert("computed-cells".into(), left.into());
        }
    }

    fn title(&mut self, sheet: &Sheet, header: &Header) -> NodeId {
        let mut words = sheet.rows[..header.row]
            .iter()
            .flatten()
            .map(|cell| cell.trim().to_owned())
            .filter(|cell| !cell.is_empty());
        let name = words.next().unwrap_or_else(|| sheet.name.clone());
        let summary: Vec<String> = words.collect();
        let id = self.b.add_competency(Competency { name, ..Competency::default() }, &slug(&sheet.name), "");
        if let Some(node) = self.b.framework.competencies.iter_mut().find(|node| node.id == id) {
            node.summary = summary.join("\n\n");
            node.ext.insert("sheet".into(), sheet.name.clone().into());
        }
        id
    }
}
