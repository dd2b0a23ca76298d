//! The policy as the console shows it: the text in force, and its parts.
//!
//! Must not know: the public page (rendered from the same value elsewhere).

use policy::{Class, Policy, diff};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    App,
    actor::Agent,
    error::AppError,
    policy_chain::parse,
    policy_simulate::{ChangeView, change_view},
};

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PolicyView {
    /// Its version.
    pub version: u32,
    /// From when it rules.
    pub effective: String,
    /// Hash of its text, as in the ledger.
    pub hash: String,
    /// The table it may use.
    pub floor: Value,
    /// The file as it is.
    pub text: String,
    /// Its purposes, each with `built`: whether this program carries it out.
    #[schema(value_type = Vec<Object>)]
    pub purposes: Vec<Value>,
    /// Its categories of data.
    #[schema(value_type = Vec<Object>)]
    pub categories: Vec<Value>,
    /// Everybody data is sent to.
    #[schema(value_type = Vec<Object>)]
    pub processors: Vec<Value>,
    /// Where the public page is.
    pub url: String,
    /// Whether who asks may publish the next version: by role, and as a member of the host's workspace.
    pub may_publish: bool,
    /// The version that waits for its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<WaitingView>,
}

/// A version that is published and does not rule yet.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WaitingView {
    /// Its version.
    pub version: u32,
    /// From when it rules.
    pub effective: String,
    /// Hash of its text, as in the ledger.
    pub hash: String,
    /// Its text.
    pub text: String,
    /// Whether it changes something material.
    pub material: bool,
    /// What changes against the version in force, material first.
    pub changes: Vec<ChangeView>,
}

impl App {
    /// The policy in force, for members of any role: it is public anyway.
    ///
    /// # Errors
    /// `Internal` if a part has no JSON form, `Unavailable` if the database does not answer.
    pub async fn policy_view(&self, agent: &Agent) -> Result<PolicyView, AppError> {
        let policy = self.policy();
        let file = policy.file();
        Ok(PolicyView {
            version: policy.version(),
            effective: policy.effective().to_string(),
            hash: policy.hash().to_owned(),
            floor: value(&file.policy.floor)?,
            text: policy.text().to_owned(),
            purposes: purposes(&policy)?,
            categories: file.category.iter().map(value).collect::<Result<_, _>>()?,
            processors: file.processor.iter().map(value).collect::<Result<_, _>>()?,
            url: format!("{}/privacy", self.settings.public_url),
            may_publish: self.require_host(agent).await.is_ok(),
            waiting: self.waiting_view(&policy).await?,
        })
    }

    async fn waiting_view(&self, ruling: &Policy) -> Result<Option<WaitingView>, AppError> {
        let newest: Option<store::PolicyVersionRow> = self
            .store
            .data
            .read(store::find_newest_policy_version)
            .await
            .map_err(AppError::from)?;
        let Some(newest) = newest.filter(|row| row.version > i64::from(ruling.version())) else {
            return Ok(None);
        };
        let coming = parse(&newest.body)?;
        let mut changes = diff(ruling, &coming).changes;
        changes.sort_by_key(|change| std::cmp::Reverse(change.class));
        Ok(Some(WaitingView {
            version: coming.version(),
            effective: coming.effective().to_string(),
            hash: newest.hash,
            text: newest.body,
            material: changes.iter().any(|change| change.class == Class::Material),
            changes: changes.iter().map(change_view).collect(),
        }))
    }
}

fn purposes(policy: &Policy) -> Result<Vec<Value>, AppError> {
    let rules = policy.file().purpose.iter();
    rules
        .map(|rule| {
            let mut shown = value(rule)?;
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("built".to_owned(), json!(policy::is_built(&rule.key)));
            }
            Ok(shown)
        })
        .collect()
}

fn value<T: Serialize>(part: &T) -> Result<Value, AppError> {
    serde_json::to_value(part).map_err(|error| AppError::Internal(error.to_string()))
}
