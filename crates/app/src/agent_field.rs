//! The sealed fields of one agent: name, address, credentials, each at its place in the agent's row.
//!
//! Must not know: why they are opened; the permit says for what.

use domain::{AgentId, DisplayName, EmailAddress, WorkspaceId};
use policy::{
    AccountManage, ContactEmail, Credentials, DataCategory, May, Name, Permit, Personal, Purpose,
    Reading, Role, Subject,
};
use serde::{Deserialize, Serialize};
use vault::{NONCE_BYTES, Place, Sealed, SubjectKey};

use crate::{App, error::AppError};

/// Fresh nonces for the fields of one command.
type Nonce = [u8; NONCE_BYTES];

/// Seals and opens the fields of one agent.
pub(crate) struct AgentFields<'a> {
    workspace: String,
    agent: String,
    key: &'a SubjectKey,
}

/// The second factor as it is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct TotpState {
    /// The shared secret, base32.
    pub(crate) secret: String,
    /// Whether a code has shown that the agent's device knows it.
    pub(crate) confirmed: bool,
}

impl<'a> AgentFields<'a> {
    pub(crate) fn new(workspace_id: WorkspaceId, agent_id: AgentId, key: &'a SubjectKey) -> Self {
        Self {
            workspace: workspace_id.to_string(),
            agent: agent_id.to_string(),
            key,
        }
    }

    pub(crate) fn seal_name(&self, name: DisplayName, nonce: Nonce) -> Sealed<Name> {
        vault::seal(
            self.key,
            &self.place("name_sealed"),
            &name.into_personal(),
            nonce,
        )
    }

    pub(crate) fn seal_email(&self, email: &EmailAddress, nonce: Nonce) -> Sealed<ContactEmail> {
        let email = Personal::new(email.as_str().to_owned());
        vault::seal(self.key, &self.place("email_sealed"), &email, nonce)
    }

    pub(crate) fn seal_password(&self, hash: String, nonce: Nonce) -> Sealed<Credentials> {
        let place = self.place("password_sealed");
        vault::seal(self.key, &place, &Personal::new(hash), nonce)
    }

    pub(crate) fn seal_totp(
        &self,
        state: &TotpState,
        nonce: Nonce,
    ) -> Result<Sealed<Credentials>, AppError> {
        let text = serde_json::to_string(state).map_err(|_| broken("totp_sealed"))?;
        let place = self.place("totp_sealed");
        Ok(vault::seal(self.key, &place, &Personal::new(text), nonce))
    }

    pub(crate) fn seal_recovery(
        &self,
        digests: &[String],
        nonce: Nonce,
    ) -> Result<Sealed<Credentials>, AppError> {
        let text = serde_json::to_string(digests).map_err(|_| broken("recovery_sealed"))?;
        let place = self.place("recovery_sealed");
        Ok(vault::seal(self.key, &place, &Personal::new(text), nonce))
    }

    /// The keyed digest under which a recovery code is kept.
    pub(crate) fn recovery_digest(&self, code: &str) -> String {
        let digest = vault::body_mac(self.key, &self.place("recovery_sealed"), code);
        crate::token::hex(&digest)
    }

    pub(crate) fn name<P: May<Name> + Purpose>(
        &self,
        sealed: &Sealed<Name>,
        permit: &Permit<'_, P>,
    ) -> Result<String, AppError> {
        self.open("name_sealed", sealed, permit)
    }

    pub(crate) fn email<P: May<ContactEmail> + Purpose>(
        &self,
        sealed: &Sealed<ContactEmail>,
        permit: &Permit<'_, P>,
    ) -> Result<String, AppError> {
        self.open("email_sealed", sealed, permit)
    }

    pub(crate) fn password(
        &self,
        sealed: &Sealed<Credentials>,
        permit: &Permit<'_, AccountManage>,
    ) -> Result<String, AppError> {
        self.open("password_sealed", sealed, permit)
    }

    pub(crate) fn totp(
        &self,
        sealed: Option<&Sealed<Credentials>>,
        permit: &Permit<'_, AccountManage>,
    ) -> Result<Option<TotpState>, AppError> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let text = self.open("totp_sealed", sealed, permit)?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| broken("totp_sealed"))
    }

    pub(crate) fn recovery(
        &self,
        sealed: &Sealed<Credentials>,
        permit: &Permit<'_, AccountManage>,
    ) -> Result<Vec<String>, AppError> {
        let text = self.open("recovery_sealed", sealed, permit)?;
        serde_json::from_str(&text).map_err(|_| broken("recovery_sealed"))
    }

    fn open<C: DataCategory, P: May<C> + Purpose>(
        &self,
        column: &'static str,
        sealed: &Sealed<C>,
        permit: &Permit<'_, P>,
    ) -> Result<String, AppError> {
        let opened = vault::open(self.key, &self.place(column), sealed)?;
        Ok(opened.read(permit)?.clone())
    }

    fn place(&self, column: &'static str) -> Place<'_> {
        Place {
            workspace: &self.workspace,
            table: "agent",
            column,
            row: &self.agent,
        }
    }
}

fn broken(column: &str) -> AppError {
    AppError::Internal(format!("agent.{column} has not the form it was sealed in"))
}

impl App {
    /// The program's own permit for accounts: signing in, letters about them, names beside messages.
    pub(crate) fn account_permit<'reading>(
        &self,
        reading: &'reading Reading,
    ) -> Result<Permit<'reading, AccountManage>, AppError> {
        self.permit(
            Role::System,
            policy::Channel::Widget,
            &Subject::default(),
            reading,
        )
    }
}
