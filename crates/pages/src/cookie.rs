//! The one cookie of these pages, from the register (clause 35): a visitor's chat without scripts.

use app::{App, AppError};
use axum::http::{HeaderMap, HeaderValue, header};

/// Its name in the register.
const NAME: &str = "__Host-chatham_visitor";
/// Characters of a token: 32 bytes in base64url.
const TOKEN_LENGTH: usize = 43;

/// Sets the cookie until the browser is closed.
///
/// # Errors
/// `Denied` if the register has no such entry.
pub(crate) fn set(app: &App, token: &str) -> Result<HeaderValue, AppError> {
    app.policy().cookie(NAME)?;
    value(&format!(
        "{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"
    ))
}

/// Takes the cookie back.
///
/// # Errors
/// `Internal`: never.
pub(crate) fn clear() -> Result<HeaderValue, AppError> {
    value(&format!(
        "{NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
    ))
}

/// The token that a request brought, if it has the form of one.
pub(crate) fn read(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .map(str::trim);
    let token = pairs.find_map(|pair| pair.strip_prefix(NAME)?.strip_prefix('='))?;
    is_token(token).then_some(token)
}

/// Whether a text has the form of a token.
pub(crate) fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == TOKEN_LENGTH && text.bytes().all(plain)
}

fn value(text: &str) -> Result<HeaderValue, AppError> {
    HeaderValue::from_str(text).map_err(|error| AppError::Internal(error.to_string()))
}
