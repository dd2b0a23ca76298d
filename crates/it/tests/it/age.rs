//! The question of age: asked before anything is written, judged and forgotten, and not asked twice.

use it::search::Search;
use it::{Engine, Reach, Visitor, World};
use serde_json::{Value, json};

it::stories! {
    nobody_writes_before_an_answer,
    refused_browser_stays_refused_and_leaves_nothing,
    pass_is_for_one_browser_and_one_hour,
    chat_page_without_scripts_asks_first,
    policy_decides_who_is_asked,
}

/// A year that nothing else in a log or a database says.
const CHILD: (i64, i64) = (2014, 7);
const GROWN_UP: (i64, i64) = (1991, 3);
const POLICY_OF_2014: &str = include_str!("../../../../policies/2014.toml");

fn start_with(visitor: &Visitor, pass: &Value) -> it::Answer {
    visitor.try_start(&json!({ "body": "Hello", "age_pass": pass }))
}

fn nobody_writes_before_an_answer(world: &mut World) {
    let visitor = world.visitor();
    let before = world.databases.row_counts();

    let answer = start_with(&visitor, &Value::Null);

    assert_eq!(answer.problem(403), "age_pass_missing");
    assert_eq!(answer.json().number("/clause"), 61);
    for pass in ["", ".", "x", "ffffffff.AAAA", "-1.", "7fffffffffffffff."] {
        assert_eq!(
            start_with(&visitor, &json!(pass)).problem(403),
            "age_pass_missing",
            "{pass}"
        );
    }
    assert_eq!(world.databases.row_counts(), before);
    let pass = visitor
        .say_age(GROWN_UP.0, GROWN_UP.1)
        .expect(200)
        .text("/age_pass");
    assert_eq!(
        world.databases.row_counts(),
        before,
        "an answer leaves no row"
    );
    let started = start_with(&visitor, &json!(pass)).expect(201);
    // Whoever is known is not asked again.
    let id = started.text("/conversation/id");
    visitor.say(&id, "and more");
    start_with(&visitor, &Value::Null).expect(201);
}

fn refused_browser_stays_refused_and_leaves_nothing(world: &mut World) {
    let visitor = world.visitor();
    let before = world.databases.row_counts();

    let pass = visitor
        .say_age(GROWN_UP.0, GROWN_UP.1)
        .expect(200)
        .text("/age_pass");
    let refused = visitor.say_age(CHILD.0, CHILD.1);
    let later = visitor.say_age(GROWN_UP.0, GROWN_UP.1);

    assert_eq!(refused.problem(403), "age_refused");
    assert_eq!(refused.json().number("/clause"), 61);
    assert_eq!(
        refused.body, later.body,
        "Back and another age: the same answer"
    );
    for hint in ["18", "13", "older", "years", "2014", "2008"] {
        assert!(!refused.body.contains(hint), "{hint} in {}", refused.body);
    }
    // What was given before does not help either.
    assert_eq!(
        start_with(&visitor, &json!(pass)).problem(403),
        "age_refused"
    );
    assert_eq!(world.databases.row_counts(), before);
    assert!(refused.header_values("set-cookie").is_empty());
    // Bad input is named without being repeated, and locks nobody out.
    let other = world.visitor();
    for (year, month) in [
        (4_711_222, 7),
        (2031, 7),
        (1871, 7),
        (1990, 13),
        (1990, 0),
        (-1, 1),
    ] {
        let answer = other.say_age(year, month);
        assert_eq!(answer.status, 422, "{}", answer.body);
        assert!(!answer.body.contains(&year.to_string()), "{}", answer.body);
    }
    for body in [
        json!({ "year": "mark-born-6d1f", "month": 7 }),
        json!({ "year": 1990 }),
    ] {
        let path = format!("/api/widget/{}/age", other.site_id);
        let answer = other.call.post(&path, &body);
        assert_eq!(answer.status, 422);
        assert!(!answer.body.contains("mark-born"), "{}", answer.body);
    }
    assert!(other.say_age(GROWN_UP.0, GROWN_UP.1).status == 200);
    assert_eq!(
        Search::new(&["4711222", "mark-born-6d1f"]).folder(&world.folder()),
        []
    );
    assert_eq!(world.databases.row_counts(), before);
}

