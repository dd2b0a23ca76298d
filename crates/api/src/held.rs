//! What is held: for the person themselves, and for personnel (masked, revealed one by one).

use std::sync::Arc;

use app::{App, Export, HeldPerson, HeldView, RevealedView};
use axum::{
    Json,
    body::Body as Stream,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::PersonId;
use futures_util::stream;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::{Agent, Visitor},
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// A field to be opened, and what for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevealBody {
    /// Name of the field, such as `visitor.email`.
    field: String,
    /// `support.reply` or `rights.request`.
    purpose: String,
}

/// What is held about me.
///
/// The visitor themselves.
#[utoipa::path(get, path = "/api/widget/me", tag = "me",
    responses((status = 200, body = HeldView), (status = "default", body = ProblemBody)))]
async fn get_own_data(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
) -> Answer<Json<HeldView>> {
    Ok(Json(app.list_own_data(&visitor).await?))
}

/// Everything held about me, as a file.
///
/// The visitor themselves.
#[utoipa::path(get, path = "/api/widget/me/export", tag = "me",
    responses((status = 200, body = Object), (status = "default", body = ProblemBody)))]
async fn export_own_data(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
) -> Answer<Response> {
    let export = app.export_own_data(&visitor).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"chatham-export.json\"",
        ),
    ];
    Ok((headers, pieces(export)).into_response())
}

/// The document in pieces; one that fails cuts the answer off, so that half of it is not taken for all.
fn pieces(export: Export) -> Stream {
    Stream::from_stream(stream::try_unfold(export, |mut export| async move {
        let piece = export.next_piece().await?;
        Ok::<_, app::AppError>(piece.map(|piece| (piece, export)))
    }))
}

/// What is held about a person, masked.
///
/// Owner, admin, agent, privacy officer.
#[utoipa::path(get, path = "/api/console/people/{person_id}", tag = "people",
    params(("person_id" = String, Path)),
    responses((status = 200, body = HeldPerson), (status = "default", body = ProblemBody)))]
async fn get_person(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(person_id): PathId<PersonId>,
) -> Answer<Json<HeldPerson>> {
    Ok(Json(app.get_person(&agent, person_id).await?))
}

/// One field opened; the reading is entered in the ledger first.
///
/// Owner, admin, agent, privacy officer, as the policy lists them for the purpose.
#[utoipa::path(post, path = "/api/console/people/{person_id}/reveal", tag = "people",
    params(("person_id" = String, Path)), request_body = RevealBody,
    responses((status = 200, body = RevealedView), (status = "default", body = ProblemBody)))]
async fn reveal_field(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(person_id): PathId<PersonId>,
    Body(body): Body<RevealBody>,
) -> Answer<Json<RevealedView>> {
    let revealed = app.reveal_field(&agent, person_id, &body.field, &body.purpose);
    Ok(Json(revealed.await?))
}

pub(crate) fn widget_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(get_own_data))
        .routes(routes!(export_own_data))
}

pub(crate) fn console_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(get_person))
        .routes(routes!(reveal_field))
}
