-- A step of a growth plan: from a statement to a statement, with a ladder that is written before the work.
create table plan_step (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    -- The talk in which the two agreed on it; without one it is the person's own. Whoever holds that talk reads it too.
    talk text references talk (id) on delete cascade deferrable initially deferred,
    framework text not null,
    -- The version is pinned: a later one never rewrites what was aimed at.
    version text not null references framework_version (id) deferrable initially deferred,
    from_statement text not null,
    to_statement text not null,
    why text not null,
    much_less text not null,
    less text not null,
    expected text not null,
    more text not null,
    much_more text not null,
    -- Somebody who said they would help. Being named opens nothing to them.
    support text references person (id) deferrable initially deferred,
    evidence text not null,
    first_step text not null,
    first_step_on text,
    first_step_done_at text,
    stop_rule text not null,
    state text not null,
    outcome text,
    outcome_words text not null,
    revision bigint not null,
    made_at text not null,
    changed_at text not null,
    begun_at text,
    ended_at text
);
create index plan_step_by_person on plan_step (person, state, made_at);
create index plan_step_by_talk on plan_step (talk, made_at);

create table plan_deed (
    id text primary key,
    step text not null references plan_step (id) on delete cascade deferrable initially deferred,
    kind text not null,
    words text not null,
    made_at text not null,
    done_at text
);
create index plan_deed_by_step on plan_deed (step, made_at);

create table plan_checkpoint (
    id text primary key,
    step text not null references plan_step (id) on delete cascade deferrable initially deferred,
    due_on text not null,
    words text not null,
    held_at text,
    told_at text
);
create unique index plan_checkpoint_by_step on plan_checkpoint (step, due_on);
create index plan_checkpoint_by_day on plan_checkpoint (due_on, id);

-- Where the work stands on its ladder: one word of each on each day.
create table plan_rating (
    step text not null references plan_step (id) on delete cascade deferrable initially deferred,
    rater text not null references person (id) deferrable initially deferred,
    rated_on text not null,
    reached bigint not null,
    words text not null,
    rated_at text not null,
    primary key (step, rater, rated_on)
);

-- What somebody wants to come of their work, as a number from and to.
create table goal (
    id text primary key,
    person text not null references person (id) deferrable initially deferred,
    title text not null,
    why text not null,
    measure text not null,
    from_value text not null,
    to_value text not null,
    by_on text not null,
    state text not null,
    outcome text,
    outcome_words text not null,
    revision bigint not null,
    made_at text not null,
    changed_at text not null,
    ended_at text
);
create index goal_by_person on goal (person, state, by_on);

create table goal_value (
    goal text not null references goal (id) on delete cascade deferrable initially deferred,
    measured_on text not null,
    value text not null,
    words text not null,
    measured_at text not null,
    primary key (goal, measured_on)
);

-- What one colleague tells another, asked or not. Until it is given it belongs to whoever writes it.
create table feedback (
    id text primary key,
    giver text not null references person (id) deferrable initially deferred,
    receiver text not null references person (id) deferrable initially deferred,
    -- What the receiver asked, and what about, as it read then.
    question text not null,
    about text not null,
    goal text references goal (id) on delete set null deferrable initially deferred,
    asked_at text,
    situation text not null,
    behaviour text not null,
    effect text not null,
    state text not null,
    revision bigint not null,
    made_at text not null,
    changed_at text not null,
    given_at text,
    read_at text,
    ended_at text
);
create index feedback_by_giver on feedback (giver, made_at);
create index feedback_by_receiver on feedback (receiver, made_at);
create index feedback_by_goal on feedback (goal, made_at);

create table feedback_statement (
    feedback text not null references feedback (id) on delete cascade deferrable initially deferred,
    framework text not null,
    statement text not null,
    version text not null references framework_version (id) deferrable initially deferred,
    primary key (feedback, framework, statement)
);
