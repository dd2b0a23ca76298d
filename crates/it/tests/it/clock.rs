//! The clock of tests moves sessions, links and the policy's versions, and is never hidden or public.

use std::thread::sleep;
use std::time::Duration;

use it::actor::console_caller;
use it::clock::DAY_S;
use it::world::PASSWORD;
use it::{Engine, World, wait_until};
use serde_json::json;

fn moved() -> World {
    let mut world = World::prepare(Engine::Sqlite);
    world.use_test_clock();
    world.boot();
    world
}

#[test]
fn session_ends_when_the_moved_clock_says_so_and_its_row_goes() {
    let mut world = moved();
    let owner = world.owner();
    assert_eq!(owner.call.get("/api/console/session").status, 200);

    world.clock().advance(DAY_S);

    assert_eq!(owner.call.get("/api/console/session").status, 401);
    wait_until("the session's row is gone", || {
        world.databases.number("select count(*) from session") == 0
    });
}

#[test]
fn owner_link_of_half_an_hour_is_over_when_the_moved_clock_says_so() {
    let mut world = moved();
    let token = world.owner_token();

    world.clock().advance(31 * 60);

    let late = console_caller(&world.base()).post(
        "/api/console/setup",
        &json!({ "token": token, "name": "M", "email": "m@mail.example", "password": PASSWORD }),
    );
    assert!([401, 404, 409].contains(&late.status), "{}", late.body);
}

#[test]
fn version_with_a_date_rules_when_the_moved_clock_comes_to_it() {
    let mut world = moved();
    world.crash();
    let file = world.data_folder().join("policy.toml");
    let first = std::fs::read_to_string(&file).unwrap();
    let (code, hash) = world.run(&["policy", "check", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{hash}");
    let hash = &hash[hash.find("sha256:").unwrap()..][.."sha256:".len() + 64];
    let date = first
        .lines()
        .find(|line| line.starts_with("effective"))
        .unwrap();
    let head = format!("version = 2\npredecessor = \"{hash}\"");
    let next = first
        .replace("\nversion = 1\n", &format!("\n{head}\n"))
        .replace(date, "effective = \"2099-01-01T00:00:00Z\"")
        .replace("365d after conversation", "400d after conversation");
    std::fs::write(&file, next).unwrap();
    world.boot();
    let version = |world: &World| {
        world
            .stranger()
            .get("/privacy")
            .header("policy-version")
            .to_owned()
    };
    assert_eq!(version(&world), "1");

    world.clock().stand_still("2098-12-31T23:59:59Z");
    sleep(Duration::from_millis(500));
    assert_eq!(version(&world), "1", "a second before its date");
    world.clock().stand_still("2099-01-01T00:00:00Z");

    wait_until("version 2 rules", || version(&world) == "2");
}

#[test]
fn test_clock_is_printed_at_the_start_and_named_to_outsiders() {
    let world = moved();

    let said = world.server.as_ref().unwrap().output();
    assert!(said.contains("*** TEST CLOCK"), "{said}");
    let health = world.stranger().get("/healthz").body;
    assert!(health.contains("test clock"), "{health}");
    let plain = World::start(Engine::Sqlite);
    assert_eq!(plain.stranger().get("/healthz").body, "ok");
}

#[test]
fn test_clock_is_refused_on_a_public_address() {
    let mut world = World::prepare(Engine::Sqlite);
    world.use_test_clock();
    let listen = world.address().replace("127.0.0.1", "0.0.0.0");
    world.settings.extend([
        ("CHATHAM_LISTEN".to_owned(), listen),
        (
            "CHATHAM_PUBLIC_URL".to_owned(),
            "https://chat.shop.example".to_owned(),
        ),
    ]);

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it served: {said}");
    assert!(said.contains("test clock"), "{said}");
}

#[test]
fn test_clock_that_says_no_time_is_refused() {
    let mut world = World::prepare(Engine::Sqlite);
    world.use_test_clock();
    world.clock().stand_still("tomorrow");

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it served: {said}");
    assert!(said.contains("neither seconds"), "{said}");
}
