//! A message: what is said in a conversation, by whom, and who may read it.
//!
//! Must not know: the texts themselves, where they are stored.

use thiserror::Error;

/// A word that is not one of the stored ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("unknown word")]
pub struct UnknownWord;

macro_rules! stored_words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$item_doc])* $item,)+
        }

        impl $name {
            /// The word in the database and in views.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$item => $word,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$item),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    )+};
}
pub(crate) use stored_words;

stored_words! {
    /// What kind of message it is.
    MessageKind {
        /// Said by a visitor or an agent, read by both.
        Message = "message",
        /// Internal: never leaves the workspace.
        Note = "note",
        /// The program says what happened, to both; the body is a [`SystemCode`].
        System = "system",
        /// The program says what happened, to agents only; the body is a [`SystemCode`].
        Trace = "trace",
    }
    /// Who wrote it.
    AuthorKind {
        /// The conversation's visitor.
        Visitor = "visitor",
        /// An agent.
        Agent = "agent",
        /// The program.
        System = "system",
    }
    /// What happened to a conversation. The screens word it.
    SystemCode {
        /// The visitor ended it.
        EndedByVisitor = "ended_by_visitor",
        /// An agent resolved it.
        Resolved = "resolved",
        /// It is open again.
        Reopened = "reopened",
        /// An agent took it or was given it.
        Assigned = "assigned",
        /// It has no assignee any more.
        Unassigned = "unassigned",
        /// It is put aside until a time.
        Snoozed = "snoozed",
        /// Its time has come, or the visitor wrote.
        Woken = "woken",
        /// The visitor may not write any more.
        Blocked = "blocked",
        /// The visitor may write again.
        Unblocked = "unblocked",
    }
}

impl MessageKind {
    /// Whether the visitor may read it.
    #[must_use]
    pub const fn is_for_visitor(self) -> bool {
        matches!(self, Self::Message | Self::System)
    }

    /// The word in views: that the program speaks is said the same way to both.
    #[must_use]
    pub const fn view(self) -> &'static str {
        match self {
            Self::Trace => Self::System.key(),
            other => other.key(),
        }
    }
}

impl SystemCode {
    /// Whether the visitor is told: how the workspace divides its work is not their business.
    #[must_use]
    pub const fn kind(self) -> MessageKind {
        match self {
            Self::EndedByVisitor | Self::Resolved | Self::Reopened => MessageKind::System,
            _ => MessageKind::Trace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were_stored() {
        for kind in [
            MessageKind::Message,
            MessageKind::Note,
            MessageKind::System,
            MessageKind::Trace,
        ] {
            assert_eq!(kind.key().parse(), Ok(kind));
        }
        assert_eq!("chat".parse::<MessageKind>(), Err(UnknownWord));
    }

    #[test]
    fn visitor_reads_neither_notes_nor_traces() {
        assert!(MessageKind::Message.is_for_visitor());
        assert!(!MessageKind::Note.is_for_visitor());
        assert!(!SystemCode::Assigned.kind().is_for_visitor());
        assert!(SystemCode::Resolved.kind().is_for_visitor());
    }
}
