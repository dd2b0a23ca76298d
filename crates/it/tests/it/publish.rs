//! Publishing: checked, past the notice gate, logged, the file replaced, and followed by the running server.

use std::path::PathBuf;

use it::clock::{DAY_S, day_in};
use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Console, Reach, World, wait_until};
use serde_json::{Value, json};

pub(super) use it::publish::{next, publish};

it::stories! {
    operator_publishes_while_the_server_runs_and_a_restart_accepts_the_file,
    material_change_with_tomorrows_date_is_refused_with_its_reasons,
    clock_set_back_shortens_no_notice,
    edited_file_without_a_version_is_refused_at_start,
    console_checks_simulates_and_publishes,
    another_workspace_has_no_part_in_the_policy,
    cut_off_publishing_is_finished_by_the_next_start,
}

const LONGER: (&str, &str) = (
    "365d after conversation.closed",
    "400d after conversation.closed",
);
const NARROWER: (&str, &str) = ("keep_days = 30", "keep_days = 29");

fn file(world: &World) -> PathBuf {
    world.data_folder().join("policy.toml")
}

/// The ruling version of an installation, as its page says.
fn ruling(world: &World) -> String {
    let page = world.stranger().get("/privacy");
    page.header("policy-version").to_owned()
}

fn with_clock(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
}

fn operator_publishes_while_the_server_runs_and_a_restart_accepts_the_file(world: &mut World) {
    world.owner();
    let text = next(world, None, &[NARROWER]);

    let (code, said) = publish(world, &text);

    assert_eq!(code, 0, "{said}");
    assert_eq!(std::fs::read_to_string(file(world)).unwrap(), text);
    wait_until("version 2 rules", || ruling(world) == "2");
    let entered = "select count(*) from policy_version where ledger_index is not null";
    assert_eq!(world.databases.number(entered), 2);
    world.crash_and_restart();
    assert_eq!(ruling(world), "2");
    let (code, said) = publish(world, &text);
    assert_eq!(code, 0, "the same again changes nothing: {said}");
    assert_eq!(
        world
            .databases
            .number("select count(*) from policy_version"),
        2
    );
}

fn material_change_with_tomorrows_date_is_refused_with_its_reasons(world: &mut World) {
    with_clock(world);
    world.owner();
    world.clock().stand_still("2027-03-01T12:00:00Z");
    let before = std::fs::read_to_string(file(world)).unwrap();

    let tomorrow = next(world, Some("2027-03-02T12:00:00Z"), &[LONGER]);
    let (code, said) = publish(world, &tomorrow);

    assert_eq!(code, 1, "{said}");
    for piece in [
        "clause 75",
        "purpose.support.reply.retain: longer retention",
        "2027-03-31T12:00:00Z",
    ] {
        assert!(said.contains(piece), "{piece} is missing: {said}");
    }
    assert_eq!(std::fs::read_to_string(file(world)).unwrap(), before);
    // The session of before has ended on the moved clock.
    let owner = Console::sign_in(&world.base(), OWNER_EMAIL, PASSWORD);
    let problem = owner
        .call
        .post("/api/console/policy/publish", &json!({ "text": tomorrow }));
    assert_eq!(problem.problem(403), "notice_too_short");
    let body: Value = serde_json::from_str(&problem.body).unwrap();
    assert_eq!(body.number("/clause"), 75);
    assert!(body.text("/detail").contains("longer retention"), "{body}");

    let lawful = next(world, Some("2027-03-31T12:00:00Z"), &[LONGER]);
    let (code, said) = publish(world, &lawful);
    assert_eq!(code, 0, "{said}");
    assert_eq!(ruling(world), "1");
    world.clock().stand_still("2027-03-31T12:00:00Z");
    wait_until("version 2 rules on its date", || ruling(world) == "2");
}

fn clock_set_back_shortens_no_notice(world: &mut World) {
    with_clock(world);
    world.owner();
    let seen = || {
        let status = world.stranger().get("/privacy/status.json").expect(200);
        status.at("/sweeper/last_run_at").as_i64()
    };
    wait_until("a round of the sweeper", || seen().is_some());
    for back in [3_600, 30 * DAY_S] {
        world.clock().set(-back);
        let effective = format!("{}T00:00:00Z", day_in(30));
        let text = next(world, Some(&effective), &[LONGER]);

        let (code, said) = publish(world, &text);

        assert_eq!(code, 1, "set back by {back} s: {said}");
        assert!(said.contains("clause 75"), "{said}");
    }
    let effective = format!("{}T00:00:00Z", day_in(33));
    let (code, said) = publish(world, &next(world, Some(&effective), &[LONGER]));
    assert_eq!(code, 0, "{said}");
    world.clock().set(0);
    world.clock().advance(31 * DAY_S);
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(ruling(world), "1");
    world.clock().advance(2 * DAY_S);
    wait_until("version 2 rules on its date", || ruling(world) == "2");
}

