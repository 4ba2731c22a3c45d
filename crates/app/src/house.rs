//! The rooms, joined: one policy, one schema, one router.

use std::sync::{Arc, LazyLock};

use axum::Router;
use espalier_access::{Policy, PolicyFault};
use espalier_governance::mydata::Kept;
use espalier_governance::titles::LibraryTitles;
use espalier_keeping::Keeping;
use espalier_kernel::{Clock, Mint};
use espalier_notify::{Kinds, NoticeKind, Outside};
use espalier_people::gate::PeopleGate;
use espalier_people::reach::PeopleDirectory;
use espalier_store::{Migration, Statement, Store};
use espalier_web::{Doors, Kit, Lookups, NavItem, Operation, Settings};

/// The main places, in the order of the menu.
pub const PLACES: &[NavItem] = &[
    NavItem { key: "today", label: "Today", path: "/", for_guests: true, access_key: "" },
    NavItem { key: "growth", label: "My growth", path: "/me/growth", for_guests: false, access_key: "" },
    NavItem { key: "talks", label: "Talks", path: "/talks", for_guests: false, access_key: "" },
    NavItem { key: "evidence", label: "Note", path: "/me/evidence/new", for_guests: false, access_key: "e" },
    NavItem {
        key: "frameworks",
        label: "Frameworks",
        path: "/frameworks",
        for_guests: false,
        access_key: "",
    },
    NavItem { key: "people", label: "People", path: "/people", for_guests: false, access_key: "" },
];

/// All kinds of notices.
pub static NOTICES: LazyLock<Vec<&'static NoticeKind>> = LazyLock::new(|| {
    [
        espalier_people::reach::NOTICES,
        espalier_growth::talk::notices::KINDS,
        espalier_growth::evidence::notices::KINDS,
        espalier_growth::plan::notices::KINDS,
        espalier_growth::feedback::notices::KINDS,
        espalier_growth::again::KINDS,
    ]
    .concat()
});

/// All tables, in the order of the floors.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    [
        espalier_notify::MIGRATIONS,
        espalier_people::MIGRATIONS,
        espalier_governance::MIGRATIONS,
        espalier_growth::MIGRATIONS,
    ]
    .concat()
}

/// All statements that are written down as text, for the test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<Statement> {
    [
        espalier_notify::statements(),
        espalier_people::statements(),
        espalier_governance::statements(),
        espalier_growth::statements(),
    ]
    .concat()
}

/// All operations of the API.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let growth = espalier_growth::operations();
    [espalier_people::api::OPERATIONS, espalier_governance::api::OPERATIONS, &growth].concat()
}

/// All rules.
///
/// # Errors
///
/// When the rooms' rules contradict each other.
pub fn policy() -> Result<Policy, PolicyFault> {
    Policy::join(
        [
            espalier_people::access::KINDS,
            espalier_notify::access::KINDS,
            espalier_governance::access::KINDS,
            espalier_growth::access::KINDS,
            espalier_growth::talk::access::KINDS,
            espalier_growth::evidence::access::KINDS,
            espalier_growth::plan::access::KINDS,
            espalier_growth::goal::access::KINDS,
            espalier_growth::feedback::access::KINDS,
        ]
        .concat(),
        [
            espalier_people::access::RULES,
            espalier_notify::access::RULES,
            espalier_governance::access::RULES,
            espalier_growth::access::RULES,
            espalier_growth::talk::access::RULES,
            espalier_growth::evidence::access::RULES,
            espalier_growth::plan::access::RULES,
            espalier_growth::goal::access::RULES,
            espalier_growth::feedback::access::RULES,
        ]
        .concat(),
        espalier_people::access::SQL.iter().chain(espalier_growth::talk::access::SQL).copied(),
    )
}

/// What is kept about people, joined: upper floors first, because erasure goes from what points to what is pointed to.
#[must_use]
pub fn keeping(policy: &Policy) -> Keeping {
    let rooms = [
        espalier_growth::plan::keeping::KEPT,
        espalier_growth::feedback::keeping::KEPT,
        espalier_growth::goal::keeping::KEPT,
        espalier_growth::talk::keeping::KEPT,
        espalier_growth::evidence::keeping::KEPT,
        espalier_growth::keeping::KEPT,
        espalier_governance::keeping::KEPT,
        espalier_people::keeping::KEPT,
        espalier_notify::keeping::KEPT,
    ];
    Keeping::join(policy, rooms.concat())
}

/// What the doors of notices need, and whoever sends them. Hosts that are not understood are none; the command line
/// refuses them before it comes to this.
#[must_use]
pub fn outside(settings: &Settings) -> Outside {
    Outside {
        kinds: Kinds(&NOTICES),
        directory: Arc::new(PeopleDirectory),
        hosts: settings.chat_hosts.parse().unwrap_or_default(),
    }
}

/// All doors.
fn doors(settings: &Settings, kept: Kept) -> Doors {
    let doors = Doors::new()
        .merge(crate::home::doors())
        .merge(espalier_notify::doors(outside(settings)))
        .merge(espalier_people::signin::doors())
        .merge(espalier_people::pages::doors())
        .merge(espalier_people::share_pages::doors())
        .merge(espalier_people::teams::doors())
        .merge(espalier_people::incoming::doors())
        .merge(espalier_people::api::doors())
        .merge(espalier_governance::pages::doors())
        .merge(espalier_governance::beside::doors())
        .merge(espalier_governance::changes::doors())
        .merge(espalier_governance::drafts::doors())
        .merge(espalier_governance::api::doors())
        .merge(espalier_governance::mydata::doors(kept))
        .merge(espalier_growth::doors());
    // Where anybody may be anybody, and nowhere else.
    if settings.demo { doors.merge(crate::demo::doors()) } else { doors }
}

/// A whole house over a store.
///
/// # Errors
///
/// When the rooms' rules contradict each other.
pub fn build(
    store: Store,
    clock: Clock,
    mint: Mint,
    settings: Settings,
) -> Result<(Router, Kit), PolicyFault> {
    let policy = Arc::new(policy()?);
    let doors = doors(&settings, Kept(Arc::new(keeping(&policy))));
    let kit = Kit {
        lookups: Arc::new(Lookups::new(&policy)),
        policy,
        titles: Arc::new(LibraryTitles),
        gate: Arc::new(PeopleGate::new(store.clone(), mint.clone())),
        store,
        clock,
        mint,
        settings: Arc::new(settings),
        places: PLACES,
    };
    Ok((espalier_web::finish(doors, kit.clone()), kit))
}
