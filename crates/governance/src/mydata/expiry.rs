//! What has been kept long enough goes.

use std::collections::HashMap;

use espalier_keeping::{Expired, Keep, Keeping, Purpose};
use espalier_kernel::{Id, Mint, Moment};
use espalier_store::{Fault, Store, Tx};

use super::{erasure, queries};

/// The times that an administrator chose, by purpose.
pub type Choices = HashMap<String, i64>;

/// What was chosen.
///
/// # Errors
///
/// When the database fails.
pub async fn choices(tx: &mut Tx) -> Result<Choices, Fault> {
    Ok(tx.all::<(String, i64)>(&queries::CHOICES, &[]).await?.into_iter().collect())
}

/// How long something is kept, in words.
#[must_use]
pub fn in_words(purpose: &Purpose, choices: &Choices) -> String {
    match purpose.keep {
        Keep::With(other) => format!("as long as: {other}"),
        Keep::Fixed(words) | Keep::Days(words, _, _) => words.to_owned(),
        Keep::Months { months, since, .. } => {
            let months = choices.get(purpose.key).copied().unwrap_or(months);
            let months = usize::try_from(months).unwrap_or_default();
            format!("{} {since}", espalier_web::count_of(months, "month", "months"))
        }
    }
}

/// Lets go what has been kept long enough, and erases persons whose time is over; see [`Keeping::expire`].
///
/// # Errors
///
/// When the database fails; what went before stays gone.
pub async fn expire(
    store: &Store,
    keeping: &Keeping,
    now: Moment,
    mint: &Mint,
) -> Result<Vec<Expired>, Fault> {
    let mut tx = store.read().await?;
    let choices = choices(&mut tx).await?;
    drop(tx);
    let mut expired = keeping.expire(store, now, &choices).await?;
    let nobody = Id::from_bits(0);
    let mut people = 0;
    loop {
        let overdue = keeping.overdue(store, now, &choices).await?;
        if overdue.is_empty() {
            break;
        }
        for person in overdue {
            let mut tx = store.write().await?;
            tx.lock("keeping").await?;
            erasure::erase(&mut tx, mint, keeping, now, (nobody, person)).await?;
            tx.commit().await?;
            people += 1;
        }
    }
    expired.push(Expired { key: "profile", rows: people });
    Ok(expired)
}
