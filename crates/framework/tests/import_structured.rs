//! YAML families, Markdown with topics in its front matter, and JSON references: ours and other companies'.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Files, Framework, StatementKind, Subject, Where,
    import::{Format, Import, detect, import},
    text,
};
use support::texts::{json_strings, lost, yaml_lines};

/// Imports, and checks what must hold for every import.
fn imported(files: &Files, format: Format) -> Import {
    assert_eq!(detect(files), Some(format));
    let import =
        support::timed(format.name(), || import(files, None, None).unwrap_or_else(|error| panic!("{error}")));
    eprintln!("{:?}", import.report.understood);
    let files = text::write(&import.framework);
    let read = text::read(&files).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.framework, import.framework);
    assert_eq!(text::write(&read.framework), files);
    import
}

fn assert_nothing_lost(texts: &[(String, String)], framework: &Framework) {
    let lost = lost(texts, framework);
    assert!(lost.is_empty(), "{} of {} texts were lost:\n{}", lost.len(), texts.len(), lost.join("\n"));
}

fn said(import: &Import, words: &str) -> bool {
    import.report.findings.iter().any(|finding| finding.to_string().contains(words))
}

#[test]
fn lists_beside_levels_and_domains_are_read() {
    let files = support::own_sample("ft-yaml-lists");
    let import = imported(&files, Format::FtYaml);
    let f = &import.framework;
    assert_nothing_lost(&yaml_lines(&files, |_| true), f);
    assert_eq!(f.level_order("main"), ["trainee", "baker", "master"]);
    let cake = f.statements.iter().find(|s| s.text.starts_with("Explains")).unwrap();
    assert_eq!(cake.text, "Explains to a guest what is in a cake, allergens included");
    assert_eq!(cake.only_for.disciplines, ["night-shift"]);
    assert!(f.statements.iter().any(|s| s.kind == StatementKind::Resource
        && s.text == "[The starter calendar](https://example.org/starter)"));
}

#[test]
fn families_share_themes_and_report_what_is_undeclared() {
    let files = support::own_sample("ft-yaml-families");
    let import = imported(&files, Format::FtYaml);
    let f = &import.framework;
    assert_nothing_lost(&yaml_lines(&files, |_| true), f);
    assert_eq!(f.levels.len(), 4);
    assert_eq!(f.pillars.len(), 2);
    assert!(f.level("shop.trainee").is_some());
    assert!(
        said(&import, "bakery.yml:27: warning: The level \"master\" is nowhere declared"),
        "{}",
        import.report.in_words()
    );
    assert!(said(&import, "\"colour\" is not known"));
}

#[test]
fn the_financial_times_is_read_in_all_its_versions() {
    let Some(files) = support::fixture("financial-times") else { return };
    let now = imported(&files, Format::FtYaml);
    assert_nothing_lost(&yaml_lines(&files, |path| path.starts_with("data/")), &now.framework);
    assert_eq!(now.report.understood.statements, 72 + 101 + 48);
    let mut versions: Vec<String> = files
        .paths()
        .filter_map(|path| Some(path.strip_prefix("versions/")?.split('/').next()?.to_owned()))
        .collect();
    versions.dedup();
    assert_eq!(versions.len(), 31);
    for version in versions {
        let files = files.below(&format!("versions/{version}"));
        let import = imported(&files, Format::FtYaml);
        assert_nothing_lost(&yaml_lines(&files, |_| true), &import.framework);
    }
}

#[test]
fn topics_inherit_from_the_general_framework_and_tabs_are_mended() {
    let files = support::own_sample("monzo");
    let import = imported(&files, Format::Monzo);
    let f = &import.framework;
    assert_nothing_lost(&yaml_lines(&files, |path| path != "README.md"), f);
    let care = f.competency("planter-care").unwrap();
    assert_eq!((care.name.as_str(), care.inherits.as_ref().unwrap().as_str()), ("🤲 Care", "generic-care"));
    let texts: Vec<&str> =
        f.statements_at("planter-care", "planter-1").iter().map(|s| s.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Leaves the workshop as found",
            "Waters before noon: always",
            "Knows the beds",
            "Draws a map of them"
        ]
    );
    assert!(said(&import, "planter.md:15: warning: A tab"), "{}", import.report.in_words());
    assert!(said(&import, "planter.md:7: warning: \"levels\" counts 2"));
    assert!(said(&import, "planter.md:21: warning: \"criteria\" is there, but empty"));
    assert_eq!(f.level_order("drawer").len(), 2);
    assert!(f.statements.iter().any(|s| s.text == "Draws what could be there."
        && s.at.location == Where::Level("drawer-level-2".parse().unwrap())));
    assert!(
        f.docs.iter().any(|doc| doc.path == "planter.md" && doc.node.as_deref() == Some("track/planter"))
    );
}

