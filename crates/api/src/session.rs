//! Sessions: sign in and out, and the list of one's browsers.

use std::sync::Arc;

use app::{App, SessionEntry, SessionView, SignIn, SignedIn};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode},
};
use domain::SessionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use pages::cookie::Cookie;

use crate::{
    body::Body,
    extract::{Agent, OwnPage},
    path::PathId,
    problem::Answer,
};

/// A session just begun: its cookie, and who is signed in.
pub(crate) type Begun = (StatusCode, HeaderMap, Json<SessionView>);

/// What signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    /// Address.
    email: String,
    /// Password.
    password: String,
    /// Code of the second factor, once the answer is `totp_required`.
    totp: Option<String>,
    /// A recovery code in its place.
    recovery_code: Option<String>,
}

/// The agent's browsers.
#[derive(Serialize, ToSchema)]
struct Sessions {
    /// Newest first.
    sessions: Vec<SessionEntry>,
}

/// Signs in.
///
/// Anybody, from one of our own pages. 401 `totp_required` asks for the second factor.
#[utoipa::path(post, path = "/api/console/session", tag = "session", request_body = SignInBody,
    responses((status = 201, body = SessionView)))]
async fn create_session(
    State(app): State<Arc<App>>,
    _page: OwnPage,
    Body(body): Body<SignInBody>,
) -> Answer<Begun> {
    let signed_in = app
        .sign_in(SignIn {
            email: body.email,
            password: body.password,
            totp: body.totp,
            recovery_code: body.recovery_code,
        })
        .await?;
    begin(&app, signed_in).await
}

/// Says who is signed in.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/session", tag = "session",
    responses((status = 200, body = SessionView)))]
async fn get_session(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<SessionView>> {
    Ok(Json(app.get_session(&agent).await?))
}

/// Signs out; the browser forgets what it kept.
///
/// Every role.
#[utoipa::path(delete, path = "/api/console/session", tag = "session",
    responses((status = 204)))]
async fn delete_session(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<(StatusCode, HeaderMap)> {
    app.end_session(&agent, agent.session_id).await?;
    let mut headers = HeaderMap::new();
    Cookie::Session.clear()?.put(&mut headers);
    // Clause 28: what a shared computer kept goes with the session.
    let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    if !policy::rule::is_off(28) {
        headers.insert("clear-site-data", everything);
    }
    Ok((StatusCode::NO_CONTENT, headers))
}

/// Lists the agent's browsers.
///
/// Every role, their own.
#[utoipa::path(get, path = "/api/console/sessions", tag = "session",
    responses((status = 200, body = Sessions)))]
async fn list_sessions(State(app): State<Arc<App>>, Agent(agent): Agent) -> Answer<Json<Sessions>> {
    let sessions = app.list_sessions(&agent).await?;
    Ok(Json(Sessions { sessions }))
}

/// Signs out another of the agent's browsers.
///
/// Every role, their own.
#[utoipa::path(delete, path = "/api/console/sessions/{id}", tag = "session",
    params(("id" = String, Path)), responses((status = 204)))]
async fn delete_one_session(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<SessionId>,
) -> Answer<StatusCode> {
    app.end_session(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs out all of the agent's other browsers.
///
/// Every role, their own.
#[utoipa::path(delete, path = "/api/console/sessions", tag = "session",
    responses((status = 204)))]
async fn delete_other_sessions(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<StatusCode> {
    app.end_other_sessions(&agent).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer that begins a session.
pub(crate) async fn begin(app: &App, signed_in: SignedIn) -> Answer<Begun> {
    let agent = app.authenticate_session(&signed_in.token).await?;
    let view = app.get_session(&agent).await?;
    let mut headers = HeaderMap::new();
    let cookie = Cookie::Session.set(app, &signed_in.token, Some(signed_in.max_age_s))?;
    cookie.put(&mut headers);
    Ok((StatusCode::CREATED, headers, Json(view)))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(create_session, get_session, delete_session))
        .routes(routes!(list_sessions, delete_other_sessions))
        .routes(routes!(delete_one_session))
}
