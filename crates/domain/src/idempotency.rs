//! The key of a command that may be sent again: chosen by the client, the same for each attempt.
//!
//! Must not know: which commands take one.

use thiserror::Error;

/// Characters of a key: room for a UUID and more.
const KEY_LENGTH_MAX: usize = 64;

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a key has 1 to 64 printable ASCII characters")]
pub struct InvalidIdempotencyKey;

/// A client's key of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Takes a text as a key.
    ///
    /// # Errors
    /// If it is empty, longer than 64 characters, or holds anything but printable ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=KEY_LENGTH_MAX).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidIdempotencyKey)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_short_and_printable() {
        assert_eq!(IdempotencyKey::parse("a-1").unwrap().as_str(), "a-1");
        for bad in ["", "a b", "ü", "a\u{0}", &"x".repeat(65)] {
            assert_eq!(IdempotencyKey::parse(bad), Err(InvalidIdempotencyKey));
        }
        assert!(IdempotencyKey::parse(&"x".repeat(64)).is_ok());
    }
}
