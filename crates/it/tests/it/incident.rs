//! A breach, real or as a drill: whom it reached by reference, the clock of 72 hours, and what was told to whom
//! (clause 71; GDPR articles 33 and 34).

use it::clock::{DAY_S, real_now};
use it::{Console, Engine, MailSink, Reach, Visitor, World, wait_until};
use serde_json::{Value, json};

it::stories! {
    drill_lists_whom_it_reached_and_writes_to_nobody,
    real_breach_has_a_clock_and_is_counted_in_public,
}

const MARK: &str = "mark-incident-51be07d2c9";
const INCIDENTS: &str = "/api/console/incidents";

fn talk(world: &mut World, name: &str) -> (Visitor, String) {
    let visitor = world.visitor();
    let fields = json!({ "body": MARK, "name": MARK, "email": format!("{name}@mail.example") });
    let started = visitor.try_start(&fields).expect(201);
    (visitor, started.text("/conversation/id"))
}

fn open(owner: &Console, body: &Value) -> Value {
    owner.call.post(INCIDENTS, body).expect(201)
}

fn people(owner: &Console, incident: &Value) -> Vec<String> {
    let path = format!("{INCIDENTS}/{}/people", incident.text("/id"));
    let page = owner.call.get(&path).expect(200);
    let people = page.list("/people").to_vec();
    people.iter().map(|one| one.text("/person_id")).collect()
}

fn step(owner: &Console, incident: &Value, act: &str, body: &Value) -> it::Answer {
    let path = format!("{INCIDENTS}/{}/{act}", incident.text("/id"));
    owner.call.post(&path, body)
}

fn drill_lists_whom_it_reached_and_writes_to_nobody(world: &mut World) {
    let owner = world.owner();
    let (_, read) = talk(world, "one");
    let (gone, _) = talk(world, "two");
    assert!(!owner.history(&read).is_empty());
    let whom = owner.person_of(&read);

    let agent = open(
        &owner,
        &json!({ "kind": "drill", "scope": "agent", "agent_id": owner.agent_id }),
    );
    assert_eq!(
        people(&owner, &agent),
        std::slice::from_ref(&whom),
        "only who was read"
    );
    assert_eq!(agent.at("/affected").as_i64(), Some(1));
    let all = open(&owner, &json!({ "kind": "drill", "scope": "keys" }));
    assert!(people(&owner, &all).contains(&whom));
    let sealed = open(&owner, &json!({ "kind": "drill", "scope": "copy" }));
    let categories = sealed.at("/categories").to_string();
    assert!(!categories.contains("user.contact.email"), "{categories}");
    let keys = all.at("/categories").to_string();
    assert!(keys.contains("user.contact.email"), "{keys}");
    let before = open(
        &owner,
        &json!({ "kind": "drill", "scope": "period", "from_at": real_now() - DAY_S * 2_000_000,
            "to_at": real_now() - DAY_S * 1_000_000 }),
    );
    assert_eq!(people(&owner, &before), Vec::<String>::new());

    let listed = owner.call.get(INCIDENTS);
    assert!(!listed.body.contains(MARK) && !listed.body.contains("mail.example"));
    let due = all.at("/due_at").as_i64().unwrap() - all.at("/noticed_at").as_i64().unwrap();
    assert_eq!(due, 3 * DAY_S * 1_000_000);
    let told = step(&owner, &all, "tell", &json!({ "words": "words" }));
    assert_eq!(told.problem(409), "drill_writes_to_nobody");
    step(&owner, &all, "close", &json!({})).expect(200);

    gone.call
        .post("/api/widget/me/erase", &json!({}))
        .expect(200);
    let after = open(&owner, &json!({ "kind": "drill", "scope": "keys" }));
    assert_eq!(
        after.at("/affected").as_i64().unwrap() + 1,
        all.at("/affected").as_i64().unwrap(),
        "an erased person is on no list"
    );
}

