//! The prompt about a new version of the policy, for whoever this browser's cookie names; answered by a form,
//! without scripts.
//!
//! Nothing is asked of a browser without that cookie, and nothing is set: no act, no prompt (clauses 3, 76).

use app::{App, AppError, NoticeAnswer, NoticeView, Visitor};
use axum::http::HeaderMap;

use crate::{cookie::Cookie, problem::Problem};

/// How a visitor answers on these pages.
pub(crate) const WAY: &str = "chat";

/// The answer that a button of the prompt gives; erasing asks first.
pub(crate) fn answer_of(act: &str) -> Option<NoticeAnswer> {
    NoticeAnswer::from_key(act).filter(|answer| *answer != NoticeAnswer::Erase)
}

/// The prompt for a visitor, if one is due, or the word that going on to write counted.
///
/// # Errors
/// Those of the database.
pub(crate) async fn find(app: &App, visitor: &Visitor) -> Result<Option<NoticeView>, AppError> {
    let found = app.find_notice(visitor).await?;
    Ok(found.filter(|notice| {
        let is_deemed = |answer: &app::ConsentView| answer.purpose == "policy.deemed";
        let counted = notice.answer.as_ref().is_some_and(is_deemed);
        counted || (notice.due && (notice.prompt || notice.agreement == "deemed"))
    }))
}

/// The prompt for the home page, and the site whose chat page takes the answer.
///
/// # Errors
/// Those of the database.
pub(crate) async fn find_for_home(
    app: &App,
    headers: &HeaderMap,
) -> Result<Option<(NoticeView, String)>, Problem> {
    let Some(token) = Cookie::Visitor.read(headers) else {
        return Ok(None);
    };
    let visitor = match app.authenticate_chat(token).await {
        Err(AppError::Unauthenticated(_)) => return Ok(None),
        other => other?,
    };
    let notice = find(app, &visitor).await?;
    Ok(notice.map(|notice| (notice, visitor.site_id.to_string())))
}
