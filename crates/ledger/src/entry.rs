//! One entry of the ledger: what was done, when, about whom (as a commitment), and its details.
//!
//! Must not know: personal values. A subject is a keyed commitment; details are codes, counts and hashes.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    hash::{Hash, leaf_hash},
    hex,
};

/// First line of the canonical bytes; another form would have another.
const CANONICAL_LABEL: &[u8] = b"chatham ledger entry v1\n";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A version of the policy came into force.
    PolicyVersion,
    /// A person agreed, was shown a notice, or took consent back.
    Consent,
    /// A person objected or opted out.
    OptOut,
    /// A person's values were corrected.
    Correction,
    /// A person was erased.
    Erasure,
    /// A person asked for something, or what they asked for was done.
    Request,
    /// Personnel read personal values.
    Reading,
    /// Personnel asked to read and were refused.
    RefusedReading,
    /// Who may sign in, or as what, was changed.
    AccessChange,
    /// A key of the workspace or of the ledger was replaced.
    KeyRotation,
    /// What was past its time was deleted: how many rows, by which rules.
    Purge,
    /// A legal hold was placed or has ended.
    Hold,
    /// A minor's record was frozen, a parent was asked or has answered, or the mark was taken back.
    Child,
    /// A breach, real or as a drill, was opened, reported, told to people or closed.
    Incident,
    /// A release on a legal ground: asked for, approved, made, reviewed, told.
    Disclosure,
    /// A result of privacy-check was published.
    PrivacyCheck,
    /// A backup was begun.
    Backup,
    /// A backup was restored, with the erasures that were applied again.
    Restore,
}

/// Stands for a subject: a keyed digest that only the workspace can link, until the key is gone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Commitment(pub [u8; 32]);

/// One entry. Its fields are in the order of the canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, in microseconds since 1970 UTC.
    pub at: i64,
    /// Codes, counts and hashes; never a personal value.
    pub details: BTreeMap<String, String>,
    /// What was done.
    pub kind: EntryKind,
    /// About whom, if about one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Commitment>,
}

impl Entry {
    /// The bytes that are hashed: a label line, then the entry as JSON with sorted keys, without white
    /// space, escaping only `"`, `\` and control characters (`\b \f \n \r \t`, else `\u00xx`).
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = CANONICAL_LABEL.to_vec();
        if serde_json::to_writer(&mut bytes, self).is_err() {
            unreachable!("strings and numbers always have a JSON form");
        }
        bytes
    }

    /// The entry's leaf in the tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        leaf_hash(&self.canonical())
    }
}

impl EntryKind {
    /// The word in entries and in storage.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::PolicyVersion => "policy_version",
            Self::Consent => "consent",
            Self::OptOut => "opt_out",
            Self::Correction => "correction",
            Self::Erasure => "erasure",
            Self::Request => "request",
            Self::Reading => "reading",
            Self::RefusedReading => "refused_reading",
            Self::AccessChange => "access_change",
            Self::KeyRotation => "key_rotation",
            Self::Purge => "purge",
            Self::Hold => "hold",
            Self::Child => "child",
            Self::Incident => "incident",
            Self::Disclosure => "disclosure",
            Self::PrivacyCheck => "privacy_check",
            Self::Backup => "backup",
            Self::Restore => "restore",
        }
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(formatter, &self.0)
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(formatter, &self.0)
    }
}

impl Serialize for Commitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Commitment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::parse(&text)
            .map(Self)
            .ok_or_else(|| de::Error::custom("a commitment has 64 lower-case hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            at: 1_764_000_000_000_000,
            details: BTreeMap::from([
                ("z".to_owned(), "line\nbreak \"quoted\" é".to_owned()),
                ("a".to_owned(), "1".to_owned()),
            ]),
            kind: EntryKind::Erasure,
            subject: Some(Commitment([0xab; 32])),
        }
    }

    #[test]
    fn the_canonical_form_is_fixed() {
        let text = String::from_utf8(entry().canonical()).unwrap();

        assert_eq!(
            text,
            format!(
                "chatham ledger entry v1\n{{\"at\":1764000000000000,\"details\":{{\"a\":\"1\",\
                 \"z\":\"line\\nbreak \\\"quoted\\\" é\"}},\"kind\":\"erasure\",\
                 \"subject\":\"{}\"}}",
                "ab".repeat(32)
            )
        );
    }

    #[test]
    fn every_kind_is_stored_under_its_key() {
        for kind in [
            EntryKind::PolicyVersion,
            EntryKind::Consent,
            EntryKind::OptOut,
            EntryKind::Correction,
            EntryKind::Erasure,
            EntryKind::Request,
            EntryKind::Reading,
            EntryKind::RefusedReading,
            EntryKind::AccessChange,
            EntryKind::KeyRotation,
            EntryKind::Purge,
            EntryKind::Hold,
            EntryKind::Child,
            EntryKind::Incident,
            EntryKind::Disclosure,
            EntryKind::PrivacyCheck,
            EntryKind::Backup,
            EntryKind::Restore,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
        }
    }

    #[test]
    fn an_entry_comes_back_from_json_and_unknown_fields_do_not() {
        let json = serde_json::to_string(&entry()).unwrap();

        assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry());
        let more = json.replacen('{', "{\"more\":1,", 1);
        assert!(serde_json::from_str::<Entry>(&more).is_err());
    }
}
