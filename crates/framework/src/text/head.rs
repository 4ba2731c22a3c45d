//! `framework.yaml`: the structure, without the words of the competencies.

use crate::{
    ids::NodeId,
    model::{Doc, Framework, Path, PathKind, Requirement, Selector},
    report::Finding,
    yaml::{Kind, Node},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Keys whose letters stay letters, whatever YAML sees in them.
const TEXTS: [&str; 24] = [
    "id", "name", "summary", "track", "parent", "grade", "code", "group", "from", "to", "text", "point",
    "level", "of", "scale", "pillar", "inherits", "rule", "path", "node", "version", "locale", "licence",
    "kind",
];

/// Keys that hold numbers; left empty, they say nothing.
const NUMBERS: [&str; 7] = ["rank", "value", "weight", "k", "min", "max", "months"];

/// The name of the file.
pub const FILE: &str = "framework.yaml";

/// A map with texts kept as letters and empty values left out.
pub fn typed(node: &Node) -> Value {
    match &node.kind {
        Kind::Map(entries) => Value::Object(
            entries
                .iter()
                .filter(|(key, _, value)| {
                    !(value.is_null() && (TEXTS.contains(&key.as_str()) || NUMBERS.contains(&key.as_str())))
                })
                .map(|(key, _, value)| {
                    let value = match value.text() {
                        Some(text) if TEXTS.contains(&key.as_str()) => Value::String(text.to_owned()),
                        _ if matches!(key.as_str(), "points" | "levels") => typed(value),
                        _ => value.value(),
                    };
                    (key.clone(), value)
                })
                .collect(),
        ),
        Kind::List(items) => Value::Array(
            items
                .iter()
                .map(|item| item.text().map_or_else(|| typed(item), |text| Value::String(text.into())))
                .collect(),
        ),
        Kind::Scalar { .. } => node.value(),
    }
}

/// Reads one node of the model, or says what is wrong with it and where.
pub fn item<T: DeserializeOwned>(file: &str, what: &str, node: &Node) -> Result<T, Finding> {
    serde_json::from_value(typed(node))
        .map_err(|error| Finding::error(file, node.line, format!("This {what} cannot be read: {error}.")))
}

fn items<T: DeserializeOwned>(root: &Node, key: &str, what: &str, faults: &mut Vec<Finding>) -> Vec<T> {
    let Some(node) = root.get(key).filter(|node| !node.is_null()) else { return Vec::new() };
    let Some(list) = node.list() else {
        faults.push(Finding::error(
            FILE,
            node.line,
            format!("\"{key}\" must be a list, and here is {}.", node.shape()),
        ));
        return Vec::new();
    };
    list.iter().filter_map(|node| item(FILE, what, node).map_err(|fault| faults.push(fault)).ok()).collect()
}

/// What the head names besides the framework itself.
pub struct Head {
    /// The framework with everything but the words of its pages.
    pub framework: Framework,
    /// The competencies in their order, with the line that names them.
    pub order: Vec<(NodeId, usize)>,
}

/// Reads the head. Faults are collected, so that one reading names them all.
pub fn read(root: &Node, faults: &mut Vec<Finding>) -> Head {
    let mut framework = Framework::new(NodeId::default(), "");
    let mut order = Vec::new();
    let Some(entries) = root.map() else {
        faults.push(Finding::error(FILE, root.line, "A framework must be a set of keys."));
        return Head { framework, order };
    };
    if root.text_at("id").is_none() {
        faults.push(Finding::error(FILE, 1, "The framework has no id."));
    }
    for (key, line, node) in entries {
        let text = || node.text().unwrap_or_default().to_owned();
        match key.as_str() {
            "schema" => {
                if node.text() != Some("1") {
                    faults.push(Finding::error(FILE, *line, "Only schema 1 is known."));
                }
            }
            "id" => match NodeId::new(text()) {
                Ok(id) => framework.id = id,
                Err(error) => faults.push(Finding::error(FILE, *line, error.to_string())),
            },
            "name" => framework.name = text(),
            "summary" => framework.summary = text(),
            "version" => {
                if !matches!(node.kind, Kind::Scalar { plain: false, .. }) && !node.value().is_string() {
                    faults.push(Finding::warning(
                        FILE,
                        *line,
                        "The version is a number to YAML; put it in quotes so that no digit is lost.",
                    ));
                }
                framework.version = text();
            }
            "locale" => framework.locale = text(),
            "licence" => framework.licence = node.text().map(str::to_owned),
            "status" => match serde_json::from_value(Value::String(text())) {
                Ok(status) => framework.status = status,
                Err(_) => faults.push(Finding::error(
                    FILE,
                    *line,
                    "The status must be draft, in-review, published, legacy or withdrawn.",
                )),
            },
            "effective" => {
                framework.effective_from = node.text_at("from").map(str::to_owned);
                framework.effective_until = node.text_at("until").map(str::to_owned);
            }
            "owners" => {
                framework.owners = node
                    .list()
                    .unwrap_or_default()
                    .iter()
                    .filter_map(Node::text)
                    .map(str::to_owned)
                    .collect();
            }
            "competencies" => {
                for item in node.list().unwrap_or_default() {
                    match NodeId::new(item.text().unwrap_or_default()) {
                        Ok(id) => order.push((id, item.line)),
                        Err(error) => faults.push(Finding::error(FILE, item.line, error.to_string())),
                    }
                }
            }
            "paths" => framework.paths = paths(node, faults),
            "requires" => framework.requirements = requirements(node, faults),
            "scales" | "tracks" | "levels" | "pillars" | "rules" | "bands" | "docs" => {}
            _ => {
                framework.ext.insert(key.clone(), node.value());
            }
        }
    }
    framework.scales = items(root, "scales", "scale", faults);
    framework.tracks = items(root, "tracks", "track", faults);
    framework.levels = items(root, "levels", "level", faults);
    framework.pillars = items(root, "pillars", "pillar", faults);
    framework.rules = rules(root, faults);
    framework.bands = items(root, "bands", "band", faults);
    framework.docs = docs(root, faults);
    Head { framework, order }
}

fn rules(root: &Node, faults: &mut Vec<Finding>) -> Vec<crate::model::Rule> {
    let mut root = root.clone();
    // `level: "*"` and no level at all both mean every level.
    if let Kind::Map(entries) = &mut root.kind
        && let Some((_, _, Node { kind: Kind::List(list), .. })) =
            entries.iter_mut().find(|(key, _, _)| key == "rules")
    {
        for node in list {
            if let Kind::Map(entries) = &mut node.kind {
                entries.retain(|(key, _, value)| !(key == "level" && value.text() == Some("*")));
            }
        }
    }
    items(&root, "rules", "rule", faults)
}

fn docs(root: &Node, faults: &mut Vec<Finding>) -> Vec<Doc> {
    let mut out = Vec::new();
    for node in root.get("docs").and_then(Node::list).unwrap_or_default() {
        let mut value = typed(node);
        if let Value::Object(map) = &mut value {
            map.insert("markdown".into(), Value::String(String::new()));
        }
        match serde_json::from_value(value) {
            Ok(doc) => out.push(doc),
            Err(error) => {
                faults.push(Finding::error(FILE, node.line, format!("This page cannot be read: {error}.")));
            }
        }
    }
    out
}

fn paths(node: &Node, faults: &mut Vec<Finding>) -> Vec<Path> {
    let mut out = Vec::new();
    for entry in node.list().unwrap_or_default() {
        if let Some(chain) = entry.list() {
            let ids: Vec<NodeId> =
                chain.iter().filter_map(|id| NodeId::new(id.text().unwrap_or_default()).ok()).collect();
            if ids.len() != chain.len() {
                faults.push(Finding::error(FILE, entry.line, "A path is a list of level ids."));
            }
            out.extend(ids.windows(2).map(|pair| Path {
                from: pair[0].clone(),
                to: pair[1].clone(),
                ..Path::default()
            }));
        } else {
            match item(FILE, "path", entry) {
                Ok(path) => out.push(path),
                Err(fault) => faults.push(fault),
            }
        }
    }
    out
}

fn requirements(node: &Node, faults: &mut Vec<Finding>) -> Vec<Requirement> {
    let mut out = Vec::new();
    for (level, line, asked) in node.map().unwrap_or_default() {
        for (of, at, what) in asked.map().unwrap_or_default() {
            for one in what.list().unwrap_or(std::slice::from_ref(what)) {
                let mut value = match one.text() {
                    Some(point) => Map::from_iter([("point".to_owned(), Value::String(point.to_owned()))]),
                    None => match typed(one) {
                        Value::Object(map) => map,
                        _ => Map::new(),
                    },
                };
                value.insert("level".into(), Value::String(level.clone()));
                value.insert("of".into(), Value::String(of.clone()));
                match serde_json::from_value(Value::Object(value)) {
                    Ok(requirement) => out.push(requirement),
                    Err(error) => faults.push(Finding::error(
                        FILE,
                        (*at).max(*line),
                        format!("What {level} asks for in {of} cannot be read: {error}."),
                    )),
                }
            }
        }
    }
    out
}

fn value<T: Serialize>(item: &T) -> Value {
    serde_json::to_value(item).unwrap_or_default()
}

fn put<T: Serialize>(map: &mut Map<String, Value>, key: &str, list: &[T]) {
    if !list.is_empty() {
        map.insert(key.into(), Value::Array(list.iter().map(value).collect()));
    }
}

/// The head as a map, ready to be written.
pub fn write(framework: &Framework) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("schema".into(), Value::from(1));
    map.insert("id".into(), value(&framework.id));
    map.insert("name".into(), value(&framework.name));
    if !framework.summary.is_empty() {
        map.insert("summary".into(), value(&framework.summary));
    }
    map.insert("version".into(), value(&framework.version));
    map.insert("status".into(), value(&framework.status));
    let mut effective = Map::new();
    if let Some(from) = &framework.effective_from {
        effective.insert("from".into(), value(from));
    }
    if let Some(until) = &framework.effective_until {
        effective.insert("until".into(), value(until));
    }
    if !effective.is_empty() {
        map.insert("effective".into(), Value::Object(effective));
    }
    map.insert("locale".into(), value(&framework.locale));
    if let Some(licence) = &framework.licence {
        map.insert("licence".into(), value(licence));
    }
    put(&mut map, "owners", &framework.owners);
    put(&mut map, "scales", &framework.scales);
    put(&mut map, "tracks", &framework.tracks);
    put(&mut map, "levels", &framework.levels);
    let paths = written_paths(&framework.paths);
    put(&mut map, "paths", &paths);
    put(&mut map, "pillars", &framework.pillars);
    let order: Vec<&NodeId> = framework.competencies.iter().map(|competency| &competency.id).collect();
    put(&mut map, "competencies", &order);
    let requires = written_requirements(&framework.requirements);
    if !requires.is_empty() {
        map.insert("requires".into(), Value::Object(requires));
    }
    put(&mut map, "rules", &framework.rules);
    put(&mut map, "bands", &framework.bands);
    let docs: Vec<Doc> = (framework.docs.iter())
        .filter(|doc| doc.node.is_some() || !doc.ext.is_empty())
        .map(|doc| Doc { markdown: String::new(), ..doc.clone() })
        .collect();
    put(&mut map, "docs", &docs);
    for doc in map.get_mut("docs").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(doc) = doc {
            doc.shift_remove("markdown");
        }
    }
    for (key, value) in &framework.ext {
        map.insert(key.clone(), value.clone());
    }
    map
}

