//! A name of a thing that people see: a site or a workspace. Names of persons are `DisplayName`s.
//!
//! Must not know: whose it is.

use thiserror::Error;

use crate::text::NAME_CHARS_MAX;

/// A text that is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name has 1 to 120 characters on one line")]
pub struct InvalidName;

/// Takes a text as a name, trimmed.
///
/// # Errors
/// If it is empty, too long, or holds a line break or another control character.
pub fn parse_name(text: &str) -> Result<String, InvalidName> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > NAME_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(InvalidName);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_of_1_to_120() {
        assert_eq!(parse_name("  Ana Pérez ").unwrap(), "Ana Pérez");
        assert!(parse_name(&"ñ".repeat(120)).is_ok());
        for text in ["", "   ", "a\r\nBcc: x", "a\0", &"x".repeat(121)] {
            assert_eq!(parse_name(text), Err(InvalidName), "{text}");
        }
    }
}
