//! Parents: ask for a link to a child's record, and decide about it (clauses 65, 66). The answer to the question is
//! the same whether the address is known or not; a button decides, never the link alone.

use std::sync::Arc;

use app::{App, AppError, ParentAnswer, ParentView};
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

#[derive(Template)]
#[template(path = "parent.html")]
struct ParentPage {
    token: String,
    case: Option<ParentView>,
    done: Option<&'static str>,
    receipt: Option<String>,
}

/// An address to send a link to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkForm {
    email: String,
    site: Option<String>,
}

/// The decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerForm {
    answer: String,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy/parent", post(ask_link))
        .route("/privacy/parent/{token}", get(get_case).post(answer))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

async fn ask_link(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Form<LinkForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let back = |problem: Problem| problem.back("/privacy#parents".to_owned(), "Back");
    let Form(form) = form.map_err(|_| back(Problem::bad_form()))?;
    let site = form.site.as_deref().filter(|site| !site.is_empty());
    let site_id = site
        .map(|site| site.parse().map_err(|_| back(Problem::bad_form())))
        .transpose()?;
    app.ask_parent_link(site_id, &form.email)
        .await
        .map_err(|error| back(error.into()))?;
    Ok(render::page(&ParentPage {
        token: String::new(),
        case: None,
        done: Some(
            "If this address stands in a record, a letter with a link is on its way. The link works once.",
        ),
        receipt: None,
    }))
}

async fn get_case(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let case = app.find_parent_case(&token).await.map_err(ended)?;
    Ok(render::page(&ParentPage {
        token,
        case: Some(case),
        done: None,
        receipt: None,
    }))
}

async fn answer(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    form: Result<Form<AnswerForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let Form(form) = form.map_err(|_| Problem::bad_form())?;
    let (answer, said) = match form.answer.as_str() {
        "erase" => (
            ParentAnswer::Erase,
            "It is erased, and no copy can be read.",
        ),
        "allow" => (ParentAnswer::Allow, "It may be used as our policy says."),
        _ => return Err(Problem::bad_form()),
    };
    if !is_token(&token) {
        return Err(Problem::link_ended());
    }
    let receipt = app.answer_as_parent(&token, answer).await.map_err(ended)?;
    Ok(render::page(&ParentPage {
        token: String::new(),
        case: None,
        done: Some(said),
        receipt: Some(receipt.to_json()),
    }))
}

fn ended(error: AppError) -> Problem {
    match error {
        AppError::NotFound => Problem::link_ended(),
        other => other.into(),
    }
}