fn pass_is_for_one_browser_and_one_hour(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
    let (one, two) = (world.visitor(), world.visitor());
    let pass = one
        .say_age(GROWN_UP.0, GROWN_UP.1)
        .expect(200)
        .text("/age_pass");

    assert_eq!(
        start_with(&two, &json!(pass)).problem(403),
        "age_pass_missing"
    );
    world.clock().advance(3_601);
    assert_eq!(
        start_with(&one, &json!(pass)).problem(403),
        "age_pass_missing"
    );
    let again = one
        .say_age(GROWN_UP.0, GROWN_UP.1)
        .expect(200)
        .text("/age_pass");
    start_with(&one, &json!(again)).expect(201);
}

fn chat_page_without_scripts_asks_first(world: &mut World) {
    let chat = format!("/chat/{}", world.site_id());
    let browser = it::actor::console_caller(&world.base())
        .with("Content-Type", "application/x-www-form-urlencoded");
    let send =
        |browser: &it::http::Caller, form: &str| browser.send("POST", &chat, Some(form.as_bytes()));
    let before = world.databases.row_counts();

    let asked = browser.get(&chat).body;

    assert!(asked.contains("When were you born?"), "{asked}");
    assert!(!asked.contains("<textarea"), "no field before the answer");
    let token = it::actor::random_token();
    let unread = send(&browser, &format!("act=age&token={token}&year=x&month=7"));
    assert_eq!(unread.status, 422);
    let refused = send(
        &browser,
        &format!("act=age&token={token}&year=2014&month=7"),
    );
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("This chat is not open to you"),
        "{}",
        refused.body
    );
    assert!(!refused.body.contains("2014"), "{}", refused.body);
    assert_eq!(
        refused.header_values("set-cookie"),
        ["__Host-chatham_age=refused; Path=/; Secure; HttpOnly; SameSite=Lax"]
    );
    // Back, with the form as it was; a new form with the browser's word; a new form without it.
    let form = format!("act=age&token={token}&year=1991&month=3");
    assert_eq!(send(&browser, &form).status, 403);
    let marked = browser.clone().with("Cookie", "__Host-chatham_age=refused");
    let fresh = format!(
        "act=age&token={}&year=1991&month=3",
        it::actor::random_token()
    );
    assert_eq!(send(&marked, &fresh).status, 403);
    assert!(!marked.get(&chat).body.contains("When were you born?"));
    assert_eq!(world.databases.row_counts(), before);

    let passed = send(&browser, &fresh);
    assert_eq!(passed.status, 200);
    assert!(passed.body.contains("<textarea"), "{}", passed.body);
    let hidden = |name: &str| {
        let (_, rest) = passed
            .body
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let form = format!(
        "act=send&body=Hello&policy_version={}&token={}&age_pass={}",
        hidden("policy_version"),
        hidden("token"),
        hidden("age_pass"),
    );
    assert_eq!(send(&browser, &form).status, 303);
}

fn policy_decides_who_is_asked(world: &mut World) {
    world.start_over();
    world.use_policy(POLICY_OF_2014);
    world.boot();
    let visitor = world.visitor();
    assert!(!visitor.age_gate);
    assert_eq!(
        visitor.say_age(CHILD.0, CHILD.1).problem(409),
        "age_not_asked"
    );
    start_with(&visitor, &Value::Null).expect(201);
    assert!(
        world
            .stranger()
            .get("/privacy")
            .body
            .contains("We do not ask for an age.")
    );

    world.start_over();
    world.use_policy(&POLICY_OF_2014.replace("audience = \"general\"", "audience = \"mixed\""));
    world.boot();
    let visitor = world.visitor();
    assert!(visitor.age_gate, "what children may like asks everybody");
    let answer = start_with(&visitor, &Value::Null);
    assert_eq!(answer.problem(403), "age_pass_missing");
    assert_eq!(answer.json().number("/clause"), 64);
    let chat = format!("/chat/{}", visitor.site_id);
    assert!(!world.stranger().get(&chat).body.contains("<textarea"));
    visitor.start("a grown-up");
}

#[test]
fn refused_age_stands_in_no_file_and_no_log() {
    let mut world = World::start(Engine::Sqlite);
    world
        .settings
        .push(("CHATHAM_LOG".to_owned(), "trace".to_owned()));
    world.crash_and_restart();
    let visitor = world.visitor();
    // Bodies that stand out: a search for a year alone would find any number.
    let body = br#"{"year": 2014, "month": 7}"#;
    let path = format!("/api/widget/{}/age", visitor.site_id);

    let answer = visitor.call.send("POST", &path, Some(body));

    assert_eq!(answer.problem(403), "age_refused");
    let marks = ["\"year\": 2014", "year=2014", "2014-07", &visitor.token];
    assert_eq!(Search::new(&marks).folder(&world.folder()), []);
}
