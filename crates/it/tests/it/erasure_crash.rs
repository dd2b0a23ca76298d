//! `kill -9` in the middle of an erasure, under two hundred messages and readings at once: after the restart the
//! person is erased, and no row stands whose key is gone.
//!
//! `CHATHAM_TEST_ERASURE_ROUNDS` names how many rounds; without it a few, as every change can wait for.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use it::actor::new_message_id;
use it::{Console, Reach, Visitor, World};
use serde_json::json;

it::stories! {
    person_is_erased_whatever_is_killed,
}

const ROUNDS: u64 = 5;
/// Messages and readings at once, half of each.
const PARALLEL: usize = 200;
const MESSAGES: usize = 10;

fn rounds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a long run is asked for so")]
    let asked = std::env::var("CHATHAM_TEST_ERASURE_ROUNDS");
    asked
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(ROUNDS)
}

fn person_is_erased_whatever_is_killed(world: &mut World) {
    world
        .settings
        .push(("CHATHAM_RATE_FACTOR".to_owned(), "10000".to_owned()));
    world.crash_and_restart();
    let owner = world.owner();
    let (mut marked, mut unmarked) = (0, 0);
    for round in 0..rounds() {
        let visitor = world.visitor();
        let id = visitor.start("first words").text("/conversation/id");
        for _ in 1..MESSAGES {
            visitor.say(&id, "more words");
        }
        let person = owner.person_of(&id);

        // Spread over the time that an erasure takes under this load.
        let moment = Duration::from_millis(20 + round * 7919 % 900);
        run_into_a_kill(world, (&owner, &visitor, &id), moment);
        world.boot();

        let ordered = format!("select count(*) from erasure where person_id = '{person}'");
        if world.databases.number(&ordered) == 1 {
            marked += 1;
        } else {
            unmarked += 1;
            erase(&visitor).expect(200);
        }
        assert_erased(world, &person, &id);
        assert_every_row_has_its_key(world);
    }
    println!("    killed after the mark: {marked}, before it: {unmarked}");
}

/// Two hundred messages and readings, the erasure among them, and a kill after this time.
fn run_into_a_kill(
    world: &mut World,
    (owner, visitor, id): (&Console, &Visitor, &str),
    moment: Duration,
) {
    thread::scope(|scope| {
        let eraser = visitor.clone();
        scope.spawn(move || {
            let path = "/api/widget/me/erase";
            drop(eraser.call.try_send("POST", path, Some(b"{}")));
        });
        for number in 0..PARALLEL {
            let (owner, visitor) = (owner.clone(), visitor.clone());
            scope.spawn(move || disturb(number, &owner, &visitor, id));
        }
        thread::sleep(moment);
        world.crash();
    });
}

/// A message or a reading. Whoever finds the server dead, or the person gone, has what the story wants.
fn disturb(number: usize, owner: &Console, visitor: &Visitor, id: &str) {
    if number.is_multiple_of(2) {
        write(visitor, id);
        return;
    }
    let path = format!("/api/console/conversations/{id}/messages");
    drop(owner.call.try_send("GET", &path, None));
}

fn write(visitor: &Visitor, id: &str) {
    let body = json!({
        "policy_version": visitor.policy_version,
        "client_msg_id": new_message_id(),
        "body": "words under erasure",
    });
    let path = format!("/api/widget/conversations/{id}/messages");
    let body = body.to_string();
    drop(visitor.call.try_send("POST", &path, Some(body.as_bytes())));
}

fn erase(visitor: &Visitor) -> it::Answer {
    visitor.call.post("/api/widget/me/erase", &json!({}))
}

fn assert_erased(world: &World, person: &str, conversation: &str) {
    for (table, column, id) in [
        ("message", "conversation_id", conversation),
        ("conversation", "conversation_id", conversation),
        ("search_token", "conversation_id", conversation),
        ("visitor", "person_id", person),
        ("person", "person_id", person),
    ] {
        let sql = format!("select count(*) from {table} where {column} = '{id}'");
        assert_eq!(world.databases.number(&sql), 0, "left in {table}");
    }
    let done =
        format!("select count(*) from erasure where person_id = '{person}' and step = 'finished'");
    assert_eq!(world.databases.number(&done), 1, "the erasure is finished");
    let key = format!("select person_id from person_key where person_id = '{person}'");
    assert!(world.databases.key_rows(&key).is_empty(), "the key is gone");
}

/// Persons in the data, and the person of every message, have a key.
fn assert_every_row_has_its_key(world: &World) {
    let ids = |rows: Vec<Vec<String>>| -> BTreeSet<String> { rows.into_iter().flatten().collect() };
    let keys = ids(world.databases.key_rows("select person_id from person_key"));
    let persons = ids(world.databases.rows(
        "select person_id from person
         union select person_id from message
         union select person_id from conversation
         union select person_id from visitor",
    ));
    let dead: Vec<_> = persons.difference(&keys).collect();
    assert!(dead.is_empty(), "rows with a dead key: {dead:?}");
}
