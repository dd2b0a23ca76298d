//! What an operator watches: counts and queue lengths, without a person, a workspace or an address.
//!
//! Must not know: Prometheus, connections.

use std::sync::atomic::Ordering;

use store::StoreError;

use crate::{App, error::AppError, purge::SweeperView};

/// Counts at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measures {
    /// The data database since the start.
    pub data: store::DbMeasures,
    /// The keys database since the start.
    pub keys: store::DbMeasures,
    /// Jobs that are due and wait.
    pub jobs_due: i64,
    /// Jobs that were given up.
    pub jobs_given_up: i64,
    /// Erasures that are ordered and not done, those that wait for a hold left out; at most 100.
    pub erasures_pending: usize,
    /// Erasures that wait for a hold; at most 100.
    pub erasures_held: usize,
    /// Fields revealed to personnel since the start.
    pub reveals: u64,
    /// Releases on a legal ground that a second person has not approved, or not looked at again in time.
    pub disclosures_unreviewed: i64,
    /// What deletes what is past its time.
    pub sweeper: SweeperView,
    /// The version of the policy in force.
    pub policy_version: u32,
}

impl App {
    /// Counts at this moment.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn measure(&self) -> Result<Measures, AppError> {
        let now = self.now();
        let counted = self.store.data.read(move |tx| {
            Ok::<_, StoreError>((
                store::count_due_jobs(tx, now)?,
                store::count_given_up_jobs(tx)?,
                store::list_pending_erasures(tx)?.len(),
                store::list_waiting_erasures(tx)?.len(),
            ))
        });
        let (jobs_due, jobs_given_up, erasures_pending, erasures_held) =
            counted.await.map_err(AppError::from)?;
        Ok(Measures {
            data: self.store.data.measures(),
            keys: self.store.keys.measures(),
            jobs_due,
            jobs_given_up,
            erasures_pending,
            erasures_held,
            reveals: self.reveals.load(Ordering::Relaxed),
            disclosures_unreviewed: self.disclosure_counts().await?.unreviewed,
            sweeper: self.sweeper().await?,
            policy_version: self.policy().version(),
        })
    }
}
