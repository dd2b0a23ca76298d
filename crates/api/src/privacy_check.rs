//! Publishing what privacy-check found.

use std::sync::Arc;

use app::{App, PrivacyCheckReport, PrivacyCheckView};
use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    problem::{Answer, ProblemBody},
};

/// Publishes a result of privacy-check at `/privacy/check`, in the place of the one before.
///
/// Owners, admins and privacy officers of the host's workspace.
#[utoipa::path(put, path = "/api/console/privacy-check", tag = "privacy", request_body = PrivacyCheckReport,
    responses((status = 200, body = PrivacyCheckView), (status = "default", body = ProblemBody)))]
async fn put_privacy_check(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(report): Body<PrivacyCheckReport>,
) -> Answer<Json<PrivacyCheckView>> {
    Ok(Json(app.publish_privacy_check(&agent, report).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(put_privacy_check))
}
