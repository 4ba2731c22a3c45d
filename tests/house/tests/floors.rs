//! A package depends only on packages of a lower floor; the science knows no network and no database.

use std::collections::{BTreeMap, BTreeSet};

use espalier_house::{locked, packages};

const FLOORS: [(u8, &[&str]); 10] = [
    (0, &["kernel"]),
    (1, &["framework", "matching", "disclosure", "psychometrics", "lineage", "charts", "access"]),
    (2, &["store"]),
    (3, &["web", "keeping"]),
    (4, &["notify"]),
    (5, &["people"]),
    (6, &["governance", "sessions", "feedback"]),
    (7, &["growth", "hiring", "mentorship", "handoff", "coaching"]),
    (8, &["promotion", "binder", "desk", "tree"]),
    (9, &["app"]),
];

/// What would bring the outside world into what should be pure.
const WORLDLY: [&str; 6] = ["tokio", "sqlx", "axum", "reqwest", "hyper", "rusqlite"];

fn floor_of(folder: &str) -> Option<u8> {
    FLOORS.iter().find(|(_, folders)| folders.contains(&folder)).map(|(floor, _)| *floor)
}

#[test]
fn every_package_has_its_floor() {
    let homeless: Vec<String> = packages()
        .into_iter()
        .map(|package| package.folder)
        .filter(|folder| floor_of(folder).is_none())
        .collect();
    assert!(homeless.is_empty(), "These packages have no floor in {}: {homeless:?}", file!());
}

#[test]
fn arrows_only_point_down() {
    let mut wrong = Vec::new();
    for package in packages() {
        let Some(floor) = floor_of(&package.folder) else { continue };
        for name in &package.built_with {
            let Some(below) = name.strip_prefix("espalier-") else { continue };
            match floor_of(below) {
                Some(its_floor) if its_floor < floor => {}
                Some(its_floor) => {
                    wrong
                        .push(format!("{} (floor {floor}) uses {below} (floor {its_floor})", package.folder));
                }
                None => wrong.push(format!("{} uses {below}, which has no floor", package.folder)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_science_knows_no_network_and_no_database() {
    let locked = locked();
    let mut wrong = Vec::new();
    for package in
        packages().into_iter().filter(|package| floor_of(&package.folder).is_some_and(|floor| floor <= 1))
    {
        let reached = reached_from(&package.built_with, &locked);
        for name in WORLDLY.iter().filter(|name| reached.contains(**name)) {
            wrong.push(format!("{} brings in {name}", package.folder));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything that these bring in, directly or through others.
fn reached_from(start: &BTreeSet<String>, locked: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    // Our own packages are asked through their manifests: the lock file mixes in what their tests need.
    let mut next: Vec<String> = start.iter().filter(|name| !name.starts_with("espalier-")).cloned().collect();
    while let Some(name) = next.pop() {
        if reached.insert(name.clone()) {
            next.extend(locked.get(&name).into_iter().flatten().cloned());
        }
    }
    reached
}
