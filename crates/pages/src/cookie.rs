//! Cookies: the only way to set one is an entry of the register (clause 35).
//!
//! `__Host-`: secure, no domain, whole path; `HttpOnly`; `SameSite=Lax` so that a link in a letter works.

use app::{App, AppError};
use axum::http::{HeaderMap, HeaderValue, header};

/// Characters of a token: 32 bytes in base64url.
const TOKEN_LENGTH: usize = 43;

/// The register: every cookie this program can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// An agent's session.
    Session,
    /// A visitor of the chat page that works without JavaScript.
    Visitor,
    /// A person in the privacy centre.
    Privacy,
}

impl Cookie {
    /// The name, as published in the cookie register.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-chatham_session",
            Self::Visitor => "__Host-chatham_visitor",
            Self::Privacy => "__Host-chatham_privacy",
        }
    }

    /// Sets the cookie to a token. Without an age (in seconds) it dies with the browser.
    ///
    /// # Errors
    /// `Denied` if the policy's register has no such entry.
    pub fn set(
        self,
        app: &App,
        token: &str,
        max_age_s: Option<i64>,
    ) -> Result<HeaderValue, AppError> {
        app.policy().cookie(self.name())?;
        self.value(token, max_age_s)
    }

    /// Takes the cookie back.
    ///
    /// # Errors
    /// `Internal`: never.
    pub fn clear(self) -> Result<HeaderValue, AppError> {
        self.value("", Some(0))
    }

    /// The token that a request brought, if it has the form of one.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter();
        let mut pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .map(str::trim);
        let token = pairs.find_map(|pair| pair.strip_prefix(self.name())?.strip_prefix('='))?;
        is_token(token).then_some(token)
    }

    fn value(self, token: &str, max_age_s: Option<i64>) -> Result<HeaderValue, AppError> {
        let age = max_age_s.map_or_else(String::new, |age| format!("; Max-Age={age}"));
        let name = self.name();
        let text = format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
        HeaderValue::from_str(&text).map_err(|error| AppError::Internal(error.to_string()))
    }
}

/// Whether a text has the form of a token: 32 random bytes in base64url without padding.
#[must_use]
pub fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == TOKEN_LENGTH && text.bytes().all(plain)
}
