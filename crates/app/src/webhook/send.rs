//! Deliveries under way: what happened is queued, what is due is sent, and what fails is tried again for a day.
//!
//! Why each attempt composes anew: a queue holds ids, and what the policy or the person says in between is obeyed
//! (clauses 7, 62, 77). At least once: a process that dies in the middle sends again, under the same id.
//! Must not know: what a body holds.

use std::time::Instant;

use domain::{AgentState, WEBHOOK_FAILING_S_MAX, webhook_pause_s};
use policy::Timestamp;
use store::{Delivery, DeliveryOutcome, Webhook};

use super::{message_id, sign};
use crate::{
    App,
    actor::MANAGING,
    agent::agent_limit,
    egress::{Address, Failure},
    error::AppError,
    job::JobKind,
};

/// Seconds one attempt may take before another process may try; longer than the client's own limits together.
const LEASE_S: i64 = 60;
/// Rounds of feeding one webhook before others have their turn.
const FEEDS_MAX: usize = 20;
/// The receiver says it is gone for good.
const GONE: u16 = 410;

/// What became of an attempt.
enum Attempt {
    Delivered(u16),
    /// Not to be sent: what stops it.
    Dropped(String),
    /// To be tried again.
    Failed(Option<u16>, String),
}

impl App {
    /// Queues what happened since the webhooks last looked; how many webhooks had something to look at.
    ///
    /// # Errors
    /// `Unavailable` or `Full`: nothing is lost, the next round looks again.
    pub async fn feed_webhooks(&self) -> Result<usize, AppError> {
        let hungry: Vec<Webhook> = self
            .store
            .data
            .read(store::list_hungry_webhooks)
            .await
            .map_err(AppError::from)?;
        for webhook in &hungry {
            self.feed(webhook.clone()).await?;
        }
        Ok(hungry.len())
    }

    async fn feed(&self, mut webhook: Webhook) -> Result<(), AppError> {
        let now = self.now();
        for _ in 0..FEEDS_MAX {
            let (fed, before) = (webhook.clone(), webhook.event_cursor);
            let next = self.store.data.write(move |tx| {
                store::feed_webhook(tx, &fed, now)?;
                store::find_webhook(tx, fed.workspace_id, fed.webhook_id)
            });
            let next: Option<Webhook> = next.await.map_err(AppError::from)?;
            match next {
                Some(next) if next.event_cursor > before => webhook = next,
                _ => break,
            }
        }
        Ok(())
    }

    /// Takes due deliveries, at most `limit`.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub async fn lease_deliveries(&self, limit: i64) -> Result<Vec<Delivery>, AppError> {
        let (now, until) = (self.now(), self.now().plus_seconds(LEASE_S));
        let leased = self
            .store
            .data
            .write(move |tx| store::lease_deliveries(tx, now, until, limit));
        leased
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Makes one attempt at a delivery and notes how it ended.
    ///
    /// # Errors
    /// `Unavailable` or `Full`; the lease then ends by itself.
    pub async fn deliver(&self, delivery: Delivery) -> Result<(), AppError> {
        let begun = Instant::now();
        let (workspace_id, webhook_id) = (delivery.workspace_id, delivery.webhook_id);
        let found = self
            .store
            .data
            .read(move |tx| store::find_webhook(tx, workspace_id, webhook_id));
        let found: Option<Webhook> = found.await.map_err(AppError::from)?;
        let Some(webhook) = found else {
            return Ok(());
        };
        let attempt = match self.attempt(&webhook, &delivery).await {
            Ok(attempt) => attempt,
            Err(AppError::Denied(refusal)) => {
                Attempt::Dropped(format!("{} (clause {})", refusal.code, refusal.clause))
            }
            Err(AppError::NotFound) => Attempt::Dropped("gone since".to_owned()),
            Err(error @ (AppError::Unavailable(_) | AppError::Full)) => return Err(error),
            Err(error) => Attempt::Failed(None, error.to_string()),
        };
        let took_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.settle(&webhook, delivery, attempt, took_ms).await
    }

