//! Letters about new versions of the policy: asked for twice, ended by one click that works for ever, and where
//! answers come (clauses 14, 21-23, 32, 39).

use std::thread::sleep;
use std::time::{Duration, Instant};

use it::clock::{DAY_S, day_in};
use it::letters::Letter;
use it::{Answer, Caller, MailSink, Reach, World, wait_until};
use serde_json::{Value, json};

use crate::publish::{next, publish};
use crate::request::centre::{Centre, browser};

it::stories! {
    stranger_gets_one_letter_nothing_more_and_is_forgotten_after_thirty_days,
    subscriber_gets_one_letter_for_each_material_version_until_one_click,
    look_at_the_link_changes_nothing_and_a_forged_one_is_answered_the_same,
    click_works_after_the_erasure_and_after_a_restore,
    asking_again_lifts_the_suppression_by_the_second_yes_only,
    same_answer_and_time_for_every_address,
    form_is_refused_where_it_must_be,
    policy_without_the_purpose_has_no_form,
    answers_in_the_chat_only_send_no_letter,
    asked_for_in_the_chat_it_is_taken_back_like_any_choice,
    opt_out_in_the_centre_ends_it_and_letting_letters_come_again_lifts_the_hash,
}

const ADDRESS: &str = "reader@mail.example";
/// Time in which a round of housekeeping that a moved clock sets off has begun.
const ROUND: Duration = Duration::from_millis(700);

/// Material changes, one after the other.
const CHANGES: [(&str, &str); 2] = [
    (
        "365d after conversation.closed",
        "400d after conversation.closed",
    ),
    (
        "400d after conversation.closed",
        "500d after conversation.closed",
    ),
];

/// A server with a mail server and a clock, and the host's workspace.
fn begin(world: &mut World) -> MailSink {
    let mail = MailSink::start();
    world.start_over();
    world.use_test_clock();
    world.use_mail(&mail);
    world.boot();
    world.owner();
    mail
}

/// Publishes the `turn`th material version, a day after the one before it took effect.
fn announce(world: &mut World, turn: u32) {
    world.clock().set(i64::from(turn) * 41 * DAY_S);
    let date = format!("{}T00:00:00Z", day_in(turn * 41 + 35));
    let piece = CHANGES[turn as usize];
    let text = next(world, Some(&date), &[piece]);
    let (code, said) = publish(world, &text);
    assert_eq!(code, 0, "{said}");
    world.clock().advance(1);
    settle(world);
}

/// Waits until a round of housekeeping has begun, and no letter waits any more.
fn settle(world: &World) {
    sleep(ROUND);
    let waiting = "select count(*) from job \
                   where kind like 'letter%' and kind not like 'letter_waiting%'";
    wait_until("no letter waits", || world.databases.number(waiting) == 0);
}

fn ask(world: &World, address: &str) -> Answer {
    let form = format!("email={}&policy_version=1", address.replace('@', "%40"));
    browser(&world.base()).send("POST", "/privacy/notices", Some(form.as_bytes()))
}

fn letters_to(mail: &MailSink, address: &str) -> Vec<Letter> {
    let mine = |letter: &Letter| letter.to.iter().any(|to| to == address);
    mail.letters().into_iter().filter(mine).collect()
}

fn confirm(world: &World, letter: &Letter) -> Answer {
    let token = letter.token_after("/privacy/notices/");
    let path = format!("/privacy/notices/{token}");
    let call = browser(&world.base());
    assert_eq!(call.get(&path).status, 200, "the link shows a button");
    call.send("POST", &path, Some(b""))
}

/// A confirmed subscriber.
fn subscribe(world: &World, mail: &MailSink, address: &str) {
    let before = letters_to(mail, address).len();
    assert_eq!(ask(world, address).status, 200);
    wait_until("the link to confirm", || {
        letters_to(mail, address).len() > before
    });
    let letter = letters_to(mail, address).pop().unwrap();
    assert_eq!(confirm(world, &letter).status, 200);
}

