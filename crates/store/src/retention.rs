//! What is past its time: conversations, persons and accounts whose period of keeping has ended.
//!
//! Why they are listed and not deleted by a statement: a key goes with the last of them. What is under a legal
//! hold is never listed.
//! Must not know: the periods; the policy file names them.

use domain::{AgentId, ConversationId, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{
    error::StoreError,
    terms::Terms,
    tx::Tx,
    unheld::{unheld, unheld_conversation},
    value::Value,
};

/// Whose records are looked at, and since when they must have ended.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// What ended at or before this is past its time.
    pub before: Timestamp,
    /// An open conversation without a message since this counts as ended that long ago.
    pub quiet_before: Timestamp,
    /// Only persons who stand here; none: everybody.
    pub terms: Option<Terms>,
}

impl Due {
    /// The terms as the statements want them: version and answer, zero for everybody.
    fn terms(self) -> [Value; 2] {
        let terms = self.terms.map_or((0, 0), |it| (it.version, it.answered));
        [terms.0.into(), terms.1.into()]
    }
}

/// That person `p` stands where these two parameters say, or that they are zero.
macro_rules! stands {
    ($version:literal, $answered:literal) => {
        concat!(
            "(",
            $version,
            " = 0 or (p.policy_version = ",
            $version,
            " and coalesce(p.policy_answered, p.policy_version) = ",
            $answered,
            "))"
        )
    };
}

/// What became of a conversation past its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is gone, or was not past its time any more.
    Deleted(bool),
    /// It is the last one of its person, who goes as a whole.
    Last(PersonId),
}

/// Conversations that ended in time, or that nobody ended and nobody wrote in; oldest first, at most `limit`,
/// with the time that made them due.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_ended_conversations(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    due: Due,
    limit: i64,
) -> Result<Vec<(ConversationId, Timestamp)>, StoreError> {
    let [version, answered] = due.terms();
    let rows = tx.query(
        concat!(
            "select c.conversation_id, coalesce(c.resolved_at, c.last_message_at) as ended_at
         from conversation c
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         where c.workspace_id = $1
             and ((c.state = 'resolved' and c.resolved_at <= $2)
                 or (c.state in ('open', 'snoozed') and c.last_message_at <= $3))
             and p.state = 'active' and ",
            stands!("$4", "$5"),
            " and ",
            unheld_conversation!("c"),
            "
         order by ended_at
         limit $6"
        ),
        &[
            workspace_id.into(),
            due.before.into(),
            due.quiet_before.into(),
            version,
            answered,
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("conversation_id")?, row.time("ended_at")?)))
        .collect()
}

/// Conversations begun at or before a time whose words are all gone, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_emptied_conversations(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    due: Due,
    limit: i64,
) -> Result<Vec<(ConversationId, Timestamp)>, StoreError> {
    let [version, answered] = due.terms();
    let rows = tx.query(
        concat!(
            "select c.conversation_id, c.created_at
         from conversation c
         join person p on p.workspace_id = c.workspace_id and p.person_id = c.person_id
         where c.workspace_id = $1 and c.created_at <= $2 and p.state = 'active'
             and not exists (
                 select 1 from message m
                 where m.workspace_id = c.workspace_id and m.conversation_id = c.conversation_id
             )
             and ",
            stands!("$3", "$4"),
            " and ",
            unheld_conversation!("c"),
            "
         order by c.created_at
         limit $5"
        ),
        &[
            workspace_id.into(),
            due.before.into(),
            version,
            answered,
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("conversation_id")?, row.time("created_at")?)))
        .collect()
}

