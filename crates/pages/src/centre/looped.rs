//! "Somebody asks this in your name": whoever reads the known address says whether it was them.

use std::sync::Arc;

use app::{App, AppError, LoopedRequest};
use askama::Template;
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;

use super::{open, words};
use crate::{cookie::is_token, form::check_own_page, problem::Problem, render};

#[derive(Template)]
#[template(path = "centre_looped.html")]
struct LoopedPage {
    token: String,
    kind: &'static str,
    due: String,
    done: Option<&'static str>,
}

/// The answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoopedForm {
    answer: String,
}

pub(super) async fn get_looped(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let request = app.find_looped_request(&token).await.map_err(ended)?;
    Ok(render::page(&page(token, &request, None)))
}

pub(super) async fn answer(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Result<Form<LoopedForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let Form(form) = form.map_err(|_| Problem::bad_form())?;
    let is_mine = match form.answer.as_str() {
        "mine" => true,
        "not_mine" => false,
        _ => return Err(Problem::bad_form()),
    };
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let answered = app.answer_looped_request(&token, is_mine);
    let request = answered.await.map_err(ended)?;
    if let Some(session) = &request.session {
        return open(&app, session);
    }
    let said = if is_mine {
        "It is done."
    } else {
        "The request is withdrawn. Nothing was done."
    };
    Ok(render::page(&page(String::new(), &request, Some(said))))
}

fn page(token: String, request: &LoopedRequest, done: Option<&'static str>) -> LoopedPage {
    LoopedPage {
        token,
        kind: words::kind(request.kind.key()),
        due: request.due_at.date(),
        done,
    }
}

fn ended(error: AppError) -> Problem {
    match error {
        AppError::NotFound | AppError::Conflict { .. } => Problem::link_ended(),
        other => other.into(),
    }
}
