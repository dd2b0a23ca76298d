//! Sites and the install page's check.

use std::sync::Arc;

use app::{App, LookChoice, SiteChange, SiteView};
use axum::{Json, extract::State, http::StatusCode};
use domain::{Greetings, Position, SiteId, Theme};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body::Body, extract::Agent, idempotency::Key, path::PathId, problem::Answer};

/// The workspace's sites.
#[derive(Serialize, ToSchema)]
struct Sites {
    /// Oldest first.
    sites: Vec<SiteView>,
}

/// A new site.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SiteBody {
    /// Name.
    name: String,
    /// Origins, such as `https://shop.example`.
    origins: Vec<String>,
}

/// A look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LookBody {
    /// Colour, `#rrggbb`; corrected where its contrast is too weak.
    accent: String,
    /// Taken and ignored: the server picks the ink.
    #[serde(rename = "accent_text")]
    _accent_text: Option<String>,
    /// `right` or `left`.
    #[schema(value_type = String)]
    position: Position,
    /// `auto`, `light` or `dark`.
    #[schema(value_type = String)]
    theme: Theme,
    /// Words on the launcher, at most 40 characters.
    launcher: String,
}

/// What is to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SitePatch {
    /// Name.
    name: Option<String>,
    /// All origins.
    origins: Option<Vec<String>>,
    /// Look.
    look: Option<LookBody>,
    /// `en`, `es` or `ar`.
    locale: Option<String>,
    /// Greetings; an empty one means the default.
    #[schema(value_type = Option<Object>)]
    greetings: Option<Greetings>,
    /// Whether visitors may write while it is closed.
    offline_form: Option<bool>,
    /// Whether the widget asks for a name.
    ask_name: Option<bool>,
    /// Whether the widget asks for an address.
    ask_email: Option<bool>,
}

/// Lists sites.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/sites", tag = "sites",
    responses((status = 200, body = Sites)))]
async fn list_sites(State(app): State<Arc<App>>, Agent(agent): Agent) -> Answer<Json<Sites>> {
    let sites = app.list_sites(&agent).await?;
    Ok(Json(Sites { sites }))
}

/// Makes a site.
///
/// Owners and admins.
#[utoipa::path(post, path = "/api/console/sites", tag = "sites", request_body = SiteBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "Same key and body: same answer")),
    responses((status = 201, body = SiteView)))]
async fn create_site(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Key(key): Key,
    Body(body): Body<SiteBody>,
) -> Answer<(StatusCode, Json<SiteView>)> {
    let site = app
        .create_site(&agent, key.as_ref(), (&body.name, &body.origins))
        .await?;
    Ok((StatusCode::CREATED, Json(site)))
}

/// One site.
///
/// Every role.
#[utoipa::path(get, path = "/api/console/sites/{id}", tag = "sites",
    params(("id" = String, Path)), responses((status = 200, body = SiteView)))]
async fn get_site(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<SiteId>,
) -> Answer<Json<SiteView>> {
    Ok(Json(app.get_site(&agent, id).await?))
}

/// Changes a site.
///
/// Owners and admins.
#[utoipa::path(patch, path = "/api/console/sites/{id}", tag = "sites",
    params(("id" = String, Path)), request_body = SitePatch,
    responses((status = 200, body = SiteView)))]
async fn update_site(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<SiteId>,
    Body(body): Body<SitePatch>,
) -> Answer<Json<SiteView>> {
    Ok(Json(app.update_site(&agent, id, change(body)).await?))
}

/// Waits for the page: its first opening of the widget is told as `site.seen`.
///
/// Owners and admins.
#[utoipa::path(post, path = "/api/console/sites/{id}/check", tag = "sites",
    params(("id" = String, Path)), responses((status = 204)))]
async fn check_site(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    PathId(id): PathId<SiteId>,
) -> Answer<StatusCode> {
    app.check_site(&agent, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn change(body: SitePatch) -> SiteChange {
    SiteChange {
        name: body.name,
        origins: body.origins,
        look: body.look.map(|look| LookChoice {
            accent: look.accent,
            position: look.position,
            theme: look.theme,
            launcher: look.launcher,
        }),
        locale: body.locale,
        greetings: body.greetings,
        offline_form: body.offline_form,
        ask_name: body.ask_name,
        ask_email: body.ask_email,
    }
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(list_sites, create_site))
        .routes(routes!(get_site, update_site))
        .routes(routes!(check_site))
}
