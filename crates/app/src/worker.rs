//! What the house does on its own while it serves: sealing the trail, making the talks of a round,
//! reminding people, sending what waits, and letting go what was kept long enough. Any number of
//! processes may do it at once.

use std::time::Duration;

use espalier_governance::mydata::expiry;
use espalier_growth::talk::{cadence, cycle, notices};
use espalier_growth::{again, plan};
use espalier_keeping::Keeping;
use espalier_kernel::{Clock, Mint};
use espalier_notify::Sender;
use espalier_people::trail;
use espalier_store::Store;
use tokio::task::JoinSet;

/// How often deeds are sealed into the chain.
const PAUSE: Duration = Duration::from_secs(20);
/// How often it looks for what may be forgotten.
const LONG_PAUSE: Duration = Duration::from_secs(3600);
/// How soon it looks for work that somebody waits for.
const SHORT_PAUSE: Duration = Duration::from_secs(2);

/// Works until the process ends. Each of these is a task of its own: while one waits for the database, the others go on.
pub async fn work(sender: Sender, keeping: Keeping) {
    let mut tasks = JoinSet::new();
    let with = |sender: &Sender| (sender.store.clone(), sender.clock, sender.mint.clone());
    let (store, ..) = with(&sender);
    tasks.spawn(async move { seal(&store).await });
    let (store, clock, mint) = with(&sender);
    tasks.spawn(async move { make_talks(&store, clock, &mint).await });
    let (store, clock, mint) = with(&sender);
    tasks.spawn(async move { remind(&store, clock, &mint).await });
    let (store, clock, mint) = with(&sender);
    tasks.spawn(async move { expire(&store, &keeping, clock, &mint).await });
    let forgetful = sender.clone();
    tasks.spawn(async move { forget(&forgetful).await });
    tasks.spawn(async move { send(&sender).await });
    // None of them ends by itself.
    while let Some(ended) = tasks.join_next().await {
        if let Err(fault) = ended {
            tracing::error!(%fault, "something that the house does by itself broke off; start it again to mend that");
        }
    }
}

async fn expire(store: &Store, keeping: &Keeping, clock: Clock, mint: &Mint) {
    let mut pause = tokio::time::interval(LONG_PAUSE);
    loop {
        pause.tick().await;
        match expiry::expire(store, keeping, clock.now(), mint).await {
            Ok(expired) => {
                for one in expired.iter().filter(|one| one.rows > 0) {
                    tracing::info!(what = one.key, rows = one.rows, "let go what was kept long enough");
                }
            }
            Err(fault) => {
                tracing::error!(%fault, "what was kept long enough could not go; the next turn goes on");
            }
        }
    }
}

async fn remind(store: &Store, clock: Clock, mint: &Mint) {
    let mut pause = tokio::time::interval(PAUSE);
    loop {
        pause.tick().await;
        match notices::remind(store, mint, clock.now()).await {
            Ok(0) => {}
            Ok(talks) => tracing::info!(talks, "spoke of talks whose day comes near"),
            Err(fault) => tracing::error!(%fault, "people could not be reminded; the next turn goes on"),
        }
        match cadence::remind(store, mint, clock.now()).await {
            Ok(0) => {}
            Ok(rounds) => tracing::info!(rounds, "spoke of rounds whose next one is to be planned"),
            Err(fault) => tracing::error!(%fault, "people could not be reminded; the next turn goes on"),
        }
        match again::remind(store, mint, clock.now()).await {
            Ok(0) => {}
            Ok(questions) => tracing::info!(questions, "spoke of questions that have waited for a week"),
            Err(fault) => tracing::error!(%fault, "people could not be reminded; the next turn goes on"),
        }
        match plan::notices::remind(store, mint, clock.now()).await {
            Ok(0) => {}
            Ok(checkpoints) => tracing::info!(checkpoints, "spoke of checkpoints whose day has come"),
            Err(fault) => tracing::error!(%fault, "people could not be reminded; the next turn goes on"),
        }
    }
}

/// Without mail and chat nothing waits, and what is there costs one look.
async fn send(sender: &Sender) {
    let mut pause = tokio::time::interval(SHORT_PAUSE);
    loop {
        pause.tick().await;
        if let Err(fault) = sender.drain().await {
            tracing::error!(%fault, "what waits could not be sent; the next turn goes on");
        }
    }
}

async fn forget(sender: &Sender) {
    let mut pause = tokio::time::interval(LONG_PAUSE);
    loop {
        pause.tick().await;
        match sender.forget().await {
            Ok(0) => {}
            Ok(forgotten) => tracing::debug!(forgotten, "forgot what was sent long ago"),
            Err(fault) => tracing::error!(%fault, "what was sent long ago could not be forgotten"),
        }
    }
}

async fn make_talks(store: &Store, clock: Clock, mint: &Mint) {
    let mut pause = tokio::time::interval(SHORT_PAUSE);
    loop {
        pause.tick().await;
        match cycle::make_all(store, mint, clock.now()).await {
            Ok(0) => {}
            Ok(made) => tracing::info!(made, "made the talks of a round"),
            Err(fault) => {
                tracing::error!(%fault, "the talks of a round could not be made; the next turn goes on");
            }
        }
    }
}

async fn seal(store: &Store) {
    let mut pause = tokio::time::interval(PAUSE);
    loop {
        pause.tick().await;
        match trail::seal(store).await {
            Ok(0) => {}
            Ok(sealed) => tracing::debug!(sealed, "sealed deeds into the chain"),
            Err(fault) => tracing::error!(%fault, "deeds could not be sealed"),
        }
    }
}
