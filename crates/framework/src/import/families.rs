//! YAML lists of competencies by level and theme, as the Financial Times keeps them, in their three shapes:
//! `competencies.yml` beside `levels.yml` and `domains.yml`; `roles/*.yml`; `job-families/*.yml`.

use super::{
    Format, Import,
    builder::{Builder, Said},
    folder, shallowest, yaml_of,
};
use crate::{
    files::{Files, ending, stem},
    ids::{NodeId, slug},
    model::{
        Ext, Level, Pillar, Place, Point, Scale, ScaleKind, StatementKind, Status, Subject, Track, TrackKind,
        Where,
    },
    report::Unreadable,
    words::folded,
    yaml::{self, Node},
};
use std::collections::BTreeMap;

const COMPETENCY_KEYS: [&str; 10] = [
    "id",
    "summary",
    "examples",
    "supportingUrls",
    "description",
    "level",
    "area",
    "theme",
    "domain",
    "proficiency",
];

fn is_yaml(path: &str) -> bool {
    matches!(ending(path).as_str(), "yml" | "yaml")
}

fn is_competency(node: &Node) -> bool {
    node.get("summary").is_some()
        && node.get("level").is_some()
        && (node.get("area").or(node.get("theme"))).is_some()
}

fn is_family(node: &Node) -> bool {
    node.get("competencies").and_then(Node::list).is_some_and(|list| list.iter().any(is_competency))
}

fn is_list(node: &Node) -> bool {
    node.list().is_some_and(|list| list.iter().any(is_competency))
}

/// Whether a source holds such lists.
pub fn recognises(files: &Files) -> bool {
    // A broken file is recognised by its keys, so that its fault can be named.
    files.paths().filter(|path| is_yaml(path)).any(|path| match files.text(path) {
        Ok(text) => match yaml::read(text) {
            Ok(node) => is_family(&node) || is_list(&node),
            Err(_) => {
                text.contains("summary:")
                    && text.contains("level:")
                    && (text.contains("theme:") || text.contains("area:"))
            }
        },
        Err(_) => false,
    })
}

/// Reads the lists.
pub fn import(files: &Files) -> Result<Import, Unreadable> {
    let candidates: Vec<&str> = files.paths().filter(|path| is_yaml(path)).collect();
    let mut trees: BTreeMap<&str, Result<Node, Unreadable>> = BTreeMap::new();
    for path in &candidates {
        trees.insert(path, yaml_of(files, path));
    }
    let holds = |path: &&str| match trees.get(path) {
        Some(Ok(node)) => is_family(node) || is_list(node),
        Some(Err(_)) => true,
        None => false,
    };
    let Some(home) = shallowest(candidates.iter().copied().filter(holds).map(folder)).map(str::to_owned)
    else {
        return Err(Unreadable::because("(source)", None, "No list of competencies was found."));
    };
    let mut families: Vec<(&str, Node)> = Vec::new();
    let mut flat: Vec<(&str, Node)> = Vec::new();
    let mut levels: Vec<(&str, Node)> = Vec::new();
    let mut domains: Vec<(&str, Node)> = Vec::new();
    let mut others: Vec<(&str, Node)> = Vec::new();
    let mut copies: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, tree) in trees {
        if folder(path) != home {
            if tree.is_ok_and(|node| is_family(&node) || is_list(&node)) {
                *copies.entry(folder(path)).or_default() += 1;
            }
            continue;
        }
        let node = tree?;
        let list = match stem(path) {
            _ if is_family(&node) => &mut families,
            _ if is_list(&node) => &mut flat,
            "levels" => &mut levels,
            "domains" => &mut domains,
            _ => &mut others,
        };
        list.push((path, node));
    }
    // The current families first, so that they keep the plain ids; then by name.
    families.sort_by_key(|(path, node)| (node.is_true("isLegacy"), stem(path).to_owned()));
    let mut reading =
        Families { b: Builder::new("career-framework", "Career framework"), proficiencies: Vec::new() };
    if let [(path, node)] = families.as_slice() {
        reading.b.framework.id = NodeId::from_title(stem(path));
        reading.b.framework.name = node.text_at("name").unwrap_or_else(|| stem(path)).to_owned();
    }
    for (path, node) in &families {
        reading.family(path, node);
    }
    if !flat.is_empty() {
        reading.flat(&flat, &levels, &domains);
    }
    for (path, node) in others {
        reading.b.framework.ext.insert(stem(path).to_owned(), node.value());
        reading.b.note(path, 1, "This file is not part of the lists; its keys are kept.");
    }
    for (folder, count) in copies {
        let message = format!("{count} more lists stand in this folder; name it as the source to read them.");
        reading.b.note(folder, None, message);
    }
    for path in files.paths().filter(|path| !is_yaml(path)) {
        match (ending(path).as_str(), files.text(path)) {
            ("md", Ok(text)) if folder(path) == home || folder(path).is_empty() => {
                reading.b.keep_page(path.rsplit('/').next().unwrap_or(path), text, None);
            }
            _ => reading.b.note(path, None, "This file was left aside."),
        }
    }
    if !families.is_empty() && families.iter().all(|(_, node)| node.is_true("isLegacy")) {
        reading.b.framework.status = Status::Legacy;
    }
    reading.scale();
    reading.b.finish(Format::FtYaml)
}

