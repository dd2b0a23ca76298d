//! Sendings: what left the installation about a person, to whom and what for, summed up by the day.
//!
//! Why two tables: one answers "who received this person's data" and goes with the person; the other counts
//! without persons, for the policy page.
//! Must not know: connections, plain text.

use domain::{PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Value};

const DAY_MICROS: i64 = 86_400 * 1_000_000;
/// Rows listed of one person.
const LISTED_MAX: i64 = 200;
/// Processors counted at once; more than a policy file has.
const PROCESSORS_MAX: i64 = 1_000;

/// A sending that is about to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSending {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Whom it is about.
    pub person_id: PersonId,
    /// Key of the processor in the policy file.
    pub processor: String,
    /// `name:port`.
    pub host: String,
    /// Key of the purpose.
    pub purpose: String,
    /// Keys of the categories, with a blank between two.
    pub categories: String,
    /// Version of the policy that let it out.
    pub policy_version: i64,
}

/// What a processor received about a person for a purpose, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingRow {
    /// Key of the processor in the policy file.
    pub processor: String,
    /// Key of the purpose.
    pub purpose: String,
    /// Keys of the categories, with a blank between two.
    pub categories: String,
    /// How often.
    pub sendings: i64,
    /// The first.
    pub first_at: Timestamp,
    /// The newest.
    pub last_at: Timestamp,
}

/// How much a processor received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendingCount {
    /// Key of the processor in the policy file.
    pub processor: String,
    /// How often.
    pub sendings: i64,
    /// The newest.
    pub last_at: Timestamp,
}

/// Records a sending. Written before the first byte leaves.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn record_sending(
    tx: &mut Tx<'_>,
    sending: &NewSending,
    now: Timestamp,
) -> Result<(), StoreError> {
    let day = now.micros() / DAY_MICROS;
    tx.execute(
        "insert into sending (
             workspace_id, person_id, processor, host, purpose, day, categories, sendings,
             policy_version, first_at, last_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $9)
         on conflict (workspace_id, person_id, processor, host, purpose, day) do update
         set sendings = sending.sendings + 1, last_at = excluded.last_at,
             policy_version = excluded.policy_version,
             categories = case
                 when length(excluded.categories) > length(sending.categories)
                     then excluded.categories
                 else sending.categories
             end",
        &[
            sending.workspace_id.into(),
            sending.person_id.into(),
            sending.processor.as_str().into(),
            sending.host.as_str().into(),
            sending.purpose.as_str().into(),
            day.into(),
            sending.categories.as_str().into(),
            sending.policy_version.into(),
            now.into(),
        ],
    )?;
    count_sending(tx, sending.workspace_id, &sending.processor, now)
}

/// Counts a sending that is about nobody any more.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_sending(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    processor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into sending_count (workspace_id, processor, day, sendings, last_at)
         values ($1, $2, $3, 1, $4)
         on conflict (workspace_id, processor, day) do update
         set sendings = sending_count.sendings + 1, last_at = excluded.last_at",
        &[
            workspace_id.into(),
            processor.into(),
            (now.micros() / DAY_MICROS).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Who received a person's data and what for, newest first, at most 200.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_sendings(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Vec<SendingRow>, StoreError> {
    let rows = tx.query(
        "select processor, purpose, categories, cast(sum(sendings) as bigint), min(first_at), max(last_at)
         from sending
         where workspace_id = $1 and person_id = $2
         group by processor, purpose, categories
         order by max(last_at) desc, processor, purpose, categories
         limit $3",
        &[workspace_id.into(), person_id.into(), LISTED_MAX.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(SendingRow {
                processor: row.text("processor")?,
                purpose: row.text("purpose")?,
                categories: row.text("categories")?,
                sendings: row.int("sendings")?,
                first_at: row.time("first_at")?,
                last_at: row.time("last_at")?,
            })
        })
        .collect()
}

/// How much each processor received since a time, over all workspaces: the policy is the installation's.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_sendings_since(
    tx: &mut Tx<'_>,
    since: Timestamp,
) -> Result<Vec<SendingCount>, StoreError> {
    let rows = tx.query(
        "select processor, cast(sum(sendings) as bigint), max(last_at)
         from sending_count
         where day >= $1
         group by processor
         order by processor
         limit $2",
        &[(since.micros() / DAY_MICROS).into(), PROCESSORS_MAX.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(SendingCount {
                processor: row.text("processor")?,
                sendings: row.int("sendings")?,
                last_at: row.time("last_at")?,
            })
        })
        .collect()
}

/// Deletes what stands about a person; how many rows.
pub(crate) fn delete_sendings(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "delete from sending where workspace_id = $1 and person_id = $2",
        key,
    )
}
