//! Who a token belongs to. Tokens are stored as hashes only.

use domain::{AgentId, PersonId, SessionId, SiteId, VisitorId, WorkspaceId};
use policy::{Role, Timestamp};

use crate::{error::StoreError, tx::Tx};

/// The visitor behind a token.
#[derive(Debug, Clone, Copy)]
pub struct VisitorIdentity {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Site.
    pub site_id: SiteId,
    /// Browser.
    pub visitor_id: VisitorId,
    /// Data subject.
    pub person_id: PersonId,
}

/// The agent behind a session token.
#[derive(Debug, Clone, Copy)]
pub struct SessionIdentity {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Member.
    pub agent_id: AgentId,
    /// Data subject.
    pub person_id: PersonId,
    /// What they may do.
    pub role: Role,
    /// The session.
    pub session_id: SessionId,
    /// When it was last used.
    pub last_seen_at: Timestamp,
}

/// The visitor with this token, unless they are erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_visitor_identity(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
) -> Result<Option<VisitorIdentity>, StoreError> {
    let found = tx.find(
        "select v.workspace_id, v.site_id, v.visitor_id, v.person_id
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.token_hash = $1 and p.state = 'active'",
        &[token_hash.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(VisitorIdentity {
        workspace_id: row.parse("workspace_id")?,
        site_id: row.parse("site_id")?,
        visitor_id: row.parse("visitor_id")?,
        person_id: row.parse("person_id")?,
    }))
}

/// The agent with this live session, if both are active.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_session_identity(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionIdentity>, StoreError> {
    let found = tx.find(
        "select s.workspace_id, s.agent_id, a.person_id, a.role, s.session_id, s.last_seen_at
         from session s
         join agent a on a.workspace_id = s.workspace_id and a.agent_id = s.agent_id
         join person p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
         where s.token_hash = $1 and s.expires_at > $2 and a.state = 'active'
             and p.state = 'active'",
        &[token_hash.into(), now.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(SessionIdentity {
        workspace_id: row.parse("workspace_id")?,
        agent_id: row.parse("agent_id")?,
        person_id: row.parse("person_id")?,
        role: Role::from_key(&row.text("role")?).ok_or(StoreError::Corrupt {
            table: "agent",
            column: "role",
        })?,
        session_id: row.parse("session_id")?,
        last_seen_at: row.time("last_seen_at")?,
    }))
}
