//! Where an administrator erases those who asked, and leavers: first what it would do, then the deed.

use askama::Template;
use axum::Extension;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_access::{Action, State};
use espalier_keeping::{Fate, Outcome, Purpose};
use espalier_kernel::{Date, Id, Moment};
use espalier_people::access::{ORGANISATION, People};
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Problems, WebError, day_in_words, full_day};
use serde::Deserialize;

use super::erasure::{self, Subject};
use super::{Kept, proof, queries};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/admin/erasures", get(show_erasures))
        .route("/admin/erasures/{id}", get(show_erasure).post(create_erasure))
}

/// What would become of everything, in words.
#[derive(Debug, Default)]
pub struct Fates {
    /// What goes, and how much of it.
    pub goes: Vec<(&'static str, i64)>,
    /// What stays without the name.
    pub becomes: Vec<(&'static str, i64)>,
    /// What stays.
    pub stays: Vec<(&'static str, i64)>,
}

/// What is there at all, said once for each sentence.
#[must_use]
pub fn fates(outcomes: &[Outcome]) -> Fates {
    let mut fates = Fates::default();
    for outcome in outcomes.iter().filter(|outcome| outcome.rows > 0) {
        let list = match outcome.part.fate {
            Fate::Goes => &mut fates.goes,
            Fate::Becomes(_) => &mut fates.becomes,
            Fate::Stays => &mut fates.stays,
        };
        match list.iter_mut().find(|(words, _)| *words == outcome.part.words) {
            Some((_, rows)) => *rows += outcome.rows,
            None => list.push((outcome.part.words, outcome.rows)),
        }
    }
    fates
}

#[derive(Debug, Template)]
#[template(path = "erasures.html")]
struct ErasuresPage {
    frame: Frame,
    asked: Vec<(Id, String, String)>,
    leavers: Vec<(Id, String, String)>,
}

async fn show_erasures(mut door: Door) -> Result<Page<ErasuresPage>, WebError> {
    let frame = door.frame("Erasing people", "people");
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<People>(tx, Action::Read, ORGANISATION, State::Open).await?;
    let asked: Vec<(Id, String, Moment)> = tx.all(&queries::ASKED, &[]).await?;
    let leavers: Vec<(Id, String, Date)> = tx.all(&queries::LEAVERS, &[&viewer.today]).await?;
    let asked = asked
        .into_iter()
        .map(|(id, name, at)| (id, name, day_in_words(at.date_in(&viewer.zone), viewer.today)))
        .collect();
    let leavers = leavers.into_iter().map(|(id, name, day)| (id, name, full_day(day))).collect();
    Ok(Page(ErasuresPage { frame, asked, leavers }))
}

#[derive(Debug, Template)]
#[template(path = "erasure.html")]
struct ErasurePage {
    frame: Frame,
    subject: Subject,
    why: String,
    /// What is kept, and whether some of it stays because it belongs to others too.
    kinds: Vec<(&'static str, bool)>,
    needs_password: bool,
    problems: Problems,
}

async fn show_erasure(
    mut door: Door,
    Extension(kept): Extension<Kept>,
    Path(id): Path<Id>,
) -> Result<Page<ErasurePage>, WebError> {
    page(&mut door, &kept, id, Problems::none()).await.map(Page)
}

async fn page(door: &mut Door, kept: &Kept, id: Id, problems: Problems) -> Result<ErasurePage, WebError> {
    let frame = door.frame("Erasing a person", "people");
    let Door { viewer, tx, kit } = door;
    // Whoever may only look at their own has a page for that.
    let subject = erasure::find(tx, viewer, Action::Decide, id).await?;
    let why = match (subject.asked_at, subject.left_on) {
        (Some(at), _) => {
            format!("They asked for it: {}.", day_in_words(at.date_in(&viewer.zone), viewer.today))
        }
        (None, Some(left)) => format!("Their last day was {}.", full_day(left)),
        (None, None) => String::new(),
    };
    let kinds = kept.0.purposes().iter().filter_map(|purpose| kind(purpose)).collect();
    let needs_password = proof::is_needed(tx, kit, viewer).await?;
    Ok(ErasurePage { frame, subject, why, kinds, needs_password, problems })
}

/// What a purpose keeps goes; of some, parts that belong to others stay. Nothing where nothing goes.
fn kind(purpose: &Purpose) -> Option<(&'static str, bool)> {
    let fates = || purpose.tables.iter().flat_map(|table| table.erasure).map(|part| part.fate);
    fates().any(|fate| fate == Fate::Goes).then(|| (purpose.title, fates().any(|fate| fate != Fate::Goes)))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Deed {
    address: String,
    password: String,
}

async fn create_erasure(
    parts: Parts,
    door: Door,
    Extension(kept): Extension<Kept>,
    Path(id): Path<Id>,
    Form(form): Form<Deed>,
) -> Result<Response, WebError> {
    let Door { viewer, mut tx, kit } = door;
    let subject = erasure::find(&mut tx, &viewer, Action::Decide, id).await?;
    drop(tx);
    let mut problems = Problems::none();
    if form.address.trim().to_lowercase() != subject.email.to_lowercase() {
        problems.add(
            "address",
            "This is not the address that stands above. Type it to say that you mean this person.",
        );
    }
    if let Some(sentence) = proof::is_wrong(&kit, &viewer, &parts, form.password).await? {
        problems.add("password", sentence);
    }
    if !problems.is_empty() {
        let mut door = Door { viewer, tx: kit.store.read().await?, kit };
        return Ok(Page(page(&mut door, &kept, id, problems).await?).refused());
    }
    let mut tx = kit.store.write().await?;
    erasure::carry_out(&mut tx, &viewer, &kit.mint, &kept.0, id).await?;
    tx.commit().await?;
    Ok(Redirect::to("/admin/erasures").into_response())
}
