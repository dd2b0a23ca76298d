//! What anybody may see of how the promise is kept: the policy in force, the sweeper, the ledger.
//!
//! Must not know: HTTP, persons.

use ledger::Hash;
use serde::Serialize;
use store::{LedgerNodes, StoreError};
use utoipa::ToSchema;

use crate::{
    App, disclosure::DisclosureCountsView, error::AppError, incident::IncidentCountsView,
    purge::SweeperView,
};

/// How the promise is kept, as anybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatusView {
    /// The server's clock, in microseconds.
    pub now: i64,
    /// Whether the clock is moved by a test.
    pub test_clock: bool,
    /// The version of the policy in force.
    pub policy_version: u32,
    /// Its hash.
    pub policy_hash: String,
    /// What deletes what is past its time.
    pub sweeper: SweeperView,
    /// Breaches of the security of personal data that happened at the host's; drills are not counted.
    pub incidents: IncidentCountsView,
    /// Releases on a legal ground, of all workspaces.
    pub disclosures: DisclosureCountsView,
    /// The ledger of the host's workspace; none before there is one.
    pub ledger: Option<LedgerStatusView>,
}

/// A ledger's head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LedgerStatusView {
    /// Number of entries.
    pub size: u64,
    /// The key that signs.
    pub key: String,
    /// A checkpoint over all entries, signed now: keep it, and compare a later one with it.
    pub checkpoint: String,
}

impl App {
    /// The status.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn status(&self) -> Result<StatusView, AppError> {
        let policy = self.policy();
        Ok(StatusView {
            now: self.now().micros(),
            test_clock: self.has_test_clock(),
            policy_version: policy.version(),
            policy_hash: policy.hash().to_owned(),
            sweeper: self.sweeper().await?,
            incidents: self.incident_counts().await?,
            disclosures: self.disclosure_counts().await?,
            ledger: self.ledger_status().await?,
        })
    }

    async fn ledger_status(&self) -> Result<Option<LedgerStatusView>, AppError> {
        let head = self.store.data.read(|tx| {
            let Some(workspace_id) = store::find_host_workspace(tx)? else {
                return Ok::<_, StoreError>(None);
            };
            let size = store::ledger_size(tx, workspace_id)?;
            let root: Hash = ledger::root(size, &mut LedgerNodes::new(tx, workspace_id))?;
            Ok(Some((workspace_id, size, root)))
        });
        let Some((workspace_id, size, root)) = head.await.map_err(AppError::from)? else {
            return Ok(None);
        };
        Ok(Some(LedgerStatusView {
            size,
            key: self.ledger_key(workspace_id)?.to_string(),
            checkpoint: self.sign_checkpoint(workspace_id, size, root),
        }))
    }
}
