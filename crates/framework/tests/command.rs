//! The commands, told from files to words, files and exit status.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Files,
    command::{ImportRequest, Shown, check, diff, export, import},
    from_json, sample, sample_files, text,
};

#[test]
fn the_sample_passes_the_check() {
    let outcome = check(&sample_files());
    assert_eq!(outcome.code, 0, "{}", outcome.out);
    assert!(
        outcome.out.ends_with(
            "Agile Coaching 1.0.0: 4 levels, 12 competencies, 67 statements. 0 errors, 0 warnings.\n"
        ),
        "{}",
        outcome.out
    );
}

#[test]
fn the_check_of_the_sketch_finds_exactly_its_two_faults() {
    let Some(files) = support::fixture("_format-example") else { return };
    let outcome = check(&files);
    assert_eq!(outcome.code, 1);
    let errors: Vec<&str> = outcome.out.lines().filter(|line| line.contains("error:")).collect();
    assert!(
        errors.iter().all(|line| line.contains("teaching") || line.contains("sha256:TODO")),
        "{errors:#?}"
    );
    assert!(errors.iter().any(|line| line.starts_with("archetypes/convener.md:5:")), "{errors:#?}");
    assert!(
        errors.iter().any(|line| line.starts_with("i18n/sv/competencies/facilitation.md")),
        "{errors:#?}"
    );
}

#[test]
fn a_fault_in_the_text_format_is_told_with_file_and_line() {
    let files = sample_files().with(
        "competencies/scope.md",
        "---\nid: scope\npillar: impact\nname: Scope\n---\n## Agile Coach\n- TODO {#sco1}\n",
    );
    let outcome = check(&files);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("competencies/scope.md:7: error: \"TODO\""), "{}", outcome.out);
}

#[test]
fn an_import_ends_with_files_and_a_report() {
    let files = support::own_sample("monzo");
    let outcome = import(&files, &ImportRequest::default());
    assert_eq!(outcome.code, 0);
    assert!(outcome.out.starts_with("Read as monzo: "), "{}", outcome.out);
    assert!(outcome.files.has("framework.yaml"));
    assert!(text::read(&outcome.files).is_ok());
    let json = import(&files, &ImportRequest { report: Shown::Json, ..ImportRequest::default() });
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert!(report["findings"].as_array().unwrap().iter().any(|finding| finding["line"] == 15));
}

#[test]
fn nothing_understood_is_an_error_that_writes_nothing() {
    let outcome = import(&Files::new().with("a.md", "# Hello\n"), &ImportRequest::default());
    assert_eq!((outcome.code, outcome.files.len()), (1, 0));
    assert!(outcome.err.contains("Not a single statement"));
    let outcome = import(&Files::new().with("a.bin", "x"), &ImportRequest::default());
    assert_eq!(outcome.code, 1);
}

#[test]
fn an_export_is_one_file_that_imports_again() {
    let outcome = export(&sample_files(), "sample.json");
    let json = outcome.files.text("sample.json").unwrap();
    assert_eq!(from_json("sample.json", json).unwrap(), sample());
    let again = import(&outcome.files, &ImportRequest::default());
    assert_eq!(again.files, sample_files());
}

#[test]
fn a_difference_is_no_failure() {
    let mut new = sample();
    let at = new.statements.iter().position(|s| s.id == "sco2").unwrap();
    new.statements[at].text = "Moves whole departments.".into();
    let outcome = diff(&sample_files(), &text::write(&new), Shown::Json, None);
    assert_eq!(outcome.code, 0);
    let changes: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(changes[0]["change"], "reworded");
    let same = diff(&sample_files(), &sample_files(), Shown::Text, None);
    assert_eq!(same.out, "Nothing changed in meaning.\n");
    assert_eq!(diff(&sample_files(), &Files::new(), Shown::Text, None).code, 1);
}

#[test]
fn a_difference_is_told_to_people_at_one_level() {
    let mut new = sample();
    let at = new.statements.iter().position(|s| s.id == "sco2").unwrap();
    new.statements[at].text = "Moves whole departments.".into();
    let new = text::write(&new);
    let told = |level: &str, shown| diff(&sample_files(), &new, shown, Some(level));
    for name in ["coach", "Agile Coach"] {
        let outcome = told(name, Shown::Text);
        assert!(
            outcome.out.starts_with(
                "What is new at Agile Coach:\n- Reworded in Scope and independence: Moves whole departments. (before: "
            ),
            "{}",
            outcome.out
        );
    }
    let json: serde_json::Value = serde_json::from_str(&told("coach", Shown::Json).out).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["old_id"]), (1, &serde_json::json!("sco2")));
    let quiet = told("staff", Shown::Text);
    assert!(quiet.out.starts_with("Nothing is new at "), "{}", quiet.out);
    assert_eq!(told("staff", Shown::Json).out, "[]\n");
    let strange = told("captain", Shown::Text);
    assert_eq!((strange.code, strange.out.as_str()), (1, ""));
    assert!(strange.err.contains("it has associate, coach, senior, staff"), "{}", strange.err);
}
