//! Restoring: both parts into empty databases, every erasure done since applied again, the ledger checked.
//!
//! Why all at once: the data is one transaction, so a restore that fails leaves nothing behind, and nobody
//! who was erased is readable for a moment: their keys are never written.
//! Must not know: files, passphrases.

use std::collections::{BTreeMap, BTreeSet};

use domain::WorkspaceId;
use ledger::{Entry, EntryKind, Frontier};
use policy::Timestamp;
use store::{
    LedgerNodes, NewErasure, Store, Tx, Value,
    backup::{self as tables, DATA, DESTROYED, ERASURE, Table, WORKSPACE},
};

use super::{
    BackupError,
    form::{Head, Item, Part, PartReader, Source},
    keys::{Keys, Person, check_columns, is_ordered, parse_person},
};

/// Rows written at once.
const CHUNK_ROWS: usize = 500;
/// Entries of the ledger read at once.
const LEDGER_PAGE: i64 = 1_000;
/// The work of indexing a message for search, which a backup leaves out.
const INDEX_MESSAGE: &str = "index_message";
/// Who ordered an erasure that a restore applies again.
const REQUESTED_BY: &str = "restore";

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was written.
    pub created_at: Timestamp,
    /// Rows of the data.
    pub rows: u64,
    /// The workspaces.
    pub workspaces: Vec<WorkspaceId>,
    /// Persons that the backup still held and that are erased again.
    pub erasures: u64,
}

/// What is restored.
pub struct Copy {
    /// The data part.
    pub data: Source,
    /// Its keys.
    pub keys: Keys,
    /// The newest keys part that was found, if it is another: its erasures count too.
    pub newest: Option<Keys>,
}

/// Restores a backup, into empty databases or in place of what is there (`replace`). The erasures of the
/// newest keys part and those of the databases that the restore goes to are applied again; a ledger that is
/// there and goes on from the backup's stays.
///
/// The erasures are ordered, not finished: the caller finishes them before anybody is let in. Nobody erased
/// can be read in between, for their keys are not written.
///
/// # Errors
/// `InUse` if there is data and it is not to be replaced, `OtherInstallation` if the keys there are of
/// another installation; `OtherPair`, `Schema`, `Columns`, `Malformed`, `Altered`, `CutOff`, `KeysMissing` or
/// `Ledger` if the backup is not whole. Then the data is as it was.
pub async fn restore(
    store: &Store,
    copy: Copy,
    replace: bool,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    let Copy { data, keys, newest } = copy;
    let reader = PartReader::new(data, Part::Data)?;
    check_head(&reader.head, store::SCHEMA_DATA)?;
    check_head(&keys.head, store::SCHEMA_KEYS)?;
    if !replace && store.data.read(tables::is_in_use).await? {
        return Err(BackupError::InUse);
    }
    let (mut erased, mut ordered) = (keys.erased()?, keys.ordered()?);
    if let Some(newest) = &newest {
        erased.extend(newest.erased()?);
        ordered.extend(newest.ordered()?);
    }
    let (here_erased, here_ordered) = store.data.read(read_erasures).await?;
    erased.extend(here_erased);
    ordered.extend(here_ordered);
    let plan = Plan {
        data_sha256: keys.head.data_sha256.clone(),
        openable: keys.openable()?,
        newest,
        erased: load_keys(store, keys, erased, now).await?,
        ordered,
        now,
    };
    let load = move |tx: &mut Tx<'_>| plan.load(tx, reader);
    let (restored, persons) = store.data.write(load).await?;
    let tidy = move |tx: &mut Tx<'_>| tables::delete_other_keys(tx, &persons);
    store.keys.write(tidy).await?;
    Ok(restored)
}

fn check_head(head: &Head, known: i64) -> Result<(), BackupError> {
    if head.schema == known {
        return Ok(());
    }
    Err(BackupError::Schema {
        found: head.schema,
        known,
        program: head.program.clone(),
    })
}

/// Writes the keys, and destroys those of everybody erased, there too; everybody erased.
async fn load_keys(
    store: &Store,
    keys: Keys,
    mut erased: BTreeSet<Person>,
    now: Timestamp,
) -> Result<BTreeSet<Person>, BackupError> {
    let load = move |tx: &mut Tx<'_>| {
        erased.extend(read_persons(tx, DESTROYED)?);
        keys.load(tx, &erased)?;
        for (workspace_id, person_id) in &erased {
            store::destroy_person_key(tx, *workspace_id, *person_id, now)?;
        }
        Ok(erased)
    };
    store.keys.write(load).await
}

