//! What is not possible, as a page: what it is, what the reader can do, the clause if one refuses.

use app::AppError;
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::render;

/// A page about something that is not possible.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    title: &'static str,
    detail: String,
    mend: Option<String>,
    clause: Option<u8>,
    back: Option<(String, &'static str)>,
}

/// Why a page cannot be shown.
pub(crate) struct Problem {
    status: StatusCode,
    page: Box<ProblemPage>,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            page: Box::new(ProblemPage {
                title,
                detail: detail.into(),
                mend: None,
                clause: None,
                back: None,
            }),
        }
    }

    fn mend(mut self, mend: impl Into<String>) -> Self {
        self.page.mend = Some(mend.into());
        self
    }

    /// There is no such page.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "There is no such page",
            "The address is wrong, or what was here has been deleted.",
        )
    }

    /// The request came from another site's page.
    pub(crate) fn cross_site() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This came from another site",
            "A form on another site tried to act in your name. Nothing was done.",
        )
        .mend("Open this page itself and use its own buttons.")
    }

    /// The link is used, or its time is over.
    pub(crate) fn link_ended() -> Self {
        Self::new(
            StatusCode::GONE,
            "This link has ended",
            "It was used already, or its time is over.",
        )
        .mend("Ask for a new one where you got it.")
    }

    /// There is nobody's session.
    pub(crate) fn no_session() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "You are not signed in here",
            "Your visit to the privacy centre has ended. Nothing was done.",
        )
        .mend("Ask for a new link, or open the privacy centre from the chat.")
        .back("/privacy/me".to_owned(), "To the privacy centre")
    }

    /// The form was not what this page sends.
    pub(crate) fn bad_form() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The form is not complete",
            "Something in the form is missing or too large. Nothing was stored.",
        )
    }

    /// The status it is answered with.
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// Leads back to where the reader was.
    pub(crate) fn back(mut self, href: String, label: &'static str) -> Self {
        self.page.back = Some((href, label));
        self
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NotFound => Self::not_found(),
            AppError::Denied(refusal) => {
                let mut problem = Self::new(
                    StatusCode::FORBIDDEN,
                    "The privacy policy does not allow this",
                    refusal.what,
                )
                .mend(refusal.mend);
                problem.page.clause = Some(refusal.clause);
                problem
            }
            AppError::Full => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "The disk is full",
                "Nothing was stored. Reading and erasing go on.",
            ),
            AppError::TooMany { retry_after_s } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests",
                format!("Try again in {retry_after_s} seconds."),
            ),
            AppError::Invalid(fields) => {
                let messages: Vec<_> = fields.into_iter().map(|field| field.message).collect();
                Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "The form is not acceptable",
                    messages.join("; "),
                )
            }
            AppError::Conflict { detail, .. } => {
                Self::new(StatusCode::CONFLICT, "Not possible in this state", detail)
            }
            AppError::PolicyVersionMissing => Self::new(
                StatusCode::PRECONDITION_REQUIRED,
                "The form is not complete",
                "It does not say which version of the privacy policy was shown. Nothing was stored.",
            ),
            AppError::PolicyVersionOld { current } => Self::new(
                StatusCode::CONFLICT,
                "The privacy policy has changed",
                format!("Version {current} applies now. Look at it, then send it again."),
            ),
            AppError::Internal(why) => {
                tracing::error!(why, "page failed: defect");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something is wrong in the server",
                    "It is written in its log.",
                )
            }
            other => {
                tracing::warn!(error = %other, "page failed");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The server cannot do this right now",
                    "Try again in a moment.",
                )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, render::page(&*self.page)).into_response()
    }
}
