//! The demo: an invented organisation in which a visitor may be anybody.

use askama::Template;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_framework::{Files, Framework};
use espalier_governance::queries::VersionId;
use espalier_kernel::{Mint, Moment};
use espalier_people::account;
use espalier_people::demo::{PERSONAS, Persona, life};
use espalier_people::person::PersonId;
use espalier_people::queries;
use espalier_store::{Statement, Store};
use espalier_web::{Doors, Form, Frame, Kit, Lobby, Page, WebError, session_cookie};
use serde::Deserialize;

/// The routes of this file, joined only in the demo.
pub fn doors() -> Doors {
    Doors::new().route("/demo", get(show_personas)).route("/demo/sign-in", post(become_persona))
}

#[derive(Debug, Template)]
#[template(path = "demo.html")]
struct DemoPage {
    frame: Frame,
    personas: &'static [Persona],
}

async fn show_personas(lobby: Lobby) -> Page<DemoPage> {
    Page(DemoPage { frame: lobby.frame("Choose somebody"), personas: PERSONAS })
}

#[derive(Debug, Deserialize)]
struct PersonaForm {
    persona: String,
}

async fn become_persona(_: Parts, lobby: Lobby, Form(form): Form<PersonaForm>) -> Result<Response, WebError> {
    let Lobby { viewer, mut tx, kit } = lobby;
    let secret = sign_in_as(&mut tx, &kit, &form.persona).await?;
    if let Some(viewer) = viewer {
        tx.run(&account::END_SIGN_IN, &[&viewer.passage, &viewer.person, &viewer.now]).await?;
    }
    tx.commit().await?;
    Ok(([(SET_COOKIE, session_cookie(&kit, Some(&secret)))], Redirect::to("/")).into_response())
}

async fn sign_in_as(
    tx: &mut espalier_store::Tx,
    kit: &Kit,
    slug: &str,
) -> Result<espalier_kernel::Secret, WebError> {
    let persona = PERSONAS.iter().find(|persona| persona.slug == slug).ok_or(WebError::NotFound)?;
    let (person, _): (PersonId, String) =
        tx.first(&queries::BY_EMAIL, &[&persona.email()]).await?.ok_or(WebError::NotFound)?;
    Ok(account::sign_in(tx, &kit.mint, person, "The demo", kit.now()).await?)
}

/// The framework of the invented engineers.
const ENGINEERING: &[(&str, &str)] = &[
    ("framework.yaml", include_str!("../demo/engineering/framework.yaml")),
    ("competencies/building.md", include_str!("../demo/engineering/competencies/building.md")),
    ("competencies/explaining.md", include_str!("../demo/engineering/competencies/explaining.md")),
    ("competencies/finishing.md", include_str!("../demo/engineering/competencies/finishing.md")),
    ("competencies/lifting.md", include_str!("../demo/engineering/competencies/lifting.md")),
    ("competencies/running.md", include_str!("../demo/engineering/competencies/running.md")),
    ("competencies/steering.md", include_str!("../demo/engineering/competencies/steering.md")),
    ("competencies/testing.md", include_str!("../demo/engineering/competencies/testing.md")),
    ("competencies/understanding.md", include_str!("../demo/engineering/competencies/understanding.md")),
];

/// The framework of the invented engineers, read from its files.
#[must_use]
pub fn engineering() -> Framework {
    let files = ENGINEERING.iter().fold(Files::new(), |set, (path, text)| set.with(path, text));
    espalier_framework::text::read(&files).map(|read| read.framework).unwrap_or_default()
}

/// Lets a year and a half happen in a filled demo: rounds of talks, evidence, plans, people who came and left, and a
/// reorganisation. The same for the same day and number of people.
///
/// # Errors
///
/// When the database fails.
pub async fn live(store: &Store, mint: &Mint, now: Moment) -> Result<(), WebError> {
    let mut tx = store.write().await?;
    let engineering = engineering();
    let rolled_out = now.plus_seconds(-86_400 * i64::from(life::ROLLED_OUT));
    let version = espalier_governance::actions::install(&mut tx, mint, &engineering, rolled_out).await?;
    let people = life::live(&mut tx, mint, now).await?;
    let coaching = espalier_framework::sample();
    let newest: Option<(VersionId,)> = tx.first(&COACHING, &[]).await?;
    let di: Option<(PersonId, String)> = tx.first(&queries::BY_EMAIL, &[&"di@demo.example"]).await?;
    if let (Some((coached,)), Some((hr, _))) = (newest, di) {
        let frameworks = [(&engineering, version), (&coaching, coached)];
        espalier_growth::life::live(&mut tx, mint, now, &frameworks, (&people, hr)).await?;
    }
    tx.commit().await?;
    store.learn().await?;
    Ok(())
}

const COACHING: Statement = Statement {
    name: "COACHING",
    sql: "select id from framework_version where framework = 'agile-coaching' order by published_at desc limit 1",
};

const WHO_ASKS: Statement = Statement {
    name: "WHO_ASKS",
    sql: "select id from person where email like 'p%@demo.example' order by id desc limit 1",
};

/// Fills an empty database: people, the built-in framework, a self-assessment or two.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(store: &Store, mint: &Mint, now: Moment, people: usize) -> Result<(), WebError> {
    let mut tx = store.write().await?;
    espalier_people::demo::fill(&mut tx, mint, now, people).await?;
    let framework = espalier_framework::sample();
    let version = espalier_governance::actions::install(&mut tx, mint, &framework, now).await?;
    let mut cast = Vec::new();
    for slug in ["ada", "bo", "cy", "di", "gus"] {
        let persona = PERSONAS.iter().find(|persona| persona.slug == slug).map(Persona::email);
        let found: Option<(PersonId, String)> = tx.first(&queries::BY_EMAIL, &[&persona]).await?;
        cast.extend(found.map(|(person, _)| person));
    }
    if let [coach, associate, lead, hr, partner] = cast[..] {
        let pinned = (&framework, version);
        espalier_growth::evidence::demo::fill(&mut tx, mint, now, pinned, (coach, associate)).await?;
        espalier_growth::demo::fill(&mut tx, mint, now, &framework, version, coach).await?;
        let cast = espalier_growth::talk::demo::Cast { coach, associate, lead, hr, partner };
        espalier_growth::talk::demo::fill(&mut tx, mint, now, &framework, version, cast).await?;
        espalier_growth::plan::demo::fill(&mut tx, mint, now, pinned, (coach, lead, partner)).await?;
        let goal = espalier_growth::goal::demo::fill(&mut tx, mint, now, coach).await?;
        let about = "Planning days that need nobody from outside";
        let people = [coach, associate, lead, partner];
        espalier_growth::feedback::demo::fill(&mut tx, mint, now, pinned, (goal, about), people).await?;
    }
    // Somebody without a part in the stories would rather be forgotten.
    let asks: Option<(PersonId,)> = tx.first(&WHO_ASKS, &[]).await?;
    if let Some((person,)) = asks {
        tx.run(&espalier_governance::mydata::queries::ASK, &[&person, &now]).await?;
    }
    tx.commit().await?;
    store.learn().await?;
    Ok(())
}
