//! Who carries a secret: the side of the house that the web kit asks at every door.

use espalier_access::{Relation, Relations};
use espalier_kernel::Mint;
use espalier_store::{Fault, Store, Tx};
use espalier_web::{Gate, Kit, Later, Passage, PassageKind, Read, Viewer, form_token};
use jiff::tz::TimeZone;

use crate::account::{self, Bearer};
use crate::person::{PersonKind, Role};
use crate::trail::ReadKeeper;

/// Knows people by what they carry.
#[derive(Debug)]
pub struct PeopleGate {
    reads: ReadKeeper,
}

impl PeopleGate {
    /// Starts gathering reads for this store.
    #[must_use]
    pub fn new(store: Store, mint: Mint) -> Self {
        Self { reads: ReadKeeper::start(store, mint) }
    }
}

/// A sign-in is marked as used at most this often.
const MARK_SECONDS: i64 = 300;

impl Gate for PeopleGate {
    fn viewer<'a>(
        &'a self,
        kit: &'a Kit,
        tx: &'a mut Tx,
        passage: &'a Passage,
    ) -> Later<'a, Result<Option<Viewer>, Fault>> {
        Box::pin(async move {
            let now = kit.now();
            let statement = match passage.kind {
                PassageKind::SignIn => &account::BY_SIGN_IN,
                PassageKind::Token => &account::BY_TOKEN,
            };
            let idle_since = now.plus_seconds(-account::IDLE_SECONDS);
            let bearer: Option<Bearer> =
                tx.first(statement, &[&passage.hash, &now, &idle_since, &now.date()]).await?;
            let Some(bearer) = bearer else { return Ok(None) };
            if passage.kind == PassageKind::SignIn && now.seconds_since(bearer.seen_at) > MARK_SECONDS {
                mark_as_seen(kit.clone(), &bearer);
            }
            let zone = TimeZone::get(&bearer.time_zone).unwrap_or(TimeZone::UTC);
            Ok(Some(Viewer {
                person: bearer.person.id(),
                name: bearer.name,
                is_guest: bearer.kind == PersonKind::Guest,
                roles: roles_of(&bearer.roles),
                today: now.date_in(&zone),
                zone,
                now,
                passage: bearer.passage,
                scope: bearer.scope,
                proved_at: bearer.proved_at,
                form_token: form_token(&passage.hash),
                access: kit.access(),
            }))
        })
    }

    fn record_reads(&self, reads: Vec<Read>) -> Later<'_, Result<(), Fault>> {
        Box::pin(self.reads.keep(reads))
    }
}

/// The request does not wait for this; should it fail, somebody is signed out a little early.
fn mark_as_seen(kit: Kit, bearer: &Bearer) {
    let passage = bearer.passage;
    let now = kit.now();
    tokio::spawn(async move {
        let marked = async {
            let mut tx = kit.store.write().await?;
            tx.run(&account::SEEN, &[&passage, &now]).await?;
            tx.commit().await
        };
        if let Err(fault) = marked.await {
            tracing::warn!(%fault, "a sign-in could not be marked as used");
        }
    });
}

/// The roles somebody holds, for what a menu offers; decisions look them up with their scope and time.
fn roles_of(words: &str) -> Relations {
    words
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .map(|role: Role| match role {
            Role::Administrator => Relation::Administrator,
            Role::Hr => Relation::HrPartner,
            Role::FrameworkOwner => Relation::FrameworkOwner,
            Role::Auditor => Relation::Auditor,
        })
        .collect()
}
