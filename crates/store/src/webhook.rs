//! Webhooks of a workspace: where its events go.
//!
//! Must not know: secrets, what is sent, the policy.

use domain::{AgentId, PersonId, WebhookId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Row};

/// Webhooks fed in one round.
const FED_MAX: i64 = 100;

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub webhook_id: WebhookId,
    /// Where events go.
    pub url: String,
    /// `name:port` of the address, as the policy lists it.
    pub host: String,
    /// Kinds of events, with a blank between two and around all.
    pub events: String,
    /// `active`, `paused` or `closed`.
    pub state: String,
    /// Why it is paused: `hand`, `failing` or `gone`.
    pub pause_reason: Option<String>,
    /// Number of its secret, from 1.
    pub secret_version: i64,
    /// The newest event that was looked at.
    pub event_cursor: i64,
    /// Since when nothing arrived; none while it works.
    pub failing_since: Option<Timestamp>,
    /// Who made it.
    pub created_by: AgentId,
    /// When.
    pub created_at: Timestamp,
}

/// Stores a webhook; it hears what happens from now on.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_webhook(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), StoreError> {
    tx.execute(
        "insert into webhook (
             workspace_id, webhook_id, url, host, events, state, secret_version, event_cursor,
             created_by, created_at, updated_at
         )
         select w.workspace_id, $2, $3, $4, $5, 'active', 1, w.event_last, $6, $7, $7
         from workspace w
         where w.workspace_id = $1",
        &[
            webhook.workspace_id.into(),
            webhook.webhook_id.into(),
            webhook.url.as_str().into(),
            webhook.host.as_str().into(),
            webhook.events.as_str().into(),
            webhook.created_by.into(),
            webhook.created_at.into(),
        ],
    )?;
    Ok(())
}

/// The workspace's webhooks, oldest first, at most `limit`; closed ones are not among them.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_webhooks(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<Webhook>, StoreError> {
    let rows = tx.query(
        "select workspace_id, webhook_id, url, host, events, state, pause_reason, secret_version,
             event_cursor, failing_since, created_by, created_at
         from webhook
         where workspace_id = $1 and state <> 'closed'
         order by created_at, webhook_id
         limit $2",
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_webhook).collect()
}

/// A webhook, closed ones too.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_webhook(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    webhook_id: WebhookId,
) -> Result<Option<Webhook>, StoreError> {
    let found = tx.find(
        "select workspace_id, webhook_id, url, host, events, state, pause_reason, secret_version,
             event_cursor, failing_since, created_by, created_at
         from webhook
         where workspace_id = $1 and webhook_id = $2",
        &[workspace_id.into(), webhook_id.into()],
    )?;
    found.map(read_webhook).transpose()
}

/// Changes the kinds of events.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_webhook_events(
    tx: &mut Tx<'_>,
    (workspace_id, webhook_id): (WorkspaceId, WebhookId),
    events: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update webhook
         set events = $3, updated_at = $4
         where workspace_id = $1 and webhook_id = $2",
        &[
            workspace_id.into(),
            webhook_id.into(),
            events.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Pauses or closes a webhook that is active; `reason` is none when it is closed. Whether it was.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn stop_webhook(
    tx: &mut Tx<'_>,
    (workspace_id, webhook_id): (WorkspaceId, WebhookId),
    reason: Option<&'static str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let state = if reason.is_some() { "paused" } else { "closed" };
    let stopped = tx.execute(
        "update webhook
         set state = $3, pause_reason = $4, updated_at = $5
         where workspace_id = $1 and webhook_id = $2 and state <> $3 and state <> 'closed'",
        &[
            workspace_id.into(),
            webhook_id.into(),
            state.into(),
            reason.into(),
            now.into(),
        ],
    )?;
    Ok(stopped > 0)
}

/// Lets a paused webhook go on: with what still waits, and with what happens from now on.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn resume_webhook(
    tx: &mut Tx<'_>,
    (workspace_id, webhook_id): (WorkspaceId, WebhookId),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update webhook
         set state = 'active', pause_reason = null, failing_since = null, updated_at = $3,
             event_cursor = (select event_last from workspace where workspace_id = $1)
         where workspace_id = $1 and webhook_id = $2 and state = 'paused'",
        &[workspace_id.into(), webhook_id.into(), now.into()],
    )?;
    Ok(())
}

