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

#[cfg(test)]
mod tests {
    /// Browsers then send `Origin: null` with the page's own form, and it is refused as another site's.
    #[test]
    fn no_page_asks_browsers_to_hide_where_its_forms_come_from() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("no-referrer"), "{}", path.display());
            read += 1;
        }
        assert!(read > 10, "{read}");
    }
}
