//! Where answers come: in the chat only, or by letter too (clause 23).

use std::sync::Arc;

use app::{App, ChannelView};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Visitor,
    problem::{Answer, ProblemBody},
};

/// A choice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChannelBody {
    /// In the chat only: no letter while the visitor is away.
    widget_only: bool,
}

/// Answers in the chat only, or by letter too.
///
/// The visitor themselves.
#[utoipa::path(post, path = "/api/widget/me/channel", tag = "me", request_body = ChannelBody,
    responses((status = 200, body = ChannelView), (status = "default", body = ProblemBody)))]
async fn choose_channel(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(body): Body<ChannelBody>,
) -> Answer<Json<ChannelView>> {
    Ok(Json(app.choose_channel(&visitor, body.widget_only).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(choose_channel))
}
