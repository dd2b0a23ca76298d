//! Who of the personnel looked at whom, for those who carry out people's rights.

use std::sync::Arc;

use app::{App, ReadingPageView};
use axum::{Json, extract::State};
use domain::PersonId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::Agent,
    path::Words,
    problem::{Answer, ProblemBody},
};

/// Whose readings, and which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReadingWords {
    /// Only those of this person; left out: everybody's.
    #[param(value_type = Option<String>)]
    person_id: Option<PersonId>,
    /// Where the page begins, as the page before said.
    cursor: Option<String>,
}

/// The access log: who looked at whom, for which purpose, when. People stand in it by reference.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/readings", tag = "privacy",
    params(ReadingWords),
    responses((status = 200, body = ReadingPageView), (status = "default", body = ProblemBody)))]
async fn list_readings(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Words(words): Words<ReadingWords>,
) -> Answer<Json<ReadingPageView>> {
    let cursor = words.cursor.as_deref();
    let page = app.list_all_readings(&agent, words.person_id, cursor);
    Ok(Json(page.await?))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list_readings))
}
