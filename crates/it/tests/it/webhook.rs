//! Webhooks through the egress gate: nothing goes where the policy does not say, everything that goes is signed,
//! checked at the moment of sending, recorded, and stopped by what the person says.

use it::receiver::{RECEIVER_HOST, RECEIVER_URL, Receiver, Trap};
use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Console, Reach, World, wait_until};
use serde_json::{Value, json};

it::stories! {
    undeclared_host_is_refused_by_clause_7_with_the_lines_to_add,
    declared_host_gets_signed_events_in_order_and_the_person_sees_it,
    consent_is_asked_at_each_sending_and_a_retry_is_checked_again,
    erased_person_goes_quiet_and_the_receiver_is_told,
    host_on_this_machine_gets_no_packet_whatever_the_policy_says,
    redirects_and_endless_answers_are_bounded,
    killed_in_the_middle_it_is_delivered_after_the_restart,
    receiver_that_is_gone_pauses_the_webhook,
}

pub(super) const STRICT: &str = include_str!("../../../../policies/strict.toml");

/// The strict policy with a recipient for conversations.
pub(super) fn forwarding(basis: &str, hosts: &[&str]) -> String {
    format!(
        r#"{STRICT}
[[purpose]]
key = "support.forward"
use = "essential.service.operations.support"
basis = "{basis}"
subjects = ["visitor"]
categories = ["user.unique_id.pseudonymous", "user.name", "user.contact.email", "user.content.private"]
roles = ["system"]
retain = "30d"

[[processor]]
key = "crm"
name = "Records of the tests"
country = "DE"
kind = "service-provider"
purposes = ["support.forward"]
categories = ["user.unique_id.pseudonymous", "user.contact.email", "user.content.private"]
hosts = {hosts:?}
require = ["tls1.3", "auth"]
"#
    )
}

/// A world whose policy lets conversations go to a receiver, on the stories' clock.
pub(super) fn begin(world: &mut World, basis: &str) -> Receiver {
    let receiver = Receiver::start();
    world.start_over();
    world.use_test_clock();
    receiver.receive_for(world);
    world.use_policy(&forwarding(basis, &[RECEIVER_HOST]));
    world.boot();
    receiver
}

pub(super) fn subscribe(owner: &Console, receiver: &Receiver, events: &[&str]) -> String {
    let body = json!({ "url": RECEIVER_URL, "events": events });
    let made = owner.call.post("/api/console/webhooks", &body).expect(201);
    receiver.know(&made.text("/secret"));
    made.text("/webhook/id")
}

pub(super) fn deliveries(owner: &Console, id: &str) -> Vec<Value> {
    let path = format!("/api/console/webhooks/{id}/deliveries");
    owner
        .call
        .get(&path)
        .expect(200)
        .list("/deliveries")
        .to_vec()
}

/// Why the newest delivery did not arrive; empty while that is not known.
fn newest_detail(owner: &Console, id: &str) -> String {
    let all = deliveries(owner, id);
    let detail = all.first().and_then(|one| one["detail"].as_str());
    detail.unwrap_or_default().to_owned()
}

/// Waits until the newest delivery is in this state.
#[track_caller]
pub(super) fn wait_for_state(owner: &Console, id: &str, state: &str) -> Value {
    let newest = || deliveries(owner, id).into_iter().next();
    wait_until(&format!("the newest delivery is {state}"), || {
        newest().is_some_and(|one| one.text("/state") == state)
    });
    newest().unwrap()
}

fn undeclared_host_is_refused_by_clause_7_with_the_lines_to_add(world: &mut World) {
    let owner = world.owner();
    let create = |url: &str, events: &[&str]| {
        let body = json!({ "url": url, "events": events });
        owner.call.post("/api/console/webhooks", &body)
    };

    let refused = create(RECEIVER_URL, &["message.created"]);

    assert_eq!(refused.problem(403), "host_not_declared");
    let said = refused.json();
    assert_eq!(said.number("/clause"), 7, "{said}");
    assert!(
        said.to_string()
            .contains("hosts = [\\\"crm.example:443\\\"]"),
        "{said}"
    );
    assert_eq!(world.databases.number("select count(*) from webhook"), 0);
    for (url, events) in [
        ("http://crm.example/", &["message.created"][..]),
        ("https://me:word@crm.example/", &["message.created"]),
        (RECEIVER_URL, &["note.created"]),
        (RECEIVER_URL, &[]),
    ] {
        assert_eq!(create(url, events).status, 422, "{url} {events:?}");
    }
}

