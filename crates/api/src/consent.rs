//! Consent: to be remembered in this browser, and to take that back.

use std::sync::Arc;

use app::{App, ChoiceView, RememberView};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Visitor,
    problem::{Answer, ProblemBody},
};

/// A choice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RememberBody {
    /// Yes, or no longer.
    remember: bool,
    /// The version of the policy that was shown.
    policy_version: Option<u32>,
}

/// Remember me in this browser, or no longer.
///
/// The visitor themselves.
#[utoipa::path(post, path = "/api/widget/me/remember", tag = "me", request_body = RememberBody,
    responses((status = 200, body = RememberView), (status = "default", body = ProblemBody)))]
async fn choose_remembering(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(body): Body<RememberBody>,
) -> Answer<Json<RememberView>> {
    let chosen = app.choose_remembering(&visitor, body.remember, body.policy_version);
    Ok(Json(chosen.await?))
}

/// A choice about a use of data.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChoiceBody {
    /// Key of a purpose that rests on consent.
    purpose: String,
    /// Yes, or taken back.
    granted: bool,
    /// The version of the policy that was shown.
    policy_version: Option<u32>,
}

/// Yes to a use that rests on consent, or no longer.
///
/// The visitor themselves.
#[utoipa::path(post, path = "/api/widget/me/consent", tag = "me", request_body = ChoiceBody,
    responses((status = 200, body = ChoiceView), (status = "default", body = ProblemBody)))]
async fn choose_purpose(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(body): Body<ChoiceBody>,
) -> Answer<Json<ChoiceView>> {
    let choice = (body.purpose.as_str(), body.granted);
    let chosen = app.choose_purpose(&visitor, choice, body.policy_version);
    Ok(Json(chosen.await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(choose_remembering))
        .routes(routes!(choose_purpose))
}
