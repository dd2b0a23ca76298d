//! A new version and the people of the old one: what they are told, what they answer, and what their silence
//! does, under each of the two policies that ship.

use it::clock::{DAY_S, day_in};
use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Answer, Console, MailSink, Reach, Visitor, World, wait_until};
use serde_json::{Value, json};

use crate::publish::{next, publish};

it::stories! {
    new_use_reaches_nobody_of_the_old_version_before_their_own_yes,
    person_who_keeps_the_old_terms_goes_on_writing_under_them,
    objection_that_asks_for_erasure_leaves_nothing,
    answer_can_be_taken_back_with_one_act,
    prompt_comes_with_the_version_and_not_before,
    use_after_notice_counts_where_both_versions_say_so_and_is_shown,
    account_holders_get_one_letter_for_a_material_version,
    prompt_stands_on_the_pages_without_scripts_for_whom_the_cookie_names,
}

const STRICT: &str = include_str!("../../../../policies/strict.toml");
const OF_2014: &str = include_str!("../../../../policies/2014.toml");

/// The second version lets admins, and so the owner, read and answer; the first one did not.
const WITHOUT: &str = r#"roles = ["subject", "agent", "system"]
channels = ["widget"]
retain"#;
const WITH: &str = r#"roles = ["subject", "agent", "admin", "system"]
channels = ["widget"]
retain"#;

/// A server under a first version that keeps admins and owners out of conversations.
fn begin(world: &mut World, text: &str) {
    world.start_over();
    world.use_test_clock();
    assert!(text.contains(WITH), "the policy has its support purpose");
    world.use_policy(&text.replacen(WITH, WITHOUT, 1));
    world.boot();
}

/// When the version that widens rules: after its notice, before anything is past its time.
fn day() -> String {
    day_in(60)
}

/// Publishes the version that widens, with its notice.
fn announce(world: &mut World) -> String {
    let date = format!("{}T00:00:00Z", day());
    let text = next(world, Some(&date), &[(WITHOUT, WITH)]);
    let (code, said) = publish(world, &text);
    assert_eq!(code, 0, "{said}");
    date
}

/// Lets the announced version rule; the owner, signed in on the moved clock.
fn come_to(world: &mut World, date: &str) -> Console {
    world.clock().stand_still(date);
    wait_until("version 2 rules", || {
        let page = world.stranger().get("/privacy");
        page.header("policy-version") == "2"
    });
    Console::sign_in(&world.base(), OWNER_EMAIL, PASSWORD)
}

/// Ids of the conversations that the owner sees.
fn seen(owner: &Console) -> Vec<String> {
    let inbox = owner.call.get("/api/console/conversations?view=all");
    let inbox = inbox.expect(200);
    let rows = inbox.list("/conversations");
    rows.iter().map(|row| row.text("/id")).collect()
}

fn answer(visitor: &Visitor, answer: &str) -> Answer {
    let body = json!({ "answer": answer, "version": 2 });
    visitor.call.post("/api/widget/me/notice", &body)
}

/// A visitor with a conversation; its id.
fn writer(world: &mut World, words: &str) -> (Visitor, String) {
    let visitor = world.visitor();
    let id = visitor.start(words).text("/conversation/id");
    (visitor, id)
}

fn new_use_reaches_nobody_of_the_old_version_before_their_own_yes(world: &mut World) {
    begin(world, STRICT);
    world.owner();
    let (yes, of_yes) = writer(world, "I shall say yes");
    let (silent, of_silent) = writer(world, "I shall say nothing");
    let date = announce(world);
    let owner = come_to(world, &date);
    let (_, of_new) = writer(world, "I came under the second version");

    assert_eq!(
        seen(&owner),
        std::slice::from_ref(&of_new),
        "the new use reaches new people only"
    );
    let path = format!("/api/console/conversations/{of_silent}/messages");
    let refused = owner.call.get(&path);
    assert_eq!(refused.problem(403), "not_in_older_terms");
    assert_eq!(refused.json().number("/clause"), 74);
    let reply = json!({ "kind": "message", "body": "hello" });
    assert_eq!(owner.try_say(&of_silent, &reply).status, 403);

    // A write under the old version is told of the new one; seeing it is not yet a yes.
    let stale = silent.try_say(&of_silent, &json!({ "body": "still here" }));
    assert_eq!(stale.problem(409), "policy_version_old");
    let fresh = json!({ "body": "still here", "policy_version": 2 });
    silent.try_say(&of_silent, &fresh).expect(201);
    assert_eq!(
        seen(&owner),
        std::slice::from_ref(&of_new),
        "silence is no agreement"
    );

    let given = answer(&yes, "accept").expect(200);
    assert_eq!(given.text("/receipt/entry/details/about"), "policy.accept");
    assert_eq!(given.text("/receipt/entry/details/way"), "widget");
    let mut now_seen = seen(&owner);
    now_seen.sort();
    let mut expected = vec![of_new, of_yes];
    expected.sort();
    assert_eq!(now_seen, expected);
    let kept = "select count(*) from message where policy_version = 1";
    assert!(
        world.databases.number(kept) >= 2,
        "records keep their version"
    );
}

