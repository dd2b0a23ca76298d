//! The inventory: every stored column with its category, or why it holds nothing personal (clause 2).
//!
//! Why: a column without a tag fails the build's test, which compares this list with the live schema of both
//! databases. `GET /privacy/inventory.json` is this list with the policy's purposes and retention.
//! Must not know: the policy file.

use policy::Category;

use crate::inventory_plain::PLAIN;

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
    AgeRange, BrowsingHistory, ContactEmail, Credentials, Language, Name, PrivacyPreferences,
    PrivateContent, PseudonymousId,
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
            (
                "widget_only_at",
                PrivacyPreferences,
                "visitor.channel",
                Plain,
            ),
        ],
    ),
    (
        "subscription",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("email_sealed", ContactEmail, "subscriber.email", SubjectKey),
            ("email_index", ContactEmail, "subscriber.email", KeyedHash),
            ("address_hash", ContactEmail, "subscriber.email", KeyedHash),
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
        "sending",
        &[("person_id", PseudonymousId, "person.id", RandomId)],
    ),
    (
        "webhook_delivery",
        &[("person_id", PseudonymousId, "person.id", RandomId)],
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
        "child",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            ("mark_sealed", AgeRange, "child.mark", SubjectKey),
            (
                "parent_email_sealed",
                ContactEmail,
                "parent.email",
                SubjectKey,
            ),
            (
                "parent_email_index",
                ContactEmail,
                "parent.email",
                KeyedHash,
            ),
            ("reason_sealed", PrivateContent, "child.reason", SubjectKey),
        ],
    ),
    (
        "disclosure",
        &[
            ("person_id", PseudonymousId, "person.id", RandomId),
            (
                "reason_sealed",
                PrivateContent,
                "disclosure.reason",
                SubjectKey,
            ),
            (
                "rule_sealed",
                PrivateContent,
                "disclosure.reason",
                SubjectKey,
            ),
            (
                "recipient_sealed",
                PrivateContent,
                "disclosure.reason",
                SubjectKey,
            ),
            (
                "bundle_sealed",
                PrivateContent,
                "disclosure.reason",
                SubjectKey,
            ),
        ],
    ),
    (
        "idempotency",
        &[("actor_id", PseudonymousId, "person.id", RandomId)],
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
