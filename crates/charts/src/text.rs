//! Text in a drawing: escaping it, guessing how wide it is, breaking it into lines.

/// Text made safe to stand between tags and inside quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Characters that no XML document may hold.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                safe.push('\u{fffd}');
            }
            c => safe.push(c),
        }
    }
    safe
}

/// About how wide a text is. A little too wide on purpose: fonts differ, and a label must not leave the drawing.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size * 1.06
}

/// The width of one character of a common sans serif, in parts of the type size.
fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.25,
        ' ' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' => 0.34,
        'm' | 'w' | '…' | '—' => 0.90,
        'M' | 'W' | '@' | '%' => 1.0,
        'A'..='Z' => 0.72,
        'a'..='z' | '0'..='9' => 0.56,
        // Combining marks stand on the letter before them.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0.0,
        '\u{0}'..='\u{24f}' => 0.72,
        '\u{250}'..='\u{10ff}' => 0.80,
        _ => 1.05,
    }
}

/// The text cut to fit, its end replaced by an ellipsis when some is left out.
pub(crate) fn shorten(text: &str, room: f64, size: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size) + width("…", size) > room {
            kept.pop();
            break;
        }
    }
    format!("{}…", kept.trim_end())
}

/// The text in at most `lines` lines, broken between words; what is left over is cut with an ellipsis.
pub(crate) fn wrap(text: &str, room: f64, size: f64, lines: usize) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut wrapped = Vec::new();
    let mut next = 0;
    while next < words.len() {
        if wrapped.len() + 1 == lines {
            wrapped.push(shorten(&words[next..].join(" "), room, size));
            break;
        }
        let mut line = words[next].to_owned();
        next += 1;
        while next < words.len() && width(&format!("{line} {}", words[next]), size) <= room {
            line.push(' ');
            line.push_str(words[next]);
            next += 1;
        }
        wrapped.push(shorten(&line, room, size));
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(
            escape("<b a=\"1\">R&D's</b>\u{1}"),
            "&lt;b a=&quot;1&quot;&gt;R&amp;D&#39;s&lt;/b&gt;\u{fffd}"
        );
    }

    #[test]
    fn every_line_fits_its_room() {
        for line in wrap(
            "Communication and Donaudampfschifffahrtsgesellschaft across all of the teams",
            90.0,
            13.0,
            3,
        ) {
            assert!(width(&line, 13.0) <= 90.0, "{line}");
        }
    }

    #[test]
    fn what_is_left_out_is_marked() {
        assert_eq!(wrap("one two three four", 40.0, 13.0, 2), ["one", "two…"]);
        assert_eq!(wrap("one two", 400.0, 13.0, 2), ["one two"]);
        assert!(wrap("  ", 40.0, 13.0, 2).is_empty());
    }
}
