//! Sessions: signing in, the list of one's browsers, and ending them everywhere at once.
//!
//! Why one answer: an unknown address, a wrong password and a disabled member look and last the same.
//! Must not know: cookies.

use domain::{AgentId, SessionId, WorkspaceId};
use policy::{
    Channel, ChildProtect, LegalDisclosure, LegalHold, Reading, Role, Subject, Timestamp,
};
use serde::Serialize;
use store::LiveSession;
use utoipa::ToSchema;

use crate::{
    App, actor::Agent, agent_field::AgentFields, authenticate::token_hash, error::AppError,
    throttle, totp::SecondFactor, workspace::WorkspaceView,
};

/// Seconds a session lives without use.
pub(crate) const SESSION_IDLE_S: i64 = store::SESSION_IDLE_S;
/// Seconds a session lives at most.
pub const SESSION_LIFETIME_S: i64 = 30 * 24 * 3_600;
/// Sessions kept for one member; the oldest goes when one more begins.
pub(crate) const KEPT: i64 = 20;
/// Seconds between two notes that a session is in use: not every request costs a commit.
const TOUCH_S: i64 = 30;

/// What a browser sends to sign in.
#[derive(Clone)]
pub struct SignIn {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Code of the second factor.
    pub totp: Option<String>,
    /// A recovery code in its place.
    pub recovery_code: Option<String>,
}

/// A session just begun: what the cookie holds.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The token, known to the browser only.
    pub token: String,
    /// Seconds the cookie lives.
    pub max_age_s: i64,
}

impl SignedIn {
    pub(crate) const fn new(token: String) -> Self {
        Self {
            token,
            max_age_s: SESSION_LIFETIME_S,
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionView {
    /// The member.
    pub agent: OwnView,
    /// Their workspace.
    pub workspace: WorkspaceView,
    /// The version of the policy that applies.
    pub policy_version: u32,
    /// What their role may do: `answer`, `manage`, `erase`, `policy`, `protect`.
    pub permissions: Vec<&'static str>,
}

/// A member as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Role.
    pub role: &'static str,
    /// `online` or `away`.
    pub availability: &'static str,
    /// Whether the second factor is on.
    pub totp_enabled: bool,
}

/// One of the member's browsers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionEntry {
    /// Id.
    pub id: String,
    /// When it signed in.
    pub created_at: i64,
    /// When it was last used.
    pub last_seen_at: i64,
    /// Whether it is this one.
    pub current: bool,
}

impl App {
    /// Signs in by address and password, and by the second factor where the member has one.
    ///
    /// # Errors
    /// `Unauthenticated` (`wrong_credentials`, `totp_required`, `wrong_code`); `TooMany` after many failures.
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, AppError> {
        let index = self.login_index(&sign_in.email);
        self.throttle.take(throttle::SIGN_IN, &index, self.now())?;
        let agent = self.check_password(index, &sign_in.password).await?;
        self.throttle.forget(throttle::SIGN_IN, &index);
        let factor = self.check_second_factor(&agent, &sign_in).await?;
        let (workspace_id, agent_id) = (agent.workspace_id, agent.agent_id);
        let (session, token) = self.new_session(workspace_id, agent_id);
        let now = self.now();
        let begun = self.store.data.write(move |tx| {
            factor.use_up(tx, workspace_id, agent_id)?;
            Ok::<_, AppError>(store::create_session(tx, &session, KEPT, now)?)
        });
        begun.await?;
        Ok(SignedIn::new(token))
    }

