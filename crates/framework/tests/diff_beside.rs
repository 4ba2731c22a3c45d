//! What changed beside the statements: profiles, titles, pages, other languages; and what people decided themselves.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use espalier_framework::{
    Band, Doc, Emphasis, Framework, NodeId, Point, Text, Translation,
    diff::{Bump, Change, Diff, NodeKind, diff},
    from_json, sample, sample_files, text, to_json,
};

fn id(text: &str) -> NodeId {
    NodeId::new(text).unwrap()
}

fn only(diff: &Diff) -> (Change, NodeKind, Bump) {
    assert_eq!(diff.changes.len(), 1, "{}", diff.in_words());
    (diff.changes[0].change, diff.changes[0].kind, diff.proposed)
}

#[test]
fn another_aim_of_an_archetype_is_told_area_by_area() {
    let old = sample();
    let mut new = old.clone();
    let archetype = &mut new.archetypes[0];
    let area = archetype.emphasis.keys().next().unwrap().clone();
    let before = archetype.emphasis.insert(area.clone(), Emphasis::Point(id("world-class")));
    assert_ne!(before, archetype.emphasis.get(&area).cloned());
    let name = archetype.name.clone();
    let told = diff(&old, &new);
    assert_eq!(only(&told), (Change::Moved, NodeKind::Emphasis, Bump::Minor));
    assert!(told.in_words().contains(&format!("of {name} changed from")), "{}", told.in_words());
    new.archetypes[0].emphasis.remove(&area);
    assert_eq!(only(&diff(&old, &new)).0, Change::Retired);
    assert_eq!(only(&diff(&new, &old)).0, Change::Added);
    let mut reworded = old.clone();
    reworded.archetypes[0].text = "Something else about it.".into();
    assert_eq!(only(&diff(&old, &reworded)), (Change::Reworded, NodeKind::Archetype, Bump::Minor));
    let mut later = old.clone();
    later.archetypes[0].levels = vec![id("staff")];
    assert_eq!(only(&diff(&old, &later)), (Change::Moved, NodeKind::Archetype, Bump::Minor));
}

#[test]
fn titles_pages_and_languages_are_part_of_the_difference() {
    let mut old = sample();
    old.bands =
        vec![Band { id: id("lead"), name: "Lead".into(), level: Some(id("senior")), ..Band::default() }];
    let mut new = old.clone();
    new.bands[0].level = Some(id("staff"));
    assert_eq!(only(&diff(&old, &new)), (Change::Moved, NodeKind::Band, Bump::Minor));
    new.bands.clear();
    assert_eq!(only(&diff(&old, &new)), (Change::Retired, NodeKind::Band, Bump::Minor));

    let mut new = old.clone();
    new.docs[0].markdown = "# Another page\n\nWith other words.".into();
    assert_eq!(only(&diff(&old, &new)), (Change::Reworded, NodeKind::Doc, Bump::Minor));
    new = old.clone();
    new.docs.push(Doc { path: "faq.md".into(), markdown: "# Questions\n".into(), ..Doc::default() });
    let told = diff(&old, &new);
    assert_eq!(only(&told), (Change::Added, NodeKind::Doc, Bump::Minor));
    assert!(told.in_words().contains("New page faq.md: \u{201c}Questions\u{201d}."), "{}", told.in_words());

    let mut new = old.clone();
    let texts = &mut new.translations[0].texts;
    texts[0].text = "Helt andra ord.".into();
    assert_eq!(only(&diff(&old, &new)), (Change::Reworded, NodeKind::Translation, Bump::Patch));
    new.translations[0].texts.remove(0);
    assert_eq!(only(&diff(&old, &new)), (Change::Retired, NodeKind::Translation, Bump::Patch));
    assert_eq!(only(&diff(&new, &old)), (Change::Added, NodeKind::Translation, Bump::Patch));
    let french =
        Text { node: "framework".into(), field: "name".into(), text: "Guide".into(), ..Text::default() };
    let mut new = old.clone();
    new.translations.push(Translation { locale: "fr".into(), texts: vec![french], ..Translation::default() });
    assert_eq!(only(&diff(&old, &new)), (Change::Added, NodeKind::Translation, Bump::Patch));
}