#[test]
fn monzo_is_read_with_all_its_quirks() {
    let Some(files) = support::fixture("monzo") else { return };
    let import = imported(&files, Format::Monzo);
    assert_nothing_lost(&yaml_lines(&files, |path| path.starts_with("frameworks/")), &import.framework);
    assert!(said(&import, "people.md:205: warning: A tab"), "{}", import.report.in_words());
    assert!(
        said(&import, "ops-leadership.md:7: warning: \"levels\" counts 5"),
        "{}",
        import.report.in_words()
    );
    assert!(import.report.understood.statements > 1000);
}

#[test]
fn references_become_requirements_and_dangling_ones_are_reported() {
    let files = support::own_sample("references");
    let import = imported(&files, Format::References);
    let f = &import.framework;
    assert_nothing_lost(
        &json_strings(&files, |path| !path.contains("schema") && path.contains("competencies")),
        f,
    );
    assert_eq!(f.asked_point("old-joiner", "listening").unwrap().1.id, "2");
    assert_eq!(f.statements_at("listening", "old-joiner").len(), 3);
    assert!(f.requirements.iter().any(|r| r.optional));
    assert!(
        said(&import, "all.json:9: warning: \"human/test/1337\" refers to nothing"),
        "{}",
        import.report.in_words()
    );
    assert!(said(&import, "\"Joiner\" has a summary"));
    assert!(said(&import, "one level too high"));
    assert!(f.statements.iter().all(|s| matches!(s.at.subject, Subject::Competency(_))));
}

#[test]
fn myunidays_is_read_with_its_four_breaches() {
    let Some(files) = support::fixture("myunidays") else { return };
    let import = imported(&files, Format::References);
    let f = &import.framework;
    let mut texts = json_strings(&files, |path| path.contains("content/") && !path.contains("schema"));
    // References are addresses, not words: those that resolve are requirements, the others are kept as they stand.
    texts.retain(|(path, text)| {
        !(path.contains("roles/") && text.matches('/').count() == 2 && !text.contains(' '))
    });
    // Paths became ids.
    texts.retain(|(_, text)| {
        !(text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_')))
    });
    assert_nothing_lost(&texts, f);
    assert!(said(&import, "test/1337\" refers to nothing"), "{}", import.report.in_words());
    assert!(f.requirements.len() > 300);
}

#[test]
fn a_source_without_a_statement_is_an_error() {
    let files = Files::new().with("levels.yml", "- id: a\n  name: A\n");
    assert!(import(&files, None, None).is_err());
    let error = import(&files, Some(Format::FtYaml), None).unwrap_err();
    assert!(error.to_string().contains("No list of competencies"), "{error}");
    let empty = Files::new().with("a.md", "---\ntitle: x\ntopics:\n  - name: y\n    title: z\n---\n");
    let error = import(&empty, Some(Format::Monzo), None).unwrap_err();
    assert!(error.to_string().contains("Not a single statement"), "{error}");
}

#[test]
fn a_broken_file_is_refused_with_its_line() {
    let bad = Files::new().with(
        "data/competencies.yml",
        "- id: a\n  summary: x\n  level: b\n  area: c\n- id: b\n summary: oops\n",
    );
    let fault = &import(&bad, None, None).unwrap_err().faults[0];
    assert_eq!((fault.file.as_str(), fault.line), ("data/competencies.yml", Some(6)), "{fault}");
    let tab = Files::new().with(
        "data/competencies.yml",
        "- id: a\n  summary: x\n  level: b\n  area: c\n  examples:\n    -\ty\n",
    );
    let fault = &import(&tab, None, None).unwrap_err().faults[0];
    assert!(fault.line == Some(6) && fault.message.contains("tab"), "{fault}");
    let json = Files::new().with("a.json", "{\n\"topics\": [\n");
    assert!(import(&json, Some(Format::References), None).unwrap_err().faults[0].line.is_some());
    let mut latin = Files::new();
    latin.add("x.md", b"---\ntitle: caf\xe9\n---\n".to_vec()).unwrap();
    assert!(import(&latin, Some(Format::Monzo), None).unwrap_err().to_string().contains("UTF-8"));
}