struct Families {
    b: Builder,
    proficiencies: Vec<String>,
}

type Known = BTreeMap<String, NodeId>;

impl Families {
    fn family(&mut self, path: &str, node: &Node) {
        let name = node.text_at("name").unwrap_or_else(|| stem(path));
        let mut ext = Ext::new();
        for (key, line, value) in node.map().unwrap_or_default() {
            if !matches!(key.as_str(), "name" | "summary" | "levels" | "themes" | "areas" | "competencies") {
                ext.insert(key.clone(), value.value());
                if !matches!(key.as_str(), "googleSheetId" | "isLegacy") {
                    self.b.note(path, *line, format!("The key \"{key}\" is not known; it is kept."));
                }
            }
        }
        let track = Track {
            name: name.into(),
            summary: node.text_at("summary").unwrap_or_default().into(),
            ext,
            ..Track::default()
        };
        let track = self.b.add_track(track, stem(path));
        let levels = self.levels(path, node.get("levels"), Some(&track));
        let themes = self.themes(path, node.get("themes").or(node.get("areas")), &track);
        self.competencies(path, node.get("competencies"), levels, themes, &track);
    }

    fn flat(&mut self, lists: &[(&str, Node)], levels: &[(&str, Node)], domains: &[(&str, Node)]) {
        let track = self.b.add_track(Track { kind: TrackKind::Mixed, ..Track::default() }, "main");
        let mut known = Known::new();
        for (path, node) in levels {
            known.extend(self.levels(path, Some(node), Some(&track)));
        }
        for (path, node) in domains {
            for item in node.list().unwrap_or_default() {
                let domain = Track {
                    kind: TrackKind::Group,
                    name: item.text_at("name").unwrap_or_default().into(),
                    summary: item.text_at("summary").unwrap_or_default().into(),
                    ext: self.rest(path, item, &["id", "name", "summary"]),
                    ..Track::default()
                };
                let wanted = item.text_at("id").or(item.text_at("name")).unwrap_or("domain").to_owned();
                self.b.add_track(domain, &wanted);
            }
        }
        for (path, node) in lists {
            self.competencies(path, Some(node), known.clone(), Known::new(), &track);
        }
    }

    fn rest(&mut self, path: &str, node: &Node, known: &[&str]) -> Ext {
        let mut ext = Ext::new();
        for (key, line, value) in node.map().unwrap_or_default() {
            if !known.contains(&key.as_str()) && !value.is_null() {
                ext.insert(key.clone(), value.value());
                self.b.note(path, *line, format!("The key \"{key}\" is not known; it is kept."));
            }
        }
        ext
    }

    fn levels(&mut self, path: &str, node: Option<&Node>, track: Option<&NodeId>) -> Known {
        let mut known = Known::new();
        for (item, rank) in node.and_then(Node::list).unwrap_or_default().iter().zip(1..) {
            let Some(id) = item.text_at("id").or(item.text_at("name")) else {
                self.b.warn(path, item.line, "This level has neither id nor name; it was left out.");
                continue;
            };
            let level = Level {
                track: track.cloned(),
                rank: Some(rank),
                name: item.text_at("name").unwrap_or(id).into(),
                summary: item.text_at("summary").unwrap_or_default().into(),
                ext: self.rest(path, item, &["id", "name", "summary"]),
                ..Level::default()
            };
            known.insert(id.to_owned(), self.b.add_level(level, id));
        }
        known
    }

    fn themes(&mut self, path: &str, node: Option<&Node>, track: &NodeId) -> Known {
        let mut known = Known::new();
        for item in node.and_then(Node::list).unwrap_or_default() {
            let Some(id) = item.text_at("id").or(item.text_at("name")) else {
                self.b.warn(path, item.line, "This theme has neither id nor name; it was left out.");
                continue;
            };
            let pillar = Pillar {
                name: item.text_at("name").unwrap_or(id).into(),
                summary: item.text_at("summary").unwrap_or_default().into(),
                ext: self.rest(path, item, &["id", "name", "summary"]),
                ..Pillar::default()
            };
            known.insert(id.to_owned(), self.theme(id, pillar, track));
        }
        known
    }

    /// Families share a theme when they call it by the same id and name and do not describe it differently.
    fn theme(&mut self, id: &str, pillar: Pillar, track: &NodeId) -> NodeId {
        let behind = format!(".{id}");
        let same = |other: &&mut Pillar| {
            let agree =
                other.summary.is_empty() || pillar.summary.is_empty() || other.summary == pillar.summary;
            (other.id == *id || other.id.as_str().ends_with(&behind))
                && folded(&other.name) == folded(&pillar.name)
                && agree
                && other.ext == pillar.ext
        };
        if let Some(other) = self.b.framework.pillars.iter_mut().find(same) {
            if other.summary.is_empty() {
                other.summary = pillar.summary;
            }
            return other.id.clone();
        }
        self.b.add_pillar(pillar, id, track.as_str())
    }

