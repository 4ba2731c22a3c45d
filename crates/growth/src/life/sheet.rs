//! Rows on their way into tables, many at a time.

use espalier_kernel::{Bind, Value};
use espalier_store::{Fault, Tx};

/// Rows of one table.
pub(super) struct Sheet {
    table: &'static str,
    columns: &'static [&'static str],
    rows: Vec<Vec<Value<'static>>>,
}

impl Sheet {
    const fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, rows: Vec::new() }
    }

    /// One more row.
    pub(super) fn add<const N: usize>(&mut self, values: [&dyn Bind; N]) {
        debug_assert_eq!(values.len(), self.columns.len(), "{}", self.table);
        self.rows.push(values.iter().map(|value| value.bind().into_owned()).collect());
    }
}

macro_rules! sheets {
    ($($name:ident: $table:literal = $columns:expr;)+) => {
        /// The tables that a life is written into.
        pub(super) struct Sheets {
            $(pub(super) $name: Sheet,)+
        }

        impl Sheets {
            pub(super) fn new() -> Self {
                Self { $($name: Sheet::new($table, &$columns),)+ }
            }

            /// Writes what there is; the sheets are empty after it.
            pub(super) async fn write(&mut self, tx: &mut Tx) -> Result<(), Fault> {
                $(
                    let rows = std::mem::take(&mut self.$name.rows);
                    tx.insert_many(self.$name.table, self.$name.columns, &rows).await?;
                )+
                Ok(())
            }
        }
    };
}

sheets! {
    evidence: "evidence" =
        ["id", "person", "happened_on", "situation", "deed", "effect", "link", "revision", "made_at", "changed_at"];
    claims: "evidence_claim" = ["evidence", "person", "framework", "version", "statement", "pillar", "happened_on"];
    corroborations: "corroboration" = [
        "id", "evidence", "secret_hash", "name", "email", "person", "asked_revision", "asked_on", "asked_words",
        "asked_link", "standing", "words", "asked_at", "expires_at", "answered_at"
    ];
    talks: "talk" = [
        "id", "cycle", "person", "holder", "opened_with", "is_chosen", "version", "framework", "framework_name", "level",
        "level_name", "item_kind", "state", "due_on", "meets_at", "made_at", "opened_at", "person_signed_at",
        "holder_signed_at", "ended_at"
    ];
    preparations: "preparation" = ["talk", "author", "side", "begun_at", "sealed_at"];
    prepared: "preparation_answer" = ["talk", "author", "item", "state", "note", "revision", "changed_at"];
    items: "talk_item" =
        ["talk", "item", "outcome", "agreed", "person_words", "holder_words", "revision", "changed_at"];
    notes: "talk_note" = ["talk", "part", "words", "revision", "changed_at"];
    assessments: "assessment" = [
        "id", "person", "version", "framework", "framework_name", "track", "level", "level_name", "is_own_level", "state",
        "started_at", "changed_at", "finished_at"
    ];
    answers: "answer" = ["assessment", "statement", "state", "note", "revision", "changed_at"];
    steps: "plan_step" = [
        "id", "person", "talk", "framework", "version", "from_statement", "to_statement", "why", "much_less", "less",
        "expected", "more", "much_more", "support", "evidence", "first_step", "first_step_on", "first_step_done_at",
        "stop_rule", "state", "outcome", "outcome_words", "revision", "made_at", "changed_at", "begun_at", "ended_at"
    ];
    deeds: "plan_deed" = ["id", "step", "kind", "words", "made_at", "done_at"];
    checkpoints: "plan_checkpoint" = ["id", "step", "due_on", "words", "held_at", "told_at"];
    ratings: "plan_rating" = ["step", "rater", "rated_on", "reached", "words", "rated_at"];
    goals: "goal" = [
        "id", "person", "title", "why", "measure", "from_value", "to_value", "by_on", "state", "outcome", "outcome_words",
        "revision", "made_at", "changed_at", "ended_at"
    ];
    values: "goal_value" = ["goal", "measured_on", "value", "words", "measured_at"];
    feedback: "feedback" = [
        "id", "giver", "receiver", "question", "about", "goal", "asked_at", "situation", "behaviour", "effect", "state",
        "revision", "made_at", "changed_at", "given_at", "read_at", "ended_at"
    ];
}
