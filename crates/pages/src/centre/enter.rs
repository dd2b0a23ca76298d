//! The way in: a letter to a known address, or a link from a session of the person's own. A button opens it,
//! never the link alone, since mail programs open links by themselves.

use std::sync::Arc;

use app::{App, AppError};
use askama::Template;
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    cookie::{Cookie, is_token},
    form::check_own_page,
    problem::Problem,
    render,
};

/// Where nobody is signed in: the form for a letter.
#[derive(Template)]
#[template(path = "centre_ask.html")]
pub(super) struct AskPage {
    site: Option<String>,
    asked: bool,
}

impl AskPage {
    pub(super) const fn new(site: Option<String>) -> Self {
        Self { site, asked: false }
    }
}

/// The visit has ended.
#[derive(Template)]
#[template(path = "centre_left.html")]
pub(super) struct LeftPage {}

#[derive(Template)]
#[template(path = "centre_open.html")]
struct OpenPage {
    token: String,
}

/// An address to send a link to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkForm {
    email: String,
    site: Option<String>,
}

/// The same answer whether the address is known or not.
pub(super) async fn ask_link(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Form<LinkForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let back = |problem: Problem| problem.back("/privacy/me".to_owned(), "Back");
    let Form(form) = form.map_err(|_| back(Problem::bad_form()))?;
    let site = form.site.as_deref().filter(|site| !site.is_empty());
    let site_id = site
        .map(|site| site.parse().map_err(|_| back(Problem::bad_form())))
        .transpose()?;
    app.ask_centre_link(site_id, &form.email)
        .await
        .map_err(|error| back(error.into()))?;
    Ok(render::page(&AskPage {
        site: form.site,
        asked: true,
    }))
}

pub(super) async fn get_entry(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !is_token(&token) || !app.is_centre_entry(&token).await? {
        return Err(Problem::link_ended());
    }
    Ok(render::page(&OpenPage { token }))
}

pub(super) async fn enter(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let session = app
        .enter_centre(&token)
        .await
        .map_err(|error| match error {
            AppError::NotFound => Problem::link_ended(),
            other => other.into(),
        })?;
    open(&app, &session)
}

/// Into the centre, with a session that the browser keeps until it is closed.
pub(crate) fn open(app: &App, session: &str) -> Result<Response, Problem> {
    let set = Cookie::Privacy.set(app, session, None)?;
    Ok((set, Redirect::to("/privacy/me")).into_response())
}
