//! Reading a framework from its text format, whichever of the two views it was written in.

use super::{
    attributes::Attributes,
    head, page,
    page::{Bullet, Page},
    places,
    words::{self, shared_word},
    write::silent_kind,
};
use crate::{
    files::{Files, ending, stem},
    ids::{NodeId, StatementId},
    model::{
        Archetype, Competency, Doc, Ext, Framework, Migration, OnlyFor, Place, Statement, StatementKind,
        Subject, Where,
    },
    report::{Finding, Severity, Unreadable},
    words::short_digest,
    yaml::{self, Kind, Node},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// A framework as it was read, and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The framework, in canonical arrangement.
    pub framework: Framework,
    /// Notes and warnings; errors keep a framework from being read.
    pub findings: Vec<Finding>,
}

/// Reads a framework. Everything that is wrong is said at once.
pub fn read(files: &Files) -> Result<Read, Unreadable> {
    let root = files
        .text(head::FILE)
        .and_then(|text| yaml::read(text).map_err(|bad| Finding::error(head::FILE, bad.line, bad.message)))?;
    let mut faults = Vec::new();
    let head = head::read(&root, &mut faults);
    let mut reading =
        Reading { framework: head.framework, findings: faults, ids: BTreeSet::new(), nameless: Vec::new() };
    let pages = reading.pages(files);
    reading.competencies(&pages, &head.order);
    reading.sentences(&pages);
    reading.name_the_nameless();
    reading.rest(files, &pages);
    let Reading { framework, findings, .. } = reading;
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(Unreadable { faults: findings });
    }
    Ok(Read { framework: framework.tidied(), findings })
}

struct Reading {
    framework: Framework,
    findings: Vec<Finding>,
    ids: BTreeSet<StatementId>,
    /// Statements that need an id, by their place in the list.
    nameless: Vec<usize>,
}

impl Reading {
    fn error(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.findings.push(Finding::error(file, line, message));
    }

    fn pages(&mut self, files: &Files) -> Vec<(String, Page)> {
        let mut out = Vec::new();
        for path in files.paths().filter(|path| {
            let folder = path.split('/').next().unwrap_or_default();
            ending(path) == "md"
                && (matches!(folder, "competencies" | "pillars" | "levels" | "archetypes" | "general.md"))
        }) {
            match files.text(path) {
                Ok(text) => match page::read(text) {
                    Ok(page) => out.push((path.to_owned(), page)),
                    Err(bad) => self.error(path, bad.line, bad.message),
                },
                Err(fault) => self.findings.push(fault),
            }
        }
        out
    }

    fn competencies(&mut self, pages: &[(String, Page)], order: &[(NodeId, usize)]) {
        let mut found: Vec<Competency> = Vec::new();
        for (path, page) in pages.iter().filter(|(path, _)| path.starts_with("competencies/")) {
            let mut front = page.front.clone();
            if let Kind::Map(entries) = &mut front.kind {
                entries.retain(|(key, _, _)| key != "statements");
                if !entries.iter().any(|(key, _, _)| key == "id") {
                    let kind = Kind::Scalar { text: stem(path).to_owned(), plain: false };
                    entries.insert(0, ("id".to_owned(), 1, Node { line: 1, kind }));
                }
            }
            match head::item::<Competency>(path, "competency", &front) {
                Ok(mut competency) => {
                    if competency.id != *stem(path) {
                        let message =
                            format!("This file is named after another competency than {}.", competency.id);
                        self.findings.push(Finding::warning(path, 1, message));
                    }
                    if found.iter().any(|other| other.id == competency.id) {
                        self.error(path, 1, format!("The competency {} has two files.", competency.id));
                    }
                    competency.summary = page.definition.clone();
                    found.push(competency);
                }
                Err(fault) => self.findings.push(fault),
            }
        }
        for (id, line) in order {
            match found.iter().position(|competency| competency.id == *id) {
                Some(at) => self.framework.competencies.push(found.remove(at)),
                None if self.framework.competency(id.as_str()).is_some() => {
                    self.error(head::FILE, *line, format!("The competency {id} is listed twice."));
                }
                None => self.error(
                    head::FILE,
                    *line,
                    format!("The competency {id} is listed, but there is no competencies/{id}.md."),
                ),
            }
        }
        self.framework.competencies.append(&mut found);
    }

