//! Whose periods the sweeper works by: those in force for everybody, and shorter ones of the versions that
//! people still stand on. A version that keeps longer does not reach what came before it (clause 74).
//!
//! Must not know: rules, rows.

use domain::WorkspaceId;
use policy::{Policy, Timestamp};
use store::{Due, Terms};

use crate::{
    App,
    error::AppError,
    sweep::{Counted, period},
    sweep_clock::Sight,
};

/// A version, and who stands on it; nobody in particular: the version in force, which holds for everybody.
pub(crate) struct Keeping {
    terms: Option<Terms>,
    pub(crate) policy: Policy,
}

impl App {
    /// The version in force, then each older one that somebody of the workspace stands on.
    pub(crate) async fn keepings(
        &self,
        workspace_id: WorkspaceId,
        ruling: &Policy,
    ) -> Result<Vec<Keeping>, AppError> {
        let mut keepings = vec![Keeping {
            terms: None,
            policy: ruling.clone(),
        }];
        let newest = ruling.last_material();
        if newest <= 1 {
            return Ok(keepings);
        }
        let older = self
            .store
            .data
            .read(move |tx| store::list_older_terms(tx, workspace_id, i64::from(newest)));
        let older: Vec<Terms> = older.await.map_err(AppError::from)?;
        for terms in older {
            if let Some(policy) = self.terms_under(terms).await? {
                keepings.push(Keeping {
                    terms: Some(terms),
                    policy,
                });
            }
        }
        Ok(keepings)
    }
}

impl Keeping {
    /// What of these people's conversations is past its time; none: an act of theirs ends it.
    pub(crate) fn due(&self, sight: Sight) -> Option<(Counted, Due)> {
        let (counted, period_s) = period(&self.policy, "message.body")?;
        let due = Due {
            before: sight.before(period_s),
            quiet_before: sight.before(period_s + policy::QUIET_S),
            terms: self.terms,
        };
        Some((counted, due))
    }
}

/// The shortest of the periods, as time before which something is past it.
pub(crate) fn shortest(
    keepings: &[Keeping],
    sight: Sight,
    seconds: impl Fn(&Policy) -> Option<i64>,
) -> Option<Timestamp> {
    let periods = keepings.iter().filter_map(|it| seconds(&it.policy));
    periods.min().map(|period_s| sight.before(period_s))
}
