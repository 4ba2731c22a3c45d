//! Markdown by role, by area, or one file per level, told apart by what their headings repeat.

use super::{
    Format, Import,
    areas::Areas,
    blocks::{Block, Kind, Section, bare, code_of, ladder_of, lead, outline, sounds_like_level},
    builder::{Builder, Said},
    folder, markdown,
    points::{Points, points_of, shared_steps},
};
use crate::{
    files::{Files, ending, stem},
    ids::{NodeId, slug},
    model::{
        Ext, Level, Place, Point, Requirement, Scale, ScaleKind, Selector, Statement, StatementKind, Subject,
        Track, Where,
    },
    report::Unreadable,
    words::{folded, tidy},
    yaml::{self, Node},
};
use std::collections::{BTreeMap, BTreeSet};

struct File<'a> {
    path: &'a str,
    source: &'a str,
    front: Node,
    front_end: usize,
    root: Section,
}

impl File<'_> {
    fn title(&self) -> String {
        let front = self.front.text_at("title").map(str::to_owned);
        front
            .or_else(|| self.root.sections.first().map(|section| bare(&section.title)))
            .unwrap_or_else(|| stem(self.path).to_owned())
    }

    fn headings(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        self.root.walk(&mut |section| {
            if !section.title.is_empty() {
                out.insert(folded(&section.title));
            }
        });
        out
    }
}

/// Whether a source holds Markdown.
pub fn recognises(files: &Files) -> bool {
    files.paths().any(|path| matches!(ending(path).as_str(), "md" | "markdown"))
}

/// Reads Markdown.
pub fn import(files: &Files) -> Result<Import, Unreadable> {
    let mut b = Builder::new("career-framework", "Career framework");
    let mut read: Vec<File> = Vec::new();
    for path in files.paths() {
        if !matches!(ending(path).as_str(), "md" | "markdown") {
            b.note(path, None, "This file was left aside.");
            continue;
        }
        let source = files.text(path)?;
        let (front, body, first) = match yaml::front_matter(source) {
            Some((front, body, first)) => match yaml::read(front) {
                Ok(node) => (node, body, first),
                Err(bad) => {
                    b.warn(
                        path,
                        bad.line + 1,
                        format!("The front matter is not understood: {}", bad.message),
                    );
                    (Node::empty(), source, 1)
                }
            },
            None => (Node::empty(), source, 1),
        };
        let root = outline(markdown::blocks(body, first));
        read.push(File { path, source, front, front_end: first - 1, root });
    }
    if let Some(file) = read
        .iter()
        .min_by_key(|file| (file.path.matches('/').count(), !stem(file.path).eq_ignore_ascii_case("readme")))
    {
        b.framework.name = file.title();
    }
    let mut ladders = Ladders { b, used: BTreeMap::new() };
    // Areas first: ladders refer to their points.
    for file in &read {
        ladders.areas(file);
    }
    for file in &read {
        ladders.ladder(file);
    }
    ladders.level_pages(&read);
    ladders.points_as_levels();
    for file in &read {
        ladders.rest(file);
    }
    ladders.b.finish(Format::Markdown)
}

struct Ladders {
    b: Builder,
    /// The lines of each file that were understood.
    used: BTreeMap<String, BTreeSet<usize>>,
}

impl Ladders {
    fn use_lines(&mut self, path: &str, section: &Section) {
        self.used.entry(path.to_owned()).or_default().extend(section.line..=section.end);
    }

    fn use_block(&mut self, path: &str, block: &Block) {
        self.used.entry(path.to_owned()).or_default().extend(block.line..=block.end);
    }

    /// Sections whose children are areas with points: bold names in a numbered list, or a table headed by points.
    fn areas(&mut self, file: &File<'_>) {
        let mut found: Vec<&Section> = Vec::new();
        file.root.walk(&mut |section| {
            let full: Vec<&Section> = section.sections.iter().filter(|child| child.has_content()).collect();
            let steps = shared_steps(section);
            let with_points = full.iter().filter(|child| points_of(child, &steps).is_some()).count();
            if with_points >= 2 && with_points * 2 > full.len() {
                found.push(section);
            }
        });
        let low = file.source.to_lowercase();
        let cumulative = low.contains("cumulative") || low.contains("includes the previous");
        for parent in found {
            let steps = shared_steps(parent);
            let mut shared: Option<(Vec<String>, NodeId)> = None;
            for area in &parent.sections {
                let Some(points) = points_of(area, &steps) else { continue };
                let names: Vec<String> = points.iter().map(|point| point.name.clone()).collect();
                let scale = match &shared {
                    Some((known, id)) if *known == names => id.clone(),
                    _ => {
                        let id = self.scale(&bare(&area.title), &names, cumulative);
                        shared = Some((names, id.clone()));
                        id
                    }
                };
                self.area(file, area, &scale, points);
            }
        }
    }

