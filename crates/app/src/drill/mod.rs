//! The drill: thirty days on a simulated clock, under the policy in force, with made-up visitors in databases of
//! its own that are gone afterwards.
//!
//! Why: a privacy officer sees what the program does by itself before anybody depends on it. Nothing is acted: the
//! same use cases run as for real people, and each day is one round of housekeeping. What did not happen is not
//! told.
//! Must not know: HTTP, who the real visitors are.

mod cast;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use ledger::EvidenceReader;
use policy::{Clock, Timestamp};
use serde::Serialize;
use store::{PolicyVersionRow, Store, StoreError};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::{
    App, EvidenceAbout, Settings,
    actor::{Agent, RIGHTS},
    app::Parts,
    egress::EgressSettings,
    error::AppError,
};
use cast::Cast;

/// Days that a drill lasts.
pub const DRILL_DAYS: u16 = 30;
const MICROS_A_DAY: i64 = 86_400 * 1_000_000;

/// One drill at a time: it works as hard as the machine lets it.
pub(crate) struct Drilling(Semaphore);

impl Default for Drilling {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

/// Who a step is about. None of them is a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrillRole {
    /// Asks by post to be erased; nobody does anything about it.
    Asks,
    /// Erases themselves.
    Leaves,
    /// Is a minor.
    Minor,
    /// Is held for a court, and erases themselves.
    Held,
    /// Wants no letters.
    OptsOut,
    /// Does nothing.
    Stays,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrillAct {
    /// A request was entered and left alone.
    Requested,
    /// Their record was frozen.
    Frozen,
    /// Their record was held.
    Held,
    /// They asked to be erased, which waits.
    Waits,
    /// They stopped letters.
    OptedOut,
    /// Nothing of them is left.
    Erased,
    /// The policy has no such thing.
    NotInPolicy,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrillStep {
    /// On which day, from 0.
    pub day: u16,
    /// About whom.
    pub role: DrillRole,
    /// What.
    pub act: DrillAct,
    /// Whether the program did it by itself.
    pub by_itself: bool,
    /// By when it must be done, in microseconds, for a request and for a hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<i64>,
}

/// Somebody of whom something is left at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrillLeft {
    /// Who.
    pub role: DrillRole,
    /// When what they wrote goes, as far as that is known by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_at: Option<i64>,
}

/// What thirty days came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DrillView {
    /// The version of the policy.
    pub policy_version: u32,
    /// When the simulated clock began, in microseconds.
    pub from_at: i64,
    /// Days that passed.
    pub days: u16,
    /// What happened, in order.
    pub steps: Vec<DrillStep>,
    /// Of whom something is left.
    pub left: Vec<DrillLeft>,
    /// Entries of the drill's own ledger.
    pub entries: u64,
    /// Whether its evidence held when it was checked as `chatham verify` does.
    pub verified: bool,
}

/// A clock that the drill moves.
struct DrillClock(AtomicI64);

impl Clock for DrillClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A folder that goes when the drill does.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "cannot delete the folder of a drill");
        }
    }
}

impl App {
    /// Runs a drill.
    ///
    /// # Errors
    /// `Forbidden` unless it is an owner, admin or privacy officer of the host's workspace; `Conflict` while
    /// another one runs; `Unavailable` or `Full` if its databases cannot be made.
    pub async fn drill(&self, agent: &Agent) -> Result<DrillView, AppError> {
        agent.require(RIGHTS)?;
        self.require_host(agent).await?;
        let Ok(_alone) = self.drilling.0.try_acquire() else {
            let detail = "a drill is running: look again in a moment";
            return Err(AppError::conflict("drill_running", detail));
        };
        let scratch =
            Scratch(std::env::temp_dir().join(format!("chatham-drill-{}", self.new_token())));
        let clock = Arc::new(DrillClock(AtomicI64::new(self.now().micros())));
        let app = self.stage(&scratch, Arc::clone(&clock)).await?;
        let mut cast = Cast::enter(&app).await?;
        for day in 1..=DRILL_DAYS {
            clock.0.fetch_add(MICROS_A_DAY, Ordering::Relaxed);
            cast.act(&app, day).await?;
            app.keep_house().await?;
            cast.look(&app, day).await?;
        }
        let entries = verify(&app, cast.agent()).await?;
        Ok(DrillView {
            policy_version: app.policy().version(),
            from_at: clock.now().micros() - i64::from(DRILL_DAYS) * MICROS_A_DAY,
            days: DRILL_DAYS,
            left: cast.left(&app).await?,
            steps: cast.into_steps(),
            entries: entries.unwrap_or(0),
            verified: entries.is_some(),
        })
    }

    /// An installation of its own, under the same policy, from which nothing gets out.
    async fn stage(
        &self,
        scratch: &Scratch,
        clock: Arc<DrillClock>,
    ) -> Result<Arc<Self>, AppError> {
        let store = Store::open_scratch(&scratch.0, clock.now()).await?;
        let versions = self.store.data.read(store::list_policy_versions);
        let versions: Vec<PolicyVersionRow> = versions.await.map_err(AppError::from)?;
        let logged = store.data.write(move |tx| {
            let mut each = versions.iter();
            each.try_for_each(|row| store::create_policy_version(tx, row))
        });
        logged
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        let app = Self::new(Parts {
            store,
            bus: bus::Bus::default(),
            mailer: Arc::new(mail::MemoryMailer::default()),
            mailbox: None,
            clock,
            random: self.random_source(),
            envelope: Arc::clone(&self.envelope),
            policy: self.policy().as_ref().clone(),
            settings: Settings {
                policy_file: None,
                ..self.settings.clone()
            },
            egress: EgressSettings::default(),
        });
        app.await
    }
}

/// How many entries the ledger has, if its evidence holds.
async fn verify(app: &Arc<App>, agent: &Agent) -> Result<Option<u64>, AppError> {
    let about = EvidenceAbout::Period {
        from: None,
        to: None,
    };
    let mut evidence = app.prove(agent, about).await?;
    let mut text = String::new();
    while let Some(piece) = evidence.next_piece().await? {
        text.push_str(&piece);
    }
    let mut reader = EvidenceReader::new(None);
    let whole = text.lines().try_for_each(|line| reader.line(line));
    let found = whole.and_then(|()| reader.finish());
    Ok(found.ok().map(|(evidence, _)| evidence.entries))
}
