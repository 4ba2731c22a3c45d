//! Talks of invented people: one signed half a year ago, one open for which a partner is asked, one that is being
//! prepared; the last two belong to a round.

use espalier_framework::Framework;
use espalier_governance::matrix::title;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Id, Mint, Moment};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx};

use super::{CycleId, InputId, ItemKind, Outcome, Part, Side, TalkId, cadence, cycle, queries};
use crate::actions::asked;
use crate::assessment::Answer;
use crate::life::name_of;

const DAY: i64 = 86_400;

/// Whom the talks are about, and who holds them.
#[derive(Debug, Clone, Copy)]
pub struct Cast {
    /// A talk signed half a year ago, and one that is open.
    pub coach: PersonId,
    /// A talk being prepared.
    pub associate: PersonId,
    /// Who leads both.
    pub lead: PersonId,
    /// Who began the round.
    pub hr: PersonId,
    /// Who is asked what they see.
    pub partner: PersonId,
}

/// Writes all three.
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
    cast: Cast,
) -> Result<(), Fault> {
    let lead = cast.lead.id();
    let story = |person: PersonId, level, days: i64, due| Story {
        person: person.id(),
        lead,
        level,
        begun: now.plus_seconds(-days * DAY),
        due,
    };
    let signed = story(cast.coach, "coach", 190, 21);
    let id = signed.plan(tx, mint, framework, version, None).await?;
    signed.open(tx, framework, id).await?;
    signed.agree(tx, framework, id, usize::MAX).await?;
    signed.sign(tx, id).await?;

    let open = story(cast.coach, "coach", 16, 30);
    let round = CycleId::new(mint.id(open.begun));
    let (name, due_on, nobody) =
        (name_of(open.begun.date()), open.begun.date().plus_days(open.due), None::<Id>);
    tx.run(
        &cycle::ADD,
        &[
            &round,
            &name,
            &nobody,
            &due_on,
            &ItemKind::Statement,
            &2_i64,
            &cast.hr,
            &open.begun,
            &6_i64,
            &cadence::next_on(due_on, 6),
        ],
    )
    .await?;
    let id = open.plan(tx, mint, framework, version, Some(round)).await?;
    let asked = InputId::new(mint.id(open.begun));
    let question = "What do I do that helps your team? What would help more?";
    tx.run(&queries::ASK, &[&asked, &id, &cast.partner, &question, &open.begun]).await?;
    open.open(tx, framework, id).await?;
    open.agree(tx, framework, id, 4).await?;

    let planned = story(cast.associate, "associate", 16, 30);
    let id = planned.plan(tx, mint, framework, version, Some(round)).await?;
    planned.prepare(tx, framework, id, Side::Holder).await?;
    tx.run(&cycle::MADE, &[&round, &2_i64, &""]).await?;
    tx.run(&cycle::SWITCH, &[&round, &open.begun]).await?;
    Ok(())
}

struct Story {
    person: Id,
    lead: Id,
    level: &'static str,
    begun: Moment,
    /// Days from the beginning.
    due: i32,
}

impl Story {
    async fn plan(
        &self,
        tx: &mut Tx,
        mint: &Mint,
        framework: &Framework,
        version: VersionId,
        round: Option<CycleId>,
    ) -> Result<TalkId, Fault> {
        let id = TalkId::new(mint.id(self.begun));
        let name = framework.level(self.level).map(title).unwrap_or_default();
        let due_on = self.begun.date().plus_days(self.due);
        tx.run(
            &queries::ADD,
            &[
                &id,
                &self.person,
                &Some(version),
                &framework.id.as_str(),
                &framework.name,
                &self.level,
                &name,
                &ItemKind::Statement,
                &due_on,
                &self.begun,
                &round,
            ],
        )
        .await?;
        Ok(id)
    }

