//! Webhooks: owners and admins choose where the workspace's events go, among the hosts that the policy declares.
//!
//! A secret is derived from the workspace's keys and stands in no row; it is told once. A webhook that is deleted
//! is kept closed while its receiver may hold something of a person, for notices of erasure.
//! Must not know: HTTP on the way in; how a delivery fares (`send.rs`).

mod body;
mod send;
mod sign;

use domain::{
    AgentId, IdempotencyKey, InvalidWebhookEvents, WEBHOOK_EVENTS, WEBHOOKS_MAX, WebhookId,
    webhook_events,
};
use policy::{Category, Channel, Policy, ProcessorKind, Purpose, Refusal, Subject, SupportForward};
use serde::Serialize;
use store::{DeliveryRow, Webhook};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, MANAGING},
    egress::{Address, NoAddress},
    error::AppError,
};

/// Webhooks asked for at once.
const LISTED_MAX: i64 = 20;
/// What every receiver must be able to get: without it nobody could be told apart, nor erased there.
const LEAST: Category = Category::PseudonymousId;

/// A webhook as owners and admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookView {
    /// Id.
    pub id: String,
    /// Where events go.
    pub url: String,
    /// Kinds of events.
    pub events: Vec<String>,
    /// `active` or `paused`.
    pub state: String,
    /// Why it is paused: `hand`, `failing` or `gone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_reason: Option<String>,
    /// Name of the recipient in the policy; none if the policy no longer lets anything go there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// Keys of the categories it gets.
    pub categories: Vec<String>,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Since when nothing arrived, in microseconds; left out while it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<i64>,
    /// When it was made, in microseconds.
    pub created_at: i64,
}

/// A webhook with its secret, which is told this once.
#[derive(Serialize, ToSchema)]
pub struct WebhookMade {
    /// The webhook.
    pub webhook: WebhookView,
    /// The secret that signs its deliveries, as Standard Webhooks writes it: `whsec_` and base64.
    pub secret: String,
}

opaque_debug!(WebhookMade);

/// The workspace's webhooks, and what may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhooksView {
    /// Oldest first.
    pub webhooks: Vec<WebhookView>,
    /// Kinds of events that may be chosen.
    pub events: Vec<&'static str>,
    /// Recipients that the policy declares for it.
    pub recipients: Vec<WebhookRecipientView>,
}

/// A recipient that the policy declares for webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WebhookRecipientView {
    /// Its name.
    pub name: String,
    /// `name:port` of its hosts.
    pub hosts: Vec<String>,
    /// Keys of the categories it may get.
    pub categories: Vec<String>,
}

/// A delivery in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Number of the event in the workspace.
    pub event_id: i64,
    /// The id in its head: the same each time it is sent.
    pub message_id: String,
    /// Kind of event.
    pub event: String,
    /// The conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// `waiting`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, in microseconds, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<i64>,
    /// What the receiver answered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<i64>,
    /// Why it did not arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Milliseconds that the last attempt took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<i64>,
    /// When it happened, in microseconds.
    pub created_at: i64,
    /// When it was done with, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<i64>,
}

/// What of a webhook is to change; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Kinds of events.
    pub events: Option<Vec<String>>,
    /// Paused, or going on.
    pub paused: Option<bool>,
}

impl App {
    /// The workspace's webhooks. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `Unavailable` if the database does not answer.
    pub async fn list_webhooks(&self, agent: &Agent) -> Result<WebhooksView, AppError> {
        agent.require(MANAGING)?;
        let workspace_id = agent.workspace_id;
        let rows = self.store.data.read(move |tx| {
            let rows = store::list_webhooks(tx, workspace_id, LISTED_MAX)?;
            let counted = rows.into_iter().map(|row| {
                let waiting = store::count_waiting_deliveries(tx, workspace_id, row.webhook_id)?;
                Ok((row, waiting))
            });
            counted.collect::<Result<Vec<_>, store::StoreError>>()
        });
        let rows: Vec<(Webhook, i64)> = rows.await.map_err(AppError::from)?;
        let policy = self.policy();
        Ok(WebhooksView {
            webhooks: rows
                .iter()
                .map(|(row, waiting)| view(row, *waiting, &policy))
                .collect(),
            events: WEBHOOK_EVENTS.to_vec(),
            recipients: recipients(&policy),
        })
    }