fn wait_for_count(world: &World, mail: &MailSink, address: &str, count: usize) -> Letter {
    wait_until(&format!("{count} letters to {address}"), || {
        letters_to(mail, address).len() >= count
    });
    settle(world);
    let mut letters = letters_to(mail, address);
    assert_eq!(letters.len(), count, "no letter more");
    letters.pop().unwrap()
}

/// The path of the link that stops these letters.
fn stop_path(world: &World, letter: &Letter) -> String {
    let header = letter.whole.text("/headers/list-unsubscribe");
    let url = header.trim_start_matches('<').trim_end_matches('>');
    let path = url.strip_prefix(&world.base());
    path.unwrap_or_else(|| panic!("not a link of ours: {header}"))
        .to_owned()
}

/// What a mail program does: no cookie, no page of ours.
fn click(world: &World, path: &str) -> Answer {
    let call = Caller::new(&world.base()).with("Content-Type", "application/x-www-form-urlencoded");
    call.send("POST", path, Some(b"List-Unsubscribe=One-Click"))
}

fn stranger_gets_one_letter_nothing_more_and_is_forgotten_after_thirty_days(world: &mut World) {
    let mail = begin(world);

    assert_eq!(ask(world, ADDRESS).status, 200);
    let letter = wait_for_count(world, &mail, ADDRESS, 1);
    assert_eq!(ask(world, ADDRESS).status, 200);
    announce(world, 0);
    wait_for_count(world, &mail, ADDRESS, 1);

    assert_eq!(
        letter.whole.text("/headers/x-chatham-purpose"),
        "rights.request"
    );
    assert!(!letter.whole.has("/headers/list-unsubscribe"));
    let pending = "select count(*) from subscription where state = 'pending'";
    assert_eq!(
        world.databases.number(pending),
        1,
        "the second wish has ended"
    );
    world.clock().advance(31 * DAY_S);
    wait_until("the stranger is forgotten", || {
        world.databases.number("select count(*) from subscription") == 0
            && world.databases.number("select count(*) from visitor") == 0
    });
    assert_eq!(confirm_status(world, &letter), 410, "the link has ended");
    wait_for_count(world, &mail, ADDRESS, 1);
}

fn confirm_status(world: &World, letter: &Letter) -> u16 {
    let path = format!(
        "/privacy/notices/{}",
        letter.token_after("/privacy/notices/")
    );
    let call = browser(&world.base());
    call.send("POST", &path, Some(b"")).status
}

fn subscriber_gets_one_letter_for_each_material_version_until_one_click(world: &mut World) {
    let mail = begin(world);
    subscribe(world, &mail, ADDRESS);
    subscribe(world, &mail, "other@mail.example");

    announce(world, 0);
    let letter = wait_for_count(world, &mail, ADDRESS, 2);
    world.crash_and_restart();
    wait_for_count(world, &mail, ADDRESS, 2);

    assert_eq!(
        letter.whole.text("/headers/x-chatham-purpose"),
        "notice.letter"
    );
    assert_eq!(
        letter.whole.text("/headers/list-unsubscribe-post"),
        "List-Unsubscribe=One-Click"
    );
    assert!(letter.text.contains("/privacy/v/1/to/2"), "{}", letter.text);
    assert_eq!(
        letter.whole.text("/html"),
        "",
        "nothing remote can be in plain text"
    );
    let path = stop_path(world, &letter);
    assert!(letter.text.contains(&path), "the text has the link too");
    let clicked = click(world, &path);
    assert_eq!(clicked.status, 200);
    assert_eq!(clicked.header("location"), "");
    assert_eq!(clicked.header("set-cookie"), "");
    assert_eq!(click(world, &path).status, 200, "again: the same");

    announce(world, 1);
    wait_for_count(world, &mail, "other@mail.example", 3);
    wait_for_count(world, &mail, ADDRESS, 2);
    let opted = "select count(*) from ledger_entry where kind = 'opt_out'";
    assert_eq!(world.databases.number(opted), 1, "one entry for two clicks");
}

