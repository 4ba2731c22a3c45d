-- What somebody is told. It names a kind and a place to look; never what stands there.
create table notice (
    id text primary key,
    person text not null,
    kind text not null,
    path text not null,
    made_on text not null,
    made_at text not null,
    read_at text
);
-- The same about the same on one day is told once, also when two tell it at the same moment.
create unique index notice_once on notice (person, kind, path, made_on);
create index notice_by_person on notice (person, id);
create index notice_unread on notice (person, read_at);

-- How somebody wants to be told. Who chose nothing has no row.
create table notice_choice (
    person text primary key,
    mail text,
    chat text not null,
    -- Where chat is told: an address that only its owner and the sender read.
    chat_url text not null,
    calendar text not null,
    quiet_from bigint,
    quiet_until bigint,
    time_zone text not null,
    changed_at text not null
);

-- Turns mail off for whoever holds it, and can do nothing else: it stands in each mail.
create table unsubscribe_key (
    person text primary key,
    key text not null
);
create unique index unsubscribe_key_by_key on unsubscribe_key (key);

-- Ways out of the house that are open, as the server was last started.
create table notice_channel (
    name text primary key,
    since_at text not null
);

-- What is to be sent, written in the transaction that caused it. Its id is the name of the message for good.
create table delivery (
    id text primary key,
    person text not null,
    channel text not null,
    -- The kind of its one notice, or what it is otherwise.
    kind text not null,
    -- What gathers notices into one: a digest's day; its own id where nothing is gathered.
    bundle text not null,
    -- The appointment, for the calendar; `essential` where it cannot be turned off.
    about text not null,
    state text not null,
    -- Since when it has been due, for knowing when to give up.
    since_at text not null,
    due_at text not null,
    attempts bigint not null,
    lease text,
    leased_until text,
    -- What the other side last answered: a number or a word, never a text.
    answer text not null,
    ended_at text
);
create unique index delivery_bundle on delivery (person, channel, bundle);
create index delivery_by_due on delivery (state, due_at, id);
create index delivery_by_lease on delivery (lease);
create index delivery_by_about on delivery (about, person);

create table delivery_notice (
    delivery text not null references delivery (id) on delete cascade deferrable initially deferred,
    notice text not null references notice (id) on delete cascade deferrable initially deferred,
    primary key (delivery, notice)
);
create index delivery_notice_by_notice on delivery_notice (notice);

-- When people meet. The record is the room's own.
create table appointment (
    id text primary key,
    path text not null,
    starts_at text not null,
    minutes bigint not null,
    sequence bigint not null,
    called_off_at text,
    changed_at text not null
);

create table appointment_guest (
    appointment text not null references appointment (id) on delete cascade deferrable initially deferred,
    person text not null,
    ended_at text,
    primary key (appointment, person)
);
create index appointment_guest_by_person on appointment_guest (person, appointment);

-- A calendar that somebody's own program reads, found by the hash of a secret.
create table calendar_feed (
    person text primary key,
    secret_hash text not null,
    made_at text not null
);
create unique index calendar_feed_by_secret on calendar_feed (secret_hash);
