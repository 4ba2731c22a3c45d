//! Roles that refer to competencies in JSON, as MyUNiDAYS keeps them: topics with levels and criteria in one set of
//! files, roles with required and optional references to them in another.

use super::{
    Format, Import,
    builder::{Builder, Said},
};
use crate::{
    files::{Files, ending},
    ids::{NodeId, slug},
    model::{
        Competency, Ext, Level, Pillar, Place, Point, Requirement, Scale, ScaleKind, Selector, Subject,
        Track, TrackKind, Where,
    },
    report::{Finding, Unreadable},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Nobody nests departments deeper.
const DEPTH: usize = 16;

fn is_competencies(value: &Value) -> bool {
    let topics = value.get("topics").and_then(Value::as_array);
    topics.is_some_and(|topics| topics.iter().any(|topic| topic.get("levels").is_some_and(Value::is_array)))
}

fn is_roles(value: &Value) -> bool {
    value.get("roles").is_some_and(Value::is_array) || value.get("departments").is_some_and(Value::is_array)
}

/// Whether a source holds such files.
pub fn recognises(files: &Files) -> bool {
    files.paths().filter(|path| ending(path) == "json").any(|path| {
        let value = files.text(path).ok().and_then(|text| serde_json::from_str::<Value>(text).ok());
        value.is_some_and(|value| {
            is_competencies(&value) || (is_roles(&value) && value.get("title").is_some())
        })
    })
}

/// Reads the files.
pub fn import(files: &Files) -> Result<Import, Unreadable> {
    let mut reading = References {
        b: Builder::new("competency-framework", "Competency framework"),
        known: BTreeMap::new(),
        file: String::new(),
        source: String::new(),
    };
    let mut roles = Vec::new();
    for path in files.paths() {
        if ending(path) != "json" {
            match (ending(path).as_str(), files.text(path)) {
                ("md", Ok(text)) => reading.b.keep_page(path, text, None),
                _ => reading.b.note(path, None, "This file was left aside."),
            }
            continue;
        }
        let text = files.text(path)?;
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Finding::error(path, error.line(), format!("This is not JSON: {error}.")))?;
        if is_competencies(&value) {
            reading.turn_to(path, text);
            reading.competencies(&value);
        } else if is_roles(&value) {
            roles.push((path, text, value));
        } else {
            reading.b.note(path, 1, "This file is neither competencies nor roles; it was left aside.");
        }
    }
    for (path, text, value) in &roles {
        reading.turn_to(path, text);
        reading.unit(value, None, 0);
    }
    reading.b.finish(Format::References)
}

struct References {
    b: Builder,
    /// Reference to a topic: its competency and, by path, its points.
    known: BTreeMap<String, (NodeId, BTreeMap<String, NodeId>)>,
    file: String,
    source: String,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn path_of(value: &Value) -> String {
    let path = text(value, "path");
    if path.is_empty() { slug(text(value, "title")) } else { path.to_owned() }
}

impl References {
    fn turn_to(&mut self, path: &str, source: &str) {
        path.clone_into(&mut self.file);
        source.clone_into(&mut self.source);
    }

    /// JSON trees remember no lines; the words find theirs.
    fn line_of(&self, words: &str) -> Option<usize> {
        let at = self.source.find(words)?;
        Some(self.source[..at].matches('\n').count() + 1)
    }

    fn warn(&mut self, words: &str, message: String) {
        let line = self.line_of(words);
        let file = self.file.clone();
        self.b.warn(&file, line, message);
    }

    /// Keys the dialect does not declare are kept, and said.
    fn rest(&mut self, value: &Value, known: &[&str], quiet: &[&str]) -> Ext {
        let mut ext = Map::new();
        for (key, inner) in value.as_object().into_iter().flatten() {
            if known.contains(&key.as_str()) {
                continue;
            }
            ext.insert(key.clone(), inner.clone());
            if !quiet.contains(&key.as_str()) {
                let line = self.line_of(&format!("\"{key}\""));
                let file = self.file.clone();
                self.b.note(
                    &file,
                    line,
                    format!("The key \"{key}\" of \"{}\" is not known; it is kept.", text(value, "title")),
                );
            }
        }
        ext
    }

    fn competencies(&mut self, value: &Value) {
        let above = path_of(value);
        let pillar = Pillar {
            name: text(value, "title").into(),
            summary: text(value, "summary").into(),
            ext: self.rest(value, &["title", "path", "summary", "topics"], &["theme", "$schema"]),
            ..Pillar::default()
        };
        let pillar = self.b.add_pillar(pillar, &above, "");
        for topic in list(value, "topics") {
            let path = path_of(topic);
            let (scale, points) = self.scale(topic, &format!("{above}.{path}"));
            let competency = Competency {
                name: text(topic, "title").into(),
                summary: text(topic, "summary").into(),
                pillar: Some(pillar.clone()),
                scale: Some(scale),
                ext: self.rest(topic, &["title", "path", "summary", "levels"], &["theme"]),
                ..Competency::default()
            };
            let id = self.b.add_competency(competency, &path, &above);
            for level in list(topic, "levels") {
                let Some(point) = points.get(&path_of(level)) else { continue };
                let at =
                    Place { subject: Subject::Competency(id.clone()), location: Where::Point(point.clone()) };
                for criterion in list(level, "criteria") {
                    match criterion.as_str() {
                        Some(text) => {
                            self.b.say(Said { text, at: at.clone(), ..Said::default() });
                        }
                        None => {
                            let words = criterion.to_string();
                            self.warn(&words, "A criterion is not a text; it is kept as it stands.".into());
                            self.b.say(Said { text: &words, at: at.clone(), ..Said::default() });
                        }
                    }
                }
            }
            self.known.insert(format!("{above}/{path}"), (id, points));
        }
    }

