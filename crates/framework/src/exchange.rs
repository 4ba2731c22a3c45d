//! One file for exchange: the whole framework as JSON, the same every time.

use crate::{
    model::Framework,
    report::{Finding, Unreadable},
};
use serde_json::Value;

/// The framework as one JSON text.
pub fn to_json(framework: &Framework) -> String {
    let mut value = serde_json::to_value(framework.clone().tidied()).unwrap_or_default();
    if let Value::Object(map) = &mut value {
        map.shift_insert(0, "schema".into(), Value::from(1));
    }
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads what [`to_json`] wrote.
pub fn from_json(file: &str, text: &str) -> Result<Framework, Unreadable> {
    let unreadable = |error: &serde_json::Error| {
        let line = (error.line() > 0).then_some(error.line());
        Unreadable::because(file, line, format!("This is not a framework in JSON: {error}."))
    };
    let mut value: Value = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
    match value.as_object_mut().and_then(|map| map.shift_remove("schema")) {
        None => {}
        Some(schema) if schema == 1 => {}
        Some(schema) => {
            return Err(
                Finding::error(file, None, format!("Only schema 1 is known, and this is {schema}.")).into()
            );
        }
    }
    let framework: Framework = serde_json::from_value(value).map_err(|error| unreadable(&error))?;
    Ok(framework.tidied())
}
