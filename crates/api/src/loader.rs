//! `GET /w/{site}.js`: the one file a page loads. The same script for every site, with the site's settings
//! put in as JSON.
//!
//! Why a short life: the owner's changes of look arrive within minutes (`design.md`, section 4).

use std::sync::Arc;

use app::App;
use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    asset,
    problem::{Answer, Problem},
};

/// The word in the built script that stands for the settings.
const PLACE: &str = "__CHATHAM_CONFIG__";
/// How long browsers keep the loader.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What the build says about its files.
#[derive(Deserialize)]
struct Manifest {
    loader: String,
    widget: String,
}

/// The script before and after the settings, and where the widget is.
struct Script {
    before: String,
    after: String,
    widget: String,
}

/// The loader of a site.
pub(crate) async fn get_loader(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
) -> Answer<Response> {
    let site_id = file.strip_suffix(".js").and_then(|id| id.parse().ok());
    let site_id = site_id.ok_or_else(Problem::not_found)?;
    let config = app.loader_config(site_id).await?;
    let script = read_script().ok_or_else(not_built)?;
    let mut settings = serde_json::to_value(&config).map_err(|_| not_built())?;
    if let Some(fields) = settings.as_object_mut() {
        fields.insert("widget".to_owned(), script.widget.as_str().into());
    }
    let text = format!("{}{settings}{}", script.before, script.after);
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, CACHE),
        (
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ),
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    Ok((headers, text).into_response())
}

/// The built script: part of the binary, so reading it costs a copy of few kilobytes.
fn read_script() -> Option<Script> {
    let manifest: Manifest = serde_json::from_slice(&asset::find("manifest.json")?).ok()?;
    let text = String::from_utf8(asset::find(&manifest.loader)?).ok()?;
    let (before, after) = text.split_once(PLACE)?;
    Some(Script {
        before: before.to_owned(),
        after: after.to_owned(),
        widget: format!("/{}", manifest.widget),
    })
}

fn not_built() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_built",
        "Not built",
        "this binary was built without the widget",
    )
}
