//! Erasure: nothing of a person is left, whatever interrupts it, and the proof holds.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use app::AppError;
use common::{Home, Seeded, World, on_both};
use ledger::Receipt;
use policy::{Role, Timestamp};
use store::{ErasureStep, StoreError, Tx, Value, inventory};

/// Tables whose rows of a person stay: the record of the erasure itself, and its news.
const REMAINS: [&str; 2] = ["erasure", "event"];

/// Rows of the person by table, over every column of the live schema that can name a person.
async fn rows_of(world: &World, person: &Seeded) -> Vec<(String, i64)> {
    let ids = [
        person.visitor.person_id.to_string(),
        person.visitor.visitor_id.to_string(),
        person.conversation_id.to_string(),
    ];
    world
        .write(move |tx| {
            let columns = inventory::live_columns(tx)?;
            let columns = columns.into_iter().filter(|(_, column)| is_id(column));
            let mut counts = Vec::new();
            for (table, column) in columns {
                let count = count_rows(tx, (&table, &column), &ids)?;
                counts.extend((count > 0).then_some((table, count)));
            }
            Ok(counts)
        })
        .await
}

fn count_rows(
    tx: &mut Tx<'_>,
    (table, column): (&str, &str),
    ids: &[String; 3],
) -> Result<i64, StoreError> {
    let text = format!("select count(*) from {table} where {column} in ($1, $2, $3)");
    let values: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
    tx.get(text.leak(), &values)?.int("count")
}

fn is_id(column: &str) -> bool {
    [
        "person_id",
        "visitor_id",
        "conversation_id",
        "subject_id",
        "actor_id",
        "author_id",
        "ref_id",
    ]
    .contains(&column)
}

async fn inbox_total(world: &World) -> i64 {
    let query = "select coalesce(sum(conversations), 0)::text from inbox_count";
    let sqlite = "select cast(coalesce(sum(conversations), 0) as text) from inbox_count";
    world
        .write(move |tx| {
            let sql = match tx.dialect() {
                store::Dialect::Sqlite => sqlite,
                store::Dialect::Postgres => query,
            };
            tx.get(sql, &[])?.parse("sum")
        })
        .await
}

/// What went out about a person, and what is on its way.
async fn seed_sendings(world: &World, person_id: domain::PersonId) {
    let workspace_id = world.workspace_id;
    let sending = store::NewSending {
        workspace_id,
        person_id,
        processor: "crm".to_owned(),
        host: "crm.example:443".to_owned(),
        purpose: "support.forward".to_owned(),
        categories: "user.unique_id.pseudonymous".to_owned(),
        policy_version: 1,
    };
    let now = world.app.now();
    world
        .write(move |tx| {
            store::record_sending(tx, &sending, now)?;
            tx.execute(
                "insert into webhook_delivery (
                     workspace_id, webhook_id, event_id, kind, person_id, state, attempts, next_at,
                     created_at
                 )
                 values ($1, $2, 1, 'message.created', $2, 'waiting', 0, 0, 0)",
                &[workspace_id.into(), person_id.into()],
            )
        })
        .await;
}

#[tokio::test]
async fn erased_person_leaves_no_row_in_any_table() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-one", 7).await;
        let stays = world.seed_person("mark-two", 7).await;
        for (one, mark) in [(&gone, "mark-one"), (&stays, "mark-two")] {
            let email = common::email_of(mark);
            let asked = world
                .app
                .ask_own_notices(&one.visitor, &email, (Some(1), "centre"))
                .await;
            asked.unwrap();
            let copied = world
                .app
                .act_in_centre(&one.visitor, app::CentreAct::Export);
            copied.await.unwrap();
            seed_sendings(&world, one.visitor.person_id).await;
        }
        let before: Vec<_> = rows_of(&world, &gone)
            .await
            .into_iter()
            .map(|(table, _)| table)
            .collect();
        for (table, _) in store::ERASED {
            let seeded = before.iter().any(|known| known == table) || *table == "consent";
            assert!(seeded, "no row in {table} to begin with");
        }

        world.app.erase_visitor(&gone.visitor).await.unwrap();

        let left = rows_of(&world, &gone).await;
        assert!(
            left.iter()
                .all(|(table, count)| REMAINS.contains(&table.as_str()) && *count == 1),
            "{left:?}"
        );
        assert_eq!(rows_of(&world, &stays).await.len(), before.len());
        assert_eq!(inbox_total(&world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn from_the_mark_on_nothing_is_read() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-one", 3).await;
        let export = world.app.export_own_data(&gone.visitor).await.unwrap();

        world
            .app
            .mark_erasure(world.workspace_id, gone.visitor.person_id, "subject")
            .await
            .unwrap();

        let own = world.app.list_own_data(&gone.visitor).await;
        let agents = world
            .app
            .get_person(&world.agent(Role::Owner), gone.visitor.person_id)
            .await;
        assert_eq!(own.err(), Some(AppError::NotFound));
        assert_eq!(agents.err(), Some(AppError::NotFound));
        assert!(export.whole().await.is_err());
        assert_eq!(inbox_total(&world).await, 0);
    })
    .await;
}

