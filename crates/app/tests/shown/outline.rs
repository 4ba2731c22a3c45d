//! The outline of a page: its title, landmarks, headings, links, forms with their fields, tables with their heads.
//! What is data of the demo repeats itself and is cut short; what is structure stands there whole.

use std::cell::RefCell;
use std::fmt::Write as _;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::without_ids;

/// So many of one sort are named; of the rest only that there are some.
const NAMED: usize = 4;

/// The outline of a page, one thing a line. The frame is the same around each page: `main` leaves it out.
pub fn of(html: &str) -> String {
    let pen = Pen { state: RefCell::default() };
    let tokenizer = Tokenizer::new(pen, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _whole = tokenizer.feed(&input);
    tokenizer.end();
    let mut state = tokenizer.sink.state.take();
    state.end_run();
    without_repeats(&without_ids(&state.out))
}

/// Forms of one sort that follow each other are shown once and counted.
fn without_repeats(outline: &str) -> String {
    let lines: Vec<&str> = outline.lines().collect();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let block = |from: usize| {
        let inner = lines[from + 1..].iter().take_while(|line| depth(line) > depth(lines[from])).count();
        &lines[from..=from + inner]
    };
    // A form is of another sort when it leads elsewhere or has other fields, whatever its words are.
    let sort = |block: &[&str]| {
        let first = block[0].rsplit_once('/').map_or(block[0], |(parent, _)| parent).to_owned();
        let fields = block.iter().filter(|line| line.trim_start().starts_with("field"));
        fields.fold(first, |sort, line| sort + line)
    };
    let (mut out, mut at) = (String::new(), 0);
    while at < lines.len() {
        if !lines[at].trim_start().starts_with("form ") {
            let _ = writeln!(out, "{}", lines[at]);
            at += 1;
            continue;
        }
        let shown = block(at);
        at += shown.len();
        let mut count = 1;
        while lines.get(at).is_some_and(|line| line.trim_start().starts_with("form "))
            && sort(block(at)) == sort(shown)
        {
            at += block(at).len();
            count += 1;
        }
        for line in shown {
            let _ = writeln!(out, "{line}");
        }
        if count > 1 {
            let _ = writeln!(out, "{}… {count} such forms in all", " ".repeat(depth(shown[0])));
        }
    }
    out
}

/// The outline without what stands around `main`.
pub fn of_main(html: &str) -> String {
    let whole = of(html);
    let mut is_inside = false;
    whole
        .lines()
        .filter(|line| {
            is_inside = if line.starts_with(' ') { is_inside } else { line.starts_with("main") };
            is_inside || line.starts_with("title")
        })
        .fold(String::new(), |out, line| out + line + "\n")
}

struct Pen {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    out: String,
    depth: usize,
    /// Elements whose words are being gathered, the innermost last.
    gathered: Vec<(Tag, String)>,
    /// Links to the same place that follow each other.
    run: Option<(String, Vec<String>)>,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    columns: Vec<String>,
    rows: usize,
}

impl TokenSink for Pen {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => {
                    let raw = match &*tag.name {
                        "script" => Some(RawKind::ScriptData),
                        "style" => Some(RawKind::Rawtext),
                        "textarea" | "title" => Some(RawKind::Rcdata),
                        _ => None,
                    };
                    state.open(tag);
                    if let Some(raw) = raw {
                        return TokenSinkResult::RawData(raw);
                    }
                }
                TagKind::EndTag => state.close(&tag.name),
            },
            Token::CharacterTokens(words) => {
                for (_, gathered) in &mut state.gathered {
                    gathered.push_str(&words);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn open(&mut self, tag: Tag) {
        match &*tag.name {
            "header" | "nav" | "main" | "aside" | "footer" | "section" | "dialog" | "details"
            | "fieldset" => {
                let name = attribute(&tag, "aria-label").unwrap_or_default();
                self.line(&format!("{} {name}", &*tag.name));
                self.depth += 1;
            }
            "form" => {
                let method = attribute(&tag, "method").unwrap_or("get");
                self.line(&format!("form {method} {}", attribute(&tag, "action").unwrap_or_default()));
                self.depth += 1;
            }
            "input" | "select" | "textarea" => {
                let kind = attribute(&tag, "type").unwrap_or(&tag.name);
                let name = attribute(&tag, "name").unwrap_or_default();
                let required = if attribute(&tag, "required").is_some() { ", required" } else { "" };
                let is_secret = name == "form_token";
                if !is_secret {
                    self.line(&format!("field {kind} {name}{required}"));
                }
            }
            "table" => {
                self.end_run();
                self.table = Some(Table::default());
            }
            "tr" => {
                if let Some(table) = &mut self.table {
                    table.rows += 1;
                }
            }
            "img" | "svg" => {
                let said = attribute(&tag, "alt").or(attribute(&tag, "aria-label")).unwrap_or_default();
                if !said.is_empty() {
                    self.line(&format!("picture {said}"));
                }
            }
            "title" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "a" | "button" | "label" | "legend"
            | "th" | "summary" | "caption" | "text" => self.gathered.push((tag, String::new())),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "header" | "nav" | "main" | "aside" | "footer" | "section" | "dialog" | "details"
            | "fieldset" | "form" => {
                self.end_run();
                self.depth = self.depth.saturating_sub(1);
            }
            "table" => {
                self.end_run();
                if let Some(Table { columns, rows }) = self.table.take() {
                    self.line(&format!("table of {rows} rows: {}", columns.join(" | ")));
                }
            }
            _ => {
                let Some(place) = self.gathered.iter().rposition(|(tag, _)| &*tag.name == name) else {
                    return;
                };
                let (tag, words) = self.gathered.remove(place);
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                self.say(&tag, words);
            }
        }
    }

    fn say(&mut self, tag: &Tag, words: String) {
        match (&*tag.name, &mut self.table) {
            // A title inside a picture is read with the picture.
            ("title", _) if self.depth > 0 => {}
            ("text", _) => {}
            ("th", Some(table)) if attribute(tag, "scope") != Some("row") => table.columns.push(words),
            ("th", _) => {}
            ("a", _) => {
                let place = attribute(tag, "href").unwrap_or_default();
                let words =
                    if words.is_empty() { attribute(tag, "aria-label").unwrap_or_default() } else { &words };
                self.link(&sort_of(place), words);
            }
            (name, _) => self.line(&format!("{name} {words}")),
        }
    }

    fn link(&mut self, place: &str, words: &str) {
        match &mut self.run {
            Some((run, names)) if run == place => names.push(words.to_owned()),
            _ => {
                self.end_run();
                self.run = Some((place.to_owned(), vec![words.to_owned()]));
            }
        }
    }

    fn end_run(&mut self) {
        let Some((place, names)) = self.run.take() else { return };
        let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(" · ");
        let more = if names.len() > NAMED { format!(" … {} in all", names.len()) } else { String::new() };
        self.line(&format!("link {place}: {named}{more}"));
    }

    fn line(&mut self, words: &str) {
        self.end_run();
        let indent = "  ".repeat(self.depth);
        let _ = writeln!(self.out, "{indent}{}", words.trim_end());
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value)
}

/// Links that differ in their last part only are of one sort.
fn sort_of(place: &str) -> String {
    let place = without_ids(place);
    let (path, query) = place.split_once('?').map_or((&*place, ""), |(path, query)| (path, query));
    let path = match path.rsplit_once('/') {
        Some((parent, last)) if parent.matches('/').count() >= 3 && !last.is_empty() => format!("{parent}/…"),
        _ => path.to_owned(),
    };
    let names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    if query.is_empty() { path } else { format!("{path}?{}", names.join("&")) }
}

#[test]
fn an_outline_names_what_a_reader_would_look_for() {
    let page = "<title>Plans</title><header><nav aria-label='Main'><a href='/'>Today</a></nav></header><main>\
                <h1>Your <em>plans</em></h1><form method='post' action='/plans'><label>Name <input name='name' required>\
                </label><button>Save</button></form><table><tr><th>When<th>What</th></tr></table></main>";
    let said = of_main(page);
    assert!(said.starts_with("title Plans\nmain\n  h1 Your plans\n  form post /plans\n"), "{said}");
    assert!(said.contains("field input name, required") && said.contains("button Save"), "{said}");
    let two = "<form action='/a/1'><input name=x></form><form action='/a/2'><input name=x></form><form action='/a/3'></form>";
    assert_eq!(of(two), "form get /a/1\n  field input x\n… 2 such forms in all\nform get /a/3\n");
    assert!(of(page).contains("nav Main\n    link /: Today"), "{}", of(page));
}
