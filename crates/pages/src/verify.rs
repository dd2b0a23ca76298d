//! The links of letters: an address is confirmed by a button, never by the link alone, since mail programs
//! open links by themselves.

use std::sync::Arc;

use app::{App, AppError};
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
    routing::get,
};

use crate::{cookie::is_token, form::check_own_page, problem::Problem, render};

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    token: String,
    site: String,
    confirmed: bool,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/verify/{token}", get(get_verification).post(confirm))
}

async fn get_verification(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let site = app.find_verification(&token).await.map_err(ended)?;
    Ok(render::page(&VerifyPage {
        token,
        site,
        confirmed: false,
    }))
}

async fn confirm(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    app.verify_email(&token).await.map_err(ended)?;
    Ok(render::page(&VerifyPage {
        token: String::new(),
        site: String::new(),
        confirmed: true,
    }))
}

fn ended(error: AppError) -> Problem {
    match error {
        AppError::NotFound => Problem::link_ended(),
        other => other.into(),
    }
}
