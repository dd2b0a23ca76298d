//! Webhooks, their deliveries, and sending one again.

use std::sync::Arc;

use app::{App, DeliveryView, WebhookChange, WebhookMade, WebhookView, WebhooksView};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::WebhookId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    idempotency::Key,
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// A webhook to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookBody {
    /// An address that begins with `https://`, of a host that the policy declares.
    url: String,
    /// Kinds of events.
    events: Vec<String>,
}

/// What is to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookPatch {
    /// Kinds of events.
    events: Option<Vec<String>>,
    /// Paused, or going on.
    paused: Option<bool>,
}

/// A webhook's newest deliveries.
#[derive(Serialize, ToSchema)]
struct Deliveries {
    /// Newest first.
    deliveries: Vec<DeliveryView>,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Lists webhooks, kinds of events and recipients.
///
/// Owners and admins.
#[utoipa::path(get, path = "/api/console/webhooks", tag = "webhooks",
    responses((status = 200, body = WebhooksView), (status = "default", body = ProblemBody)))]
async fn list_webhooks(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<WebhooksView>> {
    Ok(Json(app.list_webhooks(&agent).await?))
}

/// Makes a webhook; its secret is told this once.
///
/// Owners and admins.
#[utoipa::path(post, path = "/api/console/webhooks", tag = "webhooks",
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key and body: same answer")),
    request_body = WebhookBody,
    responses((status = 201, body = WebhookMade), (status = "default", body = ProblemBody)))]
async fn create_webhook(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Key(key): Key,
    Body(body): Body<WebhookBody>,
) -> Answer<(StatusCode, Json<WebhookMade>)> {
    let made = app.create_webhook(&agent, key.as_ref(), (&body.url, &body.events));
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// Changes a webhook, pauses it or lets it go on.
///
/// Owners and admins.
#[utoipa::path(patch, path = "/api/console/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path)), request_body = WebhookPatch,
    responses((status = 200, body = WebhookView), (status = "default", body = ProblemBody)))]
async fn update_webhook(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<WebhookId>,
    Body(body): Body<WebhookPatch>,
) -> Answer<Json<WebhookView>> {
    let change = WebhookChange {
        events: body.events,
        paused: body.paused,
    };
    Ok(Json(app.update_webhook(&agent, id, change).await?))
}

/// Gives a webhook another secret, told this once.
///
/// Owners and admins.
#[utoipa::path(post, path = "/api/console/webhooks/{id}/secret", tag = "webhooks",
    params(("id" = String, Path)), request_body = Nothing,
    responses((status = 200, body = WebhookMade), (status = "default", body = ProblemBody)))]
async fn renew_webhook_secret(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<WebhookId>,
    Body(Nothing {}): Body<Nothing>,
) -> Answer<Json<WebhookMade>> {
    Ok(Json(app.renew_webhook_secret(&agent, id).await?))
}

/// Deletes a webhook.
///
/// Owners and admins.
#[utoipa::path(delete, path = "/api/console/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn delete_webhook(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<WebhookId>,
) -> Answer<StatusCode> {
    app.delete_webhook(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A webhook's newest deliveries.
///
/// Owners and admins.
#[utoipa::path(get, path = "/api/console/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path)),
    responses((status = 200, body = Deliveries), (status = "default", body = ProblemBody)))]
async fn list_deliveries(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<WebhookId>,
) -> Answer<Json<Deliveries>> {
    let deliveries = app.list_deliveries(&agent, id).await?;
    Ok(Json(Deliveries { deliveries }))
}

/// Sends a delivery once more, checked anew.
///
/// Owners and admins.
#[utoipa::path(post, path = "/api/console/webhooks/{id}/deliveries/{event_id}/replay", tag = "webhooks",
    params(("id" = String, Path), ("event_id" = i64, Path)), request_body = Nothing,
    responses((status = 202), (status = "default", body = ProblemBody)))]
async fn replay_delivery(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Path((id, event_id)): Path<(String, String)>,
    Body(Nothing {}): Body<Nothing>,
) -> Answer<StatusCode> {
    let of = id.parse().ok().zip(event_id.parse().ok());
    let (id, event_id) = of.ok_or(app::AppError::NotFound)?;
    app.replay_delivery(&agent, id, event_id).await?;
    Ok(StatusCode::ACCEPTED)
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(update_webhook, delete_webhook))
        .routes(routes!(renew_webhook_secret))
        .routes(routes!(list_deliveries))
        .routes(routes!(replay_delivery))
}
