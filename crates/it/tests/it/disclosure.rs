//! Releases on a legal ground: who must approve, to whom the copy opens, when the person is told, what is public.

use std::io::Read as _;

use age::x25519::Identity;
use it::clock::{DAY_S, real_now};
use it::world::PASSWORD;
use it::{Console, Engine, MailSink, Reach, Visitor, World, wait_until};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

it::stories! {
    release_takes_two_others_and_opens_with_its_key_alone,
    emergency_is_unreviewed_in_public_until_a_second_one_approves,
    person_is_told_when_the_order_ends_that_forbids_it,
}

const MARK: &str = "mark-released-7c0e5b12d4";
const ADDRESS: &str = "subject@mail.example";

/// Those who may have a part in a release: one asks, two approve.
struct Cast {
    mail: MailSink,
    officers: [Console; 3],
    /// Whose conversation it is.
    visitor: Visitor,
    person_id: String,
    conversation_id: String,
}

impl Cast {
    fn ask(&self, fields: &Value) -> String {
        let whose = [self.person_id.as_str(), &self.conversation_id];
        let asked = self.officers[0].try_disclosure(whose, fields);
        asked.expect(201).text("/ids/0")
    }
}

fn cast(world: &mut World) -> Cast {
    let mail = MailSink::start();
    world.start_over();
    world.use_test_clock();
    world.use_mail(&mail);
    world.boot();
    let owner = world.owner();
    let officers = ["one", "two", "three"].map(|name| officer(world, &owner, &mail, name));
    let (visitor, conversation_id) = talk(world);
    Cast {
        mail,
        officers,
        visitor,
        person_id: owner.person_of(&conversation_id),
        conversation_id,
    }
}

fn officer(world: &World, owner: &Console, mail: &MailSink, name: &str) -> Console {
    let email = format!("{name}@mail.example");
    let body = json!({ "email": email, "role": "privacy_officer" });
    let invited = owner.call.post("/api/console/invitations", &body);
    invited.expect(201);
    let token = mail.wait_for(&email).token_after("#token=");
    Console::accept(&world.base(), &token, name)
}

/// The member again, whose session has ended meanwhile.
fn afresh(world: &World, name: &str) -> Console {
    Console::sign_in(&world.base(), &format!("{name}@mail.example"), PASSWORD)
}

fn talk(world: &mut World) -> (Visitor, String) {
    let visitor = world.visitor();
    let fields = json!({ "body": MARK, "name": MARK, "email": ADDRESS });
    let started = visitor.try_start(&fields).expect(201);
    (visitor, started.text("/conversation/id"))
}

fn counts(world: &World) -> (i64, i64) {
    let status = world.stranger().get("/privacy/status.json").expect(200);
    let number = |path| status.at(path).as_i64().expect("a number");
    let (released, unreviewed) = ("/disclosures/released", "/disclosures/unreviewed");
    (number(released), number(unreviewed))
}

fn own_fields(visitor: &Visitor) -> Vec<String> {
    let held = visitor.call.get("/api/widget/me").expect(200);
    let fields = held.list("/items").iter().map(|item| item.text("/field"));
    fields.collect()
}

fn open_with(identity: &Identity, copy: &[u8]) -> Option<Value> {
    let decryptor = age::Decryptor::new(copy).expect("a file of age");
    let mut plain = String::new();
    let mut reader = decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .ok()?;
    reader.read_to_string(&mut plain).expect("read the copy");
    Some(serde_json::from_str(&plain).expect("the copy is JSON"))
}

