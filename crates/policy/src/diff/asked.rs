//! Who must be asked again after a material change: those who said yes to a use that is no longer the same.
//!
//! Must not know: how people are asked, who they are.

use serde::Serialize;

use super::{Change, Class};
use crate::model::{Basis, File, PurposeRule};

/// A use whose people must be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskAgain {
    /// Key of the purpose.
    pub purpose: String,
    /// Whom it is about: keys of the taxonomy.
    pub subjects: Vec<String>,
    /// Whether the use is new, so that nobody was asked before.
    pub first: bool,
}

/// The purposes of the new file that stand on consent, or stood on it, and change materially.
pub(super) fn ask_again(changes: &[Change], old: &File, new: &File) -> Vec<AskAgain> {
    let asked = new.purpose.iter().filter_map(|rule| {
        let before = old.purpose.iter().find(|before| before.key == rule.key);
        let by_consent = |rule: &PurposeRule| rule.basis == Basis::Consent;
        let consented = by_consent(rule) || before.is_some_and(by_consent);
        let widened = || changes.iter().any(|change| reaches(change, rule, new));
        (consented && widened()).then(|| AskAgain {
            purpose: rule.key.clone(),
            subjects: rule.subjects.clone(),
            first: before.is_none(),
        })
    });
    asked.collect()
}

/// Whether a material change touches what people consented to with this purpose.
fn reaches(change: &Change, rule: &PurposeRule, new: &File) -> bool {
    if change.class != Class::Material {
        return false;
    }
    let setting = &change.setting;
    let entry = setting.entry().unwrap_or("");
    match setting.section() {
        "policy" => setting.key() == "controller.name",
        "purpose" if setting.entry().is_none() => rule.roles.contains(&crate::Role::Admin),
        "purpose" => entry == rule.key,
        "category" => rule.categories.iter().any(|category| category == entry),
        "source" => rule.sources.iter().any(|source| source == entry),
        "exception" => entry.starts_with(&format!("purpose.{}.", rule.key)),
        "visit" => change.after.as_deref() == Some(rule.key.as_str()),
        "cookie" => {
            let mut cookies = new.cookie.iter();
            cookies.any(|cookie| cookie.name == entry && cookie.purpose == rule.key)
        }
        // One more purpose for a recipient touches that purpose alone.
        "processor" if setting.key() == "purposes" => setting.member() == Some(&rule.key),
        "processor" => {
            let mut parties = new.processor.iter();
            parties.any(|party| party.key == entry && party.purposes.contains(&rule.key))
        }
        _ => false,
    }
}
