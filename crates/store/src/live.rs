//! Whether an actor of a running stream may still listen: asked at each heartbeat.

use domain::{AgentId, PersonId, SessionId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx};

/// Whether the person is neither erased nor frozen.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_person_active(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select 1 from person
         where workspace_id = $1 and person_id = $2 and state = 'active'",
        &[workspace_id.into(), person_id.into()],
    )?;
    Ok(found.is_some())
}

/// Whether the session has neither ended nor idled too long, and its agent is active.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_session_live(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    (agent_id, session_id): (AgentId, SessionId),
    (now, idle_since): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select 1 from session s
         join agent a on a.workspace_id = s.workspace_id and a.agent_id = s.agent_id
         where s.workspace_id = $1 and s.session_id = $2 and s.agent_id = $3
             and s.expires_at > $4 and s.last_seen_at > $5 and a.state = 'active'",
        &[
            workspace_id.into(),
            session_id.into(),
            agent_id.into(),
            now.into(),
            idle_since.into(),
        ],
    )?;
    Ok(found.is_some())
}

/// Whether the database answers.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn ping(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.get("select 1", &[]).map(drop)
}
