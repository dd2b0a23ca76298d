//! Messages and notes as agents read and write them.
//!
//! Must not know: SQL, the policy.

use std::sync::Arc;

use app::{Actor, AgentMessage, App, MessagesView, Reached};
use axum::{Json, extract::State, http::StatusCode};
use domain::{ClientMessageId, ConversationId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    path::{PathId, Words},
    problem::{Answer, ProblemBody},
    widget_conversation::{MessagesWords, OneMessage, SeqBody},
};

/// What an agent writes.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum WrittenKind {
    /// The visitor reads it.
    Message,
    /// Internal: the visitor never sees it.
    Note,
}

/// A message or note of an agent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgentMessageBody {
    /// Id of the message, made by the console.
    #[schema(value_type = String)]
    client_msg_id: ClientMessageId,
    /// Message or note.
    kind: WrittenKind,
    /// What it says: 1 to 10,000 characters.
    body: String,
    /// Number of the newest message the agent has seen: a newer answer of another agent refuses this one.
    seen_seq: Option<i64>,
}

/// Lists messages and notes of a conversation, oldest first: the newest ones before a number.
///
/// For owners, admins and agents.
#[utoipa::path(get, path = "/api/console/conversations/{id}/messages", tag = "conversations",
    params(("id" = String, Path, description = "Conversation"), MessagesWords),
    responses((status = 200, body = MessagesView), (status = "default", body = ProblemBody)))]
async fn list_messages(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
    Words(words): Words<MessagesWords>,
) -> Answer<Json<MessagesView>> {
    let actor = Actor::Agent(agent);
    Ok(Json(
        app.list_messages(&actor, id, words.before_seq, words.limit)
            .await?,
    ))
}

/// Answers the visitor, or notes something for colleagues.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/messages", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    request_body = AgentMessageBody,
    responses((status = 201, body = OneMessage), (status = "default", body = ProblemBody)))]
async fn send_message(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<AgentMessageBody>,
) -> Answer<(StatusCode, Json<OneMessage>)> {
    let new = AgentMessage {
        client_msg_id: body.client_msg_id,
        is_note: body.kind == WrittenKind::Note,
        body: body.body,
        seen_seq: body.seen_seq,
    };
    let message = app.send_as_agent(&agent, id, new).await?;
    Ok((StatusCode::CREATED, Json(OneMessage { message })))
}

/// Notes that messages up to a number were read.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/read", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    request_body = SeqBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn read_messages(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<SeqBody>,
) -> Answer<StatusCode> {
    let actor = Actor::Agent(agent);
    app.note_reached(&actor, id, body.seq, Reached::Read)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that messages up to a number are on an agent's screen.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/delivered", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    request_body = SeqBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn receive_messages(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<SeqBody>,
) -> Answer<StatusCode> {
    let actor = Actor::Agent(agent);
    app.note_reached(&actor, id, body.seq, Reached::Delivered)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the visitor and colleagues that the agent types; never stored.
///
/// For owners, admins and agents.
#[utoipa::path(post, path = "/api/console/conversations/{id}/typing", tag = "conversations",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn type_message(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<ConversationId>,
) -> Answer<StatusCode> {
    app.note_typing(&Actor::Agent(agent), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Routes of messages.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_messages, send_message))
        .routes(routes!(read_messages))
        .routes(routes!(receive_messages))
        .routes(routes!(type_message))
}
