//! What is personal is never stored readable, and after an erasure is nowhere at all.
//!
//! The list of personal columns comes from the program's own inventory, compared with the live
//! schema; the search goes over every byte of data, write-ahead log, log and temporary files.

use std::path::{Path, PathBuf};

use it::search::{Found, Search};
use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Console, Engine, Reach, World, wait_until};
use serde_json::{Value, json};

use crate::request::centre::Centre;

it::stories! {
    inventory_names_every_column_of_the_live_schema,
    personal_values_are_never_readable_and_gone_after_erasure,
    planted_value_is_found,
    erased_person_stays_erased_after_a_restore,
    other_people_are_untouched_by_an_erasure,
}

/// Values that a search can recognise in any encoding, one for each field that a visitor can fill.
const MARKS: [&str; 6] = [
    "mark-name-4b7ce1920d",
    "mark-mail-51b7e93d02",
    "mark-body-f04c6a1be9",
    "mark-page-77aa20e4c1",
    "mark-title-3be95d60f8",
    "mark-rating-c2d8f7104b",
];
const REPLY_MARK: &str = "mark-reply-60a9b3e517";
const NOTE_MARK: &str = "mark-note-19ce84d7f2";
/// The address of somebody who was erased before: its keyed hash is kept.
const GONE_MARK: &str = "mark-gone-a83c5d17e9";
const HOLD_MARK: &str = "mark-hold-83d1f5a06c";
const PARENT_MARK: &str = "mark-parent-2c9e71f0d4";
const REASON_MARK: &str = "mark-reason-b60d4e98a1";
const DISCLOSURE_MARK: &str = "mark-disclosure-5d20c9e7b1";

pub(super) fn all_marks() -> Vec<&'static str> {
    MARKS
        .iter()
        .copied()
        .chain([
            REPLY_MARK,
            NOTE_MARK,
            HOLD_MARK,
            DISCLOSURE_MARK,
            GONE_MARK,
            PARENT_MARK,
            REASON_MARK,
        ])
        .collect()
}

/// A visitor who filled every field; gives the conversation's id.
pub(super) fn seed(world: &mut World) -> (it::Visitor, String) {
    let owner = world.owner();
    let visitor = world.visitor();
    let [name, mail, body, page, title, rating] = MARKS;
    let started = visitor
        .try_start(&json!({
            "body": format!("words with {body} inside"),
            "name": name,
            "email": format!("{mail}@mail.example"),
            "page_url": format!("https://shop.example/{page}"),
            "page_title": title,
            "locale": "en",
        }))
        .expect(201);
    let id = started.text("/conversation/id");
    owner.reply(&id, REPLY_MARK);
    owner.note(&id, NOTE_MARK);
    assert!(!owner.history(&id).is_empty(), "an agent has read it");
    let path = format!("/api/widget/conversations/{id}");
    let version = visitor.policy_version;
    visitor
        .call
        .post(&format!("{path}/end"), &json!({}))
        .expect(204);
    visitor
        .call
        .post(
            &format!("{path}/rating"),
            &json!({ "score": 4, "comment": rating, "policy_version": version }),
        )
        .expect(204);
    visitor
        .call
        .post(
            "/api/widget/me/remember",
            &json!({ "remember": true, "policy_version": version }),
        )
        .expect(200);
    subscribe(world, &visitor);
    ask_for_everything(&owner, &id);
    (visitor, id)
}

/// A wish for letters about the policy, and one for answers in the chat only.
fn subscribe(world: &World, visitor: &it::Visitor) {
    let only = json!({ "widget_only": true });
    visitor
        .call
        .post("/api/widget/me/channel", &only)
        .expect(200);
    let [_, mail, ..] = MARKS;
    let centre = Centre::enter(world, visitor);
    let version = visitor.policy_version;
    let form = format!("act=notices&policy_version={version}&email={mail}%40mail.example");
    centre.act(&form).expect_page(200);
}

