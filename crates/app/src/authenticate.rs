//! From a token to an actor. The database holds hashes of tokens only.

use sha2::{Digest, Sha256};

use crate::{
    App,
    actor::{Agent, Visitor},
    child::record_frozen,
    error::AppError,
};

/// The hash a token is stored as. Tokens are 256 random bits, so a plain hash cannot be guessed back.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl App {
    /// The visitor with this token.
    ///
    /// # Errors
    /// `Unauthenticated` if nobody has it (any more), `Denied` while the record is a minor's and frozen;
    /// `Unavailable` if the database does not answer.
    pub async fn authenticate_visitor(&self, token: &str) -> Result<Visitor, AppError> {
        let hash = token_hash(token);
        let found = self.store.data.read(move |tx| {
            let found = store::find_visitor_identity(tx, &hash)?;
            if found.is_none() && store::is_token_of_frozen(tx, &hash)? {
                return Err(record_frozen());
            }
            Ok::<Option<store::VisitorIdentity>, AppError>(found)
        });
        let found = found.await?;
        let found = found.ok_or(AppError::Unauthenticated(
            policy::RefusalCode::VisitorUnknown,
        ))?;
        Ok(Visitor {
            workspace_id: found.workspace_id,
            site_id: found.site_id,
            visitor_id: found.visitor_id,
            person_id: found.person_id,
            gpc: false,
        })
    }

    /// The agent with this session token: asked of the database each time, so that an ended session, a changed
    /// role and a disabled member count at once.
    ///
    /// # Errors
    /// `Unauthenticated` if the session has ended; `Unavailable` if the database does not answer.
    pub async fn authenticate_session(&self, token: &str) -> Result<Agent, AppError> {
        let (hash, now, idle_since) = (token_hash(token), self.now(), self.idle_since());
        let found: Option<store::LiveSession> = self
            .store
            .data
            .read(move |tx| store::find_live_session(tx, &hash, now, idle_since))
            .await
            .map_err(AppError::from)?;
        let found = found.ok_or(AppError::Unauthenticated(
            policy::RefusalCode::SessionExpired,
        ))?;
        self.touch(&found).await;
        Ok(Agent {
            workspace_id: found.workspace_id,
            agent_id: found.agent_id,
            person_id: found.person_id,
            role: found.role,
            session_id: found.session_id,
        })
    }
}
