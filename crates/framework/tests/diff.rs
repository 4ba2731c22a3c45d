//! What changed between two versions, told of the sample and of other companies' histories.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on says so")]

mod support;

use espalier_framework::{
    Framework, NodeId, Statement, StatementId,
    diff::{Bump, Change, Diff, NodeKind, diff, whats_new},
    import::import,
    sample,
};

fn id(text: &str) -> NodeId {
    NodeId::new(text).unwrap()
}

fn statement<'a>(f: &'a mut Framework, id: &str) -> &'a mut Statement {
    f.statements.iter_mut().find(|s| s.id == *id).unwrap()
}

fn only(diff: &Diff) -> (Change, NodeKind) {
    assert_eq!(diff.changes.len(), 1, "{}", diff.in_words());
    (diff.changes[0].change, diff.changes[0].kind)
}

#[test]
fn a_version_does_not_differ_from_itself_however_it_is_written() {
    let sample = sample();
    assert!(diff(&sample, &sample).is_empty());
    let mut other = sample.clone();
    other.statements.reverse();
    // A file with another name is still the same page.
    other.docs[0].path = "elsewhere/renamed.md".into();
    other.docs[0].markdown = other.docs[0].markdown.replace('\n', "\n\n");
    other.translations.reverse();
    for statement in &mut other.statements {
        statement.text = format!("  {} ", statement.text.replace(". ", ".\r\n"));
        statement.text = statement.text.replace("\r\n", " ");
    }
    assert!(diff(&sample, &other).is_empty(), "{}", diff(&sample, &other).in_words());
}

#[test]
fn the_same_id_with_other_words_is_reworded() {
    let mut new = sample();
    statement(&mut new, "sco2").text = "Moves a whole department forward alone.".into();
    let diff = diff(&sample(), &new);
    assert_eq!(only(&diff), (Change::Reworded, NodeKind::Statement));
    assert_eq!(diff.proposed, Bump::Minor);
    assert!(
        whats_new(&diff, &id("coach"))[0].starts_with("Reworded in Scope and independence: Moves a whole")
    );
    assert!(whats_new(&diff, &id("staff")).is_empty());
}

#[test]
fn a_typo_is_a_patch() {
    let mut old = sample();
    statement(&mut old, "sco2").text = "Moves one or two teams foward alone and can show it.".into();
    let diff = diff(&old, &sample());
    assert!(diff.changes[0].editorial);
    assert_eq!(diff.proposed, Bump::Patch);
}

#[test]
fn the_same_words_under_another_id_at_a_lower_level_have_moved_and_that_is_major() {
    let mut new = sample();
    let moved = statement(&mut new, "sco3");
    moved.id = StatementId::new("other").unwrap();
    moved.at.location = espalier_framework::Where::Level(id("coach"));
    let diff = diff(&sample(), &new);
    assert_eq!(only(&diff), (Change::Moved, NodeKind::Statement));
    assert_eq!(diff.proposed, Bump::Major);
    assert!(whats_new(&diff, &id("coach"))[0].starts_with("Moved here from Senior Agile Coach"));
    let back = espalier_framework::diff::diff(&new, &sample());
    assert_eq!(back.proposed, Bump::Minor);
}

#[test]
fn a_new_must_statement_is_major_and_one_less_is_minor() {
    let mut new = sample();
    let mut added = statement(&mut new, "sco2").clone();
    added.id = StatementId::new("sco9").unwrap();
    added.text = "Writes a yearly report for the board.".into();
    new.statements.push(added);
    assert_eq!(diff(&sample(), &new).proposed, Bump::Major);
    let less = diff(&new, &sample());
    assert_eq!((only(&less), less.proposed), ((Change::Retired, NodeKind::Statement), Bump::Minor));
    assert_eq!(
        whats_new(&diff(&sample(), &new), &id("coach")),
        ["New in Scope and independence: Writes a yearly report for the board."]
    );
}

