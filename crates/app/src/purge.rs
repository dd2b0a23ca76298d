//! The record of what the sweeper deleted, for those who carry out people's rights.
//!
//! Must not know: the rules' statements.

use serde::Serialize;
use store::{PurgeRun, StoreError, SweepState};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, RIGHTS},
    error::AppError,
};

/// Seconds after a round within which the next one is expected.
const ROUND_S: i64 = 15 * 60;
const MICROS_A_SECOND: i64 = 1_000_000;

/// How the sweeper is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SweeperView {
    /// When its last whole round was, in microseconds; none before the first.
    pub last_run_at: Option<i64>,
    /// Seconds that the oldest row past its time is overdue; a sweeper that has not run for a quarter of an
    /// hour counts as overdue too.
    pub lag_s: i64,
}

/// One purge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PurgeRunView {
    /// When, in microseconds; for ids that say nothing of a person, the day.
    pub ran_at: i64,
    /// Key of the rule, such as `conversation`.
    pub rule: String,
    /// How many rows, persons or conversations went.
    pub purged: i64,
    /// The version of the policy whose period was over.
    pub policy_version: i64,
    /// Its entry in the ledger, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger_index: Option<u64>,
}

/// The record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PurgeRunsView {
    /// How the sweeper is doing.
    pub sweeper: SweeperView,
    /// Newest first, at most 500.
    pub runs: Vec<PurgeRunView>,
}

impl App {
    /// What the sweeper deleted in the workspace.
    ///
    /// # Errors
    /// `Forbidden` for roles that carry out nobody's rights; `Unavailable`.
    pub async fn list_purge_runs(&self, agent: &Agent) -> Result<PurgeRunsView, AppError> {
        agent.require(RIGHTS)?;
        let workspace_id = agent.workspace_id;
        let runs = self
            .store
            .data
            .read(move |tx| store::list_purge_runs(tx, workspace_id));
        let runs: Vec<PurgeRun> = runs
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        Ok(PurgeRunsView {
            sweeper: self.sweeper().await?,
            runs: runs.into_iter().map(run_view).collect(),
        })
    }

    /// How the sweeper is doing.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn sweeper(&self) -> Result<SweeperView, AppError> {
        let last: Option<SweepState> = self
            .store
            .data
            .read(store::find_sweep)
            .await
            .map_err(AppError::from)?;
        let now = self.now();
        Ok(last.map_or(
            SweeperView {
                last_run_at: None,
                lag_s: 0,
            },
            |last| {
                let since_s = (now.0 - last.ran_at.0) / MICROS_A_SECOND;
                let late_s = if since_s > ROUND_S { since_s } else { 0 };
                SweeperView {
                    last_run_at: Some(last.ran_at.micros()),
                    lag_s: last.lag_s.max(late_s),
                }
            },
        ))
    }
}

/// A purge as it is shown.
pub(crate) fn run_view(run: PurgeRun) -> PurgeRunView {
    PurgeRunView {
        ran_at: run.ran_at.micros(),
        rule: run.rule,
        purged: run.purged,
        policy_version: run.policy_version,
        ledger_index: run.ledger_index,
    }
}
