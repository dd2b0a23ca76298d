//! Whole tables, out and in: what a backup holds of the two databases.
//!
//! Why rows and not files: a copied database file carries freed pages, search tokens and its own engine.
//! Rows are the same on both databases, and a table is left out by not being listed.
//! Must not know: files, passphrases, the form of the backup.

use std::collections::BTreeSet;

use domain::{PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, inventory, tx::Tx, value::Value};

/// Rows of one query.
const PAGE_ROWS: usize = 500;
/// Values of one insert; PostgreSQL takes 65,535, SQLite 32,766.
const VALUES_MAX: usize = 30_000;

/// A table that a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns of its primary key, in order.
    key: &'static [&'static str],
}

/// Tables of the data database that a backup holds; a table stands after those it refers to.
pub const DATA: &[Table] = &[
    WORKSPACE,
    table("policy_version", &["version"]),
    table("policy_notice", &["workspace_id", "policy_version"]),
    table("site", &["workspace_id", "site_id"]),
    table("person", &["workspace_id", "person_id"]),
    table("visitor", &["workspace_id", "visitor_id"]),
    table("subscription", &["workspace_id", "person_id"]),
    table("conversation", &["workspace_id", "conversation_id"]),
    table("inbox_count", &["workspace_id", "state", "assignee_id"]),
    table("message", &["workspace_id", "conversation_id", "seq"]),
    table("agent", &["workspace_id", "agent_id"]),
    table("agent_login", &["login_index", "workspace_id"]),
    table("canned_reply", &["workspace_id", "canned_reply_id"]),
    table("consent", &["workspace_id", "consent_id"]),
    table("request", &["workspace_id", "request_id"]),
    table("request_step", &["workspace_id", "request_id", "step"]),
    table(
        "reading",
        &["workspace_id", "person_ref", "reader_id", "purpose", "slot"],
    ),
    table(
        "sending",
        &[
            "workspace_id",
            "person_id",
            "processor",
            "host",
            "purpose",
            "day",
        ],
    ),
    table("sending_count", &["workspace_id", "processor", "day"]),
    table("webhook", &["workspace_id", "webhook_id"]),
    SUPPRESSION,
    ERASURE,
    HOLD,
    table("child", &["workspace_id", "person_id"]),
    INCIDENT,
    DISCLOSURE,
    DISCLOSURE_APPROVAL,
    PURGE_RUN,
    table("privacy_check", &["workspace_id"]),
    LEDGER_ENTRY,
    LEDGER_NODE,
];

/// Workspaces.
pub const WORKSPACE: Table = table("workspace", &["workspace_id"]);
/// Addresses that must not be taken in again.
pub const SUPPRESSION: Table = table("suppression", &["workspace_id", "address_hash"]);
/// Erasures ordered and done.
pub const ERASURE: Table = table("erasure", &["workspace_id", "person_id"]);

/// What must be kept, and what was: a hold that was released since stays released.
const HOLD: Table = table("hold", &["workspace_id", "hold_id"]);
/// Breaches, and what was reported.
const INCIDENT: Table = table("incident", &["workspace_id", "incident_id"]);
/// Releases on a legal ground.
const DISCLOSURE: Table = table("disclosure", &["workspace_id", "disclosure_id"]);
/// Who approved them.
const DISCLOSURE_APPROVAL: Table = table(
    "disclosure_approval",
    &["workspace_id", "disclosure_id", "agent_id"],
);
/// What the sweeper deleted.
const PURGE_RUN: Table = table("purge_run", &["workspace_id", "ran_at", "rule"]);

/// What was done, in order.
const LEDGER_ENTRY: Table = table("ledger_entry", &["workspace_id", "entry_index"]);
/// The tree over it.
const LEDGER_NODE: Table = table("ledger_node", &["workspace_id", "level", "node_index"]);

/// What stays when a backup replaces a database that is in use: the proof of what was done since, and who
/// must not come back. Rows of the backup are added to it.
const LASTING: &[Table] = &[
    SUPPRESSION,
    ERASURE,
    HOLD,
    INCIDENT,
    DISCLOSURE,
    DISCLOSURE_APPROVAL,
    PURGE_RUN,
    LEDGER_ENTRY,
    LEDGER_NODE,
];

