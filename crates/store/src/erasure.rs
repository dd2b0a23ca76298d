//! Erasure: the durable mark, the rows that go, and the record that stays.
//!
//! Why one list: [`ERASED`] and [`KEPT`] together name every table with a personal column; a test compares
//! them with the inventory, so that a new column cannot be forgotten. Each step may be repeated.
//! Must not know: who may order an erasure, plain text.

use domain::{ConversationId, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{
    disclosed::forget_disclosures,
    error::StoreError,
    event::{Audience, NewEvent, append_event},
    inbox::leave_inbox,
    sending::delete_sendings,
    subscription::delete_subscriptions,
    tx::Tx,
    value::{Row, Value},
    webhook::queue_erasure_notices,
    webhook_delivery::delete_deliveries,
};

/// Rows that one transaction deletes, so that others wait for a short time only.
pub const ERASE_BATCH_ROWS: i64 = 500;
/// Seconds between an erasure and its notices to receivers: longer than one attempt at a webhook takes.
const NOTICE_PAUSE_S: i64 = 20;
/// Unfinished erasures read at once.
const PENDING_MAX: i64 = 100;

/// How far an erasure is. Each step is on disk before the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErasureStep {
    /// From here on no reader sees anything.
    Marked,
    /// The person's key is destroyed, and no journal holds it.
    KeyDestroyed,
    /// Rows and search tokens are deleted.
    RowsDeleted,
    /// A known address is on the suppression list.
    Suppressed,
    /// The ledger has the entry.
    Finished,
}

/// An erasure as it stands in its record.
#[derive(Debug, Clone)]
pub struct Erasure {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// The person, an id that nothing else holds when it is done.
    pub person_id: PersonId,
    /// How far it is.
    pub step: ErasureStep,
    /// Who ordered it: a code, such as `subject` or `privacy_officer`.
    pub requested_by: String,
    /// When it was ordered.
    pub marked_at: Timestamp,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// Its entry in the ledger.
    pub ledger_index: Option<u64>,
}

/// An order to erase.
#[derive(Debug, Clone)]
pub struct NewErasure {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// The person.
    pub person_id: PersonId,
    /// A code, such as `subject` or `privacy_officer`.
    pub requested_by: String,
    /// Keyed hash of a known address, for the suppression list.
    pub address_hash: Option<[u8; 32]>,
}

/// Deletes a batch of rows of a person; how many.
type DeleteRows = fn(&mut Tx<'_>, &[Value; 2]) -> Result<u64, StoreError>;

/// Tables whose rows of a person go, children before their parents.
pub const ERASED: &[(&str, DeleteRows)] = &[
    ("search_token", delete_search_tokens),
    ("message", delete_messages),
    ("conversation", delete_conversations),
    ("consent", delete_consents),
    ("link", delete_links),
    ("job", delete_jobs),
    ("event", delete_events),
    ("idempotency", delete_commands),
    ("request", forget_requests),
    ("hold", delete_holds),
    ("sending", delete_sendings),
    ("webhook_delivery", delete_deliveries),
    ("child", delete_children),
    ("disclosure", forget_disclosures),
    ("subscription", delete_subscriptions),
    ("visitor", delete_visitors),
    ("person", delete_persons),
];

/// Tables with a personal column whose rows stay, and why.
pub const KEPT: &[(&str, &str)] = &[
    ("agent", "members of the workspace only, never a visitor"),
    (
        "agent_login",
        "members of the workspace only, never a visitor",
    ),
    ("session", "members of the workspace only, never a visitor"),
    (
        "reading",
        "proof of access: the reference dies with the person's key",
    ),
    (
        "suppression",
        "a keyed hash, so that an erased address is not written to again",
    ),
    (
        "erasure",
        "the record that a restore of an older backup applies again",
    ),
];

impl ErasureStep {
    const ALL: [Self; 5] = [
        Self::Marked,
        Self::KeyDestroyed,
        Self::RowsDeleted,
        Self::Suppressed,
        Self::Finished,
    ];

    /// The word in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Marked => "marked",
            Self::KeyDestroyed => "key_destroyed",
            Self::RowsDeleted => "rows_deleted",
            Self::Suppressed => "suppressed",
            Self::Finished => "finished",
        }
    }

    fn from_key(key: &str) -> Result<Self, StoreError> {
        let corrupt = StoreError::Corrupt {
            table: "erasure",
            column: "step",
        };
        let mut steps = Self::ALL.into_iter();
        steps.find(|step| step.key() == key).ok_or(corrupt)
    }
}

