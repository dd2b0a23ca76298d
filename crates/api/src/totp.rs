//! The second factor: begin, confirm, turn off.

use std::sync::Arc;

use app::App;
use axum::{Json, extract::State, http::StatusCode};
use qrcode::{QrCode, render::svg};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, extract::Agent, problem::Answer};

/// Side of the picture in pixels.
const QR_SIDE: u32 = 200;

/// The agent's password once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordBody {
    /// Password.
    password: String,
}

/// The first code of the agent's device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeBody {
    /// Six digits.
    code: String,
}

/// A secret for the agent's device.
#[derive(Serialize, ToSchema)]
struct Start {
    /// The secret, base32.
    secret: String,
    /// The same as an `otpauth:` address.
    uri: String,
    /// The same as a picture.
    qr_svg: String,
}

/// Codes for when the device is lost, shown this once.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    /// Ten codes; each works once.
    recovery_codes: Vec<String>,
}

/// Begins a second factor.
///
/// Every role, with their password.
#[utoipa::path(post, path = "/api/console/totp", tag = "session", request_body = PasswordBody,
    responses((status = 200, body = Start)))]
async fn create_totp(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<PasswordBody>,
) -> Answer<Json<Start>> {
    let start = app.start_totp(&agent, body.password).await?;
    Ok(Json(Start {
        qr_svg: picture(&start.uri),
        secret: start.secret,
        uri: start.uri,
    }))
}

/// Puts the second factor in force.
///
/// Every role, with a code of the device.
#[utoipa::path(put, path = "/api/console/totp", tag = "session", request_body = CodeBody,
    responses((status = 200, body = RecoveryCodes)))]
async fn update_totp(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<CodeBody>,
) -> Answer<Json<RecoveryCodes>> {
    let recovery_codes = app.confirm_totp(&agent, &body.code).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Turns the second factor off.
///
/// Every role, with their password.
#[utoipa::path(delete, path = "/api/console/totp", tag = "session", request_body = PasswordBody,
    responses((status = 204)))]
async fn delete_totp(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Body(body): Body<PasswordBody>,
) -> Answer<StatusCode> {
    app.remove_totp(&agent, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The address as a QR code; empty if it is too long for one (then it is typed in).
fn picture(uri: &str) -> String {
    QrCode::new(uri.as_bytes()).map_or_else(
        |_| String::new(),
        |code| {
            code.render::<svg::Color<'_>>()
                .min_dimensions(QR_SIDE, QR_SIDE)
                .build()
        },
    )
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(create_totp, update_totp, delete_totp))
}
