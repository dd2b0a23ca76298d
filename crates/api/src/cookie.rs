//! Cookies: the only way to set one is an entry of the register (clause 35).
//!
//! `__Host-`: secure, no domain, whole path; `HttpOnly`; `SameSite=Lax` so that a link in a letter works.

use axum::http::{HeaderMap, HeaderValue, header};

/// The register: every cookie this program can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// An agent's session.
    Session,
    /// A visitor of the chat page that works without JavaScript.
    Visitor,
}

impl Cookie {
    /// The name, as published in the cookie register.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-chatham_session",
            Self::Visitor => "__Host-chatham_visitor",
        }
    }

    /// Sets the cookie to a token (letters, digits, `-`, `_`). Without an age it dies with the browser.
    pub(crate) fn set(self, token: &str, max_age_seconds: Option<i64>) -> Option<HeaderValue> {
        let age = max_age_seconds.map_or_else(String::new, |age| format!("; Max-Age={age}"));
        let name = self.name();
        let text = format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
        HeaderValue::from_str(&text).ok()
    }

    /// Takes the cookie back.
    pub(crate) fn clear(self) -> Option<HeaderValue> {
        self.set("", Some(0))
    }

    /// The value a request brought.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<&str> {
        let all = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|all| all.split(';')).map(str::trim);
        pairs.find_map(|pair| pair.strip_prefix(self.name())?.strip_prefix('='))
    }
}
