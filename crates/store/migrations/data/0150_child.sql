-- Minors who were found: their record is frozen, held for a parent's decision, and erased when the time is over.
-- A row stays for a while after the mark was taken back: by whom and why is owed proof.
create table child (
    workspace_id {text} not null,
    person_id {text} not null,
    mark_sealed {blob} not null,
    marked_by {text} not null,
    marked_at {int} not null,
    hold_until {int} not null,
    erase_at {int} not null,
    parent_email_sealed {blob},
    parent_email_index {blob},
    asked_at {int},
    lifted_by {text},
    lifted_at {int},
    reason_sealed {blob},
    ledger_index {int} not null,
    primary key (workspace_id, person_id),
    foreign key (workspace_id, person_id) references person (workspace_id, person_id)
) {strict};
create index child_by_parent on child (workspace_id, parent_email_index);
-- What is due, of every workspace.
create index child_due on child (erase_at, hold_until) where lifted_at is null;