/// The persons that a table names.
fn read_persons(tx: &mut Tx<'_>, table: Table) -> Result<BTreeSet<Person>, BackupError> {
    let columns = ["workspace_id", "person_id"].map(str::to_owned);
    let mut persons = BTreeSet::new();
    tables::read_rows(tx, table, &columns, |row| {
        if let [workspace, person] = row.as_slice() {
            persons.insert(parse_person([workspace, person])?);
        }
        Ok::<_, BackupError>(())
    })?;
    Ok(persons)
}

/// Whose erasure is done or under way here, and whose is only ordered.
fn read_erasures(tx: &mut Tx<'_>) -> Result<(BTreeSet<Person>, BTreeSet<Person>), BackupError> {
    let columns = ["workspace_id", "person_id", "step"].map(str::to_owned);
    let (mut erased, mut ordered) = (BTreeSet::new(), BTreeSet::new());
    tables::read_rows(tx, ERASURE, &columns, |row| {
        if let [workspace, person, step] = row.as_slice() {
            let person = parse_person([workspace, person])?;
            if is_ordered(step) {
                ordered.insert(person);
            } else {
                erased.insert(person);
            }
        }
        Ok::<_, BackupError>(())
    })?;
    Ok((erased, ordered))
}

/// How far the numbers of the workspaces that were there have gone: of the ledger and of events.
fn read_numbers(tx: &mut Tx<'_>) -> Result<BTreeMap<WorkspaceId, (u64, i64)>, BackupError> {
    let columns = ["workspace_id", "ledger_size", "event_last"].map(str::to_owned);
    let mut numbers = BTreeMap::new();
    tables::read_rows(tx, WORKSPACE, &columns, |row| {
        if let [Value::Text(id), Value::Int(size), Value::Int(last)] = row.as_slice() {
            let id = id.parse().map_err(|_| BackupError::Altered)?;
            numbers.insert(id, (u64::try_from(*size).unwrap_or(0), *last));
        }
        Ok::<_, BackupError>(())
    })?;
    Ok(numbers)
}

/// What the data is restored with.
struct Plan {
    data_sha256: Option<String>,
    newest: Option<Keys>,
    erased: BTreeSet<Person>,
    ordered: BTreeSet<Person>,
    openable: BTreeSet<Person>,
    now: Timestamp,
}

impl Plan {
    fn load(
        &self,
        tx: &mut Tx<'_>,
        mut reader: PartReader,
    ) -> Result<(Restored, BTreeSet<Person>), BackupError> {
        let before = read_numbers(tx)?;
        tables::empty_tables(tx)?;
        let mut rows = RowLoader::default();
        while let Some(item) = reader.next()? {
            rows.take(tx, item)?;
        }
        rows.flush(tx)?;
        if self.data_sha256 != Some(reader.sha256()) {
            return Err(BackupError::OtherPair);
        }
        self.check_persons(&rows)?;
        if let Some(newest) = &self.newest {
            newest.load_suppression(tx)?;
        }
        for workspace_id in &rows.workspaces {
            let (ledger, events) = before.get(workspace_id).copied().unwrap_or_default();
            tables::continue_numbers(tx, *workspace_id, ledger, events)?;
            check_ledger(tx, *workspace_id)?;
        }
        let erasures = self.order_erasures(tx, &rows.workspaces)?;
        let restored = Restored {
            created_at: reader.head.created_at,
            rows: rows.count,
            workspaces: rows.workspaces,
            erasures: erasures.values().sum(),
        };
        for workspace_id in &restored.workspaces {
            let again = erasures.get(workspace_id).copied().unwrap_or(0);
            let entry = restore_entry(&restored, again, self.now);
            store::append_entry(tx, *workspace_id, &entry)?;
        }
        tables::enqueue_index_jobs(tx, INDEX_MESSAGE, self.now)?;
        Ok((restored, rows.persons))
    }

    /// Everybody in the data is erased or has a key that opens.
    fn check_persons(&self, rows: &RowLoader) -> Result<(), BackupError> {
        let lost =
            |person: &&Person| !self.openable.contains(person) && !self.erased.contains(person);
        match rows.persons.iter().filter(lost).count() as u64 {
            0 => Ok(()),
            count => Err(BackupError::KeysMissing { count }),
        }
    }

