//! What was acknowledged stays, whatever happens: kills in the middle, backups while others write, two processes on
//! one database, operations that fail half way.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says what it skips")]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use axum::http::StatusCode;
use common::server::Server;
use espalier_app::{first, house};
use espalier_kernel::Mint;
use espalier_store::{Database, Statement, Store};

/// Begins self-assessments until the server is killed, the kill coming after so many answers; all that were
/// acknowledged must be there afterwards.
#[test]
fn nothing_acknowledged_is_lost_in_25_kills() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = format!("sqlite:{}", folder.path().join("crash.db").display());
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..25 {
        let mut server = Server::start(&database);
        let (cookie, token) = server.sign_in("bo");
        let body = format!("form_token={token}&target=agile-coaching/senior&again=yes");
        let (stop, hear_stop) = (Arc::new(AtomicBool::new(false)), mpsc::channel::<()>());
        let wanted = 3 + round % 7;
        let (tell, hear) = hear_stop;
        let mut fresh: Vec<String> = Vec::new();
        std::thread::scope(|scope| {
            let mut writers = Vec::new();
            for _ in 0..2 {
                let (server, cookie, body, stop, tell) =
                    (&server, &cookie, &body, stop.clone(), tell.clone());
                writers.push(scope.spawn(move || {
                    let mut mine = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let Some((303, answer)) = server.request("POST", "/me/assessments", cookie, body)
                        else {
                            break;
                        };
                        mine.push(
                            answer
                                .lines()
                                .find_map(|line| line.strip_prefix("location: "))
                                .unwrap()
                                .to_owned(),
                        );
                        tell.send(()).ok();
                    }
                    mine
                }));
            }
            for _ in 0..wanted {
                hear.recv().unwrap();
            }
            // Not a polite stop: the writers are in the middle of something.
            Command::new("kill").args(["-9", &server.child.id().to_string()]).status().unwrap();
            stop.store(true, Ordering::Relaxed);
            for writer in writers {
                fresh.extend(writer.join().unwrap());
            }
        });
        server.kill();
        assert!(fresh.len() >= wanted, "round {round} was acknowledged {} times", fresh.len());
        acknowledged.extend(fresh);
    }
    let server = Server::start(&database);
    let (cookie, _) = server.sign_in("bo");
    for path in &acknowledged {
        let (status, _) = server.request("GET", path, &cookie, "").unwrap();
        assert_eq!(status, 200, "{path} was acknowledged and is lost");
    }
    drop(server);
    let doctor = Command::new(env!("CARGO_BIN_EXE_espalier"))
        .args(["doctor", "--database", &database])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.status.success() && said.contains("Data: whole"), "{said}");
}