#[test]
fn a_level_with_another_id_and_name_is_recognised_by_what_it_says() {
    let old = sample();
    let mut json = serde_json::to_string(&old).unwrap();
    json = json
        .replace("{\"level\":\"senior\"}", "{\"level\":\"lead\"}")
        .replace("\"id\":\"senior\"", "\"id\":\"lead\"");
    json = json
        .replace("Senior Agile Coach", "Lead Coach")
        .replace("\"from\":\"senior\"", "\"from\":\"lead\"")
        .replace("\"to\":\"senior\"", "\"to\":\"lead\"");
    json = json.replace("\"level\":\"senior\"", "\"level\":\"lead\"");
    let new: Framework = serde_json::from_str(&json).unwrap();
    let diff = diff(&old, &new);
    assert_eq!(diff.levels[&id("senior")], id("lead"));
    assert_eq!(diff.count(Change::Renamed, NodeKind::Level), 1);
    assert_eq!(diff.count(Change::Moved, NodeKind::Statement), 0, "{}", diff.in_words());
    assert_eq!(whats_new(&diff, &id("lead")).len(), 1);
}

#[test]
fn names_and_codes_of_levels_prove_nothing() {
    // The titles slide down by one; what is said stays where it is.
    let old = sample();
    let mut new = old.clone();
    let names: Vec<String> = old.levels.iter().map(|level| level.name.clone()).collect();
    for (at, level) in new.levels.iter_mut().enumerate() {
        level.name = names[(at + 1) % 4].clone();
    }
    let diff = diff(&old, &new);
    assert!(old.levels.iter().all(|level| diff.levels[&level.id] == level.id));
    assert_eq!(diff.count(Change::Renamed, NodeKind::Level), 4);
}

#[test]
fn a_term_replaced_everywhere_is_editorial() {
    let mut old = sample();
    for (id, text) in [
        ("sco1", "Writes an RFC for one team."),
        ("sco2", "Reads every RFC with care."),
        ("sco3", "Lets others write the RFC."),
        ("las1", "Files each RFC."),
    ] {
        statement(&mut old, id).text = text.into();
    }
    let mut new = old.clone();
    for statement in &mut new.statements {
        statement.text = statement.text.replace("RFC", "proposal");
    }
    let diff = diff(&old, &new);
    assert_eq!(diff.proposed, Bump::Patch, "{}", diff.in_words());
    assert_eq!(diff.replaced_terms, [("rfc".to_owned(), "proposal".to_owned())]);
    let mut harder = old.clone();
    for statement in &mut harder.statements {
        statement.text = statement.text.replace("RFC", "RFC without help");
    }
    assert_eq!(espalier_framework::diff::diff(&old, &harder).proposed, Bump::Minor);
}

#[test]
fn split_and_merged_statements_are_suggested() {
    let mut old = sample();
    statement(&mut old, "sco4").text =
        "Changes how the organisation improves itself, and leaves capable coaches behind in each department."
            .into();
    let mut new = old.clone();
    statement(&mut new, "sco4").text = "Changes how the organisation improves itself.".into();
    let mut second = statement(&mut new, "sco4").clone();
    statement(&mut new, "sco4").id = StatementId::new("sco4-a").unwrap();
    second.id = StatementId::new("sco4-b").unwrap();
    second.text = "Leaves capable coaches behind in each department.".into();
    new.statements.push(second);
    let apart = diff(&old, &new);
    assert_eq!((apart.changes.len(), apart.count(Change::Split, NodeKind::Statement)), (2, 2));
    let pairs: Vec<_> =
        apart.changes.iter().map(|c| (c.old_id.as_deref().unwrap(), c.new_id.as_deref().unwrap())).collect();
    assert_eq!(pairs, [("sco4", "sco4-a"), ("sco4", "sco4-b")]);
    assert!(apart.changes.iter().all(|change| change.suggested));
    let together = diff(&new, &old);
    assert_eq!((together.changes.len(), together.count(Change::Merged, NodeKind::Statement)), (2, 2));
}

