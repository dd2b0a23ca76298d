//! Conversations as a visitor's browser asks for them: begin, list, read, write, end, rate.
//!
//! Must not know: SQL, the policy.

use std::sync::Arc;

use app::{
    Actor, AgePassView, App, MessageView, MessagesView, NewRating, NewTalk, Reached, StartedView,
    VisitorConversationsView, VisitorMessage,
};
use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
};
use domain::{ClientMessageId, ConversationId, SiteId};
use pages::signal::sends_gpc;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::{Visitor, VisitorToken, check_site_origin},
    limit::{Limit, Limits},
    path::{PathId, Words},
    problem::{Answer, Problem, ProblemBody},
};

/// A browser about to begin, on a page that the site names; its token may be new.
struct Starter {
    site_id: SiteId,
    token: String,
    gpc: bool,
}

impl FromRequestParts<Arc<App>> for Starter {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let PathId(site_id) = PathId::<SiteId>::from_request_parts(parts, app).await?;
        let VisitorToken(token) = VisitorToken::from_request_parts(parts, app).await?;
        check_site_origin(app, site_id, &parts.headers).await?;
        if let Some(limits) = parts.extensions.get::<Limits>() {
            limits.check(Limit::VisitorWrites, token.as_bytes())?;
            limits.check(Limit::SiteWrites, site_id.to_string().as_bytes())?;
        }
        let gpc = sends_gpc(&parts.headers);
        Ok(Self {
            site_id,
            token,
            gpc,
        })
    }
}

/// The first message of a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewConversationBody {
    /// Version of the policy the visitor saw.
    policy_version: Option<u32>,
    /// Id of the message, made by the browser.
    #[schema(value_type = String)]
    client_msg_id: ClientMessageId,
    /// What it says: 1 to 10,000 characters.
    body: String,
    /// Name, at most 120 characters.
    name: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// Address of the page, kept without query and fragment.
    page_url: Option<String>,
    /// Title of the page.
    page_title: Option<String>,
    /// Language of the browser.
    locale: Option<String>,
    /// What the question of age gave, where the policy asks it.
    age_pass: Option<String>,
}

/// Month and year of birth: judged and forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgeBody {
    /// Year, such as 1990.
    year: i64,
    /// Month, 1 to 12.
    month: i64,
}

/// A message of a visitor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VisitorMessageBody {
    /// Version of the policy the visitor saw.
    policy_version: Option<u32>,
    /// Id of the message, made by the browser.
    #[schema(value_type = String)]
    client_msg_id: ClientMessageId,
    /// What it says: 1 to 10,000 characters.
    body: String,
}

/// How far a reader has come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeqBody {
    /// Number of the newest message.
    pub(crate) seq: i64,
}

/// A rating.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RatingBody {
    /// Version of the policy the visitor saw.
    policy_version: Option<u32>,
    /// 1 to 5.
    score: i64,
    /// Up to 2,000 characters.
    comment: Option<String>,
}

/// Which page of messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessagesWords {
    /// Only messages before this number.
    pub(crate) before_seq: Option<i64>,
    /// How many, at most 100.
    pub(crate) limit: Option<i64>,
}

/// A message alone.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneMessage {
    /// The message.
    pub(crate) message: MessageView,
}

/// Asks for an age, where the policy does; the answer is kept nowhere.
///
/// For whoever holds a visitor token; one that was refused stays refused.
#[utoipa::path(post, path = "/api/widget/{site_id}/age", tag = "widget",
    params(("site_id" = String, Path, description = "Site")),
    request_body = AgeBody,
    responses((status = 200, body = AgePassView), (status = "default", body = ProblemBody)))]
async fn pass_age_gate(
    State(app): State<Arc<App>>,
    starter: Starter,
    Body(body): Body<AgeBody>,
) -> Answer<Json<AgePassView>> {
    let born = (body.year, body.month);
    let passed = app.pass_age_gate(starter.site_id, &starter.token, born);
    Ok(Json(passed.await?))
}

/// Begins a conversation.
///
/// For whoever holds a visitor token; a token never seen before makes a new visitor.
#[utoipa::path(post, path = "/api/widget/{site_id}/conversations", tag = "widget",
    params(("site_id" = String, Path, description = "Site")),
    request_body = NewConversationBody,
    responses((status = 201, body = StartedView), (status = "default", body = ProblemBody)))]
