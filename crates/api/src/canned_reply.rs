//! Canned replies.

use std::sync::Arc;

use app::{App, CannedReplyChange, CannedReplyView, NewCannedReply};
use axum::{Json, extract::State, http::StatusCode};
use domain::CannedReplyId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, extract::Agent, idempotency::Key, path::PathId, problem::Answer};

/// The workspace's canned replies.
#[derive(Serialize, ToSchema)]
struct CannedReplies {
    /// By shortcut.
    canned_replies: Vec<CannedReplyView>,
}

/// A new canned reply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedReplyBody {
    /// The word after the slash.
    shortcut: String,
    /// What it is about.
    title: String,
    /// The text, with variables such as `{{visitor.name|there}}`.
    body: String,
}

/// What is to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CannedReplyPatch {
    /// The word after the slash.
    shortcut: Option<String>,
    /// What it is about.
    title: Option<String>,
    /// The text.
    body: Option<String>,
}

/// Lists canned replies.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/canned-replies", tag = "canned replies",
    responses((status = 200, body = CannedReplies)))]
async fn list_canned_replies(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<CannedReplies>> {
    let canned_replies = app.list_canned_replies(&agent).await?;
    Ok(Json(CannedReplies { canned_replies }))
}

/// Makes a canned reply.
///
/// Roles that answer.
#[utoipa::path(post, path = "/api/console/canned-replies", tag = "canned replies",
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key and body: same answer")),
    request_body = CannedReplyBody, responses((status = 201, body = CannedReplyView)))]
async fn create_canned_reply(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Key(key): Key,
    Body(body): Body<CannedReplyBody>,
) -> Answer<(StatusCode, Json<CannedReplyView>)> {
    let new = NewCannedReply {
        shortcut: &body.shortcut,
        title: &body.title,
        body: &body.body,
    };
    let created = app.create_canned_reply(&agent, key.as_ref(), new);
    Ok((StatusCode::CREATED, Json(created.await?)))
}

/// Changes a canned reply.
///
/// Roles that answer.
#[utoipa::path(patch, path = "/api/console/canned-replies/{id}", tag = "canned replies",
    params(("id" = String, Path)), request_body = CannedReplyPatch,
    responses((status = 200, body = CannedReplyView)))]
async fn update_canned_reply(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<CannedReplyId>,
    Body(body): Body<CannedReplyPatch>,
) -> Answer<Json<CannedReplyView>> {
    let change = CannedReplyChange {
        shortcut: body.shortcut,
        title: body.title,
        body: body.body,
    };
    Ok(Json(app.update_canned_reply(&agent, id, change).await?))
}

/// Deletes a canned reply.
///
/// Roles that answer.
#[utoipa::path(delete, path = "/api/console/canned-replies/{id}", tag = "canned replies",
    params(("id" = String, Path)), responses((status = 204)))]
async fn delete_canned_reply(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<CannedReplyId>,
) -> Answer<StatusCode> {
    app.delete_canned_reply(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_canned_replies, create_canned_reply))
        .routes(routes!(update_canned_reply, delete_canned_reply))
}
