//! What evidence says beside the ledger's entries: versions of the policy, the sweeper, what it deleted.
//!
//! Must not know: the words it is said in.

use ledger::{Part, Scope, Tally};
use policy::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{EvidenceAbout, EvidenceOrder, Snapshot, Survey};
use crate::{
    App,
    error::AppError,
    policy_chain::PublishedVersion,
    purge::{PurgeRunView, SweeperView, run_view},
};

/// The program that makes it.
const BUILD: &str = concat!("chatham ", env!("CARGO_PKG_VERSION"));

/// Everything the summary tells and the facts hold.
pub(super) struct Told {
    pub(super) build: String,
    pub(super) host: String,
    pub(super) made_at: Timestamp,
    pub(super) scope: Scope,
    pub(super) period: (Option<Timestamp>, Option<Timestamp>),
    pub(super) ledger_size: u64,
    pub(super) places: (u64, u64),
    pub(super) key: String,
    pub(super) policy: Vec<PublishedVersion>,
    pub(super) versions: Vec<Part>,
    pub(super) sweeper: SweeperView,
    pub(super) purges: Vec<PurgeRunView>,
    pub(super) tally: Tally,
}

impl App {
    pub(super) async fn tell(
        &self,
        order: EvidenceOrder,
        snapshot: Snapshot,
        survey: &Survey,
    ) -> Result<Told, AppError> {
        let policy = self.list_published_versions().await?;
        let (scope, period) = match order.about {
            EvidenceAbout::Period { from, to } => (Scope::Period, (from, to)),
            EvidenceAbout::Person(_) => (Scope::Person, (None, None)),
            EvidenceAbout::Entry(_) => (Scope::Entry, (None, None)),
        };
        let purges = if scope == Scope::Period {
            self.purges_of(order, period).await?
        } else {
            Vec::new()
        };
        Ok(Told {
            build: BUILD.to_owned(),
            host: self.settings.public_url.clone(),
            made_at: snapshot.made_at,
            scope,
            period,
            ledger_size: snapshot.size,
            places: (survey.from, survey.to),
            key: self.ledger_key(order.workspace_id)?.to_string(),
            versions: self.version_parts(&policy).await?,
            policy,
            sweeper: self.sweeper().await?,
            purges,
            tally: survey.tally.clone(),
        })
    }

    async fn purges_of(
        &self,
        order: EvidenceOrder,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<Vec<PurgeRunView>, AppError> {
        let workspace_id = order.workspace_id;
        let runs = self
            .store
            .data
            .read(move |tx| store::list_purge_runs(tx, workspace_id));
        let runs: Vec<store::PurgeRun> = runs.await.map_err(AppError::from)?;
        let runs = runs.into_iter().filter(|run| {
            from.is_none_or(|from| run.ran_at >= from) && to.is_none_or(|to| run.ran_at < to)
        });
        Ok(runs.map(run_view).collect())
    }

    /// The versions of the policy, each with the proof of its entry in the host's ledger.
    async fn version_parts(&self, policy: &[PublishedVersion]) -> Result<Vec<Part>, AppError> {
        let host = self.first_workspace().await?;
        let mut parts = Vec::with_capacity(policy.len());
        for version in policy.iter().rev() {
            let receipt = match (host, version.ledger_index) {
                (Some(host), Some(index)) => Some(Box::new(self.receipt(host, index).await?)),
                _ => None,
            };
            parts.push(Part::Policy {
                version: version.version,
                hash: version.hash.clone(),
                effective_at: version.effective_at.micros(),
                material: version.material,
                receipt,
            });
        }
        Ok(parts)
    }
}

impl Told {
    /// The facts as parts.
    pub(super) fn facts(&self) -> Result<Vec<Part>, AppError> {
        let period = json!({
            "from": self.period.0.map(Timestamp::micros),
            "to": self.period.1.map(Timestamp::micros),
            "first_entry": self.places.0,
            "end": self.places.1,
            "ledger_size": self.ledger_size,
        });
        Ok(vec![
            fact("scope", &period)?,
            fact("tally", &self.tally)?,
            fact("sweeper", &self.sweeper)?,
            fact("purge_runs", &self.purges)?,
        ])
    }
}

fn fact(name: &str, value: &impl Serialize) -> Result<Part, AppError> {
    let value = serde_json::to_value(value);
    Ok(Part::Fact {
        name: name.to_owned(),
        value: value.map_err(|error| AppError::Internal(error.to_string()))?,
    })
}
