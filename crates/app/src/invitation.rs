//! Invitations: a member who has an address and a role, but joins by the letter's link only.
//!
//! Must not know: the letter's words.

use domain::{AgentId, AgentState, IdempotencyKey, LinkKind, may_give};
use policy::{AccountManage, Category, Role};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, MANAGING},
    agent::{AccessAct, access_entry, refuse},
    agent_field::AgentFields,
    authenticate::token_hash,
    error::AppError,
    job::JobKind,
    password::parse_subject,
    session::{KEPT, SignedIn},
    setup::{parse_display_name, parse_email},
    token::{link_invalid, take_link},
};

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Address.
    pub email: String,
    /// Name, if it is known; they may change it.
    pub name: Option<String>,
    /// Role.
    pub role: Role,
    /// The client's key: the same invitation again under it sends nothing.
    pub key: Option<IdempotencyKey>,
}

/// An invitation that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invited {
    /// Id of the member to be.
    pub id: String,
}

impl App {
    /// Invites somebody by letter. Owners and admins; only owners invite owners.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`; `Denied` if the policy lets no letter of this kind leave: nobody could join;
    /// `Conflict` if the address is a member already, the team is full, or the key
    /// was used for another request.
    pub async fn invite_agent(
        &self,
        agent: &Agent,
        invitation: Invitation,
    ) -> Result<Invited, AppError> {
        agent.require(MANAGING)?;
        may_give(agent.role, invitation.role).map_err(refuse)?;
        self.check_letter::<AccountManage>(&[Category::ContactEmail])?;
        let name = invitation.name.as_deref().unwrap_or_default();
        let words = ["invitation", &invitation.email, name, invitation.role.key()];
        let command = self.command(agent, invitation.key.as_ref(), &words);
        let new = self.seal_invited(agent, invitation).await?;
        let (workspace_id, agent_id, person_id) = (new.workspace_id, new.agent_id, new.person_id);
        let job = self
            .new_job(workspace_id, JobKind::Invitation, &agent_id.to_string())
            .about(person_id);
        let (by, role, now) = (agent.agent_id, new.role, self.now());
        let stored = self.store.data.write(move |tx| {
            if let Some(made) = command.find_result(tx)? {
                return Ok(made);
            }
            if store::find_agent_by_email(tx, workspace_id, &new.email_index)?.is_some() {
                let detail = "somebody with this address is a member already";
                return Err(AppError::conflict("already_member", detail));
            }
            if store::count_agents(tx, workspace_id)? >= domain::AGENTS_MAX {
                let detail = format!("a workspace has at most {} members", domain::AGENTS_MAX);
                return Err(AppError::conflict("team_full", detail));
            }
            store::create_agent(tx, &new, now)?;
            store::enqueue_job(tx, &job, now)?;
            let entry = access_entry(AccessAct::Invited, agent_id, Some(by), role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            command.record(tx, &agent_id, now)?;
            Ok(agent_id)
        });
        let stored: Result<AgentId, AppError> = stored.await;
        if stored.as_ref() != Ok(&agent_id) {
            // The key was made for nothing; nothing is sealed under it.
            self.keyring.destroy_person(workspace_id, person_id).await?;
        }
        stored.map(|id| Invited { id: id.to_string() })
    }

    /// Sends the letter again; the link of the earlier one stops working. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; `Denied` as [`App::invite_agent`]; `Conflict` if they have joined.
    pub async fn resend_invitation(
        &self,
        agent: &Agent,
        agent_id: AgentId,
    ) -> Result<(), AppError> {
        agent.require(MANAGING)?;
        let row = self.load_agent(agent.workspace_id, agent_id).await?;
        if row.state != AgentState::Invited {
            let detail = "they have joined already";
            return Err(AppError::conflict("already_member", detail));
        }
        self.check_letter::<AccountManage>(&[Category::ContactEmail])?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let job = self
            .new_job(workspace_id, JobKind::Invitation, &agent_id.to_string())
            .about(row.person_id);
        let queued = self.store.data.write(move |tx| {
            store::delete_links(
                tx,
                workspace_id,
                LinkKind::Invitation,
                &agent_id.to_string(),
            )?;
            store::enqueue_job(tx, &job, now).map(drop)
        });
        queued
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Takes an invitation back: nothing of the person stays. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` if nobody is invited under the id.
    pub async fn withdraw_invitation(
        &self,
        agent: &Agent,
        agent_id: AgentId,
    ) -> Result<(), AppError> {
        agent.require(MANAGING)?;
        let row = self.load_agent(agent.workspace_id, agent_id).await?;
        if row.role == Role::Owner {
            may_give(agent.role, Role::Owner).map_err(refuse)?;
        }
        let (actor, role, now) = (*agent, row.role, self.now());
        let withdrawn = self.store.data.write(move |tx| {
            let workspace_id = actor.workspace_id;
            let person_id = store::delete_invited_agent(tx, workspace_id, agent_id)?;
            let person_id = person_id.ok_or(AppError::NotFound)?;
            let (act, by) = (AccessAct::InvitationWithdrawn, Some(actor.agent_id));
            let entry = access_entry(act, agent_id, by, role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            Ok::<_, AppError>(person_id)
        });
        let person_id = withdrawn.await?;
        self.keyring
            .destroy_person(agent.workspace_id, person_id)
            .await
    }

    /// Joins by the letter's link, and signs in.
    ///
    /// # Errors
    /// `Conflict` if the link does not work (any more); `Invalid` if a field is not acceptable.
    pub async fn accept_invitation(
        &self,
        token: &str,
        name: &str,
        password: String,
    ) -> Result<SignedIn, AppError> {
        let hash = token_hash(token);
        let link = self.peek_link(LinkKind::Invitation, hash).await?;
        let (workspace_id, agent_id) = (link.workspace_id, parse_subject(&link.subject_id)?);
        let row = match self.load_agent(workspace_id, agent_id).await {
            Err(AppError::NotFound) => return Err(link_invalid()),
            found => found?,
        };
        let name = parse_display_name(name)?;
        let (_, email) = self.open_agent(&row).await?;
        let known = vec![email, name.as_str().to_owned()];
        let password = self.hash_new_password("password", password, known).await?;
        let key = self.keyring.person(workspace_id, row.person_id).await?;
        let fields = AgentFields::new(workspace_id, agent_id, &key);
        let name = fields.seal_name(name, self.random());
        let password = fields.seal_password(password, self.random());
        let (session, cookie) = self.new_session(workspace_id, agent_id);
        let now = self.now();
        let stored = self.store.data.write(move |tx| {
            take_link(tx, LinkKind::Invitation, &hash, now)?;
            let row = store::find_agent(tx, workspace_id, agent_id)?.ok_or_else(link_invalid)?;
            if row.state != AgentState::Invited {
                return Err(link_invalid());
            }
            store::update_agent_name(tx, workspace_id, agent_id, &name)?;
            store::update_agent_password(tx, workspace_id, agent_id, &password)?;
            let access = (row.role, AgentState::Active);
            store::update_agent_access(tx, workspace_id, agent_id, access, now)?;
            let entry = access_entry(AccessAct::Joined, agent_id, None, row.role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            Ok(store::create_session(tx, &session, KEPT, now)?)
        });
        stored.await?;
        Ok(SignedIn::new(cookie))
    }

    async fn seal_invited(
        &self,
        agent: &Agent,
        invitation: Invitation,
    ) -> Result<store::NewAgent, AppError> {
        let email = parse_email(&invitation.email)?;
        let given = invitation.name.filter(|name| !name.trim().is_empty());
        let name = given.map(|name| parse_display_name(&name)).transpose()?;
        let workspace_id = agent.workspace_id;
        let (agent_id, person_id) = self.new_member_ids();
        let email_index = self.email_index(workspace_id, &email).await?;
        let key = self.keyring.create_person(workspace_id, person_id).await?;
        let fields = AgentFields::new(workspace_id, agent_id, &key);
        Ok(store::NewAgent {
            workspace_id,
            agent_id,
            person_id,
            role: invitation.role,
            state: AgentState::Invited,
            name: name.map(|name| fields.seal_name(name, self.random())),
            email: fields.seal_email(&email, self.random()),
            email_index,
            login_index: self.login.blind_index(email.as_str()),
            password: None,
            invited_by: Some(agent.agent_id),
            policy_version: i64::from(self.policy().version()),
        })
    }
}
