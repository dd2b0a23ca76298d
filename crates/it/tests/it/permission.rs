//! Who may call what: two workspaces, every role, every route of the program's own description.
//!
//! The expected outcomes are written by hand in `permission.table`. Nothing is learnt from the code.
//! `cargo xtask control` takes one check at a time out of the program and sees these stories turn red.

mod cast;
mod table;

use std::collections::BTreeSet;
use std::time::Duration;

use it::{Answer, Reach, Stream, World};
use serde_json::{Value, json};

use cast::{Cast, Mark, Things};
use table::{Row, read_table};

it::stories! {
    every_route_has_a_row_and_every_row_a_route,
    every_role_gets_what_the_table_says_and_nothing_of_another_workspace,
    console_stream_hears_nothing_of_another_workspace,
    visitor_stream_hears_nothing_of_a_neighbour,
    console_stream_says_to_each_role_what_it_may_hear,
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
    let wanted = described_routes(world);
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
                faults.extend(check_foreign(
                    &mut cast,
                    &row,
                    (caller, letter),
                    Mark::Second,
                ));
            }
            if row.names_a_thing_in_the_body() {
                faults.extend(check_foreign_body(&mut cast, &row, caller, letter));
            }
            if row.needs("talk") {
                faults.extend(check_foreign(
                    &mut cast,
                    &row,
                    (caller, letter),
                    Mark::Neighbour,
                ));
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
        '+' | 'p' => (200..300).contains(&answer.status),
        '-' => answer.status == 403,
        's' => answer.status == 401,
        'o' => answer.status < 500,
        'n' => answer.status == 404,
        other => panic!("no letter {other}"),
    };
    let leak = if ['+', 'p'].contains(&letter) {
        None
    } else {
        find_mark(&answer, Mark::First)
    };
    fault(row, caller, "own", is_right && leak.is_none(), &answer)
}

/// The row with things of somebody else.
fn check_foreign(
    cast: &mut Cast,
    row: &Row,
    (caller, letter): (&str, char),
    mark: Mark,
) -> Option<String> {
    let things = cast.things_for(row, caller, mark);
    let answer = cast.call(row, caller, &things);
    let is_right = match letter {
        // An id in a body may be a fault of the body.
        '+' => {
            answer.status == 404
                || (row.names_a_thing_in_the_body() && answer.status == 422)
                // A token that belongs to another site is nobody's there.
                || (row.route == "/api/widget/{site_id}/conversations" && answer.status == 401)
        }
        'p' => return None,
        '-' => [403, 404].contains(&answer.status),
        's' => answer.status == 401,
        _ => answer.status < 500,
    };
    let leak = find_mark(&answer, mark);
    fault(row, caller, "foreign", is_right && leak.is_none(), &answer)
}

/// The row with the caller's own things in the path and a foreign one in the body.
fn check_foreign_body(cast: &mut Cast, row: &Row, caller: &str, letter: char) -> Option<String> {
    let own = cast.things_for(row, caller, Mark::First);
    let foreign = cast.things_for(row, caller, Mark::Second);
    let answer = cast.call_with(row, caller, (&own, &foreign));
    let is_right = match letter {
        '+' => [404, 422].contains(&answer.status),
        '-' => answer.status == 403,
        _ => answer.status == 401,
    };
    let leak = find_mark(&answer, Mark::Second);
    let what = "foreign in the body";
    fault(row, caller, what, is_right && leak.is_none(), &answer)
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

/// Everything that a stream says for a while.
fn listen(stream: &mut Stream) -> String {
    let mut heard = String::new();
    while let Some(event) = stream.next_within(Duration::from_millis(500)) {
        heard.push_str(&event.body.to_string());
    }
    heard
}

/// A visitor does what others are told of: writes, reads, types, gives a name, and goes.
fn make_noise(cast: &Cast, mark: Mark) -> Things {
    let (visitor, things) = cast.make_talk(mark);
    let id = &things.conversation;
    let post = |path: &str, body: Value| visitor.call.post(path, &body);
    let path = format!("/api/widget/conversations/{id}");
    visitor.say(id, "words of somebody else");
    cast.owner(mark).reply(id, "an answer to somebody else");
    post(&format!("{path}/read"), json!({ "seq": 1 })).expect(204);
    // Without a body: the route reads none, and would close the connection behind one.
    let typing = visitor.call.send("POST", &format!("{path}/typing"), None);
    typing.expect(204);
    let name = json!({ "name": "Other", "policy_version": visitor.policy_version });
    visitor
        .call
        .put("/api/widget/me/contact", &name)
        .expect(200);
    post("/api/widget/me/erase", json!({})).expect(200);
    things
}

fn console_stream_hears_nothing_of_another_workspace(world: &mut World) {
    let cast = Cast::assemble(world);
    let before = make_noise(&cast, Mark::Second);
    // From the first event of the workspace on.
    let mut stream = cast.owner(Mark::First).websocket(Some(0));

    let after = make_noise(&cast, Mark::Second);

    let heard = listen(&mut stream);
    assert!(
        heard.contains("conversation_id"),
        "its own events are heard"
    );
    for things in [&before, &after] {
        for foreign in [&things.conversation, things.person(), Mark::Second.text()] {
            assert!(!heard.contains(foreign), "{foreign}: {heard}");
        }
    }
}

fn visitor_stream_hears_nothing_of_a_neighbour(world: &mut World) {
    let cast = Cast::assemble(world);
    let (visitor, own) = cast.make_talk(Mark::First);
    let noise = || [Mark::First, Mark::Second].map(|mark| make_noise(&cast, mark));
    let before = noise();
    let streams = [visitor.websocket(Some(0)), visitor.sse(Some(0))];

    let after = noise();

    for mut stream in streams {
        let heard = listen(&mut stream);
        assert!(
            heard.contains(&own.conversation),
            "its own events are heard"
        );
        for things in before.iter().chain(&after) {
            assert!(!heard.contains(&things.conversation), "{heard}");
            assert!(!heard.contains(things.person()), "{heard}");
        }
    }
}

/// What a role hears: who a person is, and what they write. Written by hand.
const LISTENERS: [(&str, bool, bool); 6] = [
    ("owner", true, true),
    ("admin", true, true),
    ("agent", true, true),
    ("analyst", false, false),
    ("marketer", false, false),
    ("privacy_officer", true, false),
];

fn console_stream_says_to_each_role_what_it_may_hear(world: &mut World) {
    let cast = Cast::assemble(world);
    let streams = LISTENERS.map(|(role, ..)| cast.agent(role).websocket(None));

    let things = make_noise(&cast, Mark::First);

    for ((role, knows_people, reads), mut stream) in LISTENERS.into_iter().zip(streams) {
        let heard = listen(&mut stream);
        assert_eq!(
            heard.contains(things.person()),
            knows_people,
            "{role}: {heard}"
        );
        assert_eq!(
            heard.contains("words of somebody else"),
            reads,
            "{role}: {heard}"
        );
    }
}