/// Marks a visitor's person as being erased: from this commit on no reader sees anything of them.
/// Whether there was such a person; repeating it changes nothing.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_erasure(
    tx: &mut Tx<'_>,
    order: &NewErasure,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let key = [order.workspace_id.into(), order.person_id.into()];
    let marked = tx.execute(
        "update person
         set state = 'erasing'
         where workspace_id = $1 and person_id = $2 and state = 'active' and kind = 'visitor'",
        &key,
    )?;
    if marked > 0 {
        leave_inbox(tx, &key)?;
    } else if mark_frozen(tx, &key)? == 0 {
        return Ok(false);
    }
    record_erasure(tx, order, now)?;
    let event = NewEvent {
        kind: "person.erased",
        audience: Audience::All,
        person_id: Some(order.person_id),
        conversation_id: None,
        ref_id: None,
        seq: None,
    };
    let event_id = append_event(tx, order.workspace_id, &event, now)?;
    // After whatever is under way at this moment has arrived.
    let not_before = now.plus_seconds(NOTICE_PAUSE_S);
    let person = (order.workspace_id, order.person_id);
    queue_erasure_notices(tx, person, event_id, (now, not_before))?;
    Ok(true)
}

/// Writes the record of an erasure alone: for a restore whose data no longer has, or never had, the person.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn record_erasure(
    tx: &mut Tx<'_>,
    order: &NewErasure,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into erasure (
             workspace_id, person_id, step, requested_by, address_hash, marked_at
         )
         values ($1, $2, $3, $4, $5, $6)
         on conflict (workspace_id, person_id) do nothing",
        &[
            order.workspace_id.into(),
            order.person_id.into(),
            ErasureStep::Marked.key().into(),
            order.requested_by.clone().into(),
            order.address_hash.map(|hash| hash.to_vec()).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// The erasure of a person, if one was ordered.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_erasure(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<Erasure>, StoreError> {
    let found = tx.find(
        "select workspace_id, person_id, step, requested_by, marked_at, finished_at, ledger_index
         from erasure
         where workspace_id = $1 and person_id = $2",
        &[workspace_id.into(), person_id.into()],
    )?;
    found.map(read_erasure).transpose()
}

/// Erasures that are ordered and not done, oldest first, at most 100. What waits for a hold is not among them.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_pending_erasures(tx: &mut Tx<'_>) -> Result<Vec<Erasure>, StoreError> {
    let rows = tx.query(
        "select workspace_id, person_id, step, requested_by, marked_at, finished_at, ledger_index
         from erasure e
         where e.step <> 'finished' and not (e.step = 'marked' and exists (
             select 1 from hold h
             where h.workspace_id = e.workspace_id and h.person_id = e.person_id
                 and h.released_at is null
         ))
         order by e.marked_at
         limit $1",
        &[PENDING_MAX.into()],
    )?;
    rows.into_iter().map(read_erasure).collect()
}

/// Erasures that wait for a hold, oldest first, at most 100.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_waiting_erasures(tx: &mut Tx<'_>) -> Result<Vec<Erasure>, StoreError> {
    let rows = tx.query(
        "select workspace_id, person_id, step, requested_by, marked_at, finished_at, ledger_index
         from erasure e
         where e.step = 'marked' and exists (
             select 1 from hold h
             where h.workspace_id = e.workspace_id and h.person_id = e.person_id
                 and h.released_at is null
         )
         order by e.marked_at
         limit $1",
        &[PENDING_MAX.into()],
    )?;
    rows.into_iter().map(read_erasure).collect()
}

