//! Prove it: evidence as a file, for those who carry out people's rights.

use std::sync::Arc;

use app::{App, AppError, EvidenceAbout, EvidenceFile};
use axum::{
    body::Body as Stream,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::PersonId;
use futures_util::stream;
use policy::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    extract::Agent,
    path::Words,
    problem::{Answer, ProblemBody},
};

/// What is to be proved: a period, or one person's entries, or one entry.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EvidenceWords {
    /// From when, in microseconds; left out: from the first entry on.
    from: Option<i64>,
    /// Up to when, in microseconds; left out: until now.
    to: Option<i64>,
    /// Only this person's entries.
    #[param(value_type = Option<String>)]
    person_id: Option<PersonId>,
    /// Only this entry, by its number.
    entry: Option<u64>,
}

/// Signed evidence of how the promise was kept, which `chatham verify` checks offline.
///
/// Owner, admin, privacy officer.
#[utoipa::path(get, path = "/api/console/evidence", tag = "privacy",
    params(EvidenceWords),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = "default", body = ProblemBody)))]
async fn get_evidence(
    State(app): State<Arc<App>>,
    Agent(agent): Agent,
    Words(words): Words<EvidenceWords>,
) -> Answer<Response> {
    let evidence = app.prove(&agent, about(&words)?).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"chatham-evidence.txt\"",
        ),
    ];
    Ok((headers, pieces(evidence)).into_response())
}

fn about(words: &EvidenceWords) -> Result<EvidenceAbout, AppError> {
    let EvidenceWords { from, to, .. } = *words;
    match (words.person_id, words.entry, from.or(to)) {
        (Some(person_id), None, None) => Ok(EvidenceAbout::Person(person_id)),
        (None, Some(index), None) => Ok(EvidenceAbout::Entry(index)),
        (None, None, _) => Ok(EvidenceAbout::Period {
            from: from.map(Timestamp),
            to: to.map(Timestamp),
        }),
        _ => Err(AppError::invalid(
            "person_id",
            "ambiguous",
            "name a period, a person or an entry, one of them",
        )),
    }
}

/// The file in pieces; one that fails cuts the answer off before the seal, which `verify` tells.
fn pieces(evidence: EvidenceFile) -> Stream {
    Stream::from_stream(stream::try_unfold(evidence, |mut evidence| async move {
        let piece = evidence.next_piece().await?;
        Ok::<_, AppError>(piece.map(|piece| (piece, evidence)))
    }))
}

pub(crate) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(get_evidence))
}
