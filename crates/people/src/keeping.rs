//! What this room keeps about people, and how it comes out and goes. The person comes last: what points to them is
//! dealt with before.

use espalier_keeping::Form::{Day, Heading, Hidden, Moment, Number, Short, Word};
use espalier_keeping::{Basis, Chapter, Column, Fate, Form, Keep, Part, Purpose, Sweep, Table};

use crate::access::{ACCOUNT, AUDIT, LEAVE, LEVEL, PEOPLE, PROFILE, READ_LOG};
use crate::trail;

/// What somebody is called after they were erased.
pub const NOBODY: &str = "A former colleague";

/// A chapter of what is the person's own.
const fn own(
    (title, word): (&'static str, &'static str),
    kind: &'static espalier_access::Kind,
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
        subject: "{person}",
        record: "''",
        state: "'open'",
        order,
        columns,
    }
}

const fn column(word: &'static str, label: &'static str, sql: &'static str, form: Form) -> Column {
    Column::new(word, label, sql, form)
}

const fn goes(rows: &'static str, words: &'static str) -> Part {
    Part { fate: Fate::Goes, rows, words }
}

const fn stays(rows: &'static str, words: &'static str) -> Part {
    Part { fate: Fate::Stays, rows, words }
}

/// Everything this room keeps.
pub static KEPT: &[&Purpose] =
    &[&SHARES, &TRAIL, &READS, &SIGN_INS, &UPLOADS, &LEAVES, &LEVELS, &ROLES, &PERSONS];

static SHARES: Purpose = Purpose {
    key: "shares",
    title: "what people share",
    kinds: &[],
    readers: "its owner, and whom they share with",
    purpose: "One colleague reads one record until a day, because its owner wants it.",
    basis: Basis::Choice,
    keep: Keep::Months {
        months: 12,
        least: 1,
        most: 36,
        since: "after the share is over",
        sweeps: &[Sweep::Rows("share", &["id"], "until_on < {before}")],
    },
    tables: &[Table {
        name: "share",
        key: &["id"],
        chapters: &[
            own(
                ("What you share", "shares_given"),
                &PROFILE,
                "share h join person p on p.id = h.grantee",
                ("h.owner = {person}", "h.from_on, h.id"),
                &[
                    column("with", "With", "p.name", Short),
                    column("kind", "What", "h.kind", Word),
                    column("path", "Where it is read", "h.path", Short),
                    column("from", "From", "h.from_on", Day),
                    column("until", "Until", "h.until_on", Day),
                    column("ended_at", "Taken back", "h.ended_at", Moment),
                ],
            ),
            own(
                ("What is shared with you", "shares_received"),
                &PROFILE,
                "share h join person p on p.id = h.owner",
                ("h.grantee = {person}", "h.from_on, h.id"),
                &[
                    column("by", "By", "p.name", Short),
                    column("kind", "What", "h.kind", Word),
                    column("path", "Where it is read", "h.path", Short),
                    column("from", "From", "h.from_on", Day),
                    column("until", "Until", "h.until_on", Day),
                    column("ended_at", "Taken back", "h.ended_at", Moment),
                ],
            ),
        ],
        left_out: &[],
        erasure: &[goes(
            "owner = {person} or grantee = {person}",
            "what you share, and what is shared with you",
        )],
    }],
};

static TRAIL: Purpose = Purpose {
    key: "audit",
    title: "audit log",
    kinds: &[&AUDIT],
    readers: "",
    purpose: "It can be shown who did what to which record, and that nobody changed it afterwards. It holds no content.",
    basis: Basis::Duty,
    keep: Keep::Months {
        months: 12,
        least: 6,
        most: 36,
        since: "after the deed; more than twelve months wants a reason",
        sweeps: &[Sweep::Run(|tx, before, most| Box::pin(trail::expire(tx, before, most)))],
    },
    tables: &[
        Table {
            name: "audit_entry",
            key: &["id"],
            chapters: &[Chapter {
                title: "What you did, and what was done with what is yours",
                word: "deeds",
                kind: &AUDIT,
                from: "audit_entry a left join person p on p.id = a.actor",
                rows: "a.actor = {person} or a.subject = {person}",
                subject: "{person}",
                record: "''",
                state: "'open'",
                order: "a.at, a.id",
                columns: &[
                    column("at", "", "a.at", Moment),
                    column("deed", "", "a.action", Word),
                    column("kind", "With", "a.kind", Word),
                    column("by", "By", "coalesce(p.name, 'the house')", Short),
                    column("subject", "", "a.subject", Hidden),
                ],
            }],
            left_out: &[],
            erasure: &[stays(
                "actor = {person} or subject = {person}",
                "deeds without content, chained so that nobody can change them: they keep a number, no name",
            )],
        },
        Table { name: "audit_head", key: &["id"], chapters: &[], left_out: &[], erasure: &[] },
    ],
};

