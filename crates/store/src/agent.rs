//! Agents: members of a workspace, their access, and their own sealed fields.
//!
//! Must not know: plain names, addresses, passwords.

use domain::{AgentAvailability, AgentId, AgentState, PersonId, WorkspaceId};
use policy::{ContactEmail, Credentials, Name, Role, Timestamp};
use vault::Sealed;

use crate::{error::StoreError, tx::Tx, value::Row};

/// Members found for one address over all workspaces.
const LOGINS_MAX: i64 = 8;

/// A member.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Their workspace.
    pub workspace_id: WorkspaceId,
    /// Their id.
    pub agent_id: AgentId,
    /// The data subject they are.
    pub person_id: PersonId,
    /// What they may do.
    pub role: Role,
    /// Whether they can sign in.
    pub state: AgentState,
    /// Their name, once they gave it.
    pub name: Option<Sealed<Name>>,
    /// Their address.
    pub email: Sealed<ContactEmail>,
    /// Look-up key of the address in this workspace.
    pub email_index: Vec<u8>,
    /// The hash of their password.
    pub password: Option<Sealed<Credentials>>,
    /// The second factor's secret, with its state.
    pub totp: Option<Sealed<Credentials>>,
    /// Digests of recovery codes not yet used.
    pub recovery: Option<Sealed<Credentials>>,
    /// What they say about themselves.
    pub availability: AgentAvailability,
    /// When they joined or were invited.
    pub created_at: Timestamp,
}

/// A member to be stored.
#[derive(Debug)]
pub struct NewAgent {
    /// Their workspace.
    pub workspace_id: WorkspaceId,
    /// Their id.
    pub agent_id: AgentId,
    /// The data subject they are.
    pub person_id: PersonId,
    /// What they may do.
    pub role: Role,
    /// Whether they can sign in.
    pub state: AgentState,
    /// Their name, if it is known.
    pub name: Option<Sealed<Name>>,
    /// Their address.
    pub email: Sealed<ContactEmail>,
    /// Look-up key of the address in this workspace.
    pub email_index: [u8; 32],
    /// Look-up key of the address over the installation.
    pub login_index: [u8; 32],
    /// The hash of their password, if they have one.
    pub password: Option<Sealed<Credentials>>,
    /// Who invited them.
    pub invited_by: Option<AgentId>,
    /// Version of the policy they were shown.
    pub policy_version: i64,
}

/// Stores a new member with their person and their way to sign in.
///
/// # Errors
/// `Conflict` if the workspace has a member with the address; any [`StoreError`] of the database.
pub fn create_agent(tx: &mut Tx<'_>, agent: &NewAgent, now: Timestamp) -> Result<(), StoreError> {
    let source = if agent.invited_by.is_some() {
        "invitation"
    } else {
        "self"
    };
    tx.execute(
        "insert into person (
             workspace_id, person_id, kind, state, source, policy_version, created_at
         )
         values ($1, $2, 'agent', 'active', $3, $4, $5)",
        &[
            agent.workspace_id.into(),
            agent.person_id.into(),
            source.into(),
            agent.policy_version.into(),
            now.into(),
        ],
    )?;
    tx.execute(
        "insert into agent (
             workspace_id, agent_id, person_id, role, state, name_sealed, email_sealed, email_index,
             password_sealed, availability, invited_by, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'online', $10, $11)",
        &[
            agent.workspace_id.into(),
            agent.agent_id.into(),
            agent.person_id.into(),
            agent.role.key().into(),
            agent.state.key().into(),
            agent.name.as_ref().into(),
            (&agent.email).into(),
            agent.email_index.as_slice().into(),
            agent.password.as_ref().into(),
            agent.invited_by.into(),
            now.into(),
        ],
    )?;
    tx.execute(
        "insert into agent_login (login_index, workspace_id, agent_id)
         values ($1, $2, $3)",
        &[
            agent.login_index.as_slice().into(),
            agent.workspace_id.into(),
            agent.agent_id.into(),
        ],
    )?;
    Ok(())
}

/// A member; `None` if the workspace has no such one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_agent(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
) -> Result<Option<Agent>, StoreError> {
    let found = tx.find(
        "select a.workspace_id, a.agent_id, a.person_id, a.role, a.state, a.name_sealed,
             a.email_sealed, a.email_index, a.password_sealed, a.totp_sealed, a.recovery_sealed,
             a.availability, a.created_at
         from agent a
         join person p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
         where a.workspace_id = $1 and a.agent_id = $2 and p.state = 'active'",
        &[workspace_id.into(), agent_id.into()],
    )?;
    found.map(read_agent).transpose()
}

