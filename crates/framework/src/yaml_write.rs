//! Writes YAML in one canonical way: block style, short lists in a line, quotes only where they are needed.

use serde_json::{Map, Value};

/// A map as a YAML document.
pub fn write(map: &Map<String, Value>) -> String {
    let mut out = String::new();
    entries(map, 0, &mut out);
    out
}

fn entries(map: &Map<String, Value>, depth: usize, out: &mut String) {
    for (key, value) in map {
        pad(depth, out);
        entry(key, value, depth, out);
    }
}

fn entry(key: &str, value: &Value, depth: usize, out: &mut String) {
    out.push_str(&scalar_text(key, true));
    out.push(':');
    match value {
        Value::Object(map) if map.is_empty() => out.push_str(" {}\n"),
        Value::Object(map) => {
            out.push('\n');
            entries(map, depth + 1, out);
        }
        Value::Array(items) if is_short(items) => {
            let inner: Vec<String> = items.iter().map(flow_scalar).collect();
            out.push_str(&format!(" [{}]\n", inner.join(", ")));
        }
        Value::Array(items) => {
            out.push('\n');
            list(items, depth + 1, out);
        }
        other => {
            out.push(' ');
            scalar(other, depth + 1, out);
        }
    }
}

fn list(items: &[Value], depth: usize, out: &mut String) {
    for item in items {
        pad(depth, out);
        out.push_str("- ");
        match item {
            Value::Object(map) if map.is_empty() => out.push_str("{}\n"),
            Value::Object(map) => {
                for (at, (key, value)) in map.iter().enumerate() {
                    if at > 0 {
                        pad(depth + 1, out);
                    }
                    entry(key, value, depth + 1, out);
                }
            }
            Value::Array(items) if is_short(items) => {
                let inner: Vec<String> = items.iter().map(flow_scalar).collect();
                out.push_str(&format!("[{}]\n", inner.join(", ")));
            }
            Value::Array(items) => {
                out.push('\n');
                list(items, depth + 1, out);
            }
            other => scalar(other, depth + 1, out),
        }
    }
}

fn pad(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn is_short(items: &[Value]) -> bool {
    let width: usize = items
        .iter()
        .map(|item| match item {
            Value::String(text) if !text.contains('\n') => text.chars().count() + 2,
            Value::Number(_) | Value::Bool(_) | Value::Null => 6,
            _ => 1_000,
        })
        .sum();
    width <= 90
}

fn flow_scalar(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains([',', '[', ']', '{', '}', ':', '#', '&', '*', '"', '\'']) => {
            quoted(text)
        }
        Value::String(text) => scalar_text(text, false),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

fn scalar(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::String(text) if is_block(text) => {
            out.push_str("|-\n");
            for line in text.split('\n') {
                if !line.is_empty() {
                    pad(depth, out);
                    out.push_str(line);
                }
                out.push('\n');
            }
        }
        Value::String(text) => {
            out.push_str(&scalar_text(text, false));
            out.push('\n');
        }
        Value::Null => out.push_str("null\n"),
        other => {
            out.push_str(&other.to_string());
            out.push('\n');
        }
    }
}

fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with('\n')
        && text.lines().all(|line| !line.ends_with([' ', '\t']) && !line.starts_with('\t'))
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn scalar_text(text: &str, is_key: bool) -> String {
    if is_plain(text, is_key) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str, is_key: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let reserved = matches!(
        text.to_ascii_lowercase().as_str(),
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    // Dates, versions and codes are quoted, whatever a reader might see in them.
    !reserved
        && (first.is_alphabetic() || first == '_' || first == '/')
        && !text.ends_with([' ', '\t', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !(is_key && text.contains([':', '#', ',', '[', ']', '{', '}', '"', '\'']))
        && text.chars().all(is_printable)
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) <= 0xff => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if u32::from(c) <= 0xffff => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_back() {
        let value = json!({
            "a": "2.0", "b": "yes", "c": ["x", "y z", "a, b"], "d": {"e": null, "f": [{"g": 1, "h": "two\nlines\n\nmore"}]},
            "no": "- dash", "i": "#x", "j": "a: b", "k": "a #b", "l": "", "m": [], "n": {}, "o": [[1, 2], [{"p": true}]],
            "q": "tab\there", "r": " lead", "s": "\u{7}", "t": 1.5, "u": "|", "v": "ends:", "w: x": "emoji 🎉",
            "x": "@at", "y1": "`tick`", "z": "line\n  indented", "é": "[x]", "aa": ["a:b", "", "12"]
        });
        let Value::Object(map) = &value else { unreachable!() };
        let text = write(map);
        assert_eq!(crate::yaml::read(&text).unwrap().value(), value, "{text}");
    }
}
