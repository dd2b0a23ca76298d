//! Where the two databases differ, each difference with its reason. Everything else is one SQL text.
//!
//! Must not know: tables and features.

/// Which database a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// The embedded database.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Replaces the type words of a migration.
    ///
    /// `{int}`: `bigint` fails in a STRICT table, `integer` is 32 bits in PostgreSQL. `{blob}`: names differ.
    /// `{text}`: PostgreSQL sorts by locale unless told `C`, SQLite by bytes: same order on both.
    /// `{strict}`: SQLite keeps types only when told.
    #[must_use]
    pub fn schema(self, sql: &str) -> String {
        let (int, blob, text, strict) = match self {
            Self::Sqlite => ("integer", "blob", "text", "strict"),
            Self::Postgres => ("bigint", "bytea", "text collate \"C\"", ""),
        };
        sql.replace("{int}", int)
            .replace("{blob}", blob)
            .replace("{text}", text)
            .replace("{strict}", strict)
    }

    /// Rewrites `$1` to `?1` for SQLite, which takes `$1` for a name and numbers names by appearance.
    #[must_use]
    pub fn statement(self, sql: &str) -> String {
        match self {
            Self::Sqlite => sql.replace('$', "?"),
            Self::Postgres => sql.to_owned(),
        }
    }
}
