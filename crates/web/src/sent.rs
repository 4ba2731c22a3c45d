use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::form::{LARGEST_FORM, refuse_nul};
use crate::{Kit, WebError};

/// What a program sent as JSON. Unknown or wrong fields are refused by name.
#[derive(Debug)]
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Kit> for Sent<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, kit: &Kit) -> Result<Self, WebError> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/json"));
        if !is_json {
            return Err(WebError::Malformed("This address takes JSON.".to_owned()));
        }
        let body = Bytes::from_request(request, kit)
            .await
            .map_err(|_| WebError::TooLarge("The body is larger than 1 MB.".to_owned()))?;
        if body.len() > LARGEST_FORM {
            return Err(WebError::TooLarge("The body is larger than 1 MB.".to_owned()));
        }
        refuse_nul(body.windows(6).any(|six| six == b"\\u0000"))?;
        serde_json::from_slice(&body).map(Self).map_err(|error| WebError::Malformed(what_is_wrong(&error)))
    }
}

/// What is wrong with a JSON text, for somebody who knows JSON and none of our types. What was sent is not repeated.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.classify() != Category::Data {
        return format!("This is not JSON: it breaks off or goes wrong at {place}.");
    }
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let names: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let choices = names.get(1..).unwrap_or_default().join(", ");
    match (said.split(' ').take(2).collect::<Vec<_>>().join(" ").as_str(), names.first()) {
        ("missing field", Some(name)) => format!("The field “{name}” is missing."),
        ("duplicate field", Some(name)) => format!("The field “{name}” stands there twice."),
        ("unknown field", Some(name)) if choices.is_empty() => {
            format!("There is no field “{name}” here, nor any other.")
        }
        ("unknown field", Some(name)) => format!("There is no field “{name}” here; there are {choices}."),
        ("unknown variant", Some(_)) => format!("The value at {place} is none of {choices}."),
        ("invalid type:" | "invalid value:" | "invalid length", _) => {
            let wanted = said.rsplit_once("expected ").map_or("", |(_, wanted)| wanted);
            format!("The value at {place} should be {}.", shape(wanted))
        }
        // Our own kinds of values say in plain words what they are.
        _ => format!("The value at {place} is not understood: {said}."),
    }
}

/// What a value should be, in the words of JSON.
fn shape(wanted: &str) -> &'static str {
    let is_any = |words: &[&str]| words.iter().any(|word| wanted.contains(word));
    if is_any(&["string", "identifier"]) {
        "text"
    } else if is_any(&["boolean", "bool"]) {
        "true or false"
    } else if is_any(&["sequence", "tuple", "array", "length"]) {
        "a list"
    } else if is_any(&["enum", "variant"]) {
        "one of the words this field knows"
    } else if is_any(&["struct", "map"]) {
        "an object"
    } else if is_any(&["integer", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "isize"]) {
        "a whole number"
    } else if is_any(&["f32", "f64", "number"]) {
        "a number"
    } else {
        "something else"
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is of interest")]
    struct InternalName {
        level: String,
        revision: i64,
        state: OtherInternalName,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum OtherInternalName {
        NotYet,
        Meeting,
    }

    fn wrong(json: &str) -> String {
        what_is_wrong(&serde_json::from_str::<InternalName>(json).unwrap_err())
    }

    #[test]
    fn what_is_wrong_with_json_is_said_without_naming_any_type_or_repeating_what_was_sent() {
        for (json, sentence) in [
            (r#"{"level":"a""#, "This is not JSON: it breaks off or goes wrong at line 1, column 12."),
            (r#"["secret"]"#, "The value at line 1, column 10 should be an object."),
            (r#""secret""#, "The value at line 1, column 8 should be an object."),
            ("[]", "The value at line 1, column 2 should be an object."),
            (r#"{"level":7}"#, "The value at line 1, column 10 should be text."),
            (
                r#"{"level":"a","revision":"secret"}"#,
                "The value at line 1, column 32 should be a whole number.",
            ),
            (r#"{"level":"a","revision":1}"#, "The field “state” is missing."),
            (r#"{"level":"a","level":"b"}"#, "The field “level” stands there twice."),
            (r#"{"colour":"secret"}"#, "There is no field “colour” here; there are level, revision, state."),
            (
                r#"{"level":"a","revision":1,"state":"secret"}"#,
                "The value at line 1, column 42 is none of not-yet, meeting.",
            ),
        ] {
            let said = wrong(json);
            assert!(!said.contains("InternalName") && !said.contains("secret"), "{json}: {said}");
            assert_eq!(said, sentence, "{json}");
        }
    }
}
