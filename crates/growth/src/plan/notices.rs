//! What people are told about their plan: that a checkpoint has come. Nothing that is told says what stands in it.

use espalier_kernel::{Id, Mint, Moment};
use espalier_notify::{Need, NoticeKind, Pace};
use espalier_store::{Fault, Store};

use super::{CheckpointId, StepId, queries};

static CHECKPOINT: NoticeKind = NoticeKind {
    word: "plan-checkpoint",
    title: "A checkpoint of your plan has come",
    sentence: "Today you wanted to look at where a step of your plan stands. A few minutes are enough.",
    action: "Look at the step",
    need: Need::Chosen,
    pace: Pace::AtOnce,
};

/// All kinds of notices about plans.
pub static KINDS: &[&NoticeKind] = &[&CHECKPOINT];

/// Checkpoints that came while nobody reminded anybody are spoken of for so many days.
const LONG_PAST: i32 = 14;

/// Speaks of all checkpoints whose day has come, each once, to whose step it is. Goes in small steps, each whole. Says
/// how many.
///
/// # Errors
///
/// When the database fails; the next call goes on.
pub async fn remind(store: &Store, mint: &Mint, now: Moment) -> Result<usize, Fault> {
    let today = now.date();
    let first = today.plus_days(-LONG_PAST);
    let mut spoken = 0;
    loop {
        type Due = Vec<(CheckpointId, StepId, Id)>;
        // Mostly there is nothing to say, and nobody has to wait for that.
        let waiting: Due = store.read().await?.all(&queries::TO_REMIND, &[&first, &today]).await?;
        if waiting.is_empty() {
            return Ok(spoken);
        }
        let mut tx = store.write().await?;
        tx.lock("plan reminders").await?;
        let due: Due = tx.all(&queries::TO_REMIND, &[&first, &today]).await?;
        for (checkpoint, step, person) in &due {
            tx.run(&queries::TOLD, &[checkpoint, &now]).await?;
            espalier_notify::tell(&mut tx, mint, now, *person, &CHECKPOINT, &format!("/plan/{step}")).await?;
        }
        tx.commit().await?;
        spoken += due.len();
    }
}
