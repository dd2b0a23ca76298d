//! A signed root: "the ledger had this many entries, and these". Text form of C2SP tlog-checkpoint, an
//! Ed25519-signed note whose extension line holds the time.
//!
//! Must not know: entries, storage.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer, SigningKey};
use thiserror::Error;

use crate::{
    hash::Hash,
    key::{NoteKey, key_id},
};

/// Longest checkpoint that is read, in bytes.
const NOTE_BYTES_MAX: usize = 16 * 1024;
/// Most signature lines that are looked at.
const SIGNATURES_MAX: usize = 16;

/// The state of a ledger at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// When it was signed, in microseconds since 1970 UTC.
    pub at: i64,
}

/// Why a signed checkpoint is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Not of the form.
    #[error("not a checkpoint: {0}")]
    Malformed(&'static str),
    /// It is of another ledger.
    #[error("the checkpoint is of the ledger {found}, the key of {expected}")]
    OtherLedger {
        /// The checkpoint's name.
        found: String,
        /// The key's name.
        expected: String,
    },
    /// It carries no signature of this key.
    #[error("the checkpoint at size {size} is not signed by this key")]
    NotSigned {
        /// Size that it claims.
        size: u64,
    },
    /// The signature does not belong to the text: one of them was altered.
    #[error("signature: the checkpoint at size {size} was altered or signed by another key")]
    Signature {
        /// Size that it claims.
        size: u64,
    },
}

impl Checkpoint {
    /// The signed text.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> String {
        let body = self.body();
        let signature = key.sign(body.as_bytes()).to_bytes();
        let id = key_id(&self.origin, &key.verifying_key());
        let line = BASE64.encode([id.as_slice(), &signature].concat());
        format!("{body}\n\u{2014} {} {line}\n", self.origin)
    }

    /// Reads a signed text and believes it.
    ///
    /// # Errors
    /// If it is malformed, of another ledger, not signed by the key, or altered.
    pub fn verify(note: &str, key: &NoteKey) -> Result<Self, CheckpointError> {
        let (checkpoint, body, signatures) = split(note)?;
        let size = checkpoint.size;
        if checkpoint.origin != key.origin() {
            return Err(CheckpointError::OtherLedger {
                found: checkpoint.origin,
                expected: key.origin().to_owned(),
            });
        }
        let signature = signatures
            .lines()
            .take(SIGNATURES_MAX)
            .find_map(|line| signature_of(line, key))
            .ok_or(CheckpointError::NotSigned { size })?;
        key.key()
            .verify_strict(body.as_bytes(), &signature)
            .map_err(|_| CheckpointError::Signature { size })?;
        Ok(checkpoint)
    }

    /// Reads a signed text without believing it.
    ///
    /// # Errors
    /// If it is malformed.
    pub fn read_unverified(note: &str) -> Result<Self, CheckpointError> {
        split(note).map(|(checkpoint, ..)| checkpoint)
    }

    fn body(&self) -> String {
        let root = BASE64.encode(self.root.0);
        format!("{}\n{}\n{root}\nat {}\n", self.origin, self.size, self.at)
    }
}

/// The checkpoint, the text that was signed, and the signature lines.
fn split(note: &str) -> Result<(Checkpoint, &str, &str), CheckpointError> {
    if note.len() > NOTE_BYTES_MAX {
        return Err(CheckpointError::Malformed("it is longer than 16 KiB"));
    }
    let end = note
        .find("\n\n")
        .ok_or(CheckpointError::Malformed("it has no signature"))?;
    let (body, signatures) = note.split_at(end + 1);
    let signatures = signatures.strip_prefix('\n').unwrap_or(signatures);
    let checkpoint = parse_body(body)?;
    // One text per checkpoint: leading zeros and the like are alterations.
    if checkpoint.body() != body || !signatures.ends_with('\n') {
        return Err(CheckpointError::Malformed(
            "its lines are not in their form",
        ));
    }
    Ok((checkpoint, body, signatures))
}

fn parse_body(body: &str) -> Result<Checkpoint, CheckpointError> {
    let mut lines = body.lines();
    let mut line = |what| lines.next().ok_or(CheckpointError::Malformed(what));
    let origin = line("it has no name")?.to_owned();
    let size = line("it has no size")?
        .parse()
        .map_err(|_| CheckpointError::Malformed("its size is no number"))?;
    let root = BASE64
        .decode(line("it has no root")?)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map(Hash)
        .ok_or(CheckpointError::Malformed("its root is no hash"))?;
    let at = line("it has no time")?
        .strip_prefix("at ")
        .and_then(|text| text.parse().ok())
        .ok_or(CheckpointError::Malformed("its time is no number"))?;
    Ok(Checkpoint {
        origin,
        size,
        root,
        at,
    })
}

fn signature_of(line: &str, key: &NoteKey) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(encoded).ok()?;
    let signature = bytes.strip_prefix(&key.id())?;
    if name != key.origin() {
        return None;
    }
    Signature::from_slice(signature).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[42; 32])
    }

    fn note_key() -> NoteKey {
        NoteKey::new("chat.example/ledger", signing_key().verifying_key()).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "chat.example/ledger".to_owned(),
            size: 11,
            root: Hash([7; 32]),
            at: 1_764_000_000_000_000,
        }
    }

    #[test]
    fn a_signed_checkpoint_is_believed() {
        let note = checkpoint().sign(&signing_key());

        assert!(note.starts_with(
            "chat.example/ledger\n11\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\
             at 1764000000000000\n\n\u{2014} chat.example/ledger "
        ));
        assert_eq!(Checkpoint::verify(&note, &note_key()), Ok(checkpoint()));
        assert_eq!(Checkpoint::read_unverified(&note), Ok(checkpoint()));
    }

    #[test]
    fn a_signature_of_a_witness_beside_ours_is_passed_over() {
        let note = checkpoint().sign(&signing_key());
        let witnessed = note.replace("\n\n", "\n\n\u{2014} witness.example AAAAAAAA\n");

        assert_eq!(
            Checkpoint::verify(&witnessed, &note_key()),
            Ok(checkpoint())
        );
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let note = checkpoint().sign(&signing_key()).into_bytes();

        for bit in 0..note.len() * 8 {
            let mut altered = note.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let Ok(altered) = String::from_utf8(altered) else {
                continue;
            };
            assert!(
                Checkpoint::verify(&altered, &note_key()).is_err(),
                "{altered}"
            );
        }
    }

    #[test]
    fn another_ledger_and_another_key_are_named() {
        let note = checkpoint().sign(&signing_key());
        let verifying = signing_key().verifying_key();
        let elsewhere = NoteKey::new("other.example/ledger", verifying).unwrap();
        let stranger = SigningKey::from_bytes(&[43; 32]);
        let stranger_key = NoteKey::new("chat.example/ledger", stranger.verifying_key()).unwrap();
        let forged = note.replace("\n11\n", "\n12\n");

        assert!(matches!(
            Checkpoint::verify(&note, &elsewhere),
            Err(CheckpointError::OtherLedger { .. })
        ));
        assert_eq!(
            Checkpoint::verify(&note, &stranger_key),
            Err(CheckpointError::NotSigned { size: 11 })
        );
        assert_eq!(
            Checkpoint::verify(&forged, &note_key()),
            Err(CheckpointError::Signature { size: 12 })
        );
    }
}
