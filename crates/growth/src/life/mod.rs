//! A year and a half in the lives of invented people: rounds of talks, evidence, self-assessments, steps, goals and
//! feedback; the same each time for the same day and number of people. For the demo and for measuring.

mod growing;
mod log;
mod sheet;
mod talks;
mod words;

use espalier_framework::Framework;
use espalier_governance::queries::VersionId;
use espalier_kernel::{Date, Id, Mint, Moment};
use espalier_people::demo::life::{Invented, moment_of, pick};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx, queries};

use crate::talk::{CycleId, ItemKind, cadence, cycle};
use sheet::Sheets;

queries! {
    /// The round that is under way: talks of invented people join it.
    UNDER_WAY = "select id, due_on from talk_cycle where state = 'open' order by started_at desc, id desc limit 1";
    /// Some more talks are in it.
    JOINED = "update talk_cycle set planned = planned + $2, made = made + $2 where id = $1";
}

/// How many people have talks with all that was said in them. With more people, those of the others tell how far they
/// are, and nothing else; everybody has a log.
const WHOLE: usize = 1_000;
/// After so many people what was written so far goes to the database.
const AT_ONCE: usize = 200;
/// By how many days ago the talks of earlier rounds were to be held.
const ROUNDS: [i32; 3] = [480, 300, 120];

/// A framework in force.
pub type InForce<'a> = (&'a Framework, VersionId);

/// A round of talks.
#[derive(Debug, Clone, Copy)]
struct Round {
    id: CycleId,
    place: u64,
    begun_on: Date,
    due_on: Date,
    is_over: bool,
}

impl Round {
    /// The seconds of a day; those who have a talk behind them in the round under way were quicker.
    const fn pace(self) -> i64 {
        if self.is_over { 86_400 } else { 86_400 / 3 }
    }
}

/// What everybody’s life is told from.
struct Life<'a> {
    mint: &'a Mint,
    now: Moment,
    frameworks: &'a [InForce<'a>],
    people: &'a [Invented],
    rounds: Vec<Round>,
    sheets: Sheets,
}

/// Lets it happen.
///
/// # Errors
///
/// When the database fails.
pub async fn live(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    frameworks: &[InForce<'_>],
    (people, hr): (&[Invented], PersonId),
) -> Result<(), Fault> {
    let rounds = rounds(tx, mint, now, hr).await?;
    let mut life = Life { mint, now, frameworks, people, rounds, sheets: Sheets::new() };
    let mut made = vec![0_i64; life.rounds.len()];
    for (place, one) in people.iter().enumerate() {
        life.log(one);
        for (round, made) in life.rounds.clone().into_iter().zip(&mut made) {
            *made += i64::from(life.round(one, round));
        }
        life.grow(one);
        if place % AT_ONCE == AT_ONCE - 1 {
            life.sheets.write(tx).await?;
        }
    }
    life.sheets.write(tx).await?;
    for (round, made) in life.rounds.iter().zip(made) {
        tx.run(&JOINED, &[&round.id, &made]).await?;
        if round.is_over {
            tx.run(&cycle::CLOSE, &[&round.id, &moment_of(now, round.due_on.plus_days(40))]).await?;
        }
    }
    Ok(())
}

/// The earlier rounds, made now, and the one that is under way.
async fn rounds(tx: &mut Tx, mint: &Mint, now: Moment, hr: PersonId) -> Result<Vec<Round>, Fault> {
    let mut rounds = Vec::new();
    let current: Option<(CycleId, Date)> = tx.first(&UNDER_WAY, &[]).await?;
    for (place, days) in (0..).zip(ROUNDS) {
        let due_on = now.date().plus_days(-days);
        let begun_on = due_on.plus_days(-45);
        let begun = moment_of(now, begun_on);
        let round = Round { id: CycleId::new(mint.id(begun)), place, begun_on, due_on, is_over: true };
        let (name, nobody) = (name_of(begun_on), None::<Id>);
        let next = cadence::next_on(due_on, 6);
        let values: [&dyn espalier_store::Bind; 10] =
            [&round.id, &name, &nobody, &due_on, &ItemKind::Statement, &0_i64, &hr, &begun, &6_i64, &next];
        tx.run(&cycle::ADD, &values).await?;
        tx.run(&cycle::SWITCH, &[&round.id, &begun]).await?;
        rounds.push(round);
    }
    if let Some((id, due_on)) = current {
        let begun_on = due_on.plus_days(-30);
        rounds.push(Round { id, place: 9, begun_on, due_on, is_over: false });
    }
    Ok(rounds)
}

/// What a round is called that begins on a day.
pub(crate) fn name_of(begun_on: Date) -> String {
    let season = if (2..8).contains(&begun_on.civil().month()) { "Spring" } else { "Autumn" };
    format!("{season} round {}", begun_on.civil().year())
}

impl Life<'_> {
    /// Which of the frameworks somebody holds a level of on a day, and which level.
    fn held(&self, one: &Invented, day: Date) -> Option<(InForce<'_>, &'static str)> {
        let held = one.level_on(day)?;
        let in_force =
            self.frameworks.iter().find(|(framework, _)| framework.id.as_str() == held.framework)?;
        Some((*in_force, held.level))
    }

    fn at(&self, day: Date) -> Moment {
        moment_of(self.now, day)
    }

    /// Somebody near: of the same ten, and not themselves.
    fn colleague(&self, one: &Invented, question: u64) -> Option<&Invented> {
        let first = one.number - one.number % 10;
        let place = first + usize::try_from(pick(one.number, question, 10)).unwrap_or_default();
        self.people.get(place).filter(|other| other.number != one.number)
    }
}

/// One of several, the same each time for the same person and question.
fn one_of<T: Copy>(these: &[T], number: usize, question: u64) -> T {
    let place = pick(number, question, these.len() as u64);
    these[usize::try_from(place).unwrap_or_default()]
}
