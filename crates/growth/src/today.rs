//! What waits for somebody: one next step first, whatever else there is after it. Each comes from what the person may
//! read anyway.

use espalier_store::Tx;
use espalier_web::{Viewer, WebError, day_in_words};

use crate::actions;
use crate::feedback;
use crate::plan::{self, actions::Due};
use crate::talk::queries::TalkLine;
use crate::talk::{self, Side, TalkState, is_overdue};

/// Something that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub title: String,
    /// A sentence about it.
    pub words: String,
    /// What the button says.
    pub button: &'static str,
    /// Where it is done.
    pub path: String,
}

/// How urgent a step is: the first in this order is the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Somebody waits for this signature or this preparation.
    Waited,
    /// It has a day.
    Due,
    /// Somebody asked.
    Asked,
    /// One's own.
    Own,
}

/// Everything that waits for the viewer, the next step first, and whether they ever finished a self-assessment.
///
/// # Errors
///
/// When the database fails.
pub async fn steps(tx: &mut Tx, viewer: &Viewer) -> Result<(Vec<Step>, bool), WebError> {
    let mut steps: Vec<(Weight, String, Step)> = Vec::new();
    let (own, held) = talk::actions::lists(tx, viewer).await?;
    let live = own.into_iter().chain(held).filter(|line| !line.state.is_over());
    for line in live {
        let Some(side) = line.side_of(viewer.person) else { continue };
        if let Some((weight, step)) = of_talk(&line, side, viewer) {
            steps.push((weight, line.due_on.to_string(), step));
        }
    }
    for row in talk::inputs::waiting(tx, viewer).await? {
        let step = Step {
            title: format!("{} asks how you see their work", row.person_name),
            words: "A few words are enough. They read them with your name when their talk opens.".to_owned(),
            button: "Answer",
            path: format!("/talks/inputs/{}", row.id),
        };
        steps.push((Weight::Asked, String::new(), step));
    }
    for line in feedback::actions::waiting(tx, viewer).await? {
        let step = Step {
            title: format!("{} asks for your feedback", line.receiver),
            words: "A few words are enough, and you are free to say no.".to_owned(),
            button: "Answer",
            path: format!("/feedback/{}", line.id),
        };
        steps.push((Weight::Asked, String::new(), step));
    }
    let own_steps = plan::actions::due(tx, viewer).await?;
    steps.extend(own_steps.into_iter().map(|due| of_plan(&due, viewer)));
    let assessments = actions::own(tx, viewer).await?;
    let has_finished = assessments.iter().any(|one| one.finished_at.is_some());
    if let Some(open) = assessments.into_iter().find(|one| one.finished_at.is_none()) {
        let day = day_in_words(open.changed_at.date_in(&viewer.zone), viewer.today);
        let step = Step {
            title: "Go on with your self-assessment".to_owned(),
            words: format!(
                "You looked at {} and last wrote {day}. Nobody but you can see it.",
                open.level_name
            ),
            button: "Go on",
            path: format!("/me/assessments/{}", open.id),
        };
        steps.push((Weight::Own, String::new(), step));
    }
    steps.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    Ok((steps.into_iter().map(|(_, _, step)| step).collect(), has_finished))
}

/// What a step of the plan asks for.
fn of_plan(due: &Due, viewer: &Viewer) -> (Weight, String, Step) {
    let path = format!("/plan/{}", due.step());
    match due {
        Due::FirstStep { on, .. } => {
            let day = day_in_words(*on, viewer.today);
            let step = Step {
                title: "Take the first step of your plan".to_owned(),
                words: format!("You chose {day} for it. It is small enough for today."),
                button: "Open the step",
                path,
            };
            (Weight::Due, on.to_string(), step)
        }
        Due::Checkpoint { on, .. } => {
            let day = day_in_words(*on, viewer.today);
            let step = Step {
                title: "Look at where a step of your plan stands".to_owned(),
                words: format!("You chose {day} for it. A few minutes are enough."),
                button: "Look at it",
                path,
            };
            (Weight::Due, on.to_string(), step)
        }
        Due::Unfinished { .. } => {
            let step = Step {
                title: "Finish writing a step of your plan".to_owned(),
                words: "It begins when all of it is written, the ladder first.".to_owned(),
                button: "Go on",
                path,
            };
            (Weight::Own, String::new(), step)
        }
    }
}

/// What a talk asks of one side; nothing while only the other has something to do.
fn of_talk(line: &TalkLine, side: Side, viewer: &Viewer) -> Option<(Weight, Step)> {
    let has_done = |side| match line.state {
        TalkState::Planned => line.is_done(side),
        _ => line.has_signed(side),
    };
    let is_other_done = has_done(side.other());
    if has_done(side) {
        return None;
    }
    let other = match side {
        Side::Person => line.holder_name.clone().unwrap_or_else(|| "the other".to_owned()),
        Side::Holder => line.person_name.clone(),
    };
    let day = day_in_words(line.due_on, viewer.today);
    let due = if is_overdue(line.state, line.due_on, viewer.today) {
        format!("It was due {day}; that is seen by the two of you and nobody else.")
    } else {
        format!("It is due {day}.")
    };
    let weight = if is_other_done { Weight::Waited } else { Weight::Due };
    let path = format!("/talks/{}", line.id);
    let step = match (line.state, is_other_done) {
        (TalkState::Planned, _) if line.holder.is_none() || line.version.is_none() => Step {
            title: "Get your development talk ready".to_owned(),
            words: format!("Say with whom you hold it and which level you look at. {due}"),
            button: "Open it",
            path,
        },
        (TalkState::Planned, true) => Step {
            title: format!("{other} has prepared your talk"),
            words: format!("When you have too, both of you read both. {due}"),
            button: "Prepare",
            path: format!("{path}/preparation"),
        },
        (TalkState::Planned, false) => Step {
            title: format!("Prepare your talk with {other}"),
            words: format!("Each of you looks at the same points alone. {due}"),
            button: "Prepare",
            path: format!("{path}/preparation"),
        },
        (TalkState::Open, true) => Step {
            title: format!("{other} has signed your talk"),
            words: "Read it once more and sign, or say what is missing.".to_owned(),
            button: "Read and sign",
            path,
        },
        (TalkState::Open, false) => Step {
            title: format!("Talk with {other}"),
            words: format!("Both are prepared. Begin where you see it differently. {due}"),
            button: "Go through it",
            path,
        },
        (TalkState::Signed | TalkState::CalledOff, _) => return None,
    };
    Some((weight, step))
}