static READS: Purpose = Purpose {
    key: "read-log",
    title: "read log",
    kinds: &[&READ_LOG],
    readers: "",
    purpose: "Everybody sees who read what is theirs.",
    basis: Basis::Duty,
    keep: Keep::Months {
        months: 12,
        least: 6,
        most: 36,
        since: "after it was read",
        sweeps: &[Sweep::Rows("read_log", &["id"], "at < {before}")],
    },
    tables: &[Table {
        name: "read_log",
        key: &["id"],
        chapters: &[
            own(
                ("Who read what is yours", "reads_by_others"),
                &READ_LOG,
                "read_log r left join person p on p.id = r.reader",
                ("r.subject = {person}", "r.at, r.id"),
                &[
                    column("at", "", "r.at", Moment),
                    column("reader", "", "coalesce(p.name, 'somebody with a link')", Short),
                    column("kind", "What", "r.kind", Word),
                    column("rule", "By which rule", "r.rule", Word),
                ],
            ),
            own(
                ("What you read of others", "reads_of_others"),
                &READ_LOG,
                "read_log r",
                ("r.reader = {person} and r.subject <> {person}", "r.at, r.id"),
                &[
                    column("at", "", "r.at", Moment),
                    column("kind", "What", "r.kind", Word),
                    column("rule", "By which rule", "r.rule", Word),
                ],
            ),
        ],
        left_out: &[],
        erasure: &[
            goes("subject = {person}", "who read what was yours"),
            stays(
                "reader = {person} and subject <> {person}",
                "what you read of others: they keep seeing that a former colleague did",
            ),
        ],
    }],
};

static SIGN_INS: Purpose = Purpose {
    key: "sign-ins",
    title: "account, sign-ins and tokens",
    kinds: &[&ACCOUNT],
    readers: "",
    purpose: "The right person gets in, and sees from where they did.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 6,
        least: 1,
        most: 12,
        since: "after a sign-in, token or invitation is over",
        sweeps: &[
            Sweep::Rows("sign_in", &["id"], "expires_at < {before}"),
            Sweep::Rows("api_token", &["id"], "expires_at < {before}"),
            Sweep::Rows("invitation", &["id"], "expires_at < {before}"),
            Sweep::Rows("sign_in_attempt", &["id"], "at < {before}"),
        ],
    },
    tables: &[
        Table {
            name: "account",
            key: &["person"],
            chapters: &[own(
                ("Your account", "accounts"),
                &ACCOUNT,
                "account a",
                ("a.person = {person}", "a.person"),
                &[
                    column("state", "", "a.state", Word),
                    column("changed_at", "Changed", "a.changed_at", Moment),
                ],
            )],
            left_out: &[],
            erasure: &[goes("person = {person}", "your account and password")],
        },
        Table {
            name: "sign_in",
            key: &["id"],
            chapters: &[own(
                ("Where you signed in", "sign_ins"),
                &ACCOUNT,
                "sign_in s",
                ("s.person = {person}", "s.proved_at, s.id"),
                &[
                    column("since", "", "s.proved_at", Moment),
                    column("device", "", "s.device", Short),
                    column("last_used", "Last used", "s.seen_at", Moment),
                    column("ended_at", "Ended", "s.ended_at", Moment),
                ],
            )],
            left_out: &[],
            erasure: &[goes("person = {person}", "your sign-ins")],
        },
        Table {
            name: "api_token",
            key: &["id"],
            chapters: &[own(
                ("Tokens for programs", "tokens"),
                &ACCOUNT,
                "api_token s",
                ("s.person = {person}", "s.made_at, s.id"),
                &[
                    column("name", "", "s.name", Short),
                    column("scope", "May", "s.scope", Word),
                    column("made_at", "Made", "s.made_at", Moment),
                    column("expires_at", "Until", "s.expires_at", Moment),
                    column("ended_at", "Ended", "s.ended_at", Moment),
                ],
            )],
            left_out: &[],
            erasure: &[goes("person = {person}", "your tokens")],
        },
        Table {
            name: "invitation",
            key: &["id"],
            chapters: &[own(
                ("Invitations", "invitations"),
                &ACCOUNT,
                "invitation i",
                ("i.person = {person}", "i.made_at, i.id"),
                &[
                    column("made_at", "Made", "i.made_at", Moment),
                    column("used_at", "Used", "i.used_at", Moment),
                ],
            )],
            left_out: &[],
            erasure: &[goes("person = {person}", "your invitations")],
        },
        // By hashes only, which name nobody.
        Table { name: "sign_in_attempt", key: &["id"], chapters: &[], left_out: &[], erasure: &[] },
    ],
};

