//! Markdown files whose front matter is the framework: topics, levels by number, criteria; as Monzo keeps them.
//!
//! A topic without a title takes it, and the general criteria, from the topic of the same name in `generic.md`.
//! `levels` is a count that need not match the levels that are there. A tab after a dash is mended and reported.

use super::{
    Format, Import,
    builder::{Builder, Said, at_level},
};
use crate::{
    files::{Files, ending, stem},
    ids::{NodeId, slug},
    model::{Competency, Ext, Level, Pillar, Place, StatementKind, Subject, Track, TrackKind, Where},
    report::{Finding, Unreadable},
    words::folded,
    yaml::{self, Node},
};
use std::collections::{BTreeMap, BTreeSet};

struct File<'a> {
    path: &'a str,
    front: Node,
    /// The line of the file on which the front matter begins, less one.
    shift: usize,
    body: &'a str,
    body_line: usize,
}

impl File<'_> {
    fn is_generic(&self) -> bool {
        stem(self.path) == "generic"
            || self.front.text_at("path").is_some_and(|path| path.ends_with("/generic"))
    }
}

/// Whether a source holds such files.
pub fn recognises(files: &Files) -> bool {
    files.paths().filter(|path| ending(path) == "md").any(|path| {
        let front = files.text(path).ok().and_then(yaml::front_matter);
        front.is_some_and(|(front, _, _)| {
            let has = |key: &str| front.lines().any(|line| line.starts_with(key));
            has("topics:") && (has("levels:") || has("title:"))
        })
    })
}

/// Reads the files.
pub fn import(files: &Files) -> Result<Import, Unreadable> {
    let mut b = Builder::new("progression-framework", "Progression framework");
    let mut pages: Vec<&str> = Vec::new();
    let mut sources: Vec<File> = Vec::new();
    for path in files.paths() {
        if ending(path) != "md" {
            b.note(path, None, "This file was left aside.");
            continue;
        }
        let text = files.text(path)?;
        match yaml::front_matter(text) {
            Some((front, body, body_line)) => {
                let front = mended(path, front, &mut b)?;
                sources.push(File { path, front, shift: 1, body, body_line });
            }
            None => pages.push(path),
        }
    }
    // The general framework first: the others take titles and criteria from it.
    sources.sort_by_key(|file| (!file.is_generic(), file.path));
    let mut reading = Topics { b, generic: BTreeMap::new() };
    for file in &sources {
        if file.front.get("topics").is_some() {
            reading.role(file);
        } else {
            reading.plain(file);
        }
    }
    for path in pages {
        let text = files.text(path)?;
        reading.b.note(path, 1, "This file has no front matter; it is kept as a page.");
        reading.b.keep_page(path, text, None);
    }
    reading.b.finish(Format::Monzo)
}

/// This dialect is written by hand with tabs after dashes; they are mended and reported.
fn mended(path: &str, front: &str, b: &mut Builder) -> Result<Node, Unreadable> {
    let bad = match yaml::read(front) {
        Ok(node) => return Ok(node),
        Err(bad) => bad,
    };
    let tabs = yaml::tab_lines(front);
    let node =
        yaml::read(&yaml::without_tabs(front)).map_err(|bad| Finding::error(path, bad.line + 1, bad.message));
    if tabs.is_empty() {
        return Err(Finding::error(path, bad.line + 1, bad.message).into());
    }
    for line in tabs {
        b.warn(path, line + 1, "A tab stands where YAML wants a blank; it was mended.");
    }
    Ok(node?)
}

struct Topics {
    b: Builder,
    /// The general topics: competency and title by name.
    generic: BTreeMap<String, (NodeId, String)>,
}

impl Topics {
    fn track(&mut self, file: &File<'_>) -> NodeId {
        let mut ext = Ext::new();
        for (key, _, value) in file.front.map().unwrap_or_default() {
            if !matches!(key.as_str(), "title" | "topics") && !value.is_null() {
                ext.insert(key.clone(), value.value());
            }
        }
        let parent = file.front.text_at("sidebarGroup").map(|group| {
            let known =
                self.b.framework.tracks.iter().find(|track| track.ext.get("group") == Some(&group.into()));
            match known {
                Some(track) => track.id.clone(),
                None => {
                    let ext = Ext::from_iter([("group".to_owned(), group.into())]);
                    let track = Track { kind: TrackKind::Group, name: group.into(), ext, ..Track::default() };
                    self.b.add_track(track, &format!("{}-group", slug(group)))
                }
            }
        });
        let name = file.front.text_at("title").unwrap_or_else(|| stem(file.path));
        self.b.add_track(Track { name: name.into(), parent, ext, ..Track::default() }, &slug(stem(file.path)))
    }

