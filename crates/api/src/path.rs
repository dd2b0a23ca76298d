//! Ids in paths and words in queries. An id that is none names nothing: the same answer as for a stranger's.
//!
//! Must not know: features.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, invalid_body};

/// The one id of a path.
pub(crate) struct PathId<T>(pub(crate) T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// The words after the question mark; unknown ones are refused.
pub(crate) struct Words<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Words<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let words = Query::<T>::from_request_parts(parts, state).await;
        words.map(|Query(words)| Self(words)).map_err(|_| {
            invalid_body().field(
                "query",
                "malformed",
                "a word is unknown or has the wrong form",
            )
        })
    }
}
