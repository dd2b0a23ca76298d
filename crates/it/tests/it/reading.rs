//! The access log: who of the personnel looked at whom, and why, page by page (clauses 69, 70).

use it::{Console, Engine, Reach, World};
use serde_json::{Value, json};

it::stories! {
    access_log_tells_each_reading_once_and_nobody_by_name,
}

const READINGS: &str = "/api/console/readings";
/// More than one page.
const PEOPLE: usize = 53;
const MARK: &str = "mark-reading-40c1e7d95b";

/// A conversation that the owner reads; its person.
fn read_somebody(world: &mut World, owner: &Console) -> String {
    let visitor = world.visitor();
    let fields = json!({ "body": MARK, "name": MARK });
    let started = visitor.try_start(&fields).expect(201);
    let id = started.text("/conversation/id");
    assert_eq!(owner.history(&id).len(), 1);
    owner.person_of(&id)
}

fn page(owner: &Console, words: &str) -> Value {
    owner.call.get(&format!("{READINGS}{words}")).expect(200)
}

fn access_log_tells_each_reading_once_and_nobody_by_name(world: &mut World) {
    world.start_over();
    let factor = ("CHATHAM_RATE_FACTOR".to_owned(), "1000".to_owned());
    world.settings.push(factor);
    world.boot();
    let owner = world.owner();
    let people: Vec<_> = (0..PEOPLE).map(|_| read_somebody(world, &owner)).collect();

    let first = page(&owner, "");
    assert_eq!(first.list("/readings").len(), 50);
    let cursor = first.text("/next_cursor");
    let second = page(&owner, &format!("?cursor={cursor}"));
    assert!(!second.has("/next_cursor"));
    let both = [first, second];
    let all: Vec<&Value> = both
        .iter()
        .flat_map(|page| page.list("/readings"))
        .collect();
    assert_eq!(all.len(), PEOPLE);
    let entries: Vec<i64> = all.iter().map(|one| one.number("/ledger_index")).collect();
    assert!(entries.is_sorted_by(|one, next| one > next), "{entries:?}");
    for one in &all {
        assert_eq!(one.text("/reader_id"), owner.agent_id);
        assert_eq!(one.text("/purpose"), "support.reply");
        assert_eq!(one.text("/role"), "owner");
    }
    let said = format!("{both:?}");
    assert!(!said.contains(MARK) && people.iter().all(|id| !said.contains(id.as_str())));

    let [one, other] = [&people[0], &people[1]];
    let of_one = page(&owner, &format!("?person_id={one}"));
    assert_eq!(of_one.list("/readings").len(), 1);
    let of_other = page(&owner, &format!("?person_id={other}"));
    let reference = |page: &Value| page.text("/readings/0/reference");
    assert_ne!(reference(&of_one), reference(&of_other));
    let path = format!("/api/console/people/{one}/erase");
    owner.call.post(&path, &json!({})).expect(200);
    let gone = owner.call.get(&format!("{READINGS}?person_id={one}"));
    assert_eq!(gone.problem(404), "not_found");
}

#[test]
fn cursor_of_a_stranger_is_refused() {
    let mut world = World::start(Engine::Sqlite);
    let owner = world.owner();

    for words in ["?cursor=x", "?person_id=x", "?page=2"] {
        let answer = owner.call.get(&format!("{READINGS}{words}"));
        assert!(
            (400..=422).contains(&answer.status),
            "{words}: {}",
            answer.body
        );
    }
}
