//! The pages about people: the directory, a person, teams, the chart, one's own profile, the read log.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, Relation, State};
use espalier_kernel::{Date, Id};
use espalier_web::{
    Door, Doors, Form, Frame, Page, Path, Problems, Query, VisibleTo, WebError, day_in_words, full_day,
};
use serde::Deserialize;

use crate::access::{Account, LEAVE, LEVEL, Leave, Level, ORGANISATION, People, Profile, ReadLog};
use crate::actions::{self, OwnProfile};
use crate::person::{LevelEntry, Person, PersonId, PersonKind, PersonLine, Role, TeamId, TeamLine, level_on};
use crate::queries::{self, Place, Screen};
use crate::visible::visible_to;
use crate::{account, trail};

/// The routes of this file.
pub fn doors() -> Doors {
    Doors::new()
        .route("/people", get(show_directory))
        .route("/people/{id}", get(show_person))
        .route("/people/{id}/levels", post(create_level))
        .route("/people/{id}/leave", post(create_leave))
        .route("/people/{id}/roles", post(create_role))
        .route("/people/{id}/invitations", post(create_invitation))
        .route("/people/{id}/closure", post(close_account))
        .route("/people/{id}/reopening", post(reopen_account))
        .route("/roles/{id}/end", post(end_role))
        .route("/teams", get(show_teams))
        .route("/teams/{id}", get(show_team))
        .route("/chart", get(show_chart))
        .route("/me/profile", get(show_own_profile).post(change_own_profile))
        .route("/me/read-log", get(show_read_log))
}

