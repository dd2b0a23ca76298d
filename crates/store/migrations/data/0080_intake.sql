-- Letters that came in and were taken: a keyed hash of each, so that none is taken twice. A mailbox gives a letter
-- again when the program stops between taking it and marking it.
create table intake_seen (
    workspace_id {text} not null,
    letter_hash {blob} not null,
    created_at {int} not null,
    primary key (workspace_id, letter_hash)
) {strict};
create index intake_seen_by_time on intake_seen (workspace_id, created_at);
