//! The doors as the source declares them, and what the placeholders of their paths stand for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::House;

/// The routes as the source declares them: method and path.
pub fn declared() -> BTreeSet<(String, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![crates];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target" && name != "tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    let mut routes = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for rest in text.split(".route(").skip(1) {
            let Some((path, rest)) = rest.split_once("\",") else { continue };
            let path = path.trim().trim_start_matches('"').to_owned();
            if !path.starts_with('/') {
                continue;
            }
            let handlers = rest.split(".route(").next().unwrap().split(".merge(").next().unwrap();
            let handlers = handlers.split("\n}").next().unwrap();
            for method in ["get", "post", "put", "patch", "delete"] {
                if handlers.contains(&format!("{method}(")) {
                    routes.insert((method.to_uppercase(), path.clone()));
                }
            }
        }
    }
    routes
}

/// What the placeholders of a path stand for: things that are Ada's.
pub struct Things {
    pub ada: String,
    pub team: String,
    pub assessment: String,
    pub statement: String,
    pub version: String,
    pub role: String,
    pub talk: String,
    pub planned: String,
    pub input: String,
    pub round: String,
    pub evidence: String,
    pub request: String,
    pub step: String,
    pub goal: String,
    pub feedback: String,
}

impl Things {
    pub async fn find(house: &House) -> Self {
        let mut tx = house.store.read().await.unwrap();
        let mut one = async |sql: &'static str| -> String {
            let statement = espalier_store::Statement { name: "STORY", sql };
            let found: Option<(String,)> = tx.first(&statement, &[]).await.unwrap();
            found.unwrap().0
        };
        Self {
            ada: one("select id from person where email = 'ada@demo.example'").await,
            team: one("select team from person where email = 'ada@demo.example'").await,
            assessment: one("select id from assessment where state = 'draft'").await,
            statement: one("select statement from answer order by statement limit 1").await,
            version: one("select id from framework_version").await,
            role: one("select id from role_grant where role = 'hr'").await,
            talk: one("select id from talk where state = 'open'").await,
            planned: one("select id from talk where state = 'planned'").await,
            input: one("select id from talk_input").await,
            round: one("select id from talk_cycle").await,
            evidence: one("select max(id) from evidence").await,
            request: one("select max(id) from corroboration where standing = 'asked'").await,
            step: one("select id from plan_step where state = 'begun'").await,
            goal: one("select id from goal").await,
            feedback: one("select id from feedback where read_at is not null").await,
        }
    }

    pub fn path(&self, route: &str) -> String {
        let is_a_person = ["/people", "/api/v1/people", "/admin/erasures"];
        let id = if is_a_person.iter().any(|start| route.starts_with(start)) {
            &self.ada
        } else if route.starts_with("/teams") {
            &self.team
        } else if route.contains("/assessments/") {
            &self.assessment
        } else if route.starts_with("/versions") {
            &self.version
        } else if route.contains("/evidence/{id}") {
            &self.evidence
        } else if route.contains("/plan/{id}") {
            &self.step
        } else if route.contains("/goals/{id}") {
            &self.goal
        } else if route.contains("/feedback/{id}") {
            &self.feedback
        } else if route.starts_with("/corroborations") {
            &self.request
        } else if route.starts_with("/roles") {
            &self.role
        } else if route.contains("/talks/inputs/") {
            &self.input
        } else if route.contains("/talks/rounds/") {
            &self.round
        } else if route.contains("/talks/") {
            &self.talk
        } else {
            "00000000000000000000000009"
        };
        route
            .replace("{id}", id)
            .replace("{framework}", "agile-coaching")
            .replace("{level}", "senior")
            .replace("{competency}", "facilitation")
            .replace("{statement}", &self.statement)
            .replace("{item}", &self.statement)
            .replace("{part}", "notes")
            .replace("{*path}", "nothing.md")
            .replace("{word}", "read-log")
            .replace("{secret}", "nothing")
            .replace("{feed}", "nothing.ics")
            .replace("{key}", "nothing")
            .replace("{digest}", "nothing")
            .replace("{name}", "nothing")
    }
}