static UPLOADS: Purpose = Purpose {
    key: "uploads",
    title: "files on their way in",
    kinds: &[],
    readers: "whoever sent it",
    purpose: "A file is looked at before it is taken in.",
    basis: Basis::Contract,
    keep: Keep::Days(
        "until it is taken in, at most a day",
        1,
        &[Sweep::Rows("upload", &["id"], "made_at < {before}")],
    ),
    tables: &[Table {
        name: "upload",
        key: &["id"],
        chapters: &[own(
            ("Files you sent and have not taken in", "uploads"),
            &PROFILE,
            "upload u",
            ("u.person = {person}", "u.made_at, u.id"),
            &[
                column("file_name", "", "u.file_name", Short),
                column("for", "For", "u.purpose", Word),
                column("sent_at", "Sent", "u.made_at", Moment),
            ],
        )],
        left_out: &[],
        erasure: &[goes("person = {person}", "files you sent")],
    }],
};

static LEAVES: Purpose = Purpose {
    key: "leave",
    title: "leave",
    kinds: &[&LEAVE],
    readers: "",
    purpose: "Others know who covers while somebody is away.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 24,
        least: 1,
        most: 60,
        since: "after the last day of it",
        sweeps: &[Sweep::Rows("leave", &["id"], "until_on < {before}")],
    },
    tables: &[Table {
        name: "leave",
        key: &["id"],
        chapters: &[own(
            ("Leave", "leave"),
            &LEAVE,
            "leave l left join person c on c.id = l.cover",
            ("l.person = {person}", "l.from_on, l.id"),
            &[
                column("from", "From", "l.from_on", Day),
                column("until", "Back on", "l.until_on", Day),
                column("cover", "Who covers", "c.name", Short),
            ],
        )],
        left_out: &[("cover", "leave of others belongs to them")],
        erasure: &[
            goes("person = {person}", "your leave"),
            Part {
                fate: Fate::Becomes("cover = null"),
                rows: "cover = {person}",
                words: "leave of others that you covered: without you",
            },
        ],
    }],
};

/// Some years after somebody has left.
macro_rules! left {
    ($table:literal, $person:literal) => {
        Sweep::Rows(
            $table,
            &["id"],
            concat!(
                "exists (select 1 from person p where p.id = ",
                $table,
                ".",
                $person,
                " and p.left_on < {before})"
            ),
        )
    };
}

static LEVELS: Purpose = Purpose {
    key: "levels",
    title: "level and its history",
    kinds: &[&LEVEL],
    readers: "",
    purpose: "Self-assessments and talks begin at the right level, and pay and promotion rest on it.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 120,
        since: "after the last day at work",
        sweeps: &[left!("level_entry", "person")],
    },
    tables: &[Table {
        name: "level_entry",
        key: &["id"],
        chapters: &[own(
            ("Your level", "levels"),
            &LEVEL,
            "level_entry e left join person p on p.id = e.set_by",
            ("e.person = {person}", "e.since_on, e.id"),
            &[
                column("since", "Since", "e.since_on", Day),
                column("framework", "Framework", "e.framework", Word),
                column("track", "Track", "e.track", Word),
                column("level", "Level", "e.level", Word),
                column("set_at", "Written down", "e.set_at", Moment),
            ],
        )],
        left_out: &[("set_by", "levels of others belong to them; that you set one stands among your deeds")],
        erasure: &[
            goes("person = {person}", "your levels"),
            stays(
                "set_by = {person} and person <> {person}",
                "levels of others that you wrote down: they are theirs",
            ),
        ],
    }],
};

