//! Purposes: the ceiling of what any use of personal data may touch.
//!
//! Why: the policy file can only narrow this list. `P: May<C>` is checked by the compiler, so a handler
//! for one purpose cannot even name a column of a category outside it (clauses 6, 7).
//! Must not know: the policy file, roles, persons.

use crate::category::{
    BrowsingHistory, ContactEmail, Credentials, DataCategory, IpAddress, Language, Name,
    PrivacyPreferences, PrivateContent, PseudonymousId,
};

/// A purpose as a type.
pub trait Purpose: Send + Sync + 'static {
    /// The key in the policy file.
    const KEY: &'static str;
}

/// The ceiling: purpose `Self` may touch category `C`, if the policy file allows it too.
pub trait May<C: DataCategory>: Purpose {}

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $key:literal may [$($category:ident),* $(,)?];)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl Purpose for $name {
            const KEY: &'static str = $key;
        }
        $(impl May<$category> for $name {})*
    )+
        /// Purposes that this build carries out: key and the categories of its ceiling.
        pub const BUILT: &[(&str, &[crate::category::Category])] = &[
            $(($key, &[$(<$category as DataCategory>::CATEGORY),*]),)+
        ];
    };
}

purposes! {
    /// Agents read and answer conversations.
    SupportReply = "support.reply"
        may [Name, ContactEmail, PrivateContent, BrowsingHistory, Language, PseudonymousId];
    /// Letters about a conversation: an answer to a visitor who left, "a conversation waits" to agents.
    SupportLetter = "support.letter" may [Name, ContactEmail, PrivateContent];
    /// Agents' own accounts: sign-in, invitations, verification, the team list.
    AccountManage = "account.manage" may [Name, ContactEmail, Credentials];
    /// Keeping abuse away: rate limits and blocked visitors.
    SecurityAbuse = "security.abuse" may [IpAddress, PseudonymousId];
    /// A person's own rights: see, correct, export, erase; also the proof that it was done.
    RightsRequest = "rights.request"
        may [
            Name, ContactEmail, PrivateContent, BrowsingHistory, Language, PseudonymousId,
            PrivacyPreferences,
        ];
}
