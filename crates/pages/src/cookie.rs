//! Cookies: the only way to set one is an entry of the register (clause 35).
//!
//! Why a type of its own: [`SetCookie`] is made here alone, and `cargo xtask tidy` finds the header's name
//! anywhere else. It lives no longer than the register says.
//! `__Host-`: secure, no domain, whole path; `HttpOnly`; `SameSite=Lax` so that a link in a letter works.

use std::convert::Infallible;

use ::policy::CookieRule;
use app::{App, AppError};
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponseParts, ResponseParts},
};

/// Characters of a token: 32 bytes in base64url.
const TOKEN_LENGTH: usize = 43;
/// The one word of an entry that holds a choice and no secret.
const MARK: &str = "refused";

/// The register: every cookie this program can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// An agent's session.
    Session,
    /// A visitor of the chat page that works without JavaScript.
    Visitor,
    /// A person in the privacy centre.
    Privacy,
    /// A browser that told the chat page an age it does not serve: one word, the same for all.
    Age,
}

/// A cookie on its way to a browser: part of an answer.
#[derive(Debug)]
pub struct SetCookie(HeaderValue);

impl SetCookie {
    /// Puts it among the headers of an answer.
    pub fn put(self, headers: &mut HeaderMap) {
        headers.append(header::SET_COOKIE, self.0);
    }
}

impl IntoResponseParts for SetCookie {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        self.put(parts.headers_mut());
        Ok(parts)
    }
}

impl Cookie {
    /// Every entry.
    pub const ALL: [Self; 4] = [Self::Session, Self::Visitor, Self::Privacy, Self::Age];

    /// The name, as published in the cookie register.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-chatham_session",
            Self::Visitor => "__Host-chatham_visitor",
            Self::Privacy => "__Host-chatham_privacy",
            Self::Age => "__Host-chatham_age",
        }
    }

    /// Sets the cookie to a token. Without an age (in seconds) it dies with the browser; a longer age than the
    /// register's is cut to it.
    ///
    /// # Errors
    /// `Denied` if the policy's register has no such entry.
    pub fn set(
        self,
        app: &App,
        token: &str,
        max_age_s: Option<i64>,
    ) -> Result<SetCookie, AppError> {
        let policy = app.policy();
        let rule = policy.cookie(self.name())?;
        self.value(token, age_within(rule, max_age_s))
    }

    /// Takes the cookie back.
    ///
    /// # Errors
    /// `Internal`: never.
    pub fn clear(self) -> Result<SetCookie, AppError> {
        self.value("", Some(0))
    }

    /// The token that a request brought, if it has the form of one.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        self.find(headers).filter(|token| is_token(token))
    }

    /// Whether a request brought the one word of an entry that holds a choice.
    #[must_use]
    pub fn is_marked(self, headers: &HeaderMap) -> bool {
        self.find(headers) == Some(MARK)
    }

    /// Sets the one word of an entry that holds a choice, until the browser closes.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn mark(self, app: &App) -> Result<SetCookie, AppError> {
        self.set(app, MARK, None)
    }

    fn find(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter();
        let mut pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .map(str::trim);
        pairs.find_map(|pair| pair.strip_prefix(self.name())?.strip_prefix('='))
    }

    fn value(self, token: &str, max_age_s: Option<i64>) -> Result<SetCookie, AppError> {
        let age = max_age_s.map_or_else(String::new, |age| format!("; Max-Age={age}"));
        let name = self.name();
        let text = format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
        let value = HeaderValue::from_str(&text);
        value
            .map(SetCookie)
            .map_err(|error| AppError::Internal(error.to_string()))
    }
}

/// An age that the register allows; none means until the browser closes, which is always allowed.
fn age_within(rule: &CookieRule, max_age_s: Option<i64>) -> Option<i64> {
    let most = rule.max_age_s()?;
    max_age_s.map(|age| age.min(most))
}

/// Whether a text has the form of a token: 32 random bytes in base64url without padding.
#[must_use]
pub fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == TOKEN_LENGTH && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ::policy::{Policy, Store, is_built, shipped};

    use super::*;

    #[test]
    fn what_can_be_set_is_what_the_register_lists_and_a_build_carries_out() {
        let set: BTreeSet<&str> = Cookie::ALL.map(Cookie::name).into();
        for text in [shipped::STRICT, shipped::Y2014] {
            let policy = Policy::parse(text).unwrap();
            let listed = policy.file().cookie.iter();
            let listed: BTreeSet<&str> = listed
                .filter(|rule| rule.store == Store::Cookie && is_built(&rule.purpose))
                .map(|rule| rule.name.as_str())
                .collect();
            assert_eq!(set, listed);
        }
    }

    #[test]
    fn a_cookie_lives_no_longer_than_the_register_says() {
        let policy = Policy::parse(shipped::STRICT).unwrap();
        let rule = |cookie: Cookie| policy.cookie(cookie.name()).unwrap().clone();
        let month = 30 * 86_400;
        assert_eq!(
            age_within(&rule(Cookie::Session), Some(month + 1)),
            Some(month)
        );
        assert_eq!(age_within(&rule(Cookie::Session), Some(60)), Some(60));
        assert_eq!(age_within(&rule(Cookie::Session), None), None);
        assert_eq!(
            age_within(&rule(Cookie::Visitor), Some(60)),
            None,
            "until it closes"
        );
    }
}