#[test]
fn the_framework_itself_its_tracks_scales_and_paths_are_part_of_the_difference() {
    let old = sample();
    let change = |mend: fn(&mut Framework)| {
        let mut new = old.clone();
        mend(&mut new);
        assert!(diff(&new, &new).is_empty());
        (diff(&old, &new), diff(&new, &old))
    };
    let both = |mend| {
        let (there, back) = change(mend);
        (only(&there), only(&back).0, there.in_words())
    };

    let (told, back, words) = both(|new| new.name = "The guide of the house".into());
    assert_eq!((told, back), ((Change::Renamed, NodeKind::Framework, Bump::Minor), Change::Renamed));
    assert!(words.contains("is now called \u{201c}The guide of the house\u{201d}"), "{words}");
    let (told, _, _) = both(|new| new.summary = "Something quite different is its purpose now.".into());
    assert_eq!(told, (Change::Reworded, NodeKind::Framework, Bump::Minor));
    let (told, _, words) = both(|new| new.licence = Some("Nobody may copy this".into()));
    assert_eq!(told.1, NodeKind::Licence, "{words}");
    assert!(words.contains("Nobody may copy this"), "{words}");

    let (told, _, words) = both(|new| new.tracks[0].summary = "People who keep the house standing.".into());
    assert_eq!(told, (Change::Reworded, NodeKind::Track, Bump::Minor));
    assert!(words.contains(&old.tracks[0].name), "{words}");

    let scale = old.scales.iter().position(|scale| scale.points.len() > 1).unwrap();
    assert_eq!(scale, 0, "the sample begins with a scale of several points");
    let (told, back, _) = both(|new| new.scales[0].points[0].name = "Quite another word".into());
    assert_eq!((told, back), ((Change::Renamed, NodeKind::Point, Bump::Minor), Change::Renamed));
    let (told, _, _) =
        both(|new| new.scales[0].points[0].summary = "It means something else from now on.".into());
    assert_eq!(told, (Change::Reworded, NodeKind::Point, Bump::Minor));
    let (told, back, words) = both(|new| {
        new.scales[0].points.push(Point { id: id("beyond"), name: "Beyond".into(), ..Point::default() });
    });
    assert_eq!((told, back), ((Change::Added, NodeKind::Point, Bump::Minor), Change::Retired));
    assert!(words.contains("Beyond"), "{words}");
    // What levels ask for moves with its point; the scale says why.
    let (told, _) = change(|new| new.scales[0].points.swap(0, 1));
    assert_eq!(told.count(Change::Moved, NodeKind::Scale), 1, "{}", told.in_words());

    let (told, back, words) = both(|new| drop(new.paths.remove(0)));
    assert_eq!((told, back), ((Change::Retired, NodeKind::Path, Bump::Minor), Change::Added), "{words}");
    let (told, _, words) = both(|new| new.paths[0].text = "Two people who do this already say so.".into());
    assert_eq!(told, (Change::Reworded, NodeKind::Path, Bump::Minor), "{words}");
}

/// The sample with one sentence in other words under another id, which no likeness would find.
fn rewritten() -> Framework {
    let mut new = sample();
    new.version = "2.0.0".into();
    let statement = new.statements.iter_mut().find(|s| s.id == "sco2").unwrap();
    statement.id = "elsewhere".parse().unwrap();
    statement.text = "Nothing here resembles what stood before.".into();
    new
}

const DECISION: &str = "# Written after the talk in March.\nfrom: \"1.0.0\"\nto: \"2.0.0\"\n\
                        statements:\n  - { from: sco2, to: elsewhere, how: reworded, carry: keep }\n";

#[test]
fn what_a_person_decided_about_a_step_is_not_guessed() {
    let new = rewritten();
    let guessed = diff(&sample(), &new);
    assert_eq!(guessed.count(Change::Added, NodeKind::Statement), 1, "{}", guessed.in_words());
    let files = text::write(&new).with("migrations/1.0.0--2.0.0.yaml", DECISION);
    let new = text::read(&files).unwrap().framework;
    let decided = diff(&sample(), &new);
    assert_eq!(only(&decided), (Change::Reworded, NodeKind::Statement, Bump::Minor));
    assert!(!decided.changes[0].suggested);
    // The same file says nothing about another step.
    let mut later = new;
    later.version = "3.0.0".into();
    assert_eq!(diff(&sample(), &later).count(Change::Added, NodeKind::Statement), 1);
}

#[test]
fn a_level_that_was_split_by_decision_puts_nobody_anywhere() {
    let old = sample();
    let mut new = old.clone();
    new.version = "2.0.0".into();
    for level in &mut new.levels {
        if level.id == "senior" {
            level.id = id("senior-guide");
        }
    }
    let mut second = new.level("senior-guide").unwrap().clone();
    second.id = id("senior-lead");
    new.levels.push(second);
    let decision = "from: \"1.0.0\"\nto: \"2.0.0\"\nlevels:\n  \
                    - { from: senior, to: [senior-guide, senior-lead], how: split, place: ask }\n";
    new.migrations = vec![espalier_framework::Migration {
        path: "a.yaml".into(),
        text: decision.into(),
        ..Default::default()
    }];
    let told = diff(&old, &new);
    assert_eq!(told.count(Change::Split, NodeKind::Level), 2, "{}", told.in_words());
    assert!(!told.levels.contains_key(&id("senior")));
}

#[test]
fn migrations_are_kept_letter_by_letter() {
    let files = sample_files().with("migrations/1.0.0--2.0.0.yaml", DECISION);
    let framework = text::read(&files).unwrap().framework;
    assert_eq!(text::write(&framework), files);
    assert_eq!(from_json("sample.json", &to_json(&framework)).unwrap(), framework);
    let broken = files.with("migrations/1.0.0--2.0.0.yaml", "from: \"1.0.0\"\nto: [\n");
    let fault = text::read(&broken).unwrap_err().to_string();
    assert!(fault.contains("migrations/1.0.0--2.0.0.yaml:"), "{fault}");
    let aimless = sample_files().with("migrations/x.yaml", "levels: []\n");
    assert!(text::read(&aimless).unwrap_err().to_string().contains("from which version to which"));
}
