//! Legal holds, for those whom the policy names.

use std::sync::Arc;

use app::{App, HoldOrder, HoldReleaseView, HoldView};
use axum::{Json, extract::State, http::StatusCode};
use domain::{ConversationId, HoldId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// The workspace's holds.
#[derive(Debug, Serialize, ToSchema)]
struct Holds {
    /// Those that last first, then the newest.
    holds: Vec<HoldView>,
}

/// A hold to be placed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HoldBody {
    /// Whose data.
    #[schema(value_type = String)]
    person_id: PersonId,
    /// One conversation; left out: everything of the person.
    #[schema(value_type = Option<String>)]
    conversation_id: Option<ConversationId>,
    /// A ground of the policy, such as `court-or-government`.
    ground: String,
    /// `sha256:` and the hash of the document that asks for it.
    document_hash: String,
    /// When it ends by itself, in microseconds.
    deadline_at: i64,
    /// Until when the person is not told, in microseconds; left out: they are told.
    gagged_until: Option<i64>,
    /// Why, for those who may see holds.
    reason: String,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
struct Placed {
    /// Id of the hold.
    id: String,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReleaseBody {}

/// The legal holds.
///
/// Roles that the policy lists for `legal.hold`.
#[utoipa::path(get, path = "/api/console/holds", tag = "privacy",
    responses((status = 200, body = Holds), (status = "default", body = ProblemBody)))]
async fn list_holds(State(app): State<Arc<App>>, Agent(agent): Agent) -> Answer<Json<Holds>> {
    let holds = app.list_holds(&agent).await?;
    Ok(Json(Holds { holds }))
}

/// Places a legal hold: what it names is not erased until it ends.
///
/// Roles that the policy lists for `legal.hold`.
#[utoipa::path(post, path = "/api/console/holds", tag = "privacy", request_body = HoldBody,
    responses((status = 201, body = Placed), (status = "default", body = ProblemBody)))]
async fn place_hold(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<HoldBody>,
) -> Answer<(StatusCode, Json<Placed>)> {
    let order = HoldOrder {
        person_id: body.person_id,
        conversation_id: body.conversation_id,
        ground: body.ground,
        document_hash: body.document_hash,
        deadline_at: body.deadline_at,
        gagged_until: body.gagged_until,
        reason: body.reason,
    };
    let id = app.place_hold(&agent, order).await?.to_string();
    Ok((StatusCode::CREATED, Json(Placed { id })))
}

/// Ends a legal hold; an erasure that waited for it is done at once.
///
/// Roles that the policy lists for `legal.hold`.
#[utoipa::path(post, path = "/api/console/holds/{id}/release", tag = "privacy",
    params(("id" = String, Path)), request_body = ReleaseBody,
    responses((status = 200, body = HoldReleaseView), (status = "default", body = ProblemBody)))]
async fn release_hold(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<HoldId>,
    Body(ReleaseBody {}): Body<ReleaseBody>,
) -> Answer<Json<HoldReleaseView>> {
    Ok(Json(app.release_hold(&agent, id).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_holds))
        .routes(routes!(place_hold))
        .routes(routes!(release_hold))
}
