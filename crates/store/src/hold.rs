//! Legal holds: what must not be erased while they last.
//!
//! Why the exceptions stand in SQL: the sweeper and an erasure ask in the statement that deletes, so that a
//! hold placed a moment earlier is never overlooked.
//! Must not know: grounds, who may place one, plain text.

use domain::{AgentId, ConversationId, HoldId, PersonId, WorkspaceId};
use policy::{PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// A hold to be stored.
#[derive(Debug, Clone)]
pub struct NewHold {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub hold_id: HoldId,
    /// Whose data.
    pub person_id: PersonId,
    /// One conversation, or everything of the person.
    pub conversation_id: Option<ConversationId>,
    /// A code of the policy's list of grounds.
    pub ground: String,
    /// Hash of the document that asks for it.
    pub document_hash: [u8; 32],
    /// Why, sealed under the person's key.
    pub reason: Sealed<PrivateContent>,
    /// When it ends by itself.
    pub deadline_at: Timestamp,
    /// Until when the person is not told.
    pub gagged_until: Option<Timestamp>,
    /// Who placed it.
    pub placed_by: AgentId,
}

/// A stored hold.
#[derive(Debug, Clone)]
pub struct Hold {
    /// Its id.
    pub hold_id: HoldId,
    /// Whose data.
    pub person_id: PersonId,
    /// One conversation, or everything of the person.
    pub conversation_id: Option<ConversationId>,
    /// A code of the policy's list of grounds.
    pub ground: String,
    /// Hash of the document that asks for it.
    pub document_hash: Vec<u8>,
    /// Why, while it lasts.
    pub reason: Option<Sealed<PrivateContent>>,
    /// When it ends by itself.
    pub deadline_at: Timestamp,
    /// Until when the person is not told.
    pub gagged_until: Option<Timestamp>,
    /// Who placed it.
    pub placed_by: String,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// Who ended it: a member, or `deadline`.
    pub released_by: Option<String>,
    /// When it ended.
    pub released_at: Option<Timestamp>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Whether an erasure of the person waits for its end.
    pub is_erasure_waiting: bool,
}

/// What keeps a person from being erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBack {
    /// When the last hold ends by itself.
    pub until: Timestamp,
    /// Until when the person must not be told; none: they may be told now.
    pub gagged_until: Option<Timestamp>,
}

/// Stores a hold beside its ledger entry.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_hold(
    tx: &mut Tx<'_>,
    hold: &NewHold,
    ledger_index: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into hold (
             workspace_id, hold_id, person_id, conversation_id, ground, document_hash,
             reason_sealed, deadline_at, gagged_until, placed_by, ledger_index, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &[
            hold.workspace_id.into(),
            hold.hold_id.into(),
            hold.person_id.into(),
            hold.conversation_id.into(),
            hold.ground.as_str().into(),
            hold.document_hash.as_slice().into(),
            (&hold.reason).into(),
            hold.deadline_at.into(),
            hold.gagged_until.into(),
            hold.placed_by.into(),
            Value::Int(i64::try_from(ledger_index).unwrap_or(i64::MAX)),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Whether there is such a visitor's person, and the conversation, if one is named, is theirs.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn may_be_held(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    conversation_id: Option<ConversationId>,
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select p.created_at from person p
         where p.workspace_id = $1 and p.person_id = $2 and p.kind = 'visitor'
             and (p.state in ('active', 'frozen') or exists (
                 select 1 from hold h
                 where h.workspace_id = p.workspace_id and h.person_id = p.person_id
                     and h.released_at is null
             ))
             and ($3 = '' or exists (
                 select 1 from conversation c
                 where c.workspace_id = p.workspace_id and c.conversation_id = $3
                     and c.person_id = p.person_id
             ))",
        &[
            workspace_id.into(),
            person_id.into(),
            conversation_id
                .map_or_else(String::new, |id| id.to_string())
                .into(),
        ],
    )?;
    Ok(found.is_some())
}

/// Holds of a workspace, those that last first, then the newest; at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_holds(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<Hold>, StoreError> {
    let rows = tx.query(
        "select h.hold_id, h.person_id, h.conversation_id, h.ground, h.document_hash,
             h.reason_sealed, h.deadline_at, h.gagged_until, h.placed_by, h.ledger_index,
             h.released_by, h.released_at, h.created_at,
             (select count(*) from erasure e
              where e.workspace_id = h.workspace_id and e.person_id = h.person_id
                  and e.step <> 'finished')
         from hold h
         where h.workspace_id = $1
         order by case when h.released_at is null then 0 else 1 end, h.created_at desc, h.hold_id
         limit $2",
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_hold).collect()
}

