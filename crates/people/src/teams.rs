//! The pages about how people stand together: teams, and who works with whom.

use askama::Template;
use axum::routing::get;
use espalier_access::{Action, State};
use espalier_web::{Door, Doors, Frame, Page, Path, Query, WebError};
use serde::Deserialize;

use crate::access::{ORGANISATION, Profile};
use crate::actions;
use crate::person::{PersonId, PersonLine, TeamId, TeamLine};
use crate::queries::{self, Place, Screen};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/teams", get(show_teams))
        .route("/teams/{id}", get(show_team))
        .route("/chart", get(show_chart))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TeamQuery {
    after: String,
    id: String,
}

#[derive(Debug, Template)]
#[template(path = "teams.html")]
struct TeamsPage {
    frame: Frame,
    teams: Vec<TeamLine>,
}

async fn show_teams(mut door: Door) -> Result<Page<TeamsPage>, WebError> {
    let frame = door.frame("Teams", "people");
    let Door { viewer, tx, .. } = &mut door;
    viewer.permit::<Profile>(tx, Action::Discover, ORGANISATION, State::Open).await?;
    Ok(Page(TeamsPage { frame, teams: tx.all(&queries::TEAMS_ON_TOP, &[]).await? }))
}

#[derive(Debug, Template)]
#[template(path = "team.html")]
struct TeamPage {
    frame: Frame,
    team: TeamLine,
    around: Vec<TeamLine>,
    inside: Vec<TeamLine>,
    people: Screen,
    older: Option<Place>,
}

async fn show_team(
    mut door: Door,
    Path(id): Path<TeamId>,
    Query(query): Query<TeamQuery>,
) -> Result<Page<TeamPage>, WebError> {
    let permit =
        door.viewer.permit::<Profile>(&mut door.tx, Action::Discover, ORGANISATION, State::Open).await?;
    let team = queries::team(&mut door.tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    let frame = door.frame(team.name.clone(), "people");
    let Door { viewer, tx, .. } = &mut door;
    let place = Place { sort_key: query.after, id: query.id };
    let people = queries::team_people(tx, &permit, id, &place, viewer.today).await?;
    let older = people.has_more.then(|| people.lines.last().map(Place::of)).flatten();
    Ok(Page(TeamPage {
        frame,
        team,
        around: tx.all(&queries::TEAMS_AROUND, &[&id]).await?,
        inside: tx.all(&queries::TEAMS_IN, &[&id]).await?,
        people,
        older,
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChartQuery {
    person: String,
    after: String,
    id: String,
}

#[derive(Debug, Template)]
#[template(path = "chart.html")]
struct ChartPage {
    frame: Frame,
    above: Vec<PersonLine>,
    focus: PersonLine,
    below: Screen,
    older: Option<Place>,
}

async fn show_chart(mut door: Door, Query(query): Query<ChartQuery>) -> Result<Page<ChartPage>, WebError> {
    let frame = door.frame("Who works with whom", "people");
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<Profile>(tx, Action::Discover, ORGANISATION, State::Open).await?;
    // Everybody begins at their own place; the way up leads to the top, and from there to everybody.
    let id = match query.person.as_str() {
        "" => PersonId::new(viewer.person),
        person => person.parse().map_err(|_| WebError::NotFound)?,
    };
    let person = actions::find_person(tx, viewer, id).await?;
    let focus = PersonLine {
        id,
        sort_key: String::new(),
        name: person.name,
        job_title: person.job_title,
        team_name: person.team_name,
        location: person.location,
    };
    let mut above: Vec<PersonLine> = tx.all(&queries::LINE_UP, &[&id, &viewer.today]).await?;
    above.reverse();
    let place = Place { sort_key: query.after, id: query.id };
    let below = queries::reports(tx, &permit, id, &place, viewer.today).await?;
    let older = below.has_more.then(|| below.lines.last().map(Place::of)).flatten();
    Ok(Page(ChartPage { frame, above, focus, below, older }))
}
