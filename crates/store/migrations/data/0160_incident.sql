-- Breaches of the security of personal data, real ones and drills: what it touched, the 72 hours, what was reported.
-- Whom it touched is found when it is asked, so that nobody is named here.
create table incident (
    workspace_id {text} not null,
    incident_id {text} not null,
    kind {text} not null,
    scope {text} not null,
    agent_id {text},
    from_at {int} not null,
    to_at {int} not null,
    noticed_at {int} not null,
    due_at {int} not null,
    affected {int} not null,
    authority_at {int},
    people_at {int},
    words {text},
    told_after {text},
    told {int} not null default 0,
    closed_at {int},
    opened_by {text} not null,
    ledger_index {int} not null,
    created_at {int} not null,
    primary key (workspace_id, incident_id)
) {strict};
create index incident_by_time on incident (workspace_id, created_at);

-- The desk lists consents of everybody, newest first.
create index consent_by_time on consent (workspace_id, created_at, consent_id);