/// The member with this address in a workspace; `None` if there is none.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_agent_by_email(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    email_index: &[u8; 32],
) -> Result<Option<Agent>, StoreError> {
    let found = tx.find(
        "select a.workspace_id, a.agent_id, a.person_id, a.role, a.state, a.name_sealed,
             a.email_sealed, a.email_index, a.password_sealed, a.totp_sealed, a.recovery_sealed,
             a.availability, a.created_at
         from agent a
         join person p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
         where a.workspace_id = $1 and a.email_index = $2 and p.state = 'active'",
        &[workspace_id.into(), email_index.as_slice().into()],
    )?;
    found.map(read_agent).transpose()
}

/// Active members with this address over all workspaces, at most 8.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_logins(tx: &mut Tx<'_>, login_index: &[u8; 32]) -> Result<Vec<Agent>, StoreError> {
    let rows = tx.query(
        "select a.workspace_id, a.agent_id, a.person_id, a.role, a.state, a.name_sealed,
             a.email_sealed, a.email_index, a.password_sealed, a.totp_sealed, a.recovery_sealed,
             a.availability, a.created_at
         from agent_login l
         join agent a on a.workspace_id = l.workspace_id and a.agent_id = l.agent_id
         join person p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
         where l.login_index = $1 and a.state = 'active' and p.state = 'active'
         order by a.workspace_id
         limit $2",
        &[login_index.as_slice().into(), LOGINS_MAX.into()],
    )?;
    rows.into_iter().map(read_agent).collect()
}

/// The members of a workspace, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_agents(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<Agent>, StoreError> {
    let rows = tx.query(
        "select a.workspace_id, a.agent_id, a.person_id, a.role, a.state, a.name_sealed,
             a.email_sealed, a.email_index, a.password_sealed, a.totp_sealed, a.recovery_sealed,
             a.availability, a.created_at
         from agent a
         join person p on p.workspace_id = a.workspace_id and p.person_id = a.person_id
         where a.workspace_id = $1 and p.state = 'active'
         order by a.agent_id
         limit $2",
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_agent).collect()
}

/// Lets one change of access in a workspace pass at a time, so that two owners cannot demote each other.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn lock_access(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<(), StoreError> {
    // The workspace's row lock orders them; SQLite has one writer anyway.
    tx.execute(
        "update workspace set name = name where workspace_id = $1",
        &[workspace_id.into()],
    )?;
    Ok(())
}

/// Owners who can sign in.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_owners(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<usize, StoreError> {
    let owners = tx
        .get(
            "select count(*) from agent
             where workspace_id = $1 and role = 'owner' and state = 'active'",
            &[workspace_id.into()],
        )?
        .int("count")?;
    Ok(usize::try_from(owners).unwrap_or(0))
}

/// Members of a workspace, invited ones included.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_agents(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<usize, StoreError> {
    let agents = tx
        .get(
            "select count(*) from agent where workspace_id = $1",
            &[workspace_id.into()],
        )?
        .int("count")?;
    Ok(usize::try_from(agents).unwrap_or(0))
}

/// Gives a member another role and state.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_agent_access(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    (role, state): (Role, AgentState),
    now: Timestamp,
) -> Result<(), StoreError> {
    let closed_at = (state == AgentState::Disabled).then_some(now);
    tx.execute(
        "update agent
         set role = $3, state = $4, closed_at = $5
         where workspace_id = $1 and agent_id = $2",
        &[
            workspace_id.into(),
            agent_id.into(),
            role.key().into(),
            state.key().into(),
            closed_at.into(),
        ],
    )?;
    Ok(())
}

/// Replaces a member's name.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_agent_name(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    name: &Sealed<Name>,
) -> Result<(), StoreError> {
    tx.execute(
        "update agent set name_sealed = $3 where workspace_id = $1 and agent_id = $2",
        &[workspace_id.into(), agent_id.into(), name.into()],
    )?;
    Ok(())
}

