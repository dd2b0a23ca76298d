//! The team: who is a member, as what, and whether they are here. Every change of access is an entry.
//!
//! Must not know: how sessions are carried.

use std::collections::{BTreeMap, HashSet};

use domain::{
    AGENTS_MAX, AccessChange, AccessRefusal, AgentAvailability, AgentId, AgentState, EmailAddress,
    Member, PersonId, WorkspaceId, change_access,
};
use ledger::{Entry, EntryKind};
use policy::{AccountManage, Channel, Permit, Reading, Role, Subject, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, MANAGING},
    agent_field::AgentFields,
    error::AppError,
    setup::parse_display_name,
};

/// A member as colleagues see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgentView {
    /// Id.
    pub id: String,
    /// Name; empty until they joined.
    pub name: String,
    /// Address: whole for owners and admins, covered for the others.
    pub email: String,
    /// Role.
    pub role: &'static str,
    /// `active`, `invited` or `disabled`.
    pub state: &'static str,
    /// `online` or `away`, as they say.
    pub availability: &'static str,
    /// Whether a console of theirs is open.
    pub online: bool,
}

/// What was done to somebody's access; stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccessAct {
    OwnerMade,
    Invited,
    InvitationWithdrawn,
    Joined,
    Changed(AgentState),
    PasswordChanged,
    PasswordReset,
    TotpOn,
    TotpOff,
    Erased,
}

impl AccessAct {
    const fn key(self) -> &'static str {
        match self {
            Self::OwnerMade => "owner_made",
            Self::Invited => "invited",
            Self::InvitationWithdrawn => "invitation_withdrawn",
            Self::Joined => "joined",
            Self::Changed(AgentState::Disabled) => "disabled",
            Self::Changed(_) => "changed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::TotpOn => "second_factor_on",
            Self::TotpOff => "second_factor_off",
            Self::Erased => "account_erased",
        }
    }
}

/// The entry of a change of access. `by` is another member, if one did it.
pub(crate) fn access_entry(
    act: AccessAct,
    agent_id: AgentId,
    by: Option<AgentId>,
    role: Role,
    now: Timestamp,
) -> Entry {
    let mut details = BTreeMap::from([
        ("act".to_owned(), act.key().to_owned()),
        ("agent".to_owned(), agent_id.to_string()),
        ("role".to_owned(), role.key().to_owned()),
    ]);
    if let Some(by) = by {
        details.insert("by".to_owned(), by.to_string());
    }
    Entry {
        kind: EntryKind::AccessChange,
        at: now.micros(),
        subject: None,
        details,
    }
}

impl App {
    /// The members of the workspace, oldest first. Reading colleagues' names is accounted for.
    ///
    /// # Errors
    /// `Denied` if the policy gives the role no part in accounts; `Unavailable`.
    pub async fn list_agents(&self, agent: &Agent) -> Result<Vec<AgentView>, AppError> {
        let workspace_id = agent.workspace_id;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_agents(tx, workspace_id, agent_limit()));
        let rows: Vec<store::Agent> = rows.await.map_err(AppError::from)?;
        let online = self.list_online(workspace_id, &rows).await?;
        let people: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
        let keys = self.keyring.persons(workspace_id, people).await?;
        let reading = self.account_reading::<AccountManage>(agent, &keys).await?;
        let permit = self.permit::<AccountManage>(
            agent.role,
            Channel::Widget,
            &Subject::default(),
            &reading,
        )?;
        rows.iter()
            .filter_map(|row| Some((row, keys.get(&row.person_id)?)))
            .map(|(row, key)| {
                let fields = AgentFields::new(workspace_id, row.agent_id, key);
                let whole = MANAGING.contains(&agent.role) || row.agent_id == agent.agent_id;
                agent_view(
                    row,
                    &fields,
                    &permit,
                    (whole, online.contains(&row.agent_id)),
                )
            })
            .collect()
    }

    /// Gives a member another role or state. Owners and admins, within the rules of the team.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` or `Conflict` naming the rule that says no.
    pub async fn update_agent(
        &self,
        agent: &Agent,
        target_id: AgentId,
        (role, state): (Option<Role>, Option<AgentState>),
    ) -> Result<(), AppError> {
        agent.require(MANAGING)?;
        let (actor, now) = (*agent, self.now());
        let ended = self.store.data.write(move |tx| {
            let workspace_id = actor.workspace_id;
            store::lock_access(tx, workspace_id)?;
            let owners = store::count_owners(tx, workspace_id)?;
            let me = member(tx, workspace_id, actor.agent_id)?;
            let target = member(tx, workspace_id, target_id)?;
            let change = AccessChange {
                role: role.unwrap_or(target.role),
                state: state.unwrap_or(target.state),
            };
            change_access(me, target, change, owners).map_err(refuse)?;
            if change.role == target.role && change.state == target.state {
                return Ok(false);
            }
            let access = (change.role, change.state);
            store::update_agent_access(tx, workspace_id, target_id, access, now)?;
            store::delete_sessions(tx, workspace_id, target_id, None)?;
            let act = AccessAct::Changed(change.state);
            let entry = access_entry(act, target_id, Some(actor.agent_id), change.role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            Ok::<_, AppError>(true)
        });
        if ended.await? {
            self.end_streams_of(agent.workspace_id, target_id);
        }
        Ok(())
    }

    /// Changes the member's own name.
    ///
    /// # Errors
    /// `Invalid` if it is not acceptable.
    pub async fn rename_me(&self, agent: &Agent, name: &str) -> Result<(), AppError> {
        let name = parse_display_name(name)?;
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let fields = AgentFields::new(agent.workspace_id, agent.agent_id, &key);
        let sealed = fields.seal_name(name, self.random());
        let owner = *agent;
        let stored = self.store.data.write(move |tx| {
            store::update_agent_name(tx, owner.workspace_id, owner.agent_id, &sealed)
        });
        stored
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Says whether the member takes conversations.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub async fn set_availability(
        &self,
        agent: &Agent,
        availability: AgentAvailability,
    ) -> Result<(), AppError> {
        let owner = *agent;
        let changed = self.store.data.write(move |tx| {
            let (workspace_id, agent_id) = (owner.workspace_id, owner.agent_id);
            store::update_agent_availability(tx, workspace_id, agent_id, availability)
        });
        if changed.await.map_err(AppError::from)? {
            let topic = bus::Topic::Workspace(agent.workspace_id);
            self.bus
                .publish(topic, &bus::Signal::AgentPresence(agent.agent_id));
            self.tell_availability(agent.workspace_id).await?;
        }
        Ok(())
    }

    pub(crate) async fn load_agent(
        &self,
        workspace_id: WorkspaceId,
        agent_id: AgentId,
    ) -> Result<store::Agent, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_agent(tx, workspace_id, agent_id))
            .await
            .map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }

    /// Name and address of a member, for the program's own letters to them.
    pub(crate) async fn open_agent(
        &self,
        row: &store::Agent,
    ) -> Result<(String, String), AppError> {
        let key = self.keyring.person(row.workspace_id, row.person_id).await?;
        let fields = AgentFields::new(row.workspace_id, row.agent_id, &key);
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let name = row.name.as_ref().map(|name| fields.name(name, &permit));
        let email = fields.email(&row.email, &permit)?;
        Ok((name.transpose()?.unwrap_or_default(), email))
    }
}