/// Every mark that a request of the person can leave: one that waits, and what stands since others were done.
fn ask_for_everything(owner: &Console, id: &str) {
    let [name, mail, ..] = MARKS;
    let ask = |body: Value| {
        let mut body = body;
        body["way"] = json!("post");
        body["conversation_id"] = json!(id);
        let entered = owner.call.post("/api/console/requests", &body);
        entered.expect(201).text("/requests/0/id")
    };
    ask(json!({
        "kind": "correct",
        "right_name": name,
        "right_email": format!("{mail}@mail.example"),
    }));
    for body in [
        json!({ "kind": "object", "purpose": "support.letter", "proof": "document" }),
        json!({ "kind": "opt_out", "proof": "document" }),
        json!({ "kind": "restrict", "proof": "document" }),
    ] {
        let path = format!("/api/console/requests/{}/execute", ask(body));
        owner.call.post(&path, &json!({})).expect(200);
    }
}

fn inventory(world: &World) -> Vec<Value> {
    let answer = world.stranger().get("/privacy/inventory.json").expect(200);
    answer.list("/columns").to_vec()
}

fn inventory_names_every_column_of_the_live_schema(world: &mut World) {
    let mut listed: Vec<(String, String)> = inventory(world)
        .iter()
        .map(|column| (column.text("/table"), column.text("/column")))
        .collect();
    listed.sort();
    let mut live = world.databases.columns();
    live.sort();

    assert_eq!(listed, live);
}

/// Places that may hold bytes of this world: its folder, and the server's files on PostgreSQL.
fn search(world: &World, values: &[&str]) -> Vec<Found> {
    let search = Search::new(values);
    let mut found = search.folder(&world.folder());
    if world.engine == Engine::Postgres {
        for form in search.bytes(&world.databases.dump()) {
            found.push(Found {
                path: PathBuf::from("rows"),
                form,
            });
        }
        world.databases.execute("checkpoint");
        let place = world.databases.rows(
            "select current_setting('data_directory'), oid from pg_database \
             where datname = current_database()",
        );
        let data = Path::new(&place[0][0]);
        found.extend(search.folder(&data.join("base").join(&place[0][1])));
        found.extend(search.folder(&data.join("pg_wal")));
    }
    found
}

/// Fills the tables that an erasure itself writes, and that of commands under a key.
fn seed_by_the_way(world: &mut World) {
    let gone = world.visitor();
    let fields = json!({ "body": "Goodbye", "email": format!("{GONE_MARK}@mail.example") });
    gone.try_start(&fields).expect(201);
    let erased = gone.call.post("/api/widget/me/erase", &json!({}));
    erased.expect(200);
    let owner = world.owner().call.with("Idempotency-Key", "seed-1");
    let reply = json!({ "shortcut": "hi", "title": "Hi", "body": "Hi" });
    owner
        .post("/api/console/canned-replies", &reply)
        .expect(201);
}

/// What went out, as rows: stories of webhooks let the program write them.
fn seed_sendings(world: &World, person_id: &str) {
    let workspace = world.databases.rows("select workspace_id from workspace")[0][0].clone();
    world.databases.execute(&format!(
        "insert into sending (workspace_id, person_id, processor, host, purpose, day, categories, sendings,
             policy_version, first_at, last_at)
         values ('{workspace}', '{person_id}', 'crm', 'crm.example:443', 'support.forward', 20000,
             'user.unique_id.pseudonymous', 1, 1, 1700000000000000, 1700000000000000)"
    ));
    world.databases.execute(&format!(
        "insert into webhook_delivery (workspace_id, webhook_id, event_id, kind, person_id, state, attempts,
             next_at, created_at)
         values ('{workspace}', 'gone', 1, 'message.created', '{person_id}', 'waiting', 0, 1, 1)"
    ));
}

