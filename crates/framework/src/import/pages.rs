//! Web pages, one per role and level, in whatever mark-up they were exported.

use super::{
    Format, Import,
    areas::Areas,
    blocks::{Block, Kind, Section, bare, code_of, ladder_of, outline, sounds_like_level},
    builder::Builder,
    folder, html, shallowest,
};
use crate::{
    files::{Files, ending, stem},
    ids::{NodeId, slug},
    model::{Level, Subject, Track, TrackKind, Where},
    report::Unreadable,
    words::folded,
};

fn is_html(path: &str) -> bool {
    matches!(ending(path).as_str(), "html" | "htm")
}

/// Whether a source holds web pages.
pub fn recognises(files: &Files) -> bool {
    files.paths().any(is_html)
}

/// Reads the pages.
pub fn import(files: &Files) -> Result<Import, Unreadable> {
    let mut b = Builder::new("career-framework", "Career framework");
    let Some(home) = shallowest(files.paths().filter(|path| is_html(path)).map(folder)).map(str::to_owned)
    else {
        return Err(Unreadable::because("(source)", None, "There are no web pages here."));
    };
    let mut pages: Vec<(&str, String, Vec<Block>)> = Vec::new();
    for path in files.paths() {
        if !is_html(path) {
            match (ending(path).as_str(), files.text(path)) {
                ("md", Ok(text)) if !folder(path).starts_with("versions") => b.keep_page(path, text, None),
                _ => b.note(path, None, "This file was left aside."),
            }
            continue;
        }
        if folder(path) != home {
            b.note(path, None, "More pages stand in this folder; name it as the source to read them.");
            continue;
        }
        let page = html::page(files.text(path)?);
        if page.had_scripts {
            b.note(path, None, "Scripts stand in this page; they were left out.");
        }
        let heading = page.blocks.iter().find_map(|block| match &block.kind {
            Kind::Heading { text, .. } => Some(bare(text)),
            _ => None,
        });
        let title = heading.filter(|title| !title.is_empty()).unwrap_or_else(|| {
            if page.title.is_empty() { stem(path).replace(['_', '-'], " ") } else { page.title.clone() }
        });
        pages.push((path, title, page.blocks));
    }
    // Ladders in the order of their codes, levels in the order of their numbers.
    pages.sort_by_key(|(path, title, _)| (ladder_of(title), number_of(title), (*path).to_owned()));
    for (path, title, blocks) in pages {
        page(&mut b, path, &title, &blocks);
    }
    b.finish(Format::Html)
}

fn number_of(title: &str) -> Option<i64> {
    let code = code_of(title)?;
    code.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}

fn page(b: &mut Builder, path: &str, title: &str, blocks: &[Block]) {
    let root = outline(blocks.to_vec());
    if !sounds_like_level(title) {
        let text = markdown(blocks);
        if text.is_empty() {
            b.warn(path, None, "No words were found in this page.");
        } else {
            b.note(path, 1, "This page is not about one level; it is kept as a page.");
            b.keep_page(&format!("{}.md", stem(path)), &text, None);
        }
        return;
    }
    let ladder = ladder_of(title);
    let known = b.framework.tracks.iter().find(|track| track.name == ladder).map(|track| track.id.clone());
    let kind = if folded(&ladder).split(' ').any(|word| word == "manager") {
        TrackKind::Manager
    } else {
        TrackKind::Ic
    };
    let track = known.unwrap_or_else(|| {
        b.add_track(Track { name: ladder.clone(), kind, ..Track::default() }, &slug(&ladder))
    });
    let level = Level {
        track: Some(track),
        rank: number_of(title),
        code: code_of(title),
        name: title.to_owned(),
        ..Level::default()
    };
    let id = b.add_level(level, &slug(title));
    if number_of(title).is_none() {
        b.warn(path, 1, format!("The order of \"{title}\" among its levels is not known."));
    }
    read(b, path, &id, &root, title);
}

/// Everything on the page is said at the level. The heading that is the title is the page itself.
fn read(b: &mut Builder, path: &str, level: &NodeId, root: &Section, title: &str) {
    let mut flat = Section { blocks: root.blocks.clone(), ..Section::default() };
    let mut heads = Vec::new();
    for section in &root.sections {
        if folded(&section.title) == folded(title) {
            flat.blocks.extend(section.blocks.iter().cloned());
            flat.sections.extend(section.sections.iter().cloned());
        } else if section.blocks.is_empty() && !section.sections.is_empty() {
            // A heading over headings, such as "Core Responsibilities", only gathers what follows it.
            heads.push(section.title.clone());
            flat.sections.extend(section.sections.iter().cloned());
        } else {
            flat.sections.push(section.clone());
        }
    }
    Areas { b, file: path, location: Where::Level(level.clone()) }.section(&flat, &Subject::None);
    if let Some(node) = b.framework.levels.iter_mut().find(|node| node.id == *level)
        && !heads.is_empty()
    {
        node.ext.insert("headings".into(), heads.into());
    }
}

fn markdown(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        let text = match &block.kind {
            Kind::Heading { depth, text } => format!("{} {text}\n\n", "#".repeat(*depth)),
            Kind::Para(text) | Kind::Raw(text) => format!("{text}\n\n"),
            Kind::Quote(text) => format!("> {}\n\n", text.replace('\n', "\n> ")),
            Kind::Bullet { depth, text } => format!("{}- {text}\n", "  ".repeat(*depth)),
            Kind::Table(table) => {
                let mut rows = String::new();
                for (at, row) in table.rows.iter().enumerate() {
                    let cells: Vec<String> = row
                        .iter()
                        .map(|cell| cell.text().replace('\n', "<br>").replace('|', "\\|"))
                        .collect();
                    rows.push_str(&format!("| {} |\n", cells.join(" | ")));
                    if at == 0 {
                        rows.push_str(&format!("|{}\n", " --- |".repeat(row.len())));
                    }
                }
                format!("{rows}\n")
            }
        };
        out.push_str(&text);
    }
    out.trim().to_owned()
}
