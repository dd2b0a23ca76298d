//! Links that work once and expire: what kinds there are, and how long each lives.
//!
//! Must not know: tokens, addresses, storage.

use crate::word::words;

words! {
    /// Kind of a single-use link.
    LinkKind {
        /// Makes the first owner; printed in the terminal.
        Owner = "owner",
        /// Joins a workspace.
        Invitation = "invitation",
        /// Sets a new password.
        PasswordReset = "password_reset",
        /// Proves that a visitor reads an address.
        Verification = "verification",
        /// Leads a visitor from a letter back into the conversation.
        Resume = "resume",
        /// Keeps a browser in the conversation it was led back to; it may be used until it ends.
        ChatSession = "chat_session",
        /// Opens the privacy centre, from a letter or from the chat.
        PrivacyEntry = "privacy_entry",
        /// Keeps a browser in the privacy centre; it may be used until it ends.
        PrivacySession = "privacy_session",
        /// Shows whoever reads an address that somebody asks for something in their name.
        RequestLoop = "request_loop",
        /// Lets whoever reads a parent's address decide about a child's record.
        Parent = "parent",
        /// Confirms that whoever reads an address wants letters about the policy.
        Subscription = "subscription",
    }
}

impl LinkKind {
    /// Seconds from making to expiry.
    #[must_use]
    pub const fn lifetime_s(self) -> i64 {
        match self {
            Self::Owner => 30 * 60,
            Self::Invitation => 7 * 24 * 3_600,
            Self::PasswordReset | Self::PrivacyEntry | Self::PrivacySession => 60 * 60,
            Self::Verification | Self::ChatSession => 24 * 3_600,
            Self::Resume | Self::RequestLoop | Self::Parent | Self::Subscription => 30 * 24 * 3_600,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_as_promised() {
        for (word, minutes) in [
            ("owner", 30),
            ("invitation", 10_080),
            ("password_reset", 60),
            ("verification", 1_440),
            ("resume", 43_200),
            ("chat_session", 1_440),
            ("privacy_entry", 60),
            ("privacy_session", 60),
            ("request_loop", 43_200),
            ("parent", 43_200),
            ("subscription", 43_200),
        ] {
            let kind: LinkKind = word.parse().unwrap();
            assert_eq!(kind.lifetime_s(), minutes * 60, "{word}");
        }
        assert!("other".parse::<LinkKind>().is_err());
    }
}