async fn start_conversation(
    State(app): State<Arc<App>>,
    starter: Starter,
    Body(body): Body<NewConversationBody>,
) -> Answer<(StatusCode, Json<StartedView>)> {
    let new = NewTalk {
        policy_version: body.policy_version,
        client_msg_id: body.client_msg_id,
        body: body.body,
        name: body.name,
        email: body.email,
        page_url: body.page_url,
        page_title: body.page_title,
        locale: body.locale,
        gpc: starter.gpc,
        age_pass: body.age_pass,
    };
    let view = app
        .start_conversation(starter.site_id, &starter.token, new)
        .await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Lists the visitor's conversations, newest first.
///
/// For the visitor.
#[utoipa::path(get, path = "/api/widget/conversations", tag = "widget",
    responses((status = 200, body = VisitorConversationsView), (status = "default", body = ProblemBody)))]
async fn list_own_conversations(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
) -> Answer<Json<VisitorConversationsView>> {
    Ok(Json(app.list_own_conversations(&visitor).await?))
}

/// Lists messages of a conversation, oldest first: the newest ones before a number.
///
/// For the visitor whose conversation it is.
#[utoipa::path(get, path = "/api/widget/conversations/{id}/messages", tag = "widget",
    params(("id" = String, Path, description = "Conversation"), MessagesWords),
    responses((status = 200, body = MessagesView), (status = "default", body = ProblemBody)))]
async fn list_own_messages(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
    Words(words): Words<MessagesWords>,
) -> Answer<Json<MessagesView>> {
    let actor = Actor::Visitor(visitor);
    Ok(Json(
        app.list_messages(&actor, id, words.before_seq, words.limit)
            .await?,
    ))
}

/// Writes in a conversation.
///
/// For the visitor whose conversation it is.
#[utoipa::path(post, path = "/api/widget/conversations/{id}/messages", tag = "widget",
    params(("id" = String, Path, description = "Conversation")),
    request_body = VisitorMessageBody,
    responses((status = 201, body = OneMessage), (status = "default", body = ProblemBody)))]
async fn send_own_message(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<VisitorMessageBody>,
) -> Answer<(StatusCode, Json<OneMessage>)> {
    let new = VisitorMessage {
        policy_version: body.policy_version,
        client_msg_id: body.client_msg_id,
        body: body.body,
    };
    let message = app.send_as_visitor(&visitor, id, new).await?;
    Ok((StatusCode::CREATED, Json(OneMessage { message })))
}

/// Notes that messages up to a number were read.
///
/// For the visitor whose conversation it is.
#[utoipa::path(post, path = "/api/widget/conversations/{id}/read", tag = "widget",
    params(("id" = String, Path, description = "Conversation")),
    request_body = SeqBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn read_own_messages(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<SeqBody>,
) -> Answer<StatusCode> {
    let actor = Actor::Visitor(visitor);
    app.note_reached(&actor, id, body.seq, Reached::Read)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that messages up to a number are on a screen.
///
/// For the visitor whose conversation it is.
#[utoipa::path(post, path = "/api/widget/conversations/{id}/delivered", tag = "widget",
    params(("id" = String, Path, description = "Conversation")),
    request_body = SeqBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn receive_own_messages(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<SeqBody>,
) -> Answer<StatusCode> {
    let actor = Actor::Visitor(visitor);
    app.note_reached(&actor, id, body.seq, Reached::Delivered)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the agents that the visitor types; never stored.
///
/// For the visitor whose conversation it is.
#[utoipa::path(post, path = "/api/widget/conversations/{id}/typing", tag = "widget",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn type_own_message(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
) -> Answer<StatusCode> {
    app.note_typing(&Actor::Visitor(visitor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a conversation.
///
/// For the visitor whose conversation it is.
#[utoipa::path(post, path = "/api/widget/conversations/{id}/end", tag = "widget",
    params(("id" = String, Path, description = "Conversation")),
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn end_conversation(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
) -> Answer<StatusCode> {
    app.end_conversation(&visitor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rates a resolved conversation, or changes the rating for 24 hours.
///
/// For the visitor whose conversation it is.
#[utoipa::path(post, path = "/api/widget/conversations/{id}/rating", tag = "widget",
    params(("id" = String, Path, description = "Conversation")),
    request_body = RatingBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn rate_conversation(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    PathId(id): PathId<ConversationId>,
    Body(body): Body<RatingBody>,
) -> Answer<StatusCode> {
    let new = NewRating {
        policy_version: body.policy_version,
        score: body.score,
        comment: body.comment,
    };
    app.rate_conversation(&visitor, id, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Routes of a visitor's conversations.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(pass_age_gate))
        .routes(routes!(start_conversation))
        .routes(routes!(list_own_conversations))
        .routes(routes!(list_own_messages, send_own_message))
        .routes(routes!(read_own_messages))
        .routes(routes!(receive_own_messages))
        .routes(routes!(type_own_message))
        .routes(routes!(end_conversation))
        .routes(routes!(rate_conversation))
}
