//! The public policy page as a value: everything it shows, made from the parsed file and nothing else.
//!
//! Why: the page cannot promise what the program does not do, because both read the same value; an
//! operator's own words are only appended.
//! Must not know: HTML. A locale is one module with the same functions as `english`.

mod enforced;
pub(crate) mod english;
mod sections;
mod tables;

use serde::Serialize;

use crate::{policy::Policy, time::Timestamp};

pub use enforced::EnforcedRow;
pub use tables::{CategoryRow, CookieRow, Fact, ProcessorRow, RetentionRow, RoleRow};

/// The sections of the page in their order: id (also the key in `[words.<locale>]`) and English heading.
pub const SECTIONS: [(&str, &str); 11] = [
    ("collection", "Information collection and use"),
    (
        "provided",
        "Personally identifiable information you provide to us",
    ),
    (
        "automatic",
        "Aggregate information that is automatically collected",
    ),
    ("aggregate", "Other aggregate information"),
    ("legal", "Legal matters"),
    (
        "choices",
        "How do I opt out or change my personal information?",
    ),
    ("children", "Children's on-line privacy information"),
    ("security", "Our commitment to data security"),
    ("changes", "Changes or updates to this privacy policy"),
    ("contact", "Contact us"),
    ("version", "Version"),
];

/// One section of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SectionView {
    /// Anchor, the same in every version.
    pub id: &'static str,
    /// Heading.
    pub heading: &'static str,
    /// The section in one sentence.
    pub short: String,
    /// The section in full.
    pub paragraphs: Vec<String>,
    /// Numbers of the clauses it speaks of.
    pub clauses: Vec<u8>,
    /// How each of them is enforced.
    pub enforced: Vec<EnforcedRow>,
    /// The operator's own words.
    pub words: Option<String>,
}

/// A setting looser than the floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionRow {
    /// Clause it loosens.
    pub clause: u32,
    /// The setting and its value.
    pub value: String,
    /// Why.
    pub reason: String,
    /// The day it ends.
    pub until: String,
}

/// The whole page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageModel {
    /// Language of the texts.
    pub locale: &'static str,
    /// Who answers for the policy.
    pub controller: String,
    /// The policy in one sentence.
    pub sentence: String,
    /// Its version.
    pub version: u32,
    /// The day it takes effect.
    pub effective: String,
    /// Whether that day has come, as far as the caller knows.
    pub effective_at: Timestamp,
    /// `sha256:` and the hash of its exact bytes.
    pub hash: String,
    /// The floor it keeps within.
    pub floor: String,
    /// Settings looser than the floor.
    pub exceptions: Vec<ExceptionRow>,
    /// The label ("facts box").
    pub facts: Vec<Fact>,
    /// The sections in their order.
    pub sections: Vec<SectionView>,
    /// Which kinds of data there are.
    pub categories: Vec<CategoryRow>,
    /// What is kept, for what, how long.
    pub retention: Vec<RetentionRow>,
    /// Who receives data.
    pub processors: Vec<ProcessorRow>,
    /// What is kept in the browser.
    pub cookies: Vec<CookieRow>,
    /// Who may see what.
    pub roles: Vec<RoleRow>,
    /// The sites it covers.
    pub sites: Vec<String>,
    /// The operator's e-mail address for questions.
    pub contact_email: String,
}

/// What a purpose is for, in words.
#[must_use]
pub fn say_purpose(key: &str) -> String {
    english::purpose(key)
}

/// What a category of the taxonomy is, in words.
#[must_use]
pub fn say_category(key: &str) -> String {
    english::category(key)
}

/// The page of a policy. Languages without texts of their own are shown in English, with their own words.
#[must_use]
pub fn page(policy: &Policy, locale: &str) -> PageModel {
    let file = policy.file();
    let head = &file.policy;
    let words = file.words.get(locale).or_else(|| file.words.get("en"));
    let exceptions = file.exception.iter().map(|exception| ExceptionRow {
        clause: exception.clause,
        value: exception.value.clone(),
        reason: exception.reason.clone(),
        until: exception.until.date(),
    });
    let mut seen = std::collections::BTreeSet::new();
    let sections = SECTIONS.iter().map(|(id, heading)| {
        let body = sections::body(id, policy);
        SectionView {
            id,
            heading,
            short: body.short,
            enforced: enforced::enforced(file, &body.clauses, &mut seen),
            paragraphs: body.paragraphs,
            clauses: body.clauses,
            words: words.and_then(|words| words.get(*id)).cloned(),
        }
    });
    PageModel {
        locale: "en",
        controller: head.controller.name.clone(),
        sentence: english::sentence(file),
        version: head.version,
        effective: head.effective.date(),
        effective_at: head.effective,
        hash: policy.hash().to_owned(),
        floor: head.floor.to_string(),
        exceptions: exceptions.collect(),
        facts: tables::facts(file),
        sections: sections.collect(),
        categories: tables::categories(file),
        retention: tables::retention(file),
        processors: tables::processors(file),
        cookies: tables::cookies(file),
        roles: tables::roles(file),
        sites: head.sites.clone(),
        contact_email: head.contact.email.clone(),
    }
}
