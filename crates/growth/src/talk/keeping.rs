//! What development talks keep about people, and how it comes out and goes. A signed talk is the record of two: when
//! one of them is erased, the other keeps what is theirs.

use espalier_access::Kind;
use espalier_keeping::Form::{Day, Heading, Hidden, Moment, Number, Short, Statement, Version, Word, Words};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Table};

use super::access::{PREPARATION, TALK, TALK_CYCLE, TALK_INPUT, TALK_STATE};
use crate::keeping::after_leaving;

/// The state of a talk `t` in the words of the rules.
const STATE: &str =
    "case t.state when 'planned' then 'draft' when 'called-off' then 'withdrawn' else t.state end";
/// The talks that point to somebody and are there.
const TALKS: &str = "(t.person = {person} or t.holder = {person}) and (t.cycle is null or exists \
                     (select 1 from talk_cycle c where c.id = t.cycle and c.state <> 'staged'))";
/// The same once both were ready: nobody reads a word of the other before.
const OPENED: &str = "(t.person = {person} or t.holder = {person}) and t.opened_with is not null";
/// The same, of what the other side prepared.
const OF_THE_OTHER: &str = "(t.person = {person} or t.holder = {person}) and t.opened_with is not null \
                            and a.author <> {person} and a.author in (t.person, t.opened_with)";
const ORDER: &str = "t.due_on, t.id, a.item";
const SEALED: &str = "what the other side prepares is theirs alone until both are ready";
const NO_LONGER: &str =
    "a talk that somebody else holds by now is read by them; what you wrote yourself is in your book";
/// The talks about somebody that both signed.
const SIGNED: &str = "talk in (select t.id from talk t where t.person = {person} and t.state = 'signed')";

const HEADING: Column = Column::new(
    "talk",
    "",
    "'Talk of ' || p.name || case when t.level_name = '' then '' else ', ' || t.level_name end || ', ' || t.due_on",
    Heading,
);
const TALK_ID: Column = Column::new("talk_id", "", "t.id", Hidden);
const PINNED: Column = Column::new("version", "", "t.version", Version);

/// A chapter of what stands in talks.
const fn in_talks(
    (title, word): (&'static str, &'static str),
    from: &'static str,
    (rows, order): (&'static str, &'static str),
    columns: &'static [Column],
) -> Chapter {
    of(&TALK, ("t.person", "t.id", STATE), (title, word), from, (rows, order), columns)
}

/// A chapter of what somebody prepared alone.
const fn prepared(
    (title, word): (&'static str, &'static str),
    from: &'static str,
    (rows, order): (&'static str, &'static str),
    columns: &'static [Column],
) -> Chapter {
    let state = "case when z.sealed_at is null then 'draft' else 'sealed' end";
    of(&PREPARATION, ("z.author", "z.talk", state), (title, word), from, (rows, order), columns)
}

