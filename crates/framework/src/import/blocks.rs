//! Pages as a flat list of blocks, and as the outline their headings draw.

use crate::words::folded;

/// A block with the lines it covers.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub line: usize,
    pub end: usize,
    pub kind: Kind,
}

/// What a block is. Texts are Markdown.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Heading {
        depth: usize,
        text: String,
    },
    Para(String),
    Bullet {
        depth: usize,
        text: String,
    },
    Quote(String),
    Table(Table),
    /// Raw text that is carried along: code, pictures, rules.
    Raw(String),
}

/// A table; cells that a neighbour spans are marked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub rows: Vec<Vec<Cell>>,
}

/// A cell: its paragraphs and its list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    pub line: usize,
    pub texts: Vec<String>,
    pub items: Vec<(usize, String)>,
    pub is_head: bool,
    pub is_spanned: bool,
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.items.is_empty()
    }

    /// Everything in the cell as one text.
    pub fn text(&self) -> String {
        let mut parts = self.texts.clone();
        parts.extend(self.items.iter().map(|(_, text)| text.clone()));
        parts.join("\n")
    }

    /// The name a cell without a list gives to its row or column.
    pub fn name(&self) -> String {
        bare(self.texts.first().map(String::as_str).unwrap_or_default())
    }
}

/// A heading and everything below it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    pub title: String,
    pub line: usize,
    pub end: usize,
    pub blocks: Vec<Block>,
    pub sections: Vec<Section>,
}

impl Section {
    /// The section and all below it.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Section)) {
        visit(self);
        for section in &self.sections {
            section.walk(visit);
        }
    }

    pub fn has_content(&self) -> bool {
        !self.blocks.is_empty() || self.sections.iter().any(Section::has_content)
    }

    pub fn bullets(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().filter_map(|block| match &block.kind {
            Kind::Bullet { depth: 0, text } => Some(text.as_str()),
            _ => None,
        })
    }

    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks.iter().filter_map(|block| match &block.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        })
    }
}

/// Draws the outline. The root has no title; its blocks stand before the first heading.
pub fn outline(blocks: Vec<Block>) -> Section {
    let mut stack: Vec<(usize, Section)> = vec![(0, Section { line: 1, ..Section::default() })];
    for block in blocks {
        if let Kind::Heading { depth, text } = &block.kind {
            while stack.len() > 1 && stack.last().is_some_and(|(open, _)| open >= depth) {
                close(&mut stack);
            }
            let section =
                Section { title: text.clone(), line: block.line, end: block.end, ..Section::default() };
            stack.push((*depth, section));
        } else if let Some((_, section)) = stack.last_mut() {
            section.end = section.end.max(block.end);
            section.blocks.push(block);
        }
    }
    while stack.len() > 1 {
        close(&mut stack);
    }
    stack.pop().map(|(_, section)| section).unwrap_or_default()
}

fn close(stack: &mut Vec<(usize, Section)>) {
    if let Some((_, section)) = stack.pop()
        && let Some((_, parent)) = stack.last_mut()
    {
        parent.end = parent.end.max(section.end);
        parent.sections.push(section);
    }
}

/// A bold lead-in and what follows it: `**Adopts**: uses the tools` gives `Adopts` and `uses the tools`.
pub fn lead(text: &str) -> Option<(&str, &str)> {
    let mark = if text.starts_with("**") {
        "**"
    } else if text.starts_with("__") {
        "__"
    } else {
        return None;
    };
    let (name, rest) = text[2..].split_once(mark)?;
    let name = name.trim().trim_end_matches(':').trim();
    if name.is_empty() || name.contains('\n') {
        return None;
    }
    let rest = rest.trim_start().trim_start_matches([':', '-', '–', '—']).trim();
    Some((name, rest))
}