fn release_takes_two_others_and_opens_with_its_key_alone(world: &mut World) {
    let cast = cast(world);
    let [one, two, three] = &cast.officers;
    let recipient = Identity::generate();
    let key = recipient.to_public().to_string();
    let asked = cast
        .ask(&json!({ "recipient_key": key, "categories": ["user.content.private", "user.name"] }));
    let step = |who: &Console, step: &str| who.disclosure_step(&asked, step);

    assert_eq!(step(one, "approve").problem(403), "own_approval");
    step(two, "approve").expect(204);
    assert_eq!(step(two, "approve").problem(409), "disclosure_approved");
    let refused = step(one, "release");
    assert_eq!(refused.problem(403), "approval_missing");
    assert!(refused.body.contains("51"), "{}", refused.body);
    step(three, "approve").expect(204);
    step(one, "release").expect(204);
    assert_eq!(step(one, "release").problem(409), "disclosure_closed");

    let path = format!("/api/console/disclosures/{asked}");
    let may = |who: &Console| who.call.get(&path).expect(200).at("/next").clone();
    assert_eq!(may(one), json!(["copy"]));
    let listed = three.call.get("/api/console/disclosures");
    assert!(!listed.body.contains("a breach"), "masked until opened");
    let opened = three.call.get(&path).expect(200);
    assert_eq!(opened.text("/reason"), "a breach");
    let copy = three.call.get(&format!("{path}/copy"));
    assert_eq!(copy.status, 200, "{}", copy.body);
    let hash = it::search::hexadecimal(&Sha256::digest(&copy.bytes));
    assert_eq!(opened.text("/bundle_hash"), format!("sha256:{hash}"));
    let plain = open_with(&recipient, &copy.bytes).expect("it opens with its key");
    assert_eq!(plain.text("/conversations/0/messages/0/body"), MARK);
    assert_eq!(plain.text("/person/name"), MARK);
    assert!(!plain.has("/person/email"), "not asked for: {plain}");
    assert!(open_with(&Identity::generate(), &copy.bytes).is_none());
    assert_eq!(counts(world), (1, 0));
    assert!(own_fields(&cast.visitor).contains(&"disclosure.reason".to_owned()));
    let told = cast.mail.wait_for(ADDRESS);
    assert!(!told.text.contains(MARK), "{}", told.text);

    // The copy can be fetched for a week.
    world.clock().advance(8 * DAY_S);
    let officer = afresh(world, "three");
    let late = officer.call.get(&format!("{path}/copy"));
    assert_eq!(late.problem(404), "not_found");
}

fn emergency_is_unreviewed_in_public_until_a_second_one_approves(world: &mut World) {
    let cast = cast(world);
    let two = &cast.officers[1];
    let asked = cast.ask(&json!({ "ground": "emergency", "rule": null }));
    two.disclosure_step(&asked, "approve").expect(204);

    two.disclosure_step(&asked, "release").expect(204);

    assert_eq!(counts(world), (1, 1), "open in public from the release on");
    world.clock().advance(2 * DAY_S);
    assert_eq!(counts(world), (1, 1), "skipping the second leaves it open");
    let officer = afresh(world, "three");
    officer.disclosure_step(&asked, "approve").expect(204);
    assert_eq!(counts(world), (1, 0));
}

fn person_is_told_when_the_order_ends_that_forbids_it(world: &mut World) {
    let cast = cast(world);
    let [one, two, three] = &cast.officers;
    let order = json!({
        "ground": "court-or-government",
        "rule": null,
        "document_hash": format!("sha256:{}", "cd".repeat(32)),
        "deadline_at": real_now() + 20 * DAY_S * 1_000_000,
        "gagged_until": real_now() + 9 * DAY_S * 1_000_000,
    });
    let asked = cast.ask(&order);
    for who in [two, three] {
        who.disclosure_step(&asked, "approve").expect(204);
    }
    one.disclosure_step(&asked, "release").expect(204);
    let path = format!("/api/console/disclosures/{asked}");
    let copy = three.call.get(&format!("{path}/copy"));
    assert_eq!(copy.status, 200, "{}", copy.body);

    let reason = "disclosure.reason".to_owned();
    assert!(
        !own_fields(&cast.visitor).contains(&reason),
        "the order stands"
    );
    let export = cast.visitor.call.get("/api/widget/me/export").body;
    assert!(
        !export.contains("legal."),
        "nor does the copy tell: {export}"
    );
    let opened = three.call.get(&path).expect(200);
    assert!(!opened.has("/notified_at"), "{opened}");

    world.clock().advance(10 * DAY_S);
    let of_release = |mail: &MailSink| {
        let letters = mail.letters().into_iter();
        letters
            .filter(|letter| letter.subject.contains("legal ground"))
            .count()
    };
    wait_until("a letter when the order has ended", || {
        of_release(&cast.mail) == 1
    });
    assert!(own_fields(&cast.visitor).contains(&reason));
}

/// The only member, as an officer from now on, and somebody's person and conversation.
fn alone(world: &mut World) -> (Console, [String; 2]) {
    let owner = world.owner();
    let (_, id) = talk(world);
    let person_id = owner.person_of(&id);
    let officer = "update agent set role = 'privacy_officer'";
    world.databases.execute(officer);
    (owner, [person_id, id])
}

