//! Background work: what kinds of job there are, and what becomes of one that fails.
//!
//! Must not know: how many run at once, and when (the runner's concern).

use domain::{AgentId, ConversationId, JobId, VisitorId, WebhookId, WorkspaceId};
use policy::Timestamp;
use store::Job;

use crate::{App, child, error::AppError};

/// Seconds one attempt may take before another process may try.
pub const JOB_LEASE_S: i64 = 120;
/// First pause after a failure; doubled each time.
const BACKOFF_FIRST_S: i64 = 15;
/// Longest pause.
const BACKOFF_MAX_S: i64 = 3_600;

/// Kinds that this room queues. Kinds queued with messages are named where messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    Invitation,
    PasswordReset,
    Verification,
    WaitingAgent,
    Request,
    PrivacyCentre,
    PolicyVersion,
    WebhookPaused,
    Parent,
    Incident,
    IncidentPerson,
    Disclosure,
    Subscription,
    Notice,
}

impl JobKind {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Invitation => "letter_invitation",
            Self::PasswordReset => "letter_password_reset",
            Self::Verification => "letter_verification",
            Self::WaitingAgent => "letter_waiting_agent",
            Self::Request => "letter_request",
            Self::PrivacyCentre => "letter_privacy_centre",
            Self::PolicyVersion => "letter_policy_version",
            Self::WebhookPaused => "letter_webhook_paused",
            Self::Parent => "letter_parent",
            Self::Incident => "incident_letters",
            Self::IncidentPerson => "letter_incident",
            Self::Disclosure => "letter_disclosure",
            Self::Subscription => "letter_subscription",
            Self::Notice => "letter_notice",
        }
    }
}

/// How an attempt ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobOutcome {
    /// Nothing is left to do.
    Done,
    /// Not the time yet.
    Later(Timestamp),
}

impl App {
    /// Takes due jobs, at most `limit`.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub async fn lease_jobs(&self, limit: i64) -> Result<Vec<Job>, AppError> {
        let (now, until) = (self.now(), self.now().plus_seconds(JOB_LEASE_S));
        let leased = self
            .store
            .data
            .write(move |tx| store::lease_jobs(tx, now, until, limit));
        leased
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Makes one attempt at a job.
    ///
    /// # Errors
    /// What went wrong: [`Self::settle_job`] decides what becomes of the job.
    pub async fn run_job(&self, job: &Job) -> Result<JobOutcome, AppError> {
        let workspace_id = job.workspace_id;
        match job.kind.as_str() {
            "index_message" => {
                let conversation_id: ConversationId = reference(job)?;
                let seq = job.seq.unwrap_or_default();
                self.index_message(workspace_id, conversation_id, seq)
                    .await?;
                Ok(JobOutcome::Done)
            }
            "wake_conversation" => {
                let conversation_id: ConversationId = reference(job)?;
                self.wake_conversation(workspace_id, conversation_id)
                    .await?;
                Ok(JobOutcome::Done)
            }
            "letter_invitation" => self.send_invitation(workspace_id, reference(job)?).await,
            "letter_password_reset" => self.send_reset(workspace_id, reference(job)?).await,
            "letter_verification" => {
                let visitor_id: VisitorId = reference(job)?;
                self.send_verification_letter(workspace_id, visitor_id)
                    .await
            }
            "letter_waiting" => {
                let conversation_id: ConversationId = reference(job)?;
                self.call_agents(workspace_id, conversation_id).await
            }
            "letter_waiting_agent" => {
                let (conversation_id, agent_id) = conversation_and_agent(job)?;
                self.send_waiting(workspace_id, conversation_id, agent_id)
                    .await
            }
            "letter_policy_version" => {
                let about: (u32, AgentId) = version_and(job)?;
                self.send_policy_version(workspace_id, about).await
            }
            "letter_webhook_paused" => {
                let about = webhook_and_agent(job)?;
                self.send_webhook_paused(workspace_id, about).await
            }
            "letter_answer" => self.send_answer(workspace_id, reference(job)?).await,
            _ => self.run_rights_job(job).await,
        }
    }

    /// Letters about people's rights: requests, minors, breaches, releases; and those that people asked for.
    async fn run_rights_job(&self, job: &Job) -> Result<JobOutcome, AppError> {
        let workspace_id = job.workspace_id;
        match job.kind.as_str() {
            "letter_request" => {
                let stage = job.seq.unwrap_or_default();
                self.send_request_letter(workspace_id, reference(job)?, stage)
                    .await
            }
            "letter_privacy_centre" => self.send_centre_letter(workspace_id, reference(job)?).await,
            "letter_parent" => {
                let is_theirs = job.seq.unwrap_or_default() == child::TO_PARENT;
                self.send_parent_letter(workspace_id, reference(job)?, is_theirs)
                    .await
            }
            "incident_letters" => {
                self.queue_incident_letters(workspace_id, reference(job)?)
                    .await
            }
            "letter_incident" => self.send_incident_letter(job).await,
            "letter_disclosure" => {
                self.send_disclosure_letter(workspace_id, reference(job)?)
                    .await
            }
            "letter_subscription" => {
                self.send_subscription_letter(workspace_id, reference(job)?)
                    .await
            }
            "letter_notice" => {
                let (version, person_id) = version_and(job)?;
                let from = job.seq.unwrap_or(1);
                self.send_notice(workspace_id, person_id, (from, version))
                    .await
            }
            other => Err(AppError::Internal(format!("no such kind of job: {other}"))),
        }
    }

