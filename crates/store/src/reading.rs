//! Readings of personal fields by personnel, as rows beside their ledger entries.
//!
//! Must not know: who is behind a person reference.

use domain::{AgentId, WorkspaceId};
use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// A reading to be stored: one per reader, person, purpose and slot.
#[derive(Debug, Clone)]
pub struct NewReading {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Keyed reference of the person.
    pub person_ref: [u8; 32],
    /// Who read.
    pub reader_id: AgentId,
    /// What for.
    pub purpose: &'static str,
    /// Number of the quarter of an hour since 1970.
    pub slot: i64,
    /// In which role.
    pub role: &'static str,
}

/// Who read a person, summed up.
#[derive(Debug, Clone)]
pub struct ReaderCount {
    /// Who read.
    pub reader_id: AgentId,
    /// In which role.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// Quarters of an hour with a reading.
    pub count: i64,
    /// The newest.
    pub last_at: Timestamp,
}

/// Whether this reading is stored already.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn has_reading(tx: &mut Tx<'_>, reading: &NewReading) -> Result<bool, StoreError> {
    let found = tx.find(
        "select slot from reading
         where workspace_id = $1 and person_ref = $2 and reader_id = $3 and purpose = $4
             and slot = $5",
        &[
            reading.workspace_id.into(),
            reading.person_ref.as_slice().into(),
            reading.reader_id.into(),
            reading.purpose.into(),
            reading.slot.into(),
        ],
    )?;
    Ok(found.is_some())
}

/// Stores a reading beside its ledger entry.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_reading(
    tx: &mut Tx<'_>,
    reading: &NewReading,
    ledger_index: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into reading (
             workspace_id, person_ref, reader_id, purpose, slot, role, ledger_index, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            reading.workspace_id.into(),
            reading.person_ref.as_slice().into(),
            reading.reader_id.into(),
            reading.purpose.into(),
            reading.slot.into(),
            reading.role.into(),
            i64::try_from(ledger_index).unwrap_or(i64::MAX).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Who read a person, newest first, at most 100.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_readers(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_ref: [u8; 32],
) -> Result<Vec<ReaderCount>, StoreError> {
    let rows = tx.query(
        "select reader_id, role, purpose, count(*), max(created_at)
         from reading
         where workspace_id = $1 and person_ref = $2
         group by reader_id, role, purpose
         order by max(created_at) desc
         limit 100",
        &[workspace_id.into(), person_ref.as_slice().into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ReaderCount {
                reader_id: row.parse("reader_id")?,
                role: row.text("role")?,
                purpose: row.text("purpose")?,
                count: row.int("count")?,
                last_at: row.time("last_at")?,
            })
        })
        .collect()
}

/// One reading of a person.
#[derive(Debug, Clone)]
pub struct ReadingRow {
    /// Who read.
    pub reader_id: AgentId,
    /// In which role.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// When.
    pub created_at: Timestamp,
}

/// Readings of a person, newest first, at most 100.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_readings(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_ref: [u8; 32],
) -> Result<Vec<ReadingRow>, StoreError> {
    let rows = tx.query(
        "select reader_id, role, purpose, created_at
         from reading
         where workspace_id = $1 and person_ref = $2
         order by created_at desc, reader_id, purpose
         limit 100",
        &[workspace_id.into(), person_ref.as_slice().into()],
    )?;
    rows.into_iter().map(|mut row| read(&mut row)).collect()
}

/// A reading with the reference of whom it was, and its entry.
#[derive(Debug, Clone)]
pub struct ReadingEntryRow {
    /// The reading.
    pub reading: ReadingRow,
    /// Keyed reference of the person.
    pub person_ref: [u8; 32],
    /// Its entry in the ledger.
    pub ledger_index: u64,
}

/// Where a page goes on: the time and the entry of the last one before it.
pub type ReadingCursor = (Timestamp, u64);

/// Everybody's readings, or those of one person, newest first; a page.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_all_readings(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_ref: Option<[u8; 32]>,
    (after, limit): (Option<ReadingCursor>, i64),
) -> Result<Vec<ReadingEntryRow>, StoreError> {
    let (at, index) = after.map_or((i64::MAX, i64::MAX), |(at, index)| {
        (at.micros(), i64::try_from(index).unwrap_or(i64::MAX))
    });
    let mut values = vec![
        workspace_id.into(),
        Value::Int(at),
        Value::Int(index),
        limit.into(),
    ];
    let rows = match person_ref {
        None => tx.query(
            "select person_ref, reader_id, role, purpose, created_at, ledger_index
             from reading
             where workspace_id = $1
                 and (created_at < $2 or (created_at = $2 and ledger_index < $3))
             order by created_at desc, ledger_index desc
             limit $4",
            &values,
        )?,
        Some(person_ref) => {
            values.push(person_ref.as_slice().into());
            tx.query(
                "select person_ref, reader_id, role, purpose, created_at, ledger_index
                 from reading
                 where workspace_id = $1 and person_ref = $5
                     and (created_at < $2 or (created_at = $2 and ledger_index < $3))
                 order by created_at desc, ledger_index desc
                 limit $4",
                &values,
            )?
        }
    };
    rows.into_iter()
        .map(|mut row| {
            let reference = row.blob("person_ref")?;
            Ok(ReadingEntryRow {
                reading: read(&mut row)?,
                person_ref: reference.try_into().map_err(|_| StoreError::Corrupt {
                    table: "reading",
                    column: "person_ref",
                })?,
                ledger_index: u64::try_from(row.int("ledger_index")?).unwrap_or(0),
            })
        })
        .collect()
}

fn read(row: &mut Row) -> Result<ReadingRow, StoreError> {
    Ok(ReadingRow {
        reader_id: row.parse("reader_id")?,
        role: row.text("role")?,
        purpose: row.text("purpose")?,
        created_at: row.time("created_at")?,
    })
}