/// Tables of the data database that a backup leaves out, with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("schema_version", "the head of the backup names the version"),
    ("search_token", "made again from the messages"),
    ("event", "streams begin again, with a gap"),
    ("session", "ended sessions must not come back"),
    ("link", "links that were used must not work again"),
    ("idempotency", "short-lived"),
    (
        "intake_seen",
        "letters that were taken have left their mailbox",
    ),
    ("sweep", "what one installation knows of its own clock"),
    (
        "webhook_delivery",
        "what was delivered must not be delivered again",
    ),
    ("job", "letters that were sent must not be sent again"),
];

/// Tables of the keys database that a backup holds.
pub const KEYS: &[Table] = &[
    table("installation_key", &["kind"]),
    table("workspace_key", &["workspace_id"]),
    PERSON_KEY,
    DESTROYED,
];

/// Keys of persons, wrapped.
const PERSON_KEY: Table = table("person_key", &["workspace_id", "person_id"]);

/// Keys destroyed for ever.
pub const DESTROYED: Table = table("destroyed_key", &["workspace_id", "person_id"]);

/// The columns of a table in the live schema, sorted by name; none if there is no such table.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn columns(tx: &mut Tx<'_>, table: Table) -> Result<Vec<String>, StoreError> {
    let live = inventory::live_columns(tx)?.into_iter();
    Ok(live
        .filter(|(name, _)| name == table.name)
        .map(|(_, column)| column)
        .collect())
}

/// Gives every row of a table to `each`, in the order of its key, as of the start of the transaction.
///
/// # Errors
/// What `each` returned, or any [`StoreError`] of the database.
pub fn read_rows<E: From<StoreError>>(
    tx: &mut Tx<'_>,
    table: Table,
    columns: &[String],
    mut each: impl FnMut(Vec<Value>) -> Result<(), E>,
) -> Result<(), E> {
    let key = key_positions(table, columns)?;
    let mut after: Option<Vec<Value>> = None;
    loop {
        let sql = select(table, columns, after.is_some());
        let page = tx.query_built(&sql, after.as_deref().unwrap_or_default())?;
        let full = page.len() == PAGE_ROWS;
        for row in page {
            let values = row.into_values();
            after = Some(
                key.iter()
                    .filter_map(|at| values.get(*at).cloned())
                    .collect(),
            );
            each(values)?;
        }
        if !full {
            return Ok(());
        }
    }
}

/// Writes rows into a table; rows that are there already stay as they are. How many were new.
///
/// # Errors
/// `Corrupt` if a row has another number of values, or any [`StoreError`] of the database.
pub fn insert_rows(
    tx: &mut Tx<'_>,
    table: Table,
    columns: &[String],
    rows: &[Vec<Value>],
) -> Result<u64, StoreError> {
    let mut new = 0;
    for chunk in rows.chunks((VALUES_MAX / columns.len().max(1)).max(1)) {
        if chunk.iter().any(|row| row.len() != columns.len()) {
            return Err(StoreError::Corrupt {
                table: table.name,
                column: "row",
            });
        }
        let values = chunk.concat();
        new += tx
            .query_built(&insert(table, columns, chunk.len()), &values)?
            .len() as u64;
    }
    Ok(new)
}

/// Deletes every row but those of the ledger, of erasures and of suppressed addresses.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn empty_tables(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let left_out = LEFT_OUT.iter().map(|(name, _)| *name);
    let held = DATA.iter().rev().filter(|table| !LASTING.contains(table));
    for name in left_out.chain(held.map(|table| table.name)) {
        if name != "schema_version" {
            tx.schema(&format!("delete from \"{name}\""))?;
        }
    }
    Ok(())
}

/// The numbers of a restored workspace go on where they were: a ledger that is longer stays as long, and no
/// number of an event is given twice. One number is skipped, so that every stream begins with a gap.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn continue_numbers(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    ledger_size: u64,
    event_last: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "update workspace
         set ledger_size = case when ledger_size < $2 then $2 else ledger_size end,
             event_last = 1 + case when event_last < $3 then $3 else event_last end
         where workspace_id = $1",
        &[
            workspace_id.into(),
            i64::try_from(ledger_size).unwrap_or(i64::MAX).into(),
            event_last.into(),
        ],
    )?;
    Ok(())
}

