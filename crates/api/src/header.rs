//! Security headers, set for every answer in one place (clause 8; ASVS 3.4).

use std::sync::Arc;

use app::App;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// For answers that are no page.
const CSP_NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; \
     form-action 'none'; sandbox";
/// For pages rendered on the server, which may carry our own widget.
const CSP_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self' {ws}; form-action 'self'; frame-ancestors 'none'; \
     base-uri 'none'; require-trusted-types-for 'script'";
/// For the console.
const CSP_CONSOLE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self' {ws}; manifest-src 'self'; \
     worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
     require-trusted-types-for 'script'; trusted-types console-worker";
/// Browsers forget unencrypted access for a year.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Adds the headers that an answer does not set itself.
pub(crate) async fn secure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let host = host_of(request.headers());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let https = app.settings.public_url.starts_with("https://");
    if https {
        put(headers, header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if !policy::rule::is_off(8) {
        put(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    }
    put(headers, header::X_FRAME_OPTIONS, "DENY");
    put(headers, header::REFERRER_POLICY, "same-origin");
    put(
        headers,
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(
        headers,
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    put(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    let is_page = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy = match (is_page, path.starts_with("/console")) {
        (false, _) => CSP_NOTHING,
        (true, false) => CSP_PAGE,
        (true, true) => CSP_CONSOLE,
    };
    put_policy(headers, policy, &host);
    put(headers, header::CACHE_CONTROL, "no-store");
    response
}

/// The host a page was asked at, if it is one that can stand in a header.
fn host_of(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte);
    if host.bytes().all(plain) {
        host.to_owned()
    } else {
        String::new()
    }
}

/// `'self'` does not cover WebSocket in every browser, so the streams' address is named.
fn put_policy(headers: &mut HeaderMap, policy: &str, host: &str) {
    if headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        return;
    }
    let sockets = if host.is_empty() {
        String::new()
    } else {
        format!("ws://{host} wss://{host}")
    };
    if let Ok(value) = HeaderValue::from_str(&policy.replace("{ws}", &sockets)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
