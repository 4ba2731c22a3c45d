//! The pages about people: the directory, a person, one's own profile, the read log.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use espalier_access::{Action, Relation, State};
use espalier_kernel::{Date, Id};
use espalier_web::{
    Door, Doors, Form, Frame, Page, Path, Problems, Query, Rung, RungTitle, VisibleTo, WebError,
    day_in_words, full_day,
};
use serde::Deserialize;

use crate::access::{Account, LEAVE, LEVEL, Leave, Level, ORGANISATION, People, Profile, ReadLog};
use crate::actions::{self, Invitation, NewLeave, OwnProfile};
use crate::person::{LevelEntry, Person, PersonId, PersonKind, PersonLine, Role, TeamId, TeamLine, level_on};
use crate::queries::{self, Place, Screen};
use crate::visible::visible_to;
use crate::{account, shares, trail};

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
    // The list as a whole, not oneself: a guest may find themselves and nobody else.
    let permit = viewer.permit::<Profile>(tx, Action::Discover, ORGANISATION, State::Open).await?;
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
    typed_level: LevelForm,
    typed_leave: LeaveForm,
}

/// What came with a form of the page that shows it again.
#[derive(Debug, Default)]
struct Typed {
    problems: Problems,
    invitation: Option<Option<String>>,
    level: LevelForm,
    leave: LeaveForm,
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
    invitation: Option<Option<String>>,
}

async fn show_person(mut door: Door, Path(id): Path<PersonId>) -> Result<Page<PersonPage>, WebError> {
    person_page(&mut door, id, Typed::default()).await.map(Page)
}

async fn person_page(door: &mut Door, id: PersonId, typed: Typed) -> Result<PersonPage, WebError> {
    let Typed { problems, invitation, level: typed_level, leave: typed_leave } = typed;
    let (permit, person) = actions::open_person(&mut door.tx, &door.viewer, id).await?;
    let frame = door.frame(person.name.clone(), "people");
    let Door { viewer, tx, kit } = door;
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
            let rungs: Vec<Rung<'_>> = entries.iter().map(rung).collect();
            let titles = kit.titles.titles(viewer, tx, &rungs).await?;
            Some(level_block(&entries, titles, seen, today))
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
        typed_level,
        typed_leave,
        person,
    })
}

fn rung(entry: &LevelEntry) -> Rung<'_> {
    Rung { framework: &entry.framework, track: &entry.track, level: &entry.level }
}

/// Levels under the titles their frameworks give them; an id that no framework knows is shown in words.
fn level_block(entries: &[LevelEntry], titles: Vec<RungTitle>, seen: VisibleTo, today: Date) -> LevelBlock {
    let current = level_on(entries, today);
    let mut now = None;
    let mut lines = Vec::with_capacity(entries.len());
    for (entry, title) in entries.iter().zip(titles) {
        let line = LevelLine {
            level: title.level.unwrap_or_else(|| id_in_words(&entry.level)),
            framework: title.framework.unwrap_or_else(|| id_in_words(&entry.framework)),
            track: title.track.unwrap_or_else(|| id_in_words(&entry.track)),
            since: full_day(entry.since_on),
        };
        if current.is_some_and(|current| std::ptr::eq(current, entry)) {
            now = Some(line.level.clone());
        }
        lines.push(line);
    }
    LevelBlock { seen, now, entries: lines }
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

#[derive(Debug, Default, Deserialize)]
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
        let typed = Typed { problems, level: form, ..Typed::default() };
        return Ok(Page(person_page(&mut door, id, typed).await?).refused());
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LeaveForm {
    from: String,
    until: String,
    cover: String,
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
    let cover = match form.cover.trim() {
        "" => None,
        words => match shares::pick(&mut door.tx, &door.viewer, words).await? {
            Ok(found) if found == id => {
                problems.add("cover", "Nobody covers for themselves; choose somebody else.");
                None
            }
            Ok(found) => Some(found),
            Err(sentence) => {
                problems.add("cover", sentence);
                None
            }
        },
    };
    let (Ok(from), Ok(until), true) = (from, until, problems.is_empty()) else {
        let typed = Typed { problems, leave: form, ..Typed::default() };
        return Ok(Page(person_page(&mut door, id, typed).await?).refused());
    };
    let leave = NewLeave { from, until, cover };
    actions::add_leave(&mut door.tx, &door.viewer, &door.kit.mint, id, leave).await?;
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
        let typed = Typed { problems, ..Typed::default() };
        return Ok(Page(person_page(&mut door, id, typed).await?).refused());
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
            let typed = Typed { problems, ..Typed::default() };
            return Ok(Page(person_page(&mut door, id, typed).await?).refused());
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
    let sent = match actions::invite(&mut door.tx, &door.viewer, &door.kit.mint, id).await? {
        Invitation::Mailed => None,
        Invitation::Link(secret) => {
            Some(format!("{}/invitations/{}", door.kit.settings.base_url, secret.reveal()))
        }
    };
    let page = person_page(&mut door, id, Typed { invitation: Some(sent), ..Typed::default() }).await?;
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
            let title = viewer.policy().title_of(&line.kind).unwrap_or("a record");
            let (what, why) = match line.rule.as_str() {
                trail::BY_LINK => (format!("read your {title}"), "by a link that you passed on"),
                trail::WAY_IN_MADE => ("made a new way into your account".to_owned(), "as an administrator"),
                trail::WAY_IN_USED => ("chose a new password for your account".to_owned(), "by a new way in"),
                rule => (format!("read your {title}"), viewer.policy().because_of(rule).unwrap_or_default()),
            };
            let reader = match line.rule.as_str() {
                trail::WAY_IN_USED => "Somebody".to_owned(),
                _ if line.reader.is_empty() => "Somebody with your link".to_owned(),
                _ => line.reader,
            };
            ReadView {
                what,
                why: why.to_owned(),
                reader,
                day: day_in_words(line.at.date_in(&viewer.zone), viewer.today),
                time: format!("{:02}:{:02}", local.hour(), local.minute()),
                exact: line.at.to_string(),
            }
        })
        .collect();
    Ok(Page(ReadLogPage { frame, lines }))
}
