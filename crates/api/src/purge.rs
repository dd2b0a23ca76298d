//! What the sweeper deleted, and what people chose, for those who carry out people's rights.

use std::sync::Arc;

use app::{App, ConsentPageView, PurgeRunsView};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::Agent,
    path::Words,
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

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsentWords {
    /// Where the page begins, as the page before said.
    cursor: Option<String>,
}

/// What people agreed to and took back: version, text, time, way.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/consents", tag = "privacy",
    params(ConsentWords),
    responses((status = 200, body = ConsentPageView), (status = "default", body = ProblemBody)))]
async fn list_consents(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Words(words): Words<ConsentWords>,
) -> Answer<Json<ConsentPageView>> {
    let cursor = words.cursor.as_deref();
    Ok(Json(app.list_all_consents(&agent, cursor).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_purge_runs))
        .routes(routes!(list_consents))
}
