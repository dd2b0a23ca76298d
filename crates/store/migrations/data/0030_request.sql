-- Requests of people with their clocks, what was done with each, and what stands for a person since.
-- A request stays after the erasure of its person without them: that it was answered in time is owed proof.
alter table person add column restricted_at {int};
alter table person add column opted_out_at {int};
-- Keys of purposes, with a blank between two.
alter table person add column objections {text};

create table request (
    workspace_id {text} not null,
    request_id {text} not null,
    person_id {text},
    kind {text} not null,
    purpose {text} not null,
    state {text} not null,
    way {text} not null,
    proof {text},
    extension {text},
    outcome {text},
    name_sealed {blob},
    email_sealed {blob},
    received_at {int} not null,
    due_at {int} not null,
    closed_at {int},
    created_at {int} not null,
    primary key (workspace_id, request_id)
) {strict};
-- One open request of a kind for a person: asking twice is one request.
create unique index request_once on request (workspace_id, person_id, kind, purpose)
    where state = 'open' and person_id is not null;
create index request_by_person on request (workspace_id, person_id, created_at);
create index request_by_state on request (workspace_id, state, due_at, request_id);
create index request_by_day on request (workspace_id, created_at);
-- What runs by itself, of every workspace.
create index request_due on request (due_at, request_id) where state = 'open';

create table request_step (
    workspace_id {text} not null,
    request_id {text} not null,
    step {int} not null,
    act {text} not null,
    role {text} not null,
    agent_id {text},
    ledger_index {int} not null,
    created_at {int} not null,
    primary key (workspace_id, request_id, step),
    foreign key (workspace_id, request_id) references request (workspace_id, request_id)
) {strict};
create index request_step_by_entry on request_step (workspace_id, ledger_index);