fn edited_file_without_a_version_is_refused_at_start(world: &mut World) {
    world.owner();
    world.crash();
    let edited = std::fs::read_to_string(file(world))
        .unwrap()
        .replace(NARROWER.0, NARROWER.1);
    std::fs::write(file(world), edited).unwrap();

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it served: {said}");
    assert!(said.contains("clause 72"), "{said}");
    assert!(said.contains("version = 2"), "says how to mend it: {said}");
}

fn console_checks_simulates_and_publishes(world: &mut World) {
    let owner = world.owner();
    world.visitor().start("somebody under version 1");
    let post = |act: &str, text: &str| {
        let path = format!("/api/console/policy/{act}");
        owner.call.post(&path, &json!({ "text": text }))
    };

    let broken = next(world, None, &[("minimum = 18", "minimum = \"x\"")]);
    let faults = post("check", &broken).expect(200);
    assert_eq!(faults.at("/valid"), &Value::Bool(false));
    assert!(faults.number("/faults/0/line") > 1);
    assert!(!faults.text("/faults/0/mend").is_empty());
    assert_eq!(post("publish", &broken).status, 422);

    let wider = next(world, Some("2099-01-01T00:00:00Z"), &[LONGER, NARROWER]);
    let simulated = post("simulate", &wider).expect(200);
    assert_eq!(simulated.at("/material"), &Value::Bool(true));
    assert_eq!(simulated.text("/changes/0/class"), "material");
    assert!(!simulated.has("/refusal"), "{simulated}");
    let visitors = simulated
        .list("/standing")
        .iter()
        .find(|one| one.text("/kind") == "visitor")
        .expect("visitors stand on a version");
    assert_eq!(visitors.number("/version"), 1);
    assert_eq!(visitors.number("/persons"), 1);
    assert_eq!(visitors.at("/asked"), &Value::Bool(true));
    assert_eq!(
        world
            .databases
            .number("select count(*) from policy_version"),
        1,
        "looking publishes nothing"
    );

    let published = post("publish", &wider).expect(201);
    assert_eq!(published.number("/version"), 2);
    assert_eq!(published.at("/rules"), &Value::Bool(false));
    let shown = owner.call.get("/api/console/policy").expect(200);
    assert_eq!(shown.number("/version"), 1);
    assert_eq!(shown.number("/waiting/version"), 2);
    assert_eq!(std::fs::read_to_string(file(world)).unwrap(), wider);
    world.crash_and_restart();
    assert_eq!(ruling(world), "1");
}

fn another_workspace_has_no_part_in_the_policy(world: &mut World) {
    world.owner();
    let stranger = world.second_owner("Second");
    let text = next(world, None, &[NARROWER]);

    for act in ["check", "simulate", "publish"] {
        let path = format!("/api/console/policy/{act}");
        let answer = stranger.call.post(&path, &json!({ "text": text }));
        assert_eq!(answer.problem(403), "forbidden", "{act}");
    }
    assert_eq!(ruling(world), "1");
}

fn cut_off_publishing_is_finished_by_the_next_start(world: &mut World) {
    world.owner();
    let before = std::fs::read_to_string(file(world)).unwrap();
    let text = next(world, None, &[NARROWER]);
    let (code, said) = publish(world, &text);
    assert_eq!(code, 0, "{said}");
    world.crash();

    // As if the machine had stopped between the log and the file.
    let prepared = world.data_folder().join("policy.toml.next");
    std::fs::write(&prepared, &text).unwrap();
    std::fs::write(file(world), before).unwrap();
    world.boot();

    assert_eq!(ruling(world), "2");
    assert_eq!(std::fs::read_to_string(file(world)).unwrap(), text);
    assert!(!prepared.exists());
    // What was never logged is forgotten.
    std::fs::write(&prepared, "nothing").unwrap();
    world.crash_and_restart();
    assert_eq!(ruling(world), "2");
    assert!(!prepared.exists());
}
