//! A whole house for a test: on SQLite, and on PostgreSQL where `ESPALIER_TEST_POSTGRES` names a server.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr, reason = "each test file uses its own part")]

pub mod peer;
pub mod routes;
pub mod server;
pub mod story;

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use espalier_app::{demo, house};
use espalier_kernel::{Clock, Mint, Moment};
use espalier_store::{Database, Store};
use espalier_web::{Kit, Settings};
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// The day on which all stories happen.
pub fn story_time() -> Moment {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// A house with the people of the demo in it.
pub struct House {
    pub router: Router,
    pub kit: Kit,
    pub store: Store,
    pub engine: &'static str,
    pub folder: TempDir,
}

/// An empty database of each engine that is there.
pub async fn stores() -> Vec<(&'static str, Store, TempDir)> {
    let folder = TempDir::new().unwrap();
    let database = Database::Sqlite(folder.path().join("espalier.db"));
    let mut stores = vec![("SQLite", Store::open(&database).await.unwrap(), folder)];
    match std::env::var("ESPALIER_TEST_POSTGRES") {
        Ok(server) => {
            let database = fresh_postgres(&server).await;
            stores.push(("PostgreSQL", Store::open(&database).await.unwrap(), TempDir::new().unwrap()));
        }
        Err(_) => eprintln!("SKIPPED: PostgreSQL, because ESPALIER_TEST_POSTGRES names no server"),
    }
    stores
}

/// A new database on a server, sorted by bytes.
pub async fn fresh_postgres(server: &str) -> Database {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    // Process ids come again, and several runs may share a server.
    let chance = RandomState::new().hash_one(std::process::id());
    let name = format!("story_{chance:016x}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    Store::make_database(server, &name).await.unwrap()
}

/// A house on each engine that is there.
pub async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for (engine, store, folder) in stores().await {
        store.migrate(&house::migrations()).await.unwrap();
        let mint = Mint::seeded(1);
        demo::fill(&store, &mint, story_time(), 30).await.unwrap();
        houses.push(open(engine, store, folder, mint));
    }
    houses
}

/// A house over a store that is filled already.
pub fn open(engine: &'static str, store: Store, folder: TempDir, mint: Mint) -> House {
    open_at(engine, store, folder, mint, (story_time(), "http://espalier.test"))
}

/// The same at another time or address.
pub fn open_at(
    engine: &'static str,
    store: Store,
    folder: TempDir,
    mint: Mint,
    (now, base_url): (Moment, &str),
) -> House {
    let settings = Settings {
        base_url: base_url.to_owned(),
        demo: true,
        chat_hosts: String::new(),
        proxies: vec!["10.0.0.1".parse().unwrap()],
    };
    let (router, kit) = house::build(store.clone(), Clock::Fixed(now), mint, settings).unwrap();
    House { router, kit, store, engine, folder }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Somebody with a browser.
#[derive(Clone)]
pub struct Visitor {
    pub router: Router,
    pub cookie: Option<String>,
}

impl House {
    /// Somebody nobody knows.
    pub fn nobody(&self) -> Visitor {
        Visitor { router: self.router.clone(), cookie: None }
    }

    /// Somebody from the demo, signed in.
    pub async fn persona(&self, slug: &str) -> Visitor {
        let mut visitor = self.nobody();
        let answer = visitor.send(Method::POST, "/demo/sign-in", Some(&format!("persona={slug}")), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{slug} can sign in");
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        visitor.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        visitor
    }

    /// The id of somebody from the demo.
    pub async fn id_of(&self, slug: &str) -> String {
        let mut tx = self.store.read().await.unwrap();
        let email = format!("{slug}@demo.example");
        let found: Option<(String, String)> =
            tx.first(&espalier_people::queries::BY_EMAIL, &[&email]).await.unwrap();
        found.unwrap().0
    }
}

impl Visitor {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    /// Sends a form as a page of ours would, with its secret.
    pub async fn post(&self, path: &str, form: &str) -> Answer {
        let form = format!("form_token={}&{form}", self.form_token());
        self.send(Method::POST, path, Some(&form), &[]).await
    }

    /// Sends a file as a page of ours would.
    pub async fn upload(&self, path: &str, name: &str, text: &str) -> Answer {
        let part = "--story\r\nContent-Disposition: form-data; name=";
        let body = format!(
            "{part}\"form_token\"\r\n\r\n{}\r\n{part}\"files\"; filename=\"{name}\"\r\n\r\n{text}\r\n--story--\r\n",
            self.form_token()
        );
        let kind = [("content-type", "multipart/form-data; boundary=story")];
        self.send(Method::POST, path, Some(&body), &kind).await
    }

    pub fn form_token(&self) -> String {
        let secret =
            self.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).map(|(_, secret)| secret);
        secret
            .map(|secret| espalier_web::form_token(&espalier_web::Passage::hash_of(secret)))
            .unwrap_or_default()
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "espalier.test");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let says_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if body.is_some() && !says_type {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

/// The form with which somebody signs a talk as its page shows it.
pub async fn signing(visitor: &Visitor, talk: &str) -> String {
    let page = visitor.get(talk).await.body;
    let read = page.split("name=\"read\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    format!("read={}", read.unwrap_or_else(|| panic!("{talk} cannot be signed: {page}")))
}