    fn scale(&mut self, topic: &Value, wanted: &str) -> (NodeId, BTreeMap<String, NodeId>) {
        let mut known = BTreeMap::new();
        let mut points = Vec::new();
        for level in list(topic, "levels") {
            let path = path_of(level);
            let id = NodeId::from_foreign(&path);
            if known.insert(path.clone(), id.clone()).is_some() {
                self.warn(&format!("\"{path}\""), format!("The level \"{path}\" stands twice in one topic."));
                continue;
            }
            points.push(Point {
                id,
                name: text(level, "title").into(),
                summary: text(level, "summary").into(),
                ext: self.rest(level, &["title", "path", "summary", "criteria"], &[]),
                ..Point::default()
            });
        }
        let id = self.b.fresh("scale", wanted, "");
        let kind = ScaleKind::Proficiency;
        self.b.framework.scales.push(Scale {
            id: id.clone(),
            kind,
            cumulative: true,
            points,
            ..Scale::default()
        });
        (id, known)
    }

    /// A department, or a file as a whole: a group of tracks.
    fn unit(&mut self, value: &Value, parent: Option<&NodeId>, depth: usize) {
        if depth > DEPTH {
            self.warn(
                text(value, "title"),
                "Departments are nested too deeply here; the rest was left out.".into(),
            );
            return;
        }
        let track = Track {
            parent: parent.cloned(),
            kind: TrackKind::Group,
            name: text(value, "title").into(),
            summary: text(value, "summary").into(),
            ext: self.rest(value, &["title", "path", "summary", "departments", "roles"], &["$schema"]),
            ..Track::default()
        };
        let id = self.b.add_track(track, &path_of(value));
        for role in list(value, "roles") {
            self.role(role, &id);
        }
        for department in list(value, "departments") {
            self.unit(department, Some(&id), depth + 1);
        }
    }

    fn role(&mut self, value: &Value, parent: &NodeId) {
        let track = Track {
            parent: Some(parent.clone()),
            name: text(value, "title").into(),
            summary: text(value, "summary").into(),
            ext: self.rest(value, &["title", "path", "summary", "levels"], &[]),
            ..Track::default()
        };
        if value.get("summary").is_some() {
            self.warn(
                text(value, "summary"),
                format!(
                    "\"{}\" has a summary, which roles do not declare; it is kept.",
                    text(value, "title")
                ),
            );
        }
        let track = self.b.add_track(track, &path_of(value));
        for (level, rank) in list(value, "levels").iter().zip(1..) {
            let node = Level {
                track: Some(track.clone()),
                rank: Some(rank),
                name: text(level, "title").into(),
                summary: text(level, "summary").into(),
                ext: self.rest(
                    level,
                    &["title", "path", "summary", "competencies", "optional", "required"],
                    &[],
                ),
                ..Level::default()
            };
            let id = self.b.add_level(node, &path_of(level));
            for (optional, key) in [(false, "required"), (true, "optional")] {
                let inner = level.get("competencies").unwrap_or(&Value::Null);
                self.asked(&id, list(inner, key), optional);
                if level.get(key).is_some() {
                    let title = text(level, "title").to_owned();
                    self.warn(
                        &title,
                        format!(
                            "\"{key}\" of \"{title}\" stands one level too high; it was read all the same."
                        ),
                    );
                    self.asked(&id, list(level, key), optional);
                }
            }
        }
    }

    fn asked(&mut self, level: &NodeId, references: &[Value], optional: bool) {
        for reference in references.iter().filter_map(Value::as_str) {
            let mut parts = reference.rsplitn(2, '/');
            let (point, topic) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let known =
                self.known.get(topic).and_then(|(id, points)| Some((id.clone(), points.get(point)?.clone())));
            match known {
                Some((competency, point)) => self.b.framework.requirements.push(Requirement {
                    level: level.clone(),
                    of: Selector::Competency(competency),
                    point,
                    optional,
                    ..Requirement::default()
                }),
                None => {
                    self.warn(
                        reference,
                        format!("\"{reference}\" refers to nothing; it is kept with its level."),
                    );
                    if let Some(node) = self.b.framework.levels.iter_mut().find(|node| node.id == *level) {
                        let kept = node.ext.entry("unresolved").or_insert_with(|| Value::Array(Vec::new()));
                        if let Value::Array(kept) = kept {
                            kept.push(reference.into());
                        }
                    }
                }
            }
        }
    }
}
