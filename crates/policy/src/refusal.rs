//! A refusal: what is not done, and the clause of the policy that forbids it.
//!
//! Why a closed list: whoever is refused is told the clause, so a refusal without one must not exist. No other
//! room can make a [`Refusal`] but through a [`RefusalCode`], and the whole-app tests provoke each of them.
//! Must not know: HTTP. `api/problem.rs` turns it into a response.

use std::fmt;

use thiserror::Error;

/// The clause of everything that is not said: it is refused.
const NOT_SAID: u8 = 6;

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $clause:expr;)+) => {
        /// Every refusal the program can give.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RefusalCode {
            $($(#[$doc])* $name,)+
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code for programs, such as `purpose_not_declared`.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)+
                }
            }

            /// Number of the clause that refuses, 1 to 78; `None` where the refused setting or use names it.
            #[must_use]
            pub const fn clause(self) -> Option<u8> {
                match self {
                    $(Self::$name => $clause,)+
                }
            }
        }
    };
}

refusal_codes! {
    /// The page is not one of the site's.
    OriginNotAllowed = "origin_not_allowed", Some(1);
    /// The policy covers no such site.
    SiteNotInPolicy = "site_not_in_policy", Some(1);
    /// The write names no version of the policy.
    PolicyVersionMissing = "policy_version_missing", Some(4);
    /// The write names a version that no longer stands.
    PolicyVersionOld = "policy_version_old", Some(4);
    /// The file declares no such purpose.
    PurposeNotDeclared = "purpose_not_declared", Some(6);
    /// The file declares it, this build does not carry it out.
    PurposeNotBuilt = "purpose_not_built", Some(6);
    /// The purpose opens no field of a person for personnel.
    PurposeNotForReading = "purpose_not_for_reading", Some(6);
    /// The file narrowed the purpose below this category.
    CategoryNotInPurpose = "category_not_in_purpose", Some(6);
    /// No processor has this host.
    HostNotDeclared = "host_not_declared", Some(7);
    /// The processor has no part in the purpose.
    PurposeNotForHost = "purpose_not_for_host", Some(7);
    /// The processor may not get the category.
    CategoryNotForHost = "category_not_for_host", Some(7);
    /// The purpose stands on consent, and there is none; the clause of its use.
    ConsentMissing = "consent_missing", None;
    /// The browser's privacy signal says no; the clause of the use.
    GpcSignal = "gpc_signal", None;
    /// The purpose has ended.
    PurposeEnded = "purpose_ended", Some(15);
    /// No category or form of the file has the field.
    FieldNotDeclared = "field_not_declared", Some(20);
    /// The request has a field that the program does not know.
    UnknownField = "unknown_field", Some(20);
    /// The purpose does not travel this way.
    ChannelNotInPurpose = "channel_not_in_purpose", Some(23);
    /// No session.
    Unauthenticated = "unauthenticated", Some(26);
    /// The session has ended.
    SessionExpired = "session_expired", Some(26);
    /// Address or password is wrong.
    WrongCredentials = "wrong_credentials", Some(26);
    /// The second factor is needed.
    TotpRequired = "totp_required", Some(26);
    /// The second factor is wrong.
    WrongCode = "wrong_code", Some(26);
    /// No visitor's token.
    VisitorTokenMissing = "visitor_token_missing", Some(26);
    /// Nobody has this visitor's token (any more).
    VisitorUnknown = "visitor_unknown", Some(26);
    /// The person opted out.
    OptedOut = "opted_out", Some(32);
    /// The register has no such entry.
    CookieNotRegistered = "cookie_not_registered", Some(35);
    /// A third party gets counts only.
    AggregateOnly = "aggregate_only", Some(50);
    /// A release without the approvals that the file asks for.
    ApprovalMissing = "approval_missing", Some(51);
    /// Who asked for a release approves or reviews it.
    OwnApproval = "own_approval", Some(51);
    /// A release that reaches further than its ground carries.
    ScopeTooWide = "scope_too_wide", Some(52);
    /// A breach is the ground, and no rule is cited.
    RuleNotCited = "rule_not_cited", Some(52);
    /// A court or an authority asks, and its document or deadline is not named.
    DocumentMissing = "document_missing", Some(53);
    /// The file lists no such ground.
    GroundNotDeclared = "ground_not_declared", Some(53);
    /// The erasure is ordered, and a legal hold keeps what it names.
    ErasureWaitsForHold = "erasure_waits_for_hold", Some(53);
    /// The person is being erased.
    PersonErased = "person_erased", Some(60);
    /// The person had processing restricted.
    PersonRestricted = "person_restricted", Some(60);
    /// The person objected to the purpose.
    PersonObjected = "person_objected", Some(60);
    /// Below the age that the policy serves, or asked again after that; how old one must be is not said.
    AgeRefused = "age_refused", Some(61);
    /// The policy asks for an age first, and nobody was asked.
    AgePassMissing = "age_pass_missing", Some(61);
    /// A minor's record.
    RecordFrozen = "record_frozen", Some(62);
    /// The file gives the role no part in the purpose.
    RoleNotInPurpose = "role_not_in_purpose", Some(69);
    /// The program gives the role no part in this, whatever the file says.
    Forbidden = "forbidden", Some(69);
    /// The same version number with other bytes.
    VersionEdited = "version_edited", Some(72);
    /// An older version than the last one logged.
    VersionPast = "version_past", Some(72);
    /// More than one version ahead, or the first one is not 1.
    VersionSkipped = "version_skipped", Some(72);
    /// The file does not name the last logged version as its predecessor.
    WrongPredecessor = "wrong_predecessor", Some(72);
    /// A version that still rules cannot be read by this build.
    LogUnreadable = "log_unreadable", Some(72);
    /// The person stands on an older version, which does not allow it.
    NotInOlderTerms = "not_in_older_terms", Some(74);
    /// The file would take effect before the version it follows.
    BeforePredecessor = "before_predecessor", Some(75);
    /// A material change before its notice period is over.
    NoticeTooShort = "notice_too_short", Some(75);
    /// The policy does not rule yet.
    PolicyNotEffective = "policy_not_effective", Some(75);
    /// An exception to the floor has ended; the clause it named.
    ExceptionEnded = "exception_ended", None;
    /// A setting is looser than the floor of the file; the clause of the setting.
    LooserThanFloor = "looser_than_floor", None;
}

