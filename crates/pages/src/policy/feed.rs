//! The Atom feed of versions (RFC 4287): whoever subscribes hears of each when it is published (clause 72).
//!
//! Must not know: who reads it.

use std::sync::Arc;

use ::policy::{Policy, diff};
use app::App;
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{VersionRow, list, template_failed, to_the_second};
use crate::problem::Problem;

/// Versions in the feed, newest first.
const ENTRIES_MAX: usize = 30;
/// Changes told in an entry; the page of the difference has all.
const CHANGES_MAX: usize = 50;

#[derive(Template)]
#[template(path = "policy_feed.xml")]
struct Feed<'a> {
    base: &'a str,
    controller: String,
    updated: String,
    entries: Vec<Entry>,
}

/// One version.
struct Entry {
    version: u32,
    before: Option<u32>,
    published: String,
    effective: String,
    material: bool,
    hash: String,
    changes: Vec<String>,
    more: usize,
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/privacy/feed.atom", get(get_feed))
}

async fn get_feed(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let rows = list(&app).await?;
    let mut policies = Vec::new();
    // One more than is shown: the last entry is compared with it.
    for row in rows.iter().take(ENTRIES_MAX + 1) {
        policies.push(app.get_policy_version(i64::from(row.version)).await.ok());
    }
    let controller = app.policy().file().policy.controller.name.clone();
    let feed = feed(&app.settings.public_url, controller, &rows, &policies);
    let text = feed.render().map_err(|error| template_failed(&error))?;
    let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((kind, text).into_response())
}

fn feed<'a>(
    base: &'a str,
    controller: String,
    rows: &[VersionRow],
    policies: &[Option<Policy>],
) -> Feed<'a> {
    let newest = rows.iter().map(|row| row.published_at).max();
    let entries = rows.iter().take(ENTRIES_MAX).enumerate();
    Feed {
        base,
        controller,
        updated: to_the_second(newest.unwrap_or_default()),
        entries: entries
            .map(|(index, row)| entry(row, rows.get(index + 1), policies.get(index..)))
            .collect(),
    }
}

/// `policies` begins with the entry's own version, the one before it next.
fn entry(
    row: &VersionRow,
    before: Option<&VersionRow>,
    policies: Option<&[Option<Policy>]>,
) -> Entry {
    let compared = match policies {
        Some([Some(new), Some(old), ..]) => diff(old, new).changes,
        _ => Vec::new(),
    };
    let told = compared.iter().take(CHANGES_MAX);
    Entry {
        version: row.version,
        before: before.map(|before| before.version),
        published: to_the_second(row.published_at),
        effective: row.effective.clone(),
        material: row.material,
        hash: row.hash.clone(),
        more: compared.len().saturating_sub(CHANGES_MAX),
        changes: told
            .map(|change| {
                format!(
                    "{}: {} ({})",
                    change.class.word(),
                    change.text,
                    change.reason
                )
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use ::policy::{Timestamp, shipped};

    use super::*;

    fn row(version: u32, day: &str) -> VersionRow {
        let at = Timestamp::parse(&format!("{day}T08:30:00.25Z")).unwrap();
        VersionRow {
            version,
            published: day.to_owned(),
            effective: day.to_owned(),
            published_at: at,
            effective_at: at,
            material: version == 1,
            hash: "sha256:00".to_owned(),
            ledger_index: None,
        }
    }

    #[test]
    fn a_feed_has_what_rfc_4287_demands() {
        let old = Policy::parse(shipped::STRICT).unwrap();
        let text = shipped::STRICT.replace("keep_days = 30", "keep_days = 7");
        let new = Policy::parse(&text).unwrap();
        let rows = [row(2, "2026-11-20"), row(1, "2026-10-01")];
        let controller = "Lamps & \"Co\" <Ltd>".to_owned();

        let feed = feed(
            "https://chat.example",
            controller,
            &rows,
            &[Some(new), Some(old)],
        );
        let text = feed.render().unwrap();

        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\""));
        for expected in [
            "<id>https://chat.example/privacy</id>",
            "<updated>2026-11-20T08:30:00Z</updated>",
            "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://chat.example/privacy/feed.atom\"/>",
            "<author><name>Lamps &#38; &#34;Co&#34; &#60;Ltd&#62;</name></author>",
            "<id>https://chat.example/privacy/v/2</id>",
            "<published>2026-10-01T08:30:00Z</published>",
            "Days that copies are kept: 7 instead of 30",
            "https://chat.example/privacy/v/1/to/2",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert_eq!(text.matches("<entry>").count(), 2);
        assert_eq!(text.matches("<updated>").count(), 3);
        assert!(
            !text.contains("/to/1"),
            "the first version has nothing before it"
        );
    }
}
