//! What letters about a conversation are made of, and how far they went.
//!
//! Must not know: words; letters are composed from ids when they are sent.

use domain::{AgentId, ConversationId, MessageId, PersonId, SiteId, VisitorId, WorkspaceId};
use policy::{ContactEmail, Language, Name, PrivateContent, Timestamp};
use vault::Sealed;

use crate::{error::StoreError, tx::Tx};

/// A conversation as letters see it. Gone once its person is erased.
#[derive(Debug, Clone)]
pub struct LetterConversation {
    /// The person it is with.
    pub person_id: PersonId,
    /// Their browser.
    pub visitor_id: VisitorId,
    /// The site.
    pub site_id: SiteId,
    /// The site's name.
    pub site_name: String,
    /// The site's language.
    pub site_locale: String,
    /// `open`, `snoozed` or `resolved`.
    pub state: String,
    /// Who answers it.
    pub assignee_id: Option<AgentId>,
    /// Since when the visitor waits.
    pub waiting_since: Option<Timestamp>,
    /// Newest message.
    pub last_seq: i64,
    /// Newest answer.
    pub last_agent_seq: i64,
    /// Up to where an agent read.
    pub agent_read_seq: i64,
    /// Up to where the visitor read.
    pub visitor_read_seq: i64,
    /// Up to where answers went out by letter.
    pub letter_seq: i64,
    /// When the last such letter went.
    pub letter_at: Option<Timestamp>,
    /// The visitor's name.
    pub name: Option<Sealed<Name>>,
    /// The visitor's address.
    pub email: Option<Sealed<ContactEmail>>,
    /// When the address was proved.
    pub email_verified_at: Option<Timestamp>,
    /// The visitor's language.
    pub locale: Option<Sealed<Language>>,
    /// When the visitor was last here.
    pub last_seen_at: Timestamp,
    /// Since when the visitor wants answers in the chat only.
    pub widget_only_at: Option<Timestamp>,
}

/// An answer to be put into a letter.
#[derive(Debug, Clone)]
pub struct LetterMessage {
    /// Its id.
    pub message_id: MessageId,
    /// Its number.
    pub seq: i64,
    /// Who wrote it.
    pub author_id: String,
    /// What it says.
    pub body: Sealed<PrivateContent>,
}

/// A visitor's address that is to be proved.
#[derive(Debug, Clone)]
pub struct UnprovedAddress {
    /// The person.
    pub person_id: PersonId,
    /// The address.
    pub email: Sealed<ContactEmail>,
    /// The site's name.
    pub site_name: String,
    /// The site's language.
    pub site_locale: String,
}

/// A conversation for a letter; `None` if it is gone, or its person erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_letter_conversation(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> Result<Option<LetterConversation>, StoreError> {
    let found = tx.find(
        "select c.person_id, c.visitor_id, c.site_id, s.name, s.locale, c.state, c.assignee_id,
             c.waiting_since, c.last_seq, c.last_agent_seq, c.agent_read_seq, c.visitor_read_seq,
             coalesce(c.letter_seq, 0), c.letter_at, v.name_sealed, v.email_sealed,
             v.email_verified_at, v.locale_sealed, v.last_seen_at, v.widget_only_at
         from conversation c
         join visitor v on v.workspace_id = c.workspace_id and v.visitor_id = c.visitor_id
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         join site s on s.workspace_id = c.workspace_id and s.site_id = c.site_id
         where c.workspace_id = $1 and c.conversation_id = $2 and p.state = 'active'
             and v.blocked_at is null",
        &[workspace_id.into(), conversation_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(LetterConversation {
        person_id: row.parse("person_id")?,
        visitor_id: row.parse("visitor_id")?,
        site_id: row.parse("site_id")?,
        site_name: row.text("name")?,
        site_locale: row.text("locale")?,
        state: row.text("state")?,
        assignee_id: row.parse_opt("assignee_id")?,
        waiting_since: row.time_opt("waiting_since")?,
        last_seq: row.int("last_seq")?,
        last_agent_seq: row.int("last_agent_seq")?,
        agent_read_seq: row.int("agent_read_seq")?,
        visitor_read_seq: row.int("visitor_read_seq")?,
        letter_seq: row.int("letter_seq")?,
        letter_at: row.time_opt("letter_at")?,
        name: row.sealed_opt("name_sealed")?,
        email: row.sealed_opt("email_sealed")?,
        email_verified_at: row.time_opt("email_verified_at")?,
        locale: row.sealed_opt("locale_sealed")?,
        last_seen_at: row.time("last_seen_at")?,
        widget_only_at: row.time_opt("widget_only_at")?,
    }))
}

/// Answers after a number, oldest first, at most `limit`. Notes are never among them.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_letter_messages(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<Vec<LetterMessage>, StoreError> {
    let rows = tx.query(
        "select message_id, seq, author_id, body_sealed
         from message
         where workspace_id = $1 and conversation_id = $2 and seq > $3 and kind = 'message'
             and author_kind = 'agent'
         order by seq
         limit $4",
        &[
            workspace_id.into(),
            conversation_id.into(),
            after_seq.into(),
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(LetterMessage {
                message_id: row.parse("message_id")?,
                seq: row.int("seq")?,
                author_id: row.text("author_id")?,
                body: row.sealed("body_sealed")?,
            })
        })
        .collect()
}

/// Notes up to where answers went out by letter.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn mark_letter_sent(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    seq: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update conversation
         set letter_seq = $3, letter_at = $4
         where workspace_id = $1 and conversation_id = $2",
        &[
            workspace_id.into(),
            conversation_id.into(),
            seq.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The address of a visitor while it is not proved; `None` if there is none, or it is.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_unproved_address(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
) -> Result<Option<UnprovedAddress>, StoreError> {
    let found = tx.find(
        "select v.person_id, v.email_sealed, s.name, s.locale
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         join site s on s.workspace_id = v.workspace_id and s.site_id = v.site_id
         where v.workspace_id = $1 and v.visitor_id = $2 and p.state = 'active'
             and v.email_sealed is not null and v.email_verified_at is null",
        &[workspace_id.into(), visitor_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(UnprovedAddress {
        person_id: row.parse("person_id")?,
        email: row.sealed("email_sealed")?,
        site_name: row.text("name")?,
        site_locale: row.text("locale")?,
    }))
}