fn look_at_the_link_changes_nothing_and_a_forged_one_is_answered_the_same(world: &mut World) {
    let mail = begin(world);
    subscribe(world, &mail, ADDRESS);
    announce(world, 0);
    let path = stop_path(world, &wait_for_count(world, &mail, ADDRESS, 2));
    let last = path.chars().last().unwrap();
    let turned = if last == 'A' { 'Q' } else { 'A' };
    let forged = format!("{}{turned}", path.strip_suffix(last).unwrap());
    let nobodys = "/unsubscribe/0198c5b2-7c1e-7000-8000-000000000000/AAAA";

    let call = Caller::new(&world.base());
    let form = call.get(&path);
    let others = [
        call.get(&forged),
        call.get(nobodys),
        call.get("/unsubscribe/a/b"),
    ];
    for other in &others {
        assert_eq!((other.status, form.status), (200, 200));
        assert!(other.body.len().abs_diff(form.body.len()) < 200);
    }
    assert!(form.body.contains("<form method=\"post\""), "{}", form.body);
    let bad: Vec<_> = [forged.as_str(), nobodys, "/unsubscribe/a/b"]
        .iter()
        .map(|path| click(world, path))
        .collect();
    assert_eq!(
        world.databases.number("select count(*) from suppression"),
        0
    );
    let confirmed = "select count(*) from subscription where state = 'confirmed'";
    assert_eq!(
        world.databases.number(confirmed),
        1,
        "a look changes nothing"
    );

    let good = click(world, &path);
    for answer in &bad {
        assert_eq!((answer.status, &answer.body), (good.status, &good.body));
    }
    assert_eq!(
        world.databases.number("select count(*) from suppression"),
        1
    );
}

