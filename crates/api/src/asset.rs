//! Files of the web parts, built into the binary: content-hashed names, so immutable.
//!
//! Must not know: features. The loader's settings are put in by `loader.rs`.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use crate::problem::Problem;

/// The built web parts. `build.rs` makes the folder.
#[derive(RustEmbed)]
#[folder = "$CHATHAM_WEB"]
struct Web;

/// A file of the web parts by its path.
pub(crate) fn find(path: &str) -> Option<Vec<u8>> {
    Web::get(path).map(|file| file.data.into_owned())
}

/// `GET /assets/{file}`: scripts, styles, fonts, icons. The build made a small form of each text, so nothing is
/// compressed here.
pub(crate) async fn get_asset(Path(file): Path<String>, request: HeaderMap) -> Response {
    let path = format!("assets/{file}");
    let small = takes_gzip(&request).then(|| find(&format!("{path}.gz")));
    let small = small.flatten();
    let is_small = small.is_some();
    let Some(data) = small.or_else(|| find(&path)) else {
        return Problem::not_found().into_response();
    };
    let mut response = Response::new(Body::from(data));
    let headers = response.headers_mut();
    if is_small {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(&file)),
    );
    let immutable = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, immutable);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
    response
}

/// Whether the browser takes gzip: named, and not with a weight of nought.
fn takes_gzip(request: &HeaderMap) -> bool {
    let wishes = request.get_all(header::ACCEPT_ENCODING).iter();
    let texts = wishes.filter_map(|wish| wish.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .any(|wish| match wish.trim().split_once(";q=") {
            Some((name, weight)) => name == "gzip" && weight.parse::<f32>().is_ok_and(|q| q > 0.0),
            None => wish.trim() == "gzip",
        })
}

/// `GET /console` and below: the console's one page; its script reads the rest of the address.
pub(crate) async fn get_console() -> Response {
    let Some(page) = find("console/index.html") else {
        return Problem::new(
            StatusCode::NOT_FOUND,
            "not_built",
            "Not built",
            "this binary was built without the console",
        )
        .into_response();
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, page).into_response()
}

/// A file of the console that must keep its name, such as its manifest; anything else is its one page.
pub(crate) async fn get_console_file(Path(path): Path<String>) -> Response {
    let fixed = ["manifest.webmanifest", "service-worker.js"].contains(&path.as_str())
        || path
            .strip_prefix("icons/")
            .is_some_and(|name| !name.contains(".."));
    let Some(data) = fixed.then(|| find(&format!("console/{path}"))).flatten() else {
        return get_console().await;
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(content_type(&path)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    let mut response = (headers, data).into_response();
    if path == "service-worker.js" {
        // A worker fetches under the policy of its own script, so "nothing" would be too little.
        response.headers_mut().insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; connect-src 'self'"),
        );
    }
    response
}

fn content_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(wish: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(wish));
        takes_gzip(&headers)
    }

    #[test]
    fn gzip_is_sent_only_to_who_takes_it() {
        assert!(takes("gzip, deflate, br"));
        assert!(takes("br;q=1.0, gzip;q=0.8"));
        assert!(!takes("br"));
        assert!(!takes("gzip;q=0"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
