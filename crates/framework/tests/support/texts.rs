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
            out.push_str(&folded(text));
            out.push_str(" \n ");
        }
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
