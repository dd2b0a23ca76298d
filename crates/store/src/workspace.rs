//! Workspaces: the boundary between tenants, and their settings.
//!
//! Must not know: what working hours mean (stored as the domain writes them).

use domain::WorkspaceId;
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Row};

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its id.
    pub workspace_id: WorkspaceId,
    /// Its name, as visitors and agents see it.
    pub name: String,
    /// Its working hours, as JSON.
    pub working_hours: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Stores a new workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_workspace(tx: &mut Tx<'_>, workspace: &Workspace) -> Result<(), StoreError> {
    tx.execute(
        "insert into workspace (workspace_id, name, working_hours, created_at)
         values ($1, $2, $3, $4)",
        &[
            workspace.workspace_id.into(),
            workspace.name.as_str().into(),
            workspace.working_hours.as_str().into(),
            workspace.created_at.into(),
        ],
    )?;
    Ok(())
}

/// A workspace; `None` if there is no such one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_workspace(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
) -> Result<Option<Workspace>, StoreError> {
    let found = tx.find(
        "select workspace_id, name, working_hours, created_at
         from workspace
         where workspace_id = $1",
        &[workspace_id.into()],
    )?;
    found.map(read_workspace).transpose()
}

/// Workspaces after an id, in the order of ids, at most `limit`. The first of all is the host's own.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_workspaces(
    tx: &mut Tx<'_>,
    after: Option<WorkspaceId>,
    limit: i64,
) -> Result<Vec<Workspace>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows = tx.query(
        "select workspace_id, name, working_hours, created_at
         from workspace
         where workspace_id > $1
         order by workspace_id
         limit $2",
        &[after.into(), limit.into()],
    )?;
    rows.into_iter().map(read_workspace).collect()
}

/// Gives a workspace another name; whether there is such a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn rename_workspace(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    name: &str,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update workspace set name = $2 where workspace_id = $1",
        &[workspace_id.into(), name.into()],
    )?;
    Ok(changed > 0)
}

/// Replaces the working hours; whether there is such a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_working_hours(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    working_hours: &str,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update workspace set working_hours = $2 where workspace_id = $1",
        &[workspace_id.into(), working_hours.into()],
    )?;
    Ok(changed > 0)
}

fn read_workspace(mut row: Row) -> Result<Workspace, StoreError> {
    Ok(Workspace {
        workspace_id: row.parse("workspace_id")?,
        name: row.text("name")?,
        working_hours: row.text("working_hours")?,
        created_at: row.time("created_at")?,
    })
}
