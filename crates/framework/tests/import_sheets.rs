//! Sheets with levels down the rows and across the columns, with and without a mapping, and what must be refused.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Files, Framework, RuleKind, StatementKind,
    import::{Format, Import, Mapping, detect, import},
    text,
};
use std::{
    io::{Cursor, Read, Write},
    path::Path,
};
use support::texts::lost;

fn imported(files: &Files, mapping: Option<&Mapping>) -> Import {
    assert_eq!(detect(files), Some(Format::Sheet));
    let import =
        support::timed("sheet", || import(files, None, mapping).unwrap_or_else(|error| panic!("{error}")));
    eprintln!("{:?}", import.report.understood);
    let read = text::read(&text::write(&import.framework)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(read.framework, import.framework);
    import
}

fn assert_nothing_lost(texts: &[(String, String)], framework: &Framework) {
    let lost = lost(texts, framework);
    assert!(lost.is_empty(), "{} of {} texts were lost:\n{}", lost.len(), texts.len(), lost.join("\n"));
}

fn example(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)).unwrap()
}

/// The cells of a CSV, line by line, read by quotes alone.
fn cells(text: &str, mark: char) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (at, quoted) in text.split('"').enumerate() {
        let parts: Vec<&str> = if at % 2 == 1 { vec![quoted] } else { quoted.split([mark, '\n']).collect() };
        out.extend(parts.into_iter().flat_map(str::lines).map(|line| ("csv".to_owned(), line.to_owned())));
    }
    out.retain(|(_, text)| !espalier_framework::folded(text).is_empty());
    out
}

#[test]
fn the_example_sheet_is_read_with_its_example_mapping() {
    let source = example("framework.csv");
    let files = Files::new().with("framework.csv", &source);
    let mapping = Mapping::read("framework-mapping.yaml", &example("framework-mapping.yaml")).unwrap();
    let import = imported(&files, Some(&mapping));
    let f = &import.framework;
    let mut texts = cells(&source, ',');
    texts.retain(|(_, text)| text != "NOT IN USE" && !source.lines().next().unwrap().contains(text.as_str()));
    assert_nothing_lost(&texts, f);
    assert_eq!(f.id, "bakery");
    assert_eq!(f.level_order("baker"), ["trainee", "baker", "master-baker"]);
    assert_eq!(f.statements_at("dough", "trainee").iter().filter(|s| s.parent.is_none()).count(), 2);
    assert!(f.statement("dough-1").is_some());
    assert!(
        f.statements
            .iter()
            .any(|s| s.kind == StatementKind::Example && s.text.starts_with("Shows the trainee"))
    );
    let guessed = imported(&Files::new().with("framework.csv", &source), None);
    assert_eq!(guessed.framework.levels.len(), 3);
}

#[test]
fn levels_across_the_columns_are_recognised() {
    let source = example("framework-levels-across.csv");
    let import = imported(&Files::new().with("across.csv", &source), None);
    let f = &import.framework;
    let mut texts = cells(&source, ';');
    texts.retain(|(_, text)| !["Area", "Skill"].contains(&text.as_str()));
    assert_nothing_lost(&texts, f);
    assert_eq!(f.level_order("main"), ["junior-baker", "baker", "senior-baker"]);
    assert_eq!(f.statements_at("dough", "baker").len(), 2);
    assert_eq!(f.top_pillar("oven").unwrap().name, "Craft");
}

#[test]
fn points_become_requirements_and_an_alphabetical_order_is_no_order() {
    let files = support::own_sample("sheet-points");
    let mapping = Mapping::read("mapping.yaml", files.text("mapping.yaml").unwrap()).unwrap();
    let mut sheet = Files::new();
    sheet.add("roles.csv", files.bytes("roles.csv").unwrap()).unwrap();
    let import = imported(&sheet, Some(&mapping));
    let f = &import.framework;
    assert_eq!(f.requirements.len(), 3);
    assert_eq!(f.asked_point("senior", "trees").unwrap().1.name, "Working");
    assert_eq!(f.scales[0].points.len(), 3);
    assert!(f.levels.iter().all(|level| level.rank.is_none()));
    let words = import.report.in_words();
    assert!(words.contains("alphabetical") && words.contains("roles.csv:5: note"), "{words}");
    assert_eq!(f.statements_at("trees", "lead").iter().filter(|s| s.text.contains("hundred")).count(), 1);
}

