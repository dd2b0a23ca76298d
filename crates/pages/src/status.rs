//! The status for outsiders: policy in force, the sweeper's lag, the ledger's head.

use std::sync::Arc;

use app::{App, StatusView};
use axum::{Json, Router, extract::State, routing::get};

use crate::problem::Problem;

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/privacy/status.json", get(get_status))
}

async fn get_status(State(app): State<Arc<App>>) -> Result<Json<StatusView>, Problem> {
    Ok(Json(app.status().await?))
}