#[test]
fn a_higher_point_is_major_and_a_lower_one_minor() {
    let mut new = sample();
    let asked = new.requirements.iter_mut().find(|r| r.level == id("senior")).unwrap();
    asked.point = id("strong");
    let up = diff(&sample(), &new);
    assert_eq!(up.count(Change::Moved, NodeKind::Requirement), 4, "{}", up.in_words());
    assert_eq!(up.proposed, Bump::Major);
    assert_eq!(diff(&new, &sample()).proposed, Bump::Minor);
}

#[test]
fn the_history_of_the_financial_times_is_told() {
    let Some(files) = support::fixture("financial-times") else { return };
    let mut names: Vec<String> = files
        .paths()
        .filter_map(|path| Some(path.strip_prefix("versions/")?.split('/').next()?.to_owned()))
        .collect();
    names.dedup();
    names.sort_by_key(|name| {
        let (base, pre) =
            name.trim_start_matches('v').split_once('-').map_or((name.trim_start_matches('v'), ""), |x| x);
        let (stage, number) = pre.split_once('.').unwrap_or(("zz", "0"));
        (base.to_owned(), stage.to_owned(), number.parse::<u32>().unwrap())
    });
    assert_eq!(names.len(), 31);
    let versions: Vec<Framework> = names
        .iter()
        .map(|name| import(&files.below(&format!("versions/{name}")), None, None).unwrap().framework)
        .collect();
    let mut proposed = std::collections::BTreeMap::new();
    for (pair, names) in versions.windows(2).zip(names.windows(2)) {
        assert!(diff(&pair[0], &pair[0]).is_empty());
        let diff = diff(&pair[0], &pair[1]);
        let counts: Vec<String> =
            [Change::Reworded, Change::Moved, Change::Added, Change::Retired, Change::Split, Change::Merged]
                .iter()
                .map(|change| format!("{} {}", change.word(), diff.count(*change, NodeKind::Statement)))
                .collect();
        eprintln!(
            "{} -> {}: {} [{}], {} changes",
            names[0],
            names[1],
            diff.proposed.word(),
            counts.join(", "),
            diff.changes.len()
        );
        proposed.insert(names[1].clone(), diff);
    }
    // Only levels.yml changed here, or nothing at all.
    for quiet in ["v1.0.0-alpha.3", "v1.0.0-alpha.12"] {
        assert!(
            proposed[quiet].changes.iter().all(|c| c.kind != NodeKind::Statement),
            "{quiet}: {}",
            proposed[quiet].in_words()
        );
    }
    // The mass rename of levels: a transition became a state, and not one statement moved.
    let rename = &proposed["v1.1.0"];
    assert_eq!(rename.levels[&id("junior-to-mid")], id("engineer"));
    assert_eq!(rename.levels[&id("mid-to-senior1")], id("senior1"));
    assert_eq!(rename.count(Change::Moved, NodeKind::Statement), 0, "{}", rename.in_words());
    // A level inserted below: words that reappear one level lower have moved, although their ids are new.
    let junior = &proposed["v1.2.0"];
    assert!(
        junior.changes.iter().any(|c| c.change == Change::Added
            && c.kind == NodeKind::Level
            && c.new_id.as_deref() == Some("junior")),
        "{}",
        junior.in_words()
    );
    assert!(junior.count(Change::Moved, NodeKind::Statement) >= 4, "{}", junior.in_words());
    assert_eq!(junior.proposed, Bump::Major);
    // The schema overhaul: other level ids, nothing else for the people.
    let overhaul = &proposed["v1.2.3"];
    assert_eq!(overhaul.levels[&id("senior1")], id("senior-1"));
    assert_eq!(overhaul.count(Change::Moved, NodeKind::Statement), 0, "{}", overhaul.in_words());
    // Wrong content published and replaced two days later.
    assert!(proposed["v1.2.5"].count(Change::Retired, NodeKind::Statement) > 20);
    // The rewrite: the old ladder lives on as legacy, and what is now called engineer is another level.
    let rewrite = &proposed["v2.0.0"];
    assert_eq!(rewrite.levels[&id("engineer")], id("engineering-v1.engineer"), "{:?}", rewrite.levels);
    assert_eq!(
        rewrite.count(Change::Added, NodeKind::Statement),
        72,
        "{}",
        rewrite.in_words().lines().filter(|l| l.contains("resemblance")).collect::<Vec<_>>().join("\n")
    );
    assert_eq!(rewrite.count(Change::Moved, NodeKind::Statement), 0, "{}", rewrite.in_words());
    assert_eq!(rewrite.proposed, Bump::Major);
    // Three names for one ladder of steps: only the numbers were set by hand.
    let steps = ["v1.1.0", "v1.2.0", "v1.2.1", "v1.2.2", "v1.2.3", "v1.2.4"]
        .map(|name| proposed[name].proposed.word());
    assert_eq!(steps, ["minor", "major", "minor", "major", "minor", "major"]);
}