#[test]
fn what_a_ground_does_not_carry_is_refused() {
    let mut world = World::start(Engine::Sqlite);
    let (officer, whose) = alone(&mut world);
    let ask = |fields: Value| officer.try_disclosure([&whose[0], &whose[1]], &fields);

    let everything = json!({ "scope": "person" });
    assert_eq!(ask(everything).problem(403), "scope_too_wide");
    let everybody = json!({ "scope": "everybody", "ground": "emergency" });
    assert_eq!(ask(everybody).problem(403), "scope_too_wide");
    let both = json!({ "scope": "person", "second_ground": "protect-rights-safety" });
    ask(both).expect(201);
    assert_eq!(ask(json!({ "rule": null })).problem(403), "rule_not_cited");
    let court = json!({ "ground": "court-or-government" });
    assert_eq!(ask(court).problem(403), "document_missing");
    assert_eq!(
        ask(json!({ "ground": "curiosity" })).problem(403),
        "ground_not_declared"
    );
    for fields in [
        json!({ "recipient_key": "age1nobody" }),
        json!({ "categories": ["user.authorization.credentials"] }),
        json!({ "categories": [] }),
        json!({ "gagged_until": 1 }),
        json!({ "gagged_until": real_now() + 400 * DAY_S * 1_000_000 }),
        json!({ "reason": "" }),
        json!({ "scope": "town" }),
        json!({ "conversation_id": null }),
    ] {
        assert_eq!(ask(fields.clone()).status, 422, "{fields}");
    }
    assert_eq!(world.databases.number("select count(*) from hold"), 0);
}

#[test]
fn address_stands_for_everybody_who_gave_it() {
    let mut world = World::start(Engine::Sqlite);
    talk(&mut world);
    let (officer, [person_id, conversation_id]) = alone(&mut world);
    let ask = |fields: Value| officer.try_disclosure([&person_id, &conversation_id], &fields);
    let by = |person_id: Value, conversation_id: Value, email: Value| {
        json!({
            "scope": "person", "ground": "emergency", "rule": null,
            "person_id": person_id, "conversation_id": conversation_id, "email": email,
        })
    };

    let asked = ask(by(json!(null), json!(null), json!(ADDRESS))).expect(201);

    assert_eq!(asked.list("/ids").len(), 2);
    let listed = officer.call.get("/api/console/disclosures").expect(200);
    let mut whose: Vec<_> = listed
        .list("/disclosures")
        .iter()
        .map(|one| one.text("/person_id"))
        .collect();
    whose.sort();
    whose.dedup();
    assert!(whose.len() == 2 && whose.contains(&person_id), "{whose:?}");
    let stranger = by(json!(null), json!(null), json!("stranger@mail.example"));
    assert_eq!(ask(stranger).problem(404), "not_found");
    let by_conversation = by(json!(null), json!(conversation_id), json!(null));
    assert_eq!(ask(by_conversation).expect(201).list("/ids").len(), 1);
    for unclear in [
        by(json!(person_id), json!(null), json!(ADDRESS)),
        by(json!(null), json!(null), json!(null)),
        by(json!(null), json!(null), json!("no address")),
    ] {
        assert_eq!(ask(unclear.clone()).status, 422, "{unclear}");
    }
}

#[test]
fn order_of_a_court_holds_what_it_names_and_lapses_at_its_deadline() {
    let mut world = World::start(Engine::Sqlite);
    world.start_over();
    world.use_test_clock();
    world.boot();
    let (visitor, id) = talk(&mut world);
    let person_id = world.owner().person_of(&id);
    let order = json!({
        "ground": "court-or-government",
        "rule": null,
        "document_hash": format!("sha256:{}", "cd".repeat(32)),
        "deadline_at": real_now() + 5 * DAY_S * 1_000_000,
    });
    let asked = world.as_role("privacy_officer", |officer| {
        officer.try_disclosure([&person_id, &id], &order)
    });
    asked.expect(201);

    let erased = visitor.call.post("/api/widget/me/erase", &json!({}));

    assert_eq!(erased.problem(403), "erasure_waits_for_hold");
    world.clock().advance(6 * DAY_S);
    wait_until("erased when the hold has ended", || {
        world.databases.number("select count(*) from message") == 0
    });
    let states = world.databases.rows("select state from disclosure");
    assert!(
        [["lapsed"], ["erased"]].contains(&[states[0][0].as_str()]),
        "{states:?}"
    );
    let left =
        "select count(*) from disclosure where person_id is not null or reason_sealed is not null";
    assert_eq!(world.databases.number(left), 0);
}

#[test]
fn open_disclosures_of_a_workspace_are_limited() {
    let mut world = World::start(Engine::Sqlite);
    let (officer, whose) = alone(&mut world);
    let ask = || officer.try_disclosure([&whose[0], &whose[1]], &json!({}));
    for _ in 0..50 {
        ask().expect(201);
    }

    let more = ask();

    assert_eq!(more.problem(409), "too_many_disclosures");
}
