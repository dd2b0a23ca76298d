//! The workspace's own settings: name and working hours.

use std::sync::Arc;

use app::{App, WorkspaceView};
use axum::{Json, extract::State};
use domain::WorkingHours;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, extract::Agent, problem::Answer};

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WorkspaceBody {
    /// 1 to 120 characters on one line.
    name: String,
}

/// The workspace.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/workspace", tag = "workspace",
    responses((status = 200, body = WorkspaceView)))]
async fn get_workspace(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<WorkspaceView>> {
    Ok(Json(app.get_workspace(&agent).await?))
}

/// Gives the workspace another name.
///
/// Owners and admins.
#[utoipa::path(patch, path = "/api/console/workspace", tag = "workspace",
    request_body = WorkspaceBody, responses((status = 200, body = WorkspaceView)))]
async fn update_workspace(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<WorkspaceBody>,
) -> Answer<Json<WorkspaceView>> {
    Ok(Json(app.rename_workspace(&agent, &body.name).await?))
}

/// When the workspace answers.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/working-hours", tag = "workspace",
    responses((status = 200, body = Object)))]
async fn get_working_hours(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<WorkingHours>> {
    Ok(Json(app.get_working_hours(&agent).await?))
}

/// Replaces when the workspace answers.
///
/// Owners and admins.
#[utoipa::path(put, path = "/api/console/working-hours", tag = "workspace",
    request_body = Object, responses((status = 200, body = Object)))]
async fn update_working_hours(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(hours): Body<WorkingHours>,
) -> Answer<Json<WorkingHours>> {
    Ok(Json(app.update_working_hours(&agent, hours).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(get_workspace, update_workspace))
        .routes(routes!(get_working_hours, update_working_hours))
}
