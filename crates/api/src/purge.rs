//! What the sweeper deleted, for those who carry out people's rights.

use std::sync::Arc;

use app::{App, PurgeRunsView};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::Agent,
    problem::{Answer, ProblemBody},
};

/// What was past its time and went: rule, count, time.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/purge-runs", tag = "privacy",
    responses((status = 200, body = PurgeRunsView), (status = "default", body = ProblemBody)))]
async fn list_purge_runs(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<PurgeRunsView>> {
    Ok(Json(app.list_purge_runs(&agent).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list_purge_runs))
}
