//! Style sheets and the icon of the pages, built into the binary.

use std::sync::Arc;

use app::App;
use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// Name, media type, bytes.
const FILES: [(&str, &str, &str); 4] = [
    (
        "style.css",
        "text/css; charset=utf-8",
        include_str!("../assets/style.css"),
    ),
    (
        "policy.css",
        "text/css; charset=utf-8",
        include_str!("../assets/policy.css"),
    ),
    (
        "shop.css",
        "text/css; charset=utf-8",
        include_str!("../assets/shop.css"),
    ),
    (
        "favicon.svg",
        "image/svg+xml",
        include_str!("../assets/favicon.svg"),
    ),
];

/// A name may get other bytes with the next version, so it is kept for minutes only.
const CACHE: &str = "public, max-age=300";

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/pages/{file}", get(get_file))
        .route("/favicon.ico", get(get_icon))
}

async fn get_file(Path(file): Path<String>) -> Response {
    serve(&file)
}

/// Browsers ask for this name by themselves.
async fn get_icon() -> Response {
    serve("favicon.svg")
}

fn serve(name: &str) -> Response {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let Some((_, kind, text)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, *text).into_response()
}
