//! Letters about the policy: asking for them, confirming, and ending them by one click (clauses 14, 32).
//!
//! Why the click needs neither cookie nor page of ours: mail programs make it in their reader's name (RFC 8058).
//! Why a look at the link changes nothing: mail programs open links by themselves.
//! Must not know: JSON routes, SQL.

use std::sync::Arc;

use app::{App, AppError};
use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::FormRejection},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    cookie::is_token,
    form::{FORM_BYTES_MAX, check_own_page},
    problem::Problem,
    render,
};

/// Where the form stands.
const FORM_PAGE: &str = "/privacy#notices";

/// An address for letters about the policy, and the version that was shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoticesForm {
    email: String,
    policy_version: Option<u32>,
}

#[derive(Template)]
#[template(path = "notices.html")]
struct NoticesPage {
    token: String,
    stage: Stage,
}

/// How far it is.
#[derive(PartialEq, Eq)]
enum Stage {
    Asked,
    Confirm,
    Confirmed,
}

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage {
    action: String,
    done: bool,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy/notices", post(ask))
        .route("/privacy/notices/{token}", get(get_link).post(confirm))
        .route(
            "/unsubscribe/{workspace}/{token}",
            get(get_unsubscribe).post(unsubscribe),
        )
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// The same answer whether the address is known, confirmed, or not to be written to.
async fn ask(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Form<NoticesForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let back = |problem: Problem| problem.back(FORM_PAGE.to_owned(), "Back");
    let Form(form) = form.map_err(|_| back(Problem::bad_form()))?;
    app.ask_notices(&form.email, form.policy_version)
        .await
        .map_err(|error| back(error.into()))?;
    Ok(page(String::new(), Stage::Asked))
}

async fn get_link(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !is_token(&token) || !app.is_subscription_link(&token).await? {
        return Err(Problem::link_ended());
    }
    Ok(page(token, Stage::Confirm))
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
    app.confirm_notices(&token)
        .await
        .map_err(|error| match error {
            AppError::NotFound => Problem::link_ended(),
            other => other.into(),
        })?;
    Ok(page(String::new(), Stage::Confirmed))
}

fn page(token: String, stage: Stage) -> Response {
    render::page(&NoticesPage { token, stage })
}

/// A form, whatever the link is.
async fn get_unsubscribe(Path((workspace, token)): Path<(String, String)>) -> Response {
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let action = if plain(&workspace) && plain(&token) {
        format!("/unsubscribe/{workspace}/{token}")
    } else {
        String::new()
    };
    render::page(&UnsubscribePage {
        action,
        done: false,
    })
}

/// One click, from a mail program or from the form; whatever its body is.
async fn unsubscribe(
    State(app): State<Arc<App>>,
    Path((workspace, token)): Path<(String, String)>,
) -> Result<Response, Problem> {
    app.unsubscribe(&workspace, &token).await?;
    Ok(render::page(&UnsubscribePage {
        action: String::new(),
        done: true,
    }))
}
