//! What a person reads is kept as text files in `snapshots/`, so that whatever changes there is seen as a changed text:
//! the command line, the answers of the API, the outline of every page. After a change that is meant, write them anew
//! with `INSTA_UPDATE=always cargo nextest run -p espalier --test shown`, and read what git says about them.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod api;
mod commands;
#[path = "../common/mod.rs"]
mod common;
mod outline;
mod pages;

/// The length of an id as text.
const ID: usize = 26;

/// Ids and digests differ from run to run or from engine to engine; what they name does not.
fn without_ids(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.split(|c| !is_part(c)).next().unwrap_or_default();
        let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
        out.push_str(match word.len() {
            ID if has_digit => "{id}",
            64 if has_digit => "{digest}",
            _ => word,
        });
        rest = &rest[word.len()..];
        let mark: String = rest.chars().take_while(|c| !is_part(*c)).collect();
        out.push_str(&mark);
        rest = &rest[mark.len()..];
    }
    out
}

#[test]
fn ids_and_digests_are_left_out_and_words_are_not() {
    let id = "01kjfk2g0g000000000000000a";
    let long = "a".repeat(26);
    assert_eq!(without_ids(&format!("/people/{id}?a={long}")), format!("/people/{{id}}?a={long}"));
    assert_eq!(without_ids(&format!("“{}”", "0f".repeat(32))), "“{digest}”");
}
