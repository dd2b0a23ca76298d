//! A comparison as one value for tools: the shape of `chatham policy diff --json` and of `/privacy/v/A/to/B.json`.
//!
//! The shape is stable: members are added, never renamed or removed (`docs/howto/policy.md`).
//! Must not know: who asks for it.

use serde::Serialize;

use super::{AskAgain, Change, Diff};
use crate::{policy::Policy, time::Timestamp};

/// A comparison of two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiffReport {
    /// Number of the earlier version.
    pub from: u32,
    /// Hash of its exact bytes.
    pub from_hash: String,
    /// Number of the later version.
    pub to: u32,
    /// Hash of its exact bytes.
    pub to_hash: String,
    /// Whether any change is material.
    pub material: bool,
    /// Days between publishing and effect; 0 if nothing is material.
    pub notice_days: u32,
    /// The earliest lawful `effective` when published now, RFC 3339.
    pub earliest_effective: String,
    /// The `effective` that the later version has, RFC 3339.
    pub effective: String,
    /// Whether that is lawful when published now.
    pub in_time: bool,
    /// Who must be asked, by purpose.
    pub ask_again: Vec<AskAgain>,
    /// Every change, in the order of the settings.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The comparison as one value; `now` is when the later version would be published.
    #[must_use]
    pub fn report(self, old: &Policy, new: &Policy, now: Timestamp) -> DiffReport {
        let earliest = self.earliest(now);
        DiffReport {
            from: old.version(),
            from_hash: old.hash().to_owned(),
            to: new.version(),
            to_hash: new.hash().to_owned(),
            material: self.material,
            notice_days: self.notice_days,
            earliest_effective: earliest.to_string(),
            effective: new.effective().to_string(),
            in_time: !self.material || new.effective() >= earliest,
            ask_again: self.ask_again,
            changes: self.changes,
        }
    }
}
