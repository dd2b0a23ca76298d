//! What is held about one visitor, sealed as it is stored: for "what we hold", export, correction, erasure.
//!
//! Must not know: plain text, who asks.

use domain::{ConversationId, MessageId, PersonId, SiteId, VisitorId, WorkspaceId};
use policy::{BrowsingHistory, ContactEmail, Language, Name, PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Conversations of a person read at once; more are told as a number only.
pub const HELD_CONVERSATIONS_MAX: i64 = 1_000;

/// A visitor's own row, with what the person's row says.
#[derive(Debug, Clone)]
pub struct HeldVisitor {
    /// The browser.
    pub visitor_id: VisitorId,
    /// The site it came to.
    pub site_id: SiteId,
    /// Name as given.
    pub name: Option<Sealed<Name>>,
    /// Address as given.
    pub email: Option<Sealed<ContactEmail>>,
    /// When the address was verified.
    pub email_verified_at: Option<Timestamp>,
    /// Language the browser asked for.
    pub locale: Option<Sealed<Language>>,
    /// When the person chose to be remembered in this browser.
    pub remembered_at: Option<Timestamp>,
    /// Since when they want answers in the chat only.
    pub widget_only_at: Option<Timestamp>,
    /// When an agent blocked them.
    pub blocked_at: Option<Timestamp>,
    /// Where the data comes from.
    pub source: String,
    /// Version of the policy it was given under.
    pub policy_version: i64,
    /// First act.
    pub created_at: Timestamp,
    /// Last act.
    pub last_seen_at: Timestamp,
}

/// A conversation's row, as far as it is about the person.
#[derive(Debug, Clone)]
pub struct HeldConversation {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// `open`, `snoozed` or `resolved`.
    pub state: String,
    /// Messages and notes in it.
    pub messages: i64,
    /// Address of the page the person wrote from.
    pub page_url: Option<Sealed<BrowsingHistory>>,
    /// Title of that page.
    pub page_title: Option<Sealed<BrowsingHistory>>,
    /// 1 to 5.
    pub rating: Option<i64>,
    /// Comment on the rating.
    pub rating_comment: Option<Sealed<PrivateContent>>,
    /// Version of the policy it was written under.
    pub policy_version: i64,
    /// Began.
    pub created_at: Timestamp,
    /// Resolved.
    pub resolved_at: Option<Timestamp>,
}

/// A message or note, as far as it is about the person.
#[derive(Debug, Clone)]
pub struct HeldMessage {
    /// The message.
    pub message_id: MessageId,
    /// Place in its conversation.
    pub seq: i64,
    /// `message`, `note` or `system`.
    pub kind: String,
    /// `visitor`, `agent` or `system`.
    pub author_kind: String,
    /// Words.
    pub body: Sealed<PrivateContent>,
    /// Version of the policy it was written under.
    pub policy_version: i64,
    /// Written.
    pub created_at: Timestamp,
}

/// The visitor of an active person.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_held_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<HeldVisitor>, StoreError> {
    let found = tx.find(
        "select v.visitor_id, v.site_id, v.name_sealed, v.email_sealed, v.email_verified_at,
             v.locale_sealed, v.remembered_at, v.widget_only_at, v.blocked_at, p.source,
             v.policy_version,
             v.created_at, v.last_seen_at
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.workspace_id = $1 and v.person_id = $2 and p.state = 'active'
             and p.kind = 'visitor'",
        &[workspace_id.into(), person_id.into()],
    )?;
    found.map(read_visitor).transpose()
}

/// Conversations of a person, newest first, at most 1,000.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_held_conversations(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Vec<HeldConversation>, StoreError> {
    let rows = tx.query(
        "select c.conversation_id, c.state, c.last_seq, c.page_url_sealed, c.page_title_sealed,
             c.rating, c.rating_comment_sealed, c.policy_version, c.created_at, c.resolved_at
         from conversation c
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         where c.workspace_id = $1 and c.person_id = $2 and p.state = 'active'
         order by c.created_at desc
         limit $3",
        &[
            workspace_id.into(),
            person_id.into(),
            HELD_CONVERSATIONS_MAX.into(),
        ],
    )?;
    rows.into_iter().map(read_conversation).collect()
}

/// Messages and notes of a person's conversation after a number, in order, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_held_messages(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    (person_id, conversation_id): (PersonId, ConversationId),
    after_seq: i64,
    limit: i64,
) -> Result<Vec<HeldMessage>, StoreError> {
    let rows = tx.query(
        "select m.message_id, m.seq, m.kind, m.author_kind, m.body_sealed, m.policy_version,
             m.created_at
         from message m
         join person p on p.workspace_id = m.workspace_id and p.person_id = m.person_id
         where m.workspace_id = $1 and m.conversation_id = $2 and m.person_id = $3 and m.seq > $4
             and m.kind in ('message', 'system') and p.state = 'active'
         order by m.seq
         limit $5",
        &[
            workspace_id.into(),
            conversation_id.into(),
            person_id.into(),
            after_seq.into(),
            Value::Int(limit),
        ],
    )?;
    rows.into_iter().map(read_message).collect()
}

fn read_visitor(mut row: Row) -> Result<HeldVisitor, StoreError> {
    Ok(HeldVisitor {
        visitor_id: row.parse("visitor_id")?,
        site_id: row.parse("site_id")?,
        name: row.sealed_opt("name_sealed")?,
        email: row.sealed_opt("email_sealed")?,
        email_verified_at: row.time_opt("email_verified_at")?,
        locale: row.sealed_opt("locale_sealed")?,
        remembered_at: row.time_opt("remembered_at")?,
        widget_only_at: row.time_opt("widget_only_at")?,
        blocked_at: row.time_opt("blocked_at")?,
        source: row.text("source")?,
        policy_version: row.int("policy_version")?,
        created_at: row.time("created_at")?,
        last_seen_at: row.time("last_seen_at")?,
    })
}

fn read_conversation(mut row: Row) -> Result<HeldConversation, StoreError> {
    Ok(HeldConversation {
        conversation_id: row.parse("conversation_id")?,
        state: row.text("state")?,
        messages: row.int("last_seq")?,
        page_url: row.sealed_opt("page_url_sealed")?,
        page_title: row.sealed_opt("page_title_sealed")?,
        rating: row.int_opt("rating")?,
        rating_comment: row.sealed_opt("rating_comment_sealed")?,
        policy_version: row.int("policy_version")?,
        created_at: row.time("created_at")?,
        resolved_at: row.time_opt("resolved_at")?,
    })
}

pub(crate) fn read_message(mut row: Row) -> Result<HeldMessage, StoreError> {
    Ok(HeldMessage {
        message_id: row.parse("message_id")?,
        seq: row.int("seq")?,
        kind: row.text("kind")?,
        author_kind: row.text("author_kind")?,
        body: row.sealed("body_sealed")?,
        policy_version: row.int("policy_version")?,
        created_at: row.time("created_at")?,
    })
}
