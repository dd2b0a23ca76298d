//! The public policy page, made from the policy in force and nothing else; every version stays published.
//!
//! Why: the page and the decisions read the same parsed value, so they cannot differ; the exact bytes of each
//! version are there too, for anyone to hash (clauses 72, 73).
//! Must not know: the policy language.

mod diff;
mod feed;
mod list;

use std::sync::Arc;

use ::policy::{
    Policy, Timestamp,
    page::{PageModel, page},
};
use app::{App, AppError, PolicyProof, PublishedVersion};
use askama::Template;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Serialize;

use crate::{gpc::GpcView, problem::Problem};

/// Says which version an answer shows.
const VERSION_HEADER: HeaderName = HeaderName::from_static("policy-version");
/// Says from when that version rules.
const EFFECTIVE_HEADER: HeaderName = HeaderName::from_static("policy-effective");
/// Versions beside the text; the list has all.
const VERSIONS_BESIDE: usize = 8;
/// What never changes again may be kept for a day.
const FOR_GOOD: &str = "public, max-age=86400, immutable";

/// A published version beside the page, in the list, in the feed and as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct VersionRow {
    /// Its number.
    pub(crate) version: u32,
    /// The day it was published.
    pub(crate) published: String,
    /// The day it takes effect.
    pub(crate) effective: String,
    /// When it was published.
    #[serde(skip)]
    pub(crate) published_at: Timestamp,
    /// From when it rules.
    #[serde(skip)]
    pub(crate) effective_at: Timestamp,
    /// Whether it changed something material.
    pub(crate) material: bool,
    /// `sha256:` and the hash of its exact bytes.
    pub(crate) hash: String,
    /// Its entry in the host's ledger; none until there is one.
    pub(crate) ledger_index: Option<u64>,
}

/// What stands around the text of a version.
pub(crate) struct Around<'a> {
    /// Every published version, newest first.
    pub(crate) versions: &'a [VersionRow],
    /// The version in force now.
    pub(crate) ruling: u32,
    /// The newest proof.
    pub(crate) proof: Option<&'a PolicyProof>,
    /// What the reader's browser asks for.
    pub(crate) gpc: GpcView,
    /// Whether readers may ask for letters about new versions.
    pub(crate) notices: bool,
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage<'a> {
    page: &'a PageModel,
    versions: &'a [VersionRow],
    coming: Option<&'a VersionRow>,
    other_rules: Option<u32>,
    before: Option<u32>,
    proof: Option<Proof<'a>>,
    gpc: &'a GpcView,
    parents: bool,
    notices: bool,
}

/// A proof in words.
struct Proof<'a> {
    entries: u64,
    root: &'a str,
    at: String,
}

/// A version as JSON: what the page shows, and what rules.
#[derive(Serialize)]
struct PolicyJson {
    #[serde(flatten)]
    version: VersionRow,
    ruling: bool,
    page: PageModel,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/privacy", get(get_policy))
        .route("/privacy/v/{version}", get(get_policy_version))
        .route("/privacy/v/{version}/policy.toml", get(get_policy_file))
        .route("/privacy/checkpoint", get(get_checkpoint))
        .merge(diff::routes())
        .merge(feed::routes())
        .merge(list::routes())
}

/// The page of a policy as HTML.
///
/// A version newer than the one that rules is announced on the page in force, and the page of any other version
/// says that it does not rule.
///
/// # Errors
/// If the template fails, which is a defect.
pub(crate) fn render(model: &PageModel, around: &Around<'_>) -> askama::Result<String> {
    let Around {
        versions, ruling, ..
    } = *around;
    let rules = model.version == ruling;
    let newest = versions.iter().max_by_key(|row| row.version);
    let earlier = versions.iter().map(|row| row.version);
    PolicyPage {
        page: model,
        versions: versions.get(..VERSIONS_BESIDE).unwrap_or(versions),
        coming: newest.filter(|row| rules && row.version > ruling),
        other_rules: (!rules).then_some(ruling),
        before: earlier.filter(|version| *version < model.version).max(),
        proof: around.proof.map(|proof| Proof {
            entries: proof.entries,
            root: &proof.root,
            at: to_the_second(proof.at),
        }),
        gpc: &around.gpc,
        parents: !policy::rule::is_off(63)
            && model
                .sections
                .iter()
                .any(|section| section.id == "children" && section.enforced.len() > 1),
        notices: around.notices && rules,
    }
    .render()
}

async fn get_policy(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let policy = app.policy();
    show(&app, &policy, &headers).await
}

