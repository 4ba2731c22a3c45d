//! What is written is read back, and writing what was read changes nothing.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Competency, Ext, Files, Framework, Level, NodeId, OnlyFor, Path, Pillar, Place, Point, Scale, Statement,
    StatementId, StatementKind, Subject, Where, from_json, sample, sample_files, text, to_json,
};
use proptest::prelude::*;

#[test]
fn both_views_of_the_sample_are_read_back_the_same() {
    let sample = sample();
    for view in [text::View::ByCompetency, text::View::ByLevel] {
        let files = text::write_as(&sample, view);
        let read = text::read(&files).unwrap();
        assert_eq!(read.framework, sample, "{view:?}");
        assert_eq!(text::write_as(&read.framework, view), files);
    }
    assert!(text::write_as(&sample, text::View::ByLevel).has("levels/senior.md"));
}

#[test]
fn the_json_of_the_sample_is_read_back_the_same_and_keeps_its_digest() {
    let sample = sample();
    let json = to_json(&sample);
    let read = from_json("x.json", &json).unwrap();
    assert_eq!(read, sample);
    assert_eq!(to_json(&read), json);
    assert_eq!(read.digest(), sample.digest());
}

#[test]
fn missing_ids_are_added_once_and_stay() {
    let files = sample_files().with(
        "competencies/scope.md",
        "---\npillar: impact\nname: Scope\nhue: green\n---\n## Agile Coach\n- Moves a team.\n- Moves a team.\n  - And shows it.\n",
    );
    let first = text::read(&files).unwrap().framework;
    let mine: Vec<&Statement> = first
        .statements
        .iter()
        .filter(|s| s.at.subject == Subject::Competency(NodeId::new("scope").unwrap()))
        .collect();
    assert_eq!(mine.len(), 3);
    assert_ne!(mine[0].id, mine[1].id);
    assert_eq!(mine[2].parent.as_ref(), Some(&mine[1].id));
    assert_eq!(first.competency("scope").unwrap().ext["hue"], "green");
    let written = text::write(&first);
    assert_eq!(text::read(&written).unwrap().framework, first);
    assert_eq!(text::write(&text::read(&written).unwrap().framework), written);
}

#[test]
fn faults_are_named_with_file_and_line_all_at_once() {
    let files = sample_files()
        .with("competencies/scope.md", "---\nid: scope\n---\nX.\n\n## Grand Master\n- Does it all. {#sco1}\n")
        .with("competencies/lasting.md", "---\nid: lasting\nname: a\nname: b\n---\n");
    let faults = text::read(&files).unwrap_err().faults;
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|s| s.starts_with("competencies/scope.md:6: error: No level")), "{said:#?}");
    assert!(said.iter().any(|s| s.starts_with("competencies/lasting.md:4: error")), "{said:#?}");
}

#[test]
fn a_sketch_of_the_format_is_read_and_then_written_the_same() {
    let Some(files) = support::fixture("_format-example") else { return };
    let read = text::read(&files).unwrap();
    assert_eq!(read.framework.statements.len(), 17);
    let once = text::write(&read.framework);
    let again = text::read(&once).unwrap();
    assert_eq!(again.framework, read.framework);
    assert_eq!(text::write(&again.framework), once);
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z,'()é日🎉]{1,8}( [A-Za-z,'é]{1,8}){0,6}[.!?:]?( [A-Z][a-z]{3,8} [a-z]{3,6}\\.)?",
        1 => "[ -~\n]{0,60}",
        1 => prop::sample::select(vec![
            "- a", "# b", "## c\n## d", "\\", "a\\\nb", "example: x", "note:", "1. a\n2. b", "{#x}", "{a=b}", "a {#b}",
            "---", "---\na: b\n---", "> q", "| t |", "* s\n* t", "a\n\nb\\\n\nc", "true", "null", "2.0", "\u{2028}", "[x](y)",
        ]).prop_map(str::to_owned),
    ]
}

fn ext() -> impl Strategy<Value = Ext> {
    prop::collection::btree_map("x-[a-z]{1,4}", words().prop_map(serde_json::Value::from), 0..2)
        .prop_map(|map| map.into_iter().collect())
}

