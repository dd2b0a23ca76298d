//! Commands of the console that make something and may be sent again under a key: the same request gives the same
//! thing, another request under the key is refused. The record is written in the command's own transaction.
//!
//! Must not know: HTTP. Messages have ids of their own for this.

use std::str::FromStr;

use domain::IdempotencyKey;
use policy::Timestamp;
use store::{IdempotentCommand, KnownCommand, Tx};

use crate::{App, actor::Agent, error::AppError};

/// A command, under its key if the client gave one.
pub(crate) struct Command(Option<IdempotentCommand>);

impl App {
    /// A command of an agent; `words` are all that makes it this command and no other.
    ///
    /// Why a keyed hash: the words may hold an address, and a plain hash of one can be guessed back.
    pub(crate) fn command(
        &self,
        agent: &Agent,
        key: Option<&IdempotencyKey>,
        words: &[&str],
    ) -> Command {
        Command(key.map(|key| IdempotentCommand {
            workspace_id: agent.workspace_id,
            actor_id: agent.agent_id.to_string(),
            key: key.as_str().to_owned(),
            // NUL stands in no word: it is refused or cut off before.
            request_hash: self.login.blind_index(&words.join("\0")),
        }))
    }
}

impl Command {
    /// Id of what the command made before, if it was carried out.
    ///
    /// # Errors
    /// `idempotency_conflict` if the key was used for another request; those of the database.
    pub(crate) fn find_result<Id: FromStr>(&self, tx: &mut Tx<'_>) -> Result<Option<Id>, AppError> {
        let Some(command) = &self.0 else {
            return Ok(None);
        };
        match store::find_command(tx, command)? {
            KnownCommand::New => Ok(None),
            KnownCommand::Same(id) => id.parse().map(Some).map_err(|_| {
                AppError::Internal("idempotency.result_id is no id of its kind".to_owned())
            }),
            KnownCommand::Other => Err(AppError::conflict(
                "idempotency_conflict",
                "this key was used for another request",
            )),
        }
    }

    /// Notes what the command made.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn record(
        &self,
        tx: &mut Tx<'_>,
        result_id: &impl ToString,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if let Some(command) = &self.0 {
            store::record_command(tx, command, &result_id.to_string(), now)?;
        }
        Ok(())
    }
}
