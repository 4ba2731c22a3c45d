use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use espalier_access::Policy;
use espalier_kernel::{Clock, Mint, Moment};
use espalier_store::{Fault, Store, Tx};

use crate::{Access, Lookups, NavItem, Passage, Read, Viewer, WebError};

/// What the doors need, handed to each request. It holds no state that another process would need.
#[derive(Clone)]
pub struct Kit {
    /// The database.
    pub store: Store,
    /// Who may do what.
    pub policy: Arc<Policy>,
    /// How relations are looked up, made from the policy once.
    pub lookups: Arc<Lookups>,
    /// What time it is.
    pub clock: Clock,
    /// New ids and secrets.
    pub mint: Mint,
    /// Who knows the people.
    pub gate: Arc<dyn Gate>,
    /// Who knows what levels are called.
    pub titles: Arc<dyn Titles>,
    /// What the operator chose.
    pub settings: Arc<Settings>,
    /// The main places, in the order of the menu.
    pub places: &'static [NavItem],
}

impl Kit {
    /// The rules for a new viewer.
    #[must_use]
    pub fn access(&self) -> Access {
        Access::new(self.policy.clone(), self.lookups.clone())
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }
}

/// What the operator chose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address under which people reach this server, without a slash at the end.
    pub base_url: String,
    /// Whether this is the demo, where everybody may sign in as anybody.
    pub demo: bool,
    /// The hosts at which chat may be told, as the operator wrote them.
    pub chat_hosts: String,
    /// The servers in front of this one, whose word about where a request came from is taken.
    pub proxies: Vec<IpAddr>,
}

impl Settings {
    /// Whether browsers should be told to come by HTTPS only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// An answer that comes later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The side of the house that knows people: who carries a secret, and the log of who read what.
pub trait Gate: Send + Sync {
    /// The viewer who carries this secret, if it still opens anything.
    fn viewer<'a>(
        &'a self,
        kit: &'a Kit,
        tx: &'a mut Tx,
        passage: &'a Passage,
    ) -> Later<'a, Result<Option<Viewer>, Fault>>;

    /// Writes down who read what about whom; returns when it is on disk.
    fn record_reads(&self, reads: Vec<Read>) -> Later<'_, Result<(), Fault>>;
}

/// A level by its ids, as a record about a person names it.
#[derive(Debug, Clone, Copy)]
pub struct Rung<'a> {
    /// The framework.
    pub framework: &'a str,
    /// The track; empty where the framework has one.
    pub track: &'a str,
    /// The level.
    pub level: &'a str,
}

/// What a level is called; nothing where no framework in force knows the id, or the viewer may not read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RungTitle {
    /// The framework's name.
    pub framework: Option<String>,
    /// The track's name.
    pub track: Option<String>,
    /// The level's title.
    pub level: Option<String>,
}

/// The side of the house that knows frameworks, for rooms of lower floors.
pub trait Titles: Send + Sync {
    /// What levels are called, one answer for each; a framework is asked for once, however many levels are in it.
    fn titles<'a>(
        &'a self,
        viewer: &'a Viewer,
        tx: &'a mut Tx,
        rungs: &'a [Rung<'a>],
    ) -> Later<'a, Result<Vec<RungTitle>, WebError>>;
}
