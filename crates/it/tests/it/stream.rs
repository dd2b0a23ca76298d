//! The event stream: what was missed comes exactly once, and nobody hears what is not theirs.

use std::time::Duration;

use it::stream::Listen;
use it::{Console, Reach, Stream, Visitor, World};
use serde_json::json;

it::stories! {
    websocket_resumes_with_exactly_what_was_missed,
    server_sent_events_resume_with_exactly_what_was_missed,
    stream_resumes_after_a_kill,
    number_from_the_future_is_an_explicit_gap,
    visitor_hears_nothing_of_another_visitor,
    typing_is_heard_and_not_stored,
    visitors_hear_at_once_whether_somebody_answers,
    stream_without_a_valid_secret_is_closed,
    stream_from_another_origin_is_refused,
    signing_out_everywhere_ends_open_streams,
    burst_reaches_a_quick_reader_once_each_while_another_reads_nothing,
}

/// Long enough for an event that must not come to come.
const SILENCE: Duration = Duration::from_millis(400);

/// Messages of a burst: many times what a stream's queue of signals holds.
const BURST: usize = 400;
const BURST_WRITERS: usize = 8;
/// Characters of four bytes each: the burst is more than the system's socket buffers take.
const BURST_BODY: usize = 9_900;

/// Silence after which a slow reader takes its stream for lost.
const SLOW_WAIT: Duration = Duration::from_secs(3);

fn talk(world: &mut World) -> (Console, Visitor, String) {
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    (owner, visitor, id)
}

fn assert_hears_exactly(stream: &mut Stream, bodies: &[&str]) {
    let mut last_id = 0;
    for body in bodies {
        let event = stream.next_named("message.created");
        assert_eq!(event.body.text("/message/body"), *body);
        let id = event.id.expect("a stored event has a number");
        assert!(id > last_id, "numbers ascend");
        last_id = id;
    }
    while let Some(event) = stream.next_within(SILENCE) {
        assert_ne!(event.name, "message.created", "one too many: {event:?}");
        assert_ne!(event.name, "gap");
    }
}

fn resume_twice(owner: &Console, id: &str, open: impl Fn(Option<i64>) -> Stream) {
    let mut stream = open(None);
    for round in ["first", "second"] {
        owner.reply(id, &format!("{round}, heard"));
        let heard = stream.next_named("message.created");
        assert_eq!(heard.body.text("/message/body"), format!("{round}, heard"));
        let last_id = stream.cut();
        let missed: Vec<String> = (1..=3).map(|number| format!("{round}, {number}")).collect();
        for body in &missed {
            owner.reply(id, body);
        }
        stream = open(last_id);
        let missed: Vec<&str> = missed.iter().map(String::as_str).collect();
        assert_hears_exactly(&mut stream, &missed);
    }
}

fn websocket_resumes_with_exactly_what_was_missed(world: &mut World) {
    let (owner, visitor, id) = talk(world);
    resume_twice(&owner, &id, |last_id| visitor.websocket(last_id));
}

fn server_sent_events_resume_with_exactly_what_was_missed(world: &mut World) {
    let (owner, visitor, id) = talk(world);
    resume_twice(&owner, &id, |last_id| visitor.sse(last_id));
}

fn stream_resumes_after_a_kill(world: &mut World) {
    let (owner, visitor, id) = talk(world);
    let mut stream = visitor.websocket(None);
    owner.reply(&id, "before");
    stream.next_named("message.created");
    owner.reply(&id, "unheard");
    let last_id = stream.last_id;

    world.crash_and_restart();
    owner.reply(&id, "after");

    let mut again = visitor.websocket(last_id);
    assert_hears_exactly(&mut again, &["unheard", "after"]);
}

fn number_from_the_future_is_an_explicit_gap(world: &mut World) {
    let (_, visitor, _) = talk(world);

    let mut stream = visitor.websocket(Some(9_000_000));

    stream.next_named("gap");
}

fn visitor_hears_nothing_of_another_visitor(world: &mut World) {
    let (owner, _, id) = talk(world);
    let other = world.visitor();
    other.start("Mine");
    let mut stream = other.websocket(None);

    owner.reply(&id, "for the first one only");

    while let Some(event) = stream.next_within(SILENCE) {
        assert!(!event.body.to_string().contains(&id), "heard: {event:?}");
    }
}

fn typing_is_heard_and_not_stored(world: &mut World) {
    let (owner, visitor, id) = talk(world);
    let mut stream = visitor.websocket(None);
    let before = world.databases.row_counts();

    let path = format!("/api/console/conversations/{id}/typing");
    owner.call.post(&path, &json!({})).expect(204);

    let event = stream.next_named("typing");
    assert_eq!(event.id, None);
    assert_eq!(event.body.text("/author/kind"), "agent");
    let changed: Vec<_> = world
        .databases
        .row_counts()
        .into_iter()
        .filter(|row| !before.contains(row))
        .map(|(table, _)| table)
        // Readings, their proofs and the search index follow a message a little later.
        .filter(|table| {
            ![
                "job",
                "ledger_entry",
                "ledger_node",
                "reading",
                "search_token",
            ]
            .contains(&table.as_str())
        })
        .collect();
    assert!(changed.is_empty(), "rows changed in {changed:?}");
}

