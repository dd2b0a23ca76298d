//! A whole ledger in one file: every entry, the signed checkpoint, and older checkpoints that were
//! handed out. Verification replays it and names the first place where it is not what was signed.
//!
//! Must not know: storage.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    entry::Entry,
    hash::Hash,
    key::NoteKey,
    memory::Frontier,
};

/// The form that this program writes and reads.
const FORMAT: &str = "chatham ledger v1";
/// Largest file that is read.
pub const BUNDLE_BYTES_MAX: u64 = 1 << 30;

/// A ledger as a file: JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    format: String,
    /// The public key of the ledger. Compare it with the published one.
    pub key: String,
    /// The newest signed checkpoint: what the entries must come to.
    pub checkpoint: String,
    /// Older signed checkpoints: each must be a beginning of the entries.
    pub older: Vec<String>,
    /// Every entry, in order, from 0.
    pub entries: Vec<Record>,
}

/// One entry with its place and the hash that was recorded for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Where it stands, from 0.
    pub index: u64,
    /// The entry's hash when it was recorded.
    pub leaf: Hash,
    /// What was done.
    pub entry: Entry,
}

/// The first place where a ledger is not what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BundleError {
    /// Not a ledger file of this form.
    #[error("not a ledger: {0}")]
    Malformed(String),
    /// The file names another public key than the one it is checked with.
    #[error("the file names another ledger key than the one it is checked with")]
    OtherKey,
    /// A checkpoint is not to be believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry at this place is missing: another one stands there.
    #[error("entry {index} was removed: entry {found} stands in its place")]
    Removed {
        /// Where the gap is.
        index: u64,
        /// What stands there.
        found: u64,
    },
    /// The entry is not the one that was hashed.
    #[error("entry {index} was altered: it is not the one that was recorded")]
    Altered {
        /// Which entry.
        index: u64,
    },
    /// The end was cut off.
    #[error("the ledger was cut off: it ends before entry {index}, but {size} were signed")]
    Truncated {
        /// The first entry that is missing.
        index: u64,
        /// How many there must be.
        size: u64,
    },
    /// More entries than were signed.
    #[error("entry {size} and those after it are not covered by the signed checkpoint")]
    Unsigned {
        /// How many were signed.
        size: u64,
    },
    /// Entries and their hashes were replaced together, somewhere in this range.
    #[error("entries {from} to {to} were rewritten: they do not lead to the signed root")]
    Rewritten {
        /// The first entry that may be another.
        from: u64,
        /// The last entry that may be another.
        to: u64,
    },
    /// The newest checkpoint fits, an older one that was signed too does not: two histories were told.
    #[error("the ledger was forked: the checkpoint signed at size {size} tells another history")]
    Forked {
        /// Size of the older checkpoint.
        size: u64,
    },
}

impl Bundle {
    /// Puts a ledger file together from its entries in order.
    #[must_use]
    pub fn new(entries: Vec<Entry>, checkpoint: String, older: Vec<String>, key: &NoteKey) -> Self {
        let record = |(index, entry): (u64, Entry)| Record {
            index,
            leaf: entry.leaf(),
            entry,
        };
        Self {
            format: FORMAT.to_owned(),
            key: key.to_string(),
            checkpoint,
            older,
            entries: (0..).zip(entries).map(record).collect(),
        }
    }

    /// Reads a ledger file.
    ///
    /// # Errors
    /// If it is not one of the form that this program writes.
    pub fn from_json(json: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self = serde_json::from_slice(json)
            .map_err(|error| BundleError::Malformed(error.to_string()))?;
        if bundle.format == FORMAT {
            Ok(bundle)
        } else {
            let message = format!("its format is not `{FORMAT}`");
            Err(BundleError::Malformed(message))
        }
    }

    /// Checks everything with the ledger's published key; gives the checkpoint that it comes to.
    ///
    /// # Errors
    /// The first place where the file is not what was signed.
    pub fn verify(&self, key: &NoteKey) -> Result<Checkpoint, BundleError> {
        if self.key != key.to_string() {
            return Err(BundleError::OtherKey);
        }
        let newest = Checkpoint::verify(&self.checkpoint, key)?;
        let older = self
            .older
            .iter()
            .map(|note| Checkpoint::verify(note, key))
            .collect::<Result<Vec<_>, _>>()?;
        self.check_records(newest.size)?;
        self.check_roots(&newest, older)?;
        Ok(newest)
    }

    /// Every record stands in its place, is what was hashed, and none is missing at the end.
    fn check_records(&self, size: u64) -> Result<(), BundleError> {
        for (index, record) in (0..).zip(&self.entries) {
            if index == size {
                return Err(BundleError::Unsigned { size });
            }
            if record.index != index {
                let found = record.index;
                return Err(BundleError::Removed { index, found });
            }
            if record.entry.leaf() != record.leaf {
                return Err(BundleError::Altered { index });
            }
        }
        let index = self.entries.len() as u64;
        if index < size {
            return Err(BundleError::Truncated { index, size });
        }
        Ok(())
    }