/// Holds of a person that last, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_holds_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    limit: i64,
) -> Result<Vec<Hold>, StoreError> {
    let rows = tx.query(
        "select h.hold_id, h.person_id, h.conversation_id, h.ground, h.document_hash,
             h.reason_sealed, h.deadline_at, h.gagged_until, h.placed_by, h.ledger_index,
             h.released_by, h.released_at, h.created_at,
             (select count(*) from erasure e
              where e.workspace_id = h.workspace_id and e.person_id = h.person_id
                  and e.step <> 'finished')
         from hold h
         where h.workspace_id = $1 and h.person_id = $2 and h.released_at is null
         order by h.created_at desc, h.hold_id
         limit $3",
        &[workspace_id.into(), person_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_hold).collect()
}

/// Ends a hold that lasts and forgets its reason; whose data it was on, or nothing if it had ended.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn release_hold(
    tx: &mut Tx<'_>,
    (workspace_id, hold_id): (WorkspaceId, HoldId),
    released_by: &str,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    let found = tx.find(
        "update hold
         set released_by = $3, released_at = $4, reason_sealed = null
         where workspace_id = $1 and hold_id = $2 and released_at is null
         returning person_id",
        &[
            workspace_id.into(),
            hold_id.into(),
            released_by.into(),
            now.into(),
        ],
    )?;
    found.map(|mut row| row.parse("person_id")).transpose()
}

/// Ends every hold of a person whose key is gone, after a restore.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn release_holds_of_person(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update hold
         set released_by = 'restore', released_at = $3, reason_sealed = null
         where workspace_id = $1 and person_id = $2 and released_at is null",
        &[workspace_id.into(), person_id.into(), now.into()],
    )?;
    Ok(())
}

/// Holds of all workspaces that are past their deadline, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_overdue_holds(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, HoldId)>, StoreError> {
    let rows = tx.query(
        "select workspace_id, hold_id from hold
         where released_at is null and deadline_at <= $1
         order by deadline_at
         limit $2",
        &[now.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("workspace_id")?, row.parse("hold_id")?)))
        .collect()
}

/// What keeps a person from being erased, if anything does.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_held_back(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<HeldBack>, StoreError> {
    let mut row = tx.get(
        "select max(deadline_at), max(gagged_until) from hold
         where workspace_id = $1 and person_id = $2 and released_at is null",
        &[workspace_id.into(), person_id.into()],
    )?;
    let (until, gagged_until) = (row.time_opt("deadline_at")?, row.time_opt("gagged_until")?);
    Ok(until.map(|until| HeldBack {
        until,
        gagged_until,
    }))
}

/// Deletes one batch of what a person has outside their held conversations, while an erasure waits; how
/// many rows. A hold on everything leaves nothing outside.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn erase_rows_outside_holds(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<u64, StoreError> {
    let key: [Value; 2] = [workspace_id.into(), person_id.into()];
    let everything = tx.find(
        "select hold_id from hold
         where workspace_id = $1 and person_id = $2 and released_at is null
             and conversation_id is null
         limit 1",
        &key,
    )?;
    if everything.is_some() {
        return Ok(0);
    }
    for sql in OUTSIDE {
        let deleted = tx.execute(sql, &key)?;
        if deleted > 0 {
            return Ok(deleted);
        }
    }
    Ok(0)
}

/// What goes while a conversation is held: every other conversation with what hangs on it, and what the
/// person gave beside them. The person's row and their browser's stay: the held rows belong to them.
const OUTSIDE: &[&str] = &[
    "delete from search_token
     where workspace_id = $1 and person_id = $2",
    "delete from message
     where workspace_id = $1 and conversation_id in (
         select c.conversation_id from conversation c
         where c.workspace_id = $1 and c.person_id = $2 and not exists (
             select 1 from hold h
             where h.workspace_id = $1 and h.conversation_id = c.conversation_id
                 and h.released_at is null
         )
     )",
    "delete from conversation
     where workspace_id = $1 and person_id = $2 and not exists (
         select 1 from hold h
         where h.workspace_id = $1 and h.conversation_id = conversation.conversation_id
             and h.released_at is null
     )",
    "delete from consent where workspace_id = $1 and person_id = $2",
    "delete from subscription where workspace_id = $1 and person_id = $2",
    "delete from link where workspace_id = $1 and person_id = $2",
    "delete from job where workspace_id = $1 and person_id = $2",
    "delete from event
     where workspace_id = $1 and person_id = $2 and kind <> 'person.erased'",
    "update visitor
     set name_sealed = null, email_sealed = null, email_index = null, email_verified_at = null,
         locale_sealed = null, remembered_at = null, widget_only_at = null
     where workspace_id = $1 and person_id = $2 and (
         name_sealed is not null or email_sealed is not null or locale_sealed is not null
         or remembered_at is not null or widget_only_at is not null
     )",
];

fn read_hold(mut row: Row) -> Result<Hold, StoreError> {
    Ok(Hold {
        hold_id: row.parse("hold_id")?,
        person_id: row.parse("person_id")?,
        conversation_id: row.parse_opt("conversation_id")?,
        ground: row.text("ground")?,
        document_hash: row.blob("document_hash")?,
        reason: row.sealed_opt("reason_sealed")?,
        deadline_at: row.time("deadline_at")?,
        gagged_until: row.time_opt("gagged_until")?,
        placed_by: row.text("placed_by")?,
        ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or(0),
        released_by: row.text_opt("released_by")?,
        released_at: row.time_opt("released_at")?,
        created_at: row.time("created_at")?,
        is_erasure_waiting: row.int("waiting")? > 0,
    })
}
