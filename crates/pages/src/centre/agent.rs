//! The privacy centre of a member of the workspace, reached by their session in the console.

use std::sync::Arc;

use app::{App, AppError, HeldItem};
use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::words;
use crate::{cookie::Cookie, form::check_own_page, problem::Problem, render};

/// One held field as it is shown.
struct Field {
    label: &'static str,
    value: String,
    source: &'static str,
    purpose: String,
    retention: String,
    recipients: String,
}

/// One reading as it is shown.
struct Reader {
    who: String,
    role: &'static str,
    purpose: String,
    at: String,
}

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
    let readers = view.readings.into_iter().map(|reading| Reader {
        who: reading
            .name
            .unwrap_or_else(|| "somebody who is gone".to_owned()),
        role: words::role(&reading.role),
        purpose: words::purpose(&reading.purpose),
        at: words::moment(reading.at),
    });
    Ok(Some(render::page(&AgentPage {
        fields: view.items.into_iter().map(field).collect(),
        readers: readers.collect(),
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

fn field(item: HeldItem) -> Field {
    Field {
        label: item.label,
        value: item.value.unwrap_or_default(),
        source: words::source(&item.source),
        purpose: words::purpose(&item.purpose),
        retention: words::retention(&item.retention),
        recipients: item.recipients.join(", "),
    }
}
