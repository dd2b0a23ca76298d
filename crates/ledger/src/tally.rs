//! Counts of a ledger's entries: what was done, how often, by rule, ground or purpose; and which requests were
//! answered in time. Whoever has the entries can count again.
//!
//! Must not know: who is meant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entry::{Entry, EntryKind};

/// Details that say what an entry is about, the telling ones first.
const LABELS: [&str; 5] = ["ground", "about", "purpose", "act", "kind"];
/// Labels of one kind that are counted apart; the rest is summed up.
const LABELS_MAX: usize = 200;
/// Where the rest is summed up.
const REST: &str = "other";

/// How often what was done.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// By kind, then by rule, ground, purpose or act. Of purges: rows. Of what else: entries.
    pub by_kind: BTreeMap<String, BTreeMap<String, u64>>,
    /// Requests carried out by their due time.
    pub requests_in_time: u64,
    /// Requests carried out after it.
    pub requests_late: u64,
}

impl Tally {
    /// Counts an entry.
    pub fn add(&mut self, entry: &Entry) {
        let labels = self.by_kind.entry(entry.kind.key().to_owned()).or_default();
        let mut count = |label: &str, times: u64| {
            let is_known = labels.contains_key(label) || labels.len() < LABELS_MAX;
            let label = if is_known { label } else { REST };
            let sum = labels.entry(label.to_owned()).or_default();
            *sum = sum.saturating_add(times);
        };
        if entry.kind == EntryKind::Purge {
            let rules = entry.details.iter();
            for (rule, rows) in rules.filter(|(rule, _)| *rule != "policy_version") {
                count(rule, rows.parse().unwrap_or(0));
            }
        } else {
            let found = LABELS.iter().find_map(|label| entry.details.get(*label));
            count(found.map_or("all", String::as_str), 1);
        }
        self.add_clock(entry);
    }

    /// Entries of a kind; of purges, rows.
    #[must_use]
    pub fn sum(&self, kind: EntryKind) -> u64 {
        let labels = self.by_kind.get(kind.key());
        labels.map_or(0, |labels| labels.values().sum())
    }

    fn add_clock(&mut self, entry: &Entry) {
        let detail = |key| entry.details.get(key).map(String::as_str);
        let due_at = detail("due_at").and_then(|text| text.parse::<i64>().ok());
        match due_at {
            Some(due_at) if detail("act") == Some("executed") && detail("request").is_some() => {
                if entry.at <= due_at {
                    self.requests_in_time += 1;
                } else {
                    self.requests_late += 1;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: EntryKind, at: i64, details: &[(&str, &str)]) -> Entry {
        let details = details.iter();
        Entry {
            at,
            details: details
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
            kind,
            subject: None,
        }
    }

    #[test]
    fn purges_count_rows_by_rule_and_requests_by_their_clock() {
        let mut tally = Tally::default();
        let executed = [("act", "executed"), ("due_at", "10"), ("request", "r")];

        tally.add(&entry(
            EntryKind::Purge,
            1,
            &[("conversation", "3"), ("policy_version", "1")],
        ));
        tally.add(&entry(EntryKind::Purge, 2, &[("conversation", "4")]));
        tally.add(&entry(EntryKind::Request, 10, &executed));
        tally.add(&entry(EntryKind::OptOut, 11, &executed));

        assert_eq!(tally.by_kind["purge"]["conversation"], 7);
        assert_eq!(tally.sum(EntryKind::Purge), 7);
        assert_eq!((tally.requests_in_time, tally.requests_late), (1, 1));
    }

    #[test]
    fn labels_are_bounded() {
        let mut tally = Tally::default();

        for number in 0..LABELS_MAX + 50 {
            let act = number.to_string();
            tally.add(&entry(EntryKind::Reading, 1, &[("act", act.as_str())]));
        }

        assert_eq!(tally.by_kind["reading"].len(), LABELS_MAX + 1);
        assert_eq!(tally.by_kind["reading"][REST], 50);
    }
}
