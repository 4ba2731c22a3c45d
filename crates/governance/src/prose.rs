//! Markdown as it may stand in a page. Imported text is untrusted: what it may contain is listed, everything else
//! is taken out.

use std::sync::LazyLock;

use pulldown_cmark::{Options, Parser, html};

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    // No pictures: they would be fetched from other hosts, which would learn who reads what.
    cleaner.rm_tags(["img", "picture", "map", "area"]);
    cleaner.link_rel(Some("noopener noreferrer nofollow"));
    cleaner.url_relative(ammonia::UrlRelative::Deny);
    cleaner
});

/// A whole page of Markdown as safe HTML, its headings one step lower than written.
#[must_use]
pub fn page(markdown: &str) -> String {
    let mut options = Options::empty();
    options.insert(Options::ENABLE_TABLES);
    options.insert(Options::ENABLE_STRIKETHROUGH);
    let mut rendered = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut rendered, Parser::new_ext(markdown, options));
    CLEANER.clean(&rendered).to_string().replace("<h1>", "<h2>").replace("</h1>", "</h2>")
}

/// One sentence of Markdown as safe HTML that can stand inside a line.
#[must_use]
pub fn line(markdown: &str) -> String {
    let is_plain = !markdown.contains(['*', '_', '`', '[', '<', '&', '\\', '!', '#', '>', '|', '~', '\n']);
    if is_plain {
        return markdown.to_owned();
    }
    let page = page(markdown);
    let page = page.trim();
    match page.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inside) if !inside.contains("<p>") => inside.to_owned(),
        _ => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_and_pictures_never_reach_a_page() {
        for text in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "<img src=x onerror=alert(1)>",
            "![](https://elsewhere.example/pixel.png)",
            "<a href='https://x.example' onclick='x()'>y</a>",
            "<style>*{display:none}</style>",
        ] {
            let html = page(text);
            for bad in ["<script", "javascript:", "onerror", "<img", "onclick", "<style"] {
                assert!(!html.contains(bad), "{text} became {html}");
            }
        }
    }

    #[test]
    fn a_sentence_stays_inside_its_line() {
        assert_eq!(line("Plain words."), "Plain words.");
        assert_eq!(line("With *weight* & `code`."), "With <em>weight</em> &amp; <code>code</code>.");
        assert_eq!(line("a < b"), "a &lt; b");
    }

    #[test]
    fn headings_stand_below_the_title_of_the_page() {
        assert_eq!(page("# Top").trim(), "<h2>Top</h2>");
    }
}