/// Deletes a conversation with everything that hangs on it, unless it is its person's last one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_ended_conversation(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> Result<Ended, StoreError> {
    let key = [workspace_id.into(), conversation_id.into()];
    let found = tx.find(
        "select c.state, coalesce(c.assignee_id, ''), c.person_id, (
             select count(*) from conversation o
             where o.workspace_id = c.workspace_id and o.person_id = c.person_id
                 and o.conversation_id <> c.conversation_id
         ), (
             select count(*) from subscription s
             where s.workspace_id = c.workspace_id and s.person_id = c.person_id
                 and s.state = 'confirmed'
         )
         from conversation c
         where c.workspace_id = $1 and c.conversation_id = $2",
        &key,
    )?;
    let Some(mut row) = found else {
        return Ok(Ended::Deleted(false));
    };
    let (state, assignee) = (row.text("state")?, row.text("assignee_id")?);
    let (person_id, others): (PersonId, i64) = (row.parse("person_id")?, row.int("others")?);
    let subscribed = row.int("subscribed")? > 0;
    if others == 0 && !subscribed {
        return Ok(Ended::Last(person_id));
    }
    if others == 0 {
        // Who still wants letters stays, without what was given for the conversation.
        tx.execute(
            "update visitor
             set name_sealed = null, email_sealed = null, email_index = null,
                 email_verified_at = null, locale_sealed = null
             where workspace_id = $1 and person_id = $2",
            &[workspace_id.into(), person_id.into()],
        )?;
    }
    delete_parts(tx, &key)?;
    tx.execute(
        "update inbox_count
         set conversations = conversations - 1
         where workspace_id = $1 and state = $2 and assignee_id = $3 and conversations > 0",
        &[workspace_id.into(), state.into(), assignee.into()],
    )?;
    tx.execute(
        "delete from conversation where workspace_id = $1 and conversation_id = $2",
        &key,
    )?;
    Ok(Ended::Deleted(true))
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

/// Visitors' persons without any conversation who came at or before a time, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_silent_persons(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    due: Due,
    limit: i64,
) -> Result<Vec<(PersonId, Timestamp)>, StoreError> {
    let [version, answered] = due.terms();
    let rows = tx.query(
        concat!(
            "select p.person_id, p.created_at
         from person p
         join visitor v on v.workspace_id = p.workspace_id and v.person_id = p.person_id
         where p.workspace_id = $1 and p.kind = 'visitor' and p.state = 'active'
             and p.created_at <= $2 and not exists (
                 select 1 from conversation c
                 where c.workspace_id = p.workspace_id and c.person_id = p.person_id
             )
             and not exists (
                 select 1 from subscription s
                 where s.workspace_id = p.workspace_id and s.person_id = p.person_id
             )
             and ",
            stands!("$3", "$4"),
            " and ",
            unheld!("p"),
            "
         order by p.created_at
         limit $5"
        ),
        &[
            workspace_id.into(),
            due.before.into(),
            version,
            answered,
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("person_id")?, row.time("created_at")?)))
        .collect()
}

/// Persons who came for letters alone and get none any more, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_left_subscribers(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<(PersonId, Timestamp)>, StoreError> {
    let rows = tx.query(
        concat!(
            "select p.person_id, p.created_at
         from person p
         where p.workspace_id = $1 and p.kind = 'visitor' and p.state = 'active'
             and p.source like 'site:%:notices' and not exists (
                 select 1 from conversation c
                 where c.workspace_id = p.workspace_id and c.person_id = p.person_id
             )
             and not exists (
                 select 1 from subscription s
                 where s.workspace_id = p.workspace_id and s.person_id = p.person_id
             )
             and ",
            unheld!("p"),
            "
         order by p.created_at
         limit $2"
        ),
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("person_id")?, row.time("created_at")?)))
        .collect()
}

/// Members disabled, and invited ones who never joined and were invited, at or before a time; oldest first,
/// at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_closed_agents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(AgentId, Timestamp)>, StoreError> {
    let rows = tx.query(
        "select agent_id, coalesce(closed_at, created_at)
         from agent
         where workspace_id = $1 and (
             (state = 'disabled' and closed_at <= $2)
             or (state = 'invited' and created_at <= $2)
         )
         order by coalesce(closed_at, created_at)
         limit $3",
        &[workspace_id.into(), before.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("agent_id")?, row.time("closed_at")?)))
        .collect()
}

/// Deletes a member who was disabled, or invited and never joined, at or before a time; their person, if
/// they were there.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_closed_agent(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    before: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    let found = tx.find(
        "delete from agent
         where workspace_id = $1 and agent_id = $2 and (
             (state = 'disabled' and closed_at <= $3)
             or (state = 'invited' and created_at <= $3)
         )
         returning person_id",
        &[workspace_id.into(), agent_id.into(), before.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let person_id: PersonId = row.parse("person_id")?;
    crate::agent::delete_traces(tx, workspace_id, agent_id, person_id)?;
    Ok(Some(person_id))
}
