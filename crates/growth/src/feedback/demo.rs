//! Feedback between invented people: given and read, given and not opened, and asked.

use espalier_framework::Framework;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Id, Mint, Moment};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx};

use super::{FeedbackId, queries};
use crate::goal::GoalId;

const DAY: i64 = 86_400;

/// Writes it. Ada is the coach, with a lead, an associate and a partner around her.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    (framework, version): (&Framework, VersionId),
    (goal, about): (GoalId, &str),
    [coach, associate, lead, partner]: [PersonId; 4],
) -> Result<(), Fault> {
    let day = |days: i64| now.plus_seconds(-days * DAY);
    let mut post = Post { tx, mint };
    let read = post.add(day(45), partner.id(), coach.id(), None).await?;
    let words = [
        "The planning day in spring, when the release was late and both leads were tired.",
        "You asked each of them what they needed from the other before anybody spoke about dates.",
        "We left with one list instead of two, and I slept that night.",
    ];
    post.write(read, day(45), words).await?;
    let spoken_of = crate::actions::asked(framework, "coach");
    if let Some(statement) = spoken_of.iter().find(|one| one.text.contains("Brings two teams")) {
        let tied = [framework.id.as_str(), statement.id.as_str()];
        post.tx.run(&queries::ADD_STATEMENT, &[&read, &tied[0], &tied[1], &version]).await?;
    }
    post.tx.run(&queries::GIVE, &[&read, &day(45)]).await?;
    post.tx.run(&queries::OPEN, &[&read, &day(44)]).await?;
    let unopened = post.add(day(1), associate.id(), coach.id(), None).await?;
    let words = [
        "Yesterday’s refinement.",
        "You waited until I had finished my sentence.",
        "I said the second half, too.",
    ];
    post.write(unopened, day(1), words).await?;
    post.tx.run(&queries::GIVE, &[&unopened, &day(1)]).await?;
    let given = post.add(day(20), coach.id(), lead.id(), None).await?;
    let words = [
        "The week in which two people were ill.",
        "You moved the date yourself and told the department why.",
        "Nobody had to pretend, and the team stayed calm.",
    ];
    post.write(given, day(20), words).await?;
    post.tx.run(&queries::GIVE, &[&given, &day(20)]).await?;
    let question = "What do you see of it from where you stand? What would bring it further?";
    post.add(day(3), partner.id(), coach.id(), Some((question, about, goal))).await?;
    let question = "How did the retro go from where you sat?";
    post.ask(day(2), coach.id(), associate.id(), question).await?;
    Ok(())
}

struct Post<'a> {
    tx: &'a mut Tx,
    mint: &'a Mint,
}

impl Post<'_> {
    async fn add(
        &mut self,
        at: Moment,
        giver: Id,
        receiver: Id,
        asked: Option<(&str, &str, GoalId)>,
    ) -> Result<FeedbackId, Fault> {
        let id = FeedbackId::new(self.mint.id(at));
        let asked_at = asked.map(|_| at);
        let goal = asked.map(|(_, _, goal)| goal);
        let (question, about) = asked.map_or(("", ""), |(question, about, _)| (question, about));
        self.tx
            .run(&queries::ADD, &[&id, &giver, &receiver, &question, &about, &goal, &asked_at, &at])
            .await?;
        Ok(id)
    }

    async fn ask(&mut self, at: Moment, giver: Id, receiver: Id, question: &str) -> Result<(), Fault> {
        let id = FeedbackId::new(self.mint.id(at));
        let goal: Option<GoalId> = None;
        self.tx.run(&queries::ADD, &[&id, &giver, &receiver, &question, &"", &goal, &Some(at), &at]).await?;
        Ok(())
    }

    async fn write(
        &mut self,
        id: FeedbackId,
        at: Moment,
        [situation, behaviour, effect]: [&str; 3],
    ) -> Result<(), Fault> {
        self.tx.run(&queries::CHANGE, &[&id, &situation, &behaviour, &effect, &1_i64, &at]).await?;
        Ok(())
    }
}