    fn sentences(&mut self, pages: &[(String, Page)]) {
        for (path, page) in pages {
            let folder = path.split('/').next().unwrap_or_default();
            let subject = match folder {
                "competencies" => {
                    let id = page.front.text_at("id").unwrap_or_else(|| stem(path));
                    NodeId::new(id).map(Subject::Competency)
                }
                "pillars" => {
                    let id = page
                        .front
                        .text_at("pillar")
                        .or(page.front.text_at("id"))
                        .unwrap_or_else(|| stem(path));
                    NodeId::new(id).map(Subject::Pillar)
                }
                "archetypes" => continue,
                _ => Ok(Subject::None),
            };
            let level = (folder == "levels").then(|| {
                page.front.text_at("level").or(page.front.text_at("id")).unwrap_or_else(|| stem(path))
            });
            let Ok(subject) = subject else { continue };
            if !page.definition.is_empty() && !matches!(folder, "competencies") {
                self.definition_elsewhere(path, page, &subject, level);
            }
            for section in &page.sections {
                let place = match level {
                    Some(level) => places::subject(&self.framework, &section.title, &section.attributes)
                        .and_then(|subject| {
                            let id = NodeId::new(level).map_err(|error| error.to_string())?;
                            Ok(Place { subject, location: Where::Level(id) })
                        }),
                    None => {
                        let competency = match &subject {
                            Subject::Competency(id) => self.framework.competency(id.as_str()),
                            _ => None,
                        };
                        places::place(&self.framework, competency, &section.title, &section.attributes)
                            .map(|location| Place { subject: subject.clone(), location })
                    }
                };
                match place {
                    Ok(place) => self.bullets(path, page, &place, &section.bullets),
                    Err(message) => self.error(path, section.line, message),
                }
            }
        }
    }

    /// Words before the first heading of a page that has no definition of its own sum its subject up.
    fn definition_elsewhere(&mut self, path: &str, page: &Page, subject: &Subject, level: Option<&str>) {
        let location = match level.map(NodeId::new) {
            Some(Ok(level)) => Where::Level(level),
            _ => Where::None,
        };
        let bullet = Bullet {
            line: 1,
            depth: 0,
            kind: Some(StatementKind::Summary),
            text: page.definition.clone(),
            attributes: Attributes::default(),
        };
        self.bullets(path, page, &Place { subject: subject.clone(), location }, &[bullet]);
    }

    fn bullets(&mut self, path: &str, page: &Page, place: &Place, bullets: &[Bullet]) {
        let start = self.framework.statements.len();
        let mut parents: Vec<usize> = Vec::new();
        for bullet in bullets {
            parents.truncate(bullet.depth);
            let at = self.framework.statements.len();
            let kind = bullet.kind.unwrap_or(silent_kind(bullet.depth));
            let mut statement = Statement {
                text: bullet.text.clone(),
                kind,
                parent: parents.last().map(|at| self.framework.statements[*at].id.clone()),
                order: u32::try_from(at - start).unwrap_or(u32::MAX),
                must: kind == StatementKind::Expectation && bullet.depth == 0,
                at: place.clone(),
                ..Statement::default()
            };
            self.attributes(path, bullet, &mut statement);
            match bullet.attributes.id.as_deref().map(StatementId::new) {
                Some(Ok(id)) => {
                    if !self.ids.insert(id.clone()) {
                        self.error(
                            path,
                            bullet.line,
                            format!("The id {id} stands at more than one statement."),
                        );
                    }
                    statement.ext = ext_of(page, &id);
                    statement.id = id;
                }
                Some(Err(error)) => self.error(path, bullet.line, error.to_string()),
                None => {
                    // A stand-in that is unique, until every given id is known.
                    statement.id = StatementId::from_foreign(&format!("nameless.{at}"));
                    self.nameless.push(at);
                }
            }
            parents.push(at);
            self.framework.statements.push(statement);
        }
    }

    fn attributes(&mut self, path: &str, bullet: &Bullet, statement: &mut Statement) {
        for (key, value) in &bullet.attributes.pairs {
            let ids = || value.split(',').map(NodeId::new).collect::<Result<Vec<_>, _>>();
            let only_for: &mut OnlyFor = &mut statement.only_for;
            let taken = match key.as_str() {
                "track" => ids().map(|ids| only_for.tracks = ids).is_ok(),
                "archetype" => ids().map(|ids| only_for.archetypes = ids).is_ok(),
                "discipline" => ids().map(|ids| only_for.disciplines = ids).is_ok(),
                "must" => {
                    statement.must = value == "yes";
                    matches!(value.as_str(), "yes" | "no")
                }
                "proficiency" => {
                    statement.proficiency = Some(value.clone());
                    true
                }
                "parent" => StatementId::new(value.as_str()).map(|id| statement.parent = Some(id)).is_ok(),
                _ => {
                    statement.ext.insert(key.clone(), Value::String(value.clone()));
                    self.findings.push(Finding::note(
                        path,
                        bullet.line,
                        format!("\"{key}\" is not known; it is kept."),
                    ));
                    true
                }
            };
            if !taken {
                self.error(path, bullet.line, format!("\"{value}\" is not a value of \"{key}\"."));
            }
        }
    }