#[test]
fn a_company_that_renames_its_ladders_keeps_its_expectations() {
    let (Some(old), Some(new)) =
        (support::fixture("engineeringladders"), support::fixture("engineeringladders-yousee"))
    else {
        return;
    };
    let old = import(&old, None, None).unwrap().framework;
    let new = import(&new, None, None).unwrap().framework;
    let diff = diff(&old, &new);
    eprintln!("{}", diff.in_words());
    for rank in 1..=7 {
        assert_eq!(
            diff.levels[&id(&format!("d{rank}-developer-{rank}"))],
            id(&format!("e{rank}-engineer-{rank}"))
        );
    }
    assert_eq!(diff.count(Change::Added, NodeKind::Level), 0);
    assert_eq!(diff.count(Change::Retired, NodeKind::Level), 0);
    assert_ne!(diff.proposed, Bump::Major);
}

#[test]
fn dropbox_reworded_moved_and_kept_are_told_apart() {
    let Some(files) = support::fixture("dropbox") else { return };
    let new = import(&files, None, None).unwrap().framework;
    let old = import(&files.below("versions/2022-09-13-d55e879"), None, None).unwrap().framework;
    let start = std::time::Instant::now();
    let diff = diff(&old, &new);
    let count = |change| diff.count(change, NodeKind::Statement);
    eprintln!(
        "dropbox: {:?}, of {} statements: kept or moved {}, reworded {}, moved {}, retired {}, added {}",
        start.elapsed(),
        old.statements.len(),
        diff.statements.len(),
        count(Change::Reworded),
        count(Change::Moved),
        count(Change::Retired),
        count(Change::Added)
    );
    // More than half of the words are kept, and most levels are recognised by them.
    assert!(diff.statements.len() * 2 > old.statements.len());
    assert!(diff.levels.len() >= 9, "{:?}", diff.levels);
    assert!(count(Change::Reworded) > count(Change::Retired));
    assert_eq!(diff.proposed, Bump::Major);
}

#[test]
fn the_json_of_a_difference_names_change_kind_ids_and_texts() {
    let mut new = sample();
    statement(&mut new, "sco2").text = "Something else entirely, for everybody.".into();
    let json = serde_json::to_value(diff(&sample(), &new)).unwrap();
    let change = &json["changes"][0];
    assert_eq!((change["change"].as_str(), change["kind"].as_str()), (Some("reworded"), Some("statement")));
    assert_eq!((&change["old_id"], &change["new_id"]), (&"sco2".into(), &"sco2".into()));
    assert!(change["new_text"].as_str().unwrap().starts_with("Something else"));
    let at = new.statements.iter().position(|s| s.id == "sco2").unwrap();
    new.statements.remove(at);
    let json = serde_json::to_value(diff(&new, &sample())).unwrap();
    let added = &json["changes"][0];
    assert_eq!(added["change"], "added");
    assert!(added["old_id"].is_null() && added["old_text"].is_null(), "{added}");
    assert_eq!(added["new_id"], "sco2");
}