/// `/privacy/v/7` as a page, `/privacy/v/7.toml` as the exact file, `/privacy/v/7.json` for programs.
async fn get_policy_version(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (number, form) = version.split_once('.').unwrap_or((&version, "html"));
    let number = version_number(number)?;
    match form {
        "html" if !version.contains('.') => {
            let policy = app.get_policy_version(i64::from(number)).await?;
            show(&app, &policy, &headers).await
        }
        "toml" => file(&app, number).await,
        "json" => {
            let policy = app.get_policy_version(i64::from(number)).await?;
            json(&app, &policy).await
        }
        _ => Err(Problem::not_found()),
    }
}

/// The exact bytes that the hash is of.
async fn get_policy_file(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
) -> Result<Response, Problem> {
    file(&app, version_number(&version)?).await
}

/// The state of the host's ledger as a signed note: keep it, and compare later.
async fn get_checkpoint(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let proof = app.find_policy_proof().await?;
    let proof = proof.ok_or_else(Problem::not_found)?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, proof.note).into_response())
}

async fn file(app: &App, version: u32) -> Result<Response, Problem> {
    let text = app.get_policy_text(i64::from(version)).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, FOR_GOOD),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"policy.toml\"",
        ),
    ];
    let version = [(VERSION_HEADER, HeaderValue::from(version))];
    Ok((headers, version, text).into_response())
}

async fn json(app: &App, policy: &Policy) -> Result<Response, Problem> {
    let versions = list(app).await?;
    let version = versions
        .into_iter()
        .find(|row| row.version == policy.version())
        .ok_or_else(Problem::not_found)?;
    let body = PolicyJson {
        version,
        ruling: policy.version() == app.policy().version(),
        page: model(app, policy).await?,
    };
    Ok((versioned(policy), Json(body)).into_response())
}

async fn show(app: &App, policy: &Policy, headers: &HeaderMap) -> Result<Response, Problem> {
    let versions = list(app).await?;
    let proof = app.find_policy_proof().await?;
    let around = Around {
        versions: &versions,
        ruling: app.policy().version(),
        proof: proof.as_ref(),
        gpc: GpcView::new(policy, headers),
        notices: app.may_subscribe(),
    };
    let html =
        render(&model(app, policy).await?, &around).map_err(|error| template_failed(&error))?;
    let vary = [(header::VARY, HeaderValue::from_static("Sec-GPC"))];
    Ok((versioned(policy), vary, Html(html)).into_response())
}

/// The page as a value, with the number of people in each role.
async fn model(app: &App, policy: &Policy) -> Result<PageModel, Problem> {
    let mut model = page(policy, "en");
    let counts = app.list_role_counts().await?;
    for row in &mut model.roles {
        // The person concerned and the program itself are nobody's head count.
        let counted = !matches!(row.role, "subject" | "system");
        let people = counts.iter().find(|(role, _)| role.key() == row.role);
        row.people = counted.then(|| people.map_or(0, |(_, people)| *people));
    }
    if !model.processors.is_empty() {
        let counts = app.recipient_counts().await?;
        for row in &mut model.processors {
            let counted = counts.iter().find(|count| count.processor == row.key);
            row.sent = Some(counted.map_or(0, |count| count.count));
            row.last_sent = counted.map(|count| count.last_at.date());
        }
    }
    Ok(model)
}

/// Every published version, newest first.
async fn list(app: &App) -> Result<Vec<VersionRow>, Problem> {
    let versions = app.list_published_versions().await?;
    Ok(versions.into_iter().filter_map(row).collect())
}

fn row(version: PublishedVersion) -> Option<VersionRow> {
    Some(VersionRow {
        version: u32::try_from(version.version).ok()?,
        published: version.published_at.date(),
        effective: version.effective_at.date(),
        published_at: version.published_at,
        effective_at: version.effective_at,
        material: version.material,
        hash: version.hash,
        ledger_index: version.ledger_index,
    })
}

/// Which version an answer shows, and from when it rules.
fn versioned(policy: &Policy) -> [(HeaderName, HeaderValue); 2] {
    let effective = HeaderValue::from_str(&policy.effective().to_string());
    [
        (VERSION_HEADER, HeaderValue::from(policy.version())),
        (
            EFFECTIVE_HEADER,
            effective.unwrap_or(HeaderValue::from_static("")),
        ),
    ]
}

/// A number as it stands in a link: no sign, no leading zero.
fn version_number(text: &str) -> Result<u32, Problem> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = text.parse().ok().filter(|_| plain);
    number.ok_or_else(Problem::not_found)
}

