//! The policy in the console: as it rules and waits, checked, simulated, published.

use std::sync::Arc;

use app::{App, PolicyCheckView, PolicyView, PublishedView, SimulationView};
use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    problem::{Answer, ProblemBody},
};

/// A policy file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyBody {
    /// Its exact text.
    text: String,
}

/// The policy in force, and the one that waits for its date.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/policy", tag = "policy",
    responses((status = 200, body = PolicyView)))]
async fn get_policy(State(app): State<Arc<App>>, Agent(agent): Agent) -> Answer<Json<PolicyView>> {
    Ok(Json(app.policy_view(&agent).await?))
}

/// Checks a policy file: every fault with line, column and mend.
///
/// Owners, admins and privacy officers of the host's workspace.
#[utoipa::path(post, path = "/api/console/policy/check", tag = "policy", request_body = PolicyBody,
    responses((status = 200, body = PolicyCheckView), (status = "default", body = ProblemBody)))]
async fn check_policy(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<PolicyBody>,
) -> Answer<Json<PolicyCheckView>> {
    Ok(Json(app.check_policy(&agent, &body.text).await?))
}

/// What publishing a policy file would change, for whom, and from when.
///
/// Owners, admins and privacy officers of the host's workspace.
#[utoipa::path(post, path = "/api/console/policy/simulate", tag = "policy", request_body = PolicyBody,
    responses((status = 200, body = SimulationView), (status = "default", body = ProblemBody)))]
async fn simulate_policy(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<PolicyBody>,
) -> Answer<Json<SimulationView>> {
    Ok(Json(app.simulate_policy(&agent, &body.text).await?))
}

/// Publishes the next version of the policy; sent again, it changes nothing.
///
/// Owners, admins and privacy officers of the host's workspace.
#[utoipa::path(post, path = "/api/console/policy/publish", tag = "policy", request_body = PolicyBody,
    responses((status = 201, body = PublishedView), (status = "default", body = ProblemBody)))]
async fn publish_policy(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<PolicyBody>,
) -> Answer<(StatusCode, Json<PublishedView>)> {
    let published = app.publish_policy(&agent, &body.text).await?;
    Ok((StatusCode::CREATED, Json(published)))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(get_policy))
        .routes(routes!(check_policy))
        .routes(routes!(simulate_policy))
        .routes(routes!(publish_policy))
}
