//! Closed lists of words, as they stand in the database and on the wire.
//!
//! Must not know: what the words mean.

/// Makes an enum whose variants each have one word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// The word in the database and on the wire.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::message::UnknownWord;

            fn from_str(text: &str) -> Result<Self, crate::message::UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::message::UnknownWord),
                }
            }
        }
    };
}
pub(crate) use words;
