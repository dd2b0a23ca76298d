//! What the public policy pages show beside the text: the exact bytes of a version, and the newest proof.
//!
//! Why public: whoever keeps a checkpoint can show later that an entry was altered or taken out (clauses 70, 73).
//! Must not know: HTML, HTTP.

use policy::Timestamp;
use store::LedgerNodes;

use crate::{App, error::AppError};

/// The state of the host's ledger, signed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProof {
    /// Entries in the ledger.
    pub entries: u64,
    /// Root hash of the tree, in hexadecimal digits.
    pub root: String,
    /// When it was signed.
    pub at: Timestamp,
    /// The checkpoint as a signed note (C2SP).
    pub note: String,
}

impl App {
    /// The newest proof: the host's ledger as it stands, signed now. None before there is a workspace.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn find_policy_proof(&self) -> Result<Option<PolicyProof>, AppError> {
        let read = |tx: &mut store::Tx<'_>| {
            let Some(workspace_id) = store::find_host_workspace(tx)? else {
                return Ok(None);
            };
            let size = store::ledger_size(tx, workspace_id)?;
            let root = ledger::root(size, &mut LedgerNodes::new(tx, workspace_id))?;
            Ok::<_, AppError>(Some((workspace_id, size, root)))
        };
        let found = self.store.data.read(read).await?;
        Ok(found.map(|(workspace_id, entries, root)| PolicyProof {
            entries,
            root: root.to_string(),
            at: self.now(),
            note: self.sign_checkpoint(workspace_id, entries, root),
        }))
    }

    /// The exact bytes of a published version, whether or not this build can read it.
    ///
    /// # Errors
    /// `NotFound` if there is none; `Unavailable` if the database does not answer.
    pub async fn get_policy_text(&self, version: i64) -> Result<String, AppError> {
        let found: Option<store::PolicyVersionRow> = self
            .store
            .data
            .read(move |tx| store::find_policy_version(tx, version))
            .await
            .map_err(AppError::from)?;
        Ok(found.ok_or(AppError::NotFound)?.body)
    }
}
