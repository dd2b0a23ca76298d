//! The public policy page, made from the policy in force and nothing else; every version stays published.
//!
//! Why: the page and the decisions read the same parsed value, so they cannot differ; the exact bytes of each
//! version are there too, for anyone to hash (clauses 72, 73).
//! Must not know: the policy language.

use std::sync::Arc;

use ::policy::{
    Policy, Timestamp,
    page::{PageModel, page},
};
use app::{App, PublishedVersion};
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::problem::Problem;

/// Says which version a page shows.
const VERSION_HEADER: HeaderName = HeaderName::from_static("policy-version");

/// A version in the list beside the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its number.
    pub version: u32,
    /// The day it takes effect.
    pub date: String,
    /// From when it rules.
    pub effective_at: Timestamp,
    /// Whether it changed something material.
    pub material: bool,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage<'a> {
    page: &'a PageModel,
    versions: &'a [VersionRow],
    coming: Option<&'a VersionRow>,
    other_rules: Option<u32>,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy", get(get_policy))
        .route("/privacy/v/{version}", get(get_policy_version))
        .route("/privacy/v/{version}/policy.toml", get(get_policy_file))
}

/// The page of a policy as HTML.
///
/// `ruling` is the version in force now; a newer one among `versions` is announced on the page in force, and
/// the page of any other version says that it does not rule.
///
/// # Errors
/// If the template fails, which is a defect.
pub fn render(model: &PageModel, versions: &[VersionRow], ruling: u32) -> askama::Result<String> {
    let rules = model.version == ruling;
    let newest = versions.iter().max_by_key(|row| row.version);
    PolicyPage {
        page: model,
        versions,
        coming: newest.filter(|row| rules && row.version > ruling),
        other_rules: (!rules).then_some(ruling),
    }
    .render()
}

async fn get_policy(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let policy = app.policy();
    show(&app, &policy).await
}

async fn get_policy_version(
    State(app): State<Arc<App>>,
    Path(version): Path<u32>,
) -> Result<Response, Problem> {
    let policy = app.get_policy_version(i64::from(version)).await?;
    show(&app, &policy).await
}

/// The exact bytes that the hash is of.
async fn get_policy_file(
    State(app): State<Arc<App>>,
    Path(version): Path<u32>,
) -> Result<Response, Problem> {
    let policy = app.get_policy_version(i64::from(version)).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"policy.toml\"",
        ),
    ];
    Ok((headers, policy.text().to_owned()).into_response())
}

async fn show(app: &App, policy: &Policy) -> Result<Response, Problem> {
    let versions = app.list_published_versions().await?;
    let versions: Vec<_> = versions
        .into_iter()
        .filter_map(|version| row(&version))
        .collect();
    let mut model = page(policy, "en");
    let counts = app.list_role_counts().await?;
    for row in &mut model.roles {
        // The person concerned and the program itself are nobody's head count.
        let counted = !matches!(row.role, "subject" | "system");
        let people = counts.iter().find(|(role, _)| role.key() == row.role);
        row.people = counted.then(|| people.map_or(0, |(_, people)| *people));
    }
    let html = render(&model, &versions, app.policy().version()).map_err(|error| {
        app::AppError::Internal(format!("cannot render the policy page: {error}"))
    })?;
    let version = HeaderValue::from(model.version);
    Ok(([(VERSION_HEADER, version)], Html(html)).into_response())
}

fn row(version: &PublishedVersion) -> Option<VersionRow> {
    Some(VersionRow {
        version: u32::try_from(version.version).ok()?,
        date: version.effective_at.date(),
        effective_at: version.effective_at,
        material: version.material,
    })
}

#[cfg(test)]
mod tests {
    use ::policy::shipped;

    use super::*;

    fn model(text: &str) -> PageModel {
        page(&Policy::parse(text).unwrap(), "en")
    }

    fn version(number: u32, date: &str) -> VersionRow {
        VersionRow {
            version: number,
            date: date.to_owned(),
            effective_at: Timestamp::parse(&format!("{date}T00:00:00Z")).unwrap(),
            material: true,
        }
    }

    #[test]
    fn headings_tables_version_and_hash_are_on_the_page() {
        for text in [shipped::STRICT, shipped::Y2014] {
            let model = model(text);
            let html = render(&model, &[version(1, "2026-01-01")], 1).unwrap();
            let mut from = 0;
            for section in &model.sections {
                let heading = section.heading.replace('\'', "&#39;");
                let anchor = format!(
                    "<h2 id=\"{}\"><a href=\"#{0}\">{heading}</a></h2>",
                    section.id
                );
                let at = html.get(from..).unwrap().find(&anchor);
                from += at.unwrap_or_else(|| panic!("{anchor} out of order"));
            }
            assert!(html.contains(&model.hash));
            for id in [
                "purposes",
                "categories",
                "register",
                "recipients",
                "roles",
                "facts",
            ] {
                assert!(html.contains(&format!("id=\"{id}\"")), "{id}");
            }
        }
    }

    #[test]
    fn the_page_needs_neither_inline_style_nor_script() {
        let html = render(&model(shipped::Y2014), &[], 1).unwrap();
        for forbidden in ["<script", "style=", "<style", "onclick", "javascript:"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn what_is_declared_and_not_built_says_so() {
        let html = render(&model(shipped::STRICT), &[], 1).unwrap();
        assert!(html.contains("not carried out yet: refused"));
    }

    #[test]
    fn a_coming_version_is_announced_and_an_old_one_says_that_it_does_not_rule() {
        let versions = [version(2, "2027-01-01"), version(1, "2026-01-01")];
        let html = render(&model(shipped::STRICT), &versions, 1).unwrap();
        assert!(html.contains("Version 2 takes effect on"));
        let html = render(&model(shipped::STRICT), &versions, 2).unwrap();
        assert!(html.contains("This is not the version in force."));
        assert!(!html.contains("takes effect on"));
    }

    #[test]
    fn words_of_the_file_are_escaped() {
        let name = "Shop <b>&\\\"X\\\"";
        let text = shipped::STRICT.replace("The owner of this installation", name);
        let html = render(&model(&text), &[], 1).unwrap();
        assert!(!html.contains("<b>"));
    }
}
