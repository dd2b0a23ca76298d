//! The public key that checkpoints are verified with, in the text form of C2SP signed notes:
//! `origin+key id+key`.
//!
//! Must not know: the signing key's place.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The algorithm byte of Ed25519 in signed notes.
const ED25519: u8 = 1;

/// A ledger's public key with the ledger's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteKey {
    origin: String,
    key: VerifyingKey,
}

/// Why a text is no public key of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The name is empty, or has a space, a control character or a plus sign.
    #[error("a ledger's name is not empty and has no space, control character or plus sign")]
    Origin,
    /// Not of the form `origin+key id+key`, or the id does not belong to the key.
    #[error("not a ledger key: expected `name+8 digits+key`, as the privacy page shows it")]
    Form,
}

impl NoteKey {
    /// The key of the ledger with this name.
    ///
    /// # Errors
    /// If the name cannot stand in a signed note.
    pub fn new(origin: &str, key: VerifyingKey) -> Result<Self, KeyError> {
        let refused = |character: char| {
            character.is_whitespace() || character.is_control() || character == '+'
        };
        if origin.is_empty() || origin.contains(refused) {
            return Err(KeyError::Origin);
        }
        Ok(Self {
            origin: origin.to_owned(),
            key,
        })
    }

    /// Reads the text form.
    ///
    /// # Errors
    /// If it is not one, or was altered.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(origin), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let bytes = BASE64.decode(key).map_err(|_| KeyError::Form)?;
        let Some((&ED25519, bytes)) = bytes.split_first() else {
            return Err(KeyError::Form);
        };
        let key = VerifyingKey::try_from(bytes).map_err(|_| KeyError::Form)?;
        let parsed = Self::new(origin, key)?;
        if parsed.id_text() == id {
            Ok(parsed)
        } else {
            Err(KeyError::Form)
        }
    }

    /// The ledger's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The key itself.
    #[must_use]
    pub const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Four bytes that tell keys of one ledger apart.
    pub(crate) fn id(&self) -> [u8; 4] {
        key_id(&self.origin, &self.key)
    }

    fn id_text(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id()))
    }
}

/// The id of a key under a name, as signed notes define it.
pub(crate) fn key_id(origin: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(origin)
        .chain_update([b'\n', ED25519])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    let [first, second, third, fourth, ..] = digest;
    [first, second, third, fourth]
}

impl fmt::Display for NoteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        let (id, key) = (self.id_text(), BASE64.encode(bytes));
        write!(formatter, "{}+{id}+{key}", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;

    #[test]
    fn the_published_example_of_signed_notes_is_read() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

        assert_eq!(NoteKey::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn every_altered_byte_is_refused() {
        let key = SigningKey::from_bytes(&[1; 32]).verifying_key();
        let text = NoteKey::new("chat.example/ledger", key)
            .unwrap()
            .to_string();

        for index in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[index] ^= 1;
            let altered = String::from_utf8(altered).unwrap();
            assert!(NoteKey::parse(&altered).is_err(), "{altered}");
        }
        for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b"] {
            assert_eq!(NoteKey::new(name, key), Err(KeyError::Origin));
        }
    }
}
