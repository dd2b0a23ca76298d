//! A backup of a real installation: what it holds, who does not come back, and what goes on from it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::{
    io::{Cursor, Write},
    sync::{Arc, Mutex},
};

use app::{
    App,
    backup::{self, Copy, Keys, Sink},
};
use common::{World, on_both};
use ledger::EntryKind;
use policy::Role;
use store::{StoreError, Tx};

/// A part that is kept in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

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

struct Parts {
    data: Vec<u8>,
    keys: Vec<u8>,
}

async fn back_up(world: &World) -> Parts {
    let (store, now) = (&world.app.store, world.now());
    let (data, keys) = (Memory::default(), Memory::default());
    backup::enter_backup(store, now).await.unwrap();
    let sink = Box::new(data.clone());
    let written = backup::write_data(store, sink, "0.1.0", now).await.unwrap();
    let sink = Box::new(keys.clone());
    backup::write_keys(store, sink, &written, "0.1.0", now)
        .await
        .unwrap();
    let bytes = |part: Memory| part.0.lock().unwrap().clone();
    Parts {
        data: bytes(data),
        keys: bytes(keys),
    }
}

/// Restores in place of what is there, and starts again.
async fn restore(world: &World, parts: Parts) -> Arc<App> {
    let copy = Copy {
        data: Box::new(Cursor::new(parts.data)),
        keys: Keys::read(Box::new(Cursor::new(parts.keys))).unwrap(),
        newest: None,
    };
    backup::restore(&world.app.store, copy, true, world.now())
        .await
        .unwrap();
    let app = world.restarted().await;
    app.resume_erasures().await.unwrap();
    app
}

async fn count(app: &App, sql: &'static str) -> i64 {
    let read = move |tx: &mut Tx<'_>| tx.get(sql, &[])?.int("count");
    let count: Result<i64, StoreError> = app.store.data.read(read).await;
    count.unwrap()
}

#[tokio::test]
async fn restored_installation_has_everybody_but_who_was_erased_since() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-gone", 3).await;
        let stays = world.seed_person("mark-stays", 4).await;
        let parts = back_up(&world).await;
        let text = String::from_utf8(parts.data.clone()).unwrap();
        assert!(!text.contains("mark-"), "readable in the backup");
        world.clock.add_seconds(60);
        let receipt = world.app.erase_visitor(&gone.visitor).await.unwrap();
        world.clock.add_seconds(60);

        let app = restore(&world, parts).await;

        let own = app.export_own_data(&stays.visitor).await.unwrap();
        assert!(
            own.whole()
                .await
                .unwrap()
                .contains("message 4 says mark-stays")
        );
        assert_eq!(count(&app, "select count(*) from person").await, 1);
        assert_eq!(count(&app, "select count(*) from message").await, 4);
        assert_eq!(count(&app, "select count(*) from search_token").await, 0);
        let jobs = "select count(*) from job where kind = 'index_message'";
        assert_eq!(count(&app, jobs).await, 4);
        let key = app.ledger_key(world.workspace_id).unwrap();
        assert!(receipt.verify(&key).is_ok());
        let same = app
            .receipt(world.workspace_id, receipt.index)
            .await
            .unwrap();
        assert_eq!(same.entry, receipt.entry);
    })
    .await;
}

#[tokio::test]
async fn ledger_goes_on_from_what_was_told_before_the_restore() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-gone", 1).await;
        let parts = back_up(&world).await;
        let officer = world.agent(Role::PrivacyOfficer);
        let person = gone.visitor.person_id;
        world.app.erase_person(&officer, person).await.unwrap();
        let workspace = world.workspace_id;
        let told = world
            .app
            .ledger_bundle(workspace, Vec::new())
            .await
            .unwrap();

        let app = restore(&world, parts).await;

        let older = vec![told.checkpoint];
        let bundle = app.ledger_bundle(workspace, older).await.unwrap();
        let key = app.ledger_key(workspace).unwrap();
        assert_eq!(bundle.verify(&key).unwrap().size, 4);
        let kinds = bundle.entries.iter().map(|record| record.entry.kind);
        let expected = [
            EntryKind::Backup,
            EntryKind::Erasure,
            EntryKind::Restore,
            EntryKind::Erasure,
        ];
        assert_eq!(kinds.collect::<Vec<_>>(), expected);
        assert_eq!(bundle.entries[2].entry.details["erasures"], "1");
    })
    .await;
}
