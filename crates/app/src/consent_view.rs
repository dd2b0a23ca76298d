//! A person's choices as they and a privacy officer are shown them.
//!
//! Must not know: how a choice is made, HTTP.

use std::collections::BTreeSet;

use policy::Timestamp;
use serde::Serialize;
use store::Consent;
use utoipa::ToSchema;

use crate::notice::ABOUT;

/// A choice of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentView {
    /// What it is about.
    pub purpose: String,
    /// Yes, or taken back.
    pub granted: bool,
    /// Version of the policy that was shown.
    pub policy_version: i64,
    /// How the person chose.
    pub way: String,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// When.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// Whether it stands: a later choice about the same has not replaced it, and one act takes it back.
    pub stands: bool,
}

/// What a choice is about: all answers to versions are about one thing.
fn subject_matter(consent: &Consent) -> &str {
    match consent.purpose.strip_prefix(ABOUT) {
        Some(_) => ABOUT,
        None => &consent.purpose,
    }
}

/// Choices, newest first; of each matter the newest one stands.
pub(crate) fn consent_views(consents: &[Consent]) -> Vec<ConsentView> {
    let mut known = BTreeSet::new();
    consents
        .iter()
        .map(|consent| consent_view(consent, known.insert(subject_matter(consent))))
        .collect()
}

fn consent_view(consent: &Consent, is_newest: bool) -> ConsentView {
    ConsentView {
        purpose: consent.purpose.clone(),
        granted: consent.granted,
        policy_version: consent.policy_version,
        way: consent.way.clone(),
        ledger_index: consent.ledger_index,
        at: consent.created_at,
        stands: is_newest && consent.granted,
    }
}
