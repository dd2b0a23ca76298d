//! Invitations: sent, sent again, taken back, accepted.

use std::sync::Arc;

use app::{App, Invitation, Invited, SessionView};
use axum::{Json, extract::State, http::StatusCode};
use domain::AgentId;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    agent::parse_role,
    body::Body,
    extract::{Agent, OwnPage},
    idempotency::Key,
    path::PathId,
    problem::Answer,
    session::{Begun, begin},
};

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationBody {
    /// Address.
    email: String,
    /// Name, if it is known.
    name: Option<String>,
    /// Role.
    role: String,
}

/// Who joins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptBody {
    /// Token of the letter's link.
    token: String,
    /// Name.
    name: String,
    /// Password.
    password: String,
}

/// Nothing: these commands need no fields.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoFields {}

/// Invites somebody by letter.
///
/// Owners and admins; only owners invite owners.
#[utoipa::path(post, path = "/api/console/invitations", tag = "team",
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key and body: same answer")),
    request_body = InvitationBody, responses((status = 201, body = Invited)))]
async fn create_invitation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Key(key): Key,
    Body(body): Body<InvitationBody>,
) -> Answer<(StatusCode, Json<Invited>)> {
    let invitation = Invitation {
        role: parse_role(&body.role)?,
        email: body.email,
        name: body.name,
        key,
    };
    let invited = app.invite_agent(&agent, invitation).await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

/// Sends the letter again; the earlier link stops working.
///
/// Owners and admins.
#[utoipa::path(post, path = "/api/console/invitations/{agent_id}/resend", tag = "team",
    params(("agent_id" = String, Path)), request_body = NoFields, responses((status = 204)))]
async fn resend_invitation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<AgentId>,
    Body(NoFields {}): Body<NoFields>,
) -> Answer<StatusCode> {
    app.resend_invitation(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an invitation back.
///
/// Owners and admins.
#[utoipa::path(delete, path = "/api/console/invitations/{agent_id}", tag = "team",
    params(("agent_id" = String, Path)), responses((status = 204)))]
async fn delete_invitation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<AgentId>,
) -> Answer<StatusCode> {
    app.withdraw_invitation(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Joins and signs in.
///
/// Whoever holds the letter's link, from one of our own pages.
#[utoipa::path(post, path = "/api/console/invitations/accept", tag = "team",
    request_body = AcceptBody, responses((status = 201, body = SessionView)))]
async fn accept_invitation(
    State(app): State<Arc<App>>,
    _page: OwnPage,
    Body(body): Body<AcceptBody>,
) -> Answer<Begun> {
    let signed_in = app
        .accept_invitation(&body.token, &body.name, body.password)
        .await?;
    begin(&app, signed_in).await
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(create_invitation))
        .routes(routes!(accept_invitation))
        .routes(routes!(resend_invitation))
        .routes(routes!(delete_invitation))
}