#[tokio::test]
async fn key_is_gone_and_is_not_made_again() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-one", 1).await;
        let (workspace, person) = (world.workspace_id, gone.visitor.person_id);

        world.app.erase_visitor(&gone.visitor).await.unwrap();

        let keyring = &world.app.keyring;
        assert!(
            keyring
                .find_person(workspace, person)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            keyring.create_person(workspace, person).await.err(),
            Some(AppError::NotFound)
        );
    })
    .await;
}

#[tokio::test]
async fn erasure_that_stopped_after_any_step_is_finished_at_the_next_start() {
    on_both(|world| async move {
        for steps in 0..4 {
            stop_after(&world, steps).await;
        }
    })
    .await;
}

async fn stop_after(world: &World, steps: usize) {
    let mark = format!("mark-{steps}");
    let gone = world.seed_person(&mark, 4).await;
    let (workspace, person) = (world.workspace_id, gone.visitor.person_id);
    let marked = world.app.mark_erasure(workspace, person, "subject").await;
    marked.unwrap();
    for _ in 0..steps {
        world.app.advance_erasure(workspace, person).await.unwrap();
    }

    let restarted = world.restarted().await;
    let finished = restarted.resume_erasures().await.unwrap();

    assert_eq!(finished, 1, "after {steps} steps");
    let reached = restarted.advance_erasure(workspace, person).await.unwrap();
    assert_eq!(reached, Some(ErasureStep::Finished));
    let left = rows_of(world, &gone).await;
    assert!(
        left.iter()
            .all(|(table, _)| REMAINS.contains(&table.as_str())),
        "{left:?}"
    );
    assert!(is_suppressed(world, &mark).await);
}

async fn is_suppressed(world: &World, mark: &str) -> bool {
    let keys = world
        .app
        .keyring
        .workspace(world.workspace_id)
        .await
        .unwrap();
    let (workspace, hash) = (
        world.workspace_id,
        keys.suppression_hash(&common::email_of(mark)),
    );
    world
        .write(move |tx| store::is_suppressed(tx, workspace, hash))
        .await
}

#[tokio::test]
async fn receipt_is_verified_offline_and_a_second_erasure_gives_the_same_entry() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-one", 2).await;
        let officer = world.agent(Role::PrivacyOfficer);
        let person = gone.visitor.person_id;

        let receipt = world.app.erase_person(&officer, person).await.unwrap();
        world.clock.add_seconds(60);
        let again = world.app.erase_person(&officer, person).await.unwrap();

        let key = world.app.ledger_key(world.workspace_id).unwrap();
        let read = Receipt::from_json(receipt.to_json().as_bytes()).unwrap();
        assert!(read.verify(&key).is_ok());
        assert_eq!((again.index, &again.entry), (receipt.index, &receipt.entry));
        assert_eq!(receipt.entry.details["requested_by"], "privacy_officer");
        assert!(!receipt.to_json().contains(&person.to_string()));
        assert_each_flipped_digit_is_refused(&receipt.to_json(), &key);
    })
    .await;
}

fn assert_each_flipped_digit_is_refused(json: &str, key: &ledger::NoteKey) {
    for at in (0..json.len()).step_by(7) {
        let mut altered = json.as_bytes().to_vec();
        altered[at] ^= 1;
        let verdict = Receipt::from_json(&altered).map(|receipt| receipt.verify(key));
        assert!(
            !matches!(verdict, Ok(Ok(_))) || altered[at].is_ascii_whitespace(),
            "byte {at}"
        );
    }
}

#[tokio::test]
async fn only_roles_with_a_part_in_it_erase_and_only_visitors_of_their_workspace() {
    on_both(|world| async move {
        let person = world.seed_person("mark-one", 1).await.visitor.person_id;

        for role in [Role::Agent, Role::Analyst, Role::Marketer] {
            let refused = world.app.erase_person(&world.agent(role), person).await;
            assert_eq!(refused.err(), Some(AppError::Forbidden), "{role:?}");
        }
        let mut stranger = world.agent(Role::Owner);
        stranger.workspace_id = domain::WorkspaceId::new(Timestamp(9), [9; 10]);
        let refused = world.app.erase_person(&stranger, person).await;
        assert_eq!(refused.err(), Some(AppError::NotFound));
    })
    .await;
}

#[tokio::test]
async fn many_rows_go_in_batches() {
    on_both(|world| async move {
        let gone = world.seed_person("mark-one", 1).await;
        let row = gone.clone();
        world
            .write(move |tx| (0..1_200).try_for_each(|number| insert_token(tx, &row, number)))
            .await;

        world.app.erase_visitor(&gone.visitor).await.unwrap();

        let left: i64 = world
            .write(|tx| {
                tx.get("select count(*) from search_token", &[])?
                    .int("count")
            })
            .await;
        assert_eq!(left, 0);
    })
    .await;
}

