//! The table for people and the JSON for tools.

use std::fmt;

use serde_json::{Value, json};

use crate::finding::{Finding, Outcome};
use crate::html;

/// Everything that a run found.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where the instance is.
    pub url: String,
    /// When, as the instance itself said (RFC 9110 date).
    pub date: String,
    /// The version of the policy in force.
    pub policy_version: u32,
    /// The hash of its exact bytes.
    pub policy_hash: String,
    /// One for each check, by clause.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Clauses that ended so.
    #[must_use]
    pub fn clauses(&self, outcome: Outcome) -> Vec<u8> {
        let ended = self.findings.iter().filter(|one| one.outcome == outcome);
        ended.map(|one| one.clause).collect()
    }

    /// Whether no clause was found broken.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.clauses(Outcome::Failed).is_empty()
    }

    /// For tools.
    #[must_use]
    pub fn json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|one| {
                json!({
                    "clause": one.clause, "rule": one.rule, "did": one.did, "saw": one.saw,
                    "outcome": one.outcome.key(),
                })
            })
            .collect();
        json!({
            "format": "chatham privacy-check v1", "url": self.url, "date": self.date,
            "policy_version": self.policy_version, "policy_hash": self.policy_hash,
            "failed": self.clauses(Outcome::Failed), "findings": findings,
        })
    }

    /// One page that needs nothing else.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// `31 passed, 0 failed, 1 not applicable, 2 not checked`.
    #[must_use]
    pub fn counts(&self) -> String {
        let all = [
            Outcome::Passed,
            Outcome::Failed,
            Outcome::NotApplicable,
            Outcome::NotChecked,
        ];
        let words = all.map(|one| format!("{} {}", self.clauses(one).len(), one.key()));
        words.join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (url, version) = (&self.url, self.policy_version);
        writeln!(formatter, "{url}, policy version {version}, {}", self.date)?;
        writeln!(formatter, "{}", self.policy_hash)?;
        for one in &self.findings {
            let (clause, key) = (one.clause, one.outcome.key());
            writeln!(formatter, "{clause:>3}  {key:<14}  {}", one.rule)?;
            writeln!(formatter, "     {:<14}  did: {}", "", one.did)?;
            writeln!(formatter, "     {:<14}  saw: {}", "", one.saw)?;
        }
        write!(formatter, "{}", self.counts())
    }
}
