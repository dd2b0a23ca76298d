//! Requests of people: each kind from its receipt to its end, with the clock that runs by itself.

pub(crate) mod centre;
mod letter;

pub(crate) use centre::browser;
pub(crate) use letter::{ADDRESS, proved};

use std::thread::sleep;
use std::time::Duration;

use it::clock::DAY_S;
use it::{Answer, Console, MailSink, Reach, World, wait_until};
use serde_json::{Value, json};

it::stories! {
    request_is_due_within_law_and_file_and_asking_twice_is_one,
    entered_request_needs_its_person_and_the_fields_of_its_kind,
    unproved_request_is_not_carried_out_early,
    no_more_time_where_the_policy_has_none,
    ignored_request_runs_by_itself_and_keeps_its_receipts,
    ignored_opt_out_runs_within_minutes,
    moved_clock_neither_loses_nor_shortens_a_request,
    restricted_record_is_frozen_for_agents_until_lifted,
    corrected_name_and_address_are_what_agents_see,
    copy_without_an_address_is_handed_over_by_a_link,
    requests_of_a_day_are_limited,
}

/// Microseconds of a day.
const DAY_MICROS: i64 = DAY_S * 1_000_000;

/// Enters a request; the first one made of it.
#[track_caller]
pub(crate) fn enter(desk: &Console, body: &Value) -> Value {
    let mut body = body.clone();
    if body.get("way").is_none() {
        body["way"] = json!("post");
    }
    let entered = desk.call.post("/api/console/requests", &body).expect(201);
    entered.at("/requests/0").clone()
}

pub(crate) fn act(desk: &Console, request: &Value, what: &str, body: &Value) -> Answer {
    let path = format!("/api/console/requests/{}/{what}", request.text("/id"));
    desk.call.post(&path, body)
}

pub(crate) fn look_at(desk: &Console, request: &Value) -> Value {
    let path = format!("/api/console/requests/{}", request.text("/id"));
    desk.call.get(&path).expect(200)
}

fn acts(request: &Value) -> Vec<(String, String)> {
    let steps = request.list("/steps").iter();
    steps
        .map(|step| (step.text("/act"), step.text("/role")))
        .collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(act, role): &(&str, &str)| ((*act).to_owned(), (*role).to_owned());
    wanted.iter().map(owned).collect()
}

/// A world whose clock the story moves.
pub(crate) fn on_a_test_clock(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
}

fn request_is_due_within_law_and_file_and_asking_twice_is_one(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let conversation = visitor.start("hello").text("/conversation/id");
    let ask = json!({ "kind": "erase", "conversation_id": conversation });

    let request = enter(&owner, &ask);
    let again = owner
        .call
        .post(
            "/api/console/requests",
            &json!({ "kind": "erase", "way": "telephone", "conversation_id": conversation }),
        )
        .expect(201);

    let days = (request.number("/due_at") - request.number("/received_at")) / DAY_MICROS;
    assert!((28..=30).contains(&days), "due in {days} days");
    assert_eq!(request.text("/state"), "open");
    assert_eq!(acts(&request), pairs(&[("received", "owner")]));
    assert_eq!(again.number("/known"), 1);
    assert_eq!(again.text("/requests/0/id"), request.text("/id"));
    let open = owner.call.get("/api/console/requests").expect(200);
    assert_eq!(open.list("/requests").len(), 1);
    let of_another_kind = owner
        .call
        .get("/api/console/requests?kind=access")
        .expect(200);
    assert_eq!(of_another_kind.list("/requests").len(), 0);
}

