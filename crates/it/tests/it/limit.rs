//! Limits and bad input: a named problem, and nothing stored.

use it::actor::new_message_id;
use it::{Reach, Visitor, World};
use serde_json::{Value, json};

it::stories! {
    bad_body_is_a_named_problem_and_stores_nothing,
    longest_message_is_stored_byte_for_byte,
    foreign_conversation_is_not_found,
    foreign_origin_is_refused,
    too_large_body_is_refused_before_it_is_read,
    every_answer_carries_the_security_headers,
    path_tricks_find_nothing,
    flood_is_told_when_to_come_back,
}

/// A body as bytes, and the code of the problem it must meet.
struct Bad {
    what: &'static str,
    body: Vec<u8>,
    code: &'static str,
}

fn bad(what: &'static str, body: impl Into<Vec<u8>>) -> Bad {
    Bad {
        what,
        body: body.into(),
        code: "invalid_body",
    }
}

/// A good body with some fields replaced.
fn with(version: i64, fields: &Value) -> String {
    let mut body = json!({
        "policy_version": version,
        "client_msg_id": new_message_id(),
        "body": "Hello",
    });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

/// Bodies that are no message at all.
fn malformed_bodies(version: i64) -> Vec<Bad> {
    let good = with(version, &json!({}));
    vec![
        bad("no JSON", "{\"body\":"),
        bad("empty", ""),
        bad("not UTF-8", vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}']),
        bad("a list", "[]"),
        bad("lone surrogate", good.replace("Hello", r"\ud800 alone")),
        bad("NUL", good.replace("Hello", r"a\u0000b")),
        bad("deep nesting", "[".repeat(100_000)),
        bad(
            "deep nesting in a field",
            good.replace("\"Hello\"", &"[".repeat(100_000)),
        ),
    ]
}

/// Bodies of the right shape with a field that is wrong.
fn wrong_fields(version: i64) -> Vec<Bad> {
    let mut cases: Vec<Bad> = [
        ("number for text", json!({ "body": 7 })),
        ("object for text", json!({ "body": { "a": 1 } })),
        ("blank", json!({ "body": " \n\t " })),
        ("too long", json!({ "body": "x".repeat(10_001) })),
        ("long name", json!({ "name": "n".repeat(121) })),
        ("id that is none", json!({ "client_msg_id": "1" })),
        ("bad address", json!({ "email": "no at sign" })),
        ("line break in a name", json!({ "name": "a\r\nBcc: b" })),
        ("version beyond all", json!({ "policy_version": 1e300 })),
        ("negative version", json!({ "policy_version": "-1" })),
    ]
    .into_iter()
    .map(|(what, fields)| bad(what, with(version, &fields)))
    .collect();
    let unknown = bad("unknown field", with(version, &json!({ "admin": true })));
    cases.push(Bad {
        code: "unknown_field",
        ..unknown
    });
    cases
}

fn bad_body_is_a_named_problem_and_stores_nothing(world: &mut World) {
    let visitor = world.visitor();
    let path = format!("/api/widget/{}/conversations", visitor.site_id);
    let before = world.databases.row_counts();

    let version = visitor.policy_version;
    for case in malformed_bodies(version)
        .into_iter()
        .chain(wrong_fields(version))
    {
        // Each from an address of its own: this story is not about floods.
        let call = visitor
            .call
            .clone()
            .with("X-Forwarded-For", &it::actor::random_address());
        let answer = call.send("POST", &path, Some(&case.body));
        assert_eq!(answer.status, 422, "{}: {}", case.what, answer.body);
        assert_eq!(answer.problem(422), case.code, "{}", case.what);
    }

    assert_eq!(world.databases.row_counts(), before, "nothing is stored");
}

fn longest_message_is_stored_byte_for_byte(world: &mut World) {
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    let texts = [
        "\u{1f9ff}".repeat(10_000),
        format!("Z{}", "\u{301}\u{302}\u{323}".repeat(3_333)),
        "\u{202e}right to left override".to_owned(),
        "<script>alert(1)</script> {{7*7}} ${7*7} ' or 1=1 --".to_owned(),
        "line\nbreak\ttab and \u{feff} mark".to_owned(),
    ];
    for text in &texts {
        visitor.say(&id, text);
    }

    let bodies: Vec<String> = visitor
        .history(&id)
        .iter()
        .skip(1)
        .map(|message| message.text("/body"))
        .collect();
    assert_eq!(bodies, texts);
}

fn foreign_conversation_is_not_found(world: &mut World) {
    let mine = world.visitor();
    let id = mine.start("secret words").text("/conversation/id");
    let other = world.visitor();
    other.start("Hello");
    let never_wrote = world.visitor();

    for visitor in [&other, &never_wrote] {
        for answer in calls_about(visitor, &id) {
            assert!([401, 404].contains(&answer.status), "{}", answer.body);
            assert!(!answer.body.contains("secret words"));
        }
    }
}

fn calls_about(visitor: &Visitor, id: &str) -> Vec<it::Answer> {
    let path = |end: &str| format!("/api/widget/conversations/{id}/{end}");
    vec![
        visitor.call.get(&path("messages")),
        visitor.try_say(id, &json!({ "body": "intruder" })),
        visitor.call.post(&path("read"), &json!({ "seq": 1 })),
        visitor.call.post(&path("delivered"), &json!({ "seq": 1 })),
        visitor.call.post(&path("typing"), &json!({})),
        visitor.call.send("POST", &path("end"), None),
        visitor.call.post(
            &path("rating"),
            &json!({ "score": 5, "policy_version": visitor.policy_version }),
        ),
    ]
}

fn foreign_origin_is_refused(world: &mut World) {
    let visitor = world.visitor();
    let before = world.databases.row_counts();
    for origin in [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
    ] {
        let foreign = Visitor {
            call: visitor.call.clone().with("Origin", origin),
            ..visitor.clone()
        };

        let answer = foreign.try_start(&json!({ "body": "Hello" }));

        assert_eq!(answer.problem(403), "origin_not_allowed", "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!(world.databases.row_counts(), before);
}

fn too_large_body_is_refused_before_it_is_read(world: &mut World) {
    let visitor = world.visitor();
    let path = format!("/api/widget/{}/conversations", visitor.site_id);
    let body = with(
        visitor.policy_version,
        &json!({ "page_title": "x".repeat(128 * 1024) }),
    );

    let answer = visitor.call.send("POST", &path, Some(body.as_bytes()));

    assert_eq!(answer.problem(413), "payload_too_large");
}

fn every_answer_carries_the_security_headers(world: &mut World) {
    let stranger = world.stranger();
    for path in [
        "/",
        "/privacy",
        "/console",
        "/healthz",
        "/api/openapi.json",
        "/nowhere",
    ] {
        let answer = stranger.get(path);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert_eq!(answer.header("server"), "", "{path} says what it runs on");
        assert!(
            answer.header_values("set-cookie").is_empty(),
            "{path} sets a cookie"
        );
    }
    for path in ["/", "/privacy", "/console"] {
        let policy = stranger
            .get(path)
            .header("content-security-policy")
            .to_owned();
        assert!(policy.contains("default-src"), "{path}: {policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"),
            "{path}: {policy}"
        );
        assert!(policy.contains("frame-ancestors"), "{path}: {policy}");
    }
    let session = world.owner().call.get("/api/console/session");
    assert!(session.header("cache-control").contains("no-store"));
}

fn path_tricks_find_nothing(world: &mut World) {
    let stranger = world.stranger();
    for path in [
        "/assets/../data.db",
        "/assets/%2e%2e/data.db",
        "/assets/..%2fdata.db",
        "/assets/%00",
        "/w/../../keys.db",
        "/console/%2e%2e/%2e%2e/keys.db",
        "//evil.example",
        "/privacy/v/-1",
        "/privacy/v/99999999999999999999",
        "/chat/resume/x",
    ] {
        let answer = stranger.get(path);
        assert!(answer.status < 500, "{path}: {}", answer.status);
        assert!(!answer.body.starts_with("SQLite"), "{path}");
        assert!(!answer.header("location").contains("evil"), "{path}");
    }
}

fn flood_is_told_when_to_come_back(world: &mut World) {
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");

    let refused = (0..2_000)
        .map(|number| visitor.try_say(&id, &json!({ "body": format!("flood {number}") })))
        .find(|answer| answer.status != 201)
        .expect("two thousand messages at once are too many");

    assert_eq!(refused.problem(429), "too_many_requests");
    let wait: u64 = refused
        .header("retry-after")
        .parse()
        .expect("seconds to wait");
    assert!((1..=3600).contains(&wait));
}
