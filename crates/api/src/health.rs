//! Is the process there, and can it work: for load balancers and `doctor`.

use std::sync::Arc;

use app::App;
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problem::Answer;

/// The version of the program.
#[derive(Debug, Serialize, ToSchema)]
struct Version {
    /// Name of the program.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// The process runs. A server whose clock is moved by a test says so.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = String)))]
async fn get_health(State(app): State<Arc<App>>) -> String {
    if app.has_test_clock() {
        return format!("ok, with a test clock at {}", app.now());
    }
    "ok".to_owned()
}

/// The process can work: the database answers and a policy is in force.
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = 200, body = String)))]
async fn get_readiness(State(app): State<Arc<App>>) -> Answer<&'static str> {
    app.check_ready().await?;
    Ok("ready")
}

/// Which program this is.
#[utoipa::path(get, path = "/version", tag = "health", responses((status = 200, body = Version)))]
async fn get_version() -> Json<Version> {
    Json(Version {
        name: "chatham",
        version: env!("CARGO_PKG_VERSION"),
    })
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_readiness))
        .routes(routes!(get_version))
}
