//! The pages of the evidence log: noting something down in a few seconds, the log, and one piece with all about it.

use std::str::FromStr as _;

use askama::Template;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, State};
use espalier_framework::Framework;
use espalier_governance::matrix::Line;
use espalier_kernel::Date;
use espalier_people::shares::{self, ShareForm, ShareLine};
use espalier_people::visible::{visible_also, visible_to};
use espalier_web::{
    About, Door, Doors, Form, Frame, Page, Path, Problems, Query, VisibleTo, WebError, count_of, day_in_words,
};
use serde::Deserialize;

use super::access::{EVIDENCE, Evidence};
use super::actions::{self, Filter};
use super::claims::{self, ClaimView};
use super::queries::{self, AskedRow, EvidenceRow};
use super::{CorroborationId, EvidenceId, Reply, Standing, Written, confirm};
use crate::saved::{Saved, lines};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/me/evidence", get(show_log).post(create_piece))
        .route("/me/evidence/new", get(show_new))
        .route("/evidence/{id}", get(show_piece).post(save_piece))
        .route("/evidence/{id}/statements", post(add_statements))
        .route("/evidence/{id}/statements/end", post(end_statement))
        .route("/evidence/{id}/shares", post(create_share))
        .route("/evidence/{id}/end", post(end_piece))
}

/// A piece as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EvidenceForm {
    happened_on: String,
    situation: String,
    deed: String,
    effect: String,
    link: String,
    version: i64,
    /// The statement beside which it was noted.
    statement: String,
}

impl EvidenceForm {
    /// What was typed, where the day can be read; an empty day is today.
    fn written(&self, today: Date) -> Result<Written, Problems> {
        let happened_on = match self.happened_on.trim() {
            "" => today,
            typed => typed.parse().map_err(|fault| Problems::one("happened_on", format!("{fault}.")))?,
        };
        Ok(Written {
            happened_on,
            situation: lines(&self.situation),
            deed: lines(&self.deed),
            effect: lines(&self.effect),
            link: self.link.trim().to_owned(),
        })
    }
}

#[derive(Debug, Template)]
#[template(path = "evidence-new.html")]
struct NewPage {
    frame: Frame,
    typed: EvidenceForm,
    statement: Option<Line>,
    problems: Problems,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewQuery {
    statement: String,
}

async fn show_new(mut door: Door, Query(query): Query<NewQuery>) -> Result<Page<NewPage>, WebError> {
    let typed = EvidenceForm { statement: query.statement, ..EvidenceForm::default() };
    new_page(&mut door, typed, Problems::none()).await.map(Page)
}

async fn new_page(door: &mut Door, mut typed: EvidenceForm, problems: Problems) -> Result<NewPage, WebError> {
    let frame = door.frame("Note evidence", "evidence");
    let Door { viewer, tx, .. } = door;
    viewer.permit::<Evidence>(tx, Action::Discover, viewer.person, State::Open).await?;
    let mut statement = None;
    if !typed.statement.is_empty()
        && let Some(ground) = claims::ground(tx, viewer).await?
    {
        let known = ground.copy.framework().statement(&typed.statement);
        statement = known.map(|known| Line::of(&ground.copy.edition, known));
    }
    if typed.happened_on.is_empty() {
        typed.happened_on = viewer.today.to_string();
    }
    Ok(NewPage { frame, typed, statement, problems })
}

async fn create_piece(mut door: Door, Form(form): Form<EvidenceForm>) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let noted = match form.written(viewer.today) {
        Ok(written) => actions::note(tx, viewer, &kit.mint, &written).await?,
        Err(problems) => Err(problems),
    };
    match noted {
        Ok(id) => {
            if !form.statement.is_empty() {
                claims::add(tx, viewer, id, std::slice::from_ref(&form.statement)).await?;
            }
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("/evidence/{id}")).into_response())
        }
        Err(problems) => Ok(Page(new_page(&mut door, form, problems).await?).refused()),
    }
}

#[derive(Debug, Template)]
#[template(path = "evidence-log.html")]
struct LogPage {
    frame: Frame,
    seen: VisibleTo,
    waiting: Vec<(CorroborationId, String)>,
    rows: Vec<PieceLine>,
    is_filtered: bool,
    from: String,
    until: String,
    statements: Vec<(String, String, bool)>,
    pillars: Vec<(String, String, bool)>,
    next: Option<String>,
}

