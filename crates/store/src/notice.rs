//! Which workspaces were written to about which version of the policy.
//!
//! Must not know: what a letter says.

use domain::WorkspaceId;
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx};

/// Workspaces that were there when the version was logged and were not yet written to, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_unnoticed(
    tx: &mut Tx<'_>,
    version: i64,
    limit: i64,
) -> Result<Vec<WorkspaceId>, StoreError> {
    let rows = tx.query(
        "select w.workspace_id
         from workspace w
         join policy_version v on v.version = $1
         where w.created_at < v.logged_at and not exists (
             select 1 from policy_notice n
             where n.workspace_id = w.workspace_id and n.policy_version = $1
         )
         order by w.workspace_id
         limit $2",
        &[version.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| row.parse("workspace_id"))
        .collect()
}

/// Notes that a workspace is written to about a version; whether it was not before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_policy_notice(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    version: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let created = tx.execute(
        "insert into policy_notice (workspace_id, policy_version, created_at)
         values ($1, $2, $3)
         on conflict do nothing",
        &[workspace_id.into(), version.into(), now.into()],
    )?;
    Ok(created > 0)
}
