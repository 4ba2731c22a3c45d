//! Web pages cut into the same blocks as Markdown. Scripts, styles and navigation are not words of the page.

use super::{
    blocks::{Block, Cell, Kind},
    html_table::Open,
};
use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use std::cell::RefCell;

/// Which part of a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Part {
    #[default]
    Everything,
    /// Only below the element that holds the content.
    Content,
}

/// A page as it was read.
pub struct Page {
    pub blocks: Vec<Block>,
    /// The title in the head of the page.
    pub title: String,
    /// Whether scripts or frames were left out.
    pub had_scripts: bool,
}

/// Cuts a page into blocks, from the element that holds its content when there is one.
pub fn page(source: &str) -> Page {
    let page = read(source, Part::Content, 1);
    if page.blocks.is_empty() { read(source, Part::Everything, 1) } else { page }
}

/// Cuts a piece of HTML that stands inside another text.
pub fn fragment(source: &str, first: usize) -> Vec<Block> {
    read(source, Part::Everything, first).blocks
}

fn read(source: &str, part: Part, first: usize) -> Page {
    let reader = Reader { state: RefCell::new(State { part, first, line: first, ..State::default() }) };
    let tokenizer = Tokenizer::new(reader, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(source));
    // Nothing here runs a script, so the tokenizer never stops for one.
    let _whole = tokenizer.feed(&input);
    tokenizer.end();
    let mut state = tokenizer.sink.state.into_inner();
    state.flush();
    while let Some(table) = state.tables.pop() {
        state.finish_table(table);
    }
    Page { blocks: state.blocks, title: collapsed(&state.title), had_scripts: state.had_scripts }
}

struct Reader {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    part: Part,
    first: usize,
    line: usize,
    /// Inside the content: the tag that opened it and how often it is open.
    inside: Option<(String, usize)>,
    /// Inside something that is not read: its tag and how often it is open.
    skipping: Option<(String, usize)>,
    in_title: bool,
    title: String,
    had_scripts: bool,
    heading: Option<usize>,
    lists: Vec<usize>,
    in_item: bool,
    text: String,
    text_line: usize,
    /// How many bold elements are open, and where the bold beginning of the text ends.
    bold: usize,
    bold_end: Option<usize>,
    links: Vec<(usize, String)>,
    tables: Vec<Open>,
    blocks: Vec<Block>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        state.line = state.first + usize::try_from(line).unwrap_or(1).saturating_sub(1);
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                match tag.kind {
                    TagKind::StartTag => {
                        state.open(&name, &tag);
                        if matches!(name.as_str(), "script" | "style" | "textarea") && !tag.self_closing {
                            use html5ever::tokenizer::states::RawKind;
                            return TokenSinkResult::RawData(match name.as_str() {
                                "script" => RawKind::ScriptData,
                                "style" => RawKind::Rawtext,
                                _ => RawKind::Rcdata,
                            });
                        }
                    }
                    TagKind::EndTag => {
                        state.close(&name);
                    }
                }
            }
            Token::CharacterTokens(text) => state.words(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> &'a str {
    tag.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value).unwrap_or_default()
}

/// Navigation repeats on every page; it is not part of what the page says.
fn is_navigation(name: &str, tag: &Tag) -> bool {
    let marks = |value: &str| {
        value.split([' ', '-', '_']).any(|word| {
            matches!(word, "toc" | "nav" | "navbar" | "sidebar" | "menu" | "breadcrumb" | "breadcrumbs")
        })
    };
    matches!(
        name,
        "nav"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "iframe"
            | "object"
            | "svg"
            | "button"
            | "select"
            | "footer"
    ) || (name != "body"
        && name != "html"
        && name != "main"
        && (marks(attribute(tag, "id")) || marks(attribute(tag, "class"))))
}

fn holds_content(name: &str, tag: &Tag) -> bool {
    matches!(name, "main" | "article")
        || matches!(
            attribute(tag, "id"),
            "doc-container" | "doc-content" | "content" | "main" | "main-content"
        )
        || matches!(attribute(tag, "role"), "main")
}

const VOID: [&str; 13] =
    ["br", "img", "hr", "input", "meta", "link", "source", "wbr", "col", "area", "base", "embed", "track"];

impl State {
    fn is_reading(&self) -> bool {
        self.skipping.is_none() && (self.part == Part::Everything || self.inside.is_some())
    }