/// Replaces the hash of a member's password.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_agent_password(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    password: &Sealed<Credentials>,
) -> Result<(), StoreError> {
    tx.execute(
        "update agent set password_sealed = $3 where workspace_id = $1 and agent_id = $2",
        &[workspace_id.into(), agent_id.into(), password.into()],
    )?;
    Ok(())
}

/// Replaces or removes a member's second factor. The last step used stays, so that no code works again.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_agent_totp(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    totp: Option<&Sealed<Credentials>>,
    recovery: Option<&Sealed<Credentials>>,
) -> Result<(), StoreError> {
    tx.execute(
        "update agent
         set totp_sealed = $3, recovery_sealed = $4
         where workspace_id = $1 and agent_id = $2",
        &[
            workspace_id.into(),
            agent_id.into(),
            totp.into(),
            recovery.into(),
        ],
    )?;
    Ok(())
}

/// Uses up a time step of the second factor; `false` if it or a later one was used before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn use_totp_step(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    step: i64,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update agent
         set totp_last_step = $3
         where workspace_id = $1 and agent_id = $2
             and (totp_last_step is null or totp_last_step < $3)",
        &[workspace_id.into(), agent_id.into(), step.into()],
    )?;
    Ok(changed > 0)
}

/// Replaces the recovery codes if they are still `before`; `false` if somebody else used one meanwhile.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn replace_recovery(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    before: &Sealed<Credentials>,
    after: &Sealed<Credentials>,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update agent
         set recovery_sealed = $4
         where workspace_id = $1 and agent_id = $2 and recovery_sealed = $3",
        &[
            workspace_id.into(),
            agent_id.into(),
            before.into(),
            after.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Sets what a member says about themselves; whether that changed anything.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_agent_availability(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    availability: AgentAvailability,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update agent
         set availability = $3
         where workspace_id = $1 and agent_id = $2 and availability <> $3",
        &[
            workspace_id.into(),
            agent_id.into(),
            availability.key().into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Deletes an invited member who never joined, with everything that hangs on them; whether there was one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_invited_agent(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
) -> Result<Option<PersonId>, StoreError> {
    let found = tx.find(
        "delete from agent
         where workspace_id = $1 and agent_id = $2 and state = 'invited'
         returning person_id",
        &[workspace_id.into(), agent_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let person_id: PersonId = row.parse("person_id")?;
    delete_traces(tx, workspace_id, agent_id, person_id)?;
    Ok(Some(person_id))
}

/// Deletes what hangs on a member who is gone: ways to sign in, links, jobs, and their person.
pub(crate) fn delete_traces(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
    person_id: PersonId,
) -> Result<(), StoreError> {
    let (workspace, person) = (workspace_id.into(), person_id.into());
    let of_agent = [workspace_id.into(), agent_id.into()];
    let of_person = [workspace, person];
    tx.execute(
        "delete from agent_login where workspace_id = $1 and agent_id = $2",
        &of_agent,
    )?;
    tx.execute(
        "delete from session where workspace_id = $1 and agent_id = $2",
        &of_agent,
    )?;
    tx.execute(
        "delete from idempotency
         where workspace_id = $1 and (actor_id = $2 or result_id = $2)",
        &of_agent,
    )?;
    tx.execute(
        "delete from link where workspace_id = $1 and person_id = $2",
        &of_person,
    )?;
    tx.execute(
        "delete from job where workspace_id = $1 and person_id = $2",
        &of_person,
    )?;
    tx.execute(
        "delete from person where workspace_id = $1 and person_id = $2",
        &of_person,
    )?;
    Ok(())
}

fn read_agent(mut row: Row) -> Result<Agent, StoreError> {
    let corrupt = StoreError::Corrupt {
        table: "agent",
        column: "role",
    };
    Ok(Agent {
        workspace_id: row.parse("workspace_id")?,
        agent_id: row.parse("agent_id")?,
        person_id: row.parse("person_id")?,
        role: Role::from_key(&row.text("role")?).ok_or(corrupt)?,
        state: row.parse("state")?,
        name: row.sealed_opt("name_sealed")?,
        email: row.sealed("email_sealed")?,
        email_index: row.blob("email_index")?,
        password: row.sealed_opt("password_sealed")?,
        totp: row.sealed_opt("totp_sealed")?,
        recovery: row.sealed_opt("recovery_sealed")?,
        availability: row.parse("availability")?,
        created_at: row.time("created_at")?,
    })
}
