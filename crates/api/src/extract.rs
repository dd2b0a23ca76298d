//! Who asks: extractors that make a trusted actor of a token or a session.
//!
//! A route without one of them is public; the matrix of routes and roles in the whole-app tests lists each.

use std::sync::Arc;

use app::{App, AppError};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
};
use policy::RefusalCode;

use pages::{
    cookie::{Cookie, is_token},
    signal::sends_gpc,
};

use crate::{
    limit::{Limit, Limits},
    problem::Problem,
};

/// Header that a page of another origin cannot send without being asked first.
const CSRF_HEADER: &str = "x-chatham-csrf";

/// A visitor's token as the browser made it, not yet known to the server perhaps.
pub(crate) struct VisitorToken(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for VisitorToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let unknown = || Problem::from(AppError::Unauthenticated(RefusalCode::VisitorTokenMissing));
        bearer(&parts.headers)
            .map(|token| Self(token.to_owned()))
            .ok_or_else(unknown)
    }
}

/// The token of an `Authorization: Bearer` header, if it has the form of a visitor's token.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    is_token(token).then_some(token)
}

/// A visitor whom the server knows, asking from a page of their site.
pub(crate) struct Visitor(pub(crate) app::Visitor);

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let VisitorToken(token) = VisitorToken::from_request_parts(parts, app).await?;
        let mut visitor = app.authenticate_visitor(&token).await?;
        visitor.gpc = sends_gpc(&parts.headers);
        check_site_origin(app, visitor.site_id, &parts.headers).await?;
        if let Some(limits) = parts
            .extensions
            .get::<Limits>()
            .filter(|_| is_write(&parts.method))
        {
            limits.check(
                Limit::VisitorWrites,
                visitor.visitor_id.to_string().as_bytes(),
            )?;
            limits.check(Limit::SiteWrites, visitor.site_id.to_string().as_bytes())?;
        }
        Ok(Self(visitor))
    }
}

/// Refuses a page that the site does not name. A request without `Origin` is no browser's cross-origin one.
pub(crate) async fn check_site_origin(
    app: &App,
    site_id: domain::SiteId,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("null");
    if app.site_allows_origin(site_id, origin).await? {
        return Ok(());
    }
    Err(origin_not_allowed())
}

/// The page is not one of the site's.
pub(crate) fn origin_not_allowed() -> Problem {
    Problem::refused(
        StatusCode::FORBIDDEN,
        RefusalCode::OriginNotAllowed,
        "Origin not allowed",
        "this page is not among the origins of the site",
    )
    .mend("add the page's origin to the site under Settings, Install")
}

/// An agent with a live session; writes also prove that they come from our own page.
pub(crate) struct Agent(pub(crate) app::Agent);

impl FromRequestParts<Arc<App>> for Agent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let missing = || Problem::from(AppError::Unauthenticated(RefusalCode::Unauthenticated));
        let token = Cookie::Session.read(&parts.headers).ok_or_else(missing)?;
        if is_write(&parts.method) {
            check_same_origin(app, &parts.headers)?;
        }
        Ok(Self(app.authenticate_session(token).await?))
    }
}

/// A write that carries no session yet (sign in, links), proved to come from our own page.
pub(crate) struct OwnPage;

impl FromRequestParts<Arc<App>> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        check_same_origin(app, &parts.headers).map(|()| Self)
    }
}

/// Cross-site request forgery: our header, and neither `Sec-Fetch-Site` nor `Origin` of a stranger.
pub(crate) fn check_same_origin(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(CSRF_HEADER) && is_own_page(app, headers) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "Cross-site request",
        "this request does not come from a page of this installation",
    )
    .mend(format!(
        "send it from {} with the header {CSRF_HEADER}: 1",
        app.settings.public_url
    )))
}

/// Whether the browser says that the request comes from a page of this installation (or it is no browser).
pub(crate) fn is_own_page(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("null"))
    };
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let origin = text("origin").is_none_or(|origin| {
        app.is_own_origin(origin) || text("host").is_some_and(|host| ends_in_host(origin, host))
    });
    site && origin
}

fn ends_in_host(origin: &str, host: &str) -> bool {
    origin
        .split_once("://")
        .is_some_and(|(_, of_origin)| of_origin == host)
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}
