//! JSON bodies: bounded, strict, and refused with the name of the field.
//!
//! Must not know: features.

use std::time::Duration;

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::problem::{Problem, invalid_body};

/// Bytes of a request body.
pub(crate) const BODY_BYTES_MAX: usize = 128 * 1024;
/// Time a client has to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON body of a known shape; unknown fields are refused.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Not JSON",
                "the body must be sent as application/json",
            ));
        }
        let bytes = read_bytes(request, BODY_BYTES_MAX).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| refuse(&error))
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

/// Reads a whole body within its limits of size and time.
pub(crate) async fn read_bytes(request: Request, bytes_max: usize) -> Result<Vec<u8>, Problem> {
    let body = Limited::new(request.into_body(), bytes_max);
    match tokio::time::timeout(BODY_TIMEOUT, body.collect()).await {
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "request_timeout",
            "Too slow",
            format!(
                "the body did not arrive within {} seconds",
                BODY_TIMEOUT.as_secs()
            ),
        )),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload_too_large",
            "Too large",
            format!("the body is larger than {bytes_max} bytes"),
        )),
        Ok(Err(_)) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body_cut_off",
            "Cut off",
            "the body ended before its announced length",
        )),
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
    }
}

/// Names the place and, where serde says it, the field. The text never repeats a value.
fn refuse(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    if let Some(field) = quoted_after(&text, "unknown field ") {
        let mut problem = invalid_body().field(&field, "unknown_field", "there is no such field");
        problem = problem.mend("leave it out");
        return problem.under(policy::RefusalCode::UnknownField);
    }
    if let Some(field) = quoted_after(&text, "missing field ") {
        return invalid_body().field(&field, "missing", "this field is needed");
    }
    let kind = match error.classify() {
        serde_json::error::Category::Data => "a value has the wrong type or range",
        serde_json::error::Category::Eof => "the body is cut off",
        _ => "the body is not valid JSON",
    };
    invalid_body().field(
        "body",
        "malformed",
        format!("{kind}, line {line}, column {column}"),
    )
}

fn quoted_after(text: &str, marker: &str) -> Option<String> {
    let rest = text.strip_prefix(marker)?;
    let name = rest.strip_prefix('`')?.split('`').next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (name.len() <= 64 && name.bytes().all(plain)).then(|| name.to_owned())
}