    fn competencies(
        &mut self,
        path: &str,
        node: Option<&Node>,
        mut levels: Known,
        mut themes: Known,
        track: &NodeId,
    ) {
        for item in node.and_then(Node::list).unwrap_or_default() {
            let location = match item.text_at("level") {
                None => {
                    self.b.warn(path, item.line, "This competency names no level; it is kept without one.");
                    Where::None
                }
                Some(name) => match levels.get(name) {
                    Some(level) => Where::Level(level.clone()),
                    None => {
                        self.b.warn(
                            path,
                            item.line,
                            format!("The level \"{name}\" is nowhere declared; it was added."),
                        );
                        let rank = Some(i64::try_from(levels.len()).unwrap_or(0) + 1);
                        let level =
                            Level { track: Some(track.clone()), rank, name: name.into(), ..Level::default() };
                        let id = self.b.add_level(level, name);
                        levels.insert(name.to_owned(), id.clone());
                        Where::Level(id)
                    }
                },
            };
            let subject = match item.text_at("theme").or(item.text_at("area")) {
                None => {
                    self.b.warn(path, item.line, "This competency names no theme; it is kept without one.");
                    Subject::None
                }
                Some(name) => {
                    let id = match themes.get(name) {
                        Some(theme) => theme.clone(),
                        None => {
                            if !themes.is_empty() && item.get("theme").is_some() {
                                let message =
                                    format!("The theme \"{name}\" is nowhere declared; it was added.");
                                self.b.warn(path, item.line, message);
                            }
                            let pillar = Pillar { name: name.into(), ..Pillar::default() };
                            let id = self.theme(&slug(name), pillar, track);
                            themes.insert(name.to_owned(), id.clone());
                            id
                        }
                    };
                    Subject::Pillar(id)
                }
            };
            self.competency(path, item, &Place { subject, location });
        }
    }

    fn competency(&mut self, path: &str, item: &Node, at: &Place) {
        let ext = self.rest(path, item, &COMPETENCY_KEYS);
        let proficiency = item.text_at("proficiency").map(str::to_owned);
        if let Some(word) = &proficiency
            && !self.proficiencies.contains(word)
        {
            self.proficiencies.push(word.clone());
        }
        let id = item.text_at("id");
        match id {
            None => self.b.note(path, item.line, "This competency has no id; one was made from its words."),
            Some(id) if self.b.knows(id) => {
                self.b.warn(path, item.line, format!("The id {id} is taken; this competency got another."));
            }
            Some(_) => {}
        }
        let text = item.text_at("summary").unwrap_or_default();
        let said = Said { id, text, at: at.clone(), proficiency, ext, ..Said::default() };
        let Some(parent) = self.b.say(said) else {
            self.b.warn(path, item.line, "This competency has no words; it was left out.");
            return;
        };
        if let Some(domain) = item.text_at("domain")
            && let Some(statement) = self.b.framework.statements.last_mut()
        {
            statement.only_for.disciplines = vec![NodeId::from_foreign(domain)];
        }
        let mut detail = |text: &str, kind: StatementKind| {
            let parent = Some(parent.clone());
            self.b.say(Said { text, kind, parent, at: at.clone(), ..Said::default() });
        };
        if let Some(description) = item.text_at("description") {
            detail(description, StatementKind::Note);
        }
        for example in item.get("examples").and_then(Node::list).unwrap_or_default() {
            detail(example.text().unwrap_or_default(), StatementKind::Example);
        }
        for link in item.get("supportingUrls").and_then(Node::list).unwrap_or_default() {
            let url = link.text_at("url").or(link.text()).unwrap_or_default();
            match link.text_at("label") {
                Some(label) => detail(&format!("[{label}]({url})"), StatementKind::Resource),
                None => detail(url, StatementKind::Resource),
            }
        }
        for key in ["examples", "supportingUrls"] {
            if let Some(value) = item.get(key).filter(|value| value.list().is_none() && !value.is_null()) {
                self.b.warn(path, value.line, format!("\"{key}\" is not a list; it is kept as a note."));
                let parent = Some(parent.clone());
                let text = value.value().to_string();
                let kind = StatementKind::Note;
                self.b.say(Said { text: &text, kind, parent, at: at.clone(), ..Said::default() });
            }
        }
    }

    /// The words used for proficiency become a scale, in the order in which they first appear.
    fn scale(&mut self) {
        if self.proficiencies.is_empty() {
            return;
        }
        let points = self.proficiencies.iter().map(|word| Point {
            id: NodeId::from_title(word),
            name: word.clone(),
            ..Point::default()
        });
        let scale = Scale {
            id: NodeId::from_title("proficiency"),
            name: "Proficiency".into(),
            kind: ScaleKind::Proficiency,
            points: points.collect(),
            ..Scale::default()
        };
        self.b.framework.scales.push(scale);
        self.b.note(
            "(source)",
            None,
            "The order of the proficiency scale is the order of first use; look it over.",
        );
    }
}
