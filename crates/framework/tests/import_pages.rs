//! Markdown by role, by area and by level, and web pages in two mark-ups: ours and other companies'.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Files, Framework,
    import::{Format, Import, detect, import},
    text,
};
use support::texts::{html_pieces, lost, markdown_pieces};

fn imported(files: &Files, format: Format) -> Import {
    assert_eq!(detect(files), Some(format));
    let import =
        support::timed(format.name(), || import(files, None, None).unwrap_or_else(|error| panic!("{error}")));
    eprintln!("{:?}", import.report.understood);
    let written = text::write(&import.framework);
    let read = text::read(&written).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.framework, import.framework);
    import
}

fn assert_nothing_lost(texts: &[(String, String)], framework: &Framework) {
    let lost = lost(texts, framework);
    assert!(lost.is_empty(), "{} of {} texts were lost:\n{}", lost.len(), texts.len(), lost.join("\n"));
}

fn names<'a>(f: &'a Framework, track: &str) -> Vec<&'a str> {
    f.levels_of(track).into_iter().map(|level| level.name.as_str()).collect()
}

#[test]
fn a_ladder_by_role_asks_for_points_of_areas() {
    let files = support::own_sample("markdown-roles");
    let import = imported(&files, Format::Markdown);
    let f = &import.framework;
    assert_nothing_lost(&markdown_pieces(&files, |_| true), f);
    assert_eq!(names(f, "gardener"), ["G1 - Gardener 1", "G2 - Gardener 2"]);
    assert_eq!(f.asked_point("g2-gardener-2", "people").unwrap().1.name, "Shows");
    let overridden: Vec<_> = f.requirements.iter().filter_map(|r| r.text.as_deref()).collect();
    assert_eq!(overridden, ["makes guests feel at home"]);
    // Two steps, because each includes the previous ones.
    assert_eq!(f.statements_at("plants", "g2-gardener-2").len(), 2);
    assert!(
        import.report.in_words().contains("README.md:9: note: The section \"Axes\""),
        "{}",
        import.report.in_words()
    );
}

#[test]
fn areas_in_html_tables_and_levels_with_halves_are_read() {
    let files = support::own_sample("markdown-areas");
    let import = imported(&files, Format::Markdown);
    let f = &import.framework;
    assert_nothing_lost(&markdown_pieces(&files, |_| true), f);
    assert_eq!(f.scales.len(), 1);
    assert!(f.scales[0].cumulative);
    assert_eq!(f.statements_at("taste", "cook-i").len(), 0);
    assert_eq!(names(f, "index"), ["Cook I", "Senior Cook", "Senior Cook I", "Senior Cook II"]);
    assert_eq!(f.level("senior-cook-ii").unwrap().group.as_deref(), Some("Senior Cook"));
    assert!(f.statements.iter().any(|s| s.text == "You know salt & pepper."));
}

#[test]
fn steps_that_all_areas_share_are_the_levels() {
    let files = support::own_sample("markdown-matrix");
    let import = imported(&files, Format::Markdown);
    let f = &import.framework;
    assert_nothing_lost(&markdown_pieces(&files, |_| true), f);
    assert_eq!(names(f, "sailors"), ["Junior sailor", "Sailor", "Senior sailor"]);
    assert_eq!(f.statements_at("ropes", "junior-sailor").len(), 2);
    assert_eq!(f.competency("ropes").unwrap().summary, "What holds the ship together.");
    let checked = espalier_framework::check(f);
    assert!(checked.iter().any(|finding| finding.message.contains("TODO")));
}

#[test]
fn one_file_per_level_is_read_in_the_order_of_its_weights() {
    let files = support::own_sample("markdown-levels");
    let import = imported(&files, Format::Markdown);
    let f = &import.framework;
    assert_nothing_lost(&markdown_pieces(&files, |_| true), f);
    assert_eq!(names(f, "smith"), ["Junior Smith", "Smith"]);
    assert_eq!(f.competencies.iter().filter(|c| c.name == "House").count(), 1);
    assert_eq!(f.statements_at("house", "smith").len(), 2);
}

