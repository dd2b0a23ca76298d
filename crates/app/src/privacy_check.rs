//! The newest result of privacy-check: taken from whoever ran it, entered in the ledger, shown to everybody.
//!
//! Why it is taken only under the exact policy that was published here: a result says nothing of another file.
//! Must not know: HTTP, HTML, how a check is done.

use std::collections::BTreeMap;

use ledger::{Entry, EntryKind, Hash};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::PrivacyCheckRow;
use utoipa::ToSchema;

use crate::{App, actor::Agent, error::AppError};

/// What a report must call itself.
const FORMAT: &str = "chatham privacy-check v1";
/// Clauses of the policy, and so findings of a report.
const CLAUSES_MAX: u8 = 78;
/// Letters in one text of a report.
const TEXT_MAX: usize = 1_000;

/// What privacy-check writes with `--json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyCheckReport {
    /// `chatham privacy-check v1`.
    pub format: String,
    /// Where the instance was found.
    pub url: String,
    /// When, as the instance said.
    pub date: String,
    /// The version of the policy then.
    pub policy_version: u32,
    /// The hash of its exact bytes.
    pub policy_hash: String,
    /// Clauses that were found broken.
    pub failed: Vec<u8>,
    /// One for each clause, in order.
    pub findings: Vec<PrivacyCheckFinding>,
}

/// One clause: what was done, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyCheckFinding {
    /// Number of the clause, 1 to 78.
    pub clause: u8,
    /// What it asks.
    pub rule: String,
    /// What was done.
    pub did: String,
    /// What was seen.
    pub saw: String,
    /// How it ended.
    pub outcome: CheckOutcome,
}

/// How a check of one clause ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum CheckOutcome {
    /// The clause holds.
    #[serde(rename = "passed")]
    Passed,
    /// The clause is broken.
    #[serde(rename = "failed")]
    Failed,
    /// The policy asks nothing there.
    #[serde(rename = "not applicable")]
    NotApplicable,
    /// Nobody looked.
    #[serde(rename = "not checked")]
    NotChecked,
}

/// A published result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrivacyCheckView {
    /// What was found.
    pub report: PrivacyCheckReport,
    /// SHA-256 of the report as it is kept, as its entry in the ledger says it.
    pub report_hash: String,
    /// When it was published, in microseconds.
    pub published_at: i64,
    /// Its entry in the ledger.
    pub ledger_index: u64,
}

impl App {
    /// Publishes a result in the place of the one before.
    ///
    /// # Errors
    /// `Forbidden` unless it is an owner, admin or privacy officer of the host's workspace; `Invalid` if it is no
    /// report, contradicts itself or is of a policy that was never published here; `Unavailable`.
    pub async fn publish_privacy_check(
        &self,
        agent: &Agent,
        report: PrivacyCheckReport,
    ) -> Result<PrivacyCheckView, AppError> {
        self.require_host(agent).await?;
        check(&report)?;
        self.check_version(&report).await?;
        let text = serde_json::to_string(&report)
            .map_err(|error| AppError::Internal(format!("a report as JSON: {error}")))?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let report_hash = Hash(Sha256::digest(text.as_bytes()).into()).to_string();
        let entry = entry(&report, &report_hash, now);
        let by = agent.agent_id.to_string();
        let published = self.store.data.write(move |tx| {
            let ledger_index = store::append_entry(tx, workspace_id, &entry)?;
            let row = PrivacyCheckRow {
                report: text.clone(),
                report_hash: report_hash.clone(),
                published_by: by.clone(),
                published_at: now,
                ledger_index,
            };
            store::put_privacy_check(tx, workspace_id, &row)?;
            Ok::<_, AppError>(row)
        });
        view(published.await?)
    }

    /// The newest published result; none if nobody published one.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn find_published_check(&self) -> Result<Option<PrivacyCheckView>, AppError> {
        let found = self.store.data.read(|tx| {
            let Some(workspace_id) = store::find_host_workspace(tx)? else {
                return Ok(None);
            };
            store::find_privacy_check(tx, workspace_id)
        });
        let found: Option<PrivacyCheckRow> = found.await.map_err(AppError::from)?;
        found.map(view).transpose()
    }

    async fn check_version(&self, report: &PrivacyCheckReport) -> Result<(), AppError> {
        let version = i64::from(report.policy_version);
        let found = self
            .store
            .data
            .read(move |tx| store::find_policy_version(tx, version));
        let found: Option<store::PolicyVersionRow> = found.await.map_err(AppError::from)?;
        if found.is_some_and(|known| known.hash == report.policy_hash) {
            return Ok(());
        }
        let what = format!("is not the hash of a version {version} that was published here");
        Err(AppError::invalid("policy_hash", "unknown_version", what))
    }
}

