//! A running transaction: the only way to a row.
//!
//! Must not know: features, and whether the caller reads or writes.

use std::collections::HashMap;

use tokio_postgres::{Client, Statement, types::ToSql};

use crate::{
    dialect::Dialect,
    error::StoreError,
    value::{Row, Value},
};

/// What a committed unit tells the streams: something new in a workspace, perhaps about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Workspace of the event.
    pub workspace_id: domain::WorkspaceId,
    /// Person the event is about, if any: their streams are woken too.
    pub person_id: Option<domain::PersonId>,
    /// Number of the event in its workspace.
    pub event_id: i64,
}

/// A connection to PostgreSQL, driven by the thread that owns it.
pub(crate) struct PgSession {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl PgSession {
    pub(crate) fn new(runtime: tokio::runtime::Runtime, client: Client) -> Self {
        Self {
            runtime,
            client,
            statements: HashMap::new(),
        }
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    fn query_built(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let parameters = parameters(values);
        let rows = self.runtime.block_on(self.client.query(sql, &parameters))?;
        rows.iter().map(postgres_row).collect()
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.runtime.block_on(self.client.prepare(sql))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// A connection to one of the two databases.
pub(crate) enum Session {
    Sqlite(rusqlite::Connection),
    Postgres(Box<PgSession>),
}

impl Session {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs statements without parameters and without an answer.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// Whether the connection is lost and must be opened again.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(session) => session.client.is_closed(),
        }
    }
}

/// A running transaction.
pub struct Tx<'a> {
    session: &'a mut Session,
    pub(crate) announcements: Vec<Announcement>,
    /// A failure that took the whole transaction with it (disk full, connection lost).
    pub(crate) fatal: Option<StoreError>,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(session: &'a mut Session) -> Self {
        Self {
            session,
            announcements: Vec::new(),
            fatal: None,
        }
    }

    /// Wakes the streams after the commit.
    pub fn announce(&mut self, announcement: Announcement) {
        self.announcements.push(announcement);
    }

    /// Runs a statement; the number of rows it changed.
    ///
    /// # Errors
    /// Any [`StoreError`] of the database.
    pub fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        let changed = self.run_execute(sql, values);
        self.watch(changed)
    }

    fn run_execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        match self.session {
            Session::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(&Dialect::Sqlite.statement(sql))?;
                let changed = statement.execute(rusqlite::params_from_iter(values))?;
                Ok(changed as u64)
            }
            Session::Postgres(session) => {
                let statement = session.statement(sql)?;
                let parameters = parameters(values);
                let run = session.client.execute(&statement, &parameters);
                Ok(session.runtime.block_on(run)?)
            }
        }
    }

    /// Runs a query; all rows of the answer. Every query is bounded by its own `limit`.
    ///
    /// # Errors
    /// Any [`StoreError`] of the database.
    pub fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let rows = self.run_query(sql, values);
        self.watch(rows)
    }

    fn run_query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self.session {
            Session::Sqlite(connection) => query_sqlite(connection, sql, values),
            Session::Postgres(session) => {
                let statement = session.statement(sql)?;
                let parameters = parameters(values);
                let run = session.client.query(&statement, &parameters);
                let rows = session.runtime.block_on(run)?;
                rows.iter().map(postgres_row).collect()
            }
        }
    }

    fn watch<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error @ (StoreError::Full | StoreError::Unavailable(_))) = &outcome {
            self.fatal = Some(error.clone());
        }
        outcome
    }

    /// Runs a query for at most one row.
    ///
    /// # Errors
    /// Any [`StoreError`] of the database.
    pub fn find(&mut self, sql: &'static str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// Runs a query that always has a row, such as a count.
    ///
    /// # Errors
    /// `Statement` if there is none, or any [`StoreError`] of the database.
    pub fn get(&mut self, sql: &'static str, values: &[Value]) -> Result<Row, StoreError> {
        self.find(sql, values)?
            .ok_or_else(|| StoreError::Statement(format!("no row: {sql}")))
    }

    /// Runs a query whose text was built from the live schema's own names (whole tables, for a backup).
    pub(crate) fn query_built(
        &mut self,
        sql: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let rows = match self.session {
            Session::Sqlite(connection) => query_sqlite(connection, sql, values),
            Session::Postgres(session) => session.query_built(sql, values),
        };
        self.watch(rows)
    }

    /// Runs the statements of a migration.
    pub(crate) fn schema(&mut self, sql: &str) -> Result<(), StoreError> {
        let text = self.session.dialect().schema(sql);
        self.session.batch(&text)
    }

    /// Which database this is, for the few texts that cannot be shared (with the reason beside them).
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.session.dialect()
    }
}

fn parameters(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

fn query_sqlite(
    connection: &rusqlite::Connection,
    sql: &str,
    values: &[Value],
) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(&Dialect::Sqlite.statement(sql))?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut answer = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..columns)
            .map(|at| sqlite_value(row, at))
            .collect::<Result<_, _>>()?;
        answer.push(Row::new(values));
    }
    Ok(answer)
}

fn sqlite_value(row: &rusqlite::Row<'_>, at: usize) -> Result<Value, StoreError> {
    use rusqlite::types::ValueRef;
    match row.get_ref(at)? {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(value) => Ok(Value::Int(value)),
        ValueRef::Text(value) => Ok(Value::Text(String::from_utf8_lossy(value).into_owned())),
        ValueRef::Blob(value) => Ok(Value::Blob(value.to_vec())),
        ValueRef::Real(_) => Err(StoreError::Corrupt {
            table: "answer",
            column: "real",
        }),
    }
}

fn postgres_row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    use tokio_postgres::types::Type;
    let mut values = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let value = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(at)?.map(i64::from).into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(at)?.into(),
            Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(at)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at)?.into(),
            _ => {
                return Err(StoreError::Corrupt {
                    table: "answer",
                    column: "type",
                });
            }
        };
        values.push(value);
    }
    Ok(Row::new(values))
}
