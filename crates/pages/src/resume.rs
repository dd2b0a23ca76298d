//! Back into a conversation by the link of a letter.

use std::sync::Arc;

use app::{App, AppError};
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use crate::{
    cookie::{Cookie, is_token},
    form::check_own_page,
    problem::Problem,
    render,
};

#[derive(Template)]
#[template(path = "resume.html")]
struct ResumePage {
    token: String,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/chat/resume/{token}", get(get_resume).post(resume))
}

async fn get_resume(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !is_token(&token) || !app.is_resumable(&token).await? {
        return Err(Problem::link_ended());
    }
    Ok(render::page(&ResumePage { token }))
}

async fn resume(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let resumed = app.resume_chat(&token).await.map_err(|error| match error {
        AppError::NotFound => Problem::link_ended(),
        other => other.into(),
    })?;
    let set = Cookie::Visitor.set(&app, &resumed.token, None)?;
    let to = Redirect::to(&format!("/chat/{}", resumed.site_id));
    Ok((set, to).into_response())
}
