//! Breaches, real and as drills, for those who carry out people's rights.

use std::sync::Arc;

use app::{AffectedPageView, App, AppError, IncidentOrder, IncidentView};
use axum::{Json, extract::State, http::StatusCode};
use domain::{AgentId, IncidentId};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    path::{PathId, Words},
    problem::{Answer, ProblemBody},
};

/// The workspace's incidents.
#[derive(Debug, Serialize, ToSchema)]
struct Incidents {
    /// Newest first, at most 200.
    incidents: Vec<IncidentView>,
}

/// An incident to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IncidentBody {
    /// `drill` or `real`.
    kind: String,
    /// `period`, `agent`, `copy` or `keys`.
    scope: String,
    /// Whose account was misused, for scope `agent`.
    #[schema(value_type = Option<String>)]
    agent_id: Option<AgentId>,
    /// From when, in microseconds; left out: from the beginning on.
    from_at: Option<i64>,
    /// Up to when; left out: until now.
    to_at: Option<i64>,
    /// When it was noticed; left out: now.
    noticed_at: Option<i64>,
}

/// What people are told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TellBody {
    /// What happened, what may follow, what to do; at most 4,000 characters.
    words: String,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepBody {}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PeopleWords {
    /// Where the page begins, as the page before said.
    cursor: Option<String>,
}

/// The incidents.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/incidents", tag = "privacy",
    responses((status = 200, body = Incidents), (status = "default", body = ProblemBody)))]
async fn list_incidents(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<Incidents>> {
    let incidents = app.list_incidents(&agent).await?;
    Ok(Json(Incidents { incidents }))
}

/// Opens an incident: counts whom it reached, and starts the 72 hours.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/incidents", tag = "privacy", request_body = IncidentBody,
    responses((status = 201, body = IncidentView), (status = "default", body = ProblemBody)))]
async fn open_incident(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<IncidentBody>,
) -> Answer<(StatusCode, Json<IncidentView>)> {
    let order = order(&body)?;
    let opened = app.open_incident(&agent, order).await?;
    Ok((StatusCode::CREATED, Json(opened)))
}

/// The people whom an incident reached, by reference.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/incidents/{id}/people", tag = "privacy",
    params(("id" = String, Path), PeopleWords),
    responses((status = 200, body = AffectedPageView), (status = "default", body = ProblemBody)))]
async fn list_affected(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<IncidentId>,
    Words(words): Words<PeopleWords>,
) -> Answer<Json<AffectedPageView>> {
    let cursor = words.cursor.as_deref();
    Ok(Json(app.list_affected(&agent, id, cursor).await?))
}

/// Notes that the authority was told.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/incidents/{id}/report", tag = "privacy",
    params(("id" = String, Path)), request_body = StepBody,
    responses((status = 200, body = IncidentView), (status = "default", body = ProblemBody)))]
async fn report_incident(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<IncidentId>,
    Body(StepBody {}): Body<StepBody>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(app.report_incident(&agent, id).await?))
}

/// Writes to everybody whom a real incident reached.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/incidents/{id}/tell", tag = "privacy",
    params(("id" = String, Path)), request_body = TellBody,
    responses((status = 200, body = IncidentView), (status = "default", body = ProblemBody)))]
async fn tell_people(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<IncidentId>,
    Body(body): Body<TellBody>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(app.tell_people(&agent, id, &body.words).await?))
}

/// Closes an incident.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/incidents/{id}/close", tag = "privacy",
    params(("id" = String, Path)), request_body = StepBody,
    responses((status = 200, body = IncidentView), (status = "default", body = ProblemBody)))]
async fn close_incident(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<IncidentId>,
    Body(StepBody {}): Body<StepBody>,
) -> Answer<Json<IncidentView>> {
    Ok(Json(app.close_incident(&agent, id).await?))
}

fn order(body: &IncidentBody) -> Result<IncidentOrder, AppError> {
    let unknown = |field, what| AppError::invalid(field, "unknown", what);
    let kind = body.kind.parse();
    let scope = body.scope.parse();
    Ok(IncidentOrder {
        kind: kind.map_err(|_| unknown("kind", "must be drill or real"))?,
        scope: scope.map_err(|_| unknown("scope", "must be period, agent, copy or keys"))?,
        agent_id: body.agent_id,
        from: body.from_at.map(Timestamp),
        to: body.to_at.map(Timestamp),
        noticed_at: body.noticed_at.map(Timestamp),
    })
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_incidents))
        .routes(routes!(open_incident))
        .routes(routes!(list_affected))
        .routes(routes!(report_incident))
        .routes(routes!(tell_people))
        .routes(routes!(close_incident))
}
