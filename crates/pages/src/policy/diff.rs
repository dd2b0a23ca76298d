//! The difference between any two published versions, for people and for programs (clause 73).
//!
//! Must not know: how a change is judged.

use std::sync::Arc;

use ::policy::{AskAgain, Change, Class, DiffReport, Policy, diff, diff_since, page::say_purpose};
use app::App;
use askama::Template;
use axum::{
    Json, Router,
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{list, template_failed, version_number};
use crate::problem::Problem;

/// Most versions between two that a comparison reads; beyond, only the two.
const BETWEEN_MAX: usize = 50;
/// Other versions that are offered for comparison.
const OTHERS_MAX: usize = 20;

#[derive(Template)]
#[template(path = "policy_diff.html")]
struct DiffPage<'a> {
    report: &'a DiffReport,
    groups: Vec<Group<'a>>,
    ask: Vec<Asked>,
    effective: String,
    others: Vec<u32>,
}

/// The changes of one kind.
struct Group<'a> {
    id: &'static str,
    heading: &'static str,
    tag: &'static str,
    changes: Vec<&'a Change>,
}

/// A use whose people are asked, in words.
struct Asked {
    why: String,
    purpose: String,
    first: bool,
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/privacy/v/{from}/to/{to}", get(get_difference))
}

/// `/privacy/v/1/to/2` as a page, `/privacy/v/1/to/2.json` for programs.
async fn get_difference(
    State(app): State<Arc<App>>,
    Path((from, to)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (to, as_json) = match to.strip_suffix(".json") {
        Some(to) => (to, true),
        None => (to.as_str(), false),
    };
    let (from, to) = (version_number(&from)?, version_number(to)?);
    let old = app.get_policy_version(i64::from(from)).await?;
    let new = app.get_policy_version(i64::from(to)).await?;
    let report = compare(&app, &old, &new).await?;
    if as_json {
        return Ok(Json(report).into_response());
    }
    let versions: Vec<u32> = list(&app).await?.iter().map(|row| row.version).collect();
    let html = render(&report, &new, &versions).map_err(|error| template_failed(&error))?;
    Ok(Html(html).into_response())
}

/// The comparison as it stood when the later version was published; small steps in between add up.
async fn compare(app: &App, old: &Policy, new: &Policy) -> Result<DiffReport, Problem> {
    let rows = list(app).await?;
    let published = rows.iter().find(|row| row.version == new.version());
    let now = published.map_or_else(|| app.now(), |row| row.published_at);
    let between = (old.version() + 1)..new.version();
    let mut versions = vec![old.clone()];
    for number in between.take(BETWEEN_MAX) {
        // A version that this build cannot read binds by its notice alone, which is not known.
        versions.extend(app.get_policy_version(i64::from(number)).await.ok());
    }
    let whole = diff_since(&versions, old.version(), new).unwrap_or_else(|| diff(old, new));
    Ok(whole.report(old, new, now))
}

fn render(report: &DiffReport, new: &Policy, versions: &[u32]) -> askama::Result<String> {
    let of = |class, id, heading, tag| Group {
        id,
        heading,
        tag,
        changes: report
            .changes
            .iter()
            .filter(|change| change.class == class)
            .collect(),
    };
    let groups = [
        of(Class::Material, "material", "More than before", "material"),
        of(Class::Narrower, "narrower", "Less than before", "narrower"),
        of(Class::Wording, "wording", "Words and addresses", "wording"),
    ];
    DiffPage {
        groups: groups
            .into_iter()
            .filter(|group| !group.changes.is_empty())
            .collect(),
        ask: report.ask_again.iter().map(asked).collect(),
        effective: new.effective().date(),
        report,
        others: versions
            .iter()
            .copied()
            .filter(|version| ![report.from, report.to].contains(version))
            .take(OTHERS_MAX)
            .collect(),
    }
    .render()
}

fn asked(ask: &AskAgain) -> Asked {
    Asked {
        why: say_purpose(&ask.purpose),
        purpose: ask.purpose.clone(),
        first: ask.first,
    }
}

#[cfg(test)]
mod tests {
    use ::policy::{Timestamp, shipped};

    use super::*;

    #[test]
    fn each_change_has_its_tag_its_reason_and_a_sentence() {
        let old = Policy::parse(shipped::Y2014).unwrap();
        let text = shipped::Y2014
            .replace("90d after survey.closed", "91d after survey.closed")
            .replace("keep_days = 30", "keep_days = 7")
            .replace("privacy@localhost", "desk@localhost");
        let new = Policy::parse(&text).unwrap();
        let now = Timestamp::parse("2014-09-01T00:00:00Z").unwrap();
        let report = diff(&old, &new).report(&old, &new, now);

        let html = render(&report, &new, &[1]).unwrap();

        for expected in [
            "<span class=\"tag material\">material</span>",
            "<span class=\"tag narrower\">narrower</span>",
            "<span class=\"tag wording\">wording</span>",
            "longer retention",
            "purpose.survey.answer.readers.retain",
            "91 days after the survey ends",
            "Days that copies are kept: 7 instead of 30",
            "are asked again",
        ] {
            assert!(html.contains(expected), "{expected}: {html}");
        }
        for forbidden in ["<script", "style=", "<style"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn no_difference_says_so() {
        let policy = Policy::parse(shipped::STRICT).unwrap();
        let report = diff(&policy, &policy).report(&policy, &policy, Timestamp(0));
        let html = render(&report, &policy, &[1]).unwrap();
        assert!(html.contains("No setting differs"));
    }
}
