//! A page of the text format: front matter, a definition, then headings with bullets.

use super::{
    attributes::{self, Attributes},
    prose,
};
use crate::{
    model::StatementKind,
    yaml::{self, BadYaml, Node},
};

/// A page as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The front matter; an empty map when there is none.
    pub front: Node,
    /// The words before the first heading.
    pub definition: String,
    /// The headings and what stands below them.
    pub sections: Vec<Section>,
}

/// A heading and its bullets.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The line of the heading.
    pub line: usize,
    /// Its words.
    pub title: String,
    /// Its block.
    pub attributes: Attributes,
    /// What stands below it.
    pub bullets: Vec<Bullet>,
}

/// One bullet.
#[derive(Debug, Clone, PartialEq)]
pub struct Bullet {
    /// Its line.
    pub line: usize,
    /// How deep it is nested, from 0.
    pub depth: usize,
    /// The word before its text, such as `example:`.
    pub kind: Option<StatementKind>,
    /// Its words.
    pub text: String,
    /// Its block.
    pub attributes: Attributes,
}

struct Gathering<'a> {
    line: usize,
    indent: usize,
    depth: usize,
    loose: bool,
    lines: Vec<&'a str>,
}

/// Reads a page.
pub fn read(source: &str) -> Result<Page, BadYaml> {
    let (front, body, first) = match yaml::front_matter(source) {
        Some((front, body, first)) => {
            let node = yaml::read(front).map_err(|bad| BadYaml { line: bad.line + 1, ..bad })?;
            (node, body, first)
        }
        None if source.starts_with("---\n") || source.starts_with("---\r\n") => {
            return Err(BadYaml { line: 1, message: "The front matter that begins here has no end.".into() });
        }
        None => (Node::empty(), source, 1),
    };
    let mut definition: Vec<&str> = Vec::new();
    let mut sections: Vec<Section> = Vec::new();
    let mut open: Option<Gathering> = None;
    let mut indents: Vec<usize> = Vec::new();
    let mut after_blank = false;
    for (line, at) in body.lines().zip(first..) {
        if let Some(heading) = heading(line) {
            finish(open.take(), &mut sections);
            indents.clear();
            let (title, attributes) = attributes::take(heading);
            sections.push(Section {
                line: at,
                title: title.trim().to_owned(),
                attributes,
                bullets: Vec::new(),
            });
            after_blank = false;
            continue;
        }
        if sections.is_empty() {
            definition.push(line);
            continue;
        }
        let text = line.trim_start();
        let indent: usize =
            line[..line.len() - text.len()].chars().map(|c| if c == '\t' { 2 } else { 1 }).sum();
        if text.is_empty() {
            if let Some(bullet) = &mut open {
                bullet.lines.push("");
            }
            after_blank = true;
            continue;
        }
        if let Some(content) = bullet_content(text) {
            finish(open.take(), &mut sections);
            while indents.last().is_some_and(|last| *last >= indent) {
                indents.pop();
            }
            let depth = indents.len();
            indents.push(indent);
            open = Some(Gathering { line: at, indent, depth, loose: false, lines: vec![content] });
        } else {
            let belongs = open
                .as_ref()
                .is_some_and(|bullet| !after_blank || bullet.loose && indent == 0 || indent > bullet.indent);
            match &mut open {
                Some(bullet) if belongs => bullet.lines.push(text),
                _ => {
                    finish(open.take(), &mut sections);
                    indents.clear();
                    open = Some(Gathering { line: at, indent: 0, depth: 0, loose: true, lines: vec![text] });
                }
            }
        }
        after_blank = false;
    }
    finish(open.take(), &mut sections);
    Ok(Page { front, definition: prose::joined(definition, false), sections })
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("##")?;
    if rest.starts_with('#') { None } else { Some(rest.trim()) }
}

fn bullet_content(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(['-', '*', '+'])?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix([' ', '\t']) }
}

fn finish(bullet: Option<Gathering>, sections: &mut [Section]) {
    let (Some(mut bullet), Some(section)) = (bullet, sections.last_mut()) else { return };
    let mut kind = None;
    if bullet.loose {
        // A paragraph under a heading sums the place up.
        kind = Some(StatementKind::Summary);
    } else if let Some(first) = bullet.lines.first_mut()
        && let Some((word, rest)) = first.split_once(':')
        && let Some(found) = StatementKind::from_word(word)
    {
        kind = Some(found);
        *first = rest;
    }
    let joined = prose::joined(bullet.lines, true);
    let (text, attributes) = attributes::take(&joined);
    section.bullets.push(Bullet {
        line: bullet.line,
        depth: bullet.depth,
        kind,
        text: text.to_owned(),
        attributes,
    });
}

/// Writes a bullet with its block at the end.
pub fn write_bullet(
    depth: usize,
    kind: Option<StatementKind>,
    text: &str,
    attributes: &Attributes,
    out: &mut String,
) {
    let pad = "  ".repeat(depth);
    let mut lines = prose::lines(text, true);
    if lines.is_empty() {
        lines.push(String::new());
    }
    let block = attributes.written();
    let last = lines.len() - 1;
    for (at, line) in lines.iter().enumerate() {
        let mut physical = String::new();
        if at == 0 {
            physical.push_str("- ");
            if let Some(kind) = kind {
                physical.push_str(kind.word());
                physical.push_str(": ");
            }
        } else if !line.is_empty() {
            physical.push_str("  ");
        }
        physical.push_str(line);
        if at == last && !block.is_empty() {
            if !physical.ends_with(' ') {
                physical.push(' ');
            }
            physical.push_str(&block);
        }
        if !physical.is_empty() {
            out.push_str(&pad);
            out.push_str(physical.trim_end());
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_bullets_paragraphs_and_long_sentences_are_told_apart() {
        let page = read(
            "---\nid: x\n---\nWhat it is.\nMore of it.\n\n## Baseline\nIn short.\n\n- One sentence.\n  Another sentence. {#a}\n  - example: like so\n    and so {#b}\n- Two\n##Strong {level=s}\n* three\n",
        )
        .unwrap();
        assert_eq!(page.definition, "What it is. More of it.");
        let bullets = &page.sections[0].bullets;
        assert_eq!(bullets.len(), 4);
        assert_eq!(bullets[0].kind, Some(StatementKind::Summary));
        assert_eq!(bullets[1].text, "One sentence. Another sentence.");
        assert_eq!(bullets[1].line, 10);
        assert_eq!((bullets[2].depth, bullets[2].text.as_str()), (1, "like so and so"));
        assert_eq!(page.sections[1].title, "Strong");
        assert_eq!(page.sections[1].attributes.get("level"), Some("s"));
    }
}