    /// A file that is plain Markdown inside: a heading for each level, a heading for each topic below it.
    fn plain(&mut self, file: &File<'_>) {
        let track = self.track(file);
        let mut level: Option<NodeId> = None;
        let mut topic: Option<NodeId> = None;
        let mut left = String::new();
        let mut rank = 0;
        let mut paragraph: Vec<&str> = Vec::new();
        let lines = file.body.lines().chain([""]);
        for (line, at) in lines.zip(file.body_line..) {
            let heading = line.trim_start_matches('#');
            let depth = line.len() - heading.len();
            let ends = line.trim().is_empty() || depth > 0 || line.trim() == "---";
            if ends && !paragraph.is_empty() {
                let text = paragraph.join("\n");
                paragraph.clear();
                match (&level, &topic) {
                    (Some(level), Some(topic)) => {
                        let at = at_level(Subject::Competency(topic.clone()), level);
                        self.b.say(Said { text: &text, at, ..Said::default() });
                    }
                    (Some(level), None) => {
                        let at = at_level(Subject::None, level);
                        self.b.say(Said { text: &text, kind: StatementKind::Summary, at, ..Said::default() });
                    }
                    _ => left.push_str(&format!("{text}\n\n")),
                }
            }
            match depth {
                0 if ends => {}
                0 => paragraph.push(line),
                1 | 2 => {
                    rank += 1;
                    let name = heading.trim();
                    let node = Level {
                        track: Some(track.clone()),
                        rank: Some(rank),
                        name: name.into(),
                        ..Level::default()
                    };
                    level = Some(self.b.add_level(node, &format!("{track}-{}", slug(name))));
                    topic = None;
                }
                _ => {
                    let pillar = self.b.pillar_named(heading.trim(), None);
                    topic = Some(self.own_competency(&track, heading.trim(), &pillar));
                }
            }
            if depth > 3 {
                self.b.note(file.path, at, "A heading this deep is read as a topic.");
            }
        }
        if !left.is_empty() {
            self.b.note(file.path, file.body_line, "The words before the first level are kept as a page.");
            self.b.keep_page(&format!("{track}.md"), &left, Some(format!("track/{track}")));
        }
    }

    fn own_competency(&mut self, track: &NodeId, name: &str, pillar: &NodeId) -> NodeId {
        let id = format!("{track}-{}", slug(name));
        match self.b.framework.competency(&id) {
            Some(competency) => competency.id.clone(),
            None => {
                let competency =
                    Competency { name: name.into(), pillar: Some(pillar.clone()), ..Competency::default() };
                self.b.add_competency(competency, &id, "")
            }
        }
    }

    fn role(&mut self, file: &File<'_>) {
        let track = self.track(file);
        let levels = self.levels(file, &track);
        let mut mixed = false;
        for topic in file.front.get("topics").and_then(Node::list).unwrap_or_default() {
            let line = topic.line + file.shift;
            let name = topic.text_at("name").or(topic.text_at("title")).unwrap_or_default();
            if name.is_empty() {
                self.b.warn(file.path, line, "This topic has neither name nor title.");
            }
            let title = topic.text_at("title");
            let general = (!file.is_generic()).then(|| self.generic.get(&folded(name)).cloned()).flatten();
            if title.is_none() && general.is_none() {
                let message =
                    format!("The topic \"{name}\" has no title, and no general topic is called so.");
                self.b.warn(file.path, line, message);
            }
            let shown =
                title.or(general.as_ref().map(|(_, title)| title.as_str())).unwrap_or(name).to_owned();
            let pillar = self.pillar(name, &shown);
            let mut ext = Ext::from_iter([("topic".to_owned(), name.into())]);
            for (key, line, value) in topic.map().unwrap_or_default() {
                if !matches!(key.as_str(), "name" | "title" | "content" | "description") && !value.is_null() {
                    ext.insert(key.clone(), value.value());
                    self.b.note(
                        file.path,
                        *line + file.shift,
                        format!("The key \"{key}\" is not known; it is kept."),
                    );
                }
            }
            let competency = Competency {
                name: shown.clone(),
                summary: topic.text_at("description").unwrap_or_default().into(),
                pillar: Some(pillar),
                inherits: general.map(|(id, _)| id),
                ext,
                ..Competency::default()
            };
            let id = self.b.add_competency(competency, &format!("{track}-{}", slug(name)), "");
            if file.is_generic() {
                self.generic.insert(folded(name), (id.clone(), shown));
            }
            for content in topic.get("content").and_then(Node::list).unwrap_or_default() {
                mixed |= self.content(file, &id, content, &levels);
            }
        }
        if mixed {
            self.b.note(
                file.path,
                1,
                "Plain criteria and criteria with examples stand side by side; their order among each other is not known.",
            );
        }
        let body = file.body.trim();
        if !body.is_empty() {
            self.b.keep_page(&format!("{track}.md"), &format!("{body}\n"), Some(format!("track/{track}")));
        }
    }

    fn pillar(&mut self, name: &str, shown: &str) -> NodeId {
        let id = slug(name);
        match self.b.framework.pillar(&id) {
            Some(pillar) => pillar.id.clone(),
            None => self.b.add_pillar(Pillar { name: shown.into(), ..Pillar::default() }, &id, ""),
        }
    }

