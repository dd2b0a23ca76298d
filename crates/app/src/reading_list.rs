//! Who of the personnel looked at whom, and why: every reading, for those who carry out people's rights.
//! Nothing of a person is opened; they stand there by the beginning of their keyed reference, which says nothing
//! any more once they are erased.
//!
//! Must not know: HTTP, what was read.

use domain::PersonId;
use ledger::Commitment;
use serde::Serialize;
use store::ReadingEntryRow;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, RIGHTS},
    cursor::{read_cursor, time_and_id, write_cursor},
    error::AppError,
    reading::person_ref,
};

/// Readings on one page.
const PAGE: usize = 50;
/// Digits of a reference that are shown, as on the list of a breach.
const SHOWN_DIGITS: usize = 16;

/// One reading: somebody looked at somebody's data, for a purpose, within a quarter of an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadingEntryView {
    /// Id of the member who looked.
    pub reader_id: String,
    /// Their name, while they are a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In which role.
    pub role: String,
    /// What for: a purpose of the policy.
    pub purpose: String,
    /// The beginning of the keyed reference of whom they looked at.
    pub reference: String,
    /// When, in microseconds.
    pub at: i64,
    /// Its entry in the ledger.
    pub ledger_index: u64,
}

/// A page of readings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadingPageView {
    /// Newest first.
    pub readings: Vec<ReadingEntryView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl App {
    /// A page of the access log, of everybody or of one person.
    ///
    /// # Errors
    /// `Forbidden` for roles that carry out nobody's rights, `Invalid` cursor, `NotFound` if there is no such
    /// person, or they are erased; `Unavailable`.
    pub async fn list_all_readings(
        &self,
        agent: &Agent,
        person_id: Option<PersonId>,
        cursor: Option<&str>,
    ) -> Result<ReadingPageView, AppError> {
        agent.require(RIGHTS)?;
        let workspace_id = agent.workspace_id;
        let after = cursor
            .map(|cursor| read_cursor(cursor, time_and_id))
            .transpose()?;
        let of = match person_id {
            Some(person_id) => {
                let key = self.keyring.find_person(workspace_id, person_id).await?;
                let key = key.ok_or(AppError::NotFound)?;
                Some(person_ref(workspace_id, person_id, &key))
            }
            None => None,
        };
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_all_readings(tx, workspace_id, of, (after, limit)));
        let mut rows: Vec<ReadingEntryRow> = rows.await.map_err(AppError::from)?;
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().filter(|_| has_more);
        let next_cursor = last.map(|row| {
            let at = row.reading.created_at.micros();
            write_cursor(format_args!("{at}.{}", row.ledger_index))
        });
        let readers: Vec<_> = rows.iter().map(|row| row.reading.reader_id).collect();
        let names = self.agent_names(workspace_id, readers).await?;
        let views = rows.into_iter().map(|row| ReadingEntryView {
            reader_id: row.reading.reader_id.to_string(),
            name: names.get(&row.reading.reader_id).cloned(),
            role: row.reading.role,
            purpose: row.reading.purpose,
            reference: shown_reference(row.person_ref),
            at: row.reading.created_at.micros(),
            ledger_index: row.ledger_index,
        });
        Ok(ReadingPageView {
            readings: views.collect(),
            next_cursor,
        })
    }
}

/// The beginning of a reference: enough to tell people apart, not enough to find them in the ledger.
pub(crate) fn shown_reference(reference: [u8; 32]) -> String {
    let digits = Commitment(reference).to_string();
    digits.chars().take(SHOWN_DIGITS).collect()
}
