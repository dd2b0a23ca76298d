//! Conversations: their status, their numbers, and what visitors read of them.
//!
//! Why `take_seq` first: the update locks the row, so on both databases the numbers have no gap and every
//! decision after it sees the newest status.
//! Must not know: what may change into what (`domain`), plain text.

use domain::{
    AgentId, ConversationId, ConversationState, PersonId, SiteId, Status, VisitorId, WorkspaceId,
};
use policy::{BrowsingHistory, PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    inbox::move_inbox_count,
    tx::Tx,
    value::{Row, Value},
};

/// A conversation to be stored.
#[derive(Debug, Clone)]
pub struct NewConversation {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub conversation_id: ConversationId,
    /// Where it began.
    pub site_id: SiteId,
    /// The data subject.
    pub person_id: PersonId,
    /// The browser.
    pub visitor_id: VisitorId,
    /// Address of the page the visitor writes from.
    pub page_url: Option<Sealed<BrowsingHistory>>,
    /// Title of that page.
    pub page_title: Option<Sealed<BrowsingHistory>>,
    /// Version of the policy the visitor saw.
    pub policy_version: u32,
}

/// A stored conversation.
#[derive(Debug, Clone)]
pub struct ConversationRow {
    /// Its id.
    pub conversation_id: ConversationId,
    /// Where it began.
    pub site_id: SiteId,
    /// The data subject.
    pub person_id: PersonId,
    /// The browser.
    pub visitor_id: VisitorId,
    /// What transitions change.
    pub status: Status,
    /// Number of the newest message.
    pub last_seq: i64,
    /// When the newest message came.
    pub last_message_at: Timestamp,
    /// Number of the newest answer of an agent; 0 if none.
    pub last_agent_seq: i64,
    /// Who gave it.
    pub last_agent_id: Option<AgentId>,
    /// What agents read, and what reached them.
    pub agent: Reach,
    /// What the visitor read, and what reached them.
    pub visitor: Reach,
    /// 1 to 5.
    pub rating: Option<i64>,
    /// When it was rated first.
    pub rated_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// The visitor may not write.
    pub is_blocked: bool,
    /// The person had its use restricted: it stays and is not used.
    pub is_restricted: bool,
}

/// How far one side has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// Number of the newest message read.
    pub read_seq: i64,
    /// Number of the newest message that reached a screen.
    pub delivered_seq: i64,
}

/// The columns of [`ConversationRow`], in its order.
macro_rules! conversation_columns {
    () => {
        "conversation.conversation_id, conversation.site_id, conversation.person_id,
         conversation.visitor_id, conversation.state, conversation.snoozed_until,
         conversation.assignee_id, conversation.waiting_since, conversation.resolved_at,
         conversation.last_seq, conversation.last_message_at, conversation.last_agent_seq,
         conversation.last_agent_id, conversation.agent_read_seq, conversation.agent_delivered_seq,
         conversation.visitor_read_seq, conversation.visitor_delivered_seq, conversation.rating,
         conversation.rated_at, conversation.created_at,
         (select blocked.blocked_at from visitor blocked
          where blocked.workspace_id = conversation.workspace_id
              and blocked.visitor_id = conversation.visitor_id),
         (select frozen.restricted_at from person frozen
          where frozen.workspace_id = conversation.workspace_id
              and frozen.person_id = conversation.person_id)"
    };
}
/// The person is there to be seen.
macro_rules! person_is_active {
    () => {
        " exists (
             select 1 from person
             where person.workspace_id = conversation.workspace_id
                 and person.person_id = conversation.person_id and person.state = 'active'
         ) "
    };
}
pub(crate) use {conversation_columns, person_is_active};

/// Stores a conversation whose first message has number 1.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_conversation(
    tx: &mut Tx<'_>,
    conversation: &NewConversation,
    status: &Status,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into conversation (
             workspace_id, conversation_id, site_id, person_id, visitor_id, state, last_seq,
             last_message_at, last_agent_seq, waiting_since, agent_read_seq, agent_delivered_seq,
             visitor_read_seq, visitor_delivered_seq, page_url_sealed, page_title_sealed,
             policy_version, created_at
         )
         values ($1, $2, $3, $4, $5, $6, 1, $7, 0, $8, 0, 0, 0, 0, $9, $10, $11, $7)",
        &[
            conversation.workspace_id.into(),
            conversation.conversation_id.into(),
            conversation.site_id.into(),
            conversation.person_id.into(),
            conversation.visitor_id.into(),
            status.state.key().into(),
            now.into(),
            status.waiting_since.into(),
            conversation.page_url.as_ref().into(),
            conversation.page_title.as_ref().into(),
            i64::from(conversation.policy_version).into(),
        ],
    )?;
    move_inbox_count(tx, conversation.workspace_id, None, Some(status))
}

