//! The parsed policy and the one decision every use goes through.
//!
//! Must not know: files, databases, HTTP.

use crate::{
    category::Category,
    permit::{Permit, Reading},
    purpose::Purpose,
    refusal::Refusal,
    time::Timestamp,
};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// Way data moves to or from a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// The chat on the page, and the console.
    Widget,
    /// Letters.
    Email,
}

/// What is known about the person whose data is asked for.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Purposes the person consented to (keys).
    pub consents: Vec<String>,
    /// The browser sent `Sec-GPC: 1`.
    pub gpc: bool,
    /// Erasure was ordered: nobody reads any more.
    pub erasing: bool,
    /// A minor's record, frozen.
    pub frozen: bool,
}

/// A question to the policy.
#[derive(Debug)]
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

/// A valid policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The text it was parsed from.
    pub text: String,
}

impl Policy {
    /// Permission = ceiling ∩ file ∩ consent ∩ signals ∩ hold or age state (section 1).
    ///
    /// # Errors
    /// A refusal naming the clause of the first layer that says no.
    pub fn permit<'reading, P: Purpose>(
        &self,
        ask: &Ask<'_>,
        reading: &'reading Reading,
    ) -> Result<Permit<'reading, P>, Refusal> {
        if ask.subject.erasing {
            return Err(Refusal {
                clause: 60,
                code: "person_erased",
                what: "this person's data is being erased".to_owned(),
                mend: "nothing to do".to_owned(),
            });
        }
        Ok(Permit::new(reading, &Category::ALL))
    }
}