/// A piece in the log.
#[derive(Debug)]
struct PieceLine {
    id: EvidenceId,
    title: String,
    day: String,
    standing: Standing,
    supports: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct LogQuery {
    statement: String,
    pillar: String,
    from: String,
    until: String,
    before: String,
}

/// Two ids with a slash between.
fn pair(text: &str) -> Option<(String, String)> {
    text.split_once('/').map(|(one, other)| (one.to_owned(), other.to_owned()))
}

/// Where a page goes on, as an address says it.
pub(super) fn place((day, id): (Date, EvidenceId)) -> String {
    format!("{day}_{id}")
}

/// The same read back.
pub(super) fn place_of(text: &str) -> Option<(Date, EvidenceId)> {
    let (day, id) = text.split_once('_')?;
    Some((day.parse().ok()?, EvidenceId::from_str(id).ok()?))
}

/// A text cut after so many letters, at a word where there is one.
fn cut(text: &str, most: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let short: String = line.chars().take(most).collect();
    let short = short.rsplit_once(' ').map_or(short.as_str(), |(short, _)| short);
    format!("{short} …")
}

async fn show_log(mut door: Door, Query(query): Query<LogQuery>) -> Result<Page<LogPage>, WebError> {
    let frame = door.frame("My evidence", "growth");
    let Door { viewer, tx, .. } = &mut door;
    let seen = visible_to(tx, viewer, &EVIDENCE, State::Open, viewer.person, &viewer.name).await?;
    let filter = Filter {
        statement: pair(&query.statement),
        pillar: pair(&query.pillar),
        from: query.from.parse().ok(),
        until: query.until.parse().ok(),
        before: place_of(&query.before),
    };
    let found = actions::find(tx, viewer, &filter).await?;
    let waiting = confirm::waiting(tx, viewer).await?;
    let (mut statements, mut pillars) = (Vec::new(), Vec::new());
    if let Some(ground) = claims::ground(tx, viewer).await? {
        let framework: &Framework = ground.copy.framework();
        let known: Vec<(String, String)> =
            tx.all(&queries::CLAIMED, &[&viewer.person, &ground.copy.line.framework]).await?;
        for (name, statement) in known {
            let Some(known) = framework.statement(&statement) else { continue };
            let value = format!("{name}/{statement}");
            let is_chosen = value == query.statement;
            statements.push((value, cut(&known.text, 90), is_chosen));
        }
        for pillar in framework.top_pillars() {
            let value = format!("{}/{}", ground.copy.line.framework, pillar.id);
            let is_chosen = value == query.pillar;
            pillars.push((value, pillar.name.clone(), is_chosen));
        }
    }
    let next = found.next.map(|last| {
        let parts = [
            ("statement", query.statement.as_str()),
            ("pillar", &query.pillar),
            ("from", &query.from),
            ("until", &query.until),
        ];
        let mut address = format!("/me/evidence?before={}", place(last));
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            // Ids and days need no escapes; whatever else was typed filters nothing and is left out.
            if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)) {
                address.push_str(&format!("&{name}={value}"));
            }
        }
        address
    });
    let rows = found.rows.into_iter().map(|row| PieceLine {
        id: row.id,
        title: cut(&row.written.deed, 140),
        day: day_in_words(row.written.happened_on, viewer.today),
        standing: row.standing,
        supports: match usize::try_from(row.claims).unwrap_or(0) {
            0 => "no statement yet".to_owned(),
            count => count_of(count, "statement", "statements"),
        },
    });
    Ok(Page(LogPage {
        frame,
        seen,
        waiting,
        rows: rows.collect(),
        is_filtered: [&query.statement, &query.pillar, &query.from, &query.until, &query.before]
            .iter()
            .any(|value| !value.is_empty()),
        from: query.from,
        until: query.until,
        statements,
        pillars,
        next,
    }))
}

/// What was typed into the forms of a piece, and what a form answers once.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// What is wrong.
    pub problems: Problems,
    /// Who should confirm.
    pub who: String,
    /// With whom to share.
    pub with: String,
    /// Words looked for in statements.
    pub search: String,
    /// Who was asked, and the link that opens for them.
    pub link: Option<(String, String)>,
    /// The piece as typed.
    pub form: Option<EvidenceForm>,
}

#[derive(Debug, Template)]
#[template(path = "evidence.html")]
pub(super) struct PiecePage {
    frame: Frame,
    seen: VisibleTo,
    row: EvidenceRow,
    form: EvidenceForm,
    owner_name: String,
    day: String,
    is_own: bool,
    supports: Vec<ClaimView>,
    level_name: Option<String>,
    offered: Vec<Line>,
    asked: Vec<AskedView>,
    shares: Vec<ShareLine>,
    typed: Typed,
}