#[test]
fn a_workbook_gives_competencies_by_sheet_and_rules_from_formulas() {
    let files = support::own_sample("sheet-xlsx");
    let import = imported(&files, None);
    let f = &import.framework;
    assert_nothing_lost(&shared_strings(files.bytes("ladder.xlsx").unwrap()), f);
    assert_eq!(f.competencies.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Fire", "Salt"]);
    assert_eq!(f.levels.len(), 2);
    let rule = &f.rules[0];
    assert_eq!((rule.kind, rule.k), (RuleKind::Answers, Some(1)));
    assert!(f.statements.iter().any(|s| s.kind == StatementKind::Summary && s.text == "Learns it."));
    assert!(f.docs.iter().any(|doc| doc.markdown.contains("How it adds up")));
}

/// Every text of an XLSX, by its XML alone.
fn shared_strings(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut xml = String::new();
        if entry.read_to_string(&mut xml).is_ok() {
            let items: Vec<&str> = if xml.contains("<sst") {
                xml.split("<si>").skip(1).collect()
            } else {
                xml.split("<is>").skip(1).collect()
            };
            for item in items {
                let item = item.split("</si>").next().unwrap().split("</is>").next().unwrap();
                let words: String = item
                    .split("<t")
                    .skip(1)
                    .filter_map(|t| t.split_once('>')?.1.split("</t>").next())
                    .collect();
                let words = words
                    .replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&");
                out.extend(words.lines().map(|line| ("xlsx".to_owned(), line.to_owned())));
            }
        }
    }
    out.retain(|(_, text)| !espalier_framework::folded(text).is_empty());
    out
}

#[test]
fn carvago_is_read_with_its_rules() {
    let Some(files) = support::fixture("carvago") else { return };
    let import = imported(&files, None);
    let f = &import.framework;
    assert_nothing_lost(&shared_strings(files.bytes("assets/frontend-assessment-template.xlsx").unwrap()), f);
    assert_nothing_lost(&support::texts::markdown_pieces(&files, |path| path != "NOTE.md"), f);
    assert_eq!(f.competencies.len(), 4);
    assert_eq!(f.rules.len(), 16);
    assert!(f.rules.iter().all(|rule| rule.k == Some(1)));
    assert!(import.report.understood.statements > 80, "{:?}", import.report.understood);
}

fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file(
            name,
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated),
        )
        .unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_zip_bomb_is_refused_before_it_unfolds() {
    let mut files = Files::new();
    files.add("bomb.xlsx", archive("xl/worksheets/sheet1.xml", &vec![b' '; 80 * 1024 * 1024])).unwrap();
    assert!(import(&files, None, None).unwrap_err().to_string().contains("unfolds to more than"));
    let mut far = Files::new();
    far.add("far.xlsx", archive("xl/worksheets/sheet1.xml", b"<c r=\"A1\"/><c r=\"XFD1048576\"/>")).unwrap();
    assert!(import(&far, None, None).unwrap_err().to_string().contains("reaches beyond"));
    let mut none = Files::new();
    none.add("none.xlsx", b"PK not a zip".to_vec()).unwrap();
    assert!(import(&none, None, None).unwrap_err().to_string().contains("not an XLSX"));
}

#[test]
fn a_sheet_without_the_columns_of_its_mapping_is_refused() {
    let files = Files::new().with("a.csv", "x,y\n1,2\n");
    let mapping = Mapping::read("m.yaml", "columns: { level: Stufe, statement: y }\n").unwrap();
    assert!(import(&files, None, Some(&mapping)).is_err());
    assert!(import(&files, None, None).unwrap_err().to_string().contains("Not a single statement"));
}