    /// Passwords compared with a hash so far. A comparison is nearly all the time that an attempt takes, so
    /// attempts with the same count last the same.
    #[must_use]
    pub fn passwords_compared(&self) -> u64 {
        self.hasher.compared()
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// `Unavailable` if a database does not answer.
    pub async fn get_session(&self, agent: &Agent) -> Result<SessionView, AppError> {
        let row = self.load_agent(agent.workspace_id, agent.agent_id).await?;
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let fields = AgentFields::new(agent.workspace_id, agent.agent_id, &key);
        let totp = fields.totp(row.totp.as_ref(), &permit)?;
        let name = row.name.as_ref().map(|name| fields.name(name, &permit));
        Ok(SessionView {
            agent: OwnView {
                id: row.agent_id.to_string(),
                name: name.transpose()?.unwrap_or_default(),
                email: fields.email(&row.email, &permit)?,
                role: row.role.key(),
                availability: row.availability.key(),
                totp_enabled: totp.is_some_and(|totp| totp.confirmed),
            },
            workspace: self.get_workspace(agent).await?,
            policy_version: self.policy().version(),
            permissions: self.permissions(row.role),
        })
    }

    /// The member's browsers, newest first.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn list_sessions(&self, agent: &Agent) -> Result<Vec<SessionEntry>, AppError> {
        let (agent, limits) = (*agent, (self.now(), self.idle_since()));
        let listed = self.store.data.read(move |tx| {
            store::list_sessions(tx, agent.workspace_id, agent.agent_id, limits, KEPT)
        });
        let listed: Vec<store::ListedSession> = listed.await.map_err(AppError::from)?;
        let entries = listed.into_iter().map(|session| SessionEntry {
            current: session.session_id == agent.session_id,
            id: session.session_id.to_string(),
            created_at: session.created_at.micros(),
            last_seen_at: session.last_seen_at.micros(),
        });
        Ok(entries.collect())
    }

    /// Ends one of the member's own sessions, its streams included.
    ///
    /// # Errors
    /// `NotFound` if it is not theirs or has ended.
    pub async fn end_session(&self, agent: &Agent, session_id: SessionId) -> Result<(), AppError> {
        if policy::rule::is_off(27) {
            return Ok(());
        }
        let owner = *agent;
        let ended = self.store.data.write(move |tx| {
            store::delete_session(tx, owner.workspace_id, owner.agent_id, session_id)
        });
        if !ended.await.map_err(AppError::from)? {
            return Err(AppError::NotFound);
        }
        self.announce_end(agent.workspace_id, agent.agent_id, session_id);
        Ok(())
    }

    /// Ends all of the member's sessions but this one.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub async fn end_other_sessions(&self, agent: &Agent) -> Result<(), AppError> {
        let owner = *agent;
        let ended = self.store.data.write(move |tx| {
            let except = Some(owner.session_id);
            store::delete_sessions(tx, owner.workspace_id, owner.agent_id, except)
        });
        let ended: Vec<SessionId> = ended.await.map_err(AppError::from)?;
        self.announce_ends(agent, &ended);
        Ok(())
    }

    /// Tells the streams of ended sessions to close.
    pub(crate) fn announce_ends(&self, agent: &Agent, ended: &[SessionId]) {
        for session_id in ended {
            self.announce_end(agent.workspace_id, agent.agent_id, *session_id);
        }
    }

    /// Closes every stream of a member whose sessions have all ended.
    pub(crate) fn end_streams_of(&self, workspace_id: WorkspaceId, agent_id: AgentId) {
        let topic = bus::Topic::Agent(workspace_id, agent_id);
        self.bus.publish(topic, &bus::Signal::AllSessionsEnded);
    }

    fn announce_end(&self, workspace_id: WorkspaceId, agent_id: AgentId, session_id: SessionId) {
        let topic = bus::Topic::Agent(workspace_id, agent_id);
        self.bus
            .publish(topic, &bus::Signal::SessionEnded(session_id));
    }

    /// A session to store, and its token.
    pub(crate) fn new_session(
        &self,
        workspace_id: WorkspaceId,
        agent_id: AgentId,
    ) -> (store::NewSession, String) {
        let (token, now) = (self.new_token(), self.now());
        let session = store::NewSession {
            workspace_id,
            session_id: SessionId::new(now, self.random()),
            agent_id,
            token_hash: token_hash(&token),
            expires_at: now.plus_seconds(SESSION_LIFETIME_S),
        };
        (session, token)
    }