fn entered_request_needs_its_person_and_the_fields_of_its_kind(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let conversation = visitor.start("hello").text("/conversation/id");
    let refused = |fields: Value| {
        let mut body = json!({ "kind": "erase", "way": "post", "conversation_id": conversation });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = owner.call.post("/api/console/requests", &body);
        (answer.status, answer.json().text("/fields/0/field"))
    };

    for (fields, field) in [
        (json!({ "kind": "everything" }), "kind"),
        (json!({ "way": "centre" }), "way"),
        (json!({ "proof": "session" }), "proof"),
        (json!({ "email": "a@mail.example" }), "email"),
        (json!({ "kind": "correct" }), "right_name"),
        (
            json!({ "kind": "correct", "right_email": "no address" }),
            "right_email",
        ),
        (json!({ "right_name": "N" }), "right_name"),
        (json!({ "kind": "object" }), "purpose"),
        (
            json!({ "kind": "object", "purpose": "support.reply" }),
            "purpose",
        ),
        (json!({ "purpose": "support.letter" }), "purpose"),
        (json!({ "received_at": i64::MAX }), "received_at"),
        (json!({ "received_at": 0 }), "received_at"),
    ] {
        assert_eq!(refused(fields.clone()), (422, field.to_owned()), "{fields}");
    }
    let nobody = json!({ "kind": "erase", "way": "post", "email": "nobody@mail.example" });
    let answer = owner.call.post("/api/console/requests", &nobody);
    assert_eq!(answer.problem(404), "not_found");
    assert_eq!(world.databases.number("select count(*) from request"), 0);
}

fn unproved_request_is_not_carried_out_early(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let conversation = visitor.start("hello").text("/conversation/id");
    let request = enter(
        &owner,
        &json!({ "kind": "erase", "conversation_id": conversation }),
    );

    let early = act(&owner, &request, "execute", &json!({}));
    assert_eq!(early.problem(409), "not_verified");
    assert_eq!(visitor.call.get("/api/widget/me").status, 200);

    act(&owner, &request, "verify", &json!({ "proof": "call_back" })).expect(200);
    let again = act(&owner, &request, "verify", &json!({ "proof": "document" }));
    assert_eq!(again.problem(409), "already_verified");
    let done = act(&owner, &request, "execute", &json!({})).expect(200);

    assert_eq!(done.text("/outcome"), "erased");
    assert!(!done.has("/person_id"), "{done}");
    assert_eq!(
        acts(&done),
        pairs(&[
            ("received", "owner"),
            ("verified", "owner"),
            ("executed", "owner")
        ])
    );
    assert_eq!(visitor.call.get("/api/widget/me").status, 401);
    let twice = act(&owner, &request, "execute", &json!({}));
    assert_eq!(twice.problem(409), "request_closed");
}

fn no_more_time_where_the_policy_has_none(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let conversation = visitor.start("hello").text("/conversation/id");
    let request = enter(
        &owner,
        &json!({ "kind": "export", "conversation_id": conversation }),
    );

    let refused = act(&owner, &request, "extend", &json!({ "reason": "complex" }));

    assert_eq!(refused.problem(409), "no_extension");
    assert!(!request.list("/next").contains(&json!("extend")));
}

fn ignored_request_runs_by_itself_and_keeps_its_receipts(world: &mut World) {
    on_a_test_clock(world);
    let owner = world.owner();
    let visitor = world.visitor();
    let conversation = visitor.start("hello").text("/conversation/id");
    let request = enter(
        &owner,
        &json!({ "kind": "erase", "conversation_id": conversation }),
    );

    world.clock().advance(29 * DAY_S);
    sleep(Duration::from_secs(1));
    assert_eq!(
        world.databases.number("select count(*) from visitor"),
        1,
        "before its time"
    );
    world.clock().advance(2 * DAY_S);

    wait_until("the person is erased", || {
        world.databases.number("select count(*) from visitor") == 0
            && world
                .databases
                .number("select count(*) from request where state = 'done'")
                == 1
    });
    let owner = Console::sign_in(&world.base(), it::world::OWNER_EMAIL, it::world::PASSWORD);
    let done = look_at(&owner, &request);
    assert_eq!(done.text("/outcome"), "erased");
    assert_eq!(
        acts(&done),
        pairs(&[("received", "owner"), ("executed", "system")])
    );
    let kinds = world.databases.rows(
        "select kind from ledger_entry where kind in ('request', 'erasure') order by entry_index",
    );
    let kinds: Vec<_> = kinds.into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(kinds, ["request", "erasure", "request"]);
}

