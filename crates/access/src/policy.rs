use std::fmt::Write as _;

use crate::{Action, Class, Relation, RelationSql, Relations, State};

/// A kind of record, declared by the room that keeps it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The word in the matrix and in the logs, unique in the house.
    pub name: &'static str,
    /// What people call it on a page: "level and its history".
    pub title: &'static str,
    /// How much harm a leak would do.
    pub class: Class,
    /// The states it can be in.
    pub states: &'static [State],
}

/// Whether a rule opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The action may be done.
    Allow,
    /// The action may not be done, whatever else is allowed.
    Deny,
}

/// One line of the table.
#[derive(Debug)]
pub struct Rule {
    /// Its name, unique in the house.
    pub id: &'static str,
    /// The kind it is about.
    pub kind: &'static Kind,
    /// What it opens or closes.
    pub actions: &'static [Action],
    /// Relations that must all hold.
    pub when: &'static [Relation],
    /// The states it speaks of; empty for all states of the kind.
    pub states: &'static [State],
    /// Opens or closes.
    pub effect: Effect,
    /// The reason in words that finish "can see it because ...".
    pub because: &'static str,
}

impl Rule {
    /// A line that opens something.
    #[must_use]
    pub const fn allow(
        id: &'static str,
        kind: &'static Kind,
        actions: &'static [Action],
        when: &'static [Relation],
        states: &'static [State],
        because: &'static str,
    ) -> Self {
        Self { id, kind, actions, when, states, effect: Effect::Allow, because }
    }

    fn speaks_of(&self, kind: &Kind, action: Action, state: State) -> bool {
        std::ptr::eq(self.kind, kind)
            && self.actions.contains(&action)
            && (self.states.is_empty() || self.states.contains(&state))
    }

    fn holds(&self, relations: Relations) -> bool {
        self.when.iter().all(|&relation| relations.has(relation))
    }
}

/// Yes or no, and by which rule.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    /// The rule that decided; none when nothing opens the action.
    pub rule: Option<&'static Rule>,
}

impl Decision {
    /// Whether the action may be done.
    #[must_use]
    pub fn allows(self) -> bool {
        self.rule.is_some_and(|rule| rule.effect == Effect::Allow)
    }
}

