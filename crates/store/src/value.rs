//! The three types both databases share, and rows of them.
//!
//! Must not know: which database answers.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::error::StoreError;

/// A value of a column: integer, text, bytes or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL null.
    Null,
    /// `integer` / `bigint`.
    Int(i64),
    /// `text`.
    Text(String),
    /// `blob` / `bytea`.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}
impl From<policy::Timestamp> for Value {
    fn from(value: policy::Timestamp) -> Self {
        Self::Int(value.micros())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.to_vec())
    }
}
impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! from_ids {
    ($($name:ident),+) => {$(
        impl From<domain::$name> for Value {
            fn from(value: domain::$name) -> Self {
                Self::Text(value.to_string())
            }
        }
    )+};
}
from_ids!(
    WorkspaceId,
    SiteId,
    PersonId,
    VisitorId,
    ConversationId,
    MessageId,
    AgentId,
    CannedReplyId,
    SessionId,
    JobId,
    ConsentId,
    RequestId,
    HoldId,
    WebhookId,
    IncidentId,
    DisclosureId,
    ClientMessageId
);

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *kind == Type::INT4 => i32::try_from(*value)?.to_sql(kind, out),
            Self::Int(value) => value.to_sql(kind, out),
            Self::Text(value) => value.to_sql(kind, out),
            Self::Blob(value) => value.as_slice().to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT4 | Type::INT8 | Type::TEXT | Type::VARCHAR | Type::BYTEA
        )
    }

    to_sql_checked!();
}

/// One row of an answer; columns are taken by position, left to right.
#[derive(Debug)]
pub struct Row {
    values: std::vec::IntoIter<Value>,
    table: &'static str,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self {
            values: values.into_iter(),
            table: "answer",
        }
    }

    /// All columns, left to right.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values.collect()
    }

    /// The next column as an integer.
    ///
    /// # Errors
    /// `Corrupt` if it is null or of another type.
    pub fn int(&mut self, column: &'static str) -> Result<i64, StoreError> {
        self.int_opt(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// The next column as an integer or null.
    ///
    /// # Errors
    /// `Corrupt` if it is of another type.
    pub fn int_opt(&mut self, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self.values.next() {
            Some(Value::Int(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }

    /// The next column as text.
    ///
    /// # Errors
    /// `Corrupt` if it is null or of another type.
    pub fn text(&mut self, column: &'static str) -> Result<String, StoreError> {
        self.text_opt(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// The next column as text or null.
    ///
    /// # Errors
    /// `Corrupt` if it is of another type.
    pub fn text_opt(&mut self, column: &'static str) -> Result<Option<String>, StoreError> {
        match self.values.next() {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }

    /// The next column as bytes.
    ///
    /// # Errors
    /// `Corrupt` if it is null or of another type.
    pub fn blob(&mut self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.blob_opt(column)?.ok_or_else(|| self.corrupt(column))
    }

    /// The next column as bytes or null.
    ///
    /// # Errors
    /// `Corrupt` if it is of another type.
    pub fn blob_opt(&mut self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.values.next() {
            Some(Value::Blob(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.corrupt(column)),
        }
    }

    /// The next column as a flag (0 or 1).
    ///
    /// # Errors
    /// `Corrupt` if it is null or of another type.
    pub fn flag(&mut self, column: &'static str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// The next column as a time.
    ///
    /// # Errors
    /// `Corrupt` if it is null or of another type.
    pub fn time(&mut self, column: &'static str) -> Result<policy::Timestamp, StoreError> {
        self.int(column).map(policy::Timestamp)
    }

    /// The next column as a time or null.
    ///
    /// # Errors
    /// `Corrupt` if it is of another type.
    pub fn time_opt(
        &mut self,
        column: &'static str,
    ) -> Result<Option<policy::Timestamp>, StoreError> {
        Ok(self.int_opt(column)?.map(policy::Timestamp))
    }

    /// The next column as an id or another type with a text form.
    ///
    /// # Errors
    /// `Corrupt` if it is null or does not parse.
    pub fn parse<T: std::str::FromStr>(&mut self, column: &'static str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| self.corrupt(column))
    }

    /// The next column as an id or another type with a text form, or null.
    ///
    /// # Errors
    /// `Corrupt` if it does not parse.
    pub fn parse_opt<T: std::str::FromStr>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.text_opt(column)? else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| self.corrupt(column))
    }

    /// The next column as a sealed field.
    ///
    /// # Errors
    /// `Corrupt` if it is null or of another type.
    pub fn sealed<C: policy::DataCategory>(
        &mut self,
        column: &'static str,
    ) -> Result<vault::Sealed<C>, StoreError> {
        Ok(vault::Sealed::from_bytes(self.blob(column)?))
    }

    /// The next column as a sealed field or null.
    ///
    /// # Errors
    /// `Corrupt` if it is of another type.
    pub fn sealed_opt<C: policy::DataCategory>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<vault::Sealed<C>>, StoreError> {
        Ok(self.blob_opt(column)?.map(vault::Sealed::from_bytes))
    }

    fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column,
        }
    }
}

impl<C: policy::DataCategory> From<vault::Sealed<C>> for Value {
    fn from(value: vault::Sealed<C>) -> Self {
        Self::Blob(value.as_bytes().to_vec())
    }
}

impl<C: policy::DataCategory> From<&vault::Sealed<C>> for Value {
    fn from(value: &vault::Sealed<C>) -> Self {
        Self::Blob(value.as_bytes().to_vec())
    }
}