fn person_who_keeps_the_old_terms_goes_on_writing_under_them(world: &mut World) {
    begin(world, STRICT);
    world.owner();
    let (keeper, id) = writer(world, "I keep what I was promised");
    let date = announce(world);
    let owner = come_to(world, &date);

    let given = answer(&keeper, "keep").expect(200);
    assert_eq!(given.text("/receipt/entry/kind"), "opt_out");
    keeper.say(&id, "written under version 1, which I keep");

    assert_eq!(seen(&owner), Vec::<String>::new());
    let newer = "select count(*) from message where policy_version > 1";
    assert_eq!(world.databases.number(newer), 0);
    assert_eq!(keeper.history(&id).len(), 2, "they read their own");
    let told = keeper.call.get("/api/widget/me/notice").expect(200);
    assert_eq!(told.at("/due"), &Value::Bool(false));
    assert_eq!(told.number("/stands_on"), 1);
    assert_eq!(told.text("/answer/purpose"), "policy.keep");
    assert!(told.has("/receipt"));
    world.crash_and_restart();
    assert_eq!(seen(&owner), Vec::<String>::new(), "also after a restart");
}

fn objection_that_asks_for_erasure_leaves_nothing(world: &mut World) {
    begin(world, STRICT);
    world.owner();
    let (goer, _) = writer(world, "take it all away");
    let date = announce(world);
    come_to(world, &date);

    let given = answer(&goer, "erase").expect(200);

    assert_eq!(given.text("/receipt/entry/kind"), "erasure");
    assert_eq!(
        given.text("/receipt/entry/details/requested_by"),
        "objection"
    );
    for table in ["message", "conversation", "visitor", "consent"] {
        let left = format!("select count(*) from {table}");
        assert_eq!(world.databases.number(&left), 0, "{table}");
    }
    assert_eq!(goer.call.get("/api/widget/me").status, 401);
}

fn answer_can_be_taken_back_with_one_act(world: &mut World) {
    begin(world, STRICT);
    world.owner();
    let (visitor, id) = writer(world, "I change my mind");
    let date = announce(world);
    let owner = come_to(world, &date);

    let first = answer(&visitor, "accept").expect(200);
    let again = answer(&visitor, "accept").expect(200);
    assert_eq!(
        first.number("/receipt/index"),
        again.number("/receipt/index"),
        "the same again is the same act"
    );
    assert_eq!(seen(&owner), std::slice::from_ref(&id));
    answer(&visitor, "keep").expect(200);
    assert_eq!(seen(&owner), Vec::<String>::new());
    answer(&visitor, "accept").expect(200);
    assert_eq!(seen(&owner), [id]);

    let held = visitor.call.get("/api/widget/me").expect(200);
    let consents = held.list("/consents");
    let kinds: Vec<_> = consents.iter().map(|one| one.text("/purpose")).collect();
    assert_eq!(kinds, ["policy.accept", "policy.keep", "policy.accept"]);
    let stands: Vec<_> = consents
        .iter()
        .map(|one| one.at("/stands").as_bool())
        .collect();
    assert_eq!(stands, [Some(true), Some(false), Some(false)]);
}

fn prompt_comes_with_the_version_and_not_before(world: &mut World) {
    begin(world, STRICT);
    world.owner();
    let (visitor, _) = writer(world, "before any of it");
    let path = "/api/widget/me/notice";
    assert_eq!(visitor.call.get(path).status, 204);
    assert_eq!(answer(&visitor, "accept").problem(409), "notice_not_due");

    announce(world);
    wait_until("the server knows version 2", || {
        visitor.call.get(path).status == 200
    });

    let told = visitor.call.get(path).expect(200);
    assert_eq!(told.at("/due"), &Value::Bool(true));
    assert_eq!(told.at("/prompt"), &Value::Bool(true));
    assert_eq!(told.at("/rules"), &Value::Bool(false));
    assert_eq!(told.at("/may_keep"), &Value::Bool(true));
    assert_eq!(told.text("/agreement"), "act");
    assert_eq!(told.text("/effective"), day());
    assert_eq!(told.text("/changes/0/class"), "material");
    assert_eq!(told.text("/url"), "/privacy/v/1/to/2");
    assert_eq!(answer(&visitor, "nonsense").status, 422);
    let early = json!({ "answer": "accept", "version": 1 });
    let early = visitor.call.post(path, &early);
    assert_eq!(early.problem(409), "policy_version_old");
    answer(&visitor, "accept").expect(200);
    let told = visitor.call.get(path).expect(200);
    assert_eq!(told.at("/due"), &Value::Bool(false));
    let stranger = world.stranger().get(path);
    assert_eq!(stranger.status, 401);
}