/// A title without emphasis, links and anchors.
pub fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.trim();
    while let Some((before, after)) = rest.split_once('[') {
        if let Some((label, tail)) = after.split_once("](")
            && let Some((_, tail)) = tail.split_once(')')
            && !label.contains('[')
        {
            out.push_str(before);
            out.push_str(label);
            rest = tail;
        } else {
            out.push_str(before);
            out.push('[');
            rest = after;
        }
    }
    out.push_str(rest);
    let out = out.replace("**", "").replace("__", "").replace('`', "");
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    out.trim_matches('*').trim_end_matches(':').trim().to_owned()
}

const LEVEL_WORDS: [&str; 32] = [
    "junior",
    "senior",
    "staff",
    "principal",
    "associate",
    "intern",
    "mid",
    "middle",
    "medior",
    "expert",
    "beginner",
    "intermediate",
    "advanced",
    "entry",
    "graduate",
    "trainee",
    "apprentice",
    "novice",
    "fellow",
    "distinguished",
    "director",
    "level",
    "lvl",
    "grade",
    "band",
    "stufe",
    "nivå",
    "journeyman",
    "master",
    "proficient",
    "foundational",
    "practitioner",
];

/// Whether a title sounds like a level: a word such as "senior", a code such as IC3, a number at the end.
pub fn sounds_like_level(title: &str) -> bool {
    let folded = folded(title);
    let words: Vec<&str> = folded.split(' ').collect();
    let is_code = |word: &str| {
        let letters = word.len() - word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        (1..=4).contains(&letters)
            && word.len() > letters
            && word.len() <= letters + 2
            && word[letters..].bytes().all(|b| b.is_ascii_digit())
    };
    let is_number = |word: &str| {
        matches!(word, "i" | "ii" | "iii" | "iv" | "v" | "vi" | "vii")
            || (word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()))
    };
    words.len() <= 8
        && (words.iter().any(|word| LEVEL_WORDS.contains(word))
            || words.first().is_some_and(|word| is_code(word))
            || (words.len() > 1 && words.last().is_some_and(|word| !word.is_empty() && is_number(word))))
}

/// The code in front of a title: `IC3` of "IC3 Software Engineer".
pub fn code_of(title: &str) -> Option<String> {
    let word = title.split([' ', ':', '-', '–']).next()?;
    let letters = word.len() - word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let digits = &word[letters..];
    let fits = (1..=4).contains(&letters)
        && (1..=2).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| word.to_owned())
}

/// A ladder's name from a level's title: without code, seniority and number.
pub fn ladder_of(title: &str) -> String {
    let title =
        code_of(title).map_or(title, |code| title[code.len()..].trim_start_matches([' ', '-', ':', '–']));
    let words: Vec<&str> = title
        .split_whitespace()
        .filter(|word| {
            let low = folded(word);
            !LEVEL_WORDS.contains(&low.as_str())
                && !matches!(low.as_str(), "lead" | "i" | "ii" | "iii" | "iv" | "v" | "")
                && !low.bytes().all(|b| b.is_ascii_digit())
        })
        .collect();
    if words.is_empty() { title.trim().to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_sound_like_levels_or_not() {
        for title in [
            "D1 - Developer 1",
            "Engineer II",
            "Senior Engineer",
            "IC3 Software Engineer",
            "Level 2",
            "3/ Senior",
        ] {
            assert!(sounds_like_level(title), "{title}");
        }
        for title in ["Communication", "Other Pages", "Broad Indicators", "What is impact?", "Career Ladders"]
        {
            assert!(!sounds_like_level(title), "{title}");
        }
        assert_eq!(ladder_of("IC5 Staff Reliability Engineer"), "Reliability Engineer");
        assert_eq!(bare("[**Staff** x](a.md#b):"), "Staff x");
        assert_eq!(lead("**Adopts**: uses tools"), Some(("Adopts", "uses tools")));
        assert_eq!(lead("**Includes:** a, b"), Some(("Includes", "a, b")));
    }
}