fn real_breach_has_a_clock_and_is_counted_in_public(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
    let owner = world.owner();
    talk(world, "one");
    let counts = |world: &World| {
        let status = world.stranger().get("/privacy/status.json").expect(200);
        status.at("/incidents").clone()
    };
    open(&owner, &json!({ "kind": "drill", "scope": "copy" }));
    assert_eq!(counts(world), json!({ "real": 0, "open": 0, "late": 0 }));

    let incident = open(&owner, &json!({ "kind": "real", "scope": "keys" }));
    assert_eq!(counts(world), json!({ "real": 1, "open": 1, "late": 0 }));
    let early = step(&owner, &incident, "close", &json!({}));
    assert_eq!(early.problem(409), "incident_not_reported");

    world.clock().advance(73 * 3_600);
    let owner = Console::sign_in(&world.base(), it::world::OWNER_EMAIL, it::world::PASSWORD);
    assert_eq!(counts(world), json!({ "real": 1, "open": 1, "late": 1 }));
    let reported = step(&owner, &incident, "report", &json!({})).expect(200);
    assert_eq!(reported.at("/late").as_bool(), Some(true));
    let again = step(&owner, &incident, "report", &json!({}));
    assert_eq!(again.problem(409), "incident_recorded");
    step(&owner, &incident, "close", &json!({})).expect(200);
    assert_eq!(counts(world), json!({ "real": 1, "open": 0, "late": 1 }));
}

#[test]
fn people_of_a_real_breach_get_one_letter_and_a_drill_none() {
    let mail = MailSink::start();
    let mut world = World::prepare(Engine::Sqlite);
    world.use_mail(&mail);
    world.boot();
    let owner = world.owner();
    for name in ["one", "two", "three"] {
        talk(&mut world, name);
    }
    open(&owner, &json!({ "kind": "drill", "scope": "keys" }));
    let incident = open(&owner, &json!({ "kind": "real", "scope": "keys" }));

    step(
        &owner,
        &incident,
        "tell",
        &json!({ "words": "Somebody copied the database." }),
    )
    .expect(200);

    let told = |name: &str| {
        let to = format!("{name}@mail.example");
        let letters = mail.letters();
        let mine = letters.iter().filter(|one| one.to.contains(&to));
        mine.filter(|one| one.text.contains("copied the database"))
            .count()
    };
    wait_until("everybody has their letter", || {
        ["one", "two", "three"].iter().all(|name| told(name) == 1)
    });
    let again = step(&owner, &incident, "tell", &json!({ "words": "again" }));
    assert_eq!(again.problem(409), "incident_recorded");
}

#[test]
fn incident_out_of_time_or_without_its_account_is_refused() {
    let mut world = World::start(Engine::Sqlite);
    let owner = world.owner();
    let ask = |body: Value| owner.call.post(INCIDENTS, &body).status;

    assert_eq!(ask(json!({ "kind": "likely", "scope": "copy" })), 422);
    assert_eq!(ask(json!({ "kind": "drill", "scope": "all" })), 422);
    assert_eq!(ask(json!({ "kind": "drill", "scope": "agent" })), 422);
    let tomorrow = real_now() + DAY_S * 1_000_000;
    assert_eq!(
        ask(json!({ "kind": "drill", "scope": "copy", "to_at": tomorrow })),
        422
    );
    assert_eq!(
        ask(json!({ "kind": "drill", "scope": "copy", "noticed_at": tomorrow })),
        422
    );
    assert_eq!(
        ask(json!({ "kind": "drill", "scope": "period", "from_at": 5, "to_at": 4 })),
        422
    );
    let real = open(&owner, &json!({ "kind": "real", "scope": "copy" }));
    assert_eq!(
        step(&owner, &real, "tell", &json!({ "words": " " })).status,
        422
    );
    let long = "x".repeat(4_001);
    assert_eq!(
        step(&owner, &real, "tell", &json!({ "words": long })).status,
        422
    );
}

#[test]
fn command_prints_references_and_the_clock() {
    let mut world = World::start(Engine::Sqlite);
    let owner = world.owner();
    let (_, id) = talk(&mut world, "one");

    let (code, said) = world.run(&["incident", "--scope", "keys"]);

    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("(drill, keys)") && said.contains("authority by"),
        "{said}"
    );
    assert!(
        !said.contains(&owner.person_of(&id)) && !said.contains("mail.example"),
        "{said}"
    );
    assert_ne!(world.run(&["incident", "--scope", "all"]).0, 0);
}