fn insert_token(tx: &mut Tx<'_>, row: &Seeded, number: i64) -> Result<(), StoreError> {
    tx.execute(
        "insert into search_token (
             workspace_id, person_id, conversation_id, token, seq, created_at
         )
         values ($1, $2, $3, $4, $5, 1)",
        &[
            row.visitor.workspace_id.into(),
            row.visitor.person_id.into(),
            row.conversation_id.into(),
            number.to_be_bytes().as_slice().into(),
            number.into(),
        ],
    )?;
    Ok(())
}

/// Ways in which bytes of a value may stand somewhere.
fn forms(value: &str) -> Vec<Vec<u8>> {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
    };
    let mut forms = vec![value.as_bytes().to_vec(), percent(value).into_bytes()];
    forms.push(value.encode_utf16().flat_map(u16::to_le_bytes).collect());
    forms.push(value.encode_utf16().flat_map(u16::to_be_bytes).collect());
    // Base64 depends on where in a group of three the value begins; the whole groups inside it are sought.
    for shift in 0..3 {
        let shifted = [vec![0; shift], value.as_bytes().to_vec()].concat();
        let inner = 4 * usize::from(shift > 0)..4 * (shifted.len() / 3);
        forms.push(STANDARD_NO_PAD.encode(&shifted).as_bytes()[inner.clone()].to_vec());
        forms.push(URL_SAFE_NO_PAD.encode(&shifted).as_bytes()[inner].to_vec());
    }
    forms
}

fn percent(value: &str) -> String {
    let coded: Vec<_> = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
    coded.concat()
}

/// How often any form of the value stands in the files of the embedded database, or in the rows of PostgreSQL.
async fn hits(world: &World, value: &str) -> usize {
    let mut places = Vec::new();
    match &world.home {
        Home::Folder(folder) => {
            for file in std::fs::read_dir(folder).unwrap() {
                places.push(std::fs::read(file.unwrap().path()).unwrap());
            }
            assert!(places.len() >= 4, "data, keys and their journals");
        }
        Home::Postgres { .. } => places.push(dump(world).await),
    }
    let forms = forms(value);
    let in_place = |place: &Vec<u8>| {
        let found = forms
            .iter()
            .filter(|form| place.windows(form.len()).any(|window| window == **form));
        found.count()
    };
    places.iter().map(in_place).sum()
}

/// Every value of every row of every table, texts and bytes alike.
async fn dump(world: &World) -> Vec<u8> {
    world
        .write(|tx| {
            let mut bytes = Vec::new();
            for (table, column) in inventory::live_columns(tx)? {
                bytes.extend(dump_column(tx, &table, &column)?);
            }
            Ok(bytes)
        })
        .await
}

fn dump_column(tx: &mut Tx<'_>, table: &str, column: &str) -> Result<Vec<u8>, StoreError> {
    let sql: &'static str = format!("select {column}::text from {table}").leak();
    let mut bytes = Vec::new();
    for mut row in tx.query(sql, &[])? {
        let text = row.text_opt("value")?.unwrap_or_default();
        bytes.extend(unhex(&text).unwrap_or_else(|| text.into_bytes()));
    }
    Ok(bytes)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?;
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[tokio::test]
async fn marked_values_are_nowhere_readable_before_and_after() {
    on_both(|world| async move {
        let mark = "mark-8d1f20c7aa51b7e93d02";
        let gone = world.seed_person(mark, 9).await;
        assert_eq!(hits(&world, mark).await, 0, "readable before the erasure");

        world.app.erase_visitor(&gone.visitor).await.unwrap();

        assert_eq!(hits(&world, mark).await, 0, "readable after the erasure");
    })
    .await;
}

#[tokio::test]
async fn search_for_marked_values_finds_a_planted_one() {
    on_both(|world| async move {
        let mark = "mark-8d1f20c7aa51b7e93d02";
        let workspace = world.workspace_id;
        world
            .write(move |tx| {
                tx.execute(
                    "update workspace set name = $2 where workspace_id = $1",
                    &[workspace.into(), format!("Shop of {mark}").into()],
                )
            })
            .await;

        assert!(hits(&world, mark).await > 0);
    })
    .await;
}

#[tokio::test]
async fn journals_of_the_embedded_database_are_empty_after_an_erasure() {
    let world = World::embedded().await;
    let gone = world.seed_person("mark-one", 9).await;
    let Home::Folder(folder) = &world.home else {
        return;
    };
    let length = |file: &str| std::fs::metadata(folder.join(file)).unwrap().len();
    assert!(length("keys.db-wal") > 0);

    let (workspace, person) = (world.workspace_id, gone.visitor.person_id);
    world
        .app
        .mark_erasure(workspace, person, "subject")
        .await
        .unwrap();
    world.app.advance_erasure(workspace, person).await.unwrap();

    assert_eq!(length("keys.db-wal"), 0);
    let wrapped: Result<Option<Vec<u8>>, StoreError> = world
        .app
        .store
        .keys
        .read(move |tx| store::find_person_key(tx, workspace, person))
        .await;
    assert_eq!(wrapped, Ok(None));
}
