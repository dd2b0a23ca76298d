//! The second factor: time codes (RFC 6238) and recovery codes for when the device is lost.
//!
//! Why steps are remembered: a code seen over a shoulder must not work a second time.
//! Must not know: pictures of codes.

use domain::{AgentId, WorkspaceId};
use policy::{Credentials, Reading};
use serde::Serialize;
use totp_rs::{Builder, Secret, Totp};
use utoipa::ToSchema;
use vault::Sealed;

use crate::{
    App,
    actor::Agent,
    agent::{AccessAct, access_entry},
    agent_field::{AgentFields, TotpState},
    error::AppError,
    throttle,
};

/// Recovery codes made at once.
const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: 50 random bits.
const RECOVERY_LENGTH: usize = 10;
/// Without the letters and digits that are taken for each other.
const RECOVERY_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Steps before and after the current one whose codes are taken: clocks differ.
const SKEW: u16 = 1;

/// A secret not yet confirmed, for the agent's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TotpStart {
    /// The secret, base32, to type in.
    pub secret: String,
    /// The same as an `otpauth:` address, to show as a QR code.
    pub uri: String,
}

/// How a sign-in proved itself beyond the password; used up in its transaction.
pub(crate) enum SecondFactor {
    /// The member has none.
    None,
    /// A time code of this step.
    Step(i64),
    /// A recovery code: what is kept before and after.
    Recovery {
        before: Sealed<Credentials>,
        after: Sealed<Credentials>,
    },
}

impl SecondFactor {
    /// Makes sure that the same proof does not work again.
    pub(crate) fn use_up(
        &self,
        tx: &mut store::Tx<'_>,
        workspace_id: WorkspaceId,
        agent_id: AgentId,
    ) -> Result<(), AppError> {
        let fresh = match self {
            Self::None => true,
            Self::Step(step) => store::use_totp_step(tx, workspace_id, agent_id, *step)?,
            Self::Recovery { before, after } => {
                store::replace_recovery(tx, workspace_id, agent_id, before, after)?
            }
        };
        if fresh {
            return Ok(());
        }
        Err(wrong_code())
    }
}

fn wrong_code() -> AppError {
    AppError::Unauthenticated(policy::RefusalCode::WrongCode)
}

impl App {
    /// Begins a second factor: a fresh secret, in force once a code confirms it.
    ///
    /// # Errors
    /// `Invalid` if the password is wrong; `Conflict` if the second factor is on; `TooMany`.
    pub async fn start_totp(&self, agent: &Agent, password: String) -> Result<TotpStart, AppError> {
        let row = self.prove_password(agent, "password", password).await?;
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let fields = AgentFields::new(agent.workspace_id, agent.agent_id, &key);
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let now_on = fields.totp(row.totp.as_ref(), &permit)?;
        if now_on.is_some_and(|state| state.confirmed) {
            let detail = "the second factor is on: turn it off first";
            return Err(AppError::conflict("totp_enabled", detail));
        }
        let secret = Secret::from(self.random::<20>().to_vec());
        let email = fields.email(&row.email, &permit)?;
        let start = TotpStart {
            secret: secret.to_base32(),
            uri: totp(secret, &email)?
                .to_url()
                .map_err(|error| AppError::Internal(error.to_string()))?,
        };
        let state = TotpState {
            secret: start.secret.clone(),
            confirmed: false,
        };
        let sealed = fields.seal_totp(&state, self.random())?;
        let owner = *agent;
        let stored = self.store.data.write(move |tx| {
            let (workspace_id, agent_id) = (owner.workspace_id, owner.agent_id);
            store::update_agent_totp(tx, workspace_id, agent_id, Some(&sealed), None)
        });
        stored.await.map_err(AppError::from)?;
        Ok(start)
    }

    /// Puts the second factor in force with a first code; the recovery codes, shown this once.
    ///
    /// # Errors
    /// `Invalid` if the code is wrong; `Conflict` if none was begun; `TooMany`.
    pub async fn confirm_totp(&self, agent: &Agent, code: &str) -> Result<Vec<String>, AppError> {
        let row = self.load_agent(agent.workspace_id, agent.agent_id).await?;
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let fields = AgentFields::new(agent.workspace_id, agent.agent_id, &key);
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let begun = fields.totp(row.totp.as_ref(), &permit)?;
        let Some(mut state) = begun.filter(|state| !state.confirmed) else {
            let detail = "begin the second factor first";
            return Err(AppError::conflict("totp_not_begun", detail));
        };
        self.take_code_attempt(agent.agent_id)?;
        let wrong = || AppError::invalid("code", "wrong_code", "this is not the current code");
        let step = self.step_of(&state.secret, code)?.ok_or_else(wrong)?;
        state.confirmed = true;
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| self.new_recovery_code())
            .collect();
        let digests: Vec<String> = codes
            .iter()
            .map(|code| fields.recovery_digest(&normal(code)))
            .collect();
        let totp = fields.seal_totp(&state, self.random())?;
        let recovery = fields.seal_recovery(&digests, self.random())?;
        let (owner, now) = (*agent, self.now());
        let stored = self.store.data.write(move |tx| {
            let (workspace_id, agent_id) = (owner.workspace_id, owner.agent_id);
            SecondFactor::Step(step)
                .use_up(tx, workspace_id, agent_id)
                .map_err(|_| wrong())?;
            let (totp, recovery) = (Some(&totp), Some(&recovery));
            store::update_agent_totp(tx, workspace_id, agent_id, totp, recovery)?;
            let entry = access_entry(AccessAct::TotpOn, agent_id, None, owner.role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            Ok::<_, AppError>(())
        });
        stored.await?;
        Ok(codes)
    }

