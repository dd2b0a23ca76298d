-- Releases on a legal ground. Reason, recipient and the sealed copy are under the person's key; a row stays
-- without its person when they are erased: how many releases there were, and on which ground, is public.
create table disclosure (
    workspace_id {text} not null,
    disclosure_id {text} not null,
    person_id {text},
    conversation_id {text},
    scope {text} not null,
    categories {text} not null,
    ground {text} not null,
    second_ground {text},
    document_hash {blob},
    deadline_at {int},
    hold_id {text},
    recipient_key {text} not null,
    rule_sealed {blob},
    reason_sealed {blob},
    recipient_sealed {blob},
    bundle_sealed {blob},
    bundle_hash {blob},
    bundle_until {int},
    state {text} not null,
    approvals {int} not null,
    gagged_until {int},
    lapses_at {int} not null,
    requested_by {text} not null,
    closed_by {text},
    closed_at {int},
    review_due_at {int},
    reviewed_by {text},
    reviewed_at {int},
    notified_at {int},
    policy_version {int} not null,
    created_at {int} not null,
    primary key (workspace_id, disclosure_id)
) {strict};
create index disclosure_by_person on disclosure (workspace_id, person_id);
create index disclosure_by_state on disclosure (workspace_id, state, created_at);
-- What runs by itself, of every workspace.
create index disclosure_due on disclosure (lapses_at) where state = 'open';

create table disclosure_approval (
    workspace_id {text} not null,
    disclosure_id {text} not null,
    agent_id {text} not null,
    created_at {int} not null,
    primary key (workspace_id, disclosure_id, agent_id),
    foreign key (workspace_id, disclosure_id)
        references disclosure (workspace_id, disclosure_id)
) {strict};
