//! Counts for an operator's Prometheus, as its text format 0.0.4 has them, on a listener of their own.
//!
//! Why not beside the pages: how busy an installation is concerns nobody outside.
//! Must not know: where they are counted.

use std::{fmt::Write as _, sync::Arc};

use app::{App, Measures};
use axum::{
    Extension, Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{problem::Answer, serve::Connections};

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The listener's only route.
pub fn metrics_router(app: Arc<App>, connections: Connections) -> Router {
    Router::new()
        .route("/metrics", get(get_metrics))
        .layer(Extension(connections))
        .with_state(app)
}

async fn get_metrics(
    State(app): State<Arc<App>>,
    Extension(connections): Extension<Connections>,
) -> Answer<Response> {
    let text = render(&app.measure().await?, connections.open());
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

/// Name, help, value.
type Line = (&'static str, &'static str, u64);

fn render(measures: &Measures, connections: usize) -> String {
    let mut text = String::new();
    let mut gauges = load(measures, connections);
    gauges.extend(promises(measures));
    for (kind, lines) in [("gauge", gauges), ("counter", counters(measures))] {
        for (name, help, value) in lines {
            let line = format!(
                "# HELP chatham_{name} {help}.\n# TYPE chatham_{name} {kind}\nchatham_{name} {value}"
            );
            writeln!(text, "{line}").unwrap_or_default();
        }
    }
    text
}

/// What waits and what is open.
fn load(measures: &Measures, connections: usize) -> Vec<Line> {
    let (data, keys) = (&measures.data, &measures.keys);
    let (writes, reads) = (to_u64(data.writes_waiting), to_u64(data.reads_waiting));
    vec![
        ("connections", "Open connections", to_u64(connections)),
        ("write_queue", "Commands that wait for the writer", writes),
        ("read_queue", "Queries that wait for a reader", reads),
        (
            "keys_write_queue",
            "Commands that wait for the writer of the keys database",
            to_u64(keys.writes_waiting),
        ),
        (
            "jobs_due",
            "Jobs that are due and wait",
            from_i64(measures.jobs_due),
        ),
        (
            "jobs_given_up",
            "Jobs given up",
            from_i64(measures.jobs_given_up),
        ),
    ]
}

/// What the policy promises.
fn promises(measures: &Measures) -> Vec<Line> {
    let (pending, held) = (measures.erasures_pending, measures.erasures_held);
    let sweeper = measures.sweeper;
    vec![
        (
            "erasures_pending",
            "Erasures ordered and not done",
            to_u64(pending),
        ),
        (
            "erasures_held",
            "Erasures that wait for a legal hold",
            to_u64(held),
        ),
        (
            "disclosures_unreviewed",
            "Releases on a legal ground that wait for a second person",
            from_i64(measures.disclosures_unreviewed),
        ),
        (
            "sweeper_lag_seconds",
            "How long the oldest row past its time is overdue",
            from_i64(sweeper.lag_s),
        ),
        (
            "sweeper_last_run_timestamp_seconds",
            "When the last whole round of the sweeper was",
            from_i64(sweeper.last_run_at.unwrap_or(0) / 1_000_000),
        ),
        (
            "policy_version",
            "The policy in force",
            u64::from(measures.policy_version),
        ),
    ]
}

/// Counts since the start.
fn counters(measures: &Measures) -> Vec<Line> {
    let (data, keys) = (&measures.data, &measures.keys);
    vec![
        ("commits_total", "Transactions on disk", data.commits),
        ("commands_total", "Commands in them", data.commands),
        (
            "commits_failed_total",
            "Transactions that failed",
            data.failed,
        ),
        (
            "reveals_total",
            "Fields revealed to personnel",
            measures.reveals,
        ),
        ("events_total", "Events told to streams", data.events),
        (
            "keys_commits_total",
            "Transactions of the keys database",
            keys.commits,
        ),
    ]
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn from_i64(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
