//! Texts that people give, parsed at the edge into types that cannot be wrong.
//!
//! Why: a control character, an empty body or an endless name is refused once, here, and nothing inside
//! has to think of it again. None of these types prints what it holds.
//! Must not know: which field of which request a text stands in.

use std::fmt;

use policy::{BrowsingHistory, Language, Name, Personal, PrivateContent};
use thiserror::Error;

/// Longest message in Unicode scalar values.
pub const MESSAGE_CHARS_MAX: usize = 10_000;
/// Longest name in Unicode scalar values.
pub const NAME_CHARS_MAX: usize = 120;
/// Longest comment on a rating in Unicode scalar values.
pub const COMMENT_CHARS_MAX: usize = 2_000;
/// Longest address of a page in bytes.
pub const PAGE_URL_BYTES_MAX: usize = 2_048;
/// Longest title of a page in Unicode scalar values.
pub const PAGE_TITLE_CHARS_MAX: usize = 200;
/// Longest language tag in bytes.
pub const LOCALE_BYTES_MAX: usize = 35;

/// Why a text is not acceptable. Carries nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// Too long; the number is the longest allowed.
    #[error("must not be longer than {0}")]
    TooLong(usize),
    /// A character that cannot be shown, such as NUL.
    #[error("must not hold control characters")]
    ForbiddenCharacter,
    /// Not of the form it should have.
    #[error("must be {0}")]
    WrongForm(&'static str),
}

impl TextError {
    /// Stable code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong(_) => "too_long",
            Self::ForbiddenCharacter => "forbidden_character",
            Self::WrongForm(_) => "wrong_form",
        }
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident of $category:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text, for digests that must be made before it is sealed.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text as personal data, to be sealed.
            #[must_use]
            pub fn into_personal(self) -> Personal<String, $category> {
                Personal::new(self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

texts! {
    /// What somebody wrote: 1 to 10,000 characters, lines and tabs allowed.
    MessageBody of PrivateContent;
    /// What somebody says about a conversation: up to 2,000 characters, lines allowed.
    Comment of PrivateContent;
    /// A name: one line of 1 to 120 characters, without space around it.
    DisplayName of Name;
    /// Address of a web page, without query and fragment: those often carry secrets.
    PageUrl of BrowsingHistory;
    /// Title of a web page: one line of up to 200 characters.
    PageTitle of BrowsingHistory;
    /// A language tag such as `en` or `pt-BR`.
    Locale of Language;
}

impl MessageBody {
    /// Parses a body. It is kept as it is, space around it included.
    ///
    /// # Errors
    /// `Empty`, `TooLong` or `ForbiddenCharacter`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_lines(text, MESSAGE_CHARS_MAX).map(Self)
    }
}

impl Comment {
    /// Parses a comment.
    ///
    /// # Errors
    /// `Empty`, `TooLong` or `ForbiddenCharacter`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        check_lines(text, COMMENT_CHARS_MAX).map(Self)
    }
}

impl DisplayName {
    /// Parses a name; space around it is cut.
    ///
    /// # Errors
    /// `Empty`, `TooLong` or `ForbiddenCharacter`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.chars().any(is_forbidden_in_line) {
            return Err(TextError::ForbiddenCharacter);
        }
        if text.chars().count() > NAME_CHARS_MAX {
            return Err(TextError::TooLong(NAME_CHARS_MAX));
        }
        Ok(Self(text.to_owned()))
    }
}

impl PageUrl {
    /// Parses an `http` or `https` address and cuts query and fragment, and a sign-in before the host.
    ///
    /// # Errors
    /// `Empty`, `TooLong`, `ForbiddenCharacter` or `WrongForm`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const FORM: TextError =
            TextError::WrongForm("an address beginning with https:// or http://");
        let text = text.trim();
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        let end = text.find(['?', '#']).unwrap_or(text.len());
        let text = text.get(..end).unwrap_or_default();
        if text.len() > PAGE_URL_BYTES_MAX {
            return Err(TextError::TooLong(PAGE_URL_BYTES_MAX));
        }
        if text
            .chars()
            .any(|it| is_forbidden_in_line(it) || it.is_whitespace() || it == '\\')
        {
            return Err(TextError::ForbiddenCharacter);
        }
        let (scheme, rest) = text.split_once("://").ok_or(FORM)?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return Err(FORM);
        }
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let host = host.rsplit('@').next().unwrap_or_default();
        if host.is_empty() {
            return Err(FORM);
        }
        Ok(Self(format!("{scheme}://{}{path}", host.to_lowercase())))
    }
}

impl PageTitle {
    /// Parses a title: what is too long is cut, control characters become spaces. A page's title is
    /// not the visitor's doing, so it is mended, not refused.
    ///
    /// # Errors
    /// `Empty`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let mended = text
            .chars()
            .map(|it| if is_forbidden_in_line(it) { ' ' } else { it })
            .take(PAGE_TITLE_CHARS_MAX)
            .collect::<String>();
        let mended = mended.trim();
        if mended.is_empty() {
            return Err(TextError::Empty);
        }
        Ok(Self(mended.to_owned()))
    }
}