    /// One side writes what it sees and hands it in.
    async fn prepare(&self, tx: &mut Tx, framework: &Framework, id: TalkId, side: Side) -> Result<(), Fault> {
        let author = if side == Side::Person { self.person } else { self.lead };
        let at = self.begun.plus_seconds(5 * DAY);
        tx.run(&queries::BEGIN, &[&id, &author, &side, &at]).await?;
        for (place, statement) in asked(framework, self.level).into_iter().enumerate() {
            let Some(state) = seen(side, place) else { continue };
            let note = note(side, place);
            let item = statement.id.as_str();
            tx.run(&queries::SET_ANSWER, &[&id, &author, &item, &state, &note, &1_i64, &at]).await?;
        }
        tx.run(&queries::SEAL, &[&id, &author, &at]).await?;
        Ok(())
    }

    async fn open(&self, tx: &mut Tx, framework: &Framework, id: TalkId) -> Result<(), Fault> {
        self.prepare(tx, framework, id, Side::Person).await?;
        self.prepare(tx, framework, id, Side::Holder).await?;
        tx.run(&queries::OPEN, &[&id, &self.begun.plus_seconds(6 * DAY), &self.lead]).await?;
        Ok(())
    }

    /// The two go through some of the points.
    async fn agree(&self, tx: &mut Tx, framework: &Framework, id: TalkId, most: usize) -> Result<(), Fault> {
        let at = self.begun.plus_seconds(12 * DAY);
        for (place, statement) in asked(framework, self.level).into_iter().enumerate().take(most) {
            let (Some(person), Some(holder)) = (seen(Side::Person, place), seen(Side::Holder, place)) else {
                continue;
            };
            let item = statement.id.as_str();
            let (outcome, agreed, mine, yours) = if place % 12 == 7 {
                (
                    Outcome::Differ,
                    Answer::NotObserved,
                    "I did this twice with the platform teams, out of sight of this team.",
                    "I believe it, and I have not seen it where we work together.",
                )
            } else {
                (Outcome::Agreed, if place % 2 == 0 { person } else { holder }, "", "")
            };
            tx.run(&queries::SET_ITEM, &[&id, &item, &outcome, &agreed, &mine, &yours, &1_i64, &at]).await?;
        }
        let words = "We began with the planning day. What carries: calm rooms and clear questions. What comes next: saying \
                     the hard thing a week earlier.";
        tx.run(&queries::SET_NOTE, &[&id, &Part::Notes, &words, &1_i64, &at]).await?;
        Ok(())
    }

    async fn sign(&self, tx: &mut Tx, id: TalkId) -> Result<(), Fault> {
        let at = self.begun.plus_seconds(14 * DAY);
        tx.run(&queries::SIGN_PERSON, &[&id, &Some(at)]).await?;
        tx.run(&queries::SIGN_HOLDER, &[&id, &Some(at)]).await?;
        tx.run(&queries::CLOSE, &[&id, &at]).await?;
        Ok(())
    }
}

/// What a side saw of a point: mostly the same as the other, at some points a step apart, at some nothing.
fn seen(side: Side, place: usize) -> Option<Answer> {
    match (side, place % 12) {
        (Side::Person, 5) | (Side::Holder, 10) => None,
        (Side::Person, 3) | (Side::Holder, 3 | 7) => Some(Answer::Developing),
        (Side::Person, 8) | (Side::Holder, 1) => Some(Answer::Exceeding),
        (_, 11) => Some(Answer::NotYet),
        (Side::Person | Side::Holder, _) => Some(Answer::Meeting),
    }
}

fn note(side: Side, place: usize) -> &'static str {
    match (side, place) {
        (Side::Person, 0) => "The planning day: everybody left with the same picture.",
        (Side::Person, 3) => "Harder than I thought when two leads disagree in the room.",
        (Side::Person, 7) => "Twice with the platform teams.",
        (Side::Holder, 1) => "Three teams asked for you by name this half-year.",
        (Side::Holder, 3) => "You noticed it yourself and asked for help. That is the hard part.",
        (Side::Holder, 7) => "I have only seen the beginnings.",
        _ => "",
    }
}
