//! What came of a check. Nothing is skipped in silence: what was not checked says why.

use std::fmt;

use serde_json::Value;

use crate::clause::Check;

/// What a check saw, or why it stopped.
pub type Verdict = Result<String, Stop>;

/// Why a check ended without passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The instance breaks the clause: what was seen.
    Failed(String),
    /// The clause asks nothing of this instance under its policy: why.
    NotApplicable(String),
    /// It could not be checked with what the checker was given: what is missing.
    NotChecked(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(text) | Self::NotApplicable(text) | Self::NotChecked(text) => {
                formatter.write_str(text)
            }
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The clause holds.
    Passed,
    /// The clause is broken.
    Failed,
    /// The policy in force asks nothing here.
    NotApplicable,
    /// Something that the check needs was not given.
    NotChecked,
}

impl Outcome {
    /// The word in tables and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotApplicable => "not applicable",
            Self::NotChecked => "not checked",
        }
    }
}

/// One clause, what was done, what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The clause's number, 1 to 78.
    pub clause: u8,
    /// What the clause asks, in short.
    pub rule: &'static str,
    /// What the check did.
    pub did: &'static str,
    /// What it saw, or the reason why it did not look.
    pub saw: String,
    /// How it ended.
    pub outcome: Outcome,
}

impl Finding {
    /// Puts check and verdict together.
    #[must_use]
    pub fn of(check: &Check, verdict: Verdict) -> Self {
        let (outcome, saw) = match verdict {
            Ok(saw) => (Outcome::Passed, saw),
            Err(Stop::Failed(saw)) => (Outcome::Failed, saw),
            Err(Stop::NotApplicable(why)) => (Outcome::NotApplicable, why),
            Err(Stop::NotChecked(why)) => (Outcome::NotChecked, why),
        };
        Self {
            clause: check.clause,
            rule: check.rule,
            did: check.did,
            saw,
            outcome,
        }
    }
}

impl Finding {
    /// A clause that asks nothing of any instance.
    pub(crate) fn unasked(clause: u8, why: &str) -> Self {
        Self {
            clause,
            rule: "asks nothing of this program",
            did: "nothing",
            saw: why.to_owned(),
            outcome: Outcome::NotApplicable,
        }
    }

    /// A clause that this version of the checker does not look at.
    pub(crate) fn missing(clause: u8) -> Self {
        Self {
            clause,
            rule: "not looked at yet",
            did: "nothing",
            saw: "this version of privacy-check has no check for it".to_owned(),
            outcome: Outcome::NotChecked,
        }
    }
}

/// Fails with what was seen unless it is so.
pub(crate) fn ensure(is_so: bool, saw: impl FnOnce() -> String) -> Result<(), Stop> {
    if is_so {
        Ok(())
    } else {
        Err(Stop::Failed(saw()))
    }
}

/// The text at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> Result<String, Stop> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found
        .map(str::to_owned)
        .ok_or_else(|| Stop::Failed(format!("no text at {pointer} of an answer")))
}

/// The whole number at a JSON pointer.
pub(crate) fn number(value: &Value, pointer: &str) -> Result<i64, Stop> {
    let found = value.pointer(pointer).and_then(Value::as_i64);
    found.ok_or_else(|| Stop::Failed(format!("no whole number at {pointer} of an answer")))
}

/// The list at a JSON pointer; empty when there is none.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}
