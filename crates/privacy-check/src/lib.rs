//! What an outsider can test of a privacy policy: one check for each clause, against a running instance.
//!
//! Why: a promise that only its giver can test proves nothing. This speaks the public interface alone: pages,
//! JSON over HTTP, and the files that the instance publishes.
//! Must not know: the instance's databases, its program, or how it keeps the promise.

pub mod clause;
mod finding;
mod html;
mod http;
mod instance;
mod mail;
mod report;

pub use finding::{Finding, Outcome, Stop, Verdict};
pub use instance::{Instance, SignIn, Target};
pub use report::Report;

/// Runs every check against an instance, in the order of [`clause::CHECKS`].
///
/// # Errors
/// When the instance does not answer, or publishes no policy that can be read.
pub fn run(target: Target) -> Result<Report, String> {
    let mut instance = Instance::open(target).map_err(|stop| stop.to_string())?;
    let mut findings: Vec<Finding> = clause::CHECKS
        .iter()
        .map(|check| Finding::of(check, (check.run)(&mut instance)))
        .collect();
    findings.extend(
        clause::NEVER
            .iter()
            .map(|(clause, why)| Finding::unasked(*clause, why)),
    );
    findings.extend(
        clause::NOT_YET
            .iter()
            .map(|clause| Finding::missing(*clause)),
    );
    findings.sort_by_key(|finding| finding.clause);
    Ok(Report {
        url: instance.base().to_owned(),
        date: instance.date().to_owned(),
        policy_version: instance.policy().version(),
        policy_hash: instance.policy().hash().to_owned(),
        findings,
    })
}
