//! The inventory: every stored column with its category, or why it holds nothing personal (clause 2).
//!
//! Why: a column without a tag fails the build's test, which compares this list with the live schema of both
//! databases. `GET /privacy/inventory.json` is this list with the policy's purposes and retention.
//! Must not know: the policy file.

use policy::Category;

/// How a personal column is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Sealed under the person's own key; worthless once it is destroyed.
    SubjectKey,
    /// A keyed hash; cannot be turned back without the workspace's key, deleted with the person.
    KeyedHash,
    /// A random id; says nothing by itself, deleted with the person.
    RandomId,
    /// A plain value about a person that says nothing about who it is, deleted with the person.
    Plain,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Personal data: its category, the field's name in the policy file, its protection.
    Personal(Category, &'static str, Protection),
    /// Nothing personal.
    NotPersonal,
}

/// A column of the data database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// What it holds.
    pub tag: Tag,
}

use Category::{
    BrowsingHistory, ContactEmail, Credentials, Language, Name, PrivacyPreferences, PrivateContent,
    PseudonymousId,
};
use Protection::{KeyedHash, Plain, RandomId, SubjectKey};

/// A personal column: its name, category, field and protection.
type PersonalColumn = (&'static str, Category, &'static str, Protection);

/// Personal columns by table; every other column of the table is declared not personal in [`PLAIN`].
const PERSONAL: &[(&str, &[PersonalColumn])] = &[
    (
        "person",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("restricted_at", PrivacyPreferences, "request.kind", Plain),
            ("opted_out_at", PrivacyPreferences, "request.kind", Plain),
            ("objections", PrivacyPreferences, "request.kind", Plain),
        ],
    ),
    (
        "request",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("kind", PrivacyPreferences, "request.kind", Plain),
            ("purpose", PrivacyPreferences, "request.kind", Plain),
            ("name_sealed", Name, "request.name", SubjectKey),
            ("email_sealed", ContactEmail, "request.email", SubjectKey),
        ],
    ),
    (
        "visitor",
        &[
            ("visitor_id", PseudonymousId, "visitor.id", RandomId),
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("token_hash", PseudonymousId, "visitor.token", KeyedHash),
            ("name_sealed", Name, "visitor.name", SubjectKey),
            ("email_sealed", ContactEmail, "visitor.email", SubjectKey),
            ("email_index", ContactEmail, "visitor.email", KeyedHash),
            ("locale_sealed", Language, "visitor.locale", SubjectKey),
            (
                "remembered_at",
                PrivacyPreferences,
                "visitor.remembered",
                Plain,
            ),
        ],
    ),
    (
        "conversation",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("visitor_id", PseudonymousId, "visitor.id", RandomId),
            (
                "page_url_sealed",
                BrowsingHistory,
                "conversation.page",
                SubjectKey,
            ),
            (
                "page_title_sealed",
                BrowsingHistory,
                "conversation.page",
                SubjectKey,
            ),
            ("rating", PrivateContent, "conversation.rating", Plain),
            (
                "rating_comment_sealed",
                PrivateContent,
                "conversation.rating",
                SubjectKey,
            ),
        ],
    ),
    (
        "message",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("author_id", PseudonymousId, "person.id", RandomId),
            ("body_sealed", PrivateContent, "message.body", SubjectKey),
            ("body_mac", PrivateContent, "message.body", KeyedHash),
        ],
    ),
    (
        "agent",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("name_sealed", Name, "agent.name", SubjectKey),
            ("email_sealed", ContactEmail, "agent.email", SubjectKey),
            ("email_index", ContactEmail, "agent.email", KeyedHash),
            (
                "password_sealed",
                Credentials,
                "agent.credentials",
                SubjectKey,
            ),
            ("totp_sealed", Credentials, "agent.credentials", SubjectKey),
            (
                "recovery_sealed",
                Credentials,
                "agent.credentials",
                SubjectKey,
            ),
        ],
    ),
    (
        "agent_login",
        &[("login_index", ContactEmail, "agent.email", KeyedHash)],
    ),
    (
        "session",
        &[("token_hash", Credentials, "agent.credentials", KeyedHash)],
    ),
    (
        "link",
        &[("person_id", PseudonymousId, "person.id", RandomId)],
    ),
    (
        "event",
        &[("person_id", PseudonymousId, "person.id", RandomId)],
    ),
    (
        "job",
        &[("person_id", PseudonymousId, "person.id", RandomId)],
    ),
    (
        "search_token",
        &[
            ("token", PrivateContent, "message.body", KeyedHash),
            ("person_id", PseudonymousId, "person.id", RandomId),
        ],
    ),
    (
        "consent",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("purpose", PrivacyPreferences, "consent.choice", Plain),
            ("granted", PrivacyPreferences, "consent.choice", Plain),
        ],
    ),
    (
        "reading",
        &[("person_ref", PseudonymousId, "person.id", KeyedHash)],
    ),
    (
        "suppression",
        &[(
            "address_hash",
            ContactEmail,
            "suppression.address",
            KeyedHash,
        )],
    ),
    (
        "erasure",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            (
                "address_hash",
                ContactEmail,
                "suppression.address",
                KeyedHash,
            ),
        ],
    ),
    (
        "hold",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("reason_sealed", PrivateContent, "hold.reason", SubjectKey),
        ],
    ),
    (
        "idempotency",
        &[("actor_id", PseudonymousId, "person.id", RandomId)],
    ),
];