prop_compose! {
    fn statements(levels: usize, points: usize, competencies: usize)(
        raw in prop::collection::vec(
            (words(), 0..8usize, 0..6usize, 0..=competencies, any::<bool>(), prop::option::of(words()), ext(), any::<bool>(), any::<prop::sample::Index>()),
            0..12,
        )
    ) -> Vec<Statement> {
        let mut out: Vec<Statement> = Vec::new();
        for (at, (text, kind, place, subject, must, proficiency, ext, nested, parent)) in raw.into_iter().enumerate() {
            let location = match place {
                0 => Where::None,
                1 => Where::All,
                2 if points > 0 && subject > 0 => Where::Point(id("p", at % points)),
                3 if levels > 1 => Where::Path { from: id("l", 0), to: id("l", 1) },
                _ if levels > 0 => Where::Level(id("l", at % levels)),
                _ => Where::None,
            };
            let subject = if subject == 0 { Subject::Pillar(id("q", 0)) } else { Subject::Competency(id("c", subject - 1)) };
            let mut statement = Statement {
                id: StatementId::new(format!("s{at}")).unwrap(), text, kind: StatementKind::ALL[kind], must,
                proficiency: proficiency.filter(|p| !p.is_empty()), order: u32::try_from(at).unwrap(),
                at: Place { subject, location }, ext,
                only_for: if must { OnlyFor { tracks: vec![id("t", 0)], ..OnlyFor::default() } } else { OnlyFor::default() },
                ..Statement::default()
            };
            let possible: Vec<&Statement> = out.iter().filter(|s| s.parent.is_none()).collect();
            if nested && !possible.is_empty() {
                let parent = possible[parent.index(possible.len())];
                statement.parent = Some(parent.id.clone());
                statement.at = parent.at.clone();
            }
            out.push(statement);
        }
        out
    }
}

fn id(prefix: &str, at: usize) -> NodeId {
    NodeId::new(format!("{prefix}{at}")).unwrap()
}

prop_compose! {
    fn frameworks()(levels in 0..4usize, points in 0..4usize, competencies in 0..4usize)(
        statements in statements(levels, points, competencies),
        names in prop::collection::vec(words(), 20),
        ext in ext(),
        levels in Just(levels), points in Just(points), competencies in Just(competencies),
    ) -> Framework {
        let mut names = names.into_iter().cycle();
        let mut word = move || names.next().unwrap_or_default();
        let mut f = Framework::new(id("f", 0), word());
        f.summary = word();
        f.ext = ext;
        f.tracks = vec![espalier_framework::Track { id: id("t", 0), name: word(), ..Default::default() }];
        f.pillars = vec![Pillar { id: id("q", 0), name: word(), summary: word(), ..Default::default() }];
        f.levels = (0..levels).map(|at| Level { id: id("l", at), name: word(), track: Some(id("t", 0)), ..Default::default() }).collect();
        f.paths = (1..levels).map(|at| Path { from: id("l", at - 1), to: id("l", at), ..Default::default() }).collect();
        f.scales = vec![Scale { id: id("z", 0), points: (0..points).map(|at| Point { id: id("p", at), name: word(), ..Default::default() }).collect(), ..Default::default() }];
        f.competencies = (0..competencies).map(|at| Competency { id: id("c", at), name: word(), summary: word(), scale: Some(id("z", 0)), pillar: Some(id("q", 0)), ..Default::default() }).collect();
        f.statements = statements;
        f
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_framework_is_written_and_read_back_the_same(framework in frameworks()) {
        let framework = framework.tidied();
        for view in [text::View::ByCompetency, text::View::ByLevel] {
            let files = text::write_as(&framework, view);
            let read = text::read(&files).unwrap_or_else(|error| panic!("{error}\n{}", shown(&files)));
            prop_assert_eq!(&read.framework, &framework, "{}", shown(&files));
            prop_assert_eq!(text::write_as(&read.framework, view), files);
        }
        prop_assert!(espalier_framework::diff::diff(&framework, &framework).is_empty());
        let _checked = espalier_framework::check(&framework);
        let json = to_json(&framework);
        prop_assert_eq!(from_json("x", &json).unwrap(), framework);
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_harm(head in "[ -~\n\t]{0,200}", page in "[ -~\n\t{}#-]{0,200}") {
        let files = Files::new().with("framework.yaml", &head).with("competencies/a.md", &page);
        let _outcome = text::read(&files);
        let files = Files::new().with("framework.yaml", "id: x\nname: X\n").with("competencies/a.md", &page);
        if let Ok(read) = text::read(&files) {
            let once = text::write(&read.framework);
            prop_assert_eq!(text::write(&text::read(&once).unwrap().framework), once);
        }
    }
}

fn shown(files: &Files) -> String {
    files.iter().map(|(path, bytes)| format!("=== {path}\n{}", String::from_utf8_lossy(bytes))).collect()
}
