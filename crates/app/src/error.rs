//! Why a use case was not carried out. Says who must act; only `api/problem.rs` knows status codes.

use policy::{Refusal, RefusalCode};
use store::StoreError;
use thiserror::Error;

/// A field of a request that is not acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field in the request.
    pub field: &'static str,
    /// Stable code, such as `too_long`.
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// A field error.
    pub fn new(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            code,
            message: message.into(),
        }
    }
}

/// A use case's refusal or failure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AppError {
    /// The policy refuses; the clause is named.
    #[error(transparent)]
    Denied(#[from] Refusal),
    /// The role may not do this.
    #[error("not allowed for this role")]
    Forbidden,
    /// There is no such thing, or not for this actor: the same answer.
    #[error("not found")]
    NotFound,
    /// Not signed in, or no longer. The code says which.
    #[error("not signed in: {0}")]
    Unauthenticated(RefusalCode),
    /// The state does not allow it. The code is stable; the text says what to do.
    #[error("{detail}")]
    Conflict {
        /// Stable code, such as `conversation_resolved`.
        code: &'static str,
        /// What is the case.
        detail: String,
    },
    /// A reply of somebody else is newer than what the sender saw.
    #[error("a newer reply exists: {latest_seq}")]
    NewerReply {
        /// Number of the newest reply.
        latest_seq: i64,
    },
    /// The write carries no policy version (clause 4).
    #[error("the policy version shown to the person is missing")]
    PolicyVersionMissing,
    /// The write carries a version from before a material change (clause 4).
    #[error("the policy has changed: version {current} applies")]
    PolicyVersionOld {
        /// The version that applies.
        current: u32,
    },
    /// Fields are not acceptable.
    #[error("{} fields are not acceptable", .0.len())]
    Invalid(Vec<FieldError>),
    /// Too many requests.
    #[error("too many requests: try again in {retry_after_s} seconds")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The disk is full; nothing was written.
    #[error("disk full")]
    Full,
    /// Something the program rests on is away; trying again may help.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// A defect. The text is for the log, never for the outside.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// One unacceptable field.
    pub fn invalid(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, code, message)])
    }

    /// A conflict with its stable code.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            detail: detail.into(),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::Full,
            StoreError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<vault::OpenError> for AppError {
    fn from(error: vault::OpenError) -> Self {
        Self::Internal(error.to_string())
    }
}
