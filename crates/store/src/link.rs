//! Links that work once: known by the hash of their token, marked used in the transaction that acts on it.
//!
//! Must not know: tokens, addresses.

use domain::{LinkKind, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Row};

/// A link to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Hash of the token.
    pub token_hash: [u8; 32],
    /// What it does.
    pub kind: LinkKind,
    /// Id of what it acts on: workspace, agent, visitor or conversation.
    pub subject_id: String,
    /// The person it was made for, if one.
    pub person_id: Option<PersonId>,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// What a link acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Id of what it acts on.
    pub subject_id: String,
    /// The person it was made for, if one.
    pub person_id: Option<PersonId>,
}

/// Stores a link.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_link(tx: &mut Tx<'_>, link: &NewLink, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "insert into link (
             workspace_id, token_hash, kind, subject_id, person_id, expires_at, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7)",
        &[
            link.workspace_id.into(),
            link.token_hash.as_slice().into(),
            link.kind.key().into(),
            link.subject_id.as_str().into(),
            link.person_id.into(),
            link.expires_at.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Uses a link up; `None` if it is unknown, of another kind, expired or used. The update decides, so two
/// takers at once cannot both win.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn take_link(
    tx: &mut Tx<'_>,
    kind: LinkKind,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    let found = tx.find(
        "update link
         set used_at = $3
         where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3
         returning workspace_id, subject_id, person_id",
        &[token_hash.as_slice().into(), kind.key().into(), now.into()],
    )?;
    found.map(read_link).transpose()
}

/// What a link that still works acts on, without using it up; `None` as for [`take_link`].
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_link(
    tx: &mut Tx<'_>,
    kind: LinkKind,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    let found = tx.find(
        "select workspace_id, subject_id, person_id
         from link
         where token_hash = $1 and kind = $2 and used_at is null and expires_at > $3",
        &[token_hash.as_slice().into(), kind.key().into(), now.into()],
    )?;
    found.map(read_link).transpose()
}

/// Deletes the links of one kind for one subject: a newer one takes their place, or they are withdrawn.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_links(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    kind: LinkKind,
    subject_id: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "delete from link where workspace_id = $1 and kind = $2 and subject_id = $3",
        &[workspace_id.into(), kind.key().into(), subject_id.into()],
    )?;
    Ok(())
}

fn read_link(mut row: Row) -> Result<Link, StoreError> {
    Ok(Link {
        workspace_id: row.parse("workspace_id")?,
        subject_id: row.text("subject_id")?,
        person_id: row.parse_opt("person_id")?,
    })
}