    /// The hashes lead to every signed root.
    fn check_roots(
        &self,
        newest: &Checkpoint,
        mut older: Vec<Checkpoint>,
    ) -> Result<(), BundleError> {
        older.sort_by_key(|checkpoint| checkpoint.size);
        let (mut tree, mut records) = (Frontier::default(), self.entries.iter());
        let (mut good, mut first_bad) = (0, None);
        for checkpoint in older.iter().chain([newest]) {
            let missing = checkpoint.size.saturating_sub(tree.size());
            for record in records
                .by_ref()
                .take(usize::try_from(missing).unwrap_or(usize::MAX))
            {
                tree.push(record.leaf);
            }
            // An older checkpoint beyond the newest stays short of its size, and so tells a fork.
            let fits = tree.size() == checkpoint.size && tree.root() == checkpoint.root;
            match (fits, first_bad) {
                (true, None) => good = checkpoint.size,
                (false, None) => first_bad = Some(checkpoint.size),
                _ => {}
            }
        }
        let Some(size) = first_bad else {
            return Ok(());
        };
        if tree.root() == newest.root {
            return Err(BundleError::Forked { size });
        }
        Err(BundleError::Rewritten {
            from: good,
            to: size.saturating_sub(1),
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    use super::*;
    use crate::entry::{Commitment, EntryKind};

    pub(crate) fn entry(index: u8) -> Entry {
        Entry {
            at: 1_764_000_000_000_000 + i64::from(index),
            details: BTreeMap::from([("conversations".to_owned(), index.to_string())]),
            kind: EntryKind::Erasure,
            subject: index.is_multiple_of(2).then_some(Commitment([index; 32])),
        }
    }

    fn signing() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    fn key() -> NoteKey {
        NoteKey::new("chat.example/ledger", signing().verifying_key()).unwrap()
    }

    fn sign(entries: &[Entry]) -> String {
        let mut tree = Frontier::default();
        for entry in entries {
            tree.push(entry.leaf());
        }
        Checkpoint {
            origin: "chat.example/ledger".to_owned(),
            size: tree.size(),
            root: tree.root(),
            at: 5,
        }
        .sign(&signing())
    }

    /// Twenty entries, with checkpoints handed out at 5 and 12.
    fn bundle() -> Bundle {
        let entries = (0..20).map(entry).collect::<Vec<_>>();
        let older = vec![sign(&entries[..12]), sign(&entries[..5])];
        let newest = sign(&entries);
        Bundle::new(entries, newest, older, &key())
    }

    /// A bundle of the same checkpoints whose entry was replaced together with its hash.
    fn rewritten(place: usize) -> Bundle {
        let mut bundle = bundle();
        bundle.entries[place].entry.at += 1;
        bundle.entries[place].leaf = bundle.entries[place].entry.leaf();
        bundle
    }

    #[test]
    fn a_whole_ledger_is_verified_after_a_round_trip() {
        let json = serde_json::to_vec(&bundle()).unwrap();

        let read = Bundle::from_json(&json).unwrap();

        assert_eq!(read, bundle());
        assert_eq!(read.verify(&key()).unwrap().size, 20);
    }

    #[test]
    fn a_ledger_without_entries_is_verified() {
        let empty = Bundle::new(Vec::new(), sign(&[]), vec![sign(&[])], &key());

        assert_eq!(empty.verify(&key()).unwrap().size, 0);
    }

    #[test]
    fn an_altered_entry_is_named() {
        for place in 0..20 {
            let mut bundle = bundle();
            bundle.entries[place].entry.details.clear();

            let index = place as u64;
            assert_eq!(bundle.verify(&key()), Err(BundleError::Altered { index }));
        }
    }

    #[test]
    fn a_removed_entry_is_named() {
        for place in 0..19 {
            let mut bundle = bundle();
            bundle.entries.remove(place);

            let (index, found) = (place as u64, place as u64 + 1);
            assert_eq!(
                bundle.verify(&key()),
                Err(BundleError::Removed { index, found })
            );
        }
    }

    #[test]
    fn a_cut_off_end_is_named() {
        for length in 0..20 {
            let mut bundle = bundle();
            bundle.entries.truncate(length);

            let (index, size) = (length as u64, 20);
            assert_eq!(
                bundle.verify(&key()),
                Err(BundleError::Truncated { index, size })
            );
        }
    }

    #[test]
    fn an_entry_beyond_the_checkpoint_is_named() {
        let mut bundle = bundle();
        bundle.entries.extend(bundle.entries.clone());

        assert_eq!(
            bundle.verify(&key()),
            Err(BundleError::Unsigned { size: 20 })
        );
    }

    #[test]
    fn a_rewritten_entry_is_bracketed_by_checkpoints() {
        let bracket = |from, to| Err(BundleError::Rewritten { from, to });

        assert_eq!(rewritten(3).verify(&key()), bracket(0, 4));
        assert_eq!(rewritten(5).verify(&key()), bracket(5, 11));
        assert_eq!(rewritten(19).verify(&key()), bracket(12, 19));
    }

    #[test]
    fn a_fork_is_named_by_the_older_checkpoint() {
        let mut forked = rewritten(7);
        let entries = forked.entries.iter().map(|record| record.entry.clone());
        forked.checkpoint = sign(&entries.collect::<Vec<_>>());
        let mut rolled_back = bundle();
        rolled_back.older.push(rolled_back.checkpoint.clone());
        rolled_back.checkpoint = rolled_back.older[0].clone();
        rolled_back.entries.truncate(12);

        assert_eq!(forked.verify(&key()), Err(BundleError::Forked { size: 12 }));
        assert_eq!(
            rolled_back.verify(&key()),
            Err(BundleError::Forked { size: 20 })
        );
    }

    proptest! {
        #[test]
        fn a_flipped_byte_of_the_file_is_refused(place in any::<u32>(), bit in 0..8_u8) {
            let mut json = serde_json::to_vec(&bundle()).unwrap();
            let place = place as usize % json.len();
            json[place] ^= 1 << bit;

            let verdict = Bundle::from_json(&json).map(|bundle| bundle.verify(&key()));

            prop_assert!(!matches!(verdict, Ok(Ok(_))), "byte {}", place);
        }
    }
}