#[test]
fn web_pages_are_read_in_both_mark_ups() {
    for sample in ["html-headings", "html-tables"] {
        let files = support::own_sample(sample);
        let import = imported(&files, Format::Html);
        let f = &import.framework;
        assert_nothing_lost(&html_pieces(&files, |_| true), f);
        assert_eq!(names(f, "clerk"), ["C1 Clerk", "C2 Senior Clerk"], "{sample}");
        let order = f.competencies.iter().find(|c| c.name == "Order").unwrap();
        assert_eq!(f.top_pillar(order.id.as_str()).unwrap().name, "📒 Books", "{sample}");
        assert!(!f.statements_at(order.id.as_str(), "c1-clerk").is_empty(), "{sample}");
        assert!(!f.canonical_json().contains("not a word") && !f.canonical_json().contains("Menu"));
    }
}

#[test]
fn engineering_ladders_and_its_children_are_read() {
    for (name, levels) in
        [("engineeringladders", 18), ("engineeringladders-yousee", 18), ("engineeringladders-ja", 18)]
    {
        let Some(files) = support::fixture(name) else { return };
        let import = imported(&files, Format::Markdown);
        let f = &import.framework;
        assert_nothing_lost(&markdown_pieces(&files, |path| path != "NOTE.md"), f);
        assert_eq!(
            f.levels.len(),
            levels,
            "{name} {:?}",
            f.levels.iter().map(|l| &l.name).collect::<Vec<_>>()
        );
        assert_eq!(f.competencies.len(), 5, "{name}");
        assert_eq!(f.requirements.len(), levels * 5, "{name}");
    }
}

#[test]
fn etsy_is_read() {
    let Some(files) = support::fixture("etsy") else { return };
    let import = imported(&files, Format::Markdown);
    let f = &import.framework;
    assert_nothing_lost(&markdown_pieces(&files, |path| path != "NOTE.md"), f);
    assert_eq!(f.scales[0].points.len(), 5);
    assert_eq!(
        f.statements.iter().filter(|s| matches!(s.at.location, espalier_framework::Where::Point(_))).count(),
        125
    );
    assert_eq!(f.levels.len(), 10, "{:?}", f.levels.iter().map(|l| &l.name).collect::<Vec<_>>());
}

#[test]
fn infracloud_is_read() {
    let Some(files) = support::fixture("infracloud") else { return };
    let import = imported(&files, Format::Markdown);
    let f = &import.framework;
    assert_nothing_lost(&markdown_pieces(&files, |path| path != "NOTE.md"), f);
    assert_eq!(
        names(f, "engineer"),
        ["Associate Engineer", "Engineer", "Senior Engineer", "Staff Engineer", "Principal Engineer"]
    );
}

#[test]
fn dropbox_is_read_in_both_mark_ups() {
    let Some(files) = support::fixture("dropbox") else { return };
    let now = imported(&files, Format::Html);
    assert_nothing_lost(&html_pieces(&files, |path| path.starts_with("docs/")), &now.framework);
    let before = files.below("versions/2022-09-13-d55e879");
    let then = imported(&before, Format::Html);
    assert_nothing_lost(&html_pieces(&before, |_| true), &then.framework);
    for import in [now, then] {
        let f = import.framework;
        assert!(f.levels.len() >= 10 && f.statements.len() > 400, "{:?}", import.report.understood);
        let pillars: Vec<&str> = f.pillars.iter().map(|p| p.name.as_str()).collect();
        assert!(pillars.iter().any(|name| name.contains("Results")), "{pillars:?}");
    }
}

#[test]
fn prose_without_levels_is_an_error() {
    let files = Files::new().with("a.md", "# Hello\n\nSome words.\n");
    assert!(import(&files, None, None).unwrap_err().to_string().contains("Not a single statement"));
    let script = Files::new().with("a.html", "<html><script>alert('IC1')</script></html>");
    assert!(import(&script, None, None).unwrap_err().to_string().contains("Not a single statement"));
}
