//! What people do here: find for an action, decide, save, tell the trail.

use espalier_access::{Action, Permit, State};
use espalier_kernel::{Date, Id, Mint, Secret};
use espalier_store::Tx;
use espalier_web::{Problems, Viewer, WebError};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::access::{Account, LEVEL, Leave, Level, ORGANISATION, PEOPLE, People, Profile};
use crate::import::{self, Applied, Plan};
use crate::person::{LevelEntry, Person, PersonId, Role, level_on};
use crate::reach::{self, INVITED};
use crate::{account, queries, trail};

/// A person, for somebody who may read their profile. Leavers are there for HR, administrators and themselves.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such person for this viewer.
pub async fn find_person(tx: &mut Tx, viewer: &Viewer, id: PersonId) -> Result<Person, WebError> {
    Ok(open_person(tx, viewer, id).await?.1)
}

/// The same, with the permit that was given, for pages that show more of the profile.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such person for this viewer.
pub async fn open_person(
    tx: &mut Tx,
    viewer: &Viewer,
    id: PersonId,
) -> Result<(Permit<Profile>, Person), WebError> {
    let state = match tx.first::<(Option<Date>,)>(&LEFT_ON, &[&id]).await? {
        None => return Err(WebError::NotFound),
        Some((Some(left),)) if left <= viewer.today => State::Ended,
        Some(_) => State::Open,
    };
    let permit = viewer.permit::<Profile>(tx, Action::Read, id.id(), state).await?;
    let person = queries::person(tx, &permit, id).await?.ok_or(WebError::NotFound)?;
    Ok((permit, person))
}

const LEFT_ON: espalier_store::Statement =
    espalier_store::Statement { name: "LEFT_ON", sql: "select left_on from person where id = $1" };

/// The part of a profile that is one's own to change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OwnProfile {
    /// How to speak of them.
    pub pronouns: String,
    /// Where they are.
    pub location: String,
    /// IANA name.
    pub time_zone: String,
    /// `09:00-17:00`.
    pub working_hours: String,
    /// With commas between.
    pub languages: String,
    /// The version that was read.
    pub version: i64,
    /// The secret of the form.
    #[serde(rename = "form_token")]
    pub token: String,
}

impl OwnProfile {
    /// What is wrong with it.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut problems = Problems::none();
        if TimeZone::get(&self.time_zone).is_err() {
            problems.add("time_zone", "This is not a time zone; use a name such as Europe/Stockholm.");
        }
        if !self.working_hours.is_empty() && !import::is_hours(&self.working_hours) {
            problems.add("working_hours", "Write working hours as 09:00-17:00.");
        }
        for (name, text) in
            [("pronouns", &self.pronouns), ("location", &self.location), ("languages", &self.languages)]
        {
            if text.chars().count() > 200 {
                problems.add(name, "Use at most 200 characters.");
            }
        }
        problems
    }
}

/// Somebody changes what is theirs to change about themselves.
///
/// # Errors
///
/// A conflict when the profile was changed since it was read.
pub async fn change_own_profile(tx: &mut Tx, viewer: &Viewer, own: &OwnProfile) -> Result<(), WebError> {
    viewer.permit::<Profile>(tx, Action::Write, viewer.person, State::Open).await?;
    let changed = tx
        .run(
            &queries::UPDATE_OWN,
            &[
                &viewer.person,
                &own.pronouns.trim(),
                &own.location.trim(),
                &own.time_zone,
                &own.working_hours,
                &own.languages.trim(),
                &own.version,
            ],
        )
        .await?;
    if changed == 0 {
        return Err(WebError::Conflict(
            "Your profile was changed in another window since you opened this one. Please load it again; what you \
             typed is not saved."
                .to_owned(),
        ));
    }
    espalier_notify::moved(tx, viewer.now, viewer.person, &own.time_zone).await?;
    Ok(())
}

/// One's own level now, where somebody wrote one down.
///
/// # Errors
///
/// When the database fails.
pub async fn own_level(tx: &mut Tx, viewer: &Viewer) -> Result<Option<LevelEntry>, WebError> {
    let permit = viewer.permit::<Level>(tx, Action::Read, viewer.person, State::Open).await?;
    let history = queries::levels(tx, &permit, PersonId::new(viewer.person)).await?;
    Ok(level_on(&history, viewer.today).cloned())
}

/// A level given to somebody by an HR partner in whose scope they are.
///
/// # Errors
///
/// [`WebError::NotFound`] when the viewer is not such a partner.
pub async fn set_level(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    person: PersonId,
    entry: &LevelEntry,
) -> Result<(), WebError> {
    viewer.permit::<Level>(tx, Action::Write, person.id(), State::Open).await?;
    tx.run(
        &queries::ADD_LEVEL,
        &[
            &mint.id(viewer.now),
            &person,
            &entry.framework,
            &entry.track,
            &entry.level,
            &entry.since_on,
            &viewer.person,
            &viewer.now,
        ],
    )
    .await?;
    trail::note(tx, mint, viewer, "set-level", &LEVEL, person.id()).await?;
    Ok(())
}

/// Leave as it is written down.
#[derive(Debug, Clone, Copy)]
pub struct NewLeave {
    /// The first day away.
    pub from: Date,
    /// The first day back, when it is known.
    pub until: Option<Date>,
    /// Who covers.
    pub cover: Option<PersonId>,
}