/// Somebody who is asked to confirm.
#[derive(Debug)]
struct AskedView {
    row: AskedRow,
    day: String,
    is_late: bool,
    is_changed: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PieceQuery {
    q: String,
}

async fn show_piece(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Query(query): Query<PieceQuery>,
) -> Result<Page<PiecePage>, WebError> {
    piece(&mut door, id, Typed { search: query.q, ..Typed::default() }).await.map(Page)
}

pub(super) async fn piece(door: &mut Door, id: EvidenceId, typed: Typed) -> Result<PiecePage, WebError> {
    let Door { viewer, tx, .. } = door;
    let (permit, row, (owner, owner_name)) = actions::find_for(tx, viewer, Action::Read, id).await?;
    let about = About::record(owner, id.id());
    let seen = visible_also(tx, viewer, &EVIDENCE, State::Open, about, &owner_name, &[]).await?;
    let is_own = owner == viewer.person;
    let kept = queries::claims(tx, &permit, id).await?;
    let supports = claims::shown(tx, viewer, kept).await?;
    let (mut offered, mut level_name, mut asked, mut shares) = (Vec::new(), None, Vec::new(), Vec::new());
    if is_own {
        if let Some(ground) = claims::ground(tx, viewer).await? {
            let found = ground.offered(&typed.search);
            offered = found
                .into_iter()
                .filter(|one| supports.iter().all(|claim| claim.statement != one.id.as_str()))
                .map(|one| Line::of(&ground.copy.edition, one))
                .collect();
            level_name = ground.level_name();
        }
        let rows: Vec<AskedRow> = tx.all(&queries::ASKED, &[&id]).await?;
        asked = rows
            .into_iter()
            .map(|one| AskedView {
                day: day_in_words(
                    one.answered_at.unwrap_or(one.asked_at).date_in(&viewer.zone),
                    viewer.today,
                ),
                is_late: one.reply == Reply::Asked && one.expires_at <= viewer.now,
                is_changed: one.reply != Reply::Declined && one.revision != row.revision,
                row: one,
            })
            .collect();
        shares = shares::of_record(tx, viewer, id.id()).await?;
    }
    let names: Vec<&str> = asked.iter().map(|one| one.row.name.as_str()).collect();
    let seen = seen.and_asked(&names, "they read what it said when you asked");
    let form = typed.form.clone().unwrap_or_else(|| EvidenceForm {
        happened_on: row.written.happened_on.to_string(),
        situation: row.written.situation.clone(),
        deed: row.written.deed.clone(),
        effect: row.written.effect.clone(),
        link: row.written.link.clone(),
        version: row.revision,
        statement: String::new(),
    });
    let day = day_in_words(row.written.happened_on, viewer.today);
    let frame = door.frame("A piece of evidence", "growth");
    Ok(PiecePage {
        frame,
        seen,
        row,
        form,
        owner_name,
        day,
        is_own,
        supports,
        level_name,
        offered,
        asked,
        shares,
        typed,
    })
}

async fn save_piece(
    headers: HeaderMap,
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(form): Form<EvidenceForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, .. } = &mut door;
    let saved = match form.written(viewer.today) {
        Ok(written) => {
            actions::write(tx, viewer, id, written.clone(), form.version).await?.map(|row| (written, row))
        }
        Err(problems) => Err(problems),
    };
    match saved {
        Ok((sent, row)) => {
            door.tx.commit().await?;
            Ok(Saved::at(row.revision)
                .with("situation", &sent.situation, row.written.situation)
                .with("deed", &sent.deed, row.written.deed)
                .with("effect", &sent.effect, row.written.effect)
                .answer(&headers, &format!("/evidence/{id}")))
        }
        Err(problems) => {
            let typed = Typed { problems, form: Some(form), ..Typed::default() };
            Ok(Page(piece(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StatementsForm {
    statement: Vec<String>,
}

async fn add_statements(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(form): Form<StatementsForm>,
) -> Result<Redirect, WebError> {
    claims::add(&mut door.tx, &door.viewer, id, &form.statement).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/evidence/{id}#supports")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StatementForm {
    framework: String,
    statement: String,
}

async fn end_statement(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(form): Form<StatementForm>,
) -> Result<Redirect, WebError> {
    claims::remove(&mut door.tx, &door.viewer, id, &form.framework, &form.statement).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/evidence/{id}#supports")))
}

async fn create_share(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(form): Form<ShareForm>,
) -> Result<Response, WebError> {
    let Door { viewer, tx, kit } = &mut door;
    let (_, _, (owner, _)) = actions::find_for(tx, viewer, Action::Read, id).await?;
    let about = About::record(owner, id.id());
    let path = format!("/evidence/{id}");
    match shares::give::<Evidence>(tx, viewer, &kit.mint, about, State::Open, &path, &form).await? {
        Ok(_) => {
            door.tx.commit().await?;
            Ok(Redirect::to(&format!("{path}#shares")).into_response())
        }
        Err(problems) => {
            let typed = Typed { problems, with: form.with, ..Typed::default() };
            Ok(Page(piece(&mut door, id, typed).await?).refused())
        }
    }
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end_piece(
    mut door: Door,
    Path(id): Path<EvidenceId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    actions::drop_piece(&mut door.tx, &door.viewer, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to("/me/evidence"))
}
