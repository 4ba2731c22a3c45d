//! What could not be sent, for those who see to it that messages arrive: what kind, to whom, when, and which answer.

use askama::Template;
use axum::Extension;
use axum::response::Redirect;
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Query, WebError, day_in_words};
use serde::Deserialize;

use crate::Outside;
use crate::access::{Delivery, HOUSE};
use crate::queries::{self, DeadLine, DeliveryId};
use crate::sender::calendar_title;
use crate::tell::{CALENDAR, DIGEST, health};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/admin/deliveries", get(show_deliveries))
        .route("/admin/deliveries/{id}/attempts", post(create_attempt))
}

#[derive(Debug, Template)]
#[template(path = "deliveries.html")]
struct DeliveriesPage {
    frame: Frame,
    has_mail: bool,
    lines: Vec<DeliveryView>,
    older: Option<DeliveryId>,
}

#[derive(Debug)]
struct DeliveryView {
    line: DeadLine,
    name: String,
    title: &'static str,
    channel: &'static str,
    day: String,
    answer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Before {
    before: Option<DeliveryId>,
}

async fn show_deliveries(
    mut door: Door,
    Extension(outside): Extension<Outside>,
    Query(query): Query<Before>,
) -> Result<Page<DeliveriesPage>, WebError> {
    let frame = door.frame("Messages that were not taken", "people");
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<Delivery>(tx, Action::Read, HOUSE, State::Open).await?;
    let (lines, has_more) = queries::dead(tx, &permit, query.before).await?;
    let (has_mail, _) = health(tx).await?;
    let older = lines.last().filter(|_| has_more).map(|line| line.id);
    let mut people: Vec<_> = lines.iter().map(|line| line.person).collect();
    people.sort_unstable();
    people.dedup();
    let names = outside.directory.find(tx, &people, viewer.now).await?;
    let lines = lines
        .into_iter()
        .map(|line| DeliveryView {
            name: names
                .iter()
                .find(|one| one.person == line.person)
                .map_or_else(|| "somebody who is gone".to_owned(), |one| one.name.clone()),
            title: match line.kind.as_str() {
                DIGEST => "What is new for you",
                kind if line.channel == CALENDAR => calendar_title(kind),
                kind => outside.kinds.of(kind).title,
            },
            channel: match line.channel.as_str() {
                "chat" => "by chat",
                _ => "by mail",
            },
            day: day_in_words(line.ended_at.unwrap_or(line.since_at).date_in(&viewer.zone), viewer.today),
            answer: answer_in_words(&line.answer),
            line,
        })
        .collect();
    Ok(Page(DeliveriesPage { frame, has_mail, lines, older }))
}

/// What the other side answered, for somebody who has to mend it.
fn answer_in_words(answer: &str) -> String {
    match answer {
        "address" => "the address is none that can be used".to_owned(),
        "lost" => "the connection was lost or never made".to_owned(),
        "silent" => "the other side did not answer in time".to_owned(),
        code => format!("the other side answered {code}"),
    }
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn create_attempt(
    mut door: Door,
    Path(id): Path<DeliveryId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Delivery>(tx, Action::Decide, HOUSE, State::Open).await?;
    if tx.run(&queries::TRY_AGAIN, &[&id, &viewer.now]).await? == 0 {
        return Err(WebError::NotFound);
    }
    door.tx.commit().await?;
    Ok(Redirect::to("/admin/deliveries"))
}
