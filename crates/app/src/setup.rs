//! Setup: the one-time owner link, and the first sign-in by it. There is never a default password.
//!
//! Must not know: terminals and cookies.

use domain::{AgentId, AgentState, DisplayName, EmailAddress, LinkKind, PersonId, WorkspaceId};
use policy::{Role, Timestamp};

use crate::{
    App,
    agent::{AccessAct, access_entry},
    agent_field::AgentFields,
    authenticate::token_hash,
    credential::parse_password,
    error::AppError,
    session::SignedIn,
    token::take_link,
};

/// Name of the host's workspace until its owner gives it another.
const HOST_NAME: &str = "Chatham";

/// What the owner says about themselves.
pub struct Setup {
    /// Token of the owner link.
    pub token: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The password they chose.
    pub password: String,
}

/// A person who joins: parsed, judged and hashed, ready to be stored.
pub(crate) struct Joining {
    pub(crate) name: DisplayName,
    pub(crate) email: EmailAddress,
    pub(crate) password_hash: String,
}

impl App {
    /// Makes the host's workspace at the first start; a link for its owner while it has none.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if the database does not answer or cannot write.
    pub async fn first_owner_link(&self) -> Result<Option<String>, AppError> {
        let host = if let Some(workspace_id) = self.first_workspace().await? {
            workspace_id
        } else {
            let own = [self.settings.public_url.clone()];
            self.create_workspace(HOST_NAME, &own).await?.workspace_id
        };
        let owners: usize = self
            .store
            .data
            .read(move |tx| store::count_owners(tx, host))
            .await
            .map_err(AppError::from)?;
        if owners > 0 {
            return Ok(None);
        }
        self.owner_link(host).await.map(Some)
    }

    /// A fresh owner link, good for 30 minutes and one use. Older ones of the workspace stop working.
    ///
    /// # Errors
    /// `NotFound` if there is no such workspace; `Unavailable` or `Full`.
    pub async fn owner_link(&self, workspace_id: WorkspaceId) -> Result<String, AppError> {
        self.load_workspace(workspace_id).await?;
        let subject = workspace_id.to_string();
        let (token, link) = self.new_link(workspace_id, LinkKind::Owner, &subject, None);
        let now = self.now();
        let stored = self.store.data.write(move |tx| {
            store::delete_links(tx, workspace_id, LinkKind::Owner, &subject)?;
            store::create_link(tx, &link, now)
        });
        stored.await.map_err(AppError::from)?;
        let base = &self.settings.public_url;
        Ok(format!("{base}/console/setup#token={token}"))
    }

    /// Makes an owner by the owner link and signs them in. An address that is a member already becomes an
    /// owner with this password: whoever reads the terminal owns the installation.
    ///
    /// # Errors
    /// `Conflict` if the link does not work (any more); `Invalid` if a field is not acceptable.
    pub async fn set_up_owner(&self, setup: Setup) -> Result<SignedIn, AppError> {
        let hash = token_hash(&setup.token);
        let workspace_id = self.peek_link(LinkKind::Owner, hash).await?.workspace_id;
        let joining = self.join(&setup.name, &setup.email, setup.password).await?;
        let email_index = self.email_index(workspace_id, &joining.email).await?;
        let known = self
            .store
            .data
            .read(move |tx| store::find_agent_by_email(tx, workspace_id, &email_index))
            .await
            .map_err(AppError::from)?;
        let (agent_id, person_id) = match &known {
            Some(agent) => (agent.agent_id, agent.person_id),
            None => self.new_member_ids(),
        };
        let new = self
            .seal_member((workspace_id, agent_id, person_id), joining, None)
            .await?;
        let (session, token) = self.new_session(workspace_id, agent_id);
        let now = self.now();
        let stored = self.store.data.write(move |tx| {
            take_link(tx, LinkKind::Owner, &hash, now)?;
            if known.is_some() {
                restore_owner(tx, &new, now)?;
            } else {
                store::create_agent(tx, &new, now)?;
            }
            let entry = access_entry(AccessAct::OwnerMade, agent_id, None, Role::Owner, now);
            store::append_entry(tx, workspace_id, &entry)?;
            Ok::<_, AppError>(store::create_session(
                tx,
                &session,
                crate::session::KEPT,
                now,
            )?)
        });
        stored.await?;
        self.end_streams_of(workspace_id, agent_id);
        Ok(SignedIn::new(token))
    }

