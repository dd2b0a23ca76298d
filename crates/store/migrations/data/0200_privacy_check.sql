-- What somebody who ran privacy-check against this installation found last; published as it was taken.
create table privacy_check (
    workspace_id {text} primary key,
    report {text} not null,
    report_hash {text} not null,
    published_by {text} not null,
    published_at {int} not null,
    ledger_index {int} not null
) {strict};
