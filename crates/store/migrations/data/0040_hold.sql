-- Legal holds: what must not be erased while an authority or a court wants it kept, person by person or
-- conversation by conversation. The reason is sealed under the person's key and goes when the hold ends.
create table hold (
    workspace_id {text} not null,
    hold_id {text} not null,
    person_id {text} not null,
    conversation_id {text},
    ground {text} not null,
    document_hash {blob} not null,
    reason_sealed {blob},
    deadline_at {int} not null,
    gagged_until {int},
    placed_by {text} not null,
    ledger_index {int} not null,
    released_by {text},
    released_at {int},
    created_at {int} not null,
    primary key (workspace_id, hold_id)
) {strict};
create index hold_by_person on hold (workspace_id, person_id);

-- What the sweeper deleted: by rule, how many rows, when. Rows of transient ids are summed up by the hour.
create table purge_run (
    workspace_id {text} not null,
    ran_at {int} not null,
    rule {text} not null,
    purged {int} not null,
    policy_version {int} not null,
    ledger_index {int},
    primary key (workspace_id, ran_at, rule)
) {strict};

-- How the sweeper's last round went, and what it knows of the clock (one row for the installation).
create table sweep (
    name {text} not null primary key,
    ran_at {int} not null,
    lag_s {int} not null,
    ahead_micros {int} not null,
    set_back_at {int} not null,
    policy_version {int} not null
) {strict};

create index conversation_by_resolved on conversation (workspace_id, state, resolved_at);
create index link_by_end on link (workspace_id, expires_at);
create index reading_by_time on reading (workspace_id, created_at);
