//! What a disclosure releases, sealed as it is stored, and what stays of it after an erasure: of a person who is active, or whose data a hold keeps.
//!
//! Must not know: plain text, why it is released.

use domain::{ConversationId, PersonId, VisitorId, WorkspaceId};
use policy::{ContactEmail, Name, Timestamp};
use vault::Sealed;

use crate::{error::StoreError, held::HeldMessage, tx::Tx, value::Value};

/// How a person is named in a release.
#[derive(Debug, Clone)]
pub struct DisclosedVisitor {
    /// The browser.
    pub visitor_id: VisitorId,
    /// Name as given.
    pub name: Option<Sealed<Name>>,
    /// Address as given.
    pub email: Option<Sealed<ContactEmail>>,
}

/// A conversation in a release.
#[derive(Debug, Clone, Copy)]
pub struct DisclosedConversation {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Began.
    pub created_at: Timestamp,
}

/// How the person is named.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_disclosed_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<DisclosedVisitor>, StoreError> {
    let found = tx.find(
        "select visitor_id, name_sealed, email_sealed from visitor
         where workspace_id = $1 and person_id = $2
         order by visitor_id
         limit 1",
        &[workspace_id.into(), person_id.into()],
    )?;
    found
        .map(|mut row| {
            Ok(DisclosedVisitor {
                visitor_id: row.parse("visitor_id")?,
                name: row.sealed_opt("name_sealed")?,
                email: row.sealed_opt("email_sealed")?,
            })
        })
        .transpose()
}

/// Conversations in the scope, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_disclosed_conversations(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    (person_id, conversation_id): (PersonId, Option<ConversationId>),
    limit: i64,
) -> Result<Vec<DisclosedConversation>, StoreError> {
    let rows = tx.query(
        "select conversation_id, created_at from conversation
         where workspace_id = $1 and person_id = $2 and ($3 = '' or conversation_id = $3)
         order by created_at, conversation_id
         limit $4",
        &[
            workspace_id.into(),
            person_id.into(),
            conversation_id
                .map_or_else(String::new, |id| id.to_string())
                .into(),
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(DisclosedConversation {
                conversation_id: row.parse("conversation_id")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

/// Messages of a conversation in order, at most `limit`. Notes never leave the workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_disclosed_messages(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    limit: i64,
) -> Result<Vec<HeldMessage>, StoreError> {
    let rows = tx.query(
        "select message_id, seq, kind, author_kind, body_sealed, policy_version, created_at
         from message
         where workspace_id = $1 and conversation_id = $2 and kind = 'message'
         order by seq
         limit $3",
        &[workspace_id.into(), conversation_id.into(), limit.into()],
    )?;
    rows.into_iter().map(crate::held::read_message).collect()
}

/// A release stays without its person: how many there were is public (clause 51).
pub(crate) fn forget_disclosures(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "update disclosure
         set state = case when state = 'open' then 'erased' else state end,
             person_id = null, conversation_id = null, reason_sealed = null, rule_sealed = null,
             recipient_sealed = null, bundle_sealed = null, bundle_until = null
         where workspace_id = $1 and person_id = $2",
        key,
    )
}
