//! Forms that act: only from a page of this installation (cross-site request forgery), and bounded.

use app::App;
use axum::http::HeaderMap;

use crate::problem::Problem;

/// Bytes of a form.
pub(crate) const FORM_BYTES_MAX: usize = 128 * 1024;

/// Refuses a form that another site's page sent.
///
/// # Errors
/// The problem page for it.
pub(crate) fn check_own_page(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or("null"))
    };
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let origin = text("origin").is_none_or(|origin| {
        let of_host = origin.split_once("://").map(|(_, host)| host);
        app.is_own_origin(origin) || (of_host.is_some() && of_host == text("host"))
    });
    if site && origin {
        Ok(())
    } else {
        Err(Problem::cross_site())
    }
}
