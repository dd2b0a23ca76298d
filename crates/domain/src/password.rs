//! A password on its way to the hash. It has no text form, so it cannot enter a letter or a log.
//!
//! Must not know: how it is hashed or judged.

use std::fmt;

use thiserror::Error;

/// Fewest Unicode scalar values.
pub const PASSWORD_LENGTH_MIN: usize = 8;
/// Most Unicode scalar values.
pub const PASSWORD_LENGTH_MAX: usize = 128;

/// Why a text cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPassword {
    /// Fewer than [`PASSWORD_LENGTH_MIN`].
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than [`PASSWORD_LENGTH_MAX`].
    #[error("a password has at most 128 characters")]
    TooLong,
}

/// A password of acceptable length.
pub struct Password(String);

impl Password {
    /// Takes a text as a password, exactly as it was typed.
    ///
    /// # Errors
    /// If it is shorter or longer than the limits.
    pub fn parse(text: String) -> Result<Self, InvalidPassword> {
        match text.chars().count() {
            0..PASSWORD_LENGTH_MIN => Err(InvalidPassword::TooShort),
            PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX => Ok(Self(text)),
            _ => Err(InvalidPassword::TooLong),
        }
    }

    /// The password, for hashing and judging only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_in_scalar_values_at_both_ends() {
        for (length, acceptable) in [(7, false), (8, true), (64, true), (128, true), (129, false)] {
            let text = "ñ".repeat(length);
            assert_eq!(Password::parse(text).is_ok(), acceptable, "{length}");
        }
    }

    #[test]
    fn debug_shows_no_password() {
        let password = Password::parse("correct horse".to_owned()).unwrap();

        assert_eq!(format!("{password:?}"), "Password(..)");
    }
}
