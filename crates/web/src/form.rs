use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::door::session_secret;
use crate::{Kit, Passage, WebError};

/// What somebody filled in. A form that was not made by our own page for this very sign-in is refused.
pub struct Form<T>(pub T);

/// The largest form of text fields.
pub(crate) const LARGEST_FORM: usize = 1 << 20;
/// The largest uploaded file.
pub(crate) const LARGEST_UPLOAD: usize = 32 << 20;

/// The secret that our own forms carry, made from the sign-in, so that no other site can send them.
#[must_use]
pub fn form_token(sign_in_hash: &str) -> String {
    let digest = Sha256::digest(format!("form {sign_in_hash}"));
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl<T: DeserializeOwned> FromRequest<Kit> for Form<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, kit: &Kit) -> Result<Self, WebError> {
        let expected = expected_token(&request, kit);
        let body = body(request, kit, LARGEST_FORM).await?;
        refuse_nul(body.windows(3).any(|three| three == b"%00") || body.contains(&0))?;
        check_token(expected.as_deref(), || {
            let fields: Vec<(String, String)> = serde_html_form::from_bytes(&body).unwrap_or_default();
            fields.into_iter().find(|(name, _)| name == "form_token").map(|(_, token)| token)
        })?;
        serde_html_form::from_bytes(&body).map(Self).map_err(|_| {
            WebError::Malformed("The form has a field that is missing or not understood.".to_owned())
        })
    }
}

/// Files somebody sent with a form, and the fields beside it.
#[derive(Debug)]
pub struct Upload {
    /// Each file under the name it had on their machine.
    pub files: Vec<(String, Bytes)>,
    /// The other fields.
    pub fields: Vec<(String, String)>,
}

impl Upload {
    /// A field beside the file.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequest<Kit> for Upload {
    type Rejection = WebError;

    async fn from_request(request: Request, kit: &Kit) -> Result<Self, WebError> {
        let expected = expected_token(&request, kit);
        let refused =
            |_| WebError::TooLarge("The upload could not be read, or is larger than 32 MB.".to_owned());
        let mut multipart = Multipart::from_request(request, kit)
            .await
            .map_err(|_| WebError::Malformed("Please send a file.".to_owned()))?;
        let mut upload = Self { files: Vec::new(), fields: Vec::new() };
        let mut taken = 0;
        while let Some(field) = multipart.next_field().await.map_err(refused)? {
            let name = field.name().unwrap_or_default().to_owned();
            if let Some(file_name) = field.file_name().map(str::to_owned) {
                let content = field.bytes().await.map_err(refused)?;
                taken += content.len();
                if taken > LARGEST_UPLOAD {
                    return Err(WebError::TooLarge("The upload is larger than 32 MB.".to_owned()));
                }
                // A field left empty arrives as a file without a name.
                if !file_name.is_empty() {
                    upload.files.push((file_name, content));
                }
            } else {
                upload.fields.push((name, field.text().await.map_err(refused)?));
            }
        }
        check_token(expected.as_deref(), || upload.field("form_token").map(str::to_owned))?;
        Ok(upload)
    }
}

/// A text with a NUL can be kept by one database and not by the other, and nobody types one.
pub(crate) fn refuse_nul(has_nul: bool) -> Result<(), WebError> {
    if has_nul {
        return Err(WebError::Malformed("There is a character in it that cannot be kept (NUL).".to_owned()));
    }
    Ok(())
}

fn expected_token(request: &Request, kit: &Kit) -> Option<String> {
    session_secret(request.headers(), kit).map(|secret| form_token(&Passage::hash_of(secret)))
}

/// Before sign-in there is no token; there the check of the request's origin stands alone.
fn check_token(expected: Option<&str>, sent: impl FnOnce() -> Option<String>) -> Result<(), WebError> {
    match expected {
        Some(expected) if sent().as_deref() != Some(expected) => Err(WebError::Malformed(
            "This form was opened before you signed in, or it is not ours. Please load the page again; nothing was \
             changed."
                .to_owned(),
        )),
        _ => Ok(()),
    }
}

async fn body(request: Request, kit: &Kit, most: usize) -> Result<Bytes, WebError> {
    let is_form = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(WebError::Malformed("This address takes a form.".to_owned()));
    }
    let body = Bytes::from_request(request, kit)
        .await
        .map_err(|_| WebError::TooLarge("The form is larger than 1 MB.".to_owned()))?;
    if body.len() > most {
        return Err(WebError::TooLarge("The form is larger than 1 MB.".to_owned()));
    }
    Ok(body)
}

/// What is wrong with a form: a sentence beside each field that needs one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<(&'static str, String)>);

impl Problems {
    /// Nothing is wrong.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// One thing is wrong.
    #[must_use]
    pub fn one(field: &'static str, sentence: impl Into<String>) -> Self {
        Self(vec![(field, sentence.into())])
    }

    /// One more thing is wrong.
    pub fn add(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.0.push((field, sentence.into()));
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }

    /// Whether all is well.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Field and sentence, in the order of the form.
    #[must_use]
    pub fn all(&self) -> &[(&'static str, String)] {
        &self.0
    }
}
