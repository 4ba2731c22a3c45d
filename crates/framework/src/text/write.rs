//! Writing a framework in its canonical form.

use super::{attributes::Attributes, head, page, places, prose, words};
use crate::{
    files::Files,
    ids::NodeId,
    model::{Archetype, Competency, Ext, Framework, Statement, StatementKind, Subject, Where},
    yaml_write,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What one page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// One page per competency, level by level: the canonical form.
    #[default]
    ByCompetency,
    /// One page per level, competency by competency.
    ByLevel,
}

/// Writes a framework in its canonical form.
pub fn write(framework: &Framework) -> Files {
    write_as(framework, View::ByCompetency)
}

/// Writes a framework in one of its two views.
pub fn write_as(framework: &Framework, view: View) -> Files {
    let framework = framework.clone().tidied();
    let mut files = Files::new().with(head::FILE, &yaml_write::write(&head::write(&framework)));
    let by_level =
        |statement: &Statement| view == View::ByLevel && matches!(statement.at.location, Where::Level(_));
    let at_levels: Vec<&Statement> = framework.statements.iter().filter(|s| by_level(s)).collect();
    let elsewhere: Vec<&Statement> = framework.statements.iter().filter(|s| !by_level(s)).collect();
    for competency in &framework.competencies {
        let mine = about(&elsewhere, &Subject::Competency(competency.id.clone()));
        let text = competency_page(&framework, competency, &mine);
        files = files.with(&format!("competencies/{}.md", competency.id), &text);
    }
    for pillar in &framework.pillars {
        let mine = about(&elsewhere, &Subject::Pillar(pillar.id.clone()));
        if !mine.is_empty() {
            let mut front = Map::from_iter([("pillar".to_owned(), Value::from(pillar.id.as_str()))]);
            let text = with_sections(&framework, None, &mut front, "", &mine);
            files = files.with(&format!("pillars/{}.md", pillar.id), &text);
        }
    }
    let general = about(&elsewhere, &Subject::None);
    if !general.is_empty() {
        files = files.with("general.md", &with_sections(&framework, None, &mut Map::new(), "", &general));
    }
    for level in &framework.levels {
        let mine: Vec<&Statement> =
            (at_levels.iter().copied()).filter(|s| s.at.location == Where::Level(level.id.clone())).collect();
        if !mine.is_empty() {
            files = files.with(&format!("levels/{}.md", level.id), &level_page(&framework, &level.id, &mine));
        }
    }
    for archetype in &framework.archetypes {
        files = files.with(&format!("archetypes/{}.md", archetype.id), &archetype_page(archetype));
    }
    for doc in &framework.docs {
        files = files.with(&format!("docs/{}", doc.path), &doc.markdown);
    }
    for migration in &framework.migrations {
        files = files.with(&format!("migrations/{}", migration.path), &migration.text);
    }
    if !framework.changelog.is_empty() {
        files = files.with("CHANGES.md", &format!("{}\n", framework.changelog));
    }
    words::write(&framework, files)
}

fn about<'a>(statements: &[&'a Statement], subject: &Subject) -> Vec<&'a Statement> {
    statements.iter().copied().filter(|statement| statement.at.subject == *subject).collect()
}

fn competency_page(framework: &Framework, competency: &Competency, statements: &[&Statement]) -> String {
    let mut front = match serde_json::to_value(competency) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    front.shift_remove("summary");
    with_sections(framework, Some(competency), &mut front, &competency.summary, statements)
}

fn archetype_page(archetype: &Archetype) -> String {
    let mut front = match serde_json::to_value(archetype) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    front.shift_remove("text");
    headed(&front, &archetype.text)
}

/// Front matter and a definition.
pub(super) fn headed(front: &Map<String, Value>, definition: &str) -> String {
    let mut out = String::new();
    if !front.is_empty() || definition.starts_with("---") {
        out.push_str("---\n");
        out.push_str(&yaml_write::write(front));
        out.push_str("---\n");
    }
    for line in prose::lines(definition, false) {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

fn with_sections(
    framework: &Framework,
    competency: Option<&Competency>,
    front: &mut Map<String, Value>,
    definition: &str,
    statements: &[&Statement],
) -> String {
    put_ext(front, statements);
    let mut out = headed(front, definition);
    let mut before: Option<&Where> = None;
    for statement in statements {
        if before != Some(&statement.at.location) {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&places::heading(framework, competency, &statement.at.location));
            out.push('\n');
            before = Some(&statement.at.location);
        }
        bullet(framework, statement, &mut out);
    }
    out
}

fn level_page(framework: &Framework, level: &NodeId, statements: &[&Statement]) -> String {
    let mut front = Map::from_iter([("level".to_owned(), Value::from(level.as_str()))]);
    put_ext(&mut front, statements);
    let mut out = headed(&front, "");
    let mut before: Option<&Subject> = None;
    for statement in statements {
        if before != Some(&statement.at.subject) {
            out.push('\n');
            out.push_str(&places::subject_heading(framework, &statement.at.subject));
            out.push('\n');
            before = Some(&statement.at.subject);
        }
        bullet(framework, statement, &mut out);
    }
    out
}

/// Keys of statements that were not understood have no place on a bullet; they stand in the front matter.
fn put_ext(front: &mut Map<String, Value>, statements: &[&Statement]) {
    let ext: BTreeMap<&str, &Ext> =
        statements.iter().filter(|s| !s.ext.is_empty()).map(|s| (s.id.as_str(), &s.ext)).collect();
    if !ext.is_empty() {
        let map: Map<String, Value> =
            ext.into_iter().map(|(id, ext)| (id.to_owned(), Value::Object(ext.clone()))).collect();
        front.insert("statements".into(), Value::Object(map));
    }
}

/// The kind a bullet has when no word stands before it.
pub(super) fn silent_kind(depth: usize) -> StatementKind {
    if depth == 0 { StatementKind::Expectation } else { StatementKind::Example }
}

fn bullet(framework: &Framework, statement: &Statement, out: &mut String) {
    let depth = depth_of(framework, statement);
    let spoken =
        statement.text.split_once(':').is_some_and(|(word, _)| StatementKind::from_word(word).is_some());
    // Nested bullets always say what they are; it reads better.
    let kind = (depth > 0 || statement.kind != silent_kind(depth) || spoken).then_some(statement.kind);
    let mut attributes = Attributes { id: Some(statement.id.to_string()), pairs: Vec::new() };
    let list = |ids: &[NodeId]| ids.iter().map(NodeId::as_str).collect::<Vec<_>>().join(",");
    for (key, ids) in [
        ("track", &statement.only_for.tracks),
        ("archetype", &statement.only_for.archetypes),
        ("discipline", &statement.only_for.disciplines),
    ] {
        if !ids.is_empty() {
            attributes.push(key, list(ids));
        }
    }
    if statement.must != (statement.kind == StatementKind::Expectation && depth == 0) {
        attributes.push("must", if statement.must { "yes" } else { "no" });
    }
    if let Some(proficiency) = &statement.proficiency {
        attributes.push("proficiency", proficiency.as_str());
    }
    if depth == 0
        && let Some(parent) = &statement.parent
    {
        attributes.push("parent", parent.as_str());
    }
    page::write_bullet(depth, kind, &statement.text, &attributes, out);
}

fn depth_of(framework: &Framework, statement: &Statement) -> usize {
    let mut depth = 0;
    let mut at = statement;
    while let Some(parent) = at.parent.as_ref().and_then(|id| framework.statement(id.as_str())) {
        depth += 1;
        at = parent;
        if depth > 8 {
            return 0;
        }
    }
    depth
}