    /// Orders the erasures again; how many of them found a person, by workspace.
    fn order_erasures(
        &self,
        tx: &mut Tx<'_>,
        workspaces: &[WorkspaceId],
    ) -> Result<BTreeMap<WorkspaceId, u64>, BackupError> {
        let mut found = BTreeMap::new();
        for (workspace_id, person_id) in &self.erased {
            if !workspaces.contains(workspace_id) {
                continue;
            }
            let order = NewErasure {
                workspace_id: *workspace_id,
                person_id: *person_id,
                requested_by: REQUESTED_BY.to_owned(),
                address_hash: None,
            };
            if store::create_erasure(tx, &order, self.now)? {
                tables::reopen_erasure(tx, *workspace_id, *person_id)?;
                *found.entry(*workspace_id).or_default() += 1;
            } else {
                store::record_erasure(tx, &order, self.now)?;
            }
            // Their key is gone: there is nothing left to hold.
            store::release_holds_of_person(tx, (*workspace_id, *person_id), self.now)?;
        }
        self.order_waiting(tx, workspaces)?;
        Ok(found)
    }

    /// Erasures that a legal hold kept back are ordered again, and wait again.
    fn order_waiting(
        &self,
        tx: &mut Tx<'_>,
        workspaces: &[WorkspaceId],
    ) -> Result<(), BackupError> {
        for (workspace_id, person_id) in self.ordered.difference(&self.erased) {
            if workspaces.contains(workspace_id) {
                let order = NewErasure {
                    workspace_id: *workspace_id,
                    person_id: *person_id,
                    requested_by: REQUESTED_BY.to_owned(),
                    address_hash: None,
                };
                store::create_erasure(tx, &order, self.now)?;
            }
        }
        Ok(())
    }
}

/// Takes the items of a data part into the tables they belong to.
#[derive(Default)]
struct RowLoader {
    current: Option<(Table, Vec<String>)>,
    waiting: Vec<Vec<Value>>,
    count: u64,
    workspaces: Vec<WorkspaceId>,
    persons: BTreeSet<Person>,
}

impl RowLoader {
    fn take(&mut self, tx: &mut Tx<'_>, item: Item) -> Result<(), BackupError> {
        match item {
            Item::Table { name, columns } => {
                self.flush(tx)?;
                let table = DATA.iter().find(|table| table.name == name);
                let table = *table.ok_or(BackupError::Columns { table: "unknown" })?;
                check_columns(tx, table, &columns)?;
                self.current = Some((table, columns));
            }
            Item::Row(row) => {
                self.note(&row)?;
                self.waiting.push(row);
                self.count += 1;
                if self.waiting.len() == CHUNK_ROWS {
                    self.flush(tx)?;
                }
            }
        }
        Ok(())
    }

    fn flush(&mut self, tx: &mut Tx<'_>) -> Result<(), BackupError> {
        if let Some((table, columns)) = &self.current {
            tables::insert_rows(tx, *table, columns, &self.waiting)?;
        }
        self.waiting.clear();
        Ok(())
    }

    /// Remembers workspaces, and the persons that must have a key.
    fn note(&mut self, row: &[Value]) -> Result<(), BackupError> {
        let Some((table, columns)) = &self.current else {
            return Err(BackupError::Altered);
        };
        let cell = |name: &str| {
            let place = columns.iter().position(|column| column == name);
            place.and_then(|at| row.get(at)).unwrap_or(&Value::Null)
        };
        match table.name {
            "workspace" => {
                let Value::Text(id) = cell("workspace_id") else {
                    return Err(BackupError::Altered);
                };
                self.workspaces
                    .push(id.parse().map_err(|_| BackupError::Altered)?);
            }
            "person" => {
                let person = parse_person([cell("workspace_id"), cell("person_id")])?;
                self.persons.insert(person);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The entries of a ledger come to the root of its stored nodes.
fn check_ledger(tx: &mut Tx<'_>, workspace_id: WorkspaceId) -> Result<(), BackupError> {
    let broken = || BackupError::Ledger {
        workspace_id: workspace_id.to_string(),
    };
    let size = store::ledger_size(tx, workspace_id)?;
    let mut tree = Frontier::default();
    while tree.size() < size {
        let page = store::list_entries(tx, workspace_id, tree.size(), LEDGER_PAGE)?;
        if page.is_empty() {
            return Err(broken());
        }
        for entry in &page {
            tree.push(entry.leaf());
        }
    }
    let root = ledger::root(size, &mut LedgerNodes::new(tx, workspace_id));
    match root {
        Ok(root) if root == tree.root() && size == tree.size() => Ok(()),
        _ => Err(broken()),
    }
}

/// The ledger says that it went back to an earlier state, and how many were erased again.
fn restore_entry(restored: &Restored, erasures: u64, now: Timestamp) -> Entry {
    let details = [
        ("backup_at", restored.created_at.micros().to_string()),
        ("erasures", erasures.to_string()),
    ];
    Entry {
        at: now.micros(),
        details: details
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
        kind: EntryKind::Restore,
        subject: None,
    }
}