    /// Sessions used before this have idled too long.
    pub(crate) fn idle_since(&self) -> Timestamp {
        self.now().plus_seconds(-SESSION_IDLE_S)
    }

    /// Notes now and then that a session is in use. A note that fails costs nothing but the note.
    pub(crate) async fn touch(&self, session: &LiveSession) {
        let now = self.now();
        if now < session.last_seen_at.plus_seconds(TOUCH_S) {
            return;
        }
        let (workspace_id, session_id) = (session.workspace_id, session.session_id);
        let touched = self
            .store
            .data
            .write(move |tx| store::touch_session(tx, workspace_id, session_id, now));
        if let Err::<(), store::StoreError>(error) = touched.await {
            tracing::debug!(%error, "cannot note the use of a session");
        }
    }

    /// Look-up key of an address over the installation; also of texts that are none.
    pub(crate) fn login_index(&self, email: &str) -> [u8; 32] {
        let normal = domain::EmailAddress::parse(email);
        let text = normal.map_or_else(|_| email.to_owned(), domain::EmailAddress::into_string);
        self.login.blind_index(&text)
    }

    /// The member with this address and password. Somebody unknown costs the same time.
    async fn check_password(
        &self,
        index: [u8; 32],
        password: &str,
    ) -> Result<store::Agent, AppError> {
        let wrong = || AppError::Unauthenticated(policy::RefusalCode::WrongCredentials);
        let found = self
            .store
            .data
            .read(move |tx| store::list_logins(tx, &index))
            .await
            .map_err(AppError::from)?;
        if found.is_empty() {
            self.hasher.verify(password.to_owned(), None).await?;
            return Err(wrong());
        }
        for agent in found {
            let hash = self.open_password(&agent).await?;
            if self.hasher.verify(password.to_owned(), hash).await? {
                return Ok(agent);
            }
        }
        Err(wrong())
    }

    /// The hash of a member's password; `None` if they have none.
    pub(crate) async fn open_password(
        &self,
        agent: &store::Agent,
    ) -> Result<Option<String>, AppError> {
        let Some(sealed) = &agent.password else {
            return Ok(None);
        };
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let reading = Reading::own();
        let permit = self.account_permit(&reading)?;
        let fields = AgentFields::new(agent.workspace_id, agent.agent_id, &key);
        fields.password(sealed, &permit).map(Some)
    }

    fn permissions(&self, role: Role) -> Vec<&'static str> {
        let mut all = permissions(role);
        let (own, subject) = (Reading::own(), Subject::default());
        let protects = self.permit::<ChildProtect>(role, Channel::Widget, &subject, &own);
        all.extend(protects.is_ok().then_some("protect"));
        let holds = self.permit::<LegalHold>(role, Channel::Widget, &subject, &own);
        all.extend(holds.is_ok().then_some("hold"));
        let discloses = self.permit::<LegalDisclosure>(role, Channel::Widget, &subject, &own);
        all.extend(discloses.is_ok().then_some("disclose"));
        all
    }

    async fn check_second_factor(
        &self,
        agent: &store::Agent,
        sign_in: &SignIn,
    ) -> Result<SecondFactor, AppError> {
        let codes = (sign_in.totp.as_deref(), sign_in.recovery_code.as_deref());
        self.second_factor(agent, codes).await
    }
}

/// What a role may do, in the words of the console.
fn permissions(role: Role) -> Vec<&'static str> {
    use crate::actor::{ANSWERING, MANAGING, RIGHTS};
    let all = [
        ("answer", ANSWERING),
        ("manage", MANAGING),
        ("erase", RIGHTS),
        ("policy", RIGHTS),
    ];
    all.into_iter()
        .filter(|(_, roles)| roles.contains(&role))
        .map(|(permission, _)| permission)
        .collect()
}
