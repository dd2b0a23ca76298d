//! The ledger's entries and tree nodes in the database, one tree for each workspace.
//!
//! Why: an entry is appended in the transaction of the act it proves, under the workspace's row lock.
//! Must not know: who is behind a commitment.

use domain::WorkspaceId;
use ledger::{Entry, Hash, NodeReader};

use crate::{error::StoreError, tx::Tx, value::Value};

/// Reads stored nodes of one workspace's tree.
pub struct LedgerNodes<'a, 'tx> {
    tx: &'a mut Tx<'tx>,
    workspace_id: WorkspaceId,
}

impl<'a, 'tx> LedgerNodes<'a, 'tx> {
    /// The nodes of this workspace.
    pub fn new(tx: &'a mut Tx<'tx>, workspace_id: WorkspaceId) -> Self {
        Self { tx, workspace_id }
    }
}

impl NodeReader for LedgerNodes<'_, '_> {
    type Error = StoreError;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, StoreError> {
        let corrupt = StoreError::Corrupt {
            table: "ledger_node",
            column: "hash",
        };
        let found = self.tx.find(
            "select hash from ledger_node
             where workspace_id = $1 and level = $2 and node_index = $3",
            &[
                self.workspace_id.into(),
                i64::from(level).into(),
                signed(index).into(),
            ],
        )?;
        let bytes = found.ok_or_else(|| corrupt.clone())?.blob("hash")?;
        Ok(Hash(bytes.try_into().map_err(|_| corrupt)?))
    }
}

/// Appends an entry in the running transaction; its index.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn append_entry(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    entry: &Entry,
) -> Result<u64, StoreError> {
    let mut row = tx.get(
        "update workspace
         set ledger_size = ledger_size + 1
         where workspace_id = $1
         returning ledger_size",
        &[workspace_id.into()],
    )?;
    let index = unsigned(row.int("ledger_size")? - 1);
    let body = serde_json::to_string(entry).map_err(|_| StoreError::Corrupt {
        table: "ledger_entry",
        column: "body",
    })?;
    tx.execute(
        "insert into ledger_entry (workspace_id, entry_index, kind, body, created_at)
         values ($1, $2, $3, $4, $5)",
        &[
            workspace_id.into(),
            signed(index).into(),
            entry.kind.key().into(),
            body.into(),
            Value::Int(entry.at),
        ],
    )?;
    let nodes = ledger::append(index, entry.leaf(), &mut LedgerNodes::new(tx, workspace_id))?;
    for (level, node_index, hash) in nodes {
        tx.execute(
            "insert into ledger_node (workspace_id, level, node_index, hash)
             values ($1, $2, $3, $4)",
            &[
                workspace_id.into(),
                i64::from(level).into(),
                signed(node_index).into(),
                hash.0.as_slice().into(),
            ],
        )?;
    }
    Ok(index)
}

/// Number of entries of a workspace.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn ledger_size(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<u64, StoreError> {
    let query = "select ledger_size from workspace where workspace_id = $1";
    Ok(unsigned(
        tx.get(query, &[workspace_id.into()])?.int("ledger_size")?,
    ))
}

/// Entries from an index on, in order, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_entries(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    from: u64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let rows = tx.query(
        "select body from ledger_entry
         where workspace_id = $1 and entry_index >= $2
         order by entry_index
         limit $3",
        &[workspace_id.into(), signed(from).into(), Value::Int(limit)],
    )?;
    let corrupt = StoreError::Corrupt {
        table: "ledger_entry",
        column: "body",
    };
    rows.into_iter()
        .map(|mut row| serde_json::from_str(&row.text("body")?).map_err(|_| corrupt.clone()))
        .collect()
}

fn signed(index: u64) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

fn unsigned(index: i64) -> u64 {
    u64::try_from(index).unwrap_or(0)
}
