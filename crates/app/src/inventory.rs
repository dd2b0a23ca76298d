//! The public inventory: every stored column with category, purpose, retention and protection (clause 2).
//!
//! Must not know: HTTP, the live database (the store's test compares it).

use policy::Field;
use serde::Serialize;
use store::inventory::{Protection, Tag};
use utoipa::ToSchema;

use crate::App;

/// What a column that holds nothing personal says.
const NONE: &str = "none";

/// The whole inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InventoryView {
    /// The version of the policy it is told by.
    pub policy_version: u32,
    /// The hash of that version.
    pub policy_hash: String,
    /// Every column of the data database.
    pub columns: Vec<ColumnView>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ColumnView {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Key of the category, or `none`.
    pub category: &'static str,
    /// Name in the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// What it is, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
    /// Whether the policy in force lets it hold anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use: Option<bool>,
    /// Purposes that may touch its category.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
    /// The purpose that it is kept for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_for: Option<String>,
    /// How long, in the words of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<String>,
    /// How it is protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<&'static str>,
}

impl App {
    /// Every stored column, told by the policy in force.
    #[must_use]
    pub fn inventory(&self) -> InventoryView {
        let policy = self.policy();
        let view = |column: store::inventory::Column| {
            let (table, name) = (column.table, column.column);
            let Tag::Personal(category, field, protection) = column.tag else {
                return plain(table, name);
            };
            let purposes = policy
                .file()
                .purpose
                .iter()
                .filter(|rule| rule.categories.iter().any(|key| key == category.key()));
            let kept = policy.retention(field);
            ColumnView {
                category: category.key(),
                field: Some(field),
                label: Field::find(field).map(|field| field.label),
                in_use: Some(policy.has_field(field)),
                purposes: purposes.map(|rule| rule.key.clone()).collect(),
                kept_for: kept.map(|(purpose, _)| purpose.to_owned()),
                retention: kept.map(|(_, retention)| retention.to_string()),
                protection: Some(protection_key(protection)),
                ..plain(table, name)
            }
        };
        InventoryView {
            policy_version: policy.version(),
            policy_hash: policy.hash().to_owned(),
            columns: store::inventory::columns().into_iter().map(view).collect(),
        }
    }
}

const fn plain(table: &'static str, column: &'static str) -> ColumnView {
    ColumnView {
        table,
        column,
        category: NONE,
        field: None,
        label: None,
        in_use: None,
        purposes: Vec::new(),
        kept_for: None,
        retention: None,
        protection: None,
    }
}

const fn protection_key(protection: Protection) -> &'static str {
    match protection {
        Protection::SubjectKey => "subject-key",
        Protection::KeyedHash => "keyed-hash",
        Protection::RandomId => "random-id",
        Protection::Plain => "plain",
    }
}
