use crate::{Action, Effect, Kind, Policy, Relation, State};

/// How a relation is looked up in the database: a condition with the placeholders `{viewer}`, `{subject}`, `{record}`
/// and `{today}`, the same text for both engines.
#[derive(Debug)]
pub struct RelationSql {
    /// The relation.
    pub relation: Relation,
    /// True exactly when the relation is in force.
    pub holds: &'static str,
}

/// What the placeholders stand for in one query.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The viewer's person id, usually a parameter: `$1`.
    pub viewer: &'a str,
    /// The id of the person or thing the record is about, usually a column: `p.id`.
    pub subject: &'a str,
    /// The id of the record itself, for relations that hold to one record only; an empty text where there is none.
    pub record: &'a str,
    /// The day on which relations are judged, usually a parameter: `$2`.
    pub today: &'a str,
    /// The record's state, a column or a quoted word.
    pub state: &'a str,
}

impl Policy {
    /// The condition under which the viewer may do `action` with a record of `kind`: the same table as
    /// [`Policy::decide`], as SQL.
    #[must_use]
    pub fn sql(&self, kind: &Kind, action: Action, terms: Terms<'_>) -> String {
        let rules = |effect| {
            let conditions: Vec<String> = self
                .rules
                .iter()
                .filter(|rule| {
                    rule.effect == effect && std::ptr::eq(rule.kind, kind) && rule.actions.contains(&action)
                })
                .map(|rule| {
                    let relations = rule.when.iter().map(|&relation| self.relation_sql(relation, terms));
                    let states = (!rule.states.is_empty()).then(|| in_states(rule.states, terms.state));
                    let all: Vec<String> = states.into_iter().chain(relations).collect();
                    format!("({})", all.join(" and "))
                })
                .collect();
            if conditions.is_empty() { "1 = 0".to_owned() } else { conditions.join(" or ") }
        };
        format!(
            "(not {suspended} and {known} and not ({denied}) and ({allowed}))",
            suspended = self.relation_sql(Relation::Suspended, terms),
            known = in_states(kind.states, terms.state),
            denied = rules(Effect::Deny),
            allowed = rules(Effect::Allow),
        )
    }

    /// One relation as a condition. A relation nobody explains holds for nobody.
    #[must_use]
    pub fn relation_sql(&self, relation: Relation, terms: Terms<'_>) -> String {
        self.sql_of(relation).map_or_else(
            || "(1 = 0)".to_owned(),
            |one| {
                let text = one
                    .holds
                    .replace("{viewer}", terms.viewer)
                    .replace("{subject}", terms.subject)
                    .replace("{record}", terms.record)
                    .replace("{today}", terms.today);
                format!("({text})")
            },
        )
    }
}

fn in_states(states: &[State], column: &str) -> String {
    let words: Vec<String> = states.iter().map(|state| format!("'{}'", state.word())).collect();
    format!("{column} in ({})", words.join(", "))
}
