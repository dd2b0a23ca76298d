//! Data categories: which kinds of personal data the program can hold at all.
//!
//! Why: a category is a fideslang key (or ours, beginning with `x.`). The policy file may name any key of
//! the taxonomy; only those listed here have a column, so only those can ever be stored.
//! Must not know: purposes, roles, the policy file.

/// A category that some column of this program holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// A person's name as they gave it.
    Name,
    /// An e-mail address.
    ContactEmail,
    /// What people write: messages, notes, comments on a rating.
    PrivateContent,
    /// Pages a person was on (address and title of the page they write from).
    BrowsingHistory,
    /// The language a person's browser asked for.
    Language,
    /// Passwords and second factors.
    Credentials,
    /// Random ids that stand for one person.
    PseudonymousId,
    /// An IP address (memory only, or the sealed visit log).
    IpAddress,
    /// Consents, objections, the version of the policy a person saw.
    PrivacyPreferences,
    /// That a person is younger than the policy serves; never an age or a day of birth.
    AgeRange,
}

impl Category {
    /// Every category, in the order of the enum.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::ContactEmail,
        Self::PrivateContent,
        Self::BrowsingHistory,
        Self::Language,
        Self::Credentials,
        Self::PseudonymousId,
        Self::IpAddress,
        Self::PrivacyPreferences,
        Self::AgeRange,
    ];

    /// The fideslang key, as written in the policy file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "user.name",
            Self::ContactEmail => "user.contact.email",
            Self::PrivateContent => "user.content.private",
            Self::BrowsingHistory => "user.behavior.browsing_history",
            Self::Language => "user.demographic.language",
            Self::Credentials => "user.authorization.credentials",
            Self::PseudonymousId => "user.unique_id.pseudonymous",
            Self::IpAddress => "user.device.ip_address",
            Self::PrivacyPreferences => "user.privacy_preferences",
            Self::AgeRange => "user.demographic.age_range",
        }
    }

    /// The category with this key, if a column can hold it.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.key() == key)
    }
}

/// A category as a type, for `Personal<T, C>`.
pub trait DataCategory: Send + Sync + 'static {
    /// The value this type stands for.
    const CATEGORY: Category;
}

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl DataCategory for $name {
            const CATEGORY: Category = Category::$name;
        }
    )+};
}

markers! {
    /// Marker of [`Category::Name`].
    Name,
    /// Marker of [`Category::ContactEmail`].
    ContactEmail,
    /// Marker of [`Category::PrivateContent`].
    PrivateContent,
    /// Marker of [`Category::BrowsingHistory`].
    BrowsingHistory,
    /// Marker of [`Category::Language`].
    Language,
    /// Marker of [`Category::Credentials`].
    Credentials,
    /// Marker of [`Category::PseudonymousId`].
    PseudonymousId,
    /// Marker of [`Category::IpAddress`].
    IpAddress,
    /// Marker of [`Category::PrivacyPreferences`].
    PrivacyPreferences,
    /// Marker of [`Category::AgeRange`].
    AgeRange,
}
