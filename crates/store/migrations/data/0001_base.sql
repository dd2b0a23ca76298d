-- Every key begins with the workspace, so that tables can be distributed by it.
-- Columns whose names end in `_sealed` hold fields sealed under a person's own key; the inventory names
-- the category of each. Times are microseconds UTC.

create table workspace (
    workspace_id {text} not null primary key,
    name {text} not null,
    working_hours {text} not null,
    event_last {int} not null default 0,
    ledger_size {int} not null default 0,
    created_at {int} not null
) {strict};

create table policy_version (
    version {int} not null primary key,
    hash {text} not null,
    body {text} not null,
    effective_at {int} not null,
    material {int} not null,
    logged_at {int} not null,
    ledger_index {int}
) {strict};

create table site (
    workspace_id {text} not null references workspace (workspace_id),
    site_id {text} not null,
    name {text} not null,
    origins {text} not null,
    look {text} not null,
    locale {text} not null,
    greetings {text} not null,
    offline_form {int} not null,
    ask_name {int} not null,
    ask_email {int} not null,
    seen_at {int},
    seen_origin {text},
    created_at {int} not null,
    primary key (workspace_id, site_id)
) {strict};
create unique index site_by_id on site (site_id);

create table person (
    workspace_id {text} not null references workspace (workspace_id),
    person_id {text} not null,
    kind {text} not null,
    state {text} not null,
    source {text} not null,
    policy_version {int} not null,
    created_at {int} not null,
    primary key (workspace_id, person_id)
) {strict};

create table visitor (
    workspace_id {text} not null,
    visitor_id {text} not null,
    person_id {text} not null,
    site_id {text} not null,
    token_hash {blob} not null,
    name_sealed {blob},
    email_sealed {blob},
    email_index {blob},
    email_verified_at {int},
    locale_sealed {blob},
    policy_version {int} not null,
    remembered_at {int},
    blocked_at {int},
    blocked_by {text},
    last_seen_at {int} not null,
    created_at {int} not null,
    primary key (workspace_id, visitor_id),
    foreign key (workspace_id, person_id) references person (workspace_id, person_id)
) {strict};
create unique index visitor_by_token on visitor (token_hash);
create unique index visitor_by_person on visitor (workspace_id, person_id);
create index visitor_by_email on visitor (workspace_id, email_index);

create table conversation (
    workspace_id {text} not null,
    conversation_id {text} not null,
    site_id {text} not null,
    person_id {text} not null,
    visitor_id {text} not null,
    state {text} not null,
    snoozed_until {int},
    assignee_id {text},
    last_seq {int} not null,
    last_message_at {int} not null,
    last_agent_seq {int} not null,
    last_agent_id {text},
    waiting_since {int},
    agent_read_seq {int} not null,
    agent_delivered_seq {int} not null,
    visitor_read_seq {int} not null,
    visitor_delivered_seq {int} not null,
    page_url_sealed {blob},
    page_title_sealed {blob},
    rating {int},
    rating_comment_sealed {blob},
    rated_at {int},
    letter_seq {int},
    letter_at {int},
    policy_version {int} not null,
    created_at {int} not null,
    resolved_at {int},
    primary key (workspace_id, conversation_id),
    foreign key (workspace_id, person_id) references person (workspace_id, person_id)
) {strict};
create index conversation_by_person on conversation (workspace_id, person_id, created_at);
create index conversation_by_state on conversation (workspace_id, state, last_message_at);
create index conversation_by_assignee
    on conversation (workspace_id, assignee_id, state, last_message_at);
create index conversation_by_waiting on conversation (workspace_id, state, waiting_since);

-- The counts of the inbox, kept with each transition: never a scan.
create table inbox_count (
    workspace_id {text} not null,
    state {text} not null,
    assignee_id {text} not null,
    conversations {int} not null,
    primary key (workspace_id, state, assignee_id)
) {strict};

create table message (
    workspace_id {text} not null,
    conversation_id {text} not null,
    seq {int} not null,
    message_id {text} not null,
    person_id {text} not null,
    kind {text} not null,
    author_kind {text} not null,
    author_id {text} not null,
    client_msg_id {text} not null,
    body_sealed {blob} not null,
    body_mac {blob} not null,
    policy_version {int} not null,
    created_at {int} not null,
    primary key (workspace_id, conversation_id, seq),
    foreign key (workspace_id, conversation_id)
        references conversation (workspace_id, conversation_id)
) {strict};
create unique index message_by_client
    on message (workspace_id, conversation_id, author_id, client_msg_id);

create table agent (
    workspace_id {text} not null,
    agent_id {text} not null,
    person_id {text} not null,
    role {text} not null,
    state {text} not null,
    name_sealed {blob},
    email_sealed {blob} not null,
    email_index {blob} not null,
    password_sealed {blob},
    totp_sealed {blob},
    totp_last_step {int},
    recovery_sealed {blob},
    availability {text} not null,
    invited_by {text},
    closed_at {int},
    created_at {int} not null,
    primary key (workspace_id, agent_id),
    foreign key (workspace_id, person_id) references person (workspace_id, person_id)
) {strict};
create unique index agent_by_email on agent (workspace_id, email_index);

