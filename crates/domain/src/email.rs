//! An e-mail address, parsed at the edge: what look-up, suppression and letters rest on.
//!
//! Must not know: whether it exists, and whose it is.

use std::str::FromStr;

use thiserror::Error;

/// Longest address in bytes (RFC 5321, a path without its brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Longest local part in bytes (RFC 5321).
const LOCAL_BYTES_MAX: usize = 64;

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an e-mail address: expected one such as name@example.com")]
pub struct InvalidEmail;

/// An address in its normal form: no space around it, all in lower case.
///
/// Not `Debug` nor `Display`: it is personal; wrap it before it goes anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as people type it.
    ///
    /// # Errors
    /// If it could never be delivered: no single `@`, no domain with a dot (or `localhost`), spaces, control
    /// characters, quotes or brackets, or longer than mail allows.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.split_once('@').ok_or(InvalidEmail)?;
        let is_whole = text.len() <= EMAIL_BYTES_MAX
            && (1..=LOCAL_BYTES_MAX).contains(&local.len())
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && !local.contains(is_refused)
            && is_domain(domain);
        if is_whole {
            Ok(Self(text))
        } else {
            Err(InvalidEmail)
        }
    }

    /// The normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with most of it covered, such as `a…@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first = local.chars().next().unwrap_or('…');
        format!("{first}…@{domain}")
    }

    /// The normal form, owned.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Self::parse(text)
    }
}

/// Characters that could end a header or be read as another address.
fn is_refused(character: char) -> bool {
    character.is_whitespace() || character.is_control() || "\"(),:;<>@[\\]".contains(character)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || character == '-')
    };
    (domain.contains('.') || domain == "localhost") && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_into_its_normal_form() {
        for (typed, normal) in [
            (" Ana.Lopez@Example.COM ", "ana.lopez@example.com"),
            ("a+b@sub.example.co", "a+b@sub.example.co"),
            ("root@localhost", "root@localhost"),
            ("josé@müller.example", "josé@müller.example"),
        ] {
            assert!(EmailAddress::parse(typed).is_ok_and(|address| address.as_str() == normal));
        }
    }

    #[test]
    fn a_masked_address_shows_one_letter_and_the_domain() {
        assert!(
            EmailAddress::parse("ana@example.com").is_ok_and(|it| it.masked() == "a…@example.com")
        );
    }

    #[test]
    fn what_could_never_be_delivered_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let very_long = format!("a@{}.com", "b.".repeat(130));
        for typed in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b",
            "a@b..c",
            "a@-b.com",
            "a b@c.de",
            "a@b@c.de",
            "a\r\nBcc: x@y.z@c.de",
            "<a@b.de>",
            ".a@b.de",
            "a..b@c.de",
            "a@b.de,c@d.de",
            long.as_str(),
            very_long.as_str(),
        ] {
            assert!(EmailAddress::parse(typed).is_err(), "{typed}");
        }
    }
}
