-- From which message on a conversation counts as unread although an agent read it; null: as it was read.
-- What the visitor was told of the reading stays: `agent_read_seq` never goes back.
alter table conversation add column unread_from_seq {int};
