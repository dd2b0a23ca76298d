//! Everybody's choices, for those who carry out people's rights: version, text, time, way, and what replaced it.
//! Nothing of the person is opened: they stand there by id.
//!
//! Must not know: HTTP, how a choice is made.

use ledger::Hash;
use policy::Timestamp;
use serde::Serialize;
use store::ConsentRow;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, RIGHTS},
    cursor::{read_cursor, time_and_id, write_cursor},
    error::AppError,
};

/// Choices on one page.
const PAGE: usize = 50;

/// A choice as the privacy desk sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentRecordView {
    /// Its id.
    pub id: String,
    /// Who chose.
    pub person_id: String,
    /// What about: a field such as `visitor.remembered`, or an answer such as `policy.accept`.
    pub purpose: String,
    /// Yes, or taken back.
    pub granted: bool,
    /// Version of the policy that was shown.
    pub policy_version: i64,
    /// Hash of the text that was shown.
    pub text_hash: String,
    /// How they chose, such as `widget`.
    pub way: String,
    /// When, in microseconds.
    pub created_at: i64,
    /// When they took it back or chose anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_at: Option<i64>,
    /// Its entry in the ledger.
    pub ledger_index: u64,
}

/// A page of choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentPageView {
    /// Newest first.
    pub consents: Vec<ConsentRecordView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl App {
    /// A page of everybody's choices.
    ///
    /// # Errors
    /// `Forbidden` for roles that carry out nobody's rights, `Invalid` cursor, `Unavailable`.
    pub async fn list_all_consents(
        &self,
        agent: &Agent,
        cursor: Option<&str>,
    ) -> Result<ConsentPageView, AppError> {
        agent.require(RIGHTS)?;
        let workspace_id = agent.workspace_id;
        let after = cursor
            .map(|cursor| read_cursor(cursor, time_and_id))
            .transpose()?;
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_all_consents(tx, workspace_id, after, limit));
        let mut rows: Vec<ConsentRow> = rows.await.map_err(AppError::from)?;
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().filter(|_| has_more);
        Ok(ConsentPageView {
            next_cursor: last.map(|row| {
                let at = row.consent.created_at.micros();
                write_cursor(format_args!("{at}.{}", row.consent_id))
            }),
            consents: rows.into_iter().map(view).collect(),
        })
    }
}

fn view(row: ConsentRow) -> ConsentRecordView {
    let hash: [u8; 32] = row.text_hash.try_into().unwrap_or_default();
    ConsentRecordView {
        id: row.consent_id.to_string(),
        person_id: row.person_id.to_string(),
        purpose: row.consent.purpose,
        granted: row.consent.granted,
        policy_version: row.consent.policy_version,
        text_hash: format!("sha256:{}", Hash(hash)),
        way: row.consent.way,
        created_at: row.consent.created_at.micros(),
        replaced_at: row.replaced_at.map(Timestamp::micros),
        ledger_index: row.consent.ledger_index,
    }
}
