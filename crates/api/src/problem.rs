//! Problem responses (RFC 9457): the only place that knows status codes.
//!
//! Must not know: features. Texts name what, where and how to mend it; never internals.

use app::AppError;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use policy::RefusalCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A problem on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<ProblemBody>);

/// A problem as it goes out, `application/problem+json`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// `/problems/CODE`.
    #[serde(rename = "type")]
    kind: String,
    /// Short, the same for every occurrence.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// Stable code for programs.
    code: String,
    /// What is the case here.
    detail: String,
    /// What the reader can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
    /// The clause of the policy that refuses, 1 to 78.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<u8>,
    /// Fields that are not acceptable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<ProblemField>,
    /// Seconds to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u32>,
    /// The policy version that applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_version: Option<u32>,
    /// Where its text is.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_url: Option<&'static str>,
    /// Number of the newest reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_seq: Option<i64>,
}

/// A field that is not acceptable.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProblemField {
    /// Name of the field.
    field: String,
    /// Stable code.
    code: String,
    /// What is wrong and what would be right.
    message: String,
}

impl Problem {
    /// A problem with its status, code, title and detail.
    pub(crate) fn new(
        status: StatusCode,
        code: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(ProblemBody {
            kind: format!("/problems/{code}"),
            title,
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            mend: None,
            clause: None,
            fields: Vec::new(),
            retry_after_s: None,
            policy_version: None,
            policy_url: None,
            latest_seq: None,
        }))
    }

    /// Says what the reader can do.
    #[must_use]
    pub(crate) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.0.mend = Some(mend.into());
        self
    }

    /// A refusal by a clause, with the clause's number and the refusal's own code.
    pub(crate) fn refused(
        status: StatusCode,
        code: RefusalCode,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self::new(status, code.key(), title, detail).under(code)
    }

    /// Names a field that is not acceptable.
    #[must_use]
    pub(crate) fn field(mut self, field: &str, code: &str, message: impl Into<String>) -> Self {
        let (field, code) = (field.to_owned(), code.to_owned());
        self.0.fields.push(ProblemField {
            field,
            code,
            message: message.into(),
        });
        self
    }

    /// Makes it a refusal: the code and the clause that refuses. There is no other way to name a clause.
    #[must_use]
    pub(crate) fn under(mut self, code: RefusalCode) -> Self {
        self.0.kind = format!("/problems/{code}");
        code.key().clone_into(&mut self.0.code);
        self.0.clause = code.clause();
        self
    }

    /// There is no such route or thing.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "Not found",
            "there is no such thing here, or it is not yours",
        )
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Denied(refusal) => denied(refusal),
            AppError::Forbidden => forbidden(),
            AppError::NotFound => Self::not_found(),
            AppError::Unauthenticated(code) => unauthenticated(code),
            AppError::Conflict { code, detail } => conflict(code, detail),
            AppError::NewerReply { latest_seq } => newer_reply(latest_seq),
            AppError::PolicyVersionMissing => policy_version_missing(),
            AppError::PolicyVersionOld { current } => policy_version_old(current),
            AppError::Invalid(fields) => {
                fields.into_iter().fold(invalid_body(), |problem, field| {
                    problem.field(field.field, field.code, field.message)
                })
            }
            AppError::TooMany { retry_after_s } => too_many(retry_after_s),
            AppError::Full => disk_full(),
            AppError::Unavailable(why) => {
                tracing::warn!(why, "request failed: unavailable");
                unavailable()
            }
            AppError::Internal(why) => {
                tracing::error!(why, "request failed: defect");
                internal()
            }
        }
    }
}

fn denied(refusal: policy::Refusal) -> Problem {
    let mut problem = Problem::new(
        StatusCode::FORBIDDEN,
        refusal.code,
        "Refused by the policy",
        refusal.what,
    )
    .mend(refusal.mend);
    problem.0.clause = Some(refusal.clause);
    problem
}

fn forbidden() -> Problem {
    Problem::refused(
        StatusCode::FORBIDDEN,
        RefusalCode::Forbidden,
        "Not allowed",
        "your role may not do this",
    )
    .mend("ask an owner or admin of the workspace")
}

fn conflict(code: &'static str, detail: String) -> Problem {
    let status = if code == "blocked" {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::CONFLICT
    };
    Problem::new(status, code, "Not possible in this state", detail)
}

fn newer_reply(latest_seq: i64) -> Problem {
    let mut problem = Problem::new(
        StatusCode::CONFLICT,
        "newer_reply",
        "A newer reply exists",
        "somebody else replied after what you saw",
    )
    .mend("read it, then send again with seen_seq raised");
    problem.0.latest_seq = Some(latest_seq);
    problem
}

fn disk_full() -> Problem {
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "disk_full",
        "Disk full",
        "nothing was stored: the server's disk is full",
    )
    .mend("reading and erasing go on; try again later")
}

fn unavailable() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "Unavailable",
        "the server cannot do this right now",
    )
    .mend("try again in a moment")
}

fn internal() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Internal error",
        "something is wrong in the server; it is written in its log",
    )
}

/// A body whose fields are not acceptable.
pub(crate) fn invalid_body() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid_body",
        "The request is not acceptable",
        "some fields are not acceptable; nothing was stored",
    )
}

fn unauthenticated(code: RefusalCode) -> Problem {
    let detail = match code {
        RefusalCode::TotpRequired => "the second factor is needed",
        RefusalCode::SessionExpired => "the session has ended",
        RefusalCode::WrongCredentials => "the address or the password is wrong",
        RefusalCode::WrongCode => "the code is wrong, too old, or was used before",
        _ => "this needs a session or a visitor token",
    };
    Problem::refused(StatusCode::UNAUTHORIZED, code, "Not signed in", detail)
}

fn policy_version_missing() -> Problem {
    Problem::refused(
        StatusCode::PRECONDITION_REQUIRED,
        RefusalCode::PolicyVersionMissing,
        "The policy version is missing",
        "a write says which version of the privacy policy the person saw",
    )
    .mend("send the policy_version of the config answer")
}

fn policy_version_old(current: u32) -> Problem {
    let mut problem = Problem::refused(
        StatusCode::CONFLICT,
        RefusalCode::PolicyVersionOld,
        "The privacy policy has changed",
        format!("version {current} applies and differs materially from what the person saw"),
    )
    .mend("show the text at policy_url, then send again with the new policy_version");
    problem.0.policy_version = Some(current);
    problem.0.policy_url = Some("/privacy");
    problem
}

fn too_many(retry_after_s: u32) -> Problem {
    let mut problem = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_requests",
        "Too many requests",
        format!("try again in {retry_after_s} seconds"),
    );
    problem.0.retry_after_s = Some(retry_after_s);
    problem
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::BAD_REQUEST);
        let retry = self.0.retry_after_s;
        let mut response = (status, Json(self.0)).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What handlers return.
pub(crate) type Answer<T> = Result<T, Problem>;
