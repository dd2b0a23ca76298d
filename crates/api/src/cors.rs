//! Cross-origin answers for the widget: only origins that a site names, never with cookies (clause 1).

use std::sync::Arc;

use app::App;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::extract::origin_not_allowed;

/// What pages of other origins may call. The layer lies around all routes, since a preflight's method is
/// none of a route's own.
const SHARED: [&str; 2] = ["/api/widget/", "/api/stream"];
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, last-event-id");
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after, content-disposition");
/// Browsers ask again after ten minutes.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Answers preflights and marks answers for the origins of known sites. Which site a token belongs to is
/// checked by the extractors.
pub(crate) async fn allow_sites(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_shared = SHARED.iter().any(|prefix| path.starts_with(prefix));
    let origin = request.headers().get(header::ORIGIN).filter(|_| is_shared);
    let Some(origin) = origin.cloned() else {
        return next.run(request).await;
    };
    let known = match origin.to_str() {
        Ok(text) => app.is_known_origin(text).await.unwrap_or(false),
        Err(_) => false,
    };
    let is_preflight = request.method() == Method::OPTIONS;
    if !known {
        let own = crate::extract::is_own_page(&app, request.headers());
        if own && !is_preflight {
            return next.run(request).await;
        }
        return origin_not_allowed().into_response();
    }
    let mut response = if is_preflight {
        preflight()
    } else {
        next.run(request).await
    };
    mark(response.headers_mut(), origin);
    response
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    response
}

fn mark(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
}
