//! A refusal: what is not done, and the clause of the policy that forbids it.
//!
//! Must not know: HTTP. `api/problem.rs` turns it into a response.

use thiserror::Error;

/// Why something is not done. Carries no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} (clause {clause})")]
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

impl VersionRefusal {
    /// The same as a refusal.
    #[must_use]
    pub fn refusal(self) -> Refusal {
        let (code, mend) = match self {
            Self::Missing => ("policy_version_missing", "send `policy_version`".to_owned()),
            Self::Old { current, .. } => (
                "policy_version_old",
                format!("show version {current} and ask again"),
            ),
        };
        Refusal {
            clause: 4,
            code,
            what: match self {
                Self::Missing => "the write names no policy version".to_owned(),
                Self::Old { shown, .. } => format!("policy version {shown} no longer stands"),
            },
            mend,
        }
    }
}