-- Sign-in knows an address, not a workspace: an installation-wide keyed index.
create table agent_login (
    login_index {blob} not null,
    workspace_id {text} not null,
    agent_id {text} not null,
    primary key (login_index, workspace_id)
) {strict};

create table session (
    workspace_id {text} not null,
    session_id {text} not null,
    agent_id {text} not null,
    token_hash {blob} not null,
    created_at {int} not null,
    last_seen_at {int} not null,
    expires_at {int} not null,
    primary key (workspace_id, session_id)
) {strict};
create unique index session_by_token on session (token_hash);
create index session_by_agent on session (workspace_id, agent_id);

-- Links that work once and expire: owner, invitation, password reset, e-mail verification, resume.
create table link (
    workspace_id {text} not null,
    token_hash {blob} not null primary key,
    kind {text} not null,
    subject_id {text} not null,
    person_id {text},
    expires_at {int} not null,
    used_at {int},
    created_at {int} not null
) {strict};
create index link_by_subject on link (workspace_id, kind, subject_id);
create index link_by_person on link (workspace_id, person_id);

create table canned_reply (
    workspace_id {text} not null,
    canned_reply_id {text} not null,
    shortcut {text} not null,
    title {text} not null,
    body {text} not null,
    created_at {int} not null,
    updated_at {int} not null,
    primary key (workspace_id, canned_reply_id)
) {strict};
create unique index canned_reply_by_shortcut on canned_reply (workspace_id, shortcut);

-- What the streams deliver: ids only, numbered without a gap in each workspace. Also the outbox of the bus.
create table event (
    workspace_id {text} not null,
    event_id {int} not null,
    kind {text} not null,
    audience {text} not null,
    person_id {text},
    conversation_id {text},
    ref_id {text},
    seq {int},
    created_at {int} not null,
    primary key (workspace_id, event_id)
) {strict};
create index event_by_person on event (workspace_id, person_id, event_id);

-- Background work: ids only, a lease while somebody works on it.
create table job (
    workspace_id {text} not null,
    job_id {text} not null,
    kind {text} not null,
    ref_id {text} not null,
    person_id {text},
    seq {int},
    run_at {int} not null,
    lease_until {int},
    attempts {int} not null,
    error {text},
    created_at {int} not null,
    primary key (workspace_id, job_id)
) {strict};
-- One job for each kind and thing; of messages, for each number.
create unique index job_once on job (workspace_id, kind, ref_id, coalesce(seq, 0));
create index job_due on job (run_at);
create index job_by_person on job (workspace_id, person_id);

-- Commands other than messages that a client may repeat.
create table idempotency (
    workspace_id {text} not null,
    actor_id {text} not null,
    key {text} not null,
    request_hash {blob} not null,
    result_id {text} not null,
    created_at {int} not null,
    primary key (workspace_id, actor_id, key)
) {strict};

-- Keyed word tokens, written behind the commit of the message, found without its text.
create table search_token (
    workspace_id {text} not null,
    token {blob} not null,
    conversation_id {text} not null,
    seq {int} not null,
    person_id {text} not null,
    created_at {int} not null,
    primary key (workspace_id, token, created_at, conversation_id, seq)
) {strict};
create index search_token_by_person on search_token (workspace_id, person_id);

create table consent (
    workspace_id {text} not null,
    consent_id {text} not null,
    person_id {text} not null,
    purpose {text} not null,
    granted {int} not null,
    policy_version {int} not null,
    text_hash {blob} not null,
    way {text} not null,
    ledger_index {int} not null,
    created_at {int} not null,
    primary key (workspace_id, consent_id)
) {strict};
create index consent_by_person on consent (workspace_id, person_id, created_at);

-- Who of the personnel read whom: the person stands there as a keyed reference that dies with their key.
create table reading (
    workspace_id {text} not null,
    person_ref {blob} not null,
    reader_id {text} not null,
    purpose {text} not null,
    slot {int} not null,
    role {text} not null,
    ledger_index {int} not null,
    created_at {int} not null,
    primary key (workspace_id, person_ref, reader_id, purpose, slot)
) {strict};

create table suppression (
    workspace_id {text} not null,
    address_hash {blob} not null,
    created_at {int} not null,
    primary key (workspace_id, address_hash)
) {strict};

-- The erasure mark, and after it the record: what a restore of an older backup applies again.
-- `address_hash` waits here between the mark and the suppression list: later the key is gone.
create table erasure (
    workspace_id {text} not null,
    person_id {text} not null,
    step {text} not null,
    requested_by {text} not null,
    address_hash {blob},
    marked_at {int} not null,
    finished_at {int},
    ledger_index {int},
    primary key (workspace_id, person_id)
) {strict};
create index erasure_by_step on erasure (step, marked_at);

create table ledger_entry (
    workspace_id {text} not null,
    entry_index {int} not null,
    kind {text} not null,
    body {text} not null,
    created_at {int} not null,
    primary key (workspace_id, entry_index)
) {strict};

create table ledger_node (
    workspace_id {text} not null,
    level {int} not null,
    node_index {int} not null,
    hash {blob} not null,
    primary key (workspace_id, level, node_index)
) {strict};
