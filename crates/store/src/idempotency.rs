//! Commands other than messages that a client may repeat: same key and request, same answer.
//!
//! Why here: the record is written in the transaction of the command it stands for.
//! Must not know: what the command did.

use domain::WorkspaceId;
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx};

/// A command under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentCommand {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Who sent it.
    pub actor_id: String,
    /// The key they gave.
    pub key: String,
    /// Hash of the request.
    pub request_hash: [u8; 32],
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownCommand {
    /// Never seen.
    New,
    /// The same request was carried out; the id of its result.
    Same(String),
    /// The key was used for another request.
    Other,
}

/// Looks a command up by its key.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_command(
    tx: &mut Tx<'_>,
    command: &IdempotentCommand,
) -> Result<KnownCommand, StoreError> {
    let found = tx.find(
        "select request_hash, result_id
         from idempotency
         where workspace_id = $1 and actor_id = $2 and key = $3",
        &[
            command.workspace_id.into(),
            command.actor_id.as_str().into(),
            command.key.as_str().into(),
        ],
    )?;
    let Some(mut row) = found else {
        return Ok(KnownCommand::New);
    };
    if row.blob("request_hash")? != command.request_hash {
        return Ok(KnownCommand::Other);
    }
    Ok(KnownCommand::Same(row.text("result_id")?))
}

/// Stores a command with the id of its result; `false` if the key was used before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn record_command(
    tx: &mut Tx<'_>,
    command: &IdempotentCommand,
    result_id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let created = tx.execute(
        "insert into idempotency (
             workspace_id, actor_id, key, request_hash, result_id, created_at
         )
         values ($1, $2, $3, $4, $5, $6)
         on conflict (workspace_id, actor_id, key) do nothing",
        &[
            command.workspace_id.into(),
            command.actor_id.as_str().into(),
            command.key.as_str().into(),
            command.request_hash.as_slice().into(),
            result_id.into(),
            now.into(),
        ],
    )?;
    Ok(created > 0)
}
