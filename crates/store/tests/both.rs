//! The store's own rules, on both databases. PostgreSQL is used where `CHATHAM_TEST_POSTGRES` names one
//! (a server on which databases may be made); the test command always starts its own.

#![expect(clippy::unwrap_used, clippy::excessive_nesting, reason = "tests")]

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{JobId, PersonId, WorkspaceId};
use policy::Timestamp;
use store::{Store, StoreError, Tx, Value, backup, inventory};

static NEXT: AtomicU32 = AtomicU32::new(0);

struct Opened {
    store: Store,
    _folder: Option<tempfile::TempDir>,
}

async fn open_sqlite() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(&folder.path().join("data"), Timestamp(1))
        .await
        .unwrap();
    Opened {
        store,
        _folder: Some(folder),
    }
}

async fn open_postgres() -> Option<Opened> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where PostgreSQL is"
    )]
    let server = std::env::var("CHATHAM_TEST_POSTGRES").ok()?;
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    let name = format!(
        "store_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    for part in ["data", "keys"] {
        client
            .batch_execute(&format!("create database {name}_{part}"))
            .await
            .unwrap();
    }
    // The address ends with the maintenance database.
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = |part: &str| format!("{base}/{name}_{part}");
    let store = Store::open_postgres(&url("data"), &url("keys"), Timestamp(1))
        .await
        .unwrap();
    Some(Opened {
        store,
        _folder: None,
    })
}

async fn on_both<F, Fut>(story: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    let opened = open_sqlite().await;
    story(opened.store.clone()).await;
    if let Some(opened) = open_postgres().await {
        story(opened.store.clone()).await;
    }
}

fn insert_workspace(tx: &mut Tx<'_>, id: &str) -> Result<u64, StoreError> {
    tx.execute(
        "insert into workspace (workspace_id, name, working_hours, created_at)
         values ($1, $2, '{}', 1)",
        &[id.into(), "Shop".into()],
    )
}

#[tokio::test]
async fn failing_unit_leaves_its_neighbours_in_the_batch() {
    on_both(|store| async move {
        let writes = (0..40).map(|number: i64| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .data
                    .write(move |tx| {
                        insert_workspace(tx, &format!("w{number}"))?;
                        if number % 3 == 0 {
                            return Err(StoreError::Conflict("on purpose".to_owned()));
                        }
                        Ok(number)
                    })
                    .await
            })
        });
        let outcomes: Vec<_> = writes.collect();
        for (number, outcome) in outcomes.into_iter().enumerate() {
            assert_eq!(outcome.await.unwrap().is_ok(), number % 3 != 0);
        }

        let count: Result<i64, StoreError> = store
            .data
            .read(|tx| tx.get("select count(*) from workspace", &[])?.int("count"))
            .await;

        assert_eq!(count.unwrap(), 26);
    })
    .await;
}

#[tokio::test]
async fn statement_error_inside_a_unit_spares_the_next_unit() {
    on_both(|store| async move {
        let broken: Result<u64, StoreError> = store
            .data
            .write(|tx| tx.execute("insert into nothing values (1)", &[]))
            .await;
        let whole: Result<u64, StoreError> = store.data.write(|tx| insert_workspace(tx, "w")).await;

        assert!(
            matches!(broken, Err(StoreError::Statement(_))),
            "{broken:?}"
        );
        assert_eq!(whole, Ok(1));
    })
    .await;
}

#[tokio::test]
async fn inventory_names_every_live_column() {
    on_both(|store| async move {
        let live: Result<Vec<_>, StoreError> = store.data.read(inventory::live_columns).await;
        let listed: Vec<_> = inventory::columns()
            .into_iter()
            .map(|column| (column.table.to_owned(), column.column.to_owned()))
            .collect();

        assert_eq!(live.unwrap(), listed);
    })
    .await;
}

#[tokio::test]
async fn opening_again_keeps_the_schema_and_a_newer_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let store = Store::open_folder(&path, Timestamp(1)).await.unwrap();
    let raised: Result<u64, StoreError> = store
        .data
        .write(|tx| {
            tx.execute(
                "insert into schema_version (version, applied_at) values (999, 1)",
                &[],
            )
        })
        .await;
    assert_eq!(raised, Ok(1));

    let again = Store::open_folder(&path, Timestamp(2)).await;

    assert!(matches!(again, Err(StoreError::TooNew { found: 999, .. })));
}