static ROLES: Purpose = Purpose {
    key: "roles",
    title: "roles and the organisation",
    kinds: &[&PEOPLE],
    readers: "",
    purpose: "It is known who is trusted with what, and who works for whom.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 24,
        least: 0,
        most: 120,
        since: "after the last day at work",
        sweeps: &[left!("role_grant", "person"), left!("reporting_line", "person")],
    },
    tables: &[
        Table {
            name: "role_grant",
            key: &["id"],
            chapters: &[own(
                ("What you are trusted with", "roles"),
                &PROFILE,
                "role_grant g left join team t on t.id = g.scope",
                ("g.person = {person}", "g.from_on, g.id"),
                &[
                    column("role", "", "g.role", Word),
                    column("for", "For", "coalesce(t.name, g.scope)", Short),
                    column("from", "From", "g.from_on", Day),
                    column("until", "Until", "g.until_on", Day),
                ],
            )],
            left_out: &[(
                "granted_by",
                "roles of others belong to them; that you gave one stands among your deeds",
            )],
            erasure: &[
                goes("person = {person}", "your roles"),
                stays(
                    "granted_by = {person} and person <> {person}",
                    "roles that you gave to others: they go on",
                ),
            ],
        },
        Table {
            name: "reporting_line",
            key: &["id"],
            chapters: &[
                own(
                    ("Who led you", "managers"),
                    &PROFILE,
                    "reporting_line l join person p on p.id = l.manager",
                    ("l.person = {person}", "l.from_on, l.id"),
                    &[
                        column("who", "", "p.name", Short),
                        column("from", "From", "l.from_on", Day),
                        column("until", "Until", "l.until_on", Day),
                    ],
                ),
                own(
                    ("Whom you led", "reports"),
                    &PROFILE,
                    "reporting_line l join person p on p.id = l.person",
                    ("l.manager = {person}", "l.from_on, l.id"),
                    &[
                        column("who", "", "p.name", Short),
                        column("from", "From", "l.from_on", Day),
                        column("until", "Until", "l.until_on", Day),
                    ],
                ),
            ],
            left_out: &[],
            erasure: &[
                goes("person = {person}", "who led you"),
                Part {
                    fate: Fate::Becomes("until_on = {today}"),
                    rows: "manager = {person} and (until_on is null or until_on > {today})",
                    words: "people who work for you now: they have no manager then",
                },
                stays(
                    "manager = {person} and until_on <= {today}",
                    "that others were once led by a former colleague: their history",
                ),
            ],
        },
        // Teams are the organisation's, not anybody's.
        Table { name: "team", key: &["id"], chapters: &[], left_out: &[], erasure: &[] },
    ],
};

static PERSONS: Purpose = Purpose {
    key: "profile",
    title: "profile",
    kinds: &[&PROFILE],
    readers: "",
    purpose: "Colleagues find each other and know how to reach each other.",
    basis: Basis::Contract,
    keep: Keep::Months {
        months: 60,
        least: 0,
        most: 120,
        since: "after the last day at work; then everything about the person is erased, as if they had asked",
        sweeps: &[Sweep::Erase(
            "select id from person where left_on < {before} and email not like '%@erased.invalid' order by id",
        )],
    },
    tables: &[
        Table {
            name: "person_word",
            key: &["word", "sort_key", "person"],
            chapters: &[],
            left_out: &[("person", "the words of your name, kept once more for the search")],
            erasure: &[goes("person = {person}", "the words under which you are found")],
        },
        Table {
            name: "person",
            key: &["id"],
            chapters: &[own(
                ("You", "person"),
                &PROFILE,
                "person p left join team t on t.id = p.team",
                ("p.id = {person}", "p.id"),
                &[
                    column("name", "", "p.name", Heading),
                    column("pronouns", "Pronouns", "p.pronouns", Short),
                    column("email", "E-mail", "p.email", Short),
                    column("job_title", "Job title", "p.job_title", Short),
                    column("kind", "Here as", "p.kind", Word),
                    column("team", "Team", "t.name", Short),
                    column("location", "Place", "p.location", Short),
                    column("time_zone", "Time zone", "p.time_zone", Short),
                    column("working_hours", "Working hours", "p.working_hours", Short),
                    column("languages", "Languages", "p.languages", Short),
                    column("started_on", "Started", "p.started_on", Day),
                    column("left_on", "Last day", "p.left_on", Day),
                    column("version", "", "p.version", Number),
                ],
            )],
            left_out: &[],
            erasure: &[Part {
                fate: Fate::Becomes(
                    "name = 'A former colleague', sort_key = 'a former colleague', \
                     email = id || '@erased.invalid', pronouns = '', job_title = '', team = null, location = '', \
                     time_zone = 'UTC', working_hours = '', languages = '', started_on = null, \
                     left_on = case when left_on < {today} then left_on else {today} end, left_known_on = {today}, version = version + 1",
                ),
                rows: "id = {person}",
                words: "your profile: a stone without a name stays, so that what others own keeps whole",
            }],
        },
    ],
};
