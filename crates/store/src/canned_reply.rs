//! Canned replies of a workspace.
//!
//! Must not know: what their variables mean.

use domain::{CannedReplyId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Row};

/// A canned reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedReply {
    /// Its id.
    pub canned_reply_id: CannedReplyId,
    /// The word after the slash.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// The text, with variables.
    pub body: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Stores a canned reply; `false` if the workspace has one with the shortcut.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_canned_reply(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    reply: &CannedReply,
) -> Result<bool, StoreError> {
    let created = tx.execute(
        "insert into canned_reply (
             workspace_id, canned_reply_id, shortcut, title, body, created_at, updated_at
         )
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (workspace_id, shortcut) do nothing",
        &[
            workspace_id.into(),
            reply.canned_reply_id.into(),
            reply.shortcut.as_str().into(),
            reply.title.as_str().into(),
            reply.body.as_str().into(),
            reply.updated_at.into(),
        ],
    )?;
    Ok(created > 0)
}

/// A canned reply; `None` if the workspace has no such one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_canned_reply(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    canned_reply_id: CannedReplyId,
) -> Result<Option<CannedReply>, StoreError> {
    let found = tx.find(
        "select canned_reply_id, shortcut, title, body, updated_at
         from canned_reply
         where workspace_id = $1 and canned_reply_id = $2",
        &[workspace_id.into(), canned_reply_id.into()],
    )?;
    found.map(read_canned_reply).transpose()
}

/// The canned reply with a shortcut; `None` if there is none.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_canned_reply_by_shortcut(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    shortcut: &str,
) -> Result<Option<CannedReply>, StoreError> {
    let found = tx.find(
        "select canned_reply_id, shortcut, title, body, updated_at
         from canned_reply
         where workspace_id = $1 and shortcut = $2",
        &[workspace_id.into(), shortcut.into()],
    )?;
    found.map(read_canned_reply).transpose()
}

/// The canned replies of a workspace in the order of their shortcuts, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_canned_replies(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<CannedReply>, StoreError> {
    let rows = tx.query(
        "select canned_reply_id, shortcut, title, body, updated_at
         from canned_reply
         where workspace_id = $1
         order by shortcut
         limit $2",
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_canned_reply).collect()
}

/// Canned replies of a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_canned_replies(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
) -> Result<usize, StoreError> {
    let count = tx
        .get(
            "select count(*) from canned_reply where workspace_id = $1",
            &[workspace_id.into()],
        )?
        .int("count")?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Replaces a canned reply.
///
/// # Errors
/// `Conflict` if another one has the shortcut; any [`StoreError`] of the database.
pub fn update_canned_reply(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    reply: &CannedReply,
) -> Result<(), StoreError> {
    tx.execute(
        "update canned_reply
         set shortcut = $3, title = $4, body = $5, updated_at = $6
         where workspace_id = $1 and canned_reply_id = $2",
        &[
            workspace_id.into(),
            reply.canned_reply_id.into(),
            reply.shortcut.as_str().into(),
            reply.title.as_str().into(),
            reply.body.as_str().into(),
            reply.updated_at.into(),
        ],
    )?;
    Ok(())
}

/// Deletes a canned reply; whether there was one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_canned_reply(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    canned_reply_id: CannedReplyId,
) -> Result<bool, StoreError> {
    let deleted = tx.execute(
        "delete from canned_reply where workspace_id = $1 and canned_reply_id = $2",
        &[workspace_id.into(), canned_reply_id.into()],
    )?;
    Ok(deleted > 0)
}

fn read_canned_reply(mut row: Row) -> Result<CannedReply, StoreError> {
    Ok(CannedReply {
        canned_reply_id: row.parse("canned_reply_id")?,
        shortcut: row.text("shortcut")?,
        title: row.text("title")?,
        body: row.text("body")?,
        updated_at: row.time("updated_at")?,
    })
}
