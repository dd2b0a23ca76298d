//! What makes something is safe to send again: same key and body, same answer; same key, other body, 409.

use it::actor::new_message_id;
use it::{Answer, Caller, Console, MailSink, Reach, World};
use serde_json::{Value, json};

it::stories! {
    same_key_and_body_give_the_same_answer_once,
    same_key_with_another_body_is_a_conflict,
    key_belongs_to_its_agent,
    bad_key_is_a_named_problem,
}

/// Routes of the console that make something: path, body, another body, the table.
fn commands() -> [(&'static str, Value, Value, &'static str); 3] {
    let reply = |body: &str| json!({ "shortcut": "hi", "title": "Hi", "body": body });
    let site = |name: &str| json!({ "name": name, "origins": [it::world::OTHER_ORIGIN] });
    let invitation = |role: &str| json!({ "email": "new@mail.example", "role": role });
    [
        (
            "canned-replies",
            reply("Hi"),
            reply("Hello"),
            "canned_reply",
        ),
        ("sites", site("Other"), site("Another"), "site"),
        (
            "invitations",
            invitation("agent"),
            invitation("admin"),
            "agent",
        ),
    ]
}

fn send(call: &Caller, key: &str, path: &str, body: &Value) -> Answer {
    let call = call.clone().with("Idempotency-Key", key);
    call.post(&format!("/api/console/{path}"), body)
}

fn count(world: &World, table: &str) -> i64 {
    let sql = format!("select count(*) from \"{table}\"");
    world.databases.number(&sql)
}

fn same_key_and_body_give_the_same_answer_once(world: &mut World) {
    let mail = MailSink::start();
    world.start_over();
    world.use_mail(&mail);
    world.boot();
    let owner = world.owner();
    for (path, body, _, table) in commands() {
        let (key, before) = (new_message_id(), count(world, table));

        let first = send(&owner.call, &key, path, &body).expect(201);
        world.crash_and_restart();
        let again = send(&owner.call, &key, path, &body).expect(201);

        assert_eq!(first, again, "{path}");
        assert_eq!(count(world, table), before + 1, "{path}");
    }
    let joins = mail.wait_for("new@mail.example").token_after("#token=");
    drop(Console::accept(&world.base(), &joins, "New"));
    assert_eq!(mail.letters().len(), 1, "one letter for two requests");
}

fn same_key_with_another_body_is_a_conflict(world: &mut World) {
    let owner = world.owner();
    for (path, body, other, table) in commands() {
        let key = new_message_id();
        send(&owner.call, &key, path, &body).expect(201);
        let before = count(world, table);

        let answer = send(&owner.call, &key, path, &other);

        assert_eq!(answer.problem(409), "idempotency_conflict", "{path}");
        assert_eq!(count(world, table), before, "{path}");
    }
}

fn key_belongs_to_its_agent(world: &mut World) {
    let owner = world.owner();
    let other = world.second_owner("Second workspace");
    let reply = json!({ "shortcut": "hi", "title": "Hi", "body": "Hi" });
    let first = send(&owner.call, "one", "canned-replies", &reply).expect(201);

    let second = send(&other.call, "one", "canned-replies", &reply).expect(201);

    assert_ne!(first.text("/id"), second.text("/id"));
}

fn bad_key_is_a_named_problem(world: &mut World) {
    let owner = world.owner();
    let reply = json!({ "shortcut": "hi", "title": "Hi", "body": "Hi" });
    for key in ["", "two words", &"x".repeat(65)] {
        let answer = send(&owner.call, key, "canned-replies", &reply);
        assert_eq!(answer.problem(422), "invalid_body", "{key}");
    }
    assert_eq!(count(world, "canned_reply"), 0);
}
