//! Who asks the policy, how, and what is known about the person asked about.
//!
//! Must not know: the policy file, sessions, rows.

use serde::Serialize;

use crate::{policy::Policy, time::Timestamp, word::Word};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person the data is about.
    Subject,
    /// Signed the workspace up; all rights of an admin, and cannot be removed by one.
    Owner,
    /// Manages sites, team and settings.
    Admin,
    /// Answers conversations.
    Agent,
    /// Sees counts.
    Analyst,
    /// Writes newsletters.
    Marketer,
    /// Carries out people's rights.
    PrivacyOfficer,
    /// Jobs of the program itself.
    System,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Subject,
        Self::Owner,
        Self::Admin,
        Self::Agent,
        Self::Analyst,
        Self::Marketer,
        Self::PrivacyOfficer,
        Self::System,
    ];

    /// The word in the policy file and in the database.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Analyst => "analyst",
            Self::Marketer => "marketer",
            Self::PrivacyOfficer => "privacy_officer",
            Self::System => "system",
        }
    }

    /// The role with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

impl Word for Role {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Subject, "subject"),
        (Self::Owner, "owner"),
        (Self::Admin, "admin"),
        (Self::Agent, "agent"),
        (Self::Analyst, "analyst"),
        (Self::Marketer, "marketer"),
        (Self::PrivacyOfficer, "privacy_officer"),
        (Self::System, "system"),
    ];
}

/// Way data moves to or from a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The chat on the page, and the console.
    Widget,
    /// Letters.
    Email,
    /// Nowhere: the data stays inside the program (jobs). Only [`Role::System`] may use it.
    Internal,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Widget, Self::Email, Self::Internal];

    /// The word in the policy file; `internal` is never written there.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Widget => "widget",
            Self::Email => "email",
            Self::Internal => "internal",
        }
    }
}

impl Word for Channel {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Widget, "widget"), (Self::Email, "email")];
}

/// What is known about the person whose data is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about a person, each its own layer of the decision"
)]
pub struct Subject {
    /// Purposes the person consented to (keys).
    pub consents: Vec<String>,
    /// What the person opted out of, words of `honours` such as `optout.email`.
    pub optouts: Vec<String>,
    /// Purposes the person objected to (keys).
    pub objections: Vec<String>,
    /// The browser sent `Sec-GPC: 1`.
    pub gpc: bool,
    /// Erasure was ordered: nobody reads any more.
    pub erasing: bool,
    /// They want answers in the chat only (clause 23).
    pub widget_only: bool,
    /// A minor's record, frozen.
    pub frozen: bool,
    /// The person had processing restricted: only they and their rights go on.
    pub restricted: bool,
    /// The older version whose terms the person keeps or has not answered about: what it does not allow is
    /// refused for them (clause 74). None if they stand on the version in force.
    pub terms: Option<Policy>,
}

/// A question to the policy.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who asks.
    pub role: Role,
    /// How the data travels.
    pub channel: Channel,
    /// About whom.
    pub subject: &'a Subject,
    /// When.
    pub now: Timestamp,
}
