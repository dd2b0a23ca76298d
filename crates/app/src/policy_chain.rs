//! The chain of policy versions at start: log a new one, let the one in force rule, refuse everything else
//! (clauses 72, 73, 75).
//!
//! Must not know: where the file is; when it is effective (`policy::chain`).

use std::collections::BTreeMap;

use ledger::{Entry, EntryKind};
use policy::{
    Policy, Timestamp,
    chain::{self, LoggedVersion, StartRefusal},
};
use store::{PolicyVersionRow, Store};
use thiserror::Error;

use crate::{App, error::AppError, policy_publish::OPERATOR};

/// Why the server must not start.
#[derive(Debug, Error)]
pub enum PolicyStartError {
    /// The file may not rule.
    #[error(transparent)]
    Refused(#[from] StartRefusal),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] store::StoreError),
}

/// What a start acts on.
#[derive(Debug, Clone)]
pub struct PolicyStart {
    /// The version that rules now.
    pub ruling: Policy,
    /// The file, while it waits for its date.
    pub waiting: Option<Policy>,
}

/// A version as it is shown for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedVersion {
    /// Its number.
    pub version: i64,
    /// When it was published.
    pub published_at: Timestamp,
    /// From when it rules.
    pub effective_at: Timestamp,
    /// Whether it changed something material.
    pub material: bool,
    /// Hash of its exact bytes.
    pub hash: String,
    /// Its entry in the host's ledger; none until there is one.
    pub ledger_index: Option<u64>,
}

/// Checks the file against the log of versions and logs it if it is new.
///
/// # Errors
/// `Refused` as `policy-spec` section 3 says; `Store` if the database does not answer.
pub async fn start_policy(
    store: &Store,
    file: Policy,
    now: Timestamp,
) -> Result<PolicyStart, PolicyStartError> {
    let started = store.data.write(move |tx| {
        let logged = store::list_policy_versions(tx)?;
        let logged: Vec<_> = logged.into_iter().map(logged_version).collect();
        let latest = store::latest_time(tx, now)?;
        let decision = chain::check_from(&logged, &file, now, latest)?;
        if let Some(new) = &decision.log {
            store::create_policy_version(tx, &row(new, now))?;
        }
        Ok(PolicyStart {
            ruling: decision.ruling,
            waiting: decision.waiting,
        })
    });
    started.await
}

impl App {
    /// Enters logged versions into the ledger of the host's workspace, once there is one; how many.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if the database does not answer or cannot write.
    pub async fn enter_policy_versions(&self) -> Result<usize, AppError> {
        let now = self.now();
        let entered = self.store.data.write(move |tx| {
            let Some(workspace_id) = store::find_host_workspace(tx)? else {
                return Ok(0);
            };
            let mut entered = 0;
            let logged = store::list_policy_versions(tx)?;
            for version in logged
                .iter()
                .filter(|version| version.ledger_index.is_none())
            {
                let index = store::append_entry(tx, workspace_id, &entry(version, OPERATOR, now))?;
                store::update_policy_version_entry(tx, version.version, index)?;
                entered += 1;
            }
            Ok(entered)
        });
        entered
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Lets a logged version rule whose date has come; whether another one rules now.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer; `Internal` if the log cannot be read.
    pub async fn renew_policy(&self) -> Result<bool, AppError> {
        let logged = self.logged_versions().await?;
        self.remember_versions(&logged);
        let Some(newest) = logged.last() else {
            return Ok(false);
        };
        let file = parse(&newest.text)?;
        let decision = chain::check(&logged, &file, self.now())
            .map_err(|refusal| AppError::Internal(refusal.to_string()))?;
        let current = self.policy();
        let same = current.version() == decision.ruling.version()
            && current.last_material() == decision.ruling.last_material();
        if !same {
            self.replace_policy(decision.ruling);
        }
        Ok(!same)
    }

    /// A published version by its number: the file as it was logged.
    ///
    /// # Errors
    /// `NotFound` if there is none; `Unavailable` if the database does not answer.
    pub async fn get_policy_version(&self, version: i64) -> Result<Policy, AppError> {
        let found: Option<PolicyVersionRow> = self
            .store
            .data
            .read(move |tx| store::find_policy_version(tx, version))
            .await
            .map_err(AppError::from)?;
        parse(&found.ok_or(AppError::NotFound)?.body)
    }

    /// Every published version, newest first.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn list_published_versions(&self) -> Result<Vec<PublishedVersion>, AppError> {
        let heads: Vec<store::PolicyHead> = self
            .store
            .data
            .read(store::list_policy_heads)
            .await
            .map_err(AppError::from)?;
        let view = |head: store::PolicyHead| PublishedVersion {
            version: head.version,
            published_at: head.logged_at,
            effective_at: head.effective_at,
            material: head.material,
            hash: head.hash,
            ledger_index: head.ledger_index,
        };
        Ok(heads.into_iter().map(view).collect())
    }

    /// Every logged version, oldest first.
    pub(crate) async fn logged_versions(&self) -> Result<Vec<LoggedVersion>, AppError> {
        let rows: Vec<PolicyVersionRow> = self
            .store
            .data
            .read(store::list_policy_versions)
            .await
            .map_err(AppError::from)?;
        Ok(rows.into_iter().map(logged_version).collect())
    }
}

pub(crate) fn parse(text: &str) -> Result<Policy, AppError> {
    Policy::parse(text).map_err(|faults| {
        AppError::Internal(format!("a logged policy has {} faults", faults.len()))
    })
}

pub(crate) fn logged_version(row: PolicyVersionRow) -> LoggedVersion {
    LoggedVersion {
        version: u32::try_from(row.version).unwrap_or(0),
        hash: row.hash,
        effective: row.effective_at,
        material: row.material,
        text: row.body,
    }
}

pub(crate) fn row(version: &LoggedVersion, now: Timestamp) -> PolicyVersionRow {
    PolicyVersionRow {
        version: i64::from(version.version),
        hash: version.hash.clone(),
        body: version.text.clone(),
        effective_at: version.effective,
        material: version.material,
        logged_at: now,
        ledger_index: None,
    }
}

pub(crate) fn entry(version: &PolicyVersionRow, by: &str, now: Timestamp) -> Entry {
    let details = [
        ("version", version.version.to_string()),
        ("hash", version.hash.clone()),
        ("effective_at", version.effective_at.micros().to_string()),
        ("material", version.material.to_string()),
        ("published_by", by.to_owned()),
    ];
    Entry {
        kind: EntryKind::PolicyVersion,
        at: now.micros(),
        subject: None,
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}
