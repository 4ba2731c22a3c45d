//! Two self-assessments of an invented person: one finished half a year ago, one half written.

use espalier_framework::Framework;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Mint, Moment};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx};

use crate::actions::asked;
use crate::assessment::{Answer, AssessmentId};
use crate::evidence::claims;
use crate::queries;

/// Half a year.
const HALF_A_YEAR: i64 = 182 * 86_400;

/// Writes both.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    framework: &Framework,
    version: VersionId,
    person: PersonId,
) -> Result<(), Fault> {
    let Some(level) = framework.levels.iter().find(|level| level.id.as_str() == "coach") else {
        return Ok(());
    };
    for (begun, is_finished) in
        [(now.plus_seconds(-HALF_A_YEAR), true), (now.plus_seconds(-2 * 86_400), false)]
    {
        let id = AssessmentId::new(mint.id(begun));
        let track = level.track.as_ref().map(ToString::to_string).unwrap_or_default();
        tx.run(
            &queries::ADD,
            &[
                &id,
                &person,
                &version,
                &framework.id.as_str(),
                &framework.name,
                &track,
                &level.id.as_str(),
                &espalier_governance::matrix::title(level),
                &true,
                &begun,
            ],
        )
        .await?;
        for (place, statement) in asked(framework, level.id.as_str()).into_iter().enumerate() {
            let is_earlier =
                !framework.everything_at(level.id.as_str()).iter().any(|one| one.id == statement.id);
            let Some(state) = invented_answer(place, is_finished, is_earlier) else { continue };
            let note = match place {
                0 => "The planning day in spring: I wrote down what we knew and what we only assumed.",
                3 => "Still hard for me when two leads disagree in the room.",
                _ => "",
            };
            tx.run(&queries::SET_ANSWER, &[&id, &statement.id.as_str(), &state, &note, &1_i64, &begun])
                .await?;
        }
        let places = if is_finished {
            ["baseline", "baseline", "strong", "baseline"]
        } else {
            ["baseline", "strong", "strong", ""]
        };
        for (competency, point) in ["agile-lean", "coaching", "facilitation", "teaching"].iter().zip(places) {
            if !point.is_empty() {
                tx.run(&queries::SET_POINT, &[&id, competency, &point, &point, &begun]).await?;
            }
        }
        tx.run(&queries::CHOOSE, &[&id, &"convener"]).await?;
        if is_finished {
            let kept = (id, framework.id.as_str());
            claims::keep_behind(tx, person.id(), kept, begun.date()).await?;
            tx.run(&queries::FINISH, &[&id, &begun.plus_seconds(3_600)]).await?;
        }
    }
    Ok(())
}

/// What the level before asks is met; of its own level most is, some is in the making. In the unfinished one a third is
/// still open.
fn invented_answer(place: usize, is_finished: bool, is_earlier: bool) -> Option<Answer> {
    match (is_finished, is_earlier, place % 12) {
        (false, _, open) if open % 3 == 2 => None,
        (_, true, _) => Some(Answer::Meeting),
        (true, false, 3 | 11) => Some(Answer::Developing),
        (true, false, 7) => Some(Answer::NotYet),
        (false, false, 3) => Some(Answer::Developing),
        (_, false, 9) => Some(Answer::Exceeding),
        (_, false, _) => Some(Answer::Meeting),
    }
}
