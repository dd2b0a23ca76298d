//! Search over messages and notes.
//!
//! Must not know: SQL, the policy.

use std::sync::Arc;

use app::{App, SearchPageView};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::Agent,
    path::Words,
    problem::{Answer, ProblemBody},
};

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchWords {
    /// Words that a message must all have; at most 200 characters.
    q: String,
    /// Where the page begins, as the page before said.
    cursor: Option<String>,
}

/// Messages and notes that have all words, newest first.
///
/// For owners, admins and agents.
#[utoipa::path(get, path = "/api/console/search", tag = "conversations",
    params(SearchWords),
    responses((status = 200, body = SearchPageView), (status = "default", body = ProblemBody)))]
async fn search_messages(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Words(words): Words<SearchWords>,
) -> Answer<Json<SearchPageView>> {
    Ok(Json(
        app.search(&agent, &words.q, words.cursor.as_deref())
            .await?,
    ))
}

/// Routes of search.
pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(search_messages))
}
