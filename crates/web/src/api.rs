use serde_json::{Map, Value, json};

/// One operation of the API, declared beside its handler; the application joins them into the description.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// `get`, `post`, `put`.
    pub method: &'static str,
    /// The path, with placeholders.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// What may stand behind the question mark: name and meaning.
    pub query: &'static [(&'static str, &'static str)],
    /// The JSON schema of the body, if it takes one.
    pub body: Option<&'static str>,
    /// The status when all is well.
    pub status: u16,
    /// The JSON schema of the answer.
    pub answer: &'static str,
}

/// The description of the API as OpenAPI 3.1. Everything but the operations is the same for all: who may call, and
/// how errors look.
///
/// # Panics
///
/// When a schema is no JSON; a test reads them all.
#[must_use]
pub fn describe(operations: &[Operation], version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = one(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Espalier",
            "version": version,
            "description": "The same actions as the pages. What you may not see is not found.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": { "type": "string" },
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "detail": { "type": "string" },
                },
            } },
        },
    })
}

fn one(operation: &Operation) -> Value {
    let schema = |text: &str| -> Value { serde_json::from_str(text).expect("the schema is JSON") };
    let in_path =
        operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(
            |name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }),
        );
    let in_query = operation.query.iter().map(|(name, meaning)| {
        json!({ "name": name, "in": "query", "required": false, "description": meaning, "schema": { "type": "string" } })
    });
    let parameters: Vec<Value> = in_path.chain(in_query).collect();
    let problem = |meaning: &str| {
        json!({ "description": meaning, "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" } } } })
    };
    let mut answers: Map<String, Value> = Map::new();
    answers.insert(
        operation.status.to_string(),
        json!({
            "description": "All is well.",
            "content": { "application/json": { "schema": schema(operation.answer) } },
        }),
    );
    for (status, meaning) in [
        ("400", "The request is not understood."),
        ("401", "The token is missing or opens nothing."),
        ("403", "The token may only read."),
        ("404", "There is no such thing for you."),
        ("422", "A rule says no."),
    ] {
        answers.insert(status.to_owned(), problem(meaning));
    }
    let mut described =
        json!({ "summary": operation.summary, "parameters": parameters, "responses": answers });
    if let Some(body) = operation.body {
        described["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema(body) } } });
    }
    described
}
