//! A disk that is full, and one that fails: below SQL, on SQLite. What is there is whole, what was acknowledged is there,
//! reading goes on, and nothing is acknowledged that may be lost.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use axum::http::{Method, StatusCode, header};
use common::server::Server;
use common::{House, Visitor};
use espalier_app::{demo, house};
use espalier_kernel::Mint;
use espalier_store::{Database, Store};
use tempfile::TempDir;

/// Whether `strace` is here and may look into processes; where it is not, what needs it is left out, loudly.
fn has_strace() -> bool {
    let works = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).status();
    let works = works.is_ok_and(|status| status.success());
    if !works {
        eprintln!("SKIPPED: a disk that fails, because strace is missing or not permitted");
    }
    works
}

/// Takes people in while the system calls of one sort fail in this way.
fn import(folder: &Path, fails: &str) -> Output {
    Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject={fails}")])
        .arg(env!("CARGO_BIN_EXE_espalier"))
        .args(["people", "import", "people.csv", "--database", "sqlite:espalier.db"])
        .current_dir(folder)
        .output()
        .unwrap()
}

/// From now on, these system calls of a server fail in this way, until the tracer ends.
fn trace(server: &Server, fails: &str) -> Child {
    let mut tracer = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", &format!("inject={fails}"), "-p", &server.id()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(tracer.stderr.take().unwrap()).lines();
    assert!(said.next().unwrap().unwrap().contains("attached"));
    // It speaks of each new thread and would end if nobody listened.
    std::thread::spawn(move || said.for_each(drop));
    tracer
}

/// How many rows there are in the whole of a database that is whole.
async fn rows(folder: &Path) -> u64 {
    let store = Store::open(&Database::Sqlite(folder.join("espalier.db"))).await.unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    let rows = store.backup(&folder.join("state.jsonl"), &house::migrations()).await.unwrap().rows;
    store.close().await;
    rows
}

/// A folder with an empty organisation and a file of people.
async fn fresh() -> TempDir {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&Database::Sqlite(folder.path().join("espalier.db"))).await.unwrap();
    store.migrate(&house::migrations()).await.unwrap();
    store.close().await;
    let people = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/people.csv");
    std::fs::copy(people, folder.path().join("people.csv")).unwrap();
    folder
}

#[tokio::test]
async fn people_are_taken_in_wholly_or_not_at_all_whichever_write_to_the_disk_fails() {
    if !has_strace() {
        return;
    }
    let folder = fresh().await;
    let before = rows(folder.path()).await;
    assert!(import(folder.path(), "chdir:error=EIO").status.success());
    let after = rows(folder.path()).await;
    assert!(after > before);
    for (calls, fails) in [
        ("pwrite64", "error=ENOSPC:when=N+"),
        ("pwrite64", "signal=KILL:when=N"),
        ("fdatasync,fsync", "error=EIO:when=N"),
    ] {
        let (mut nth, mut failed) = (1, 0);
        loop {
            let folder = fresh().await;
            let fails = format!("{calls}:{}", fails.replace("=N", &format!("={nth}")));
            let outcome = import(folder.path(), &fails);
            let now = rows(folder.path()).await;
            assert!(now == before || now == after, "{fails}: {now} rows, neither {before} nor {after}");
            if outcome.status.success() {
                assert_eq!(now, after, "{fails}: it was said to be done");
                // The calls after what was acknowledged, when the log is folded into the file, fail as well.
                if nth > 40 || failed > 0 && nth > failed + 12 {
                    break;
                }
            } else {
                failed = nth;
            }
            nth += 1;
        }
        assert!(failed > 0, "{calls} never failed anything");
    }
}

/// A server whose disk does not keep a commit says so to whoever waits, and ends: what it would acknowledge later could
/// be lost as well. What it acknowledged before is there when it is started again.
#[test]
fn a_server_ends_when_its_disk_does_not_keep_what_is_written() {
    if !has_strace() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let database = format!("sqlite:{}", folder.path().join("espalier.db").display());
    let mut server = Server::start(&database);
    let (cookie, token) = server.sign_in("bo");
    let body = format!("form_token={token}&target=agile-coaching/senior&again=yes");
    let (status, answer) = server.request("POST", "/me/assessments", &cookie, &body).unwrap();
    assert_eq!(status, 303);
    let kept = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned();

    let mut tracer = trace(&server, "fdatasync,fsync:error=EIO");
    let (status, answer) = server.request("POST", "/me/assessments", &cookie, &body).unwrap();
    assert_eq!(status, 500, "{answer}");
    assert!(!server.wait().success(), "it ends, and says that something is wrong");
    tracer.wait().unwrap();

    let server = Server::start(&database);
    let (cookie, _) = server.sign_in("bo");
    assert_eq!(server.request("GET", &kept, &cookie, "").unwrap().0, 200);
}

