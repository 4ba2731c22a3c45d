//! Translations: the same tree below `i18n/<locale>/`, with the same ids, words only.

use super::{attributes::Attributes, page, places, write::headed};
use crate::{
    files::{Files, ending, stem},
    model::{Ext, Framework, StatementKind, Subject, Text, Translation, Where},
    report::Finding,
    yaml::{self, Node},
    yaml_write,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The word before a bullet, for texts that keep it.
pub(super) fn shared_word(kind: Option<StatementKind>) -> String {
    kind.map(|kind| format!("- {}: ", kind.word())).unwrap_or_else(|| "- ".to_owned())
}

/// Reads all translations of a framework.
pub fn read(files: &Files, framework: &mut Framework, findings: &mut Vec<Finding>) {
    let mut texts: BTreeMap<String, Vec<Text>> = BTreeMap::new();
    for path in files.paths() {
        let Some((locale, rest)) = path.strip_prefix("i18n/").and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        let text = match files.text(path) {
            Ok(text) => text,
            Err(fault) => {
                findings.push(fault);
                continue;
            }
        };
        let mut found = Vec::new();
        let read = match rest.split_once('/') {
            None if rest == "framework.yaml" => structure(text, &mut found),
            Some(("competencies", _)) => {
                paged(text, &format!("competency/{}", stem(rest)), "summary", &mut found)
            }
            Some(("archetypes", _)) => paged(text, &format!("archetype/{}", stem(rest)), "text", &mut found),
            Some(("pillars" | "levels", _)) => paged(text, "", "", &mut found),
            None if rest == "general.md" => paged(text, "", "", &mut found),
            Some(("docs", doc)) => doc_page(text, doc, &mut found),
            _ => {
                findings.push(Finding::note(path, None, "This file is not part of a translation."));
                Ok(())
            }
        };
        match read {
            Ok(()) => texts.entry(locale.to_owned()).or_default().append(&mut found),
            Err(bad) => findings.push(Finding::error(path, bad.line, bad.message)),
        }
    }
    for (locale, texts) in texts {
        framework.translations.push(Translation { locale, texts, ext: Ext::new() });
    }
}

fn structure(source: &str, out: &mut Vec<Text>) -> Result<(), yaml::BadYaml> {
    let root = yaml::read(source)?;
    for (node, _, fields) in root.map().unwrap_or_default() {
        for (field, _, value) in fields.map().unwrap_or_default() {
            let (text, of) = match value.text() {
                Some(text) => (Some(text), None),
                None => (value.text_at("text"), value.text_at("of")),
            };
            if let Some(text) = text {
                out.push(entry(node, field, text, of));
            }
        }
    }
    Ok(())
}

fn entry(node: &str, field: &str, text: &str, of: Option<&str>) -> Text {
    Text {
        node: node.into(),
        field: field.into(),
        text: text.into(),
        of: of.map(str::to_owned),
        ext: Ext::new(),
    }
}

fn paged(source: &str, node: &str, definition: &str, out: &mut Vec<Text>) -> Result<(), yaml::BadYaml> {
    let page = page::read(source)?;
    let whole = page.front.text_at("of");
    let of = |field: &str| whole.or_else(|| page.front.get("of").and_then(|of| of.text_at(field)));
    if !node.is_empty() {
        if let Some(name) = page.front.text_at("name") {
            out.push(entry(node, "name", name, of("name")));
        }
        if !page.definition.is_empty() {
            out.push(entry(node, definition, &page.definition, of(definition)));
        }
    }
    for bullet in page.sections.iter().flat_map(|section| &section.bullets) {
        if let Some(id) = &bullet.attributes.id {
            let of = bullet.attributes.get("of").or(whole);
            out.push(entry(&format!("statement/{id}"), "text", &bullet.text, of));
        }
    }
    Ok(())
}

fn doc_page(source: &str, path: &str, out: &mut Vec<Text>) -> Result<(), yaml::BadYaml> {
    let (front, body) = match yaml::front_matter(source) {
        Some((front, body, _)) => (yaml::read(front)?, body),
        None => (Node::empty(), source),
    };
    if ending(path) == "md" {
        out.push(entry(&format!("doc/{path}"), "markdown", body, front.text_at("of")));
    }
    Ok(())
}

/// Writes all translations of a framework beside it.
pub fn write(framework: &Framework, mut files: Files) -> Files {
    for translation in &framework.translations {
        let folder = format!("i18n/{}", translation.locale);
        let texts: BTreeMap<(&str, &str), &Text> =
            translation.texts.iter().map(|text| ((text.node.as_str(), text.field.as_str()), text)).collect();
        let mut structure: Map<String, Value> = Map::new();
        for ((node, field), text) in &texts {
            let kind = node.split('/').next().unwrap_or_default();
            let statement_elsewhere = kind == "statement"
                && node.strip_prefix("statement/").is_none_or(|id| framework.statement(id).is_none());
            let page_elsewhere = match node.split_once('/') {
                Some(("competency", id)) => {
                    framework.competency(id).is_none() || !matches!(*field, "name" | "summary")
                }
                Some(("archetype", id)) => {
                    !framework.archetypes.iter().any(|a| a.id == *id) || !matches!(*field, "name" | "text")
                }
                Some(("statement", _)) => statement_elsewhere,
                Some(("doc", path)) => ending(path) != "md" || *field != "markdown",
                _ => true,
            };
            if page_elsewhere {
                let value = match &text.of {
                    Some(of) => {
                        let pair = [("text", text.text.as_str()), ("of", of.as_str())];
                        Value::Object(
                            pair.into_iter().map(|(key, value)| (key.into(), value.into())).collect(),
                        )
                    }
                    None => Value::from(text.text.as_str()),
                };
                let fields = structure.entry(*node).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(fields) = fields {
                    fields.insert((*field).to_owned(), value);
                }
            } else if let Some(path) = node.strip_prefix("doc/") {
                let front: Map<String, Value> =
                    text.of.iter().map(|of| ("of".to_owned(), Value::from(of.as_str()))).collect();
                let head = headed(&front, "");
                files = files.with(&format!("{folder}/docs/{path}"), &format!("{head}{}", text.text));
            }
        }
        if !structure.is_empty() {
            files = files.with(&format!("{folder}/framework.yaml"), &yaml_write::write(&structure));
        }
        for competency in &framework.competencies {
            let subject = Subject::Competency(competency.id.clone());
            let node = format!("competency/{}", competency.id);
            let page = written(framework, &texts, &subject, Some((&node, competency.id.as_str(), "summary")));
            if let Some(page) = page {
                files = files.with(&format!("{folder}/competencies/{}.md", competency.id), &page);
            }
        }
        for archetype in &framework.archetypes {
            let node = format!("archetype/{}", archetype.id);
            if let Some(page) = front_page(&texts, &node, archetype.id.as_str(), "text") {
                files = files.with(&format!("{folder}/archetypes/{}.md", archetype.id), &page);
            }
        }
        for pillar in &framework.pillars {
            if let Some(page) = written(framework, &texts, &Subject::Pillar(pillar.id.clone()), None) {
                files = files.with(&format!("{folder}/pillars/{}.md", pillar.id), &page);
            }
        }
        if let Some(page) = written(framework, &texts, &Subject::None, None) {
            files = files.with(&format!("{folder}/general.md"), &page);
        }
    }
    files
}

type Texts<'a> = BTreeMap<(&'a str, &'a str), &'a Text>;

fn front_page(texts: &Texts<'_>, node: &str, id: &str, field: &str) -> Option<String> {
    let name = texts.get(&(node, "name"));
    let definition = texts.get(&(node, field));
    if name.is_none() && definition.is_none() {
        return None;
    }
    let mut front = Map::from_iter([("id".to_owned(), Value::from(id))]);
    let mut of = Map::new();
    if let Some(name) = name {
        front.insert("name".into(), Value::from(name.text.as_str()));
        of.extend(name.of.iter().map(|of| ("name".to_owned(), Value::from(of.as_str()))));
    }
    if let Some(definition) = definition {
        of.extend(definition.of.iter().map(|of| (field.to_owned(), Value::from(of.as_str()))));
    }
    if !of.is_empty() {
        front.insert("of".into(), Value::Object(of));
    }
    Some(headed(&front, definition.map(|text| text.text.as_str()).unwrap_or_default()))
}

fn written(
    framework: &Framework,
    texts: &Texts<'_>,
    subject: &Subject,
    front: Option<(&str, &str, &str)>,
) -> Option<String> {
    let head = front.and_then(|(node, id, field)| front_page(texts, node, id, field));
    let competency = match subject {
        Subject::Competency(id) => framework.competency(id.as_str()),
        Subject::Pillar(_) | Subject::None => None,
    };
    let mut body = String::new();
    let mut before: Option<&Where> = None;
    for statement in framework.statements.iter().filter(|statement| statement.at.subject == *subject) {
        let node = format!("statement/{}", statement.id);
        let Some(text) = texts.get(&(node.as_str(), "text")) else { continue };
        if before != Some(&statement.at.location) {
            body.push('\n');
            body.push_str(&places::heading(framework, competency, &statement.at.location));
            body.push('\n');
            before = Some(&statement.at.location);
        }
        let mut attributes = Attributes { id: Some(statement.id.to_string()), pairs: Vec::new() };
        if let Some(of) = &text.of {
            attributes.push("of", of.as_str());
        }
        let spoken =
            text.text.split_once(':').is_some_and(|(word, _)| StatementKind::from_word(word).is_some());
        let kind = (spoken || statement.kind != StatementKind::Expectation).then_some(statement.kind);
        page::write_bullet(0, kind, &text.text, &attributes, &mut body);
    }
    match (head, body.is_empty()) {
        (None, true) => None,
        (Some(head), _) => Some(head + &body),
        (None, false) => {
            // A page with sentences but no words of its own still says whose sentences they are.
            let front = front.map(|(_, id, _)| Map::from_iter([("id".to_owned(), Value::from(id))]));
            Some(headed(&front.unwrap_or_default(), "") + body.trim_start())
        }
    }
}