/// Begins the erasure of a person again who came back with a backup.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn reopen_erasure(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<(), StoreError> {
    tx.execute(
        "update erasure
         set step = 'marked', finished_at = null, ledger_index = null
         where workspace_id = $1 and person_id = $2",
        &[workspace_id.into(), person_id.into()],
    )?;
    Ok(())
}

/// Deletes the keys of persons that are nowhere in the data: of those who came after the backup. They are
/// not destroyed for ever, for a newer backup may still hold them.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn delete_other_keys(
    tx: &mut Tx<'_>,
    keep: &BTreeSet<(WorkspaceId, PersonId)>,
) -> Result<u64, StoreError> {
    let columns = ["workspace_id", "person_id"].map(str::to_owned);
    let mut others = Vec::new();
    read_rows(tx, PERSON_KEY, &columns, |row| {
        let ids = row.iter().filter_map(|value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        if let [workspace, person] = ids.collect::<Vec<_>>().as_slice()
            && let (Ok(workspace), Ok(person)) = (workspace.parse(), person.parse())
            && !keep.contains(&(workspace, person))
        {
            others.push((workspace, person));
        }
        Ok::<_, StoreError>(())
    })?;
    for (workspace_id, person_id) in &others {
        tx.execute(
            "delete from person_key where workspace_id = $1 and person_id = $2",
            &[(*workspace_id).into(), (*person_id).into()],
        )?;
    }
    Ok(others.len() as u64)
}

/// Leaves the work of indexing every message of a person who is not being erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn enqueue_index_jobs(
    tx: &mut Tx<'_>,
    kind: &'static str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    // The message's own id serves as the job's: one job for each.
    tx.execute(
        "insert into job (
             workspace_id, job_id, kind, ref_id, person_id, seq, run_at, attempts, created_at
         )
         select message.workspace_id, message_id, $1, conversation_id, message.person_id, seq, $2, 0,
             $2
         from message
         join person on person.workspace_id = message.workspace_id
             and person.person_id = message.person_id
         where person.state = 'active' and message.kind <> 'system'
         on conflict do nothing",
        &[kind.into(), now.into()],
    )
}

/// Whether a workspace stands in this database: then it is in use.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_in_use(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let found = tx.find("select workspace_id from workspace limit 1", &[])?;
    Ok(found.is_some())
}

/// The newest migration that this database has seen; 0 if none.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn schema_version(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    if inventory::live_columns(tx)?.is_empty() {
        return Ok(0);
    }
    tx.get("select coalesce(max(version), 0) from schema_version", &[])?
        .int("version")
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key }
}

fn key_positions(table: Table, columns: &[String]) -> Result<Vec<usize>, StoreError> {
    let position = |key: &&str| columns.iter().position(|column| column == key);
    let found = table.key.iter().map(position).collect::<Option<Vec<_>>>();
    found.ok_or(StoreError::Corrupt {
        table: table.name,
        column: "key",
    })
}

fn select(table: Table, columns: &[String], further: bool) -> String {
    let key = quoted(table.key.iter().copied());
    let after = if further {
        format!("where ({key}) > ({})", parameters(1, table.key.len()))
    } else {
        String::new()
    };
    let all = quoted(columns.iter().map(String::as_str));
    let name = table.name;
    format!("select {all} from \"{name}\" {after} order by {key} limit {PAGE_ROWS}")
}

fn insert(table: Table, columns: &[String], rows: usize) -> String {
    let width = columns.len();
    let values = (0..rows)
        .map(|row| format!("({})", parameters(row * width + 1, width)))
        .collect::<Vec<_>>()
        .join(", ");
    let all = quoted(columns.iter().map(String::as_str));
    let name = table.name;
    format!("insert into \"{name}\" ({all}) values {values} on conflict do nothing returning 1")
}

fn parameters(first: usize, count: usize) -> String {
    (first..first + count)
        .map(|number| format!("${number}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_is_held_or_left_out_with_a_reason() {
        let live = inventory::columns().into_iter().map(|column| column.table);
        let held = DATA.iter().map(|table| table.name);
        let left_out = LEFT_OUT.iter().map(|(name, _)| *name);

        let listed = held
            .clone()
            .chain(left_out.clone())
            .collect::<BTreeSet<_>>();
        assert_eq!(listed, live.collect::<BTreeSet<_>>());
        assert_eq!(listed.len(), held.count() + left_out.count());
    }
}
