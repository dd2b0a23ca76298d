//! The header `Idempotency-Key`: what makes something is safe to send again under it.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::IdempotencyKey;

use crate::problem::{Problem, invalid_body};

const HEADER: &str = "idempotency-key";

/// The client's key, if it gave one.
pub(crate) struct Key(pub(crate) Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self(None));
        };
        let key = IdempotencyKey::parse(value.to_str().unwrap_or_default());
        key.map(|key| Self(Some(key))).map_err(|error| {
            invalid_body().field("Idempotency-Key", "malformed", error.to_string())
        })
    }
}