/// An id as a way of saying it: `staff-engineer` is "Staff engineer".
#[must_use]
pub fn id_in_words(id: &str) -> String {
    let mut words = id.replace(['-', '_'], " ");
    if let Some(first) = words.get(..1).map(str::to_uppercase) {
        words.replace_range(..1, &first);
    }
    words
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DirectoryQuery {
    q: String,
    after: String,
    before: String,
    id: String,
}

#[derive(Debug, Template)]
#[template(path = "directory.html")]
struct DirectoryPage {
    frame: Frame,
    q: String,
    lines: Vec<PersonLine>,
    is_first: bool,
    older: Option<Place>,
    newer: Option<Place>,
    may_import: bool,
}

async fn show_directory(
    mut door: Door,
    Query(query): Query<DirectoryQuery>,
) -> Result<Page<DirectoryPage>, WebError> {
    let frame = door.frame("People", "people");
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<Profile>(tx, Action::Discover, viewer.person, State::Open).await?;
    let may_import = viewer.roles.has(Relation::Administrator);
    let is_search = !query.q.trim().is_empty();
    let backwards = !query.before.is_empty();
    let screen = if is_search {
        Screen { lines: queries::search(tx, &permit, &query.q, viewer.today).await?, has_more: false }
    } else if backwards {
        let place = Place { sort_key: query.before, id: query.id };
        queries::directory_before(tx, &permit, &place, viewer.today).await?
    } else {
        let place = Place { sort_key: query.after.clone(), id: query.id };
        queries::directory(tx, &permit, &place, viewer.today).await?
    };
    let is_first = if backwards { !screen.has_more } else { query.after.is_empty() };
    let older =
        (!is_search && (backwards || screen.has_more)).then(|| screen.lines.last().map(Place::of)).flatten();
    let newer = (!is_search && !is_first).then(|| screen.lines.first().map(Place::of)).flatten();
    Ok(Page(DirectoryPage { frame, q: query.q, lines: screen.lines, is_first, older, newer, may_import }))
}

#[derive(Debug, Template)]
#[template(path = "person.html")]
struct PersonPage {
    frame: Frame,
    person: Person,
    is_self: bool,
    has_left: bool,
    local_time: Option<String>,
    started: Option<String>,
    manager: Option<PersonLine>,
    reports: Screen,
    roles: Vec<RoleView>,
    away: Option<String>,
    level: Option<LevelBlock>,
    leave_seen: Option<VisibleTo>,
    may_set_level: bool,
    may_set_leave: bool,
    admin: Option<AdminBlock>,
    problems: Problems,
}

#[derive(Debug)]
struct RoleView {
    id: Id,
    title: &'static str,
    scope: String,
}

/// Levels as somebody sees them who may.
#[derive(Debug)]
struct LevelBlock {
    seen: VisibleTo,
    now: Option<String>,
    entries: Vec<LevelLine>,
}

#[derive(Debug)]
struct LevelLine {
    level: String,
    framework: String,
    track: String,
    since: String,
}

#[derive(Debug)]
struct AdminBlock {
    is_open: bool,
    has_account: bool,
    invitation: Option<String>,
}

async fn show_person(mut door: Door, Path(id): Path<PersonId>) -> Result<Page<PersonPage>, WebError> {
    person_page(&mut door, id, Problems::none(), None).await.map(Page)
}

async fn person_page(
    door: &mut Door,
    id: PersonId,
    problems: Problems,
    invitation: Option<String>,
) -> Result<PersonPage, WebError> {
    let (permit, person) = actions::open_person(&mut door.tx, &door.viewer, id).await?;
    let frame = door.frame(person.name.clone(), "people");
    let Door { viewer, tx, kit: _ } = door;
    let today = viewer.today;
    let is_self = id.id() == viewer.person;
    let manager: Option<PersonLine> = tx.first(&queries::MANAGER, &[&id, &today]).await?;
    let reports = queries::reports(tx, &permit, id, &Place::default(), today).await?;
    let roles: Vec<(Id, PersonId, Role, Option<String>, String, Date)> =
        tx.all(&queries::ROLES, &[&id, &today]).await?;

    let level = match viewer.try_permit::<Level>(tx, Action::Read, id.id(), State::Open).await? {
        None => None,
        Some(permit) => {
            let entries = queries::levels(tx, &permit, id).await?;
            let seen = visible_to(tx, viewer, &LEVEL, State::Open, id.id(), &person.name).await?;
            Some(level_block(entries, seen, today))
        }
    };
    // Whoever may not read a level may not set one either; there is nothing to ask.
    let may_set_level =
        level.is_some() && viewer.decide(tx, &LEVEL, Action::Write, id.id(), State::Open).await?.allows();
    let leave = viewer.try_permit::<Leave>(tx, Action::Read, id.id(), State::Open).await?;
    let (mut away, mut leave_seen, mut may_set_leave) = (None, None, false);
    if leave.is_some() {
        let leaves: Vec<(Date, Option<Date>, Option<String>)> =
            tx.all(&queries::LEAVE, &[&id, &today]).await?;
        away =
            leaves.first().map(|(from, until, cover)| away_in_words(*from, *until, cover.as_deref(), today));
        leave_seen = Some(visible_to(tx, viewer, &LEAVE, State::Open, id.id(), &person.name).await?);
        may_set_leave = viewer.decide(tx, &LEAVE, Action::Write, id.id(), State::Open).await?.allows();
    }
    let admin = if viewer.roles.has(Relation::Administrator)
        && viewer.try_permit::<Account>(tx, Action::Decide, id.id(), State::Open).await?.is_some()
    {
        let state: Option<(String,)> = tx.first(&account::STATE, &[&id]).await?;
        let is_open = state.as_ref().is_none_or(|(state,)| state == "active");
        Some(AdminBlock { is_open, has_account: state.is_some(), invitation })
    } else {
        None
    };
    Ok(PersonPage {
        frame,
        is_self,
        has_left: person.has_left(today),
        local_time: local_time(&person, viewer.now),
        started: person.started_on.map(full_day),
        manager,
        reports,
        roles: roles
            .into_iter()
            .map(|(id, _, role, _, scope, _)| RoleView { id, title: role.title(), scope })
            .collect(),
        away,
        level,
        leave_seen,
        may_set_level,
        may_set_leave,
        admin,
        problems,
        person,
    })
}

fn level_block(entries: Vec<LevelEntry>, seen: VisibleTo, today: Date) -> LevelBlock {
    let now = level_on(&entries, today).map(|entry| id_in_words(&entry.level));
    let entries = entries
        .into_iter()
        .map(|entry| LevelLine {
            level: id_in_words(&entry.level),
            framework: id_in_words(&entry.framework),
            track: id_in_words(&entry.track),
            since: full_day(entry.since_on),
        })
        .collect();
    LevelBlock { seen, now, entries }
}

fn away_in_words(from: Date, until: Option<Date>, cover: Option<&str>, today: Date) -> String {
    let when =
        if from > today { format!("Away from {}", day_in_words(from, today)) } else { "Away now".to_owned() };
    let back = until.map(|until| format!(", back {}", day_in_words(until, today))).unwrap_or_default();
    let cover = cover.map(|name| format!("; {name} covers")).unwrap_or_default();
    format!("{when}{back}{cover}")
}

/// What their clock shows now.
fn local_time(person: &Person, now: espalier_kernel::Moment) -> Option<String> {
    let zone = jiff::tz::TimeZone::get(&person.time_zone).ok()?;
    let time = zone.to_datetime(now.timestamp()).time();
    Some(format!("{:02}:{:02}", time.hour(), time.minute()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LevelForm {
    framework: String,
    track: String,
    level: String,
    since: String,
}

async fn create_level(
    mut door: Door,
    Path(id): Path<PersonId>,
    Form(form): Form<LevelForm>,
) -> Result<Response, WebError> {
    // Whoever may not set a level hears the same whatever they typed.
    door.viewer.permit::<Level>(&mut door.tx, Action::Write, id.id(), State::Open).await?;
    let mut problems = Problems::none();
    for (name, text, sentence) in [
        ("framework", &form.framework, "Name the framework the level belongs to."),
        ("level", &form.level, "Name the level."),
    ] {
        if text.trim().is_empty() {
            problems.add(name, sentence);
        }
    }
    let since = form.since.parse::<Date>();
    if let Err(error) = &since {
        problems.add("since", format!("{error}."));
    }
    let (Ok(since_on), true) = (since, problems.is_empty()) else {
        return Ok(Page(person_page(&mut door, id, problems, None).await?).refused());
    };
    let entry = LevelEntry {
        framework: form.framework.trim().to_owned(),
        track: form.track.trim().to_owned(),
        level: form.level.trim().to_owned(),
        since_on,
    };
    actions::set_level(&mut door.tx, &door.viewer, &door.kit.mint, id, &entry).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LeaveForm {
    from: String,
    until: String,
}

async fn create_leave(
    mut door: Door,
    Path(id): Path<PersonId>,
    Form(form): Form<LeaveForm>,
) -> Result<Response, WebError> {
    door.viewer.permit::<Leave>(&mut door.tx, Action::Write, id.id(), State::Open).await?;
    let mut problems = Problems::none();
    let from = form.from.parse::<Date>().map_err(|error| problems.add("from", format!("{error}.")));
    let until = if form.until.is_empty() {
        Ok(None)
    } else {
        form.until.parse::<Date>().map(Some).map_err(|error| problems.add("until", format!("{error}.")))
    };
    if let (Ok(from), Ok(Some(until))) = (&from, &until)
        && until <= from
    {
        problems.add("until", "The first day back must come after the first day away.");
    }
    let (Ok(from), Ok(until), true) = (from, until, problems.is_empty()) else {
        return Ok(Page(person_page(&mut door, id, problems, None).await?).refused());
    };
    actions::add_leave(&mut door.tx, &door.viewer, &door.kit.mint, id, from, until).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RoleForm {
    role: String,
    scope: String,
}

async fn create_role(
    mut door: Door,
    Path(id): Path<PersonId>,
    Form(form): Form<RoleForm>,
) -> Result<Response, WebError> {
    door.viewer.permit::<People>(&mut door.tx, Action::Write, ORGANISATION, State::Open).await?;
    let Ok(role) = form.role.parse::<Role>() else {
        let problems = Problems::one("role", "Choose a role.");
        return Ok(Page(person_page(&mut door, id, problems, None).await?).refused());
    };
    let scope = Some(form.scope.trim()).filter(|scope| !scope.is_empty());
    if role == Role::Hr
        && let Some(team) = scope
    {
        let known = match team.parse::<TeamId>() {
            Ok(team) => door.tx.first::<TeamLine>(&queries::TEAM, &[&team]).await?.is_some(),
            Err(_) => false,
        };
        if !known {
            let problems = Problems::one(
                "scope",
                "There is no such team; copy the last part of the team page’s address.",
            );
            return Ok(Page(person_page(&mut door, id, problems, None).await?).refused());
        }
    }
    actions::give_role(&mut door.tx, &door.viewer, &door.kit.mint, id, role, scope).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn end_role(
    mut door: Door,
    Path(id): Path<Id>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    let person = actions::end_role(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{person}")))
}

async fn create_invitation(
    mut door: Door,
    Path(id): Path<PersonId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Page<PersonPage>, WebError> {
    let secret = actions::invite(&mut door.tx, &door.viewer, &door.kit.mint, id).await?;
    let link = format!("{}/invitations/{}", door.kit.settings.base_url, secret.reveal());
    let page = person_page(&mut door, id, Problems::none(), Some(link)).await?;
    door.tx.commit().await?;
    Ok(Page(page))
}

async fn close_account(
    door: Door,
    Path(id): Path<PersonId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    set_state(door, id, false).await
}

async fn reopen_account(
    door: Door,
    Path(id): Path<PersonId>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Redirect, WebError> {
    set_state(door, id, true).await
}

async fn set_state(mut door: Door, id: PersonId, is_open: bool) -> Result<Redirect, WebError> {
    actions::set_account_state(&mut door.tx, &door.viewer, &door.kit.mint, id, is_open).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{id}")))
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
    viewer.permit::<Profile>(tx, Action::Discover, viewer.person, State::Open).await?;
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
    Query(query): Query<DirectoryQuery>,
) -> Result<Page<TeamPage>, WebError> {
    let permit = door
        .viewer
        .permit::<Profile>(&mut door.tx, Action::Discover, door.viewer.person, State::Open)
        .await?;
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
    let permit = viewer.permit::<Profile>(tx, Action::Discover, viewer.person, State::Open).await?;
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

#[derive(Debug, Template)]
#[template(path = "own-profile.html")]
struct OwnProfilePage {
    frame: Frame,
    own: OwnProfile,
    problems: Problems,
}

async fn show_own_profile(mut door: Door) -> Result<Page<OwnProfilePage>, WebError> {
    let frame = door.frame("My profile", "people");
    let Door { viewer, tx, .. } = &mut door;
    let person = actions::find_person(tx, viewer, PersonId::new(viewer.person)).await?;
    let own = OwnProfile {
        pronouns: person.pronouns,
        location: person.location,
        time_zone: person.time_zone,
        working_hours: person.working_hours,
        languages: person.languages,
        version: person.version,
        token: String::new(),
    };
    Ok(Page(OwnProfilePage { frame, own, problems: Problems::none() }))
}

async fn change_own_profile(mut door: Door, Form(own): Form<OwnProfile>) -> Result<Response, WebError> {
    let problems = own.problems();
    if !problems.is_empty() {
        let frame = door.frame("My profile", "people");
        return Ok(Page(OwnProfilePage { frame, own, problems }).refused());
    }
    actions::change_own_profile(&mut door.tx, &door.viewer, &own).await?;
    door.tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{}", door.viewer.person)).into_response())
}

#[derive(Debug, Template)]
#[template(path = "read-log.html")]
struct ReadLogPage {
    frame: Frame,
    lines: Vec<ReadView>,
}

#[derive(Debug)]
struct ReadView {
    reader: String,
    what: String,
    why: String,
    day: String,
    time: String,
    exact: String,
}

async fn show_read_log(mut door: Door) -> Result<Page<ReadLogPage>, WebError> {
    let frame = door.frame("Who read what is mine", "");
    let Door { viewer, tx, .. } = &mut door;
    let permit = viewer.permit::<ReadLog>(tx, Action::Read, viewer.person, State::Open).await?;
    let lines = trail::reads_of(tx, &permit, viewer.person, viewer.now.plus_seconds(1)).await?;
    let lines = lines
        .into_iter()
        .map(|line| {
            let local = viewer.zone.to_datetime(line.at.timestamp());
            ReadView {
                what: viewer.policy().title_of(&line.kind).unwrap_or("a record").to_owned(),
                why: viewer.policy().because_of(&line.rule).unwrap_or_default().to_owned(),
                reader: line.reader,
                day: day_in_words(line.at.date_in(&viewer.zone), viewer.today),
                time: format!("{:02}:{:02}", local.hour(), local.minute()),
                exact: line.at.to_string(),
            }
        })
        .collect();
    Ok(Page(ReadLogPage { frame, lines }))
}