#[tokio::test]
async fn tables_come_out_whole_and_go_into_an_empty_database() {
    on_both(|store| async move {
        // More rows than one page, of every type: integers, text, bytes and null.
        let seeded: Result<(), StoreError> = store
            .data
            .write(|tx| {
                insert_workspace(tx, "w")?;
                for number in 0..1_203_i64 {
                    tx.execute(
                        "insert into reading (
                             workspace_id, person_ref, reader_id, purpose, slot, role,
                             ledger_index, created_at
                         )
                         values ('w', $1, 'é', 'p', $2, 'agent', 0, $3)",
                        &[
                            vec![u8::try_from(number % 256).unwrap(), 0].into(),
                            number.into(),
                            (-number).into(),
                        ],
                    )?;
                }
                insert_site(tx)
            })
            .await;
        assert_eq!(seeded, Ok(()));
        let fresh = open_sqlite().await;

        let before = dump(&store).await;
        let rows = before.clone();
        let copied: Result<u64, StoreError> = fresh
            .store
            .data
            .write(move |tx| {
                let mut new = 0;
                for (table, columns, rows) in &rows {
                    new += backup::insert_rows(tx, *table, columns, rows)?;
                }
                Ok(new)
            })
            .await;

        assert_eq!(copied, Ok(1_205));
        assert_eq!(dump(&fresh.store).await, before);
    })
    .await;
}

fn insert_site(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute(
        "insert into site (
             workspace_id, site_id, name, origins, look, locale, greetings, offline_form,
             ask_name, ask_email, seen_at, seen_origin, created_at
         )
         values ('w', 's', '', '[]', '{}', 'en', '{}', 1, 0, 1, null, null, 5)",
        &[],
    )?;
    Ok(())
}

type Dump = Vec<(backup::Table, Vec<String>, Vec<Vec<Value>>)>;

async fn dump(store: &Store) -> Dump {
    let read = |tx: &mut Tx<'_>| {
        let mut tables = Vec::new();
        for table in backup::DATA {
            let (columns, mut rows) = (backup::columns(tx, *table)?, Vec::new());
            backup::read_rows(tx, *table, &columns, |row| {
                rows.push(row);
                Ok::<_, StoreError>(())
            })?;
            tables.push((*table, columns, rows));
        }
        Ok::<_, StoreError>(tables)
    };
    store.data.read(read).await.unwrap()
}

#[tokio::test]
async fn keys_that_others_can_read_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    drop(Store::open_folder(&path, Timestamp(1)).await.unwrap());
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(path.join("keys.db"), readable).unwrap();

    let Err(refused) = Store::open_folder(&path, Timestamp(2)).await else {
        panic!("opened with readable keys")
    };

    assert!(refused.to_string().contains("chmod 600"), "{refused}");
}

#[tokio::test]
async fn job_waits_once_for_each_kind_thing_and_number() {
    on_both(|store| async move {
        let outcome: Result<Vec<bool>, StoreError> = store
            .data
            .write(|tx| {
                let job = |number: u8, seq: Option<i64>| store::NewJob {
                    workspace_id: WorkspaceId::new(Timestamp(1), [1; 10]),
                    job_id: JobId::new(Timestamp(1), [number; 10]),
                    kind: "letter",
                    ref_id: "thing".to_owned(),
                    person_id: None,
                    seq,
                    run_at: Timestamp(1),
                };
                [
                    job(1, None),
                    job(2, None),
                    job(3, Some(1)),
                    job(4, Some(2)),
                    job(5, Some(2)),
                ]
                .iter()
                .map(|job| store::enqueue_job(tx, job, Timestamp(1)))
                .collect()
            })
            .await;

        assert_eq!(outcome, Ok(vec![true, false, true, true, false]));
    })
    .await;
}