/// Notes that a step is done. A step back is never written.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_erasure_step(
    tx: &mut Tx<'_>,
    erasure: &Erasure,
    step: ErasureStep,
) -> Result<(), StoreError> {
    tx.execute(
        "update erasure
         set step = $3
         where workspace_id = $1 and person_id = $2 and step = $4",
        &[
            erasure.workspace_id.into(),
            erasure.person_id.into(),
            step.key().into(),
            erasure.step.key().into(),
        ],
    )?;
    Ok(())
}

/// Deletes one batch of a person's rows; how many. None left: 0.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn erase_rows(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<u64, StoreError> {
    let key = [workspace_id.into(), person_id.into()];
    for (_, delete) in ERASED {
        let deleted = delete(tx, &key)?;
        if deleted > 0 {
            return Ok(deleted);
        }
    }
    Ok(0)
}

/// Puts the address of an erasure on the suppression list, if it is to stay there, and forgets it.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn suppress_erased_address(
    tx: &mut Tx<'_>,
    erasure: &Erasure,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = [erasure.workspace_id.into(), erasure.person_id.into()];
    let [workspace, person] = key.clone();
    tx.execute(
        "insert into suppression (workspace_id, address_hash, created_at)
         select workspace_id, address_hash, $3
         from erasure
         where workspace_id = $1 and person_id = $2 and address_hash is not null
         on conflict (workspace_id, address_hash) do nothing",
        &[workspace, person, now.into()],
    )?;
    tx.execute(
        "update erasure
         set address_hash = null
         where workspace_id = $1 and person_id = $2",
        &key,
    )?;
    Ok(())
}

/// Closes an erasure beside its ledger entry; whether this call did it.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn finish_erasure(
    tx: &mut Tx<'_>,
    erasure: &Erasure,
    ledger_index: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update erasure
         set step = 'finished', finished_at = $3, ledger_index = $4
         where workspace_id = $1 and person_id = $2",
        &[
            erasure.workspace_id.into(),
            erasure.person_id.into(),
            now.into(),
            i64::try_from(ledger_index).unwrap_or(i64::MAX).into(),
        ],
    )?;
    Ok(())
}

/// Whether an address is on the suppression list.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_suppressed(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    address_hash: [u8; 32],
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select created_at from suppression where workspace_id = $1 and address_hash = $2",
        &[workspace_id.into(), address_hash.as_slice().into()],
    )?;
    Ok(found.is_some())
}

/// Ids of a person's conversations, newest first, at most 100, also while they are being erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_erased_conversations(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Vec<ConversationId>, StoreError> {
    let rows = tx.query(
        "select conversation_id from conversation
         where workspace_id = $1 and person_id = $2
         order by created_at desc
         limit 100",
        &[workspace_id.into(), person_id.into()],
    )?;
    rows.into_iter()
        .map(|mut row| row.parse("conversation_id"))
        .collect()
}

/// A minor's record left the inbox when it was frozen.
fn mark_frozen(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "update person
         set state = 'erasing'
         where workspace_id = $1 and person_id = $2 and state = 'frozen'",
        key,
    )
}

fn read_erasure(mut row: Row) -> Result<Erasure, StoreError> {
    Ok(Erasure {
        workspace_id: row.parse("workspace_id")?,
        person_id: row.parse("person_id")?,
        step: ErasureStep::from_key(&row.text("step")?)?,
        requested_by: row.text("requested_by")?,
        marked_at: row.time("marked_at")?,
        finished_at: row.time_opt("finished_at")?,
        ledger_index: row
            .int_opt("ledger_index")?
            .map(|index| u64::try_from(index).unwrap_or(0)),
    })
}