fn prompt_stands_on_the_pages_without_scripts_for_whom_the_cookie_names(world: &mut World) {
    begin(world, STRICT);
    world.owner();
    let (visitor, _) = writer(world, "I have no scripts");
    let date = announce(world);
    come_to(world, &date);
    let browser = it::actor::console_caller(&world.base())
        .with(
            "Cookie",
            &format!("__Host-chatham_visitor={}", visitor.token),
        )
        .with("Content-Type", "application/x-www-form-urlencoded");
    let chat = format!("/chat/{}", visitor.site_id);

    for path in ["/", &chat] {
        let asked = browser.get(path).body;
        assert!(asked.contains("Our privacy policy changes"), "{path}");
        for act in ["accept", "keep", "erase"] {
            assert!(asked.contains(&format!("value=\"{act}\"")), "{path} {act}");
        }
        let stranger = world.stranger().get(path);
        assert!(
            !stranger.body.contains("Our privacy policy changes"),
            "{path}"
        );
        assert_eq!(stranger.header("set-cookie"), "", "{path}");
    }
    let kept = browser.send("POST", &chat, Some(b"act=keep&policy_version=2"));
    assert_eq!(kept.status, 200, "{}", kept.body);
    assert!(
        kept.body.contains("You keep your old terms"),
        "{}",
        kept.body
    );
    assert!(kept.body.contains("policy.keep"), "with its receipt");
    assert!(!browser.get("/").body.contains("Our privacy policy changes"));
}

fn use_after_notice_counts_where_both_versions_say_so_and_is_shown(world: &mut World) {
    begin(world, OF_2014);
    world.owner();
    let (visitor, id) = writer(world, "under the first version");
    let date = announce(world);
    let owner = come_to(world, &date);

    assert_eq!(
        seen(&owner),
        std::slice::from_ref(&id),
        "old records follow after notice"
    );
    let told = visitor.call.get("/api/widget/me/notice").expect(200);
    assert_eq!(told.text("/agreement"), "deemed");
    assert_eq!(told.at("/due"), &Value::Bool(true));
    assert!(!told.has("/answer"), "nothing counted before they wrote");

    visitor.say(&id, "I go on writing");

    let told = visitor.call.get("/api/widget/me/notice").expect(200);
    assert_eq!(told.at("/due"), &Value::Bool(false));
    assert_eq!(told.text("/answer/purpose"), "policy.deemed");
    assert_eq!(told.text("/answer/way"), "use");
    assert_eq!(
        told.text("/receipt/entry/details/about"),
        "policy.deemed",
        "the receipt is shown to the person"
    );
    answer(&visitor, "keep").expect(200);
    assert_eq!(seen(&owner), Vec::<String>::new(), "on request they object");
}

fn account_holders_get_one_letter_for_a_material_version(world: &mut World) {
    let mail = MailSink::start();
    world.start_over();
    world.use_test_clock();
    world.use_mail_under(&mail, |policy| policy.replacen(WITH, WITHOUT, 1));
    world.boot();
    world.owner();
    let small = next(world, None, &[("keep_days = 30", "keep_days = 29")]);
    let (code, said) = publish(world, &small);
    assert_eq!(code, 0, "{said}");
    wait_until("version 2 rules", || {
        world.stranger().get("/privacy").header("policy-version") == "2"
    });

    announce(world);

    let letter = mail.wait_for(OWNER_EMAIL);
    assert!(letter.text.contains(&day()), "{}", letter.text);
    assert!(letter.text.contains("/privacy/v/1/to/3"), "{}", letter.text);
    world.clock().advance(2 * DAY_S);
    world.crash_and_restart();
    std::thread::sleep(std::time::Duration::from_secs(3));
    wait_until("the letter's job is done", || {
        let jobs = "select count(*) from job where kind = 'letter_policy_version'";
        world.databases.number(jobs) == 0
    });
    let sent = "select count(*) from policy_notice";
    assert_eq!(world.databases.number(sent), 1);
    assert_eq!(
        mail.letters()
            .iter()
            .filter(|letter| letter.to.iter().any(|to| to.contains(OWNER_EMAIL)))
            .count(),
        1,
        "one letter, no second"
    );
}