#[tokio::test]
async fn restored_rows_go_on_from_what_was_there() {
    on_both(|store| async move {
        let workspace_id = WorkspaceId::new(Timestamp(1), [1; 10]);
        let [active, erasing] = [2, 3].map(|number| PersonId::new(Timestamp(1), [number; 10]));

        let outcome: Result<_, StoreError> = store
            .data
            .write(move |tx| {
                insert_workspace(tx, &workspace_id.to_string())?;
                insert_conversation(tx, workspace_id, active, "active")?;
                insert_conversation(tx, workspace_id, erasing, "erasing")?;
                backup::continue_numbers(tx, workspace_id, 7, 40)?;
                backup::continue_numbers(tx, workspace_id, 5, 3)?;
                backup::reopen_erasure(tx, workspace_id, erasing)?;
                let jobs = backup::enqueue_index_jobs(tx, "index_message", Timestamp(9))?;
                let leased = store::lease_jobs(tx, Timestamp(9), Timestamp(10), 10)?;
                let size = store::ledger_size(tx, workspace_id)?;
                let (last, _) = store::event_range(tx, workspace_id)?;
                backup::empty_tables(tx)?;
                Ok((jobs, leased, size, last, backup::is_in_use(tx)?))
            })
            .await;
        let (jobs, leased, size, last, in_use) = outcome.unwrap();

        assert_eq!((jobs, size, last, in_use), (1, 7, 42, false));
        assert_eq!(leased[0].kind, "index_message");
        assert_eq!(
            (leased[0].person_id, leased[0].seq),
            (Some(active), Some(1))
        );
    })
    .await;
}

#[tokio::test]
async fn keys_of_persons_that_are_nowhere_are_deleted_but_not_for_ever() {
    on_both(|store| async move {
        let workspace_id = WorkspaceId::new(Timestamp(1), [1; 10]);
        let [kept, other] = [2, 3].map(|number| PersonId::new(Timestamp(1), [number; 10]));

        let outcome: Result<_, StoreError> = store
            .keys
            .write(move |tx| {
                for person in [kept, other] {
                    store::create_person_key(tx, workspace_id, person, &[1], Timestamp(1))?;
                }
                let deleted = backup::delete_other_keys(tx, &[(workspace_id, kept)].into())?;
                let kept = store::find_person_key(tx, workspace_id, kept)?;
                let gone = store::find_person_key(tx, workspace_id, other)?;
                let again = store::create_person_key(tx, workspace_id, other, &[2], Timestamp(1))?;
                Ok((deleted, kept, gone, again))
            })
            .await;

        assert_eq!(outcome, Ok((1, Some(vec![1]), None, Some(vec![2]))));
    })
    .await;
}

/// A person with a conversation of one message and one line of the program.
fn insert_conversation(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    state: &str,
) -> Result<(), StoreError> {
    let ids = [workspace_id.into(), person_id.into()];
    let [workspace, person] = ids.clone();
    tx.execute(
        "insert into person (
             workspace_id, person_id, kind, state, source, policy_version, created_at
         )
         values ($1, $2, 'visitor', $3, 'site', 1, 1)",
        &[workspace, person, state.into()],
    )?;
    tx.execute(
        "insert into conversation (
             workspace_id, conversation_id, site_id, person_id, visitor_id, state, last_seq,
             last_message_at, last_agent_seq, agent_read_seq, agent_delivered_seq,
             visitor_read_seq, visitor_delivered_seq, policy_version, created_at
         )
         values ($1, $2, 's', $2, 'v', 'open', 2, 1, 0, 0, 0, 0, 0, 1, 1)",
        &ids,
    )?;
    for (seq, kind) in [(1, "message"), (2, "system")] {
        let [workspace, person] = ids.clone();
        let millis = Timestamp(seq * 1_000);
        let id = JobId::new(millis, [u8::from(state == "active"); 10]).to_string();
        tx.execute(
            "insert into message (
                 workspace_id, conversation_id, seq, message_id, person_id, kind, author_kind,
                 author_id, client_msg_id, body_sealed, body_mac, policy_version, created_at
             )
             values ($1, $2, $3, $4, $2, $5, 'visitor', 'a', $4, $6, $6, 1, 1)",
            &[
                workspace,
                person,
                seq.into(),
                id.into(),
                kind.into(),
                vec![0].into(),
            ],
        )?;
    }
    Ok(())
}

#[tokio::test]
async fn every_rule_of_the_sweeper_is_a_statement_that_runs() {
    on_both(|store| async move {
        let workspace_id = WorkspaceId::new(Timestamp(1), [1; 10]);
        for rule in store::ROW_RULES {
            let past = Timestamp(i64::MAX - 1);
            let found = store
                .data
                .write(move |tx| -> Result<_, StoreError> {
                    let oldest = rule.oldest(tx, workspace_id, past)?;
                    Ok((oldest, rule.purge(tx, workspace_id, past, 10)?))
                })
                .await;
            assert_eq!(found.unwrap(), (None, 0), "{}", rule.key);
        }
    })
    .await;
}
