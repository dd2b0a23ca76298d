//! What the widget asks when its panel opens. Nothing is stored for it.

use std::sync::Arc;

use app::{App, WidgetConfig};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, header},
};
use domain::SiteId;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{extract::check_site_origin, path::PathId, problem::Answer};

#[derive(Deserialize, Default)]
struct ConfigQuery {
    locale: Option<String>,
}

/// The configuration of an open panel.
///
/// Pages of the site's origins.
#[utoipa::path(get, path = "/api/widget/{site_id}/config", tag = "widget",
    params(("site_id" = String, Path), ("locale" = Option<String>, Query)),
    responses((status = 200, body = WidgetConfig)))]
async fn get_widget_config(
    State(app): State<Arc<App>>,
    PathId(site_id): PathId<SiteId>,
    query: Result<Query<ConfigQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Answer<Json<WidgetConfig>> {
    check_site_origin(&app, site_id, &headers).await?;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let origin = headers.get(header::ORIGIN);
    let origin = origin.and_then(|origin| origin.to_str().ok());
    let locale = query.locale.as_deref();
    Ok(Json(app.widget_config(site_id, locale, origin).await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get_widget_config))
}
