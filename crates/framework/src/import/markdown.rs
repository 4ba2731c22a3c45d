//! Markdown cut into blocks, as forgiving as people write it: headings without a blank, tables in HTML, lists of any sort.

use super::{
    blocks::{Block, Cell, Kind, Table},
    html,
};

/// Cuts a text into blocks; `first` is the number of its first line.
pub fn blocks(source: &str, first: usize) -> Vec<Block> {
    let lines: Vec<&str> = source.lines().collect();
    let mut out: Vec<Block> = Vec::new();
    let mut indents: Vec<usize> = Vec::new();
    let mut after_blank = true;
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let text = line.trim();
        let number = first + at;
        if text.is_empty() {
            after_blank = true;
            at += 1;
            continue;
        }
        if let Some(end) = fenced(&lines, at).or_else(|| html_block(&lines, at)) {
            let raw = lines[at..end].join("\n");
            if raw.to_ascii_lowercase().contains("<table") {
                out.extend(html::fragment(&raw, number));
            } else {
                push(&mut out, number, first + end - 1, Kind::Raw(raw));
            }
            indents.clear();
            at = end;
            after_blank = true;
            continue;
        }
        if let Some((depth, title)) = heading(&lines, at) {
            let underlined = !line.trim_start().starts_with('#');
            push(&mut out, number, number + usize::from(underlined), Kind::Heading { depth, text: title });
            indents.clear();
            at += 1 + usize::from(underlined);
            after_blank = true;
            continue;
        }
        if is_rule(text) {
            push(&mut out, number, number, Kind::Raw(line.to_owned()));
            at += 1;
            continue;
        }
        if text.starts_with('|')
            || (text.contains('|') && lines.get(at + 1).is_some_and(|next| is_divider(next)))
        {
            let end = at + lines[at..].iter().take_while(|line| line.contains('|')).count();
            push(&mut out, number, first + end - 1, Kind::Table(pipes(&lines[at..end], number)));
            indents.clear();
            at = end;
            continue;
        }
        if let Some(quoted) = text.strip_prefix('>') {
            match out.last_mut() {
                Some(Block { end, kind: Kind::Quote(before), .. }) if *end + 1 == number => {
                    before.push('\n');
                    before.push_str(quoted.trim());
                    *end = number;
                }
                _ => push(&mut out, number, number, Kind::Quote(quoted.trim().to_owned())),
            }
            at += 1;
            continue;
        }
        let indent: usize =
            line[..line.len() - line.trim_start().len()].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
        if let Some(item) = item(text) {
            while indents.last().is_some_and(|last| *last >= indent) {
                indents.pop();
            }
            let depth = indents.len();
            indents.push(indent);
            push(&mut out, number, number, Kind::Bullet { depth, text: item.to_owned() });
        } else {
            let joins = match out.last() {
                Some(Block { kind: Kind::Bullet { .. }, .. }) => {
                    !after_blank || indents.last().is_some_and(|last| indent > *last)
                }
                Some(Block { kind: Kind::Para(_), .. }) => !after_blank,
                _ => false,
            };
            match out.last_mut() {
                Some(Block { end, kind: Kind::Bullet { text: before, .. } | Kind::Para(before), .. })
                    if joins =>
                {
                    before.push_str(if after_blank { "\n\n" } else { "\n" });
                    before.push_str(text);
                    *end = number;
                }
                _ => {
                    indents.clear();
                    push(&mut out, number, number, Kind::Para(text.to_owned()));
                }
            }
        }
        after_blank = false;
        at += 1;
    }
    out
}

fn push(out: &mut Vec<Block>, line: usize, end: usize, kind: Kind) {
    out.push(Block { line, end, kind });
}

/// `# Title`, `##Title`, or a title underlined with `===` or `---`.
fn heading(lines: &[&str], at: usize) -> Option<(usize, String)> {
    let text = lines[at].trim();
    let hashes = text.len() - text.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && lines[at].len() - lines[at].trim_start().len() < 4 {
        let title = text[hashes..].trim().trim_end_matches('#').trim();
        // A hash and a digit is a number of something, not a heading.
        let tag = hashes == 1
            && !text[1..].starts_with([' ', '\t'])
            && title.starts_with(|c: char| c.is_ascii_digit());
        return (!title.is_empty() && !tag).then(|| (hashes, title.to_owned()));
    }
    let next = lines.get(at + 1)?.trim();
    let fits = next.len() >= 3
        && item(text).is_none()
        && !text.contains('|')
        && (at == 0 || lines[at - 1].trim().is_empty());
    match fits {
        true if next.bytes().all(|b| b == b'=') => Some((1, text.to_owned())),
        true if next.bytes().all(|b| b == b'-') => Some((2, text.to_owned())),
        _ => None,
    }
}

fn is_rule(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    bare.len() >= 3 && ['-', '*', '_'].iter().any(|mark| bare.chars().all(|c| c == *mark))
}

fn is_divider(text: &str) -> bool {
    let text = text.trim();
    text.contains('-') && text.contains('|') && text.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '))
}