#[tokio::test]
async fn a_backup_made_while_others_write_comes_back_whole_on_either_engine() {
    for house in common::houses().await {
        let file = house.folder.path().join("backup.jsonl");
        let ada = house.persona("ada").await;
        let writing = async {
            for _ in 0..20 {
                assert_eq!(
                    ada.post("/me/assessments", "target=agile-coaching/senior&again=yes").await.status,
                    StatusCode::SEE_OTHER
                );
            }
        };
        let steps = house::migrations();
        let (backup, ()) = tokio::join!(house.store.backup(&file, &steps), writing);
        let backup = backup.unwrap();
        for (engine, store, folder) in common::stores().await {
            let restored = store.restore(&file, &steps, &first::LIVES_HERE).await.unwrap();
            assert_eq!(restored, backup, "{} to {engine}", house.engine);
            let again = store.backup(&folder.path().join("again.jsonl"), &steps).await.unwrap();
            assert_eq!(again.digest, backup.digest, "{} to {engine}", house.engine);
            let refused = store.restore(&file, &steps, &first::LIVES_HERE).await.unwrap_err().to_string();
            assert!(refused.contains("empty"), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_database_in_which_nobody_is_yet_takes_a_backup() {
    let house = common::houses().await.remove(0);
    let steps = house::migrations();
    let file = house.folder.path().join("backup.jsonl");
    let backup = house.store.backup(&file, &steps).await.unwrap();
    for (engine, store, folder) in common::stores().await {
        // What a server writes when it starts: the ways out, and a link for whoever comes first.
        store.migrate(&steps).await.unwrap();
        let mut tx = store.write().await.unwrap();
        espalier_notify::open_channels(&mut tx, common::story_time(), false, false).await.unwrap();
        tx.commit().await.unwrap();
        first::invite(&store, &house.kit.mint, common::story_time()).await.unwrap();
        store.restore(&file, &steps, &first::LIVES_HERE).await.unwrap();
        let again = store.backup(&folder.path().join("again.jsonl"), &steps).await.unwrap();
        assert_eq!(again.digest, backup.digest, "{engine}");
    }
}

#[tokio::test]
async fn a_backup_that_was_cut_or_changed_is_refused_and_changes_nothing() {
    let house = common::houses().await.remove(0);
    let steps = house::migrations();
    let file = house.folder.path().join("backup.jsonl");
    house.store.backup(&file, &steps).await.unwrap();
    let whole = std::fs::read_to_string(&file).unwrap();
    for (damaged, said) in [
        (whole[..whole.len() / 2].to_owned(), "line"),
        (whole.replace("Ada Marsh", "Ada Harsh"), "does not match its digest"),
        ("not a backup".to_owned(), "not readable"),
        (String::new(), "ends before its end"),
    ] {
        std::fs::write(&file, damaged).unwrap();
        let store = empty_store(house.folder.path()).await;
        let refusal = store.restore(&file, &steps, &first::LIVES_HERE).await.unwrap_err().to_string();
        assert!(refusal.contains(said), "{refusal}");
        let mut tx = store.read().await.unwrap();
        let sql = "select name from sqlite_master where type = 'table'";
        let tables: Vec<(String,)> = tx.all(&Statement { name: "STORY", sql }, &[]).await.unwrap();
        assert!(tables.is_empty(), "{tables:?}");
    }
}

async fn empty_store(folder: &Path) -> Store {
    let path = folder.join(format!("{}.db", Mint::from_system().id(common::story_time())));
    Store::open(&Database::Sqlite(path)).await.unwrap()
}

#[tokio::test]
async fn two_processes_serve_one_postgresql() {
    let Ok(server) = std::env::var("ESPALIER_TEST_POSTGRES") else {
        eprintln!("SKIPPED: two processes on PostgreSQL, because ESPALIER_TEST_POSTGRES names no server");
        return;
    };
    let Database::Postgres(address) = common::fresh_postgres(&server).await else {
        unreachable!("it is PostgreSQL")
    };
    let (one, two) = tokio::task::spawn_blocking(move || {
        let one = Server::start(&address);
        let two = Server::start(&address);
        (one, two)
    })
    .await
    .unwrap();
    tokio::task::spawn_blocking(move || {
        let (cookie, token) = one.sign_in("bo");
        let body = format!("form_token={token}&target=agile-coaching/senior&again=yes");
        let (status, answer) = one.request("POST", "/me/assessments", &cookie, &body).unwrap();
        assert_eq!(status, 303);
        let path = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
        // Signed in at one, at home at the other; what was written here is read there; the end here is the end there.
        assert_eq!(two.request("GET", path, &cookie, "").unwrap().0, 200);
        assert_eq!(two.request("POST", "/sign-out", &cookie, &format!("form_token={token}")).unwrap().0, 303);
        assert_eq!(one.request("GET", path, &cookie, "").unwrap().0, 303);
    })
    .await
    .unwrap();
}

#[test]
fn a_first_start_prints_a_link_that_makes_an_administrator_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = format!("sqlite:{}", folder.path().join("new.db").display());
    let mut child = Command::new(env!("CARGO_BIN_EXE_espalier"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &database])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let link = lines.find(|line| line.contains("/invitations/")).unwrap().trim().to_owned();
    let rest = link.strip_prefix("http://").unwrap();
    let (address, path) =
        rest.split_once('/').map(|(address, path)| (address.to_owned(), format!("/{path}"))).unwrap();
    let server = Server { child, address };
    assert!(server.request("GET", &path, "", "").unwrap().1.contains("You are the first one here"));
    let form = "name=Ida+First&email=ida@example.org&time_zone=Europe/Oslo&password=a+cart+of+blue+onions&again=a+cart+of+blue+onions";
    let (status, answer) = server.request("POST", &path, "", form).unwrap();
    assert_eq!(status, 303, "{answer}");
    let cookie =
        answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap();
    assert_eq!(server.request("GET", "/admin/people", cookie, "").unwrap().0, 200);
    assert_eq!(server.request("GET", &path, "", "").unwrap().0, 404);
}

#[test]
fn whoever_sends_slowly_holds_up_nobody_else() {
    let folder = tempfile::TempDir::new().unwrap();
    let server = Server::start(&format!("sqlite:{}", folder.path().join("slow.db").display()));
    let mut slow: Vec<TcpStream> = Vec::new();
    for path in ["/sign-in", "/frameworks/new", "/me/account/tokens"] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 100\r\n\r\nemail=",
            server.address
        )
        .unwrap();
        slow.push(stream);
    }
    // Signing in writes; were the half-sent forms holding the writer, this would take ten seconds and fail.
    let begun = std::time::Instant::now();
    let (cookie, token) = server.sign_in("bo");
    let body = format!("form_token={token}&target=agile-coaching/senior&again=yes");
    assert_eq!(server.request("POST", "/me/assessments", &cookie, &body).unwrap().0, 303);
    assert!(begun.elapsed().as_secs() < 5, "others waited for {:?}", begun.elapsed());
}
