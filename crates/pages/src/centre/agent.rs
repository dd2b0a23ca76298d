//! The privacy centre of a member of the workspace, reached by their session in the console.

use std::sync::Arc;

use app::{App, AppError};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::show::{Field, Reader, field, reader};
use crate::{cookie::Cookie, form::check_own_page, problem::Problem, render};

#[derive(Template)]
#[template(path = "centre_agent.html")]
struct AgentPage {
    fields: Vec<Field>,
    readers: Vec<Reader>,
    policy_version: u32,
}

/// The page of the member with this session; none if it has ended.
pub(super) async fn find_page(app: &App, token: &str) -> Result<Option<Response>, Problem> {
    let agent = match app.authenticate_session(token).await {
        Ok(agent) => agent,
        Err(AppError::Unauthenticated(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let view = app.get_own_account(&agent).await?;
    Ok(Some(render::page(&AgentPage {
        fields: view.items.into_iter().map(field).collect(),
        readers: view.readings.into_iter().map(reader).collect(),
        policy_version: view.policy_version,
    })))
}

/// A copy as a file.
pub(super) async fn act(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let token = Cookie::Session
        .read(&headers)
        .ok_or_else(Problem::no_session)?;
    let agent = match app.authenticate_session(token).await {
        Ok(agent) => agent,
        Err(AppError::Unauthenticated(_)) => return Err(Problem::no_session()),
        Err(error) => return Err(error.into()),
    };
    let view = app.get_own_account(&agent).await?;
    let readings: Vec<_> = view
        .readings
        .iter()
        .map(|reading| {
            json!({
                "name": reading.name,
                "role": reading.role,
                "purpose": reading.purpose,
                "at": reading.at,
            })
        })
        .collect();
    let document = json!({
        "form": "chatham account export v1",
        "exported_at": app.now(),
        "policy_version": view.policy_version,
        "held": view.items,
        "readings": readings,
    });
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"chatham-account.json\"",
        ),
    ];
    Ok((headers, document.to_string()).into_response())
}
