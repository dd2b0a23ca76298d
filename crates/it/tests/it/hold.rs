//! Legal holds: what is held is not erased and nobody else sees it; the rest goes; the end of the hold erases.

use std::thread::sleep;
use std::time::Duration;

use it::clock::{DAY_S, real_now};
use it::search::Search;
use it::{Console, Engine, Reach, Visitor, World, wait_until};
use serde_json::json;

it::stories! {
    erasure_waits_for_a_hold_and_is_done_at_its_release,
    only_the_held_conversation_stays,
    hold_keeps_the_sweeper_away,
}

const HELD_MARK: &str = "mark-held-b81d4c07e2";
const OTHER_MARK: &str = "mark-other-20fa6d9c35";

fn erase(visitor: &Visitor) -> it::Answer {
    visitor.call.post("/api/widget/me/erase", &json!({}))
}

fn messages(world: &World) -> i64 {
    world.databases.number("select count(*) from message")
}

fn talk(world: &mut World, mark: &str) -> (Visitor, String) {
    let visitor = world.visitor();
    let fields = json!({ "body": mark, "name": mark, "email": format!("{mark}@mail.example") });
    let id = visitor
        .try_start(&fields)
        .expect(201)
        .text("/conversation/id");
    (visitor, id)
}

fn erasure_waits_for_a_hold_and_is_done_at_its_release(world: &mut World) {
    let owner = world.owner();
    let (visitor, id) = talk(world, HELD_MARK);
    let hold = owner.hold(&owner.person_of(&id), None, "an order of a court");

    let answer = erase(&visitor);

    assert_eq!(answer.problem(403), "erasure_waits_for_hold");
    assert!(
        answer.body.contains("53"),
        "it names its clause: {}",
        answer.body
    );
    assert!(messages(world) > 0, "what is held is there");
    assert_eq!(
        visitor.call.get("/api/widget/me").status,
        401,
        "for nobody to read"
    );
    let path = format!("/api/console/conversations/{id}");
    assert_eq!(owner.call.get(&path).status, 404);
    let listed = owner.call.get("/api/console/holds").expect(200);
    assert_eq!(
        listed.list("/holds")[0].at("/erasure_waits").as_bool(),
        Some(true)
    );

    world.crash_and_restart();
    assert!(messages(world) > 0, "a restart ends no hold");
    assert!(owner.release(&hold), "the erasure is done with the release");

    assert_eq!(messages(world), 0);
    assert_eq!(world.databases.number("select count(*) from hold"), 0);
    assert_eq!(Search::new(&[HELD_MARK]).folder(&world.folder()), []);
}

fn only_the_held_conversation_stays(world: &mut World) {
    let owner = world.owner();
    let (visitor, held) = talk(world, HELD_MARK);
    let other = visitor.start(OTHER_MARK).text("/conversation/id");
    owner.hold(
        &owner.person_of(&held),
        Some(&held),
        "one conversation only",
    );

    assert_eq!(erase(&visitor).status, 403);

    let left = world
        .databases
        .rows("select conversation_id from conversation");
    assert_eq!(left, [[held]], "{other} lies outside the hold");
    let given = "select count(*) from visitor where name_sealed is not null";
    assert_eq!(world.databases.number(given), 0);
    assert_eq!(
        world.databases.number("select count(*) from search_token"),
        0
    );
}

fn hold_keeps_the_sweeper_away(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
    let (visitor, id) = talk(world, HELD_MARK);
    let path = format!("/api/widget/conversations/{id}/end");
    visitor.call.post(&path, &json!({})).expect(204);
    let owner = world.owner();
    let body = json!({
        "person_id": owner.person_of(&id),
        "ground": "court-or-government",
        "document_hash": format!("sha256:{}", "cd".repeat(32)),
        "deadline_at": real_now() + 400 * DAY_S * 1_000_000,
        "reason": "kept past its period",
    });
    owner.call.post("/api/console/holds", &body).expect(201);

    world.clock().advance(380 * DAY_S);
    sleep(Duration::from_secs(3));
    assert!(messages(world) > 0, "held past its period");

    // The deadline ends the hold, and what was past its time goes.
    world.clock().advance(21 * DAY_S);
    wait_until("gone after the hold's deadline", || messages(world) == 0);
}

#[test]
fn gagged_hold_is_not_told_to_the_person() {
    let mut world = World::start(Engine::Sqlite);
    let owner = world.owner();
    let (visitor, id) = talk(&mut world, HELD_MARK);
    let body = json!({
        "person_id": owner.person_of(&id),
        "ground": "court-or-government",
        "document_hash": format!("sha256:{}", "cd".repeat(32)),
        "deadline_at": real_now() + 9 * DAY_S * 1_000_000,
        "gagged_until": real_now() + 8 * DAY_S * 1_000_000,
        "reason": "not to be told",
    });
    owner.call.post("/api/console/holds", &body).expect(201);

    let answer = erase(&visitor);

    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(!answer.body.contains("hold"), "{}", answer.body);
    assert!(messages(&world) > 0);
}

#[test]
fn hold_without_a_ground_a_hash_or_a_time_is_refused() {
    let mut world = World::start(Engine::Sqlite);
    let owner = world.owner();
    let (_, id) = talk(&mut world, HELD_MARK);
    let person = owner.person_of(&id);
    let whole = json!({
        "person_id": person,
        "ground": "court-or-government",
        "document_hash": format!("sha256:{}", "cd".repeat(32)),
        "deadline_at": real_now() + DAY_S * 1_000_000,
        "reason": "an order",
    });
    let place = |field: &str, value: serde_json::Value| {
        let mut body = whole.clone();
        body[field] = value;
        owner.call.post("/api/console/holds", &body)
    };

    assert_eq!(
        place("ground", json!("curiosity")).problem(403),
        "ground_not_declared"
    );
    assert_eq!(place("document_hash", json!("sha256:ab")).status, 422);
    assert_eq!(place("deadline_at", json!(1)).status, 422);
    assert_eq!(place("gagged_until", json!(1)).status, 422);
    assert_eq!(place("reason", json!("")).status, 422);
    assert_eq!(world.databases.number("select count(*) from hold"), 0);
}

#[test]
fn backup_carries_holds_and_a_released_one_stays_released() {
    let mut world = World::start(Engine::Sqlite);
    world.settings.push((
        "CHATHAM_BACKUP_PASSPHRASE".to_owned(),
        "five words that nobody guesses".to_owned(),
    ));
    let owner = world.owner();
    let (visitor, id) = talk(&mut world, HELD_MARK);
    let hold = owner.hold(&owner.person_of(&id), None, "an order of a court");
    let copy = world.folder().join("copy");
    let (code, said) = world.run(&["backup", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    owner.release(&hold);
    erase(&visitor).expect(200);
    world.crash();

    let (code, said) = world.run(&["restore", "--replace", copy.to_str().unwrap()]);

    assert_eq!(code, 0, "{said}");
    world.boot();
    assert_eq!(messages(&world), 0, "erased since, and erased again");
    let owner = Console::sign_in(&world.base(), it::world::OWNER_EMAIL, it::world::PASSWORD);
    let holds = owner.call.get("/api/console/holds").expect(200);
    assert!(
        holds
            .list("/holds")
            .iter()
            .all(|hold| hold.has("/released_at")),
        "{holds}"
    );
}
