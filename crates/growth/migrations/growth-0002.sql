-- Development talks, made one by one or for many at once.
create table talk_cycle (
    id text primary key,
    name text not null,
    -- A team with all inside it; without one, everybody.
    team text references team (id) deferrable initially deferred,
    due_on text not null,
    item_kind text not null,
    -- After how many months the next is due; none for once. And the day that comes to.
    months bigint not null,
    next_on text,
    -- While staged, its talks exist for nobody.
    state text not null,
    planned bigint not null,
    made bigint not null,
    -- The last person for whom a talk was made: where an interrupted staging goes on.
    made_up_to text not null,
    started_by text not null,
    started_at text not null,
    opened_at text,
    closed_at text
);
create index talk_cycle_by_state on talk_cycle (state, started_at);

create table talk (
    id text primary key,
    cycle text references talk_cycle (id) deferrable initially deferred,
    person text not null references person (id) deferrable initially deferred,
    -- Who holds it with the person. Until it opens, and unless the person chose, that is whoever leads them now.
    holder text references person (id) deferrable initially deferred,
    -- Who had prepared it when it opened; a later change of holder leaves that as it was.
    opened_with text references person (id) deferrable initially deferred,
    is_chosen bigint not null,
    -- The version is pinned when the level is known, and stays.
    version text references framework_version (id) deferrable initially deferred,
    framework text not null,
    framework_name text not null,
    level text not null,
    level_name text not null,
    item_kind text not null,
    state text not null,
    due_on text not null,
    meets_at text,
    made_at text not null,
    opened_at text,
    person_signed_at text,
    holder_signed_at text,
    ended_at text
);
create index talk_by_person on talk (person, due_on);
create index talk_by_holder on talk (holder, due_on);
-- With the state, so that a round is counted without looking at its talks.
create index talk_by_cycle on talk (cycle, person, state);

-- What one side writes alone. Who wrote it is its owner, also after somebody else has taken over.
create table preparation (
    talk text not null references talk (id) on delete cascade deferrable initially deferred,
    author text not null references person (id) deferrable initially deferred,
    side text not null,
    begun_at text not null,
    sealed_at text,
    primary key (talk, author)
);

create table preparation_answer (
    talk text not null,
    author text not null,
    item text not null,
    state text not null,
    note text not null,
    revision bigint not null,
    changed_at text not null,
    primary key (talk, author, item),
    foreign key (talk, author) references preparation (talk, author) on delete cascade deferrable initially deferred
);

-- Evidence as it read when the preparation was sealed: later changes of the log leave the talk as it was.
create table preparation_evidence (
    talk text not null,
    author text not null,
    item text not null,
    evidence text not null,
    happened_on text not null,
    words text not null,
    link text not null,
    standing text not null,
    primary key (talk, author, item, evidence),
    foreign key (talk, author) references preparation (talk, author) on delete cascade deferrable initially deferred
);

-- What both agree on, item by item, or in which words they differ.
create table talk_item (
    talk text not null references talk (id) on delete cascade deferrable initially deferred,
    item text not null,
    outcome text not null,
    agreed text not null,
    person_words text not null,
    holder_words text not null,
    revision bigint not null,
    changed_at text not null,
    primary key (talk, item)
);

create table talk_note (
    talk text not null references talk (id) on delete cascade deferrable initially deferred,
    part text not null,
    words text not null,
    revision bigint not null,
    changed_at text not null,
    primary key (talk, part)
);

-- What people who work with the person say, because the person asked them. A source, never a rating.
create table talk_input (
    id text primary key,
    talk text not null references talk (id) on delete cascade deferrable initially deferred,
    partner text not null references person (id) deferrable initially deferred,
    question text not null,
    words text not null,
    revision bigint not null,
    asked_at text not null,
    given_at text,
    declined_at text
);
create index talk_input_by_talk on talk_input (talk, asked_at);
create index talk_input_by_partner on talk_input (partner, asked_at);

-- What somebody did and what came of it, kept by themselves.
create table evidence (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    happened_on text not null,
    situation text not null,
    deed text not null,
    effect text not null,
    link text not null,
    revision bigint not null,
    made_at text not null,
    changed_at text not null
);
create index evidence_by_person on evidence (person, happened_on, id);

-- The statements that a piece of evidence supports, with its day so that one index finds them in order.
create table evidence_claim (
    evidence text not null references evidence (id) on delete cascade deferrable initially deferred,
    framework text not null,
    statement text not null,
    person text not null,
    -- In which version it was chosen: words that a later one leaves out are still found.
    version text not null references framework_version (id) deferrable initially deferred,
    pillar text not null,
    happened_on text not null,
    primary key (evidence, framework, statement)
);
create index evidence_claim_by_statement on evidence_claim (person, framework, statement, happened_on, evidence);
create index evidence_claim_by_pillar on evidence_claim (person, framework, pillar, happened_on, evidence);

-- Somebody who was there is asked to confirm a piece of evidence: a colleague in the app, anybody else by a link that
-- needs no account.
create table corroboration (
    id text primary key,
    evidence text not null references evidence (id) on delete cascade deferrable initially deferred,
    -- Only for those without an account.
    secret_hash text,
    name text not null,
    email text not null,
    person text references person (id) deferrable initially deferred,
    -- What they were asked about, as it read then; with another revision the evidence has changed since.
    asked_revision bigint not null,
    asked_on text not null,
    asked_words text not null,
    asked_link text not null,
    standing text not null,
    words text not null,
    asked_at text not null,
    expires_at text not null,
    answered_at text
);
create index corroboration_by_evidence on corroboration (evidence, asked_at);
create index corroboration_by_person on corroboration (person, asked_at);
create unique index corroboration_by_secret on corroboration (secret_hash);

-- The evidence behind a self-assessment on the day it was finished. It stays as it was when the log changes or goes.
create table assessment_evidence (
    assessment text not null references assessment (id) on delete cascade deferrable initially deferred,
    statement text not null,
    evidence text not null,
    happened_on text not null,
    is_corroborated bigint not null,
    primary key (assessment, statement, evidence)
);
