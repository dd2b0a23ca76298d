//! The browser's privacy signal (Global Privacy Control): one layer of every decision about its visitor.
//!
//! Must not know: which purposes honour it; the policy says so.

use axum::http::HeaderMap;

/// Whether the browser sent `Sec-GPC: 1`; any other value is no signal (GPC specification, section 3.1).
#[must_use]
pub fn sends_gpc(headers: &HeaderMap) -> bool {
    headers.get("sec-gpc").is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_a_signal() {
        let sent = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("sec-gpc", axum::http::HeaderValue::from_static(value));
            sends_gpc(&headers)
        };
        assert!(sent("1"));
        assert!(!sent("0") && !sent("true") && !sends_gpc(&HeaderMap::new()));
    }
}
