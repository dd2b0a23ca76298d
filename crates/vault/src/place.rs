//! Where a sealed value stands. Bound into the seal, so that a value moved to another row, column or
//! workspace does not open.
//!
//! Must not know: SQL.

use crate::mac;

/// The one place where a sealed value opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Id of the workspace, text form.
    pub workspace: &'a str,
    /// Name of the table.
    pub table: &'static str,
    /// Name of the column.
    pub column: &'static str,
    /// Id of the row, text form.
    pub row: &'a str,
}

impl Place<'_> {
    /// Bytes that differ for any two places, and for any two labels.
    pub(crate) fn encode(&self, label: &'static str) -> Vec<u8> {
        mac::encode(
            label,
            &[
                self.workspace.as_bytes(),
                self.table.as_bytes(),
                self.column.as_bytes(),
                self.row.as_bytes(),
            ],
        )
    }
}
