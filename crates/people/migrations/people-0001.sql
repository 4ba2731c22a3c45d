create table team (
    id text primary key,
    name text not null,
    sort_key text not null,
    parent text references team (id) deferrable initially deferred,
    -- The ids from the root to here, each between slashes: a subtree is a prefix.
    path text not null,
    ended_on text
);
create index team_by_parent on team (parent, sort_key);
create index team_by_path on team (path);

create table person (
    id text primary key,
    name text not null,
    sort_key text not null,
    kind text not null,
    email text not null,
    pronouns text not null,
    job_title text not null,
    team text references team (id) deferrable initially deferred,
    location text not null,
    time_zone text not null,
    working_hours text not null,
    languages text not null,
    started_on text,
    left_on text,
    -- The later of the last day and the day on which it was written down: what was counted before that day may count
    -- them, and nothing that began after it does.
    left_known_on text,
    version bigint not null
);
create unique index person_by_email on person (email);
create index person_by_name on person (sort_key, id);
create index person_by_team on person (team, sort_key, id);
create index person_by_end on person (left_on, id) where left_on is not null;
create index person_by_known_end on person (left_known_on, left_on, id) where left_known_on is not null;

-- The words under which a person is found, folded.
create table person_word (
    word text not null,
    sort_key text not null,
    person text not null references person (id) on delete cascade deferrable initially deferred,
    primary key (word, sort_key, person)
);
create index person_word_by_person on person_word (person);

create table reporting_line (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    manager text not null references person (id) deferrable initially deferred,
    from_on text not null,
    until_on text
);
create index reporting_line_by_person on reporting_line (person, from_on);
create index reporting_line_by_manager on reporting_line (manager, until_on);

create table leave (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    from_on text not null,
    until_on text,
    cover text references person (id) deferrable initially deferred
);
create index leave_by_person on leave (person, from_on);

create table level_entry (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    framework text not null,
    track text not null,
    level text not null,
    since_on text not null,
    set_by text,
    set_at text not null
);
create index level_entry_by_person on level_entry (person, since_on);

create table role_grant (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    role text not null,
    -- A team for HR partners, a framework for framework owners; without one, all of them.
    scope text,
    standing text not null,
    from_on text not null,
    until_on text,
    granted_by text
);
create index role_grant_by_person on role_grant (person, role);

create table account (
    person text primary key references person (id) deferrable initially deferred,
    password text,
    state text not null,
    changed_at text not null
);

create table sign_in (
    id text primary key,
    secret_hash text not null,
    person text not null references person (id) deferrable initially deferred,
    device text not null,
    proved_at text not null,
    seen_at text not null,
    expires_at text not null,
    ended_at text
);
create unique index sign_in_by_secret on sign_in (secret_hash);
create index sign_in_by_person on sign_in (person, seen_at);

create table api_token (
    id text primary key,
    secret_hash text not null,
    person text not null references person (id) deferrable initially deferred,
    name text not null,
    scope text not null,
    made_at text not null,
    expires_at text not null,
    ended_at text
);
create unique index api_token_by_secret on api_token (secret_hash);
create index api_token_by_person on api_token (person, made_at);

create table invitation (
    id text primary key,
    secret_hash text not null,
    person text not null references person (id) deferrable initially deferred,
    made_at text not null,
    expires_at text not null,
    used_at text
);
create unique index invitation_by_secret on invitation (secret_hash);
create index invitation_by_person on invitation (person);

-- Failed attempts, by the hash of an address or an e-mail, kept for a quarter of an hour.
create table sign_in_attempt (
    id text primary key,
    key text not null,
    at text not null
);
create index sign_in_attempt_by_key on sign_in_attempt (key, at);

-- Who read what about whom. No content.
create table read_log (
    id text primary key,
    subject text not null,
    reader text not null,
    kind text not null,
    rule text not null,
    at text not null
);
create index read_log_by_subject on read_log (subject, at);

-- What was done, by whom, to which record: never what it says. Sealed in batches into a chain of hashes.
create table audit_entry (
    id text primary key,
    at text not null,
    actor text not null,
    action text not null,
    kind text not null,
    subject text not null,
    place bigint,
    seal text
);
create unique index audit_entry_by_place on audit_entry (place);

create table audit_head (
    id text primary key,
    place bigint not null,
    seal text not null
);

-- A file on its way in: looked at first, taken or left later, forgotten after a day.
create table upload (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    purpose text not null,
    file_name text not null,
    content bytea not null,
    made_at text not null
);
create index upload_by_time on upload (made_at);
