//! The policy as the console shows it: the text in force, and its parts.
//!
//! Must not know: the public page (rendered from the same value elsewhere).

use policy::Policy;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{App, error::AppError};

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
}

impl App {
    /// The policy in force, for members of any role: it is public anyway.
    ///
    /// # Errors
    /// `Internal` if a part has no JSON form.
    pub fn policy_view(&self) -> Result<PolicyView, AppError> {
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
        })
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
