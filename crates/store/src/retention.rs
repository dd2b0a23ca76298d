//! What is past its time: conversations and accounts whose period of keeping has ended.
//!
//! Must not know: the periods; the policy file names them.

use domain::{AgentId, ConversationId, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Value};

/// A conversation past its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedConversation {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The person it was with.
    pub person_id: PersonId,
    /// Whether the person has another conversation that is still kept.
    pub has_others: bool,
}

/// Conversations resolved at or before a time, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_ended_conversations(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<EndedConversation>, StoreError> {
    let rows = tx.query(
        "select c.workspace_id, c.conversation_id, c.person_id,
             (select count(*) from conversation o
              where o.workspace_id = c.workspace_id and o.person_id = c.person_id
                  and o.conversation_id <> c.conversation_id)
         from conversation c
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         where c.state = 'resolved' and c.resolved_at <= $1 and p.state = 'active'
         order by c.resolved_at
         limit $2",
        &[before.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(EndedConversation {
                workspace_id: row.parse("workspace_id")?,
                conversation_id: row.parse("conversation_id")?,
                person_id: row.parse("person_id")?,
                has_others: row.int("others")? > 0,
            })
        })
        .collect()
}

/// Deletes a conversation with everything that hangs on it, if it was resolved at or before a time; whether
/// it was there.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_ended_conversation(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    before: Timestamp,
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select coalesce(assignee_id, '') from conversation
         where workspace_id = $1 and conversation_id = $2 and state = 'resolved'
             and resolved_at <= $3",
        &[workspace_id.into(), conversation_id.into(), before.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(false);
    };
    let assignee = row.text("assignee_id")?;
    let key = [workspace_id.into(), conversation_id.into()];
    delete_parts(tx, &key)?;
    tx.execute(
        "update inbox_count
         set conversations = conversations - 1
         where workspace_id = $1 and state = 'resolved' and assignee_id = $2
             and conversations > 0",
        &[workspace_id.into(), assignee.into()],
    )?;
    tx.execute(
        "delete from conversation where workspace_id = $1 and conversation_id = $2",
        &key,
    )?;
    Ok(true)
}

fn delete_parts(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<(), StoreError> {
    tx.execute(
        "delete from search_token where workspace_id = $1 and conversation_id = $2",
        key,
    )?;
    tx.execute(
        "delete from message where workspace_id = $1 and conversation_id = $2",
        key,
    )?;
    tx.execute(
        "delete from event where workspace_id = $1 and conversation_id = $2",
        key,
    )?;
    tx.execute(
        "delete from link
         where workspace_id = $1 and kind = 'resume' and subject_id = $2",
        key,
    )?;
    tx.execute(
        "delete from job where workspace_id = $1 and ref_id = $2",
        key,
    )?;
    Ok(())
}

/// Members disabled at or before a time, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_closed_agents(
    tx: &mut Tx<'_>,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, AgentId, PersonId)>, StoreError> {
    let rows = tx.query(
        "select workspace_id, agent_id, person_id
         from agent
         where state = 'disabled' and closed_at <= $1
         order by closed_at
         limit $2",
        &[before.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok((
                row.parse("workspace_id")?,
                row.parse("agent_id")?,
                row.parse("person_id")?,
            ))
        })
        .collect()
}

/// Deletes a member disabled at or before a time, with their person; whether they were there.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_closed_agent(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    before: Timestamp,
) -> Result<bool, StoreError> {
    let found = tx.find(
        "delete from agent
         where workspace_id = $1 and agent_id = $2 and state = 'disabled' and closed_at <= $3
         returning person_id",
        &[workspace_id.into(), agent_id.into(), before.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(false);
    };
    let person_id: PersonId = row.parse("person_id")?;
    crate::agent::delete_traces(tx, workspace_id, agent_id, person_id)?;
    Ok(true)
}
