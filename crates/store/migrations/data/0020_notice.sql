-- The newest version of the policy that a person answered about; null: the one they began under. What they
-- stand on is person.policy_version.
alter table person add column policy_answered {int};

-- Workspaces whose members were written to about a version: once.
create table policy_notice (
    workspace_id {text} not null,
    policy_version {int} not null,
    created_at {int} not null,
    primary key (workspace_id, policy_version)
) {strict};
