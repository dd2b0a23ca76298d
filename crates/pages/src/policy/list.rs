//! Every published version with its dates and its hash.
//!
//! Must not know: what the versions say.

use std::sync::Arc;

use app::App;
use askama::Template;
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;

use super::VersionRow;
use crate::{problem::Problem, render};

#[derive(Template)]
#[template(path = "policy_versions.html")]
struct VersionsPage {
    rows: Vec<Listed>,
    ruling: u32,
}

/// A version in the list, with the one before it.
struct Listed {
    row: VersionRow,
    before: Option<u32>,
}

#[derive(Serialize)]
struct VersionsJson {
    ruling: u32,
    versions: Vec<VersionRow>,
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy/versions", get(get_versions))
        .route("/privacy/versions.json", get(get_versions_json))
}

async fn get_versions(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let rows = super::list(&app).await?;
    let page = VersionsPage {
        rows: listed(rows),
        ruling: app.policy().version(),
    };
    Ok(render::page(&page))
}

async fn get_versions_json(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let body = VersionsJson {
        versions: super::list(&app).await?,
        ruling: app.policy().version(),
    };
    Ok(Json(body).into_response())
}

/// Newest first, each with the number before.
fn listed(rows: Vec<VersionRow>) -> Vec<Listed> {
    let before: Vec<Option<u32>> = rows
        .iter()
        .skip(1)
        .map(|row| Some(row.version))
        .chain([None])
        .collect();
    rows.into_iter()
        .zip(before)
        .map(|(row, before)| Listed { row, before })
        .collect()
}
