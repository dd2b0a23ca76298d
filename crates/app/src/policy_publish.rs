//! Publishing a version: checked, chained, past the notice gate, logged and entered, then put in place of the
//! operator's file (clauses 72-75).
//!
//! Why the file last: the log decides what may rule, and a start that finds a prepared file finishes it.
//! Must not know: HTTP, the terminal.

use policy::{
    Diagnostic, Policy, Timestamp,
    chain::{self, StartRefusal},
};
use serde::Serialize;
use store::{Store, StoreError};
use thiserror::Error;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, RIGHTS},
    error::{AppError, FieldError},
    policy_chain::{entry, logged_version, row},
    policy_file::PolicyFile,
};

/// Who publishes from the terminal, as the ledger calls them.
pub const OPERATOR: &str = "operator";

/// Why a version was not published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The text is no valid policy.
    #[error("the policy is not valid: {} faults", .0.len())]
    Faults(Vec<Diagnostic>),
    /// It may not follow the last logged version now.
    #[error(transparent)]
    Refused(#[from] StartRefusal),
    /// The log or the file could not be written.
    #[error(transparent)]
    App(#[from] AppError),
}

/// A version that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublishedView {
    /// Its number.
    pub version: u32,
    /// Hash of its text, as in the ledger.
    pub hash: String,
    /// From when it rules.
    pub effective: String,
    /// Whether it changes something material.
    pub material: bool,
    /// Whether it rules already.
    pub rules: bool,
}

impl From<StoreError> for PublishError {
    fn from(error: StoreError) -> Self {
        Self::App(match error {
            StoreError::Conflict(_) => {
                let detail = "another version was published at this moment; look at it first";
                AppError::conflict("policy_version_taken", detail)
            }
            other => other.into(),
        })
    }
}

impl From<PublishError> for AppError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Faults(faults) => Self::Invalid(faults.iter().map(field_fault).collect()),
            PublishError::Refused(refusal) => Self::Denied(refusal.refusal()),
            PublishError::App(error) => error,
        }
    }
}

/// Publishes a version: logs it, enters it in the ledger of the host's workspace and replaces the file.
/// Publishing the version that was logged last changes nothing.
///
/// # Errors
/// `Faults` with every fault of the text, `Refused` by the chain of versions or the notice gate, `App` if
/// log or file cannot be written.
pub async fn publish_policy(
    store: &Store,
    file: &PolicyFile,
    text: &str,
    (by, now): (&str, Timestamp),
) -> Result<PublishedView, PublishError> {
    let new = Policy::parse(text).map_err(PublishError::Faults)?;
    file.prepare(text)?;
    let view = match log(store, new, by.to_owned(), now).await {
        Ok(view) => view,
        Err(error) => {
            file.discard();
            return Err(error);
        }
    };
    file.replace().map_err(|error| {
        let path = file.path().display();
        let detail = format!(
            "version {} is logged, but {path} could not be replaced: {error}; the next start tries again",
            view.version
        );
        PublishError::App(AppError::Unavailable(detail))
    })?;
    Ok(view)
}

/// Finishes or forgets what a publishing left behind that was cut off. Called before the file is read.
///
/// # Errors
/// `Unavailable` if the database or the file does not answer.
pub async fn settle_policy_file(store: &Store, file: &PolicyFile) -> Result<(), AppError> {
    let away = |error: std::io::Error| AppError::Unavailable(format!("the policy file: {error}"));
    let Some(prepared) = file.prepared().map_err(away)? else {
        return Ok(());
    };
    let newest: Option<store::PolicyVersionRow> = store
        .data
        .read(store::find_newest_policy_version)
        .await
        .map_err(AppError::from)?;
    if newest.is_some_and(|newest| newest.body == prepared) {
        return file.replace().map_err(away);
    }
    file.discard();
    Ok(())
}

async fn log(
    store: &Store,
    new: Policy,
    by: String,
    now: Timestamp,
) -> Result<PublishedView, PublishError> {
    let logged = store.data.write(move |tx| {
        let logged = store::list_policy_versions(tx)?;
        let logged: Vec<_> = logged.into_iter().map(logged_version).collect();
        let latest = store::latest_time(tx, now)?;
        let decision = chain::check_from(&logged, &new, now, latest)?;
        let last = logged.last().is_some_and(|last| last.material);
        let material = decision.log.as_ref().map_or(last, |log| log.material);
        if let Some(log) = &decision.log {
            let row = row(log, now);
            store::create_policy_version(tx, &row)?;
            if let Some(workspace_id) = store::find_host_workspace(tx)? {
                let index = store::append_entry(tx, workspace_id, &entry(&row, &by, now))?;
                store::update_policy_version_entry(tx, row.version, index)?;
            }
        }
        Ok::<_, PublishError>(PublishedView {
            version: new.version(),
            hash: new.hash().to_owned(),
            effective: new.effective().to_string(),
            material,
            rules: decision.waiting.is_none(),
        })
    });
    logged.await
}

impl App {
    /// Publishes a version from the console.
    ///
    /// # Errors
    /// `Forbidden` for other roles and for workspaces other than the host's: the policy is the host's;
    /// `Invalid` with line and column of each fault, `Denied` by the chain or the notice gate,
    /// `policy_file_not_writable`, `Unavailable`.
    pub async fn publish_policy(
        &self,
        agent: &Agent,
        text: &str,
    ) -> Result<PublishedView, AppError> {
        self.require_host(agent).await?;
        let Some(file) = &self.settings.policy_file else {
            let detail = "this server has no policy file: publish at the terminal";
            return Err(AppError::conflict("policy_file_not_writable", detail));
        };
        let by = format!("{} {}", agent.role.key(), agent.agent_id);
        let published = publish_policy(&self.store, file, text, (&by, self.now())).await?;
        self.renew_policy().await?;
        Ok(published)
    }

    /// Whether the agent may act on the policy: by role, and as a member of the host's workspace.
    pub(crate) async fn require_host(&self, agent: &Agent) -> Result<(), AppError> {
        agent.require(RIGHTS)?;
        let host: Option<domain::WorkspaceId> = self
            .store
            .data
            .read(store::find_host_workspace)
            .await
            .map_err(AppError::from)?;
        if host == Some(agent.workspace_id) {
            return Ok(());
        }
        Err(AppError::Forbidden)
    }
}

fn field_fault(fault: &Diagnostic) -> FieldError {
    let (line, column) = (fault.line, fault.column);
    let message = format!(
        "line {line}, column {column}: {}; {}",
        fault.what, fault.mend
    );
    FieldError::new("text", fault.code, message)
}
