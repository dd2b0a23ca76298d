//! Migrations: one list for both databases, applied in order, never edited once released.
//!
//! Must not know: what the tables are for.

use crate::{error::StoreError, tx::Tx, value::Value};

/// A migration: its number and its text with the words of `dialect.rs`.
pub(crate) type Migration = (i64, &'static str);

pub(crate) const DATA: &[Migration] = &[
    (1, include_str!("../migrations/data/0001_base.sql")),
    (20, include_str!("../migrations/data/0020_notice.sql")),
    (30, include_str!("../migrations/data/0030_request.sql")),
    (40, include_str!("../migrations/data/0040_hold.sql")),
    (70, include_str!("../migrations/data/0070_unread.sql")),
    (80, include_str!("../migrations/data/0080_intake.sql")),
    (140, include_str!("../migrations/data/0140_egress.sql")),
    (150, include_str!("../migrations/data/0150_child.sql")),
    (160, include_str!("../migrations/data/0160_incident.sql")),
    (180, include_str!("../migrations/data/0180_disclosure.sql")),
    (
        200,
        include_str!("../migrations/data/0200_privacy_check.sql"),
    ),
    (
        210,
        include_str!("../migrations/data/0210_subscription.sql"),
    ),
];
pub(crate) const KEYS: &[Migration] = &[(1, include_str!("../migrations/keys/0001_base.sql"))];

/// The newest schema of the data database that this program knows.
pub const SCHEMA_DATA: i64 = newest(DATA);
/// The newest schema of the keys database that this program knows.
pub const SCHEMA_KEYS: i64 = newest(KEYS);

const VERSIONS: &str = "
    create table if not exists schema_version (
        version {int} not null primary key,
        applied_at {int} not null
    ) {strict}";

const fn newest(migrations: &[Migration]) -> i64 {
    match migrations.last() {
        Some((version, _)) => *version,
        None => 0,
    }
}

/// Brings a database to the newest schema.
///
/// # Errors
/// `TooNew` if a newer program wrote it, or any error of the database.
pub(crate) fn run(
    tx: &mut Tx<'_>,
    migrations: &'static [Migration],
    now: policy::Timestamp,
) -> Result<(), StoreError> {
    tx.schema(VERSIONS)?;
    let mut row = tx.get("select coalesce(max(version), 0) from schema_version", &[])?;
    let found = row.int("version")?;
    let known = migrations.last().map_or(0, |(version, _)| *version);
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (version, sql) in migrations.iter().filter(|(version, _)| *version > found) {
        tx.schema(sql)?;
        tx.execute(
            "insert into schema_version (version, applied_at) values ($1, $2)",
            &[Value::Int(*version), now.into()],
        )?;
    }
    Ok(())
}