/// Two minors: one whose parent is asked, one whose mark was taken back; their persons.
fn seed_children(world: &mut World) -> [String; 2] {
    let owner = world.owner();
    let marked = [(); 2].map(|()| {
        let id = world.visitor().start("Hello").text("/conversation/id");
        let person = owner.person_of(&id);
        let path = format!("/api/console/people/{person}/child");
        owner.call.post(&path, &json!({})).expect(204);
        person
    });
    let [asked, lifted] = &marked;
    world.as_role("privacy_officer", |officer| {
        let path = format!("/api/console/children/{asked}/parent");
        let body = json!({ "email": format!("{PARENT_MARK}@mail.example") });
        officer.call.post(&path, &body).expect(204);
        let path = format!("/api/console/children/{lifted}/lift");
        let body = json!({ "reason": REASON_MARK });
        officer.call.post(&path, &body).expect(204);
    });
    marked
}

/// A release that was asked for. Its copy takes another member's approval, which its own story tells: sealed
/// bytes of the same person stand in for it here.
fn seed_disclosure(world: &mut World, person_id: &str, id: &str) {
    let fields = json!({
        "rule": DISCLOSURE_MARK, "reason": DISCLOSURE_MARK, "recipient": DISCLOSURE_MARK,
    });
    world
        .as_role("privacy_officer", |officer| {
            officer.try_disclosure([person_id, id], &fields)
        })
        .expect(201);
    let copy = "update disclosure set bundle_sealed = reason_sealed";
    world.databases.execute(copy);
}

fn personal_values_are_never_readable_and_gone_after_erasure(world: &mut World) {
    seed_by_the_way(world);
    let (visitor, id) = seed(world);
    let owner = world.owner();
    let children = seed_children(world);
    let hold = owner.hold(&owner.person_of(&id), None, HOLD_MARK);
    assert!(
        owner
            .call
            .get("/api/console/holds")
            .body
            .contains(HOLD_MARK),
        "a privacy officer reads why"
    );
    seed_sendings(world, &owner.person_of(&id));
    seed_disclosure(world, &owner.person_of(&id), &id);
    assert_each_personal_column_is_seeded(world);
    assert_eq!(
        search(world, &all_marks()),
        [],
        "readable before the erasure"
    );
    owner.release(&hold);
    for person in children {
        let path = format!("/api/console/people/{person}/erase");
        owner.call.post(&path, &json!({})).expect(200);
    }
    let export = visitor.call.get("/api/widget/me/export").body;
    let not_theirs = [
        NOTE_MARK,
        HOLD_MARK,
        DISCLOSURE_MARK,
        GONE_MARK,
        PARENT_MARK,
        REASON_MARK,
    ];
    for mark in all_marks().iter().filter(|mark| !not_theirs.contains(mark)) {
        assert!(
            export.contains(mark),
            "the person's own export lacks {mark}"
        );
    }

    let receipt = visitor
        .call
        .post("/api/widget/me/erase", &json!({}))
        .expect(200);

    assert!(receipt.has("/receipt"));
    assert_eq!(
        search(world, &all_marks()),
        [],
        "readable after the erasure"
    );
    assert_eq!(world.databases.number("select count(*) from message"), 0);
    assert_eq!(world.databases.number("select count(*) from visitor"), 0);
    let sent = "select count(*) from sending union all select count(*) from webhook_delivery";
    assert_eq!(world.databases.rows(sent), [["0"], ["0"]]);
    let path = format!("/api/console/conversations/{id}");
    assert_eq!(world.owner().call.get(&path).problem(404), "not_found");
    assert_eq!(visitor.call.get("/api/widget/me").status, 401);
}

/// Tables whose personal columns belong to agents, who are erased by other means.
const AGENT_TABLES: [&str; 5] = ["agent", "agent_login", "session", "link", "canned_reply"];

