//! [`App`]: everything a use case needs, composed by the binary.

use std::sync::{Arc, PoisonError, RwLock, atomic::AtomicU64};

use bus::Bus;
use ledger::SigningKey;
use policy::{Ask, Channel, Clock, Permit, Policy, Purpose, Reading, Role, Subject, Timestamp};
use store::Store;
use vault::WorkspaceKeys;

use crate::{
    age::AgeLock,
    availability::Told,
    credential::Hasher,
    drill::Drilling,
    egress::{Client, EgressSettings},
    envelope::Envelope,
    error::AppError,
    evidence::Proving,
    intake::IntakeState,
    keyring::{Keyring, refuse_lost_keys},
    origin::OriginList,
    policy_file::PolicyFile,
    random::{Random, bytes},
    reading::ReadingCache,
    sweep_clock::SweepClock,
    terms::Versions,
    throttle::Throttle,
    typing::TypingLimit,
};

/// What the composition decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach the installation, such as `https://chat.example.com`, without a slash at the end.
    pub public_url: String,
    /// The demo: its mail page and shop exist.
    pub demo: bool,
    /// The operator's policy file, which a publishing replaces.
    pub policy_file: Option<PolicyFile>,
}

/// The parts the binary passes in.
pub struct Parts {
    /// The databases.
    pub store: Store,
    /// Who hears what.
    pub bus: Bus,
    /// Letters.
    pub mailer: Arc<dyn mail::Mailer>,
    /// The mailbox of the contact address, if it is read.
    pub mailbox: Option<Arc<dyn mail::Mailbox>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// What seals a copy to a public key.
    pub envelope: Arc<dyn Envelope>,
    /// The valid policy.
    pub policy: Policy,
    /// Settings.
    pub settings: Settings,
    /// The way out.
    pub egress: EgressSettings,
}

/// The program's use cases hang on this; shared by everything that runs.
pub struct App {
    /// The databases.
    pub store: Store,
    /// Who hears what.
    pub bus: Bus,
    /// Letters.
    pub mailer: Arc<dyn mail::Mailer>,
    /// The mailbox of the contact address, if it is read.
    pub mailbox: Option<Arc<dyn mail::Mailbox>>,
    /// Keys.
    pub keyring: Keyring,
    /// Settings.
    pub settings: Settings,
    pub(crate) readings: ReadingCache,
    pub(crate) typing: TypingLimit,
    pub(crate) origins: OriginList,
    pub(crate) told: Told,
    pub(crate) hasher: Hasher,
    pub(crate) throttle: Throttle,
    pub(crate) intake: IntakeState,
    pub(crate) age_lock: AgeLock,
    pub(crate) sweep_clock: SweepClock,
    pub(crate) proving: Proving,
    pub(crate) drilling: Drilling,
    pub(crate) signing: SigningKey,
    pub(crate) login: WorkspaceKeys,
    pub(crate) versions: Versions,
    pub(crate) client: Client,
    pub(crate) envelope: Arc<dyn Envelope>,
    /// Fields revealed to personnel since the start.
    pub(crate) reveals: AtomicU64,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    policy: RwLock<Arc<Policy>>,
}

impl App {
    /// Composes the parts; opens the installation's own keys.
    ///
    /// # Errors
    /// `Conflict` if the data was sealed under keys that are not there, `Unavailable` if the keys
    /// database does not answer.
    pub async fn new(parts: Parts) -> Result<Arc<Self>, AppError> {
        let Parts {
            store,
            bus,
            mailer,
            mailbox,
            clock,
            random,
            envelope,
            policy,
            settings,
            egress,
        } = parts;
        let client = Client::new(egress)
            .map_err(|error| AppError::Internal(format!("the way out: {error}")))?;
        let keyring = Keyring::new(store.keys.clone(), Arc::clone(&clock), Arc::clone(&random));
        refuse_lost_keys(&store).await?;
        let signing = SigningKey::from_bytes(&keyring.installation("sign").await?);
        let login = WorkspaceKeys::derive(&keyring.installation("login").await?, "installation");
        wake_streams(&store, &bus);
        Ok(Arc::new(Self {
            store,
            bus,
            mailer,
            mailbox,
            keyring,
            settings,
            readings: ReadingCache::default(),
            typing: TypingLimit::default(),
            origins: OriginList::default(),
            told: Told::default(),
            hasher: Hasher::default(),
            throttle: Throttle::default(),
            intake: IntakeState::default(),
            age_lock: AgeLock::default(),
            sweep_clock: SweepClock::default(),
            proving: Proving::default(),
            drilling: Drilling::default(),
            signing,
            login,
            versions: Versions::default(),
            client,
            envelope,
            reveals: AtomicU64::new(0),
            clock,
            random,
            policy: RwLock::new(Arc::new(policy)),
        }))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether the clock is the one of tests, which somebody moves.
    #[must_use]
    pub fn has_test_clock(&self) -> bool {
        self.clock.is_moved_by_hand()
    }

    /// Random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        bytes(&*self.random)
    }

    /// The source of randomness, for a unit that runs on another thread.
    #[must_use]
    pub fn random_source(&self) -> Arc<dyn Random> {
        Arc::clone(&self.random)
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another version in force.
    pub fn replace_policy(&self, policy: Policy) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }

    /// Asks the policy for a permit.
    ///
    /// # Errors
    /// `Denied` with the clause that says no.
    pub fn permit<'reading, P: Purpose>(
        &self,
        role: Role,
        channel: Channel,
        subject: &Subject,
        reading: &'reading Reading,
    ) -> Result<Permit<'reading, P>, AppError> {
        let ask = Ask {
            role,
            channel,
            subject,
            now: self.now(),
        };
        Ok(self.policy().permit::<P>(&ask, reading)?)
    }
}

/// Committed events wake the streams of their workspace and person.
fn wake_streams(store: &Store, bus: &Bus) {
    let bus = bus.clone();
    store.data.listen(Arc::new(move |announcements| {
        for announcement in announcements {
            let signal = bus::Signal::Event(announcement.event_id);
            bus.publish(bus::Topic::Workspace(announcement.workspace_id), &signal);
            if let Some(person_id) = announcement.person_id {
                bus.publish(
                    bus::Topic::Person(announcement.workspace_id, person_id),
                    &signal,
                );
            }
        }
    }));
}
