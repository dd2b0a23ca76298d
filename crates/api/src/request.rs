//! The privacy desk: requests of people, with their clocks.
//!
//! Must not know: SQL, the policy.

use std::{str::FromStr, sync::Arc};

use app::{
    App, AppError, EnteredRequest, EnteredRequestsView, RequestPageView, RequestView, RequestsQuery,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{ConversationId, RequestId, RequestState};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::{Agent, Visitor},
    path::{PathId, Words},
    problem::{Answer, ProblemBody},
};

/// Which requests.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RequestWords {
    /// `open` (the default), `done` or `withdrawn`.
    state: Option<String>,
    /// Of one kind only.
    kind: Option<String>,
    /// Where the page begins, as the page before said.
    cursor: Option<String>,
}

/// A request that came by post, by telephone or in person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    /// `access`, `correct`, `export`, `restrict`, `object`, `opt_out` or `erase`.
    kind: String,
    /// `mail` (with another subject), `post`, `telephone` or `spoken`.
    way: String,
    /// The person is found by the address they gave ...
    email: Option<String>,
    /// ... or by a conversation of theirs.
    #[schema(value_type = Option<String>)]
    conversation_id: Option<ConversationId>,
    /// To correct: the right name.
    right_name: Option<String>,
    /// To correct: the right address.
    right_email: Option<String>,
    /// To object: to which purpose.
    purpose: Option<String>,
    /// When it came in, in microseconds since 1970; now, if left out.
    #[schema(value_type = Option<i64>)]
    received_at: Option<Timestamp>,
    /// `document` or `call_back`: how it was shown to be the person's, if it was.
    proof: Option<String>,
}

/// How a request was shown to be the person's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VerifyBody {
    /// `document`, `call_back`, or `loop` to ask the person by letter.
    proof: String,
}

/// Why a request takes longer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExtendBody {
    /// `complex` or `many`.
    reason: String,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoBody {}

/// A link that works once.
#[derive(Serialize, ToSchema)]
struct LinkView {
    /// Where it leads.
    url: String,
}

/// Requests, those due first on top.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/requests", tag = "requests", params(RequestWords),
    responses((status = 200, body = RequestPageView), (status = "default", body = ProblemBody)))]
async fn list_requests(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Words(words): Words<RequestWords>,
) -> Answer<Json<RequestPageView>> {
    let query = RequestsQuery {
        state: match &words.state {
            Some(text) => word("state", text)?,
            None => RequestState::Open,
        },
        kind: optional("kind", words.kind.as_deref())?,
        cursor: words.cursor,
    };
    Ok(Json(app.list_requests(&agent, &query).await?))
}

/// Enters a request that came by post, by telephone or in person.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/requests", tag = "requests", request_body = RequestBody,
    responses((status = 201, body = EnteredRequestsView), (status = "default", body = ProblemBody)))]
async fn enter_request(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<RequestBody>,
) -> Answer<(StatusCode, Json<EnteredRequestsView>)> {
    let entered = EnteredRequest {
        kind: word("kind", &body.kind)?,
        way: word("way", &body.way)?,
        email: body.email,
        conversation_id: body.conversation_id,
        right_name: body.right_name,
        right_email: body.right_email,
        purpose: body.purpose,
        received_at: body.received_at,
        proof: optional("proof", body.proof.as_deref())?,
    };
    let view = app.enter_request(&agent, entered).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// One request with who did what.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/requests/{id}", tag = "requests",
    params(("id" = String, Path)),
    responses((status = 200, body = RequestView), (status = "default", body = ProblemBody)))]
async fn get_request(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<RequestId>,
) -> Answer<Json<RequestView>> {
    Ok(Json(app.get_request(&agent, id).await?))
}

/// Notes how a request was shown to be the person's, or asks them by letter.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/requests/{id}/verify", tag = "requests",
    params(("id" = String, Path)), request_body = VerifyBody,
    responses((status = 200, body = RequestView), (status = "default", body = ProblemBody)))]
async fn verify_request(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<RequestId>,
    Body(body): Body<VerifyBody>,
) -> Answer<Json<RequestView>> {
    let proof = word("proof", &body.proof)?;
    Ok(Json(app.verify_request(&agent, id, proof).await?))
}

/// Gives a request more time, where the policy has any.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/requests/{id}/extend", tag = "requests",
    params(("id" = String, Path)), request_body = ExtendBody,
    responses((status = 200, body = RequestView), (status = "default", body = ProblemBody)))]
async fn extend_request(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<RequestId>,
    Body(body): Body<ExtendBody>,
) -> Answer<Json<RequestView>> {
    let reason = word("reason", &body.reason)?;
    Ok(Json(app.extend_request(&agent, id, reason).await?))
}

/// Carries a request out before its time.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/requests/{id}/execute", tag = "requests",
    params(("id" = String, Path)), request_body = NoBody,
    responses((status = 200, body = RequestView), (status = "default", body = ProblemBody)))]
async fn execute_request(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<RequestId>,
    Body(NoBody {}): Body<NoBody>,
) -> Answer<Json<RequestView>> {
    Ok(Json(app.execute_request_now(&agent, id).await?))
}

/// A link to the copy that is ready, to be sent by post.
///
/// Owner, admin, privacy officer.
#[utoipa::path(post, path = "/api/console/requests/{id}/hand-over", tag = "requests",
    params(("id" = String, Path)), request_body = NoBody,
    responses((status = 200, body = LinkView), (status = "default", body = ProblemBody)))]
async fn hand_over_copy(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<RequestId>,
    Body(NoBody {}): Body<NoBody>,
) -> Answer<Json<LinkView>> {
    let url = app.hand_over_copy(&agent, id).await?;
    Ok(Json(LinkView { url }))
}

/// A link into the privacy centre, for a visitor with a session.
///
/// The visitor themselves.
#[utoipa::path(post, path = "/api/widget/me/privacy-centre", tag = "me", request_body = NoBody,
    responses((status = 201, body = LinkView), (status = "default", body = ProblemBody)))]
async fn open_privacy_centre(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(NoBody {}): Body<NoBody>,
) -> Answer<(StatusCode, Json<LinkView>)> {
    let url = app.new_centre_entry(&visitor).await?;
    Ok((StatusCode::CREATED, Json(LinkView { url })))
}

fn word<T: FromStr>(field: &'static str, text: &str) -> Result<T, AppError> {
    let refused = |_| AppError::invalid(field, "unknown_word", "is none of the words it may be");
    text.parse().map_err(refused)
}

fn optional<T: FromStr>(field: &'static str, text: Option<&str>) -> Result<Option<T>, AppError> {
    text.map(|text| word(field, text)).transpose()
}

/// Routes that only our own pages call.
pub(crate) fn console_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_requests, enter_request))
        .routes(routes!(get_request))
        .routes(routes!(verify_request))
        .routes(routes!(extend_request))
        .routes(routes!(execute_request))
        .routes(routes!(hand_over_copy))
}

/// Routes that pages of other origins call.
pub(crate) fn widget_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(open_privacy_centre))
}
