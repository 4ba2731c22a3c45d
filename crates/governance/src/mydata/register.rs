//! The register of purposes: what is kept about people, what for, on which ground, who reads it and how long. It comes
//! from the same table that does the work, so it cannot say something else.

use askama::Template;
use axum::Extension;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use espalier_access::{Action, Policy, State};
use espalier_keeping::{Keep, Keeping, Purpose};
use espalier_kernel::Id;
use espalier_people::trail;
use espalier_web::{Door, Doors, Form, Frame, Page, Path, Problems, WebError};
use serde::{Deserialize, Serialize};

use super::expiry::{Choices, choices, in_words};
use super::{Kept, queries};
use crate::access::{REGISTER, Register};

/// The register is "about" the house as a whole.
const HOUSE: Id = Id::from_bits(0);

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/admin/register", get(show_register))
        .route("/admin/register.csv", get(show_csv))
        .route("/admin/register.json", get(show_json))
        .route("/admin/register/{word}", get(show_time).post(change_time))
}

/// One line of the register.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its word.
    pub key: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// On which ground.
    pub basis: &'static str,
    /// Who may read it.
    pub readers: Vec<String>,
    /// How long.
    pub kept: String,
    /// The tables it lives in.
    pub tables: Vec<&'static str>,
    /// Whether the time may be changed.
    #[serde(skip)]
    pub may_change: bool,
}

/// The whole register.
#[must_use]
pub fn lines(keeping: &Keeping, policy: &Policy, choices: &Choices) -> Vec<Line> {
    let mut lines: Vec<Line> = keeping
        .purposes()
        .iter()
        .map(|purpose| Line {
            key: purpose.key,
            title: purpose.title,
            purpose: purpose.purpose,
            basis: purpose.basis.words(),
            readers: purpose.readers(policy),
            kept: in_words(purpose, choices),
            tables: purpose.tables.iter().map(|table| table.name).collect(),
            may_change: matches!(purpose.keep, Keep::Months { .. }),
        })
        .collect();
    lines.sort_by_key(|line| line.title);
    lines
}

#[derive(Debug, Template)]
#[template(path = "register.html")]
struct RegisterPage {
    frame: Frame,
    lines: Vec<Line>,
    may_write: bool,
}

async fn all(door: &mut Door, kept: &Kept) -> Result<Vec<Line>, WebError> {
    let Door { viewer, tx, kit } = door;
    viewer.permit::<Register>(tx, Action::Read, HOUSE, State::Open).await?;
    Ok(lines(&kept.0, &kit.policy, &choices(tx).await?))
}

async fn show_register(
    mut door: Door,
    Extension(kept): Extension<Kept>,
) -> Result<Page<RegisterPage>, WebError> {
    let frame = door.frame("What is kept about people", "");
    let lines = all(&mut door, &kept).await?;
    let Door { viewer, tx, .. } = &mut door;
    let may_write = viewer.decide(tx, &REGISTER, Action::Write, HOUSE, State::Open).await?.allows();
    Ok(Page(RegisterPage { frame, lines, may_write }))
}

async fn show_json(mut door: Door, Extension(kept): Extension<Kept>) -> Result<Response, WebError> {
    let lines = all(&mut door, &kept).await?;
    Ok(axum::Json(lines).into_response())
}

/// For a spreadsheet. All of it is our own text, so no cell begins like a formula.
async fn show_csv(mut door: Door, Extension(kept): Extension<Kept>) -> Result<Response, WebError> {
    let lines = all(&mut door, &kept).await?;
    let mut csv = String::from("what,purpose,legal basis,readers,kept,tables\r\n");
    for line in lines {
        let cells = [
            line.title,
            line.purpose,
            line.basis,
            &line.readers.join("; "),
            &line.kept,
            &line.tables.join(", "),
        ];
        let cells: Vec<String> =
            cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        csv.push_str(&cells.join(","));
        csv.push_str("\r\n");
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"register.csv\""),
    ];
    Ok((headers, csv).into_response())
}

/// A time that may be changed, and its bounds.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    purpose: &'static Purpose,
    months: i64,
    least: i64,
    most: i64,
    since: &'static str,
}

impl Bounds {
    fn of(kept: &Kept, word: &str) -> Result<Self, WebError> {
        let purpose =
            kept.0.purposes().iter().copied().find(|one| one.key == word).ok_or(WebError::NotFound)?;
        match purpose.keep {
            Keep::Months { months, least, most, since, .. } => {
                Ok(Self { purpose, months, least, most, since })
            }
            Keep::With(_) | Keep::Fixed(_) | Keep::Days(..) => Err(WebError::NotFound),
        }
    }
}

#[derive(Debug, Template)]
#[template(path = "register-time.html")]
struct TimePage {
    frame: Frame,
    bounds: Bounds,
    typed: String,
    problems: Problems,
}

async fn show_time(
    mut door: Door,
    Extension(kept): Extension<Kept>,
    Path(word): Path<String>,
) -> Result<Page<TimePage>, WebError> {
    let frame = door.frame("How long it is kept", "");
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Register>(tx, Action::Write, HOUSE, State::Open).await?;
    let bounds = Bounds::of(&kept, &word)?;
    let typed = choices(tx).await?.get(bounds.purpose.key).copied().unwrap_or(bounds.months).to_string();
    Ok(Page(TimePage { frame, bounds, typed, problems: Problems::none() }))
}

#[derive(Debug, Deserialize)]
struct Time {
    months: String,
}

async fn change_time(
    mut door: Door,
    Extension(kept): Extension<Kept>,
    Path(word): Path<String>,
    Form(form): Form<Time>,
) -> Result<Response, WebError> {
    let frame = door.frame("How long it is kept", "");
    let Door { viewer, tx, kit } = &mut door;
    viewer.permit::<Register>(tx, Action::Write, HOUSE, State::Open).await?;
    let bounds = Bounds::of(&kept, &word)?;
    let Bounds { least, most, .. } = bounds;
    let months = form.months.trim().parse::<i64>().ok().filter(|months| (least..=most).contains(months));
    let Some(months) = months else {
        let problems = Problems::one("months", format!("Write a number from {least} to {most}."));
        return Ok(Page(TimePage { frame, bounds, typed: form.months, problems }).refused());
    };
    tx.run(&queries::CHOOSE, &[&bounds.purpose.key, &months, &viewer.now, &viewer.person]).await?;
    trail::note(tx, &kit.mint, viewer, "change-time", &REGISTER, HOUSE).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/admin/register").into_response())
}
