//! The newest result of privacy-check that was published here.
//!
//! Must not know: what a report says.

use domain::WorkspaceId;
use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// A published result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyCheckRow {
    /// The report as JSON.
    pub report: String,
    /// SHA-256 of its bytes.
    pub report_hash: String,
    /// Id of the member who published it.
    pub published_by: String,
    /// When.
    pub published_at: Timestamp,
    /// Its entry in the ledger.
    pub ledger_index: u64,
}

/// Keeps a result in the place of the one before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn put_privacy_check(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    row: &PrivacyCheckRow,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into privacy_check (
             workspace_id, report, report_hash, published_by, published_at, ledger_index
         )
         values ($1, $2, $3, $4, $5, $6)
         on conflict (workspace_id) do update set
             report = excluded.report, report_hash = excluded.report_hash,
             published_by = excluded.published_by, published_at = excluded.published_at,
             ledger_index = excluded.ledger_index",
        &[
            workspace_id.into(),
            row.report.as_str().into(),
            row.report_hash.as_str().into(),
            row.published_by.as_str().into(),
            row.published_at.into(),
            Value::Int(i64::try_from(row.ledger_index).unwrap_or(i64::MAX)),
        ],
    )?;
    Ok(())
}

/// The result of a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_privacy_check(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
) -> Result<Option<PrivacyCheckRow>, StoreError> {
    let found = tx.find(
        "select report, report_hash, published_by, published_at, ledger_index
         from privacy_check
         where workspace_id = $1",
        &[workspace_id.into()],
    )?;
    found.map(read).transpose()
}

fn read(mut row: Row) -> Result<PrivacyCheckRow, StoreError> {
    Ok(PrivacyCheckRow {
        report: row.text("report")?,
        report_hash: row.text("report_hash")?,
        published_by: row.text("published_by")?,
        published_at: row.time("published_at")?,
        ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or_default(),
    })
}
