use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::{Kit, Viewer, WebError, asset_path};

/// A place in the main menu.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    /// Its key: a page says at which place it stands.
    pub key: &'static str,
    /// What the menu says.
    pub label: &'static str,
    /// Where it leads.
    pub path: &'static str,
    /// Whether guests from outside see it.
    pub for_guests: bool,
    /// The key that leads there from everywhere, with what the browser wants held down; empty for none.
    pub access_key: &'static str,
}

/// What surrounds every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What the page is, as a sentence would call it.
    pub title: String,
    /// Who looks, when known.
    pub viewer: Option<String>,
    /// Their person id, for the link to their own page.
    pub viewer_id: String,
    /// The menu.
    pub places: Vec<NavItem>,
    /// Where in the menu the page stands.
    pub here: String,
    /// The secret against forged forms.
    pub form_token: String,
    /// Whether this is the demo.
    pub is_demo: bool,
}

impl Frame {
    pub(crate) fn new(kit: &Kit, viewer: Option<&Viewer>, title: String, here: &str) -> Self {
        let places = viewer.map_or_else(Vec::new, |viewer| {
            kit.places.iter().filter(|place| place.for_guests || !viewer.is_guest).copied().collect()
        });
        Self {
            title,
            viewer: viewer.map(|viewer| viewer.name.clone()),
            viewer_id: viewer.map(|viewer| viewer.person.to_string()).unwrap_or_default(),
            places,
            here: here.to_owned(),
            form_token: viewer.map(|viewer| viewer.form_token.clone()).unwrap_or_default(),
            is_demo: kit.settings.demo,
        }
    }

    /// A frame for tests that render a page without a server.
    #[must_use]
    pub fn sample(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            viewer: Some("Ada Marsh".to_owned()),
            viewer_id: "00000000000000000000000001".to_owned(),
            places: Vec::new(),
            here: String::new(),
            form_token: "0".repeat(32),
            is_demo: false,
        }
    }

    /// Where a served file is, by its name.
    #[must_use]
    pub fn asset(&self, name: &str) -> &'static str {
        asset_path(name)
    }

    /// Whether a place of the menu is where the page stands.
    #[must_use]
    pub fn is_here(&self, place: &NavItem) -> bool {
        place.key == self.here
    }
}

/// Who can see a record: the line under a page's title, computed from the rules and naming people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisibleTo {
    /// "Only you", or "You and Maria Lind".
    pub summary: String,
    /// Each reader with the reason.
    pub reasons: Vec<(String, String)>,
    /// Where its owner sees who read it.
    pub read_log: Option<String>,
}

impl VisibleTo {
    /// The same with people who were asked about the record, and what of it they read.
    #[must_use]
    pub fn and_asked(mut self, names: &[&str], because: &str) -> Self {
        if !names.is_empty() {
            let before = if self.summary == "Only you" { "You" } else { &self.summary };
            self.summary = format!("{before}, and in part whom you asked");
            self.reasons.push((names.join(", "), because.to_owned()));
        }
        self
    }
}

/// A page on its way out.
#[derive(Debug)]
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => WebError::fault(error).into_response(),
        }
    }
}

impl<T: Template> Page<T> {
    /// The same page as the answer to a form that could not be taken as it was.
    #[must_use]
    pub fn refused(self) -> Response {
        let mut response = self.into_response();
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    }
}
