//! Who acts: made by the api from a token or a session, trusted from here on.

use domain::{AgentId, PersonId, SessionId, SiteId, VisitorId, WorkspaceId};
use policy::{Role, Subject};

/// A visitor with a valid token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// Their workspace.
    pub workspace_id: WorkspaceId,
    /// The site they write on.
    pub site_id: SiteId,
    /// Their browser.
    pub visitor_id: VisitorId,
    /// The data subject.
    pub person_id: PersonId,
    /// Their browser sent `Sec-GPC: 1` with this request.
    pub gpc: bool,
}

impl Visitor {
    /// What the policy must know of them to decide on their own request.
    pub(crate) fn subject(&self) -> Subject {
        subject_with(self.gpc)
    }
}

/// Somebody of whom only the browser's signal is known.
pub(crate) fn subject_with(gpc: bool) -> Subject {
    Subject {
        gpc,
        ..Subject::default()
    }
}

/// An agent with a live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agent {
    /// Their workspace.
    pub workspace_id: WorkspaceId,
    /// The member.
    pub agent_id: AgentId,
    /// The data subject the member is.
    pub person_id: PersonId,
    /// What they may do.
    pub role: Role,
    /// The session the request came with.
    pub session_id: SessionId,
}

/// Either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A visitor.
    Visitor(Visitor),
    /// An agent.
    Agent(Agent),
}

impl Actor {
    /// The workspace of the actor.
    #[must_use]
    pub const fn workspace_id(&self) -> WorkspaceId {
        match self {
            Self::Visitor(visitor) => visitor.workspace_id,
            Self::Agent(agent) => agent.workspace_id,
        }
    }
}

impl Agent {
    /// Whether the role is one of these.
    ///
    /// # Errors
    /// `Forbidden` if it is not.
    pub fn require(&self, roles: &[Role]) -> Result<(), crate::AppError> {
        if roles.contains(&self.role) {
            return Ok(());
        }
        Err(crate::AppError::Forbidden)
    }
}

/// Roles that answer conversations.
pub const ANSWERING: &[Role] = &[Role::Owner, Role::Admin, Role::Agent];
/// Roles that manage the workspace.
pub const MANAGING: &[Role] = &[Role::Owner, Role::Admin];
/// Roles that carry out people's rights.
pub const RIGHTS: &[Role] = &[Role::Owner, Role::Admin, Role::PrivacyOfficer];
/// Every role that can sign in.
pub const EVERYBODY: &[Role] = &[
    Role::Owner,
    Role::Admin,
    Role::Agent,
    Role::Analyst,
    Role::Marketer,
    Role::PrivacyOfficer,
];
