//! Minors who were found: any answering member marks one, a privacy officer sees to the rest.

use std::sync::Arc;

use app::{App, ChildView};
use axum::{Json, extract::State, http::StatusCode};
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// The workspace's frozen records.
#[derive(Debug, Serialize, ToSchema)]
struct Children {
    /// Those that end first before the others.
    children: Vec<ChildView>,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkBody {}

/// Why it is no minor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LiftBody {
    /// 1 to 2,000 characters, sealed.
    reason: String,
}

/// Whom to ask.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ParentBody {
    /// A parent's e-mail address.
    email: String,
}

/// The minors' records that are frozen.
///
/// Roles that the policy lists for `child.protect`.
#[utoipa::path(get, path = "/api/console/children", tag = "privacy",
    responses((status = 200, body = Children), (status = "default", body = ProblemBody)))]
async fn list_children(State(app): State<Arc<App>>, Agent(agent): Agent) -> Answer<Json<Children>> {
    let children = app.list_children(&agent).await?;
    Ok(Json(Children { children }))
}

/// This is a minor: the record is frozen at once.
///
/// Owner, admin, agent, privacy officer.
#[utoipa::path(post, path = "/api/console/people/{person_id}/child", tag = "people",
    params(("person_id" = String, Path)), request_body = MarkBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn mark_child(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(person_id): PathId<PersonId>,
    Body(MarkBody {}): Body<MarkBody>,
) -> Answer<StatusCode> {
    app.mark_child(&agent, person_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Not a minor: the record is as it was.
///
/// Roles that the policy lists for `child.protect`.
#[utoipa::path(post, path = "/api/console/children/{person_id}/lift", tag = "privacy",
    params(("person_id" = String, Path)), request_body = LiftBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn lift_child(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(person_id): PathId<PersonId>,
    Body(body): Body<LiftBody>,
) -> Answer<StatusCode> {
    app.lift_child(&agent, person_id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks a parent, by letter.
///
/// Roles that the policy lists for `child.protect`.
#[utoipa::path(post, path = "/api/console/children/{person_id}/parent", tag = "privacy",
    params(("person_id" = String, Path)), request_body = ParentBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn ask_parent(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(person_id): PathId<PersonId>,
    Body(body): Body<ParentBody>,
) -> Answer<StatusCode> {
    app.ask_parent(&agent, person_id, &body.email).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_children))
        .routes(routes!(mark_child))
        .routes(routes!(lift_child))
        .routes(routes!(ask_parent))
}
