//! Proof: receipts for people, signed over the ledger as it stands.
//!
//! Must not know: what the entries mean.

use domain::WorkspaceId;
use ledger::{Bundle, Checkpoint, Entry, Hash, NoteKey, Receipt};
use store::LedgerNodes;

use crate::{App, error::AppError};

/// Entries read at once.
pub(crate) const ENTRIES_PAGE: i64 = 1_000;
/// Most entries of one file.
pub(crate) const BUNDLE_ENTRIES_MAX: u64 = 1_000_000;

impl App {
    /// The name of a workspace's ledger.
    pub(crate) fn ledger_origin(&self, workspace_id: WorkspaceId) -> String {
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

    /// The whole ledger of a workspace with a checkpoint signed now, and with older signed checkpoints that
    /// were handed out: whoever reads it can tell that they are a beginning of it.
    ///
    /// # Errors
    /// `NotFound` if there is no such workspace, `Conflict` past a million entries; `Unavailable` if the
    /// database does not answer.
    pub async fn ledger_bundle(
        &self,
        workspace_id: WorkspaceId,
        older: Vec<String>,
    ) -> Result<Bundle, AppError> {
        let read = move |tx: &mut store::Tx<'_>| {
            if !store::has_workspace(tx, workspace_id)? {
                return Err(AppError::NotFound);
            }
            let size = store::ledger_size(tx, workspace_id)?;
            if size > BUNDLE_ENTRIES_MAX {
                let detail = format!("the ledger has {size} entries: too many for one file");
                return Err(AppError::conflict("ledger_too_large", detail));
            }
            let entries = read_entries(tx, workspace_id, size)?;
            let root = ledger::root(size, &mut LedgerNodes::new(tx, workspace_id))?;
            Ok((entries, size, root))
        };
        let (entries, size, root) = self.store.data.read(read).await?;
        let note = self.sign_checkpoint(workspace_id, size, root);
        Ok(Bundle::new(
            entries,
            note,
            older,
            &self.ledger_key(workspace_id)?,
        ))
    }

    pub(crate) fn sign_checkpoint(
        &self,
        workspace_id: WorkspaceId,
        size: u64,
        root: Hash,
    ) -> String {
        let checkpoint = Checkpoint {
            origin: self.ledger_origin(workspace_id),
            size,
            root,
            at: self.now().micros(),
        };
        checkpoint.sign(&self.signing)
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
                let proof = proof.map(as_the_rule_says);
                let (entry, proof) = entry.zip(proof).ok_or(AppError::NotFound)?;
                Ok::<_, AppError>((entry, proof, size, root))
            })
            .await?;
        let signed = self.sign_checkpoint(workspace_id, size, root);
        Ok(Receipt::new(
            entry,
            index,
            proof,
            signed,
            &self.ledger_key(workspace_id)?,
        ))
    }
}

/// All entries of a ledger, in order.
fn read_entries(
    tx: &mut store::Tx<'_>,
    workspace_id: WorkspaceId,
    size: u64,
) -> Result<Vec<Entry>, AppError> {
    let mut entries = Vec::new();
    while (entries.len() as u64) < size {
        let from = entries.len() as u64;
        let page = store::list_entries(tx, workspace_id, from, ENTRIES_PAGE)?;
        if page.is_empty() {
            let what = format!("entry {from} of a ledger is missing");
            return Err(AppError::Internal(what));
        }
        entries.extend(page);
    }
    Ok(entries)
}

/// A proof, or none where the rule of clause 70 is taken out.
fn as_the_rule_says(proof: Vec<Hash>) -> Vec<Hash> {
    if policy::rule::is_off(70) {
        return Vec::new();
    }
    proof
}
