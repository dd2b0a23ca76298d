//! Passwords: forgotten, set anew, changed.

use std::sync::Arc;

use app::App;
use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::{Agent, OwnPage},
    problem::Answer,
};

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForgotBody {
    /// Address.
    email: String,
}

/// A new password by a letter's link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetBody {
    /// Token of the link.
    token: String,
    /// The new password.
    password: String,
}

/// A new password by the current one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    /// The current password.
    current: String,
    /// The new one.
    new: String,
}

/// Asks for a letter with a link. The answer is the same for every address.
///
/// Anybody, from one of our own pages.
#[utoipa::path(post, path = "/api/console/password/forgot", tag = "session",
    request_body = ForgotBody, responses((status = 202)))]
async fn forgot_password(
    State(app): State<Arc<App>>,
    _page: OwnPage,
    Body(body): Body<ForgotBody>,
) -> StatusCode {
    app.forgot_password(&body.email);
    StatusCode::ACCEPTED
}

/// Sets a new password; all sessions end, the second factor stays.
///
/// Whoever holds the letter's link, from one of our own pages.
#[utoipa::path(post, path = "/api/console/password/reset", tag = "session",
    request_body = ResetBody, responses((status = 204)))]
async fn reset_password(
    State(app): State<Arc<App>>,
    _page: OwnPage,
    Body(body): Body<ResetBody>,
) -> Answer<StatusCode> {
    app.reset_password(&body.token, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the agent's own password; their other sessions end.
///
/// Every role.
#[utoipa::path(put, path = "/api/console/password", tag = "session",
    request_body = ChangeBody, responses((status = 204)))]
async fn update_password(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<ChangeBody>,
) -> Answer<StatusCode> {
    app.change_password(&agent, body.current, body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(forgot_password))
        .routes(routes!(reset_password))
        .routes(routes!(update_password))
}