fn declared_host_gets_signed_events_in_order_and_the_person_sees_it(world: &mut World) {
    let receiver = begin(world, "contract");
    let owner = world.owner();
    let webhook = subscribe(
        &owner,
        &receiver,
        &["conversation.created", "message.created"],
    );
    let visitor = world.visitor();
    let fields = json!({ "body": "first", "name": "Ana", "email": "ana@mail.example" });
    let talk = visitor
        .try_start(&fields)
        .expect(201)
        .text("/conversation/id");
    owner.note(&talk, "between us");
    owner.reply(&talk, "second");

    let requests = receiver.wait_for(3);

    assert!(
        requests.iter().all(|one| one.at("/signed") == true),
        "{requests:?}"
    );
    let kinds: Vec<_> = requests.iter().map(|one| one.text("/body/type")).collect();
    assert_eq!(
        kinds,
        ["conversation.created", "message.created", "message.created"]
    );
    let bodies: Vec<_> = requests[1..]
        .iter()
        .map(|one| one.text("/body/data/message/body"))
        .collect();
    assert_eq!(bodies, ["first", "second"]);
    // The purpose has the name, the recipient does not: it stays here.
    let person = requests[0].at("/body/data/person");
    assert_eq!(person.text("/email"), "ana@mail.example");
    assert!(!person.has("/name"), "{person}");
    assert!(!json!(requests).to_string().contains("between us"));
    let held = visitor.call.get("/api/widget/me").expect(200);
    let sending = &held.list("/sendings")[0];
    assert_eq!(sending.text("/recipient"), "Records of the tests");
    assert_eq!(sending.text("/purpose"), "support.forward");
    let export = visitor.call.get("/api/widget/me/export").expect(200);
    assert_eq!(export.list("/sendings").len(), held.list("/sendings").len());
    let page = world.stranger().get("/privacy").body;
    assert!(
        page.contains("3 sendings in 30 days"),
        "the list of recipients counts"
    );
    let newest = wait_for_state(&owner, &webhook, "delivered");
    let path = format!(
        "/api/console/webhooks/{webhook}/deliveries/{}/replay",
        newest.number("/event_id")
    );
    owner.call.post(&path, &json!({})).expect(202);
    let again = receiver.wait_for(4);
    let id = |one: &Value| one.text("/headers/webhook-id");
    assert_eq!(id(&again[3]), id(&again[2]), "a receiver knows it again");
}

fn consent_is_asked_at_each_sending_and_a_retry_is_checked_again(world: &mut World) {
    let receiver = begin(world, "consent");
    let owner = world.owner();
    let webhook = subscribe(&owner, &receiver, &["message.created"]);
    let visitor = world.visitor();
    let talk = visitor.start("unasked").text("/conversation/id");
    let dropped = wait_for_state(&owner, &webhook, "dropped");
    assert!(
        dropped
            .text("/detail")
            .contains("consent_missing (clause 7)"),
        "{dropped}"
    );
    let choose = |granted: bool| {
        let body = json!({
            "purpose": "support.forward",
            "granted": granted,
            "policy_version": visitor.policy_version,
        });
        visitor
            .call
            .post("/api/widget/me/consent", &body)
            .expect(200)
    };

    choose(true);
    visitor.say(&talk, "agreed");
    let sent = receiver.wait_for(1);
    receiver.answer("500");
    visitor.say(&talk, "on its way");
    receiver.wait_for(2);
    wait_for_state(&owner, &webhook, "waiting");
    choose(false);
    world.clock().advance(120);

    assert_eq!(sent[0].text("/body/data/message/body"), "agreed");
    let stopped = wait_for_state(&owner, &webhook, "dropped");
    assert!(
        stopped.text("/detail").contains("consent_missing"),
        "{stopped}"
    );
    assert_eq!(receiver.requests().len(), 2, "a retry is asked about anew");
}

fn erased_person_goes_quiet_and_the_receiver_is_told(world: &mut World) {
    let receiver = begin(world, "contract");
    let owner = world.owner();
    let webhook = subscribe(&owner, &receiver, &["message.created"]);
    let visitor = world.visitor();
    let talk = visitor.start("keep this").text("/conversation/id");
    let person = owner.person_of(&talk);
    receiver.wait_for(1);
    owner.hold(&person, None, "an order");
    receiver.answer("500");
    visitor.say(&talk, "never arrives");
    receiver.wait_for(2);
    wait_for_state(&owner, &webhook, "waiting");
    receiver.answer("200");

    let ordered = visitor.call.post("/api/widget/me/erase", &json!({}));
    assert_eq!(ordered.problem(403), "erasure_waits_for_hold");
    world.clock().advance(120);

    let told = receiver.wait_for(3);
    assert_eq!(told[2].text("/body/type"), "person.erased");
    assert_eq!(told[2].text("/body/data/person_id"), person);
    assert_eq!(told[2].at("/signed"), true);
    assert!(!told[2].to_string().contains(&talk));
    wait_until("nothing waits", || {
        world
            .databases
            .number("select count(*) from webhook_delivery where state = 'waiting'")
            == 0
    });
    assert_eq!(
        receiver.requests().len(),
        3,
        "held and erased: nothing more goes"
    );
}

