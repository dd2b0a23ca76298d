//! Passwords: changed with the current one, or set anew by a letter's link. The second factor stays.
//!
//! Must not know: letters' words.

use domain::{AgentState, LinkKind};
use policy::Reading;

use crate::{
    App,
    actor::Agent,
    agent::{AccessAct, access_entry},
    agent_field::AgentFields,
    authenticate::token_hash,
    error::AppError,
    job::JobKind,
    throttle,
    token::take_link,
};

impl App {
    /// Changes the member's own password; all their other sessions end, streams included.
    ///
    /// # Errors
    /// `Invalid` if the current one is wrong or the new one not acceptable; `TooMany`.
    pub async fn change_password(
        &self,
        agent: &Agent,
        current: String,
        new: String,
    ) -> Result<(), AppError> {
        let row = self.prove_password(agent, "current", current).await?;
        let sealed = self.seal_new_password(&row, "new", new).await?;
        let (owner, now) = (*agent, self.now());
        let ended = self.store.data.write(move |tx| {
            let (workspace_id, agent_id) = (owner.workspace_id, owner.agent_id);
            store::update_agent_password(tx, workspace_id, agent_id, &sealed)?;
            store::delete_links(
                tx,
                workspace_id,
                LinkKind::PasswordReset,
                &agent_id.to_string(),
            )?;
            let entry = access_entry(AccessAct::PasswordChanged, agent_id, None, owner.role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            store::delete_sessions(tx, workspace_id, agent_id, Some(owner.session_id))
        });
        let ended: Vec<_> = ended.await.map_err(AppError::from)?;
        self.announce_ends(agent, &ended);
        Ok(())
    }

    /// Asks for a letter with a link for a new password. The answer never says whether the address is known:
    /// the work goes on behind it, so that it does not tell by its time either.
    pub fn forgot_password(self: &std::sync::Arc<Self>, email: &str) {
        let index = self.login_index(email);
        if self
            .throttle
            .take(throttle::RESET, &index, self.now())
            .is_err()
        {
            return;
        }
        let app = std::sync::Arc::clone(self);
        tokio::spawn(async move {
            if let Err(error) = app.request_reset(index).await {
                tracing::warn!(%error, "cannot prepare a letter for a new password");
            }
        });
    }

    /// Look-up key of an address, for [`Self::request_reset`].
    #[must_use]
    pub fn reset_index(&self, email: &str) -> [u8; 32] {
        self.login_index(email)
    }

    /// Queues the letter for every membership of the address.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub async fn request_reset(&self, login_index: [u8; 32]) -> Result<(), AppError> {
        let logins = self
            .store
            .data
            .read(move |tx| store::list_logins(tx, &login_index));
        let logins: Vec<store::Agent> = logins.await.map_err(AppError::from)?;
        for agent in logins {
            let reference = agent.agent_id.to_string();
            let job = self
                .new_job(agent.workspace_id, JobKind::PasswordReset, &reference)
                .about(agent.person_id);
            self.enqueue(job).await?;
        }
        Ok(())
    }

    /// Sets a new password by a letter's link. All sessions end; the second factor stays on.
    ///
    /// # Errors
    /// `Conflict` if the link does not work (any more); `Invalid` if the password is not acceptable.
    pub async fn reset_password(&self, token: &str, password: String) -> Result<(), AppError> {
        let hash = token_hash(token);
        let link = self.peek_link(LinkKind::PasswordReset, hash).await?;
        let agent_id = parse_subject(&link.subject_id)?;
        let workspace_id = link.workspace_id;
        let row = match self.load_agent(workspace_id, agent_id).await {
            Err(AppError::NotFound) => return Err(crate::token::link_invalid()),
            found => found?,
        };
        if row.state != AgentState::Active {
            return Err(crate::token::link_invalid());
        }
        let (role, now) = (row.role, self.now());
        let sealed = self.seal_new_password(&row, "password", password).await?;
        let stored = self.store.data.write(move |tx| {
            take_link(tx, LinkKind::PasswordReset, &hash, now)?;
            store::update_agent_password(tx, workspace_id, agent_id, &sealed)?;
            store::delete_links(
                tx,
                workspace_id,
                LinkKind::PasswordReset,
                &agent_id.to_string(),
            )?;
            let entry = access_entry(AccessAct::PasswordReset, agent_id, None, role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            store::delete_sessions(tx, workspace_id, agent_id, None)?;
            Ok::<_, AppError>(())
        });
        stored.await?;
        self.end_streams_of(workspace_id, agent_id);
        Ok(())
    }

    /// Asks for the member's password again before something grave.
    pub(crate) async fn prove_password(
        &self,
        agent: &Agent,
        field: &'static str,
        password: String,
    ) -> Result<store::Agent, AppError> {
        let key = token_hash(&agent.agent_id.to_string());
        self.throttle.take(throttle::SIGN_IN, &key, self.now())?;
        let row = self.load_agent(agent.workspace_id, agent.agent_id).await?;
        let hash = self.open_password(&row).await?;
        if !self.hasher.verify(password, hash).await? {
            let message = "this is not your password";
            return Err(AppError::invalid(field, "wrong_password", message));
        }
        self.throttle.forget(throttle::SIGN_IN, &key);
        Ok(row)
    }

    async fn seal_new_password(
        &self,
        row: &store::Agent,
        field: &'static str,
        password: String,
    ) -> Result<vault::Sealed<policy::Credentials>, AppError> {
        let key = self.keyring.person(row.workspace_id, row.person_id).await?;
        let fields = AgentFields::new(row.workspace_id, row.agent_id, &key);
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let known = vec![fields.email(&row.email, &permit)?];
        let hash = self.hash_new_password(field, password, known).await?;
        Ok(fields.seal_password(hash, self.random()))
    }
}

/// The agent a link acts on.
pub(crate) fn parse_subject(text: &str) -> Result<domain::AgentId, AppError> {
    text.parse()
        .map_err(|_| AppError::Internal("link.subject_id names no agent".to_owned()))
}
