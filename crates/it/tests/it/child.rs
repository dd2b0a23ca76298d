//! "This is a minor": the record is frozen for everybody at once, held for a parent, and erased when the time is
//! over; a parent decides by a letter, also without being asked.

use std::time::{Duration, Instant};

use it::clock::DAY_S;
use it::search::Search;
use it::{Console, MailSink, Reach, Visitor, World, wait_until};
use serde_json::json;

it::stories! {
    marked_record_is_frozen_for_everybody_within_a_second,
    mark_is_taken_back_with_a_reason_by_a_privacy_officer_only,
    nobody_answers_and_it_is_erased_with_a_receipt,
    legal_hold_outlasts_the_end_of_a_childs_record,
    parent_who_is_asked_decides,
    parent_who_asks_deletes_without_the_childs_sign_in,
    parent_may_allow_what_the_policy_leaves_to_parents,
}

const MARK: &str = "mark-child-7e30c9b512";
const PARENT: &str = "mark-parent-51c7d20e8b@mail.example";
const REASON: &str = "mark-reason-04fa6e93b7";
const POLICY_OF_2014: &str = include_str!("../../../../policies/2014.toml");

fn begin(world: &mut World, mail: &MailSink) {
    world.start_over();
    world.use_mail(mail);
    world.use_test_clock();
    world.boot();
}

fn officer(world: &mut World, mail: &MailSink) -> Console {
    let body = json!({ "email": "officer@mail.example", "role": "privacy_officer" });
    world
        .owner()
        .call
        .post("/api/console/invitations", &body)
        .expect(201);
    let token = mail.wait_for("officer@mail.example").token_after("#token=");
    Console::accept(&world.base(), &token, "Officer")
}

fn talk(world: &mut World, email: Option<&str>) -> (Visitor, String, String) {
    let visitor = world.visitor();
    let fields = json!({ "body": format!("words with {MARK}"), "name": MARK, "email": email });
    let id = visitor
        .try_start(&fields)
        .expect(201)
        .text("/conversation/id");
    let person = world.owner().person_of(&id);
    (visitor, id, person)
}

fn mark(agent: &Console, person: &str) -> it::Answer {
    agent
        .call
        .post(&format!("/api/console/people/{person}/child"), &json!({}))
}

fn found(officer: &Console) -> Vec<serde_json::Value> {
    let answer = officer.call.get("/api/console/children").expect(200);
    answer.list("/children").to_vec()
}

fn persons(world: &World) -> i64 {
    world
        .databases
        .number("select count(*) from person where kind = 'visitor'")
}

fn children_entries(world: &World, act: &str) -> i64 {
    let sql = format!(
        "select count(*) from ledger_entry where kind = 'child' and body like '%\"act\":\"{act}\"%'"
    );
    world.databases.number(&sql)
}

fn marked_record_is_frozen_for_everybody_within_a_second(world: &mut World) {
    let (visitor, id, person) = talk(world, None);
    let owner = world.owner();
    wait_until("the words are found", || {
        owner
            .call
            .get(&format!("/api/console/search?q={MARK}"))
            .body
            .contains(&id)
    });
    let mut theirs = visitor.websocket(None);
    let mut agents = owner.websocket(None);
    let pressed = Instant::now();

    mark(&owner, &person).expect(204);

    theirs.next_named("person.frozen");
    agents.next_named("person.frozen");
    assert!(
        pressed.elapsed() < Duration::from_secs(1),
        "{:?}",
        pressed.elapsed()
    );
    for path in [
        format!("/api/console/conversations/{id}"),
        format!("/api/console/conversations/{id}/messages"),
        format!("/api/console/people/{person}"),
    ] {
        assert_eq!(owner.call.get(&path).status, 404, "{path}");
    }
    let list = owner
        .call
        .get("/api/console/conversations?view=all&state=open")
        .expect(200);
    assert!(list.list("/conversations").is_empty(), "{list}");
    assert_eq!(list.number("/counts/all"), 0);
    let sought = owner.call.get(&format!("/api/console/search?q={MARK}"));
    assert!(!sought.body.contains(&id), "{}", sought.body);
    assert!(
        owner
            .try_say(&id, &json!({ "kind": "message", "body": "Hello?" }))
            .status
            == 404
    );
    assert_visitor_is_told(&visitor, &id);
    // Again, and for whom nobody knows.
    mark(&owner, &person).expect(204);
    assert_eq!(children_entries(world, "frozen"), 1);
    assert_eq!(
        mark(&owner, "01980000-0000-7000-8000-000000000000").status,
        404
    );
    world.crash_and_restart();
    assert_eq!(
        visitor.call.get("/api/widget/me").problem(403),
        "record_frozen"
    );
}

