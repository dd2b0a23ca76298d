//! Which visitor a token belongs to. Tokens are stored as hashes only.

use domain::{PersonId, SiteId, VisitorId, WorkspaceId};

use crate::{error::StoreError, tx::Tx};

/// The visitor behind a token.
#[derive(Debug, Clone, Copy)]
pub struct VisitorIdentity {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Site.
    pub site_id: SiteId,
    /// Browser.
    pub visitor_id: VisitorId,
    /// Data subject.
    pub person_id: PersonId,
}

/// The visitor with this token, unless they are erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_visitor_identity(
    tx: &mut Tx<'_>,
    token_hash: &[u8],
) -> Result<Option<VisitorIdentity>, StoreError> {
    let found = tx.find(
        "select v.workspace_id, v.site_id, v.visitor_id, v.person_id
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.token_hash = $1 and p.state = 'active'",
        &[token_hash.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(VisitorIdentity {
        workspace_id: row.parse("workspace_id")?,
        site_id: row.parse("site_id")?,
        visitor_id: row.parse("visitor_id")?,
        person_id: row.parse("person_id")?,
    }))
}
