//! One's own line of time as JSON.

use axum::Json;
use axum::routing::get;
use espalier_kernel::Date;
use espalier_web::{Door, Doors, Operation, Query, WebError};
use serde::{Deserialize, Serialize};

use super::{Entry, Place, page_before, pages};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new().route("/api/v1/me/history", get(list_history))
}

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[Operation {
    method: "get",
    path: "/api/v1/me/history",
    summary: "One's own way so far, newest first: assessments, talks, steps, goals, feedback that was read or given, \
              levels, and how much evidence each month has. A day stands whole on one page; `next` is the day to ask \
              before.",
    query: &[("before", "Only what was before this day, such as 2026-03-02.")],
    body: None,
    status: 200,
    answer: r#"{"type":"object","required":["items","next"],"properties":{
        "next":{"type":["string","null"],"format":"date"},
        "items":{"type":"array","items":{"type":"object","required":["on","within","what","version","path"],"properties":{
        "on":{"type":"string","format":"date"},"within":{"enum":["day","month"]},"what":{"type":"string"},
        "version":{"type":"string"},"path":{"type":"string"}}}}}}"#,
}];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Before {
    before: String,
}

#[derive(Debug, Serialize)]
struct EntryJson {
    on: Date,
    within: &'static str,
    what: String,
    version: String,
    path: String,
}

impl From<Entry> for EntryJson {
    fn from(entry: Entry) -> Self {
        let within = match entry.place {
            Place::Landmark | Place::Day => "day",
            Place::Month => "month",
        };
        Self { on: entry.on, within, what: entry.what, version: entry.version, path: entry.path }
    }
}

#[derive(Debug, Serialize)]
struct HistoryJson {
    items: Vec<EntryJson>,
    next: Option<Date>,
}

/// `GET /api/v1/me/history`: one's own way so far.
async fn list_history(mut door: Door, Query(query): Query<Before>) -> Result<Json<HistoryJson>, WebError> {
    let before = match query.before.trim() {
        "" => None,
        typed => Some(typed.parse::<Date>().map_err(|fault| WebError::Refused(format!("{fault}.")))?),
    };
    let Door { viewer, tx, kit } = &mut door;
    let marks = pages::marks(tx, viewer).await?;
    let entries = pages::entries(tx, viewer, kit, &marks).await?;
    let (page, next) = page_before(entries, before);
    Ok(Json(HistoryJson { items: page.into_iter().map(Into::into).collect(), next }))
}
