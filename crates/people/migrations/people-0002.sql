-- What somebody lets one other person read, until a day.
create table share (
    id text primary key,
    owner text not null references person (id) deferrable initially deferred,
    grantee text not null references person (id) deferrable initially deferred,
    kind text not null,
    record text not null,
    -- Where the record is read.
    path text not null,
    from_on text not null,
    until_on text not null,
    ended_at text
);
create index share_by_record on share (record, grantee);
create index share_by_grantee on share (grantee, until_on);
create index share_by_owner on share (owner, from_on);
