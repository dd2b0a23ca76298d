//! The drill: thirty days on a simulated clock.

use std::sync::Arc;

use app::{App, DrillView};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    problem::{Answer, ProblemBody},
};

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DrillBody {}

/// Runs thirty days under the policy in force, with made-up visitors in databases that are gone afterwards.
///
/// Owners, admins and privacy officers of the host's workspace.
#[utoipa::path(post, path = "/api/console/drill", tag = "privacy", request_body = DrillBody,
    responses((status = 200, body = DrillView), (status = "default", body = ProblemBody)))]
async fn run_drill(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(DrillBody {}): Body<DrillBody>,
) -> Answer<Json<DrillView>> {
    Ok(Json(app.drill(&agent).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(run_drill))
}
