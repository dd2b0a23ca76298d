//! Conversations as agents work with them: the inbox and the transitions.
//!
//! Must not know: SQL, the policy.

use std::sync::Arc;

use app::{App, InboxPageView, InboxQuery, OneConversationView};
use axum::{Json, extract::State, http::StatusCode};
use domain::{AgentId, ConversationId};
use policy::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    path::{PathId, Words},
    problem::{Answer, ProblemBody},
};

/// Which page of the inbox.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboxWords {
    /// `mine` (default), `unassigned` or `all`.
    view: Option<String>,
    /// `open` (default), `snoozed` or `resolved`.
    state: Option<String>,
    /// Where it begins, as the page before said.
    cursor: Option<String>,
    /// How many, at most 100; 50 if not said.
    limit: Option<i64>,
}

/// Who is to answer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignBody {
    /// An agent, or null for nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<String>)]
    assignee_id: Option<AgentId>,
}

/// Until when a conversation is put aside.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SnoozeBody {
    /// Microseconds UTC; in the future, at most 366 days away.
    #[schema(value_type = i64)]
    until: Timestamp,
}

/// A page of the inbox: whose visitor waits longest first, then the newest.
///
/// For owners, admins and agents.
#[utoipa::path(get, path = "/api/console/conversations", tag = "conversations",
    params(InboxWords),
    responses((status = 200, body = InboxPageView), (status = "default", body = ProblemBody)))]
async fn list_conversations(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Words(words): Words<InboxWords>,
) -> Answer<Json<InboxPageView>> {
    let query = InboxQuery {
        view: words.view,
        state: words.state,
        cursor: words.cursor,
        limit: words.limit,
    };
    Ok(Json(app.list_conversations(&agent, &query).await?))
}

/// One conversation.
///
/// For owners, admins and agents.
#[utoipa::path(get, path = "/api/console/conversations/{id}", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 200, body = OneConversationView), (status = "default", body = ProblemBody)))]
async fn get_conversation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
) -> Answer<Json<OneConversationView>> {
    let conversation = app.get_conversation(&agent, id).await?;
    Ok(Json(OneConversationView { conversation }))
}

/// Gives a conversation to an agent, or to nobody.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/assign", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    request_body = AssignBody,
    responses((status = 200, body = OneConversationView), (status = "default", body = ProblemBody)))]
async fn assign_conversation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<AssignBody>,
) -> Answer<Json<OneConversationView>> {
    let conversation = app
        .assign_conversation(&agent, id, body.assignee_id)
        .await?;
    Ok(Json(OneConversationView { conversation }))
}

/// Puts a conversation aside until a time, or until the visitor writes.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/snooze", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    request_body = SnoozeBody,
    responses((status = 200, body = OneConversationView), (status = "default", body = ProblemBody)))]
async fn snooze_conversation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<SnoozeBody>,
) -> Answer<Json<OneConversationView>> {
    let conversation = app.snooze_conversation(&agent, id, body.until).await?;
    Ok(Json(OneConversationView { conversation }))
}

/// Resolves a conversation.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/resolve", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 200, body = OneConversationView), (status = "default", body = ProblemBody)))]
async fn resolve_conversation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
) -> Answer<Json<OneConversationView>> {
    let conversation = app.resolve_conversation(&agent, id).await?;
    Ok(Json(OneConversationView { conversation }))
}

/// Opens a conversation again.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/reopen", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 200, body = OneConversationView), (status = "default", body = ProblemBody)))]
async fn reopen_conversation(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
) -> Answer<Json<OneConversationView>> {
    let conversation = app.reopen_conversation(&agent, id).await?;
    Ok(Json(OneConversationView { conversation }))
}

/// Puts the newest message of the visitor back to unread, for all agents.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/unread", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn mark_conversation_unread(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
) -> Answer<StatusCode> {
    app.mark_unread(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Routes of the inbox.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(get_conversation))
        .routes(routes!(assign_conversation))
        .routes(routes!(snooze_conversation))
        .routes(routes!(resolve_conversation))
        .routes(routes!(reopen_conversation))
        .routes(routes!(mark_conversation_unread))
}
