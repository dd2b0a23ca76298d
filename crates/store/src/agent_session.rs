//! Sessions: signed-in browsers of agents, known by the hash of their token.
//!
//! Must not know: tokens.

use domain::{AgentId, PersonId, SessionId, WorkspaceId};
use policy::{Role, Timestamp};

use crate::{error::StoreError, tx::Tx, value::Row};

/// Seconds a session lives without use.
pub const SESSION_IDLE_S: i64 = 12 * 3_600;

/// A session with the member behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSession {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The session.
    pub session_id: SessionId,
    /// The member.
    pub agent_id: AgentId,
    /// The data subject the member is.
    pub person_id: PersonId,
    /// What they may do now.
    pub role: Role,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

/// A session in its member's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    /// The session.
    pub session_id: SessionId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

/// A session to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The session.
    pub session_id: SessionId,
    /// The member.
    pub agent_id: AgentId,
    /// Hash of the token.
    pub token_hash: [u8; 32],
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
}

/// Stores a session; the oldest ones of the member go when there are more than `keep`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_session(
    tx: &mut Tx<'_>,
    session: &NewSession,
    keep: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into session (
             workspace_id, session_id, agent_id, token_hash, created_at, last_seen_at, expires_at
         )
         values ($1, $2, $3, $4, $5, $5, $6)",
        &[
            session.workspace_id.into(),
            session.session_id.into(),
            session.agent_id.into(),
            session.token_hash.as_slice().into(),
            now.into(),
            session.expires_at.into(),
        ],
    )?;
    tx.execute(
        "delete from session
         where workspace_id = $1 and agent_id = $2 and session_id not in (
             select session_id from session
             where workspace_id = $1 and agent_id = $2
             order by created_at desc, session_id desc
             limit $3
         )",
        &[
            session.workspace_id.into(),
            session.agent_id.into(),
            keep.into(),
        ],
    )?;
    Ok(())
}

/// The live session of a token: neither expired nor idle, its member active. `None` otherwise.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_live_session(
    tx: &mut Tx<'_>,
    token_hash: &[u8; 32],
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<LiveSession>, StoreError> {
    let found = tx.find(
        "select s.workspace_id, s.session_id, s.agent_id, a.person_id, a.role, s.last_seen_at
         from session s
         join agent a on a.workspace_id = s.workspace_id and a.agent_id = s.agent_id
         join person p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
         where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3
             and a.state = 'active' and p.state = 'active'",
        &[token_hash.as_slice().into(), now.into(), idle_since.into()],
    )?;
    found.map(read_live_session).transpose()
}

/// Notes that a session is in use.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn touch_session(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    session_id: SessionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update session set last_seen_at = $3 where workspace_id = $1 and session_id = $2",
        &[workspace_id.into(), session_id.into(), now.into()],
    )?;
    Ok(())
}

/// A member's sessions that are still good, newest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_sessions(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    (now, idle_since): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<ListedSession>, StoreError> {
    let rows = tx.query(
        "select session_id, created_at, last_seen_at
         from session
         where workspace_id = $1 and agent_id = $2 and expires_at > $3 and last_seen_at > $4
         order by created_at desc, session_id desc
         limit $5",
        &[
            workspace_id.into(),
            agent_id.into(),
            now.into(),
            idle_since.into(),
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ListedSession {
                session_id: row.parse("session_id")?,
                created_at: row.time("created_at")?,
                last_seen_at: row.time("last_seen_at")?,
            })
        })
        .collect()
}

/// Ends one session of a member; whether there was one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_session(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    session_id: SessionId,
) -> Result<bool, StoreError> {
    let deleted = tx.execute(
        "delete from session where workspace_id = $1 and agent_id = $2 and session_id = $3",
        &[workspace_id.into(), agent_id.into(), session_id.into()],
    )?;
    Ok(deleted > 0)
}

/// Ends a member's sessions, all or all but one; those that ended.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_sessions(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    except: Option<SessionId>,
) -> Result<Vec<SessionId>, StoreError> {
    let except = except.map(|id| id.to_string()).unwrap_or_default();
    let rows = tx.query(
        "delete from session
         where workspace_id = $1 and agent_id = $2 and session_id <> $3
         returning session_id",
        &[workspace_id.into(), agent_id.into(), except.into()],
    )?;
    rows.into_iter()
        .map(|mut row| row.parse("session_id"))
        .collect()
}

/// Members whose sessions were used at or after a time: they are about, stream or not.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_seen_agents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<AgentId>, StoreError> {
    let rows = tx.query(
        "select distinct agent_id
         from session
         where workspace_id = $1 and last_seen_at >= $2
         limit $3",
        &[workspace_id.into(), since.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| row.parse("agent_id"))
        .collect()
}

fn read_live_session(mut row: Row) -> Result<LiveSession, StoreError> {
    let corrupt = StoreError::Corrupt {
        table: "agent",
        column: "role",
    };
    Ok(LiveSession {
        workspace_id: row.parse("workspace_id")?,
        session_id: row.parse("session_id")?,
        agent_id: row.parse("agent_id")?,
        person_id: row.parse("person_id")?,
        role: Role::from_key(&row.text("role")?).ok_or(corrupt)?,
        last_seen_at: row.time("last_seen_at")?,
    })
}
