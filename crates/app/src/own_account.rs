//! What is held about a member of the workspace, for themselves: every field, and who read it (clauses 5, 60).
//!
//! Must not know: HTTP, HTML.

use policy::{Field, Policy};

use crate::{
    App,
    actor::Agent,
    error::AppError,
    held::{HeldItem, recipients},
    reading::person_ref,
    request::ReadingView,
};

/// A member as they see what is held about them.
pub struct OwnAccountView {
    /// Every field.
    pub items: Vec<HeldItem>,
    /// Who of the others read it, newest first.
    pub readings: Vec<ReadingView>,
    /// The version of the policy in force.
    pub policy_version: u32,
}

impl App {
    /// What is held about a member.
    ///
    /// # Errors
    /// `Unavailable` if a database does not answer.
    pub async fn get_own_account(&self, agent: &Agent) -> Result<OwnAccountView, AppError> {
        let own = self.get_session(agent).await?.agent;
        let sessions = self.list_sessions(agent).await?.len();
        let factor = if own.totp_enabled { "on" } else { "off" };
        let policy = self.policy();
        let fields = [
            ("agent.name", own.name),
            ("agent.email", own.email),
            (
                "agent.credentials",
                format!(
                    "kept as hashes or sealed; second factor {factor}; {sessions} browsers signed in"
                ),
            ),
        ];
        let items = fields
            .into_iter()
            .filter_map(|(field, value)| item(&policy, field, value));
        let key = self
            .keyring
            .person(agent.workspace_id, agent.person_id)
            .await?;
        let reference = person_ref(agent.workspace_id, agent.person_id, &key);
        Ok(OwnAccountView {
            items: items.collect(),
            readings: self.readings_of(agent.workspace_id, reference).await?,
            policy_version: policy.version(),
        })
    }
}

fn item(policy: &Policy, field: &'static str, value: String) -> Option<HeldItem> {
    let known = Field::find(field)?;
    let (purpose, retention) = policy.retention(field)?;
    Some(HeldItem {
        field,
        label: known.label,
        value: Some(value),
        masked: None,
        revealable: None,
        source: "invitation".to_owned(),
        purpose: purpose.to_owned(),
        retention: retention.to_string(),
        // It counts from the end of the membership.
        delete_at: None,
        recipients: recipients(policy, known),
    })
}