/// Gives a webhook another secret.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn renew_webhook_secret(
    tx: &mut Tx<'_>,
    (workspace_id, webhook_id): (WorkspaceId, WebhookId),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update webhook
         set secret_version = secret_version + 1, updated_at = $3
         where workspace_id = $1 and webhook_id = $2",
        &[workspace_id.into(), webhook_id.into(), now.into()],
    )?;
    Ok(())
}

/// Notes whether an attempt arrived: since when a webhook fails, as it stands then.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn note_webhook(
    tx: &mut Tx<'_>,
    (workspace_id, webhook_id): (WorkspaceId, WebhookId),
    arrived: bool,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let key = [workspace_id.into(), webhook_id.into()];
    if arrived {
        tx.execute(
            "update webhook
             set failing_since = null
             where workspace_id = $1 and webhook_id = $2 and failing_since is not null",
            &key,
        )?;
        return Ok(None);
    }
    let [workspace, webhook] = key;
    let found = tx.find(
        "update webhook
         set failing_since = coalesce(failing_since, $3)
         where workspace_id = $1 and webhook_id = $2
         returning failing_since",
        &[workspace, webhook, now.into()],
    )?;
    found.map_or(Ok(None), |mut row| row.time_opt("failing_since"))
}

/// Active webhooks that have not looked at the newest event, at most 100.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_hungry_webhooks(tx: &mut Tx<'_>) -> Result<Vec<Webhook>, StoreError> {
    let rows = tx.query(
        "select h.workspace_id, h.webhook_id, h.url, h.host, h.events, h.state, h.pause_reason,
             h.secret_version, h.event_cursor, h.failing_since, h.created_by, h.created_at
         from webhook h
         join workspace w on w.workspace_id = h.workspace_id
         where h.state = 'active' and h.event_cursor < w.event_last
         order by h.updated_at, h.webhook_id
         limit $1",
        &[FED_MAX.into()],
    )?;
    rows.into_iter().map(read_webhook).collect()
}

/// Moves a webhook's place in the events.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub(crate) fn move_cursor(
    tx: &mut Tx<'_>,
    webhook: &Webhook,
    event_id: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "update webhook
         set event_cursor = $3
         where workspace_id = $1 and webhook_id = $2 and event_cursor < $3",
        &[
            webhook.workspace_id.into(),
            webhook.webhook_id.into(),
            event_id.into(),
        ],
    )?;
    Ok(())
}

/// Queues the notice of an erasure for every webhook whose receiver got something of the person, closed and
/// paused ones too (GDPR 19). Called in the commit that marks the erasure.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub(crate) fn queue_erasure_notices(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    event_id: i64,
    (now, not_before): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    tx.execute(
        "insert into webhook_delivery (
             workspace_id, webhook_id, event_id, kind, person_id, state, attempts, next_at,
             created_at
         )
         select h.workspace_id, h.webhook_id, $3, 'person.erased', $2, 'waiting', 0, $4, $5
         from webhook h
         where h.workspace_id = $1 and exists (
                 select 1 from sending s
                 where s.workspace_id = h.workspace_id and s.person_id = $2 and s.host = h.host
                     and s.purpose = 'support.forward'
             )
         on conflict (workspace_id, webhook_id, event_id) do nothing",
        &[
            workspace_id.into(),
            person_id.into(),
            event_id.into(),
            not_before.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

fn read_webhook(mut row: Row) -> Result<Webhook, StoreError> {
    Ok(Webhook {
        workspace_id: row.parse("workspace_id")?,
        webhook_id: row.parse("webhook_id")?,
        url: row.text("url")?,
        host: row.text("host")?,
        events: row.text("events")?,
        state: row.text("state")?,
        pause_reason: row.text_opt("pause_reason")?,
        secret_version: row.int("secret_version")?,
        event_cursor: row.int("event_cursor")?,
        failing_since: row.time_opt("failing_since")?,
        created_by: row.parse("created_by")?,
        created_at: row.time("created_at")?,
    })
}
