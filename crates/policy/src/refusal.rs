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