fn delete_search_tokens(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from search_token
         where workspace_id = $1 and (token, conversation_id, seq) in (
             select token, conversation_id, seq from search_token
             where workspace_id = $1 and person_id = $2
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

/// Messages are found through their conversation: they have no index by person.
fn delete_messages(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    let found = tx.find(
        "select conversation_id from conversation c
         where workspace_id = $1 and person_id = $2 and exists (
             select 1 from message m
             where m.workspace_id = c.workspace_id and m.conversation_id = c.conversation_id
         )
         order by created_at
         limit 1",
        &[workspace.clone(), person],
    )?;
    let Some(mut row) = found else { return Ok(0) };
    let conversation = Value::Text(row.text("conversation_id")?);
    tx.execute(
        "delete from message
         where workspace_id = $1 and conversation_id = $2 and seq < $3 + (
             select min(seq) from message where workspace_id = $1 and conversation_id = $2
         )",
        &[workspace, conversation, ERASE_BATCH_ROWS.into()],
    )
}

fn delete_conversations(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from conversation
         where workspace_id = $1 and conversation_id in (
             select conversation_id from conversation
             where workspace_id = $1 and person_id = $2
             order by created_at
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

fn delete_consents(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from consent
         where workspace_id = $1 and consent_id in (
             select consent_id from consent
             where workspace_id = $1 and person_id = $2
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

fn delete_links(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from link
         where workspace_id = $1 and token_hash in (
             select token_hash from link
             where workspace_id = $1 and person_id = $2
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

fn delete_jobs(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from job
         where workspace_id = $1 and job_id in (
             select job_id from job
             where workspace_id = $1 and person_id = $2
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

/// All but the news of the erasure itself: streams that were away must still hear it. It goes with the
/// rest of the events when their time is over.
fn delete_events(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from event
         where workspace_id = $1 and event_id in (
             select event_id from event
             where workspace_id = $1 and person_id = $2 and kind <> 'person.erased'
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

fn delete_commands(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from idempotency
         where workspace_id = $1 and (actor_id, key) in (
             select actor_id, key from idempotency
             where workspace_id = $1 and (actor_id = $2 or actor_id in (
                 select visitor_id from visitor where workspace_id = $1 and person_id = $2
             ))
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

/// A request stays without its person: that it was answered in time is owed proof (clause 59).
fn forget_requests(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "update request
         set person_id = null, name_sealed = null, email_sealed = null
         where workspace_id = $1 and request_id in (
             select request_id from request
             where workspace_id = $1 and person_id = $2
             limit $3
         )",
        &[workspace, person, ERASE_BATCH_ROWS.into()],
    )
}

/// Released ones: an erasure waits for the end of every other.
fn delete_holds(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "delete from hold
         where workspace_id = $1 and person_id = $2 and released_at is not null",
        key,
    )
}

fn delete_children(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "delete from child where workspace_id = $1 and person_id = $2",
        key,
    )
}

fn delete_visitors(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "delete from visitor where workspace_id = $1 and person_id = $2",
        key,
    )
}

fn delete_persons(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "delete from person where workspace_id = $1 and person_id = $2",
        key,
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::inventory::{Tag, columns};

    #[test]
    fn every_table_with_a_personal_column_is_erased_or_kept_with_a_reason() {
        let personal: BTreeSet<_> = columns()
            .into_iter()
            .filter(|column| matches!(column.tag, Tag::Personal(..)))
            .map(|column| column.table)
            .collect();
        let erased = ERASED.iter().map(|(table, _)| *table);
        let kept = KEPT.iter().map(|(table, _)| *table);

        let known: Vec<_> = erased.chain(kept).collect();
        let once: BTreeSet<_> = known.iter().copied().collect();

        assert_eq!(once.len(), known.len(), "a table stands in both lists");
        assert_eq!(once, personal);
    }
}