/// Members whose console is open, or was a moment ago.
impl App {
    pub(crate) async fn list_online(
        &self,
        workspace_id: WorkspaceId,
        rows: &[store::Agent],
    ) -> Result<HashSet<AgentId>, AppError> {
        let since = self.now().plus_seconds(-crate::availability::GRACE_S);
        let seen = self
            .store
            .data
            .read(move |tx| store::list_seen_agents(tx, workspace_id, since, agent_limit()));
        let seen: Vec<AgentId> = seen.await.map_err(AppError::from)?;
        let listening = |row: &&store::Agent| {
            let topic = bus::Topic::Agent(workspace_id, row.agent_id);
            self.bus.count(topic) > 0
        };
        let listening = rows.iter().filter(listening).map(|row| row.agent_id);
        Ok(seen.into_iter().chain(listening).collect())
    }
}

fn agent_view(
    row: &store::Agent,
    fields: &AgentFields<'_>,
    permit: &Permit<'_, AccountManage>,
    (whole, online): (bool, bool),
) -> Result<AgentView, AppError> {
    let name = row.name.as_ref().map(|name| fields.name(name, permit));
    let email = fields.email(&row.email, permit)?;
    let covered = || EmailAddress::parse(&email).map(|email| email.masked());
    Ok(AgentView {
        id: row.agent_id.to_string(),
        name: name.transpose()?.unwrap_or_default(),
        role: row.role.key(),
        state: row.state.key(),
        availability: row.availability.key(),
        online: online && row.state == AgentState::Active,
        email: if whole {
            email
        } else {
            covered().unwrap_or_default()
        },
    })
}

fn member(
    tx: &mut store::Tx<'_>,
    workspace_id: WorkspaceId,
    agent_id: AgentId,
) -> Result<Member, AppError> {
    let row = store::find_agent(tx, workspace_id, agent_id)?.ok_or(AppError::NotFound)?;
    Ok(Member {
        agent_id,
        role: row.role,
        state: row.state,
    })
}

/// A rule of the team as a refusal of the use case.
pub(crate) fn refuse(refusal: AccessRefusal) -> AppError {
    let code = match refusal {
        AccessRefusal::NotManaging => return AppError::Forbidden,
        AccessRefusal::Own => "own_access",
        AccessRefusal::OwnerProtected => "owner_protected",
        AccessRefusal::OnlyOwnersMakeOwners => "only_owners_make_owners",
        AccessRefusal::LastOwner => "last_owner",
        AccessRefusal::NotAMember => "not_a_member_role",
        AccessRefusal::StillInvited => "still_invited",
        AccessRefusal::NotAState => "not_a_state",
    };
    AppError::conflict(code, refusal.to_string())
}

pub(crate) fn agent_limit() -> i64 {
    i64::try_from(AGENTS_MAX).unwrap_or(i64::MAX)
}