    /// Makes a webhook; its secret is told this once. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid`; `Denied` by clause 7 unless the policy declares the host for it, with the lines that
    /// would; `Conflict` if there are too many, or the key was used for another request.
    pub async fn create_webhook(
        &self,
        agent: &Agent,
        key: Option<&IdempotencyKey>,
        (url, events): (&str, &[String]),
    ) -> Result<WebhookMade, AppError> {
        agent.require(MANAGING)?;
        let address = Address::parse(url).map_err(refuse_address)?;
        let kinds = webhook_events(events).map_err(|error| refuse_events(&error))?;
        self.check_receiver(&address.host())?;
        let command = self.command(agent, key, &["webhook", url, &kinds]);
        let now = self.now();
        let row = Webhook {
            workspace_id: agent.workspace_id,
            webhook_id: WebhookId::new(now, self.random()),
            url: url.to_owned(),
            host: address.host(),
            events: kinds,
            state: "active".to_owned(),
            pause_reason: None,
            secret_version: 1,
            event_cursor: 0,
            failing_since: None,
            created_by: agent.agent_id,
            created_at: now,
        };
        let made = self.store.data.write(move |tx| {
            let workspace_id = row.workspace_id;
            if let Some(id) = command.find_result(tx)? {
                return store::find_webhook(tx, workspace_id, id)?.ok_or(AppError::NotFound);
            }
            if store::list_webhooks(tx, workspace_id, LISTED_MAX)?.len() >= WEBHOOKS_MAX {
                let detail = format!("a workspace has at most {WEBHOOKS_MAX} webhooks");
                return Err(AppError::conflict("too_many_webhooks", detail));
            }
            store::create_webhook(tx, &row)?;
            command.record(tx, &row.webhook_id, now)?;
            Ok(row)
        });
        self.with_secret(&made.await?).await
    }

    /// Changes kinds of events, pauses a webhook or lets it go on. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; `Invalid`; `Denied` by clause 7 if it is to go on and the policy no longer declares
    /// its host.
    pub async fn update_webhook(
        &self,
        agent: &Agent,
        webhook_id: WebhookId,
        change: WebhookChange,
    ) -> Result<WebhookView, AppError> {
        agent.require(MANAGING)?;
        let row = self.load_webhook(agent, webhook_id).await?;
        let events = change.events.as_deref().map(webhook_events).transpose();
        let events = events.map_err(|error| refuse_events(&error))?;
        if change.paused == Some(false) {
            self.check_receiver(&row.host)?;
        }
        let (of, now) = ((agent.workspace_id, webhook_id), self.now());
        let changed = self.store.data.write(move |tx| {
            if let Some(events) = &events {
                store::update_webhook_events(tx, of, events, now)?;
            }
            match change.paused {
                Some(true) => drop(store::stop_webhook(tx, of, Some("hand"), now)?),
                Some(false) => store::resume_webhook(tx, of, now)?,
                None => {}
            }
            let waiting = store::count_waiting_deliveries(tx, of.0, of.1)?;
            Ok::<_, AppError>((store::find_webhook(tx, of.0, of.1)?, waiting))
        });
        let (row, waiting): (Option<Webhook>, i64) = changed.await?;
        Ok(view(
            &row.ok_or(AppError::NotFound)?,
            waiting,
            &self.policy(),
        ))
    }