/// Whoever wrote hears that it is closed, and nothing else.
#[track_caller]
fn assert_visitor_is_told(visitor: &Visitor, id: &str) {
    for path in [
        "/api/widget/me",
        "/api/widget/me/export",
        "/api/widget/conversations",
    ] {
        assert_eq!(
            visitor.call.get(path).problem(403),
            "record_frozen",
            "{path}"
        );
    }
    assert_eq!(
        visitor.try_say(id, &json!({ "body": "x" })).problem(403),
        "record_frozen"
    );
    assert_eq!(
        visitor.try_start(&json!({ "body": "x" })).problem(403),
        "record_frozen"
    );
}

fn mark_is_taken_back_with_a_reason_by_a_privacy_officer_only(world: &mut World) {
    let mail = MailSink::start();
    begin(world, &mail);
    let officer = officer(world, &mail);
    let (visitor, id, person) = talk(world, None);
    let owner = world.owner();
    mark(&owner, &person).expect(204);
    let lift = |agent: &Console, reason: &str| {
        let path = format!("/api/console/children/{person}/lift");
        agent.call.post(&path, &json!({ "reason": reason }))
    };

    assert_eq!(lift(&owner, REASON).problem(403), "role_not_in_purpose");
    assert_eq!(
        owner.call.get("/api/console/children").problem(403),
        "role_not_in_purpose"
    );
    assert_eq!(lift(&officer, "").status, 422);
    assert_eq!(lift(&officer, &"x".repeat(2_001)).status, 422);
    let listed = found(&officer);
    assert_eq!(listed[0].text("/next"), "ask_parent");
    assert_eq!(listed[0].number("/conversations"), 1);
    lift(&officer, REASON).expect(204);

    assert!(found(&officer).is_empty());
    assert_eq!(lift(&officer, REASON).status, 404);
    assert!(
        owner
            .call
            .get(&format!("/api/console/conversations/{id}"))
            .status
            == 200
    );
    let inbox = owner
        .call
        .get("/api/console/conversations?view=all&state=open")
        .expect(200);
    assert_eq!(inbox.number("/counts/all"), 1);
    visitor.say(&id, "I am grown up");
    for path in ["/api/widget/me", "/api/widget/me/export"] {
        assert!(visitor.call.get(path).body.contains("child.mark"), "{path}");
    }
    assert_eq!(children_entries(world, "lifted"), 1);
    assert_eq!(Search::new(&[REASON, MARK]).folder(&world.folder()), []);
    // The proof of it goes when its time is over.
    world.clock().advance(15 * DAY_S);
    wait_until("the mark is gone", || {
        world.databases.number("select count(*) from child") == 0
    });
    assert_eq!(persons(world), 1);
}

fn nobody_answers_and_it_is_erased_with_a_receipt(world: &mut World) {
    let mail = MailSink::start();
    begin(world, &mail);
    let officer = officer(world, &mail);
    let (_, _, unasked) = talk(world, None);
    let (_, _, asked) = talk(world, None);
    for person in [&unasked, &asked] {
        mark(&world.owner(), person).expect(204);
    }
    let path = format!("/api/console/children/{asked}/parent");
    officer
        .call
        .post(&path, &json!({ "email": PARENT }))
        .expect(204);
    drop(mail.wait_for(PARENT));

    world.clock().advance(3_590);
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(persons(world), 2, "held for its hour");
    world.clock().advance(20);
    wait_until("what has no parent goes", || persons(world) == 1);
    assert_eq!(found(&officer)[0].text("/person_id"), asked);
    world.clock().advance(14 * DAY_S);
    wait_until("without an answer it goes", || persons(world) == 0);

    let sql =
        "select count(*) from ledger_entry where kind = 'erasure' and body like '%child_lapsed%'";
    wait_until("with its entry", || world.databases.number(sql) == 2);
    assert_eq!(world.databases.number("select count(*) from child"), 0);
    assert_eq!(
        Search::new(&[MARK, PARENT]).folder(&world.folder().join("data")),
        []
    );
}

fn legal_hold_outlasts_the_end_of_a_childs_record(world: &mut World) {
    let mail = MailSink::start();
    begin(world, &mail);
    let (_, _, person) = talk(world, None);
    let owner = world.owner();
    mark(&owner, &person).expect(204);
    let hold = owner.hold(&person, None, "an order");

    world.clock().advance(7_200);
    let waits = "select count(*) from erasure where step = 'marked'";
    wait_until("it waits", || world.databases.number(waits) == 1);
    assert!(world.databases.number("select count(*) from message") > 0);
    assert!(owner.release(&hold));

    assert_eq!(persons(world), 0);
}

fn link_in(letter: &it::letters::Letter) -> String {
    format!("/privacy/parent/{}", letter.token_after("/privacy/parent/"))
}

