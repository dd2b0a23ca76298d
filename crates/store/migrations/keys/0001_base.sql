-- The keys live apart from the data: a backup of the data must not carry them.

create table installation_key (
    kind {text} not null primary key,
    secret {blob} not null,
    created_at {int} not null
) {strict};

create table workspace_key (
    workspace_id {text} not null primary key,
    secret {blob} not null,
    created_at {int} not null
) {strict};

create table person_key (
    workspace_id {text} not null,
    person_id {text} not null,
    wrapped {blob} not null,
    created_at {int} not null,
    primary key (workspace_id, person_id)
) {strict};

-- Erasures done, so that older keys are never accepted again.
create table destroyed_key (
    workspace_id {text} not null,
    person_id {text} not null,
    destroyed_at {int} not null,
    primary key (workspace_id, person_id)
) {strict};