fn host_on_this_machine_gets_no_packet_whatever_the_policy_says(world: &mut World) {
    let trap = Trap::set();
    let receiver = Receiver::start();
    let (named, numbered) = (
        format!("localhost:{}", trap.port()),
        format!("127.0.0.1:{}", trap.port()),
    );
    world.start_over();
    world.use_test_clock();
    receiver.receive_for(world);
    world.use_policy(&forwarding("contract", &[RECEIVER_HOST, &named, &numbered]));
    world.boot();
    let owner = world.owner();
    let mut made = Vec::new();
    for host in [&named, &numbered] {
        let body = json!({ "url": format!("https://{host}/"), "events": ["message.created"] });
        let webhook = owner.call.post("/api/console/webhooks", &body).expect(201);
        made.push(webhook.text("/webhook/id"));
    }
    let redirected = subscribe(&owner, &receiver, &["message.created"]);
    receiver.answer(&format!("302 https://{named}/"));

    world.visitor().start("hello");

    for webhook in &made {
        wait_until("it failed", || {
            newest_detail(&owner, webhook).contains("private, local")
        });
    }
    receiver.wait_for(1);
    wait_until("the redirect is told", || {
        newest_detail(&owner, &redirected).contains("redirects are not followed")
    });
    assert_eq!(trap.hits(), 0);
    assert_eq!(
        world
            .databases
            .number("select count(*) from sending where host like 'local%' or host like '127%'"),
        0,
        "nothing is recorded where nothing left"
    );
}

fn redirects_and_endless_answers_are_bounded(world: &mut World) {
    let receiver = begin(world, "contract");
    let owner = world.owner();
    let webhook = subscribe(&owner, &receiver, &["message.created"]);
    receiver.answer("endless");
    let visitor = world.visitor();
    let talk = visitor.start("endless").text("/conversation/id");
    wait_for_state(&owner, &webhook, "delivered");
    receiver.answer("slow");
    visitor.say(&talk, "slow");

    let late = |one: &Value| one.has("/detail") && one.text("/detail") == "no answer in time";

    wait_until("the slow one is given up", || {
        deliveries(&owner, &webhook).first().is_some_and(late)
    });
    let took = deliveries(&owner, &webhook)[0].number("/took_ms");
    assert!((5_000..20_000).contains(&took), "{took} ms");
}

fn killed_in_the_middle_it_is_delivered_after_the_restart(world: &mut World) {
    let receiver = begin(world, "contract");
    let owner = world.owner();
    let webhook = subscribe(&owner, &receiver, &["message.created"]);
    receiver.answer("slow");
    world.visitor().start("through a crash");
    receiver.wait_for(1);

    world.crash();
    receiver.answer("200");
    world.boot();
    world.clock().advance(120);

    let requests = receiver.wait_for(2);
    let id = |one: &Value| one.text("/headers/webhook-id");
    assert_eq!(id(&requests[1]), id(&requests[0]));
    assert_eq!(
        requests[1].text("/body/data/message/body"),
        "through a crash"
    );
    wait_for_state(&owner, &webhook, "delivered");
}

fn receiver_that_is_gone_pauses_the_webhook(world: &mut World) {
    let receiver = begin(world, "contract");
    let owner = world.owner();
    let webhook = subscribe(&owner, &receiver, &["message.created"]);
    receiver.answer("500");
    let visitor = world.visitor();
    let talk = visitor.start("hello").text("/conversation/id");
    receiver.wait_for(1);
    wait_for_state(&owner, &webhook, "waiting");
    let state = |owner: &Console| {
        let all = owner.call.get("/api/console/webhooks").expect(200);
        let one = all.list("/webhooks")[0].clone();
        let reason = one["pause_reason"].as_str().unwrap_or_default();
        (one.text("/state"), reason.to_owned())
    };

    // A day without one arrival.
    world.clock().advance(25 * 3_600);
    let owner = Console::sign_in(&world.base(), OWNER_EMAIL, PASSWORD);

    wait_until("it is paused", || {
        state(&owner) == ("paused".to_owned(), "failing".to_owned())
    });
    let notices = "select count(*) from job where kind = 'letter_webhook_paused'";
    wait_until("owners and admins are told, or it was tried", || {
        world.databases.number(notices) == 1
    });
    let before = receiver.requests().len();
    visitor.say(&talk, "while it is paused");
    receiver.answer("410");
    let path = format!("/api/console/webhooks/{webhook}");
    owner
        .call
        .patch(&path, &json!({ "paused": false }))
        .expect(200);
    world.clock().advance(3_600);
    receiver.wait_for(before + 1);
    wait_until("it is gone", || {
        state(&owner) == ("paused".to_owned(), "gone".to_owned())
    });
    assert!(
        deliveries(&owner, &webhook).len() == 1,
        "what happens while it is paused is not sent later"
    );
}