/// Columns that hold nothing about a person: ids of things, states, times, settings of the workspace.
const PLAIN: &[(&str, &[&str])] = &[
    ("schema_version", &["version", "applied_at"]),
    (
        "workspace",
        &[
            "workspace_id",
            "name",
            "working_hours",
            "event_last",
            "ledger_size",
            "created_at",
        ],
    ),
    (
        "policy_version",
        &[
            "version",
            "hash",
            "body",
            "effective_at",
            "material",
            "logged_at",
            "ledger_index",
        ],
    ),
    (
        "site",
        &[
            "workspace_id",
            "site_id",
            "name",
            "origins",
            "look",
            "locale",
            "greetings",
            "offline_form",
            "ask_name",
            "ask_email",
            "seen_at",
            "seen_origin",
            "created_at",
        ],
    ),
    (
        "person",
        &[
            "workspace_id",
            "kind",
            "state",
            "source",
            "policy_version",
            "policy_answered",
            "created_at",
        ],
    ),
    (
        "policy_notice",
        &["workspace_id", "policy_version", "created_at"],
    ),
    (
        "visitor",
        &[
            "workspace_id",
            "site_id",
            "email_verified_at",
            "policy_version",
            "blocked_at",
            "blocked_by",
            "last_seen_at",
            "created_at",
        ],
    ),
    (
        "conversation",
        &[
            "workspace_id",
            "conversation_id",
            "site_id",
            "state",
            "snoozed_until",
            "assignee_id",
            "last_seq",
            "last_message_at",
            "last_agent_seq",
            "last_agent_id",
            "waiting_since",
            "agent_read_seq",
            "agent_delivered_seq",
            "unread_from_seq",
            "visitor_read_seq",
            "visitor_delivered_seq",
            "rated_at",
            "letter_seq",
            "letter_at",
            "policy_version",
            "created_at",
            "resolved_at",
        ],
    ),
    (
        "inbox_count",
        &["workspace_id", "state", "assignee_id", "conversations"],
    ),
    (
        "message",
        &[
            "workspace_id",
            "conversation_id",
            "seq",
            "message_id",
            "kind",
            "author_kind",
            "client_msg_id",
            "policy_version",
            "created_at",
        ],
    ),
    (
        "agent",
        &[
            "workspace_id",
            "agent_id",
            "role",
            "state",
            "totp_last_step",
            "availability",
            "invited_by",
            "closed_at",
            "created_at",
        ],
    ),
    ("agent_login", &["workspace_id", "agent_id"]),
    (
        "session",
        &[
            "workspace_id",
            "session_id",
            "agent_id",
            "created_at",
            "last_seen_at",
            "expires_at",
        ],
    ),
    (
        "link",
        &[
            "workspace_id",
            "token_hash",
            "kind",
            "subject_id",
            "expires_at",
            "used_at",
            "created_at",
        ],
    ),
    (
        "canned_reply",
        &[
            "workspace_id",
            "canned_reply_id",
            "shortcut",
            "title",
            "body",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "event",
        &[
            "workspace_id",
            "event_id",
            "kind",
            "audience",
            "conversation_id",
            "ref_id",
            "seq",
            "created_at",
        ],
    ),
    (
        "job",
        &[
            "workspace_id",
            "job_id",
            "kind",
            "ref_id",
            "seq",
            "run_at",
            "lease_until",
            "attempts",
            "error",
            "created_at",
        ],
    ),
    (
        "idempotency",
        &[
            "workspace_id",
            "key",
            "request_hash",
            "result_id",
            "created_at",
        ],
    ),
    (
        "intake_seen",
        &["workspace_id", "letter_hash", "created_at"],
    ),
    (
        "search_token",
        &["workspace_id", "conversation_id", "seq", "created_at"],
    ),
    (
        "consent",
        &[
            "workspace_id",
            "consent_id",
            "policy_version",
            "text_hash",
            "way",
            "ledger_index",
            "created_at",
        ],
    ),
    (
        "reading",
        &[
            "workspace_id",
            "reader_id",
            "purpose",
            "slot",
            "role",
            "ledger_index",
            "created_at",
        ],
    ),
    (
        "request",
        &[
            "workspace_id",
            "request_id",
            "state",
            "way",
            "proof",
            "extension",
            "outcome",
            "received_at",
            "due_at",
            "closed_at",
            "created_at",
        ],
    ),
    (
        "request_step",
        &[
            "workspace_id",
            "request_id",
            "step",
            "act",
            "role",
            "agent_id",
            "ledger_index",
            "created_at",
        ],
    ),
    ("suppression", &["workspace_id", "created_at"]),
    (
        "erasure",
        &[
            "workspace_id",
            "step",
            "requested_by",
            "marked_at",
            "finished_at",
            "ledger_index",
        ],
    ),
    (
        "hold",
        &[
            "workspace_id",
            "hold_id",
            "conversation_id",
            "ground",
            "document_hash",
            "deadline_at",
            "gagged_until",
            "placed_by",
            "ledger_index",
            "released_by",
            "released_at",
            "created_at",
        ],
    ),
    (
        "purge_run",
        &[
            "workspace_id",
            "ran_at",
            "rule",
            "purged",
            "policy_version",
            "ledger_index",
        ],
    ),
    (
        "sweep",
        &[
            "name",
            "ran_at",
            "lag_s",
            "ahead_micros",
            "set_back_at",
            "policy_version",
        ],
    ),
    (
        "ledger_entry",
        &["workspace_id", "entry_index", "kind", "body", "created_at"],
    ),
    (
        "ledger_node",
        &["workspace_id", "level", "node_index", "hash"],
    ),
];

/// Every column of the data database, sorted by table and column.
#[must_use]
pub fn columns() -> Vec<Column> {
    let personal = PERSONAL.iter().flat_map(|(table, columns)| {
        columns
            .iter()
            .map(|(column, category, field, protection)| Column {
                table,
                column,
                tag: Tag::Personal(*category, field, *protection),
            })
    });
    let plain = PLAIN.iter().flat_map(|(table, columns)| {
        columns.iter().map(|column| Column {
            table,
            column,
            tag: Tag::NotPersonal,
        })
    });
    let mut all: Vec<_> = personal.chain(plain).collect();
    all.sort_by_key(|column| (column.table, column.column));
    all
}

/// Every column that the live database really has, sorted by table and column.
///
/// # Errors
/// Any [`crate::StoreError`] of the database.
pub fn live_columns(tx: &mut crate::Tx<'_>) -> Result<Vec<(String, String)>, crate::StoreError> {
    // The catalogues differ by nature; nothing else asks them.
    let sql = match tx.dialect() {
        crate::Dialect::Sqlite => {
            "select t.name, c.name
             from sqlite_master t, pragma_table_info(t.name) c
             where t.type = 'table' and t.name not like 'sqlite_%'
             order by t.name, c.name
             limit 10000"
        }
        crate::Dialect::Postgres => {
            "select table_name::text, column_name::text
             from information_schema.columns
             where table_schema = current_schema()
             order by table_name::text collate \"C\", column_name::text collate \"C\"
             limit 10000"
        }
    };
    let rows = tx.query(sql, &[])?;
    rows.into_iter()
        .map(|mut row| Ok((row.text("table")?, row.text("column")?)))
        .collect()
}