/// Empty again when an erasure is finished: the keyed hash has moved to `suppression`, which is seeded.
const PASSING_COLUMN: (&str, &str) = ("erasure", "address_hash");

fn assert_each_personal_column_is_seeded(world: &World) {
    // The search index follows a message a little later.
    for _ in 0..100 {
        if find_unseeded(world).is_empty() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no story seeds {:?}", find_unseeded(world));
}

fn find_unseeded(world: &World) -> Vec<String> {
    inventory(world)
        .iter()
        .filter(|column| column.has("/category") && column.text("/category") != "none")
        .map(|column| (column.text("/table"), column.text("/column")))
        .filter(|(table, _)| !AGENT_TABLES.contains(&table.as_str()))
        .filter(|(table, name)| (table.as_str(), name.as_str()) != PASSING_COLUMN)
        .filter(|(table, name)| {
            let sql = format!("select count(*) from \"{table}\" where \"{name}\" is not null");
            world.databases.number(&sql) == 0
        })
        .map(|(table, name)| format!("{table}.{name}"))
        .collect()
}

fn planted_value_is_found(world: &mut World) {
    // Not one of the marks: the write-ahead log of PostgreSQL is shared by all stories.
    let planted = format!("planted-{}", it::actor::random_token());
    world.databases.execute(&format!(
        "create table planted (value text); insert into planted values ('{planted}')"
    ));

    let found = search(world, &[&planted]);

    assert!(
        !found.is_empty(),
        "a search that finds nothing proves nothing"
    );
}

fn erased_person_stays_erased_after_a_restore(world: &mut World) {
    let passphrase = "five words that nobody guesses";
    world.settings.push((
        "CHATHAM_BACKUP_PASSPHRASE".to_owned(),
        passphrase.to_owned(),
    ));
    let (visitor, _) = seed(world);
    let other = world.visitor();
    let kept = other.start("I stay findable").text("/conversation/id");
    let copy = world.folder().join("copy");
    let (code, said) = world.run(&["backup", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        Search::new(&all_marks()).folder(&copy),
        [],
        "readable in the backup"
    );
    visitor
        .call
        .post("/api/widget/me/erase", &json!({}))
        .expect(200);
    assert_eq!(Search::new(&all_marks()).folder(&copy), []);

    let (code, said) = world.run(&["restore", "--check", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    world.crash();
    let (code, said) = world.run(&["restore", copy.to_str().unwrap()]);
    assert_ne!(code, 0, "a database in use was overwritten: {said}");
    let (code, said) = world.run(&["restore", "--replace", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("erasures re-applied: 1"), "{said}");
    world.boot();

    assert_eq!(world.databases.number("select count(*) from visitor"), 1);
    let others = format!("select count(*) from message where conversation_id <> '{kept}'");
    assert_eq!(world.databases.number(&others), 0);
    assert_eq!(search(world, &all_marks()), []);
    assert_eq!(other.history(&kept)[0].text("/body"), "I stay findable");
    // Sessions are not in a backup.
    assert_eq!(
        world.owner().call.get("/api/console/session").status,
        401,
        "an old session came back"
    );
    let owner = Console::sign_in(&world.base(), OWNER_EMAIL, PASSWORD);
    wait_until_found(&owner, "findable");
}

/// Words are indexed behind the start, from the restored messages.
fn wait_until_found(owner: &Console, word: &str) {
    wait_until(&format!("search finds {word}"), || {
        let path = format!("/api/console/search?q={word}");
        let found = owner.call.get(&path).expect(200);
        !found.list("/results").is_empty()
    });
}

fn other_people_are_untouched_by_an_erasure(world: &mut World) {
    let (visitor, _) = seed(world);
    let other = world.visitor();
    let id = other.start("I stay").text("/conversation/id");

    visitor
        .call
        .post("/api/widget/me/erase", &json!({}))
        .expect(200);

    assert_eq!(other.history(&id)[0].text("/body"), "I stay");
}
