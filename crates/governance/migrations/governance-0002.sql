-- For how long things are kept, where an administrator chose otherwise than the house.
create table keeping_choice (
    purpose text primary key,
    months bigint not null,
    changed_at text not null,
    changed_by text not null
);

-- Somebody asks to be erased.
create table erasure_request (
    person text primary key references person (id) deferrable initially deferred,
    asked_at text not null
);

-- Who was erased, as a hash of an id: an older backup that is brought back learns it from here.
create table erasure (
    hash text primary key,
    kinds text not null,
    erased_at text not null
);
