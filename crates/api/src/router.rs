//! All routes of the program, and the layers around them.
//!
//! A new feature adds its `routes()` here and nowhere else.

use std::{net::IpAddr, sync::Arc};

use app::App;
use axum::{
    Extension, Json, Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header as http_header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use utoipa::{OpenApi, openapi};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    address::TrustedProxies,
    agent, asset, canned_reply, channel, child, consent, contact, conversation, cors, disclosure,
    drill, erasure, evidence, header, health, held, hold, incident, invitation,
    limit::{Limit, Limits},
    loader, message, notice, password, person_block, policy, privacy_check,
    problem::Problem,
    purge, reading, request, search,
    serve::Peer,
    session, setup, site, stream_socket, stream_sse, subscription, totp, webhook, widget_config,
    widget_conversation, workspace,
};

#[derive(OpenApi)]
#[openapi(info(
    title = "Chatham",
    description = "Live chat whose privacy policy is its configuration."
))]
struct Document;

/// What the router is built with.
#[derive(Clone)]
pub struct RouterSettings {
    /// Multiplies every rate limit; 1 is what the documents say.
    pub rate_factor: u32,
    /// Proxies that may say whom they speak for.
    pub proxies: TrustedProxies,
}

/// Routes that pages of other origins call.
fn widget_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(widget_config::routes())
        .merge(held::widget_routes())
        .merge(channel::routes())
        .merge(consent::routes())
        .merge(notice::routes())
        .merge(subscription::routes())
        .merge(contact::routes())
        .merge(erasure::widget_routes())
        .merge(request::widget_routes())
        .merge(widget_conversation::routes())
}

/// Routes that only our own pages call.
fn console_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(setup::routes())
        .merge(session::routes())
        .merge(password::routes())
        .merge(totp::routes())
        .merge(agent::routes())
        .merge(invitation::routes())
        .merge(canned_reply::routes())
        .merge(site::routes())
        .merge(workspace::routes())
        .merge(policy::routes())
        .merge(held::console_routes())
        .merge(erasure::console_routes())
        .merge(request::console_routes())
        .merge(hold::routes())
        .merge(child::routes())
        .merge(disclosure::routes())
        .merge(purge::routes())
        .merge(reading::routes())
        .merge(evidence::routes())
        .merge(drill::routes())
        .merge(privacy_check::routes())
        .merge(incident::routes())
        .merge(conversation::routes())
        .merge(message::routes())
        .merge(search::routes())
        .merge(person_block::routes())
        .merge(webhook::routes())
}

fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(widget_routes())
        .merge(console_routes())
        .merge(health::routes())
}

/// The description of the API, as served at `/api/openapi.json`.
#[must_use]
pub fn openapi() -> openapi::OpenApi {
    described().into_openapi()
}

/// The whole program as a router.
pub fn router(app: Arc<App>, settings: &RouterSettings) -> Router {
    let limits = Limits::new(settings.rate_factor);
    let (console, description) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(console_routes())
        .merge(health::routes())
        .split_for_parts();
    drop(description);
    let (widget, _) = widget_routes().split_for_parts();
    let streams = Router::new()
        .route("/api/stream", any(stream_socket::open_socket))
        .route("/api/stream/sse", get(stream_sse::open_sse));
    Router::new()
        .merge(console)
        .merge(widget)
        .merge(streams)
        .merge(pages::routes())
        .route("/api/openapi.json", get(get_openapi))
        .route("/w/{file}", get(loader::get_loader))
        .route("/assets/{file}", get(asset::get_asset))
        .route("/console", get(asset::get_console))
        .route("/console/{*path}", get(asset::get_console_file))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(middleware::from_fn_with_state(
            settings.proxies.clone(),
            limit_address,
        ))
        .layer(Extension(limits))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            cors::allow_sites,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            header::secure,
        ))
        .with_state(app)
}

async fn get_openapi() -> Json<openapi::OpenApi> {
    Json(openapi())
}

/// A reader gets a page, a program a problem.
async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let accept = headers.get(http_header::ACCEPT).map(HeaderValue::as_bytes);
    let reads = accept.is_some_and(|accept| accept.starts_with(b"text/html"));
    if reads && !uri.path().starts_with("/api/") {
        return pages::not_found();
    }
    Problem::not_found().into_response()
}

async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Method not allowed",
        "this address does not take that method",
    )
}

/// Counts a request against its address before anything else is done for it.
async fn limit_address(
    State(proxies): State<TrustedProxies>,
    Extension(limits): Extension<Limits>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(peer) = request.extensions().get::<Peer>() {
        let address = proxies.client(peer.address, request.headers());
        if let Err(problem) = count(&limits, address, request.method(), request.uri().path()) {
            return problem.into_response();
        }
    }
    next.run(request).await
}

fn count(limits: &Limits, address: IpAddr, method: &Method, path: &str) -> Result<(), Problem> {
    if !path.starts_with("/api/") && *method == Method::GET {
        return Ok(());
    }
    limits.check_address(Limit::AddressRequests, address)?;
    if *method == Method::GET || *method == Method::DELETE {
        return Ok(());
    }
    let starts = path.starts_with("/api/widget/") && path.ends_with("/conversations");
    if starts || (path.starts_with("/chat/") && *method == Method::POST) {
        limits.check_address(Limit::AddressConversations, address)?;
    }
    let sign_in = [
        "/privacy/me/link",
        "/api/console/session",
        "/api/console/setup",
        "/api/console/password/forgot",
        "/api/console/password/reset",
        "/api/console/invitations/accept",
    ];
    if sign_in.contains(&path) {
        limits.check_address(Limit::AddressSignIns, address)?;
    }
    Ok(())
}