impl RefusalCode {
    /// A refusal with this code, under its clause.
    #[must_use]
    pub fn refuse(self, what: impl Into<String>, mend: impl Into<String>) -> Refusal {
        self.refuse_under(self.clause().unwrap_or(NOT_SAID), what, mend)
    }

    /// A refusal whose clause depends on what is refused.
    pub(crate) fn refuse_under(
        self,
        clause: u8,
        what: impl Into<String>,
        mend: impl Into<String>,
    ) -> Refusal {
        Refusal {
            clause,
            code: self.key(),
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.key())
    }
}

/// Why something is not done. Carries no personal data. Made by [`RefusalCode::refuse`] only.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} (clause {clause})")]
#[non_exhaustive]
pub struct Refusal {
    /// Number of the clause in the published policy, 1 to 78.
    pub clause: u8,
    /// Stable code for programs, such as `purpose_not_declared`.
    pub code: &'static str,
    /// What was refused, in a sentence without personal data.
    pub what: String,
    /// What the reader can do about it.
    pub mend: String,
}

/// Why a write cannot stand on the version of the policy that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VersionRefusal {
    /// The write names no version.
    #[error("the write names no policy version (clause 4)")]
    Missing,
    /// A material version came since, or the version was never published.
    #[error("policy version {shown} no longer stands, {current} does (clause 4)")]
    Old {
        /// The version in force.
        current: u32,
        /// The version named.
        shown: u32,
    },
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_names_a_clause_of_the_policy() {
        let keys: BTreeSet<_> = RefusalCode::ALL.iter().map(|code| code.key()).collect();
        assert_eq!(keys.len(), RefusalCode::ALL.len());
        for code in RefusalCode::ALL {
            let refusal = code.refuse("what", "mend");
            assert!((1..=78).contains(&refusal.clause), "{code}");
            assert_eq!(refusal.code, code.to_string());
        }
    }
}
