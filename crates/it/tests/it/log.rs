//! The program's log holds nothing personal, whatever the level: every feature, at the level that says most.

use it::search::Search;
use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Console, MailSink, Reach, Visitor, World};
use serde_json::json;

use crate::erasure::{all_marks, seed};

it::stories! {
    log_at_its_loudest_holds_nothing_personal,
}

const INVITED_MARK: &str = "mark-invited-6e0b72c94d";
const WRONG_MARK: &str = "mark-wrong-2f9ad40c87";
const SOUGHT_MARK: &str = "mark-sought-9b31e5d7a0";
const SEEN_MARK: &str = "mark-seen-c6a07d82f4";
const ADDRESS: &str = "203.0.113.77";

fn log_at_its_loudest_holds_nothing_personal(world: &mut World) {
    let mail = MailSink::start();
    world.start_over();
    world.use_mail(&mail);
    world
        .settings
        .push(("CHATHAM_LOG".to_owned(), "trace".to_owned()));
    world.boot();
    let (visitor, _) = seed(world);

    let (seen, id) = use_the_console(world, &mail);
    let mut stream = seen.websocket(None);
    world.owner().reply(&id, SEEN_MARK);
    while stream
        .next_within(std::time::Duration::from_millis(300))
        .is_some()
    {}
    visitor
        .call
        .clone()
        .with("X-Forwarded-For", ADDRESS)
        .get("/api/widget/me/export")
        .expect(200);
    visitor
        .call
        .post("/api/widget/me/erase", &json!({}))
        .expect(200);

    let log = std::fs::read(world.log_path()).unwrap();
    let text = String::from_utf8_lossy(&log);
    assert!(text.contains(" INFO "), "the log says more than warnings");
    let mut values = all_marks();
    values.extend([INVITED_MARK, WRONG_MARK, SOUGHT_MARK, SEEN_MARK, ADDRESS]);
    values.extend([OWNER_EMAIL, PASSWORD, visitor.token.as_str()]);
    assert_eq!(Search::new(&values).bytes(&log), [] as [&str; 0]);
}

/// Searching, looking, revealing, holding, inviting, and a sign-in that fails.
fn use_the_console(world: &mut World, mail: &MailSink) -> (Visitor, String) {
    let owner = world.owner();
    let fields = json!({
        "body": SEEN_MARK,
        "name": SEEN_MARK,
        "email": format!("{SEEN_MARK}@mail.example"),
    });
    let seen = world.visitor();
    let id = seen.try_start(&fields).expect(201).text("/conversation/id");
    let person = owner.person_of(&id);
    owner
        .call
        .get(&format!("/api/console/search?q={SOUGHT_MARK}"))
        .expect(200);
    owner
        .call
        .get(&format!("/api/console/people/{person}"))
        .expect(200);
    let reveal = json!({ "field": "visitor.email", "purpose": "support.reply" });
    owner
        .call
        .post(&format!("/api/console/people/{person}/reveal"), &reveal)
        .expect(200);
    let hold = owner.hold(&person, None, "an order");
    owner.release(&hold);
    let email = format!("{INVITED_MARK}@mail.example");
    owner
        .call
        .post(
            "/api/console/invitations",
            &json!({ "email": email, "role": "agent" }),
        )
        .expect(201);
    let token = mail.wait_for(&email).token_after("#token=");
    drop(Console::accept(&world.base(), &token, INVITED_MARK));
    let wrong = json!({ "email": format!("{WRONG_MARK}@mail.example"), "password": WRONG_MARK });
    let refused = it::actor::console_caller(&world.base()).post("/api/console/session", &wrong);
    assert_eq!(refused.status, 401);
    (seen, id)
}
