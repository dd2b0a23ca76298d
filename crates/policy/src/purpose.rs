//! Purposes: the ceiling of what any use of personal data may touch.
//!
//! Why: the policy file can only narrow this list. `P: May<C>` is checked by the compiler, so a handler
//! for one purpose cannot even name a column of a category outside it (clauses 6, 7).
//! Must not know: the policy file, roles, persons.

use crate::category::{
    AgeRange, BrowsingHistory, ContactEmail, Credentials, DataCategory, IpAddress, Language, Name,
    PrivacyPreferences, PrivateContent, PseudonymousId,
};

/// A purpose as a type.
pub trait Purpose: Send + Sync + 'static {
    /// The key in the policy file.
    const KEY: &'static str;
}

/// A purpose whose letters somebody's own act or an agreement asks for: they hold nothing else (clause 22).
pub trait Requested: Purpose {}

/// A purpose whose letters need their reader's yes, given twice, and stop by one click (clauses 14, 32).
pub trait OptIn: Purpose {}

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
    /// Conversations go on to a provider's program as they happen (webhooks), to whom the file declares.
    SupportForward = "support.forward" may [Name, ContactEmail, PrivateContent, PseudonymousId];
    /// Agents' own accounts: sign-in, invitations, verification, the team list.
    AccountManage = "account.manage" may [Name, ContactEmail, Credentials];
    /// Keeping abuse away: rate limits and blocked visitors.
    SecurityAbuse = "security.abuse" may [IpAddress, PseudonymousId];
    /// What a court or an authority wants kept: held back from erasure, seen by nobody else.
    LegalHold = "legal.hold" may [Name, ContactEmail, PrivateContent, IpAddress];
    /// A release on a legal ground: approved, scoped, sealed to its recipient and counted.
    LegalDisclosure = "legal.disclosure"
        may [
            Name, ContactEmail, PrivateContent, IpAddress, BrowsingHistory, PrivacyPreferences,
        ];
    /// A person's own rights: see, correct, export, erase; also the proof that it was done.
    RightsRequest = "rights.request"
        may [
            Name, ContactEmail, PrivateContent, BrowsingHistory, Language, PseudonymousId,
            PrivacyPreferences,
        ];
    /// A minor's record that was found: held for the parent's decision, seen by nobody else.
    ChildProtect = "child.protect" may [ContactEmail, PrivateContent, AgeRange];
    /// Letters about new versions of the policy, to whoever asked for them on its page.
    NoticeLetter = "notice.letter" may [ContactEmail];
}

impl Requested for SupportLetter {}
impl Requested for AccountManage {}
impl Requested for RightsRequest {}
impl Requested for ChildProtect {}
impl OptIn for NoticeLetter {}

/// A purpose that a policy file may name although this build refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// The key in the policy file.
    pub key: &'static str,
    /// Whether a file names instances of it, such as `marketing.promotion.spring`.
    pub has_instances: bool,
    /// The ceiling: keys of the taxonomy.
    pub categories: &'static [&'static str],
}

/// Purposes named by policies that this build does not carry out: declared, shown, and refused.
pub const PLANNED: &[Planned] = &[
    planned(
        "content.premium",
        &["user.name", "user.contact.email", "user.account.settings"],
    ),
    planned(
        "content.premium_ip",
        &[
            "user.device.ip_address",
            "user.account.settings",
            "user.unique_id.pseudonymous",
        ],
    ),
    planned(
        "order.purchase",
        &[
            "user.name",
            "user.contact.email",
            "user.contact.address",
            "user.payment",
        ],
    ),
    planned("partner.cabinet", &["user.unique_id.pseudonymous"]),
    planned("marketing.newsletter", &["user.name", "user.contact.email"]),
    instances("marketing.promotion", &["user.name", "user.contact.email"]),
    instances(
        "contest.entry",
        &[
            "user.name",
            "user.contact.email",
            "user.contact.address",
            "user.content.private",
        ],
    ),
    instances(
        "survey.answer",
        &[
            "user.demographic.profile",
            "user.demographic.age_range",
            "user.content.private",
            "user.unique_id.pseudonymous",
        ],
    ),
    planned(
        "board.post",
        &["user.account.username", "user.content.public"],
    ),
    planned(
        "preference.remember",
        &["user.demographic.language", "user.device.cookie"],
    ),
    planned(
        "visit.log",
        &[
            "user.device.ip_address",
            "user.behavior.browsing_history",
            "user.device.cookie_id",
        ],
    ),
    planned(
        "stats.traffic",
        &[
            "user.behavior.browsing_history",
            "user.device.cookie_id",
            "user.device.ip_address",
        ],
    ),
    planned("stats.letters", &["user.behavior.browsing_history"]),
    planned(
        "ads.serve",
        &["user.device.cookie_id", "user.behavior.browsing_history"],
    ),
    planned(
        "control.transfer",
        &[
            "user.name",
            "user.contact.email",
            "user.contact.address",
            "user.content.private",
            "user.payment",
            "user.privacy_preferences",
        ],
    ),
];

/// Categories that a purpose of this build may name although no column of it holds them yet.
const AHEAD: &[(&str, &[&str])] = &[(
    "legal.disclosure",
    &[
        "user.contact.address",
        "user.content.public",
        "user.payment",
    ],
)];

const fn planned(key: &'static str, categories: &'static [&'static str]) -> Planned {
    Planned {
        key,
        has_instances: false,
        categories,
    }
}

const fn instances(key: &'static str, categories: &'static [&'static str]) -> Planned {
    Planned {
        key,
        has_instances: true,
        categories,
    }
}

/// Whether this build carries the purpose out.
#[must_use]
pub fn is_built(purpose: &str) -> bool {
    BUILT.iter().any(|(key, _)| *key == purpose)
}

/// What a purpose may ever touch, as keys of the taxonomy; none for a purpose nobody knows.
#[must_use]
pub fn ceiling(purpose: &str) -> Option<Vec<&'static str>> {
    if let Some((_, categories)) = BUILT.iter().find(|(key, _)| *key == purpose) {
        let ahead = AHEAD.iter().filter(|(key, _)| *key == purpose);
        let ahead = ahead.flat_map(|(_, ahead)| ahead.iter().copied());
        let built = categories.iter().map(|category| category.key());
        return Some(built.chain(ahead).collect());
    }
    let known = PLANNED.iter().find(|planned| {
        let instance = purpose.strip_prefix(planned.key);
        let instance = instance.and_then(|rest| rest.strip_prefix('.'));
        planned.key == purpose || (planned.has_instances && instance.is_some_and(is_slug))
    })?;
    Some(known.categories.to_vec())
}

/// Every key of the closed list, those of instances without their last word.
pub fn known_purposes() -> impl Iterator<Item = &'static str> {
    let built = BUILT.iter().map(|(key, _)| *key);
    built.chain(PLANNED.iter().map(|planned| planned.key))
}

fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
