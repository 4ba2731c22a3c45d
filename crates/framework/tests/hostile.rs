//! Whatever is thrown at the readers, they read it or refuse it; they never fall over.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Files,
    import::{Format, import},
};
use proptest::prelude::*;

fn try_all(files: &Files) {
    let _detected = import(files, None, None);
    for format in Format::ALL {
        let _outcome = import(files, Some(format), None);
    }
}

#[test]
fn samples_cut_anywhere_are_read_or_refused() {
    for name in [
        "ft-yaml-lists",
        "ft-yaml-families",
        "monzo",
        "references",
        "markdown-roles",
        "markdown-areas",
        "markdown-levels",
        "markdown-matrix",
        "html-headings",
        "html-tables",
        "sheet-points",
        "sheet-xlsx",
    ] {
        let whole = support::own_sample(name);
        for (path, bytes) in whole.iter() {
            for cut in (0..bytes.len()).step_by(bytes.len() / 23 + 1) {
                let mut files = whole.clone();
                files.add(path, &bytes[..cut]).unwrap();
                let _outcome = import(&files, None, None);
                // And once with a byte that does not belong there.
                let mut broken = bytes.to_vec();
                broken[cut] ^= 0x55;
                files.add(path, broken).unwrap();
                let _outcome = import(&files, None, None);
            }
        }
    }
}

#[test]
fn a_source_of_nothing_is_refused() {
    try_all(&Files::new());
    for name in ["a.yml", "a.md", "a.json", "a.csv", "a.xlsx", "a.html", "framework.yaml"] {
        try_all(&Files::new().with(name, ""));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for name in ["a.yml", "a.md", "a.json", "a.csv", "a.xlsx", "a.html"] {
            let mut files = Files::new();
            files.add(name, bytes.clone()).unwrap();
            try_all(&files);
        }
    }

    #[test]
    fn random_mark_up_is_read_or_refused(
        parts in prop::collection::vec(prop::sample::select(vec![
            "<table>", "</table>", "<tr>", "<td rowspan=3>", "</td>", "<ul>", "<li>", "</li>", "<b>", "</b>", "<h1>", "IC3 Staff Engineer",
            "</h1>", "<a href=\"x\">", "</a>", "<div id=content>", "</div>", "é", "\n", " ", "# ", "## Senior", "- ", "  - ", "**x**: ", "| a | b |",
            "|---|---|", "> ", "```", "<script>", "</script>", "---", "topics:", "  - name: x", ": ", "&amp;", "<p>", "[x](", "javascript:", "1. ",
        ]), 0..60)
    ) {
        let source: String = parts.concat();
        for name in ["a.md", "a.html"] {
            try_all(&Files::new().with(name, &source));
        }
    }
}
