//! What the house does on its own while it serves: sealing the trail. Any number of processes may do it at once.

use std::time::Duration;

use espalier_people::trail;
use espalier_store::Store;

/// How often deeds are sealed into the chain.
const PAUSE: Duration = Duration::from_secs(20);

/// Works until the process ends.
pub async fn work(store: Store) {
    let mut pause = tokio::time::interval(PAUSE);
    loop {
        pause.tick().await;
        match trail::seal(&store).await {
            Ok(0) => {}
            Ok(sealed) => tracing::debug!(sealed, "sealed deeds into the chain"),
            Err(fault) => tracing::error!(%fault, "deeds could not be sealed"),
        }
    }
}
