//! The plan of an invented person: a step agreed in a talk, with ratings of both, one of their own that is being
//! written, and one that was reached.

use espalier_framework::Framework;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Id, Mint, Moment};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx};

use super::{CheckpointId, DeedId, DeedKind, Outcome, StepId, queries};
use crate::actions::asked;
use crate::talk::TalkId;

const DAY: i64 = 86_400;

/// What is written in a step: why, the ladder, the evidence, the first step, when to stop.
const AGREED: [&str; 9] = [
    "Two leads asked me in autumn, and both times I stepped back. In spring the planning days come again.",
    "I hear of disagreements between leads after they are settled.",
    "I am in the room and keep the minutes.",
    "I name one disagreement a month in the room, and it is settled there.",
    "Leads name theirs themselves while I am there.",
    "Leads name theirs themselves, also when I am not there.",
    "What the leads write into the decision log, and what one of them says about it in a confirmed piece of evidence.",
    "Ask both leads which disagreement they would like help with.",
    "If both leads would rather settle it alone twice in a row.",
];
const REACHED: [&str; 9] = [
    "New teams begin without knowing what they may decide.",
    "No new team knows the guide.",
    "I explain it in person each time.",
    "Two new teams use the guide without asking me.",
    "All new teams use it.",
    "A team has written its own, better one.",
    "Their boards in the first month.",
    "Show the draft to one new team.",
    "If the first team finds it of no use.",
];

/// Writes them.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    (framework, version): (&Framework, VersionId),
    (person, lead, colleague): (PersonId, PersonId, PersonId),
) -> Result<(), Fault> {
    let talk: Option<(TalkId,)> = tx.first(&queries::SIGNED_TALK, &[&person]).await?;
    let with_words = |words: &str| asked(framework, "coach").into_iter().find(|one| one.text.contains(words));
    let (Some(one), Some(other), Some(third)) = (
        with_words("Brings two teams"),
        with_words("who has not spoken"),
        with_words("Helps a team to plan"),
    ) else {
        return Ok(());
    };
    let mut plan = Plan { tx, mint, framework: framework.id.as_str(), version, person: person.id() };

    let begun = now.plus_seconds(-60 * DAY);
    let agreed = plan.add(begun, talk.map(|(talk,)| talk), one.id.as_str()).await?;
    plan.write(agreed, begun, AGREED, one.id.as_str()).await?;
    plan.deed(agreed, begun, DeedKind::Experience, "Hold the planning day with both leads in March.").await?;
    plan.deed(agreed, begun, DeedKind::Exposure, "Sit in on two of Cy’s talks with the leads.").await?;
    plan.deed(agreed, begun, DeedKind::Education, "Read the chapter on conflict, and try one thing from it.")
        .await?;
    let seen = "One disagreement named, and settled in the room. The second I left alone.";
    plan.checkpoint(agreed, begun.plus_seconds(30 * DAY), Some(seen)).await?;
    plan.checkpoint(agreed, now.plus_seconds(-DAY), None).await?;
    plan.checkpoint(agreed, now.plus_seconds(30 * DAY), None).await?;
    plan.tx.run(&queries::SUPPORT, &[&agreed, &Some(colleague), &begun]).await?;
    plan.tx.run(&queries::BEGIN, &[&agreed, &begun]).await?;
    plan.tx.run(&queries::FIRST_STEP, &[&agreed, &begun.plus_seconds(3 * DAY)]).await?;
    plan.rate(agreed, person.id(), begun, -1, "This is where I stand when I begin.").await?;
    plan.rate(agreed, lead.id(), begun.plus_seconds(30 * DAY), -1, "I see you trying. Not yet every month.")
        .await?;
    plan.rate(agreed, person.id(), now.plus_seconds(-5 * DAY), 0, "Named, and settled there, twice.").await?;

    let draft = plan.add(now.plus_seconds(-2 * DAY), None, other.id.as_str()).await?;
    plan.deed(
        draft,
        now,
        DeedKind::Experience,
        "Ask one quiet person before each meeting what they would say.",
    )
    .await?;

    let long_ago = now.plus_seconds(-300 * DAY);
    let reached = plan.add(long_ago, None, third.id.as_str()).await?;
    plan.write(reached, long_ago, REACHED, third.id.as_str()).await?;
    plan.deed(reached, long_ago, DeedKind::Experience, "Write the guide with a team that begins.").await?;
    plan.tx.run(&queries::BEGIN, &[&reached, &long_ago]).await?;
    plan.rate(reached, person.id(), long_ago, -1, "").await?;
    plan.rate(reached, person.id(), long_ago.plus_seconds(120 * DAY), 1, "Three teams by now.").await?;
    let ended = long_ago.plus_seconds(121 * DAY);
    let words = "Three teams use it without asking me. The next guide somebody else may write.";
    plan.tx.run(&queries::END, &[&reached, &Outcome::Reached, &words, &ended]).await?;
    Ok(())
}

struct Plan<'a> {
    tx: &'a mut Tx,
    mint: &'a Mint,
    framework: &'a str,
    version: VersionId,
    person: Id,
}

impl Plan<'_> {
    async fn add(&mut self, at: Moment, talk: Option<TalkId>, to: &str) -> Result<StepId, Fault> {
        let id = StepId::new(self.mint.id(at));
        self.tx
            .run(&queries::ADD, &[&id, &self.person, &talk, &self.framework, &self.version, &to, &to, &at])
            .await?;
        Ok(id)
    }

    async fn write(&mut self, id: StepId, at: Moment, words: [&str; 9], from: &str) -> Result<(), Fault> {
        let [why, much_less, less, expected, more, much_more, evidence, first, stop] = words;
        let first_on = at.date().plus_days(3);
        self.tx
            .run(
                &queries::CHANGE,
                &[
                    &id,
                    &from,
                    &why,
                    &much_less,
                    &less,
                    &expected,
                    &more,
                    &much_more,
                    &evidence,
                    &first,
                    &Some(first_on),
                    &stop,
                    &2_i64,
                    &at,
                ],
            )
            .await?;
        Ok(())
    }

    async fn deed(&mut self, step: StepId, at: Moment, kind: DeedKind, words: &str) -> Result<(), Fault> {
        let id = DeedId::new(self.mint.id(at));
        self.tx.run(&queries::ADD_DEED, &[&id, &step, &kind, &words, &at]).await?;
        Ok(())
    }

    async fn checkpoint(&mut self, step: StepId, at: Moment, seen: Option<&str>) -> Result<(), Fault> {
        let id = CheckpointId::new(self.mint.id(at));
        self.tx.run(&queries::ADD_CHECKPOINT, &[&id, &step, &at.date()]).await?;
        if let Some(seen) = seen {
            self.tx.run(&queries::HOLD, &[&id, &step, &seen, &at]).await?;
        }
        Ok(())
    }

    async fn rate(
        &mut self,
        step: StepId,
        rater: Id,
        at: Moment,
        reached: i64,
        words: &str,
    ) -> Result<(), Fault> {
        self.tx.run(&queries::RATE, &[&step, &rater, &at.date(), &reached, &words, &at]).await?;
        Ok(())
    }
}