    /// What a link acts on, without using it up: so that a weak password does not cost the link.
    pub(crate) async fn peek_link(
        &self,
        kind: LinkKind,
        hash: [u8; 32],
    ) -> Result<store::Link, AppError> {
        let now = self.now();
        let found = self
            .store
            .data
            .read(move |tx| store::find_link(tx, kind, &hash, now))
            .await
            .map_err(AppError::from)?;
        found.ok_or_else(crate::token::link_invalid)
    }

    /// Parses what somebody who joins gave; judges and hashes the password.
    pub(crate) async fn join(
        &self,
        name: &str,
        email: &str,
        password: String,
    ) -> Result<Joining, AppError> {
        let name = parse_display_name(name)?;
        let email = parse_email(email)?;
        let known = vec![name.as_str().to_owned(), email.as_str().to_owned()];
        let password_hash = self.hash_new_password("password", password, known).await?;
        Ok(Joining {
            name,
            email,
            password_hash,
        })
    }

    /// Judges a new password and hashes it.
    pub(crate) async fn hash_new_password(
        &self,
        field: &'static str,
        password: String,
        known: Vec<String>,
    ) -> Result<String, AppError> {
        let password = parse_password(field, password)?;
        let password = self.hasher.judge(field, password, known).await?;
        self.hasher.hash(password, self.random()).await
    }

    /// Look-up key of an address in a workspace.
    pub(crate) async fn email_index(
        &self,
        workspace_id: WorkspaceId,
        email: &EmailAddress,
    ) -> Result<[u8; 32], AppError> {
        let keys = self.keyring.workspace(workspace_id).await?;
        Ok(keys.blind_index(email.as_str()))
    }

    pub(crate) fn new_member_ids(&self) -> (AgentId, PersonId) {
        let now = self.now();
        (
            AgentId::new(now, self.random()),
            PersonId::new(now, self.random()),
        )
    }

    /// Seals an owner who joins; the key is on disk before.
    async fn seal_member(
        &self,
        (workspace_id, agent_id, person_id): (WorkspaceId, AgentId, PersonId),
        joining: Joining,
        invited_by: Option<AgentId>,
    ) -> Result<store::NewAgent, AppError> {
        let key = self.keyring.create_person(workspace_id, person_id).await?;
        let fields = AgentFields::new(workspace_id, agent_id, &key);
        let email_index = self.email_index(workspace_id, &joining.email).await?;
        Ok(store::NewAgent {
            workspace_id,
            agent_id,
            person_id,
            role: Role::Owner,
            state: AgentState::Active,
            name: Some(fields.seal_name(joining.name, self.random())),
            email: fields.seal_email(&joining.email, self.random()),
            email_index,
            login_index: self.login.blind_index(joining.email.as_str()),
            password: Some(fields.seal_password(joining.password_hash, self.random())),
            invited_by,
            policy_version: i64::from(self.policy().version()),
        })
    }
}

/// A member already: owner again, with the new name and password; the second factor starts anew.
fn restore_owner(
    tx: &mut store::Tx<'_>,
    new: &store::NewAgent,
    now: Timestamp,
) -> Result<(), AppError> {
    let (workspace_id, agent_id) = (new.workspace_id, new.agent_id);
    store::update_agent_access(tx, workspace_id, agent_id, (new.role, new.state), now)?;
    if let Some(name) = &new.name {
        store::update_agent_name(tx, workspace_id, agent_id, name)?;
    }
    if let Some(password) = &new.password {
        store::update_agent_password(tx, workspace_id, agent_id, password)?;
    }
    store::update_agent_totp(tx, workspace_id, agent_id, None, None)?;
    store::delete_sessions(tx, workspace_id, agent_id, None)?;
    Ok(())
}

pub(crate) fn parse_display_name(text: &str) -> Result<DisplayName, AppError> {
    DisplayName::parse(text)
        .map_err(|error| AppError::invalid("name", error.code(), error.to_string()))
}

pub(crate) fn parse_email(text: &str) -> Result<EmailAddress, AppError> {
    EmailAddress::parse(text)
        .map_err(|error| AppError::invalid("email", "not_an_address", error.to_string()))
}
