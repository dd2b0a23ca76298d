//! A new version of the policy: what is new for me, and my answer.

use std::sync::Arc;

use app::{AnswerView, App, AppError, NoticeAnswer, NoticeView};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Visitor,
    problem::{Answer, ProblemBody},
};

/// How a visitor answers here.
const WAY: &str = "widget";

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    /// `accept`, `keep` (my old terms) or `erase`.
    answer: String,
    /// The version that was told of.
    version: u32,
}

/// What is new in the policy for me; 204 if nothing is.
///
/// The visitor themselves.
#[utoipa::path(get, path = "/api/widget/me/notice", tag = "me",
    responses((status = 200, body = NoticeView), (status = 204),
        (status = "default", body = ProblemBody)))]
async fn get_notice(State(app): State<Arc<App>>, Visitor(visitor): Visitor) -> Answer<Response> {
    Ok(match app.find_notice(&visitor).await? {
        Some(notice) => Json(notice).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// I accept, keep my old terms, or have everything erased; the same again changes nothing.
///
/// The visitor themselves.
#[utoipa::path(post, path = "/api/widget/me/notice", tag = "me", request_body = AnswerBody,
    responses((status = 200, body = AnswerView), (status = "default", body = ProblemBody)))]
async fn answer_notice(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(body): Body<AnswerBody>,
) -> Answer<Json<AnswerView>> {
    let unknown = || AppError::invalid("answer", "unknown_word", "must be accept, keep or erase");
    let answer = NoticeAnswer::from_key(&body.answer).ok_or_else(unknown)?;
    let taken = app.answer_notice(&visitor, answer, (body.version, WAY));
    Ok(Json(taken.await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get_notice, answer_notice))
}
