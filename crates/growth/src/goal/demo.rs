//! A goal of an invented person, with what was measured so far.

use espalier_kernel::{Mint, Moment};
use espalier_people::person::PersonId;
use espalier_store::{Fault, Tx};

use super::{GoalId, queries};

const DAY: i64 = 86_400;

/// Writes it, and gives it for what is asked about it.
///
/// # Errors
///
/// When the database fails.
pub async fn fill(tx: &mut Tx, mint: &Mint, now: Moment, person: PersonId) -> Result<GoalId, Fault> {
    let begun = now.plus_seconds(-70 * DAY);
    let id = GoalId::new(mint.id(begun));
    let (title, measure) = ("Planning days that need nobody from outside", "teams that hold theirs alone");
    let why = "Four new teams begin this year, and I cannot be in every room.";
    let by_on = now.date().plus_days(120);
    tx.run(&queries::ADD, &[&id, &person, &title, &why, &measure, &"1", &"6", &by_on, &begun]).await?;
    for (days, value, words) in
        [(70, "1", ""), (40, "2", "The second used the guide."), (10, "3", "With one question on the phone.")]
    {
        let at = now.plus_seconds(-days * DAY);
        tx.run(&queries::MEASURE, &[&id, &at.date(), &value, &words, &at]).await?;
    }
    Ok(id)
}
