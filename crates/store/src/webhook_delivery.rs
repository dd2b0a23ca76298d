//! Deliveries: events on their way to a webhook, as ids, in order within a conversation, leased while somebody
//! sends them.
//!
//! Why its own queue: a receiver that is away for hours must not hold up letters, and its log is shown.
//! Must not know: bodies, the policy.

use domain::{ConversationId, PersonId, WebhookId, WorkspaceId};
use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
    webhook::{Webhook, move_cursor},
};

/// Deliveries that wait for one webhook; past that its events wait where they are.
pub const DELIVERIES_WAITING_MAX: i64 = 10_000;
/// Events looked at in one transaction.
const EVENTS_MAX: i64 = 500;
/// Deliveries of one webhook under way at once.
const UNDER_WAY_MAX: i64 = 4;
/// Bytes of the reason kept with a delivery.
const DETAIL_BYTES_MAX: usize = 200;
/// Deliveries listed.
const LISTED_MAX: i64 = 100;

/// A delivery in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Webhook.
    pub webhook_id: WebhookId,
    /// Number of the event in the workspace.
    pub event_id: i64,
    /// Such as `message.created`.
    pub kind: String,
    /// Whom it is about.
    pub person_id: Option<PersonId>,
    /// The conversation.
    pub conversation_id: Option<ConversationId>,
    /// Another id it is about.
    pub ref_id: Option<String>,
    /// The message.
    pub seq: Option<i64>,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// When it happened.
    pub created_at: Timestamp,
}

/// A delivery in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Number of the event in the workspace.
    pub event_id: i64,
    /// Such as `message.created`.
    pub kind: String,
    /// The conversation.
    pub conversation_id: Option<ConversationId>,
    /// `waiting`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub next_at: Timestamp,
    /// What the receiver answered last.
    pub status: Option<i64>,
    /// Why it did not arrive; nothing personal.
    pub detail: Option<String>,
    /// Milliseconds that the last attempt took.
    pub took_ms: Option<i64>,
    /// When it happened.
    pub created_at: Timestamp,
    /// When it was done with.
    pub finished_at: Option<Timestamp>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOutcome {
    /// `waiting`, `delivered`, `failed` or `dropped`.
    pub state: &'static str,
    /// When it is tried again, if it waits.
    pub next_at: Timestamp,
    /// What the receiver answered.
    pub status: Option<i64>,
    /// Why it did not arrive; nothing personal.
    pub detail: Option<String>,
    /// Milliseconds it took.
    pub took_ms: i64,
}

/// Queues what happened since a webhook last looked, in the commit that moves its place: nothing is lost and
/// nothing is queued twice. Notes and what is about nobody are not queued. How many deliveries wait then.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn feed_webhook(tx: &mut Tx<'_>, webhook: &Webhook, now: Timestamp) -> Result<i64, StoreError> {
    let waiting = count_waiting_deliveries(tx, webhook.workspace_id, webhook.webhook_id)?;
    if waiting >= DELIVERIES_WAITING_MAX {
        return Ok(waiting);
    }
    let last = tx
        .get(
            "select event_last from workspace where workspace_id = $1",
            &[webhook.workspace_id.into()],
        )?
        .int("event_last")?
        .min(webhook.event_cursor + EVENTS_MAX);
    let queued = tx.execute(
        "insert into webhook_delivery (
             workspace_id, webhook_id, event_id, kind, person_id, conversation_id, ref_id, seq,
             state, attempts, next_at, created_at
         )
         select e.workspace_id, $2, e.event_id, e.kind, e.person_id, e.conversation_id, e.ref_id,
             e.seq, 'waiting', 0, $5, e.created_at
         from event e
         where e.workspace_id = $1 and e.event_id > $3 and e.event_id <= $4
             and e.person_id is not null and e.kind <> 'person.erased'
             and $6 like '% ' || e.kind || ' %'
             and (e.kind <> 'message.created' or e.audience = 'all')
         on conflict (workspace_id, webhook_id, event_id) do nothing",
        &[
            webhook.workspace_id.into(),
            webhook.webhook_id.into(),
            webhook.event_cursor.into(),
            last.into(),
            now.into(),
            webhook.events.as_str().into(),
        ],
    )?;
    move_cursor(tx, webhook, last)?;
    Ok(waiting + i64::try_from(queued).unwrap_or(0))
}

/// Deliveries of a webhook that wait.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_waiting_deliveries(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    webhook_id: WebhookId,
) -> Result<i64, StoreError> {
    tx.get(
        "select count(*) from webhook_delivery
         where workspace_id = $1 and webhook_id = $2 and state = 'waiting'",
        &[workspace_id.into(), webhook_id.into()],
    )?
    .int("count")
}

