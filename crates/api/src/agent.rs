//! The team, and what an agent says about themselves.

use std::sync::Arc;

use app::{AgentView, App, AppError};
use axum::{Json, extract::State, http::StatusCode};
use domain::{AgentAvailability, AgentId, AgentState};
use policy::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, extract::Agent, path::PathId, problem::Answer};

/// The members.
#[derive(Serialize, ToSchema)]
struct Agents {
    /// Oldest first.
    agents: Vec<AgentView>,
}

/// Another role or state; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgentBody {
    /// `owner`, `admin`, `agent`, `analyst`, `marketer` or `privacy_officer`.
    role: Option<String>,
    /// `active` or `disabled`.
    state: Option<String>,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NameBody {
    /// 1 to 120 characters on one line.
    name: String,
}

/// Whether the agent takes conversations.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AvailabilityBody {
    /// `online` or `away`.
    availability: String,
}

/// Lists the members.
///
/// Every role; addresses whole for owners and admins only.
#[utoipa::path(get, path = "/api/console/agents", tag = "team",
    responses((status = 200, body = Agents)))]
async fn list_agents(State(app): State<Arc<App>>, Agent(agent): Agent) -> Answer<Json<Agents>> {
    let agents = app.list_agents(&agent).await?;
    Ok(Json(Agents { agents }))
}

/// Gives a member another role or state; their sessions end.
///
/// Owners and admins, within the rules of the team.
#[utoipa::path(patch, path = "/api/console/agents/{id}", tag = "team",
    params(("id" = String, Path)), request_body = AgentBody, responses((status = 204)))]
async fn update_agent(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<AgentId>,
    Body(body): Body<AgentBody>,
) -> Answer<StatusCode> {
    let role = body.role.as_deref().map(parse_role).transpose()?;
    let state = body.state.as_deref().map(parse_state).transpose()?;
    app.update_agent(&agent, id, (role, state)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the agent's own name.
///
/// Every role.
#[utoipa::path(put, path = "/api/console/me", tag = "team", request_body = NameBody,
    responses((status = 204)))]
async fn update_me(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<NameBody>,
) -> Answer<StatusCode> {
    app.rename_me(&agent, &body.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says whether the agent takes conversations.
///
/// Every role.
#[utoipa::path(put, path = "/api/console/me/availability", tag = "team",
    request_body = AvailabilityBody, responses((status = 204)))]
async fn update_availability(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<AvailabilityBody>,
) -> Answer<StatusCode> {
    let parsed: Result<AgentAvailability, _> = body.availability.parse();
    let refused = |_| AppError::invalid("availability", "unknown_word", "write online or away");
    app.set_availability(&agent, parsed.map_err(refused)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A role that a member can have.
pub(crate) fn parse_role(word: &str) -> Result<Role, AppError> {
    Role::from_key(word)
        .filter(|role| domain::is_member_role(*role))
        .ok_or_else(|| {
            let words = "write owner, admin, agent, analyst, marketer or privacy_officer";
            AppError::invalid("role", "unknown_word", words)
        })
}

fn parse_state(word: &str) -> Result<AgentState, AppError> {
    word.parse()
        .map_err(|_| AppError::invalid("state", "unknown_word", "write active or disabled"))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_agents))
        .routes(routes!(update_agent))
        .routes(routes!(update_me))
        .routes(routes!(update_availability))
}
