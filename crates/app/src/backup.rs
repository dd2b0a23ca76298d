//! Backups: two parts that are worth something only together, and restoring them without bringing back
//! anybody who was erased since.
//!
//! Why two: whoever finds the data has nothing readable, and a person's key outlives the person by no more
//! than the age of the oldest keys that are kept (`policy-spec` section 6).
//! Must not know: files, folders, passphrases; the binary opens and encrypts.

mod form;
mod keys;
mod restore;

use std::collections::BTreeMap;

use ledger::{Entry, EntryKind};
use policy::Timestamp;
use store::{
    Db, Store, StoreError, Value,
    backup::{DATA, ERASURE, KEYS, SUPPRESSION, WORKSPACE},
};
use thiserror::Error;

use form::PartWriter;
pub use form::{Head, Part, Sink, Source};
pub use keys::Keys;
pub use restore::{Copy, Restored, restore};

/// What is wrong with a backup, or with the place it is to go to.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BackupError {
    /// The database does not answer, or refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("cannot read or write the backup: {0}")]
    Io(String),
    /// A line is not of the form.
    #[error("line {line} of the backup cannot be used: {what}")]
    Malformed {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The end is missing.
    #[error("the backup is cut off: its end is missing")]
    CutOff,
    /// The hash at the end does not fit.
    #[error("the backup was altered or damaged: its hash does not fit its content")]
    Altered,
    /// Data and keys of different backups.
    #[error("the keys belong to another backup than the data")]
    OtherPair,
    /// The database is not of this program's version.
    #[error("the database has schema {found}, this program {known}: use the program it belongs to")]
    Database {
        /// Version found; 0 for no database at all.
        found: i64,
        /// Version this program knows.
        known: i64,
    },
    /// The backup is not of this program's version.
    #[error(
        "the backup has schema {found}, this program {known}: restore it with chatham {program}"
    )]
    Schema {
        /// Version found.
        found: i64,
        /// Version this program knows.
        known: i64,
        /// Version of the program that wrote it.
        program: String,
    },
    /// A table is not what this program knows.
    #[error("table {table} of the backup is not what this program knows")]
    Columns {
        /// Which table.
        table: &'static str,
    },
    /// There is something where the backup is to go.
    #[error("the database is in use: with --replace the backup takes its place")]
    InUse,
    /// The keys database belongs to another installation.
    #[error("the keys database holds other keys of its own: it belongs to another installation")]
    OtherInstallation,
    /// A person's row has no key though nobody erased them.
    #[error("the keys of {count} persons are missing or do not open")]
    KeysMissing {
        /// How many.
        count: u64,
    },
    /// The ledger's entries do not come to its root.
    #[error(
        "the ledger of workspace {workspace_id} is not whole: its entries do not come to its root"
    )]
    Ledger {
        /// Which workspace.
        workspace_id: String,
    },
}

impl From<std::io::Error> for BackupError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error.to_string())
    }
}

/// A part that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Rows in it.
    pub rows: u64,
    /// Hash of its content.
    pub sha256: String,
}

/// Writes the data part, as it is at one moment, while the server goes on.
///
/// # Errors
/// `Database` if the database is not of this program's version, `Io` if the sink refuses.
pub async fn write_data(
    store: &Store,
    sink: Box<dyn Sink>,
    program: &'static str,
    now: Timestamp,
) -> Result<Written, BackupError> {
    let write = move |tx: &mut store::Tx<'_>| {
        let schema = store::backup::schema_version(tx)?;
        let head = Head::new(Part::Data, schema, program, now);
        let mut part = PartWriter::new(sink, &head)?;
        DATA.iter().try_for_each(|table| part.table(tx, *table))?;
        let (rows, sha256) = part.finish()?;
        Ok(Written { rows, sha256 })
    };
    check_schema(&store.data, store::SCHEMA_DATA).await?;
    store.data.read(write).await
}

/// Writes the keys part, after the data part: a key made in between is one too many, never one too few.
/// It also holds the erasures so far, done and ordered, and the addresses that must not come back.
///
/// # Errors
/// As [`write_data`].
pub async fn write_keys(
    store: &Store,
    sink: Box<dyn Sink>,
    data: &Written,
    program: &'static str,
    now: Timestamp,
) -> Result<Written, BackupError> {
    check_schema(&store.keys, store::SCHEMA_KEYS).await?;
    let mut head = Head::new(Part::Keys, store::SCHEMA_KEYS, program, now);
    head.data_sha256 = Some(data.sha256.clone());
    let keys = move |tx: &mut store::Tx<'_>| {
        let mut part = PartWriter::new(sink, &head)?;
        KEYS.iter().try_for_each(|table| part.table(tx, *table))?;
        Ok::<_, BackupError>(part)
    };
    let mut part = store.keys.read(keys).await?;
    let erasures = move |tx: &mut store::Tx<'_>| {
        [ERASURE, SUPPRESSION]
            .iter()
            .try_for_each(|table| part.table(tx, *table))?;
        let (rows, sha256) = part.finish()?;
        Ok(Written { rows, sha256 })
    };
    store.data.read(erasures).await
}

/// Enters a backup into the ledger of every workspace, before it is written: so the copy holds its own
/// entry, and a ledger restored from it goes on from what was told.
///
/// # Errors
/// As [`write_data`].
pub async fn enter_backup(store: &Store, now: Timestamp) -> Result<(), BackupError> {
    check_schema(&store.data, store::SCHEMA_DATA).await?;
    let details = [("backup_at", now.micros().to_string())];
    let entry = Entry {
        at: now.micros(),
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
        kind: EntryKind::Backup,
        subject: None,
    };
    let enter = move |tx: &mut store::Tx<'_>| {
        let (columns, mut workspaces) = (["workspace_id".to_owned()], Vec::new());
        store::backup::read_rows(tx, WORKSPACE, &columns, |row| {
            if let [Value::Text(id)] = row.as_slice() {
                workspaces.push(id.parse().map_err(|_| BackupError::Altered)?);
            }
            Ok::<_, BackupError>(())
        })?;
        for workspace_id in workspaces {
            store::append_entry(tx, workspace_id, &entry)?;
        }
        Ok(())
    };
    store.data.write(enter).await
}

async fn check_schema(db: &Db, known: i64) -> Result<(), BackupError> {
    let found = db.read(store::backup::schema_version).await?;
    if found == known {
        Ok(())
    } else {
        Err(BackupError::Database { found, known })
    }
}

#[cfg(test)]
mod tests;