    fn open(&mut self, name: &str, tag: &Tag) {
        if name == "title" && self.title.is_empty() {
            self.in_title = true;
        }
        if matches!(name, "script" | "iframe" | "object" | "embed") {
            self.had_scripts = true;
        }
        if VOID.contains(&name) || tag.self_closing {
            self.void(name, tag);
            return;
        }
        if let Some((skipped, depth)) = &mut self.skipping {
            if skipped == name {
                *depth += 1;
            }
            return;
        }
        match &mut self.inside {
            Some((holder, depth)) if holder == name => *depth += 1,
            None if holds_content(name, tag) => {
                self.inside = Some((name.to_owned(), 1));
                return;
            }
            _ => {}
        }
        if is_navigation(name, tag) {
            self.flush();
            self.skipping = Some((name.to_owned(), 1));
            return;
        }
        if self.is_reading() {
            self.start(name, tag);
        }
    }

    fn void(&mut self, name: &str, tag: &Tag) {
        if !self.is_reading() {
            return;
        }
        match name {
            "br" => self.text.push('\n'),
            "hr" => self.flush(),
            "img" => {
                let emoji = attribute(tag, "data-emoji-ch");
                self.text.push_str(emoji);
            }
            _ => {}
        }
    }

    fn start(&mut self, name: &str, tag: &Tag) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = name[1..].parse().ok();
            }
            "ul" | "ol" => {
                self.flush();
                let class = attribute(tag, "class");
                // Some exports write every item as a list of its own and its depth into a class.
                let depth = class
                    .split("listindent")
                    .nth(1)
                    .and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
                self.lists.push(depth.map_or(self.lists.len(), |depth| depth.saturating_sub(1)));
            }
            "li" => {
                self.flush();
                self.in_item = true;
            }
            "table" => {
                self.flush();
                if self.tables.len() < 8 {
                    self.tables.push(Open { line: self.line, ..Open::default() });
                }
            }
            "tr" => {
                self.flush();
                self.end_row();
            }
            "td" | "th" => {
                self.flush();
                self.end_cell();
                let span = |name: &str| attribute(tag, name).parse::<usize>().unwrap_or(1).clamp(1, 100);
                let (columns, rows) = (span("colspan"), span("rowspan"));
                let line = self.line;
                if let Some(open) = self.tables.last_mut() {
                    open.cell =
                        Some((Cell { line, is_head: name == "th", ..Cell::default() }, columns, rows));
                }
            }
            "thead" | "tbody" => {
                self.flush();
                self.end_row();
            }
            "b" | "strong" => self.bold += 1,
            "a" => {
                let href = attribute(tag, "href");
                let safe = href.starts_with("http") || href.starts_with("mailto:") || !href.contains(':');
                let href = if safe { href.to_owned() } else { String::new() };
                self.links.push((self.text.len(), href));
            }
            "p" | "div" | "section" | "blockquote" | "pre" | "dl" | "dt" | "dd" => {
                self.flush();
                if attribute(tag, "id").ends_with("title") {
                    self.heading = Some(1);
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if name == "title" {
            self.in_title = false;
        }
        if let Some((skipped, depth)) = &mut self.skipping {
            if skipped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.skipping = None;
                }
            }
            return;
        }
        if self.is_reading() {
            self.end(name);
        }
        if let Some((holder, depth)) = &mut self.inside
            && holder == name
        {
            *depth -= 1;
            if *depth == 0 {
                self.flush();
                self.inside = None;
            }
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = None;
            }
            "ul" | "ol" => {
                self.flush();
                self.lists.pop();
                self.in_item = !self.lists.is_empty();
            }
            "li" => {
                self.flush();
                self.in_item = false;
            }
            "td" | "th" => {
                self.flush();
                self.end_cell();
            }
            "tr" | "thead" | "tbody" => {
                self.flush();
                self.end_row();
            }
            "table" => {
                self.flush();
                if let Some(table) = self.tables.pop() {
                    self.finish_table(table);
                }
            }
            "b" | "strong" => {
                self.bold = self.bold.saturating_sub(1);
            }
            "a" => {
                if let Some((start, href)) = self.links.pop()
                    && !href.is_empty()
                    && start < self.text.len()
                {
                    let label = collapsed(&self.text[start..]);
                    if !label.is_empty() {
                        let lead = if self.text[start..].starts_with(' ') { " " } else { "" };
                        self.text.truncate(start);
                        self.text.push_str(&format!("{lead}[{label}]({href})"));
                    }
                }
            }
            "p" | "div" | "section" | "blockquote" | "pre" | "dt" | "dd" => {
                self.flush();
                self.heading = None;
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &str) {
        if self.in_title {
            self.title.push_str(words);
        }
        if !self.is_reading() {
            return;
        }
        if self.text.trim().is_empty() && !words.trim().is_empty() {
            self.text_line = self.line;
        }
        let said = !words.trim().is_empty();
        self.text.push_str(&words.replace('\n', " "));
        if said {
            if self.bold > 0 && (self.bold_end.is_some() || self.text.trim() == words.trim()) {
                // Still the bold beginning: nothing plain has come between.
                let plain_between = self.bold_end.is_some_and(|end| {
                    end <= self.text.len() - words.len().min(self.text.len())
                        && !self.text.get(end..self.text.len() - words.len()).unwrap_or("x").trim().is_empty()
                });
                if !plain_between {
                    self.bold_end = Some(self.text.len());
                }
            } else if self.bold_end.is_none() {
                // Plain words came first: no bold beginning any more.
                self.bold_end = Some(0);
            }
        }
    }

    /// Ends the text at hand as the block it stands in.
    fn flush(&mut self) {
        let raw = std::mem::take(&mut self.text);
        let bold_end = self.bold_end.take().unwrap_or(0);
        self.links.clear();
        if raw.trim().is_empty() {
            return;
        }
        let line = self.text_line;
        let (bold, rest) = raw.split_at_checked(bold_end).unwrap_or(("", &raw));
        let (bold, rest) = (collapsed(bold), lines(rest));
        let text = match (bold.is_empty(), rest.is_empty()) {
            (true, _) => rest,
            (false, true) => format!("**{bold}**"),
            (false, false) => format!("**{bold}** {rest}"),
        };
        let depth = self.lists.last().copied().unwrap_or(0);
        if let Some((cell, _, _)) = self.tables.last_mut().and_then(|open| open.cell.as_mut()) {
            if self.in_item {
                cell.items.push((depth, plain(&text)));
            } else {
                cell.texts.push(text);
            }
            return;
        }
        let kind = if let Some(depth) = self.heading {
            Kind::Heading { depth, text: plain(&text) }
        } else if self.in_item {
            Kind::Bullet { depth, text }
        } else {
            Kind::Para(text)
        };
        self.blocks.push(Block { line, end: self.line, kind });
    }

    fn end_cell(&mut self) {
        if let Some(open) = self.tables.last_mut() {
            open.end_cell();
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(open) = self.tables.last_mut()
            && !open.row.is_empty()
        {
            open.fill_spans();
            open.table.rows.push(std::mem::take(&mut open.row));
            open.spans.retain(|(_, left, _)| *left > 0);
        }
    }

    fn finish_table(&mut self, mut open: Open) {
        if let Some((cell, ..)) = open.cell.take() {
            open.row.push(cell);
        }
        if !open.row.is_empty() {
            open.table.rows.push(std::mem::take(&mut open.row));
        }
        open.table.rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        if open.table.rows.is_empty() {
            return;
        }
        // A table inside a cell belongs to the cell.
        if let Some((cell, _, _)) = self.tables.last_mut().and_then(|outer| outer.cell.as_mut()) {
            for inner in open.table.rows.into_iter().flatten().filter(|cell| !cell.is_spanned) {
                cell.texts.extend(inner.texts);
                cell.items.extend(inner.items);
            }
            return;
        }
        self.blocks.push(Block { line: open.line, end: self.line, kind: Kind::Table(open.table) });
    }
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// White space collapsed, line breaks kept.
fn lines(text: &str) -> String {
    text.split('\n').map(collapsed).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn plain(text: &str) -> String {
    text.replace("**", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_without_its_scripts_and_navigation() {
        let page = page(
            "<title>T</title><body><div id=toc><div>Menu</div></div><script>var a = '<h1>no</h1>';</script>\
             <div id=doc-container><h1>Title</h1><p><strong>Scope</strong>\n<em>How far</em></p><ul><li>one <a href=\"javascript:x\">two</a></li>\
             <li>three <a href=\"a.html\">four</a></li></ul><p>plain <b>bold</b></p>after",
        );
        assert!(page.had_scripts);
        let kinds: Vec<Kind> = page.blocks.into_iter().map(|block| block.kind).collect();
        assert_eq!(
            kinds,
            [
                Kind::Heading { depth: 1, text: "Title".into() },
                Kind::Para("**Scope** How far".into()),
                Kind::Bullet { depth: 0, text: "one two".into() },
                Kind::Bullet { depth: 0, text: "three [four](a.html)".into() },
                Kind::Para("plain bold".into()),
                Kind::Para("after".into()),
            ]
        );
    }

    #[test]
    fn cells_that_span_are_repeated_and_marked() {
        let blocks = fragment(
            "<table><tr><th rowspan=2>a</th><th colspan=2>b</th></tr><tr><td>c<td><ul><li>d</ul></table>",
            7,
        );
        let Kind::Table(table) = &blocks[0].kind else { panic!("{blocks:?}") };
        assert_eq!(table.rows[0].len(), 3);
        assert!(table.rows[1][0].is_spanned && table.rows[0][2].is_spanned);
        assert_eq!(table.rows[1][2].items, [(0, "d".to_owned())]);
        assert_eq!(blocks[0].line, 7);
    }
}
