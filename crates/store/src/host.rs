//! The host's own workspace and site: the first ones.
//!
//! Must not know: what a site looks like.

use domain::{SiteId, WorkspaceId};

use crate::{error::StoreError, tx::Tx};

/// The site that the installation itself carries.
#[derive(Debug, Clone)]
pub struct HostSite {
    /// The host's workspace.
    pub workspace_id: WorkspaceId,
    /// Its first site.
    pub site_id: SiteId,
    /// Name of the site.
    pub name: String,
}

/// The host's workspace: the first one. None before the first sign-in.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_host_workspace(tx: &mut Tx<'_>) -> Result<Option<WorkspaceId>, StoreError> {
    let found = tx.find(
        "select workspace_id from workspace order by created_at, workspace_id limit 1",
        &[],
    )?;
    found.map(|mut row| row.parse("workspace_id")).transpose()
}

/// The first site of the host's workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_host_site(tx: &mut Tx<'_>) -> Result<Option<HostSite>, StoreError> {
    let Some(workspace_id) = find_host_workspace(tx)? else {
        return Ok(None);
    };
    let found = tx.find(
        "select site_id, name from site
         where workspace_id = $1
         order by created_at, site_id
         limit 1",
        &[workspace_id.into()],
    )?;
    found
        .map(|mut row| {
            Ok(HostSite {
                workspace_id,
                site_id: row.parse("site_id")?,
                name: row.text("name")?,
            })
        })
        .transpose()
}

/// Whether there is such a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn has_workspace(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<bool, StoreError> {
    let query = "select created_at from workspace where workspace_id = $1";
    Ok(tx.find(query, &[workspace_id.into()])?.is_some())
}