const fn of(
    kind: &'static Kind,
    (subject, record, state): (&'static str, &'static str, &'static str),
    (title, word): (&'static str, &'static str),
    from: &'static str,
    (rows, order): (&'static str, &'static str),
    columns: &'static [Column],
) -> Chapter {
    Chapter { title, word, kind, from, rows, subject, record, state, order, columns }
}

const fn goes(rows: &'static str, words: &'static str) -> Part {
    Part { fate: Fate::Goes, rows, words }
}

const ANSWER: &[Column] = &[
    HEADING,
    PINNED,
    Column::new("item", "", "a.item", Statement),
    Column::new("rating", "Rating", "a.state", Word),
    Column::new("note", "", "a.note", Words),
    TALK_ID,
];

const CITED: &[Column] = &[
    HEADING,
    PINNED,
    Column::new("item", "", "a.item", Statement),
    Column::new("happened_on", "On", "a.happened_on", Day),
    Column::new("words", "", "a.words", Words),
    Column::new("link", "", "a.link", Short),
    Column::new("standing", "Standing", "a.standing", Word),
    TALK_ID,
];

/// Everything that talks keep.
pub static KEPT: &[&Purpose] = &[&TALKS_KEPT];

static TALKS_KEPT: Purpose = Purpose {
    key: "talks",
    title: "development talks",
    kinds: &[&TALK, &PREPARATION, &TALK_STATE, &TALK_CYCLE, &TALK_INPUT],
    readers: "",
    purpose: "Two people look at the work of one of them, and both can go back to what they agreed.",
    basis: Basis::Interest,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 60,
        since: "after the last day at work of the person it is about",
        sweeps: &[after_leaving!("talk")],
    },
    tables: &[
        Table {
            name: "preparation_answer",
            key: &["talk", "author", "item"],
            chapters: &[
                prepared(
                    ("What you prepared", "prepared"),
                    "preparation_answer a join preparation z on z.talk = a.talk and z.author = a.author \
                     join talk t on t.id = a.talk join person p on p.id = t.person",
                    ("a.author = {person}", ORDER),
                    ANSWER,
                ),
                in_talks(
                    ("What the other side prepared", "prepared_by_the_other"),
                    "preparation_answer a join talk t on t.id = a.talk join person p on p.id = t.person",
                    (OF_THE_OTHER, ORDER),
                    ANSWER,
                ),
            ],
            left_out: &[("talk", SEALED)],
            erasure: &[
                goes(
                    "author = {person} and talk in (select t.id from talk t where t.person = {person} \
                     or t.opened_with is null)",
                    "what you prepared for talks about you, and for talks that have not opened",
                ),
                Part {
                    fate: Fate::Stays,
                    rows: "author = {person} and talk in (select t.id from talk t where t.person <> {person} \
                           and t.opened_with is not null)",
                    words: "what you said about others in their talks: it is theirs, and stays as from a former colleague",
                },
            ],
        },
        Table {
            name: "preparation_evidence",
            key: &["talk", "author", "item", "evidence"],
            chapters: &[
                prepared(
                    ("Evidence you brought along", "brought"),
                    "preparation_evidence a join preparation z on z.talk = a.talk and z.author = a.author \
                     join talk t on t.id = a.talk join person p on p.id = t.person",
                    ("a.author = {person}", "t.due_on, t.id, a.item, a.happened_on"),
                    CITED,
                ),
                in_talks(
                    ("Evidence the other side brought along", "brought_by_the_other"),
                    "preparation_evidence a join talk t on t.id = a.talk join person p on p.id = t.person",
                    (OF_THE_OTHER, "t.due_on, t.id, a.item, a.happened_on"),
                    CITED,
                ),
            ],
            left_out: &[("talk", SEALED)],
            erasure: &[goes(
                "author = {person} and talk in (select t.id from talk t where t.person = {person} \
                 or t.opened_with is null)",
                "evidence you brought along",
            )],
        },
        Table {
            name: "preparation",
            key: &["talk", "author"],
            chapters: &[prepared(
                ("When you prepared", "preparations"),
                "preparation z join talk t on t.id = z.talk join person p on p.id = t.person",
                ("z.author = {person}", "t.due_on, t.id"),
                &[
                    HEADING,
                    Column::new("side", "As", "z.side", Word),
                    Column::new("begun_at", "Begun", "z.begun_at", Moment),
                    Column::new("sealed_at", "Handed in", "z.sealed_at", Moment),
                    TALK_ID,
                ],
            )],
            left_out: &[("talk", SEALED)],
            erasure: &[goes(
                "author = {person} and talk in (select t.id from talk t where t.person = {person} \
                 or t.opened_with is null)",
                "your preparations",
            )],
        },
        Table {
            name: "talk_item",
            key: &["talk", "item"],
            chapters: &[in_talks(
                ("What you agreed", "agreed"),
                "talk_item a join talk t on t.id = a.talk join person p on p.id = t.person",
                (OPENED, ORDER),
                &[
                    HEADING,
                    PINNED,
                    Column::new("item", "", "a.item", Statement),
                    Column::new("outcome", "Outcome", "a.outcome", Word),
                    Column::new("agreed", "Rating", "a.agreed", Word),
                    Column::new("person_words", "The person’s words", "a.person_words", Words),
                    Column::new("holder_words", "The other’s words", "a.holder_words", Words),
                    TALK_ID,
                ],
            )],
            left_out: &[("talk", NO_LONGER)],
            erasure: &[Part {
                fate: Fate::Becomes("person_words = ''"),
                rows: SIGNED,
                words: "what was agreed in signed talks about you: the other side keeps it, without your words",
            }],
        },
        Table {
            name: "talk_note",
            key: &["talk", "part"],
            chapters: &[in_talks(
                ("Notes of talks", "notes"),
                "talk_note a join talk t on t.id = a.talk join person p on p.id = t.person",
                (OPENED, "t.due_on, t.id, a.part"),
                &[
                    HEADING,
                    Column::new("part", "", "a.part", Word),
                    Column::new("words", "", "a.words", Words),
                    TALK_ID,
                ],
            )],
            left_out: &[("talk", NO_LONGER)],
            erasure: &[goes(
                "talk in (select t.id from talk t where t.person = {person})",
                "the notes of talks about you: nobody can tell any more whose words they are",
            )],
        },
        Table {
            name: "talk_input",
            key: &["id"],
            chapters: &[
                in_talks(
                    ("What partners said", "inputs"),
                    "talk_input i join talk t on t.id = i.talk join person p on p.id = t.person \
                     join person w on w.id = i.partner",
                    (
                        "t.person = {person} or (t.holder = {person} and t.opened_with is not null and i.given_at is not null)",
                        "i.asked_at, i.id",
                    ),
                    &[
                        HEADING,
                        Column::new("partner", "", "w.name", Short),
                        Column::new("question", "Asked", "i.question", Words),
                        // What they write is theirs until they hand it in, and sealed until both are ready.
                        Column::new(
                            "words",
                            "",
                            "case when i.given_at is not null and t.opened_with is not null then i.words else '' end",
                            Words,
                        ),
                        Column::new("given_at", "Handed in", "i.given_at", Moment),
                        Column::new("declined_at", "Would rather not", "i.declined_at", Moment),
                        TALK_ID,
                    ],
                ),
                of(
                    &TALK_INPUT,
                    (
                        "i.partner",
                        "i.id",
                        "case when i.given_at is null and i.declined_at is null then 'draft' else 'open' end",
                    ),
                    ("What you were asked to say", "inputs_given"),
                    "talk_input i join talk t on t.id = i.talk join person p on p.id = t.person",
                    ("i.partner = {person}", "i.asked_at, i.id"),
                    &[
                        Column::new("about", "About", "p.name", Short),
                        Column::new("question", "Asked", "i.question", Words),
                        Column::new("words", "You said", "i.words", Words),
                        Column::new("given_at", "Handed in", "i.given_at", Moment),
                        Column::new("declined_at", "You would rather not", "i.declined_at", Moment),
                        Column::new("revision", "", "i.revision", Number),
                    ],
                ),
            ],
            left_out: &[(
                "talk",
                "what partners write is theirs until they hand it in and the talk has opened",
            )],
            erasure: &[
                goes(
                    "talk in (select t.id from talk t where t.person = {person})",
                    "what you asked partners, and what they said",
                ),
                goes(
                    "partner = {person} and given_at is null",
                    "what partners asked you and you have not handed in",
                ),
                Part {
                    fate: Fate::Stays,
                    rows: "partner = {person} and given_at is not null",
                    words: "what you said as a partner: it is theirs, and stays as from a former colleague",
                },
            ],
        },
        Table {
            name: "talk_reminder",
            key: &["talk", "stage"],
            chapters: &[],
            left_out: &[("talk", "that the house spoke of a talk; what you were told is in your book")],
            erasure: &[],
        },
        Table {
            name: "talk",
            key: &["id"],
            chapters: &[in_talks(
                ("Talks", "talks"),
                "talk t join person p on p.id = t.person left join person h on h.id = t.holder",
                (TALKS, "t.due_on, t.id"),
                &[
                    HEADING,
                    Column::new("framework", "Framework", "t.framework_name", Short),
                    PINNED,
                    Column::new("holder", "Held with", "h.name", Short),
                    Column::new("state", "State", "t.state", Word),
                    Column::new("due_on", "Due", "t.due_on", Day),
                    Column::new("meets_at", "Met", "t.meets_at", Moment),
                    Column::new("opened_at", "Opened", "t.opened_at", Moment),
                    Column::new("person_signed_at", "Signed by the person", "t.person_signed_at", Moment),
                    Column::new("holder_signed_at", "Signed by the other", "t.holder_signed_at", Moment),
                    Column::new("ended_at", "Ended", "t.ended_at", Moment),
                ],
            )],
            left_out: &[("holder", NO_LONGER), ("opened_with", NO_LONGER)],
            erasure: &[
                goes(
                    "person = {person} and state <> 'signed'",
                    "talks about you that were not signed by both",
                ),
                Part {
                    fate: Fate::Stays,
                    rows: "person = {person} and state = 'signed'",
                    words: "that there were signed talks: the other side’s record and the counts of rounds, without your name",
                },
                Part {
                    fate: Fate::Becomes("holder = null, is_chosen = 0, holder_signed_at = null"),
                    rows: "holder = {person} and person <> {person} and state in ('planned', 'open')",
                    words: "talks of others that you would hold: whoever leads them goes on",
                },
                Part {
                    fate: Fate::Stays,
                    rows: "(holder = {person} or opened_with = {person}) and person <> {person} and state not in ('planned', 'open')",
                    words: "talks of others that you held: theirs, with a former colleague",
                },
            ],
        },
        Table {
            name: "talk_cycle",
            key: &["id"],
            chapters: &[],
            left_out: &[(
                "started_by",
                "a round belongs to the organisation; that you began it stands among your deeds",
            )],
            erasure: &[Part {
                fate: Fate::Stays,
                rows: "started_by = {person}",
                words: "rounds of talks that you began",
            }],
        },
    ],
};