/// Gives the next number of a conversation and locks it; `None` if there is no such conversation of an
/// active person. `said_at` is when something was said, `None` for what only agents are told.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn take_seq(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    said_at: Option<Timestamp>,
) -> Result<Option<ConversationRow>, StoreError> {
    let found = tx.find(
        concat!(
            "update conversation
             set last_seq = last_seq + 1, last_message_at = coalesce($3, last_message_at)
             where workspace_id = $1 and conversation_id = $2 and ",
            person_is_active!(),
            "returning ",
            conversation_columns!()
        ),
        &[workspace_id.into(), conversation_id.into(), said_at.into()],
    )?;
    found.map(|mut row| read_conversation(&mut row)).transpose()
}

/// A conversation of an active person.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_conversation(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> Result<Option<ConversationRow>, StoreError> {
    let found = tx.find(
        concat!(
            "select ",
            conversation_columns!(),
            " from conversation where workspace_id = $1 and conversation_id = $2 and ",
            person_is_active!()
        ),
        &[workspace_id.into(), conversation_id.into()],
    )?;
    found.map(|mut row| read_conversation(&mut row)).transpose()
}

/// Conversations of a person, newest first.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_conversations_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    limit: i64,
) -> Result<Vec<ConversationRow>, StoreError> {
    let rows = tx.query(
        concat!(
            "select ",
            conversation_columns!(),
            " from conversation where workspace_id = $1 and person_id = $2 and ",
            person_is_active!(),
            "order by conversation.created_at desc, conversation.conversation_id desc limit $3"
        ),
        &[workspace_id.into(), person_id.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| read_conversation(&mut row))
        .collect()
}

/// How many conversations of a person are not resolved, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_unresolved(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    limit: i64,
) -> Result<i64, StoreError> {
    let rows = tx.query(
        "select conversation_id from conversation
         where workspace_id = $1 and person_id = $2 and state <> 'resolved'
         limit $3",
        &[workspace_id.into(), person_id.into(), limit.into()],
    )?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// How many answers of agents a visitor has not read, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_unread_of_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    row: &ConversationRow,
    limit: i64,
) -> Result<i64, StoreError> {
    if row.visitor.read_seq >= row.last_agent_seq {
        return Ok(0);
    }
    let rows = tx.query(
        "select seq from message
         where workspace_id = $1 and conversation_id = $2 and seq > $3 and kind = 'message'
             and author_kind = 'agent'
         limit $4",
        &[
            workspace_id.into(),
            row.conversation_id.into(),
            row.visitor.read_seq.into(),
            limit.into(),
        ],
    )?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// Stores the status after a transition, and moves the counts of the inbox with it.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_status(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    row: &ConversationRow,
    next: &Status,
) -> Result<(), StoreError> {
    if row.status == *next {
        return Ok(());
    }
    tx.execute(
        "update conversation
         set state = $3, snoozed_until = $4, assignee_id = $5, waiting_since = $6,
             resolved_at = $7
         where workspace_id = $1 and conversation_id = $2",
        &status_values(workspace_id, row, next),
    )?;
    move_inbox_count(tx, workspace_id, Some(&row.status), Some(next))
}

/// Stores the status after an agent's answer with the number just taken.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_answered(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    row: &ConversationRow,
    next: &Status,
    agent_id: AgentId,
) -> Result<(), StoreError> {
    let mut values = status_values(workspace_id, row, next);
    values.extend([row.last_seq.into(), agent_id.into()]);
    tx.execute(
        "update conversation
         set state = $3, snoozed_until = $4, assignee_id = $5, waiting_since = $6,
             resolved_at = $7, last_agent_seq = $8, last_agent_id = $9
         where workspace_id = $1 and conversation_id = $2",
        &values,
    )?;
    move_inbox_count(tx, workspace_id, Some(&row.status), Some(next))
}

/// Which side reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The visitor.
    Visitor,
    /// The workspace's agents, as one.
    Agents,
}