/// Somebody is away from a day on; their own leave, or one an HR partner writes down.
///
/// # Errors
///
/// A refusal when the days are in the wrong order, or somebody would cover for themselves.
pub async fn add_leave(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    person: PersonId,
    leave: NewLeave,
) -> Result<(), WebError> {
    viewer.permit::<Leave>(tx, Action::Write, person.id(), State::Open).await?;
    if leave.until.is_some_and(|until| until <= leave.from) {
        return Err(WebError::Refused("The first day back must come after the first day away.".to_owned()));
    }
    if leave.cover == Some(person) {
        return Err(WebError::Refused("Nobody covers for themselves; choose somebody else.".to_owned()));
    }
    let NewLeave { from, until, cover } = leave;
    tx.run(&queries::ADD_LEAVE, &[&mint.id(viewer.now), &person, &from, &until, &cover]).await?;
    Ok(())
}

/// An administrator gives somebody a role. Nobody gives one to themselves.
///
/// # Errors
///
/// A refusal for oneself; [`WebError::NotFound`] for those who are no administrators.
pub async fn give_role(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    person: PersonId,
    role: Role,
    scope: Option<&str>,
) -> Result<(), WebError> {
    viewer.permit::<People>(tx, Action::Write, ORGANISATION, State::Open).await?;
    if person.id() == viewer.person {
        return Err(WebError::Refused(
            "Nobody can give a role to themselves; ask another administrator.".to_owned(),
        ));
    }
    let scope = scope.map(str::to_owned);
    tx.run(
        &queries::ADD_ROLE,
        &[&mint.id(viewer.now), &person, &role, &scope, &viewer.today, &viewer.person],
    )
    .await?;
    trail::note(tx, mint, viewer, "give-role", &PEOPLE, person.id()).await?;
    Ok(())
}

/// An administrator ends a role.
///
/// # Errors
///
/// [`WebError::NotFound`] when there is no such role or the viewer is no administrator.
pub async fn end_role(tx: &mut Tx, viewer: &Viewer, mint: &Mint, grant: Id) -> Result<PersonId, WebError> {
    viewer.permit::<People>(tx, Action::Write, ORGANISATION, State::Open).await?;
    let (person,): (PersonId,) =
        tx.first(&queries::ROLE_PERSON, &[&grant]).await?.ok_or(WebError::NotFound)?;
    if tx.run(&queries::END_ROLE, &[&grant, &viewer.today]).await? == 0 {
        return Err(WebError::NotFound);
    }
    trail::note(tx, mint, viewer, "end-role", &PEOPLE, person.id()).await?;
    Ok(person)
}

/// How an invitation reaches whoever is invited.
#[derive(Debug)]
pub enum Invitation {
    /// By mail, with a link that is made when the mail is written.
    Mailed,
    /// By a link that the administrator passes on.
    Link(Secret),
}

/// An administrator invites somebody: by mail where that is set up, else with a secret that opens the page where they
/// choose a password. Somebody who has one already is told.
///
/// # Errors
///
/// [`WebError::NotFound`] for those who are no administrators.
pub async fn invite(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    person: PersonId,
) -> Result<Invitation, WebError> {
    viewer.permit::<Account>(tx, Action::Decide, person.id(), State::Open).await?;
    trail::note(tx, mint, viewer, "invite", &crate::access::ACCOUNT, person.id()).await?;
    let kept: Option<(Option<String>,)> = tx.first(&account::PASSWORD, &[&person]).await?;
    if kept.is_some_and(|(kept,)| kept.is_some()) {
        // An account that is in use: its owner hears of it, and reads who it was.
        let (now, id) = (viewer.now, person.id());
        trail::note_way_in(tx, mint, now, (id, viewer.person), trail::WAY_IN_MADE).await?;
        let path = reach::way_in_path(mint.id(now));
        espalier_notify::tell(tx, mint, now, id, &reach::WAY_IN_MADE, &path).await?;
    }
    if espalier_notify::send(tx, mint, viewer.now, person.id(), &INVITED).await? {
        tx.run(&account::END_INVITATIONS, &[&person, &viewer.now]).await?;
        return Ok(Invitation::Mailed);
    }
    Ok(Invitation::Link(account::invite(tx, mint, person, viewer.now).await?))
}

/// An administrator closes an account, or opens it again. Every sign-in and token of a closed one opens nothing
/// from the next request on.
///
/// # Errors
///
/// A refusal for one's own account.
pub async fn set_account_state(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    person: PersonId,
    is_open: bool,
) -> Result<(), WebError> {
    viewer.permit::<Account>(tx, Action::Decide, person.id(), State::Open).await?;
    if person.id() == viewer.person {
        return Err(WebError::Refused("Nobody can close their own account.".to_owned()));
    }
    let state = if is_open { "active" } else { "suspended" };
    tx.run(&account::SET_STATE, &[&person, &state, &viewer.now]).await?;
    trail::note(tx, mint, viewer, state, &crate::access::ACCOUNT, person.id()).await?;
    Ok(())
}

/// An administrator imports people.
///
/// # Errors
///
/// [`WebError::NotFound`] for those who are no administrators.
pub async fn import_people(
    tx: &mut Tx,
    viewer: &Viewer,
    mint: &Mint,
    plan: &Plan,
) -> Result<Applied, WebError> {
    viewer.permit::<People>(tx, Action::Write, ORGANISATION, State::Open).await?;
    let applied = import::apply(tx, plan, mint, viewer.now, Some(viewer.person)).await?;
    trail::note(tx, mint, viewer, "import", &PEOPLE, ORGANISATION).await?;
    Ok(applied)
}