fn page(world: &World) -> it::Caller {
    it::actor::console_caller(&world.base())
        .with("Content-Type", "application/x-www-form-urlencoded")
}

fn parent_who_is_asked_decides(world: &mut World) {
    let mail = MailSink::start();
    begin(world, &mail);
    let officer = officer(world, &mail);
    let (visitor, _, person) = talk(world, None);
    mark(&officer, &person).expect(204);
    let path = format!("/api/console/children/{person}/parent");
    for email in ["", "nobody", "a@b@c"] {
        assert_eq!(
            officer.call.post(&path, &json!({ "email": email })).status,
            422,
            "{email}"
        );
    }
    officer
        .call
        .post(&path, &json!({ "email": PARENT }))
        .expect(204);
    assert_eq!(found(&officer)[0].text("/next"), "wait_for_parent");
    assert_eq!(Search::new(&[PARENT]).folder(&world.folder()), []);
    let link = link_in(&mail.wait_for(PARENT));

    let asked = page(world).get(&link);

    assert!(asked.body.contains("Erase it for good"), "{}", asked.body);
    assert!(
        !asked.body.contains("Allow its use"),
        "the strict policy keeps nothing of a minor"
    );
    assert!(!asked.body.contains(MARK), "nothing of the record is shown");
    assert_eq!(
        page(world)
            .send("POST", &link, Some(b"answer=allow"))
            .status,
        409
    );
    assert_eq!(
        page(world)
            .send("POST", &link, Some(b"answer=other"))
            .status,
        422
    );
    assert_eq!(persons(world), 1);
    let erased = page(world).send("POST", &link, Some(b"answer=erase"));
    assert_eq!(erased.status, 200, "{}", erased.body);
    assert!(erased.body.contains("Your receipt"), "{}", erased.body);
    assert_eq!(persons(world), 0);
    assert_eq!(page(world).get(&link).status, 410, "the link works once");
    assert_eq!(visitor.call.get("/api/widget/me").status, 401);
}

fn parent_who_asks_deletes_without_the_childs_sign_in(world: &mut World) {
    let mail = MailSink::start();
    begin(world, &mail);
    talk(world, Some(PARENT));
    drop(mail.wait_for(PARENT));
    let ask = |email: &str| {
        let form = format!("email={}", email.replace('@', "%40"));
        page(world).send("POST", "/privacy/parent", Some(form.as_bytes()))
    };
    assert!(page(world).get("/privacy").body.contains("For parents"));
    assert_eq!(ask("no-address").status, 422);

    let unknown = ask("stranger@mail.example");
    let known = ask(PARENT);

    assert_eq!(
        (known.status, &known.body),
        (200, &unknown.body),
        "the same for everybody"
    );
    let letters = || {
        mail.letters()
            .into_iter()
            .filter(|one| one.text.contains("/privacy/parent/"))
    };
    wait_until("the letter", || letters().count() == 1);
    let letter = letters().next().unwrap();
    let erased = page(world).send("POST", &link_in(&letter), Some(b"answer=erase"));
    assert!(erased.body.contains("Your receipt"), "{}", erased.body);
    assert_eq!(persons(world), 0);
    assert!(
        mail.letters()
            .iter()
            .all(|one| !one.text.contains("stranger"))
    );
}

fn parent_may_allow_what_the_policy_leaves_to_parents(world: &mut World) {
    let mail = MailSink::start();
    world.start_over();
    world.use_mail_under(&mail, |policy| {
        let (_, processor) = policy.split_once("\n[[processor]]").unwrap();
        let sites = policy
            .lines()
            .find(|line| line.starts_with("sites = "))
            .unwrap();
        let own: Vec<&str> = POLICY_OF_2014
            .lines()
            .map(|line| {
                if line.starts_with("sites = ") {
                    sites
                } else {
                    line
                }
            })
            .collect();
        format!("{}\n[[processor]]{processor}\n", own.join("\n"))
    });
    world.boot();
    let officer = officer(world, &mail);
    let (visitor, id, person) = talk(world, None);
    mark(&world.owner(), &person).expect(204);
    let path = format!("/api/console/children/{person}/parent");
    officer
        .call
        .post(&path, &json!({ "email": PARENT }))
        .expect(204);
    let link = link_in(&mail.wait_for(PARENT));
    assert!(page(world).get(&link).body.contains("Allow its use"));

    let allowed = page(world).send("POST", &link, Some(b"answer=allow"));

    assert_eq!(allowed.status, 200, "{}", allowed.body);
    assert!(allowed.body.contains("Your receipt"), "{}", allowed.body);
    visitor.say(&id, "my mother says yes");
    assert_eq!(children_entries(world, "allowed"), 1);
    let kept = "select count(*) from child where parent_email_sealed is not null";
    assert_eq!(world.databases.number(kept), 0);
}
