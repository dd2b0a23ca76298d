//! Backups of small installations, written, damaged and restored.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
    sync::{Arc, Mutex},
};

use domain::{PersonId, WorkspaceId};
use ledger::{Entry, EntryKind};
use policy::Timestamp;
use store::{
    ErasureStep, NewErasure, Store, StoreError, Tx, Value,
    backup::{self as tables, DATA},
};
use vault::{SubjectKey, WorkspaceKeys};

use super::*;

/// A part that is kept in memory.
#[derive(Clone, Default)]
pub(super) struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sink for Memory {
    fn finish(self: Box<Self>) -> std::io::Result<()> {
        Ok(())
    }
}

struct Installation {
    store: Store,
    workspace: WorkspaceId,
    persons: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

#[derive(Clone)]
struct Backup {
    data: Vec<u8>,
    keys: Vec<u8>,
}

async fn empty() -> Installation {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(&folder.path().join("data"), Timestamp(1))
        .await
        .unwrap();
    Installation {
        store,
        workspace: WorkspaceId::new(Timestamp(1), [1; 10]),
        persons: Vec::new(),
        _folder: folder,
    }
}

/// A workspace with three persons, each with a key, and three entries in the ledger.
async fn installation(secret: u8) -> Installation {
    let mut new = empty().await;
    new.persons = (1..=3)
        .map(|n| PersonId::new(Timestamp(2), [n; 10]))
        .collect();
    let (workspace, persons) = (new.workspace, new.persons.clone());
    let keys = WorkspaceKeys::derive(&[secret; 32], &workspace.to_string());
    let wrapped = persons.clone().into_iter().map(move |person| {
        let key = SubjectKey::from_bytes([9; 32]);
        (person, keys.wrap(&person.to_string(), &key, [secret; 24]))
    });
    let wrapped = wrapped.collect::<Vec<_>>();
    let seed_keys = move |tx: &mut Tx<'_>| {
        store::installation_secret(tx, "sign", &[secret; 32], Timestamp(3))?;
        store::workspace_secret(tx, workspace, &[secret; 32], Timestamp(3))?;
        for (person, wrapped) in &wrapped {
            store::create_person_key(tx, workspace, *person, wrapped, Timestamp(3))?;
        }
        Ok::<_, StoreError>(())
    };
    new.store.keys.write(seed_keys).await.unwrap();
    let seed = move |tx: &mut Tx<'_>| seed_data(tx, workspace, &persons);
    new.store.data.write(seed).await.unwrap();
    new
}

fn seed_data(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    persons: &[PersonId],
) -> Result<(), StoreError> {
    insert_workspace(tx, workspace, 0)?;
    for person in persons {
        insert_person(tx, workspace, *person)?;
        let entry = Entry {
            at: 3,
            details: BTreeMap::new(),
            kind: EntryKind::Consent,
            subject: None,
        };
        store::append_entry(tx, workspace, &entry)?;
    }
    Ok(())
}

fn insert_workspace(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    ledger_size: i64,
) -> Result<(), StoreError> {
    let row = [
        ("workspace_id", workspace.into()),
        ("name", "Shop".into()),
        ("working_hours", "{}".into()),
        ("event_last", Value::Int(0)),
        ("ledger_size", Value::Int(ledger_size)),
        ("created_at", Value::Int(3)),
    ];
    insert(tx, "workspace", &row)
}

fn insert_person(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    person: PersonId,
) -> Result<(), StoreError> {
    let row = [
        ("workspace_id", workspace.into()),
        ("person_id", person.into()),
        ("kind", "visitor".into()),
        ("state", "active".into()),
        ("source", "site".into()),
        ("policy_version", Value::Int(1)),
        ("created_at", Value::Int(3)),
    ];
    insert(tx, "person", &row)
}

fn insert(tx: &mut Tx<'_>, name: &str, row: &[(&str, Value)]) -> Result<(), StoreError> {
    let table = DATA.iter().find(|table| table.name == name).unwrap();
    let (columns, values): (Vec<_>, Vec<_>) = row.iter().cloned().unzip();
    let columns = columns.into_iter().map(str::to_owned).collect::<Vec<_>>();
    tables::insert_rows(tx, *table, &columns, &[values])?;
    Ok(())
}