impl Locale {
    /// Parses a language tag: letters, digits and hyphens, beginning with a language of 2 or 3 letters.
    ///
    /// # Errors
    /// `Empty`, `TooLong` or `WrongForm`.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        const FORM: TextError = TextError::WrongForm("a language tag such as en or pt-BR");
        if text.is_empty() {
            return Err(TextError::Empty);
        }
        if text.len() > LOCALE_BYTES_MAX {
            return Err(TextError::TooLong(LOCALE_BYTES_MAX));
        }
        let mut parts = text.split('-');
        let language = parts.next().unwrap_or_default();
        let is_language = (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_tag = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !is_language || !parts.all(is_tag) {
            return Err(FORM);
        }
        Ok(Self(text.to_owned()))
    }
}

fn check_lines(text: &str, chars_max: usize) -> Result<String, TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    // Counted only as far as needed: a body of 128 KiB costs no more than one that is just too long.
    if text.chars().take(chars_max + 1).count() > chars_max {
        return Err(TextError::TooLong(chars_max));
    }
    if text.chars().any(is_forbidden_in_text) {
        return Err(TextError::ForbiddenCharacter);
    }
    Ok(text.to_owned())
}

/// Control characters but line breaks and tabs; U+2028 and the like are only other line breaks.
fn is_forbidden_in_text(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t')
}

fn is_forbidden_in_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_body_has_1_to_10000_characters() {
        assert_eq!(MessageBody::parse(" \n\t "), Err(TextError::Empty));
        assert!(MessageBody::parse(&"𝒳".repeat(10_000)).is_ok());
        assert_eq!(
            MessageBody::parse(&"a".repeat(10_001)),
            Err(TextError::TooLong(10_000))
        );
    }

    #[test]
    fn a_body_keeps_what_it_is() {
        for text in [" x ", "a\n\tb\r\n", "\u{202e}rtl", "👩‍👩‍👧", "e\u{301}"] {
            assert_eq!(MessageBody::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\0b", "\u{1b}[31m", "\u{7f}x", "\u{85}x"] {
            assert_eq!(MessageBody::parse(text), Err(TextError::ForbiddenCharacter));
        }
        assert_eq!(
            DisplayName::parse("a\nb"),
            Err(TextError::ForbiddenCharacter)
        );
        assert_eq!(
            DisplayName::parse("Ana\r\nBcc: x"),
            Err(TextError::ForbiddenCharacter)
        );
    }

    #[test]
    fn a_name_is_one_line_of_at_most_120() {
        assert_eq!(DisplayName::parse("  Ana ").unwrap().as_str(), "Ana");
        assert_eq!(DisplayName::parse("  "), Err(TextError::Empty));
        assert!(DisplayName::parse(&"ñ".repeat(120)).is_ok());
        assert_eq!(
            DisplayName::parse(&"ñ".repeat(121)),
            Err(TextError::TooLong(120))
        );
    }

    #[test]
    fn a_page_address_loses_query_fragment_and_sign_in() {
        let cases = [
            ("https://Shop.example/a?token=1#x", "https://shop.example/a"),
            ("http://localhost:8080", "http://localhost:8080/"),
            ("HTTPS://u:p@shop.example/b", "https://shop.example/b"),
            ("https://shop.example?x", "https://shop.example/"),
        ];
        for (given, kept) in cases {
            assert_eq!(PageUrl::parse(given).unwrap().as_str(), kept);
        }
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "/a",
            "https:evil",
        ] {
            assert!(PageUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_page_title_is_mended() {
        let title = PageTitle::parse(&format!("a\nb{}", "c".repeat(300))).unwrap();

        assert!(title.as_str().starts_with("a bc"));
        assert_eq!(title.as_str().chars().count(), 200);
        assert_eq!(PageTitle::parse("\n"), Err(TextError::Empty));
    }

    #[test]
    fn a_locale_is_a_language_tag() {
        for text in ["en", "pt-BR", "zh-Hant-TW", "ar"] {
            assert!(Locale::parse(text).is_ok(), "{text}");
        }
        for text in ["", "e", "english", "en_US", "en-", "../en"] {
            assert!(Locale::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(
            format!("{:?}", MessageBody::parse("secret").unwrap()),
            "MessageBody(..)"
        );
    }

    proptest! {
        #[test]
        fn whatever_parses_parses_again_to_the_same(text in "\\PC{0,300}") {
            if let Ok(name) = DisplayName::parse(&text) {
                prop_assert_eq!(DisplayName::parse(name.as_str()).unwrap(), name);
            }
            if let Ok(url) = PageUrl::parse(&text) {
                prop_assert_eq!(PageUrl::parse(url.as_str()).unwrap(), url);
            }
            if let Ok(title) = PageTitle::parse(&text) {
                prop_assert_eq!(PageTitle::parse(title.as_str()).unwrap(), title);
            }
        }
    }
}