    /// Gives a webhook another secret, told this once; the old one signs nothing any more. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub async fn renew_webhook_secret(
        &self,
        agent: &Agent,
        webhook_id: WebhookId,
    ) -> Result<WebhookMade, AppError> {
        agent.require(MANAGING)?;
        self.load_webhook(agent, webhook_id).await?;
        let (of, now) = ((agent.workspace_id, webhook_id), self.now());
        let renewed = self.store.data.write(move |tx| {
            store::renew_webhook_secret(tx, of, now)?;
            store::find_webhook(tx, of.0, of.1)
        });
        let row: Option<Webhook> = renewed.await.map_err(AppError::from)?;
        self.with_secret(&row.ok_or(AppError::NotFound)?).await
    }

    /// Deletes a webhook: nothing goes there any more but notices of erasure. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub async fn delete_webhook(
        &self,
        agent: &Agent,
        webhook_id: WebhookId,
    ) -> Result<(), AppError> {
        agent.require(MANAGING)?;
        self.load_webhook(agent, webhook_id).await?;
        let (of, now) = ((agent.workspace_id, webhook_id), self.now());
        let closed = self
            .store
            .data
            .write(move |tx| store::stop_webhook(tx, of, None, now).map(drop));
        closed
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// A webhook's newest deliveries. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub async fn list_deliveries(
        &self,
        agent: &Agent,
        webhook_id: WebhookId,
    ) -> Result<Vec<DeliveryView>, AppError> {
        agent.require(MANAGING)?;
        self.load_webhook(agent, webhook_id).await?;
        let workspace_id = agent.workspace_id;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_deliveries(tx, workspace_id, webhook_id));
        let rows: Vec<DeliveryRow> = rows.await.map_err(AppError::from)?;
        Ok(rows
            .iter()
            .map(|row| delivery_view(webhook_id, row))
            .collect())
    }

    /// Sends a delivery that is done with once more, checked anew. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` if there is none, or it still waits.
    pub async fn replay_delivery(
        &self,
        agent: &Agent,
        webhook_id: WebhookId,
        event_id: i64,
    ) -> Result<(), AppError> {
        agent.require(MANAGING)?;
        self.load_webhook(agent, webhook_id).await?;
        let (of, now) = ((agent.workspace_id, webhook_id), self.now());
        let queued = self
            .store
            .data
            .write(move |tx| store::replay_delivery(tx, of, event_id, now));
        if queued.await.map_err(AppError::from)? {
            return Ok(());
        }
        Err(AppError::NotFound)
    }

    /// Whether the policy lets anything go to this host; the refusal names what is missing.
    fn check_receiver(&self, host: &str) -> Result<(), AppError> {
        if policy::rule::is_off(7) {
            return Ok(());
        }
        let subject = Subject {
            consents: vec![SupportForward::KEY.to_owned()],
            ..Subject::default()
        };
        let asked = self.policy().egress(host, SupportForward::KEY, &[LEAST]);
        asked.map_err(|refusal| with_lines(refusal, host))?;
        let asked = self.way_out::<SupportForward>((&subject, Channel::Internal), host, &[LEAST]);
        match asked {
            Ok(_) => Ok(()),
            Err(AppError::Denied(refusal)) => Err(AppError::Denied(with_lines(refusal, host))),
            Err(other) => Err(other),
        }
    }

    async fn with_secret(&self, row: &Webhook) -> Result<WebhookMade, AppError> {
        let secret = self.webhook_secret(row).await?;
        Ok(WebhookMade {
            webhook: view(row, 0, &self.policy()),
            secret: sign::secret_text(&secret),
        })
    }

    async fn webhook_secret(&self, row: &Webhook) -> Result<[u8; 32], AppError> {
        let keys = self.keyring.workspace(row.workspace_id).await?;
        Ok(keys.webhook_secret(&row.webhook_id.to_string(), row.secret_version))
    }

    async fn load_webhook(
        &self,
        agent: &Agent,
        webhook_id: WebhookId,
    ) -> Result<Webhook, AppError> {
        let workspace_id = agent.workspace_id;
        let found = self
            .store
            .data
            .read(move |tx| store::find_webhook(tx, workspace_id, webhook_id));
        let found: Option<Webhook> = found.await.map_err(AppError::from)?;
        found
            .filter(|row| row.state != "closed")
            .ok_or(AppError::NotFound)
    }

    /// Tells an owner or admin that a webhook was paused.
    pub(crate) async fn send_webhook_paused(
        &self,
        workspace_id: domain::WorkspaceId,
        (webhook_id, agent_id): (WebhookId, AgentId),
    ) -> Result<crate::job::JobOutcome, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_webhook(tx, workspace_id, webhook_id));
        let found: Option<Webhook> = found.await.map_err(AppError::from)?;
        let agent = self.load_agent(workspace_id, agent_id).await?;
        let is_paused = |row: &Webhook| row.state == "paused";
        let Some(row) = found.filter(is_paused) else {
            return Ok(crate::job::JobOutcome::Done);
        };
        if agent.state == domain::AgentState::Active {
            let workspace = self.load_workspace(workspace_id).await?;
            let url = format!("{}/console/settings/webhooks", self.settings.public_url);
            let words = crate::letter_text::webhook_paused(&workspace.name, &row.host, &url);
            self.send_to_agent::<policy::AccountManage>(&agent, words)
                .await?;
        }
        Ok(crate::job::JobOutcome::Done)
    }
}