/// Plain promotions that follow each other are one list.
fn written_paths(paths: &[Path]) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::new();
    let mut chain: Vec<&NodeId> = Vec::new();
    for path in paths {
        let plain = path.kind == PathKind::Promotion && path.text.is_empty() && path.ext.is_empty();
        if plain && chain.last() == Some(&&path.from) {
            chain.push(&path.to);
            continue;
        }
        if !chain.is_empty() {
            out.push(value(&chain));
            chain.clear();
        }
        if plain {
            chain = vec![&path.from, &path.to];
        } else {
            out.push(value(path));
        }
    }
    if !chain.is_empty() {
        out.push(value(&chain));
    }
    out
}

fn written_requirements(requirements: &[Requirement]) -> Map<String, Value> {
    let mut levels: Map<String, Value> = Map::new();
    for requirement in requirements {
        let mut one = match value(requirement) {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        one.shift_remove("level");
        one.shift_remove("of");
        let short = match one.get("point") {
            Some(point) if one.len() == 1 => point.clone(),
            _ => Value::Object(one),
        };
        let level = levels
            .entry(requirement.level.as_str())
            .or_insert_with(|| Value::Object(Map::new()))
            .as_object_mut();
        let Some(level) = level else { continue };
        let key = requirement.of.to_string();
        match level.get_mut(&key) {
            Some(Value::Array(several)) => several.push(short),
            Some(before) => *before = Value::Array(vec![before.clone(), short]),
            None => {
                level.insert(key, short);
            }
        }
    }
    levels
}

/// A requirement's order in the head, so that writing and reading agree.
pub fn sort_key(requirement: &Requirement, levels: &[NodeId]) -> (usize, NodeId) {
    let at = levels.iter().position(|level| *level == requirement.level).unwrap_or(usize::MAX);
    (at, requirement.level.clone())
}

/// Requirements level by level, those for the same competencies side by side.
pub fn sorted_requirements(requirements: Vec<Requirement>, levels: &[NodeId]) -> Vec<Requirement> {
    let mut by_level: Vec<(usize, NodeId, Vec<Requirement>)> = Vec::new();
    for requirement in requirements {
        match by_level.iter_mut().find(|(_, level, _)| *level == requirement.level) {
            Some((_, _, list)) => list.push(requirement),
            None => {
                let (at, level) = sort_key(&requirement, levels);
                by_level.push((at, level, vec![requirement]));
            }
        }
    }
    by_level.sort_by_key(|(at, level, _)| (*at, level.clone()));
    let mut out = Vec::new();
    for (_, _, list) in by_level {
        let mut seen: Vec<Selector> = Vec::new();
        for requirement in &list {
            if !seen.contains(&requirement.of) {
                seen.push(requirement.of.clone());
            }
        }
        for of in seen {
            let mut mine: Vec<Requirement> = Vec::new();
            for requirement in list.iter().filter(|requirement| requirement.of == of) {
                if !mine.contains(requirement) {
                    mine.push(requirement.clone());
                }
            }
            out.extend(mine);
        }
    }
    out
}
