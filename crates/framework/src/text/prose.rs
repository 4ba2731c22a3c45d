//! One sentence per line, so that a change to a sentence is a change to a line.

/// What a line must not begin with, because a reader would see structure in it.
fn needs_escape(line: &str, in_bullet: bool) -> bool {
    let dash = line.starts_with(['-', '*', '+']) && line[1..].starts_with([' ', '\t'])
        || matches!(line, "-" | "*" | "+");
    line.starts_with('\\') || line.starts_with('#') || line.starts_with("---") || (in_bullet && dash)
}

/// Whether Markdown itself begins a new line here.
fn is_marker(line: &str, in_bullet: bool) -> bool {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered = digits > 0
        && digits < 4
        && line[digits..].starts_with([')', '.'])
        && line[digits + 1..].starts_with(' ');
    let dash = line.starts_with(['-', '*', '+']) && line[1..].starts_with(' ');
    numbered || line.starts_with("> ") || line.starts_with('|') || (!in_bullet && dash)
}

/// The lines of a tidy text: one for each sentence.
pub fn lines(text: &str, in_bullet: bool) -> Vec<String> {
    let mut out = Vec::new();
    if text.is_empty() {
        return out;
    }
    let hard: Vec<&str> = text.split('\n').collect();
    for (at, line) in hard.iter().enumerate() {
        let mut parts = sentences(line).into_iter().peekable();
        while let Some(part) = parts.next() {
            let mut physical =
                if needs_escape(part, in_bullet) { format!("\\{part}") } else { part.to_owned() };
            if parts.peek().is_none()
                && let Some(next) = hard.get(at + 1)
                && !next.is_empty()
                && !line.is_empty()
                && (!is_marker(next, in_bullet) || part.ends_with('\\'))
            {
                physical.push('\\');
            }
            out.push(physical);
        }
        if line.is_empty() {
            out.push(String::new());
        }
    }
    out
}

/// Cuts after a full stop that is followed by a capital letter. Joining with one blank gives the line back.
fn sentences(line: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let bytes = line.as_bytes();
    for at in 1..bytes.len() {
        let ends = bytes[at] == b' ' && matches!(bytes[at - 1], b'.' | b'!' | b'?');
        if !ends || at < start + 12 {
            continue;
        }
        let word = line[..at - 1].rsplit(' ').next().unwrap_or_default();
        let whole =
            word.chars().count() > 2 && word.chars().all(|c| c.is_lowercase() || c == '\'' || c == '-');
        let rest = &line[at + 1..];
        let capital = rest.chars().next().is_some_and(char::is_uppercase);
        if whole && capital && !is_marker(rest, true) && !needs_escape(rest, true) {
            out.push(&line[start..at]);
            start = at + 1;
        }
    }
    if start < line.len() {
        out.push(&line[start..]);
    }
    out
}

/// Puts the lines of a text together again.
pub fn joined<'a>(lines: impl IntoIterator<Item = &'a str>, in_bullet: bool) -> String {
    let lines: Vec<&str> = lines.into_iter().map(str::trim).collect();
    let mut out = String::new();
    let mut hard = false;
    for (at, line) in lines.iter().enumerate() {
        if line.is_empty() {
            if !out.is_empty() && !out.ends_with("\n\n") {
                out.push_str(if out.ends_with('\n') { "\n" } else { "\n\n" });
            }
            hard = false;
            continue;
        }
        if !out.is_empty() && !out.ends_with('\n') {
            out.push(if hard || is_marker(line, in_bullet) { '\n' } else { ' ' });
        }
        let more = lines.get(at + 1).is_some_and(|next| !next.is_empty());
        let (content, ends_hard) = match line.strip_suffix('\\') {
            Some(content) if more => (content, true),
            _ => (*line, false),
        };
        hard = ends_hard;
        let content = match content.strip_prefix('\\') {
            Some(rest) if needs_escape(rest, true) || needs_escape(rest, false) => rest,
            _ => content,
        };
        out.push_str(content);
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sentence_has_its_line_and_comes_back() {
        let cases = [
            "Writes code that others can read. Asks for reviews early. Says thanks.",
            "1. First thing to do\n2. Second thing to do\n\nA paragraph after that. And more.",
            "- a dash\n- another\nplain",
            "# not a heading",
            "\\backslash first",
            "ends with \\\nnext",
            "ends with \\\n1. next",
            "a\nb\n\nc",
            "e.g. Something like this. Mr. Smith approves of it. He does.",
            "---",
            "\\- odd",
        ];
        for text in cases {
            for in_bullet in [true, false] {
                let written = lines(text, in_bullet);
                assert_eq!(joined(written.iter().map(String::as_str), in_bullet), text, "{written:#?}");
            }
        }
        assert_eq!(lines(cases[0], true).len(), 3);
    }
}