/// The lines of the policy file that would let conversations go to a host.
fn with_lines(refusal: Refusal, host: &str) -> Refusal {
    let key: String = host
        .chars()
        .take_while(|one| *one != ':')
        .map(|one| {
            if one.is_ascii_alphanumeric() {
                one
            } else {
                '-'
            }
        })
        .collect();
    let purpose = SupportForward::KEY;
    let mut refusal = refusal;
    refusal.mend = format!(
        "add these lines to a new version of the policy, with the recipient's own name and country:\n\
         [[purpose]]\nkey = \"{purpose}\"\nuse = \"essential.service.operations.support\"\n\
         basis = \"consent\"\nsubjects = [\"visitor\"]\n\
         categories = [\"user.unique_id.pseudonymous\", \"user.content.private\"]\nroles = [\"system\"]\n\
         retain = \"30d\"\n\
         [[processor]]\nkey = \"{key}\"\nname = \"…\"\ncountry = \"…\"\nkind = \"service-provider\"\n\
         purposes = [\"{purpose}\"]\n\
         categories = [\"user.unique_id.pseudonymous\", \"user.content.private\"]\n\
         hosts = [\"{host}\"]\nrequire = [\"tls1.3\", \"auth\"]"
    );
    refusal
}

/// The categories that may go to a host, as the policy in force says.
fn categories_for(policy: &Policy, host: &str) -> Vec<Category> {
    let may = |category: &Category| {
        policy
            .egress(host, SupportForward::KEY, &[*category])
            .is_ok()
    };
    Category::ALL.into_iter().filter(may).collect()
}

fn recipients(policy: &Policy) -> Vec<WebhookRecipientView> {
    let has = |keys: &[String]| keys.iter().any(|key| key == SupportForward::KEY);
    let rules = policy.file().processor.iter();
    let rules = rules
        .filter(|rule| rule.kind != ProcessorKind::ThirdParty && has(&rule.purposes))
        .map(|rule| WebhookRecipientView {
            name: rule.name.clone(),
            hosts: rule.hosts.clone(),
            categories: rule.categories.clone(),
        });
    rules.collect()
}

fn view(row: &Webhook, waiting: i64, policy: &Policy) -> WebhookView {
    let categories = categories_for(policy, &row.host);
    let mut known = recipients(policy).into_iter();
    let recipient = known.find(|one| one.hosts.contains(&row.host));
    WebhookView {
        id: row.webhook_id.to_string(),
        url: row.url.clone(),
        events: row.events.split_whitespace().map(str::to_owned).collect(),
        state: row.state.clone(),
        pause_reason: row.pause_reason.clone(),
        recipient: recipient.map(|one| one.name),
        categories: categories.iter().map(|one| one.key().to_owned()).collect(),
        waiting,
        failing_since: row.failing_since.map(policy::Timestamp::micros),
        created_at: row.created_at.micros(),
    }
}

fn delivery_view(webhook_id: WebhookId, row: &DeliveryRow) -> DeliveryView {
    DeliveryView {
        event_id: row.event_id,
        message_id: message_id(webhook_id, row.event_id),
        event: row.kind.clone(),
        conversation_id: row.conversation_id.map(|id| id.to_string()),
        state: row.state.clone(),
        attempts: row.attempts,
        next_at: (row.state == "waiting").then_some(row.next_at.micros()),
        status: row.status,
        detail: row.detail.clone(),
        took_ms: row.took_ms,
        created_at: row.created_at.micros(),
        finished_at: row.finished_at.map(policy::Timestamp::micros),
    }
}

/// The id of a delivery in its head: the same for every attempt and replay, so that a receiver knows it again.
fn message_id(webhook_id: WebhookId, event_id: i64) -> String {
    format!("msg_{webhook_id}_{event_id}")
}

fn refuse_address(error: NoAddress) -> AppError {
    let (code, why) = match error {
        NoAddress::Plain => ("not_https", "the address must begin with https://"),
        NoAddress::Form => (
            "not_an_address",
            "write an address like https://crm.example/hook, without a sign-in and without #",
        ),
    };
    AppError::invalid("url", code, why)
}

fn refuse_events(error: &InvalidWebhookEvents) -> AppError {
    let code = match error {
        InvalidWebhookEvents::None => "none_chosen",
        InvalidWebhookEvents::Unknown(_) => "unknown_event",
    };
    AppError::invalid("events", code, error.to_string())
}
