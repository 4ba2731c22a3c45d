//! YAML as a tree that remembers its lines. Scalars keep their letters: `2.0` stays text until a number is asked for.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;
use std::collections::HashMap;

/// Deeper than any framework, shallow enough for every stack.
const DEPTH: usize = 64;
/// More nodes than any file within the limits needs; stops aliases that multiply.
const NODES: usize = 2_000_000;

/// A YAML file that cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct BadYaml {
    /// The line, from 1.
    pub line: usize,
    /// A whole sentence.
    pub message: String,
}

/// A value with the line it begins on.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: Kind,
}

/// The three shapes of YAML.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Letters, and whether they were written without quotes.
    Scalar {
        /// The letters.
        text: String,
        /// Whether they may mean null, a number or a truth value.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// Keys and values in their order, keys with their lines.
    Map(Vec<(String, usize, Node)>),
}

impl Node {
    /// An empty map.
    pub fn empty() -> Node {
        Node { line: 1, kind: Kind::Map(Vec::new()) }
    }

    /// Whether it says nothing.
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The letters of a scalar, whatever type YAML would see in them; nothing for null.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn map(&self) -> Option<&[(String, usize, Node)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map()?.iter().find(|(name, _, _)| name == key).map(|(_, _, node)| node)
    }

    /// The letters under a key.
    pub fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// Whether a key says true.
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| node.value() == Value::Bool(true))
    }

    /// The value with the types YAML sees in it.
    pub fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar { text, plain: true } => resolved(text),
            Kind::Scalar { text, .. } => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Node::value).collect()),
            Kind::Map(entries) => {
                Value::Object(entries.iter().map(|(key, _, node)| (key.clone(), node.value())).collect())
            }
        }
    }

    /// What it is, for a sentence.
    pub fn shape(&self) -> &'static str {
        match &self.kind {
            Kind::Scalar { .. } if self.is_null() => "nothing",
            Kind::Scalar { .. } => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a set of keys",
        }
    }
}

/// The core schema, without the surprises of older ones: `no`, `on` and dates are text.
fn resolved(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        // Leading zeros are letters of a code, not a number to be shortened.
        if (digits == "0" || !digits.starts_with('0'))
            && !text.starts_with('+')
            && let Ok(number) = text.parse::<i64>()
        {
            return Value::from(number);
        }
        return Value::String(text.to_owned());
    }
    let numeric = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.contains(['.', 'e', 'E'])
        && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'));
    if numeric
        && let Ok(number) = text.parse::<f64>()
        && let Some(number) = serde_json::Number::from_f64(number)
    {
        return Value::Number(number);
    }
    Value::String(text.to_owned())
}

enum Open {
    List(usize, usize, Vec<Node>),
    Map(usize, usize, Vec<(String, usize, Node)>, Option<(String, usize)>),
}

/// Reads the first document of a YAML text. A tab where YAML wants spaces is an error with its line.
pub fn read(source: &str) -> Result<Node, BadYaml> {
    let tabs = tab_lines(source);
    let mut inside: Vec<(usize, usize)> = Vec::new();
    match parse(source, &mut inside) {
        Ok(node) => match tabs.iter().find(|tab| !inside.iter().any(|(from, to)| from < tab && *tab <= to)) {
            Some(line) => Err(BadYaml { line: *line, message: tab_message() }),
            None => Ok(node),
        },
        Err(bad) => match tabs.iter().find(|tab| **tab <= bad.line + 1) {
            Some(line) => Err(BadYaml { line: *line, message: tab_message() }),
            None => Err(bad),
        },
    }
}

fn tab_message() -> String {
    "There is a tab where YAML wants spaces.".to_owned()
}

/// The lines whose indentation, or the blank after a list dash, holds a tab.
pub fn tab_lines(source: &str) -> Vec<usize> {
    let has_tab = |line: &str| {
        let head: &str = &line[..line.len() - line.trim_start_matches([' ', '\t', '-']).len()];
        !line.trim().is_empty()
            && head.contains('\t')
            && (line.starts_with([' ', '\t']) || line.starts_with('-'))
    };
    source.lines().enumerate().filter(|(_, line)| has_tab(line)).map(|(at, _)| at + 1).collect()
}

/// The same text with those tabs turned into blanks.
pub fn without_tabs(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let rest = line.trim_start_matches([' ', '\t', '-']);
        let head = &line[..line.len() - rest.len()];
        if rest.trim().is_empty() {
            out.push_str(line);
        } else {
            out.push_str(&head.replace('\t', " "));
            out.push_str(rest);
        }
    }
    out
}

