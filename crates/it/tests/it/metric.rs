//! Counts for an operator's Prometheus: nowhere unless asked for, on loopback only, about nobody.

use it::server::free_port;
use it::{Caller, Engine, World};

const MARK: &str = "mark-metric-7c40e2d9b6";

fn ask(world: &mut World, address: String) {
    world
        .settings
        .push(("CHATHAM_METRICS_LISTEN".to_owned(), address));
}

#[test]
fn counts_stand_on_a_listener_of_their_own_and_name_nobody() {
    let mut world = World::prepare(Engine::Sqlite);
    let address = format!("127.0.0.1:{}", free_port());
    ask(&mut world, address.clone());
    world.boot();
    world.visitor().start(MARK);

    let metrics = Caller::new(&format!("http://{address}")).get("/metrics");

    assert_eq!(metrics.status, 200, "{}", metrics.body);
    for name in [
        "connections",
        "commits_total",
        "write_queue",
        "jobs_due",
        "events_total",
        "sweeper_lag_seconds",
    ] {
        let line = format!("\nchatham_{name} ");
        assert!(metrics.body.contains(&line), "{name}: {}", metrics.body);
    }
    assert!(!metrics.body.contains(MARK));
    assert!(
        !metrics.body.contains("chatham_commits_total 0\n"),
        "a message was committed"
    );
    assert_eq!(world.stranger().get("/metrics").status, 404);
}

#[test]
fn counts_on_a_public_address_are_refused() {
    let mut world = World::prepare(Engine::Sqlite);
    ask(&mut world, "0.0.0.0:9464".to_owned());

    let (code, said) = world.run(&["serve"]);

    assert!(![0, 124].contains(&code), "it served: {said}");
    assert!(said.contains("--metrics-listen 127.0.0.1"), "{said}");
}
