//! A policy file before it is published: what is wrong with it, what would change, for whom, from when.
//!
//! Why apart from publishing: looking changes nothing and may be repeated; both use the same chain and diff.
//! Must not know: HTTP.

use policy::{
    AskAgain, Change, Class, Diagnostic, Policy, Timestamp,
    chain::{self, LoggedVersion, StartRefusal},
    diff,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, actor::Agent, error::AppError};

/// What is wrong with a file, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FaultView {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub mend: String,
    /// The clause it would break, for a valid file that may not follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<u8>,
}

/// Whether a file is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyCheckView {
    /// Whether there is no fault.
    pub valid: bool,
    /// Its version, if it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Its hash, if it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// Every fault, first in the file first.
    pub faults: Vec<FaultView>,
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeView {
    /// The setting, such as `purpose.support.reply.retain`.
    pub path: String,
    /// Its value before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its value after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// `material`, `narrower` or `wording`.
    pub class: &'static str,
    /// Why it is judged so.
    pub reason: &'static str,
    /// The change in a sentence.
    pub text: String,
}

/// People who stand on one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingView {
    /// The version.
    pub version: i64,
    /// `visitor` or `agent`.
    pub kind: String,
    /// How many they are.
    pub persons: i64,
    /// Whether something material changes for them, all versions since taken together.
    pub asked: bool,
}

/// What publishing the file would do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SimulationView {
    /// Its version.
    pub version: u32,
    /// Its hash.
    pub hash: String,
    /// The version in force, which it is compared with.
    pub against: u32,
    /// Whether anything material changes.
    pub material: bool,
    /// What changes, material first.
    pub changes: Vec<ChangeView>,
    /// From when it says it rules.
    pub effective: String,
    /// The earliest lawful date, if it were published now.
    pub earliest: String,
    /// Purposes whose people must be asked again.
    pub ask_again: Vec<String>,
    /// For whom.
    pub standing: Vec<StandingView>,
    /// Why it may not be published now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<FaultView>,
}

impl App {
    /// Checks a file as it stands: every fault with line, column and mend.
    ///
    /// # Errors
    /// `Forbidden` for roles without a part in it and for workspaces other than the host's.
    pub async fn check_policy(
        &self,
        agent: &Agent,
        text: &str,
    ) -> Result<PolicyCheckView, AppError> {
        self.require_host(agent).await?;
        Ok(match Policy::parse(text) {
            Ok(policy) => PolicyCheckView {
                valid: true,
                version: Some(policy.version()),
                hash: Some(policy.hash().to_owned()),
                faults: Vec::new(),
            },
            Err(faults) => PolicyCheckView {
                valid: false,
                version: None,
                hash: None,
                faults: faults.iter().map(|fault| fault_view(fault, None)).collect(),
            },
        })
    }

    /// What would change if the file were published now, for whom, and from when it may rule.
    ///
    /// # Errors
    /// As [`Self::check_policy`]; `Invalid` if the file is not valid, `Unavailable` if the database does not
    /// answer.
    pub async fn simulate_policy(
        &self,
        agent: &Agent,
        text: &str,
    ) -> Result<SimulationView, AppError> {
        self.require_host(agent).await?;
        let new = Policy::parse(text).map_err(crate::policy_publish::PublishError::Faults)?;
        let logged = self.logged_versions().await?;
        let now = self.now();
        let latest = self.store.data.read(move |tx| store::latest_time(tx, now));
        let latest: Timestamp = latest.await.map_err(AppError::from)?;
        let decision = chain::check_from(&logged, &new, now, latest);
        let ruling = self.policy();
        let whole = diff(&ruling, &new);
        let (mut changes, ask_again) = (whole.changes, asked(whole.ask_again));
        let material = match &decision {
            Ok(decision) => decision.log.as_ref().is_some_and(|log| log.material),
            Err(StartRefusal::NoticeTooShort { .. }) => true,
            Err(_) => whole.material,
        };
        changes.sort_by_key(|change| std::cmp::Reverse(change.class));
        let last = logged.last().map_or(now, |last| last.effective);
        let earliest = if material {
            chain::earliest(&logged, &new, latest)
        } else {
            now.max(last)
        };
        Ok(SimulationView {
            version: new.version(),
            hash: new.hash().to_owned(),
            against: ruling.version(),
            material,
            changes: changes.iter().map(change_view).collect(),
            effective: new.effective().to_string(),
            earliest: whole_minute(earliest).to_string(),
            ask_again,
            standing: self.standing(&logged, &new).await?,
            refusal: decision.as_ref().err().map(refusal_view),
        })
    }

    /// How many people stand on which version, and whether the new one changes something material for them.
    async fn standing(
        &self,
        logged: &[LoggedVersion],
        new: &Policy,
    ) -> Result<Vec<StandingView>, AppError> {
        let counts: Vec<store::StandingCount> = self
            .store
            .data
            .read(store::count_standing)
            .await
            .map_err(AppError::from)?;
        let asked = |version: i64| {
            let known = logged.iter().find(|one| i64::from(one.version) == version);
            let old = known.and_then(|one| Policy::parse(&one.text).ok());
            old.is_none_or(|old| diff(&old, new).material)
        };
        Ok(counts
            .into_iter()
            .map(|count| StandingView {
                asked: asked(count.version),
                version: count.version,
                kind: count.kind,
                persons: count.persons,
            })
            .collect())
    }
}

fn asked(again: Vec<AskAgain>) -> Vec<String> {
    again.into_iter().map(|asked| asked.purpose).collect()
}

/// A date that can be pasted and still holds a little later.
const fn whole_minute(at: Timestamp) -> Timestamp {
    const MINUTE: i64 = 60_000_000;
    Timestamp((at.micros() / MINUTE + 10) * MINUTE)
}

pub(crate) fn change_view(change: &Change) -> ChangeView {
    ChangeView {
        path: change.path.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
        class: match change.class {
            Class::Material => "material",
            Class::Narrower => "narrower",
            Class::Wording => "wording",
        },
        reason: change.reason,
        text: change.text.clone(),
    }
}

fn refusal_view(refusal: &StartRefusal) -> FaultView {
    fault_view(refusal.fault(), Some(refusal.clause()))
}

fn fault_view(fault: &Diagnostic, clause: Option<u8>) -> FaultView {
    FaultView {
        line: fault.line,
        column: fault.column,
        code: fault.code,
        what: fault.what.clone(),
        mend: fault.mend.clone(),
        clause,
    }
}
