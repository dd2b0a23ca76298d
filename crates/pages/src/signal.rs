//! The browser's privacy signal (Global Privacy Control): one layer of every decision about its visitor.
//!
//! Must not know: which purposes honour it; the policy says so.

use axum::http::HeaderMap;

/// Whether the browser sent `Sec-GPC: 1`. Any other value is as if the header were not there; among several
/// headers one that is exactly `1` is enough (W3C Global Privacy Control, "Sec-GPC header field").
#[must_use]
pub fn sends_gpc(headers: &HeaderMap) -> bool {
    let mut sent = headers.get_all("sec-gpc").iter();
    sent.any(|value| value.as_bytes() == b"1")
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
        for other in ["0", "true", "", "01", "1.0", "?1", "1, 1", "\"1\""] {
            assert!(!sent(other), "{other}");
        }
        assert!(!sends_gpc(&HeaderMap::new()));
    }

    #[test]
    fn among_several_headers_one_is_enough() {
        let sent = |values: [&'static str; 2]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("sec-gpc", axum::http::HeaderValue::from_static(value));
            }
            sends_gpc(&headers)
        };
        assert!(sent(["0", "1"]) && sent(["1", "0"]) && sent(["1", "1"]));
        assert!(!sent(["0", "true"]));
    }
}