/// Puts the newest message of the visitor back to unread for the agents; whether that changed anything.
/// Reading it again ends it; what the visitor was told stays.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn mark_unread(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> Result<bool, StoreError> {
    let newest = tx.find(
        "select seq from message
         where workspace_id = $1 and conversation_id = $2 and author_kind = 'visitor'
         order by seq desc
         limit 1",
        &[workspace_id.into(), conversation_id.into()],
    )?;
    let Some(mut newest) = newest else {
        return Ok(false);
    };
    let changed = tx.execute(
        "update conversation
         set unread_from_seq = $3
         where workspace_id = $1 and conversation_id = $2 and agent_read_seq >= $3
             and unread_from_seq is null",
        &[
            workspace_id.into(),
            conversation_id.into(),
            newest.int("seq")?.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Moves what one side has read and what reached it forward, never back; the reach if that changed it.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_reach(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    side: Side,
    to: Reach,
) -> Result<Option<Reach>, StoreError> {
    let sql = match side {
        Side::Visitor => {
            "update conversation
             set visitor_read_seq = case
                     when $3 <= visitor_read_seq then visitor_read_seq
                     when $3 < last_seq then $3 else last_seq end,
                 visitor_delivered_seq = case
                     when $4 <= visitor_delivered_seq then visitor_delivered_seq
                     when $4 < last_seq then $4 else last_seq end
             where workspace_id = $1 and conversation_id = $2
                 and ((visitor_read_seq < $3 and visitor_read_seq < last_seq)
                     or (visitor_delivered_seq < $4 and visitor_delivered_seq < last_seq))
             returning visitor_read_seq, visitor_delivered_seq"
        }
        Side::Agents => {
            "update conversation
             set agent_read_seq = case
                     when $3 <= agent_read_seq then agent_read_seq
                     when $3 < last_seq then $3 else last_seq end,
                 agent_delivered_seq = case
                     when $4 <= agent_delivered_seq then agent_delivered_seq
                     when $4 < last_seq then $4 else last_seq end,
                 unread_from_seq = case
                     when $3 < unread_from_seq then unread_from_seq end
             where workspace_id = $1 and conversation_id = $2
                 and ((agent_read_seq < $3 and agent_read_seq < last_seq)
                     or (agent_delivered_seq < $4 and agent_delivered_seq < last_seq)
                     or unread_from_seq <= $3)
             returning agent_read_seq, agent_delivered_seq"
        }
    };
    let values = [
        workspace_id.into(),
        conversation_id.into(),
        to.read_seq.into(),
        to.delivered_seq.into(),
    ];
    let Some(mut row) = tx.find(sql, &values)? else {
        return Ok(None);
    };
    Ok(Some(Reach {
        read_seq: row.int("read_seq")?,
        delivered_seq: row.int("delivered_seq")?,
    }))
}

/// Stores a rating; the time of the first one stays.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_rating(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    (score, comment): (i64, Option<&Sealed<PrivateContent>>),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update conversation
         set rating = $3, rating_comment_sealed = $4, rated_at = coalesce(rated_at, $5)
         where workspace_id = $1 and conversation_id = $2",
        &[
            workspace_id.into(),
            conversation_id.into(),
            score.into(),
            comment.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Number and time of the newest message that the visitor may read; what is internal leaves no trace here.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_last_visible(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> Result<Option<(i64, Timestamp)>, StoreError> {
    let found = tx.find(
        "select seq, created_at from message
         where workspace_id = $1 and conversation_id = $2 and kind in ('message', 'system')
         order by seq desc
         limit 1",
        &[workspace_id.into(), conversation_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some((row.int("seq")?, row.time("created_at")?)))
}

/// Whether an agent can be given conversations: active, in a role that answers.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_answering(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select agent_id from agent
         where workspace_id = $1 and agent_id = $2 and state = 'active'
             and role in ('owner', 'admin', 'agent')",
        &[workspace_id.into(), agent_id.into()],
    )?;
    Ok(found.is_some())
}

fn status_values(workspace_id: WorkspaceId, row: &ConversationRow, next: &Status) -> Vec<Value> {
    vec![
        workspace_id.into(),
        row.conversation_id.into(),
        next.state.key().into(),
        next.snoozed_until.into(),
        next.assignee_id.into(),
        next.waiting_since.into(),
        next.resolved_at.into(),
    ]
}

/// Reads the columns of `conversation_columns`; further ones stay for the caller.
pub(crate) fn read_conversation(row: &mut Row) -> Result<ConversationRow, StoreError> {
    Ok(ConversationRow {
        conversation_id: row.parse("conversation_id")?,
        site_id: row.parse("site_id")?,
        person_id: row.parse("person_id")?,
        visitor_id: row.parse("visitor_id")?,
        status: Status {
            state: row.parse::<ConversationState>("state")?,
            snoozed_until: row.time_opt("snoozed_until")?,
            assignee_id: row.parse_opt("assignee_id")?,
            waiting_since: row.time_opt("waiting_since")?,
            resolved_at: row.time_opt("resolved_at")?,
        },
        last_seq: row.int("last_seq")?,
        last_message_at: row.time("last_message_at")?,
        last_agent_seq: row.int("last_agent_seq")?,
        last_agent_id: row.parse_opt("last_agent_id")?,
        agent: Reach {
            read_seq: row.int("agent_read_seq")?,
            delivered_seq: row.int("agent_delivered_seq")?,
        },
        visitor: Reach {
            read_seq: row.int("visitor_read_seq")?,
            delivered_seq: row.int("visitor_delivered_seq")?,
        },
        rating: row.int_opt("rating")?,
        rated_at: row.time_opt("rated_at")?,
        created_at: row.time("created_at")?,
        is_blocked: row.int_opt("blocked_at")?.is_some(),
        is_restricted: row.int_opt("restricted_at")?.is_some(),
    })
}