/// Whether a report is whole and says one thing only.
fn check(report: &PrivacyCheckReport) -> Result<(), AppError> {
    if report.format != FORMAT {
        let what = format!("must be {FORMAT:?}");
        return Err(AppError::invalid("format", "wrong_form", what));
    }
    let clauses: Vec<u8> = report.findings.iter().map(|one| one.clause).collect();
    let is_known = |clause: &u8| (1..=CLAUSES_MAX).contains(clause);
    if !clauses.is_sorted_by(|one, next| one < next) || !clauses.iter().all(is_known) {
        let what = "must have each clause once, 1 to 78, in order";
        return Err(AppError::invalid("findings", "wrong_form", what));
    }
    let failed = report.findings.iter();
    let failed = failed.filter(|one| one.outcome == CheckOutcome::Failed);
    if failed
        .map(|one| one.clause)
        .ne(report.failed.iter().copied())
    {
        let what = "must be the clauses whose finding is \"failed\"";
        return Err(AppError::invalid("failed", "wrong_form", what));
    }
    let findings = report.findings.iter();
    let texts = findings.flat_map(|one| [&one.rule, &one.did, &one.saw]);
    let mut texts = texts.chain([&report.url, &report.date]);
    if texts.any(|text| text.chars().count() > TEXT_MAX) {
        let what = format!("no text may have more than {TEXT_MAX} letters");
        return Err(AppError::invalid("findings", "too_long", what));
    }
    Ok(())
}

fn entry(report: &PrivacyCheckReport, hash: &str, now: Timestamp) -> Entry {
    let broken = report.failed.len();
    let passed = report.findings.iter();
    let passed = passed.filter(|one| one.outcome == CheckOutcome::Passed);
    let details = [
        ("failed", broken.to_string()),
        ("hash", hash.to_owned()),
        ("passed", passed.count().to_string()),
        ("policy_version", report.policy_version.to_string()),
    ];
    Entry {
        kind: EntryKind::PrivacyCheck,
        at: now.micros(),
        subject: None,
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}

fn view(row: PrivacyCheckRow) -> Result<PrivacyCheckView, AppError> {
    let broken = |error| AppError::Internal(format!("a published check is no report: {error}"));
    Ok(PrivacyCheckView {
        report: serde_json::from_str(&row.report).map_err(broken)?,
        report_hash: row.report_hash,
        published_at: row.published_at.micros(),
        ledger_index: row.ledger_index,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> PrivacyCheckReport {
        let finding = |clause, outcome| PrivacyCheckFinding {
            clause,
            rule: "a rule".to_owned(),
            did: "looked".to_owned(),
            saw: "it".to_owned(),
            outcome,
        };
        PrivacyCheckReport {
            format: FORMAT.to_owned(),
            url: "https://chat.example".to_owned(),
            date: "Wed, 25 Nov 2026 10:00:00 GMT".to_owned(),
            policy_version: 1,
            policy_hash: "00".to_owned(),
            failed: vec![7],
            findings: vec![
                finding(2, CheckOutcome::Passed),
                finding(7, CheckOutcome::Failed),
                finding(78, CheckOutcome::NotChecked),
            ],
        }
    }

    fn refused(change: impl FnOnce(&mut PrivacyCheckReport)) -> String {
        let mut report = report();
        change(&mut report);
        match check(&report) {
            Err(AppError::Invalid(fields)) => fields[0].field.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn whole_report_is_taken() {
        check(&report()).unwrap();
    }

    #[test]
    fn report_that_contradicts_itself_or_is_none_is_refused() {
        assert_eq!(refused(|one| one.format = "v2".to_owned()), "format");
        assert_eq!(refused(|one| one.findings[0].clause = 0), "findings");
        assert_eq!(refused(|one| one.findings[2].clause = 79), "findings");
        assert_eq!(refused(|one| one.findings[1].clause = 2), "findings");
        assert_eq!(refused(|one| one.failed.clear()), "failed");
        assert_eq!(refused(|one| one.failed.push(8)), "failed");
        let long = "x".repeat(TEXT_MAX + 1);
        assert_eq!(refused(|one| one.findings[0].saw = long), "findings");
    }
}
