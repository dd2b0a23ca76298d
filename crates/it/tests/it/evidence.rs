//! Prove it: signed evidence that `chatham verify` checks offline, and that names what was altered, removed or
//! cut off (clauses 70, 72, 73). Nothing personal is in it.

use std::path::PathBuf;

use it::{Console, Engine, Visitor, World};
use serde_json::json;

it::stories! {
    evidence_of_everything_is_whole_and_holds_nobody,
    evidence_of_a_person_and_of_an_entry,
}

const MARK: &str = "mark-evidence-7c21f09ab4";

fn acts(world: &mut World) -> (Visitor, String) {
    let visitor = world.visitor();
    let fields = json!({ "body": MARK, "name": MARK, "email": format!("{MARK}@mail.example") });
    let id = visitor.try_start(&fields).expect(201)["conversation"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for _ in 0..3 {
        let other = world.visitor();
        other.start("words");
        let erase = other.call.post("/api/widget/me/erase", &json!({}));
        erase.expect(200);
    }
    (visitor, id)
}

fn fetch(world: &World, owner: &Console, query: &str) -> (PathBuf, String) {
    let answer = owner.call.get(&format!("/api/console/evidence{query}"));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let path = world.folder().join("evidence.txt");
    std::fs::write(&path, &answer.body).unwrap();
    (path, answer.body)
}

/// What `verify` says of this text.
fn verify(world: &World, text: &str) -> (i32, String) {
    let path = world.folder().join("checked.txt");
    std::fs::write(&path, text).unwrap();
    world.run(&["verify", path.to_str().unwrap()])
}

fn evidence_of_everything_is_whole_and_holds_nobody(world: &mut World) {
    let owner = world.owner();
    let (_, id) = acts(world);
    assert!(!owner.history(&id).is_empty(), "a reading");

    let (_, text) = fetch(world, &owner, "");

    let (code, said) = verify(world, &text);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("versions of the policy 1"), "{said}");
    assert!(text.contains("| Persons erased | 3 |"), "{text}");
    assert!(!text.contains(MARK) && !text.contains("mail.example"));
    assert!(!text.contains(&id), "no conversation is named");

    let entry = |index: u64| format!("{{\"entry\":{{\"index\":{index},");
    let flipped = text.replace(&entry(2), &entry(3));
    let (code, said) = verify(world, &flipped);
    assert_eq!(code, 1);
    assert!(said.contains("entry 2 was altered"), "{said}");

    let removed: Vec<_> = text
        .lines()
        .filter(|line| !line.contains(&entry(1)))
        .collect();
    let (code, said) = verify(world, &removed.join("\n"));
    assert_eq!(code, 1);
    assert!(said.contains("entry 1 was removed"), "{said}");

    let lines: Vec<_> = text.lines().collect();
    let (code, said) = verify(world, &lines[..lines.len() - 2].join("\n"));
    assert_eq!(code, 1);
    assert!(said.contains("was cut off"), "{said}");

    let (code, said) = verify(
        world,
        &text.replace("| Persons erased | 3 |", "| Persons erased | 9 |"),
    );
    assert_eq!(code, 1);
    assert!(said.contains("the summary was altered"), "{said}");
}

fn evidence_of_a_person_and_of_an_entry(world: &mut World) {
    let owner = world.owner();
    let (visitor, id) = acts(world);
    assert!(!owner.history(&id).is_empty(), "a reading");
    let person = owner.person_of(&id);

    let (_, text) = fetch(world, &owner, &format!("?person_id={person}"));
    let (code, said) = verify(world, &text);
    assert_eq!(code, 0, "{said}");
    assert!(text.contains("\"proved\""), "a reading of theirs is proved");
    assert!(!text.contains(MARK) && !text.contains(&person));

    let (_, text) = fetch(world, &owner, "?entry=1");
    let (code, said) = verify(world, &text);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("entries 1"), "{said}");

    let (_, text) = fetch(world, &owner, "?from=0&to=1");
    let (code, said) = verify(world, &text);
    assert_eq!(code, 0, "a period in which nothing was done: {said}");

    visitor
        .call
        .post("/api/widget/me/erase", &json!({}))
        .expect(200);
    let gone = owner
        .call
        .get(&format!("/api/console/evidence?person_id={person}"));
    assert_eq!(gone.status, 404, "nobody can tie entries to them any more");
}

#[test]
fn evidence_is_refused_for_two_things_at_once_or_none_that_is_there() {
    let mut world = World::start(Engine::Sqlite);
    let owner = world.owner();
    let ask = |query: &str| owner.call.get(&format!("/api/console/evidence?{query}"));

    assert_eq!(ask("entry=1&from=0").status, 422);
    assert_eq!(ask("from=2&to=1").status, 422);
    assert_eq!(ask("entry=99999").status, 404);
    assert_eq!(ask("more=1").status, 422);
    let statuses: Vec<_> = (0..12).map(|_| ask("entry=0").status).collect();
    assert!(statuses.contains(&429), "it is limited: {statuses:?}");
}

#[test]
fn command_writes_the_same_evidence() {
    let mut world = World::start(Engine::Sqlite);
    world.owner();
    acts(&mut world);
    let path = world.folder().join("proof.txt");
    let path = path.to_str().unwrap();

    let (code, said) = world.run(&["prove", "--out", path]);
    assert_eq!(code, 0, "{said}");
    let key = said
        .split("key ")
        .nth(1)
        .expect("the key")
        .trim()
        .to_owned();

    let (code, said) = world.run(&["verify", "--key", &key, path]);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("Compare that key"), "{said}");
    let (code, _) = world.run(&["prove", "--out", path, "--from", "yesterday"]);
    assert_ne!(code, 0);
}
