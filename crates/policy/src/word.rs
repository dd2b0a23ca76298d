//! Closed lists of words in the policy file, as enums.
//!
//! Why: a setting takes one of a few words; the enum, its words and their order (loosest first) stand in
//! one place, so floors and `diff` can compare by `<`.
//! Must not know: which setting uses a list.

/// An enum whose variants are words of the policy file.
pub trait Word: Sized + Copy + 'static {
    /// Every variant with its word; where strictness has an order, loosest first.
    const WORDS: &'static [(Self, &'static str)];

    /// The variant with this word.
    #[must_use]
    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(variant, _)| *variant)
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident or $default:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }
        impl $crate::word::Word for $name {
            const WORDS: &'static [(Self, &'static str)] = &[$((Self::$variant, $word),)+];
        }
        impl $name {
            /// The word in the policy file.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.word())
            }
        }
    )+};
}

pub(crate) use words;
