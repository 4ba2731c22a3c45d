//! What self-assessments keep about people, and how it comes out and goes.

use espalier_keeping::Form::{Day, Heading, Hidden, Moment, Statement, Version, Word, Words, Yes};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Table};

use crate::access::SELF_ASSESSMENT;

/// What goes some time after somebody has left.
macro_rules! after_leaving {
    ($table:literal) => {
        espalier_keeping::Sweep::Rows(
            $table,
            &["id"],
            concat!(
                "exists (select 1 from person p where p.id = ",
                $table,
                ".person and p.left_on < {before})"
            ),
        )
    };
}
pub(crate) use after_leaving;

/// A part of a self-assessment, which goes with it.
macro_rules! of_assessment {
    ($table:literal, $key:expr, $title:literal, $word:literal, $order:literal, $columns:expr) => {
        Table {
            name: $table,
            key: $key,
            chapters: &[Chapter {
                title: $title,
                word: $word,
                kind: &SELF_ASSESSMENT,
                from: concat!($table, " a join assessment s on s.id = a.assessment"),
                rows: "s.person = {person}",
                subject: "s.person",
                record: "s.id",
                state: "s.state",
                order: $order,
                columns: $columns,
            }],
            left_out: &[],
            erasure: &[Part {
                fate: Fate::Goes,
                rows: "assessment in (select s.id from assessment s where s.person = {person})",
                words: "what your self-assessments say",
            }],
        }
    };
}

const HEADING: Column =
    Column::new("assessment", "", "s.level_name || ', begun on ' || substr(s.started_at, 1, 10)", Heading);

/// Everything that self-assessments keep.
pub static KEPT: &[&Purpose] = &[&ASSESSMENTS];

static ASSESSMENTS: Purpose = Purpose {
    key: "self-assessments",
    title: "self-assessments",
    kinds: &[&SELF_ASSESSMENT],
    readers: "",
    purpose: "People see for themselves where they stand beside a level.",
    basis: Basis::Choice,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 60,
        since: "after the last day at work",
        sweeps: &[after_leaving!("assessment")],
    },
    tables: &[
        of_assessment!(
            "answer",
            &["assessment", "statement"],
            "What you said of yourself",
            "answers",
            "s.started_at, s.id, a.statement",
            &[
                HEADING,
                Column::new("version", "", "s.version", Version),
                Column::new("statement", "", "a.statement", Statement),
                Column::new("answer", "You said", "a.state", Word),
                Column::new("note", "", "a.note", Words),
                Column::new("changed_at", "", "a.changed_at", Hidden),
            ]
        ),
        of_assessment!(
            "point_answer",
            &["assessment", "competency"],
            "Where you saw yourself on a scale",
            "points",
            "s.started_at, s.id, a.competency",
            &[
                HEADING,
                Column::new("version", "", "s.version", Version),
                Column::new("competency", "", "a.competency", Statement),
                Column::new("from", "From", "a.low", Word),
                Column::new("to", "To", "a.high", Word),
            ]
        ),
        of_assessment!(
            "chosen_archetype",
            &["assessment", "archetype"],
            "Archetypes you chose",
            "archetypes",
            "s.started_at, s.id, a.archetype",
            &[HEADING, Column::new("archetype", "", "a.archetype", Word)]
        ),
        of_assessment!(
            "assessment_evidence",
            &["assessment", "statement", "evidence"],
            "Evidence behind your self-assessments",
            "assessment_evidence",
            "s.started_at, s.id, a.statement, a.happened_on",
            &[
                HEADING,
                Column::new("version", "", "s.version", Version),
                Column::new("statement", "", "a.statement", Statement),
                Column::new("happened_on", "On", "a.happened_on", Day),
                Column::new("is_corroborated", "Confirmed", "a.is_corroborated", Yes),
                Column::new("evidence", "", "a.evidence", Hidden),
            ]
        ),
        Table {
            name: "assessment",
            key: &["id"],
            chapters: &[Chapter {
                title: "Self-assessments",
                word: "assessments",
                kind: &SELF_ASSESSMENT,
                from: "assessment s",
                rows: "s.person = {person}",
                subject: "s.person",
                record: "s.id",
                state: "s.state",
                order: "s.started_at, s.id",
                columns: &[
                    Column::new("level", "", "s.level_name", Heading),
                    Column::new("framework", "Framework", "s.framework_name", espalier_keeping::Form::Short),
                    Column::new("version", "", "s.version", Version),
                    Column::new("is_own_level", "Your own level", "s.is_own_level", Yes),
                    Column::new("state", "", "s.state", Hidden),
                    Column::new("started_at", "Begun", "s.started_at", Moment),
                    Column::new("finished_at", "Finished", "s.finished_at", Moment),
                ],
            }],
            left_out: &[],
            erasure: &[Part { fate: Fate::Goes, rows: "person = {person}", words: "your self-assessments" }],
        },
    ],
};
