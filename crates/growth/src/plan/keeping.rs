//! What growth plans keep about people, and how it comes out and goes.

use espalier_access::Kind;
use espalier_keeping::Form::{Day, Heading, Hidden, Moment, Number, Short, Statement, Version, Word, Words};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Table};

use super::access::{AGREED_STEP, OWN_STEP};
use crate::keeping::after_leaving;

/// The state of a step `s` in the words of the rules.
const STATE: &str = "case s.state when 'begun' then 'open' else s.state end";
/// The steps that somebody plans for themselves.
const OWN: &str = "s.person = {person} and s.talk is null";
/// The steps that somebody agreed on in talks, of either side.
const AGREED: &str = "s.talk is not null and (s.person = {person} or exists (select 1 from talk t where t.id = s.talk \
                      and t.holder = {person}))";
const OF_A_STEP: &str = "step in (select s.id from plan_step s where s.person = {person})";
const NAMED: &str =
    "a step that you were named to help with is somebody else’s, and being named opens nothing";
const OF_ANOTHER: &str = "a step that is somebody else’s by now is read by them";

const HEADING: Column =
    Column::new("step", "", "'Step of ' || p.name || ', ' || substr(s.made_at, 1, 10)", Heading);
const STEP_ID: Column = Column::new("step_id", "", "s.id", Hidden);

const STEP: &[Column] = &[
    HEADING,
    Column::new("version", "", "s.version", Version),
    Column::new("from", "From", "s.from_statement", Statement),
    Column::new("to", "Towards", "s.to_statement", Statement),
    Column::new("why", "Why now", "s.why", Words),
    Column::new("much_less", "Much less", "s.much_less", Words),
    Column::new("less", "Less", "s.less", Words),
    Column::new("expected", "As hoped", "s.expected", Words),
    Column::new("more", "More", "s.more", Words),
    Column::new("much_more", "Much more", "s.much_more", Words),
    Column::new("support", "Helped by", "h.name", Short),
    Column::new("evidence", "What will count", "s.evidence", Words),
    Column::new("first_step", "First step", "s.first_step", Words),
    Column::new("first_step_on", "Until", "s.first_step_on", Day),
    Column::new("first_step_done_at", "Taken", "s.first_step_done_at", Moment),
    Column::new("stop_rule", "When to stop", "s.stop_rule", Words),
    Column::new("state", "State", "s.state", Word),
    Column::new("outcome", "How it ended", "s.outcome", Word),
    Column::new("outcome_words", "", "s.outcome_words", Words),
    Column::new("begun_at", "Begun", "s.begun_at", Moment),
    Column::new("ended_at", "Ended", "s.ended_at", Moment),
    STEP_ID,
];
const DEEDS: &[Column] = &[
    HEADING,
    Column::new("kind", "By", "a.kind", Word),
    Column::new("words", "", "a.words", Words),
    Column::new("done_at", "Done", "a.done_at", Moment),
    STEP_ID,
];
const CHECKPOINTS: &[Column] = &[
    HEADING,
    Column::new("due_on", "Checkpoint", "a.due_on", Day),
    Column::new("words", "", "a.words", Words),
    Column::new("held_at", "Held", "a.held_at", Moment),
    STEP_ID,
];
const RATINGS: &[Column] = &[
    HEADING,
    Column::new("rated_on", "On", "a.rated_on", Day),
    Column::new("reached", "On the ladder", "a.reached", Number),
    Column::new("words", "", "a.words", Words),
    Column::new("by", "Said by", "r.name", Short),
    STEP_ID,
];

/// A chapter of steps, or of what hangs on them.
const fn chapter(
    kind: &'static Kind,
    (title, word): (&'static str, &'static str),
    from: &'static str,
    (rows, order): (&'static str, &'static str),
    columns: &'static [Column],
) -> Chapter {
    Chapter {
        title,
        word,
        kind,
        from,
        rows,
        subject: "s.person",
        record: "s.id",
        state: STATE,
        order,
        columns,
    }
}

/// Something that hangs on a step: its own and the agreed in one chapter of the page each.
macro_rules! of_step {
    ($title:literal, $own:literal, $agreed:literal, $from:expr, $order:literal, $columns:expr) => {
        &[
            chapter(&OWN_STEP, ($title, $own), $from, (OWN, $order), $columns),
            chapter(&AGREED_STEP, ($title, $agreed), $from, (AGREED, $order), $columns),
        ]
    };
}

const fn goes(rows: &'static str, words: &'static str) -> Part {
    Part { fate: Fate::Goes, rows, words }
}

/// Everything that plans keep.
pub static KEPT: &[&Purpose] = &[&PLANS];

static PLANS: Purpose = Purpose {
    key: "plans",
    title: "growth plans",
    kinds: &[&OWN_STEP, &AGREED_STEP],
    readers: "",
    purpose: "People plan what they want to grow towards, and see how far they came.",
    basis: Basis::Choice,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 60,
        since: "after the last day at work",
        sweeps: &[after_leaving!("plan_step")],
    },
    tables: &[
        Table {
            name: "plan_deed",
            key: &["id"],
            chapters: of_step!(
                "What your plan asks you to do",
                "actions",
                "agreed_actions",
                "plan_deed a join plan_step s on s.id = a.step join person p on p.id = s.person",
                "s.made_at, s.id, a.made_at, a.id",
                DEEDS
            ),
            left_out: &[("step", OF_ANOTHER)],
            erasure: &[goes(OF_A_STEP, "the actions of your plan")],
        },
        Table {
            name: "plan_checkpoint",
            key: &["id"],
            chapters: of_step!(
                "Checkpoints of your plan",
                "checkpoints",
                "agreed_checkpoints",
                "plan_checkpoint a join plan_step s on s.id = a.step join person p on p.id = s.person",
                "s.made_at, s.id, a.due_on",
                CHECKPOINTS
            ),
            left_out: &[("step", OF_ANOTHER)],
            erasure: &[goes(OF_A_STEP, "the checkpoints of your plan")],
        },
        Table {
            name: "plan_rating",
            key: &["step", "rater", "rated_on"],
            chapters: of_step!(
                "How far your plan came",
                "plan_ratings",
                "agreed_plan_ratings",
                "plan_rating a join plan_step s on s.id = a.step join person p on p.id = s.person \
                 join person r on r.id = a.rater",
                "s.made_at, s.id, a.rated_on, a.rater",
                RATINGS
            ),
            left_out: &[("step", OF_ANOTHER), ("rater", OF_ANOTHER)],
            erasure: &[
                goes(OF_A_STEP, "how far your plan came"),
                Part {
                    fate: Fate::Stays,
                    rows: "rater = {person} and step in (select s.id from plan_step s where s.person <> {person})",
                    words: "how you rated steps of others: it is theirs, and stays as from a former colleague",
                },
            ],
        },
        Table {
            name: "plan_step",
            key: &["id"],
            chapters: of_step!(
                "Growth plan",
                "steps",
                "agreed_steps",
                "plan_step s join person p on p.id = s.person left join person h on h.id = s.support",
                "s.made_at, s.id",
                STEP
            ),
            left_out: &[("support", NAMED), ("talk", OF_ANOTHER)],
            erasure: &[
                goes("person = {person}", "your growth plan, also what was agreed in talks"),
                Part {
                    fate: Fate::Becomes("support = null"),
                    rows: "support = {person} and person <> {person}",
                    words: "that you would help others with their steps",
                },
            ],
        },
    ],
};