    fn scale(&mut self, area: &str, names: &[String], cumulative: bool) -> NodeId {
        let id = self.b.fresh("scale", &slug(area), "");
        let mut ids: BTreeSet<String> = BTreeSet::new();
        let points = names
            .iter()
            .map(|name| {
                let mut id = slug(name);
                while !ids.insert(id.clone()) {
                    id.push_str("-2");
                }
                Point { id: NodeId::from_foreign(&id), name: name.clone(), ..Point::default() }
            })
            .collect();
        let scale =
            Scale { id: id.clone(), kind: ScaleKind::Proficiency, cumulative, points, ..Scale::default() };
        self.b.framework.scales.push(scale);
        id
    }

    fn area(&mut self, file: &File<'_>, area: &Section, scale: &NodeId, points: Vec<Points>) {
        let competency = self.b.competency_named(&bare(&area.title), None);
        let ids: Vec<NodeId> = (self.b.framework.scale(scale.as_str()).iter())
            .flat_map(|scale| scale.points.iter().map(|point| point.id.clone()))
            .collect();
        let words: Vec<String> = area
            .blocks
            .iter()
            .take_while(|block| matches!(block.kind, Kind::Para(_) | Kind::Quote(_)))
            .filter_map(|block| match &block.kind {
                Kind::Para(text) | Kind::Quote(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        if let Some(node) = self.b.framework.competencies.iter_mut().find(|node| node.id == competency) {
            node.scale = Some(scale.clone());
            node.summary = tidy(&words.join("\n\n"));
        }
        let subject = Subject::Competency(competency);
        for (point, id) in points.into_iter().zip(ids) {
            let at = Place { subject: subject.clone(), location: Where::Point(id) };
            let mut parent = None;
            for (depth, text) in point.texts {
                let (nested, kind) = match depth {
                    0 => (None, StatementKind::Expectation),
                    _ => (parent.clone(), StatementKind::Example),
                };
                let said =
                    self.b.say(Said { text: &text, kind, parent: nested, at: at.clone(), ..Said::default() });
                if depth == 0 {
                    parent = said;
                }
            }
        }
        let skip = words.len();
        let is_points = |block: &Block| matches!(block.kind, Kind::Bullet { .. } | Kind::Table(_));
        let left: Vec<Block> =
            area.blocks[skip..].iter().filter(|block| !is_points(block)).cloned().collect();
        if !left.is_empty() {
            let rest = Section { blocks: left, ..Section::default() };
            Areas { b: &mut self.b, file: file.path, location: Where::None }.section(&rest, &subject);
        }
        self.use_lines(file.path, area);
    }

    /// Sections whose children are levels.
    fn ladder(&mut self, file: &File<'_>) {
        let mut found: Vec<&Section> = Vec::new();
        // What was read as areas is not read again as levels.
        let understood = self.used.get(file.path).cloned().unwrap_or_default();
        file.root.walk(&mut |section| {
            let full: Vec<&Section> = (section.sections.iter())
                .filter(|child| child.has_content() && !understood.contains(&child.line))
                .collect();
            let levels =
                full.iter().filter(|child| sounds_like_level(&child.title) && has_list(child)).count();
            let inside = found
                .iter()
                .any(|outer| outer.line <= section.line && section.end <= outer.end && outer.line > 0);
            if levels >= 2 && levels * 3 >= full.len() * 2 && (!inside || section.title.is_empty()) {
                found.push(section);
            }
        });
        for section in found {
            let title = if section.title.is_empty() { file.title() } else { bare(&section.title) };
            let summary: Vec<&str> = (section.blocks.iter())
                .filter_map(|block| match &block.kind {
                    Kind::Para(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let track = Track { name: title, summary: summary.join("\n\n"), ..Track::default() };
            let track = self.b.add_track(track, &slug(stem(file.path)));
            for block in section.blocks.iter().filter(|block| matches!(block.kind, Kind::Para(_))) {
                self.use_block(file.path, block);
            }
            let mut rank = 0;
            for child in section.sections.iter().filter(|child| !understood.contains(&child.line)) {
                if sounds_like_level(&child.title)
                    || has_list(child) && child.title.split(' ').count() < 6 && !is_appendix(&child.title)
                {
                    rank += 1;
                    self.level(file, child, &track, &mut rank, None);
                    self.use_lines(file.path, child);
                }
            }
            self.used.entry(file.path.to_owned()).or_default().insert(section.line);
        }
    }

    fn level(
        &mut self,
        file: &File<'_>,
        section: &Section,
        track: &NodeId,
        rank: &mut i64,
        group: Option<&str>,
    ) {
        let name = bare(&section.title);
        let level = Level {
            track: Some(track.clone()),
            rank: Some(*rank),
            code: code_of(&name),
            name: name.clone(),
            group: group.map(str::to_owned),
            ..Level::default()
        };
        let id = self.b.add_level(level, &slug(&name));
        // Halves of a level stand as headings of their own below it.
        let (halves, areas): (Vec<&Section>, Vec<&Section>) =
            section.sections.iter().partition(|child| sounds_like_level(&child.title) && child.has_content());
        let mut blocks = Vec::new();
        for block in &section.blocks {
            match &block.kind {
                Kind::Bullet { depth: 0, text } if self.requirement(&id, text) => {}
                _ => blocks.push(block.clone()),
            }
        }
        let own = Section { blocks, sections: areas.into_iter().cloned().collect(), ..section.clone() };
        Areas { b: &mut self.b, file: file.path, location: Where::Level(id) }.section(&own, &Subject::None);
        for half in halves {
            *rank += 1;
            self.level(file, half, track, rank, Some(&name));
        }
    }

    /// A bullet that leads with the name of a scale point asks for that point; other words are kept with it.
    fn requirement(&mut self, level: &NodeId, text: &str) -> bool {
        let Some((name, words)) = lead(text) else { return false };
        let wanted = folded(name);
        let f = &self.b.framework;
        let mut found = f.competencies.iter().filter_map(|competency| {
            let scale = f.scale_of(competency)?;
            let point = scale.points.iter().find(|point| folded(&point.name) == wanted)?;
            Some((competency.id.clone(), point.id.clone()))
        });
        let (Some((competency, point)), None) = (found.next(), found.next()) else { return false };
        let says = |s: &&Statement| {
            s.at.subject == Subject::Competency(competency.clone())
                && s.at.location == Where::Point(point.clone())
        };
        let own = f.statements.iter().find(says).map(|statement| statement.text.clone()).unwrap_or_default();
        let words = tidy(words);
        let text = (folded(&own) != folded(&words) && !words.is_empty()).then_some(words);
        let of = Selector::Competency(competency);
        self.b.framework.requirements.push(Requirement {
            level: level.clone(),
            of,
            point,
            text,
            ..Requirement::default()
        });
        true
    }

    /// Where all areas share points that sound like levels and no ladder was found, or the ladder calls its levels
    /// the same, the points are the levels.
    fn points_as_levels(&mut self) {
        let f = &self.b.framework;
        let [scale] = f.scales.as_slice() else { return };
        let users = f.competencies.iter().filter(|c| c.scale.as_ref() == Some(&scale.id)).count();
        let like_levels = scale.points.iter().filter(|point| sounds_like_level(&point.name)).count();
        let named = |name: &str| {
            f.levels.iter().find(|level| folded(&level.name) == folded(name)).map(|level| level.id.clone())
        };
        let known: Vec<Option<NodeId>> = scale.points.iter().map(|point| named(&point.name)).collect();
        let fits = if f.levels.is_empty() {
            like_levels * 2 > scale.points.len()
        } else {
            known.iter().all(Option::is_some)
        };
        if users < 2 || !fits || !f.requirements.is_empty() {
            return;
        }
        let (scale, name) = (scale.clone(), f.name.clone());
        let mut levels: BTreeMap<NodeId, NodeId> = BTreeMap::new();
        if f.levels.is_empty() {
            let track = self.b.add_track(Track { name: name.clone(), ..Track::default() }, &slug(&name));
            for (point, rank) in scale.points.iter().zip(1..) {
                let level = Level {
                    track: Some(track.clone()),
                    rank: Some(rank),
                    code: code_of(&point.name),
                    name: point.name.clone(),
                    ..Level::default()
                };
                levels.insert(point.id.clone(), self.b.add_level(level, point.id.as_str()));
            }
        } else {
            levels.extend(scale.points.iter().map(|point| point.id.clone()).zip(known.into_iter().flatten()));
        }
        for statement in &mut self.b.framework.statements {
            if let Where::Point(point) = &statement.at.location
                && let Some(level) = levels.get(point)
            {
                statement.at.location = Where::Level(level.clone());
            }
        }
        for competency in &mut self.b.framework.competencies {
            competency.scale.take_if(|id| *id == scale.id);
        }
        self.b.framework.scales.clear();
        self.b.note("(source)", None, "All areas share the same steps; they are read as the levels.");
    }

    /// One file per level: files of one folder that share their headings.
    fn level_pages(&mut self, files: &[File<'_>]) {
        let mut folders: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
        for file in files.iter().filter(|file| !self.used.contains_key(file.path)) {
            folders.entry(folder(file.path)).or_default().push(file);
        }
        for (_, group) in folders {
            let headings: Vec<BTreeSet<String>> = group.iter().map(|file| file.headings()).collect();
            let shares = |at: usize| {
                let mine = &headings[at];
                let shared = mine.iter().filter(|title| {
                    headings.iter().enumerate().any(|(other, set)| other != at && set.contains(*title))
                });
                mine.len() >= 2 && shared.count() * 10 >= mine.len() * 6
            };
            let mut pages: Vec<&File> =
                (0..group.len()).filter(|at| shares(*at)).map(|at| group[at]).collect();
            let levels = pages.iter().filter(|file| sounds_like_level(&file.title())).count();
            if pages.len() < 2 || levels * 2 < pages.len() {
                continue;
            }
            let weight = |file: &File| {
                file.front
                    .text_at("weight")
                    .or(file.front.text_at("order"))
                    .and_then(|text| text.parse::<i64>().ok())
            };
            let ordered = pages.iter().all(|file| weight(file).is_some());
            pages.sort_by_key(|file| (weight(file), file.path));
            if !ordered {
                let path = folder(pages[0].path).to_owned();
                self.b.warn(
                    &path,
                    None,
                    "The order of the levels is not known; they stand in the order of their file names.",
                );
            }
            for (file, rank) in pages.into_iter().zip(1..) {
                self.level_page(file, ordered.then_some(rank));
            }
        }
    }

    fn level_page(&mut self, file: &File<'_>, rank: Option<i64>) {
        let title = file.title();
        let ladder = ladder_of(&title);
        let same =
            self.b.framework.tracks.iter().find(|track| track.name == ladder).map(|track| track.id.clone());
        let track = same.unwrap_or_else(|| {
            self.b.add_track(Track { name: ladder.clone(), ..Track::default() }, &slug(&ladder))
        });
        let mut ext = Ext::new();
        for (key, _, value) in file.front.map().unwrap_or_default() {
            if !matches!(key.as_str(), "title" | "description" | "summary") {
                ext.insert(key.clone(), value.value());
            }
        }
        let level = Level {
            track: Some(track),
            rank,
            code: code_of(&title),
            name: title.clone(),
            summary: file
                .front
                .text_at("description")
                .or(file.front.text_at("summary"))
                .unwrap_or_default()
                .into(),
            ext,
            ..Level::default()
        };
        let id = self.b.add_level(level, &slug(&title));
        // A single top heading that only repeats the title is the page itself.
        let root = match file.root.sections.as_slice() {
            [only] if folded(&only.title) == folded(&title) => only,
            _ => &file.root,
        };
        Areas { b: &mut self.b, file: file.path, location: Where::Level(id) }.section(root, &Subject::None);
        let lines = file.source.lines().count();
        self.used.entry(file.path.to_owned()).or_default().extend(1..=lines);
    }

    /// What was not understood is kept as a page.
    fn rest(&mut self, file: &File<'_>) {
        let Some(used) = self.used.get(file.path) else {
            self.b.note(
                file.path,
                1,
                "No levels or areas were recognised in this file; it is kept as a page.",
            );
            self.b.keep_page(file.path, file.source, None);
            return;
        };
        let left: Vec<&str> = (file.source.lines().zip(1..))
            .filter(|(_, line)| !used.contains(line))
            .map(|(text, _)| text)
            .collect();
        let mut silent = Vec::new();
        file.root.walk(&mut |section| {
            if section.line > file.front_end && !section.title.is_empty() && !used.contains(&section.line) {
                silent.push((section.line, bare(&section.title)));
            }
        });
        for (line, title) in silent {
            self.b.note(file.path, line, format!("The section \"{title}\" is kept as a page."));
        }
        self.b.keep_page(file.path, &left.join("\n"), None);
    }
}

fn is_appendix(title: &str) -> bool {
    let low = folded(title);
    ["page", "faq", "appendix", "resource", "note", "link", "introduction", "conclusion", "overview"]
        .iter()
        .any(|word| low.contains(word))
}

fn has_list(section: &Section) -> bool {
    section.bullets().next().is_some()
        || section.blocks.iter().any(|block| matches!(block.kind, Kind::Para(_)))
        || section.sections.iter().any(has_list)
}
