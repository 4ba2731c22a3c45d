//! What goals keep about people, and how it comes out and goes.

use espalier_keeping::Form::{Day, Heading, Hidden, Moment, Short, Word, Words};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Table};

use super::access::GOAL;
use crate::keeping::after_leaving;

/// A chapter of goals.
const fn chapter(
    (title, word): (&'static str, &'static str),
    from: &'static str,
    order: &'static str,
    columns: &'static [Column],
) -> Chapter {
    Chapter {
        title,
        word,
        kind: &GOAL,
        from,
        rows: "g.person = {person}",
        subject: "g.person",
        record: "g.id",
        state: "g.state",
        order,
        columns,
    }
}

/// Everything that goals keep.
pub static KEPT: &[&Purpose] = &[&GOALS];

static GOALS: Purpose = Purpose {
    key: "goals",
    title: "goals",
    kinds: &[&GOAL],
    readers: "",
    purpose: "People write down what should come of their work, and measure it themselves.",
    basis: Basis::Choice,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 60,
        since: "after the last day at work",
        sweeps: &[after_leaving!("goal")],
    },
    tables: &[
        Table {
            name: "goal_value",
            key: &["goal", "measured_on"],
            chapters: &[chapter(
                ("What you measured", "goal_values"),
                "goal_value a join goal g on g.id = a.goal",
                "g.made_at, g.id, a.measured_on",
                &[
                    Column::new("goal", "", "g.title", Heading),
                    Column::new("measured_on", "On", "a.measured_on", Day),
                    Column::new("value", "Value", "a.value", Short),
                    Column::new("words", "", "a.words", Words),
                    Column::new("goal_id", "", "g.id", Hidden),
                ],
            )],
            left_out: &[],
            erasure: &[Part {
                fate: Fate::Goes,
                rows: "goal in (select g.id from goal g where g.person = {person})",
                words: "what you measured",
            }],
        },
        Table {
            name: "goal",
            key: &["id"],
            chapters: &[chapter(
                ("Goals", "goals"),
                "goal g",
                "g.made_at, g.id",
                &[
                    Column::new("title", "", "g.title", Heading),
                    Column::new("why", "Why", "g.why", Words),
                    Column::new("measure", "Measured as", "g.measure", Short),
                    Column::new("from", "From", "g.from_value", Short),
                    Column::new("to", "To", "g.to_value", Short),
                    Column::new("by_on", "By", "g.by_on", Day),
                    Column::new("state", "State", "g.state", Word),
                    Column::new("outcome", "How it ended", "g.outcome", Word),
                    Column::new("outcome_words", "", "g.outcome_words", Words),
                    Column::new("made_at", "Written", "g.made_at", Moment),
                    Column::new("ended_at", "Ended", "g.ended_at", Moment),
                ],
            )],
            left_out: &[],
            erasure: &[Part { fate: Fate::Goes, rows: "person = {person}", words: "your goals" }],
        },
    ],
};
