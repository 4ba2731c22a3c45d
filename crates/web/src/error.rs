use std::error::Error;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use espalier_store::{Fault, FaultKind};

/// Why a door gives no page.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// There is no such thing, or it is not for these eyes: the same answer to the byte.
    #[error("there is nothing here")]
    NotFound,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignInFirst {
        /// Where they wanted to go.
        back: String,
    },
    /// A rule says no, in a sentence for the person.
    #[error("{0}")]
    Refused(String),
    /// What they came with does not reach that far, whatever the rules say.
    #[error("{0}")]
    NotEnough(String),
    /// The request is not what this door takes.
    #[error("{0}")]
    Malformed(String),
    /// What was sent is too big.
    #[error("{0}")]
    TooLarge(String),
    /// Somebody tries too often.
    #[error("too many attempts; try again in {0} seconds")]
    TooMany(i64),
    /// Too many wait for the same at this moment.
    #[error("too many wait for the same")]
    Crowded,
    /// Something changed since the page was loaded.
    #[error("{0}")]
    Conflict(String),
    /// Ours to mend.
    #[error("something went wrong here")]
    Fault(#[source] Box<dyn Error + Send + Sync>),
    /// Ours to mend, and trying again may help.
    #[error("the database is busy")]
    Busy(#[source] Fault),
    /// The disk is full: reading goes on, writing does not.
    #[error("there is no room left on the disk")]
    Full(#[source] Fault),
}

impl WebError {
    /// A fault of any kind.
    pub fn fault(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Fault(Box::new(error))
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignInFirst { .. } => StatusCode::UNAUTHORIZED,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotEnough(_) => StatusCode::FORBIDDEN,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Busy(_) | Self::Crowded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "There is nothing here",
            Self::SignInFirst { .. } => "Please sign in",
            Self::Refused(_) => "That is not possible",
            Self::NotEnough(_) => "This token may not do that",
            Self::Malformed(_) => "This could not be understood",
            Self::TooLarge(_) => "That is too large",
            Self::TooMany(_) => "Please wait a moment",
            Self::Conflict(_) => "Somebody was faster",
            Self::Fault(_) => "Something went wrong on our side",
            Self::Busy(_) | Self::Crowded => "Very busy just now",
            Self::Full(_) => "Nothing can be saved just now",
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NotFound => {
                "The address is wrong, or what was here has moved, or it is not shared with you.".to_owned()
            }
            Self::SignInFirst { .. } => "This needs a signed-in person.".to_owned(),
            Self::Refused(why)
            | Self::NotEnough(why)
            | Self::Malformed(why)
            | Self::TooLarge(why)
            | Self::Conflict(why) => why.clone(),
            Self::TooMany(seconds) => {
                format!("There were too many attempts. Please try again in {seconds} seconds.")
            }
            Self::Fault(_) => {
                "It is not your fault, nothing was half saved, and it has been written down for those who run this \
                 server. Please try again."
                    .to_owned()
            }
            Self::Busy(_) | Self::Crowded => "Nothing was saved. Please try again in a moment.".to_owned(),
            Self::Full(_) => {
                "The server has no room left on its disk. You can go on reading; please tell those who run it."
                    .to_owned()
            }
        }
    }
}

impl From<Fault> for WebError {
    fn from(fault: Fault) -> Self {
        match fault.kind() {
            FaultKind::Busy => Self::Busy(fault),
            FaultKind::Full => Self::Full(fault),
            FaultKind::AlreadyThere
            | FaultKind::Dangling
            | FaultKind::Lost
            | FaultKind::Unreadable
            | FaultKind::Other => Self::Fault(Box::new(fault)),
        }
    }
}

/// What a door says when it gives no page; dressed as a page or as problem details (RFC 9457) on the way out.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// A short title.
    pub title: &'static str,
    /// A whole sentence.
    pub detail: String,
    /// Where to go after signing in, when that is what is missing.
    pub back: Option<String>,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        if let Self::Fault(source) = &self {
            tracing::error!(chain = chain(source.as_ref()), "a door failed");
        }
        if let Self::Busy(source) | Self::Full(source) = &self {
            tracing::warn!(chain = chain(source), "a door had to turn somebody away");
        }
        let problem = Problem {
            status: self.status(),
            title: self.title(),
            detail: self.detail(),
            back: back_of(&self),
        };
        let mut response = problem.status.into_response();
        let wait = match self {
            Self::TooMany(seconds) => Some(seconds),
            Self::Busy(_) | Self::Crowded => Some(2),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(problem);
        response
    }
}

fn back_of(error: &WebError) -> Option<String> {
    match error {
        WebError::SignInFirst { back } => Some(back.clone()),
        _ => None,
    }
}

/// The whole chain of an error on one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut out = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        out.push_str(": ");
        out.push_str(&error.to_string());
        source = error.source();
    }
    out
}