async fn back_up(store: &Store, now: i64) -> Backup {
    let (data, keys) = (Memory::default(), Memory::default());
    let written = write_data(store, Box::new(data.clone()), "0.1.0", Timestamp(now))
        .await
        .unwrap();
    write_keys(
        store,
        Box::new(keys.clone()),
        &written,
        "0.1.0",
        Timestamp(now),
    )
    .await
    .unwrap();
    Backup {
        data: data.bytes(),
        keys: keys.bytes(),
    }
}

/// Erases a person as the server does, as far as the store goes.
async fn erase(installation: &Installation, person: PersonId) {
    let order = NewErasure {
        workspace_id: installation.workspace,
        person_id: person,
        requested_by: "subject".to_owned(),
        address_hash: None,
    };
    let workspace = installation.workspace;
    let mark = move |tx: &mut Tx<'_>| store::create_erasure(tx, &order, Timestamp(5));
    assert_eq!(installation.store.data.write(mark).await, Ok(true));
    let destroy =
        move |tx: &mut Tx<'_>| store::destroy_person_key(tx, workspace, person, Timestamp(5));
    assert_eq!(installation.store.keys.write(destroy).await, Ok(()));
}

fn keys(backup: &Backup) -> Keys {
    Keys::read(Box::new(Cursor::new(backup.keys.clone()))).unwrap()
}

async fn restore_into(
    store: &Store,
    backup: &Backup,
    newest: Option<&Backup>,
) -> Result<Restored, BackupError> {
    restore_over(store, backup, newest, false).await
}

async fn restore_over(
    store: &Store,
    backup: &Backup,
    newest: Option<&Backup>,
    replace: bool,
) -> Result<Restored, BackupError> {
    let data = Box::new(Cursor::new(backup.data.clone()));
    let copy = Copy {
        data,
        keys: keys(backup),
        newest: newest.map(keys),
    };
    restore(store, copy, replace, Timestamp(9)).await
}

async fn has_key(store: &Store, workspace: WorkspaceId, person: PersonId) -> bool {
    let find = move |tx: &mut Tx<'_>| store::find_person_key(tx, workspace, person);
    store.keys.read(find).await.unwrap().is_some()
}

async fn pending(store: &Store) -> Vec<(PersonId, ErasureStep, String)> {
    let pending = store.data.read(store::list_pending_erasures).await.unwrap();
    let erasure = |erasure: store::Erasure| (erasure.person_id, erasure.step, erasure.requested_by);
    pending.into_iter().map(erasure).collect()
}

#[tokio::test]
async fn a_backup_is_restored_whole_and_the_ledger_says_so() {
    let old = installation(1).await;
    let backup = back_up(&old.store, 4).await;
    let new = empty().await;

    let restored = restore_into(&new.store, &backup, None).await.unwrap();

    assert_eq!(restored.created_at, Timestamp(4));
    assert_eq!(restored.workspaces, [old.workspace]);
    assert_eq!(restored.erasures, 0);
    for person in old.persons {
        assert!(has_key(&new.store, old.workspace, person).await);
    }
    let workspace = old.workspace;
    let entries = new
        .store
        .data
        .read(move |tx| store::list_entries(tx, workspace, 0, 10));
    let last = entries.await.unwrap().pop().unwrap();
    assert_eq!(last.kind, EntryKind::Restore);
    assert_eq!(last.details["backup_at"], "4");
}

#[tokio::test]
async fn a_trial_restores_without_writing_a_key() {
    let old = installation(1).await;
    let backup = back_up(&old.store, 4).await;
    erase(&old, old.persons[1]).await;
    let newest = back_up(&old.store, 6).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("trial");
    let scratch = Store::open_scratch(&place, Timestamp(8)).await.unwrap();

    let restored = restore_into(&scratch, &backup, Some(&newest))
        .await
        .unwrap();

    assert_eq!(restored.erasures, 1);
    assert!(has_key(&scratch, old.workspace, old.persons[0]).await);
    assert!(!place.join("keys.db").exists());
    let files = std::fs::read_dir(&place)
        .unwrap()
        .map(|file| file.unwrap().path());
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        assert!(
            !bytes.windows(32).any(|window| window == [1; 32]),
            "{}",
            file.display()
        );
    }
}