    async fn attempt(&self, webhook: &Webhook, delivery: &Delivery) -> Result<Attempt, AppError> {
        let is_notice = delivery.kind == "person.erased";
        if webhook.state == "closed" && !is_notice {
            return Ok(Attempt::Dropped("the webhook was deleted".to_owned()));
        }
        let Ok(address) = Address::parse(&webhook.url) else {
            return Ok(Attempt::Dropped("the address is none".to_owned()));
        };
        let Some(person_id) = delivery.person_id else {
            return Ok(Attempt::Dropped("about nobody".to_owned()));
        };
        let host = address.host();
        let parcel = if is_notice {
            Some(self.compose_erasure(delivery, person_id, &host)?)
        } else {
            self.compose_delivery(delivery, person_id, &host).await?
        };
        let Some(parcel) = parcel else {
            return Ok(Attempt::Dropped("nothing to tell any more".to_owned()));
        };
        let id = message_id(webhook.webhook_id, delivery.event_id);
        let secret = self.webhook_secret(webhook).await?;
        let at_s = self.now().micros() / 1_000_000;
        let headers = sign::headers(&secret, &id, at_s, parcel.bytes());
        let about = (
            delivery.workspace_id,
            Some(person_id).filter(|_| !is_notice),
        );
        let sent = self.send_out(about, &address, &headers, parcel).await?;
        Ok(match sent {
            Ok(status) if (200..300).contains(&status) => Attempt::Delivered(status),
            Ok(status) => Attempt::Failed(Some(status), told(status)),
            Err(failure) => Attempt::Failed(None, Failure::told(&failure).to_owned()),
        })
    }

    async fn settle(
        &self,
        webhook: &Webhook,
        delivery: Delivery,
        attempt: Attempt,
        took_ms: i64,
    ) -> Result<(), AppError> {
        let now = self.now();
        let of = (delivery.workspace_id, delivery.webhook_id);
        let outcome = outcome(&attempt, &delivery, took_ms, now);
        let arrived = match &attempt {
            Attempt::Delivered(_) => Some(true),
            Attempt::Dropped(_) => None,
            Attempt::Failed(..) => Some(false),
        };
        let is_gone = matches!(attempt, Attempt::Failed(Some(GONE), _));
        let failing = webhook
            .failing_since
            .is_some_and(|since| is_over(since, now));
        let notices = if is_gone || (failing && arrived == Some(false)) {
            self.pause_notices(webhook).await?
        } else {
            Vec::new()
        };
        let settled = self.store.data.write(move |tx| {
            store::settle_delivery(tx, &delivery, &outcome, now)?;
            let Some(arrived) = arrived else {
                return Ok(());
            };
            let since = store::note_webhook(tx, of, arrived, now)?;
            let failing = since.is_some_and(|since| is_over(since, now));
            let reason = match (is_gone, failing) {
                (true, _) => "gone",
                (false, true) => "failing",
                (false, false) => return Ok(()),
            };
            if !store::stop_webhook(tx, of, Some(reason), now)? {
                return Ok(());
            }
            notices
                .iter()
                .try_for_each(|notice| store::enqueue_job(tx, notice, now).map(drop))
        });
        settled
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// Letters to owners and admins, should the webhook be paused; made before, so that one commit pauses and queues.
    async fn pause_notices(&self, webhook: &Webhook) -> Result<Vec<store::NewJob>, AppError> {
        let workspace_id = webhook.workspace_id;
        let agents = self
            .store
            .data
            .read(move |tx| store::list_agents(tx, workspace_id, agent_limit()));
        let agents: Vec<store::Agent> = agents.await.map_err(AppError::from)?;
        let managing = agents
            .iter()
            .filter(|agent| agent.state == AgentState::Active && MANAGING.contains(&agent.role));
        let jobs = managing.map(|agent| {
            let reference = format!("{}.{}", webhook.webhook_id, agent.agent_id);
            self.new_job(workspace_id, JobKind::WebhookPaused, &reference)
        });
        Ok(jobs.collect())
    }
}

fn is_over(failing_since: Timestamp, now: Timestamp) -> bool {
    now >= failing_since.plus_seconds(WEBHOOK_FAILING_S_MAX)
}

fn told(status: u16) -> String {
    match status {
        300..400 => format!("answered {status}: redirects are not followed"),
        _ => format!("answered {status}"),
    }
}

fn outcome(
    attempt: &Attempt,
    delivery: &Delivery,
    took_ms: i64,
    now: Timestamp,
) -> DeliveryOutcome {
    let (state, status, detail) = match attempt {
        Attempt::Delivered(status) => ("delivered", Some(*status), None),
        Attempt::Dropped(why) => ("dropped", None, Some(why.clone())),
        Attempt::Failed(status, why) => ("failed", *status, Some(why.clone())),
    };
    let pause = match attempt {
        Attempt::Failed(..) => webhook_pause_s(delivery.attempts),
        Attempt::Delivered(_) | Attempt::Dropped(_) => None,
    };
    DeliveryOutcome {
        state: if pause.is_some() { "waiting" } else { state },
        next_at: pause.map_or(now, |pause| now.plus_seconds(pause)),
        status: status.map(i64::from),
        detail,
        took_ms,
    }
}
