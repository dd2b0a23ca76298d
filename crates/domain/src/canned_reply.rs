//! Canned replies: texts that agents insert with `/shortcut`, with a closed set of variables.
//!
//! Must not know: values. The console expands variables before the agent sees and sends the text.

use std::fmt;

use thiserror::Error;

/// Canned replies of a workspace.
pub const CANNED_REPLIES_MAX: usize = 500;
/// Unicode scalar values of a title.
const TITLE_LENGTH_MAX: usize = 120;
/// Unicode scalar values of a text: as a message.
const BODY_LENGTH_MAX: usize = 10_000;
const SHORTCUT_BYTES_MAX: usize = 32;
/// Variables a text may hold; `visitor.name` may be followed by `|` and a word for visitors without one.
const VARIABLES: &[&str] = &["visitor.name", "agent.name", "site.name"];

/// Why a canned reply is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidCannedReply {
    /// Not a shortcut.
    #[error("a shortcut has 1 to 32 characters: a to z, 0 to 9, - and _")]
    Shortcut,
    /// A title of the wrong length.
    #[error("a title has 1 to 120 characters")]
    Title,
    /// A text of the wrong length, or with a NUL.
    #[error("a text has 1 to 10,000 characters")]
    Body,
    /// An unknown variable.
    #[error(
        "unknown variable: use {{{{visitor.name|there}}}}, {{{{agent.name}}}} or {{{{site.name}}}}"
    )]
    Variable,
}

/// The word after the slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut(String);

impl Shortcut {
    /// Takes a word as a shortcut; a slash in front is dropped, capitals become small.
    ///
    /// # Errors
    /// If it holds anything but `a`-`z`, `0`-`9`, `-` and `_`, or is empty or too long.
    pub fn parse(text: &str) -> Result<Self, InvalidCannedReply> {
        let text = text.trim().trim_start_matches('/').to_ascii_lowercase();
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if text.is_empty() || text.len() > SHORTCUT_BYTES_MAX || !text.bytes().all(allowed) {
            return Err(InvalidCannedReply::Shortcut);
        }
        Ok(Self(text))
    }

    /// The word, without the slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shortcut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A canned reply as it may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedText {
    /// What it is about.
    pub title: String,
    /// The text, with variables.
    pub body: String,
}

impl CannedText {
    /// Takes a title and a text.
    ///
    /// # Errors
    /// If a length is wrong or a variable unknown.
    pub fn parse(title: &str, body: &str) -> Result<Self, InvalidCannedReply> {
        let (title, body) = (title.trim(), body.trim_end());
        if title.is_empty() || title.chars().count() > TITLE_LENGTH_MAX || title.contains('\0') {
            return Err(InvalidCannedReply::Title);
        }
        let length = body.chars().count();
        if body.trim().is_empty() || length > BODY_LENGTH_MAX || body.contains('\0') {
            return Err(InvalidCannedReply::Body);
        }
        check_variables(body)?;
        Ok(Self {
            title: title.to_owned(),
            body: body.to_owned(),
        })
    }
}

fn check_variables(body: &str) -> Result<(), InvalidCannedReply> {
    let mut rest = body;
    while let Some((_, after)) = rest.split_once("{{") {
        let (inside, next) = after.split_once("}}").ok_or(InvalidCannedReply::Variable)?;
        let name = inside
            .split_once('|')
            .map_or(inside, |(name, _)| name)
            .trim();
        if !VARIABLES.contains(&name) || inside.contains(['{', '}', '\n']) {
            return Err(InvalidCannedReply::Variable);
        }
        rest = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_are_one_small_word() {
        assert_eq!(Shortcut::parse(" /Hello-2 ").unwrap().as_str(), "hello-2");
        for text in ["", "/", "two words", "ñ", "a/b", &"x".repeat(33)] {
            assert_eq!(
                Shortcut::parse(text),
                Err(InvalidCannedReply::Shortcut),
                "{text}"
            );
        }
    }

    #[test]
    fn only_known_variables_are_taken() {
        for body in [
            "Hi {{visitor.name|there}}, I am {{agent.name}} of {{site.name}}.",
            "Braces { } and }} alone are text",
        ] {
            assert!(CannedText::parse("Greeting", body).is_ok(), "{body}");
        }
        for body in [
            "{{7*7}}",
            "{{visitor.email}}",
            "{{agent.name",
            "{{ {{agent.name}} }}",
        ] {
            assert_eq!(
                CannedText::parse("Greeting", body),
                Err(InvalidCannedReply::Variable),
                "{body}"
            );
        }
    }

    #[test]
    fn lengths_are_bounded_at_both_ends() {
        assert!(CannedText::parse(&"t".repeat(120), &"b".repeat(10_000)).is_ok());
        assert_eq!(CannedText::parse("", "b"), Err(InvalidCannedReply::Title));
        assert_eq!(
            CannedText::parse(&"t".repeat(121), "b"),
            Err(InvalidCannedReply::Title)
        );
        assert_eq!(CannedText::parse("t", " \n"), Err(InvalidCannedReply::Body));
        assert_eq!(
            CannedText::parse("t", &"b".repeat(10_001)),
            Err(InvalidCannedReply::Body)
        );
    }
}
