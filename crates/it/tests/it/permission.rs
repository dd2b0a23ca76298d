//! Who may call what: two workspaces, every role, every route of the program's own description.
//!
//! The expected outcomes are written by hand in `permission.table`. Nothing is learnt from the code.

mod cast;
mod table;

use std::collections::BTreeSet;

use it::{Answer, Reach, World};
use serde_json::Value;

use cast::{Cast, Mark};
use table::{Row, read_table};

it::stories! {
    every_route_has_a_row_and_every_row_a_route,
    every_role_gets_what_the_table_says_and_nothing_of_another_workspace,
    console_stream_hears_nothing_of_another_workspace,
}

/// Callers in the order of the table's letters.
const CALLERS: [&str; 8] = [
    "stranger",
    "visitor",
    "owner",
    "admin",
    "agent",
    "analyst",
    "marketer",
    "privacy_officer",
];

fn every_route_has_a_row_and_every_row_a_route(world: &mut World) {
    let described = described_routes(world);
    // Visitors' routes have stories of their own: a visitor has no role.
    let is_for_visitors = |route: &(String, String)| route.1.starts_with("/api/widget/");
    let wanted: BTreeSet<_> = described
        .into_iter()
        .filter(|route| !is_for_visitors(route))
        .collect();
    let written: BTreeSet<_> = read_table()
        .into_iter()
        .map(|row| (row.method, row.route))
        .collect();

    let missing: Vec<_> = wanted.difference(&written).collect();
    let stale: Vec<_> = written.difference(&wanted).collect();

    assert!(
        missing.is_empty(),
        "routes without a row in permission.table: {missing:#?}"
    );
    assert!(stale.is_empty(), "rows without a route: {stale:#?}");
}

fn described_routes(world: &World) -> BTreeSet<(String, String)> {
    let openapi = world.stranger().get("/api/openapi.json").expect(200);
    let mut routes = BTreeSet::new();
    for (path, item) in openapi.at("/paths").as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                routes.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    assert!(routes.len() > 20, "the description lists routes");
    routes
}

fn every_role_gets_what_the_table_says_and_nothing_of_another_workspace(world: &mut World) {
    let mut cast = Cast::assemble(world);
    let mut faults = Vec::new();
    for row in read_table() {
        for (caller, letter) in CALLERS.into_iter().zip(row.letters.chars()) {
            faults.extend(check_own(&mut cast, &row, caller, letter));
            if row.names_a_thing() {
                faults.extend(check_foreign(&mut cast, &row, caller, letter));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The row with things of the caller's own workspace.
fn check_own(cast: &mut Cast, row: &Row, caller: &str, letter: char) -> Option<String> {
    let things = cast.things_for(row, caller, Mark::First);
    let answer = cast.call(row, caller, &things);
    let is_right = match letter {
        '+' => (200..300).contains(&answer.status),
        '-' => answer.status == 403,
        's' => answer.status == 401,
        'o' => answer.status < 500,
        'n' => answer.status == 404,
        other => panic!("no letter {other}"),
    };
    let leak = if letter == '+' {
        None
    } else {
        find_mark(&answer, Mark::First)
    };
    fault(row, caller, "own", is_right && leak.is_none(), &answer)
}

/// The row with things of the other workspace.
fn check_foreign(cast: &mut Cast, row: &Row, caller: &str, letter: char) -> Option<String> {
    let things = cast.things_for(row, caller, Mark::Second);
    let answer = cast.call(row, caller, &things);
    let is_right = match letter {
        // An id in a body may be a fault of the body.
        '+' => answer.status == 404 || (row.names_a_thing_in_the_body() && answer.status == 422),
        '-' => [403, 404].contains(&answer.status),
        's' => answer.status == 401,
        _ => answer.status < 500,
    };
    let leak = find_mark(&answer, Mark::Second);
    fault(row, caller, "foreign", is_right && leak.is_none(), &answer)
}

fn find_mark(answer: &Answer, mark: Mark) -> Option<String> {
    answer
        .body
        .contains(mark.text())
        .then(|| mark.text().to_owned())
}

fn fault(row: &Row, caller: &str, what: &str, is_right: bool, answer: &Answer) -> Option<String> {
    (!is_right).then(|| {
        let body: String = answer.body.chars().take(160).collect();
        format!(
            "{} {} by {caller} ({what}): {} {body}",
            row.method, row.route, answer.status
        )
    })
}

fn console_stream_hears_nothing_of_another_workspace(world: &mut World) {
    let cast = Cast::assemble(world);
    let mut stream = cast.owner(Mark::First).websocket(None);

    let things = cast.make_conversation(Mark::Second);
    let id = things.conversation;
    cast.owner(Mark::Second).reply(&id, "not yours");

    while let Some(event) = stream.next_within(std::time::Duration::from_millis(500)) {
        let text = Value::to_string(&event.body);
        assert!(
            !text.contains(&id) && !text.contains(Mark::Second.text()),
            "heard: {text}"
        );
    }
}
