use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use crate::WebError;

/// The served files, each under an address that changes with its content, so that browsers may keep it for ever.
static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    [
        ("espalier.css", "text/css; charset=utf-8", STYLES.as_bytes()),
        ("espalier.js", "text/javascript; charset=utf-8", include_bytes!("../assets/espalier.js").as_slice()),
        ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg").as_slice()),
    ]
    .into_iter()
    .map(|(name, kind, content)| {
        let digest: String = Sha256::digest(content)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Asset { name, kind, content, path: format!("/assets/{digest}/{name}") }
    })
    .collect()
});

/// The look of the pages and, behind it, that of the charts in them.
static STYLES: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", include_str!("../assets/espalier.css"), espalier_charts::STYLESHEET));

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static [u8],
    path: String,
}

/// The address of a served file.
///
/// # Panics
///
/// When there is no such file; every page is rendered in a test, which would find it.
#[must_use]
pub fn asset_path(name: &str) -> &'static str {
    let asset = ASSETS.iter().find(|asset| asset.name == name).expect("the file is served");
    &asset.path
}

/// `GET /assets/{digest}/{name}`
pub(crate) async fn show(Path((digest, name)): Path<(String, String)>) -> Result<Response, WebError> {
    let path = format!("/assets/{digest}/{name}");
    let asset = ASSETS.iter().find(|asset| asset.path == path).ok_or(WebError::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.content).into_response())
}
