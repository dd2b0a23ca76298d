//! Reading the databases themselves: what is stored is asked of the database, not of the program.

use std::path::{Path, PathBuf};

use rusqlite::OpenFlags;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls};

use crate::folder::unique_name;

/// Names the PostgreSQL to use: a superuser's address of the maintenance database.
pub const POSTGRES_VARIABLE: &str = "CHATHAM_TEST_POSTGRES";

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// A server.
    Postgres,
}

/// The databases of one world.
pub enum Databases {
    /// Files in the data folder.
    Sqlite(PathBuf),
    /// Two databases on the tests' server, dropped with the value.
    Postgres(Box<PostgresPair>),
}

/// A database for the rows and one for the keys.
pub struct PostgresPair {
    server: Session,
    address: String,
    name: String,
}

impl Databases {
    /// Empty databases; `data` is the folder in which SQLite's will stand.
    #[must_use]
    pub fn make(engine: Engine, data: &Path) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(data.to_path_buf()),
            Engine::Postgres => Self::Postgres(Box::new(PostgresPair::make())),
        }
    }

    /// Environment variables that point the program at them.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres(pair) => vec![
                ("DATABASE_URL", pair.address_of("")),
                ("KEYS_DATABASE_URL", pair.address_of("_keys")),
            ],
        }
    }

    /// One whole number from the database of the rows.
    #[must_use]
    #[track_caller]
    pub fn number(&self, sql: &str) -> i64 {
        self.rows(sql)
            .first()
            .and_then(|row| row.first())
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("no whole number from: {sql}"))
    }

    /// All rows of a query as text; null is the empty text.
    #[must_use]
    #[track_caller]
    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        match self {
            Self::Sqlite(folder) => sqlite_rows(&sqlite_file(folder), sql),
            Self::Postgres(pair) => Session::open(&pair.address_of("")).rows(sql),
        }
    }

    /// The same from the database of the keys.
    #[must_use]
    #[track_caller]
    pub fn key_rows(&self, sql: &str) -> Vec<Vec<String>> {
        match self {
            Self::Sqlite(folder) => sqlite_rows(&folder.join("keys.db"), sql),
            Self::Postgres(pair) => Session::open(&pair.address_of("_keys")).rows(sql),
        }
    }

    /// Runs a statement behind the program's back: for planting what a story must find.
    #[track_caller]
    pub fn execute(&self, sql: &str) {
        match self {
            Self::Sqlite(folder) => {
                let connection = rusqlite::Connection::open(sqlite_file(folder));
                let connection = connection.expect("open the database");
                connection
                    .execute_batch(sql)
                    .unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
            Self::Postgres(pair) => {
                drop(Session::open(&pair.address_of("")).rows(sql));
            }
        }
    }

    /// Every table of the rows' database with its columns.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, String)> {
        let sql = match self {
            Self::Sqlite(_) => {
                "select m.name, c.name from sqlite_schema m, pragma_table_info(m.name) c \
                 where m.type = 'table' and m.name not like 'sqlite_%' order by 1, 2"
            }
            Self::Postgres(_) => {
                "select table_name, column_name from information_schema.columns \
                 where table_schema = 'public' order by 1, 2"
            }
        };
        self.rows(sql)
            .into_iter()
            .filter_map(|row| {
                let mut cells = row.into_iter();
                Some((cells.next()?, cells.next()?))
            })
            .collect()
    }

    /// Number of rows in each table.
    #[must_use]
    pub fn row_counts(&self) -> Vec<(String, i64)> {
        let mut tables: Vec<String> = self.columns().into_iter().map(|(table, _)| table).collect();
        tables.dedup();
        tables
            .into_iter()
            .map(|table| {
                let count = self.number(&format!("select count(*) from \"{table}\""));
                (table, count)
            })
            .collect()
    }

    /// Every value of every column, one after the other: what a byte search reads on PostgreSQL,
    /// beside the files of the server.
    #[must_use]
    pub fn dump(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut tables: Vec<String> = self.columns().into_iter().map(|(table, _)| table).collect();
        tables.dedup();
        for table in tables {
            let rows = self.rows(&format!("select * from \"{table}\""));
            let lines: Vec<String> = rows.into_iter().map(|row| row.join("\n")).collect();
            bytes.extend_from_slice(lines.join("\n").as_bytes());
        }
        bytes
    }
}

impl PostgresPair {
    fn make() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the test command passes the address so"
        )]
        let address = std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
            panic!(
                "{POSTGRES_VARIABLE} names no PostgreSQL: run `cargo xtask test --only stories`, \
                 or `cargo xtask postgres` beside this and take the address it prints"
            )
        });
        let server = Session::open(&address);
        let name = unique_name();
        for suffix in ["", "_keys"] {
            let sql = format!(
                "create database {name}{suffix} template template0 encoding 'UTF8' \
                 lc_collate 'C' lc_ctype 'C'"
            );
            drop(server.rows(&sql));
        }
        Self {
            server,
            address,
            name,
        }
    }

    fn address_of(&self, suffix: &str) -> String {
        let base = self
            .address
            .rsplit_once('/')
            .map_or(self.address.as_str(), |(base, _)| base);
        format!("{base}/{}{suffix}", self.name)
    }
}

impl Drop for PostgresPair {
    fn drop(&mut self) {
        for suffix in ["", "_keys"] {
            let sql = format!("drop database if exists {}{suffix} with (force)", self.name);
            if let Err(error) = self.server.try_rows(&sql) {
                eprintln!("cannot drop {}{suffix}: {error}", self.name);
            }
        }
    }
}

/// One connection to PostgreSQL, used from ordinary code.
struct Session {
    runtime: Runtime,
    client: Client,
}

impl Session {
    fn open(address: &str) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a small runtime");
        let (client, connection) = runtime
            .block_on(tokio_postgres::connect(address, NoTls))
            .unwrap_or_else(|error| panic!("connect to {address}: {error}"));
        runtime.spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("PostgreSQL ended a connection: {error}");
            }
        });
        Self { runtime, client }
    }

    #[track_caller]
    fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        self.try_rows(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    fn try_rows(&self, sql: &str) -> Result<Vec<Vec<String>>, tokio_postgres::Error> {
        let messages = self.runtime.block_on(self.client.simple_query(sql))?;
        Ok(messages
            .iter()
            .filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => Some(
                    (0..row.len())
                        .map(|index| row.get(index).unwrap_or_default().to_owned())
                        .collect(),
                ),
                _ => None,
            })
            .collect())
    }
}

fn sqlite_file(folder: &Path) -> PathBuf {
    folder.join("data.db")
}

#[track_caller]
fn sqlite_rows(file: &Path, sql: &str) -> Vec<Vec<String>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(file, flags)
        .unwrap_or_else(|error| panic!("open {}: {error}", file.display()));
    let mut statement = connection
        .prepare(sql)
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let width = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..width)
            .map(|index| row.get_ref(index).map(cell_text))
            .collect::<Result<Vec<_>, _>>()
    });
    rows.and_then(Iterator::collect)
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn cell_text(cell: rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match cell {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => crate::search::hexadecimal(bytes),
    }
}
