use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::door::session_secret;
use crate::form::{LARGEST_FORM, LARGEST_UPLOAD};
use crate::{Kit, Problem, Reads, WebError, asset_path, assets};

/// A room's routes.
pub type Doors = Router<Kit>;

/// Joins the doors of all rooms with what every answer needs: headers, errors as pages or problem details, the
/// log of reads, and the refusal of what other sites send.
pub fn finish(doors: Doors, kit: Kit) -> Router {
    doors
        .route("/assets/{digest}/{name}", get(assets::show))
        .route("/health", get(|| async { "ok" }))
        .fallback(|| async { WebError::NotFound })
        .method_not_allowed_fallback(|| async { WebError::NotFound })
        .layer(DefaultBodyLimit::max(33 << 20))
        .layer(middleware::from_fn_with_state(kit.clone(), around))
        .with_state(kit)
}

async fn around(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let wants_json = path.starts_with("/api/");
    let mut response = if is_from_elsewhere(&request) {
        WebError::Malformed("This was sent from another site. Nothing was changed.".to_owned())
            .into_response()
    } else {
        match whole(request, &kit).await {
            Err(error) => error.into_response(),
            Ok(mut request) => {
                let reads = Reads::default();
                request.extensions_mut().insert(reads.clone());
                let response = next.run(request).await;
                keep(&kit, &reads, response).await
            }
        }
    };
    let is_bare = response.extensions().get::<Problem>().is_none();
    if response.status().is_server_error() && is_bare {
        // Something below us failed in its own words; they are not for the reader.
        response = WebError::fault(std::fmt::Error).into_response();
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = dress(&kit, problem, wants_json, response.headers());
    }
    with_headers(&kit, response)
}

/// How long somebody may take to send what they send.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for the whole body before any door opens a transaction: whoever sends slowly holds up nobody but themselves.
async fn whole(request: Request, kit: &Kit) -> Result<Request, WebError> {
    if request.method().is_safe() {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Only somebody who carries a sign-in may send files.
    let is_upload = kind.starts_with("multipart/form-data") && session_secret(&parts.headers, kit).is_some();
    let most = if is_upload { LARGEST_UPLOAD + (1 << 20) } else { LARGEST_FORM + 1 };
    match tokio::time::timeout(PATIENCE, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(Request::from_parts(parts, Body::from(bytes))),
        Ok(Err(_)) => Err(WebError::TooLarge("What was sent is larger than this address takes.".to_owned())),
        Err(_) => Err(WebError::Malformed(
            "It took too long to arrive. Nothing was changed; please send it again.".to_owned(),
        )),
    }
}

/// The log of reads is on disk before the answer leaves, whatever its status: a form that is shown again shows the
/// record as well. Only a way to somewhere else and the page of a problem, which is the same for everybody, show none.
async fn keep(kit: &Kit, reads: &Reads, response: Response) -> Response {
    let reads = reads.take();
    let shows_nothing =
        response.status().is_redirection() || response.extensions().get::<Problem>().is_some();
    if reads.is_empty() || shows_nothing {
        return response;
    }
    match kit.gate.record_reads(reads).await {
        Ok(()) => response,
        Err(fault) => WebError::from(fault).into_response(),
    }
}

/// Whether a changing request was made by another site's page. Browsers say so themselves; programs with a
/// token say nothing and carry no cookie.
fn is_from_elsewhere(request: &Request) -> bool {
    if request.method().is_safe() {
        return false;
    }
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_none_or(|(_, origin_host)| origin_host != host)
        }
        _ => false,
    }
}

fn dress(kit: &Kit, problem: Problem, wants_json: bool, headers: &HeaderMap) -> Response {
    let mut response = if wants_json {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": problem.title,
            "status": problem.status.as_u16(),
            "detail": problem.detail,
        });
        (problem.status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
            .into_response()
    } else if let Some(back) = problem.back {
        let back: String =
            askama::filters::urlencode_strict(&back).map_or_else(|_| "%2F".to_owned(), |b| b.to_string());
        Redirect::to(&format!("/sign-in?back={back}")).into_response()
    } else {
        let page = ProblemPage { problem: &problem, is_demo: kit.settings.demo };
        match page.render() {
            Ok(html) => {
                (problem.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    };
    if let Some(wait) = headers.get(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    response
}

/// The page that says what went wrong. It is the same for everybody, so that what one may not see looks like
/// what is not there.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    problem: &'a Problem,
    is_demo: bool,
}

impl ProblemPage<'_> {
    #[expect(clippy::unused_self, reason = "templates ask their page")]
    fn asset(&self, name: &str) -> &'static str {
        asset_path(name)
    }
}

/// Nothing from another host, nothing inline, nothing framed, nothing kept by browsers.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

fn with_headers(kit: &Kit, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if kit.settings.is_https() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
