//! Letters that came in by mail: which ones were taken.
//!
//! Must not know: what a letter says, IMAP.

use domain::WorkspaceId;
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx};

/// Notes that a letter is taken; `false` if it was before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn note_letter(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    letter_hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let noted = tx.execute(
        "insert into intake_seen (workspace_id, letter_hash, created_at)
         values ($1, $2, $3)
         on conflict (workspace_id, letter_hash) do nothing",
        &[
            workspace_id.into(),
            letter_hash.as_slice().into(),
            now.into(),
        ],
    )?;
    Ok(noted > 0)
}
