create table assessment (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    -- The version is pinned: a new version never rewrites an old assessment.
    version text not null references framework_version (id) deferrable initially deferred,
    framework text not null,
    framework_name text not null,
    track text not null,
    level text not null,
    level_name text not null,
    is_own_level bigint not null,
    state text not null,
    started_at text not null,
    changed_at text not null,
    finished_at text
);
create index assessment_by_person on assessment (person, started_at);

create table answer (
    assessment text not null references assessment (id) on delete cascade deferrable initially deferred,
    statement text not null,
    state text not null,
    note text not null,
    revision bigint not null,
    changed_at text not null,
    primary key (assessment, statement)
);

create table point_answer (
    assessment text not null references assessment (id) on delete cascade deferrable initially deferred,
    competency text not null,
    low text not null,
    high text not null,
    changed_at text not null,
    primary key (assessment, competency)
);

create table chosen_archetype (
    assessment text not null references assessment (id) on delete cascade deferrable initially deferred,
    archetype text not null,
    primary key (assessment, archetype)
);
