//! Proof: receipts for people, signed over the ledger as it stands.
//!
//! Must not know: what the entries mean.

use domain::WorkspaceId;
use ledger::{Checkpoint, NoteKey, Receipt};
use store::LedgerNodes;

use crate::{App, error::AppError};

impl App {
    /// The name of a workspace's ledger.
    fn ledger_origin(&self, workspace_id: WorkspaceId) -> String {
        let host = self
            .settings
            .public_url
            .split("://")
            .last()
            .unwrap_or("chatham");
        format!("{host}/ledger/{workspace_id}")
    }

    /// The public key of a workspace's ledger, as published.
    ///
    /// # Errors
    /// `Internal` if the public address cannot stand in a key.
    pub fn ledger_key(&self, workspace_id: WorkspaceId) -> Result<NoteKey, AppError> {
        NoteKey::new(
            &self.ledger_origin(workspace_id),
            self.signing.verifying_key(),
        )
        .map_err(|error| AppError::Internal(error.to_string()))
    }

    /// The receipt of an entry: the entry, its proof, and a checkpoint signed now.
    ///
    /// # Errors
    /// `NotFound` if the ledger has no such entry; `Unavailable` if the database does not answer.
    pub async fn receipt(
        &self,
        workspace_id: WorkspaceId,
        index: u64,
    ) -> Result<Receipt, AppError> {
        let (entry, proof, size, root) = self
            .store
            .data
            .read(move |tx| {
                let size = store::ledger_size(tx, workspace_id)?;
                let entry = store::list_entries(tx, workspace_id, index, 1)?.pop();
                let mut nodes = LedgerNodes::new(tx, workspace_id);
                let proof = ledger::inclusion(index, size, &mut nodes)?;
                let root = ledger::root(size, &mut nodes)?;
                let (entry, proof) = entry.zip(proof).ok_or(AppError::NotFound)?;
                Ok::<_, AppError>((entry, proof, size, root))
            })
            .await?;
        let origin = self.ledger_origin(workspace_id);
        let checkpoint = Checkpoint {
            origin,
            size,
            root,
            at: self.now().micros(),
        };
        let signed = checkpoint.sign(&self.signing);
        Ok(Receipt::new(
            entry,
            index,
            proof,
            signed,
            &self.ledger_key(workspace_id)?,
        ))
    }
}
