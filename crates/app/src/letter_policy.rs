//! Letters about a new version of the policy: once for each material version, to everybody who has an account,
//! and to whoever asked for them.
//!
//! Why nobody else: `[notice] email_accounts` speaks of accounts. A visitor's address was given for answers
//! to their conversation, nothing about their records changes before their own answer, and the widget asks
//! them when they are there; so no letter goes to it unasked (clauses 22, 73).
//! Must not know: SMTP.

use domain::{AgentId, AgentState, WorkspaceId};
use policy::{AccountManage, Change, Class, Policy, diff};

use crate::{
    App,
    agent::agent_limit,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter_text::{self, VersionWords},
};

/// Workspaces handled in one round of housekeeping.
const WORKSPACES_MAX: i64 = 50;
/// Changes told in a letter; the page tells all.
const TOLD_MAX: usize = 12;

impl App {
    /// Queues the letters about the newest material version, for workspaces that have not had them.
    ///
    /// # Errors
    /// `Unavailable` or `Full` if the database does not answer or cannot write.
    pub(crate) async fn spread_notices(&self) -> Result<(), AppError> {
        let newest = self.versions.newest_material();
        let Some(newest) = newest.filter(|newest| newest.version > 1) else {
            return Ok(());
        };
        self.spread_to_subscribers(newest.version).await?;
        let policy = self.version(newest.version).await?;
        let promised = |policy: &Policy| policy.file().notice.email_accounts;
        if !promised(&policy) && !promised(&self.policy()) {
            return Ok(());
        }
        let version = i64::from(newest.version);
        let waiting: Vec<WorkspaceId> = self
            .store
            .data
            .read(move |tx| store::list_unnoticed(tx, version, WORKSPACES_MAX))
            .await
            .map_err(AppError::from)?;
        for workspace_id in waiting {
            self.queue_notices(workspace_id, version).await?;
        }
        Ok(())
    }

    /// The mark and every letter in one transaction: nobody is written to twice, and nobody is left out.
    async fn queue_notices(&self, workspace_id: WorkspaceId, version: i64) -> Result<(), AppError> {
        let agents = self
            .store
            .data
            .read(move |tx| store::list_agents(tx, workspace_id, agent_limit()));
        let agents: Vec<store::Agent> = agents.await.map_err(AppError::from)?;
        let jobs: Vec<store::NewJob> = agents
            .iter()
            .filter(|agent| agent.state == AgentState::Active)
            .map(|agent| {
                let reference = format!("{version}.{}", agent.agent_id);
                self.new_job(workspace_id, JobKind::PolicyVersion, &reference)
            })
            .collect();
        let now = self.now();
        let queued = self.store.data.write(move |tx| {
            if !store::create_policy_notice(tx, workspace_id, version, now)? {
                return Ok(());
            }
            jobs.iter()
                .try_for_each(|job| store::enqueue_job(tx, job, now).map(drop))
        });
        queued
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Writes to one member about a version.
    pub(crate) async fn send_policy_version(
        &self,
        workspace_id: WorkspaceId,
        (version, agent_id): (u32, AgentId),
    ) -> Result<JobOutcome, AppError> {
        let row = self.load_agent(workspace_id, agent_id).await?;
        let terms = self.load_terms(workspace_id, row.person_id).await?;
        if row.state != AgentState::Active || terms.version >= i64::from(version) {
            return Ok(JobOutcome::Done);
        }
        let from = u32::try_from(terms.version).unwrap_or(1);
        let (old, new) = (self.version(from).await?, self.version(version).await?);
        let words = self.version_words(&old, &new);
        let words = letter_text::policy_version(&words);
        self.send_to_agent::<AccountManage>(&row, words).await?;
        Ok(JobOutcome::Done)
    }
}

impl App {
    /// What is said of a version to somebody who knows an older one.
    pub(crate) fn version_words(&self, old: &Policy, new: &Policy) -> VersionWords {
        let mut changes = diff(old, new).changes;
        changes.retain(|change| change.class != Class::Wording);
        changes.sort_by_key(|change| std::cmp::Reverse(change.class));
        let (from, version) = (old.version(), new.version());
        VersionWords {
            controller: new.file().policy.controller.name.clone(),
            version,
            date: new.effective().date(),
            changes: changes.iter().take(TOLD_MAX).map(say).collect(),
            more: changes.len().saturating_sub(TOLD_MAX),
            url: format!("{}/privacy/v/{from}/to/{version}", self.settings.public_url),
        }
    }
}

fn say(change: &Change) -> String {
    format!("- {}", change.text)
}
