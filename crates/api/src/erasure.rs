//! Erasure: by the person themselves, or by those who carry out people's rights.

use std::sync::Arc;

use app::App;
use axum::{Json, extract::State};
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::{Agent, Visitor},
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// Nothing more to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EraseBody {}

/// The proof of an erasure.
#[derive(Debug, Serialize, ToSchema)]
struct ErasureView {
    /// The ledger's entry with its proof; `chatham verify` checks it without this server.
    #[schema(value_type = Object)]
    receipt: ledger::Receipt,
}

/// Erase everything held about me.
///
/// The visitor themselves.
#[utoipa::path(post, path = "/api/widget/me/erase", tag = "me", request_body = EraseBody,
    responses((status = 200, body = ErasureView), (status = "default", body = ProblemBody)))]
async fn erase_own_data(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(EraseBody {}): Body<EraseBody>,
) -> Answer<Json<ErasureView>> {
    let receipt = app.erase_visitor(&visitor).await?;
    Ok(Json(ErasureView { receipt }))
}

/// Erase everything held about a visitor.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/people/{person_id}/erase", tag = "people",
    params(("person_id" = String, Path)), request_body = EraseBody,
    responses((status = 200, body = ErasureView), (status = "default", body = ProblemBody)))]
async fn erase_person(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(person_id): PathId<PersonId>,
    Body(EraseBody {}): Body<EraseBody>,
) -> Answer<Json<ErasureView>> {
    let receipt = app.erase_person(&agent, person_id).await?;
    Ok(Json(ErasureView { receipt }))
}

pub(crate) fn widget_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(erase_own_data))
}

pub(crate) fn console_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(erase_person))
}
