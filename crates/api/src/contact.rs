//! Contact details that a visitor leaves or changes.

use std::sync::Arc;

use app::{App, ContactChange, ContactView};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::Body,
    extract::Visitor,
    problem::{Answer, ProblemBody},
};

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactBody {
    /// Name.
    name: Option<String>,
    /// E-mail address; a changed one must be confirmed by the link in a letter.
    email: Option<String>,
    /// The version of the policy that was shown.
    policy_version: Option<u32>,
}

/// Leave or change my name and address.
///
/// The visitor themselves.
#[utoipa::path(put, path = "/api/widget/me/contact", tag = "me", request_body = ContactBody,
    responses((status = 200, body = ContactView), (status = "default", body = ProblemBody)))]
async fn update_own_contact(
    State(app): State<Arc<App>>,
    Visitor(visitor): Visitor,
    Body(body): Body<ContactBody>,
) -> Answer<Json<ContactView>> {
    let change = ContactChange {
        name: body.name,
        email: body.email,
        locale: None,
        policy_version: body.policy_version,
    };
    Ok(Json(app.update_contact(&visitor, change).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(update_own_contact))
}