fn parse(source: &str, multiline: &mut Vec<(usize, usize)>) -> Result<Node, BadYaml> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Node, usize)> = HashMap::new();
    let mut root: Option<Node> = None;
    let mut nodes = 0;
    for event in Parser::new_from_str(source) {
        let (event, span) = event.map_err(|error| BadYaml {
            line: error.marker().line().max(1),
            message: sentence(error.info()),
        })?;
        let line = span.start.line().max(1);
        let bad = |message: &str| BadYaml { line, message: message.to_owned() };
        nodes += 1;
        let finished = match event {
            Event::Scalar(text, style, anchor, _) => {
                if span.end.line() > line {
                    multiline.push((line, span.end.line()));
                }
                let plain = style == ScalarStyle::Plain;
                Some((Node { line, kind: Kind::Scalar { text: text.into_owned(), plain } }, anchor, 1))
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open::List(line, anchor, Vec::new()));
                None
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open::Map(line, anchor, Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(line, anchor, items)) => {
                    Some((Node { line, kind: Kind::List(items) }, anchor, usize::MAX))
                }
                Some(Open::Map(line, anchor, entries, _)) => {
                    Some((Node { line, kind: Kind::Map(entries) }, anchor, usize::MAX))
                }
                None => None,
            },
            Event::Alias(anchor) => {
                let (node, size) = anchors
                    .get(&anchor)
                    .cloned()
                    .ok_or_else(|| bad("An alias names an anchor that is not there."))?;
                nodes += size;
                Some((node, 0, size))
            }
            _ => None,
        };
        if open.len() > DEPTH {
            return Err(bad("This is nested too deeply to be a framework."));
        }
        if nodes > NODES {
            return Err(bad("This file unfolds to far too many values; aliases that multiply are refused."));
        }
        let Some((node, anchor, size)) = finished else { continue };
        if anchor > 0 {
            let size = if size == usize::MAX { count(&node) } else { size };
            anchors.insert(anchor, (node.clone(), size));
        }
        match open.last_mut() {
            Some(Open::List(_, _, items)) => items.push(node),
            Some(Open::Map(_, _, entries, key)) => match key.take() {
                None => match node.kind {
                    Kind::Scalar { text, .. } => {
                        if entries.iter().any(|(name, _, _)| *name == text) {
                            return Err(BadYaml {
                                line,
                                message: format!("The key \"{text}\" stands here twice."),
                            });
                        }
                        *key = Some((text, line));
                    }
                    _ => return Err(bad("A key must be a single value.")),
                },
                Some((name, at)) => entries.push((name, at, node)),
            },
            None if root.is_none() => root = Some(node),
            None => return Err(bad("One YAML document is expected, and here a second one begins.")),
        }
    }
    Ok(root.unwrap_or_else(Node::empty))
}

fn count(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => 1,
        Kind::List(items) => 1 + items.iter().map(count).sum::<usize>(),
        Kind::Map(entries) => 1 + entries.iter().map(|(_, _, node)| 1 + count(node)).sum::<usize>(),
    }
}

fn sentence(message: &str) -> String {
    format!("This is not YAML: {}.", message.trim_end_matches('.'))
}

/// The front matter of a Markdown file and the line on which the rest begins; nothing when there is none.
pub(crate) fn front_matter(source: &str) -> Option<(&str, &str, usize)> {
    let rest = source.strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for (count, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            return Some((&rest[..at], &rest[at + line.len()..], count + 3));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stay_letters_until_a_number_is_asked_for() {
        let node = read("version: 2.0\nlevel: 1337\nno: NO\n").unwrap();
        assert_eq!(node.text_at("version"), Some("2.0"));
        assert_eq!(node.text_at("level"), Some("1337"));
        assert_eq!(node.get("no").unwrap().value(), Value::String("NO".into()));
    }

    #[test]
    fn a_tab_after_a_dash_is_an_error_with_its_line_and_can_be_mended() {
        let source = "a:\n  - one\n  -\t\"two\"\n";
        assert_eq!(read(source).unwrap_err().line, 3);
        let mended = read(&without_tabs(source)).unwrap();
        assert_eq!(mended.get("a").unwrap().list().unwrap().len(), 2);
    }

    #[test]
    fn a_tab_inside_a_text_block_is_a_letter() {
        assert!(read("a: |\n  one\n  \ttwo\nb: 1\n").is_ok());
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error() {
        assert_eq!(read("a: 1\nb: 2\na: 3\n").unwrap_err().line, 3);
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let mut source = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for step in 1..12 {
            let refs = vec![format!("*a{}", step - 1); 10].join(",");
            source.push_str(&format!("a{step}: &a{step} [{refs}]\n"));
        }
        assert!(read(&source).unwrap_err().message.contains("too many"));
    }

    #[test]
    fn depth_is_limited() {
        assert!(read(&"[".repeat(5_000)).is_err());
    }
}
