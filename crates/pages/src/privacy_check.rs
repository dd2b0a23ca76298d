//! What an outsider found: the newest published result of privacy-check, as a page and as JSON.
//!
//! Must not know: how a check is done.

use std::sync::Arc;

use app::{App, CheckOutcome, PrivacyCheckFinding, PrivacyCheckView};
use askama::Template;
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use policy::Timestamp;

use crate::{problem::Problem, render};

#[derive(Template)]
#[template(path = "privacy_check.html")]
struct PrivacyCheckPage {
    url: String,
    found: Option<Found>,
}

/// A result in words.
struct Found {
    view: PrivacyCheckView,
    published: String,
    /// Of each outcome that came about, how many: `41 passed`.
    counts: String,
    /// What is broken first, then by clause.
    rows: Vec<FoundRow>,
}

struct FoundRow {
    finding: PrivacyCheckFinding,
    outcome: &'static str,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy/check", get(get_check))
        .route("/privacy/check.json", get(get_check_json))
}

async fn get_check(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let found = app.find_published_check().await?;
    Ok(render::page(&PrivacyCheckPage {
        url: app.settings.public_url.clone(),
        found: found.map(found_in_words),
    }))
}

/// Not found while nobody published one.
async fn get_check_json(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let found = app.find_published_check().await?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Json(found).into_response())
}

fn found_in_words(view: PrivacyCheckView) -> Found {
    let findings = view.report.findings.iter().cloned();
    let mut rows: Vec<FoundRow> = findings
        .map(|finding| FoundRow {
            outcome: word(finding.outcome),
            finding,
        })
        .collect();
    rows.sort_by_key(|row| (order(row.finding.outcome), row.finding.clause));
    Found {
        published: Timestamp(view.published_at).date(),
        counts: counts(&rows),
        rows,
        view,
    }
}

fn counts(rows: &[FoundRow]) -> String {
    let words = ["passed", "failed", "not applicable", "not checked"];
    let count = |word| rows.iter().filter(|row| row.outcome == word).count();
    let counted = words.map(|word| format!("{} {word}", count(word)));
    counted.join(", ")
}

const fn word(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::NotApplicable => "not applicable",
        CheckOutcome::NotChecked => "not checked",
    }
}

/// What is wrong stands on top, what nobody looked at below.
const fn order(outcome: CheckOutcome) -> u8 {
    match outcome {
        CheckOutcome::Failed => 0,
        CheckOutcome::Passed => 1,
        CheckOutcome::NotApplicable => 2,
        CheckOutcome::NotChecked => 3,
    }
}
