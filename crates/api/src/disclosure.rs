//! Releases on a legal ground, for those whom the policy names.

use std::sync::Arc;

use app::{App, DisclosureOrder, DisclosureView};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{ConversationId, DisclosureId, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Agent,
    path::PathId,
    problem::{Answer, ProblemBody},
};

/// The workspace's disclosures.
#[derive(Serialize, ToSchema)]
struct Disclosures {
    /// Open ones first, then the newest.
    disclosures: Vec<DisclosureView>,
}

/// A release that is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DisclosureBody {
    /// Whose data; left out: of the conversation's person, or of those with the address.
    #[schema(value_type = Option<String>)]
    person_id: Option<PersonId>,
    /// An address: of everybody here who gave it, one disclosure each.
    email: Option<String>,
    /// `conversation`, if left out, or `person`.
    scope: Option<String>,
    /// The conversation, if the scope is one.
    #[schema(value_type = Option<String>)]
    conversation_id: Option<ConversationId>,
    /// Keys of categories; left out: what was written.
    categories: Option<Vec<String>>,
    /// A ground of the policy.
    ground: String,
    /// Another one: a breach alone carries one conversation.
    second_ground: Option<String>,
    /// The rule that was broken, where a breach is the ground.
    rule: Option<String>,
    /// `sha256:` and the hash of the document, where a court or an authority asks.
    document_hash: Option<String>,
    /// The document's deadline, in microseconds.
    deadline_at: Option<i64>,
    /// Until when the person is not told, in microseconds; left out: they are told.
    gagged_until: Option<i64>,
    /// Why, for those who may see disclosures.
    reason: String,
    /// To whom.
    recipient: String,
    /// Their public key of age, such as `age1...`.
    recipient_key: String,
}

/// The ids of what was made.
#[derive(Debug, Serialize, ToSchema)]
struct Requested {
    /// Id of the disclosure; of each, where an address stands for several people.
    ids: Vec<String>,
}

/// Nothing more to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepBody {}

/// The disclosures.
///
/// Roles that the policy lists for `legal.disclosure`.
#[utoipa::path(get, path = "/api/console/disclosures", tag = "privacy",
    responses((status = 200, body = Disclosures), (status = "default", body = ProblemBody)))]
async fn list_disclosures(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
) -> Answer<Json<Disclosures>> {
    let disclosures = app.list_disclosures(&agent).await?;
    Ok(Json(Disclosures { disclosures }))
}

/// One disclosure with its reason, rule and recipient; the reading is entered in the ledger first.
///
/// Roles that the policy lists for `legal.disclosure`.
#[utoipa::path(get, path = "/api/console/disclosures/{id}", tag = "privacy",
    params(("id" = String, Path)),
    responses((status = 200, body = DisclosureView), (status = "default", body = ProblemBody)))]
async fn get_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<DisclosureId>,
) -> Answer<Json<DisclosureView>> {
    Ok(Json(app.get_disclosure(&agent, id).await?))
}

/// Asks for a release on a legal ground; a document of a court or an authority starts a legal hold.
///
/// Roles that the policy lists for `legal.disclosure`.
#[utoipa::path(post, path = "/api/console/disclosures", tag = "privacy",
    request_body = DisclosureBody,
    responses((status = 201, body = Requested), (status = "default", body = ProblemBody)))]
async fn request_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<DisclosureBody>,
) -> Answer<(StatusCode, Json<Requested>)> {
    let ids = app.request_disclosure(&agent, body.into()).await?;
    let ids = ids.iter().map(ToString::to_string).collect();
    Ok((StatusCode::CREATED, Json(Requested { ids })))
}

/// Approves a disclosure, before its release or after one that a single approval made.
///
/// Roles that the policy lists for `legal.disclosure`; not who asked for it, under two approvals.
#[utoipa::path(post, path = "/api/console/disclosures/{id}/approve", tag = "privacy",
    params(("id" = String, Path)), request_body = StepBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn approve_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<DisclosureId>,
    Body(StepBody {}): Body<StepBody>,
) -> Answer<StatusCode> {
    app.approve_disclosure(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses a disclosure, or takes back one's own.
///
/// Roles that the policy lists for `legal.disclosure`.
#[utoipa::path(post, path = "/api/console/disclosures/{id}/close", tag = "privacy",
    params(("id" = String, Path)), request_body = StepBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn close_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<DisclosureId>,
    Body(StepBody {}): Body<StepBody>,
) -> Answer<StatusCode> {
    app.close_disclosure(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Releases: the copy is made and sealed to the recipient's key.
///
/// Roles that the policy lists for `legal.disclosure`.
#[utoipa::path(post, path = "/api/console/disclosures/{id}/release", tag = "privacy",
    params(("id" = String, Path)), request_body = StepBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn release_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<DisclosureId>,
    Body(StepBody {}): Body<StepBody>,
) -> Answer<StatusCode> {
    app.release_disclosure(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a release for rights, property or safety as looked at again.
///
/// Roles that the policy lists for `legal.disclosure`; not who asked for it.
#[utoipa::path(post, path = "/api/console/disclosures/{id}/review", tag = "privacy",
    params(("id" = String, Path)), request_body = StepBody,
    responses((status = 204), (status = "default", body = ProblemBody)))]
async fn review_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<DisclosureId>,
    Body(StepBody {}): Body<StepBody>,
) -> Answer<StatusCode> {
    app.review_disclosure(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The sealed copy, for seven days after the release.
///
/// Roles that the policy lists for `legal.disclosure`.
#[utoipa::path(get, path = "/api/console/disclosures/{id}/copy", tag = "privacy",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = ProblemBody)))]
async fn fetch_disclosure(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<DisclosureId>,
) -> Answer<Response> {
    let copy = app.fetch_disclosure(&agent, id).await?;
    let name = format!("attachment; filename=\"disclosure-{id}.age\"");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, copy).into_response())
}

impl From<DisclosureBody> for DisclosureOrder {
    fn from(body: DisclosureBody) -> Self {
        Self {
            person_id: body.person_id,
            email: body.email,
            scope: body.scope,
            conversation_id: body.conversation_id,
            categories: body.categories,
            ground: body.ground,
            second_ground: body.second_ground,
            rule: body.rule,
            document_hash: body.document_hash,
            deadline_at: body.deadline_at,
            gagged_until: body.gagged_until,
            reason: body.reason,
            recipient: body.recipient,
            recipient_key: body.recipient_key,
        }
    }
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_disclosures))
        .routes(routes!(get_disclosure))
        .routes(routes!(request_disclosure))
        .routes(routes!(approve_disclosure))
        .routes(routes!(close_disclosure))
        .routes(routes!(release_disclosure))
        .routes(routes!(review_disclosure))
        .routes(routes!(fetch_disclosure))
}
