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
pub use instance::{ACT_WAIT, Instance, SignIn, Target};
pub use report::Report;

/// Runs every check against an instance, in the order of [`clause::CHECKS`].
///
/// # Errors
/// When the instance does not answer, or publishes no policy that can be read.
pub fn run(target: Target) -> Result<Report, String> {
    let mut report = look(target, |_| true)?;
    let unasked = clause::NEVER.iter();
    let unasked = unasked.map(|(clause, why)| Finding::unasked(*clause, why));
    report.findings.extend(unasked);
    let missing = clause::NOT_YET.iter();
    let missing = missing.map(|clause| Finding::missing(*clause));
    report.findings.extend(missing);
    report.findings.sort_by_key(|finding| finding.clause);
    Ok(report)
}

/// Runs the checks of these clauses alone, in the same order; the report tells of no other clause.
///
/// # Errors
/// As [`run`].
pub fn run_some(target: Target, clauses: &[u8]) -> Result<Report, String> {
    let mut report = look(target, |clause| clauses.contains(&clause))?;
    report.findings.sort_by_key(|finding| finding.clause);
    Ok(report)
}

/// Publishes a report on the instance that it is about, in the place of the one before.
///
/// # Errors
/// Without a sign-in, and when the instance refuses it: why.
pub fn publish(target: &Target, report: &Report) -> Result<(), String> {
    let agent =
        instance::sign_in(target, &http::CookieLog::default()).map_err(|stop| stop.to_string())?;
    let answer = agent.send("PUT", "/api/console/privacy-check", Some(&report.json()));
    let published = answer.and_then(|answer| answer.expect(200));
    published
        .map(drop)
        .map_err(|stop| format!("it was not published: {stop}"))
}

fn look(target: Target, is_wanted: impl Fn(u8) -> bool) -> Result<Report, String> {
    let mut instance = Instance::open(target).map_err(|stop| stop.to_string())?;
    let wanted = clause::CHECKS
        .iter()
        .filter(|check| is_wanted(check.clause));
    let findings: Vec<Finding> = wanted
        .map(|check| Finding::of(check, (check.run)(&mut instance)))
        .collect();
    Ok(Report {
        url: instance.base().to_owned(),
        date: instance.date().to_owned(),
        policy_version: instance.policy().version(),
        policy_hash: instance.policy().hash().to_owned(),
        findings,
    })
}