    /// Gives an id to every statement without one: made from its place and words, so that it is always the same.
    fn name_the_nameless(&mut self) {
        for at in std::mem::take(&mut self.nameless) {
            let statement = &self.framework.statements[at];
            let id = fresh_id(statement, &self.ids);
            let before = std::mem::replace(&mut self.framework.statements[at].id, id.clone());
            for child in &mut self.framework.statements {
                if child.parent.as_ref() == Some(&before) {
                    child.parent = Some(id.clone());
                }
            }
            self.ids.insert(id);
        }
    }

    fn rest(&mut self, files: &Files, pages: &[(String, Page)]) {
        for (path, page) in pages.iter().filter(|(path, _)| path.starts_with("archetypes/")) {
            match head::item::<Archetype>(path, "archetype", &page.front) {
                Ok(mut archetype) => {
                    archetype.text = whole(page);
                    self.framework.archetypes.push(archetype);
                }
                Err(fault) => self.findings.push(fault),
            }
        }
        for path in files.paths() {
            let Some((folder, rest)) = path.split_once('/') else {
                if path == "CHANGES.md"
                    && let Ok(text) = files.text(path)
                {
                    self.framework.changelog = text.to_owned();
                }
                continue;
            };
            match folder {
                "docs" => match files.text(path) {
                    Ok(text) => self.doc(rest, text),
                    Err(fault) => self.findings.push(Finding { severity: Severity::Warning, ..fault }),
                },
                "competencies" | "pillars" | "levels" | "archetypes" if ending(path) == "md" => {}
                "i18n" => {}
                "migrations" if matches!(ending(path).as_str(), "yaml" | "yml") => match files.text(path) {
                    Ok(text) => self.migration(path, rest, text),
                    Err(fault) => self.findings.push(fault),
                },
                _ => {
                    self.findings.push(Finding::note(
                        path,
                        None,
                        "This file is not part of the text format.",
                    ));
                }
            }
        }
        words::read(files, &mut self.framework, &mut self.findings);
    }

    /// Kept letter by letter, comments and all; one that cannot be understood decides nothing.
    fn migration(&mut self, file: &str, path: &str, text: &str) {
        match yaml::read(text) {
            Ok(root) if root.text_at("from").is_some() && root.text_at("to").is_some() => {}
            Ok(_) => {
                self.error(file, 1, "A migration says from which version to which: \"from\" and \"to\".");
            }
            Err(bad) => self.error(file, bad.line, bad.message),
        }
        let migration = Migration { path: path.to_owned(), text: text.to_owned(), ext: Ext::new() };
        self.framework.migrations.push(migration);
    }

    fn doc(&mut self, path: &str, text: &str) {
        match self.framework.docs.iter_mut().find(|doc| doc.path == path) {
            Some(doc) => text.clone_into(&mut doc.markdown),
            None => {
                let doc = Doc { path: path.to_owned(), markdown: text.to_owned(), ..Doc::default() };
                self.framework.docs.push(doc);
            }
        }
    }
}

/// The whole text of a page that has no sections of its own.
fn whole(page: &Page) -> String {
    let mut text = page.definition.clone();
    for section in &page.sections {
        text.push_str(&format!("\n\n## {}", section.title));
        for bullet in &section.bullets {
            text.push_str(&format!("\n{}{}", shared_word(bullet.kind), bullet.text));
        }
    }
    text
}

fn ext_of(page: &Page, id: &StatementId) -> Ext {
    match page.front.get("statements").and_then(|map| map.get(id.as_str())).map(Node::value) {
        Some(Value::Object(map)) => map,
        _ => Ext::new(),
    }
}

/// An id from the place and the words; a number behind it where that is taken.
pub(crate) fn fresh_id(statement: &Statement, taken: &BTreeSet<StatementId>) -> StatementId {
    let stem = match (&statement.at.subject, &statement.at.location) {
        (Subject::Competency(id) | Subject::Pillar(id), _) => id.as_str().to_owned(),
        (Subject::None, Where::Level(id)) => id.as_str().to_owned(),
        _ => "general".to_owned(),
    };
    let stem: String = stem.chars().take(40).collect();
    let place = serde_json::to_string(&statement.at).unwrap_or_default();
    let digest = short_digest(&format!("{place}\n{}\n{}", statement.kind.word(), statement.text));
    let id = format!("{stem}-{}", &digest[..8]);
    (1..)
        .map(|count| if count == 1 { id.clone() } else { format!("{id}-{count}") })
        .map(|text| StatementId::from_foreign(&text))
        .find(|id| !taken.contains(id))
        .unwrap_or_default()
}
