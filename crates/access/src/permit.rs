use std::marker::PhantomData;

use crate::{Action, Kind, Policy, Relations, Rule, State};

/// A record of some kind, as a type: rooms implement it once for each confidential kind, so that a permit for
/// one kind does not fit another.
pub trait Record {
    /// The kind in the table.
    const KIND: &'static Kind;
}

/// Declares record types, each with its kind: `/// Proof about a talk.` `Talk = TALK;`
#[macro_export]
macro_rules! records {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl $crate::Record for $name {
            const KIND: &'static $crate::Kind = &$kind;
        }
    )+};
}

/// The proof that a decision was made and was yes. Queries of confidential kinds ask for one; only
/// [`Policy::permit`] can make it.
#[derive(Debug)]
pub struct Permit<R: Record> {
    action: Action,
    rule: &'static Rule,
    record: PhantomData<R>,
}

impl<R: Record> Permit<R> {
    /// What it was given for.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The rule that gave it.
    #[must_use]
    pub const fn rule(&self) -> &'static Rule {
        self.rule
    }
}

impl Policy {
    /// Decides about a record of kind `R` and gives the proof when the answer is yes.
    #[must_use]
    pub fn permit<R: Record>(&self, action: Action, relations: Relations, state: State) -> Option<Permit<R>> {
        let decision = self.decide(R::KIND, action, relations, state);
        let rule = decision.rule.filter(|_| decision.allows())?;
        Some(Permit { action, rule, record: PhantomData })
    }
}
