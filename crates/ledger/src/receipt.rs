//! A receipt: one entry, with the proof that it stands in the ledger. Whoever holds it can check it
//! without us, and against us.
//!
//! Must not know: who asks.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    entry::Entry,
    hash::Hash,
    key::NoteKey,
    proof::verify_inclusion,
};

/// The form that this program writes and reads.
const FORMAT: &str = "chatham receipt v1";

/// One entry with its proof. As a file: JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    format: String,
    /// What was done.
    pub entry: Entry,
    /// Where it stands, from 0.
    pub index: u64,
    /// The entry's hash, so that an altered entry can be told from an altered proof.
    pub leaf: Hash,
    /// Hashes from the leaf to the root.
    pub proof: Vec<Hash>,
    /// The signed checkpoint that the proof leads to.
    pub checkpoint: String,
    /// The public key of the ledger. Compare it with the published one: a forger would bring his own.
    pub key: String,
}

/// What is wrong with a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReceiptError {
    /// Not a receipt of this form.
    #[error("not a receipt: {0}")]
    Malformed(String),
    /// The receipt names another public key than the one it is checked with.
    #[error("the receipt names another ledger key than the one it is checked with")]
    OtherKey,
    /// The checkpoint is not to be believed.
    #[error("receipt of entry {index}: {error}")]
    Checkpoint {
        /// Where the entry claims to stand.
        index: u64,
        /// What is wrong with the checkpoint.
        error: CheckpointError,
    },
    /// The entry is not the one that was hashed.
    #[error("entry altered: entry {index} is not the one that was recorded")]
    EntryAltered {
        /// Where the entry claims to stand.
        index: u64,
    },
    /// Entry and checkpoint are whole, but the one is not in the other at this index.
    #[error("proof does not lead to root: entry {index} is not in the ledger of {size} entries")]
    ProofBroken {
        /// Where the entry claims to stand.
        index: u64,
        /// Size of the checkpoint.
        size: u64,
    },
}

impl Receipt {
    /// Puts a receipt together. It is not checked here: [`Receipt::verify`] does.
    #[must_use]
    pub fn new(
        entry: Entry,
        index: u64,
        proof: Vec<Hash>,
        checkpoint: String,
        key: &NoteKey,
    ) -> Self {
        Self {
            format: FORMAT.to_owned(),
            leaf: entry.leaf(),
            entry,
            index,
            proof,
            checkpoint,
            key: key.to_string(),
        }
    }

    /// Reads a receipt from JSON.
    ///
    /// # Errors
    /// If it is not a receipt of the form that this program writes.
    pub fn from_json(json: &[u8]) -> Result<Self, ReceiptError> {
        let receipt: Self = serde_json::from_slice(json)
            .map_err(|error| ReceiptError::Malformed(error.to_string()))?;
        if receipt.format == FORMAT {
            Ok(receipt)
        } else {
            let message = format!("its format is not `{FORMAT}`");
            Err(ReceiptError::Malformed(message))
        }
    }

    /// The receipt as JSON, to be handed out.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self)
            .unwrap_or_else(|_| unreachable!("strings and numbers always have a JSON form"))
    }

    /// Checks the receipt with the ledger's published key; gives the checkpoint that it rests on.
    ///
    /// # Errors
    /// What exactly is wrong, and at which index.
    pub fn verify(&self, key: &NoteKey) -> Result<Checkpoint, ReceiptError> {
        let index = self.index;
        if self.key != key.to_string() {
            return Err(ReceiptError::OtherKey);
        }
        let checkpoint = Checkpoint::verify(&self.checkpoint, key)
            .map_err(|error| ReceiptError::Checkpoint { index, error })?;
        if self.entry.leaf() != self.leaf {
            return Err(ReceiptError::EntryAltered { index });
        }
        let (size, root) = (checkpoint.size, checkpoint.root);
        if verify_inclusion(&self.leaf, index, size, &self.proof, &root) {
            Ok(checkpoint)
        } else {
            Err(ReceiptError::ProofBroken { index, size })
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::{bundle::tests::entry, memory::MemoryNodes, tree};

    fn key() -> NoteKey {
        let signing = SigningKey::from_bytes(&[9; 32]);
        NoteKey::new("chat.example/ledger", signing.verifying_key()).unwrap()
    }

    fn receipt() -> Receipt {
        let mut nodes = MemoryNodes::default();
        (0..23).for_each(|index| nodes.push(entry(index).leaf()).unwrap());
        let checkpoint = Checkpoint {
            origin: "chat.example/ledger".to_owned(),
            size: 23,
            root: tree::root(23, &mut nodes).unwrap(),
            at: 5,
        };
        let note = checkpoint.sign(&SigningKey::from_bytes(&[9; 32]));
        let proof = tree::inclusion(6, 23, &mut nodes).unwrap().unwrap();
        Receipt::new(entry(6), 6, proof, note, &key())
    }

    #[test]
    fn a_receipt_is_verified_after_a_round_trip() {
        let read = Receipt::from_json(receipt().to_json().as_bytes()).unwrap();

        assert_eq!(read, receipt());
        assert_eq!(read.verify(&key()).unwrap().size, 23);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let mut altered_entry = receipt();
        altered_entry.entry.at += 1;
        let mut other_index = receipt();
        other_index.index = 7;
        let mut rehashed = receipt();
        rehashed.entry.at += 1;
        rehashed.leaf = rehashed.entry.leaf();
        let mut other_checkpoint = receipt();
        other_checkpoint.checkpoint = other_checkpoint.checkpoint.replace("at 5", "at 6");
        let mut other_key = receipt();
        other_key.key.push('x');

        assert_eq!(
            altered_entry.verify(&key()),
            Err(ReceiptError::EntryAltered { index: 6 })
        );
        let broken = |index| Err(ReceiptError::ProofBroken { index, size: 23 });
        assert_eq!(other_index.verify(&key()), broken(7));
        assert_eq!(rehashed.verify(&key()), broken(6));
        assert_eq!(
            other_checkpoint.verify(&key()),
            Err(ReceiptError::Checkpoint {
                index: 6,
                error: CheckpointError::Signature { size: 23 }
            })
        );
        assert_eq!(other_key.verify(&key()), Err(ReceiptError::OtherKey));
    }

    #[test]
    fn every_flipped_byte_of_the_file_is_refused() {
        let json = serde_json::to_vec(&receipt()).unwrap();

        for index in 0..json.len() {
            for bit in [0x01, 0x02, 0x20] {
                let mut altered = json.clone();
                altered[index] ^= bit;
                let verdict = Receipt::from_json(&altered).map(|receipt| receipt.verify(&key()));
                assert!(
                    !matches!(verdict, Ok(Ok(_))),
                    "byte {index} of {}",
                    String::from_utf8_lossy(&altered)
                );
            }
        }
    }
}
