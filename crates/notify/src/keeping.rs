//! What this room keeps about people, and how it comes out and goes.

use espalier_keeping::Form::{Moment, Short, Word};
use espalier_keeping::{Basis, Chapter, Column, Fate, Keep, Part, Purpose, Sweep, Table};

use crate::access::{DELIVERY, NOTICE};

const GOES: &[Part] =
    &[Part { fate: Fate::Goes, rows: "person = {person}", words: "what you were told, and how" }];

/// Everything this room keeps.
pub static KEPT: &[&Purpose] = &[&NOTICES, &DELIVERIES, &APPOINTMENTS];

static NOTICES: Purpose = Purpose {
    key: "notices",
    title: "inbox and how somebody is told",
    kinds: &[&NOTICE],
    readers: "",
    purpose: "People hear what waits for them, by the ways they chose.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 12,
        least: 1,
        most: 36,
        since: "after somebody was told",
        sweeps: &[Sweep::Rows("notice", &["id"], "made_on < {before}")],
    },
    tables: &[
        Table {
            name: "notice",
            key: &["id"],
            chapters: &[Chapter {
                title: "What you were told",
                word: "notices",
                kind: &NOTICE,
                from: "notice n",
                rows: "n.person = {person}",
                subject: "n.person",
                record: "n.id",
                state: "'open'",
                order: "n.made_at, n.id",
                columns: &[
                    Column::new("told_at", "", "n.made_at", Moment),
                    Column::new("about", "", "n.kind", Word),
                    Column::new("path", "Where it stands", "n.path", Short),
                    Column::new("read_at", "Read", "n.read_at", Moment),
                ],
            }],
            left_out: &[],
            erasure: GOES,
        },
        Table {
            name: "notice_choice",
            key: &["person"],
            chapters: &[Chapter {
                title: "How you are told",
                word: "notice_choices",
                kind: &NOTICE,
                from: "notice_choice n",
                rows: "n.person = {person}",
                subject: "n.person",
                record: "n.person",
                state: "'open'",
                order: "n.person",
                columns: &[
                    Column::new("mail", "Mail", "n.mail", Word),
                    Column::new("chat", "Chat", "n.chat", Word),
                    Column::new("chat_url", "Address in chat", "n.chat_url", Short),
                    Column::new("calendar", "Calendar", "n.calendar", Word),
                    Column::new("quiet_from", "Quiet from, in minutes of the day", "n.quiet_from", Short),
                    Column::new("quiet_until", "Quiet until", "n.quiet_until", Short),
                    Column::new("time_zone", "Time zone", "n.time_zone", Short),
                    Column::new("changed_at", "Chosen", "n.changed_at", Moment),
                ],
            }],
            left_out: &[],
            erasure: GOES,
        },
        Table {
            name: "unsubscribe_key",
            key: &["person"],
            chapters: &[],
            left_out: &[(
                "person",
                "a key that turns your mail off; who holds it could do so, and it says nothing else",
            )],
            erasure: GOES,
        },
        Table {
            name: "calendar_feed",
            key: &["person"],
            chapters: &[Chapter {
                title: "Your calendar feed",
                word: "calendar_feeds",
                kind: &NOTICE,
                from: "calendar_feed f",
                rows: "f.person = {person}",
                subject: "f.person",
                record: "f.person",
                state: "'open'",
                order: "f.person",
                columns: &[Column::new("made_at", "Made", "f.made_at", Moment)],
            }],
            left_out: &[],
            erasure: GOES,
        },
    ],
};

static DELIVERIES: Purpose = Purpose {
    key: "deliveries",
    title: "messages on their way",
    kinds: &[&DELIVERY],
    readers: "",
    purpose: "A message arrives even when a mail server is down, and an administrator sees when it does not.",
    basis: Basis::Contract,
    keep: Keep::Fixed(
        "30 days after it was sent or given up; those that were not taken until somebody sends them again",
    ),
    tables: &[
        Table {
            name: "delivery_notice",
            key: &["delivery", "notice"],
            chapters: &[],
            left_out: &[
                ("notice", "how the house sent it; the notice itself is in your book"),
                ("delivery", "how the house sent it; the notice itself is in your book"),
            ],
            erasure: &[Part {
                fate: Fate::Goes,
                rows: "delivery in (select d.id from delivery d where d.person = {person})",
                words: "messages on their way to you",
            }],
        },
        Table {
            name: "delivery",
            key: &["id"],
            chapters: &[],
            left_out: &[("person", "how the house sent it; the notice itself is in your book")],
            erasure: GOES,
        },
        // Which ways out of the house are open says nothing about anybody.
        Table { name: "notice_channel", key: &["name"], chapters: &[], left_out: &[], erasure: &[] },
    ],
};

static APPOINTMENTS: Purpose = Purpose {
    key: "appointments",
    title: "appointments",
    kinds: &[&NOTICE],
    readers: "",
    purpose: "People who meet have it in their calendars.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 12,
        least: 1,
        most: 36,
        since: "after the meeting",
        sweeps: &[Sweep::Rows("appointment", &["id"], "starts_at < {before}")],
    },
    tables: &[
        Table {
            name: "appointment",
            key: &["id"],
            chapters: &[],
            left_out: &[],
            erasure: &[
                Part {
                    fate: Fate::Goes,
                    rows: "exists (select 1 from appointment_guest g where g.appointment = appointment.id \
                           and g.person = {person}) and not exists (select 1 from appointment_guest g \
                           where g.appointment = appointment.id and g.person <> {person} and g.ended_at is null)",
                    words: "meetings that were only yours",
                },
                Part {
                    fate: Fate::Becomes("called_off_at = {now}, changed_at = {now}, sequence = sequence + 1"),
                    rows: "called_off_at is null and starts_at > {now} and exists (select 1 from appointment_guest g \
                           where g.appointment = appointment.id and g.person = {person} and g.ended_at is null)",
                    words: "meetings to come with others: called off in their calendars",
                },
            ],
        },
        Table {
            name: "appointment_guest",
            key: &["appointment", "person"],
            chapters: &[Chapter {
                title: "Appointments",
                word: "appointments",
                kind: &NOTICE,
                from: "appointment_guest g join appointment a on a.id = g.appointment",
                rows: "g.person = {person}",
                subject: "g.person",
                record: "g.appointment",
                state: "'open'",
                order: "a.starts_at, a.id",
                columns: &[
                    Column::new("starts_at", "", "a.starts_at", Moment),
                    Column::new("minutes", "Minutes", "a.minutes", Short),
                    Column::new("path", "What it is about", "a.path", Short),
                    Column::new(
                        "called_off_at",
                        "Called off",
                        "coalesce(a.called_off_at, g.ended_at)",
                        Moment,
                    ),
                ],
            }],
            left_out: &[("appointment", "who else comes stands with what the meeting is about")],
            erasure: GOES,
        },
    ],
};
