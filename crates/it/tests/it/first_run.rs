//! A first start needs nothing and has no default secret; a start that would break the promise fails.

use it::actor::console_caller;
use it::world::PASSWORD;
use it::{Console, Engine, World};
use serde_json::json;

it::stories! {
    owner_link_works_once,
    fresh_installation_lets_nobody_in,
    edited_policy_without_a_new_version_refuses_to_start,
    database_of_a_newer_program_refuses_to_start,
}

fn owner_link_works_once(world: &mut World) {
    let token = world.owner_token();
    let owner = Console::set_up(&world.base(), &token, it::world::OWNER_EMAIL);
    assert_eq!(owner.call.get("/api/console/session").status, 200);

    let again = console_caller(&world.base()).post(
        "/api/console/setup",
        &json!({ "token": token, "name": "M", "email": "m@mail.example", "password": PASSWORD }),
    );

    assert!(
        [401, 403, 404, 409].contains(&again.status),
        "{}",
        again.body
    );
    assert_eq!(world.databases.number("select count(*) from agent"), 1);
    world.crash_and_restart();
    assert_eq!(
        owner.call.get("/api/console/session").status,
        200,
        "the session survives"
    );
}

fn fresh_installation_lets_nobody_in(world: &mut World) {
    for (email, password) in [
        ("admin@localhost", "admin"),
        ("admin@example.com", "password"),
        ("owner@localhost", "chatham"),
        ("root@localhost", ""),
    ] {
        let answer = console_caller(&world.base()).post(
            "/api/console/session",
            &json!({ "email": email, "password": password }),
        );
        assert!(
            [401, 422].contains(&answer.status),
            "{email}: {}",
            answer.body
        );
        assert!(answer.header_values("set-cookie").is_empty());
    }
    for path in [
        "/api/console/session",
        "/api/console/agents",
        "/api/console/conversations",
    ] {
        let answer = console_caller(&world.base()).get(path);
        assert_eq!(answer.problem(401), "unauthenticated", "{path}");
    }
}

fn edited_policy_without_a_new_version_refuses_to_start(world: &mut World) {
    world.crash();
    let path = world.data_folder().join("policy.toml");
    let text = std::fs::read_to_string(&path).expect("the first start wrote a policy");
    std::fs::write(&path, text.replace("answer_days = 30", "answer_days = 29")).unwrap();

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it refuses to start: {said}");
    assert!(said.contains("version"), "{said}");
    std::fs::write(&path, text).unwrap();
    world.boot();
}

#[test]
fn invalid_policy_refuses_to_start_and_names_the_place() {
    let mut world = World::start(Engine::Sqlite);
    world.crash();
    let path = world.data_folder().join("policy.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("answer_days", "answers_days", 1)).unwrap();

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it refuses to start: {said}");
    assert!(said.contains("policy.toml"), "names the file: {said}");
    assert!(said.contains("answers_days"), "names the key: {said}");
}

#[test]
fn public_address_without_tls_refuses_to_start() {
    let mut world = World::prepare(Engine::Sqlite);
    world
        .settings
        .push(("CHATHAM_LISTEN".to_owned(), "0.0.0.0:0".to_owned()));

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it refuses to start: {said}");
    assert!(
        said.contains("--public-url"),
        "ends with the line to use: {said}"
    );
}

fn database_of_a_newer_program_refuses_to_start(world: &mut World) {
    world.crash();
    world
        .databases
        .execute("insert into schema_version (version, applied_at) values (9999, 0)");

    let (code, said) = world.run(&["serve"]);

    assert!(code != 0 && code != 124, "it started: {said}");
    assert!(said.contains("9999"), "{said}");
    assert!(said.trim_end().lines().count() <= 2, "one sentence: {said}");
}
