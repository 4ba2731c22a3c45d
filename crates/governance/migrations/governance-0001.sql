create table framework (
    -- The framework's own id, as its files write it: the same in all its versions and in every address.
    id text primary key,
    name text not null,
    sort_key text not null,
    -- The version people read unless they ask for another.
    current text
);

create table framework_version (
    id text primary key,
    framework text not null references framework (id) deferrable initially deferred,
    version text not null,
    state text not null,
    digest text not null,
    document text not null,
    report text not null,
    made_at text not null,
    made_by text not null,
    published_at text,
    published_by text
);
create index framework_version_by_framework on framework_version (framework, made_at);
create unique index framework_version_published on framework_version (framework, version) where state <> 'draft';