/// A small disk of its own, as far as the machine lets us make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

async fn filled(folder: TempDir) -> House {
    let store = Store::open(&Database::Sqlite(folder.path().join("espalier.db"))).await.unwrap();
    store.migrate(&house::migrations()).await.unwrap();
    let mint = Mint::seeded(1);
    demo::fill(&store, &mint, common::story_time(), 9).await.unwrap();
    common::open("SQLite", store, folder, mint)
}

/// Writes until there is no room: a page and the API say so, reading goes on, and nothing that was said to be saved is
/// missing. Once there is room again, writing goes on without a restart.
async fn fill_up(house: &House, ada: &Visitor, make_room: impl AsyncFnOnce()) {
    let begin = "{\"framework\":\"agile-coaching\",\"level\":\"senior\"}";
    let json = [("content-type", "application/json")];
    let mut begun = Vec::new();
    let refused = loop {
        let answer = ada.send(Method::POST, "/api/v1/me/assessments", Some(begin), &json).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        begun.push(serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["id"].clone());
        assert!(begun.len() < 20_000, "the disk never became full");
    };
    assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE, "{}", refused.body);
    assert_eq!(refused.headers[header::CONTENT_TYPE], "application/problem+json");
    assert!(refused.body.contains("no room left on its disk"), "{}", refused.body);
    let page = ada.post("/me/assessments", "target=agile-coaching/senior&again=yes").await;
    assert_eq!(page.status, StatusCode::INSUFFICIENT_STORAGE, "{}", page.body);
    assert!(
        page.body.contains("Nothing can be saved just now") && page.body.contains("You can go on reading")
    );
    for path in ["/", "/people", "/frameworks/agile-coaching", "/me/growth"] {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path} is there to read");
    }
    let listed = ada.get("/api/v1/me/assessments").await.body;
    for id in &begun {
        assert!(listed.contains(id.as_str().unwrap()), "one of {} was acknowledged and is lost", begun.len());
    }
    make_room().await;
    let again = ada.send(Method::POST, "/api/v1/me/assessments", Some(begin), &json).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
    assert_eq!(house.store.integrity().await.unwrap(), Vec::<String>::new());
}

/// The same without a disk of one's own: the server is told that there is no room, and then that there is.
#[test]
fn a_server_without_room_is_read_and_goes_on_when_there_is_room() {
    if !has_strace() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Server::start(&format!("sqlite:{}", folder.path().join("espalier.db").display()));
    let (cookie, token) = server.sign_in("bo");
    let body = format!("form_token={token}&target=agile-coaching/senior&again=yes");
    let begin = || server.request("POST", "/me/assessments", &cookie, &body).unwrap();
    assert_eq!(begin().0, 303);
    let mut tracer = trace(&server, "pwrite64:error=ENOSPC");
    for _ in 0..3 {
        let (status, answer) = begin();
        assert!(status == 507 && answer.contains("You can go on reading"), "{answer}");
        assert_eq!(server.request("GET", "/me/growth", &cookie, "").unwrap().0, 200);
    }
    Command::new("kill").arg(tracer.id().to_string()).status().unwrap();
    tracer.wait().unwrap();
    assert_eq!(begin().0, 303);
}

#[tokio::test]
async fn a_full_disk_is_read_and_written_again_when_there_is_room() {
    let folder = TempDir::new().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        eprintln!("SKIPPED: a disk that is really full, because this user may not mount one");
        return;
    };
    let house = filled(folder).await;
    let ada = house.persona("ada").await;
    let ballast = disk.0.join("ballast");
    // What is left after this holds a few pages.
    let mut zeros = vec![0_u8; 8 << 20];
    while std::fs::write(&ballast, &zeros).is_err() {
        zeros.truncate(zeros.len() - (32 << 10));
    }
    fill_up(&house, &ada, async || std::fs::remove_file(&ballast).unwrap()).await;
    house.store.close().await;
    drop(disk);
}
