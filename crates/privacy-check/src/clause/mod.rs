//! The checks, one for each clause, in the order in which they run.

mod automatic;
mod change;
mod child;
mod collection;
mod contact;
mod egress;
mod letter;
mod notice;
mod provided;
mod release;
mod rights;
mod security;

use crate::finding::Verdict;
use crate::instance::Instance;

/// One check.
pub struct Check {
    /// The clause's number, 1 to 78.
    pub clause: u8,
    /// What the clause asks, in short.
    pub rule: &'static str,
    /// What the check does.
    pub did: &'static str,
    /// Does it.
    pub run: fn(&mut Instance) -> Verdict,
}

/// All checks. Those that end sessions or move the clock come last, and the count of cookies after everything.
pub const CHECKS: &[Check] = &[
    collection::SITES,
    collection::INVENTORY,
    collection::NOTHING_BEFORE_AN_ACT,
    collection::VERSION_SHOWN,
    collection::SOURCE,
    collection::PURPOSE,
    egress::UNDECLARED_HOST,
    collection::HARDENING,
    provided::ANONYMOUS_CHAT,
    provided::OWN_CONVERSATION,
    provided::DECLARED_FIELDS,
    letter::VERIFICATION,
    letter::TRANSACTIONAL,
    contact::BY_CONTACT,
    contact::ENCRYPTED,
    contact::SUBJECT,
    provided::OPTIONAL,
    provided::PRIVATE_BY_DEFAULT,
    provided::SIGNED_IN,
    provided::SESSIONS,
    provided::LEAVING,
    automatic::DECLARED_SIGNALS,
    automatic::STATISTICS,
    automatic::PREFERENCES,
    egress::RECIPIENTS,
    automatic::EXITS,
    change::FEED,
    change::PERMANENT_VERSIONS,
    change::NOTICE_GATE,
    child::AGE,
    child::FREEZE,
    child::PARENTS,
    child::PARENT_DELETES,
    security::KEYS,
    security::DRILL,
    release::APPROVALS,
    release::SCOPE,
    release::SECOND_LOOK,
    release::BREAK_GLASS,
    rights::HOLD,
    rights::SELF_SERVICE,
    rights::HEAD_COUNT,
    rights::RECEIPTS,
    child::LAPSE,
    rights::CLOCKED_REQUESTS,
    notice::PROMPT,
    notice::OBJECTION,
    notice::OLD_RECORDS,
    child::MIXED,
    automatic::COOKIE_REGISTER,
];

/// Clauses under the headings that this program answers for: collection and use, opting out, children, legal
/// matters, security, changes, contact; and of what people provide those about account and contact.
pub const SCOPE: &[std::ops::RangeInclusive<u8>] = &[1..=9, 20..=28, 30..=30, 32..=33, 51..=78];

/// Clauses of [`SCOPE`] that no check looks at yet. This list may only shrink.
pub const NOT_YET: &[u8] = &[23, 32, 56, 57, 58];

/// Clauses of [`SCOPE`] that ask nothing of any instance of this program, and why.
pub const NEVER: &[(u8, &str)] = &[(
    30,
    "the program has no boards: nothing that a person writes is public, so nothing public is to be erased",
)];

/// Every method and path that the instance describes.
fn routes(openapi: &serde_json::Value) -> Vec<(String, String)> {
    let paths = openapi.get("paths").and_then(serde_json::Value::as_object);
    let mut routes = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for method in item.as_object().into_iter().flatten().map(|(key, _)| key) {
            let method = method.to_ascii_uppercase();
            if ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                routes.push((method, path.clone()));
            }
        }
    }
    routes
}

/// A path with this id in the place of each `{…}`.
fn fill(path: &str, id: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { id } else { part });
    parts.collect::<Vec<_>>().join("/")
}