/// Takes due deliveries that nobody holds, at most `limit` and four of one webhook, until `lease_until`. Of a
/// conversation only the oldest that waits: its order is kept. Those of paused webhooks wait, but notices of
/// erasure do not.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn lease_deliveries(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    // The condition stands twice: of two nodes that chose the same row, the second finds it taken.
    let rows = tx.query(
        "update webhook_delivery
         set lease_until = $2, attempts = attempts + 1
         where (workspace_id, webhook_id, event_id) in (
                 select workspace_id, webhook_id, event_id from (
                     select d.workspace_id, d.webhook_id, d.event_id, d.next_at, d.lease_until,
                         row_number() over (
                             partition by d.workspace_id, d.webhook_id
                             order by coalesce(d.lease_until, 0) desc, d.next_at, d.event_id
                         ) as place
                     from webhook_delivery d
                     join webhook h on h.workspace_id = d.workspace_id
                         and h.webhook_id = d.webhook_id
                     where d.state = 'waiting' and d.next_at <= $1
                         and (h.state = 'active' or d.kind = 'person.erased')
                         and not exists (
                             select 1 from webhook_delivery b
                             where b.workspace_id = d.workspace_id and b.webhook_id = d.webhook_id
                                 and b.conversation_id = d.conversation_id
                                 and b.state = 'waiting' and b.event_id < d.event_id
                         )
                 ) head
                 where place <= $4 and (lease_until is null or lease_until <= $1)
                 order by next_at, event_id
                 limit $3
             )
             and state = 'waiting' and (lease_until is null or lease_until <= $1)
         returning workspace_id, webhook_id, event_id, kind, person_id, conversation_id, ref_id,
             seq, attempts, created_at",
        &[
            now.into(),
            lease_until.into(),
            limit.into(),
            UNDER_WAY_MAX.into(),
        ],
    )?;
    rows.into_iter().map(read_delivery).collect()
}

/// Whether a delivery is still there and waits: an erasure or a deletion may have come in between.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_delivery_waiting(tx: &mut Tx<'_>, delivery: &Delivery) -> Result<bool, StoreError> {
    let found = tx.find(
        "select event_id from webhook_delivery
         where workspace_id = $1 and webhook_id = $2 and event_id = $3 and state = 'waiting'",
        &[
            delivery.workspace_id.into(),
            delivery.webhook_id.into(),
            delivery.event_id.into(),
        ],
    )?;
    Ok(found.is_some())
}

/// Notes how an attempt ended.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn settle_delivery(
    tx: &mut Tx<'_>,
    delivery: &Delivery,
    outcome: &DeliveryOutcome,
    now: Timestamp,
) -> Result<(), StoreError> {
    let detail = outcome.detail.as_deref().map(|detail| {
        let end = detail.floor_char_boundary(DETAIL_BYTES_MAX);
        detail.get(..end).unwrap_or_default()
    });
    let finished = (outcome.state != "waiting").then_some(now);
    tx.execute(
        "update webhook_delivery
         set state = $4, next_at = $5, lease_until = null, status = $6, detail = $7, took_ms = $8,
             finished_at = $9
         where workspace_id = $1 and webhook_id = $2 and event_id = $3",
        &[
            delivery.workspace_id.into(),
            delivery.webhook_id.into(),
            delivery.event_id.into(),
            outcome.state.into(),
            outcome.next_at.into(),
            outcome.status.into(),
            detail.into(),
            outcome.took_ms.into(),
            finished.into(),
        ],
    )?;
    Ok(())
}

/// Queues a delivery again that is done with; whether there was such a one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn replay_delivery(
    tx: &mut Tx<'_>,
    (workspace_id, webhook_id): (WorkspaceId, WebhookId),
    event_id: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let queued = tx.execute(
        "update webhook_delivery
         set state = 'waiting', attempts = 0, next_at = $4, finished_at = null, status = null,
             detail = null
         where workspace_id = $1 and webhook_id = $2 and event_id = $3 and state <> 'waiting'",
        &[
            workspace_id.into(),
            webhook_id.into(),
            event_id.into(),
            now.into(),
        ],
    )?;
    Ok(queued > 0)
}

/// A webhook's deliveries, newest first, at most 100.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_deliveries(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    webhook_id: WebhookId,
) -> Result<Vec<DeliveryRow>, StoreError> {
    let rows = tx.query(
        "select event_id, kind, conversation_id, state, attempts, next_at, status, detail, took_ms,
             created_at, finished_at
         from webhook_delivery
         where workspace_id = $1 and webhook_id = $2
         order by event_id desc
         limit $3",
        &[workspace_id.into(), webhook_id.into(), LISTED_MAX.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(DeliveryRow {
                event_id: row.int("event_id")?,
                kind: row.text("kind")?,
                conversation_id: row.parse_opt("conversation_id")?,
                state: row.text("state")?,
                attempts: row.int("attempts")?,
                next_at: row.time("next_at")?,
                status: row.int_opt("status")?,
                detail: row.text_opt("detail")?,
                took_ms: row.int_opt("took_ms")?,
                created_at: row.time("created_at")?,
                finished_at: row.time_opt("finished_at")?,
            })
        })
        .collect()
}

fn read_delivery(mut row: Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        workspace_id: row.parse("workspace_id")?,
        webhook_id: row.parse("webhook_id")?,
        event_id: row.int("event_id")?,
        kind: row.text("kind")?,
        person_id: row.parse_opt("person_id")?,
        conversation_id: row.parse_opt("conversation_id")?,
        ref_id: row.text_opt("ref_id")?,
        seq: row.int_opt("seq")?,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
    })
}

/// Notices of the erasure itself stay until they are delivered, and their time is over.
pub(crate) fn delete_deliveries(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    let [workspace, person] = key.clone();
    tx.execute(
        "delete from webhook_delivery
         where workspace_id = $1 and (webhook_id, event_id) in (
             select webhook_id, event_id from webhook_delivery
             where workspace_id = $1 and person_id = $2 and kind <> 'person.erased'
             limit $3
         )",
        &[workspace, person, crate::ERASE_BATCH_ROWS.into()],
    )
}
