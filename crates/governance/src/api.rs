//! Frameworks as JSON: the same model that files carry.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use espalier_web::{Door, Doors, Operation, Path, Query, WebError};
use serde::{Deserialize, Serialize};

use crate::library;
use crate::queries::{VersionId, VersionLine};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/api/v1/frameworks", get(list_frameworks))
        .route("/api/v1/frameworks/{framework}", get(show_framework))
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "get",
        path: "/api/v1/frameworks",
        summary: "The frameworks in force.",
        query: &[],
        body: None,
        status: 200,
        answer: r#"{"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{
            "type":"object","required":["id","name","version","version_id","digest"],"properties":{
            "id":{"type":"string"},"name":{"type":"string"},"version":{"type":"string"},
            "version_id":{"type":"string"},"digest":{"type":"string"}}}}}}"#,
    },
    Operation {
        method: "get",
        path: "/api/v1/frameworks/{framework}",
        summary: "One version, whole, in the exchange format.",
        query: &[("version", "the id of a version; the one in force when left out"), ("lang", "a language")],
        body: None,
        status: 200,
        answer: r#"{"type":"object","required":["id","name","version"]}"#,
    },
];

/// A framework in a list as JSON.
#[derive(Debug, Serialize)]
pub struct FrameworkJson {
    id: String,
    name: String,
    version: String,
    version_id: VersionId,
    digest: String,
}

impl From<VersionLine> for FrameworkJson {
    fn from(line: VersionLine) -> Self {
        Self {
            id: line.framework,
            name: line.name,
            version: line.version,
            version_id: line.id,
            digest: line.digest,
        }
    }
}

/// A list as JSON.
#[derive(Debug, Serialize)]
pub struct FrameworksJson {
    items: Vec<FrameworkJson>,
}

/// `GET /api/v1/frameworks`: the frameworks in force.
async fn list_frameworks(mut door: Door) -> Result<Json<FrameworksJson>, WebError> {
    let lines = library::all(&mut door.tx, &door.viewer).await?;
    Ok(Json(FrameworksJson { items: lines.into_iter().map(Into::into).collect() }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct VersionQuery {
    version: Option<VersionId>,
    lang: Option<String>,
}

/// `GET /api/v1/frameworks/{framework}`: one version, whole, in the exchange format.
async fn show_framework(
    mut door: Door,
    Path(framework): Path<String>,
    Query(query): Query<VersionQuery>,
) -> Result<Response, WebError> {
    let copy =
        library::take(&mut door.tx, &door.viewer, &framework, query.version, query.lang.as_deref()).await?;
    let json = espalier_framework::to_json(copy.framework());
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}
