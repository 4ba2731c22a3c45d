//! What the house does on its own while it serves: sealing the trail, making the talks of a round. Any number of
//! processes may do it at once.

use std::time::Duration;

use espalier_growth::talk::cycle;
use espalier_kernel::{Clock, Mint};
use espalier_people::trail;
use espalier_store::Store;

/// How often deeds are sealed into the chain.
const PAUSE: Duration = Duration::from_secs(20);
/// How soon it looks for work that somebody waits for.
const SHORT_PAUSE: Duration = Duration::from_secs(2);

/// Works until the process ends.
pub async fn work(store: Store, clock: Clock, mint: Mint) {
    tokio::join!(seal(&store), make_talks(&store, clock, &mint));
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