/// What is wrong with a table of rules.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// Two kinds share a name.
    #[error("two kinds are called “{0}”")]
    KindTwice(&'static str),
    /// Two rules share an id.
    #[error("two rules are called “{0}”")]
    RuleTwice(&'static str),
    /// A rule without a relation would open the record to everybody, signed in or not.
    #[error("the rule “{0}” names no relation")]
    OpenToTheWorld(&'static str),
    /// A rule speaks of a state that its kind is never in.
    #[error("the rule “{0}” speaks of a state that its kind is never in")]
    StrangeState(&'static str),
    /// A rule names a relation nobody says how to look up.
    #[error("nobody says how to look up the relation “{0}”")]
    NoSql(&'static str),
    /// A relation is explained twice.
    #[error("the relation “{0}” is looked up in two ways")]
    SqlTwice(&'static str),
    /// A kind whose class is C4 has a rule that lets somebody read it.
    #[error("the rule “{0}” opens a kind that nobody may ever read")]
    OpensC4(&'static str),
}

/// All rules of the house, joined once when the application starts.
#[derive(Debug)]
pub struct Policy {
    pub(crate) kinds: Vec<&'static Kind>,
    pub(crate) rules: Vec<&'static Rule>,
    pub(crate) sql: Vec<&'static RelationSql>,
}

impl Policy {
    /// Joins what the rooms declare.
    ///
    /// # Errors
    ///
    /// When the table contradicts itself; see [`PolicyFault`].
    pub fn join(
        kinds: impl IntoIterator<Item = &'static Kind>,
        rules: impl IntoIterator<Item = &'static Rule>,
        sql: impl IntoIterator<Item = &'static RelationSql>,
    ) -> Result<Self, PolicyFault> {
        let policy = Self {
            kinds: kinds.into_iter().collect(),
            rules: rules.into_iter().collect(),
            sql: sql.into_iter().collect(),
        };
        policy.check()?;
        Ok(policy)
    }

    fn check(&self) -> Result<(), PolicyFault> {
        for (place, kind) in self.kinds.iter().enumerate() {
            if self.kinds[..place].iter().any(|earlier| earlier.name == kind.name) {
                return Err(PolicyFault::KindTwice(kind.name));
            }
        }
        for (place, one) in self.sql.iter().enumerate() {
            if self.sql[..place].iter().any(|earlier| earlier.relation == one.relation) {
                return Err(PolicyFault::SqlTwice(one.relation.word()));
            }
        }
        for (place, rule) in self.rules.iter().enumerate() {
            if self.rules[..place].iter().any(|earlier| earlier.id == rule.id) {
                return Err(PolicyFault::RuleTwice(rule.id));
            }
            if rule.when.is_empty() {
                return Err(PolicyFault::OpenToTheWorld(rule.id));
            }
            if rule.states.iter().any(|state| !rule.kind.states.contains(state)) {
                return Err(PolicyFault::StrangeState(rule.id));
            }
            if rule.kind.class == Class::C4
                && rule.effect == Effect::Allow
                && rule.actions.iter().any(|action| matches!(action, Action::Read | Action::Share))
            {
                return Err(PolicyFault::OpensC4(rule.id));
            }
            if let Some(relation) = rule.when.iter().find(|&&relation| self.sql_of(relation).is_none()) {
                return Err(PolicyFault::NoSql(relation.word()));
            }
        }
        Ok(())
    }

    pub(crate) fn sql_of(&self, relation: Relation) -> Option<&'static RelationSql> {
        self.sql.iter().copied().find(|one| one.relation == relation)
    }

    /// The kinds of the house.
    #[must_use]
    pub fn kinds(&self) -> &[&'static Kind] {
        &self.kinds
    }

    /// What pages call a kind.
    #[must_use]
    pub fn title_of(&self, kind: &str) -> Option<&'static str> {
        self.kinds.iter().find(|known| known.name == kind).map(|known| known.title)
    }

    /// The reason that a rule gives.
    #[must_use]
    pub fn because_of(&self, rule: &str) -> Option<&'static str> {
        self.rules.iter().find(|known| known.id == rule).map(|known| known.because)
    }

    /// Decides. Pure and total: a suspended account may do nothing, then denials, then permissions, then no.
    #[must_use]
    pub fn decide(&self, kind: &Kind, action: Action, relations: Relations, state: State) -> Decision {
        if relations.has(Relation::Suspended) || !kind.states.contains(&state) {
            return Decision { rule: None };
        }
        let mut allowed = None;
        for &rule in &self.rules {
            if rule.speaks_of(kind, action, state) && rule.holds(relations) {
                match rule.effect {
                    Effect::Deny => return Decision { rule: Some(rule) },
                    Effect::Allow => allowed = allowed.or(Some(rule)),
                }
            }
        }
        Decision { rule: allowed }
    }

    /// The relations that decide about a kind; all others change nothing.
    #[must_use]
    pub fn relations_of(&self, kind: &Kind) -> Vec<Relation> {
        let mut named: Vec<Relation> = self
            .rules
            .iter()
            .filter(|rule| std::ptr::eq(rule.kind, kind))
            .flat_map(|rule| rule.when.iter().copied())
            .chain([Relation::Suspended])
            .collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The rules that let somebody do an action in a state: for the line that says who can see a record.
    pub fn readers(&self, kind: &Kind, action: Action, state: State) -> impl Iterator<Item = &'static Rule> {
        self.rules
            .iter()
            .copied()
            .filter(move |rule| rule.effect == Effect::Allow && rule.speaks_of(kind, action, state))
    }

    /// The whole table as text: kind, state and action against each relation alone, then the rules that need
    /// several relations at once.
    #[must_use]
    pub fn matrix(&self) -> String {
        let mut out = String::new();
        for kind in &self.kinds {
            let _ = writeln!(out, "{} ({}): {}", kind.name, kind.class.word(), kind.title);
            for &state in kind.states {
                for action in Action::ALL {
                    let who: Vec<&str> = Relation::ALL
                        .into_iter()
                        .filter(|&relation| {
                            self.decide(kind, action, Relations::NONE.with(relation), state).allows()
                        })
                        .map(Relation::word)
                        .collect();
                    let who = if who.is_empty() { "-".to_owned() } else { who.join(" ") };
                    let _ = writeln!(out, "    {:<9} {:<9} {who}", state.word(), action.word());
                }
            }
            for rule in self.rules.iter().filter(|rule| std::ptr::eq(rule.kind, *kind)) {
                if rule.when.len() > 1 || rule.effect == Effect::Deny {
                    let actions: Vec<&str> = rule.actions.iter().map(|action| action.word()).collect();
                    let when: Vec<&str> = rule.when.iter().map(|relation| relation.word()).collect();
                    let verb = if rule.effect == Effect::Deny { "never" } else { "may" };
                    let _ =
                        writeln!(out, "    {} {verb} {} ({})", when.join("+"), actions.join(" "), rule.id);
                }
            }
            out.push('\n');
        }
        out
    }
}
