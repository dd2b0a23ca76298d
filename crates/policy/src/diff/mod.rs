//! What changes between two policies, and whether it is material (section 7).
//!
//! Why: a material change must be published before it takes effect, and people must be asked again. Both
//! files are flattened to settings; each difference is judged by one rule, and what no rule knows is
//! material. A change that narrows here and widens there is material.
//! Must not know: the clock, the log of versions.

mod judge;
mod setting;

use std::collections::BTreeSet;

use serde::Serialize;

use self::{
    judge::judge,
    setting::{Setting, settings},
};
use crate::{
    model::{Basis, PurposeRule},
    policy::Policy,
    time::Timestamp,
};

/// What a change means for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Words, contact details.
    Wording,
    /// Less than before.
    Narrower,
    /// More than before, or nobody can tell.
    Material,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The setting, such as `purpose.support.reply.retain`.
    pub path: String,
    /// Its value before; none if it is new.
    pub before: Option<String>,
    /// Its value after; none if it is gone.
    pub after: Option<String>,
    /// What it means.
    pub class: Class,
    /// Why it is judged so.
    pub reason: &'static str,
    #[serde(skip)]
    setting: Setting,
}

/// All differences between two policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// In the order of the settings' paths.
    pub changes: Vec<Change>,
    /// Whether any of them is material.
    pub material: bool,
    /// Days that the older policy promises between publishing and effect; 0 if nothing is material.
    pub notice_days: u32,
    /// Purposes that stand on consent and change materially: their people must be asked again.
    pub ask_again: Vec<String>,
}

impl Diff {
    /// The earliest lawful `effective` when published now.
    #[must_use]
    pub const fn earliest(&self, now: Timestamp) -> Timestamp {
        now.plus_days(self.notice_days)
    }
}

/// Compares two policies.
#[must_use]
pub fn diff(old: &Policy, new: &Policy) -> Diff {
    let (before, after) = (settings(old.file()), settings(new.file()));
    let entries = |settings: &setting::Settings| -> BTreeSet<Setting> {
        settings.keys().filter_map(Setting::entry_alone).collect()
    };
    let (entries_before, entries_after) = (entries(&before), entries(&after));
    let whole: BTreeSet<_> = entries_before
        .symmetric_difference(&entries_after)
        .collect();

    let mut changes: Vec<Change> = whole
        .iter()
        .map(|entry| entry_change(entry, entries_after.contains(entry)))
        .collect();
    let both: BTreeSet<&Setting> = before.keys().chain(after.keys()).collect();
    for setting in both {
        let (old, new) = (before.get(setting), after.get(setting));
        let of_whole = setting
            .entry_alone()
            .is_some_and(|entry| whole.contains(&entry));
        if of_whole || old == new {
            continue;
        }
        let (class, reason) = judge(setting, old.map(String::as_str), new.map(String::as_str));
        changes.push(change(setting, old.cloned(), new.cloned(), (class, reason)));
    }
    changes.sort_by(|left, right| left.path.cmp(&right.path));
    let material = changes.iter().any(|change| change.class == Class::Material);
    let notice_days = if material {
        old.file().notice.material_days
    } else {
        0
    };
    let by_consent = new
        .file()
        .purpose
        .iter()
        .filter(|rule| rule.basis == Basis::Consent);
    let ask_again = by_consent
        .filter(|rule| changes.iter().any(|change| reaches(change, rule, new)))
        .map(|rule| rule.key.clone())
        .collect();
    Diff {
        changes,
        material,
        notice_days,
        ask_again,
    }
}

fn change(
    setting: &Setting,
    before: Option<String>,
    after: Option<String>,
    (class, reason): (Class, &'static str),
) -> Change {
    Change {
        path: setting.to_string(),
        before,
        after,
        class,
        reason,
        setting: setting.clone(),
    }
}

/// A whole `[[section]]` entry that came or went.
fn entry_change(entry: &Setting, came: bool) -> Change {
    let told = Some("declared".to_owned());
    let (before, after) = if came { (None, told) } else { (told, None) };
    let judged = match (entry.section(), came) {
        ("exception", true) => (Class::Material, "new exception"),
        ("purpose", true) => (Class::Material, "new purpose"),
        ("category", true) => (Class::Material, "new category"),
        ("processor", true) => (Class::Material, "new third party or processor"),
        ("source", true) => (Class::Material, "new source"),
        (_, true) => (Class::Material, "new entry"),
        (_, false) => (Class::Narrower, "removed"),
    };
    change(entry, before, after, judged)
}

/// Whether a material change touches what people consented to with this purpose.
fn reaches(change: &Change, rule: &PurposeRule, new: &Policy) -> bool {
    let setting = &change.setting;
    let new_party = |entry: &str| {
        let mut parties = new.file().processor.iter();
        setting.key().is_empty()
            && parties.any(|party| party.key == entry && party.purposes.contains(&rule.key))
    };
    let entry = setting.entry().unwrap_or("");
    change.class == Class::Material
        && match setting.section() {
            "purpose" => entry == rule.key,
            "category" => rule.categories.iter().any(|category| category == entry),
            "processor" => setting.member() == Some(&rule.key) || new_party(entry),
            _ => false,
        }
}
