//! Setup: the first owner, by the one-time link of the terminal.

use std::sync::Arc;

use app::{App, SessionView, Setup};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::OwnPage,
    problem::Answer,
    session::{Begun, begin},
};

/// What the owner says about themselves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetupBody {
    /// Token of the owner link.
    token: String,
    /// Name, 1 to 120 characters.
    name: String,
    /// Address.
    email: String,
    /// Password, 8 to 128 characters, not easily guessed.
    password: String,
}

/// Makes the owner and signs them in.
///
/// Whoever holds the owner link, from one of our own pages.
#[utoipa::path(post, path = "/api/console/setup", tag = "session", request_body = SetupBody,
    responses((status = 201, body = SessionView)))]
async fn create_owner(
    State(app): State<Arc<App>>,
    _page: OwnPage,
    Body(body): Body<SetupBody>,
) -> Answer<Begun> {
    let setup = Setup {
        token: body.token,
        name: body.name,
        email: body.email,
        password: body.password,
    };
    let signed_in = app.set_up_owner(setup).await?;
    begin(&app, signed_in).await
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(create_owner))
}
