//! What the evidence log keeps about people, and how it comes out and goes.

use espalier_keeping::Form::{Day, Heading, Hidden, Moment, Short, Statement, Version, Word, Words};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Table};

use super::access::{CORROBORATION, EVIDENCE};
use crate::keeping::after_leaving;

const OF_THE_LOG: &str = "evidence in (select e.id from evidence e where e.person = {person})";

/// Everything that the evidence log keeps.
pub static KEPT: &[&Purpose] = &[&LOG];

static LOG: Purpose = Purpose {
    key: "evidence",
    title: "evidence log, and who confirmed it",
    kinds: &[&EVIDENCE, &CORROBORATION],
    readers: "",
    purpose: "People keep what they did and what came of it, so that talks rest on facts.",
    basis: Basis::Choice,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 60,
        since: "after the last day at work",
        sweeps: &[after_leaving!("evidence")],
    },
    tables: &[
        Table {
            name: "evidence_claim",
            key: &["evidence", "framework", "statement"],
            chapters: &[Chapter {
                title: "What your evidence supports",
                word: "claims",
                kind: &EVIDENCE,
                from: "evidence_claim c join evidence e on e.id = c.evidence",
                rows: "e.person = {person}",
                subject: "e.person",
                record: "e.id",
                state: "'open'",
                order: "e.happened_on, e.id, c.statement",
                columns: &[
                    Column::new("happened_on", "", "e.happened_on || ': ' || e.deed", Heading),
                    Column::new("version", "", "c.version", Version),
                    Column::new("statement", "", "c.statement", Statement),
                    Column::new("evidence", "", "c.evidence", Hidden),
                ],
            }],
            left_out: &[],
            erasure: &[Part { fate: Fate::Goes, rows: OF_THE_LOG, words: "what your evidence supports" }],
        },
        Table {
            name: "corroboration",
            key: &["id"],
            chapters: &[
                Chapter {
                    title: "Whom you asked to confirm",
                    word: "requests",
                    kind: &EVIDENCE,
                    from: "corroboration k join evidence e on e.id = k.evidence left join person p on p.id = k.person",
                    rows: "e.person = {person}",
                    subject: "e.person",
                    record: "e.id",
                    state: "'open'",
                    order: "k.asked_at, k.id",
                    columns: &[
                        Column::new("who", "", "coalesce(p.name, k.name)", Short),
                        Column::new("email", "E-mail", "k.email", Short),
                        Column::new("asked_at", "Asked", "k.asked_at", Moment),
                        Column::new("asked_words", "About", "k.asked_words", Words),
                        Column::new("asked_link", "", "k.asked_link", Short),
                        Column::new("standing", "Answer", "k.standing", Word),
                        Column::new("words", "", "k.words", Words),
                        Column::new("answered_at", "Answered", "k.answered_at", Moment),
                        Column::new("evidence", "", "k.evidence", Hidden),
                    ],
                },
                Chapter {
                    title: "What you were asked to confirm",
                    word: "requests_received",
                    kind: &CORROBORATION,
                    from: "corroboration k join evidence e on e.id = k.evidence join person p on p.id = e.person",
                    rows: "k.person = {person}",
                    subject: "k.person",
                    record: "k.id",
                    state: "case when k.answered_at is null then 'draft' else 'ended' end",
                    order: "k.asked_at, k.id",
                    columns: &[
                        Column::new("by", "By", "p.name", Short),
                        Column::new("asked_at", "Asked", "k.asked_at", Moment),
                        Column::new("asked_on", "It happened", "k.asked_on", Day),
                        Column::new("asked_words", "", "k.asked_words", Words),
                        Column::new("asked_link", "", "k.asked_link", Short),
                        Column::new("standing", "You said", "k.standing", Word),
                        Column::new("words", "", "k.words", Words),
                        Column::new("answered_at", "Answered", "k.answered_at", Moment),
                    ],
                },
            ],
            left_out: &[],
            erasure: &[
                Part { fate: Fate::Goes, rows: OF_THE_LOG, words: "what you asked others to confirm" },
                Part {
                    fate: Fate::Goes,
                    rows: "person = {person} and answered_at is null",
                    words: "what others asked you to confirm and you have not answered",
                },
                Part {
                    fate: Fate::Becomes("name = 'A former colleague', email = ''"),
                    rows: "person = {person} and answered_at is not null",
                    words: "what you confirmed for others: it is theirs, and stays as from a former colleague",
                },
            ],
        },
        Table {
            name: "evidence",
            key: &["id"],
            chapters: &[Chapter {
                title: "Evidence",
                word: "evidence",
                kind: &EVIDENCE,
                from: "evidence e",
                rows: "e.person = {person}",
                subject: "e.person",
                record: "e.id",
                state: "'open'",
                order: "e.happened_on, e.id",
                columns: &[
                    Column::new("happened_on", "", "e.happened_on", Day),
                    Column::new("situation", "Situation", "e.situation", Words),
                    Column::new("deed", "What you did", "e.deed", Words),
                    Column::new("effect", "What came of it", "e.effect", Words),
                    Column::new("link", "", "e.link", Short),
                    Column::new("made_at", "", "e.made_at", Hidden),
                    Column::new("changed_at", "", "e.changed_at", Hidden),
                ],
            }],
            left_out: &[],
            erasure: &[Part { fate: Fate::Goes, rows: "person = {person}", words: "your evidence log" }],
        },
    ],
};
