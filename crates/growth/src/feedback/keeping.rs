//! What feedback keeps about people, and how it comes out and goes. It is about whoever it is for: when they are erased
//! it goes, and when its giver is, it stays with them.

use espalier_access::Kind;
use espalier_keeping::Form::{Heading, Hidden, Moment, Short, Statement, Version, Word, Words};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Sweep, Table};

use super::access::{RECEIVED, WRITTEN};

/// The state of feedback `f` in the words of the rules.
const STATE: &str = "case f.state when 'given' then (case when f.read_at is null then 'sealed' else 'open' end) \
                     when 'declined' then 'ended' when 'taken-back' then 'withdrawn' else f.state end";
const BY: &str = "f.giver = {person}";
/// Nobody reads a word before it is given and opened.
const FOR: &str = "f.receiver = {person} and f.state = 'given' and f.read_at is not null";
const UNREAD: &str = "what a colleague writes is theirs until they give it, and waits until you open it";

const TO: Column =
    Column::new("feedback", "", "'For ' || r.name || ', ' || substr(f.made_at, 1, 10)", Heading);
const FROM: Column =
    Column::new("feedback", "", "'From ' || g.name || ', ' || substr(f.given_at, 1, 10)", Heading);
const ID: Column = Column::new("id", "", "f.id", Hidden);
const SITUATION: Column = Column::new("situation", "Situation", "f.situation", Words);
const BEHAVIOUR: Column = Column::new("behaviour", "What they did", "f.behaviour", Words);
const EFFECT: Column = Column::new("effect", "What came of it", "f.effect", Words);
const QUESTION: Column = Column::new("question", "Asked", "f.question", Words);
const ABOUT: Column = Column::new("about", "About", "f.about", Words);
const GIVEN: Column = Column::new("given_at", "Given", "f.given_at", Moment);
const READ: Column = Column::new("read_at", "Read", "f.read_at", Moment);
const VERSION: Column = Column::new("version", "", "a.version", Version);
const STATEMENT: Column = Column::new("statement", "", "a.statement", Statement);

/// A chapter of feedback.
const fn chapter(
    (kind, subject, state): (&'static Kind, &'static str, &'static str),
    (title, word): (&'static str, &'static str),
    from: &'static str,
    (rows, order): (&'static str, &'static str),
    columns: &'static [Column],
) -> Chapter {
    Chapter { title, word, kind, from, rows, subject, record: "f.id", state, order, columns }
}

/// Everything that feedback keeps.
pub static KEPT: &[&Purpose] = &[&FEEDBACK];

static FEEDBACK: Purpose = Purpose {
    key: "feedback",
    title: "feedback between colleagues",
    kinds: &[&WRITTEN, &RECEIVED],
    readers: "",
    purpose: "One colleague tells another what they saw and what came of it, so that it helps.",
    basis: Basis::Choice,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 60,
        since: "after the last day at work of whoever it is for",
        sweeps: &[Sweep::Rows(
            "feedback",
            &["id"],
            "exists (select 1 from person p where p.id = feedback.receiver and p.left_on < {before})",
        )],
    },
    tables: &[
        Table {
            name: "feedback_statement",
            key: &["feedback", "framework", "statement"],
            chapters: &[
                chapter(
                    (&RECEIVED, "f.receiver", STATE),
                    ("What feedback you received speaks of", "feedback_statements"),
                    "feedback_statement a join feedback f on f.id = a.feedback join person g on g.id = f.giver",
                    (FOR, "f.given_at, f.id, a.statement"),
                    &[FROM, VERSION, STATEMENT, ID],
                ),
                chapter(
                    (&WRITTEN, "f.giver", STATE),
                    ("What feedback you wrote speaks of", "feedback_statements_written"),
                    "feedback_statement a join feedback f on f.id = a.feedback join person r on r.id = f.receiver",
                    (BY, "f.made_at, f.id, a.statement"),
                    &[TO, VERSION, STATEMENT, ID],
                ),
            ],
            left_out: &[("feedback", UNREAD)],
            erasure: &[Part {
                fate: Fate::Goes,
                rows: "feedback in (select f.id from feedback f where f.receiver = {person} \
                       or (f.giver = {person} and f.state <> 'given'))",
                words: "what that feedback speaks of",
            }],
        },
        Table {
            name: "feedback",
            key: &["id"],
            chapters: &[
                chapter(
                    (&RECEIVED, "f.receiver", STATE),
                    ("Feedback you received", "feedback"),
                    "feedback f join person g on g.id = f.giver",
                    (FOR, "f.given_at, f.id"),
                    &[FROM, QUESTION, ABOUT, SITUATION, BEHAVIOUR, EFFECT, GIVEN, READ],
                ),
                chapter(
                    // The question is in the asker's own words, however far the answer is.
                    (&RECEIVED, "f.receiver", "'open'"),
                    ("Feedback you asked for", "feedback_asked"),
                    "feedback f join person g on g.id = f.giver",
                    ("f.receiver = {person} and f.asked_at is not null", "f.asked_at, f.id"),
                    &[
                        Column::new("of", "Of", "g.name", Short),
                        QUESTION,
                        ABOUT,
                        Column::new("asked_at", "On", "f.asked_at", Moment),
                    ],
                ),
                chapter(
                    (&WRITTEN, "f.giver", STATE),
                    ("Feedback you wrote", "feedback_written"),
                    "feedback f join person r on r.id = f.receiver",
                    (BY, "f.made_at, f.id"),
                    &[
                        TO,
                        QUESTION,
                        ABOUT,
                        SITUATION,
                        BEHAVIOUR,
                        EFFECT,
                        Column::new("state", "State", "f.state", Word),
                        GIVEN,
                    ],
                ),
            ],
            left_out: &[("receiver", UNREAD)],
            erasure: &[
                Part {
                    fate: Fate::Goes,
                    rows: "receiver = {person}",
                    words: "feedback you received or asked for",
                },
                Part {
                    fate: Fate::Goes,
                    rows: "giver = {person} and state <> 'given'",
                    words: "feedback you have not given",
                },
                Part {
                    fate: Fate::Stays,
                    rows: "giver = {person} and state = 'given' and receiver <> {person}",
                    words: "feedback you gave: it is theirs, and stays as from a former colleague",
                },
            ],
        },
    ],
};
