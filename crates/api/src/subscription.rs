//! Letters about new versions of the policy, asked for in the chat (clauses 14, 32). They end by
//! `/api/widget/me/consent`, or by one click on the link in each of them.

use std::sync::Arc;

use app::App;
use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Visitor,
    problem::{Answer, ProblemBody},
};

/// Where these letters shall go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoticesBody {
    /// An address; nothing but a link that confirms goes there before that link is used.
    email: String,
    /// The version of the policy that was shown.
    policy_version: Option<u32>,
}

/// Letters about new versions of the policy, wanted.
///
/// The visitor themselves. The answer is the same for every address.
#[utoipa::path(post, path = "/api/widget/me/notices", tag = "me", request_body = NoticesBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn ask_notices(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(body): Body<NoticesBody>,
) -> Answer<StatusCode> {
    let shown = (body.policy_version, "widget");
    app.ask_own_notices(&visitor, &body.email, shown).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(ask_notices))
}