#[tokio::test]
async fn a_backup_is_entered_into_the_ledger() {
    let old = installation(1).await;

    enter_backup(&old.store, Timestamp(4)).await.unwrap();

    let workspace = old.workspace;
    let entries = old
        .store
        .data
        .read(move |tx| store::list_entries(tx, workspace, 3, 10));
    let entries = entries.await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].kind, EntryKind::Backup);
    assert_eq!(entries[0].details["backup_at"], "4");
}

#[tokio::test]
async fn the_keys_are_not_in_the_data_part() {
    let old = installation(0xa7).await;

    let backup = back_up(&old.store, 4).await;

    let text = String::from_utf8(backup.data).unwrap();
    for name in [
        "installation_key",
        "workspace_key",
        "person_key",
        "search_token",
        "session",
    ] {
        assert!(!text.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[tokio::test]
async fn a_person_erased_since_stays_erased_by_the_newest_keys() {
    let old = installation(1).await;
    let backup = back_up(&old.store, 4).await;
    erase(&old, old.persons[1]).await;
    let newest = back_up(&old.store, 6).await;
    let new = empty().await;

    let restored = restore_into(&new.store, &backup, Some(&newest))
        .await
        .unwrap();

    assert_eq!(restored.erasures, 1);
    assert!(!has_key(&new.store, old.workspace, old.persons[1]).await);
    assert!(has_key(&new.store, old.workspace, old.persons[0]).await);
    let again = (old.persons[1], ErasureStep::Marked, "restore".to_owned());
    assert_eq!(pending(&new.store).await, [again]);
}

#[tokio::test]
async fn a_person_erased_since_stays_erased_by_the_keys_database_that_is_left() {
    let old = installation(1).await;
    let backup = back_up(&old.store, 4).await;
    erase(&old, old.persons[2]).await;
    let mut new = empty().await;
    new.store.keys = old.store.keys.clone();

    let restored = restore_into(&new.store, &backup, None).await.unwrap();

    assert_eq!(restored.erasures, 1);
    assert!(!has_key(&new.store, old.workspace, old.persons[2]).await);
    assert_eq!(pending(&new.store).await.len(), 1);
}

#[tokio::test]
async fn a_backup_in_place_of_a_database_keeps_its_ledger_and_its_erasures() {
    let old = installation(1).await;
    let (store, workspace) = (&old.store, old.workspace);
    let backup = back_up(store, 4).await;
    erase(&old, old.persons[0]).await;
    let later = PersonId::new(Timestamp(6), [8; 10]);
    let since = move |tx: &mut Tx<'_>| {
        insert_person(tx, workspace, later)?;
        let entry = Entry {
            at: 6,
            details: BTreeMap::new(),
            kind: EntryKind::Consent,
            subject: None,
        };
        store::append_entry(tx, workspace, &entry)
    };
    assert_eq!(store.data.write(since).await, Ok(3));
    let wrapped = [1; 72];
    let key = move |tx: &mut Tx<'_>| {
        store::create_person_key(tx, workspace, later, &wrapped, Timestamp(6))
    };
    assert!(store.keys.write(key).await.unwrap().is_some());

    let restored = restore_over(store, &backup, None, true).await.unwrap();

    assert_eq!(restored.erasures, 1);
    assert_eq!(pending(store).await.len(), 1);
    assert!(!has_key(store, workspace, old.persons[0]).await);
    assert!(!has_key(store, workspace, later).await);
    assert!(has_key(store, workspace, old.persons[1]).await);
    let entries = store
        .data
        .read(move |tx| store::list_entries(tx, workspace, 3, 10));
    let kinds = entries.await.unwrap().into_iter().map(|entry| entry.kind);
    assert_eq!(
        kinds.collect::<Vec<_>>(),
        [EntryKind::Consent, EntryKind::Restore]
    );
    let (last, first) = store
        .data
        .read(move |tx| store::event_range(tx, workspace))
        .await
        .unwrap();
    // The mark of the erasure was event 1, one number is skipped, then it is marked again.
    assert_eq!((last, first), (3, 3));
}

#[tokio::test]
async fn an_erasure_done_before_the_backup_is_not_done_again() {
    let old = installation(1).await;
    erase(&old, old.persons[0]).await;
    let backup = back_up(&old.store, 6).await;
    let new = empty().await;

    let restored = restore_into(&new.store, &backup, None).await.unwrap();

    assert_eq!(restored.erasures, 0);
    assert!(!has_key(&new.store, old.workspace, old.persons[0]).await);
    let left = (old.persons[0], ErasureStep::Marked, "subject".to_owned());
    assert_eq!(pending(&new.store).await, [left]);
}

#[tokio::test]
async fn a_damaged_or_foreign_part_is_refused_and_leaves_nothing() {
    let (one, other) = (installation(1).await, installation(2).await);
    let backup = back_up(&one.store, 4).await;
    let foreign = back_up(&other.store, 4).await;
    let mut damaged = backup.clone();
    let place = damaged.data.iter().position(|byte| *byte == b'S').unwrap();
    damaged.data[place] = b'T';
    let mut cut = backup.clone();
    cut.data.truncate(cut.data.len() - 200);
    let mixed = Backup {
        data: backup.data.clone(),
        keys: back_up(&one.store, 5).await.keys,
    };

    for (broken, expected) in [
        (damaged, BackupError::Altered),
        (cut, BackupError::CutOff),
        (mixed, BackupError::OtherPair),
    ] {
        let new = empty().await;
        assert_eq!(restore_into(&new.store, &broken, None).await, Err(expected));
        assert_eq!(new.store.data.read(tables::is_in_use).await, Ok(false));
    }
    let used = restore_into(&one.store, &backup, None).await;
    assert_eq!(used, Err(BackupError::InUse));
    let mut elsewhere = empty().await;
    elsewhere.store.keys = other.store.keys.clone();
    let mingled = restore_into(&elsewhere.store, &backup, None).await;
    assert_eq!(mingled, Err(BackupError::OtherInstallation));
    assert!(
        restore_into(&empty().await.store, &foreign, None)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_person_without_a_key_is_counted_and_refused() {
    let old = installation(1).await;
    let stranger = PersonId::new(Timestamp(2), [7; 10]);
    let workspace = old.workspace;
    let seed = move |tx: &mut Tx<'_>| insert_person(tx, workspace, stranger);
    old.store.data.write(seed).await.unwrap();
    let backup = back_up(&old.store, 4).await;

    let refused = restore_into(&empty().await.store, &backup, None).await;

    assert_eq!(refused, Err(BackupError::KeysMissing { count: 1 }));
}

#[tokio::test]
async fn an_altered_ledger_is_refused() {
    let old = empty().await;
    let workspace = old.workspace;
    let seed = move |tx: &mut Tx<'_>| {
        insert_workspace(tx, workspace, 1)?;
        let entry = Entry {
            at: 3,
            details: BTreeMap::new(),
            kind: EntryKind::Erasure,
            subject: None,
        };
        let id = ("workspace_id", workspace.into());
        let forged = Entry {
            at: 4,
            ..entry.clone()
        };
        let body = String::from_utf8(forged.canonical()).unwrap();
        let (_, json) = body.split_once('\n').unwrap();
        let row = [
            id.clone(),
            ("entry_index", Value::Int(0)),
            ("kind", "erasure".into()),
            ("body", json.into()),
            ("created_at", Value::Int(4)),
        ];
        insert(tx, "ledger_entry", &row)?;
        let node = [
            id,
            ("level", Value::Int(0)),
            ("node_index", Value::Int(0)),
            ("hash", entry.leaf().0.as_slice().into()),
        ];
        insert(tx, "ledger_node", &node)
    };
    old.store.data.write(seed).await.unwrap();
    let backup = back_up(&old.store, 4).await;

    let refused = restore_into(&empty().await.store, &backup, None).await;

    let workspace_id = old.workspace.to_string();
    assert_eq!(refused, Err(BackupError::Ledger { workspace_id }));
}