fn click_works_after_the_erasure_and_after_a_restore(world: &mut World) {
    world.settings.push((
        "CHATHAM_BACKUP_PASSPHRASE".to_owned(),
        "five words that nobody guesses".to_owned(),
    ));
    let mail = begin(world);
    subscribe(world, &mail, ADDRESS);
    announce(world, 0);
    let path = stop_path(world, &wait_for_count(world, &mail, ADDRESS, 2));
    let copy = world.folder().join("copy");
    let (code, said) = world.run(&["backup", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");

    assert_eq!(click(world, &path).status, 200);
    world.clock().advance(1);
    wait_until("the person is gone", || {
        world
            .databases
            .number("select count(*) from person where kind = 'visitor'")
            == 0
    });
    assert_eq!(click(world, &path).status, 200, "after the erasure");
    world.crash();
    let (code, said) = world.run(&["restore", "--replace", copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    world.boot();

    assert_eq!(
        world.databases.number("select count(*) from suppression"),
        1
    );
    announce(world, 1);
    wait_for_count(world, &mail, ADDRESS, 2);
    assert_eq!(click(world, &path).status, 200, "after the restore");
}

fn asking_again_lifts_the_suppression_by_the_second_yes_only(world: &mut World) {
    let mail = begin(world);
    subscribe(world, &mail, ADDRESS);
    announce(world, 0);
    let path = stop_path(world, &wait_for_count(world, &mail, ADDRESS, 2));
    click(world, &path);
    let suppressed = "select count(*) from suppression";
    assert_eq!(world.databases.number(suppressed), 1);
    world.clock().advance(2 * DAY_S);

    assert_eq!(ask(world, ADDRESS).status, 200);
    let again = wait_for_count(world, &mail, ADDRESS, 3);
    assert_eq!(
        world.databases.number(suppressed),
        1,
        "asking alone lifts nothing"
    );
    assert_eq!(confirm(world, &again).status, 200);

    assert_eq!(world.databases.number(suppressed), 0);
    announce(world, 1);
    wait_for_count(world, &mail, ADDRESS, 4);
}

fn same_answer_and_time_for_every_address(world: &mut World) {
    let mail = begin(world);
    subscribe(world, &mail, ADDRESS);
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let timed = |address: &str| {
        let begun = Instant::now();
        let answer = ask(world, address);
        (answer.status, answer.body, begun.elapsed())
    };
    for turn in 0..8 {
        let (status, body, took) = timed(ADDRESS);
        let (other_status, other_body, other_took) = timed(&format!("nobody{turn}@mail.example"));
        assert_eq!((status, &body), (200, &other_body));
        assert_eq!(status, other_status);
        // What is past the limit of an address does less, for known and unknown ones alike.
        if turn < 2 {
            known.push(took);
            unknown.push(other_took);
        }
    }
    let noise = Duration::from_millis(100) + known[0].max(unknown[0]);
    assert!(
        known[0].abs_diff(unknown[0]) < noise,
        "{known:?} against {unknown:?}"
    );

    settle(world);
    assert_eq!(
        letters_to(&mail, ADDRESS).len(),
        1,
        "who gets them is not asked again"
    );
    let wishes = "select count(*) from subscription where state = 'pending'";
    assert_eq!(world.databases.number(wishes), 8);
}

fn form_is_refused_where_it_must_be(world: &mut World) {
    begin(world);
    let call = browser(&world.base());
    let post = |form: &str| {
        call.send("POST", "/privacy/notices", Some(form.as_bytes()))
            .status
    };

    assert_eq!(post("email=a%40b.example"), 428, "clause 4: no version");
    assert_eq!(
        post("email=a%40b.example&policy_version=9"),
        409,
        "clause 4: another version"
    );
    assert_eq!(post("email=nobody&policy_version=1"), 422);
    assert_eq!(
        post("email=a%40b.example&policy_version=1&phone=1"),
        422,
        "clause 20"
    );
    let elsewhere = Caller::new(&world.base())
        .with("Origin", "https://evil.example")
        .with("Content-Type", "application/x-www-form-urlencoded");
    let form: &[u8] = b"email=a%40b.example&policy_version=1";
    let forged = elsewhere.send("POST", "/privacy/notices", Some(form));
    assert_eq!(forged.status, 403);
    assert_eq!(
        world.databases.number("select count(*) from subscription"),
        0
    );
    assert_eq!(call.get("/privacy/notices/unknown").status, 410);
    assert!(
        call.get("/privacy")
            .body
            .contains("action=\"/privacy/notices\"")
    );
}

fn policy_without_the_purpose_has_no_form(world: &mut World) {
    let without = std::fs::read_to_string(world.data_folder().join("policy.toml")).unwrap();
    let from = without
        .find("[[purpose]]\nkey = \"notice.letter\"")
        .unwrap();
    let to = from
        + without[from..]
            .find("retain = \"until withdrawn\"")
            .unwrap();
    let without = format!("{}{}", &without[..from], &without[to + 26..]);
    let form_at = without.find("[[form]]\nkey = \"notices\"").unwrap();
    let form_to = form_at + without[form_at..].find("[disclosure]").unwrap();
    let without = format!("{}{}", &without[..form_at], &without[form_to..]);
    let without = without.replace("\"subscriber.email\", ", "");
    world.start_over();
    world.use_policy(&without);
    world.boot();
    world.owner();
    assert_eq!(
        browser(&world.base())
            .send(
                "POST",
                "/privacy/notices",
                Some(b"email=a%40b.example&policy_version=1")
            )
            .status,
        403,
        "a policy without the purpose"
    );
    assert!(
        !world
            .stranger()
            .get("/privacy")
            .body
            .contains("action=\"/privacy/notices\"")
    );
}

fn answers_in_the_chat_only_send_no_letter(world: &mut World) {
    let mail = begin(world);
    let owner = world.owner();
    let visitor = world.visitor();
    let started = visitor.try_start(&json!({ "body": "hello", "email": ADDRESS }));
    let id = started.expect(201).text("/conversation/id");
    let token = mail.wait_for(ADDRESS).token_after("/verify/");
    let path = format!("/verify/{token}");
    assert_eq!(
        browser(&world.base()).send("POST", &path, Some(b"")).status,
        200
    );
    let choose = |only: bool| {
        let body = json!({ "widget_only": only });
        visitor
            .call
            .post("/api/widget/me/channel", &body)
            .expect(200)
    };

    choose(true);
    let held = visitor.call.get("/api/widget/me").body;
    assert!(held.contains("in the chat only, since"), "{held}");
    owner.reply(&id, "we answer in the chat");
    world.clock().advance(3_600);
    wait_for_count(world, &mail, ADDRESS, 1);

    let centre = Centre::enter(world, &visitor);
    assert!(centre.see().body.contains("in the chat only"));
    centre.act("act=by_letter").expect_page(200);
    owner.reply(&id, "and now by letter");
    world.clock().advance(3_600);
    let letter = wait_for_count(world, &mail, ADDRESS, 2);
    assert!(letter.text.contains("and now by letter"), "{}", letter.text);
    assert_eq!(
        letter.whole.text("/headers/x-chatham-purpose"),
        "support.letter"
    );
    assert!(
        !letter.whole.has("/headers/list-unsubscribe"),
        "an answer is no campaign"
    );
}

fn asked_for_in_the_chat_it_is_taken_back_like_any_choice(world: &mut World) {
    let mail = begin(world);
    let visitor = world.visitor();
    visitor.start("hello");
    let ask = |fields: Value| visitor.call.post("/api/widget/me/notices", &fields);
    let choose = |granted: bool| {
        let body = json!({ "purpose": "notice.letter", "granted": granted, "policy_version": 1 });
        visitor.call.post("/api/widget/me/consent", &body)
    };
    assert_eq!(ask(json!({ "email": ADDRESS })).status, 428, "clause 4");
    assert_eq!(
        ask(json!({ "email": "nobody", "policy_version": 1 })).status,
        422
    );
    assert_eq!(
        choose(true).problem(409),
        "confirmed_by_letter",
        "a yes in the chat alone is none"
    );

    assert_eq!(
        ask(json!({ "email": ADDRESS, "policy_version": 1 })).status,
        204
    );
    let link = wait_for_count(world, &mail, ADDRESS, 1);
    assert_eq!(confirm(world, &link).status, 200);
    let held = visitor.call.get("/api/widget/me").expect(200);
    assert!(held.number("/notices/confirmed_at") > 0, "{held}");
    let receipt = choose(false).expect(200);

    assert_eq!(receipt.text("/receipt/entry/kind"), "opt_out");
    let suppressed = "select count(*) from suppression";
    assert_eq!(world.databases.number(suppressed), 1);
    announce(world, 0);
    wait_for_count(world, &mail, ADDRESS, 1);
}

fn opt_out_in_the_centre_ends_it_and_letting_letters_come_again_lifts_the_hash(world: &mut World) {
    let mail = begin(world);
    let visitor = world.visitor();
    visitor
        .try_start(&json!({ "body": "hello", "email": ADDRESS }))
        .expect(201);
    let token = mail.wait_for(ADDRESS).token_after("/verify/");
    let path = format!("/verify/{token}");
    assert_eq!(
        browser(&world.base()).send("POST", &path, Some(b"")).status,
        200
    );
    let centre = Centre::enter(world, &visitor);
    let asked = format!(
        "act=notices&policy_version=1&email={}",
        ADDRESS.replace('@', "%40")
    );
    centre.act(&asked).expect_page(200);
    let link = wait_for_count(world, &mail, ADDRESS, 2);
    assert_eq!(confirm(world, &link).status, 200);
    assert!(centre.see().body.contains("value=\"end_notices\""));
    let export = visitor.call.get("/api/widget/me/export").expect(200);
    assert_eq!(export.text("/subscription/state"), "confirmed");

    centre.act("act=opt_out").expect_page(200);
    let suppressed = "select count(*) from suppression";
    assert_eq!(world.databases.number(suppressed), 1);
    announce(world, 0);
    wait_for_count(world, &mail, ADDRESS, 2);
    let centre = Centre::enter(world, &visitor);
    assert!(
        centre
            .see()
            .body
            .contains("Let letters come again to get these")
    );
    centre.act("act=opt_in").expect_page(200);
    assert_eq!(
        world.databases.number(suppressed),
        0,
        "their own deliberate act"
    );
    let ended = "select count(*) from subscription where state = 'confirmed'";
    assert_eq!(
        world.databases.number(ended),
        0,
        "and nothing is taken up by itself"
    );
}
