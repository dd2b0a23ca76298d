-- What left the installation about a person: to which processor and host, what for, which categories; summed up
-- by the day. Goes with the person.
create table sending (
    workspace_id {text} not null,
    person_id {text} not null,
    processor {text} not null,
    host {text} not null,
    purpose {text} not null,
    day {int} not null,
    -- Keys of the taxonomy, with a blank between two.
    categories {text} not null,
    sendings {int} not null,
    policy_version {int} not null,
    first_at {int} not null,
    last_at {int} not null,
    primary key (workspace_id, person_id, processor, host, purpose, day)
) {strict};
create index sending_by_time on sending (workspace_id, last_at);

-- How much went to whom, without persons: what the policy page tells.
create table sending_count (
    workspace_id {text} not null,
    processor {text} not null,
    day {int} not null,
    sendings {int} not null,
    last_at {int} not null,
    primary key (workspace_id, processor, day)
) {strict};
create index sending_count_by_day on sending_count (day);

-- Where a workspace's events go. The secret is derived from the workspace's keys, so it is in no row.
create table webhook (
    workspace_id {text} not null,
    webhook_id {text} not null,
    url {text} not null,
    host {text} not null,
    -- Kinds of events, with a blank between two and around all.
    events {text} not null,
    -- active, paused, or closed: deleted, kept for notices of erasure while its receiver may hold something.
    state {text} not null,
    pause_reason {text},
    secret_version {int} not null,
    -- The newest event that was looked at.
    event_cursor {int} not null,
    failing_since {int},
    created_by {text} not null,
    created_at {int} not null,
    updated_at {int} not null,
    primary key (workspace_id, webhook_id)
) {strict};

-- Events on their way to a webhook, as ids, and how they fared.
create table webhook_delivery (
    workspace_id {text} not null,
    webhook_id {text} not null,
    event_id {int} not null,
    kind {text} not null,
    person_id {text},
    conversation_id {text},
    ref_id {text},
    seq {int},
    -- waiting, delivered, failed, or dropped.
    state {text} not null,
    attempts {int} not null,
    next_at {int} not null,
    lease_until {int},
    status {int},
    detail {text},
    took_ms {int},
    created_at {int} not null,
    finished_at {int},
    primary key (workspace_id, webhook_id, event_id)
) {strict};
create index webhook_delivery_due on webhook_delivery (next_at, event_id) where state = 'waiting';
create index webhook_delivery_order on webhook_delivery (workspace_id, webhook_id, conversation_id, event_id)
    where state = 'waiting';
create index webhook_delivery_by_person on webhook_delivery (workspace_id, person_id);
create index webhook_delivery_by_end on webhook_delivery (workspace_id, finished_at);