fn ignored_opt_out_runs_within_minutes(world: &mut World) {
    on_a_test_clock(world);
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("hello").text("/conversation/id");
    let request = enter(&owner, &json!({ "kind": "opt_out", "conversation_id": id }));
    let minutes = (request.number("/due_at") - request.number("/received_at")) / 60_000_000;
    assert_eq!(minutes, 5);

    world.clock().advance(5 * 60);

    let out = "select count(*) from person where opted_out_at is not null";
    wait_until("letters stopped", || world.databases.number(out) == 1);
    let done = look_at(&owner, &request);
    assert_eq!(done.text("/outcome"), "opted_out");
    assert_eq!(
        acts(&done),
        pairs(&[("received", "owner"), ("executed", "system")])
    );
}

fn moved_clock_neither_loses_nor_shortens_a_request(world: &mut World) {
    on_a_test_clock(world);
    let owner = world.owner();
    let visitor = world.visitor();
    let conversation = visitor.start("hello").text("/conversation/id");
    let request = enter(
        &owner,
        &json!({ "kind": "restrict", "conversation_id": conversation }),
    );
    let open = "select count(*) from request where state = 'open'";

    for ahead in [3_600, -3_600, -30 * DAY_S, 0] {
        world.clock().set(ahead);
        sleep(Duration::from_millis(800));
        assert_eq!(world.databases.number(open), 1, "{ahead} s ahead");
        let due = world.databases.number("select due_at from request");
        assert_eq!(due, request.number("/due_at"), "{ahead} s ahead");
    }
    world.clock().set(31 * DAY_S);

    wait_until("it ran", || world.databases.number(open) == 0);
    world.clock().set(-30 * DAY_S);
    sleep(Duration::from_millis(800));
    let executed = "select count(*) from request_step where act = 'executed'";
    assert_eq!(world.databases.number(executed), 1, "nothing runs twice");
    let frozen = "select count(*) from person where restricted_at is not null";
    assert_eq!(world.databases.number(frozen), 1);
}

fn restricted_record_is_frozen_for_agents_until_lifted(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let started =
        visitor.try_start(&json!({ "body": "my cerulean secret", "name": "Nadir Noname" }));
    let id = started.expect(201).text("/conversation/id");
    let path = format!("/api/console/conversations/{id}");
    wait_until("the words are found", || {
        let found = owner.call.get("/api/console/search?q=cerulean").expect(200);
        !found.list("/results").is_empty()
    });
    let request = json!({ "kind": "restrict", "conversation_id": id, "proof": "document" });
    let request = enter(&owner, &request);

    let done = act(&owner, &request, "execute", &json!({})).expect(200);

    let person = done.text("/person_id");
    let inbox = owner.call.get("/api/console/conversations?view=all");
    let view = owner.call.get(&path);
    for answer in [&inbox, &view] {
        assert!(
            answer.body.contains("\"frozen\":\"restricted\""),
            "{}",
            answer.body
        );
        assert!(!answer.body.contains("cerulean") && !answer.body.contains("Nadir"));
    }
    let messages = owner.call.get(&format!("{path}/messages"));
    assert_eq!(
        (messages.problem(403), messages.json().number("/clause")),
        ("person_restricted".to_owned(), 60)
    );
    for kind in ["message", "note"] {
        let refused = owner.try_say(&id, &json!({ "kind": kind, "body": "words" }));
        assert_eq!(refused.problem(403), "person_restricted", "{kind}");
    }
    let found = owner.call.get("/api/console/search?q=cerulean").expect(200);
    assert!(found.list("/results").is_empty());
    let reveal = |purpose: &str| {
        let path = format!("/api/console/people/{person}/reveal");
        owner.call.post(
            &path,
            &json!({ "field": "visitor.name", "purpose": purpose }),
        )
    };
    assert_eq!(reveal("support.reply").problem(403), "person_restricted");
    assert_eq!(
        reveal("rights.request").expect(200).text("/value"),
        "Nadir Noname"
    );
    let refused = visitor.try_say(&id, &json!({ "body": "more" }));
    assert_eq!(refused.problem(403), "person_restricted");
    assert_eq!(visitor.history(&id)[0].text("/body"), "my cerulean secret");

    let centre = centre::Centre::enter(world, &visitor);
    centre.act("act=lift_restriction").expect_page(200);

    assert_eq!(owner.history(&id)[0].text("/body"), "my cerulean secret");
    visitor.say(&id, "more");
}

