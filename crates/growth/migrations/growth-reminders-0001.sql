-- What was said about a talk as its day came near, each once.
create table talk_reminder (
    talk text not null references talk (id) on delete cascade deferrable initially deferred,
    stage text not null,
    told_at text not null,
    primary key (talk, stage)
);
create index talk_by_due on talk (state, due_on, id);