/// The words of a list item: `- x`, `* x`, `+ x`, `• x`, `1. x`, `1) x`.
pub fn item(text: &str) -> Option<&str> {
    for mark in ["- ", "* ", "+ ", "• ", "-\t", "*\t"] {
        if let Some(rest) = text.strip_prefix(mark) {
            return Some(rest.trim_start());
        }
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if (1..=3).contains(&digits) {
        let rest = text[digits..].strip_prefix(['.', ')'])?;
        return rest.strip_prefix([' ', '\t']).map(str::trim_start);
    }
    None
}

fn fenced(lines: &[&str], at: usize) -> Option<usize> {
    let text = lines[at].trim_start();
    let mark = if text.starts_with("```") {
        "```"
    } else if text.starts_with("~~~") {
        "~~~"
    } else {
        return None;
    };
    let closing = lines[at + 1..].iter().position(|line| line.trim_start().starts_with(mark));
    Some(closing.map_or(lines.len(), |found| at + found + 2))
}

/// The end of a block of HTML: of a table or comment where it closes, of others at the next empty line.
fn html_block(lines: &[&str], at: usize) -> Option<usize> {
    let text = lines[at].trim_start();
    let low = text.to_ascii_lowercase();
    let until = |mark: &str| {
        let found = lines[at..].iter().position(|line| line.to_ascii_lowercase().contains(mark));
        Some(found.map_or(lines.len(), |found| at + found + 1))
    };
    if low.starts_with("<!--") {
        return until("-->");
    }
    if low.starts_with("{{<") || low.starts_with("{{%") {
        return Some(at + 1);
    }
    if low.starts_with("<table") {
        return until("</table>");
    }
    for tag in ["<script", "<style", "<picture"] {
        if low.starts_with(tag) {
            return until(&tag.replace('<', "</"));
        }
    }
    let block = [
        "<div",
        "</div",
        "<p ",
        "<p>",
        "<img",
        "<h1",
        "<h2",
        "<h3",
        "<center",
        "<meta",
        "<br",
        "<details",
        "</details",
        "<a ",
        "<iframe",
        "<hr",
        "<source",
    ];
    block.iter().any(|tag| low.starts_with(tag)).then(|| {
        let blank = lines[at..].iter().position(|line| line.trim().is_empty());
        blank.map_or(lines.len(), |found| at + found)
    })
}

fn pipes(lines: &[&str], first: usize) -> Table {
    let mut table = Table::default();
    for (line, number) in lines.iter().zip(first..) {
        if is_divider(line) {
            for cell in table.rows.iter_mut().flatten() {
                cell.is_head = true;
            }
            continue;
        }
        let inner = line.trim().trim_start_matches('|');
        let inner = inner.strip_suffix('|').unwrap_or(inner);
        let cells = inner
            .replace("\\|", "\u{1}")
            .split('|')
            .map(|cell| cell.replace('\u{1}', "|"))
            .collect::<Vec<_>>();
        table.rows.push(cells.iter().map(|cell| cell_of(cell, number)).collect());
    }
    table
}

/// A cell of a pipe table: `<br>` parts it into lines, dashes make them a list.
fn cell_of(text: &str, line: usize) -> Cell {
    let mut cell = Cell { line, ..Cell::default() };
    let parted = text.replace("<br/>", "<br>").replace("<br />", "<br>");
    for part in parted.split("<br>").map(str::trim).filter(|part| !part.is_empty()) {
        match item(part) {
            Some(item) => cell.items.push((0, item.to_owned())),
            None => cell.texts.push(part.to_owned()),
        }
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_as_people_write_it_is_cut_into_blocks() {
        let source = "##Title\ntext\nmore\n\n- a\n  b\n    - c\n\n1. d\n\n> creed\n> on\n\n| x | y |\n|---|---|\n| 1 | 2<br>3 |\n\n<table><tr><td>q<ul><li>r</li></ul></td></tr></table>\n\nUnder\n---\n#1 priority\n";
        let found = blocks(source, 1);
        let kinds: Vec<&Kind> = found.iter().map(|block| &block.kind).collect();
        assert_eq!(*kinds[0], Kind::Heading { depth: 2, text: "Title".into() });
        assert_eq!(*kinds[1], Kind::Para("text\nmore".into()));
        assert_eq!(*kinds[2], Kind::Bullet { depth: 0, text: "a\nb".into() });
        assert_eq!(*kinds[3], Kind::Bullet { depth: 1, text: "c".into() });
        assert_eq!(*kinds[4], Kind::Bullet { depth: 0, text: "d".into() });
        assert_eq!(*kinds[5], Kind::Quote("creed\non".into()));
        let Kind::Table(table) = kinds[6] else { panic!("{:?}", kinds[6]) };
        assert!(table.rows[0][0].is_head && table.rows[1][1].texts == ["2", "3"]);
        let Kind::Table(table) = kinds[7] else { panic!("{:?}", kinds[7]) };
        assert_eq!(table.rows[0][0].items, [(0, "r".to_owned())]);
        assert_eq!(*kinds[8], Kind::Heading { depth: 2, text: "Under".into() });
        assert_eq!(*kinds[9], Kind::Para("#1 priority".into()));
    }
}
