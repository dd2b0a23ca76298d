-- Who asked for letters about new versions of the policy: one row for a person. Before the link in the first
-- letter is used it is pending, and nothing else is sent. `address_hash` is the one of the suppression list.
create table subscription (
    workspace_id {text} not null,
    person_id {text} not null,
    state {text} not null,
    email_sealed {blob} not null,
    email_index {blob} not null,
    address_hash {blob} not null,
    policy_version {int} not null,
    told_version {int} not null,
    way {text} not null,
    asked_at {int},
    confirmed_at {int},
    ended_at {int},
    created_at {int} not null,
    primary key (workspace_id, person_id),
    foreign key (workspace_id, person_id) references person (workspace_id, person_id)
) {strict};
create index subscription_by_address on subscription (workspace_id, address_hash, state);
create index subscription_by_email on subscription (workspace_id, email_index, state);
create index subscription_by_state on subscription (workspace_id, state, created_at);
create index subscription_to_tell on subscription (told_version) where state = 'confirmed';

-- Since when a visitor wants answers in the chat only; null: by letter too, where their address is proved.
alter table visitor add column widget_only_at {int};