    /// Turns the second factor off, recovery codes included.
    ///
    /// # Errors
    /// `Invalid` if the password is wrong; `TooMany`.
    pub async fn remove_totp(&self, agent: &Agent, password: String) -> Result<(), AppError> {
        self.prove_password(agent, "password", password).await?;
        let (owner, now) = (*agent, self.now());
        let stored = self.store.data.write(move |tx| {
            let (workspace_id, agent_id) = (owner.workspace_id, owner.agent_id);
            store::update_agent_totp(tx, workspace_id, agent_id, None, None)?;
            let entry = access_entry(AccessAct::TotpOff, agent_id, None, owner.role, now);
            store::append_entry(tx, workspace_id, &entry)?;
            Ok(())
        });
        stored
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// What a sign-in proves beyond the password. `codes`: time code, recovery code.
    pub(crate) async fn second_factor(
        &self,
        agent: &store::Agent,
        codes: (Option<&str>, Option<&str>),
    ) -> Result<SecondFactor, AppError> {
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let fields = AgentFields::new(agent.workspace_id, agent.agent_id, &key);
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let state = fields.totp(agent.totp.as_ref(), &permit)?;
        let Some(state) = state.filter(|state| state.confirmed) else {
            return Ok(SecondFactor::None);
        };
        if codes == (None, None) {
            return Err(AppError::Unauthenticated(policy::RefusalCode::TotpRequired));
        }
        self.take_code_attempt(agent.agent_id)?;
        let (Some(code), None) = (codes.1, codes.0) else {
            let code = codes.0.unwrap_or_default();
            let step = self.step_of(&state.secret, code)?;
            return step.map(SecondFactor::Step).ok_or_else(wrong_code);
        };
        let before = agent.recovery.clone().ok_or_else(wrong_code)?;
        let mut digests = fields.recovery(&before, &permit)?;
        let digest = fields.recovery_digest(&normal(code));
        let kept = digests.len();
        digests.retain(|known| !vault::same(known.as_bytes(), digest.as_bytes()));
        if digests.len() == kept {
            return Err(wrong_code());
        }
        let after = fields.seal_recovery(&digests, self.random())?;
        Ok(SecondFactor::Recovery { before, after })
    }

    fn take_code_attempt(&self, agent_id: AgentId) -> Result<(), AppError> {
        let key = crate::token_hash(&agent_id.to_string());
        self.throttle
            .take(throttle::SECOND_FACTOR, &key, self.now())
    }

    /// The step whose code this is, if it is of now.
    fn step_of(&self, secret: &str, code: &str) -> Result<Option<i64>, AppError> {
        let broken = |_| AppError::Internal("agent.totp_sealed holds no secret".to_owned());
        let totp = totp(Secret::try_from_base32(secret).map_err(broken)?, "")?;
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let seconds = u64::try_from(self.now().micros() / 1_000_000).unwrap_or(0);
        let step = totp.check(&code, seconds);
        Ok(step.and_then(|step| i64::try_from(step).ok()))
    }

    fn new_recovery_code(&self) -> String {
        let random = self.random::<RECOVERY_LENGTH>();
        let mut code = String::with_capacity(RECOVERY_LENGTH + 1);
        for (at, byte) in random.iter().enumerate() {
            if at == RECOVERY_LENGTH / 2 {
                code.push('-');
            }
            let letter = RECOVERY_ALPHABET.get(usize::from(byte & 31));
            code.push(char::from(letter.copied().unwrap_or(b'a')));
        }
        code
    }
}

fn totp(secret: Secret, email: &str) -> Result<Totp, AppError> {
    Builder::new()
        .with_secret(secret)
        .with_skew(SKEW)
        .with_issuer(Some("Chatham"))
        .with_account_name(email)
        .build()
        .map_err(|error| AppError::Internal(error.to_string()))
}

/// A recovery code as it is compared: small letters and digits only.
fn normal(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_lowercase())
        .collect()
}
