//! The privacy centre at `/privacy/me`: what is held about a person, who read it, and what they do about it.
//! Every act works without scripts and gives a receipt (clauses 26, 28, 60).
//!
//! Must not know: JSON routes, SQL.

mod act;
mod agent;
mod enter;
mod export;
mod looped;
mod show;
mod words;

use std::sync::Arc;

use app::{App, AppError, Visitor};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, HeaderValue},
    response::{IntoResponse, Response},
    routing::{get, post},
};

pub(crate) use enter::open;

use crate::{
    cookie::Cookie,
    form::{FORM_BYTES_MAX, check_own_page},
    problem::Problem,
};

/// What a browser drops when its visit ends (clause 28).
const FORGET: &str = "\"cache\", \"cookies\", \"storage\"";

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy/me", get(show::get_centre).post(act::act))
        .route("/privacy/me/link", post(enter::ask_link))
        .route(
            "/privacy/me/open/{token}",
            get(enter::get_entry).post(enter::enter),
        )
        .route("/privacy/me/leave", post(leave))
        .route("/privacy/me/receipt/{index}", get(export::get_receipt))
        .route("/privacy/me/export.json", post(export::export_json))
        .route("/privacy/me/export.html", post(export::export_html))
        .route("/privacy/me/agent", post(agent::act))
        .route("/privacy/export.schema.json", get(export::get_schema))
        .route(
            "/privacy/request/{token}",
            get(looped::get_looped).post(looped::answer),
        )
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

/// Who the browser's cookie says it is.
async fn find_person(app: &App, headers: &HeaderMap) -> Result<Option<Visitor>, Problem> {
    let Some(token) = Cookie::Privacy.read(headers) else {
        return Ok(None);
    };
    match app.authenticate_centre(token).await {
        Ok(visitor) => Ok(Some(visitor)),
        Err(AppError::Unauthenticated(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn get_person(app: &App, headers: &HeaderMap) -> Result<Visitor, Problem> {
    find_person(app, headers)
        .await?
        .ok_or_else(Problem::no_session)
}

/// Ends the visit: the session is gone on the server, and the browser forgets.
async fn leave(
    axum::extract::State(app): axum::extract::State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    if let Some(token) = Cookie::Privacy.read(&headers) {
        app.leave_centre(token).await?;
    }
    let gone = crate::render::page(&enter::LeftPage {});
    Ok((forget()?, gone).into_response())
}

fn forget() -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    Cookie::Privacy.clear()?.put(&mut headers);
    headers.insert("clear-site-data", HeaderValue::from_static(FORGET));
    Ok(headers)
}
