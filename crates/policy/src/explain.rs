//! Who × action × category × purpose × channel, with the outcome: the policy as a table.
//!
//! Why: an operator sees before starting what the file lets happen; the rows come from the same decision
//! that every request goes through, so the table cannot say something else.
//! Must not know: terminals.

use std::fmt;

use serde::Serialize;

use crate::{
    actor::{Ask, Channel, Role, Subject},
    category::Category,
    model::{Basis, PurposeRule},
    policy::Policy,
    purpose::is_built,
    refusal::RefusalCode,
};

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is done, under these conditions.
    Allowed {
        /// Such as `consent`, `not gpc`; empty: always.
        conditions: Vec<String>,
    },
    /// It is refused.
    Refused {
        /// Clause of the policy.
        clause: u8,
        /// Stable code.
        code: &'static str,
    },
    /// The file declares it, this build does not carry it out: refused.
    NotBuilt,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed { conditions } if conditions.is_empty() => formatter.write_str("allowed"),
            Self::Allowed { conditions } => {
                write!(formatter, "allowed with {}", conditions.join(", "))
            }
            Self::Refused { clause, code } => {
                write!(formatter, "refused (clause {clause}, {code})")
            }
            Self::NotBuilt => formatter.write_str("not built: refused"),
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainRow {
    /// Who.
    pub who: &'static str,
    /// Does what: `see`, `send` or `process`.
    pub action: &'static str,
    /// With data of which category.
    pub category: String,
    /// What for.
    pub purpose: String,
    /// By which channel.
    pub channel: &'static str,
    /// What comes of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Every combination of the declared purposes and categories with every role and channel.
#[must_use]
pub fn explain(policy: &Policy) -> Vec<ExplainRow> {
    let purposes = policy.file().purpose.iter();
    let data = purposes.flat_map(|rule| rule.categories.iter().map(move |key| (rule, key)));
    let who = || {
        Role::ALL
            .into_iter()
            .flat_map(|role| Channel::ALL.map(|by| (role, by)))
    };
    data.flat_map(|(rule, key)| who().map(move |who| row(policy, rule, key, who)))
        .collect()
}

fn row(
    policy: &Policy,
    purpose: &PurposeRule,
    category: &str,
    (role, channel): (Role, Channel),
) -> ExplainRow {
    let action = match channel {
        Channel::Widget => "see",
        Channel::Email => "send",
        Channel::Internal => "process",
    };
    ExplainRow {
        who: role.key(),
        action,
        category: category.to_owned(),
        purpose: purpose.key.clone(),
        channel: channel.key(),
        outcome: outcome(policy, purpose, category, (role, channel)),
    }
}

fn outcome(
    policy: &Policy,
    purpose: &PurposeRule,
    category: &str,
    (role, channel): (Role, Channel),
) -> Outcome {
    if !is_built(&purpose.key) {
        return Outcome::NotBuilt;
    }
    // The best case: consent given, no signal. What it depends on is told as a condition.
    let subject = Subject {
        consents: vec![purpose.key.clone()],
        ..Subject::default()
    };
    let now = policy.effective();
    let ask = Ask {
        role,
        channel,
        subject: &subject,
        now,
    };
    match policy.decide(&purpose.key, &ask) {
        Ok(allowed) if allowed.iter().any(|one| one.key() == category) => Outcome::Allowed {
            conditions: conditions(purpose),
        },
        Ok(_) if Category::from_key(category).is_none() => Outcome::NotBuilt,
        Ok(_) => Outcome::Refused {
            clause: 6,
            code: RefusalCode::CategoryNotInPurpose.key(),
        },
        Err(refusal) => Outcome::Refused {
            clause: refusal.clause,
            code: refusal.code,
        },
    }
}

fn conditions(purpose: &PurposeRule) -> Vec<String> {
    let consent = (purpose.basis == Basis::Consent).then(|| "consent".to_owned());
    let signals = purpose.honours.iter().map(|honour| format!("no {honour}"));
    consent.into_iter().chain(signals).collect()
}