    /// The levels that are counted and the levels that are there.
    fn levels(&mut self, file: &File<'_>, track: &NodeId) -> BTreeMap<i64, NodeId> {
        let number = |node: &Node| node.text().and_then(|text| text.trim().parse::<i64>().ok());
        let mut there: BTreeSet<i64> = BTreeSet::new();
        for topic in file.front.get("topics").and_then(Node::list).unwrap_or_default() {
            for content in topic.get("content").and_then(Node::list).unwrap_or_default() {
                there.extend(content.get("level").and_then(number));
            }
        }
        let counted = file.front.get("levels").and_then(number);
        if let Some(count) = counted
            && there.iter().any(|level| *level < 1 || *level > count)
        {
            let line = file.front.get("levels").map_or(1, |node| node.line + file.shift);
            let names: Vec<String> = there.iter().map(ToString::to_string).collect();
            let message =
                format!("\"levels\" counts {count}, but the content speaks of levels {}.", names.join(", "));
            self.b.warn(file.path, line, message);
        }
        // A count may call for levels nobody described; more than this is a slip of the pen.
        let all: BTreeSet<i64> = there.into_iter().chain(1..=counted.unwrap_or(0).min(30)).collect();
        let mut known = BTreeMap::new();
        for rank in all {
            let level = Level {
                track: Some(track.clone()),
                rank: Some(rank),
                name: format!("Level {rank}"),
                ..Level::default()
            };
            known.insert(rank, self.b.add_level(level, &format!("{track}-{rank}")));
        }
        known
    }

    /// Reads one level of a topic; says whether both kinds of criteria stand there.
    fn content(
        &mut self,
        file: &File<'_>,
        competency: &NodeId,
        content: &Node,
        levels: &BTreeMap<i64, NodeId>,
    ) -> bool {
        let line = content.line + file.shift;
        let rank = content.text_at("level").and_then(|text| text.trim().parse::<i64>().ok());
        let location = match rank.and_then(|rank| levels.get(&rank)) {
            Some(level) => Where::Level(level.clone()),
            None => {
                self.b.warn(file.path, line, "This content names no level; it is kept without one.");
                Where::None
            }
        };
        let at = Place { subject: Subject::Competency(competency.clone()), location };
        for (key, line, value) in content.map().unwrap_or_default() {
            let line = *line + file.shift;
            match key.as_str() {
                "level" => {}
                "criteria" | "exampleCriteria"
                    if value.is_null() || value.list().is_some_and(<[Node]>::is_empty) =>
                {
                    self.b.warn(file.path, line, format!("\"{key}\" is there, but empty."));
                }
                "criteria" => self.criteria(file, value, &at),
                "exampleCriteria" => {
                    for item in value.list().unwrap_or_default() {
                        self.with_examples(file, item, &at);
                    }
                }
                _ => {
                    self.b.note(
                        file.path,
                        line,
                        format!("The key \"{key}\" is not known; it is kept as a note."),
                    );
                    let text = format!(
                        "{key}: {}",
                        value.text().map_or_else(|| value.value().to_string(), str::to_owned)
                    );
                    let kind = StatementKind::Note;
                    self.b.say(Said { text: &text, kind, at: at.clone(), ..Said::default() });
                }
            }
        }
        let some = |key: &str| content.get(key).and_then(Node::list).is_some_and(|list| !list.is_empty());
        some("criteria") && some("exampleCriteria")
    }

    fn criteria(&mut self, file: &File<'_>, value: &Node, at: &Place) {
        for item in value.list().unwrap_or(std::slice::from_ref(value)) {
            match item.text() {
                Some(text) => {
                    self.b.say(Said { text, at: at.clone(), ..Said::default() });
                }
                None if item.is_null() => {
                    self.b.warn(file.path, item.line + file.shift, "An empty criterion stands here.");
                }
                None => self.with_examples(file, item, at),
            }
        }
    }

    fn with_examples(&mut self, file: &File<'_>, item: &Node, at: &Place) {
        let text = item.text_at("criteria").or(item.text()).unwrap_or_default();
        let parent = self.b.say(Said { text, at: at.clone(), ..Said::default() });
        if parent.is_none() {
            self.b.warn(
                file.path,
                item.line + file.shift,
                "This criterion with examples has no words of its own.",
            );
        }
        for example in item.get("examples").and_then(Node::list).unwrap_or_default() {
            let text = example.text().unwrap_or_default();
            let parent = parent.clone();
            let kind = StatementKind::Example;
            self.b.say(Said { text, kind, parent, at: at.clone(), ..Said::default() });
        }
        for (key, line, value) in item.map().unwrap_or_default() {
            if !matches!(key.as_str(), "criteria" | "examples") {
                self.b.note(
                    file.path,
                    *line + file.shift,
                    format!("The key \"{key}\" is not known; it is kept as a note."),
                );
                let text = format!("{key}: {}", value.value());
                let (parent, kind) = (parent.clone(), StatementKind::Note);
                self.b.say(Said { text: &text, kind, parent, at: at.clone(), ..Said::default() });
            }
        }
    }
}