/// RFC 3339 without fractions.
fn to_the_second(time: Timestamp) -> String {
    Timestamp(time.micros() - time.micros().rem_euclid(1_000_000)).to_string()
}

fn template_failed(error: &askama::Error) -> AppError {
    AppError::Internal(format!("cannot render the policy page: {error}"))
}

#[cfg(test)]
mod tests {
    use ::policy::shipped;
    use axum::http::HeaderValue;

    use super::*;

    fn policy(text: &str) -> Policy {
        Policy::parse(text).unwrap()
    }

    fn model(text: &str) -> PageModel {
        page(&policy(text), "en")
    }

    fn version(number: u32, date: &str) -> VersionRow {
        let at = Timestamp::parse(&format!("{date}T00:00:00Z")).unwrap();
        VersionRow {
            version: number,
            published: date.to_owned(),
            effective: date.to_owned(),
            published_at: at,
            effective_at: at,
            material: true,
            hash: format!("sha256:{number}"),
            ledger_index: Some(7),
        }
    }

    fn html(text: &str, versions: &[VersionRow], ruling: u32, gpc: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(value) = gpc {
            headers.insert("sec-gpc", HeaderValue::from_str(value).unwrap());
        }
        let proof = PolicyProof {
            entries: 42,
            root: "ab".repeat(32),
            at: Timestamp::parse("2026-11-24T12:00:00.5Z").unwrap(),
            note: String::new(),
        };
        let around = Around {
            versions,
            ruling,
            proof: Some(&proof),
            gpc: GpcView::new(&policy(text), &headers),
            notices: true,
        };
        render(&model(text), &around).unwrap()
    }

    #[test]
    fn headings_tables_version_and_hash_are_on_the_page() {
        for text in [shipped::STRICT, shipped::Y2014] {
            let (model, html) = (
                model(text),
                html(text, &[version(1, "2026-01-01")], 1, None),
            );
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
    fn each_clause_says_how_it_is_enforced_with_its_setting_and_the_newest_proof() {
        let html = html(shipped::STRICT, &[version(1, "2026-01-01")], 1, None);
        for clause in 1..=78_u8 {
            assert!(
                html.contains(&format!("id=\"clause-{clause}\"")),
                "{clause}"
            );
        }
        assert!(html.contains("notice.material_days = 30"));
        assert!(html.contains("crates/policy/src/chain.rs"));
        assert!(html.contains("42 entries") && html.contains("2026-11-24T12:00:00Z"));
    }

    #[test]
    fn the_page_needs_neither_inline_style_nor_script() {
        let html = html(shipped::Y2014, &[], 1, None);
        for forbidden in ["<script", "style=", "<style", "onclick", "javascript:"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn what_is_declared_and_not_built_says_so() {
        assert!(html(shipped::Y2014, &[], 1, None).contains("not carried out yet: refused"));
    }

    #[test]
    fn a_coming_version_is_announced_and_an_old_one_says_that_it_does_not_rule() {
        let versions = [version(2, "2027-01-01"), version(1, "2026-01-01")];
        let shown = html(shipped::STRICT, &versions, 1, None);
        assert!(shown.contains("Version 2 takes effect on"));
        assert!(shown.contains("/privacy/v/1/to/2"));
        let shown = html(shipped::STRICT, &versions, 2, None);
        assert!(shown.contains("This is not the version in force."));
        assert!(!shown.contains("takes effect on"));
    }

    #[test]
    fn the_signal_of_the_browser_is_shown_as_honoured_and_only_if_it_was_sent() {
        let honoured = "Your browser asks not to sell or share: honoured.";
        assert!(html(shipped::Y2014, &[], 1, Some("1")).contains(honoured));
        for other in [None, Some("0"), Some("true")] {
            assert!(
                !html(shipped::Y2014, &[], 1, other).contains(honoured),
                "{other:?}"
            );
        }
    }

    #[test]
    fn words_of_the_file_are_escaped() {
        let name = "Shop <b>&\\\"X\\\"";
        let text = shipped::STRICT.replace("The owner of this installation", name);
        assert!(!html(&text, &[], 1, None).contains("<b>"));
    }

    #[test]
    fn a_number_in_a_link_has_one_form() {
        assert_eq!(version_number("7").ok(), Some(7));
        for bad in ["", "0", "07", "+7", "-1", "7.", "99999999999999999999", "x"] {
            assert!(version_number(bad).is_err(), "{bad}");
        }
    }
}
