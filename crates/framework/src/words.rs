//! Small truths about text: what counts as the same words, and short digests of them.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization;

/// The whole SHA-256 digest in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Twelve hexadecimal digits: enough to notice that a text has changed.
pub fn short_digest(text: &str) -> String {
    digest(text).chars().take(12).collect()
}

/// Text as a framework keeps it: Unix line ends, no blanks at the edges of lines, at most one empty line in a
/// row. Nothing a reader would miss is lost.
pub fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.split('\n') {
        let line = line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if line.is_empty() {
            blank += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank > 0 { "\n\n" } else { "\n" });
        }
        blank = 0;
        out.push_str(line);
    }
    out
}

/// The words alone: case, punctuation, emoji, white space and Unicode spelling do not count.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidying_twice_changes_nothing_more() {
        let once = tidy("  a \r\n\r\n\r\n b\t\r\nc  ");
        assert_eq!(once, "a\n\nb\nc");
        assert_eq!(tidy(&once), once);
    }

    #[test]
    fn the_same_words_fold_to_the_same_text() {
        assert_eq!(folded("“Writes”  code,\nwell."), folded("writes code well"));
    }
}