fn corrected_name_and_address_are_what_agents_see(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let started = visitor.try_start(&json!({ "body": "hello", "name": "Wrong Name" }));
    let id = started.expect(201).text("/conversation/id");
    let request = enter(
        &owner,
        &json!({
            "kind": "correct", "conversation_id": id, "proof": "document",
            "right_name": "Right Name", "right_email": "right@mail.example",
        }),
    );
    let waiting = "select count(*) from request where name_sealed is not null";
    assert_eq!(world.databases.number(waiting), 1);

    act(&owner, &request, "execute", &json!({})).expect(200);

    assert_eq!(
        world.databases.number(waiting),
        0,
        "what was asked for is in its place now"
    );
    let view = owner
        .call
        .get(&format!("/api/console/conversations/{id}"))
        .expect(200);
    assert_eq!(view.text("/conversation/visitor/name"), "Right Name");
    let by_address = owner
        .call
        .get("/api/console/search?q=right@mail.example")
        .expect(200);
    assert_eq!(by_address.list("/results").len(), 1);
}

fn copy_without_an_address_is_handed_over_by_a_link(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("words for the copy").text("/conversation/id");
    let request = enter(
        &owner,
        &json!({ "kind": "export", "conversation_id": id, "proof": "document" }),
    );
    let early = act(&owner, &request, "hand-over", &json!({}));
    assert_eq!(early.problem(409), "nothing_to_hand_over");

    let done = act(&owner, &request, "execute", &json!({})).expect(200);
    assert_eq!(done.text("/outcome"), "ready");
    let url = act(&owner, &request, "hand-over", &json!({}))
        .expect(200)
        .text("/url");

    let centre = centre::Centre::open(world, &url);
    let export = centre.post("/privacy/me/export.json", "");
    assert!(
        export.body.contains("words for the copy"),
        "{}",
        export.body
    );
    let steps = acts(&look_at(&owner, &request));
    assert_eq!(steps.last().unwrap().0, "handed_over");
}

fn requests_of_a_day_are_limited(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("hello").text("/conversation/id");
    let request = enter(&owner, &json!({ "kind": "access", "conversation_id": id }));
    // As many as are allowed, less the one.
    world.databases.execute(
        "insert into request (workspace_id, request_id, kind, purpose, state, way, received_at,
             due_at, closed_at, created_at)
         with recursive numbers (number) as (
             select 1 union all select number + 1 from numbers where number < 9999
         )
         select workspace_id, 'filler-' || number, 'access', '', 'done', 'post', received_at, due_at,
             created_at, created_at
         from request, numbers
         where kind = 'access'",
    );

    let body = json!({ "kind": "erase", "way": "post", "conversation_id": id });
    let refused = owner.call.post("/api/console/requests", &body);

    assert_eq!(refused.problem(429), "too_many_requests");
    let same = json!({ "kind": "access", "way": "post", "conversation_id": id });
    let known = owner.call.post("/api/console/requests", &same).expect(201);
    assert_eq!(
        known.text("/requests/0/id"),
        request.text("/id"),
        "one that is open is found still"
    );
}

/// A world that sends letters.
pub(crate) fn with_letters(world: &mut World) -> MailSink {
    let mail = MailSink::start();
    world.start_over();
    world.use_mail(&mail);
    world.boot();
    mail
}