fn visitors_hear_at_once_whether_somebody_answers(world: &mut World) {
    let (owner, visitor, _) = talk(world);
    let here = owner.websocket(None);
    let mut stream = visitor.websocket(None);
    assert_eq!(stream.hello.text("/availability"), "online");
    let events = "select count(*) from event";
    let before = world.databases.rows(events);

    for state in ["away", "online", "away"] {
        let wish = json!({ "availability": state });
        let answer = owner.call.put("/api/console/me/availability", &wish);
        answer.expect(204);

        let event = stream.next_named("availability.changed");
        assert_eq!(event.id, None, "it is never stored");
        assert_eq!(event.body.text("/availability"), state);
    }

    assert_eq!(before, world.databases.rows(events));
    let later = visitor.websocket(stream.cut());
    assert_eq!(later.hello.text("/availability"), "away");
    drop(here);
}

fn stream_without_a_valid_secret_is_closed(world: &mut World) {
    let base = world.base();
    let visitor = world.visitor();
    let headers = visitor.call.clone().without("Authorization").all_headers();
    for auth in [
        json!({ "auth": "visitor", "token": "A".repeat(43) }),
        json!({ "auth": "visitor" }),
        json!({ "auth": "console" }),
        json!({ "auth": "somebody" }),
        json!([1, 2]),
    ] {
        let listen = Listen {
            base: &base,
            headers: &headers,
            auth: auth.clone(),
            last_id: None,
        };
        let Ok(mut stream) = Stream::websocket_unheard(&listen) else {
            continue;
        };
        assert!(
            stream.ends_within(Duration::from_secs(6)),
            "still open with {auth}"
        );
    }
    let without = visitor
        .call
        .clone()
        .with("Authorization", &format!("Bearer {}", "A".repeat(43)));
    assert_eq!(without.get("/api/stream/sse").status, 401);
}

fn stream_from_another_origin_is_refused(world: &mut World) {
    let (_, visitor, _) = talk(world);
    let base = world.base();
    let foreign = visitor
        .call
        .clone()
        .without("Authorization")
        .with("Origin", "https://evil.example");
    let listen = Listen {
        base: &base,
        headers: &foreign.all_headers(),
        auth: json!({ "auth": "visitor", "token": visitor.token }),
        last_id: None,
    };

    if let Ok(mut stream) = Stream::websocket_unheard(&listen) {
        let heard = stream.next_within(SILENCE);
        assert!(heard.is_none(), "heard from a foreign page: {heard:?}");
        assert!(stream.ends_within(Duration::from_secs(6)));
    }
    let foreign = visitor.call.clone().with("Origin", "https://evil.example");
    assert_eq!(
        foreign.get("/api/stream/sse").problem(403),
        "origin_not_allowed"
    );
}

fn signing_out_everywhere_ends_open_streams(world: &mut World) {
    let owner = world.owner();
    let other = Console::sign_in(&world.base(), it::world::OWNER_EMAIL, it::world::PASSWORD);
    let mut stream = other.websocket(None);

    owner.call.delete("/api/console/sessions").expect(204);

    assert!(
        stream.ends_within(Duration::from_secs(1)),
        "the stream outlived its session"
    );
    assert_eq!(
        other.call.get("/api/console/session").problem(401),
        "session_expired"
    );
}

fn burst_reaches_a_quick_reader_once_each_while_another_reads_nothing(world: &mut World) {
    // All of it comes from one address; the limits of an address are another story's.
    let unlimited = ("CHATHAM_RATE_FACTOR".to_owned(), "10000".to_owned());
    world.settings.push(unlimited);
    world.crash_and_restart();
    let (owner, visitor, id) = talk(world);
    let mut stuck = owner.websocket(None);
    let mut quick = visitor.websocket(None);
    let tail = "\u{1f600}".repeat(BURST_BODY);

    let heard: Vec<i64> = std::thread::scope(|scope| {
        for writer in 0..BURST_WRITERS {
            let (owner, id, body) = (&owner, &id, format!("{writer} {tail}"));
            let write =
                move || (0..BURST / BURST_WRITERS).for_each(|_| drop(owner.reply(id, &body)));
            scope.spawn(write);
        }
        (0..BURST).map(|_| hear_seq(&mut quick)).collect()
    });

    let gapless: Vec<i64> = (heard[0]..).take(BURST).collect();
    assert_eq!(heard, gapless);
    // The other reads now; if it was let go meanwhile, it comes back for exactly what it has not heard.
    let mut late = Vec::new();
    while late.len() < BURST {
        match stuck.next_within(SLOW_WAIT) {
            Some(event) if event.name == "message.created" => {
                late.push(event.body.number("/message/seq"));
            }
            Some(event) => assert_ne!(event.name, "gap"),
            None => stuck = owner.websocket(stuck.last_id),
        }
    }
    assert_eq!(late, gapless);
}

fn hear_seq(stream: &mut Stream) -> i64 {
    let event = stream.next_named("message.created");
    event.body.number("/message/seq")
}
