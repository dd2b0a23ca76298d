//! Blocking a visitor, and letting them write again.
//!
//! Must not know: SQL, the policy.

use std::sync::Arc;

use app::App;
use axum::{extract::State, http::StatusCode};
use domain::PersonId;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::Agent,
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// Blocks a visitor: they may read, not write.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/people/{person_id}/block", tag = "people",
    params(("person_id" = String, Path, description = "Person")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn block_person(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<PersonId>,
) -> Answer<StatusCode> {
    app.block_person(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a visitor write again.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/people/{person_id}/unblock", tag = "people",
    params(("person_id" = String, Path, description = "Person")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn unblock_person(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<PersonId>,
) -> Answer<StatusCode> {
    app.unblock_person(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Routes of blocking.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(block_person))
        .routes(routes!(unblock_person))
}
