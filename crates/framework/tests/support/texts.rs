//! Every text of a source, read without the importer's help, and whether an import still has it.

use espalier_framework::{Files, Framework, folded};
use serde_json::Value;

/// All the words of an import, in one folded text.
pub fn everything(framework: &Framework) -> String {
    let mut out = String::from(" ");
    gather(&serde_json::to_value(framework).unwrap(), &mut out);
    out
}

fn gather(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => {
            for text in [text.clone(), unescaped(text)] {
                out.push_str(&folded(&text));
                out.push_str(" \n ");
            }
        }
        Value::Number(number) => out.push_str(&format!("{number} \n ")),
        Value::Array(items) => items.iter().for_each(|item| gather(item, out)),
        Value::Object(map) => map.values().for_each(|item| gather(item, out)),
        _ => {}
    }
}

/// The texts that are in the source but not in the import.
pub fn lost(texts: &[(String, String)], framework: &Framework) -> Vec<String> {
    let all = everything(framework);
    assert!(!texts.is_empty(), "the independent reading found no text at all");
    (texts.iter())
        .filter(|(_, text)| !all.contains(&folded(text)))
        .map(|(file, text)| format!("{file}: {text}"))
        .collect()
}

/// Every line of YAML that says something, without its key and quotes.
pub fn yaml_lines(files: &Files, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| wanted(path)) {
        for line in String::from_utf8_lossy(bytes).lines() {
            let mut text = line.trim();
            if text.starts_with("# ") || text == "---" {
                continue;
            }
            while let Some(rest) = text.strip_prefix('-') {
                text = rest.trim_start();
            }
            if let Some((key, rest)) = text.split_once(':')
                && key.chars().all(|c| c.is_ascii_alphabetic())
                && (rest.is_empty() || rest.starts_with(' '))
            {
                text = rest.trim();
            }
            let text = text.trim_matches(|c| c == '"').replace("\\\"", "\"");
            let empty = ["", "null", "[]", "|", ">", "|-", ">-", "true", "false"].contains(&text.as_str());
            if !empty && text.parse::<f64>().is_err() {
                out.push((path.to_owned(), text));
            }
        }
    }
    out
}

/// Every string of JSON.
pub fn json_strings(files: &Files, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    fn walk(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) if !text.trim().is_empty() => out.push((path.to_owned(), text.clone())),
            Value::Array(items) => items.iter().for_each(|item| walk(path, item, out)),
            Value::Object(map) => map.values().for_each(|item| walk(path, item, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| wanted(path)) {
        walk(path, &serde_json::from_slice(bytes).unwrap(), &mut out);
    }
    out
}

/// Every piece of Markdown that says something: lines, cut at bold words, cells and tags.
pub fn markdown_pieces(files: &Files, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".md") && wanted(path)) {
        let source = String::from_utf8_lossy(bytes).into_owned();
        let mut in_tag = false;
        for line in source.lines() {
            let mut text = line.trim();
            if let Some((key, rest)) = text.split_once(": ")
                && key.chars().all(|c| c.is_ascii_lowercase())
            {
                text = rest;
            }
            for piece in text.split(['|', '\\']).flat_map(|piece| piece.split("**")) {
                let mut word = String::new();
                let mut words = Vec::new();
                for c in piece.chars() {
                    match c {
                        '<' => {
                            words.push(std::mem::take(&mut word));
                            in_tag = true;
                        }
                        '>' if in_tag => in_tag = false,
                        _ if in_tag => {}
                        _ => word.push(c),
                    }
                }
                words.push(word);
                out.extend(words.into_iter().map(|word| (path.to_owned(), unescaped(&word))));
            }
            // A tag never spans a line that ends a sentence; a lone "<" is a word.
            in_tag = in_tag && !line.trim().is_empty();
        }
    }
    out.retain(|(_, text)| !folded(text).is_empty());
    for (_, text) in &mut out {
        let bare = text.trim().trim_start_matches(['#', '*', '-', '>', ' ']);
        let digits = bare.len() - bare.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let numbered = digits > 0 && bare[digits..].starts_with(". ");
        *text = if numbered { bare[digits + 2..].to_owned() } else { bare.to_owned() };
    }
    out.retain(|(_, text)| !folded(text).is_empty());
    out
}

fn unescaped(text: &str) -> String {
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// Every piece of a page's content between tags that part it. Tags that only dress words part nothing.
pub fn html_pieces(files: &Files, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html") && wanted(path)) {
        let source = String::from_utf8_lossy(bytes);
        let from = source.find("id=\"doc-container\"").expect("a page has its content");
        let from = from + source[from..].find('>').unwrap() + 1;
        let to = source.find("id=\"doc-footer\"").or(source.find("</body>")).unwrap_or(source.len());
        let to = source[..to].rfind('<').unwrap();
        let hidden = source.find("id=\"doc-nav\"").map_or(to, |at| source[..at].rfind('<').unwrap());
        let mut text = String::new();
        let mut rest = &source[from..to.min(hidden)];
        while let Some((before, after)) = rest.split_once('<') {
            text.push_str(before);
            let (tag, after) = after.split_once('>').expect("a tag ends");
            let name: String =
                tag.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            if !matches!(name.as_str(), "span" | "b" | "i" | "em" | "u" | "img") {
                text.push('\n');
            }
            rest = after;
        }
        text.push_str(rest);
        out.extend(text.lines().map(|line| (path.to_owned(), unescaped(line))));
    }
    out.retain(|(_, text)| !folded(text).is_empty());
    out
}
