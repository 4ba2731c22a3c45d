//! The plan, goals and feedback on the line of time, as their owner may see them.

use espalier_access::{Action, State};
use espalier_kernel::Moment;
use espalier_store::Tx;
use espalier_web::{Viewer, WebError};

use super::queries::{self, Planned, Spoken, Wanted};
use super::{Entry, Place};
use crate::feedback::access::{Feedback, WrittenFeedback};
use crate::goal::access::Goal;
use crate::plan::access::{AgreedStep, OwnStep};

/// Steps that began and ended, goals that were written and ended, feedback that was given or read.
pub(super) async fn grown(tx: &mut Tx, viewer: &Viewer) -> Result<Vec<Entry>, WebError> {
    let person = viewer.person;
    let own = viewer.permit::<OwnStep>(tx, Action::Discover, person, State::Ended).await?;
    let agreed = viewer.permit::<AgreedStep>(tx, Action::Discover, person, State::Ended).await?;
    let steps = queries::planned(tx, (&own, &agreed), person).await?;
    let permit = viewer.permit::<Goal>(tx, Action::Read, person, State::Ended).await?;
    let goals = queries::wanted(tx, &permit, person).await?;
    let permit = viewer.permit::<Feedback>(tx, Action::Discover, person, State::Open).await?;
    let read = queries::read(tx, &permit, person).await?;
    let permit = viewer.permit::<WrittenFeedback>(tx, Action::Discover, person, State::Open).await?;
    let given = queries::given(tx, &permit, person).await?;
    let mut entries: Vec<Entry> = steps.iter().flat_map(|one| of_step(one, viewer)).collect();
    entries.extend(goals.iter().flat_map(|one| of_goal(one, viewer)));
    entries
        .extend(read.iter().map(|one| of_feedback(one, format!("Read feedback from {}", one.other), viewer)));
    entries
        .extend(given.iter().map(|one| of_feedback(one, format!("Gave feedback to {}", one.other), viewer)));
    Ok(entries)
}

/// An entry for each moment there was.
fn moments<const N: usize>(
    moments: [(Option<Moment>, String); N],
    (version, path): (&str, &str),
    viewer: &Viewer,
) -> impl Iterator<Item = Entry> {
    moments.map(|(at, what)| Some((at?.date_in(&viewer.zone), what))).into_iter().flatten().map(
        move |(on, what)| Entry {
            on,
            what,
            version: version.to_owned(),
            path: path.to_owned(),
            place: Place::Landmark,
        },
    )
}

fn of_step(one: &Planned, viewer: &Viewer) -> Vec<Entry> {
    let outcome = one.outcome.map_or(String::new(), |outcome| format!(": {}", outcome.title()));
    let version = format!("version {}", one.version);
    let began = (one.begun_at, "Began a step of my plan".to_owned());
    let ended = (one.ended_at, format!("Ended a step of my plan{outcome}"));
    moments([began, ended], (&version, &format!("/plan/{}", one.id)), viewer).collect()
}

fn of_goal(one: &Wanted, viewer: &Viewer) -> Vec<Entry> {
    let outcome = one.outcome.map_or("ended", |outcome| outcome.title());
    let written = (Some(one.made_at), format!("Wrote a goal: {}", one.title));
    let ended = (one.ended_at, format!("Goal {outcome}: {}", one.title));
    moments([written, ended], ("", &format!("/goals/{}", one.id)), viewer).collect()
}

fn of_feedback(one: &Spoken, what: String, viewer: &Viewer) -> Entry {
    Entry {
        on: one.at.date_in(&viewer.zone),
        what,
        version: String::new(),
        path: format!("/feedback/{}", one.id),
        place: Place::Day,
    }
}