    /// Removes, postpones, repeats or gives up a job after an attempt.
    ///
    /// # Errors
    /// `Unavailable` or `Full`; the lease then ends by itself.
    pub async fn settle_job(
        &self,
        job: Job,
        outcome: Result<JobOutcome, AppError>,
    ) -> Result<(), AppError> {
        let now = self.now();
        let settled = match outcome {
            Ok(JobOutcome::Done) => {
                self.store
                    .data
                    .write(move |tx| store::finish_job(tx, &job))
                    .await
            }
            Ok(JobOutcome::Later(run_at)) => {
                self.store
                    .data
                    .write(move |tx| store::postpone_job(tx, &job, run_at))
                    .await
            }
            Err(error) => {
                let fate = Fate::of(&error, job.attempts, now);
                fate.log(&job, &error);
                self.store
                    .data
                    .write(move |tx| match fate {
                        Fate::Drop => store::finish_job(tx, &job),
                        Fate::Again(at) => store::fail_job(tx, &job, Some(at), &error.to_string()),
                        Fate::GiveUp => store::fail_job(tx, &job, None, &error.to_string()),
                    })
                    .await
            }
        };
        settled.map_err(|error: store::StoreError| error.into())
    }

    pub(crate) fn new_job(
        &self,
        workspace_id: WorkspaceId,
        kind: JobKind,
        reference: &str,
    ) -> store::NewJob {
        let now = self.now();
        store::NewJob {
            workspace_id,
            job_id: JobId::new(now, self.random()),
            kind: kind.key(),
            ref_id: reference.to_owned(),
            person_id: None,
            seq: None,
            run_at: now,
        }
    }

    pub(crate) async fn enqueue(&self, job: store::NewJob) -> Result<(), AppError> {
        let now = self.now();
        let queued = self
            .store
            .data
            .write(move |tx| store::enqueue_job(tx, &job, now));
        queued
            .await
            .map(drop)
            .map_err(|error: store::StoreError| error.into())
    }
}

/// What becomes of a job whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It will never go: what it is about is gone, or the policy or the recipient's server says no.
    Drop,
    /// Another attempt then.
    Again(Timestamp),
    /// Kept to be looked at.
    GiveUp,
}

impl Fate {
    fn of(error: &AppError, attempts: i64, now: Timestamp) -> Self {
        match error {
            AppError::NotFound | AppError::Denied(_) | AppError::Conflict { .. } => Self::Drop,
            _ if attempts >= store::JOB_ATTEMPTS_MAX => Self::GiveUp,
            _ => {
                let doublings = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0);
                let pause = (BACKOFF_FIRST_S << doublings).min(BACKOFF_MAX_S);
                Self::Again(now.plus_seconds(pause))
            }
        }
    }

    fn log(self, job: &Job, error: &AppError) {
        let (kind, id, attempts) = (&job.kind, job.job_id, job.attempts);
        match self {
            Self::Drop => tracing::info!(kind, %id, %error, "job dropped"),
            Self::Again(_) => {
                tracing::warn!(kind, %id, attempts, %error, "job failed, tried again");
            }
            Self::GiveUp => tracing::error!(kind, %id, attempts, %error, "job given up"),
        }
    }
}

fn reference<T: std::str::FromStr>(job: &Job) -> Result<T, AppError> {
    let broken = |_| AppError::Internal(format!("job {} has a broken reference", job.job_id));
    job.ref_id.parse().map_err(broken)
}

fn conversation_and_agent(job: &Job) -> Result<(ConversationId, AgentId), AppError> {
    let broken = || AppError::Internal(format!("job {} has a broken reference", job.job_id));
    let (conversation, agent) = job.ref_id.split_once('.').ok_or_else(broken)?;
    let conversation = conversation.parse().map_err(|_| broken())?;
    Ok((conversation, agent.parse().map_err(|_| broken())?))
}

fn webhook_and_agent(job: &Job) -> Result<(WebhookId, AgentId), AppError> {
    let broken = || AppError::Internal(format!("job {} has a broken reference", job.job_id));
    let (webhook, agent) = job.ref_id.split_once('.').ok_or_else(broken)?;
    let webhook = webhook.parse().map_err(|_| broken())?;
    Ok((webhook, agent.parse().map_err(|_| broken())?))
}

fn version_and<T: std::str::FromStr>(job: &Job) -> Result<(u32, T), AppError> {
    let broken = || AppError::Internal(format!("job {} has a broken reference", job.job_id));
    let (version, reader) = job.ref_id.split_once('.').ok_or_else(broken)?;
    let version = version.parse().map_err(|_| broken())?;
    Ok((version, reader.parse().map_err(|_| broken())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_an_hour_and_attempts_end() {
        let away = AppError::Unavailable("mail server".to_owned());
        let pause = |attempts| match Fate::of(&away, attempts, Timestamp(0)) {
            Fate::Again(at) => at.micros() / 1_000_000,
            other => panic!("{other:?}"),
        };

        assert_eq!([1, 2, 3, 9, 20].map(pause), [15, 30, 60, 3_600, 3_600]);
        let last = Fate::of(&away, store::JOB_ATTEMPTS_MAX, Timestamp(0));
        assert_eq!(last, Fate::GiveUp);
        assert_eq!(Fate::of(&AppError::NotFound, 1, Timestamp(0)), Fate::Drop);
    }
}
