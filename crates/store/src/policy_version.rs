//! The log of policy versions: exact text, hash, dates; append only.
//!
//! Why the whole text: a version that ruled must be shown for ever (`/privacy/v/{n}`, clause 73), and the
//! predecessor rules until its successor's date.
//! Must not know: what a version says.

use policy::Timestamp;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// Versions read at once: more than a version a week for forty years.
const VERSIONS_MAX: i64 = 2_500;

/// A logged version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersionRow {
    /// Its number.
    pub version: i64,
    /// Hash of its exact bytes.
    pub hash: String,
    /// Its exact text.
    pub body: String,
    /// From when it rules.
    pub effective_at: Timestamp,
    /// Whether it changed something material.
    pub material: bool,
    /// When it was logged.
    pub logged_at: Timestamp,
    /// Its entry in the ledger of the host's workspace; none until there is one.
    pub ledger_index: Option<u64>,
}

/// A logged version without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyHead {
    /// Its number.
    pub version: i64,
    /// Hash of its exact bytes.
    pub hash: String,
    /// From when it rules.
    pub effective_at: Timestamp,
    /// Whether it changed something material.
    pub material: bool,
    /// When it was logged.
    pub logged_at: Timestamp,
    /// Its entry in the ledger of the host's workspace; none until there is one.
    pub ledger_index: Option<u64>,
}

/// Every logged version without its text, newest first: what a page lists.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_policy_heads(tx: &mut Tx<'_>) -> Result<Vec<PolicyHead>, StoreError> {
    let rows = tx.query(
        "select version, hash, effective_at, material, logged_at, ledger_index
         from policy_version
         order by version desc
         limit $1",
        &[VERSIONS_MAX.into()],
    )?;
    let head = |mut row: Row| {
        Ok(PolicyHead {
            version: row.int("version")?,
            hash: row.text("hash")?,
            effective_at: row.time("effective_at")?,
            material: row.flag("material")?,
            logged_at: row.time("logged_at")?,
            ledger_index: index(&mut row)?,
        })
    };
    rows.into_iter().map(head).collect()
}

/// Every logged version, oldest first.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_policy_versions(tx: &mut Tx<'_>) -> Result<Vec<PolicyVersionRow>, StoreError> {
    let rows = tx.query(
        "select version, hash, body, effective_at, material, logged_at, ledger_index
         from policy_version
         order by version
         limit $1",
        &[VERSIONS_MAX.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// One logged version.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_policy_version(
    tx: &mut Tx<'_>,
    version: i64,
) -> Result<Option<PolicyVersionRow>, StoreError> {
    let found = tx.find(
        "select version, hash, body, effective_at, material, logged_at, ledger_index
         from policy_version
         where version = $1",
        &[version.into()],
    )?;
    found.map(read).transpose()
}

/// The version that was logged last.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_newest_policy_version(tx: &mut Tx<'_>) -> Result<Option<PolicyVersionRow>, StoreError> {
    let found = tx.find(
        "select version, hash, body, effective_at, material, logged_at, ledger_index
         from policy_version
         order by version desc
         limit 1",
        &[],
    )?;
    found.map(read).transpose()
}

/// Logs a version. A number that is logged already is a conflict.
///
/// # Errors
/// `Conflict` if the number is taken, or any [`StoreError`] of the database.
pub fn create_policy_version(tx: &mut Tx<'_>, row: &PolicyVersionRow) -> Result<(), StoreError> {
    tx.execute(
        "insert into policy_version (version, hash, body, effective_at, material, logged_at)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            row.version.into(),
            row.hash.clone().into(),
            row.body.clone().into(),
            row.effective_at.into(),
            row.material.into(),
            row.logged_at.into(),
        ],
    )?;
    Ok(())
}

/// How many people stand on a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingCount {
    /// The version.
    pub version: i64,
    /// `visitor` or `agent`.
    pub kind: String,
    /// How many.
    pub persons: i64,
}

/// How many people of the installation stand on which version, newest first.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_standing(tx: &mut Tx<'_>) -> Result<Vec<StandingCount>, StoreError> {
    let rows = tx.query(
        "select policy_version, kind, count(*) as persons
         from person
         where state = 'active'
         group by policy_version, kind
         order by policy_version desc, kind
         limit $1",
        &[VERSIONS_MAX.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(StandingCount {
                version: row.int("policy_version")?,
                kind: row.text("kind")?,
                persons: row.int("persons")?,
            })
        })
        .collect()
}

/// Notes the ledger entry of a version.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_policy_version_entry(
    tx: &mut Tx<'_>,
    version: i64,
    ledger_index: u64,
) -> Result<(), StoreError> {
    tx.execute(
        "update policy_version set ledger_index = $2 where version = $1",
        &[
            version.into(),
            Value::Int(i64::try_from(ledger_index).unwrap_or(i64::MAX)),
        ],
    )?;
    Ok(())
}

fn read(mut row: Row) -> Result<PolicyVersionRow, StoreError> {
    Ok(PolicyVersionRow {
        version: row.int("version")?,
        hash: row.text("hash")?,
        body: row.text("body")?,
        effective_at: row.time("effective_at")?,
        material: row.flag("material")?,
        logged_at: row.time("logged_at")?,
        ledger_index: index(&mut row)?,
    })
}

fn index(row: &mut Row) -> Result<Option<u64>, StoreError> {
    let index = row.int_opt("ledger_index")?;
    Ok(index.map(|index| u64::try_from(index).unwrap_or(0)))
}
