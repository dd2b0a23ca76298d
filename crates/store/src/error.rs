//! What can go wrong between the program and its database.

use thiserror::Error;

/// A failure of the store. Absence is `None`, never an error.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// A unique or foreign key was violated.
    #[error("conflict in the database: {0}")]
    Conflict(String),
    /// The database cannot be reached or is overloaded; trying again may help.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The disk is full; nothing was written.
    #[error("disk full")]
    Full,
    /// A stored value is not what the schema promises.
    #[error("corrupt value in {table}.{column}")]
    Corrupt {
        /// Table of the value.
        table: &'static str,
        /// Column of the value.
        column: &'static str,
    },
    /// The database was written by a newer program.
    #[error("the database has schema {found}, this program knows {known}: start the newer program")]
    TooNew {
        /// Version found.
        found: i64,
        /// Version this program knows.
        known: i64,
    },
    /// The statement or the migration is wrong: a defect.
    #[error("database refused a statement: {0}")]
    Statement(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, ConstraintViolation, DatabaseBusy, DatabaseLocked, DiskFull,
            SystemIoFailure,
        };
        match error.sqlite_error_code() {
            Some(ConstraintViolation) => Self::Conflict(error.to_string()),
            Some(DiskFull) => Self::Full,
            Some(DatabaseBusy | DatabaseLocked | CannotOpen | SystemIoFailure) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Statement(error.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.as_db_error() else {
            return Self::Unavailable(error.to_string());
        };
        let text = format!("{} {}", state.code().code(), state.message());
        match state.code().code() {
            code if code.starts_with("23") => Self::Conflict(text),
            "53100" => Self::Full,
            code if code.starts_with("08")
                || code.starts_with("40")
                || code.starts_with("53")
                || code.starts_with("57") =>
            {
                Self::Unavailable(text)
            }
            _ => Self::Statement(text),
        }
    }
}
