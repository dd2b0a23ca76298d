//! What changes between two policies, and whether it is material (section 7).
//!
//! Why: a material change must be published before it takes effect, and people must be asked again. Both
//! files are flattened to settings; each difference is judged by one rule, and what no rule knows is
//! material. A change that narrows here and widens there is material; what is renamed is new.
//! Must not know: the clock, the log of versions.

mod asked;
mod judge;
mod report;
mod setting;
mod told;

use std::collections::BTreeSet;

use serde::Serialize;

pub use self::{asked::AskAgain, report::DiffReport};
use self::{
    judge::{OWNER_STANDS_IN, judge, judge_entry},
    setting::{Setting, Settings, settings},
};
use crate::{actor::Role, model::File, policy::Policy, time::Timestamp};

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

impl Class {
    /// The word in JSON, at the terminal and on the page.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wording => "wording",
            Self::Narrower => "narrower",
            Self::Material => "material",
        }
    }
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
    /// The change in a sentence, for people.
    pub text: String,
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
    /// Purposes that stand or stood on consent and change materially: their people must be asked again.
    pub ask_again: Vec<AskAgain>,
}

impl Diff {
    /// The earliest lawful `effective` when published now.
    #[must_use]
    pub const fn earliest(&self, now: Timestamp) -> Timestamp {
        now.plus_days(self.notice_days)
    }

    /// The material changes.
    pub fn reasons(&self) -> impl Iterator<Item = &Change> {
        let mut changes = self.changes.iter();
        std::iter::from_fn(move || changes.find(|change| change.class == Class::Material))
    }
}

/// Compares two policies.
#[must_use]
pub fn diff(old: &Policy, new: &Policy) -> Diff {
    let changes = changes(old.file(), new.file());
    let material = changes.iter().any(|change| change.class == Class::Material);
    Diff {
        notice_days: if material {
            old.file().notice.material_days
        } else {
            0
        },
        ask_again: asked::ask_again(&changes, old.file(), new.file()),
        material,
        changes,
    }
}

/// The value of one setting, such as `notice.material_days`; members of a list are joined.
pub(crate) fn value_of(file: &File, path: &str) -> Option<String> {
    let flat = settings(file);
    let of_list = format!("{path}[");
    let values: Vec<&str> = flat
        .iter()
        .filter_map(|(setting, value)| {
            let named = setting.to_string();
            match setting.member() {
                Some(member) if named.starts_with(&of_list) => Some(member),
                None if named == path => Some(value.as_str()),
                _ => None,
            }
        })
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Compares a new version with the one that people saw last, however many were published since: small steps
/// add up, and what was published but does not rule yet counts. Notice is the longest that any of them
/// promises.
///
/// `published` are the versions before `new`, in any order; `shown` is the one people saw last. None if it is
/// not among them: who saw no version has nothing to compare.
#[must_use]
pub fn diff_since(published: &[Policy], shown: u32, new: &Policy) -> Option<Diff> {
    let seen = published.iter().find(|old| old.version() == shown)?;
    let since = published.iter().filter(|old| {
        let version = old.version();
        (shown..new.version()).contains(&version)
    });
    let promised = since.map(|old| old.file().notice.material_days).max();
    let mut whole = diff(seen, new);
    if whole.material {
        whole.notice_days = promised.unwrap_or(0).max(whole.notice_days);
    }
    Some(whole)
}

fn changes(old: &File, new: &File) -> Vec<Change> {
    let (before, after) = (settings(old), settings(new));
    let entries = |settings: &Settings| -> BTreeSet<Setting> {
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
        let values = (old.map(String::as_str), new.map(String::as_str));
        let judged = judge(setting, values, &after);
        changes.push(change(setting, (old.cloned(), new.cloned()), judged));
    }
    changes.extend(owner_stands_in(old, new));
    changes.sort_by(|left, right| left.path.cmp(&right.path));
    changes
}

fn change(
    setting: &Setting,
    (before, after): (Option<String>, Option<String>),
    (class, reason): (Class, &'static str),
) -> Change {
    Change {
        text: told::told(setting, before.as_deref(), after.as_deref()),
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
    let values = if came { (None, told) } else { (told, None) };
    change(entry, values, judge_entry(entry, came))
}

/// The last naming of the owner goes: from now on the owner counts as an administrator everywhere.
fn owner_stands_in(old: &File, new: &File) -> Option<Change> {
    let has = |file: &File, role| file.purpose.iter().any(|rule| rule.roles.contains(&role));
    let begins = has(old, Role::Owner) && !has(new, Role::Owner) && has(new, Role::Admin);
    let setting = Setting::of_purposes("roles", Role::Owner.key());
    begins.then(|| change(&setting, (None, Some("listed".to_owned())), OWNER_STANDS_IN))
}
