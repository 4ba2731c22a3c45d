//! What this room keeps about people, and how it comes out and goes.

use espalier_keeping::{Basis, Chapter, Column, Fate, Form, Keep, Part, Purpose, Table};

use crate::access::{BOOK, ERASURE, FRAMEWORK, REGISTER};

const OF_EVERYBODY: &str = "a framework belongs to everybody; that you worked on it stands among your deeds";

/// Everything this room keeps.
pub static KEPT: &[&Purpose] = &[&FRAMEWORKS, &ERASURES, &REGISTERED, &BACKUPS];

static FRAMEWORKS: Purpose = Purpose {
    key: "frameworks",
    title: "career frameworks",
    kinds: &[&FRAMEWORK],
    readers: "",
    purpose: "Everybody knows what good work looks like, and what somebody was assessed against stays readable.",
    basis: Basis::Interest,
    keep: Keep::Fixed("as long as the organisation likes; it says nothing about people but who published it"),
    tables: &[
        Table {
            name: "framework_version",
            key: &["id"],
            chapters: &[],
            left_out: &[("made_by", OF_EVERYBODY), ("published_by", OF_EVERYBODY)],
            erasure: &[Part {
                fate: Fate::Stays,
                rows: "made_by = {person} or published_by = {person}",
                words: "versions of frameworks that you brought in or published: they belong to everybody",
            }],
        },
        Table { name: "framework", key: &["id"], chapters: &[], left_out: &[], erasure: &[] },
    ],
};

static ERASURES: Purpose = Purpose {
    key: "erasures",
    title: "requests to be erased, and the ledger of erasures",
    kinds: &[&BOOK, &ERASURE],
    readers: "",
    purpose: "People get their data and are forgotten when they ask, and stay forgotten when an old backup comes back.",
    basis: Basis::Duty,
    keep: Keep::Fixed("a request until it is carried out; the ledger for good: it holds a hash and no name"),
    tables: &[
        Table {
            name: "erasure_request",
            key: &["person"],
            chapters: &[Chapter {
                title: "Your request to be erased",
                word: "erasure_requests",
                kind: &ERASURE,
                from: "erasure_request q",
                rows: "q.person = {person}",
                subject: "q.person",
                record: "''",
                state: "'draft'",
                order: "q.person",
                columns: &[Column::new("asked_at", "Asked", "q.asked_at", Form::Moment)],
            }],
            left_out: &[],
            erasure: &[Part { fate: Fate::Goes, rows: "person = {person}", words: "your request" }],
        },
        // Hashes, which name nobody.
        Table { name: "erasure", key: &["hash"], chapters: &[], left_out: &[], erasure: &[] },
    ],
};

static REGISTERED: Purpose = Purpose {
    key: "register",
    title: "this register, and who changed a time in it",
    kinds: &[&REGISTER],
    readers: "",
    purpose: "Everybody can read what is kept about people, what for and how long.",
    basis: Basis::Duty,
    keep: Keep::Fixed("as long as a time differs from what the house proposes"),
    tables: &[Table {
        name: "keeping_choice",
        key: &["purpose"],
        chapters: &[],
        left_out: &[(
            "changed_by",
            "how long things are kept belongs to everybody; that you chose it stands among your deeds",
        )],
        erasure: &[Part {
            fate: Fate::Stays,
            rows: "changed_by = {person}",
            words: "how long things are kept, where you chose it",
        }],
    }],
};

/// Its time does nothing here: whoever makes backups overwrites them, and people are told by when.
static BACKUPS: Purpose = Purpose {
    key: "backups",
    title: "backups",
    kinds: &[],
    readers: "whoever runs the machine",
    purpose: "Nothing is lost when a machine breaks.",
    basis: Basis::Interest,
    keep: Keep::Months {
        months: 3,
        least: 0,
        most: 120,
        since: "after a backup was made. Espalier only tells people; whoever runs it overwrites the files",
        sweeps: &[],
    },
    tables: &[],
};
