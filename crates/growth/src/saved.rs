//! The answer to a form that saves itself: JSON for the page's script, a way back to the page for everybody else.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Serialize;

/// What the page's script hears: the new revision, and each text where another window wrote too.
#[derive(Debug, Serialize)]
pub struct Saved {
    message: &'static str,
    fields: BTreeMap<&'static str, String>,
}

impl Default for Saved {
    fn default() -> Self {
        Self { message: "Saved", fields: BTreeMap::new() }
    }
}

impl Saved {
    /// Something with a revision was saved.
    pub fn at(revision: i64) -> Self {
        let mut saved = Self::default();
        saved.fields.insert("version", revision.to_string());
        saved
    }

    /// A text: where it was kept otherwise than it was sent, somebody else had written too.
    pub fn with(mut self, field: &'static str, sent: &str, kept: String) -> Self {
        if sent != kept {
            self.message = "Saved. Somebody else had written here too; both texts are kept.";
            self.fields.insert(field, kept);
        }
        self
    }

    /// The answer: `back` is where a page without script goes on.
    pub fn answer(self, headers: &HeaderMap, back: &str) -> Response {
        let wants_json = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("json"));
        if wants_json { Json(self).into_response() } else { Redirect::to(back).into_response() }
    }
}

/// Browsers send line ends in their own way; one way is kept.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
